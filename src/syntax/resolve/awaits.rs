//! Whether every `await` stands where only tasks come.
//!
//! It is asked at the end, when it is known who calls what: a function may be called
//! by a task and by a thread.

use super::codes;
use super::walk::{Node, walk};
use crate::base::{Diagnostic, Span};
use crate::hir::{ActorKind, ExprKind, FunctionId, Scenario, SpawnKind, Stmt, StmtKind};

/// Who runs code: the name and place of whoever brings it there.
struct Runner {
    what: String,
    span: Span,
    green: bool,
}

/// Every `await` that something other than a task can come to.
pub fn misplaced_awaits(scenario: &Scenario) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut seen = vec![false; scenario.functions.len()];
    for group in &scenario.groups {
        let kind = scenario.actors.get(group.first.index()).map(|it| it.kind);
        let (word, green) = match kind {
            Some(ActorKind::Task(_)) | None => continue,
            Some(ActorKind::Green(_)) => ("green thread", true),
            Some(ActorKind::Thread) => ("thread", false),
            Some(ActorKind::Process) => ("process", false),
        };
        let runner = Runner {
            what: format!("the {word} `{}` runs it", group.name),
            span: group.span,
            green,
        };
        runs(scenario, group.body, &runner, &mut seen, &mut found);
    }
    for function in &scenario.functions {
        walk(&function.body, &mut |node| {
            started(scenario, node, &mut seen, &mut found);
            true
        });
    }
    found
}

/// Follows a function that is spawned or submitted to run outside a task.
fn started(scenario: &Scenario, node: Node<'_>, seen: &mut [bool], found: &mut Vec<Diagnostic>) {
    let Node::Expr(expr) = node else { return };
    let (function, what, green) = match &expr.kind {
        ExprKind::Spawn(spawn) => match spawn.kind {
            SpawnKind::Task => return,
            SpawnKind::Green => (spawn.function, "a green thread runs it", true),
            SpawnKind::Thread => (spawn.function, "a thread runs it", false),
            SpawnKind::Process => (spawn.function, "a process runs it", false),
        },
        ExprKind::Submit(submit) => (submit.function, "a worker runs it", false),
        _ => return,
    };
    let runner = Runner {
        what: what.to_owned(),
        span: expr.span,
        green,
    };
    runs(scenario, function, &runner, seen, found);
}

fn runs(
    scenario: &Scenario,
    function: FunctionId,
    runner: &Runner,
    seen: &mut [bool],
    found: &mut Vec<Diagnostic>,
) {
    let mut todo = vec![function];
    while let Some(function) = todo.pop() {
        if std::mem::replace(&mut seen[function.index()], true) {
            continue;
        }
        walk(&scenario.functions[function.index()].body, &mut |node| {
            match node {
                Node::Expr(expr) => match &expr.kind {
                    ExprKind::Call(callee, _) => todo.push(*callee),
                    ExprKind::Await(_) => found.push(outside(expr.span, runner)),
                    _ => {}
                },
                Node::Stmt(stmt) => {
                    let select = awaited_select(stmt);
                    found.extend(select.map(|span| outside(span, runner)));
                }
            }
            true
        });
    }
}

fn outside(span: Span, runner: &Runner) -> Diagnostic {
    let diagnostic = Diagnostic::error(codes::NOT_HERE, span, "`await` outside a task")
        .label("only a task can give an event loop back")
        .secondary(runner.span, runner.what.clone());
    if runner.green {
        diagnostic.help("a green thread gives its loop back wherever it blocks: leave `await` out")
    } else {
        diagnostic.help("leave `await` out, or declare a `task` instead")
    }
}

/// Where a `select` is awaited.
pub fn awaited_select(stmt: &Stmt) -> Option<Span> {
    match stmt.kind {
        StmtKind::Select(_, awaited) => awaited,
        _ => None,
    }
}
