//! Statements with blocks: `if`, loops, `with`, `try`.

use super::codes;
use super::names::Def;
use super::place::Path;
use super::state::Resolver;
use super::types::Because;
use crate::base::{Diagnostic, Span};
use crate::hir::{
    Block, Expr, ExprKind, Local, LocalId, ObjectType, Place, ReceiveOp, Stmt, StmtKind, TryCatch,
    Type, WithKind,
};
use crate::syntax::ast;

/// A condition that may bind a received value.
enum Asked {
    Expr(Expr),
    Receive(LocalId, Expr, ReceiveOp),
}

impl Resolver<'_> {
    /// An `if` chain: `else if` nests in the second block.
    #[inline(never)]
    pub fn if_(&mut self, chain: &ast::If) -> Option<StmtKind> {
        let mut branches = Vec::new();
        for branch in &chain.branches {
            self.body.open();
            let asked = self.condition(&branch.condition);
            let body = self.block(&branch.body);
            self.body.close();
            branches.push((asked, body, condition_span(&branch.condition)));
        }
        let mut otherwise = chain.otherwise.as_ref().map(|block| self.block(block));
        let mut last = None;
        for (asked, body, span) in branches.into_iter().rev() {
            if let Some(kind) = last.take() {
                otherwise = Some(Block {
                    stmts: vec![Stmt {
                        kind,
                        span,
                        label: None,
                    }],
                    span,
                });
            }
            let rest = otherwise.take().unwrap_or_default();
            last = Some(match asked? {
                Asked::Expr(condition) => StmtKind::If(condition, body, rest),
                Asked::Receive(local, from, op) => StmtKind::IfReceive(local, from, op, body, rest),
            });
        }
        last
    }

    /// `while e { }`, `while let x = q.recv() { }`.
    #[inline(never)]
    pub fn while_(&mut self, while_: &ast::While) -> Option<StmtKind> {
        self.body.open();
        let asked = self.condition(&while_.condition);
        let body = self.repeated(&while_.body);
        self.body.close();
        Some(match asked? {
            Asked::Expr(condition) => StmtKind::While(condition, body),
            Asked::Receive(local, from, op) => StmtKind::WhileReceive(local, from, op, body),
        })
    }

    #[inline(never)]
    fn condition(&mut self, condition: &ast::Condition) -> Option<Asked> {
        match condition {
            ast::Condition::Expr(expr) => {
                let because = Because::nothing();
                Some(Asked::Expr(self.expr_of(expr, &Type::Bool, &because)))
            }
            ast::Condition::Let { name, value } => {
                let received = self.receive(value);
                let open = self.cells.fresh();
                let ty = received
                    .as_ref()
                    .map_or(open, |(_, _, element)| element.clone());
                let local = self.local(name, &ty, None);
                let (from, op, _) = received?;
                Some(Asked::Receive(local, from, op))
            }
        }
    }

    /// The channel, way and element type of `q.recv()`, `q.try_recv()`, `q.recv_for()`.
    #[inline(never)]
    fn receive(&mut self, value: &ast::Expr) -> Option<(Expr, ReceiveOp, Type)> {
        if matches!(value.kind, ast::ExprKind::Error) {
            self.broken = true;
            return None;
        }
        if let ast::ExprKind::Await(inner) = &value.kind {
            let (from, op, element) = self.receive(inner)?;
            if op == ReceiveOp::Try {
                let text = self.source.slice(inner.span).to_owned();
                self.misplaced(
                    value.span,
                    "this `await`",
                    &format!("it never waits: `{text}`"),
                );
            }
            return Some((self.awaited_head(from, value.span), op, element));
        }
        let op = match &value.kind {
            ast::ExprKind::Method(method) => match method.name.text.as_str() {
                "recv" => Some((ReceiveOp::Wait, method)),
                "try_recv" => Some((ReceiveOp::Try, method)),
                "recv_for" => Some((ReceiveOp::Timeout, method)),
                _ => None,
            },
            _ => None,
        };
        let Some((op, method)) = op else {
            self.misplaced(
                value.span,
                "this",
                "`if let` and `while let` take a receive: `q.try_recv()`, `q.recv()` or `q.recv_for()`",
            );
            return None;
        };
        self.check_count(&method.name, method.args.len(), 0, 0, None);
        let from = self.value(&method.receiver);
        let element = self.element_of(&from, &method.name)?;
        Some((from, op, element))
    }

    fn element_of(&mut self, from: &Expr, name: &ast::Ident) -> Option<Type> {
        match self.cells.head(&from.ty) {
            Type::Object(ObjectType::Chan(element)) => Some(*element),
            ty if self.cells.is_open(&ty) => {
                self.type_needed(&ty, from.span);
                None
            }
            ty => {
                let got = self.a_type(&ty);
                self.report(
                    Diagnostic::error(
                        codes::UNKNOWN_METHOD,
                        name.span,
                        format!("{got} has no operation `{}`", name.text),
                    )
                    .label("only a channel has")
                    .help("declare it with `chan`"),
                );
                None
            }
        }
    }

    /// `for` over a range, a channel or an array.
    #[inline(never)]
    pub fn for_(&mut self, for_: &ast::For) -> Option<StmtKind> {
        if let ast::ExprKind::Await(inner) = &for_.over.kind {
            return self.for_awaited(for_, inner);
        }
        if let ast::ExprKind::Range(range) = &for_.over.kind {
            let (from, to) = self.half_open(range, for_.over.span);
            self.body.open();
            let local = self.local(&for_.name, &Type::Int, Some("the variable of a loop"));
            let body = self.repeated(&for_.body);
            self.body.close();
            return Some(StmtKind::For(local, from, to, body));
        }
        if let Some(place) = self.whole_array(&for_.over) {
            return Some(self.for_elements(for_, place));
        }
        if let Some(loop_) = self.for_completed(for_) {
            return loop_;
        }
        let over = match self.path_of(&for_.over) {
            Path::Place(place) => self.read_place(place),
            Path::Value(value) => value,
        };
        let element = match self.cells.head(&over.ty) {
            Type::Object(ObjectType::Chan(element)) => Some(*element),
            Type::Futures(of, _) => return Some(self.for_futures(for_, over, *of)),
            Type::Values(of, _) => return Some(self.for_results(for_, over, &of)),
            Type::Object(ObjectType::List(of) | ObjectType::Map(of, _)) => {
                return Some(self.for_entries(for_, over, &of));
            }
            ty if self.cells.is_open(&ty) => None,
            ty => {
                let got = self.a_type(&ty);
                self.report(
                    Diagnostic::error(
                        codes::MISMATCH,
                        over.span,
                        format!("`for` cannot go through {got}"),
                    )
                    .label("a range, a channel, an array, a list or a map is asked for")
                    .help("write a range, as in `for i in 0..3`"),
                );
                None
            }
        };
        let open = self.cells.fresh();
        self.body.open();
        let local = self.local(&for_.name, &element.unwrap_or(open), None);
        let body = self.repeated(&for_.body);
        self.body.close();
        Some(StmtKind::ForReceive(local, over, body))
    }

    /// The variable, if the expression names a whole array with one dimension.
    fn whole_array(&self, over: &ast::Expr) -> Option<Place> {
        let ast::ExprKind::Name(name) = &over.kind else {
            return None;
        };
        if self.body.lookup(&name.text).is_some() {
            return None;
        }
        let Def::Var(var) = self.names.lookup(&name.text, self.body.in_file)?.def else {
            return None;
        };
        let declared = &self.out.vars[var.index()];
        (declared.dims.len() == 1).then(|| Place {
            var,
            indices: Vec::new(),
            fields: Vec::new(),
            ty: self.cells.full(&declared.ty),
            span: over.span,
        })
    }

    /// `for x in a { … }` is `for i in 0..len(a) { let x = a[i] … }`.
    #[inline(never)]
    fn for_elements(&mut self, for_: &ast::For, mut place: Place) -> StmtKind {
        let (span, ty) = (place.span, place.ty.clone());
        let n = self.out.vars[place.var.index()].dims[0];
        self.body.open();
        let counter = Local {
            name: format!("{}'s index", for_.name.text),
            span: for_.name.span,
            ty: Type::Int,
        };
        let counter = self.body.declare(counter, None);
        let element = self.local(&for_.name, &ty, None);
        let index = self.make(ExprKind::Local(counter), &Type::Int, span);
        place.indices.push(index);
        let value = self.read_place(place);
        let mut body = self.repeated(&for_.body);
        self.body.close();
        let take = Stmt {
            kind: StmtKind::Let(element, Vec::new(), value),
            span,
            label: None,
        };
        body.stmts.insert(0, take);
        let from = self.make(ExprKind::Const(0), &Type::Int, span);
        let to = self.make(ExprKind::Const(i64::from(n)), &Type::Int, span);
        StmtKind::For(counter, from, to, body)
    }

    /// `with a, b { }`: one inside the other.
    #[inline(never)]
    pub fn with(&mut self, with: &ast::With, span: Span) -> Option<StmtKind> {
        let mut held = Vec::new();
        for subject in &with.subjects {
            held.push((self.holdable(subject), subject.span));
        }
        let mut body = self.block(&with.body);
        let mut last = None;
        for (subject, at) in held.into_iter().rev() {
            if let Some(kind) = last.take() {
                let inner = Stmt {
                    kind,
                    span,
                    label: None,
                };
                body = Block {
                    stmts: vec![inner],
                    span: at.to(span),
                };
            }
            let (kind, object) = subject?;
            last = Some(StmtKind::With(kind, object, std::mem::take(&mut body)));
        }
        last
    }

    #[inline(never)]
    fn holdable(&mut self, subject: &ast::Expr) -> Option<(WithKind, Expr)> {
        if let ast::ExprKind::Await(inner) = &subject.kind {
            let (kind, object) = self.holdable(inner)?;
            let object = self.awaited_hold(kind, object, subject.span)?;
            return Some((kind, object));
        }
        if let ast::ExprKind::Field { base, name } = &subject.kind
            && matches!(name.text.as_str(), "read" | "write" | "first")
        {
            let object = self.value(base);
            let kind = match (self.cells.head(&object.ty), name.text.as_str()) {
                (Type::Object(ObjectType::RwLock), "read") => WithKind::Read,
                (Type::Object(ObjectType::RwLock), "write") => WithKind::Write,
                (Type::Object(ObjectType::Once), "first") => WithKind::First,
                (ty, word) => {
                    if !self.cells.is_open(&ty) {
                        self.cannot_hold(&ty, subject.span, Some(word));
                    }
                    return None;
                }
            };
            return Some((kind, object));
        }
        let object = self.value(subject);
        match self.cells.head(&object.ty) {
            Type::Object(ObjectType::Lock) => Some((WithKind::Lock, object)),
            Type::Object(ObjectType::Sem) => Some((WithKind::Permit, object)),
            Type::Object(ObjectType::Executor) => Some((WithKind::Executor, object)),
            ty if self.cells.is_open(&ty) => {
                if !matches!(object.kind, ExprKind::Const(_)) {
                    self.type_needed(&ty, object.span);
                }
                None
            }
            ty => {
                self.cannot_hold(&ty, subject.span, None);
                None
            }
        }
    }

    #[inline(never)]
    fn cannot_hold(&mut self, ty: &Type, span: Span, word: Option<&str>) {
        let text = self.source.slice(span).to_owned();
        let got = self.a_type(ty);
        let message = match word {
            Some(word) => format!("{got} has no side `{word}` to hold"),
            None => format!("{got} cannot be held as a whole"),
        };
        let help = match (ty, word) {
            (Type::Object(ObjectType::RwLock), None) => {
                format!("write `with {text}.read {{ … }}` or `with {text}.write {{ … }}`")
            }
            (Type::Object(ObjectType::Once), None) => format!("write `with {text}.first {{ … }}`"),
            (Type::Object(ObjectType::Cond), _) => {
                "hold the lock that the cond belongs to".to_owned()
            }
            _ => {
                "`with` takes a lock, a semaphore, an executor, `rw.read`, `rw.write` or `o.first`"
                    .to_owned()
            }
        };
        self.report(
            Diagnostic::error(codes::CANNOT_HOLD, span, message)
                .label(format!("this is {got}"))
                .help(help),
        );
    }

    /// `try { } catch { } finally { }`.
    #[inline(never)]
    pub fn try_(&mut self, try_: &ast::Try) -> StmtKind {
        let body = self.block(&try_.body);
        let mut catches = Vec::new();
        for catch in &try_.catches {
            let name = catch.name.as_ref().map(|name| self.intern(&name.text));
            catches.push((name, self.block(&catch.body)));
        }
        let finally = try_.finally.as_ref().map(|block| self.block(block));
        StmtKind::Try(Box::new(TryCatch {
            body,
            catches,
            finally,
        }))
    }
}

fn condition_span(condition: &ast::Condition) -> Span {
    match condition {
        ast::Condition::Expr(expr) => expr.span,
        ast::Condition::Let { name, value } => name.span.to(value.span),
    }
}
