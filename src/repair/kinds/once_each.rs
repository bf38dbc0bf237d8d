//! What may come twice is done once: a look whether it is in the list already, before
//! it is appended.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::appended;
use crate::syntax::ast::ObjectKind;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["A00"]) {
        return;
    }
    for spot in &scene.spots {
        let Some((name, value)) = appended(spot.stmt) else {
            continue;
        };
        let is_list = |it: &ObjectKind| matches!(it, ObjectKind::List { .. });
        if !scene.object(name).is_some_and(|it| is_list(&it.kind)) {
            continue;
        }
        let head = format!("if !{name}.contains({})", scene.text(value.span));
        let edits = Edits::new(scene).wrap(spot.stmt, spot.stmt, &head).done();
        let title = format!("do it once, however often it comes: `{head}`");
        out.add(6, title, edits);
    }
}
