//! Values known before the run: constants, array lengths, capacities, ranges.
//!
//! There is no second evaluator. A constant is an ordinary expression resolved
//! in a body that has no variables, and operators over known words are folded
//! where they are built.

use super::codes;
use super::state::{Body, BodyKind, Resolver};
use super::types::Because;
use crate::base::{Diagnostic, Span};
use crate::hir::{BinaryOp, Expr, ExprKind, Type, UnaryOp};
use crate::syntax::ast;

/// The value of an operator over two words; `None` where a run would stop with a finding.
pub fn fold_binary(op: BinaryOp, a: i64, b: i64) -> Option<i64> {
    let shift = || u32::try_from(b).ok().filter(|&by| by < 64);
    match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Sub => a.checked_sub(b),
        BinaryOp::Mul => a.checked_mul(b),
        BinaryOp::Div => a.checked_div(b),
        BinaryOp::Rem => a.checked_rem(b),
        BinaryOp::BitAnd => Some(a & b),
        BinaryOp::BitOr => Some(a | b),
        BinaryOp::BitXor => Some(a ^ b),
        BinaryOp::Shl => shift().map(|by| a << by).filter(|&c| c >> b == a),
        BinaryOp::Shr => shift().map(|by| a >> by),
        BinaryOp::Eq => Some(i64::from(a == b)),
        BinaryOp::Ne => Some(i64::from(a != b)),
        BinaryOp::Lt => Some(i64::from(a < b)),
        BinaryOp::Le => Some(i64::from(a <= b)),
        BinaryOp::Gt => Some(i64::from(a > b)),
        BinaryOp::Ge => Some(i64::from(a >= b)),
        BinaryOp::Min => Some(a.min(b)),
        BinaryOp::Max => Some(a.max(b)),
    }
}

/// The value of an operator over one word.
pub fn fold_unary(op: UnaryOp, a: i64) -> Option<i64> {
    match op {
        UnaryOp::Not => Some(1 - a),
        UnaryOp::BitNot => Some(!a),
        UnaryOp::Neg => a.checked_neg(),
        UnaryOp::Abs => a.checked_abs(),
    }
}

/// The words of a value that is known, struct by struct.
pub fn words(expr: &Expr) -> Option<Vec<i64>> {
    match &expr.kind {
        ExprKind::Const(word) => Some(vec![*word]),
        ExprKind::Struct(fields) => {
            let parts = fields.iter().map(words).collect::<Option<Vec<_>>>()?;
            Some(parts.concat())
        }
        _ => None,
    }
}

impl<'a> Resolver<'a> {
    /// Resolves something that must be known before the run.
    pub fn constant(
        &mut self,
        expr: &ast::Expr,
        ty: Option<&Type>,
        what: &'static str,
    ) -> Option<Vec<i64>> {
        self.typed_constant(expr, ty, what).map(|(_, words)| words)
    }

    /// The same, with its type.
    pub fn typed_constant(
        &mut self,
        expr: &ast::Expr,
        ty: Option<&Type>,
        what: &'static str,
    ) -> Option<(Type, Vec<i64>)> {
        let before = self.diagnostics.len();
        let body = Body::new(BodyKind::Constant(what), self.body.in_file, Type::Unit);
        let (value, _) = self.in_body(body, |this| {
            let value = this.expr(expr);
            match ty {
                Some(ty) => this.expect_type(value, ty, &Because::nothing()),
                None => value,
            }
        });
        let failed = self.diagnostics.len() > before;
        let known = words(&value);
        if known.is_none() && !failed && !self.broken {
            self.not_constant(expr.span, what);
        }
        Some((value.ty, known.filter(|_| !failed)?))
    }

    /// An `int` that must be known before the run.
    pub fn constant_int(&mut self, expr: &ast::Expr, what: &'static str) -> Option<i64> {
        let words = self.constant(expr, Some(&Type::Int), what)?;
        words.first().copied()
    }

    /// An `int` known before the run that lies in a range; `None` after reporting.
    pub fn constant_in(
        &mut self,
        expr: &ast::Expr,
        what: &'static str,
        (least, most): (i64, i64),
        code_above: &'static str,
    ) -> Option<u32> {
        let value = self.constant_int(expr, what)?;
        if (least..=most).contains(&value) {
            return u32::try_from(value).ok();
        }
        let (code, bound) = if value < least {
            (codes::OUT_OF_RANGE, format!("{what} is at least {least}"))
        } else {
            (code_above, format!("{what} is at most {most}"))
        };
        self.report(Diagnostic::error(code, expr.span, bound).label(format!("this is {value}")));
        None
    }

    /// Reports something that is only known during a run.
    pub fn not_constant(&mut self, span: Span, what: &str) {
        self.report(
            Diagnostic::error(
                codes::NOT_CONSTANT,
                span,
                format!("{what} must be known before the run"),
            )
            .label("this is known only during the run")
            .help("use numbers and `const`"),
        );
    }

    /// Reports a constant without a value.
    pub fn no_constant_value(&mut self, span: Span, why: &str) {
        self.report(
            Diagnostic::error(
                codes::CONSTANT_ARITHMETIC,
                span,
                "this constant has no value",
            )
            .label(why),
        );
    }

    /// The inclusive bounds of a written range; reports an empty one.
    pub fn written_range(&mut self, range: &ast::Range, span: Span) -> Option<(i64, i64)> {
        let from = self.constant_int(&range.start, "the bound of a range");
        let to = self.constant_int(&range.end, "the bound of a range");
        let (from, to) = (from?, to?);
        let last = if range.inclusive {
            Some(to)
        } else {
            to.checked_sub(1)
        };
        match last {
            Some(last) if last >= from => Some((from, last)),
            _ => {
                self.report(
                    Diagnostic::error(codes::OUT_OF_RANGE, span, "this range is empty")
                        .label("the end is not after the beginning"),
                );
                None
            }
        }
    }

    /// Computes all constants, each after those it is made of.
    pub fn resolve_constants(&mut self) {
        let mut state = vec![Visit::New; self.consts.len()];
        for root in 0..self.consts.len() {
            let mut stack = vec![root];
            while let Some(&at) = stack.last() {
                match state[at] {
                    Visit::Done => {
                        stack.pop();
                    }
                    Visit::Open => {
                        stack.pop();
                        state[at] = Visit::Done;
                        self.resolve_constant(at);
                    }
                    Visit::New => {
                        state[at] = Visit::Open;
                        for needed in self.constants_in(at) {
                            match state[needed] {
                                Visit::New => stack.push(needed),
                                Visit::Open => self.constant_circle(at, needed),
                                Visit::Done => {}
                            }
                        }
                    }
                }
            }
        }
    }

    fn constants_in(&self, at: usize) -> Vec<usize> {
        let constant = &self.consts[at];
        let mut names = Vec::new();
        names_in(&constant.decl.value, &mut names);
        names
            .into_iter()
            .filter_map(|name| self.names.lookup(name, constant.in_file))
            .filter_map(|named| match named.def {
                super::names::Def::Const(index) => Some(index),
                _ => None,
            })
            .collect()
    }

    fn constant_circle(&mut self, at: usize, needed: usize) {
        let (here, there) = (self.consts[at].decl, self.consts[needed].decl);
        self.report(
            Diagnostic::error(
                codes::CONSTANT_ARITHMETIC,
                here.name.span,
                format!("`{}` depends on itself", here.name.text),
            )
            .label(format!("needs `{}`", there.name.text))
            .secondary(there.name.span, format!("which needs `{}`", here.name.text)),
        );
    }

    fn resolve_constant(&mut self, at: usize) {
        if !self.charge(1) {
            return;
        }
        let decl: &'a ast::Const = self.consts[at].decl;
        let body = Body::new(
            BodyKind::Constant("a constant"),
            self.consts[at].in_file,
            Type::Unit,
        );
        let before = self.diagnostics.len();
        let (value, _) = self.in_body(body, |this| {
            let value = this.expr(&decl.value);
            let Some(ty) = &decl.ty else { return value };
            let (ty, range) = this.written_type(ty);
            let value = this.expect_type(value, &ty, &Because::nothing());
            if let (Some((from, to)), ExprKind::Const(word)) = (range, &value.kind)
                && !(from..=to).contains(word)
            {
                this.outside_range(value.span, *word, (from, to));
            }
            value
        });
        if self.diagnostics.len() > before {
            return;
        }
        let ExprKind::Const(word) = value.kind else {
            self.not_constant(decl.value.span, "a constant");
            return;
        };
        let word = self.overridden(decl, &value.ty, word);
        self.consts[at].value = Some((value.ty, word));
    }

    fn overridden(&mut self, decl: &ast::Const, ty: &Type, word: i64) -> i64 {
        let sets = self.sets;
        let Some((name, set)) = sets.iter().rev().find(|(name, _)| *name == decl.name.text) else {
            return word;
        };
        let fits = match self.cells.head(ty) {
            Type::Int => true,
            Type::Bool => (0..=1).contains(set),
            Type::Enum(id) => self
                .enum_def(id)
                .is_some_and(|def| usize::try_from(*set).is_ok_and(|v| v < def.variants.len())),
            _ => false,
        };
        if fits {
            return *set;
        }
        let kind = self.type_name(ty);
        self.report(
            Diagnostic::error(
                codes::BAD_OVERRIDE,
                decl.name.span,
                format!("`--set {name}={set}` does not fit"),
            )
            .label(format!("`{name}` is a {kind}"))
            .help("a bool is set to 0 or 1"),
        );
        word
    }

    /// Reports a value outside a declared range.
    pub fn outside_range(&mut self, span: Span, word: i64, (from, to): (i64, i64)) {
        self.report(
            Diagnostic::error(
                codes::OUT_OF_RANGE,
                span,
                format!("{word} lies outside {from}..={to}"),
            )
            .label("the value at the beginning must lie in the range, too"),
        );
    }
}

#[derive(Clone, Copy)]
enum Visit {
    New,
    Open,
    Done,
}

/// All plain names in an expression.
fn names_in<'e>(expr: &'e ast::Expr, out: &mut Vec<&'e str>) {
    match &expr.kind {
        ast::ExprKind::Name(name) => out.push(&name.text),
        ast::ExprKind::Unary { operand, .. } => names_in(operand, out),
        ast::ExprKind::Chain { first, rest } => {
            names_in(first, out);
            rest.iter().for_each(|operand| names_in(&operand.expr, out));
        }
        ast::ExprKind::If(branches) => {
            for (condition, value) in &branches.branches {
                names_in(condition, out);
                names_in(value, out);
            }
            names_in(&branches.otherwise, out);
        }
        ast::ExprKind::Call(call) => call.args.iter().for_each(|arg| names_in(arg, out)),
        _ => {}
    }
}
