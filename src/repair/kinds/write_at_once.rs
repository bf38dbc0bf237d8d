//! The write lock from the beginning, for who reads and may write afterwards: a
//! reader waits for the end of all readers, and is one itself.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, call_of};
use crate::syntax::ast::{ObjectKind, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["D001", "D003"]) {
        return;
    }
    for object in scene.objects() {
        if !matches!(object.kind, ObjectKind::RwLock { .. }) {
            continue;
        }
        let name = object.name.text.as_str();
        let mut edits = Edits::new(scene);
        for spot in &scene.spots {
            if let StmtKind::With(with) = &bare(spot.stmt).kind
                && let [held] = with.subjects.as_slice()
            {
                let around = scene.is_under(spot, &format!("{name}.read"));
                match scene.text(held.span) {
                    text if text == format!("{name}.write") && around => {
                        edits.unwrap(bare(spot.stmt).span, with.body.span);
                    }
                    text if text == format!("{name}.read")
                        && writes_inside(scene, spot.stmt, name) =>
                    {
                        edits.replace(held.span, format!("{name}.write"));
                    }
                    _ => {}
                }
            }
            let Some(call) = call_of(spot.stmt).filter(|it| scene.text(it.receiver.span) == name)
            else {
                continue;
            };
            match call.name.text.as_str() {
                "read" => drop(edits.replace(call.name.span, "write")),
                "read_unlock" => drop(edits.replace(call.name.span, "write_unlock")),
                "write" | "write_unlock" => drop(edits.remove(spot.stmt)),
                _ => {}
            }
        }
        let title = format!("take `{name}` for writing at once: who may write later is no reader");
        out.add(4, title, edits.done());
    }
}

/// Whether a block takes the lock for writing.
fn writes_inside(scene: &Scene<'_>, outer: &crate::syntax::ast::Stmt, name: &str) -> bool {
    let write = format!("{name}.write");
    let inside = scene
        .spots
        .iter()
        .filter(|it| outer.span.start <= it.stmt.span.start && it.stmt.span.end <= outer.span.end);
    inside.into_iter().any(|it| match &bare(it.stmt).kind {
        StmtKind::With(with) => with.subjects.iter().any(|it| scene.text(it.span) == write),
        _ => false,
    })
}
