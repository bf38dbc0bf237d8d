//! Operations on objects and handles.

use super::expression::Want;
use super::fold;
use super::lowering::{Lowering, reg_words};
use crate::hir::{self, ExprKind, Method, ReceiveOp, Type};
use crate::program::{Awaits, ChanOp, Expr, FutureOp, Instr, Query, Reg, SyncOp, TaskOp, WaitMode};

/// What a method becomes.
enum Shape {
    Sync(SyncOp),
    /// The argument is 1 if it is left out.
    Counted(SyncOp),
    Ask(Query),
    Send(WaitMode),
    Recv,
    RecvOr,
    TryRecv,
    Future(FutureOp),
    Task(TaskOp),
    /// The name of no exception is known only here.
    Exception,
    WaitJobs {
        all: bool,
    },
    /// The executor is shut down, then its jobs are waited for.
    Shutdown,
}

impl<'h> Lowering<'h, '_> {
    /// A method call.
    pub fn method(
        &mut self,
        expr: &'h hir::Expr,
        method: Method,
        receiver: &'h hir::Expr,
        args: &'h [hir::Expr],
        want: Want,
    ) -> Vec<Expr> {
        let width = self.cx.types.width(&expr.ty);
        if let Method::Collection(op) | Method::Subscript(op) = method {
            let plain = matches!(method, Method::Subscript(_));
            return self.collection(expr, (op, plain), receiver, args, want);
        }
        if method == Method::TaskEnded {
            return vec![self.task_ended(expr, receiver)];
        }
        let shape = shape(method);
        if let Shape::Ask(query) = shape {
            return vec![self.ask(expr, query, receiver, want)];
        }
        if self.refuse_step(
            expr.span,
            "this operation in a condition that is read at once",
        ) {
            return vec![Expr::Const(0); width];
        }
        if let (Method::Join, ExprKind::Group(group)) = (method, &receiver.kind) {
            self.join_group(*group, expr);
            return Vec::new();
        }
        let mut operands = self.list(std::iter::once(receiver).chain(args));
        if let Shape::WaitJobs { all } = shape {
            return self.wait_jobs(expr, operands.remove(0), all, want);
        }
        let object = operands.remove(0).remove(0);
        let arg = operands.first().and_then(|words| words.first()).cloned();
        match shape {
            Shape::Sync(op) => self.sync(expr, op, object, None, want),
            Shape::Counted(op) => {
                let arg = arg.unwrap_or(Expr::Const(1));
                self.sync(expr, op, object, Some(arg), want)
            }
            Shape::Send(mode) => self.send(expr, mode, object, operands.concat(), want),
            Shape::Recv => self.receive_value(expr, object, want),
            Shape::RecvOr => self.receive_or(expr, object, operands.concat()),
            Shape::TryRecv => {
                let ok = self.regs.fresh(1);
                let element = element_of(receiver);
                let width = element.map_or(0, |element| self.cx.types.width(element));
                self.chan(
                    expr,
                    ChanOp::Recv(WaitMode::Try),
                    object,
                    None,
                    width,
                    Some(ok),
                );
                reg_words(ok, self.cx.types.width(&expr.ty))
            }
            Shape::Future(op) => self.future(expr, op, object, want),
            Shape::Task(op) => self.task_op(expr, op, object, want),
            Shape::Exception => {
                let none = self.cx.names.intern("");
                self.future(expr, FutureOp::Exception(none), object, want)
            }
            Shape::Shutdown => {
                self.sync(expr, SyncOp::Shutdown, object.clone(), None, want);
                self.sync(expr, SyncOp::Drain, object, None, want)
            }
            Shape::Ask(_) | Shape::WaitJobs { .. } => unreachable!("handled before"),
        }
    }

    fn ask(
        &mut self,
        expr: &'h hir::Expr,
        query: Query,
        receiver: &'h hir::Expr,
        want: Want,
    ) -> Expr {
        let object = self.scalar(receiver);
        if self.at_once {
            return Expr::Query(query, Box::new(object));
        }
        let dst = self.destination(want, 1);
        self.emit(Instr::Ask(dst, query, object), expr.span);
        Expr::Reg(dst)
    }

    /// `NAME.join()`: waits for every actor of the declaration.
    fn join_group(&mut self, group: usize, expr: &hir::Expr) {
        let group = &self.cx.scenario.groups[group];
        for actor in group.first.0..group.first.0 + group.n {
            let instr = Instr::Sync {
                op: SyncOp::Join(WaitMode::Wait),
                object: Expr::Const(actor.into()),
                arg: None,
                dst: None,
            };
            self.emit(instr, expr.span);
        }
    }

    fn sync(
        &mut self,
        expr: &hir::Expr,
        op: SyncOp,
        object: Expr,
        arg: Option<Expr>,
        want: Want,
    ) -> Vec<Expr> {
        let width = self.cx.types.width(&expr.ty);
        let dst = self.wanted(want, width);
        let instr = Instr::Sync {
            op,
            object,
            arg,
            dst,
        };
        self.emit(instr, expr.span);
        dst.map_or(Vec::new(), |dst| reg_words(dst, width))
    }

    fn send(
        &mut self,
        expr: &hir::Expr,
        mode: WaitMode,
        object: Expr,
        args: Vec<Expr>,
        want: Want,
    ) -> Vec<Expr> {
        let ok = match (mode, want) {
            (WaitMode::Wait, _) => None,
            (_, Want::At(reg)) => Some(reg),
            _ => Some(self.regs.fresh(1)),
        };
        let instr = Instr::Chan {
            op: ChanOp::Send(mode),
            object,
            width: u16::try_from(args.len()).unwrap_or(u16::MAX),
            args: args.into(),
            dst: None,
            ok,
        };
        self.emit(instr, expr.span);
        ok.map_or(Vec::new(), |ok| vec![Expr::Reg(ok)])
    }

    fn receive_value(&mut self, expr: &hir::Expr, object: Expr, want: Want) -> Vec<Expr> {
        let width = self.cx.types.width(&expr.ty);
        let dst = self.wanted(want, width);
        self.chan(expr, ChanOp::Recv(WaitMode::Wait), object, dst, width, None);
        dst.map_or(Vec::new(), |dst| reg_words(dst, width))
    }

    /// `q.recv_or(v)`: the element, or `v` when the channel is closed and empty.
    fn receive_or(&mut self, expr: &hir::Expr, object: Expr, default: Vec<Expr>) -> Vec<Expr> {
        let width = self.cx.types.width(&expr.ty);
        let ok = self.regs.fresh(1);
        let dst = self.regs.fresh(width);
        let received = (width > 0).then_some(dst);
        self.chan(
            expr,
            ChanOp::Recv(WaitMode::Wait),
            object,
            received,
            width,
            Some(ok),
        );
        reg_words(dst, width)
            .into_iter()
            .zip(default)
            .map(|(word, default)| fold::choose(Expr::Reg(ok), word, default))
            .collect()
    }

    /// The receive of `if let`, `while let` and `for x in q`; returns the
    /// register that says whether there was an element.
    pub fn receive_into(
        &mut self,
        local: hir::LocalId,
        channel: Expr,
        (op, awaits): (ReceiveOp, Awaits),
        span: crate::base::Span,
    ) -> Reg {
        let mode = match op {
            ReceiveOp::Wait => WaitMode::Wait,
            ReceiveOp::Try => WaitMode::Try,
            ReceiveOp::Timeout => WaitMode::Timeout,
        };
        let width = self.width_of(local);
        let ok = self.regs.fresh(1);
        let instr = Instr::Chan {
            op: ChanOp::Recv(mode),
            object: channel,
            args: Box::new([]),
            dst: (width > 0).then(|| self.regs.local(local)),
            width: u16::try_from(width).unwrap_or(u16::MAX),
            ok: Some(ok),
        };
        let at = self.emit(instr, span);
        self.code.items[at].site.awaits = awaits;
        ok
    }

    fn chan(
        &mut self,
        expr: &hir::Expr,
        op: ChanOp,
        object: Expr,
        dst: Option<Reg>,
        width: usize,
        ok: Option<Reg>,
    ) {
        let instr = Instr::Chan {
            op,
            object,
            args: Box::new([]),
            dst,
            width: u16::try_from(width).unwrap_or(u16::MAX),
            ok,
        };
        self.emit(instr, expr.span);
    }
}

fn element_of(receiver: &hir::Expr) -> Option<&Type> {
    match &receiver.ty {
        Type::Object(hir::ObjectType::Chan(element)) => Some(element),
        _ => None,
    }
}

fn shape(method: Method) -> Shape {
    use WaitMode::{Timeout, Try, Wait};
    match method {
        Method::Lock => Shape::Sync(SyncOp::Lock(Wait)),
        Method::Unlock => Shape::Sync(SyncOp::Unlock),
        Method::TryLock => Shape::Sync(SyncOp::Lock(Try)),
        Method::TryLockFor => Shape::Sync(SyncOp::Lock(Timeout)),
        Method::IsLocked => Shape::Ask(Query::IsLocked),
        Method::Read => Shape::Sync(SyncOp::Read(Wait)),
        Method::ReadUnlock => Shape::Sync(SyncOp::ReadUnlock),
        Method::Write => Shape::Sync(SyncOp::Write(Wait)),
        Method::WriteUnlock => Shape::Sync(SyncOp::WriteUnlock),
        Method::TryRead => Shape::Sync(SyncOp::Read(Try)),
        Method::TryWrite => Shape::Sync(SyncOp::Write(Try)),
        Method::Downgrade => Shape::Sync(SyncOp::Downgrade),
        Method::Acquire => Shape::Sync(SyncOp::Acquire(Wait)),
        Method::Release => Shape::Counted(SyncOp::Release),
        Method::TryAcquire => Shape::Sync(SyncOp::Acquire(Try)),
        Method::AcquireFor => Shape::Sync(SyncOp::Acquire(Timeout)),
        Method::Value => Shape::Ask(Query::Permits),
        Method::CondWait => Shape::Sync(SyncOp::CondWait(Wait)),
        Method::CondWaitFor => Shape::Sync(SyncOp::CondWait(Timeout)),
        Method::Notify => Shape::Counted(SyncOp::Notify),
        Method::NotifyAll => Shape::Sync(SyncOp::NotifyAll),
        Method::EventSet => Shape::Sync(SyncOp::EventSet),
        Method::EventClear => Shape::Sync(SyncOp::EventClear),
        Method::EventWait => Shape::Sync(SyncOp::EventWait(Wait)),
        Method::EventWaitFor => Shape::Sync(SyncOp::EventWait(Timeout)),
        Method::IsSet => Shape::Ask(Query::IsSet),
        Method::BarrierWait => Shape::Sync(SyncOp::BarrierWait(Wait)),
        Method::BarrierWaitFor => Shape::Sync(SyncOp::BarrierWait(Timeout)),
        Method::BarrierReset => Shape::Sync(SyncOp::BarrierReset),
        Method::BarrierAbort => Shape::Sync(SyncOp::BarrierAbort),
        Method::CountDown => Shape::Sync(SyncOp::CountDown),
        Method::LatchWait => Shape::Sync(SyncOp::LatchWait),
        Method::LatchAdd => Shape::Counted(SyncOp::LatchAdd),
        Method::Send => Shape::Send(Wait),
        Method::TrySend => Shape::Send(Try),
        Method::SendFor => Shape::Send(Timeout),
        Method::Recv => Shape::Recv,
        Method::RecvOr => Shape::RecvOr,
        Method::TryRecv => Shape::TryRecv,
        Method::Close => Shape::Sync(SyncOp::Close),
        Method::Len => Shape::Ask(Query::Len),
        Method::IsEmpty => Shape::Ask(Query::IsEmpty),
        Method::IsFull => Shape::Ask(Query::IsFull),
        Method::TaskDone => Shape::Sync(SyncOp::TaskDone),
        Method::ChanJoin => Shape::Sync(SyncOp::ChanJoin),
        Method::Join => Shape::Sync(SyncOp::Join(Wait)),
        Method::JoinFor => Shape::Sync(SyncOp::Join(Timeout)),
        Method::IsAlive => Shape::Ask(Query::IsAlive),
        Method::TaskResult => Shape::Task(TaskOp::Result),
        Method::TaskCancel => Shape::Task(TaskOp::Cancel),
        // Asked before a shape is looked for.
        Method::Collection(_) | Method::Subscript(_) => Shape::Ask(Query::Len),
        Method::TaskEnded => Shape::Ask(Query::IsAlive),
        Method::FutureResult => Shape::Future(FutureOp::Result(Wait)),
        Method::FutureResultFor => Shape::Future(FutureOp::Result(Timeout)),
        Method::FutureCancel => Shape::Future(FutureOp::Cancel),
        Method::FutureException => Shape::Exception,
        Method::FutureDone => Shape::Ask(Query::IsDone),
        Method::WaitAll => Shape::WaitJobs { all: true },
        Method::WaitAny => Shape::WaitJobs { all: false },
        Method::Shutdown => Shape::Shutdown,
        Method::ShutdownNow => Shape::Sync(SyncOp::ShutdownNow),
    }
}
