//! Instructions. Registers are frame-relative; register 0 is the first parameter.

use super::expr::{BinaryOp, CellRef, CollectionOp, Expr, Query};
use super::table::{FunctionId, LabelId, LoopId, NameId, ObjectId, ObservedId, Pc, Reg, ValueKind};

/// Whether an access to memory can take part in a data race.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Access {
    /// It can.
    Plain,
    /// It is atomic.
    Atomic,
}

/// What a read-modify-write computes from the old value and its argument.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RmwOp {
    /// The argument.
    Swap,
    /// An operator applied to the old value and the argument.
    Fetch(BinaryOp),
}

/// How an operation behaves that may find its object not ready.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum WaitMode {
    /// Blocks.
    Wait,
    /// Gives `false` at once.
    Try,
    /// Blocks; as long as it is not ready it may give `false` at any moment.
    Timeout,
}

/// An operation on an object or handle.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SyncOp {
    /// Take a lock. With `Try` and `Timeout` the result is whether it was taken.
    Lock(WaitMode),
    /// Give a lock back.
    Unlock,
    /// Enter as a reader.
    Read(WaitMode),
    /// Leave as a reader.
    ReadUnlock,
    /// Enter as the writer.
    Write(WaitMode),
    /// Leave as the writer.
    WriteUnlock,
    /// From writer to reader without a gap.
    Downgrade,
    /// Take a permit.
    Acquire(WaitMode),
    /// Give back `arg` permits.
    Release,
    /// Give up the condition's lock, sleep, take it again. `Wait` or `Timeout`.
    CondWait(WaitMode),
    /// Wake up to `arg` waiters; which ones is a choice unless the condition is fifo.
    Notify,
    /// Wake all waiters.
    NotifyAll,
    /// Set an event.
    EventSet,
    /// Clear an event.
    EventClear,
    /// Wait for an event. `Wait` or `Timeout`.
    EventWait(WaitMode),
    /// Wait at a barrier; the result is the order of arrival, from 0. `Wait`, or
    /// `Timeout`: then it may break the barrier instead.
    BarrierWait(WaitMode),
    /// Break a barrier.
    BarrierAbort,
    /// Empty a barrier, and mend it; who waits at it gets an exception.
    BarrierReset,
    /// Count a latch down by one.
    CountDown,
    /// Wait until a latch is 0.
    LatchWait,
    /// Count a latch up by `arg`.
    LatchAdd,
    /// Begin `once`: waits while another runs it; the result is whether to run the block.
    OnceBegin,
    /// The block of `once` is done.
    OnceEnd,
    /// Mark a job of a channel as done.
    TaskDone,
    /// Wait until all jobs sent to a channel are done.
    ChanJoin,
    /// Close a channel.
    Close,
    /// Wait until an actor has ended. With `Timeout` the result is whether it has.
    Join(WaitMode),
    /// An executor takes no jobs any more.
    Shutdown,
    /// The same, and the jobs that nobody has begun are cancelled.
    ShutdownNow,
    /// Wait until all jobs of an executor are done.
    Drain,
}

/// A receive or send.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ChanOp {
    /// `args` are the element's words; `ok` is set for `Try` and `Timeout`.
    Send(WaitMode),
    /// Raises `Closed` when closed and empty, unless `ok` is given: then `ok` is
    /// false and the element 0. `ok` is always given for `Try` and `Timeout`.
    Recv(WaitMode),
}

/// One of the operations that a `select` waits for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arm {
    /// It sends; else it receives.
    pub send: bool,
    /// The channel's number.
    pub object: Expr,
    /// The element's words, for a send.
    pub args: Box<[Expr]>,
    /// What the words of an element are.
    pub kinds: Box<[ValueKind]>,
}

/// An operation on a future.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FutureOp {
    /// Wait for the job and give the words of its result, or raise what it raised.
    /// With `Timeout` it raises `TimedOut` as long as the job is not done.
    Result(WaitMode),
    /// The same with a time-out that also cancels: what nobody has begun never runs. A
    /// task that gave its loop back here may find its time up even though the job is done:
    /// its loop hears of that by and by.
    WaitFor,
    /// Wait for the job and give the name of what it raised, or this if nothing.
    Exception(NameId),
    /// Take the job out of the queue; gives whether it was still there.
    Cancel,
}

/// An operation of tasks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TaskOp {
    /// `io()`: done at any moment.
    Io,
    /// Wait for the end of the task and give what it returned, or raise what it raised.
    Result,
    /// Wait until all of the tasks have ended, or one has raised; give what they
    /// returned, one after the other.
    Gather,
    /// As `Result`, but as long as the task has not ended it may be asked to stop at any
    /// moment; once it has, `TimedOut` is raised instead of its `Cancelled`.
    WaitFor,
    /// Ask the task to stop; gives whether it had not ended yet.
    Cancel,
}

/// Where a spawned task runs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct OnLoop {
    /// The loop; `None`: that of the spawner, else the first.
    pub on: Option<LoopId>,
    /// It gives the loop back wherever it blocks, without `await`.
    pub green: bool,
}

/// Where a call or jump leads.
pub type Target = Pc;

/// One instruction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Instr {
    // Visible: each is a step.
    /// A step that does nothing: an actor that begins with something that can
    /// fail, or a named statement without a step of its own.
    Begin,
    /// The actor has done its work, and is about to end: only where the program can
    /// tell when. Of a worker: it has done a job.
    End,
    /// Read memory.
    Load(Reg, CellRef, Access),
    /// Write memory.
    Store(CellRef, Expr, Access),
    /// Read and write memory in one step; the register gets the old value.
    Rmw(Option<Reg>, CellRef, RmwOp, Expr),
    /// If memory holds the first, write the second; the register gets whether it did.
    CompareExchange(Option<Reg>, CellRef, Expr, Expr),
    /// An operation on the object (or actor, for `Join`) that the expression names.
    Sync {
        /// The operation.
        op: SyncOp,
        /// The object's or actor's number.
        object: Expr,
        /// Its argument, if it has one.
        arg: Option<Expr>,
        /// Its result, if it is wanted.
        dst: Option<Reg>,
    },
    /// A send or receive.
    Chan {
        /// The operation.
        op: ChanOp,
        /// The channel's number.
        object: Expr,
        /// The element's words, for a send.
        args: Box<[Expr]>,
        /// The first register of the element, for a receive whose value is wanted.
        dst: Option<Reg>,
        /// Words of an element: of `args`, or what is written from `dst` on.
        width: u16,
        /// Whether it succeeded.
        ok: Option<Reg>,
    },
    /// Any one of several sends and receives that is ready.
    Select {
        /// The operations.
        arms: Box<[Arm]>,
        /// What happens as long as none is ready.
        mode: WaitMode,
        /// The first of the registers that get the number of the arm (the number
        /// of arms if it gave up), whether a receive gave an element, and its words.
        result: Reg,
        /// Words of the widest element.
        width: u16,
    },
    /// An operation on a list or map.
    Collection {
        /// The operation.
        op: CollectionOp,
        /// Written `l[i]`: an access of that one entry as of plain memory, which can
        /// take part in a data race, and in CPython is no call.
        plain: bool,
        /// The number of the list or map.
        object: Expr,
        /// The words of its arguments.
        args: Box<[Expr]>,
        /// The first register of its result, if it is wanted.
        dst: Option<Reg>,
        /// Words of its result.
        width: u16,
    },
    /// The next round of a loop over a list, or over the keys of a map.
    NextEntry {
        /// The number of the list or map.
        object: Expr,
        /// The first of three registers: whether there was one more, its position
        /// (before the step: of the one to look at), and the size of a map in the
        /// first round.
        round: Reg,
        /// The first register of the entry or key.
        dst: Option<Reg>,
        /// Words of it.
        width: u16,
    },
    /// A question to an object, as a step.
    Ask(Reg, Query, Expr),
    /// A value from `from..to`, any of them. An empty range blocks for ever.
    Choose(Reg, Expr, Expr),
    /// Start an actor; the register gets its handle.
    Spawn {
        /// Handle.
        dst: Option<Reg>,
        /// What it runs.
        function: FunctionId,
        /// The words of its arguments.
        args: Box<[Expr]>,
        /// A name given by the author.
        name: Option<NameId>,
        /// Need not end.
        daemon: bool,
        /// It is a process of its own.
        process: bool,
        /// It is a task of an event loop; `None`: a thread.
        task: Option<OnLoop>,
    },
    /// An operation of tasks.
    Task {
        /// The operation.
        op: TaskOp,
        /// The numbers of the tasks it is about.
        tasks: Box<[Expr]>,
        /// The first register of its result, if it is wanted.
        dst: Option<Reg>,
        /// Words of its result.
        width: u16,
    },
    /// Put a job into an executor's queue; the register gets its future.
    Submit {
        /// The future.
        dst: Option<Reg>,
        /// The executor's number.
        executor: Expr,
        /// What the job runs.
        function: FunctionId,
        /// The words of its arguments.
        args: Box<[Expr]>,
    },
    /// An operation on the future that the expression names.
    Future {
        /// The operation.
        op: FutureOp,
        /// The future's number.
        future: Expr,
        /// The first register of what it gives, if that is wanted.
        dst: Option<Reg>,
        /// Words of what it gives.
        width: u16,
    },
    /// Wait for several futures.
    WaitJobs {
        /// Their numbers.
        futures: Box<[Expr]>,
        /// For all of them; else for one that `seen` does not name, any of those done.
        all: bool,
        /// The one that was done.
        dst: Option<Reg>,
        /// Positions of those that were given before, as bits; the new one is added.
        seen: Option<Reg>,
    },
    /// A worker takes the oldest job of its executor and calls the job's function.
    TakeJob {
        /// The executor.
        executor: ObjectId,
        /// Gets the future.
        future: Reg,
        /// The first register of the result.
        result: Reg,
        /// Words that any job of the program returns.
        width: u16,
    },
    /// What a worker's job gave becomes known.
    FinishJob {
        /// Holds the future.
        future: Reg,
        /// The first register of the result, or the exception.
        result: Reg,
        /// Words of the result; 1 for an exception.
        width: u16,
        /// It is an exception.
        failed: bool,
    },
    /// Wait until true; memory in it is read plainly, all at once.
    WaitUntil(Expr),
    /// Execute everything up to the matching `AtomicEnd` as one step.
    AtomicBegin(Target),
    /// Offers a switch.
    Yield,
    /// Takes time.
    Sleep,
    /// Marks progress.
    Progress,
    /// Observable output: a line. Where some `Print` has no items, that one ends the
    /// line, and all others only write to it.
    Print(Box<[(Expr, ValueKind)]>),

    // Local: they join the step before them.
    /// Compute into a register.
    Let(Reg, Expr),
    /// Remember an observed local's value.
    Observe(ObservedId, Expr),
    /// Go on there.
    Jump(Target),
    /// Go on there if false.
    Unless(Expr, Target),
    /// If false, the execution stops with a finding.
    Assert(Expr, Option<NameId>),
    /// Raise an exception.
    Raise(NameId),
    /// Raise again what a handler stored in the register.
    Reraise(Reg),
    /// Go on there unless the exception in the register has the name.
    UnlessCaught(Reg, NameId, Target),
    /// Call a function; its result's words go to consecutive registers.
    Call(FunctionId, Box<[Expr]>, Option<Reg>),
    /// Return from a function, or end the actor.
    Return(Box<[Expr]>),
    /// The end of an atomic block.
    AtomicEnd,
    /// The named step has happened.
    LabelDone(LabelId),
}

impl Instr {
    /// Whether executing it is a step of its own.
    pub fn is_visible(&self) -> bool {
        match self {
            Instr::Begin
            | Instr::End
            | Instr::Load(..)
            | Instr::Store(..)
            | Instr::Rmw(..)
            | Instr::CompareExchange(..)
            | Instr::Sync { .. }
            | Instr::Chan { .. }
            | Instr::Select { .. }
            | Instr::Collection { .. }
            | Instr::NextEntry { .. }
            | Instr::Ask(..)
            | Instr::Choose(..)
            | Instr::Spawn { .. }
            | Instr::Task { .. }
            | Instr::Submit { .. }
            | Instr::Future { .. }
            | Instr::WaitJobs { .. }
            | Instr::TakeJob { .. }
            | Instr::FinishJob { .. }
            | Instr::WaitUntil(..)
            | Instr::AtomicBegin(..)
            | Instr::Yield
            | Instr::Sleep
            | Instr::Progress
            | Instr::Print(..) => true,
            Instr::Let(..)
            | Instr::Observe(..)
            | Instr::Jump(..)
            | Instr::Unless(..)
            | Instr::Assert(..)
            | Instr::Raise(..)
            | Instr::Reraise(..)
            | Instr::UnlessCaught(..)
            | Instr::Call(..)
            | Instr::Return(..)
            | Instr::AtomicEnd
            | Instr::LabelDone(..) => false,
        }
    }

    /// Where it may go on other than at the next instruction.
    pub fn target(&self) -> Option<Target> {
        match self {
            Instr::AtomicBegin(target)
            | Instr::Jump(target)
            | Instr::Unless(_, target)
            | Instr::UnlessCaught(_, _, target) => Some(*target),
            _ => None,
        }
    }

    /// Whether an exception can come out of it. What cannot raise needs no
    /// handler, so the code of a handler that covers nothing else is left out.
    pub fn may_raise(&self) -> bool {
        matches!(
            self,
            Instr::Sync { .. }
                | Instr::Chan { .. }
                | Instr::Select { .. }
                | Instr::Collection { .. }
                | Instr::NextEntry { .. }
                | Instr::Task { .. }
                | Instr::Submit { .. }
                | Instr::Future { .. }
                | Instr::WaitJobs { .. }
                | Instr::TakeJob { .. }
                | Instr::Call(..)
                | Instr::Raise(..)
                | Instr::Reraise(..)
        )
    }

    /// Whether the next instruction in the code may be executed after it.
    pub fn falls_through(&self) -> bool {
        !matches!(
            self,
            Instr::Jump(..) | Instr::Raise(..) | Instr::Reraise(..) | Instr::Return(..)
        )
    }
}
