//! Statements, one function each where they are more than a word.

use super::codes;
use super::names::{Def, Wanted};
use super::place::Path;
use super::state::{BodyKind, Resolver};
use super::types::Because;
use crate::base::{Diagnostic, Span};
use crate::hir::{
    self, AtomicOp, BinaryOp, Block, Expr, ExprKind, LocalId, Place, Stmt, StmtKind, Type,
};
use crate::syntax::ast;

impl Resolver<'_> {
    /// Resolves a block with names of its own.
    pub fn block(&mut self, block: &ast::Block) -> Block {
        self.body.open();
        let resolved = self.block_in_scope(block);
        self.body.close();
        resolved
    }

    /// Resolves a block whose names belong to the scope already open.
    pub fn block_in_scope(&mut self, block: &ast::Block) -> Block {
        let mut stmts = Vec::with_capacity(block.stmts.len());
        for stmt in &block.stmts {
            stmts.extend(self.stmt(stmt));
        }
        Block {
            stmts,
            span: block.span,
        }
    }

    /// A block that is repeated.
    pub fn repeated(&mut self, block: &ast::Block) -> Block {
        self.body.loops += 1;
        let resolved = self.block(block);
        self.body.loops -= 1;
        resolved
    }

    fn stmt(&mut self, stmt: &ast::Stmt) -> Option<Stmt> {
        if matches!(self.body.kind, BodyKind::Function(_)) && !self.charge(1) {
            return None;
        }
        if let ast::StmtKind::Named { name, stmt: inner } = &stmt.kind {
            let label = self.label(name);
            let mut resolved = self.stmt(inner)?;
            resolved.label = label;
            resolved.span = stmt.span;
            return Some(resolved);
        }
        Some(Stmt {
            kind: self.stmt_kind(stmt)?,
            span: stmt.span,
            label: None,
        })
    }

    /// What holds blocks comes back here for each statement in them, so this frame
    /// stays small: one level of nesting is one of it.
    fn stmt_kind(&mut self, stmt: &ast::Stmt) -> Option<StmtKind> {
        match &stmt.kind {
            ast::StmtKind::If(branches) => self.if_(branches),
            ast::StmtKind::While(while_) => self.while_(while_),
            ast::StmtKind::Loop(body) => Some(StmtKind::Loop(self.repeated(body))),
            ast::StmtKind::For(for_) => self.for_(for_),
            ast::StmtKind::Match(match_) => self.match_(match_, stmt.span),
            ast::StmtKind::With(with) => self.with(with, stmt.span),
            ast::StmtKind::Atomic(body) => Some(StmtKind::Atomic(self.block(body))),
            ast::StmtKind::Either(blocks) => {
                let blocks = blocks.iter().map(|block| self.block(block));
                Some(StmtKind::Either(blocks.collect()))
            }
            ast::StmtKind::Select(select) => Some(self.select(select, stmt.span)),
            ast::StmtKind::Try(try_) => Some(self.try_(try_)),
            _ => self.without_blocks(stmt),
        }
    }

    #[inline(never)]
    fn without_blocks(&mut self, stmt: &ast::Stmt) -> Option<StmtKind> {
        Some(match &stmt.kind {
            ast::StmtKind::Let(let_) => self.let_(let_),
            ast::StmtKind::Assign(assign) => self.assign(assign, stmt.span)?,
            ast::StmtKind::Expr(expr) => self.effect(expr)?,
            ast::StmtKind::Break => self.in_loop("break", stmt.span, StmtKind::Break)?,
            ast::StmtKind::Continue => self.in_loop("continue", stmt.span, StmtKind::Continue)?,
            ast::StmtKind::Return(value) => self.return_(value.as_ref(), stmt.span)?,
            ast::StmtKind::Assert { condition, message } => {
                self.assert(condition, message.as_ref().map(|message| &*message.text))
            }
            ast::StmtKind::Raise(name) => StmtKind::Raise(self.intern(&name.text)),
            ast::StmtKind::Sleep => StmtKind::Sleep,
            ast::StmtKind::Yield => StmtKind::Yield,
            ast::StmtKind::Skip => StmtKind::Skip,
            ast::StmtKind::Progress => StmtKind::Progress,
            ast::StmtKind::Print(values) => self.print(values),
            ast::StmtKind::Error => {
                self.broken = true;
                return None;
            }
            ast::StmtKind::Named { .. }
            | ast::StmtKind::If(_)
            | ast::StmtKind::While(_)
            | ast::StmtKind::Loop(_)
            | ast::StmtKind::For(_)
            | ast::StmtKind::Match(_)
            | ast::StmtKind::With(_)
            | ast::StmtKind::Atomic(_)
            | ast::StmtKind::Either(_)
            | ast::StmtKind::Select(_)
            | ast::StmtKind::Try(_) => return None,
        })
    }

    #[inline(never)]
    fn assert(&mut self, condition: &ast::Expr, message: Option<&str>) -> StmtKind {
        let condition = self.expr_of(condition, &Type::Bool, &Because::nothing());
        let message = message.map(|message| self.intern(message));
        StmtKind::Assert(condition, message)
    }

    /// The label of a named step; the same in every copy of a function.
    #[inline(never)]
    fn label(&mut self, name: &ast::Ident) -> Option<hir::LabelId> {
        if let Some(&id) = self.labels.get(&name.span) {
            return Some(id);
        }
        if let Some(&first) = self.label_names.get(&name.text) {
            let first = self.out.labels[first.index()].span;
            self.report(
                Diagnostic::error(
                    codes::DECLARED_TWICE,
                    name.span,
                    format!("two steps are called `@{}`", name.text),
                )
                .label("named again here")
                .secondary(first, "named first here")
                .help("give one of the two another name"),
            );
            return None;
        }
        let id = hir::LabelId::new(self.out.labels.len());
        self.out.labels.push(hir::Label {
            name: name.text.clone(),
            span: name.span,
        });
        self.labels.insert(name.span, id);
        self.label_names.insert(name.text.clone(), id);
        Some(id)
    }

    /// Declares a local in the open scope.
    pub fn local(&mut self, name: &ast::Ident, ty: &Type, fixed: Option<&'static str>) -> LocalId {
        self.broken |= name.text.is_empty();
        let local = hir::Local {
            name: name.text.clone(),
            span: name.span,
            ty: self.cells.full(ty),
        };
        self.body.declare(local, fixed)
    }

    #[inline(never)]
    fn let_(&mut self, let_: &ast::Let) -> StmtKind {
        let mut value = self.value(&let_.value);
        if let Some(ty) = &let_.ty {
            let declared = self.plain_type(ty);
            let because = Because::at(ty.span, "declared here");
            value = self.expect_type(value, &declared, &because);
        }
        let local = self.local(&let_.name, &value.ty.clone(), None);
        StmtKind::Let(local, Vec::new(), value)
    }

    #[inline(never)]
    fn assign(&mut self, assign: &ast::Assign, span: Span) -> Option<StmtKind> {
        if self.assignable_name(&assign.target) == Some(false) {
            drop(self.value(&assign.value));
            return None;
        }
        let before = self.diagnostics.len();
        if let ast::ExprKind::Name(name) = &assign.target.kind
            && assign.op.is_none()
            && self.is_unknown(name)
        {
            self.unknown_name(name, Wanted::Assigned);
            drop(self.value(&assign.value));
            return None;
        }
        match self.path_of(&assign.target) {
            Path::Place(place) => Some(self.assign_place(place, assign, span)),
            Path::Value(target) if self.is_entry(&target, &assign.target) => {
                Some(self.assign_entry(target, assign, span))
            }
            Path::Value(target) => self.assign_local(target, assign, before),
        }
    }

    /// Reports a plain name that can never be assigned; `None` if it may be.
    fn assignable_name(&mut self, target: &ast::Expr) -> Option<bool> {
        let ast::ExprKind::Name(name) = &target.kind else {
            return None;
        };
        if self.body.lookup(&name.text).is_some() {
            return None;
        }
        let named = self.names.lookup(&name.text, self.body.in_file)?;
        let (what, help) = match named.def {
            Def::Var(_) => return Some(true),
            Def::Const(_) => ("a constant", "declare it with `var` if it changes"),
            Def::Object(object) if self.has_entries(object) => (
                "a list or map",
                "change what it holds, with `append`, `put`, `clear` or `copy_from`",
            ),
            Def::Object(_) => (
                "an object",
                "objects stay what they are; use their operations",
            ),
            Def::Fn(_) => ("a function", "assign to a variable"),
            Def::Group(_) => ("an actor", "assign to a variable"),
            Def::Enum(_) | Def::Struct(_) => ("a type", "assign to a variable"),
            Def::Loop(_) => ("an event loop", "assign to a variable"),
            Def::Unsupported => return Some(false),
        };
        self.report(
            Diagnostic::error(
                codes::FIXED,
                target.span,
                format!("`{}` is {what} and cannot be assigned", name.text),
            )
            .label("assigned here")
            .secondary(named.span, "declared here")
            .help(help),
        );
        Some(false)
    }

    #[inline(never)]
    fn assign_place(&mut self, place: Place, assign: &ast::Assign, span: Span) -> StmtKind {
        let value = self.value(&assign.value);
        let declared = &self.out.vars[place.var.index()];
        let (atomic, name, at) = (declared.atomic, declared.name.clone(), declared.span);
        let Some(op) = assign.op else {
            let at = self
                .cells
                .fixed_at(&self.out.vars[place.var.index()].ty)
                .unwrap_or(at);
            let holds = self.a_type(&place.ty);
            let because = Because::at(at, format!("`{name}` is {holds} since this"));
            let value = self.expect_type(value, &place.ty.clone(), &because);
            return StmtKind::Assign(place, value);
        };
        let (op, value) = self.update_operand(op, &place.ty.clone(), place.span, value);
        if !atomic {
            return StmtKind::Update(place, op, value);
        }
        let ty = place.ty.clone();
        let kind = ExprKind::Atomic(AtomicOp::Fetch(op), place, vec![value]);
        StmtKind::Expr(self.make(kind, &ty, span))
    }

    /// The operator of `x += e` and its operand, checked against what is updated.
    pub fn update_operand(
        &mut self,
        op: ast::BinaryOp,
        ty: &Type,
        at: Span,
        value: Expr,
    ) -> (BinaryOp, Expr) {
        // Two operands that are no constants, so that nothing is folded away.
        let left = Expr {
            kind: ExprKind::Local(LocalId(u32::MAX)),
            ty: ty.clone(),
            span: at,
        };
        let span = value.span;
        let combined = self.binary(op, at, left, value);
        match combined.kind {
            ExprKind::Binary(op, _, value) => (op, *value),
            _ => (BinaryOp::Add, self.error_expr(span)),
        }
    }

    #[inline(never)]
    fn assign_local(
        &mut self,
        target: Expr,
        assign: &ast::Assign,
        before: usize,
    ) -> Option<StmtKind> {
        let (target_ty, target_span) = (target.ty.clone(), target.span);
        let mut fields = Vec::new();
        let mut root = &target;
        while let ExprKind::Field(base, number) = &root.kind {
            fields.push(*number);
            root = base;
        }
        fields.reverse();
        let ExprKind::Local(local) = root.kind else {
            drop(self.value(&assign.value));
            if self.diagnostics.len() == before && !self.broken {
                self.report(
                    Diagnostic::error(codes::FIXED, target_span, "this cannot be assigned")
                        .label("not a variable"),
                );
            }
            return None;
        };
        let declared = self.body.locals[local.index()].clone();
        if let Some(what) = self.body.fixed[local.index()] {
            self.report(
                Diagnostic::error(
                    codes::FIXED,
                    target_span,
                    format!("`{}` is {what} and cannot be assigned", declared.name),
                )
                .label("assigned here")
                .secondary(declared.span, "declared here")
                .help(format!(
                    "take a copy that you can change: `let n = {}`",
                    declared.name
                )),
            );
        }
        let value = self.value(&assign.value);
        let value = match assign.op {
            Some(op) => self.binary(op, target_span, target, value),
            None => value,
        };
        let holds = self.a_type(&target_ty);
        let because = Because::at(
            declared.span,
            format!("`{}` is declared here as {holds}", declared.name),
        );
        let value = self.expect_type(value, &target_ty, &because);
        Some(StmtKind::Let(local, fields, value))
    }

    #[inline(never)]
    fn effect(&mut self, expr: &ast::Expr) -> Option<StmtKind> {
        let resolved = match &expr.kind {
            ast::ExprKind::Method(method) => self.operation(method, expr.span, true),
            ast::ExprKind::Call(call) if self.is_built_in(&call.name, "wait_until") => {
                return self.wait_until(call);
            }
            ast::ExprKind::Call(call) if self.is_built_in(&call.name, "fence") => {
                return self.fence(call);
            }
            _ => self.expr(expr),
        };
        Some(StmtKind::Expr(resolved))
    }

    fn is_built_in(&self, name: &ast::Ident, word: &str) -> bool {
        name.text == word
            && self.body.lookup(word).is_none()
            && self.names.lookup(word, self.body.in_file).is_none()
    }

    #[inline(never)]
    fn wait_until(&mut self, call: &ast::Call) -> Option<StmtKind> {
        if !self.check_count(&call.name, call.args.len(), 1, 1, None) {
            return None;
        }
        let outer = self.body.pure.replace("`wait_until`");
        let condition = self.expr_of(&call.args[0], &Type::Bool, &Because::nothing());
        self.body.pure = outer;
        Some(StmtKind::WaitUntil(condition))
    }

    #[inline(never)]
    fn fence(&mut self, call: &ast::Call) -> Option<StmtKind> {
        if !self.check_count(&call.name, call.args.len(), 0, 1, None) {
            return None;
        }
        if let Some(order) = call.args.first().filter(|order| !self.is_ordering(order)) {
            self.misplaced(
                order.span,
                "this",
                "write `acquire`, `release`, `acq_rel` or `seq_cst`",
            );
        }
        Some(StmtKind::Fence)
    }

    #[inline(never)]
    fn in_loop(&mut self, word: &str, span: Span, kind: StmtKind) -> Option<StmtKind> {
        if self.body.loops > 0 {
            return Some(kind);
        }
        self.report(
            Diagnostic::error(
                codes::OUTSIDE_LOOP,
                span,
                format!("`{word}` outside a loop"),
            )
            .label("no loop around this")
            .help("an actor or function is left with `return`"),
        );
        None
    }

    #[inline(never)]
    fn return_(&mut self, value: Option<&ast::Expr>, span: Span) -> Option<StmtKind> {
        let Some(value) = value else {
            self.body.returned_nothing.get_or_insert(span);
            return Some(StmtKind::Return(None));
        };
        let resolved = self.value(value);
        if let BodyKind::Actor(group) = self.body.kind {
            let name = self.out.groups[group].name.clone();
            self.report(
                Diagnostic::error(
                    codes::RETURN_IN_ACTOR,
                    value.span,
                    format!("`{name}` is an actor, nobody gets its value"),
                )
                .label("returned here")
                .help("store it in a `var`, or send it over a `chan`"),
            );
            return None;
        }
        let because = match self.body.returned {
            Some(first) => Because::at(first, "the first `return` decides the type"),
            None => Because::nothing(),
        };
        self.body.returned.get_or_insert(span);
        let returns = self.body.returns.clone();
        let resolved = self.expect_type(resolved, &returns, &because);
        Some(StmtKind::Return(Some(resolved)))
    }
}
