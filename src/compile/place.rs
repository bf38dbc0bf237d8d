//! Shared memory: reads, writes, updates and operations on atomics.

use super::expression::Want;
use super::fold;
use super::lowering::{Lowering, reg_words};
use crate::base::{Mistake, Span, planted};
use crate::hir::{self, AtomicOp, Place};
use crate::program::registers;
use crate::program::{Access, CellId, CellRef, Dim, Expr, Instr, RmwOp};

impl<'h> Lowering<'h, '_> {
    /// The first word of a place. Its indices are evaluated here.
    fn cell(&mut self, place: &'h Place) -> CellRef {
        let var = &self.cx.scenario.vars[place.var.index()];
        let width = self.cx.types.width(&var.ty);
        let mut base = self.cx.layout.vars[place.var.index()].first.index();
        base += self.cx.types.field(&var.ty, &place.fields).0;
        let indices = self.list(place.indices.iter()).concat();
        let mut dims = Vec::new();
        for (depth, index) in indices.into_iter().enumerate() {
            let inner: usize = var.dims[depth + 1..]
                .iter()
                .map(|&len| len as usize)
                .product();
            let (len, stride) = (var.dims[depth], inner * width);
            match index {
                Expr::Const(word) if (0..i64::from(len)).contains(&word) => {
                    base += usize::try_from(word).expect("inside the array") * stride;
                }
                index => dims.push(Dim {
                    index,
                    len,
                    stride: u32::try_from(stride).expect("the limits were checked"),
                }),
            }
        }
        CellRef {
            base: CellId::new(base),
            dims: dims.into(),
        }
    }

    /// As [`Self::cell`], with indices that may fail computed before a later step.
    fn settled_cell(&mut self, place: &'h Place, later: &[&hir::Expr]) -> CellRef {
        let mut cell = self.cell(place);
        if later.iter().any(|expr| self.has_step(expr)) {
            for dim in &mut cell.dims {
                if fold::can_fault(&dim.index) {
                    let index = std::mem::replace(&mut dim.index, Expr::Const(0));
                    dim.index = self.hold_words(vec![index], place.span).remove(0);
                }
            }
        }
        cell
    }

    fn access(&self, place: &Place) -> Access {
        if self.cx.scenario.vars[place.var.index()].atomic {
            Access::Atomic
        } else {
            Access::Plain
        }
    }

    /// A read of shared memory, one step for each word.
    pub fn read(&mut self, place: &'h Place, span: Span, want: Want) -> Vec<Expr> {
        let access = self.access(place);
        self.load(place, access, span, want)
    }

    fn load(&mut self, place: &'h Place, access: Access, span: Span, want: Want) -> Vec<Expr> {
        let cell = self.cell(place);
        let width = self.cx.types.width(&place.ty);
        if self.at_once {
            return (0..width)
                .map(|word| Expr::Cell(plus(&cell, word)))
                .collect();
        }
        // The first word must not overwrite what the index of the second reads.
        let clash = |dst| {
            let reads = |reg| {
                cell.dims
                    .iter()
                    .any(|dim| registers::reads(&dim.index, reg))
            };
            width > 1
                && reg_words(dst, width)
                    .iter()
                    .any(|word| matches!(word, Expr::Reg(reg) if reads(*reg)))
        };
        let want = match want {
            Want::At(dst) if clash(dst) => Want::Anywhere,
            want => want,
        };
        let dst = self.destination(want, width);
        for (reg, word) in (dst..).zip(0..width) {
            self.emit(Instr::Load(reg, plus(&cell, word), access), span);
        }
        reg_words(dst, width)
    }

    /// `x = e`: the index, then the value, then one step for each word.
    pub fn assign_place(&mut self, place: &'h Place, value: &'h hir::Expr, span: Span) {
        let access = self.access(place);
        self.store(place, value, access, span);
    }

    fn store(&mut self, place: &'h Place, value: &'h hir::Expr, access: Access, span: Span) {
        let cell = self.settled_cell(place, &[value]);
        let mark = self.regs.mark();
        let mut words = self.words(value);
        if words.len() > 1 {
            words = self.settle(mark, words, value.span);
        }
        for (index, word) in words.into_iter().enumerate() {
            self.emit(Instr::Store(plus(&cell, index), word, access), span);
        }
    }

    /// `x += e` on plain memory: a read and a write, two steps.
    pub fn update(
        &mut self,
        place: &'h Place,
        op: hir::BinaryOp,
        value: &'h hir::Expr,
        span: Span,
    ) {
        let access = self.access(place);
        let cell = self.settled_cell(place, &[value]);
        let old = self.regs.fresh(1);
        self.emit(Instr::Load(old, cell.clone(), access), span);
        let value = self.scalar(value);
        if planted(Mistake::UpdateAtOnce) {
            let op = RmwOp::Fetch(fold::binary_op(op));
            self.emit(Instr::Rmw(None, cell, op, value), span);
            return;
        }
        let new = fold::binary(fold::binary_op(op), Expr::Reg(old), value);
        self.emit(Instr::Store(cell, new, access), span);
    }

    /// An operation on an atomic: one step.
    pub fn atomic(
        &mut self,
        expr: &'h hir::Expr,
        op: AtomicOp,
        place: &'h Place,
        args: &'h [hir::Expr],
        want: Want,
    ) -> Vec<Expr> {
        let rmw = match op {
            AtomicOp::Load => return self.load(place, Access::Atomic, expr.span, want),
            AtomicOp::PlainLoad => return self.load(place, Access::Plain, expr.span, want),
            _ if self.refuse_step(expr.span, "a change of an atomic in a property") => {
                return vec![Expr::Const(0); self.cx.types.width(&expr.ty)];
            }
            AtomicOp::Store => {
                self.store(place, &args[0], Access::Atomic, expr.span);
                return Vec::new();
            }
            AtomicOp::PlainStore => {
                self.store(place, &args[0], Access::Plain, expr.span);
                return Vec::new();
            }
            AtomicOp::Swap => Some(RmwOp::Swap),
            AtomicOp::Fetch(op) => Some(RmwOp::Fetch(fold::binary_op(op))),
            AtomicOp::CompareExchange => None,
        };
        let later: Vec<&hir::Expr> = args.iter().collect();
        let cell = self.settled_cell(place, &later);
        let mut args = self.list(args.iter()).concat().into_iter();
        let mut arg = || args.next().expect("the operation has its arguments");
        let (first, second) = (arg(), if rmw.is_none() { Some(arg()) } else { None });
        let dst = self.wanted(want, self.cx.types.width(&expr.ty));
        let instr = match (rmw, second) {
            (Some(op), _) => Instr::Rmw(dst, cell, op, first),
            (None, Some(new)) => Instr::CompareExchange(dst, cell, first, new),
            (None, None) => unreachable!("a compare-exchange has two arguments"),
        };
        self.emit(instr, expr.span);
        dst.map_or(Vec::new(), |dst| vec![Expr::Reg(dst)])
    }
}

/// A later word of the same element.
fn plus(cell: &CellRef, word: usize) -> CellRef {
    CellRef {
        base: CellId::new(cell.base.index() + word),
        dims: cell.dims.clone(),
    }
}
