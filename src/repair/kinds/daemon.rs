//! An actor that need not end: `daemon`; or one that must: no `daemon`.

use super::{Candidates, Scene, Target};
use crate::base::Span;
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, spawn_of};
use crate::syntax::ast::StmtKind;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if target.is(&["D002", "K001"]) {
        for actor in scene
            .actors()
            .filter(|it| it.daemon.is_none() && it.main.is_none())
        {
            let serves = scene.spots.iter().any(|it| {
                it.owner.name() == actor.name.text
                    && it.around.is_empty()
                    && matches!(bare(it.stmt).kind, StmtKind::Loop(_))
            });
            if serves && target.actors.contains(&actor.name.text) {
                let name = &actor.name.text;
                let edits = Edits::new(scene).insert(actor.span.start, "daemon ").done();
                out.add(
                    6,
                    format!("if `{name}` need not end, say so: `daemon`"),
                    edits,
                );
            }
        }
    }
    if target.is(&["K006", "K00"]) {
        spawned(scene, target, out);
        for actor in scene.actors() {
            let Some(word) = actor.daemon else {
                continue;
            };
            if target.actors.contains(&actor.name.text) {
                let span = Span {
                    start: word.start,
                    end: word.end + 1,
                };
                let edits = Edits::new(scene).replace(span, "").done();
                let name = &actor.name.text;
                out.add(3, format!("let `{name}` finish: not a `daemon`"), edits);
            }
        }
    }
}

/// A spawned daemon that is joined instead.
fn spawned(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    for spot in &scene.spots {
        let Some((spawn, expr, handle)) = spawn_of(spot.stmt) else {
            continue;
        };
        let Some(word) = spawn.daemon else {
            continue;
        };
        let name = &spawn.call.name.text;
        let last = spot.block.last().unwrap_or(spot.stmt);
        if !target.actors.contains(name) || matches!(last.kind, StmtKind::Return(_)) {
            continue;
        }
        let new = scene.fresh(&["t", "worker", "child"]);
        let handle = handle.unwrap_or(&new);
        let mut edits = Edits::new(scene);
        if *handle == new {
            edits.insert(expr.span.start, format!("let {handle} = "));
        }
        let word = Span {
            start: word.start,
            end: word.end + 1,
        };
        edits.replace(word, "");
        edits.after(last.span, &format!("{handle}.join()"));
        let title = format!("let `{name}` finish: no `daemon`, and a `join` at the end");
        out.add(3, title, edits.done());
    }
}
