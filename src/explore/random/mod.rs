//! Sampling: many executions one after the other, nothing stored, for programs
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

use super::limits::{Bound, Limits, Watch};
use super::observer::{Taken, Visit};
use crate::semantics::{Capacity, Chooser, Incident, Machine, Recorder, State, Stop};
use crate::trace::Action;
use oorandom::{Rand32, Rand64};

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

/// Looks at every state and every step of the executions.
pub trait Watcher {
    /// A state, before its steps; `so_far` leads to it.
    fn visit(&mut self, visit: Visit<'_>, so_far: &[Action]);

    /// A step, the last of `so_far`.
    fn taken(&mut self, taken: Taken<'_>, so_far: &[Action]);

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
    state: &'a State,
    /// Ascending, not empty.
    enabled: &'a [usize],
}

trait Scheduler {
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

/// Hears only what the analyses ask for.
#[derive(Default)]
struct Incidents(Vec<(usize, Incident)>);

impl Recorder for Incidents {
    fn incident(&mut self, actor: usize, incident: Incident) {
        self.0.push((actor, incident));
    }
}

/// Runs executions until there were enough or the watcher has seen enough.
///
/// Cost: a step of the machine and a copy of the state for each step; the memory
/// of one execution.
///
/// # Errors
///
/// The capacity that the layout must have: begin again with it.
pub fn sample(
    machine: &Machine<'_>,
    sampling: Sampling,
    limits: &Limits,
    watcher: &mut dyn Watcher,
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
        state: initial.clone(),
        before: initial.clone(),
        enabled: Vec::new(),
        so_far: Vec::new(),
        heard: Incidents::default(),
        watch: Watch::new(limits),
        sample: NOTHING,
    };
    let mut scheduler = scheduler(sampling.scheduler);
    let mut seeds = Rand64::new(u128::from(sampling.seed));
    while run.sample.n_executions < sampling.executions {
        let mut random = Rand32::new(seeds.rand_u64());
        run.sample.n_executions += 1;
        run.state.copy_from(&initial);
        run.so_far.clear();
        scheduler.begin(&mut random);
        let ended = run.execute(&mut *scheduler, &mut random, watcher)?;
        let n_steps = u32::try_from(run.so_far.len()).unwrap_or(u32::MAX);
        scheduler.end(n_steps, machine.layout().n_actors(&run.before));
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

/// Executions under way.
struct Run<'m> {
    machine: &'m Machine<'m>,
    steps_max: u32,
    state: State,
    before: State,
    enabled: Vec<usize>,
    so_far: Vec<Action>,
    heard: Incidents,
    watch: Watch,
    sample: Sample,
}

impl Run<'_> {
    fn execute(
        &mut self,
        scheduler: &mut dyn Scheduler,
        random: &mut Rand32,
        watcher: &mut dyn Watcher,
    ) -> Result<Ended, Capacity> {
        let machine = self.machine;
        loop {
            self.enabled.clear();
            self.enabled.extend(machine.enabled(&self.state));
            self.before.copy_from(&self.state);
            let visit = Visit {
                machine,
                id: 0,
                along: None,
                depth: u32::try_from(self.so_far.len()).unwrap_or(u32::MAX),
                state: &self.state,
                enabled: &self.enabled,
                stands_for: 1,
            };
            watcher.visit(visit, &self.so_far);
            if watcher.is_done() {
                return Ok(Ended::Enough);
            }
            if self.enabled.is_empty() {
                return Ok(Ended::AtRest);
            }
            self.sample.bound = self.watch.tick();
            if visit.depth >= self.steps_max || self.sample.bound.is_some() {
                return Ok(Ended::Cut);
            }
            let here = Here {
                machine,
                state: &self.before,
                enabled: &self.enabled,
            };
            let actor = scheduler.pick(&here, random);
            if let Some(ended) = self.step(actor, random, watcher)? {
                return Ok(ended);
            }
        }
    }

    fn step(
        &mut self,
        actor: usize,
        random: &mut Rand32,
        watcher: &mut dyn Watcher,
    ) -> Result<Option<Ended>, Capacity> {
        // The number stands for a way by its remainder, whatever the choices are.
        let drawn = random.rand_u32();
        let mut chooser = Chooser::fixed(drawn);
        self.heard.0.clear();
        let (machine, heard) = (self.machine, &mut self.heard);
        let result = machine.step(&mut self.state, actor, &mut chooser, heard);
        let after = match result {
            Ok(()) => Ok(&self.state),
            Err(Stop::Fault(fault)) => Err(fault),
            Err(Stop::Grow(capacity)) => return Err(capacity),
            Err(Stop::Limit(limit, pc)) => {
                self.sample.bound = Some(Bound::Language(limit, pc));
                return Ok(Some(Ended::Cut));
            }
        };
        let n_ways = u32::try_from(chooser.n_ways()).expect("a step has a limit of ways");
        let way = drawn % n_ways;
        let action = Action { actor, way };
        self.so_far.push(action);
        self.sample.n_steps += 1;
        let taken = Taken {
            machine,
            from: 0,
            along: None,
            depth: u32::try_from(self.so_far.len() - 1).unwrap_or(u32::MAX),
            before: &self.before,
            action,
            fault: after.err(),
            incidents: &self.heard.0,
        };
        watcher.taken(taken, &self.so_far);
        Ok(if watcher.is_done() {
            Some(Ended::Enough)
        } else {
            after.is_err().then_some(Ended::AtRest)
        })
    }
}
