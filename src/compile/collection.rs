//! Lists and maps: each operation is one step, `l[i] += e` is two.

use super::expression::Want;
use super::fold;
use super::lowering::{Lowering, reg_words};
use super::statement::head;
use crate::base::Span;
use crate::hir::{self, Block, EntryUpdate, LocalId, ObjectType, Type};
use crate::program::{CollectionOp, Expr, Instr};

impl<'h> Lowering<'h, '_> {
    /// An operation on a list or map.
    pub fn collection(
        &mut self,
        expr: &'h hir::Expr,
        (op, plain): (hir::CollectionOp, bool),
        receiver: &'h hir::Expr,
        args: &'h [hir::Expr],
        want: Want,
    ) -> Vec<Expr> {
        let width = self.cx.types.width(&expr.ty);
        let op = operation(op);
        if !op.only_looks()
            && self.refuse_step(
                expr.span,
                "a change of a list or map in a condition that is read at once",
            )
        {
            return vec![Expr::Const(0); width];
        }
        let mut operands = self.list(std::iter::once(receiver).chain(args));
        let object = operands.remove(0).remove(0);
        let args: Box<[Expr]> = operands.concat().into();
        if self.at_once {
            return (0..u16::try_from(width).unwrap_or(u16::MAX))
                .map(|word| Expr::Entry {
                    op,
                    plain,
                    object: Box::new(object.clone()),
                    args: args.clone(),
                    word,
                })
                .collect();
        }
        let dst = self.wanted(want, width);
        let instr = Instr::Collection {
            op,
            plain,
            object,
            args,
            dst,
            width: u16::try_from(width).unwrap_or(u16::MAX),
        };
        self.emit(instr, expr.span);
        dst.map_or(Vec::new(), |dst| reg_words(dst, width))
    }

    /// `l[i] += e`: a read and a write.
    pub fn update_entry(&mut self, update: &'h EntryUpdate, span: Span) {
        let keyed = matches!(update.collection.ty, Type::Object(ObjectType::Map(..)));
        let mut place = self
            .list([&update.collection, &update.key].into_iter())
            .concat();
        if self.has_step(&update.value) && place.iter().any(fold::can_fault) {
            place = self.hold_words(place, update.key.span);
        }
        let [object, key] = <[Expr; 2]>::try_from(place).expect("an object and a word");
        let old = self.regs.fresh(1);
        let (read, write) = match keyed {
            true => (CollectionOp::Get, CollectionOp::Put),
            false => (CollectionOp::At, CollectionOp::SetAt),
        };
        let load = Instr::Collection {
            op: read,
            plain: true,
            object: object.clone(),
            args: Box::new([key.clone()]),
            dst: Some(old),
            width: 1,
        };
        self.emit(load, span);
        let value = self.scalar(&update.value);
        let new = fold::binary(fold::binary_op(update.op), Expr::Reg(old), value);
        let store = Instr::Collection {
            op: write,
            plain: true,
            object,
            args: Box::new([key, new]),
            dst: None,
            width: 0,
        };
        self.emit(store, span);
    }

    /// `for x in l`, `for k in d`: one step for each round, and one to see the end.
    pub fn for_entries(&mut self, local: LocalId, of: &'h hir::Expr, body: &'h Block, span: Span) {
        let head_span = head(span, of.span);
        let value = self.scalar(of);
        let object = self.hold(value, of.span);
        let width = self.width_of(local);
        let round = self.regs.fresh(3);
        for reg in [round, round + 1, round + 2] {
            self.emit_synthetic(Instr::Let(reg, Expr::Const(0)), head_span);
        }
        let (next, end) = (self.code.label(), self.code.label());
        self.code.bind(next);
        let instr = Instr::NextEntry {
            object,
            round,
            dst: (width > 0).then(|| self.regs.local(local)),
            width: u16::try_from(width).unwrap_or(u16::MAX),
        };
        self.emit(instr, head_span);
        self.unless(Expr::Reg(round), end, head_span);
        self.observe(local, 0, width, head_span);
        self.round(body, next, end);
        self.jump(next, head_span);
        self.code.bind(end);
    }
}

fn operation(op: hir::CollectionOp) -> CollectionOp {
    match op {
        hir::CollectionOp::At => CollectionOp::At,
        hir::CollectionOp::SetAt => CollectionOp::SetAt,
        hir::CollectionOp::Append => CollectionOp::Append,
        hir::CollectionOp::Insert => CollectionOp::Insert,
        hir::CollectionOp::TakeAt => CollectionOp::TakeAt,
        hir::CollectionOp::RemoveValue => CollectionOp::RemoveValue,
        hir::CollectionOp::HasValue => CollectionOp::HasValue,
        hir::CollectionOp::IsEqual => CollectionOp::IsEqual,
        hir::CollectionOp::Sort => CollectionOp::Sort,
        hir::CollectionOp::Extend => CollectionOp::Extend,
        hir::CollectionOp::CopyFrom => CollectionOp::CopyFrom,
        hir::CollectionOp::Get => CollectionOp::Get,
        hir::CollectionOp::GetOr => CollectionOp::GetOr,
        hir::CollectionOp::Put => CollectionOp::Put,
        hir::CollectionOp::SetDefault => CollectionOp::SetDefault,
        hir::CollectionOp::TakeKey => CollectionOp::TakeKey,
        hir::CollectionOp::HasKey => CollectionOp::HasKey,
        hir::CollectionOp::Clear => CollectionOp::Clear,
    }
}
