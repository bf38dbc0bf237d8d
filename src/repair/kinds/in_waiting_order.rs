//! A condition that wakes in waiting order: then nobody is passed over by a signal,
//! and only the lock is left, of which one must assume that it lets everybody in.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{call_of, name_of};
use crate::syntax::ast::ObjectKind;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["S002", "A006", "A007"]) {
        return;
    }
    for spot in target.spots(scene) {
        let waits = call_of(spot.stmt).filter(|it| it.name.text == "wait");
        let cond = waits.and_then(|it| scene.object(name_of(&it.receiver)?));
        let Some(cond) = cond else {
            continue;
        };
        let ObjectKind::Cond { fifo: None, .. } = cond.kind else {
            continue;
        };
        let text = format!("{} fifo", scene.text(cond.span));
        let title = format!("wake in waiting order: `{text}`");
        let edits = Edits::new(scene).insert(cond.span.end, " fifo").done();
        out.add(2, title.clone(), edits);
        let (Some(last), Some(lock)) = (
            scene.actors().last(),
            scene.lock_of_condition(&cond.name.text),
        ) else {
            continue;
        };
        let edits = Edits::new(scene)
            .insert(cond.span.end, " fifo")
            .after(last.span, &format!("fair strong {}", spot.owner.name()))
            .done();
        let and = format!("and if `{lock}` lets everybody in some day, say so");
        out.assume(
            11,
            format!("{title}; {and}: this changes what is assumed"),
            edits,
        );
    }
}
