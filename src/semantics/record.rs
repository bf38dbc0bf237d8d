//! What a step tells whoever listens: events for traces, incidents for the
//! analyses, executed instructions for coverage.

use super::eval::ArithmeticFault;
use crate::program::{CellId, LabelId, NameId, ObjectId, Pc};
use serde::{Deserialize, Serialize};

/// Something visible that happened in a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// Who did it.
    pub actor: usize,
    /// With which instruction.
    pub pc: Pc,
    /// What.
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EventKind {
    /// A read of memory and the value it saw.
    Read(CellId, i64),
    /// A write of memory: the word, the value before, the value after.
    Write(CellId, i64, i64),
    /// A read-modify-write: the word, the value before, the value after.
    Update(CellId, i64, i64),
    /// A compare-exchange that found another value.
    CompareFailed(CellId, i64),
    /// An operation on an object went through; with its result if it has one.
    Did(ObjectId, Option<i64>),
    /// It began to sleep at an object.
    Sleeps(ObjectId),
    /// A wake-up, and who was woken; empty: nobody was waiting.
    Woke(ObjectId, Vec<usize>),
    /// A message went into, or came out of, a channel: its words.
    Message(ObjectId, Vec<i64>),
    /// An operation on a list or map went through: the words it gave, and its
    /// entries before and after, each the words of all of them in a row.
    Collection {
        /// The list or map.
        of: ObjectId,
        /// What the operation gave.
        gave: Vec<i64>,
        /// The entries before.
        before: Vec<i64>,
        /// The entries after.
        after: Vec<i64>,
    },
    /// A loop over a list or map got its next entry, or key: its words. `None`: there
    /// was none.
    Next(ObjectId, Option<Vec<i64>>),
    /// The channel was closed and empty, or nothing was there to receive.
    NoMessage(ObjectId),
    /// It gave its event loop back and waits.
    Suspended,
    /// What it waited for has come: it is ready, at the back of its loop's queue.
    Readied,
    /// It got the words that a task returned.
    Returned(usize, Vec<i64>),
    /// It asked a task to stop; whether that one had not ended.
    Stopped(usize, bool),
    /// An answer to a question.
    Asked(i64),
    /// A choice.
    Chose(i64),
    /// It started an actor.
    Spawned(usize),
    /// It waited for the end of an actor.
    Joined(usize),
    /// It gave up waiting for the end of an actor.
    LeftRunning(usize),
    /// It put a job into the queue of an executor: the job's future.
    Submitted(ObjectId, usize),
    /// A worker took the job with that future.
    Took(usize),
    /// The job with that future gave its result.
    Finished(usize),
    /// The job with that future raised.
    Failed(usize, Exception),
    /// It got the words of a future's result, or of a question to it.
    Got(usize, Vec<i64>),
    /// It gave up waiting for a future that is not done.
    GaveUp(usize),
    /// Its time was up before its loop knew that the future is done.
    TooLate(usize),
    /// All of several futures are done, or this one is.
    Gathered(Option<usize>),
    /// A `select` goes on with that arm; the number of arms if it gave up.
    Selected(usize),
    /// The words printed.
    Printed(Vec<i64>),
    /// A step without an effect on others.
    Passed,
    /// An exception left the instruction.
    Raised(Exception),
    /// The actor ended.
    Ended,
    /// The actor died of an exception.
    Died(Exception),
}

/// An exception on its way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Exception {
    /// Its name.
    pub name: NameId,
    /// The misuse that raised it, if it was the library.
    pub misuse: Option<Misuse>,
    /// Where it was raised first.
    pub pc: Pc,
}

/// An operation that its object forbids; the numbers are those of the codes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Misuse {
    /// M001: gave back what it does not hold.
    NotHeld,
    /// M002: waited on a condition without its lock.
    WaitWithoutLock,
    /// M003: released a semaphore past its bound.
    ReleasedPastBound,
    /// M004: sent on a closed channel.
    SendOnClosed,
    /// M005: closed a channel twice.
    ClosedTwice,
    /// M006: counted a latch, or the jobs of a channel, below zero.
    CountedTooFar,
    /// M007: joined something that was never started.
    NotStarted,
    /// M008: blocked, or ran without end, inside an atomic block.
    BlockedInAtomic,
    /// M009: submitted a job to an executor that was shut down.
    SubmittedAfterShutdown,
}

/// Why an execution stops in the middle of a step.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Fault {
    /// The guilty instruction.
    pub pc: Pc,
    /// What failed.
    pub kind: FaultKind,
}

/// What failed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum FaultKind {
    /// An assertion.
    Assert,
    /// Arithmetic.
    Arithmetic(ArithmeticFault),
    /// An atomic block that cannot go on, or does not end.
    Atomic,
}

/// A step that is suspicious in itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Incident {
    /// An actor ended, or died, holding a lock.
    EndedHolding(ObjectId, Pc),
    /// An actor died of an exception.
    Died(Exception),
    /// A notify by an actor that does not hold the condition's lock.
    NotifyWithoutLock(ObjectId, Pc),
    /// There are so many threads of this `spawn` at once that a pool would be better.
    Crowd(Pc),
    /// The second of two ordered steps began before the first was done.
    LabelBegun(LabelId, Pc),
    /// A named step is done.
    LabelDone(LabelId),
    /// A memory access inside an atomic block, or a read of `wait_until` that went through.
    Accessed {
        /// The word.
        cell: CellId,
        /// It is written.
        write: bool,
        /// Where.
        pc: Pc,
        /// The actor holds the variable's lock, if it has one.
        guarded: bool,
    },
}

/// Listens to a step. The default hears nothing and costs nothing.
pub trait Recorder {
    /// Whether [`Recorder::event`] wants to be called.
    const EVENTS: bool = false;

    /// Something visible happened.
    fn event(&mut self, _event: Event) {}

    /// Something suspicious happened.
    fn incident(&mut self, _actor: usize, _incident: Incident) {}

    /// An instruction was executed.
    fn executed(&mut self, _pc: Pc) {}
}

/// Hears nothing.
impl Recorder for () {}

/// Keeps what was suspicious, with the actor.
impl Recorder for Vec<(usize, Incident)> {
    fn incident(&mut self, actor: usize, incident: Incident) {
        self.push((actor, incident));
    }
}

/// Keeps the events.
impl Recorder for Vec<Event> {
    const EVENTS: bool = true;

    fn event(&mut self, event: Event) {
        self.push(event);
    }
}
