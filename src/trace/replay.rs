//! Replay: a schedule becomes the execution it stands for, with everything that
//! happened in it.

use super::schedule::{Action, Schedule};
use crate::program::{Pc, Program};
use crate::semantics::{
    Capacity, Chooser, Event, EventKind, Exception, Fault, Incident, Limit, Machine, Recorder,
    State, Stop,
};
use std::fmt;

/// One step of an execution.
#[derive(Clone, Debug)]
pub struct StepTaken {
    /// Who, and which way.
    pub action: Action,
    /// The visible instruction.
    pub pc: Pc,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// What was suspicious.
    pub incidents: Vec<(usize, Incident)>,
    /// The state after it; `None` if the execution stopped in it.
    pub after: Option<State>,
}

impl StepTaken {
    /// The arm that a `select` went on with; the number of arms if it gave up.
    pub fn selected(&self) -> Option<usize> {
        self.events.iter().find_map(|event| match event.kind {
            EventKind::Selected(arm) => Some(arm),
            _ => None,
        })
    }
}

/// An execution that was run again.
#[derive(Clone, Debug)]
pub struct Execution<'p> {
    /// The machine whose layout its states have.
    pub machine: Machine<'p>,
    /// The first state.
    pub initial: State,
    /// The steps.
    pub steps: Vec<StepTaken>,
    /// The finding that stopped it.
    pub fault: Option<Fault>,
}

impl Execution<'_> {
    /// The last state it reached.
    pub fn last(&self) -> &State {
        let after = self.steps.iter().rev().find_map(|step| step.after.as_ref());
        after.unwrap_or(&self.initial)
    }

    /// The state before a step.
    pub fn before(&self, step: usize) -> &State {
        let earlier = self.steps[..step].iter().rev();
        let mut after = earlier.filter_map(|step| step.after.as_ref());
        after.next().unwrap_or(&self.initial)
    }

    /// The names of all actors, as the last state tells them.
    pub fn actor_names(&self) -> Vec<String> {
        self.actor_names_in(self.last())
    }

    /// The names of all actors, as a state at the end tells them. A worker that
    /// took one job in the execution is shown with it: `p#1: f`.
    pub fn actor_names_in(&self, state: &State) -> Vec<String> {
        let (layout, program) = (self.machine.layout(), self.machine.program());
        let name = |actor| {
            let own = layout.actor_name(program, state, actor);
            match self.jobs_of(actor).as_slice() {
                [only] => format!("{own}: {}", layout.job_name(program, state, *only)),
                _ => own,
            }
        };
        (0..layout.n_actors(state)).map(name).collect()
    }

    /// The jobs that an actor took, in order.
    fn jobs_of(&self, actor: usize) -> Vec<usize> {
        self.taken()
            .filter(|&(worker, _)| worker == actor)
            .map(|(_, job)| job)
            .collect()
    }

    /// The worker that took a job.
    pub fn worker_of(&self, job: usize) -> Option<usize> {
        let mut taken = self.taken();
        taken
            .find(|&(_, taken)| taken == job)
            .map(|(worker, _)| worker)
    }

    fn taken(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let events = self.steps.iter().flat_map(|step| &step.events);
        events.filter_map(|event| match event.kind {
            EventKind::Took(job) => Some((event.actor, job)),
            _ => None,
        })
    }

    /// The exceptions that ended an actor, with the actor.
    pub fn deaths(&self) -> impl Iterator<Item = (usize, Exception)> + '_ {
        let incidents = self.steps.iter().flat_map(|step| &step.incidents);
        incidents.filter_map(|&(actor, incident)| match incident {
            Incident::Died(exception) => Some((actor, exception)),
            _ => None,
        })
    }
}

/// Why a schedule is no execution of the program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotReplayable {
    /// There is no actor with that number at that step.
    NoSuchActor(usize, Action),
    /// The actor cannot take a step there.
    NotEnabled(usize, Action),
    /// The step has fewer ways.
    NoSuchWay(usize, Action),
    /// The execution had already stopped.
    Stopped(usize),
    /// The step goes past a limit of the language.
    Limit(usize, Limit),
}

impl fmt::Display for NotReplayable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchActor(step, action) => {
                write!(f, "step {}: there is no actor {}", step + 1, action.actor)
            }
            Self::NotEnabled(step, action) => {
                write!(
                    f,
                    "step {}: actor {} cannot run there",
                    step + 1,
                    action.actor
                )
            }
            Self::NoSuchWay(step, action) => {
                write!(f, "step {}: there is no way {}", step + 1, action.way)
            }
            Self::Stopped(step) => {
                write!(f, "step {}: the execution has already stopped", step + 1)
            }
            Self::Limit(step, _) => write!(f, "step {} goes past a limit", step + 1),
        }
    }
}

impl std::error::Error for NotReplayable {}

#[derive(Default)]
struct Everything {
    events: Vec<Event>,
    incidents: Vec<(usize, Incident)>,
}

impl Recorder for Everything {
    const EVENTS: bool = true;

    fn event(&mut self, event: Event) {
        self.events.push(event);
    }

    fn incident(&mut self, actor: usize, incident: Incident) {
        self.incidents.push((actor, incident));
    }
}

/// Runs a schedule.
///
/// Cost: one step of the machine for each step of the schedule, and a copy of
/// the state after it.
///
/// # Errors
///
/// [`NotReplayable`] says at which step the program cannot follow.
pub fn replay<'p>(
    program: &'p Program,
    schedule: &Schedule,
) -> Result<Execution<'p>, NotReplayable> {
    replay_with(program, schedule, Capacity::initial(program))
}

/// Runs a schedule with room for at least so much: a question to a state about
/// what comes next may need more room than the run to it.
///
/// # Errors
///
/// As [`replay`].
pub fn replay_with<'p>(
    program: &'p Program,
    schedule: &Schedule,
    mut capacity: Capacity,
) -> Result<Execution<'p>, NotReplayable> {
    loop {
        match replay_within(program, schedule, capacity) {
            Ok(execution) => return execution,
            Err(more) => capacity = more,
        }
    }
}

type Replayed<'p> = Result<Execution<'p>, NotReplayable>;

fn replay_within<'p>(
    program: &'p Program,
    schedule: &Schedule,
    capacity: Capacity,
) -> Result<Replayed<'p>, Capacity> {
    let machine = Machine::new(program, capacity.with_every_job());
    let initial = match machine.initial(&mut ()) {
        Ok(state) => state,
        Err(Stop::Grow(more)) => return Err(more),
        Err(Stop::Fault(_) | Stop::Limit(..)) => return Ok(Err(NotReplayable::Stopped(0))),
    };
    let mut execution = Execution {
        machine,
        initial,
        steps: Vec::new(),
        fault: None,
    };
    for (index, &action) in schedule.0.iter().enumerate() {
        if execution.fault.is_some() {
            return Ok(Err(NotReplayable::Stopped(index)));
        }
        if let Err(reason) = take(&mut execution, index, action)? {
            return Ok(Err(reason));
        }
    }
    Ok(Ok(execution))
}

fn take(
    execution: &mut Execution,
    index: usize,
    action: Action,
) -> Result<Result<(), NotReplayable>, Capacity> {
    let machine = &execution.machine;
    let mut state = execution.last().clone();
    if action.actor >= machine.layout().n_actors(&state) {
        return Ok(Err(NotReplayable::NoSuchActor(index, action)));
    }
    if !machine.enabled(&state).any(|actor| actor == action.actor) {
        return Ok(Err(NotReplayable::NotEnabled(index, action)));
    }
    let pc = machine.layout().pc(&state, action.actor);
    let mut chooser = Chooser::fixed(action.way);
    let mut heard = Everything::default();
    let result = machine.step(&mut state, action.actor, &mut chooser, &mut heard);
    let after = match result {
        Ok(()) => Some(state),
        Err(Stop::Grow(more)) => return Err(more),
        Err(Stop::Limit(limit, _)) => return Ok(Err(NotReplayable::Limit(index, limit))),
        Err(Stop::Fault(fault)) => {
            execution.fault = Some(fault);
            None
        }
    };
    if !chooser.is_exhausted() {
        return Ok(Err(NotReplayable::NoSuchWay(index, action)));
    }
    execution.steps.push(StepTaken {
        action,
        pc,
        events: heard.events,
        incidents: heard.incidents,
        after,
    });
    Ok(Ok(()))
}
