//! Mistakes in use that are certain before any run.
//!
//! Only what holds in every run is reported here; everything else is for the
//! search to find.

use super::codes;
use super::walk::{Node, walk, walk_expr};
use crate::base::{Diagnostic, Span};
use crate::hir::{
    Block, Expr, ExprKind, FunctionId, FutureLoop, Method, ObjectDeclId, ObjectKind, Scenario,
    SelectArmKind, Stmt, StmtKind, WithKind,
};

/// What a body does, as far as it matters here.
#[derive(Default)]
struct Acts {
    /// Locks that it may take; `None` for one that is only known during the run.
    takes: Vec<Option<ObjectDeclId>>,
    /// Waits on declared conds.
    waits: Vec<(ObjectDeclId, Span)>,
    /// Functions it calls.
    calls: Vec<FunctionId>,
    /// Functions it spawns.
    spawns: Vec<FunctionId>,
    /// The first thing in it that may block.
    blocks: Option<Span>,
}

/// All mistakes that are certain before any run.
pub fn certain_misuse(scenario: &Scenario) -> Vec<Diagnostic> {
    let acts = scenario
        .functions
        .iter()
        .map(|f| acts(&f.body))
        .collect::<Vec<_>>();
    let mut found = waits_without_lock(scenario, &acts);
    let blocking = may_block(&acts);
    for function in &scenario.functions {
        blocking_in_atomic(&function.body, &blocking, &mut found);
    }
    found
}

fn acts(body: &Block) -> Acts {
    let mut acts = Acts::default();
    walk(body, &mut |node| {
        match node {
            Node::Stmt(stmt) => {
                if let StmtKind::With(WithKind::Lock, object, _) = &stmt.kind {
                    acts.takes.push(declared(object));
                }
                if acts.blocks.is_none() && stmt_blocks(stmt) {
                    acts.blocks = Some(stmt.span);
                }
            }
            Node::Expr(expr) => act(expr, &mut acts),
        }
        true
    });
    acts
}

fn act(expr: &Expr, acts: &mut Acts) {
    match &expr.kind {
        ExprKind::Method(method, receiver, _) => {
            match method {
                Method::Lock | Method::TryLock | Method::TryLockFor => {
                    acts.takes.push(declared(receiver));
                }
                Method::CondWait | Method::CondWaitFor => {
                    acts.waits
                        .extend(declared(receiver).map(|cond| (cond, expr.span)));
                }
                _ => {}
            }
            if method_blocks(*method) {
                acts.blocks.get_or_insert(expr.span);
            }
        }
        ExprKind::Call(function, _) => acts.calls.push(*function),
        ExprKind::Spawn(spawn) => acts.spawns.push(spawn.function),
        ExprKind::Submit(submit) => acts.spawns.push(submit.function),
        _ => {}
    }
}

fn declared(object: &Expr) -> Option<ObjectDeclId> {
    match &object.kind {
        ExprKind::Object(decl, _) => Some(*decl),
        _ => None,
    }
}

/// A wait is certainly wrong if nothing that its actor ever runs takes the lock.
fn waits_without_lock(scenario: &Scenario, acts: &[Acts]) -> Vec<Diagnostic> {
    // A scenario that expects misuse wants to see it happen.
    if scenario
        .expects
        .iter()
        .any(|expect| expect.text.starts_with("misuse"))
    {
        return Vec::new();
    }
    let mut wrong = std::collections::BTreeMap::new();
    let mut fine = std::collections::BTreeSet::new();
    for root in roots(scenario, acts) {
        let reached = reached(root, acts);
        let takes = reached
            .iter()
            .flat_map(|f| &acts[f.index()].takes)
            .collect::<Vec<_>>();
        for &(cond, span) in reached.iter().flat_map(|f| &acts[f.index()].waits) {
            let ObjectKind::Cond { lock, .. } = &scenario.objects[cond.index()].kind else {
                continue;
            };
            let held = takes
                .iter()
                .any(|take| take.is_none_or(|decl| decl == lock.decl));
            if held {
                fine.insert(span);
            } else {
                wrong.insert(span, (cond, lock.decl));
            }
        }
    }
    wrong
        .into_iter()
        .filter(|(span, _)| !fine.contains(span))
        .map(|(span, (cond, lock))| {
            let (cond, lock) = (&scenario.objects[cond.index()], &scenario.objects[lock.index()]);
            Diagnostic::error(
                codes::WAIT_WITHOUT_LOCK,
                span,
                format!("`{}` is waited on without its lock `{}`", cond.name, lock.name),
            )
            .label(format!("nothing here ever takes `{}`", lock.name))
            .secondary(cond.span, format!("`{}` belongs to `{}`", cond.name, lock.name))
            .help(format!(
                "write `with {} {{ while … {{ {}.wait() }} }}`: the wait gives the lock up and takes it again",
                lock.name, cond.name
            ))
        })
        .collect()
}

/// Everything that is run by an actor of its own.
fn roots(scenario: &Scenario, acts: &[Acts]) -> Vec<FunctionId> {
    let mut roots = scenario
        .groups
        .iter()
        .map(|group| group.body)
        .collect::<Vec<_>>();
    roots.extend(acts.iter().flat_map(|acts| acts.spawns.iter().copied()));
    roots.sort_unstable();
    roots.dedup();
    roots
}

fn reached(root: FunctionId, acts: &[Acts]) -> Vec<FunctionId> {
    let mut seen = vec![false; acts.len()];
    let mut reached = vec![root];
    let mut next = 0;
    seen[root.index()] = true;
    while let Some(&at) = reached.get(next) {
        next += 1;
        for &call in &acts[at.index()].calls {
            if !std::mem::replace(&mut seen[call.index()], true) {
                reached.push(call);
            }
        }
    }
    reached
}

/// For each function, whether something in it or below it blocks.
fn may_block(acts: &[Acts]) -> Vec<bool> {
    let mut callers = vec![Vec::new(); acts.len()];
    for (at, act) in acts.iter().enumerate() {
        for call in &act.calls {
            callers[call.index()].push(at);
        }
    }
    let mut blocks = acts
        .iter()
        .map(|act| act.blocks.is_some())
        .collect::<Vec<_>>();
    let mut queue = (0..acts.len()).filter(|&at| blocks[at]).collect::<Vec<_>>();
    while let Some(at) = queue.pop() {
        for &caller in &callers[at] {
            if !std::mem::replace(&mut blocks[caller], true) {
                queue.push(caller);
            }
        }
    }
    blocks
}

fn blocking_in_atomic(body: &Block, blocking: &[bool], found: &mut Vec<Diagnostic>) {
    walk(body, &mut |node| {
        let Node::Stmt(Stmt {
            kind: StmtKind::Atomic(inner),
            span,
            ..
        }) = node
        else {
            return true;
        };
        let first = inner.stmts.first().and_then(may_begin);
        walk(inner, &mut |node| {
            let blocked = match node {
                Node::Stmt(stmt) if stmt_blocks(stmt) => Some((stmt_head(stmt), "this may block")),
                Node::Expr(expr) => match &expr.kind {
                    ExprKind::Method(method, ..) if method_blocks(*method) => {
                        Some((expr.span, "this may block"))
                    }
                    ExprKind::Call(function, _) if blocking[function.index()] => {
                        Some((expr.span, "this function may block"))
                    }
                    _ => None,
                },
                Node::Stmt(_) => None,
            };
            if let Some((at, why)) = blocked
                && first != Some(at)
            {
                found.push(
                    Diagnostic::error(
                        codes::BLOCKING_IN_ATOMIC,
                        at,
                        "something that blocks cannot stand inside `atomic`",
                    )
                    .label(why)
                    .secondary(
                        Span {
                            start: span.start,
                            end: span.start + 6,
                        },
                        "this block is one step",
                    )
                    .help("only the first thing in it may block; put the rest outside"),
                );
            }
            true
        });
        false
    });
}

/// The blocking operation that a block may begin with.
fn may_begin(stmt: &Stmt) -> Option<Span> {
    match &stmt.kind {
        StmtKind::With(_, object, _) => Some(object.span),
        StmtKind::WaitUntil(_) | StmtKind::ForReceive(..) => Some(stmt.span),
        StmtKind::Expr(expr) | StmtKind::Let(_, _, expr) | StmtKind::Assign(_, expr) => {
            let mut first = None;
            walk_expr(expr, &mut |expr| {
                if let ExprKind::Method(method, ..) = &expr.kind
                    && method_blocks(*method)
                    && !matches!(
                        method,
                        Method::CondWait
                            | Method::CondWaitFor
                            | Method::BarrierWait
                            | Method::BarrierWaitFor
                    )
                {
                    first.get_or_insert(expr.span);
                }
            });
            first
        }
        _ => None,
    }
}

fn stmt_head(stmt: &Stmt) -> Span {
    match &stmt.kind {
        StmtKind::With(_, object, _) => object.span,
        _ => stmt.span,
    }
}

fn stmt_blocks(stmt: &Stmt) -> bool {
    if let StmtKind::Select(arms, _) = &stmt.kind {
        let mut arms = arms.iter();
        return !arms.any(|arm| matches!(arm.kind, SelectArmKind::Else));
    }
    matches!(
        stmt.kind,
        StmtKind::With(..)
            | StmtKind::WaitUntil(_)
            | StmtKind::ForReceive(..)
            | StmtKind::ForFutures(_, FutureLoop::Completed | FutureLoop::Results, ..)
            | StmtKind::WhileReceive(_, _, crate::hir::ReceiveOp::Wait, _)
            | StmtKind::IfReceive(_, _, crate::hir::ReceiveOp::Wait, _, _)
    )
}

fn method_blocks(method: Method) -> bool {
    match method {
        Method::Lock
        | Method::Read
        | Method::Write
        | Method::Acquire
        | Method::CondWait
        | Method::CondWaitFor
        | Method::EventWait
        | Method::BarrierWait
        | Method::BarrierWaitFor
        | Method::LatchWait
        | Method::Send
        | Method::Recv
        | Method::RecvOr
        | Method::ChanJoin
        | Method::FutureResult
        | Method::FutureException
        | Method::TaskResult
        | Method::WaitAll
        | Method::WaitAny
        | Method::Shutdown
        | Method::Join => true,
        Method::Unlock
        | Method::TryLock
        | Method::TryLockFor
        | Method::IsLocked
        | Method::ReadUnlock
        | Method::WriteUnlock
        | Method::TryRead
        | Method::TryWrite
        | Method::Downgrade
        | Method::Release
        | Method::TryAcquire
        | Method::AcquireFor
        | Method::Value
        | Method::Notify
        | Method::NotifyAll
        | Method::EventSet
        | Method::EventClear
        | Method::EventWaitFor
        | Method::IsSet
        | Method::BarrierAbort
        | Method::BarrierReset
        | Method::CountDown
        | Method::LatchAdd
        | Method::TrySend
        | Method::SendFor
        | Method::TryRecv
        | Method::Close
        | Method::Len
        | Method::IsEmpty
        | Method::IsFull
        | Method::TaskDone
        | Method::FutureResultFor
        | Method::JoinFor
        | Method::FutureDone
        | Method::TaskEnded
        | Method::TaskCancel
        | Method::FutureCancel
        | Method::ShutdownNow
        | Method::Collection(_)
        | Method::Subscript(_)
        | Method::IsAlive => false,
    }
}
