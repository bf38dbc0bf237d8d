//! What gives an event loop back cannot stand inside `atomic`: others of the loop would run
//! in the middle of one step.
//!
//! For a task that is an `await`. A green thread has no such word: it gives its loop back
//! wherever it blocks or sleeps, also in a function that it calls. What blocks cannot stand
//! there for anybody, and is looked for elsewhere.

use super::awaits::awaited_select;
use super::codes;
use super::walk::{Node, walk};
use crate::base::{Diagnostic, Span};
use crate::hir::{ActorKind, Block, ExprKind, FunctionId, Scenario, SpawnKind, StmtKind};

/// Every place inside `atomic` at which an event loop would be given back.
pub fn given_back_in_one_step(scenario: &Scenario) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for function in &scenario.functions {
        in_atomic(&function.body, &mut |body| awaits_in(body, &mut found));
    }
    sleeps_of_greens(scenario, &mut found);
    found
}

/// Calls `look` for the body of every atomic block.
fn in_atomic<'h>(body: &'h Block, look: &mut dyn FnMut(&'h Block)) {
    walk(body, &mut |node| match node {
        Node::Stmt(stmt) => match &stmt.kind {
            StmtKind::Atomic(inner) => {
                look(inner);
                false
            }
            _ => true,
        },
        Node::Expr(_) => true,
    });
}

fn awaits_in(body: &Block, found: &mut Vec<Diagnostic>) {
    walk(body, &mut |node| {
        let at = match node {
            Node::Expr(expr) => matches!(expr.kind, ExprKind::Await(_)).then_some(expr.span),
            Node::Stmt(stmt) => awaited_select(stmt),
        };
        if let Some(span) = at {
            found.push(
                Diagnostic::error(
                    codes::NOT_HERE,
                    span,
                    "`await` cannot stand inside `atomic`",
                )
                .label("others of the loop would run in the middle of one step")
                .help("end the block before it"),
            );
        }
        true
    });
}

/// Every `sleep` and `yield` that a green thread comes to inside `atomic`.
fn sleeps_of_greens(scenario: &Scenario, found: &mut Vec<Diagnostic>) {
    let run_by_greens = called(scenario, greens(scenario));
    let mut inside = Vec::new();
    for &(function, who) in &run_by_greens {
        let body = &scenario.functions[function.index()].body;
        in_atomic(body, &mut |inner| {
            inside.extend(callees(inner).map(|callee| (callee, who)));
            sleeps_in(inner, who, found);
        });
    }
    for (function, who) in called(scenario, inside) {
        sleeps_in(&scenario.functions[function.index()].body, who, found);
    }
}

/// What green threads begin with, and where they are declared or spawned.
fn greens(scenario: &Scenario) -> Vec<(FunctionId, Span)> {
    let kind = |first: usize| scenario.actors.get(first).map(|it| it.kind);
    let declared = scenario.groups.iter();
    let mut greens: Vec<(FunctionId, Span)> = declared
        .filter(|group| matches!(kind(group.first.index()), Some(ActorKind::Green(_))))
        .map(|group| (group.body, group.span))
        .collect();
    for function in &scenario.functions {
        walk(&function.body, &mut |node| {
            if let Node::Expr(expr) = node
                && let ExprKind::Spawn(spawn) = &expr.kind
                && matches!(spawn.kind, SpawnKind::Green)
            {
                greens.push((spawn.function, expr.span));
            }
            true
        });
    }
    greens
}

/// These functions and all that they call, each once, with who is first to bring it there.
fn called(scenario: &Scenario, first: Vec<(FunctionId, Span)>) -> Vec<(FunctionId, Span)> {
    let mut seen = vec![false; scenario.functions.len()];
    let mut all = first;
    all.retain(|(function, _)| !std::mem::replace(&mut seen[function.index()], true));
    let mut next = 0;
    while let Some(&(function, who)) = all.get(next) {
        next += 1;
        for callee in callees(&scenario.functions[function.index()].body) {
            if !std::mem::replace(&mut seen[callee.index()], true) {
                all.push((callee, who));
            }
        }
    }
    all
}

fn callees(body: &Block) -> impl Iterator<Item = FunctionId> {
    let mut callees = Vec::new();
    walk(body, &mut |node| {
        if let Node::Expr(expr) = node
            && let ExprKind::Call(callee, _) = &expr.kind
        {
            callees.push(*callee);
        }
        true
    });
    callees.into_iter()
}

fn sleeps_in(body: &Block, who: Span, found: &mut Vec<Diagnostic>) {
    walk(body, &mut |node| {
        let Node::Stmt(stmt) = node else { return true };
        let word = match stmt.kind {
            StmtKind::Sleep => "sleep",
            StmtKind::Yield => "yield",
            _ => return true,
        };
        found.push(
            Diagnostic::error(
                codes::NOT_HERE,
                stmt.span,
                format!("`{word}` of a green thread cannot stand inside `atomic`"),
            )
            .label("others of the loop would run in the middle of one step")
            .secondary(who, "this green thread comes here")
            .help("end the block before it; what must not be disturbed needs a lock"),
        );
        true
    });
}
