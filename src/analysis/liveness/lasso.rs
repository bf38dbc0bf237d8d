//! A run that goes on for ever, as a prefix and a round that is repeated; what
//! each actor does in it, read off the replayed execution.

use crate::analysis::futures::Futures;
use crate::analysis::waits::{Wait, wait_of};
use crate::program::Fairness;
use crate::semantics::{Machine, State};
use crate::trace::{Execution, Schedule, replay_with};

/// What a finding about an infinite run says besides its schedule, which is the
/// prefix and one round of the loop.
///
/// If the loop is empty, the run ends where the schedule does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lasso {
    /// The index of the first step of the loop.
    pub loop_from: usize,
    /// What each actor does in the loop, by its number.
    pub conduct: Vec<Conduct>,
    /// The most that a scheduler can grant to everybody and still allow the run.
    pub fairness: Fairness,
}

/// What an actor does in a loop.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Conduct {
    /// It has ended, or the whole program has.
    Over,
    /// It moves.
    Moves,
    /// It cannot move anywhere in the loop; as it waits at its beginning.
    Blocked(Wait),
    /// It could move before that step of the schedule (or after the last), and
    /// does not.
    PassedOver {
        /// The index of that step.
        enabled: usize,
        /// The index of a step before which it cannot move, and how it waits there.
        waits: Option<(usize, Wait)>,
    },
}

impl Conduct {
    /// What it waits for where it cannot move.
    pub fn wait(&self) -> Option<&Wait> {
        match self {
            Conduct::Blocked(wait)
            | Conduct::PassedOver {
                waits: Some((_, wait)),
                ..
            } => Some(wait),
            Conduct::Over | Conduct::Moves | Conduct::PassedOver { waits: None, .. } => None,
        }
    }
}

impl Lasso {
    /// The actors that move in the loop, ascending.
    pub fn movers(&self) -> impl Iterator<Item = usize> + '_ {
        let all = self.conduct.iter().enumerate();
        all.filter(|(_, conduct)| **conduct == Conduct::Moves)
            .map(|(actor, _)| actor)
    }

    /// The actors that have not ended and do not move in the loop, ascending.
    pub fn idle(&self) -> impl Iterator<Item = usize> + '_ {
        let all = self.conduct.iter().enumerate();
        all.filter(|(_, conduct)| !matches!(conduct, Conduct::Moves | Conduct::Over))
            .map(|(actor, _)| actor)
    }
}

/// A lasso with its replayed execution.
pub struct Shown<'p> {
    /// The prefix and one round.
    pub schedule: Schedule,
    /// What happens in it.
    pub execution: Execution<'p>,
    /// What it means.
    pub lasso: Lasso,
}

impl<'p> Shown<'p> {
    /// Replays a prefix with one round of a loop and looks at what everybody does.
    ///
    /// # Panics
    ///
    /// If the program cannot follow, or the loop does not lead back to where it
    /// began: an error in the checker that must not reach a report.
    pub fn new(
        machine: &Machine<'p>,
        schedule: Schedule,
        loop_from: usize,
        futures: &Futures,
    ) -> Self {
        let room = machine.layout().capacity();
        let execution = replay_with(machine.program(), &schedule, room)
            .expect("a lasso of the search can be replayed");
        let n = schedule.0.len();
        assert!(
            execution.fault.is_none() && execution.before(loop_from) == execution.last(),
            "a loop leads back to where it began"
        );
        let lasso = Lasso {
            loop_from,
            conduct: (0..execution.machine.layout().n_actors(execution.last()))
                .map(|actor| conduct(&execution, loop_from..n, actor, futures))
                .collect(),
            fairness: Fairness::Weak,
        };
        let fairness = granted(&lasso);
        Self {
            schedule,
            execution,
            lasso: Lasso { fairness, ..lasso },
        }
    }

    /// The states from after so many steps on.
    pub fn states(&self, from: usize) -> impl Iterator<Item = &State> {
        (from..=self.schedule.0.len()).map(|step| self.execution.before(step))
    }

    /// The states of the loop, or the last.
    pub fn round(&self) -> impl Iterator<Item = &State> {
        self.states(self.lasso.loop_from)
    }
}

fn conduct(
    execution: &Execution<'_>,
    round: std::ops::Range<usize>,
    actor: usize,
    futures: &Futures,
) -> Conduct {
    let machine = &execution.machine;
    let mut moves = execution.steps[round.clone()].iter();
    if moves.any(|step| step.action.actor == actor) {
        return Conduct::Moves;
    }
    let first = execution.before(round.start);
    if machine.is_over(first) || !machine.layout().is_running(first, actor) {
        return Conduct::Over;
    }
    let steps = if round.is_empty() {
        round.start..round.start + 1
    } else {
        round
    };
    let can = |&step: &usize| machine.can_step(execution.before(step), actor);
    let waits = steps.clone().find(|step| !can(step)).map(|step| {
        let wait = wait_of(machine, execution.before(step), actor, futures);
        (step, wait)
    });
    match (steps.clone().find(can), waits) {
        (None, Some((_, wait))) => Conduct::Blocked(wait),
        (Some(enabled), waits) => Conduct::PassedOver { enabled, waits },
        (None, None) => unreachable!("at any moment an actor can move or not"),
    }
}

fn granted(lasso: &Lasso) -> Fairness {
    let each = lasso.conduct.iter().map(|conduct| match conduct {
        Conduct::Over | Conduct::Moves | Conduct::Blocked(_) => Fairness::Strong,
        Conduct::PassedOver { waits: Some(_), .. } => Fairness::Weak,
        Conduct::PassedOver { waits: None, .. } => Fairness::Unfair,
    });
    each.min().unwrap_or(Fairness::Strong)
}
