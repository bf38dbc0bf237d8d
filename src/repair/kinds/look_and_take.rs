//! Looking whether the way is free and taking it become one step, where everybody
//! takes it first and then looks.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, waits_until};
use crate::syntax::ast::StmtKind;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["D00"]) {
        return;
    }
    for spot in &scene.spots {
        let before = spot.index.checked_sub(1).map(|it| &spot.block[it]);
        let (Some(before), Some(_)) = (before, waits_until(spot.stmt)) else {
            continue;
        };
        if !matches!(bare(before).kind, StmtKind::Assign(_)) {
            continue;
        }
        let edits = Edits::new(scene)
            .exchange(before.span, spot.stmt.span)
            .wrap(before, spot.stmt, "atomic")
            .done();
        let taken = scene.text(before.span);
        let title = format!("look first, and do `{taken}` in the same step");
        out.add(4, title, edits);
    }
}
