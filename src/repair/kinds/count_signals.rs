//! A semaphore instead of an event that clears itself: it counts the signals.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{all, own_exprs};
use crate::syntax::ast::{ExprKind, ObjectKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["D001", "D002", "S001"]) {
        return;
    }
    for object in scene.objects() {
        if !matches!(object.kind, ObjectKind::Event { auto: Some(_) }) {
            continue;
        }
        let name = object.name.text.as_str();
        let mut edits = Edits::new(scene);
        let dims: String = object
            .dims
            .iter()
            .map(|it| format!("[{}]", scene.text(it.span)))
            .collect();
        let shared = object.shared.map_or("", |_| "shared ");
        edits.replace(object.span, format!("{shared}sem {name}{dims} = 0"));
        for call in scene
            .spots
            .iter()
            .flat_map(|it| own_exprs(it.stmt))
            .flat_map(all)
        {
            let ExprKind::Method(call) = &call.kind else {
                continue;
            };
            let to = scene.text(call.receiver.span);
            if to != name && !to.starts_with(&format!("{name}[")) {
                continue;
            }
            let new = match call.name.text.as_str() {
                "set" => "release",
                "wait" => "acquire",
                "wait_for" => "acquire_for",
                _ => continue,
            };
            edits.replace(call.name.span, new);
        }
        let title = format!("make `{name}` a semaphore: it counts the signals, none is lost");
        out.add(3, title, edits.done());
    }
}
