//! Tasks: event loops, `await`, `gather`, `wait_for`, `io`.

use super::codes;
use super::names::Def;
use super::state::Resolver;
use crate::base::{Diagnostic, Span};
use crate::hir::{
    ActorKind, Awaited, Expr, ExprKind, FutureLoop, Method, SpawnKind, StmtKind, Type, WithKind,
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
            let ty = self.type_awaited(&word);
            return self.make(ExprKind::Await(Box::new(word)), &ty, span);
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
    #[inline(never)]
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
            ("wait_for", Some(args)) => {
                if !self.check_count(name, args.len(), 1, 1, None) {
                    return None;
                }
                Some(Awaited::WaitFor(self.waited_for(&args[0])))
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

    /// What `await gather(a, b)` and its like give.
    #[inline(never)]
    fn type_awaited(&mut self, word: &Awaited) -> Type {
        match word {
            Awaited::WaitFor(expr) => match self.cells.head(&expr.ty) {
                Type::Task(of) | Type::Future(of) => *of,
                _ => self.cells.fresh(),
            },
            Awaited::Gather(tasks) => {
                let mut of = tasks.iter().map(|task| self.cells.full(&task.ty));
                let first = of.next();
                match first {
                    Some(Type::Task(first)) if *first != Type::Unit => {
                        let same = of.all(|ty| ty == Type::Task(first.clone()));
                        let n = u32::try_from(tasks.len()).unwrap_or(u32::MAX);
                        if same {
                            Type::Values(first, n)
                        } else {
                            Type::Unit
                        }
                    }
                    _ => Type::Unit,
                }
            }
            Awaited::Io | Awaited::Sleep | Awaited::Yield | Awaited::Expr(_) => Type::Unit,
        }
    }

    /// The task or future of a `wait_for`.
    #[inline(never)]
    fn waited_for(&mut self, arg: &ast::Expr) -> Expr {
        if let ast::ExprKind::Method(method) = &arg.kind
            && let Some(timed) = with_time_out(&method.name.text)
        {
            let receiver = self.source.slice(method.receiver.span).to_owned();
            return self.misplaced(
                arg.span,
                "an operation of an object",
                &format!(
                    "it has a time-out of its own: `{}`",
                    timed.replace("IT", &receiver)
                ),
            );
        }
        let of = self.gathered_one(arg);
        let ty = self.cells.head(&of.ty);
        if !matches!(ty, Type::Task(_) | Type::Future(_)) && !self.cells.is_open(&ty) {
            let got = self.a_type(&ty);
            self.report(
                Diagnostic::error(
                    codes::MISMATCH,
                    of.span,
                    format!("expected a task or a future, found {got}"),
                )
                .label(format!("this is {got}"))
                .help("`wait_for` takes a task, a future, or a call of a function that becomes a task: `await wait_for(f(1))`"),
            );
        }
        of
    }

    /// The tasks of a `gather`: handles, or calls that become tasks.
    #[inline(never)]
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

    #[inline(never)]
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

    #[inline(never)]
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

    /// `for x in await q { }`: a task gives its loop back while it waits for the next.
    #[inline(never)]
    pub fn for_awaited(&mut self, for_: &ast::For, inner: &ast::Expr) -> Option<StmtKind> {
        let plain = ast::For {
            name: for_.name.clone(),
            over: inner.clone(),
            body: for_.body.clone(),
        };
        let at = for_.over.span;
        match self.for_(&plain)? {
            StmtKind::ForReceive(local, from, body) => {
                let from = self.awaited_head(from, at);
                Some(StmtKind::ForReceive(local, from, body))
            }
            StmtKind::ForFutures(local, how, from, body) if how != FutureLoop::Each => {
                let from = self.awaited_head(from, at);
                Some(StmtKind::ForFutures(local, how, from, body))
            }
            other => {
                let text = self.source.slice(inner.span).to_owned();
                let help = format!("its rounds do not wait: `for {} in {text}`", for_.name.text);
                self.misplaced(at, "this `await`", &help);
                Some(other)
            }
        }
    }

    /// What stands behind `await` in the head of a statement.
    #[inline(never)]
    pub fn awaited_head(&mut self, of: Expr, at: Span) -> Expr {
        let ty = of.ty.clone();
        let kind = ExprKind::Await(Box::new(Awaited::Expr(of)));
        self.make(kind, &ty, at)
    }

    /// The object behind `with await`.
    pub fn awaited_hold(&mut self, kind: WithKind, object: Expr, at: Span) -> Option<Expr> {
        if kind == WithKind::Executor {
            let help = "`with p` waits at its end, and blocks the loop: await the futures inside";
            self.misplaced(at, "`await`", help);
            return None;
        }
        Some(self.awaited_head(object, at))
    }
}

/// Event loops with a name.
const LOOPS_MAX: u32 = 16;
/// Tasks of one `gather`.
const GATHERED_MAX: usize = 32;

/// The form with a time-out of an operation that waits, of an object `IT`.
fn with_time_out(method: &str) -> Option<&'static str> {
    match method {
        "lock" => Some("await IT.try_lock_for()"),
        "acquire" => Some("await IT.acquire_for()"),
        "wait" => Some("await IT.wait_for()"),
        "send" => Some("await IT.send_for(v)"),
        "recv" => Some("if let x = await IT.recv_for() { … }"),
        "result" => Some("await wait_for(IT)"),
        _ => None,
    }
}

/// Whether a task can give its loop back in it.
fn may_suspend(method: Method) -> bool {
    matches!(
        method,
        Method::Lock
            | Method::Read
            | Method::Write
            | Method::TryLockFor
            | Method::Acquire
            | Method::AcquireFor
            | Method::CondWait
            | Method::CondWaitFor
            | Method::EventWait
            | Method::EventWaitFor
            | Method::BarrierWait
            | Method::BarrierWaitFor
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
