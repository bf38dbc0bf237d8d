//! Two neighbouring statements in the other order: publish after the write, give
//! before you wait.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, call_of, is_simple, names_in};
use crate::syntax::ast::{Stmt, StmtKind};

/// Not more pairs than these are tried.
const PAIRS_MAX: usize = 12;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["R", "A00", "D00", "S001", "M", "S005"]) || target.is(&["A006", "A007"]) {
        return;
    }
    let mut n = 0;
    for spot in &scene.spots {
        let Some(next) = spot.block.get(spot.index + 1) else {
            continue;
        };
        let takes_part = target.places.iter().any(|place| {
            let covers = |it: &Stmt| it.span.start <= place.start && place.end <= it.span.end;
            covers(spot.stmt) || covers(next)
        });
        if !is_simple(spot.stmt) || !is_simple(next) || !moves(spot.stmt) || !moves(next) {
            continue;
        }
        // What they share would mean something else afterwards.
        let (one, other) = (names_in(spot.stmt), names_in(next));
        if one.iter().any(|name| other.contains(name)) && !gives_after_wait(spot.stmt, next) {
            continue;
        }
        n += 1;
        if n > PAIRS_MAX {
            return;
        }
        let title = format!(
            "first `{}`, then `{}`",
            scene.text(next.span),
            scene.text(spot.stmt.span)
        );
        let edits = Edits::new(scene).exchange(spot.stmt.span, next.span).done();
        out.add(if takes_part { 4 } else { 6 }, title, edits);
    }
}

/// Whether the first waits for what the second gives.
fn gives_after_wait(wait: &Stmt, give: &Stmt) -> bool {
    let method = |stmt| call_of(stmt).map(|it| it.name.text.as_str());
    method(wait) == Some("wait")
        && matches!(
            method(give),
            Some("count_down" | "set" | "notify" | "notify_all")
        )
}

/// Whether a statement can stand elsewhere and still mean the same.
fn moves(stmt: &Stmt) -> bool {
    !matches!(
        bare(stmt).kind,
        StmtKind::Return(_)
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Raise(_)
            | StmtKind::Assert { .. }
            | StmtKind::Skip
            | StmtKind::Yield
            | StmtKind::Sleep
            | StmtKind::Print(_)
    )
}
