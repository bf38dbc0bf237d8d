//! Visiting every expression of a resolved body, without recursion.
//!
//! Chains of operators and of `else if` are up to 4096 deep, so the walk keeps
//! its own stack.

use crate::hir::{Block, Expr, ExprKind, Place, SelectArmKind, Stmt, StmtKind};

/// A node of a resolved body.
#[derive(Clone, Copy)]
pub enum Node<'h> {
    /// A statement, before what is in it.
    Stmt(&'h Stmt),
    /// An expression, before its operands.
    Expr(&'h Expr),
}

/// Calls `visit` for every node in and below a block, outer ones first, in source
/// order. What `visit` answers `false` to is not entered.
pub fn walk<'h>(block: &'h Block, visit: &mut dyn FnMut(Node<'h>) -> bool) {
    let mut stack: Vec<Node<'h>> = block.stmts.iter().rev().map(Node::Stmt).collect();
    while let Some(node) = stack.pop() {
        if !visit(node) {
            continue;
        }
        let from = stack.len();
        match node {
            Node::Stmt(stmt) => stmt_parts(stmt, &mut stack),
            Node::Expr(expr) => expr_parts(expr, &mut stack),
        }
        stack[from..].reverse();
    }
}

/// Calls `visit` for an expression and everything below it.
pub fn walk_expr<'h>(expr: &'h Expr, visit: &mut dyn FnMut(&'h Expr)) {
    let mut stack = vec![Node::Expr(expr)];
    while let Some(node) = stack.pop() {
        if let Node::Expr(expr) = node {
            visit(expr);
            let from = stack.len();
            expr_parts(expr, &mut stack);
            stack[from..].reverse();
        }
    }
}

fn block_parts<'h>(block: &'h Block, out: &mut Vec<Node<'h>>) {
    out.extend(block.stmts.iter().map(Node::Stmt));
}

fn place_parts<'h>(place: &'h Place, out: &mut Vec<Node<'h>>) {
    out.extend(place.indices.iter().map(Node::Expr));
}

fn stmt_parts<'h>(stmt: &'h Stmt, out: &mut Vec<Node<'h>>) {
    match &stmt.kind {
        StmtKind::Let(_, _, value) | StmtKind::Expr(value) | StmtKind::WaitUntil(value) => {
            out.push(Node::Expr(value));
        }
        StmtKind::Assert(value, _) => out.push(Node::Expr(value)),
        StmtKind::Assign(place, value) | StmtKind::Update(place, _, value) => {
            place_parts(place, out);
            out.push(Node::Expr(value));
        }
        StmtKind::UpdateEntry(update) => {
            out.extend([&update.collection, &update.key, &update.value].map(Node::Expr))
        }
        StmtKind::If(condition, body, rest) | StmtKind::IfReceive(_, condition, _, body, rest) => {
            out.push(Node::Expr(condition));
            block_parts(body, out);
            block_parts(rest, out);
        }
        StmtKind::While(condition, body)
        | StmtKind::WhileReceive(_, condition, _, body)
        | StmtKind::ForReceive(_, condition, body)
        | StmtKind::ForEntries(_, condition, body)
        | StmtKind::ForFutures(_, _, condition, body)
        | StmtKind::With(_, condition, body) => {
            out.push(Node::Expr(condition));
            block_parts(body, out);
        }
        StmtKind::For(_, from, to, body) => {
            out.extend([Node::Expr(from), Node::Expr(to)]);
            block_parts(body, out);
        }
        StmtKind::Loop(body) | StmtKind::Atomic(body) => block_parts(body, out),
        StmtKind::Return(value) => out.extend(value.iter().map(Node::Expr)),
        StmtKind::Match(value, arms, rest) => {
            out.push(Node::Expr(value));
            arms.iter().for_each(|(_, body)| block_parts(body, out));
            rest.iter().for_each(|body| block_parts(body, out));
        }
        StmtKind::Either(blocks) => blocks.iter().for_each(|body| block_parts(body, out)),
        StmtKind::Select(arms, _) => {
            for arm in arms {
                match &arm.kind {
                    SelectArmKind::Receive(_, from) => out.push(Node::Expr(from)),
                    SelectArmKind::ReceiveOr(_, a, b) | SelectArmKind::Send(a, b) => {
                        out.extend([Node::Expr(a), Node::Expr(b)]);
                    }
                    SelectArmKind::Timeout | SelectArmKind::Else => {}
                }
                block_parts(&arm.body, out);
            }
        }
        StmtKind::Try(parts) => {
            block_parts(&parts.body, out);
            parts
                .catches
                .iter()
                .for_each(|(_, body)| block_parts(body, out));
            parts.finally.iter().for_each(|body| block_parts(body, out));
        }
        StmtKind::Print(values) => out.extend(values.iter().map(|print| Node::Expr(&print.value))),
        StmtKind::Break
        | StmtKind::Continue
        | StmtKind::Raise(_)
        | StmtKind::Sleep
        | StmtKind::Yield
        | StmtKind::Skip
        | StmtKind::Progress
        | StmtKind::Fence => {}
    }
}

fn expr_parts<'h>(expr: &'h Expr, out: &mut Vec<Node<'h>>) {
    match &expr.kind {
        ExprKind::Const(_)
        | ExprKind::Local(_)
        | ExprKind::Group(_)
        | ExprKind::ActorLocal(..)
        | ExprKind::Object(_, None) => {}
        ExprKind::Read(place) => place_parts(place, out),
        ExprKind::Object(_, Some(inner))
        | ExprKind::Unary(_, inner)
        | ExprKind::Field(inner, _) => out.push(Node::Expr(inner)),
        ExprKind::Binary(_, a, b) | ExprKind::And(a, b) | ExprKind::Or(a, b) => {
            out.extend([Node::Expr(a.as_ref()), Node::Expr(b.as_ref())]);
        }
        ExprKind::If(a, b, c) => {
            out.extend([a, b, c].map(|part| Node::Expr(part.as_ref())));
        }
        ExprKind::Struct(parts) | ExprKind::Call(_, parts) => {
            out.extend(parts.iter().map(Node::Expr));
        }
        ExprKind::Method(_, receiver, args) => {
            out.push(Node::Expr(receiver));
            out.extend(args.iter().map(Node::Expr));
        }
        ExprKind::Atomic(_, place, args) => {
            place_parts(place, out);
            out.extend(args.iter().map(Node::Expr));
        }
        ExprKind::Await(awaited) => out.extend(awaited.exprs().iter().map(Node::Expr)),
        ExprKind::Spawn(spawn) => out.extend(spawn.args.iter().map(Node::Expr)),
        ExprKind::Submit(submit) => {
            out.push(Node::Expr(&submit.executor));
            out.extend(submit.args.iter().map(Node::Expr));
        }
        ExprKind::Pick(of, index) => {
            out.extend([Node::Expr(of.as_ref()), Node::Expr(index.as_ref())]);
        }
        ExprKind::Any(choice) => out.extend([Node::Expr(&choice.from), Node::Expr(&choice.to)]),
    }
}
