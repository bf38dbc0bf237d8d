//! Expressions, strictly from left to right.
//!
//! What needs no step becomes a tree of pure operations, as large as possible.
//! A tree that may fail is computed before a later operand's step, so that the
//! failure comes first, as the author wrote it.
//!
//! Chains of operators lean to the left and may be thousands long; they are
//! walked in a loop. Recursion is as deep as parentheses nest.

use super::context::BodyCopy;
use super::executor::picked;
use super::fold;
use super::lowering::{Lowering, reg_words};
use super::registers::Mark;
use crate::base::Span;
use crate::hir::{self, ExprKind, Spawn, SpawnKind};
use crate::program::{BinaryOp, Expr, FunctionId, Instr, LoopId, OnLoop, Reg};

/// What the surroundings want of a value that an instruction gives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    /// Nothing: only the effect.
    Nothing,
    /// The value, in whatever register.
    Anywhere,
    /// The value, if possible directly in these registers. A pure value is
    /// returned as it is; then the surroundings put it there.
    At(Reg),
}

impl<'h> Lowering<'h, '_> {
    /// The words of an expression.
    pub fn words(&mut self, expr: &'h hir::Expr) -> Vec<Expr> {
        self.eval(expr, Want::Anywhere)
    }

    /// The word of an expression of a simple type.
    pub fn scalar(&mut self, expr: &'h hir::Expr) -> Expr {
        let words = self.words(expr);
        words.into_iter().next().unwrap_or(Expr::Const(0))
    }

    /// Evaluates an expression and puts its words into registers.
    pub fn eval_into(&mut self, expr: &'h hir::Expr, dst: Reg, span: Span) {
        let words = self.eval(expr, Want::At(dst));
        self.assign(dst, words, span);
    }

    /// Evaluates for the effect only; a failure of the value is kept.
    pub fn effect(&mut self, expr: &'h hir::Expr) {
        let words = self.eval(expr, Want::Nothing);
        for word in words.into_iter().filter(fold::can_fault) {
            self.hold_words(vec![word], expr.span);
        }
    }

    /// The words of an expression; `want` is a hint.
    pub fn eval(&mut self, expr: &'h hir::Expr, want: Want) -> Vec<Expr> {
        match &expr.kind {
            ExprKind::Const(word) => self.constant(&expr.ty, *word),
            ExprKind::Local(local) => reg_words(self.regs.local(*local), self.width_of(*local)),
            ExprKind::Read(place) => self.read(place, expr.span, want),
            ExprKind::Object(decl, None) => {
                vec![Expr::Const(
                    self.cx.layout.first_object[decl.index()].0.into(),
                )]
            }
            ExprKind::Object(decl, Some(index)) => {
                let base = self.cx.layout.first_object[decl.index()];
                let len = self.cx.scenario.objects[decl.index()].len.unwrap_or(1);
                vec![fold::element(base, self.scalar(index), len)]
            }
            ExprKind::Group(group) => {
                vec![Expr::Const(self.cx.scenario.groups[*group].first.0.into())]
            }
            ExprKind::Unary(op, operand) => {
                vec![fold::unary(fold::unary_op(*op), self.scalar(operand))]
            }
            ExprKind::Binary(..) => self.chain(expr),
            ExprKind::And(..) | ExprKind::Or(..) => vec![self.short_circuit(expr)],
            ExprKind::If(condition, then, otherwise) => {
                self.either_value(expr, [&**condition, &**then, &**otherwise], want)
            }
            ExprKind::Field(inner, field) => {
                let (offset, ty) = self.cx.types.field(&inner.ty, &[*field]);
                let width = self.cx.types.width(&ty);
                self.words(inner)
                    .into_iter()
                    .skip(offset)
                    .take(width)
                    .collect()
            }
            ExprKind::Struct(fields) => self.list(fields.iter()).concat(),
            ExprKind::Call(function, args) => self.call(expr, *function, args, want),
            ExprKind::Method(method, receiver, args) => {
                self.method(expr, *method, receiver, args, want)
            }
            ExprKind::Atomic(op, place, args) => self.atomic(expr, *op, place, args, want),
            ExprKind::Spawn(spawn) => self.spawn(expr, spawn, want),
            ExprKind::Submit(submit) => self.submit(expr, submit, want),
            ExprKind::Await(awaited) => self.await_(expr, awaited, want),
            ExprKind::Pick(of, index) => {
                let mut words = self.list([&**of, &**index].into_iter());
                let index = words.pop().and_then(|words| words.into_iter().next());
                let width = self.cx.types.width(&expr.ty);
                picked(index.unwrap_or(Expr::Const(0)), &words.concat(), width)
            }
            ExprKind::Any(choice) => {
                if self.refuse_step(expr.span, "`any` in a condition that is read at once") {
                    return vec![Expr::Const(0)];
                }
                let bounds = self.list([&choice.from, &choice.to].into_iter()).concat();
                let [from, to] = <[Expr; 2]>::try_from(bounds).expect("two words");
                let dst = self.destination(want, 1);
                self.emit(Instr::Choose(dst, from, to), expr.span);
                vec![Expr::Reg(dst)]
            }
            ExprKind::ActorLocal(actor, local) => self.actor_local(expr, *actor, *local),
        }
    }

    fn constant(&self, ty: &hir::Type, word: i64) -> Vec<Expr> {
        let words = self.cx.types.words(ty);
        words
            .iter()
            .map(|of| Expr::Const(self.cx.names.word(&of.kind, word)))
            .collect()
    }

    fn actor_local(
        &mut self,
        expr: &hir::Expr,
        actor: hir::ActorId,
        local: hir::LocalId,
    ) -> Vec<Expr> {
        let width = self.cx.types.width(&expr.ty);
        match self.cx.observed.first(actor, local) {
            Some(first) if self.at_once => (0..width)
                .map(|word| Expr::Observed(crate::program::ObservedId::new(first.index() + word)))
                .collect(),
            _ => {
                self.cx
                    .unsupported(expr.span, "another actor's local outside a property");
                vec![Expr::Const(0); width]
            }
        }
    }

    /// Where a value of `width` words goes.
    pub fn destination(&mut self, want: Want, width: usize) -> Reg {
        match want {
            Want::At(reg) => reg,
            Want::Nothing | Want::Anywhere => self.regs.fresh(width),
        }
    }

    /// Where a value goes that may also be thrown away.
    pub fn wanted(&mut self, want: Want, width: usize) -> Option<Reg> {
        (want != Want::Nothing && width > 0).then(|| self.destination(want, width))
    }

    /// In a property: complains about what would be a step.
    pub fn refuse_step(&mut self, span: Span, what: &str) -> bool {
        if self.at_once {
            self.cx.unsupported(span, what);
        }
        self.at_once
    }

    /// Several expressions in order, each with its words.
    pub fn list(
        &mut self,
        exprs: impl DoubleEndedIterator<Item = &'h hir::Expr>,
    ) -> Vec<Vec<Expr>> {
        let mut later_step = false;
        let mut exprs: Vec<(&hir::Expr, bool)> = exprs
            .rev()
            .map(|expr| {
                let before_a_step = later_step;
                later_step = later_step || self.has_step(expr);
                (expr, before_a_step)
            })
            .collect();
        exprs.reverse();
        let mut all = Vec::with_capacity(exprs.len());
        for (expr, before_a_step) in exprs {
            let mark = self.regs.mark();
            let words = self.words(expr);
            all.push(if before_a_step {
                self.settle(mark, words, expr.span)
            } else {
                words
            });
        }
        all
    }

    /// Before a later step: computes now what may fail. `mark` is where the
    /// registers stood before the words were evaluated.
    pub fn settle(&mut self, mark: Mark, words: Vec<Expr>, span: Span) -> Vec<Expr> {
        if !words.iter().any(fold::can_fault) {
            return words;
        }
        if words.len() == 1 {
            // A single result may take the place of its own operands.
            self.regs.release(mark);
        }
        self.hold_words(words, span)
    }

    /// A chain of binary operators, which leans to the left.
    fn chain(&mut self, expr: &'h hir::Expr) -> Vec<Expr> {
        let mut spine = Vec::new();
        let mut left = expr;
        while let ExprKind::Binary(op, inner, right) = &left.kind {
            spine.push((*op, left.span, &**right));
            left = inner;
        }
        let mark = self.regs.mark();
        let mut words = self.words(left);
        let mut span = left.span;
        for (op, whole, right) in spine.into_iter().rev() {
            if self.has_step(right) {
                words = self.settle(mark, words, span);
            }
            let right = self.words(right);
            words = vec![combine(fold::binary_op(op), words, right)];
            span = whole;
        }
        words
    }

    /// `if c { a } else { b }` as a value.
    fn either_value(
        &mut self,
        expr: &'h hir::Expr,
        [condition, then, otherwise]: [&'h hir::Expr; 3],
        want: Want,
    ) -> Vec<Expr> {
        if !self.has_step(then) && !self.has_step(otherwise) {
            let mut condition = self.scalar(condition);
            let then = self.words(then);
            let otherwise = self.words(otherwise);
            if then.len() > 1 && !self.at_once {
                condition = self.hold(condition, expr.span);
            }
            return then
                .into_iter()
                .zip(otherwise)
                .map(|(then, otherwise)| fold::choose(condition.clone(), then, otherwise))
                .collect();
        }
        let width = self.cx.types.width(&expr.ty);
        let dst = self.destination(want, width);
        let (else_, end) = (self.code.label(), self.code.label());
        let mark = self.regs.mark();
        self.jump_if(condition, false, else_);
        self.regs.release(mark);
        self.eval_into(then, dst, then.span);
        self.regs.release(mark);
        self.jump(end, then.span);
        self.code.bind(else_);
        self.eval_into(otherwise, dst, otherwise.span);
        self.regs.release(mark);
        self.code.bind(end);
        reg_words(dst, width)
    }

    fn call(
        &mut self,
        expr: &'h hir::Expr,
        function: hir::FunctionId,
        args: &'h [hir::Expr],
        want: Want,
    ) -> Vec<Expr> {
        let width = self.cx.types.width(&expr.ty);
        if self.refuse_step(expr.span, "a call in a condition that is read at once") {
            return vec![Expr::Const(0); width];
        }
        let args = self.list(args.iter()).concat();
        let dst = self.wanted(want, width);
        let function = self.request(function);
        self.emit(Instr::Call(function, args.into(), dst), expr.span);
        dst.map_or(Vec::new(), |dst| reg_words(dst, width))
    }

    fn spawn(&mut self, expr: &'h hir::Expr, spawn: &'h Spawn, want: Want) -> Vec<Expr> {
        let refused = match spawn.kind {
            SpawnKind::Thread | SpawnKind::Process | SpawnKind::Task | SpawnKind::Green => {
                self.refuse_step(expr.span, "`spawn` in a property")
            }
        };
        if refused {
            return vec![Expr::Const(0)];
        }
        let args = self.list(spawn.args.iter()).concat();
        let dst = self.wanted(want, 1);
        let function = self.request(spawn.function);
        let name = spawn.name.as_deref().map(|name| self.cx.names.intern(name));
        let instr = Instr::Spawn {
            dst,
            function,
            args: args.into(),
            name,
            daemon: spawn.daemon,
            process: spawn.kind == SpawnKind::Process,
            task: on_loop(spawn),
        };
        self.emit(instr, expr.span);
        dst.map_or(Vec::new(), |dst| vec![Expr::Reg(dst)])
    }

    /// The function of the program for a function that is called, spawned or submitted.
    pub fn request(&mut self, function: hir::FunctionId) -> FunctionId {
        self.cx.copies.request(BodyCopy {
            function,
            observed: None,
        })
    }
}

/// The event loop that a spawned task runs on.
fn on_loop(spawn: &Spawn) -> Option<OnLoop> {
    let green = spawn.kind == SpawnKind::Green;
    let is_task = green || spawn.kind == SpawnKind::Task;
    is_task.then(|| OnLoop {
        on: spawn.on.map(LoopId),
        green,
    })
}

/// A binary operator on the words of its operands. Only `==` and `!=` have
/// operands of more than one word.
fn combine(op: BinaryOp, left: Vec<Expr>, right: Vec<Expr>) -> Expr {
    let pairs = left.into_iter().zip(right);
    match op {
        BinaryOp::Eq => equal(pairs),
        BinaryOp::Ne => fold::not(equal(pairs)),
        _ => {
            let (left, right) = pairs.into_iter().next().expect("operands of one word");
            fold::binary(op, left, right)
        }
    }
}

fn equal(pairs: impl DoubleEndedIterator<Item = (Expr, Expr)> + ExactSizeIterator) -> Expr {
    pairs.rev().fold(Expr::Const(1), |rest, (left, right)| {
        fold::and(fold::binary(BinaryOp::Eq, left, right), rest)
    })
}
