//! What no run reaches, taken out: the statement and those behind it, or the whole
//! test in which they stand alone.

use super::{Candidates, Scene, Spot, Target};
use crate::base::Span;
use crate::repair::edit::Edits;
use crate::repair::scene::{all, bare, names_anywhere, own_exprs};
use crate::syntax::ast::{ExprKind, If, Stmt, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["W004"]) {
        return;
    }
    for spot in target.spots(scene) {
        let Some(taken) = taken(scene, spot) else {
            continue;
        };
        let mut edits = Edits::new(scene);
        edits.remove_span(taken);
        // Declared for nothing else.
        for object in scene.objects() {
            let name = &object.name.text;
            if names_anywhere(spot.stmt, name) && !scene.is_used_outside(name, taken) {
                edits.remove_span(object.span);
            }
        }
        let text = scene.text(taken).trim();
        let what = match text.split_once(" {") {
            Some((head, _)) => format!("{head} {{ … }}"),
            None => text.lines().next().unwrap_or_default().to_owned(),
        };
        let title = format!("leave out what no run reaches: `{what}`");
        out.add(3, title, edits.done());
    }
}

/// What goes with a statement that is never reached.
fn taken(scene: &Scene<'_>, spot: &Spot<'_>) -> Option<Span> {
    let rest = spot.stmt.span.to(spot.block.last()?.span);
    if spot.index > 0 {
        return Some(rest);
    }
    let outer = spot.around.last()?;
    match &bare(outer).kind {
        StmtKind::If(it) => of_test(it, outer, spot.stmt),
        StmtKind::While(_) if only_looks(outer) => Some(outer.span),
        _ => None,
    }
    .filter(|it| !scene.text(*it).is_empty())
}

/// A test whose only branch is never taken, or the `else` that never is.
fn of_test(test: &If, whole: &Stmt, dead: &Stmt) -> Option<Span> {
    let last = test.branches.last()?;
    match &test.otherwise {
        None if test.branches.len() == 1 && only_looks(whole) => Some(whole.span),
        Some(otherwise) if otherwise.stmts.first()?.span == dead.span => Some(Span {
            start: last.body.span.end,
            end: otherwise.span.end,
        }),
        _ => None,
    }
}

/// Whether the head of a statement calls nothing, so that it has no effect.
fn only_looks(stmt: &Stmt) -> bool {
    let parts = own_exprs(stmt).into_iter().flat_map(all);
    let calls = |kind: &ExprKind| {
        matches!(
            kind,
            ExprKind::Method(_) | ExprKind::Call(_) | ExprKind::Spawn(_) | ExprKind::Await(_)
        )
    };
    !parts.into_iter().any(|it| calls(&it.kind))
}
