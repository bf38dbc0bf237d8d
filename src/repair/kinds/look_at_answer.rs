//! The answer of a call that may say no: what follows is done only after a yes.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{call_of, names_anywhere};
use crate::syntax::ast::StmtKind;

/// Calls that answer whether they did what they were asked for.
const ANSWERS: &[&str] = &[
    "try_lock",
    "try_lock_for",
    "try_acquire",
    "acquire_for",
    "try_send",
    "cancel",
    "wait_for",
    "try_read",
    "try_write",
];

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["A00", "R00", "D00", "M00", "K00"]) {
        return;
    }
    for spot in &scene.spots {
        let Some(call) = call_of(spot.stmt) else {
            continue;
        };
        let rest = &spot.block[spot.index + 1..];
        let last = rest
            .iter()
            .rev()
            .find(|it| !matches!(it.kind, StmtKind::Return(_)));
        let (Some(first), Some(last)) = (rest.first(), last) else {
            continue;
        };
        if !ANSWERS.contains(&call.name.text.as_str()) || last.span.start < first.span.start {
            continue;
        }
        let text = scene.text(spot.stmt.span);
        let edits = Edits::new(scene)
            .remove(spot.stmt)
            .wrap(first, last, &format!("if {text}"))
            .done();
        let name = scene.text(call.receiver.span);
        let cost = if names_anywhere(first, name) { 4 } else { 3 };
        let title = format!("look at the answer of `{text}`: it may be no");
        out.add(cost, title, edits);
    }
}
