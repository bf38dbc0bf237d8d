//! Local work that cannot fail and that nobody sees, whatever the values are: what joins a
//! step up to the next one, stops the execution neither by an assertion nor by its
//! arithmetic, and sets no local that a property asks for.
//!
//! A register that is only set to small constants and counted up or down by such stays far
//! from where an `int` ends, since a run without circles has fewer than 2^32 steps.
//!
//! **Deliberately absent:** multiplication, division, lists, observed locals; whoever uses
//! them counts as one who may fail.

use super::code::{Code, ContextId, NodeId};
use super::values::with_values;
use crate::base::{Mistake, planted};
use crate::program::registers::written_by;
use crate::program::{BinaryOp, Expr, Instr, Reg, UnaryOp};

/// What a register may be set to, or grow by in a step.
const SMALL: i64 = 1 << 20;

/// Which local work cannot fail.
pub(super) struct Sure<'a, 'p> {
    code: &'a Code<'p>,
    /// By context: the registers that stay small.
    small: Vec<Vec<bool>>,
    /// By context: the nodes that enter it and go on after it.
    entered_from: Vec<Vec<NodeId>>,
}

impl<'a, 'p> Sure<'a, 'p> {
    /// Looks through the code.
    pub fn of(code: &'a Code<'p>) -> Self {
        let mut entered_from = vec![Vec::new(); code.n_contexts()];
        for node in 0..code.len() {
            if !matches!(code.instr(node), Instr::Spawn { .. }) {
                for &context in &code.enters[node] {
                    entered_from[context].push(node);
                }
            }
        }
        Self {
            code,
            small: (0..code.n_contexts())
                .map(|context| small_registers(code, context))
                .collect(),
            entered_from,
        }
    }

    /// Whether the local work after a step cannot fail, and nobody sees it.
    pub fn after(&self, step: NodeId) -> bool {
        let mut seen = vec![false; self.code.len()];
        let mut todo = self.code.after[step].clone();
        while let Some(node) = todo.pop() {
            if std::mem::replace(&mut seen[node], true) || self.code.instr(node).is_visible() {
                continue;
            }
            let fine = |expr: &Expr| self.is_fine(node, expr);
            let entries = |todo: &mut Vec<NodeId>| {
                let entered = self.code.enters[node].iter();
                todo.extend(entered.map(|&context| self.code.entry(context)));
            };
            let is_fine = match self.code.instr(node) {
                Instr::Jump(_) | Instr::LabelDone(_) => true,
                Instr::Unless(expr, _) | Instr::Let(_, expr) => fine(expr),
                Instr::Observe(_, expr) => planted(Mistake::LocalsAreNotSeen) && fine(expr),
                Instr::Call(_, args, _) => {
                    entries(&mut todo);
                    args.iter().all(fine)
                }
                Instr::Return(words) => {
                    let context = self.code.nodes[node].0;
                    let callers = self.entered_from[context].iter();
                    todo.extend(callers.flat_map(|&call| &self.code.after[call]));
                    words.iter().all(fine)
                }
                _ => false,
            };
            if !is_fine {
                return false;
            }
            if !matches!(self.code.instr(node), Instr::Call(..)) {
                todo.extend(&self.code.after[node]);
            }
        }
        true
    }

    /// Whether an expression always has a value.
    fn is_fine(&self, node: NodeId, expr: &Expr) -> bool {
        use BinaryOp::{Add, BitAnd, BitOr, BitXor, Eq, Ge, Gt, Le, Lt, Max, Min, Ne, Sub};
        let fine = |expr| self.is_fine(node, expr);
        match expr {
            Expr::Const(_) | Expr::Reg(_) => true,
            Expr::Unary(UnaryOp::Not | UnaryOp::BitNot, operand) => fine(operand),
            Expr::Binary(Add | Sub, left, right) => {
                self.is_small(node, left) && self.is_small(node, right)
            }
            Expr::Binary(
                Eq | Ne | Lt | Le | Gt | Ge | Min | Max | BitAnd | BitOr | BitXor,
                left,
                right,
            ) => fine(left) && fine(right),
            Expr::If(condition, then, otherwise) => {
                fine(condition) && fine(then) && fine(otherwise)
            }
            _ => with_values(self.code.values(node), |value| value(expr)).is_some(),
        }
    }

    /// Whether it is a constant or a register, and stays small.
    fn is_small(&self, node: NodeId, expr: &Expr) -> bool {
        match expr {
            Expr::Reg(reg) => self.small[self.code.nodes[node].0][usize::from(*reg)],
            _ => known_small(self.code, node, expr).is_some(),
        }
    }
}

fn known_small(code: &Code<'_>, node: NodeId, expr: &Expr) -> Option<i64> {
    let known = with_values(code.values(node), |value| value(expr));
    known.filter(|value| value.abs() <= SMALL)
}

/// The registers of a function that stay small, in a context.
fn small_registers(code: &Code<'_>, context: ContextId) -> Vec<bool> {
    let (function, first) = (code.function(context), code.entry(context));
    let n_params = usize::from(function.n_params);
    let mut small = vec![true; usize::from(function.n_regs)];
    let values = code.values(first);
    for (value, small) in values.iter().zip(&mut small).take(n_params) {
        *small = value.is_some_and(|value| value.abs() <= SMALL);
    }
    for handler in &function.handlers {
        small[usize::from(handler.exception)] = false;
    }
    let mut changed = true;
    while changed {
        changed = false;
        for pc in function.entry..function.end {
            let node = code.node(context, pc);
            let instr = code.instr(node);
            let stays = |small: &[bool]| match instr {
                Instr::Let(_, expr) => counts(code, node, small, expr),
                _ => false,
            };
            for (reg, width) in written_by(instr, |callee| code.words_returned(callee)) {
                for at in usize::from(reg)..usize::from(reg) + usize::from(width) {
                    if small.get(at) == Some(&true) && !stays(&small) {
                        small[at] = false;
                        changed = true;
                    }
                }
            }
        }
    }
    small
}

/// Whether it is a small constant, or a small register with one added or taken away.
fn counts(code: &Code<'_>, node: NodeId, small: &[bool], expr: &Expr) -> bool {
    let is_small = |reg: &Reg| small[usize::from(*reg)];
    let known = |expr| known_small(code, node, expr).is_some();
    match expr {
        Expr::Reg(reg) => is_small(reg) || known(expr),
        Expr::Binary(BinaryOp::Add | BinaryOp::Sub, left, right) => match (&**left, &**right) {
            (Expr::Reg(reg), by) if known(by) => is_small(reg) || known(expr),
            (by, Expr::Reg(reg)) if known(by) => is_small(reg) || known(expr),
            _ => known(expr),
        },
        _ => known(expr),
    }
}
