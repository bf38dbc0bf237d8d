//! Expressions: operators, conditions, literals, names.

use super::codes;
use super::constant::{fold_binary, fold_unary};
use super::names::{Def, Named, Variant, Wanted};
use super::state::{BodyKind, Resolver};
use super::types::Because;
use crate::base::{Diagnostic, Span};
use crate::hir::{BinaryOp, Expr, ExprKind, Type, UnaryOp};
use crate::syntax::ast;

impl Resolver<'_> {
    /// Resolves an expression.
    pub fn expr(&mut self, expr: &ast::Expr) -> Expr {
        let span = expr.span;
        match &expr.kind {
            ast::ExprKind::Int(value) => self.make(ExprKind::Const(*value), &Type::Int, span),
            ast::ExprKind::Bool(value) => self.bool_const(*value, span),
            ast::ExprKind::Str(text) => {
                let id = self.intern(text);
                self.make(ExprKind::Const(i64::from(id.0)), &Type::Str, span)
            }
            ast::ExprKind::Name(name) => self.name(name),
            ast::ExprKind::Path { owner, name } => self.path(owner, name, span),
            ast::ExprKind::Replica { .. } => self.actor_handle(expr),
            ast::ExprKind::Unary { op, operand } => self.unary(*op, operand, span),
            ast::ExprKind::Chain { first, rest } => self.chain(first, rest),
            ast::ExprKind::Range(_) => {
                self.misplaced(span, "a range", "use it in `for`, `any` or a type")
            }
            ast::ExprKind::Index { .. } => self.indexed(expr),
            ast::ExprKind::Field { base, name } => self.field(expr, base, name),
            ast::ExprKind::Method(method) => self.method(method, span),
            ast::ExprKind::Call(call) => self.call(call, span),
            ast::ExprKind::Spawn(spawn) => self.spawn(spawn, span),
            ast::ExprKind::Await(inner) => self.await_(inner, span),
            ast::ExprKind::If(branches) => self.if_expr(branches, span),
            ast::ExprKind::Array(values) => self.list_of_futures(values, span),
            ast::ExprKind::Error => {
                self.broken = true;
                self.error_expr(span)
            }
        }
    }

    /// Resolves an expression that must have a type.
    pub fn expr_of(&mut self, expr: &ast::Expr, ty: &Type, because: &Because) -> Expr {
        let found = self.expr(expr);
        self.expect_type(found, ty, because)
    }

    /// Resolves an expression whose value is used: it must give one.
    pub fn value(&mut self, expr: &ast::Expr) -> Expr {
        let found = self.expr(expr);
        if self.cells.head(&found.ty) != Type::Unit {
            return found;
        }
        self.report(
            Diagnostic::error(codes::NO_VALUE, found.span, "this gives no value")
                .label("a value is asked for here"),
        );
        self.error_expr(found.span)
    }

    /// Reports something that cannot stand where it does.
    #[inline(never)]
    pub fn misplaced(&mut self, span: Span, what: &str, help: &str) -> Expr {
        self.report(
            Diagnostic::error(codes::NOT_HERE, span, format!("{what} cannot stand here"))
                .help(help),
        );
        self.error_expr(span)
    }

    fn bool_const(&mut self, value: bool, span: Span) -> Expr {
        self.make(ExprKind::Const(i64::from(value)), &Type::Bool, span)
    }

    #[inline(never)]
    fn name(&mut self, name: &ast::Ident) -> Expr {
        if let Some(local) = self.body.lookup(&name.text) {
            let ty = self.body.locals[local.index()].ty.clone();
            return self.make(ExprKind::Local(local), &ty, name.span);
        }
        let in_file = self.body.in_file;
        if let Some(named) = self.names.lookup(&name.text, in_file) {
            return self.declared(name, named);
        }
        match self.names.variants(&name.text, in_file) {
            [] => {
                match self.body.kind {
                    BodyKind::Constant(what) if self.later.contains(name.text.as_str()) => {
                        self.not_constant(name.span, what);
                    }
                    _ => self.unknown_name(name, Wanted::Value),
                }
                self.error_expr(name.span)
            }
            [only] => {
                let only = *only;
                self.variant(only, name.span)
            }
            several => {
                let (a, b) = (several[0], several[1]);
                self.ambiguous_variant(name, a, b)
            }
        }
    }

    fn variant(&mut self, variant: Variant, span: Span) -> Expr {
        self.make(ExprKind::Const(variant.word), &Type::Enum(variant.of), span)
    }

    #[inline(never)]
    fn ambiguous_variant(&mut self, name: &ast::Ident, a: Variant, b: Variant) -> Expr {
        let owner = |v: Variant| self.out.enums[v.of.index()].name.clone();
        let (first, second) = (owner(a), owner(b));
        let word = &name.text;
        self.report(
            Diagnostic::error(
                codes::AMBIGUOUS,
                name.span,
                format!("`{word}` is a value of `{first}` and of `{second}`"),
            )
            .label("which one?")
            .secondary(a.span, format!("`{first}::{word}`"))
            .secondary(b.span, format!("`{second}::{word}`"))
            .help(format!("write `{first}::{word}` or `{second}::{word}`")),
        );
        self.error_expr(name.span)
    }

    #[inline(never)]
    fn path(&mut self, owner: &ast::Ident, name: &ast::Ident, span: Span) -> Expr {
        let id = match self
            .names
            .lookup(&owner.text, self.body.in_file)
            .map(|n| n.def)
        {
            Some(Def::Enum(id)) => id,
            _ => {
                self.unknown_name(owner, Wanted::Type);
                return self.error_expr(span);
            }
        };
        let variants = &self.out.enums[id.index()].variants;
        if let Some(word) = variants.iter().position(|v| *v == name.text) {
            return self.make(ExprKind::Const(word as i64), &Type::Enum(id), span);
        }
        let all = variants
            .iter()
            .map(|v| format!("`{v}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let near = super::names::nearest(&name.text, variants.iter().map(String::as_str));
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_NAME,
            name.span,
            format!("`{}` has no value `{}`", owner.text, name.text),
        )
        .label("not one of its values")
        .help(format!("its values are {all}"));
        if let Some(near) = near {
            diagnostic = diagnostic.fix(name.span, near);
        }
        self.report(diagnostic);
        self.error_expr(span)
    }

    #[inline(never)]
    fn declared(&mut self, name: &ast::Ident, named: Named) -> Expr {
        let span = name.span;
        match named.def {
            Def::Const(index) => match self.consts[index].value.clone() {
                Some((ty, word)) => self.make(ExprKind::Const(word), &ty, span),
                None => self.error_expr(span),
            },
            Def::Var(var) => self.read(var, Vec::new(), span),
            Def::Object(object) => self.object(object, None, span),
            Def::Group(group) => self.group(group, span),
            Def::Fn(_) => self.wrong_kind(name, named, "a function", "call it: `f(…)`"),
            Def::Enum(_) => self.wrong_kind(name, named, "a type", "write one of its values"),
            Def::Struct(_) => self.wrong_kind(
                name,
                named,
                "a type",
                "give its fields values: `Job(1, false)`",
            ),
            Def::Loop(_) => self.wrong_kind(
                name,
                named,
                "an event loop",
                "tasks are put `on` it: `task t on ui { … }`",
            ),
            Def::Unsupported => self.error_expr(span),
        }
    }

    /// Reports a name that stands for the wrong kind of thing.
    #[inline(never)]
    pub fn wrong_kind(&mut self, name: &ast::Ident, named: Named, what: &str, help: &str) -> Expr {
        self.report(
            Diagnostic::error(
                codes::WRONG_KIND,
                name.span,
                format!("`{}` is {what}, not a value", name.text),
            )
            .label("a value is asked for here")
            .secondary(named.span, "declared here")
            .help(help),
        );
        self.error_expr(name.span)
    }

    #[inline(never)]
    fn unary(&mut self, op: ast::UnaryOp, operand: &ast::Expr, span: Span) -> Expr {
        let operand = self.value(operand);
        match op {
            ast::UnaryOp::Neg => {
                let operand = self.expect_type(operand, &Type::Int, &Because::nothing());
                self.unary_node(UnaryOp::Neg, operand, &Type::Int, span)
            }
            ast::UnaryOp::Not => match self.cells.head(&operand.ty) {
                Type::Bool => self.unary_node(UnaryOp::Not, operand, &Type::Bool, span),
                Type::Int => self.unary_node(UnaryOp::BitNot, operand, &Type::Int, span),
                open if self.cells.is_open(&open) => {
                    self.cells.unify(&open, &Type::Bool, span);
                    self.unary_node(UnaryOp::Not, operand, &Type::Bool, span)
                }
                _ => self.wrong_operand("!", &operand, "a bool or an int"),
            },
        }
    }

    /// An operator with one operand, folded if the operand is known.
    #[inline(never)]
    pub fn unary_node(&mut self, op: UnaryOp, operand: Expr, ty: &Type, span: Span) -> Expr {
        if let ExprKind::Const(word) = operand.kind {
            match fold_unary(op, word) {
                Some(word) => return self.make(ExprKind::Const(word), ty, span),
                None => self.constant_fails(span),
            }
        }
        self.make(ExprKind::Unary(op, Box::new(operand)), ty, span)
    }

    /// In a constant, an operator without a result is a mistake; in a run it is a finding.
    fn constant_fails(&mut self, span: Span) {
        if matches!(self.body.kind, BodyKind::Constant(_)) {
            self.no_constant_value(span, "overflow or division by zero");
        }
    }

    #[inline(never)]
    fn wrong_operand(&mut self, op: &str, operand: &Expr, wanted: &str) -> Expr {
        let got = self.a_type(&operand.ty);
        self.report(
            Diagnostic::error(
                codes::OPERATOR,
                operand.span,
                format!("`{op}` does not apply to {got}"),
            )
            .label(format!("{wanted} is asked for")),
        );
        self.error_expr(operand.span)
    }

    #[inline(never)]
    fn chain(&mut self, first: &ast::Expr, rest: &[ast::Operand]) -> Expr {
        let mut left = self.value(first);
        for operand in rest {
            if self.compare_with_list(&mut left, operand) {
                continue;
            }
            let right = self.value(&operand.expr);
            left = self.binary(operand.op, operand.op_span, left, right);
        }
        left
    }

    /// An operator between two resolved operands.
    #[inline(never)]
    pub fn binary(&mut self, op: ast::BinaryOp, op_span: Span, left: Expr, right: Expr) -> Expr {
        use ast::BinaryOp as Op;
        let span = left.span.to(right.span);
        let text = op.text();
        let op = match op {
            Op::Or | Op::And => return self.logical(op == Op::And, left, right),
            Op::In => return self.contains(left, right, op_span),
            Op::Eq => BinaryOp::Eq,
            Op::Ne => BinaryOp::Ne,
            Op::Lt => BinaryOp::Lt,
            Op::Le => BinaryOp::Le,
            Op::Gt => BinaryOp::Gt,
            Op::Ge => BinaryOp::Ge,
            Op::BitOr => BinaryOp::BitOr,
            Op::BitXor => BinaryOp::BitXor,
            Op::BitAnd => BinaryOp::BitAnd,
            Op::Shl => BinaryOp::Shl,
            Op::Shr => BinaryOp::Shr,
            Op::Add => BinaryOp::Add,
            Op::Sub => BinaryOp::Sub,
            Op::Mul => BinaryOp::Mul,
            Op::Div => BinaryOp::Div,
            Op::Rem => BinaryOp::Rem,
        };
        let because = Because::at(left.span, format!("because of `{text}` with this"));
        match op {
            BinaryOp::Eq | BinaryOp::Ne if self.is_collection(&left.ty) => {
                self.two_collections(&left, span)
            }
            BinaryOp::Eq | BinaryOp::Ne => {
                let ty = left.ty.clone();
                let right = self.expect_type(right, &ty, &because);
                self.binary_node(op, left, right, &Type::Bool, span)
            }
            BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => {
                self.int_operands(op, text, left, right, &Type::Bool, span)
            }
            BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor
                if self.cells.head(&left.ty) == Type::Bool =>
            {
                let right = self.expect_type(right, &Type::Bool, &because);
                self.binary_node(op, left, right, &Type::Bool, span)
            }
            BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor => {
                let left = self.open_int(left, op_span);
                self.int_operands(op, text, left, right, &Type::Int, span)
            }
            _ => self.int_operands(op, text, left, right, &Type::Int, span),
        }
    }

    fn open_int(&mut self, expr: Expr, at: Span) -> Expr {
        if self.cells.is_open(&expr.ty) {
            self.cells.unify(&expr.ty, &Type::Int, at);
        }
        self.typed(expr)
    }

    #[inline(never)]
    fn int_operands(
        &mut self,
        op: BinaryOp,
        text: &str,
        left: Expr,
        right: Expr,
        ty: &Type,
        span: Span,
    ) -> Expr {
        let mut sides = [left, right];
        for side in &mut sides {
            let operand = std::mem::replace(
                side,
                Expr {
                    kind: ExprKind::Const(0),
                    ty: Type::Int,
                    span,
                },
            );
            *side = if self.cells.unify(&Type::Int, &operand.ty, operand.span) {
                operand
            } else {
                self.wrong_operand(text, &operand, "an int")
            };
        }
        let [left, right] = sides;
        self.binary_node(op, left, right, ty, span)
    }

    /// An operator with two operands of fitting types, folded if both are known.
    #[inline(never)]
    pub fn binary_node(
        &mut self,
        op: BinaryOp,
        left: Expr,
        right: Expr,
        ty: &Type,
        span: Span,
    ) -> Expr {
        if let (ExprKind::Const(a), ExprKind::Const(b)) = (&left.kind, &right.kind) {
            match fold_binary(op, *a, *b) {
                Some(word) => return self.make(ExprKind::Const(word), ty, span),
                None => self.constant_fails(span),
            }
        }
        self.make(
            ExprKind::Binary(op, Box::new(left), Box::new(right)),
            ty,
            span,
        )
    }

    #[inline(never)]
    fn logical(&mut self, and: bool, left: Expr, right: Expr) -> Expr {
        let because = Because::nothing();
        let span = left.span.to(right.span);
        let left = self.expect_type(left, &Type::Bool, &because);
        let right = self.expect_type(right, &Type::Bool, &because);
        if let ExprKind::Const(word) = left.kind {
            let decided = if and { word == 0 } else { word != 0 };
            let in_constant = matches!(self.body.kind, BodyKind::Constant(_));
            if decided && in_constant {
                return left;
            }
            if !decided {
                return right;
            }
        }
        let kind = if and {
            ExprKind::And(Box::new(left), Box::new(right))
        } else {
            ExprKind::Or(Box::new(left), Box::new(right))
        };
        self.make(kind, &Type::Bool, span)
    }

    #[inline(never)]
    fn if_expr(&mut self, branches: &ast::IfExpr, span: Span) -> Expr {
        let mut resolved = Vec::new();
        let mut ty: Option<(Type, Span)> = None;
        for (condition, value) in &branches.branches {
            let condition = self.expr_of(condition, &Type::Bool, &Because::nothing());
            let value = self.branch_value(value, &mut ty);
            resolved.push((condition, value));
        }
        let mut otherwise = self.branch_value(&branches.otherwise, &mut ty);
        for (condition, value) in resolved.into_iter().rev() {
            let known = match (&condition.kind, &self.body.kind) {
                (ExprKind::Const(word), BodyKind::Constant(_)) => Some(*word != 0),
                _ => None,
            };
            let ty = value.ty.clone();
            otherwise = match known {
                Some(true) => value,
                Some(false) => otherwise,
                None => {
                    let parts = (Box::new(condition), Box::new(value), Box::new(otherwise));
                    self.make(ExprKind::If(parts.0, parts.1, parts.2), &ty, span)
                }
            };
        }
        otherwise.span = span;
        otherwise
    }

    #[inline(never)]
    fn branch_value(&mut self, value: &ast::Expr, ty: &mut Option<(Type, Span)>) -> Expr {
        let value = self.value(value);
        match ty {
            Some((ty, span)) => {
                let because = Because::at(*span, "the other branch decides the type");
                self.expect_type(value, &ty.clone(), &because)
            }
            None => {
                *ty = Some((value.ty.clone(), value.span));
                value
            }
        }
    }
}
