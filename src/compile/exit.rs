//! Statements that must be left in an orderly way: `with`, `atomic`, `try`.
//!
//! On every way out (the end, `break`, `continue`, `return`, an exception) the
//! release or the `finally` block runs, innermost first. Ways the author wrote
//! repeat it in line; exceptions come to a handler that does it and raises again.
//!
//! **Invariant:** what runs on the way out of a statement is covered by the
//! handlers around the statement, never by its own.

use super::code::{Label, ScopeId};
use super::lowering::Lowering;
use super::statement::{head, without_await};
use crate::base::Span;
use crate::hir::{Block, Expr as Source, ExprKind, Method, StmtKind, TryCatch, WithKind};
use crate::program::{Expr, Instr, LabelId, StmtId, SyncOp, WaitMode};

/// A statement we are in, with what leaving it takes.
#[derive(Clone)]
pub(super) struct Exit<'h> {
    pub on_leave: OnLeave<'h>,
    /// Its handler.
    pub scope: Option<ScopeId>,
    stmt: StmtId,
}

/// What has to be done on the way out.
#[derive(Clone)]
pub(super) enum OnLeave<'h> {
    /// Nothing; `break` and `continue` end here.
    Loop { end: Label, next: Label },
    /// Nothing; exceptions end here.
    Catch,
    /// Give an object back.
    Release(Release),
    /// The step is over.
    AtomicEnd(Span),
    /// Run the block.
    Finally(&'h Block),
    /// The named step has happened.
    LabelDone(LabelId, Span),
}

/// How an object is given back.
#[derive(Clone)]
pub(super) struct Release {
    op: SyncOp,
    object: Expr,
    arg: Option<Expr>,
    /// What is done to the object after that.
    then: Option<SyncOp>,
    span: Span,
}

impl Exit<'_> {
    /// Whether leaving executes something that takes a step.
    pub fn runs_code(&self) -> bool {
        matches!(self.on_leave, OnLeave::Release(_) | OnLeave::Finally(_))
    }
}

impl<'h> Lowering<'h, '_> {
    /// Enters a statement.
    pub fn push_exit(&mut self, on_leave: OnLeave<'h>, scope: Option<ScopeId>) {
        let stmt = self.current_statement();
        self.exits.push(Exit {
            on_leave,
            scope,
            stmt,
        });
    }

    /// Leaves all statements inside the first `depth`, then does `last`, which
    /// goes somewhere else. What comes after it is inside those statements again.
    pub fn leave(&mut self, depth: usize, last: impl FnOnce(&mut Self)) {
        let mut left = Vec::new();
        while self.exits.len() > depth {
            let exit = self.exits.pop().expect("more than the depth");
            self.run_on_leave(&exit);
            left.push(exit);
        }
        last(self);
        self.exits.extend(left.into_iter().rev());
    }

    /// Emits what leaving takes; returns the place it belongs to.
    fn run_on_leave(&mut self, exit: &Exit<'h>) -> Span {
        let here = self.enter_statement(exit.stmt);
        let span = match &exit.on_leave {
            OnLeave::Loop { .. } | OnLeave::Catch => Span::default(),
            OnLeave::Release(release) => {
                self.release(release);
                release.span
            }
            OnLeave::AtomicEnd(span) => {
                self.emit_synthetic(Instr::AtomicEnd, *span);
                *span
            }
            OnLeave::Finally(block) => {
                self.block(block);
                block.span
            }
            OnLeave::LabelDone(label, span) => {
                self.emit_synthetic(Instr::LabelDone(*label), *span);
                *span
            }
        };
        self.enter_statement(here);
        span
    }

    fn release(&mut self, release: &Release) {
        for op in std::iter::once(release.op).chain(release.then) {
            let instr = Instr::Sync {
                op,
                object: release.object.clone(),
                arg: release.arg.clone(),
                dst: None,
            };
            self.emit_synthetic(instr, release.span);
        }
    }

    /// The innermost handler where we are.
    pub fn innermost_scope(&self) -> Option<ScopeId> {
        self.exits.iter().rev().find_map(|exit| exit.scope)
    }

    /// Lowers the body of a statement that is left in an orderly way: every way
    /// out does `on_leave`, also an exception. The end of the body does not.
    fn guarded(&mut self, on_leave: OnLeave<'h>, body: impl FnOnce(&mut Self)) {
        let handler = self.code.label();
        let scope = self.code.scope(handler);
        self.push_exit(on_leave, Some(scope));
        body(self);
        let exit = self.exits.pop().expect("entered before");
        self.code.aside();
        self.code.bind(handler);
        // Where an exception arrives, intermediate values of the body are gone.
        let exception = self.regs.fresh(1);
        self.code.catch_in(scope, exception);
        let span = self.run_on_leave(&exit);
        self.emit_synthetic(Instr::Reraise(exception), span);
        self.code.back();
    }

    /// `with m { … }`.
    pub fn with(&mut self, kind: WithKind, object: &'h Source, body: &'h Block, span: Span) {
        let take = match kind {
            WithKind::Lock => (SyncOp::Lock(WaitMode::Wait), SyncOp::Unlock),
            WithKind::Read => (SyncOp::Read(WaitMode::Wait), SyncOp::ReadUnlock),
            WithKind::Write => (SyncOp::Write(WaitMode::Wait), SyncOp::WriteUnlock),
            WithKind::Permit => (SyncOp::Acquire(WaitMode::Wait), SyncOp::Release),
            WithKind::First => (SyncOp::OnceBegin, SyncOp::OnceEnd),
            WithKind::Executor => return self.with_executor(object, body, span),
        };
        let span = head(span, object.span);
        let (object, awaits) = without_await(object);
        let word = self.scalar(object);
        let word = self.hold(word, object.span);
        let first = (kind == WithKind::First).then(|| self.regs.fresh(1));
        let instr = Instr::Sync {
            op: take.0,
            object: word.clone(),
            arg: None,
            dst: first,
        };
        let at = self.emit(instr, span);
        self.code.items[at].site.awaits = awaits;
        let skip = self.code.label();
        if let Some(first) = first {
            self.unless(Expr::Reg(first), skip, span);
        }
        let release = Release {
            op: take.1,
            object: word,
            arg: (kind == WithKind::Permit).then_some(Expr::Const(1)),
            then: None,
            span,
        };
        self.guarded(OnLeave::Release(release.clone()), |this| this.block(body));
        self.release(&release);
        self.code.bind(skip);
    }

    /// `with p { … }`: nothing is taken; at the end `p` is shut down, and all its
    /// jobs are waited for.
    fn with_executor(&mut self, object: &'h Source, body: &'h Block, span: Span) {
        let span = head(span, object.span);
        let word = self.scalar(object);
        let release = Release {
            op: SyncOp::Shutdown,
            object: self.hold(word, object.span),
            arg: None,
            then: Some(SyncOp::Drain),
            span,
        };
        self.guarded(OnLeave::Release(release.clone()), |this| this.block(body));
        self.release(&release);
    }

    /// `atomic { … }`. One that begins by joining several actors waits for all of them
    /// before it, since only its first operation may wait. Who has ended stays ended, so
    /// inside none of them waits any more.
    pub fn atomic_block(&mut self, body: &'h Block, span: Span) {
        if let Some(join) = self.joins_several(body) {
            self.effect(join);
        }
        // A long block is named by its head.
        let site = if span.end - span.start <= ATOMIC_SPAN_MAX {
            span
        } else {
            Span {
                start: span.start,
                end: body.span.start.max(span.start) + 1,
            }
        };
        let end = self.code.label();
        self.emit(Instr::AtomicBegin(end.target()), site);
        self.guarded(OnLeave::AtomicEnd(site), |this| this.block(body));
        self.code.bind(end);
        self.emit_synthetic(Instr::AtomicEnd, site);
    }

    /// The first statement of a block, if it joins several actors.
    fn joins_several(&self, body: &'h Block) -> Option<&'h Source> {
        let StmtKind::Expr(expr) = &body.stmts.first()?.kind else {
            return None;
        };
        match &expr.kind {
            ExprKind::Method(Method::Join, receiver, _) => match receiver.kind {
                ExprKind::Group(group) if self.cx.scenario.groups[group].n > 1 => Some(expr),
                _ => None,
            },
            _ => None,
        }
    }

    /// `try { } catch { } finally { }`.
    pub fn try_(&mut self, parts: &'h TryCatch, span: Span) {
        let Some(finally) = &parts.finally else {
            return self.try_catch(parts, span);
        };
        self.guarded(OnLeave::Finally(finally), |this| {
            this.try_catch(parts, span)
        });
        self.block(finally);
    }

    fn try_catch(&mut self, parts: &'h TryCatch, span: Span) {
        if parts.catches.is_empty() {
            return self.block(&parts.body);
        }
        let (handler, end) = (self.code.label(), self.code.label());
        let scope = self.code.scope(handler);
        self.push_exit(OnLeave::Catch, Some(scope));
        self.block(&parts.body);
        self.exits.pop();
        self.jump(end, span);
        self.code.bind(handler);
        let exception = self.regs.fresh(1);
        self.code.catch_in(scope, exception);
        for (name, body) in &parts.catches {
            let next = self.code.label();
            if let Some(name) = name {
                let name = self.cx.names.of(*name);
                let test = Instr::UnlessCaught(exception, name, next.target());
                self.emit_synthetic(test, body.span);
            }
            self.block(body);
            self.jump(end, body.span);
            self.code.bind(next);
        }
        self.emit_synthetic(Instr::Reraise(exception), span);
        self.code.bind(end);
    }
}

/// Bytes of an atomic block that is shown whole.
const ATOMIC_SPAN_MAX: u32 = 80;
