//! Which registers expressions and instructions read and write.

use super::{CellRef, Expr, FunctionId, Instr, Reg};

/// Calls `visit` for every register the expression reads.
pub(crate) fn in_expr(expr: &Expr, visit: &mut impl FnMut(Reg)) {
    match expr {
        Expr::Const(_) | Expr::Observed(_) => {}
        Expr::Reg(reg) => visit(*reg),
        Expr::Unary(_, operand) | Expr::Query(_, operand) => in_expr(operand, visit),
        Expr::Binary(_, left, right) => {
            in_expr(left, visit);
            in_expr(right, visit);
        }
        Expr::If(condition, then, otherwise) => {
            in_expr(condition, visit);
            in_expr(then, visit);
            in_expr(otherwise, visit);
        }
        Expr::Cell(cell) => in_cell(cell, visit),
        Expr::Element { index, .. } => in_expr(index, visit),
        Expr::Entry { object, args, .. } => {
            in_expr(object, visit);
            args.iter().for_each(|arg| in_expr(arg, visit));
        }
        Expr::Pick(index, of) => {
            in_expr(index, visit);
            of.iter().for_each(|one| in_expr(one, visit));
        }
    }
}

/// Calls `visit` for every register that the place of the word depends on.
pub(crate) fn in_cell(cell: &CellRef, visit: &mut impl FnMut(Reg)) {
    for dim in &cell.dims {
        in_expr(&dim.index, visit);
    }
}

/// Whether the expression reads the register.
pub(crate) fn reads(expr: &Expr, reg: Reg) -> bool {
    let mut found = false;
    in_expr(expr, &mut |read| found |= read == reg);
    found
}

/// Calls `visit` for every register the instruction reads.
pub(crate) fn read_by(instr: &Instr, visit: &mut impl FnMut(Reg)) {
    match instr {
        Instr::Load(_, cell, _) => in_cell(cell, visit),
        Instr::Store(cell, value, _) | Instr::Rmw(_, cell, _, value) => {
            in_cell(cell, visit);
            in_expr(value, visit);
        }
        Instr::CompareExchange(_, cell, old, new) => {
            in_cell(cell, visit);
            in_expr(old, visit);
            in_expr(new, visit);
        }
        Instr::Sync { object, arg, .. } => {
            in_expr(object, visit);
            arg.iter().for_each(|arg| in_expr(arg, visit));
        }
        Instr::Chan { object, args, .. } | Instr::Collection { object, args, .. } => {
            in_expr(object, visit);
            args.iter().for_each(|arg| in_expr(arg, visit));
        }
        Instr::NextEntry { object, round, .. } => {
            in_expr(object, visit);
            (round + 1..round + 3).for_each(visit);
        }
        Instr::Select { arms, .. } => arms.iter().for_each(|arm| {
            in_expr(&arm.object, visit);
            arm.args.iter().for_each(|arg| in_expr(arg, visit));
        }),
        Instr::Choose(_, from, to) => {
            in_expr(from, visit);
            in_expr(to, visit);
        }
        Instr::Spawn { args, .. } | Instr::Call(_, args, _) | Instr::Return(args) => {
            args.iter().for_each(|arg| in_expr(arg, visit));
        }
        Instr::Submit { executor, args, .. } => {
            in_expr(executor, visit);
            args.iter().for_each(|arg| in_expr(arg, visit));
        }
        Instr::Task { tasks, .. } => tasks.iter().for_each(|task| in_expr(task, visit)),
        Instr::Future { future, .. } => in_expr(future, visit),
        Instr::WaitJobs { futures, seen, .. } => {
            futures.iter().for_each(|future| in_expr(future, visit));
            seen.iter().for_each(|&seen| visit(seen));
        }
        Instr::FinishJob {
            future,
            result,
            width,
            ..
        } => {
            visit(*future);
            (*result..result.saturating_add(*width)).for_each(visit);
        }
        Instr::Print(items) => items.iter().for_each(|(item, _)| in_expr(item, visit)),
        Instr::Ask(_, _, expr)
        | Instr::WaitUntil(expr)
        | Instr::Let(_, expr)
        | Instr::Observe(_, expr)
        | Instr::Unless(expr, _)
        | Instr::Assert(expr, _) => in_expr(expr, visit),
        Instr::Reraise(reg) | Instr::UnlessCaught(reg, ..) => visit(*reg),
        Instr::Begin
        | Instr::End
        | Instr::TakeJob { .. }
        | Instr::AtomicBegin(_)
        | Instr::Yield
        | Instr::Sleep
        | Instr::Progress
        | Instr::Jump(_)
        | Instr::Raise(_)
        | Instr::AtomicEnd
        | Instr::LabelDone(_) => {}
    }
}

/// The consecutive registers the instruction writes when it succeeds: first and
/// number. `returned` says how many words a function returns.
pub(crate) fn written_by(instr: &Instr, returned: impl Fn(FunctionId) -> u16) -> [(Reg, u16); 2] {
    let none = (0, 0);
    let some = |reg: &Option<Reg>, width| reg.map_or(none, |reg| (reg, width));
    match instr {
        Instr::Load(reg, ..)
        | Instr::Ask(reg, ..)
        | Instr::Choose(reg, ..)
        | Instr::Let(reg, _) => [(*reg, 1), none],
        Instr::Rmw(dst, ..)
        | Instr::CompareExchange(dst, ..)
        | Instr::Sync { dst, .. }
        | Instr::Spawn { dst, .. }
        | Instr::Submit { dst, .. } => [some(dst, 1), none],
        Instr::Task { dst, width, .. }
        | Instr::Future { dst, width, .. }
        | Instr::Collection { dst, width, .. } => [some(dst, *width), none],
        Instr::NextEntry {
            round, dst, width, ..
        } => [some(dst, *width), (*round, 3)],
        Instr::WaitJobs { dst, seen, .. } => [some(dst, 1), some(seen, 1)],
        Instr::TakeJob {
            future,
            result,
            width,
            ..
        } => [(*future, 1), (*result, *width)],
        Instr::Chan { dst, width, ok, .. } => [some(dst, *width), some(ok, 1)],
        Instr::Select { result, width, .. } => [(*result, width.saturating_add(2)), none],
        Instr::Call(function, _, dst) => [some(dst, returned(*function)), none],
        Instr::Begin
        | Instr::End
        | Instr::Store(..)
        | Instr::FinishJob { .. }
        | Instr::WaitUntil(_)
        | Instr::AtomicBegin(_)
        | Instr::Yield
        | Instr::Sleep
        | Instr::Progress
        | Instr::Print(_)
        | Instr::Observe(..)
        | Instr::Jump(_)
        | Instr::Unless(..)
        | Instr::Assert(..)
        | Instr::Raise(_)
        | Instr::Reraise(_)
        | Instr::UnlessCaught(..)
        | Instr::Return(_)
        | Instr::AtomicEnd
        | Instr::LabelDone(_) => [none, none],
    }
}
