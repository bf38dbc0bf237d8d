//! One bug with its evidence, as plain data.

use super::footprint::Touch;
use super::key::Key;
use super::liveness::Lasso;
use super::lock_order::Circle;
use super::rule::{Level, Rule};
use super::rules::sleeps::Nap;
use super::rules::updates::LostUpdate;
use super::waits::Wait;
use crate::base::Span;
use crate::program::{ObjectId, Pc};
use crate::semantics::Exception;
use crate::trace::{Execution, Schedule};

/// One bug.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Its kind.
    pub rule: Rule,
    /// Error or warning.
    pub level: Level,
    /// What makes it the same bug; `None` if no state or step shows it.
    pub key: Option<Key>,
    /// Declared names of what it is about: variables, locks, ….
    pub subjects: Vec<String>,
    /// Names of the actors that take part, in the schedule's execution.
    pub actors: Vec<String>,
    /// The declared or function names of those actors, in the same order.
    pub declared: Vec<String>,
    /// The shortest schedule that shows it.
    pub schedule: Option<Schedule>,
    /// What proves it.
    pub evidence: Evidence,
}

/// What proves a finding. Actors are numbers in the schedule's execution; what
/// is said about a state is about the last state of that execution.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Evidence {
    /// Two next accesses of the last state.
    Race(Touch, Touch),
    /// A next write of the last state, and what it does not know of.
    LostUpdate(LostUpdate),
    /// A next access of the last state, and the lock it should hold.
    Unguarded(Touch, ObjectId),
    /// Actors that can never run again.
    Blocked(Blocked),
    /// A circle of lock orders that is no deadlock.
    LockOrder(Circle),
    /// The last step's actor failed at the instruction.
    Fault(usize, Pc),
    /// The property with that number is false in the last state.
    Property(usize),
    /// The property cannot be evaluated in the last state.
    PropertyFault(usize),
    /// The second of two ordered steps begins with the last step, by that actor.
    Order(usize, usize),
    /// Final values that `outcomes` (its number) does not name.
    UnexpectedOutcome(usize, Vec<i64>),
    /// Final values that `outcomes` (its number) names and no run has.
    MissingOutcome(usize, Vec<i64>),
    /// The `sometimes` with that number holds in no state.
    NeverHolds(usize),
    /// That actor was spawned there and never joined.
    NotJoined(usize, Pc),
    /// That task was spawned there and never awaited.
    NeverAwaited(usize, Pc),
    /// That task died, and nobody took its exception.
    TaskDied(usize, Exception),
    /// That task blocks the loop at the instruction, while those are ready.
    BlockedLoop(usize, Pc, Vec<usize>),
    /// That actor was still running when the program ended.
    CutOff(usize),
    /// That daemon held something when the program ended.
    Killed(usize),
    /// That daemon could go on, and come to an end of its own, when the program ended.
    Unfinished(usize),
    /// That actor ended with the last step, holding the lock.
    LockLeak(usize, ObjectId),
    /// That actor died with the last step.
    Died(usize, Exception),
    /// The job with that future failed, and nobody asked.
    JobFailed(usize, Exception),
    /// The job with that future was not done when the program ended.
    JobLost(usize),
    /// The semaphore has that many permits less than at the beginning.
    PermitLeak(ObjectId, i64),
    /// At the barrier are these actors: asleep, and with their wait as next step.
    BarrierCrowded(ObjectId, Vec<usize>, Vec<usize>),
    /// The actor of the last step notifies there.
    NotifyWithoutLock(usize, Pc),
    /// The actor of the last step starts there one more thread than is wise.
    ThreadPerJob(usize, Pc),
    /// That actor has slept, and is about to read what these may still write.
    SleptInVain(usize, Nap, Vec<usize>),
    /// An operation that is tried again and again in a loop that does nothing else.
    Polls(Pc),
    /// A wait whose condition is tested with `if`: the wait, the test.
    WaitInIf(Span, Span),
    /// A statement.
    NeverReached(Span),
    /// A property or assertion, with the reason.
    CannotFail(Span, Vacuity),
    /// The `eventually` with that number is false all along the run.
    Never(usize, Lasso),
    /// In the `leads_to` with that number, the first is true after so many steps,
    /// and from there on the second is false all along the run.
    NeverFollows(usize, usize, Lasso),
    /// That actor stands at the instruction and never moves in the loop.
    Starves(usize, Pc, Lasso),
    /// That actor goes round, and the instruction is its first look at what does
    /// not change.
    Spins(usize, Pc, Lasso),
    /// All who move go round for ever, and nobody gets anywhere.
    Livelock(Lasso),
}

/// The declared name of an actor, or the name of the function it was spawned with.
pub(super) fn declared_name(execution: &Execution<'_>, actor: usize) -> String {
    let program = execution.machine.program();
    if let Some(declared) = program.actors.get(actor) {
        return declared.declared.clone();
    }
    let layout = execution.machine.layout();
    let name = layout.actor_name(program, execution.last(), actor);
    name.split('#').next().unwrap_or(&name).to_owned()
}

impl Finding {
    /// Where the part of the schedule begins that is repeated for ever, as an
    /// index into its steps.
    pub fn loop_from(&self) -> Option<usize> {
        let lasso = self.evidence.lasso()?;
        let n = self.schedule.as_ref()?.0.len();
        (lasso.loop_from < n).then_some(lasso.loop_from)
    }
}

impl Evidence {
    /// The infinite run it is about, if it is about one.
    pub fn lasso(&self) -> Option<&Lasso> {
        match self {
            Evidence::Never(_, lasso)
            | Evidence::NeverFollows(_, _, lasso)
            | Evidence::Starves(_, _, lasso)
            | Evidence::Spins(_, _, lasso)
            | Evidence::Livelock(lasso) => Some(lasso),
            _ => None,
        }
    }
}

/// Actors that can never run again, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Blocked {
    /// The actors of the circle or knot, or those whom nobody can help.
    pub cause: Vec<usize>,
    /// Everybody who is blocked for ever, with what they wait for; the cause first.
    pub waits: Vec<Wait>,
    /// Others can still run.
    pub partial: bool,
    /// All of the cause wait for holders: locks, or ends of actors.
    pub by_holders: bool,
}

/// Why a property cannot fail.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Vacuity {
    /// No interleaving reaches it.
    NeverReached,
    /// It does not look at anything that changes.
    Constant,
    /// It is true whatever the values it looks at.
    AlwaysTrue,
    /// No run reaches a final state.
    NoFinalState,
}
