//! Building pure expressions: constants are computed now, faults are left for later.
//!
//! **Invariant:** an operation that would fail (overflow, division by zero) is
//! kept as it is, so that the failure happens when the program gets there.

use crate::hir;
use crate::program::{BinaryOp, CellRef, Expr, ObjectId, UnaryOp};

/// One operand.
pub(super) fn unary(op: UnaryOp, operand: Expr) -> Expr {
    let folded = match (op, &operand) {
        (UnaryOp::Not, Expr::Const(word)) => Some(Expr::Const(i64::from(*word == 0))),
        (UnaryOp::BitNot, Expr::Const(word)) => Some(Expr::Const(!word)),
        (UnaryOp::Neg, Expr::Const(word)) => word.checked_neg().map(Expr::Const),
        (UnaryOp::Abs, Expr::Const(word)) => word.checked_abs().map(Expr::Const),
        (UnaryOp::Not, Expr::Unary(UnaryOp::Not, inner)) => Some((**inner).clone()),
        (UnaryOp::Not, Expr::Binary(BinaryOp::Eq, left, right)) => {
            Some(Expr::Binary(BinaryOp::Ne, left.clone(), right.clone()))
        }
        (UnaryOp::Not, Expr::Binary(BinaryOp::Ne, left, right)) => {
            Some(Expr::Binary(BinaryOp::Eq, left.clone(), right.clone()))
        }
        _ => None,
    };
    folded.unwrap_or_else(|| Expr::Unary(op, Box::new(operand)))
}

/// `!e`.
pub(super) fn not(operand: Expr) -> Expr {
    unary(UnaryOp::Not, operand)
}

/// Two operands.
pub(super) fn binary(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    if let (Expr::Const(a), Expr::Const(b)) = (&left, &right)
        && let Some(word) = compute(op, *a, *b)
    {
        return Expr::Const(word);
    }
    Expr::Binary(op, Box::new(left), Box::new(right))
}

/// The value, unless the operation fails.
fn compute(op: BinaryOp, a: i64, b: i64) -> Option<i64> {
    let count = u32::try_from(b).ok().filter(|&count| count < 64);
    match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Sub => a.checked_sub(b),
        BinaryOp::Mul => a.checked_mul(b),
        BinaryOp::Div => a.checked_div(b),
        BinaryOp::Rem => a.checked_rem(b),
        BinaryOp::BitAnd => Some(a & b),
        BinaryOp::BitOr => Some(a | b),
        BinaryOp::BitXor => Some(a ^ b),
        // A shift that loses bits is an overflow.
        BinaryOp::Shl => count.map(|by| a << by).filter(|word| word >> b == a),
        BinaryOp::Shr => count.map(|by| a >> by),
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

/// `if c { a } else { b }`.
pub(super) fn choose(condition: Expr, then: Expr, otherwise: Expr) -> Expr {
    match (&condition, &then, &otherwise) {
        (Expr::Const(0), _, _) => otherwise,
        (Expr::Const(_), _, _) => then,
        _ => Expr::If(Box::new(condition), Box::new(then), Box::new(otherwise)),
    }
}

/// `a && b` of bools.
pub(super) fn and(left: Expr, right: Expr) -> Expr {
    if right == Expr::Const(1) {
        return left;
    }
    choose(left, right, Expr::Const(0))
}

/// `a || b` of bools.
pub(super) fn or(left: Expr, right: Expr) -> Expr {
    if right == Expr::Const(0) {
        return left;
    }
    choose(left, Expr::Const(1), right)
}

/// An element of an array of objects.
pub(super) fn element(base: ObjectId, index: Expr, len: u32) -> Expr {
    match index {
        Expr::Const(word) if (0..i64::from(len)).contains(&word) => {
            Expr::Const(i64::from(base.0) + word)
        }
        index => Expr::Element {
            base,
            index: Box::new(index),
            len,
        },
    }
}

/// One of several values.
pub(super) fn pick(index: Expr, of: Vec<Expr>) -> Expr {
    let known = match &index {
        Expr::Const(word) => usize::try_from(*word).ok(),
        _ => None,
    };
    match known.and_then(|at| of.get(at)) {
        Some(one) => one.clone(),
        None => Expr::Pick(Box::new(index), of.into()),
    }
}

/// Whether evaluating it can stop the execution with a finding.
pub(super) fn can_fault(expr: &Expr) -> bool {
    match expr {
        Expr::Const(_) | Expr::Reg(_) | Expr::Observed(_) => false,
        Expr::Element { .. } | Expr::Pick(..) => true,
        Expr::Unary(op, operand) => matches!(op, UnaryOp::Neg | UnaryOp::Abs) || can_fault(operand),
        Expr::Binary(op, left, right) => {
            operator_can_fault(*op, right) || can_fault(right) || can_fault(left)
        }
        Expr::If(condition, then, otherwise) => {
            can_fault(condition) || can_fault(then) || can_fault(otherwise)
        }
        Expr::Cell(cell) => cell_can_fault(cell),
        Expr::Query(_, object) => can_fault(object),
        Expr::Entry { .. } => true,
    }
}

/// Whether finding the word can stop the execution with a finding.
pub(super) fn cell_can_fault(cell: &CellRef) -> bool {
    !cell.dims.is_empty()
}

fn operator_can_fault(op: BinaryOp, right: &Expr) -> bool {
    match op {
        BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Shl => true,
        BinaryOp::Div | BinaryOp::Rem => !matches!(right, Expr::Const(by) if *by > 0),
        BinaryOp::Shr => !matches!(right, Expr::Const(0..=63)),
        BinaryOp::BitAnd
        | BinaryOp::BitOr
        | BinaryOp::BitXor
        | BinaryOp::Eq
        | BinaryOp::Ne
        | BinaryOp::Lt
        | BinaryOp::Le
        | BinaryOp::Gt
        | BinaryOp::Ge
        | BinaryOp::Min
        | BinaryOp::Max => false,
    }
}

/// The same operator in the program's terms.
pub(super) fn unary_op(op: hir::UnaryOp) -> UnaryOp {
    match op {
        hir::UnaryOp::Not => UnaryOp::Not,
        hir::UnaryOp::BitNot => UnaryOp::BitNot,
        hir::UnaryOp::Neg => UnaryOp::Neg,
        hir::UnaryOp::Abs => UnaryOp::Abs,
    }
}

/// The same operator in the program's terms.
pub(super) fn binary_op(op: hir::BinaryOp) -> BinaryOp {
    match op {
        hir::BinaryOp::Add => BinaryOp::Add,
        hir::BinaryOp::Sub => BinaryOp::Sub,
        hir::BinaryOp::Mul => BinaryOp::Mul,
        hir::BinaryOp::Div => BinaryOp::Div,
        hir::BinaryOp::Rem => BinaryOp::Rem,
        hir::BinaryOp::BitAnd => BinaryOp::BitAnd,
        hir::BinaryOp::BitOr => BinaryOp::BitOr,
        hir::BinaryOp::BitXor => BinaryOp::BitXor,
        hir::BinaryOp::Shl => BinaryOp::Shl,
        hir::BinaryOp::Shr => BinaryOp::Shr,
        hir::BinaryOp::Eq => BinaryOp::Eq,
        hir::BinaryOp::Ne => BinaryOp::Ne,
        hir::BinaryOp::Lt => BinaryOp::Lt,
        hir::BinaryOp::Le => BinaryOp::Le,
        hir::BinaryOp::Gt => BinaryOp::Gt,
        hir::BinaryOp::Ge => BinaryOp::Ge,
        hir::BinaryOp::Min => BinaryOp::Min,
        hir::BinaryOp::Max => BinaryOp::Max,
    }
}
