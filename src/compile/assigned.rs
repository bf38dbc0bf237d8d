//! How many statements give each local a value. A local with one such
//! statement keeps its value as long as it is in scope.

use crate::hir::{Block, Function, LocalId, SelectArmKind, Stmt, StmtKind};

/// The count for each local; a parameter starts with one.
pub(super) fn count(function: &Function) -> Vec<u32> {
    let mut counts = vec![0; function.locals.len()];
    counts[..function.n_params].fill(1);
    block(&function.body, &mut counts);
    counts
}

fn block(of: &Block, counts: &mut [u32]) {
    for stmt in &of.stmts {
        if let Some(local) = assigned_by(stmt) {
            counts[local.index()] += 1;
        }
        match &stmt.kind {
            StmtKind::If(_, first, second) | StmtKind::IfReceive(_, _, _, first, second) => {
                block(first, counts);
                block(second, counts);
            }
            StmtKind::While(_, body)
            | StmtKind::Loop(body)
            | StmtKind::For(_, _, _, body)
            | StmtKind::ForReceive(_, _, body)
            | StmtKind::ForEntries(_, _, body)
            | StmtKind::ForFutures(_, _, _, body)
            | StmtKind::WhileReceive(_, _, _, body)
            | StmtKind::With(_, _, body)
            | StmtKind::Atomic(body) => block(body, counts),
            StmtKind::Match(_, arms, otherwise) => {
                arms.iter().for_each(|(_, body)| block(body, counts));
                otherwise.iter().for_each(|body| block(body, counts));
            }
            StmtKind::Either(blocks) => blocks.iter().for_each(|body| block(body, counts)),
            StmtKind::Select(arms, _) => {
                for arm in arms {
                    if let SelectArmKind::Receive(Some(local), _)
                    | SelectArmKind::ReceiveOr(Some(local), _, _) = arm.kind
                    {
                        counts[local.index()] += 1;
                    }
                    block(&arm.body, counts);
                }
            }
            StmtKind::Try(parts) => {
                block(&parts.body, counts);
                parts
                    .catches
                    .iter()
                    .for_each(|(_, body)| block(body, counts));
                parts.finally.iter().for_each(|body| block(body, counts));
            }
            StmtKind::Let(..)
            | StmtKind::Assign(..)
            | StmtKind::Update(..)
            | StmtKind::UpdateEntry(_)
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Return(_)
            | StmtKind::WaitUntil(_)
            | StmtKind::Assert(..)
            | StmtKind::Raise(_)
            | StmtKind::Sleep
            | StmtKind::Yield
            | StmtKind::Skip
            | StmtKind::Progress
            | StmtKind::Print(_)
            | StmtKind::Expr(_)
            | StmtKind::Fence => {}
        }
    }
}

fn assigned_by(stmt: &Stmt) -> Option<LocalId> {
    match &stmt.kind {
        StmtKind::Let(local, ..)
        | StmtKind::For(local, ..)
        | StmtKind::ForReceive(local, ..)
        | StmtKind::ForFutures(local, ..)
        | StmtKind::IfReceive(local, ..)
        | StmtKind::WhileReceive(local, ..) => Some(*local),
        _ => None,
    }
}
