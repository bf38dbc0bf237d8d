//! Tasks: event loops, `await`, `gather`, `io`.
//!
//! Whether an `await` stands where only tasks come is asked at the end, when it is
//! known who calls what: a function may be called by a task and by a thread.

use super::codes;
use super::names::Def;
use super::state::Resolver;
use super::walk::{Node, walk};
use crate::base::{Diagnostic, Span};
use crate::hir::{
    ActorKind, Awaited, Block, Expr, ExprKind, FunctionId, Method, Scenario, SpawnKind, StmtKind,
    Type, WithKind,
};
use crate::syntax::ast;

impl<'a> Resolver<'a> {
    /// Declares the event loops, the one without a name first.
    pub fn declare_loops(&mut self, items: &'a [ast::Item]) {
        self.out.loops = vec!["the event loop".to_owned()];
        for item in items {
            if let ast::Item::LoopThread(thread) = item {
                let number = u32::try_from(self.out.loops.len()).unwrap_or(u32::MAX);
                if number > LOOPS_MAX {
                    self.report(
                        Diagnostic::error(
                            codes::TOO_MANY_ACTORS,
                            thread.span,
                            format!("more than {LOOPS_MAX} event loops"),
                        )
                        .label("one too many here"),
                    );
                    return;
                }
                self.declare(&thread.name, false, Def::Loop(number));
                self.out.loops.push(thread.name.text.clone());
            }
        }
    }

    /// Without a task there is no event loop.
    pub fn forget_idle_loops(&mut self) {
        let has_task = self
            .out
            .actors
            .iter()
            .any(|actor| matches!(actor.kind, ActorKind::Task(_) | ActorKind::Green(_)));
        if !has_task && !self.spawns_tasks {
            self.out.loops.clear();
        }
    }

    /// The event loop behind `on`; reports anything else.
    pub fn loop_named(&mut self, on: &ast::Ident) -> Option<u32> {
        let known = self.names.lookup(&on.text, false);
        if let Some(named) = known
            && let Def::Loop(number) = named.def
        {
            return Some(number);
        }
        let loops = self.out.loops[1.min(self.out.loops.len())..].iter();
        let loops: Vec<String> = loops.map(|name| format!("`{name}`")).collect();
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_NAME,
            on.span,
            format!("no event loop `{}` in this scenario", on.text),
        )
        .label("not declared");
        if let Some(named) = known {
            diagnostic = diagnostic.secondary(named.span, "declared here as something else");
        }
        diagnostic = if loops.is_empty() {
            diagnostic.help(format!(
                "declare it with `loop_thread {}`, or leave `on` out",
                on.text
            ))
        } else {
            diagnostic.help(format!("the loops are {}", loops.join(", ")))
        };
        self.report(diagnostic);
        None
    }

    /// What runs a declared actor; reports an `on` that has no meaning.
    pub fn kind_of_actor(&mut self, actor: &ast::Actor) -> ActorKind {
        let is_task = matches!(actor.kind, ast::ActorKind::Task | ast::ActorKind::Green);
        if let Some(on) = &actor.on
            && !is_task
        {
            self.misplaced(
                on.span,
                "`on`",
                "only a `task` or `green` runs on an event loop",
            );
        }
        if let (Some(daemon), true) = (actor.daemon, is_task) {
            self.misplaced(
                daemon,
                "`daemon`",
                "an event loop stops its tasks when the `main task` ends",
            );
        }
        let on = match &actor.on {
            Some(on) if is_task => self.loop_named(on).unwrap_or(0),
            _ => 0,
        };
        match actor.kind {
            ast::ActorKind::Task => ActorKind::Task(on),
            ast::ActorKind::Green => ActorKind::Green(on),
            ast::ActorKind::Process => ActorKind::Process,
            ast::ActorKind::Thread => ActorKind::Thread,
        }
    }

    /// How a spawned function runs, and on which loop.
    pub fn kind_of_spawn(&mut self, spawn: &ast::Spawn) -> (SpawnKind, Option<u32>) {
        let kind = match spawn.kind {
            ast::ActorKind::Task => SpawnKind::Task,
            ast::ActorKind::Green => SpawnKind::Green,
            ast::ActorKind::Process => SpawnKind::Process,
            ast::ActorKind::Thread => SpawnKind::Thread,
        };
        let is_task = matches!(kind, SpawnKind::Task | SpawnKind::Green);
        self.spawns_tasks |= is_task && !self.speculative;
        let Some(on) = &spawn.on else {
            return (kind, None);
        };
        if !is_task {
            self.misplaced(
                on.span,
                "`on`",
                "only a `task` or `green` runs on an event loop",
            );
            return (kind, None);
        }
        (kind, self.loop_named(on))
    }

    /// The type of the handle of a declared group.
    pub fn handle_of(&self, group: usize) -> Type {
        let first = self.out.groups[group].first.index();
        match self.out.actors.get(first).map(|actor| actor.kind) {
            Some(ActorKind::Task(_) | ActorKind::Green(_)) => Type::Task(Box::new(Type::Unit)),
            _ => Type::Handle,
        }
    }

    /// `await e`.
    #[inline(never)]
    pub fn await_(&mut self, inner: &ast::Expr, span: Span) -> Expr {
        if !self.check_pure(false, "await", span) {
            return self.error_expr(span);
        }
        if let Some(word) = self.awaited_word(inner) {
            return self.make(ExprKind::Await(Box::new(word)), &Type::Unit, span);
        }
        let operand = self.expr(inner);
        if matches!(inner.kind, ast::ExprKind::Error) {
            return operand;
        }
        let ty = self.cells.head(&operand.ty);
        let asked = |method, operand: Expr| ExprKind::Method(method, Box::new(operand), Vec::new());
        let (operand, ty) = match (ty, &operand.kind) {
            // What it gives may be a task or a future, which is not awaited by this.
            (ty, ExprKind::Call(..)) => (operand, ty),
            (ty, ExprKind::Method(method, ..)) if may_suspend(*method) => (operand, ty),
            (Type::Task(of), _) => {
                let kind = asked(Method::TaskResult, operand);
                (self.make(kind, &of, span), *of)
            }
            (Type::Future(of), _) => {
                let kind = asked(Method::FutureResult, operand);
                (self.make(kind, &of, span), *of)
            }
            (ty, _) => {
                if self.cells.is_open(&ty) {
                    self.type_needed(&ty, operand.span);
                } else if !self.broken {
                    self.cannot_await(&operand, &ty);
                }
                return self.error_expr(span);
            }
        };
        let kind = ExprKind::Await(Box::new(Awaited::Expr(operand)));
        self.make(kind, &ty, span)
    }

    /// `io()`, `sleep`, `yield`, `gather(a, b)` behind `await`.
    fn awaited_word(&mut self, inner: &ast::Expr) -> Option<Awaited> {
        let (name, args) = match &inner.kind {
            ast::ExprKind::Name(name) => (name, None),
            ast::ExprKind::Call(call) => (&call.name, Some(&call.args)),
            _ => return None,
        };
        let declared = self.body.lookup(&name.text).is_some()
            || self.names.lookup(&name.text, self.body.in_file).is_some();
        if declared {
            return None;
        }
        match (name.text.as_str(), args) {
            ("io", Some(args)) => {
                self.check_count(name, args.len(), 0, 0, None);
                Some(Awaited::Io)
            }
            ("sleep", args) => {
                self.check_count(name, args.map_or(0, Vec::len), 0, 0, None);
                Some(Awaited::Sleep)
            }
            ("yield", args) => {
                self.check_count(name, args.map_or(0, Vec::len), 0, 0, None);
                Some(Awaited::Yield)
            }
            ("gather", Some(args)) => Some(Awaited::Gather(self.gathered(args, inner.span))),
            ("io", None) => {
                let end = Span {
                    start: name.span.end,
                    end: name.span.end,
                };
                self.report(
                    Diagnostic::error(codes::UNKNOWN_NAME, name.span, "`io` is called")
                        .label("some input or output, which takes its time")
                        .fix(end, "()"),
                );
                Some(Awaited::Io)
            }
            _ => None,
        }
    }

    /// The tasks of a `gather`: handles, or calls that become tasks.
    fn gathered(&mut self, args: &[ast::Expr], span: Span) -> Vec<Expr> {
        if args.is_empty() || args.len() > GATHERED_MAX {
            self.report(
                Diagnostic::error(
                    codes::ARGUMENTS,
                    span,
                    format!("`gather` takes 1 to {GATHERED_MAX} tasks"),
                )
                .label(format!("these are {}", args.len())),
            );
        }
        let mut tasks = Vec::new();
        for arg in args {
            let task = self.gathered_one(arg);
            let ty = self.cells.head(&task.ty);
            if !matches!(ty, Type::Task(_)) && !self.cells.is_open(&ty) {
                let got = self.a_type(&ty);
                self.report(
                    Diagnostic::error(
                        codes::MISMATCH,
                        task.span,
                        format!("expected a task, found {got}"),
                    )
                    .label(format!("this is {got}"))
                    .help("`gather` takes tasks, or calls of functions that become tasks: `await gather(a, f(1))`"),
                );
            }
            tasks.push(task);
        }
        tasks
    }

    fn gathered_one(&mut self, arg: &ast::Expr) -> Expr {
        if let ast::ExprKind::Call(call) = &arg.kind
            && let Some(named) = self.names.lookup(&call.name.text, self.body.in_file)
            && matches!(named.def, Def::Fn(_))
        {
            let spawn = ast::Spawn {
                kind: ast::ActorKind::Task,
                daemon: None,
                label: None,
                call: (**call).clone(),
                on: None,
            };
            return self.spawn(&spawn, arg.span);
        }
        self.value(arg)
    }

    fn cannot_await(&mut self, operand: &Expr, ty: &Type) {
        let text = self.source.slice(operand.span).to_owned();
        let (label, help) = match (ty, &operand.kind) {
            (Type::Futures(..), _) => (
                "a list of futures",
                format!("wait for all of them: `await wait_all({text})`"),
            ),
            (Type::Handle, _) => (
                "a thread, not a task",
                format!("wait for its end: `await {text}.join()`"),
            ),
            (_, ExprKind::Method(..)) => (
                "it never waits",
                format!("leave `await` out: `{text}`"),
            ),
            _ => (
                "there is nothing to wait for",
                "await a task, a future, `io()`, `sleep`, `yield`, `gather(a, b)`, or an operation that may wait, such as `q.recv()`".to_owned(),
            ),
        };
        self.report(
            Diagnostic::error(
                codes::NOT_HERE,
                operand.span,
                format!("`{text}` cannot be awaited"),
            )
            .label(label)
            .help(help),
        );
    }

    /// `io()` or `gather(a, b)` without `await`.
    #[inline(never)]
    pub fn must_be_awaited(&mut self, name: &ast::Ident, span: Span) -> Expr {
        let start = Span {
            start: span.start,
            end: span.start,
        };
        let message = format!("`{}` does nothing unless it is awaited", name.text);
        self.report(
            Diagnostic::error(codes::NOT_HERE, span, message)
                .label("without `await`")
                .fix(start, "await "),
        );
        self.error_expr(span)
    }

    /// The object behind `with await`.
    pub fn awaited_hold(&mut self, kind: WithKind, object: Expr, at: Span) -> Option<Expr> {
        if !matches!(kind, WithKind::Lock | WithKind::Permit) {
            self.misplaced(at, "`await`", "`with await` takes a lock or a semaphore");
            return None;
        }
        let ty = object.ty.clone();
        let kind = ExprKind::Await(Box::new(Awaited::Expr(object)));
        Some(self.make(kind, &ty, at))
    }
}

/// Event loops with a name.
const LOOPS_MAX: u32 = 16;
/// Tasks of one `gather`.
const GATHERED_MAX: usize = 32;

/// Whether a task can give its loop back in it.
fn may_suspend(method: Method) -> bool {
    matches!(
        method,
        Method::Lock
            | Method::TryLockFor
            | Method::Acquire
            | Method::AcquireFor
            | Method::CondWait
            | Method::CondWaitFor
            | Method::EventWait
            | Method::EventWaitFor
            | Method::BarrierWait
            | Method::LatchWait
            | Method::Send
            | Method::SendFor
            | Method::Recv
            | Method::RecvOr
            | Method::ChanJoin
            | Method::Join
            | Method::JoinFor
            | Method::FutureResult
            | Method::FutureResultFor
            | Method::TaskResult
            | Method::WaitAll
            | Method::WaitAny
    )
}

/// Who runs code: the name and place of whoever brings it there.
struct Runner {
    what: String,
    span: Span,
    green: bool,
}

/// Every `await` that something other than a task can come to, or that stands in
/// the middle of one step.
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
            in_one_step(node, &mut found);
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
            if let Node::Expr(expr) = node {
                match &expr.kind {
                    ExprKind::Call(callee, _) => todo.push(*callee),
                    ExprKind::Await(_) => found.push(outside(expr.span, runner)),
                    _ => {}
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

fn in_one_step(node: Node<'_>, found: &mut Vec<Diagnostic>) {
    let Node::Stmt(stmt) = node else { return };
    if let StmtKind::Atomic(body) = &stmt.kind {
        awaits_in(body, found);
    }
}

fn awaits_in(body: &Block, found: &mut Vec<Diagnostic>) {
    walk(body, &mut |node| {
        if let Node::Expr(expr) = node
            && let ExprKind::Await(_) = expr.kind
        {
            found.push(
                Diagnostic::error(
                    codes::NOT_HERE,
                    expr.span,
                    "`await` cannot stand inside `atomic`",
                )
                .label("others of the loop would run in the middle of one step")
                .help("end the block before it"),
            );
        }
        true
    });
}
