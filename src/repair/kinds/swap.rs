//! Two neighbouring statements in the other order: publish after the write, give
//! before you wait.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, blocks, call_of, is_simple, names_in};
use crate::syntax::ast::{Block, ExprKind, Stmt, StmtKind};

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
        let sections = section_of(scene, spot.stmt).zip(section_of(scene, next));
        let both_simple = is_simple(spot.stmt) && is_simple(next);
        if !both_simple && sections.is_none() || !moves(spot.stmt) || !moves(next) {
            continue;
        }
        // What they share would mean something else afterwards.
        let (one, other) = match sections {
            Some((one, other)) => (names_inside(one), names_inside(other)),
            None => (names_in(spot.stmt), names_in(next)),
        };
        if one.iter().any(|name| other.contains(name)) && !gives_after_wait(spot.stmt, next) {
            continue;
        }
        n += 1;
        if n > PAIRS_MAX {
            return;
        }
        let title = format!(
            "first `{}`, then `{}`",
            inside(scene, next),
            inside(scene, spot.stmt)
        );
        let edits = Edits::new(scene).exchange(spot.stmt.span, next.span).done();
        // A join before a spawn: nothing would run at the same time.
        let cost = match (joins_before(spot.stmt, next), takes_part) {
            (true, _) => 11,
            (false, true) => 4,
            (false, false) => 6,
        };
        out.add(cost, title, edits);
    }
}

/// The block of a statement that does nothing but hold a lock around it.
fn section_of<'a>(scene: &Scene<'_>, stmt: &'a Stmt) -> Option<&'a Block> {
    match &bare(stmt).kind {
        StmtKind::With(with) => match with.subjects.as_slice() {
            [one] if scene.is_pool(scene.text(one.span)) => Some(&with.body),
            _ => None,
        },
        _ => None,
    }
}

fn names_inside(block: &Block) -> Vec<&str> {
    let inner = |stmt| blocks(stmt).into_iter().flat_map(names_inside);
    let all = block.stmts.iter();
    all.flat_map(|stmt| names_in(stmt).into_iter().chain(inner(stmt)))
        .collect()
}

/// What a statement does, on one line, without the lock around it.
fn inside<'s>(scene: &Scene<'s>, stmt: &Stmt) -> &'s str {
    let span = match section_of(scene, stmt).map(|it| it.stmts.as_slice()) {
        Some([first, ..]) => first.span,
        _ => stmt.span,
    };
    scene.text(span).lines().next().unwrap_or_default()
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

/// Whether a join would come before what is started now.
fn joins_before(start: &Stmt, join: &Stmt) -> bool {
    let starts = match &bare(start).kind {
        StmtKind::Let(it) => matches!(it.value.kind, ExprKind::Spawn(_)),
        _ => false,
    };
    starts && call_of(join).is_some_and(|it| it.name.text == "join")
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
