//! Sampling: many executions one after the other, no state stored, for programs
//! that are too big to exhaust.
//!
//! Every execution begins in the first state and ends where nobody can go on,
//! where a step fails, or where it is cut off as too long. A scheduler says who
//! is next; everything else is the machine's, so a sampled execution is one that
//! the search would have met, too. Each execution has random numbers of its own,
//! and all of them follow from the seed: the same executions in the same order.
//!
//! **Invariant:** the schedule shown to the [`Watcher`] is the execution so far,
//! and can be replayed.
//!
//! **Deliberately absent:** any claim about executions that were not run.

mod next;
mod pause;
mod pct;
mod pos;
mod shorten;
mod surw;
mod uniform;

pub use pct::Guarantee;
pub use shorten::fewer_switches;

use super::contents::Contents;
use super::expand::Halt;
use super::limits::{Bound, Limits, Watch};
use super::observer::{Observer, Taken, Visit};
use super::worker::Worker;
use crate::semantics::{Capacity, Machine, State, Stop};
use crate::trace::Action;
use oorandom::{Rand32, Rand64};
use rustc_hash::FxHashSet;

/// Steps after which an execution is cut off, if no other number is given.
pub const STEPS_MAX: u32 = 10_000;

/// What to sample.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sampling {
    /// How many executions.
    pub executions: u64,
    /// What they are drawn with.
    pub seed: u64,
    /// Who is next.
    pub scheduler: Strategy,
}

/// How a scheduler chooses who is next.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Strategy {
    /// Anybody who can go on, each as likely as any other.
    #[default]
    Uniform,
    /// Random priorities, changed at `depth - 1` random steps.
    Pct {
        /// How many steps must come in a certain order for the bug: at least 1.
        depth: u32,
    },
    /// A random priority for every next step, drawn anew when another raced with it.
    Pos,
    /// Every order of the accesses to one shared thing as likely as any other.
    Surw,
    /// Who holds something and would take more, or would give it back, waits for others.
    Pause,
}

impl Strategy {
    /// The word of the option `--scheduler`.
    pub fn name(self) -> &'static str {
        match self {
            Strategy::Uniform => "uniform",
            Strategy::Pct { .. } => "pct",
            Strategy::Pos => "pos",
            Strategy::Surw => "surw",
            Strategy::Pause => "pause",
        }
    }
}

/// Looks at the executions.
pub trait Watcher {
    /// Who says which states it must see; see [`Observer::glance`].
    type Observer: Observer;

    /// Who says that.
    fn observer(&self) -> &Self::Observer;

    /// A state, before its steps; `so_far` leads to it. Of the states that show nothing
    /// new, it may be shown some and not others.
    fn visit(&mut self, visit: Visit<'_>, so_far: &[Action]);

    /// A step in which something suspicious happened, or the execution stopped; the last
    /// of `so_far`.
    fn taken(&mut self, taken: Taken<'_>, so_far: &[Action]);

    /// The smallest and largest value of each word of memory in all those executions.
    fn ranges(&mut self, ranges: Vec<Option<(i64, i64)>>);

    /// Whether it has seen enough.
    fn is_done(&self) -> bool;
}

/// What was sampled.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Sample {
    /// Executions begun.
    pub n_executions: u64,
    /// Steps of all of them.
    pub n_steps: u64,
    /// Executions that were cut off as too long.
    pub n_cut: u64,
    /// Executions that came to an end by themselves.
    pub n_ended: u64,
    /// Steps of the longest.
    pub longest: u32,
    /// What stopped the sampling before its last execution; nothing if the watcher
    /// had seen enough.
    pub bound: Option<Bound>,
    /// What the scheduler promises, if it promises anything.
    pub guarantee: Option<Guarantee>,
}

/// What a scheduler sees when it chooses.
struct Here<'a> {
    machine: &'a Machine<'a>,
    /// Nothing is said of it to a scheduler that does not look.
    state: &'a State,
    /// Ascending, not empty.
    enabled: &'a [usize],
}

trait Scheduler {
    /// Whether it looks at states.
    fn looks(&self) -> bool {
        true
    }

    /// A new execution begins.
    fn begin(&mut self, random: &mut Rand32);

    /// One of those that can go on.
    fn pick(&mut self, here: &Here<'_>, random: &mut Rand32) -> usize;

    /// The execution has ended after so many steps, in a state with so many actors.
    fn end(&mut self, _n_steps: u32, _n_actors: usize) {}

    /// What it promises.
    fn guarantee(&self) -> Option<Guarantee> {
        None
    }
}

fn scheduler(strategy: Strategy) -> Box<dyn Scheduler> {
    match strategy {
        Strategy::Uniform => Box::new(uniform::Uniform),
        Strategy::Pct { depth } => Box::new(pct::Pct::new(depth)),
        Strategy::Pos => Box::new(pos::Pos::default()),
        Strategy::Surw => Box::new(surw::Surw::default()),
        Strategy::Pause => Box::new(pause::Pause::default()),
    }
}

/// A number below `n`, which is not 0.
fn below(random: &mut Rand32, n: usize) -> usize {
    let n = u32::try_from(n).unwrap_or(u32::MAX);
    random.rand_range(0..n) as usize
}

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

/// Runs executions until there were enough or the watcher has seen enough.
///
/// Cost: a look at each part of a state for each actor, since what was found out is used
/// again; a step of the machine where something is new. Some tens of megabytes.
///
/// # Errors
///
/// The capacity that the layout must have: begin again with it.
pub fn sample<W: Watcher>(
    machine: &Machine<'_>,
    sampling: Sampling,
    limits: &Limits,
    watcher: &mut W,
) -> Result<Sample, Capacity> {
    let initial = match machine.initial(&mut ()) {
        Ok(state) => state,
        Err(Stop::Grow(capacity)) => return Err(capacity),
        Err(Stop::Fault(_)) => unreachable!("an actor that can fail begins with a step"),
        Err(Stop::Limit(limit, pc)) => {
            let bound = Some(Bound::Language(limit, pc));
            return Ok(Sample { bound, ..NOTHING });
        }
    };
    let mut run = Run {
        machine,
        steps_max: limits.depth.unwrap_or(STEPS_MAX),
        known: Known::nothing(machine, watcher.observer()),
        so_far: Vec::new(),
        watch: Watch::new(limits),
        sample: NOTHING,
    };
    let mut scheduler = scheduler(sampling.scheduler);
    let mut seeds = Rand64::new(u128::from(sampling.seed));
    while run.sample.n_executions < sampling.executions {
        let mut random = Rand32::new(seeds.rand_u64());
        run.sample.n_executions += 1;
        run.so_far.clear();
        scheduler.begin(&mut random);
        run.begin(&initial, watcher);
        let ended = run.execute(&mut *scheduler, &mut random, watcher)?;
        let n_steps = u32::try_from(run.so_far.len()).unwrap_or(u32::MAX);
        scheduler.end(n_steps, machine.layout().n_actors(run.known.state()));
        run.sample.longest = run.sample.longest.max(n_steps);
        match ended {
            Ended::AtRest => run.sample.n_ended += 1,
            Ended::Cut => run.sample.n_cut += 1,
            Ended::Enough => break,
        }
        if run.sample.bound.is_some() {
            break;
        }
    }
    run.known.tell_ranges(watcher);
    run.sample.guarantee = scheduler.guarantee();
    Ok(run.sample)
}

const NOTHING: Sample = Sample {
    n_executions: 0,
    n_steps: 0,
    n_cut: 0,
    n_ended: 0,
    longest: 0,
    bound: None,
    guarantee: None,
};

/// How an execution ended.
enum Ended {
    /// Nobody can go on, or a step failed.
    AtRest,
    /// It was cut off.
    Cut,
    /// The watcher has seen enough.
    Enough,
}

/// What was found out so far, and the state that an execution is in.
struct Known<'m, O: Observer> {
    machine: &'m Machine<'m>,
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
            machine,
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
            return self.worker.shows(&self.contents, self.moment, observer);
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

    fn tell_ranges(&self, watcher: &mut impl Watcher<Observer = O>) {
        let n_cells = self.machine.program().cells.len();
        watcher.ranges(self.contents.ranges(n_cells));
    }
}

/// Executions under way.
struct Run<'m, O: Observer> {
    machine: &'m Machine<'m>,
    steps_max: u32,
    known: Known<'m, O>,
    so_far: Vec<Action>,
    watch: Watch,
    sample: Sample,
}

impl<O: Observer> Run<'_, O> {
    /// Begins an execution in that state, or goes on with one.
    fn begin(&mut self, state: &State, watcher: &mut impl Watcher<Observer = O>) {
        let Known {
            contents, worker, ..
        } = &mut self.known;
        worker.go_to(contents, state, watcher.observer());
    }

    /// Forgets what was found out if it is too much, but for the state that an execution is in.
    fn forget_some(&mut self, watcher: &mut impl Watcher<Observer = O>) {
        if self.known.is_too_much() {
            let here = self.known.state().clone();
            self.known.tell_ranges(watcher);
            self.known = Known::nothing(self.machine, watcher.observer());
            self.begin(&here, watcher);
        }
    }

    fn depth(&self) -> u32 {
        u32::try_from(self.so_far.len()).unwrap_or(u32::MAX)
    }

    fn execute(
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
