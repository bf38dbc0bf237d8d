//! A plan as text, and as the HIR that the text stands for, in one walk: each
//! part of the HIR gets the place of its text.
//!
//! The walk is made twice. The first time finds out what is used; the second
//! declares that and nothing else.

use super::expressions::constant;
use super::objects::{is_lock, object_kind, object_name};
use super::plan::{Act, Object, Plan, Runs};
use super::statements::stmt;
use crate::base::Span;
use crate::hir::{
    self, Actor, ActorGroup, ActorId, ActorKind, Awaited, Expr, ExprKind, Function, FunctionId,
    Instance, Local, LocalId, Method, ObjectDeclId, Scenario, StmtKind, Type, VarId,
};
use std::collections::BTreeSet;

/// A scenario that was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its text.
    pub text: String,
    /// What the text means.
    pub scenario: Scenario,
}

/// Writes a plan.
pub fn write(plan: &Plan) -> Written {
    let mut draft = Writer::new(plan, None);
    draft.scenario();
    let mut writer = Writer::new(plan, Some(draft.used));
    writer.scenario();
    Written {
        text: writer.text,
        scenario: writer.made,
    }
}

/// Which rows of the plan are mentioned.
#[derive(Default)]
pub(super) struct Used {
    pub shared: BTreeSet<usize>,
    pub objects: BTreeSet<usize>,
    pub functions: BTreeSet<usize>,
    /// Locals `r0`, … by the number of the body.
    pub locals: BTreeSet<(usize, usize)>,
    /// Objects that are kept in a local, by the number of the body.
    pub held: BTreeSet<(usize, usize)>,
    pub structs: bool,
}

pub(super) struct Writer<'p> {
    pub plan: &'p Plan,
    pub text: String,
    pub made: Scenario,
    /// Nothing may be a step here.
    pub at_once: bool,
    /// Uses of arrays so far: each takes another element.
    uses: usize,
    /// Labels that stand somewhere, by their number in the plan.
    pub labels: Vec<usize>,
    known: Option<Used>,
    used: Used,
    // Of the body under way:
    pub body: usize,
    /// Functions from here on may be called.
    callable: usize,
    pub locals: Vec<Local>,
    /// The local of `r0`, ….
    pub named: Vec<Option<LocalId>>,
    /// The parameter's name.
    pub parameter: Option<&'static str>,
    /// The locals that hold objects.
    held: Vec<(usize, LocalId)>,
    pub loops: usize,
    pub indent: usize,
    pub in_label: bool,
    /// What runs it, and whether it awaits here.
    pub runs: Runs,
    pub awaits: bool,
}

impl<'p> Writer<'p> {
    fn new(plan: &'p Plan, known: Option<Used>) -> Self {
        Self {
            plan,
            text: String::new(),
            made: Scenario {
                loops: Vec::new(),
                name: "random".to_owned(),
                description: String::new(),
                span: Span::default(),
                strings: vec!["Oops".to_owned()],
                enums: Vec::new(),
                structs: Vec::new(),
                vars: Vec::new(),
                objects: Vec::new(),
                functions: Vec::new(),
                groups: Vec::new(),
                actors: Vec::new(),
                labels: Vec::new(),
                properties: Vec::new(),
                outcomes: Vec::new(),
                fairness: Vec::new(),
                expects: Vec::new(),
                allows: Vec::new(),
                memory: hir::MemoryModel::Sc,
                splits_print: false,
            },
            at_once: false,
            uses: 0,
            labels: Vec::new(),
            known,
            used: Used::default(),
            body: 0,
            callable: 0,
            locals: Vec::new(),
            named: Vec::new(),
            parameter: None,
            held: Vec::new(),
            loops: 0,
            indent: 0,
            in_label: false,
            runs: Runs::Thread,
            awaits: false,
        }
    }

    // Tasks.

    /// Writes `await` where a task does, before what may have to wait.
    pub fn put_await(&mut self, method: Method) -> bool {
        let waits = matches!(
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
                | Method::BarrierWaitFor
                | Method::LatchWait
                | Method::Send
                | Method::SendFor
                | Method::Recv
                | Method::RecvOr
                | Method::ChanJoin
                | Method::Join
                | Method::TaskResult
                | Method::Read
                | Method::Write
                | Method::FutureResult
                | Method::FutureResultFor
                | Method::WaitAll
                | Method::WaitAny
        );
        let awaits = waits && self.awaits && !self.at_once;
        if awaits {
            self.put("await ");
        }
        awaits
    }

    /// The expression, awaited if so; `from` is where its text begins.
    pub fn awaited(&self, expr: Expr, awaits: bool, from: usize) -> Expr {
        if !awaits {
            return expr;
        }
        Expr {
            ty: expr.ty.clone(),
            span: self.span(from),
            kind: ExprKind::Await(Box::new(Awaited::Expr(expr))),
        }
    }

    // Text.

    pub fn put(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub fn at(&self) -> usize {
        self.text.len()
    }

    pub fn span(&self, from: usize) -> Span {
        Span::new(from, self.text.len())
    }

    /// Begins a line; returns where its text begins.
    pub fn line(&mut self) -> usize {
        self.put("\n");
        for _ in 0..self.indent {
            self.put("    ");
        }
        self.at()
    }

    // Names.

    pub fn is_used(&self, of: impl Fn(&Used) -> bool) -> bool {
        self.known.as_ref().is_none_or(of)
    }

    /// The number of a variable among those declared.
    pub fn var(&mut self, shared: usize) -> Option<VarId> {
        self.plan.shared.get(shared)?;
        self.used.shared.insert(shared);
        let known = self.known.as_ref();
        let index = known.map_or(shared, |known| known.shared.range(..shared).count());
        Some(VarId::new(index))
    }

    pub fn object(&mut self, object: usize) -> Option<(ObjectDeclId, &'p Object)> {
        let row = self.plan.objects.get(object)?;
        if let Object::Cond { lock, .. } = row {
            // A condition without a lock is not there.
            self.plan.objects.get(*lock).filter(|row| is_lock(row))?;
            self.used.objects.insert(*lock);
        }
        if let Object::Entries {
            guarded_by: Some(lock),
            ..
        } = row
            && self.plan.objects.get(*lock).is_some_and(is_lock)
        {
            self.used.objects.insert(*lock);
        }
        self.used.objects.insert(object);
        let known = self.known.as_ref();
        let index = known.map_or(object, |known| known.objects.range(..object).count());
        Some((ObjectDeclId::new(index), row))
    }

    /// An object as an expression: its name, an element, or the local that holds it.
    pub fn named_object(&mut self, object: usize) -> Option<Expr> {
        let (_, row) = self.object(object)?;
        let ty = Type::Object(object_kind(row, ObjectDeclId(0)).ty());
        if self.plan.held.contains(&object) && !self.at_once {
            self.used.held.insert((self.body, object));
            if let Some(&(_, local)) = self.held.iter().find(|&&(of, _)| of == object) {
                let from = self.at();
                self.put(&format!("w{object}"));
                return Some(Expr {
                    ty,
                    kind: ExprKind::Local(local),
                    span: self.span(from),
                });
            }
        }
        self.declared_object(object)
    }

    fn declared_object(&mut self, object: usize) -> Option<Expr> {
        let (id, row) = self.object(object)?;
        let from = self.at();
        self.put(&object_name(object, row));
        let element = self.plan.pairs.contains(&object).then(|| {
            self.put("[");
            let element = self.next_element();
            self.put("]");
            Box::new(element)
        });
        Some(Expr {
            ty: Type::Object(object_kind(row, ObjectDeclId(0)).ty()),
            kind: ExprKind::Object(id, element),
            span: self.span(from),
        })
    }

    /// The index of an element, another with each use: a constant or a local.
    pub fn next_element(&mut self) -> Expr {
        self.uses += 1;
        let from = self.at();
        let local = (!self.at_once && self.uses.is_multiple_of(3))
            .then(|| self.named_local(0))
            .flatten();
        let kind = match local {
            Some(local) => {
                self.put("r0");
                ExprKind::Local(local)
            }
            None => {
                let element = i64::from(self.uses.is_multiple_of(2));
                self.put(&element.to_string());
                ExprKind::Const(element)
            }
        };
        Expr {
            kind,
            ty: Type::Int,
            span: self.span(from),
        }
    }

    /// The field of a struct, another with each use.
    pub fn next_field(&mut self) -> usize {
        self.uses += 1;
        self.used.structs = true;
        self.uses % 2
    }

    /// A function that may be called here.
    pub fn function(&mut self, function: usize) -> Option<FunctionId> {
        if function < self.callable || function >= self.plan.functions.len() {
            return None;
        }
        if self.plan.functions[function].awaits && !self.awaits {
            return None;
        }
        self.any_function(function)
    }

    /// A function that may be spawned as a task here.
    pub fn any_function(&mut self, function: usize) -> Option<FunctionId> {
        if function < self.callable || function >= self.plan.functions.len() {
            return None;
        }
        self.used.functions.insert(function);
        let known = self.known.as_ref();
        let index = known.map_or(function, |known| known.functions.range(..function).count());
        Some(FunctionId::new(index))
    }

    /// The local `r0`, … of the body.
    pub fn named_local(&mut self, local: usize) -> Option<LocalId> {
        self.used.locals.insert((self.body, local));
        self.named.get(local).copied().flatten()
    }

    pub fn parameter(&self) -> Option<&'static str> {
        self.parameter
    }

    pub fn new_local(&mut self, name: &str, ty: Type, span: Span) -> LocalId {
        self.locals.push(Local {
            name: name.to_owned(),
            span,
            ty,
        });
        LocalId::new(self.locals.len() - 1)
    }

    // Declarations.

    fn scenario(&mut self) {
        self.put("scenario \"random\"");
        self.made.span = self.span(0);
        self.put(" {");
        self.indent = 1;
        let plan = self.plan;
        if self.known.is_some() {
            self.declare_loops();
            self.declare_struct();
            self.declare_shared();
            self.declare_objects();
        }
        for (index, function) in plan.functions.iter().enumerate() {
            if !self.is_used(|used| used.functions.contains(&index)) {
                continue;
            }
            self.line();
            self.put("fn ");
            let name = format!("f{index}");
            let from = self.at();
            self.put(&name);
            let span = self.span(from);
            self.put("(p) ");
            let body = plan.threads.len() + index;
            let made = self.body(
                name,
                span,
                body,
                index + 1,
                Some("p"),
                &function.body,
                Some(&function.returns),
            );
            self.made.functions.push(made);
        }
        for (index, thread) in plan.threads.iter().enumerate() {
            self.thread(index, thread);
        }
        if plan.splits_print {
            self.line();
            self.put("print split");
            self.made.splits_print = true;
        }
        for property in &plan.properties {
            self.property(property);
        }
        for shared in self.used.shared.clone() {
            if let Some(lock) = plan.shared[shared].guarded_by {
                self.object(lock);
            }
        }
        self.indent = 0;
        self.line();
        self.put("}\n");
    }

    fn thread(&mut self, index: usize, thread: &'p super::Thread) {
        self.line();
        if thread.main {
            self.put("main ");
        } else if thread.daemon {
            self.put("daemon ");
        }
        self.put(match thread.runs {
            Runs::Thread if thread.process => "process ",
            Runs::Thread => "thread ",
            Runs::Task { .. } => "task ",
            Runs::Green => "green ",
        });
        self.runs = thread.runs;
        self.awaits = thread.runs == Runs::Task { awaits: true };
        if thread.runs != Runs::Thread {
            self.have_loops();
        }
        let name = format!("t{index}");
        let from = self.at();
        self.put(&name);
        let span = self.span(from);
        let twice = thread.twice && !thread.main;
        self.put(if twice { " * 2 " } else { " " });
        let on = if thread.runs == Runs::Thread || thread.on > self.plan.loops {
            0
        } else {
            u32::try_from(thread.on).unwrap_or(0)
        };
        if on > 0 {
            self.put(&format!("on l{on} "));
        }
        let parameter = twice.then_some("me");
        let n_functions = self.n_functions();
        let body = FunctionId::new(n_functions + self.made.groups.len());
        let made = self.body(name.clone(), span, index, 0, parameter, &thread.body, None);
        self.made.functions.push(made);
        let group = self.made.groups.len();
        let first = ActorId::new(self.made.actors.len());
        let n = if twice { 2 } else { 1 };
        for number in 1..=n {
            let name = if twice {
                format!("{name}#{number}")
            } else {
                name.clone()
            };
            self.made.actors.push(Actor {
                name,
                group,
                instance: Instance {
                    args: twice.then_some(i64::from(number)).into_iter().collect(),
                },
                kind: match thread.runs {
                    Runs::Thread if thread.process => ActorKind::Process,
                    Runs::Thread => ActorKind::Thread,
                    Runs::Task { .. } => ActorKind::Task(on),
                    Runs::Green => ActorKind::Green(on),
                },
                daemon: thread.daemon && !thread.main,
                main: thread.main,
            });
        }
        self.made.groups.push(ActorGroup {
            name,
            span,
            first,
            n,
            replicated: twice,
            body,
        });
    }

    fn n_functions(&self) -> usize {
        let all = self.plan.functions.len();
        self.known
            .as_ref()
            .map_or(all, |known| known.functions.len())
    }

    #[allow(clippy::too_many_arguments)]
    fn body(
        &mut self,
        name: String,
        span: Span,
        body: usize,
        callable: usize,
        parameter: Option<&'static str>,
        acts: &'p [Act],
        returns: Option<&'p Option<super::Int>>,
    ) -> Function {
        self.body = body;
        self.callable = callable;
        self.parameter = parameter;
        self.locals = Vec::new();
        self.named = Vec::new();
        self.loops = 0;
        if returns.is_some() {
            let function = body - self.plan.threads.len();
            // One that does not await may be called by anybody.
            self.awaits = self.plan.functions[function].awaits;
            self.runs = match self.awaits {
                true => Runs::Task { awaits: true },
                false => Runs::Thread,
            };
        }
        if let Some(name) = parameter {
            self.new_local(name, Type::Int, span);
        }
        let from = self.at();
        self.put("{");
        self.indent += 1;
        let mut stmts = Vec::new();
        for local in 0..2 {
            if !self.is_used(|used| used.locals.contains(&(body, local))) {
                self.named.push(None);
                continue;
            }
            let start = self.line();
            let name = format!("r{local}");
            self.put(&format!("let {name} = 0"));
            let span = self.span(start);
            let id = self.new_local(&name, Type::Int, span);
            self.named.push(Some(id));
            stmts.push(stmt(StmtKind::Let(id, Vec::new(), constant(0, span)), span));
        }
        self.held = Vec::new();
        for object in self.plan.held.clone() {
            if self.known.is_some() && self.is_used(|used| used.held.contains(&(body, object))) {
                stmts.extend(self.hold(object));
            }
        }
        let goes_on = self.acts(acts, &mut stmts);
        if let Some(value) = returns.filter(|_| goes_on) {
            let start = self.line();
            self.put("return ");
            let value = self.int(value.as_ref().unwrap_or(&super::Int::Const(0)));
            stmts.push(stmt(StmtKind::Return(Some(value)), self.span(start)));
        }
        self.indent -= 1;
        self.line();
        self.put("}");
        Function {
            name,
            span,
            n_params: usize::from(parameter.is_some()),
            locals: std::mem::take(&mut self.locals),
            returns: if returns.is_some() {
                Type::Int
            } else {
                Type::Unit
            },
            body: hir::Block {
                stmts,
                span: self.span(from),
            },
        }
    }

    /// `let w0 = m0`.
    fn hold(&mut self, object: usize) -> Option<hir::Stmt> {
        let start = self.line();
        self.put("let ");
        let from = self.at();
        let name = format!("w{object}");
        self.put(&name);
        let span = self.span(from);
        self.put(" = ");
        let value = self.declared_object(object)?;
        let local = self.new_local(&name, value.ty.clone(), span);
        self.held.push((object, local));
        let kind = StmtKind::Let(local, Vec::new(), value);
        Some(stmt(kind, self.span(start)))
    }
}
