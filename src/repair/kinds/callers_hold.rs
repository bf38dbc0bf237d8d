//! A function that relies on the lock of its callers, instead of taking it again.

use super::{Candidates, Owner, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::bare;
use crate::syntax::ast::StmtKind;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["D001", "D003"]) {
        return;
    }
    for spot in &scene.spots {
        let (Owner::Fn(function), StmtKind::With(with)) = (spot.owner, &bare(spot.stmt).kind)
        else {
            continue;
        };
        let [held] = with.subjects.as_slice() else {
            continue;
        };
        let edits = Edits::new(scene)
            .unwrap(bare(spot.stmt).span, with.body.span)
            .done();
        let (name, function) = (scene.text(held.span), &function.name.text);
        let title = format!("take `{name}` once: `{function}` relies on its callers, who hold it");
        out.add(3, title, edits);
    }
}
