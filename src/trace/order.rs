//! Happens-before: which steps of an execution the synchronisation orders.
//!
//! Source: vector clocks (Mattern, "Virtual time and global states of distributed
//! systems", 1989), with the edges of locks, signals, messages and joins. The n-th
//! receive comes before the send that needs its place, as in the memory model of Go.
//!
//! **Invariant:** steps of one actor are ordered as they were taken, and if one step
//! is before another, it was taken earlier.
//!
//! **Deliberately absent:** which locks exclude each other in other executions.
//! That a lock happened to order two steps here is order, too.

use super::replay::{Execution, StepTaken};
use crate::program::{Instr, ObjectKind, Program, SyncOp};
use crate::semantics::{Event, EventKind};
use std::collections::BTreeMap;

type Clock = Vec<u32>;

/// The order of the steps of an execution.
#[derive(Clone, Debug)]
pub struct Order {
    /// For each step its actor, and the clock after it.
    steps: Vec<(usize, Clock)>,
}

impl Order {
    /// Reads the order off an execution.
    pub fn of(run: &Execution<'_>) -> Self {
        let mut clocks = Clocks::default();
        let program = run.machine.program();
        let steps = run.steps.iter().map(|step| {
            let actor = step.action.actor;
            clocks.step(program, step);
            (
                actor,
                clocks.actors.get(&actor).cloned().unwrap_or_default(),
            )
        });
        Self {
            steps: steps.collect(),
        }
    }

    /// Whether one step is ordered before another.
    pub fn is_before(&self, one: usize, other: usize) -> bool {
        let (actor, clock) = &self.steps[one];
        let (_, later) = &self.steps[other];
        one != other && at(clock, *actor) <= at(later, *actor) && one < other
    }
}

fn at(clock: &Clock, actor: usize) -> u32 {
    clock.get(actor).copied().unwrap_or(0)
}

fn join(into: &mut Clock, from: &Clock) {
    if into.len() < from.len() {
        into.resize(from.len(), 0);
    }
    for (mine, theirs) in into.iter_mut().zip(from) {
        *mine = (*mine).max(*theirs);
    }
}

/// What a clock belongs to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Place {
    /// What was released at an object.
    Object(usize),
    /// What readers released at a read-write lock.
    Readers(usize),
    /// An atomic word of memory.
    Cell(usize),
    /// A future.
    Future(usize),
}

#[derive(Default)]
struct Clocks {
    actors: BTreeMap<usize, Clock>,
    places: BTreeMap<Place, Clock>,
    /// For each channel the clocks of messages in it, and of all receives.
    sent: BTreeMap<usize, Vec<Clock>>,
    n_received: BTreeMap<usize, usize>,
    received: BTreeMap<usize, Vec<Clock>>,
}

impl Clocks {
    fn step(&mut self, program: &Program, step: &StepTaken) {
        let own = step.action.actor;
        let clock = self.actors.entry(own).or_default();
        if clock.len() <= own {
            clock.resize(own + 1, 0);
        }
        clock[own] += 1;
        for event in &step.events {
            self.event(program, event);
        }
    }

    fn acquire(&mut self, actor: usize, place: Place) {
        if let Some(clock) = self.places.get(&place) {
            join(self.actors.entry(actor).or_default(), clock);
        }
    }

    fn release(&mut self, actor: usize, place: Place) {
        if let Some(clock) = self.actors.get(&actor) {
            join(self.places.entry(place).or_default(), clock);
        }
    }

    fn follow(&mut self, actor: usize, other: usize) {
        if let Some(clock) = self.actors.get(&other).cloned() {
            join(self.actors.entry(actor).or_default(), &clock);
        }
    }

    fn event(&mut self, program: &Program, event: &Event) {
        let actor = event.actor;
        match &event.kind {
            EventKind::Read(cell, _)
            | EventKind::Write(cell, ..)
            | EventKind::Update(cell, ..)
            | EventKind::CompareFailed(cell, _) => {
                let var = program.cells[cell.index()].var;
                if program.vars[var.index()].atomic {
                    let place = Place::Cell(cell.index());
                    if !matches!(event.kind, EventKind::Write(..)) {
                        self.acquire(actor, place);
                    }
                    if !matches!(event.kind, EventKind::Read(..)) {
                        self.release(actor, place);
                    }
                }
            }
            EventKind::Did(id, _) | EventKind::Sleeps(id) | EventKind::NoMessage(id) => {
                let sleeps = matches!(event.kind, EventKind::Sleeps(_));
                self.operation(program, event, id.index(), sleeps);
            }
            EventKind::Woke(id, woken) => {
                self.release(actor, Place::Object(id.index()));
                for &sleeper in woken {
                    self.follow(sleeper, actor);
                }
            }
            EventKind::Message(id, _) => self.message(program, event, id.index()),
            EventKind::Spawned(other) => self.follow(*other, actor),
            EventKind::Joined(other) | EventKind::Returned(other, _) => {
                self.follow(actor, *other);
            }
            EventKind::Submitted(_, future)
            | EventKind::Finished(future)
            | EventKind::Failed(future, _) => self.release(actor, Place::Future(*future)),
            EventKind::Took(future) | EventKind::Got(future, _) => {
                self.acquire(actor, Place::Future(*future));
            }
            _ => {}
        }
    }

    fn operation(&mut self, program: &Program, event: &Event, id: usize, sleeps: bool) {
        let (object, readers) = (Place::Object(id), Place::Readers(id));
        let Some(Instr::Sync { op, .. }) = program.code.get(event.pc as usize) else {
            self.acquire(event.actor, object);
            return;
        };
        match op {
            SyncOp::Unlock
            | SyncOp::WriteUnlock
            | SyncOp::Downgrade
            | SyncOp::Release
            | SyncOp::CountDown
            | SyncOp::LatchAdd
            | SyncOp::EventSet
            | SyncOp::EventClear
            | SyncOp::OnceEnd
            | SyncOp::TaskDone
            | SyncOp::Close
            | SyncOp::Notify
            | SyncOp::NotifyAll
            | SyncOp::Shutdown
            | SyncOp::ShutdownNow
            | SyncOp::BarrierAbort => self.release(event.actor, object),
            SyncOp::ReadUnlock => self.release(event.actor, readers),
            SyncOp::Write(_) => {
                self.acquire(event.actor, object);
                self.acquire(event.actor, readers);
            }
            SyncOp::CondWait(_) => {
                let lock = match program.objects[id].kind {
                    ObjectKind::Cond { lock, .. } => Place::Object(lock.index()),
                    _ => object,
                };
                if sleeps {
                    self.release(event.actor, lock);
                } else {
                    self.acquire(event.actor, lock);
                }
            }
            SyncOp::BarrierWait(_) => {
                self.acquire(event.actor, object);
                self.release(event.actor, object);
            }
            _ => self.acquire(event.actor, object),
        }
    }

    fn message(&mut self, program: &Program, event: &Event, id: usize) {
        let actor = event.actor;
        let sends = match program.code.get(event.pc as usize) {
            Some(Instr::Chan { op, .. }) => matches!(op, crate::program::ChanOp::Send(_)),
            // Of a `select` it is not known; what it does orders both ways.
            _ => {
                self.acquire(actor, Place::Object(id));
                self.release(actor, Place::Object(id));
                return;
            }
        };
        self.acquire(actor, Place::Object(id));
        if sends {
            let n = self.sent.entry(id).or_default().len();
            let capacity = match program.objects[id].kind {
                ObjectKind::Chan { capacity, .. } => capacity,
                _ => None,
            };
            let frees = capacity.and_then(|capacity| n.checked_sub(capacity as usize));
            let freed = frees.and_then(|at| self.received.get(&id)?.get(at).cloned());
            if let Some(clock) = freed {
                join(self.actors.entry(actor).or_default(), &clock);
            }
            let clock = self.actors.get(&actor).cloned().unwrap_or_default();
            self.sent.entry(id).or_default().push(clock);
        } else {
            let at = self.n_received.entry(id).or_default();
            let sent = self.sent.get(&id).and_then(|it| it.get(*at).cloned());
            *at += 1;
            if let Some(clock) = sent {
                join(self.actors.entry(actor).or_default(), &clock);
            }
            let clock = self.actors.get(&actor).cloned().unwrap_or_default();
            self.received.entry(id).or_default().push(clock);
        }
    }
}
