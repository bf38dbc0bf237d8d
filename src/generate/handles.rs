//! Actors that a plan spawns, and what is asked of their handles.

use super::expressions::constant;
use super::plan::{Act, Runs, Waits};
use super::statements::stmt;
use super::write::Writer;
use crate::hir::{self, Expr, ExprKind, Method, Spawn, SpawnKind, Stmt, StmtKind, Type};

impl<'p> Writer<'p> {
    pub fn spawn(
        &mut self,
        function: usize,
        daemon: bool,
        body: &'p [Act],
        waits: Waits,
        stmts: &mut Vec<Stmt>,
    ) -> bool {
        let Some(id) = self.any_function(function) else {
            return self.acts(body, stmts);
        };
        let awaits = self.plan.functions[function].awaits;
        let from = self.line();
        let name = format!("h{}", self.locals.len());
        self.put(&format!("let {name} = "));
        let start = self.at();
        let process = self.plan.functions[function].process && self.runs == Runs::Thread;
        let (words, kind) = match self.runs {
            _ if awaits => ("spawn task ", SpawnKind::Task),
            Runs::Thread if process && daemon => ("spawn daemon process ", SpawnKind::Process),
            Runs::Thread if process => ("spawn process ", SpawnKind::Process),
            Runs::Thread if daemon => ("spawn daemon ", SpawnKind::Thread),
            Runs::Thread => ("spawn ", SpawnKind::Thread),
            Runs::Task { .. } => ("spawn task ", SpawnKind::Task),
            Runs::Green => ("spawn green ", SpawnKind::Green),
        };
        let is_task = matches!(kind, SpawnKind::Task | SpawnKind::Green);
        let ty = if is_task {
            Type::Task(Box::new(Type::Int))
        } else {
            Type::Handle
        };
        if is_task {
            self.have_loops();
        }
        self.put(words);
        self.put(&format!("f{function}(1)"));
        let span = self.span(start);
        let handle = self.new_local(&name, ty.clone(), span);
        let spawn = Spawn {
            function: id,
            args: vec![constant(1, span)],
            kind,
            name: None,
            daemon: daemon && !is_task,
            on: None,
        };
        let value = Expr {
            kind: ExprKind::Spawn(Box::new(spawn)),
            ty: ty.clone(),
            span,
        };
        let kind = StmtKind::Let(handle, Vec::new(), value);
        stmts.push(stmt(kind, self.span(from)));
        if !self.acts(body, stmts) {
            return false;
        }
        if daemon && is_task {
            self.ask_handle(&name, handle, &ty, Method::TaskCancel, stmts);
        }
        if waits == Waits::Asks {
            self.ask_handle(&name, handle, &ty, Method::IsAlive, stmts);
        }
        let method = match waits {
            Waits::Never => return true,
            _ if self.awaits => Method::TaskResult,
            Waits::JoinFor if !is_task => Method::JoinFor,
            Waits::Join | Waits::Asks | Waits::JoinFor => Method::Join,
        };
        self.ask_handle(&name, handle, &ty, method, stmts);
        true
    }

    /// Something that is asked of a spawned actor.
    fn ask_handle(
        &mut self,
        name: &str,
        handle: crate::hir::LocalId,
        ty: &Type,
        method: Method,
        stmts: &mut Vec<Stmt>,
    ) {
        let from = self.line();
        let prints = matches!(method, Method::IsAlive | Method::JoinFor);
        if prints {
            self.put("print ");
        }
        let awaits = self.put_await(method);
        let start = self.at();
        self.put(name);
        let (text, gives) = match method {
            Method::TaskCancel => (".cancel()", Type::Bool),
            Method::TaskResult => ("", Type::Int),
            Method::IsAlive => (".is_alive()", Type::Bool),
            Method::JoinFor => (".join_for()", Type::Bool),
            _ => (".join()", Type::Unit),
        };
        self.put(text);
        let span = self.span(start);
        let receiver = Expr {
            kind: ExprKind::Local(handle),
            ty: ty.clone(),
            span,
        };
        let asked = Expr {
            kind: ExprKind::Method(method, Box::new(receiver), Vec::new()),
            ty: gives,
            // What `await t` asks stands nowhere else.
            span: if method == Method::TaskResult {
                self.span(from)
            } else {
                span
            },
        };
        let asked = self.awaited(asked, awaits, from);
        let kind = match prints {
            true => StmtKind::Print(vec![hir::Print { value: asked }]),
            false => StmtKind::Expr(asked),
        };
        stmts.push(stmt(kind, self.span(from)));
    }
}
