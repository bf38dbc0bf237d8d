//! Whether a block is always left before its end.
//!
//! Syntactic, as in Rust: a condition counts as both ways possible, except that
//! `loop` without `break` never ends.

use crate::syntax::ast::{Block, Stmt, StmtKind};

/// Whether every path through the block returns, raises, or never ends.
pub fn always_leaves(block: &Block) -> bool {
    block.stmts.iter().any(leaves)
}

fn leaves(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Return(_) | StmtKind::Raise(_) => true,
        StmtKind::Named { stmt, .. } => leaves(stmt),
        StmtKind::If(chain) => {
            chain.otherwise.as_ref().is_some_and(always_leaves)
                && chain
                    .branches
                    .iter()
                    .all(|branch| always_leaves(&branch.body))
        }
        StmtKind::Loop(body) => !breaks(body),
        StmtKind::Match(arms) => arms.arms.iter().all(|arm| always_leaves(&arm.body)),
        StmtKind::With(with) => always_leaves(&with.body),
        StmtKind::Atomic(body) => always_leaves(body),
        StmtKind::Either(blocks) => blocks.iter().all(always_leaves),
        StmtKind::Select(select) => select.arms.iter().all(|arm| always_leaves(&arm.body)),
        StmtKind::Try(try_) => {
            try_.finally.as_ref().is_some_and(always_leaves)
                || always_leaves(&try_.body)
                    && try_.catches.iter().all(|catch| always_leaves(&catch.body))
        }
        StmtKind::Let(_)
        | StmtKind::Assign(_)
        | StmtKind::Expr(_)
        | StmtKind::While(_)
        | StmtKind::For(_)
        | StmtKind::Break
        | StmtKind::Continue
        | StmtKind::Assert { .. }
        | StmtKind::Sleep
        | StmtKind::Yield
        | StmtKind::Skip
        | StmtKind::Progress
        | StmtKind::Print(_) => false,
        // Reported by the parser; nothing more to say about it.
        StmtKind::Error => true,
    }
}

/// Whether a `break` of this loop stands in its body.
fn breaks(block: &Block) -> bool {
    block.stmts.iter().any(|stmt| match &stmt.kind {
        StmtKind::Break => true,
        StmtKind::Named { stmt, .. } => matches!(stmt.kind, StmtKind::Break) || nested(stmt),
        _ => nested(stmt),
    })
}

fn nested(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::If(chain) => {
            chain.branches.iter().any(|branch| breaks(&branch.body))
                || chain.otherwise.as_ref().is_some_and(breaks)
        }
        StmtKind::Match(arms) => arms.arms.iter().any(|arm| breaks(&arm.body)),
        StmtKind::With(with) => breaks(&with.body),
        StmtKind::Atomic(body) => breaks(body),
        StmtKind::Either(blocks) => blocks.iter().any(breaks),
        StmtKind::Select(select) => select.arms.iter().any(|arm| breaks(&arm.body)),
        StmtKind::Try(try_) => {
            breaks(&try_.body)
                || try_.catches.iter().any(|catch| breaks(&catch.body))
                || try_.finally.as_ref().is_some_and(breaks)
        }
        _ => false,
    }
}
