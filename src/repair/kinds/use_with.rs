//! `with` for a pair of calls: it gives back however the block is left.

use super::{Candidates, Scene, Spot, Target};
use crate::base::{Fix, Span};
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, blocks, call_of, condition, is_call, method_of, names_anywhere};
use crate::syntax::ast::{ExprKind, Stmt, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["K00", "D00", "M00", "R00"]) {
        return;
    }
    let mut all = Edits::new(scene);
    let mut n = 0;
    for spot in &scene.spots {
        tried(scene, spot, out);
        let Some(call) = call_of(spot.stmt) else {
            continue;
        };
        if !matches!(call.name.text.as_str(), "lock" | "acquire") || !call.args.is_empty() {
            continue;
        }
        let name = scene.text(call.receiver.span);
        if !scene.is_pool(name) {
            continue;
        }
        let head = format!("with {name}");
        let title = format!("use `with {name}`: it gives back however the block is left");
        let mut edits = Edits::new(scene);
        if section(spot, name, &head, &mut edits) {
            out.add(2, title, edits.done());
            section(spot, name, &head, &mut all);
            n += 1;
        }
        give_back(scene, spot, name, out);
    }
    if n > 1 {
        out.add(
            4,
            "use `with`: it gives back however the block is left",
            all.done(),
        );
    }
}

const BACK: &[&str] = &["unlock", "release"];

/// From the call to where it is given back, or to the end of the block.
fn section(spot: &Spot<'_>, name: &str, head: &str, edits: &mut Edits<'_>) -> bool {
    let rest = &spot.block[spot.index + 1..];
    let end = rest.iter().position(|it| is_call(it, name, BACK));
    let inside = &rest[..end.unwrap_or(rest.len())];
    let (Some(first), Some(last)) = (inside.first(), inside.last()) else {
        return false;
    };
    edits.remove(spot.stmt);
    for stmt in inside {
        remove_below(stmt, name, edits);
    }
    edits.wrap(first, last, head);
    if let Some(end) = end {
        edits.remove(&rest[end]);
    }
    true
}

fn remove_below(stmt: &Stmt, name: &str, edits: &mut Edits<'_>) {
    if is_call(stmt, name, BACK) {
        edits.remove(stmt);
    }
    for block in blocks(stmt) {
        block
            .stmts
            .iter()
            .for_each(|it| remove_below(it, name, edits));
    }
}

/// A call that gives back before each `return` behind the call, and at the end.
fn give_back(scene: &Scene<'_>, spot: &Spot<'_>, name: &str, out: &mut Candidates) {
    let method = match call_of(spot.stmt).map(|it| it.name.text.as_str()) {
        Some("acquire") => "release",
        _ => "unlock",
    };
    let call = format!("{name}.{method}()");
    let title = format!("give `{name}` back on every way out");
    out.add(3, title.clone(), before_returns(scene, spot, name, &call));
    let body = &spot.owner.body().stmts;
    if let Some(last) = body
        .last()
        .filter(|it| !matches!(it.kind, StmtKind::Return(_)))
    {
        let end = Span {
            start: last.span.start,
            end: last.span.end,
        };
        out.add(3, title, Edits::new(scene).after(end, &call).done());
    }
}

/// A call before each `return` behind a statement, where nothing gives back yet.
fn before_returns(scene: &Scene<'_>, spot: &Spot<'_>, name: &str, call: &str) -> Option<Vec<Fix>> {
    let returns = scene.spots.iter().filter(|it| {
        it.owner.name() == spot.owner.name()
            && it.stmt.span.start > spot.stmt.span.end
            && matches!(it.stmt.kind, StmtKind::Return(_))
            && !gives_before(it, name)
    });
    let mut edits = Edits::new(scene);
    for spot in returns {
        edits.before(spot.stmt.span, call);
    }
    edits.done()
}

/// `if !m.try_lock() { return }`: behind it the lock is held. Each later `return` must
/// give it back, or all that follows stands in a `with`, which waits for the lock.
fn tried(scene: &Scene<'_>, spot: &Spot<'_>, out: &mut Candidates) {
    let StmtKind::If(it) = &bare(spot.stmt).kind else {
        return;
    };
    let ([branch], None) = (it.branches.as_slice(), &it.otherwise) else {
        return;
    };
    let ExprKind::Unary { operand, .. } = &condition(&branch.condition).kind else {
        return;
    };
    let gives_up = matches!(
        branch.body.stmts.last().map(|it| &it.kind),
        Some(StmtKind::Return(_))
    );
    let Some(method) = method_of(operand).filter(|_| gives_up) else {
        return;
    };
    let back = match method.name.text.as_str() {
        "try_lock" => "unlock",
        "try_acquire" => "release",
        _ => return,
    };
    let name = scene.text(method.receiver.span);
    let edits = before_returns(scene, spot, name, &format!("{name}.{back}()"));
    out.add(3, format!("give `{name}` back on every way out"), edits);
    let head = format!("with {name}");
    let mut edits = Edits::new(scene);
    if section(spot, name, &head, &mut edits) {
        let title =
            format!("wait for it, and use `{head}`: it gives back however the block is left");
        out.add(4, title, edits.done());
    }
}

/// Whether the block of a `return` gives back before it.
fn gives_before(spot: &Spot<'_>, name: &str) -> bool {
    let before = &spot.block[..spot.index];
    before
        .iter()
        .any(|it| names_anywhere(it, name) && is_call(it, name, BACK))
}
