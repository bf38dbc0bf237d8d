//! An operation that waits, instead of one that is tried again and again: `recv` for
//! `try_recv`, `lock` for `try_lock`.

use super::wait_until::is_idle;
use super::{Candidates, Scene, Spot, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, method_of};
use crate::syntax::ast::{Condition, Expr, ExprKind, If, Method, StmtKind, UnaryOp, While};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["W006"]) {
        return;
    }
    for spot in target.spots(scene) {
        match &bare(spot.stmt).kind {
            StmtKind::If(it) => once_tried(scene, spot, it, out),
            StmtKind::While(it) => until_it_works(scene, spot, it, out),
            _ => {}
        }
    }
}

/// `if let x = q.try_recv() { … }` in a loop: what follows is done after the wait.
fn once_tried(scene: &Scene<'_>, spot: &Spot<'_>, test: &If, out: &mut Candidates) {
    let [branch] = test.branches.as_slice() else {
        return;
    };
    let (name, asked) = match &branch.condition {
        Condition::Let { name, value } => (Some(&name.text), value),
        Condition::Expr(value) => (None, value),
    };
    let Some(waits) = waits(scene, asked) else {
        return;
    };
    if test.otherwise.as_ref().is_some_and(|it| !is_idle(it)) {
        return;
    }
    let statement = match name {
        Some(name) => format!("let {name} = {waits}"),
        None => waits.clone(),
    };
    let edits = Edits::new(scene)
        .before(spot.stmt.span, &statement)
        .unwrap(spot.stmt.span, branch.body.span)
        .done();
    out.add(2, title(&waits), edits);
}

/// `while !m.try_lock() { }`
fn until_it_works(scene: &Scene<'_>, spot: &Spot<'_>, it: &While, out: &mut Candidates) {
    let Condition::Expr(test) = &it.condition else {
        return;
    };
    let ExprKind::Unary {
        op: UnaryOp::Not,
        operand,
    } = &test.kind
    else {
        return;
    };
    if let Some(waits) = waits(scene, operand).filter(|_| is_idle(&it.body)) {
        let edits = Edits::new(scene)
            .replace(spot.stmt.span, waits.clone())
            .done();
        out.add(2, title(&waits), edits);
    }
}

fn title(waits: &str) -> String {
    format!("sleep until it can be done: `{waits}`")
}

/// The same operation, waiting.
fn waits(scene: &Scene<'_>, asked: &Expr) -> Option<String> {
    let method: &Method = method_of(asked)?;
    let word = method.name.text.strip_prefix("try_")?;
    let text = scene.text(asked.span);
    Some(text.replacen(&format!(".try_{word}"), &format!(".{word}"), 1))
}
