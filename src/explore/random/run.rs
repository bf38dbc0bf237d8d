//! One execution after the other, each until it ends.
//!
//! What an actor is about to do, what a step changes and what a watcher has seen are
//! found out once for all states that agree on what was looked at, as in the search
//! ([`Worker`]). So a step is mostly a change of a few numbers.
//!
//! **Invariant:** what is not shown to the watcher would show it nothing new.

use super::{Here, NOTHING, STEPS_MAX, Sample, Scheduler, Watcher};
use crate::explore::contents::Contents;
use crate::explore::expand::Halt;
use crate::explore::limits::{Limits, Watch};
use crate::explore::observer::{Observer, Taken, Visit};
use crate::explore::worker::Worker;
use crate::semantics::{Capacity, Machine, State};
use crate::trace::Action;
use oorandom::Rand32;
use rustc_hash::FxHashSet;

/// Bytes of contents beyond which all that was found out is forgotten.
const BYTES_MAX: usize = 64 << 20;
/// Cells of answers beyond which they are forgotten.
const ROOM: usize = 1 << 22;
/// States without a step that are remembered.
const ENDS_MAX: usize = 1 << 16;
/// Steps between two looks at how much it is.
const LOOK: u64 = 1 << 14;
/// Moments after which what was noted is forgotten: they are counted in 32 bits.
const MOMENTS_MAX: u32 = 1 << 31;

/// How an execution ended.
pub(super) enum Ended {
    /// Nobody can go on, or a step failed.
    AtRest,
    /// It was cut off.
    Cut,
    /// The watcher has seen enough.
    Enough,
}

/// What was found out so far, and the state that an execution is in.
struct Known<'m, O: Observer> {
    contents: Contents,
    worker: Worker<'m, O>,
    /// States seen.
    moment: u32,
    /// States without a step that the watcher has seen, by the numbers of their parts.
    ends: FxHashSet<Box<[u32]>>,
}

impl<'m, O: Observer> Known<'m, O> {
    fn nothing(machine: &'m Machine<'m>, observer: &O) -> Self {
        let contents = Contents::new(machine.layout(), None);
        Self {
            worker: Worker::new(machine, None, &contents, observer, ROOM),
            contents,
            moment: 0,
            ends: FxHashSet::default(),
        }
    }

    /// Whether the watcher must see the state.
    fn shows(&mut self, observer: &O) -> bool {
        self.moment += 1;
        if !self.worker.enabled().is_empty() {
            let (worker, contents) = (&mut self.worker, &self.contents);
            return worker.is_worth_a_look(contents, self.moment, observer);
        }
        let numbers = self.worker.parts(&self.contents);
        let is_known = self.ends.contains(numbers);
        if !is_known && self.ends.len() < ENDS_MAX {
            self.ends.insert(numbers.into());
        }
        !is_known
    }

    fn state(&mut self) -> &State {
        self.worker.state(&self.contents)
    }

    fn is_too_much(&mut self) -> bool {
        self.contents.count_bytes();
        self.contents.bytes() > BYTES_MAX || self.moment > MOMENTS_MAX
    }
}

/// Executions under way.
pub(super) struct Run<'m, O: Observer> {
    machine: &'m Machine<'m>,
    steps_max: u32,
    known: Known<'m, O>,
    so_far: Vec<Action>,
    watch: Watch,
    pub sample: Sample,
}

impl<'m, O: Observer> Run<'m, O> {
    /// Nothing is known, and no execution was begun.
    pub fn new(machine: &'m Machine<'m>, limits: &Limits, observer: &O) -> Self {
        Self {
            machine,
            steps_max: limits.depth.unwrap_or(STEPS_MAX),
            known: Known::nothing(machine, observer),
            so_far: Vec::new(),
            watch: Watch::new(limits),
            sample: NOTHING,
        }
    }

    /// Begins an execution.
    pub fn begin(&mut self, initial: &State, watcher: &mut impl Watcher<Observer = O>) {
        self.so_far.clear();
        self.go_to(initial, watcher);
    }

    fn go_to(&mut self, state: &State, watcher: &mut impl Watcher<Observer = O>) {
        let Known {
            contents, worker, ..
        } = &mut self.known;
        worker.go_to(contents, state, watcher.observer());
    }

    /// Forgets what was found out if it is too much, but for the state that an execution is in.
    fn forget_some(&mut self, watcher: &mut impl Watcher<Observer = O>) {
        if self.known.is_too_much() {
            let here = self.known.state().clone();
            self.tell_ranges(watcher);
            self.known = Known::nothing(self.machine, watcher.observer());
            self.go_to(&here, watcher);
        }
    }

    /// Steps of the execution so far.
    pub fn depth(&self) -> u32 {
        u32::try_from(self.so_far.len()).unwrap_or(u32::MAX)
    }

    /// Actors in the state that it is in.
    pub fn n_actors(&mut self) -> usize {
        let layout = self.machine.layout();
        layout.n_actors(self.known.state())
    }

    /// Tells the watcher which values memory had.
    pub fn tell_ranges(&self, watcher: &mut impl Watcher<Observer = O>) {
        let n_cells = self.machine.program().cells.len();
        watcher.ranges(self.known.contents.ranges(n_cells));
    }

    /// Goes on with an execution until it ends.
    pub fn execute(
        &mut self,
        scheduler: &mut dyn Scheduler,
        random: &mut Rand32,
        watcher: &mut impl Watcher<Observer = O>,
    ) -> Result<Ended, Capacity> {
        loop {
            self.show(watcher);
            if watcher.is_done() {
                return Ok(Ended::Enough);
            }
            if self.known.worker.enabled().is_empty() {
                return Ok(Ended::AtRest);
            }
            self.sample.bound = self.watch.tick();
            if self.depth() >= self.steps_max || self.sample.bound.is_some() {
                return Ok(Ended::Cut);
            }
            let Known {
                contents, worker, ..
            } = &mut self.known;
            let actor = worker.pick(contents, scheduler.looks(), |state, enabled| {
                let here = Here {
                    machine: self.machine,
                    state,
                    enabled,
                };
                scheduler.pick(&here, random)
            });
            if let Some(ended) = self.step(actor, random, watcher)? {
                return Ok(ended);
            }
            if self.sample.n_steps.is_multiple_of(LOOK) {
                self.forget_some(watcher);
            }
        }
    }

    /// Shows the state to the watcher, unless that has seen all of it.
    fn show(&mut self, watcher: &mut impl Watcher<Observer = O>) {
        let depth = self.depth();
        let known = &mut self.known;
        if known.shows(watcher.observer()) {
            let (state, enabled) = known.worker.here(&known.contents);
            let visit = Visit {
                machine: self.machine,
                id: 0,
                along: None,
                depth,
                state,
                enabled,
                stands_for: 1,
            };
            watcher.visit(visit, &self.so_far);
        }
    }

    fn step(
        &mut self,
        actor: usize,
        random: &mut Rand32,
        watcher: &mut impl Watcher<Observer = O>,
    ) -> Result<Option<Ended>, Capacity> {
        let depth = self.depth();
        let Known {
            contents, worker, ..
        } = &mut self.known;
        let drawn = random.rand_u32();
        let step = match worker.choose_way(contents, (actor, drawn), watcher.observer()) {
            Ok(step) => step,
            Err(Halt::Grow(capacity)) => return Err(capacity),
            Err(Halt::Bound(bound)) => {
                self.sample.bound = Some(bound);
                return Ok(Some(Ended::Cut));
            }
        };
        let action = Action {
            actor,
            way: step.way,
        };
        self.so_far.push(action);
        self.sample.n_steps += 1;
        if step.is_special {
            let (before, fault, incidents) = worker.happens(contents, step);
            let taken = Taken {
                machine: self.machine,
                from: 0,
                along: None,
                depth,
                before,
                action,
                fault,
                incidents,
            };
            if fault.is_some() || !incidents.is_empty() {
                watcher.taken(taken, &self.so_far);
            }
            if watcher.is_done() {
                return Ok(Some(Ended::Enough));
            }
            if fault.is_some() {
                return Ok(Some(Ended::AtRest));
            }
        }
        worker.walk(contents, step, watcher.observer());
        Ok(None)
    }
}
