//! One operation of an atomic instead of two: `fetch_add` for a load and a store,
//! `compare_exchange` for a test and a store.

use super::wait_until::is_idle;
use super::{Candidates, Scene, Spot, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, call_of, condition, method_of, name_of};
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, ObjectKind, Stmt, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["R002", "A00", "D00", "S00", "O00"]) {
        return;
    }
    for spot in &scene.spots {
        let Some(next) = spot.block.get(spot.index + 1) else {
            continue;
        };
        fetch_add(scene, spot, next, out);
        test_and_set(scene, spot, next, out);
    }
}

/// Whether an expression is an atomic, or an element of one.
fn is_atomic(scene: &Scene<'_>, expr: &Expr) -> bool {
    let name = scene.text(expr.span);
    let name = name.split(['[', '.']).next().unwrap_or_default();
    scene
        .object(name)
        .is_some_and(|it| matches!(it.kind, ObjectKind::Atomic { .. }))
}

/// What a statement stores, and where.
fn stored(stmt: &Stmt) -> Option<(&Expr, &Expr)> {
    match &bare(stmt).kind {
        StmtKind::Assign(it) if it.op.is_none() => Some((&it.target, &it.value)),
        _ => {
            let call = call_of(stmt).filter(|it| it.name.text == "store")?;
            Some((&call.receiver, call.args.first()?))
        }
    }
}

/// `let x = a.fetch_add(1)` for `let x = a.load()` and `a.store(x + 1)`.
fn fetch_add(scene: &Scene<'_>, spot: &Spot<'_>, next: &Stmt, out: &mut Candidates) {
    let StmtKind::Let(read) = &bare(spot.stmt).kind else {
        return;
    };
    let from = match method_of(&read.value) {
        Some(call) if call.name.text == "load" => &call.receiver,
        Some(_) => return,
        None => &read.value,
    };
    let Some((to, value)) = stored(next) else {
        return;
    };
    let ExprKind::Chain { first, rest } = &value.kind else {
        return;
    };
    let [more] = rest.as_slice() else {
        return;
    };
    let same = scene.text(from.span) == scene.text(to.span);
    if !same || !is_atomic(scene, to) || name_of(first) != Some(&read.name.text) {
        return;
    }
    let method = match more.op {
        BinaryOp::Add => "fetch_add",
        BinaryOp::Sub => "fetch_sub",
        _ => return,
    };
    let by = scene.text(more.expr.span);
    let call = format!("{}.{method}({by})", scene.text(to.span));
    let title = format!("read and write in one step: `{call}`");
    let edits = Edits::new(scene)
        .replace(read.value.span, call)
        .remove(next)
        .done();
    out.add(2, title, edits);
}

/// `while !a.compare_exchange(false, true) { }` for `while a { }` and `a = true`.
fn test_and_set(scene: &Scene<'_>, spot: &Spot<'_>, next: &Stmt, out: &mut Candidates) {
    let StmtKind::While(it) = &bare(spot.stmt).kind else {
        return;
    };
    let test = condition(&it.condition);
    let Some((to, value)) = stored(next) else {
        return;
    };
    let same = scene.text(test.span) == scene.text(to.span);
    if !same || !is_atomic(scene, to) || !is_idle(&it.body) {
        return;
    }
    if !matches!(value.kind, ExprKind::Bool(true)) {
        return;
    }
    let call = format!("!{}.compare_exchange(false, true)", scene.text(to.span));
    let edits = Edits::new(scene)
        .replace(test.span, call)
        .remove(next)
        .done();
    out.add(2, "test and set in one step: `compare_exchange`", edits);
}
