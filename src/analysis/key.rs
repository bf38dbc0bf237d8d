//! What makes two sightings the same bug: its kind and its places in the text,
//! not the actors, not the schedule.

use crate::base::Span;
use crate::program::{NameId, ObjectId, VarId};
use crate::semantics::{FaultKind, Misuse};
use serde::{Deserialize, Serialize};

/// The identity of a bug that a state or a step shows.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Key {
    /// Two places that race on a variable; the first is not behind the second.
    Race(VarId, Span, Span),
    /// A read, and a write computed from it that wipes out somebody else's.
    LostUpdate(VarId, Span, Span),
    /// An access without the variable's lock.
    Unguarded(VarId, Span),
    /// Places of actors that wait for each other, all for all; ascending.
    Circle(Vec<Span>),
    /// The same with waits that any of several could end.
    Knot(Vec<Span>),
    /// A place where an actor waits for what nobody left can do.
    Forsaken(Span),
    /// The same, and the signal came before the wait.
    LostSignal(Span, ObjectId),
    /// A `sleep`, and the read behind it that comes too early all the same.
    SleepAsSignal(VarId, Span, Span),
    /// A failed assertion, or arithmetic that cannot go on.
    Fault(Span, FaultKind),
    /// An `always` that is false: its number among the properties.
    Always(usize),
    /// A `finally assert` that is false.
    Finally(usize),
    /// The second of two ordered steps came without the first.
    Order(usize),
    /// A property whose evaluation fails.
    PropertyFault(usize),
    /// An actor ended holding a lock; the lock's first element, for an array.
    LockLeak(ObjectId, Span),
    /// An actor died of an exception.
    Died(Span, NameId, Option<Misuse>),
    /// A spawned actor that nobody joined, by the place of the spawn; whether its
    /// spawner had ended before it.
    Leak(Span, bool),
    /// A spawned task that nobody awaited, by the place of the spawn.
    NeverAwaited(Span),
    /// A task that died of an exception that nobody took.
    TaskDied(Span, NameId, Option<Misuse>),
    /// A place where a task stops its event loop.
    BlockedLoop(Span),
    /// An actor cut off by the end of the main actor.
    CutOff(Span),
    /// A daemon stopped while it held something.
    Killed(Span),
    /// A daemon stopped before the end that its code comes to.
    Unfinished(Span),
    /// A job that failed, and nobody asked its future.
    JobFailed(Span, NameId, Option<Misuse>),
    /// A job that was not done when the main actor ended, by the place of its `submit`.
    JobLost(Span),
    /// A semaphore with fewer permits at the end.
    PermitLeak(ObjectId),
    /// A barrier with more actors at it than it has places; an array's first.
    BarrierCrowded(ObjectId),
    /// A notify without the lock.
    NotifyWithoutLock(Span),
    /// A `spawn` of which many threads run at once.
    ThreadPerJob(Span),
    /// An `eventually` that some fair run does not keep: its number.
    Eventually(usize),
    /// A `leads_to` that some fair run does not keep.
    LeadsTo(usize),
    /// A place where an actor waits for ever while others go on.
    Starvation(Span),
    /// A place where an actor looks again and again for a change.
    Spinning(Span),
    /// Declarations of actors that go on for ever without getting anywhere; ascending.
    Livelock(Vec<Span>),
}
