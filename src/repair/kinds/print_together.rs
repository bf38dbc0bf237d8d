//! Lines that belong together printed under one lock.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::bare;
use crate::syntax::ast::StmtKind;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["A004"]) {
        return;
    }
    let Some(at) = scene.first_item() else {
        return;
    };
    let name = scene.fresh(&["screen", "printing"]);
    let mut edits = Edits::new(scene);
    edits.before(at, &format!("lock {name}"));
    let prints = |stmt| matches!(bare(stmt).kind, StmtKind::Print(_));
    for spot in &scene.spots {
        let before = spot.index.checked_sub(1).map(|it| &spot.block[it]);
        if prints(spot.stmt) && !before.is_some_and(prints) {
            let rest = &spot.block[spot.index..];
            let n = rest.iter().take_while(|it| prints(it)).count();
            edits.wrap(spot.stmt, &rest[n - 1], &format!("with {name}"));
        }
    }
    out.add(
        4,
        "print what belongs together under one lock",
        edits.done(),
    );
}
