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
mod run;
mod shorten;
mod surw;
mod uniform;

pub use pct::Guarantee;
pub use shorten::fewer_switches;

use super::limits::{Bound, Limits};
use super::observer::{Observer, Taken, Visit};
use crate::semantics::{Capacity, Machine, State, Stop};
use crate::trace::Action;
use oorandom::{Rand32, Rand64};
use run::{Ended, Run};

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
    let mut run = Run::new(machine, limits, watcher.observer());
    let mut scheduler = scheduler(sampling.scheduler);
    let mut seeds = Rand64::new(u128::from(sampling.seed));
    while run.sample.n_executions < sampling.executions {
        let mut random = Rand32::new(seeds.rand_u64());
        run.sample.n_executions += 1;
        scheduler.begin(&mut random);
        run.begin(&initial, watcher);
        let ended = run.execute(&mut *scheduler, &mut random, watcher)?;
        let n_steps = run.depth();
        scheduler.end(n_steps, run.n_actors());
        run.sample.longest = run.sample.longest.max(n_steps);
        match ended {
            Ended::AtRest => run.sample.n_ended += 1,
            // What was stopped in the middle was not too long.
            Ended::Cut => run.sample.n_cut += u64::from(run.sample.bound.is_none()),
            Ended::Enough => break,
        }
        if run.sample.bound.is_some() {
            break;
        }
    }
    run.tell_ranges(watcher);
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
