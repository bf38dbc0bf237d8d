//! The rules: codes, kinds, and the order in which findings are listed.

/// One kind of finding. Codes never change meaning.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Rule {
    /// Two accesses, one a write, one not atomic, can be next at the same time.
    Race,
    /// An update by someone else falls between a read and the write computed from it.
    LostUpdate,
    /// An access without the lock that the variable names.
    Unguarded,
    /// Actors wait for each other.
    Deadlock,
    /// An actor waits for what nobody left can do.
    Forsaken,
    /// An actor waits for itself.
    SelfDeadlock,
    /// All workers of an executor wait for jobs that only they could run.
    WorkersStarved,
    /// Locks are taken in both orders, but it cannot deadlock here.
    LockOrder,
    /// A failed `assert`.
    Assert,
    /// A failed `always`.
    Always,
    /// A failed `finally assert`.
    Finally,
    /// Other final values than `outcomes` says.
    Outcomes,
    /// A `sometimes` that never holds.
    Sometimes,
    /// Something that never comes in some fair run.
    Eventually,
    /// Something that never follows in some fair run.
    LeadsTo,
    /// Two steps in the wrong order.
    Order,
    /// A notify before the wait, and nobody notifies again.
    LostSignal,
    /// An actor waits for ever in a fair run in which others go on.
    Starvation,
    /// An actor waits for a change by looping.
    Spinning,
    /// A fair run in which actors go on for ever and none gets anywhere.
    Livelock,
    /// A blocking call stops the event loop while others of it could run.
    BlockedLoop,
    /// A spawned actor that nobody joins, or one cut off by the end of the main actor.
    Leak,
    /// An actor ended holding a lock.
    LockLeak,
    /// An actor died of an exception and nobody asks.
    Swallowed,
    /// A spawned task that nobody awaits.
    NeverAwaited,
    /// A semaphore ends with fewer permits than it began with.
    PermitLeak,
    /// A daemon was stopped while it held something.
    Killed,
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
    /// M006: counted below zero.
    CountedTooFar,
    /// M007: joined something that was never started.
    NotStarted,
    /// M008: blocked inside an atomic block, or it never ends.
    BlockedInAtomic,
    /// M009: submitted a job to an executor that was shut down.
    SubmittedAfterShutdown,
    /// M010: more actors at a barrier than it has places — warning.
    BarrierCrowded,
    /// Arithmetic overflow, or a value outside its declared range.
    Overflow,
    /// An index out of bounds.
    Bounds,
    /// Division by zero.
    DivisionByZero,
    /// W001: `sleep` where something should be waited for.
    SleepAsSignal,
    /// W002: a notify by an actor that does not hold the condition's lock.
    NotifyWithoutLock,
    /// W003: `if` around a wait.
    WaitInIf,
    /// W004: a statement that no interleaving reaches.
    NeverReached,
    /// W005: a property that cannot fail because it is never reached, or does not
    /// look at anything.
    CannotFail,
    /// W006: an operation that is tried again and again where one could wait.
    Polling,
    /// W007: a thread for each piece of work — warning.
    ThreadPerJob,
}

/// Error or warning.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// Makes a scenario fail unless it is expected.
    Error,
    /// Does not.
    Warning,
}

impl Rule {
    /// All rules.
    pub const ALL: [Rule; 47] = [
        Rule::Race,
        Rule::LostUpdate,
        Rule::Unguarded,
        Rule::Deadlock,
        Rule::Forsaken,
        Rule::SelfDeadlock,
        Rule::WorkersStarved,
        Rule::LockOrder,
        Rule::Assert,
        Rule::Always,
        Rule::Finally,
        Rule::Outcomes,
        Rule::Sometimes,
        Rule::Eventually,
        Rule::LeadsTo,
        Rule::Order,
        Rule::LostSignal,
        Rule::Starvation,
        Rule::Spinning,
        Rule::Livelock,
        Rule::BlockedLoop,
        Rule::Leak,
        Rule::LockLeak,
        Rule::Swallowed,
        Rule::NeverAwaited,
        Rule::PermitLeak,
        Rule::Killed,
        Rule::NotHeld,
        Rule::WaitWithoutLock,
        Rule::ReleasedPastBound,
        Rule::SendOnClosed,
        Rule::ClosedTwice,
        Rule::CountedTooFar,
        Rule::NotStarted,
        Rule::BlockedInAtomic,
        Rule::SubmittedAfterShutdown,
        Rule::BarrierCrowded,
        Rule::Overflow,
        Rule::Bounds,
        Rule::DivisionByZero,
        Rule::SleepAsSignal,
        Rule::NotifyWithoutLock,
        Rule::WaitInIf,
        Rule::NeverReached,
        Rule::CannotFail,
        Rule::Polling,
        Rule::ThreadPerJob,
    ];

    /// The code, such as `R001`.
    pub fn code(self) -> &'static str {
        self.row().0
    }

    /// What `expect` calls it, such as `race`.
    pub fn kind(self) -> &'static str {
        self.row().1
    }

    fn row(self) -> (&'static str, &'static str) {
        match self {
            Rule::Race => ("R001", "race"),
            Rule::LostUpdate => ("R002", "lost_update"),
            Rule::Unguarded => ("R003", "unguarded"),
            Rule::Deadlock => ("D001", "deadlock"),
            Rule::Forsaken => ("D002", "deadlock"),
            Rule::SelfDeadlock => ("D003", "deadlock"),
            Rule::WorkersStarved => ("D004", "deadlock"),
            Rule::LockOrder => ("L001", "lock_order"),
            Rule::Assert => ("A001", "assert"),
            Rule::Always => ("A002", "always"),
            Rule::Finally => ("A003", "finally"),
            Rule::Outcomes => ("A004", "outcomes"),
            Rule::Sometimes => ("A005", "sometimes"),
            Rule::Eventually => ("A006", "eventually"),
            Rule::LeadsTo => ("A007", "leads_to"),
            Rule::Order => ("A008", "order"),
            Rule::LostSignal => ("S001", "lost_signal"),
            Rule::Starvation => ("S002", "starvation"),
            Rule::Spinning => ("S003", "spinning"),
            Rule::Livelock => ("S004", "livelock"),
            Rule::BlockedLoop => ("S005", "blocked_loop"),
            Rule::Leak => ("K001", "leak"),
            Rule::LockLeak => ("K002", "lock_leak"),
            Rule::Swallowed => ("K003", "swallowed"),
            Rule::NeverAwaited => ("K004", "never_awaited"),
            Rule::PermitLeak => ("K005", "permit_leak"),
            Rule::Killed => ("K006", "killed"),
            Rule::NotHeld => ("M001", "misuse"),
            Rule::WaitWithoutLock => ("M002", "misuse"),
            Rule::ReleasedPastBound => ("M003", "misuse"),
            Rule::SendOnClosed => ("M004", "misuse"),
            Rule::ClosedTwice => ("M005", "misuse"),
            Rule::CountedTooFar => ("M006", "misuse"),
            Rule::NotStarted => ("M007", "misuse"),
            Rule::BlockedInAtomic => ("M008", "misuse"),
            Rule::SubmittedAfterShutdown => ("M009", "misuse"),
            Rule::BarrierCrowded => ("M010", "misuse"),
            Rule::Overflow => ("O001", "overflow"),
            Rule::Bounds => ("O002", "bounds"),
            Rule::DivisionByZero => ("O003", "div_zero"),
            Rule::SleepAsSignal => ("W001", "style"),
            Rule::NotifyWithoutLock => ("W002", "style"),
            Rule::WaitInIf => ("W003", "style"),
            Rule::NeverReached => ("W004", "style"),
            Rule::CannotFail => ("W005", "style"),
            Rule::Polling => ("W006", "style"),
            Rule::ThreadPerJob => ("W007", "style"),
        }
    }
}
