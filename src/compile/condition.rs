//! Conditions: `&&` and `||` with steps inside become jumps, since a read that
//! is not reached is no step; without steps they stay one pure expression.

use super::code::Label;
use super::expression::Want;
use super::fold;
use super::lowering::Lowering;
use crate::base::Span;
use crate::hir::{self, ExprKind, UnaryOp};
use crate::program::{Expr, Reg};

impl<'h> Lowering<'h, '_> {
    /// Whether evaluating it makes an instruction: a step, or a call.
    pub fn has_step(&self, expr: &hir::Expr) -> bool {
        if self.at_once {
            return false;
        }
        let mut rest = vec![expr];
        while let Some(expr) = rest.pop() {
            match &expr.kind {
                ExprKind::Const(_)
                | ExprKind::Local(_)
                | ExprKind::Group(_)
                | ExprKind::Object(_, None)
                | ExprKind::ActorLocal(..) => {}
                ExprKind::Object(_, Some(inner))
                | ExprKind::Unary(_, inner)
                | ExprKind::Field(inner, _) => rest.push(inner),
                ExprKind::Pick(of, index) => rest.extend([&**of, &**index]),
                ExprKind::Binary(_, left, right)
                | ExprKind::And(left, right)
                | ExprKind::Or(left, right) => rest.extend([&**left, &**right]),
                ExprKind::If(condition, then, otherwise) => {
                    rest.extend([&**condition, &**then, &**otherwise]);
                }
                ExprKind::Struct(fields) => rest.extend(fields),
                ExprKind::Read(_)
                | ExprKind::Call(..)
                | ExprKind::Method(..)
                | ExprKind::Atomic(..)
                | ExprKind::Spawn(_)
                | ExprKind::Await(_)
                | ExprKind::Submit(_)
                | ExprKind::Any(_) => return true,
            }
        }
        false
    }

    /// Goes on at `target` if the condition is `when`, else at the next instruction.
    pub fn jump_if(&mut self, condition: &'h hir::Expr, when: bool, target: Label) {
        let (operands, stops_at) = match &condition.kind {
            ExprKind::Unary(UnaryOp::Not, inner) if self.has_step(inner) => {
                return self.jump_if(inner, !when, target);
            }
            ExprKind::And(..) => (chain(condition), false),
            ExprKind::Or(..) => (chain(condition), true),
            _ => (Vec::new(), false),
        };
        if !operands[1.min(operands.len())..]
            .iter()
            .any(|operand| self.has_step(operand))
        {
            let mark = self.regs.mark();
            let value = self.scalar(condition);
            let value = if when { fold::not(value) } else { value };
            self.regs.release(mark);
            return self.unless(value, target, condition.span);
        }
        if stops_at == when {
            for operand in operands {
                self.jump_if(operand, when, target);
            }
            return;
        }
        let skip = self.code.label();
        let (last, before) = operands.split_last().expect("a chain has operands");
        for operand in before {
            self.jump_if(operand, stops_at, skip);
        }
        self.jump_if(last, when, target);
        self.code.bind(skip);
    }

    /// `a && b && …` or `a || b || …` as a value.
    pub fn short_circuit(&mut self, expr: &'h hir::Expr) -> Expr {
        let is_and = matches!(expr.kind, ExprKind::And(..));
        let operands = chain(expr);
        let with_step: Vec<bool> = operands.iter().map(|of| self.has_step(of)).collect();
        if !with_step[1..].contains(&true) {
            let values = operands.into_iter().map(|of| self.scalar(of)).collect();
            return join(is_and, values);
        }
        let dst = self.regs.fresh(1);
        let end = self.code.label();
        let mark = self.regs.mark();
        // Operands without a step join the one before them.
        let mut group = Vec::new();
        for (index, operand) in operands.iter().enumerate() {
            if with_step[index] && index > 0 {
                let values = std::mem::take(&mut group);
                self.decide(is_and, values, dst, operands[index - 1].span);
                let go_on = if is_and {
                    Expr::Reg(dst)
                } else {
                    fold::not(Expr::Reg(dst))
                };
                self.unless(go_on, end, operands[index - 1].span);
                self.regs.release(mark);
            }
            // What is there was decided on; the first of a group may take its place.
            let want = if group.is_empty() {
                Want::At(dst)
            } else {
                Want::Anywhere
            };
            group.extend(self.eval(operand, want));
        }
        self.decide(is_and, group, dst, expr.span);
        self.regs.release(mark);
        self.code.bind(end);
        Expr::Reg(dst)
    }

    fn decide(&mut self, is_and: bool, values: Vec<Expr>, dst: Reg, span: Span) {
        self.assign(dst, vec![join(is_and, values)], span);
    }
}

/// The operands of a chain of one of `&&` and `||`, from left to right.
fn chain(expr: &hir::Expr) -> Vec<&hir::Expr> {
    let mut operands = Vec::new();
    let is_and = matches!(expr.kind, ExprKind::And(..));
    let mut left = expr;
    loop {
        match &left.kind {
            ExprKind::And(inner, right) if is_and => {
                operands.push(&**right);
                left = inner;
            }
            ExprKind::Or(inner, right) if !is_and => {
                operands.push(&**right);
                left = inner;
            }
            _ => break,
        }
    }
    operands.push(left);
    operands.reverse();
    operands
}

fn join(is_and: bool, values: Vec<Expr>) -> Expr {
    let joined = values.into_iter().rev().reduce(|rest, value| {
        if is_and {
            fold::and(value, rest)
        } else {
            fold::or(value, rest)
        }
    });
    joined.unwrap_or(Expr::Const(i64::from(is_and)))
}
