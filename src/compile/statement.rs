//! Statements other than those that must be left in an orderly way.

use super::code::Label;
use super::exit::{Exit, OnLeave};
use super::fold;
use super::lowering::Lowering;
use crate::base::Span;
use crate::hir::{self, Block, Expr as Source, LocalId, ReceiveOp, Stmt, StmtKind, Type};
use crate::program::{Awaits, BinaryOp, Expr, Instr, LabelId, Reg};

impl<'h> Lowering<'h, '_> {
    /// Lowers one statement. What it holds in registers ends with it.
    pub fn statement(&mut self, stmt: &'h Stmt) {
        let id = self.cx.statements.at(stmt.span);
        let outer = self.enter_statement(id);
        let mark = self.regs.mark();
        match stmt.label {
            Some(label) => self.labelled(stmt, LabelId(label.0)),
            None => self.kind(stmt),
        }
        self.regs.release(mark);
        self.enter_statement(outer);
    }

    /// `@name: statement`. Its first step carries the label; if it may be done
    /// without a step, or has several first steps, it gets one of its own.
    fn labelled(&mut self, stmt: &'h Stmt, label: LabelId) {
        let begin = self.emit(Instr::Begin, stmt.span);
        self.push_exit(OnLeave::LabelDone(label, stmt.span), None);
        self.kind(stmt);
        self.exits.pop();
        self.emit_synthetic(Instr::LabelDone(label), stmt.span);
        let first = self.only_first_step(begin);
        if let Some(step) = first {
            self.code.items[begin].dropped = true;
            self.code.items[step].site.label = Some(label);
        } else {
            self.code.items[begin].site.label = Some(label);
        }
    }

    /// The step that every way from `begin` comes to first, if it is in plain sight.
    fn only_first_step(&self, begin: usize) -> Option<usize> {
        let straight = |instr: &Instr| {
            matches!(
                instr,
                Instr::Let(..) | Instr::Observe(..) | Instr::Assert(..)
            )
        };
        let mut at = begin + 1;
        while self
            .code
            .items
            .get(at)
            .is_some_and(|item| straight(&item.instr))
        {
            at += 1;
        }
        let item = self.code.items.get(at)?;
        let plain = item.instr.is_visible()
            && item.section == self.code.items[begin].section
            && item.site.label.is_none()
            && !item.dropped
            && !self.code.has_label_in(begin + 1, at);
        plain.then_some(at)
    }

    fn kind(&mut self, stmt: &'h Stmt) {
        let span = stmt.span;
        match &stmt.kind {
            StmtKind::Let(local, path, value) => self.let_(*local, path, value, span),
            StmtKind::Assign(place, value) => self.assign_place(place, value, span),
            StmtKind::Update(place, op, value) => self.update(place, *op, value, span),
            StmtKind::If(condition, then, otherwise) => self.if_(condition, then, otherwise),
            StmtKind::While(condition, body) => self.while_(condition, body, span),
            StmtKind::Loop(body) => {
                let (head, end) = (self.code.label(), self.code.label());
                self.code.bind(head);
                self.round(body, head, end);
                self.jump(head, span);
                self.code.bind(end);
            }
            StmtKind::For(local, from, to, body) => self.for_(*local, from, to, body, span),
            StmtKind::ForReceive(local, channel, body) => {
                let (channel, awaits) = without_await(channel);
                let value = self.scalar(channel);
                let channel_word = self.hold(value, channel.span);
                let head_span = head(span, channel.span);
                let op = (ReceiveOp::Wait, awaits);
                self.receive_loop(*local, channel_word, op, body, head_span);
            }
            StmtKind::ForEntries(local, of, body) => self.for_entries(*local, of, body, span),
            StmtKind::UpdateEntry(update) => self.update_entry(update, span),
            StmtKind::ForFutures(local, how, futures, body) => {
                self.for_futures(*local, *how, futures, body, span);
            }
            StmtKind::WhileReceive(local, channel, op, body) => {
                self.while_receive(*local, channel, *op, body, span);
            }
            StmtKind::IfReceive(local, channel, op, then, otherwise) => {
                let (channel, awaits) = without_await(channel);
                let channel_word = self.scalar(channel);
                let head_span = head(span, channel.span);
                let ok = self.receive_into(*local, channel_word, (*op, awaits), head_span);
                let else_ = self.code.label();
                self.unless(Expr::Reg(ok), else_, head_span);
                self.observe(*local, 0, self.width_of(*local), head_span);
                self.two_ways(then, otherwise, else_);
            }
            StmtKind::Break => self.leave_loop(span, |(end, _)| end),
            StmtKind::Continue => self.leave_loop(span, |(_, next)| next),
            StmtKind::Return(value) => self.return_(value.as_ref(), span),
            StmtKind::Match(value, arms, otherwise) => self.match_(value, arms, otherwise.as_ref()),
            StmtKind::With(kind, object, body) => self.with(*kind, object, body, span),
            StmtKind::Atomic(body) => self.atomic_block(body, span),
            StmtKind::Either(blocks) => self.either(blocks, span),
            StmtKind::WaitUntil(condition) => {
                self.at_once = true;
                let condition = self.scalar(condition);
                self.at_once = false;
                self.emit(Instr::WaitUntil(condition), span);
            }
            StmtKind::Select(arms, awaited) => {
                let head = awaited.unwrap_or_else(|| self.head_of_select(span, stmt.label));
                let at = self.select(arms, head);
                if awaited.is_some() {
                    self.code.items[at].site.awaits = Awaits::IfNeeded;
                }
            }
            StmtKind::Assert(condition, message) => {
                let message = message.map(|text| self.cx.names.of(text));
                let value = self.scalar(condition);
                self.emit(Instr::Assert(value, message), condition.span);
            }
            StmtKind::Raise(name) => {
                let name = self.cx.names.of(*name);
                if let Some(label) = stmt.label {
                    self.emit_synthetic(Instr::LabelDone(LabelId(label.0)), span);
                }
                self.emit(Instr::Raise(name), span);
            }
            StmtKind::Try(parts) => self.try_(parts, span),
            StmtKind::Sleep => self.step(Instr::Sleep, span),
            StmtKind::Yield => self.step(Instr::Yield, span),
            StmtKind::Progress => self.step(Instr::Progress, span),
            StmtKind::Skip | StmtKind::Fence => {}
            StmtKind::Print(items) => self.print(items, span),
            StmtKind::Expr(expr) => self.effect(expr),
        }
    }

    fn step(&mut self, instr: Instr, span: Span) {
        self.emit(instr, span);
    }

    fn let_(&mut self, local: LocalId, path: &[usize], value: &'h Source, span: Span) {
        let ty = self.type_of(local);
        let (offset, field) = self.cx.types.field(ty, path);
        let width = self.cx.types.width(&field);
        let first = self.regs.local(local);
        let dst = first.saturating_add(u16::try_from(offset).unwrap_or(u16::MAX));
        self.eval_into(value, dst, span);
        if width == 1 && self.is_reassigned(local) {
            self.keep_what_was_read(dst, span);
        }
        self.observe(local, offset, width, span);
    }

    /// A local that will change was read from memory: another register keeps what
    /// was read, so that a write computed from it can be compared with memory.
    fn keep_what_was_read(&mut self, dst: Reg, span: Span) {
        let kept = self.regs.keep();
        if self.code.redirect_last_load(dst, kept) {
            self.emit(Instr::Let(dst, Expr::Reg(kept)), span);
        }
    }

    fn if_(&mut self, condition: &'h Source, then: &'h Block, otherwise: &'h Block) {
        let else_ = self.code.label();
        let mark = self.regs.mark();
        self.jump_if(condition, false, else_);
        self.regs.release(mark);
        self.two_ways(then, otherwise, else_);
    }

    /// The first block; at `else_` the second; then both go on together.
    fn two_ways(&mut self, then: &'h Block, otherwise: &'h Block, else_: Label) {
        self.block(then);
        if otherwise.stmts.is_empty() {
            self.code.bind(else_);
            return;
        }
        let end = self.code.label();
        self.jump(end, then.span);
        self.code.bind(else_);
        self.block(otherwise);
        self.code.bind(end);
    }

    fn while_(&mut self, condition: &'h Source, body: &'h Block, span: Span) {
        let (head, end) = (self.code.label(), self.code.label());
        self.code.bind(head);
        let mark = self.regs.mark();
        self.jump_if(condition, false, end);
        self.regs.release(mark);
        self.round(body, head, end);
        self.jump(head, span);
        self.code.bind(end);
    }

    /// The body of a loop: `continue` goes to `next`, `break` to `end`.
    pub fn round(&mut self, body: &'h Block, next: Label, end: Label) {
        self.push_exit(OnLeave::Loop { end, next }, None);
        self.block(body);
        self.exits.pop();
    }

    fn for_(
        &mut self,
        local: LocalId,
        from: &'h Source,
        to: &'h Source,
        body: &'h Block,
        span: Span,
    ) {
        let head_span = head(span, to.span);
        let words = self.list([from, to].into_iter()).concat();
        let [from_word, to_word] = <[Expr; 2]>::try_from(words).expect("two bounds");
        let to_word = self.hold(to_word, to.span);
        let variable = self.regs.local(local);
        // If the body changes its variable, a hidden one counts the rounds.
        let counter = if self.is_reassigned(local) {
            self.regs.fresh(1)
        } else {
            variable
        };
        let (test, next, end) = (self.code.label(), self.code.label(), self.code.label());
        self.emit_synthetic(Instr::Let(counter, from_word), head_span);
        self.code.bind(test);
        let more = fold::binary(BinaryOp::Lt, Expr::Reg(counter), to_word);
        self.emit_synthetic(Instr::Unless(more, end.target()), head_span);
        if counter != variable {
            self.emit_synthetic(Instr::Let(variable, Expr::Reg(counter)), head_span);
        }
        self.observe(local, 0, 1, head_span);
        self.round(body, next, end);
        self.code.bind(next);
        let one_more = fold::binary(BinaryOp::Add, Expr::Reg(counter), Expr::Const(1));
        self.emit_synthetic(Instr::Let(counter, one_more), head_span);
        self.jump(test, head_span);
        self.code.bind(end);
    }

    fn receive_loop(
        &mut self,
        local: LocalId,
        channel: Expr,
        op: (ReceiveOp, Awaits),
        body: &'h Block,
        head_span: Span,
    ) {
        let (next, end) = (self.code.label(), self.code.label());
        self.code.bind(next);
        let mark = self.regs.mark();
        let ok = self.receive_into(local, channel, op, head_span);
        self.regs.release(mark);
        self.unless(Expr::Reg(ok), end, head_span);
        self.observe(local, 0, self.width_of(local), head_span);
        self.round(body, next, end);
        self.jump(next, head_span);
        self.code.bind(end);
    }

    /// `while let`: unlike in `for`, the channel is evaluated in each round.
    fn while_receive(
        &mut self,
        local: LocalId,
        channel: &'h Source,
        op: ReceiveOp,
        body: &'h Block,
        span: Span,
    ) {
        let (next, end) = (self.code.label(), self.code.label());
        let (channel, awaits) = without_await(channel);
        let head_span = head(span, channel.span);
        self.code.bind(next);
        let mark = self.regs.mark();
        let channel = self.scalar(channel);
        let ok = self.receive_into(local, channel, (op, awaits), head_span);
        self.regs.release(mark);
        self.unless(Expr::Reg(ok), end, head_span);
        self.observe(local, 0, self.width_of(local), head_span);
        self.round(body, next, end);
        self.jump(next, head_span);
        self.code.bind(end);
    }

    fn leave_loop(&mut self, span: Span, choose: impl Fn((Label, Label)) -> Label) {
        let found = self.exits.iter().enumerate().rev();
        let mut loops = found.filter_map(|(depth, exit)| match exit.on_leave {
            OnLeave::Loop { end, next } => Some((depth, choose((end, next)))),
            _ => None,
        });
        let (depth, target) = loops
            .next()
            .expect("`break` and `continue` stand in a loop");
        self.leave(depth, |this| this.jump(target, span));
    }

    fn return_(&mut self, value: Option<&'h Source>, span: Span) {
        let mut words = Vec::new();
        if let Some(value) = value {
            if *self.returns == Type::Unit {
                self.effect(value);
            } else {
                let mark = self.regs.mark();
                words = self.words(value);
                if self.exits.iter().any(Exit::runs_code) {
                    words = self.keep_until_left(mark, words, value.span);
                }
            }
        }
        self.leave(0, |this| {
            this.emit(Instr::Return(words.into()), span);
        });
    }

    /// A returned value is computed before what runs on the way out, and a
    /// `finally` block may assign the locals it is computed from.
    fn keep_until_left(
        &mut self,
        mark: super::registers::Mark,
        words: Vec<Expr>,
        span: Span,
    ) -> Vec<Expr> {
        if self
            .exits
            .iter()
            .any(|exit| matches!(exit.on_leave, OnLeave::Finally(_)))
        {
            let simple = |word: &Expr| matches!(word, Expr::Const(_));
            if words.iter().all(simple) {
                return words;
            }
            return self.hold_words(words, span);
        }
        self.settle(mark, words, span)
    }

    fn match_(
        &mut self,
        value: &'h Source,
        arms: &'h [(Vec<i64>, Block)],
        otherwise: Option<&'h Block>,
    ) {
        let mut word = self.scalar(value);
        if !matches!(word, Expr::Const(_) | Expr::Reg(_)) {
            word = self.hold_words(vec![word], value.span).remove(0);
        }
        let end = self.code.label();
        for (values, body) in arms {
            let next = self.code.label();
            let tests = values
                .iter()
                .map(|&of| fold::binary(BinaryOp::Eq, word.clone(), Expr::Const(of)));
            let test = tests.rev().reduce(|rest, test| fold::or(test, rest));
            self.unless(test.unwrap_or(Expr::Const(0)), next, value.span);
            self.block(body);
            self.jump(end, body.span);
            self.code.bind(next);
        }
        if let Some(body) = otherwise {
            self.block(body);
        }
        self.code.bind(end);
    }

    /// `either { } or { }`: one step chooses, then it is a chain of tests.
    fn either(&mut self, blocks: &'h [Block], span: Span) {
        let n = i64::try_from(blocks.len()).expect("a few blocks");
        let choice = self.regs.fresh(1);
        let head_span = blocks.first().map_or(span, |block| Span {
            start: span.start,
            end: block.span.start.max(span.start),
        });
        self.emit(
            Instr::Choose(choice, Expr::Const(0), Expr::Const(n)),
            head_span,
        );
        let end = self.code.label();
        for (number, block) in (0..n).zip(blocks) {
            let next = self.code.label();
            if number + 1 < n {
                let chosen = fold::binary(BinaryOp::Eq, Expr::Reg(choice), Expr::Const(number));
                self.unless(chosen, next, head_span);
            }
            self.block(block);
            self.jump(end, block.span);
            self.code.bind(next);
        }
        self.code.bind(end);
    }

    fn print(&mut self, items: &'h [hir::Print], span: Span) {
        let values = self.list(items.iter().map(|item| &item.value));
        let mut words = Vec::new();
        for (item, value) in items.iter().zip(values) {
            let kinds = self.cx.types.words(&item.value.ty);
            words.extend(
                value
                    .into_iter()
                    .zip(kinds.into_iter().map(|word| word.kind)),
            );
        }
        self.emit(Instr::Print(words.into()), span);
        if self.cx.scenario.splits_print {
            self.emit_synthetic(Instr::Print(Box::default()), span);
        }
    }
}

/// From the beginning of a statement to the end of its head.
pub(super) fn head(stmt: Span, last: Span) -> Span {
    Span {
        start: stmt.start,
        end: last.end.max(stmt.start),
    }
}

/// What is behind an `await` in the head of a statement, and whether there is one.
pub(super) fn without_await(expr: &Source) -> (&Source, Awaits) {
    match &expr.kind {
        hir::ExprKind::Await(awaited) => match &**awaited {
            hir::Awaited::Expr(inner) => (inner, Awaits::IfNeeded),
            _ => (expr, Awaits::Never),
        },
        _ => (expr, Awaits::Never),
    }
}
