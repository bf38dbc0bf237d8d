//! Only one of several does it: a `once` around a call that must not come twice; a
//! test of the number around what must not be done by all alike.

use super::{Candidates, Owner, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, call_of, is_simple};
use crate::syntax::ast::{Actor, ExprKind, Replicas, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if target.is(&["M"]) {
        for spot in target.spots(scene) {
            let Some(call) = call_of(spot.stmt) else {
                continue;
            };
            let first = spot.block.first().unwrap_or(spot.stmt);
            let once = scene.fresh(&["once_only", "only_once"]);
            let text = scene.text(spot.stmt.span);
            let mut edits = Edits::new(scene);
            let at = scene.objects().last().map(|it| it.span);
            if let Some(at) = at {
                edits.after(at, &format!("once {once}"));
            }
            edits.wrap(spot.stmt, spot.stmt, &format!("with {once}.first"));
            if first.span.start <= call.name.span.start {
                let title = format!("let only the first do `{text}`: a `once`");
                out.add(4, title, edits.done());
            }
        }
    }
    if target.is(&["S004"]) {
        for spot in &scene.spots {
            let Owner::Actor(actor) = spot.owner else {
                continue;
            };
            let Some(test) = is_first(scene, actor) else {
                continue;
            };
            let moves = matches!(bare(spot.stmt).kind, StmtKind::Assign(_));
            if moves && is_simple(spot.stmt) && !spot.around.is_empty() {
                let mut edits = Edits::new(scene);
                edits.wrap(spot.stmt, spot.stmt, &format!("if {test}"));
                let text = scene.text(spot.stmt.span);
                let title = format!("let only one of them do `{text}`");
                out.add(5, title, edits.done());
            }
        }
    }
}

/// Whether an actor is the first of those alike, as a condition.
pub(super) fn is_first(scene: &Scene<'_>, actor: &Actor) -> Option<String> {
    match &actor.replicas {
        Replicas::One => None,
        Replicas::Times(_) => Some("me == 1".to_owned()),
        Replicas::Over { param, range } => match &range.kind {
            ExprKind::Range(it) => {
                let first = scene.text(it.start.span);
                Some(format!("{} == {first}", param.text))
            }
            _ => None,
        },
    }
}
