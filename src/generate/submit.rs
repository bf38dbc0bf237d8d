//! Jobs of executors, and several tasks at once, as statements.

use super::expressions::constant;
use super::objects::is_pool;
use super::plan::{Act, Ask, Gathering};
use super::statements::stmt;
use super::write::Writer;
use crate::base::Span;
use crate::hir::{
    Awaited, Block, Expr, ExprKind, FunctionId, FutureLoop, LocalId, Method, Spawn, SpawnKind,
    Stmt, StmtKind, Submit, Type,
};

/// A local with a future, or with several.
struct Held {
    name: String,
    local: LocalId,
    ty: Type,
}

impl<'p> Writer<'p> {
    /// Whether a function ends with a value: one that always raises gives nothing.
    fn gives(&self, function: usize) -> bool {
        let function = self.plan.functions.get(function);
        function.is_some_and(|function| !function.body.iter().any(raises))
    }

    /// A function that a worker may run, and its executor.
    fn job(&mut self, pool: usize, function: usize) -> Option<(Expr, FunctionId)> {
        self.plan.objects.get(pool).filter(|row| is_pool(row))?;
        let awaits = self.plan.functions.get(function)?.awaits;
        (!awaits && self.gives(function)).then_some(())?;
        let id = self.function(function)?;
        Some((self.named_object(pool)?, id))
    }

    fn one_job(&mut self, pool: &Expr, function: FunctionId, arg: i64, span: Span) -> Expr {
        Expr {
            kind: ExprKind::Submit(Box::new(Submit {
                executor: pool.clone(),
                function,
                args: vec![constant(arg, span)],
            })),
            ty: Type::Future(Box::new(Type::Int)),
            span,
        }
    }

    /// `let h0 = …`, in front of what gives the value.
    fn begin_let(&mut self) -> (usize, String, Span) {
        let from = self.line();
        let name = format!("h{}", self.locals.len());
        self.put("let ");
        let start = self.at();
        self.put(&name);
        let span = self.span(start);
        self.put(" = ");
        (from, name, span)
    }

    fn end_let(
        &mut self,
        (from, name, span): (usize, String, Span),
        value: Expr,
        stmts: &mut Vec<Stmt>,
    ) -> Held {
        let ty = value.ty.clone();
        let local = self.new_local(&name, ty.clone(), span);
        let kind = StmtKind::Let(local, Vec::new(), value);
        stmts.push(stmt(kind, self.span(from)));
        Held { name, local, ty }
    }

    /// `let h0 = p.submit(f1, 1)`, the rest, and what is asked.
    pub fn submit(
        &mut self,
        pool: usize,
        function: usize,
        body: &'p [Act],
        asks: &[Ask],
        stmts: &mut Vec<Stmt>,
    ) -> bool {
        let text = self.at();
        let begun = self.begin_let();
        let start = self.at();
        let Some((pool, id)) = self.job(pool, function) else {
            self.text.truncate(text);
            return self.acts(body, stmts);
        };
        self.put(&format!(".submit(f{function}, 1)"));
        let value = self.one_job(&pool, id, 1, self.span(start));
        let future = self.end_let(begun, value, stmts);
        if !self.acts(body, stmts) {
            return false;
        }
        for &ask in asks {
            self.ask_future(&future, ask, stmts);
        }
        true
    }

    fn local(&mut self, held: &Held) -> Expr {
        let from = self.at();
        self.put(&held.name);
        Expr {
            kind: ExprKind::Local(held.local),
            ty: held.ty.clone(),
            span: self.span(from),
        }
    }

    fn ask_future(&mut self, future: &Held, ask: Ask, stmts: &mut Vec<Stmt>) {
        let from = self.line();
        if ask == Ask::Done {
            self.put("if ");
            let start = self.at();
            let of = self.local(future);
            self.put(".done()");
            let done = self.method(Method::FutureDone, of, Type::Bool, start);
            self.put(" ");
            let body = self.block(&[]);
            let kind = StmtKind::If(done, body, Block::default());
            stmts.push(stmt(kind, self.span(from)));
            return;
        }
        if ask == Ask::ResultFor && self.awaits {
            self.put("await wait_for(");
            let of = self.local(future);
            self.put(")");
            let kind = ExprKind::Await(Box::new(Awaited::WaitFor(of)));
            let span = self.span(from);
            let ty = Type::Int;
            stmts.push(stmt(StmtKind::Expr(Expr { kind, ty, span }), span));
            return;
        }
        let (method, text, ty) = match ask {
            Ask::Result => (Method::FutureResult, ".result()", Type::Int),
            Ask::ResultFor => (Method::FutureResultFor, ".result_for()", Type::Int),
            Ask::Cancel => (Method::FutureCancel, ".cancel()", Type::Bool),
            Ask::Exception | Ask::Done => (Method::FutureException, ".exception()", Type::Str),
        };
        let awaits = self.put_await(method);
        let start = self.at();
        let of = self.local(future);
        self.put(text);
        let asked = self.method(method, of, ty, start);
        let asked = self.awaited(asked, awaits, from);
        stmts.push(stmt(StmtKind::Expr(asked), self.span(from)));
    }

    fn method(&self, method: Method, of: Expr, ty: Type, from: usize) -> Expr {
        Expr {
            kind: ExprKind::Method(method, Box::new(of), Vec::new()),
            ty,
            span: self.span(from),
        }
    }

    /// `p.map(f1, 0..2)` in one of its uses.
    pub fn map(
        &mut self,
        pool: usize,
        function: usize,
        (n, how): (i64, Gathering),
        body: &'p [Act],
        stmts: &mut Vec<Stmt>,
    ) {
        if how == Gathering::Results {
            let from = self.line();
            let (name, span) = self.begin_binding("for ");
            self.put(" in ");
            let awaits = self.awaits;
            let start = self.at();
            self.put(if awaits { "await " } else { "" });
            let Some(jobs) = self.jobs(pool, function, n) else {
                return self.nothing(from, stmts);
            };
            let jobs = self.awaited(jobs, awaits, start);
            let local = self.new_local(&name, Type::Int, span);
            self.put(" ");
            let body = self.round(body);
            let kind = StmtKind::ForFutures(local, FutureLoop::Results, jobs, body);
            stmts.push(stmt(kind, self.span(from)));
            return;
        }
        let begun = self.begin_let();
        let from = begun.0;
        let Some(jobs) = self.jobs(pool, function, n) else {
            return self.nothing(from, stmts);
        };
        let futures = self.end_let(begun, jobs, stmts);
        match how {
            Gathering::All | Gathering::Any => self.wait_jobs(&futures, how, stmts),
            _ => self.for_jobs(&futures, how, body, stmts),
        }
    }

    fn nothing(&mut self, from: usize, stmts: &mut Vec<Stmt>) {
        self.text.truncate(from);
        self.put("skip");
        stmts.push(stmt(StmtKind::Skip, self.span(from)));
    }

    /// `p.map(f1, 0..2)`
    fn jobs(&mut self, pool: usize, function: usize, n: i64) -> Option<Expr> {
        let from = self.at();
        let (pool, id) = self.job(pool, function)?;
        self.put(&format!(".map(f{function}, 0..{n})"));
        let span = self.span(from);
        let jobs = (0..n).map(|arg| self.one_job(&pool, id, arg, span));
        Some(Expr {
            kind: ExprKind::Struct(jobs.collect()),
            ty: Type::Futures(Box::new(Type::Int), u32::try_from(n).unwrap_or(1)),
            span,
        })
    }

    fn wait_jobs(&mut self, futures: &Held, how: Gathering, stmts: &mut Vec<Stmt>) {
        let from = self.line();
        let (method, text, ty) = match how {
            Gathering::All => (Method::WaitAll, "wait_all(", Type::Unit),
            _ => (
                Method::WaitAny,
                "wait_any(",
                Type::Future(Box::new(Type::Int)),
            ),
        };
        let awaits = self.put_await(method);
        let start = self.at();
        self.put(text);
        let of = self.local(futures);
        self.put(")");
        let waited = self.method(method, of, ty, start);
        let waited = self.awaited(waited, awaits, from);
        stmts.push(stmt(StmtKind::Expr(waited), self.span(from)));
    }

    fn for_jobs(&mut self, futures: &Held, how: Gathering, body: &'p [Act], stmts: &mut Vec<Stmt>) {
        let from = self.line();
        let (name, span) = self.begin_binding("for ");
        self.put(" in ");
        let start = self.at();
        let completed = how == Gathering::Completed;
        let awaits = self.awaits && completed;
        self.put(if awaits { "await " } else { "" });
        self.put(if completed { "as_completed(" } else { "" });
        let of = self.local(futures);
        self.put(if completed { ")" } else { "" });
        let of = self.awaited(of, awaits, start);
        let ty = Type::Future(Box::new(Type::Int));
        let local = self.new_local(&name, ty.clone(), span);
        let future = Held { name, local, ty };
        self.put(" {");
        let open = self.at() - 1;
        self.indent += 1;
        self.loops += 1;
        let mut inside = Vec::new();
        self.ask_future(&future, Ask::Result, &mut inside);
        self.acts(body, &mut inside);
        self.loops -= 1;
        self.indent -= 1;
        self.line();
        self.put("}");
        let body = Block {
            stmts: inside,
            span: self.span(open),
        };
        let how = if completed {
            FutureLoop::Completed
        } else {
            FutureLoop::Each
        };
        let kind = StmtKind::ForFutures(local, how, of, body);
        stmts.push(stmt(kind, self.span(from)));
    }

    /// `let h0 = await gather(f1(0), f2(1))`, and `r0 = h0[0]`.
    pub fn gather(&mut self, functions: &[usize], stmts: &mut Vec<Stmt>) {
        let begun = self.begin_let();
        let from = begun.0;
        if !self.awaits {
            return self.nothing(from, stmts);
        }
        let start = self.at();
        self.put("await gather(");
        let mut tasks = Vec::new();
        for (number, &function) in (0..).zip(functions) {
            let before = self.at();
            self.put(if tasks.is_empty() { "" } else { ", " });
            match self.task(function, number) {
                Some(task) => tasks.push(task),
                None => self.text.truncate(before),
            }
        }
        if tasks.is_empty() {
            return self.nothing(from, stmts);
        }
        self.put(")");
        let n = u32::try_from(tasks.len()).unwrap_or(1);
        let ty = Type::Values(Box::new(Type::Int), n);
        let value = Expr {
            kind: ExprKind::Await(Box::new(Awaited::Gather(tasks))),
            ty,
            span: self.span(start),
        };
        let values = self.end_let(begun, value, stmts);
        let Some(r0) = self.named_local(0) else {
            return;
        };
        let from = self.line();
        self.put("r0 = ");
        let start = self.at();
        let of = self.local(&values);
        self.put("[");
        let at = self.at();
        self.put("0");
        let index = constant(0, self.span(at));
        self.put("]");
        let one = Expr {
            kind: ExprKind::Pick(Box::new(of), Box::new(index)),
            ty: Type::Int,
            span: self.span(start),
        };
        stmts.push(stmt(StmtKind::Let(r0, Vec::new(), one), self.span(from)));
    }

    /// `f1(0)` that becomes a task.
    fn task(&mut self, function: usize, arg: i64) -> Option<Expr> {
        self.gives(function).then_some(())?;
        let id = self.any_function(function)?;
        let from = self.at();
        self.put(&format!("f{function}("));
        let at = self.at();
        self.put(&arg.to_string());
        let arg = constant(arg, self.span(at));
        self.put(")");
        let spawn = Spawn {
            function: id,
            args: vec![arg],
            kind: SpawnKind::Task,
            name: None,
            daemon: false,
            on: None,
        };
        Some(Expr {
            kind: ExprKind::Spawn(Box::new(spawn)),
            ty: Type::Task(Box::new(Type::Int)),
            span: self.span(from),
        })
    }

    /// `await wait_for(f1(0))`
    pub fn wait_for(&mut self, function: usize) -> Option<StmtKind> {
        self.awaits.then_some(())?;
        let from = self.at();
        self.put("await wait_for(");
        let task = self.task(function, 0)?;
        self.put(")");
        Some(StmtKind::Expr(Expr {
            kind: ExprKind::Await(Box::new(Awaited::WaitFor(task))),
            ty: Type::Int,
            span: self.span(from),
        }))
    }
}

/// Whether nothing comes after an act, since it always raises.
fn raises(act: &Act) -> bool {
    match act {
        Act::Raise => true,
        Act::Label(_, act) => raises(act),
        Act::Spawn(_, _, body, _) | Act::Submit(_, _, body, _) => body.iter().any(raises),
        _ => false,
    }
}
