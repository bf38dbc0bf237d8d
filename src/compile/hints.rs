//! Waits on a condition that an `if` leads to and no loop tests again.
//!
//! A wake-up is a hint: between the notify and the moment the sleeper has the
//! lock again, others may have changed what it waited for. So a wait belongs in
//! a loop that tests once more. A wait in an `if` is accepted only where the `if`
//! is the last statement of a loop's body, so that the loop itself tests again.

use crate::base::Span;
use crate::hir::{Block, Expr, ExprKind, Function, Method, Stmt, StmtKind};

/// The places of such waits, each with that of the tested condition, ascending.
pub(super) fn waits_in_if(functions: &[Function]) -> Vec<(Span, Span)> {
    let mut found = Vec::new();
    for function in functions {
        in_block(&function.body, None, false, &mut found);
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// `test` is the condition of the innermost `if` around the block that no loop
/// inside it tests again; `ends_loop` says that after the block a loop goes round.
fn in_block(block: &Block, test: Option<Span>, ends_loop: bool, found: &mut Vec<(Span, Span)>) {
    let last = block.stmts.len().saturating_sub(1);
    for (index, stmt) in block.stmts.iter().enumerate() {
        in_stmt(stmt, test, ends_loop && index == last, found);
    }
}

fn in_stmt(stmt: &Stmt, test: Option<Span>, ends_loop: bool, found: &mut Vec<(Span, Span)>) {
    let mut go = |block: &Block| in_block(block, test, ends_loop, found);
    match &stmt.kind {
        StmtKind::If(condition, then, otherwise) => {
            let test = if ends_loop {
                None
            } else {
                Some(condition.span)
            };
            in_block(then, test, ends_loop, found);
            in_block(otherwise, test, ends_loop, found);
        }
        StmtKind::While(_, body)
        | StmtKind::Loop(body)
        | StmtKind::For(_, _, _, body)
        | StmtKind::ForReceive(_, _, body)
        | StmtKind::WhileReceive(_, _, _, body) => in_block(body, None, true, found),
        StmtKind::IfReceive(_, _, _, then, otherwise) => {
            go(then);
            go(otherwise);
        }
        StmtKind::Match(_, arms, rest) => {
            arms.iter().map(|(_, block)| block).chain(rest).for_each(go);
        }
        StmtKind::With(_, _, body) | StmtKind::Atomic(body) => go(body),
        StmtKind::Either(blocks) => blocks.iter().for_each(go),
        StmtKind::Select(arms, _) => arms.iter().for_each(|arm| go(&arm.body)),
        StmtKind::Try(parts) => {
            go(&parts.body);
            parts.catches.iter().for_each(|(_, block)| go(block));
            parts.finally.iter().for_each(go);
        }
        StmtKind::Expr(expr) | StmtKind::Let(_, _, expr) => {
            if let (Some(test), true) = (test, is_wait(expr)) {
                found.push((expr.span, test));
            }
        }
        _ => {}
    }
}

fn is_wait(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Method(Method::CondWait | Method::CondWaitFor, ..)
    )
}
