//! Jobs: `submit`, futures, loops over them, and what a worker runs.
//!
//! A worker's function is made here and stands in no text. Its first register is
//! the future of its job, the others are the job's result:
//!
//! ```text
//! next: take a job      (calls it; an exception goes to `fail`)
//!       finish it
//!       jump next
//! fail: fail it
//!       jump next
//! ```
//!
//! Where the end of actors is a step, one for the worker's rest stands before each
//! jump.

use super::assemble::Assembled;
use super::context::Context;
use super::expression::Want;
use super::fold;
use super::link::words_returned;
use super::lowering::{Lowered, Lowering, reg_words};
use super::statement::{head, without_await};
use crate::base::Span;
use crate::hir::{self, Block, FutureLoop, LocalId, Submit};
use crate::program::{
    Awaits, BinaryOp, Expr, FunctionId, FutureOp, Handler, Instr, ObjectId, ObjectKind, Pc, Reg,
    Site, WaitMode,
};

/// The register of a worker's function that holds the future.
const FUTURE: Reg = 0;
/// The first register for a result or an exception.
const RESULT: Reg = 1;

impl<'h> Lowering<'h, '_> {
    /// `p.submit(f, a)`.
    pub fn submit(&mut self, expr: &hir::Expr, submit: &'h Submit, want: Want) -> Vec<Expr> {
        if self.refuse_step(expr.span, "`submit` in a condition that is read at once") {
            return vec![Expr::Const(0)];
        }
        let operands = std::iter::once(&submit.executor).chain(&submit.args);
        let mut words = self.list(operands);
        let executor = words.remove(0).remove(0);
        let dst = self.wanted(want, 1);
        let function = self.request(submit.function);
        let instr = Instr::Submit {
            dst,
            executor,
            function,
            args: words.concat().into(),
        };
        self.emit(instr, expr.span);
        dst.map_or(Vec::new(), |dst| vec![Expr::Reg(dst)])
    }

    /// `f.result()` and its relatives.
    pub fn future(
        &mut self,
        expr: &hir::Expr,
        op: FutureOp,
        future: Expr,
        want: Want,
    ) -> Vec<Expr> {
        let width = self.cx.types.width(&expr.ty);
        let dst = self.wanted(want, width);
        let instr = Instr::Future {
            op,
            future,
            dst,
            width: u16::try_from(width).unwrap_or(u16::MAX),
        };
        self.emit(instr, expr.span);
        dst.map_or(Vec::new(), |dst| reg_words(dst, width))
    }

    /// `wait_all(fs)`, `wait_any(fs)`.
    pub fn wait_jobs(
        &mut self,
        expr: &hir::Expr,
        futures: Vec<Expr>,
        all: bool,
        want: Want,
    ) -> Vec<Expr> {
        let dst = self.wanted(want, usize::from(!all));
        let instr = Instr::WaitJobs {
            futures: futures.into(),
            all,
            dst,
            seen: None,
        };
        self.emit(instr, expr.span);
        dst.map_or(Vec::new(), |dst| vec![Expr::Reg(dst)])
    }

    /// A loop over futures.
    pub fn for_futures(
        &mut self,
        local: LocalId,
        how: FutureLoop,
        futures: &'h hir::Expr,
        body: &'h Block,
        span: Span,
    ) {
        let (futures, awaits) = without_await(futures);
        let head_span = head(span, futures.span);
        let words = self.words(futures);
        let words: Vec<Expr> = words
            .into_iter()
            .map(|word| self.hold(word, futures.span))
            .collect();
        match how {
            FutureLoop::Completed => self.as_completed(local, (words, awaits), body, head_span),
            FutureLoop::Each | FutureLoop::Results => {
                self.in_order(local, how, (words, awaits), body, head_span);
            }
        }
    }

    /// One round for each future in the order of the list.
    fn in_order(
        &mut self,
        local: LocalId,
        how: FutureLoop,
        (words, awaits): (Vec<Expr>, Awaits),
        body: &'h Block,
        span: Span,
    ) {
        let width = self.width_of(local);
        // Of a future it is one word that is looked at, whatever comes of it.
        let each = if how == FutureLoop::Each { width } else { 1 };
        let n = words.len() / each.max(1);
        let n = i64::try_from(n).expect("the resolver limits lists of futures");
        let variable = self.regs.local(local);
        let counter = self.regs.fresh(1);
        let (test, next, end) = (self.code.label(), self.code.label(), self.code.label());
        self.emit_synthetic(Instr::Let(counter, Expr::Const(0)), span);
        self.code.bind(test);
        let more = fold::binary(BinaryOp::Lt, Expr::Reg(counter), Expr::Const(n));
        self.emit_synthetic(Instr::Unless(more, end.target()), span);
        let mut picked = picked(Expr::Reg(counter), &words, each);
        if how == FutureLoop::Results {
            let take = Instr::Future {
                op: FutureOp::Result(WaitMode::Wait),
                future: picked.remove(0),
                dst: (width > 0).then_some(variable),
                width: u16::try_from(width).unwrap_or(u16::MAX),
            };
            let at = self.emit(take, span);
            self.code.items[at].site.awaits = awaits;
        } else {
            for (reg, word) in (variable..).zip(picked) {
                self.emit_synthetic(Instr::Let(reg, word), span);
            }
        }
        self.observe(local, 0, width, span);
        self.round(body, next, end);
        self.code.bind(next);
        let one_more = fold::binary(BinaryOp::Add, Expr::Reg(counter), Expr::Const(1));
        self.emit_synthetic(Instr::Let(counter, one_more), span);
        self.jump(test, span);
        self.code.bind(end);
    }

    /// One round for each future when it is done; a word of bits remembers which.
    fn as_completed(
        &mut self,
        local: LocalId,
        (words, awaits): (Vec<Expr>, Awaits),
        body: &'h Block,
        span: Span,
    ) {
        let all = (1_i64 << words.len()) - 1;
        let seen = self.regs.fresh(1);
        let (next, end) = (self.code.label(), self.code.label());
        self.emit_synthetic(Instr::Let(seen, Expr::Const(0)), span);
        self.code.bind(next);
        let more = fold::binary(BinaryOp::Lt, Expr::Reg(seen), Expr::Const(all));
        self.emit_synthetic(Instr::Unless(more, end.target()), span);
        let take = Instr::WaitJobs {
            futures: words.into(),
            all: false,
            dst: Some(self.regs.local(local)),
            seen: Some(seen),
        };
        let at = self.emit(take, span);
        self.code.items[at].site.awaits = awaits;
        self.observe(local, 0, 1, span);
        self.round(body, next, end);
        self.jump(next, span);
        self.code.bind(end);
    }
}

/// The words of one of several values of `width` words each.
pub(super) fn picked(index: Expr, words: &[Expr], width: usize) -> Vec<Expr> {
    let word = |at: usize| {
        let all = words.iter().skip(at).step_by(width).cloned();
        fold::pick(index.clone(), all.collect())
    };
    (0..width).map(word).collect()
}

/// Adds what the workers of each executor run, after all other functions.
pub(super) fn add_workers(
    cx: &mut Context<'_>,
    functions: &mut Vec<Lowered>,
    rests: bool,
) -> Vec<(ObjectId, FunctionId)> {
    let executors: Vec<ObjectId> = (0..cx.layout.objects.len())
        .map(ObjectId::new)
        .filter(|id| {
            let kind = &cx.layout.objects[id.index()].kind;
            matches!(kind, ObjectKind::Executor { .. })
        })
        .collect();
    let width = result_width(functions);
    let mut workers = Vec::new();
    for executor in executors {
        let id = FunctionId::new(functions.len());
        functions.push(worker(cx, executor, id, width, rests));
        workers.push((executor, id));
    }
    workers
}

/// Words of the widest result of a job; an exception is one word.
fn result_width(functions: &[Lowered]) -> u16 {
    let code = functions.iter().flat_map(|function| &function.code.code);
    let results = code.filter_map(|instr| match instr {
        Instr::Submit { function, .. } => Some(words_returned(&functions[function.index()])),
        _ => None,
    });
    results.max().unwrap_or(0).max(1)
}

fn worker(
    cx: &mut Context<'_>,
    executor: ObjectId,
    id: FunctionId,
    width: u16,
    rests: bool,
) -> Lowered {
    let object = &cx.layout.objects[executor.index()];
    let (name, span) = (object.name.clone(), object.span);
    let finish = |failed| Instr::FinishJob {
        future: FUTURE,
        result: RESULT,
        width: if failed { 1 } else { width },
        failed,
    };
    let mut code = vec![Instr::TakeJob {
        executor,
        future: FUTURE,
        result: RESULT,
        width,
    }];
    let mut fail = 0;
    for failed in [false, true] {
        fail = code.len();
        code.push(finish(failed));
        code.extend(rests.then_some(Instr::End));
        code.push(Instr::Jump(0));
    }
    let site = Site {
        span,
        stmt: cx.statements.at(span),
        function: id,
        label: None,
        synthetic: true,
        awaits: Awaits::Never,
    };
    Lowered {
        name,
        span,
        n_params: 0,
        n_regs: RESULT.saturating_add(width),
        locals: Vec::new(),
        code: Assembled {
            sites: vec![site; code.len()],
            code,
            handlers: vec![Handler {
                from: 0,
                to: 1,
                target: Pc::try_from(fail).expect("a few instructions"),
                exception: RESULT,
            }],
        },
    }
}
