//! Tasks: `await`, `gather`, what is asked of a task.
//!
//! An `await` is a mark at the site of the instruction that waits: the same
//! instruction without it blocks the whole loop.

use super::expression::Want;
use super::fold;
use super::lowering::{Lowering, reg_words};
use crate::base::Span;
use crate::hir::{self, Awaited, ExprKind, Method, Type};
use crate::program::{Awaits, Expr, FutureOp, Instr, Query, SyncOp, TaskOp};

impl<'h> Lowering<'h, '_> {
    /// `await e`.
    pub fn await_(&mut self, expr: &'h hir::Expr, awaited: &'h Awaited, want: Want) -> Vec<Expr> {
        if self.refuse_step(expr.span, "`await` in a condition that is read at once") {
            return vec![Expr::Const(0); self.cx.types.width(&expr.ty)];
        }
        match awaited {
            Awaited::Io => {
                let io = Instr::Task {
                    op: TaskOp::Io,
                    tasks: Box::default(),
                    dst: None,
                    width: 0,
                };
                self.awaits_at(io, Awaits::Always, expr.span)
            }
            Awaited::Sleep => self.awaits_at(Instr::Sleep, Awaits::Always, expr.span),
            Awaited::Yield => self.awaits_at(Instr::Yield, Awaits::Always, expr.span),
            Awaited::Gather(tasks) => {
                let tasks = self.list(tasks.iter()).concat();
                self.of_tasks(TaskOp::Gather, tasks, expr, want)
            }
            Awaited::WaitFor(inner) => {
                let of = self.scalar(inner);
                if matches!(inner.ty, Type::Task(_)) {
                    return self.of_tasks(TaskOp::WaitFor, vec![of], expr, want);
                }
                let before = self.code.items.len();
                let words = self.future(expr, FutureOp::WaitFor, of, want);
                self.mark_awaited(before, Awaits::IfNeeded);
                words
            }
            Awaited::Expr(inner) => {
                let before = self.code.items.len();
                let words = self.eval(inner, want);
                let awaits = if of_a_new_job(inner) {
                    Awaits::Always
                } else {
                    Awaits::IfNeeded
                };
                self.mark_awaited(before, awaits);
                words
            }
        }
    }

    fn awaits_at(&mut self, instr: Instr, awaits: Awaits, span: Span) -> Vec<Expr> {
        let at = self.emit(instr, span);
        self.code.items[at].site.awaits = awaits;
        Vec::new()
    }

    /// Waits for tasks and gives the words that they returned.
    fn of_tasks(
        &mut self,
        op: TaskOp,
        tasks: Vec<Expr>,
        expr: &hir::Expr,
        want: Want,
    ) -> Vec<Expr> {
        let width = self.cx.types.width(&expr.ty);
        let dst = self.wanted(want, width);
        let instr = Instr::Task {
            op,
            tasks: tasks.into(),
            dst,
            width: u16::try_from(width).unwrap_or(u16::MAX),
        };
        let awaits = match op {
            TaskOp::WaitFor => Awaits::IfNeeded,
            _ => Awaits::Always,
        };
        self.awaits_at(instr, awaits, expr.span);
        dst.map_or(Vec::new(), |dst| reg_words(dst, width))
    }

    /// What was emitted since then and waits gives the loop back: the last
    /// instruction, or every `join` of a declaration of several. A call has its own.
    fn mark_awaited(&mut self, before: usize, awaits: Awaits) {
        let items = self.code.items[before..].iter_mut().rev();
        let mut last = true;
        for item in items {
            let joins = matches!(
                item.instr,
                Instr::Sync {
                    op: SyncOp::Join(_),
                    ..
                }
            );
            if matches!(item.instr, Instr::Call(..)) {
                return;
            }
            if last && item.instr.is_visible() || joins {
                item.site.awaits = awaits;
            }
            last &= !item.instr.is_visible();
        }
    }

    /// `t.result()`, `t.cancel()`.
    pub fn task_op(&mut self, expr: &hir::Expr, op: TaskOp, of: Expr, want: Want) -> Vec<Expr> {
        let width = self.cx.types.width(&expr.ty);
        let dst = self.wanted(want, width);
        let instr = Instr::Task {
            op,
            tasks: Box::new([of]),
            dst,
            width: u16::try_from(width).unwrap_or(u16::MAX),
        };
        self.emit(instr, expr.span);
        dst.map_or(Vec::new(), |dst| reg_words(dst, width))
    }

    /// `t.done()`.
    pub fn task_ended(&mut self, expr: &hir::Expr, of: &'h hir::Expr) -> Expr {
        let of = self.scalar(of);
        if self.at_once {
            return fold::not(Expr::Query(Query::IsAlive, Box::new(of)));
        }
        let dst = self.regs.fresh(1);
        self.emit(Instr::Ask(dst, Query::IsAlive, of), expr.span);
        fold::not(Expr::Reg(dst))
    }
}

/// Whether there may be green threads, which give their loop back anywhere.
pub(super) fn may_have_green(scenario: &hir::Scenario) -> bool {
    !scenario.loops.is_empty()
}

/// `await p.submit(f, a)`: between the two nothing can have come of it.
fn of_a_new_job(expr: &hir::Expr) -> bool {
    match &expr.kind {
        ExprKind::Method(Method::FutureResult, of, _) => {
            matches!(of.kind, ExprKind::Submit(_))
        }
        _ => false,
    }
}
