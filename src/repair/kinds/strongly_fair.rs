//! Not an edit of the program but of what is assumed: a scheduler or a lock that
//! does not pass over an actor for ever.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["S002", "A006", "A007"]) {
        return;
    }
    let Some(last) = scene.actors().last() else {
        return;
    };
    for actor in scene.actors() {
        let name = &actor.name.text;
        if !target.actors.contains(name) && !target.subjects.contains(name) {
            continue;
        }
        let edits = Edits::new(scene)
            .after(last.span, &format!("fair strong {name}"))
            .done();
        let title = format!(
            "if what `{name}` waits at lets everybody in some day, say so: this changes what is assumed"
        );
        out.assume(12, title, edits);
    }
}
