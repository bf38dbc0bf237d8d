//! Evaluates expressions. Every arithmetic operation is checked: what would
//! overflow in the scenario is a finding, and cannot happen in the tool.

use super::layout::Layout;
use super::machine::Machine;
use super::state::{State, Status};
use crate::program::{
    BinaryOp, CellId, CellRef, Expr, ObjectId, ObjectKind, Program, Query, UnaryOp,
};

/// Why an evaluation has no value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum ArithmeticFault {
    /// The result does not fit, or leaves the declared range of its variable.
    Overflow,
    /// An index is not below the length.
    Bounds,
    /// Division or remainder by zero.
    DivisionByZero,
}

use ArithmeticFault::{Bounds, DivisionByZero, Overflow};
use serde::{Deserialize, Serialize};

/// What an expression may look at.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The program.
    pub program: &'a Program,
    /// The layout of the state.
    pub layout: &'a Layout,
    /// The state.
    pub state: &'a State,
    /// Where the registers of the frame begin; properties have none.
    pub regs: usize,
    /// Whose copies it sees: the process of the actor; for properties the main one.
    pub process: usize,
}

impl Machine<'_> {
    /// What expressions of `actor`'s current frame see.
    pub fn scene<'a>(&'a self, state: &'a State, actor: usize) -> Scene<'a> {
        Scene {
            program: self.program,
            layout: &self.layout,
            state,
            regs: self.layout.regs(state, actor),
            process: self.layout.process_of(state, actor),
        }
    }

    /// What properties see: the main process's memory, and no registers.
    pub fn overview<'a>(&'a self, state: &'a State) -> Scene<'a> {
        Scene {
            program: self.program,
            layout: &self.layout,
            state,
            regs: 0,
            process: 0,
        }
    }
}

impl Scene<'_> {
    /// The value of an expression.
    ///
    /// # Errors
    ///
    /// The fault that stops the evaluation; operands are evaluated from left to right.
    pub fn eval(&self, expr: &Expr) -> Result<i64, ArithmeticFault> {
        match expr {
            Expr::Const(value) => Ok(*value),
            Expr::Reg(reg) => Ok(self.state.word(self.regs + usize::from(*reg))),
            Expr::Unary(op, operand) => unary(*op, self.eval(operand)?),
            Expr::Binary(op, left, right) => binary(*op, self.eval(left)?, self.eval(right)?),
            Expr::If(condition, then, otherwise) => {
                let taken = if self.eval(condition)? != 0 {
                    then
                } else {
                    otherwise
                };
                self.eval(taken)
            }
            Expr::Element { base, index, len } => {
                let index = self.eval(index)?;
                if (0..i64::from(*len)).contains(&index) {
                    Ok(i64::from(base.0) + index)
                } else {
                    Err(Bounds)
                }
            }
            Expr::Pick(index, of) => {
                let index = usize::try_from(self.eval(index)?).map_err(|_| Bounds)?;
                of.get(index).map_or(Err(Bounds), |one| self.eval(one))
            }
            Expr::Cell(place) => Ok(self.layout.value(self.state, self.cell(place)?)),
            Expr::Query(query, object) => Ok(self.query(*query, self.eval(object)?)),
            Expr::Entry {
                op,
                object,
                args,
                word,
                ..
            } => self.entry_word(*op, object, args, *word),
            Expr::Observed(observed) => Ok(self.state.word(self.layout.observed(observed.index()))),
        }
    }

    /// The word of memory that a reference names.
    pub fn cell(&self, place: &CellRef) -> Result<CellId, ArithmeticFault> {
        let mut at = place.base.index();
        for dim in &place.dims {
            let index = self.eval(&dim.index)?;
            let index = u32::try_from(index).map_err(|_| Bounds)?;
            if index >= dim.len {
                return Err(Bounds);
            }
            at += index as usize * dim.stride as usize;
        }
        Ok(self.layout.cell_in(CellId::new(at), self.process))
    }

    /// The object with that number; `None` if there is none.
    pub fn object(&self, number: i64) -> Option<ObjectId> {
        let index = usize::try_from(number).ok()?;
        let exists = index < self.program.objects.len();
        exists.then(|| self.layout.object_in(ObjectId::new(index), self.process))
    }

    /// The answer of an object to a question; an object that does not exist has
    /// the answer of one that is empty, free, ended.
    pub fn query(&self, query: Query, object: i64) -> i64 {
        if query == Query::IsAlive {
            let alive = usize::try_from(object)
                .is_ok_and(|actor| self.layout.status(self.state, actor) == Status::Running);
            return i64::from(alive);
        }
        if query == Query::IsDone {
            let future = usize::try_from(object).unwrap_or(usize::MAX);
            let status = self.layout.job_status(self.state, future);
            return i64::from(status.is_none_or(super::JobStatus::is_done));
        }
        let Some(id) = self.object(object) else {
            return 0;
        };
        self.answer(query, id)
    }

    /// The answer of an object, or of a process's copy of it.
    pub fn answer(&self, query: Query, id: ObjectId) -> i64 {
        if let Some(entries) = self.entries(id) {
            return entries.answer(query);
        }
        let at = self.layout.object(id);
        let first = self.state.word(at);
        let kind = &self.program.objects[id.index()].kind;
        match query {
            Query::IsLocked => i64::from(first != 0),
            Query::Permits | Query::IsSet => first,
            Query::Len => super::chan::len(self.layout, self.state, id, kind),
            Query::IsEmpty => i64::from(super::chan::len(self.layout, self.state, id, kind) == 0),
            Query::IsFull => {
                let len = super::chan::len(self.layout, self.state, id, kind);
                let capacity = match kind {
                    ObjectKind::Chan { capacity, .. } => *capacity,
                    _ => None,
                };
                i64::from(capacity.is_some_and(|capacity| len >= i64::from(capacity)))
            }
            Query::IsAlive | Query::IsDone => 0,
        }
    }
}

/// Applies an operator with one operand, checked.
///
/// # Errors
///
/// If the result does not fit.
pub fn unary(op: UnaryOp, value: i64) -> Result<i64, ArithmeticFault> {
    match op {
        UnaryOp::Not => Ok(i64::from(value == 0)),
        UnaryOp::BitNot => Ok(!value),
        UnaryOp::Neg => value.checked_neg().ok_or(Overflow),
        UnaryOp::Abs => value.checked_abs().ok_or(Overflow),
    }
}

/// Applies an operator with two operands, checked.
///
/// # Errors
///
/// If the result does not fit, or there is none.
pub fn binary(op: BinaryOp, left: i64, right: i64) -> Result<i64, ArithmeticFault> {
    let shift = |count: i64| u32::try_from(count).ok().filter(|&count| count < 64);
    match op {
        BinaryOp::Add => left.checked_add(right).ok_or(Overflow),
        BinaryOp::Sub => left.checked_sub(right).ok_or(Overflow),
        BinaryOp::Mul => left.checked_mul(right).ok_or(Overflow),
        BinaryOp::Div if right == 0 => Err(DivisionByZero),
        BinaryOp::Div => left.checked_div(right).ok_or(Overflow),
        BinaryOp::Rem if right == 0 => Err(DivisionByZero),
        BinaryOp::Rem => left.checked_rem(right).ok_or(Overflow),
        BinaryOp::BitAnd => Ok(left & right),
        BinaryOp::BitOr => Ok(left | right),
        BinaryOp::BitXor => Ok(left ^ right),
        BinaryOp::Shl => {
            let count = shift(right).ok_or(Overflow)?;
            let shifted = left << count;
            // Bits that fall off the end are an overflow, not a wrap-around.
            if shifted >> count == left {
                Ok(shifted)
            } else {
                Err(Overflow)
            }
        }
        BinaryOp::Shr => shift(right).map(|count| left >> count).ok_or(Overflow),
        BinaryOp::Eq => Ok(i64::from(left == right)),
        BinaryOp::Ne => Ok(i64::from(left != right)),
        BinaryOp::Lt => Ok(i64::from(left < right)),
        BinaryOp::Le => Ok(i64::from(left <= right)),
        BinaryOp::Gt => Ok(i64::from(left > right)),
        BinaryOp::Ge => Ok(i64::from(left >= right)),
        BinaryOp::Min => Ok(left.min(right)),
        BinaryOp::Max => Ok(left.max(right)),
    }
}
