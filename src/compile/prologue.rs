//! What an actor does before its first step, tried with its arguments.
//!
//! `let right = (i + 1) % N` could fail for some `i`. For the actors that a scenario
//! declares, every `i` is known, and nothing before the first step looks at anything
//! else; so it is run here once. Where it does not fail, no step is needed for it.

use super::fold;
use super::lowering::Lowered;
use crate::program::{Expr, Instr};

/// Instructions that are tried, at most.
const TRIED_MAX: usize = 1_000;

/// Whether an actor with these arguments certainly comes to its first step, or to
/// its end, without a failure. `false` also where it would take too long to tell.
///
/// Cost: at most a thousand instructions.
pub(super) fn is_sound(function: &Lowered, args: &[i64]) -> bool {
    let mut registers = vec![0; usize::from(function.n_regs).max(args.len())];
    registers[..args.len()].copy_from_slice(args);
    let code = &function.code.code;
    let mut at = 0;
    for _ in 0..TRIED_MAX {
        let Some(instr) = code.get(at) else {
            return false;
        };
        if instr.is_visible() {
            return true;
        }
        at += 1;
        match instr {
            Instr::Let(to, value) => {
                let Some(value) = value_of(value, &registers) else {
                    return false;
                };
                registers[usize::from(*to)] = value;
            }
            Instr::Observe(_, value) => {
                if value_of(value, &registers).is_none() {
                    return false;
                }
            }
            Instr::Jump(target) => at = *target as usize,
            Instr::Unless(condition, target) => match value_of(condition, &registers) {
                Some(0) => at = *target as usize,
                Some(_) => {}
                None => return false,
            },
            Instr::Assert(condition, _) => {
                if value_of(condition, &registers).is_none_or(|value| value == 0) {
                    return false;
                }
            }
            Instr::LabelDone(_) => {}
            Instr::Return(values) => {
                let mut values = values.iter();
                return values.all(|value| value_of(value, &registers).is_some());
            }
            _ => return false,
        }
    }
    false
}

/// The value of an expression; `None` if it fails, or depends on anything else.
fn value_of(expr: &Expr, registers: &[i64]) -> Option<i64> {
    let of = |expr: &Expr| value_of(expr, registers);
    let constant = |expr: &Expr| of(expr).map(Expr::Const);
    let folded = match expr {
        Expr::Const(value) => return Some(*value),
        Expr::Reg(reg) => return registers.get(usize::from(*reg)).copied(),
        Expr::If(condition, then, otherwise) => {
            return if of(condition)? == 0 {
                of(otherwise)
            } else {
                of(then)
            };
        }
        Expr::Pick(index, values) => {
            return of(values.get(usize::try_from(of(index)?).ok()?)?);
        }
        Expr::Unary(op, operand) => fold::unary(*op, constant(operand)?),
        Expr::Binary(op, left, right) => fold::binary(*op, constant(left)?, constant(right)?),
        Expr::Element { base, index, len } => fold::element(*base, constant(index)?, *len),
        Expr::Observed(_) | Expr::Cell(_) | Expr::Query(..) | Expr::Entry { .. } => return None,
    };
    match folded {
        Expr::Const(value) => Some(value),
        _ => None,
    }
}
