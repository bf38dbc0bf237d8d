//! What all questions about infinite runs look at.

use super::fair::Component;
use super::lasso::Shown;
use super::mark;
use super::part::{Counts, Parts};
use super::walk::Way;
use crate::analysis::futures::Futures;
use crate::base::ActorSet;
use crate::explore::{Graph, Search};
use crate::program::{Fairness, Instr, Program};
use crate::semantics::{Machine, State};
use crate::trace::Schedule;
use std::ops::BitOr;

/// Passes over the graph after which components are looked for instead.
const PASSES: usize = 16;

/// A complete search, its graph, and what is known about it.
pub struct Question<'a, 'p> {
    /// The program.
    pub program: &'p Program,
    /// The finished search.
    pub search: &'a Search<'p>,
    /// Its steps, with marks.
    pub graph: &'a Graph,
    /// For each state, the actors that still move on some run from it; empty if no
    /// run goes on for ever.
    pub moving: &'a [ActorSet],
    /// What actors may still do.
    pub futures: &'a Futures,
}

impl<'p> Question<'_, 'p> {
    /// The machine of the search.
    pub fn machine(&self) -> &Machine<'p> {
        self.search.machine()
    }

    /// Reads a state.
    pub fn state(&self, number: usize) -> State {
        let mut state = self.search.blank();
        let number = u32::try_from(number).expect("a state's number");
        self.search.load(number, &mut state);
        state
    }

    /// The states through which some run can go again and again, ascending.
    ///
    /// Cost: a few passes over the graph if most states lead back to the first one; else
    /// as looking for components.
    pub fn circular(&self) -> Vec<u32> {
        // Every state is reached from the first one, so those that lead back to it are one
        // component.
        let mut back = vec![false; self.graph.len()];
        let first = usize::from(!self.graph.is_empty());
        back[..first].fill(true);
        if !self.spread_in(PASSES, &mut back, true) || !self.graph.steps(0).any(|(_, to)| back[to])
        {
            back.fill(false);
        }
        let all = 0..self.search.n_expanded();
        let rest: Vec<u32> = all.clone().filter(|&id| !back[id as usize]).collect();
        let mut parts = Parts::new(self.graph, Counts::of(ActorSet::ALL));
        parts.separate(&rest);
        for state in parts.components(&rest).into_iter().flatten() {
            back[state as usize] = true;
        }
        all.filter(|&id| back[id as usize]).collect()
    }

    /// Marks every state from which a marked one is reached.
    pub fn spread(&self, marked: &mut [bool]) {
        self.spread_in(usize::MAX, marked, true);
    }

    /// Gives every state the marks of all that are reached from it, in so many passes at
    /// most; says whether that was enough. To `full` nothing can be added.
    ///
    /// Most steps lead to higher numbers, so going down settles most at once; what leads back
    /// step by step is settled going up.
    pub fn spread_in<M>(&self, passes: usize, marks: &mut [M], full: M) -> bool
    where
        M: Copy + PartialEq + BitOr<Output = M>,
    {
        let mut settle = |at: usize| {
            let old = marks[at];
            let mut mark = old;
            let mut steps = self.graph.steps(at);
            while mark != full
                && let Some((_, to)) = steps.next()
            {
                mark = mark | marks[to];
            }
            marks[at] = mark;
            mark != old
        };
        let n = self.graph.len();
        (0..passes).any(|pass| {
            let mut settled = 0;
            match pass % 2 {
                0 => (0..n)
                    .rev()
                    .for_each(|at| settled += usize::from(settle(at))),
                _ => (0..n).for_each(|at| settled += usize::from(settle(at))),
            }
            settled == 0
        })
    }

    /// Whether the author marks progress.
    pub fn marks_progress(&self) -> bool {
        let mut code = self.program.code.iter();
        code.any(|instr| matches!(instr, Instr::Progress))
    }

    /// Whether a step between the states of a component is marked as progress.
    pub fn progresses(&self, parts: &Parts<'_>, component: &Component) -> bool {
        component.states.iter().any(|&state| {
            parts
                .inner(state as usize)
                .any(|(_, step)| step.mark & mark::PROGRESS != 0)
        })
    }

    /// What the scenario declares about an actor.
    pub fn fairness(&self, actor: usize) -> Fairness {
        let declared = self.program.actors.get(actor);
        declared.map_or(Fairness::Weak, |actor| actor.fairness)
    }

    /// The run that takes the way and then goes round for ever.
    pub fn show(&self, way: &Way, round: &[usize]) -> Shown<'p> {
        let mut actions = self.graph.actions(self.search, 0, &way.steps);
        actions.extend(self.graph.actions(self.search, way.end, round));
        Shown::new(
            self.machine(),
            Schedule(actions),
            way.steps.len(),
            self.futures,
        )
    }
}
