//! What is known of registers before a program runs: the parameters that an
//! actor or a call gives, as long as nobody writes them, and what is computed
//! once from such.
//!
//! **Invariant:** whenever an instruction reads a register with a known value, the
//! register holds it.

use super::resources::Value;
use crate::program::registers::{in_expr, read_by, written_by};
use crate::program::{Expr, Function, FunctionId, Instr, Pc, Program, Reg};
use crate::semantics::{binary, unary};

/// Words that a function returns.
pub(super) fn words_returned(program: &Program, function: FunctionId) -> u16 {
    let function = &program.functions[function.index()];
    let code = &program.code[function.entry as usize..function.end as usize];
    let widths = code.iter().map(|instr| match instr {
        Instr::Return(words) => u16::try_from(words.len()).unwrap_or(u16::MAX),
        _ => 0,
    });
    widths.max().unwrap_or(0)
}

/// The known values of a function's registers when it is called with these arguments.
pub(super) fn known(
    program: &Program,
    function: &Function,
    args: &[Option<i64>],
    returned: &[u16],
) -> Vec<Option<i64>> {
    let n_regs = usize::from(function.n_regs);
    let mut n_writes = vec![0usize; n_regs];
    let mut first_read = vec![Pc::MAX; n_regs];
    for pc in function.entry..function.end {
        let instr = program.instr(pc);
        for (reg, width) in written_by(instr, |callee| returned[callee.index()]) {
            let written = n_writes.iter_mut().skip(usize::from(reg));
            written.take(usize::from(width)).for_each(|n| *n += 1);
        }
        read_by(instr, &mut |reg: Reg| {
            let first = &mut first_read[usize::from(reg)];
            *first = pc.min(*first);
        });
    }
    for handler in &function.handlers {
        n_writes[usize::from(handler.exception)] += 2;
    }
    let mut values = vec![None; n_regs];
    for (reg, &arg) in args.iter().enumerate().take(n_regs) {
        if n_writes[reg] == 0 {
            values[reg] = arg;
        }
    }
    for pc in function.entry..function.end {
        if let Instr::Let(reg, expr) = program.instr(pc) {
            let at = usize::from(*reg);
            let only = n_writes[at] == 1 && at >= args.len();
            if only && first_read[at] > pc && reads_known(expr, &values) {
                values[at] = eval(expr, &|reg| values[usize::from(reg)]);
            }
        }
    }
    values
}

fn reads_known(expr: &Expr, values: &[Option<i64>]) -> bool {
    let mut known = true;
    in_expr(expr, &mut |reg| known &= values[usize::from(reg)].is_some());
    known
}

/// The value of an expression, if registers, as far as known, decide it.
pub(super) fn eval(expr: &Expr, reg: &dyn Fn(Reg) -> Option<i64>) -> Option<i64> {
    match expr {
        Expr::Const(value) => Some(*value),
        Expr::Reg(of) => reg(*of),
        Expr::Unary(op, operand) => unary(*op, eval(operand, reg)?).ok(),
        Expr::Binary(op, left, right) => binary(*op, eval(left, reg)?, eval(right, reg)?).ok(),
        Expr::If(condition, then, otherwise) => match eval(condition, reg)? {
            0 => eval(otherwise, reg),
            _ => eval(then, reg),
        },
        Expr::Element { base, index, len } => {
            let index = eval(index, reg)?;
            let inside = (0..i64::from(*len)).contains(&index);
            inside.then_some(i64::from(base.0) + index)
        }
        Expr::Pick(index, of) => {
            let index = usize::try_from(eval(index, reg)?).ok()?;
            eval(of.get(index)?, reg)
        }
        Expr::Cell(_) | Expr::Query(..) | Expr::Entry { .. } | Expr::Observed(_) => None,
    }
}

/// As a function of expressions.
pub(super) fn with_values<T>(values: &[Option<i64>], then: impl FnOnce(Value<'_>) -> T) -> T {
    then(&|expr| eval(expr, &|reg| values[usize::from(reg)]))
}
