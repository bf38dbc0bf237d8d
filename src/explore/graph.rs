//! The graph of a finished search: which steps lead where. Made again by
//! expanding every state, only for questions that look backwards or for circles.

use super::expand::Expander;
use super::limits::{Bound, MemoryBudget};
use super::observer::{Observer, Taken, Visit};
use super::stateful::Search;
use super::tree::Root;
use crate::base::ActorSet;
use crate::semantics::{Machine, State};
use crate::trace::Action;
use std::ops::Range;

/// Bytes of a state, with what questions about the graph need for it.
const STATE_BYTES: usize = size_of::<u32>() + 3 * size_of::<ActorSet>() + size_of::<u64>() + 1;
/// Bytes that questions about circles need for a state besides: numbers, stacks
/// and parts of a search for components, how a way came there, and what
/// properties say of it.
const CIRCLE_BYTES: usize = 20 * size_of::<u32>();

/// Targets that are looked for together.
const TOGETHER: usize = 256;

/// The target of a step that leads nowhere.
const NOWHERE: u32 = u32::MAX;

/// A step in one place, since walks lead to and fro among many.
#[derive(Clone, Copy)]
struct Packed {
    /// The bytes of the target's number.
    to: [u8; 4],
    actor: u8,
    mark: u8,
}

/// Steps between stored states, by their origin.
pub struct Graph {
    /// The steps of state `s` are `first[s]..first[s + 1]`.
    first: Vec<u32>,
    steps: Vec<Packed>,
    /// For each state, who can take a step, or could if nobody else had CPython's lock.
    enabled: Vec<ActorSet>,
    /// Whether the execution stops in some step.
    stops: bool,
    /// What some step is marked with.
    all_marks: u8,
}

/// A step out of a state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GraphStep {
    /// Who.
    pub actor: usize,
    /// Where to; `None` if the execution stops in it.
    pub to: Option<usize>,
    /// What was noted about it; 0 in a graph without marks.
    pub mark: u8,
}

/// What is noted about a step: from the state before it, who and which way, and
/// the state after it. A function of what the step looks at and what it changes.
pub type Marker<'a> = &'a (dyn Fn(&State, Action, &State) -> u8 + Sync);

/// Looks for nothing and marks steps.
pub(super) struct Marking<'a>(pub Option<Marker<'a>>);

impl Observer for Marking<'_> {
    type View = ();
    type Memory = ();

    fn fork(&self) -> Self {
        Marking(self.0)
    }

    fn merge(&mut self, _: Self) {}

    fn view(&self, _: &Machine<'_>, _: &State, _: usize) {}

    fn mark(&self, _: &Machine<'_>, before: &State, action: Action, after: &State) -> u8 {
        self.0.map_or(0, |marker| marker(before, action, after))
    }

    fn visit(&mut self, _: Visit<'_>) {}

    fn taken(&mut self, _: Taken<'_>) {}

    fn executed(&mut self, _: &[bool]) {}
}

impl Graph {
    /// Expands every state that the search expanded.
    ///
    /// Cost: as much time as the search; 6 bytes for each step.
    ///
    /// # Errors
    ///
    /// [`Bound::Memory`] if the graph would not fit into the budget beside the
    /// stored states.
    pub fn new(search: &Search<'_>, budget: MemoryBudget) -> Result<Self, Bound> {
        Self::build(search, budget, None)
    }

    /// The same with a mark on every step. Leaves room for questions about circles.
    ///
    /// # Errors
    ///
    /// As [`Graph::new`].
    pub fn marked(
        search: &Search<'_>,
        budget: MemoryBudget,
        marker: Marker<'_>,
    ) -> Result<Self, Bound> {
        Self::build(search, budget, Some(marker))
    }

    fn build(
        search: &Search<'_>,
        budget: MemoryBudget,
        marker: Option<Marker<'_>>,
    ) -> Result<Self, Bound> {
        let n_states = search.n_expanded() as usize;
        let n_steps = usize::try_from(search.n_steps()).unwrap_or(usize::MAX);
        let marks = usize::from(marker.is_some());
        let steps = n_steps.saturating_mul(size_of::<Packed>());
        let bytes = steps.saturating_add(n_states * (STATE_BYTES + marks * CIRCLE_BYTES));
        if n_steps > u32::MAX as usize || !budget.allows(bytes.saturating_add(search.bytes())) {
            return Err(Bound::Memory);
        }
        let mut graph = Self {
            first: Vec::with_capacity(n_states + 1),
            steps: Vec::with_capacity(n_steps),
            enabled: Vec::with_capacity(n_states),
            stops: false,
            all_marks: 0,
        };
        graph.first.push(0);
        let marking = Marking(marker);
        let mut worker = search.worker(&marking);
        let mut state = search.blank();
        // Steps whose targets are not known yet, by their roots.
        let (mut open, mut roots) = (Vec::new(), Vec::new());
        for id in 0..search.n_expanded() {
            let mut enabled = ActorSet::NOBODY;
            search.each_step(&mut worker, &marking, id, |action, mark, to| {
                let actor = u8::try_from(action.actor).expect("at most 112 actors");
                enabled.insert(action.actor);
                graph.stops |= to.is_none();
                if let Some(root) = to {
                    open.push(graph.steps.len());
                    roots.push(root);
                }
                let to = NOWHERE.to_ne_bytes();
                graph.steps.push(Packed { to, actor, mark });
                graph.all_marks |= mark;
            });
            let n = u32::try_from(graph.steps.len()).expect("their number was checked");
            graph.first.push(n);
            if search.machine().layout().capacity().gil && !enabled.is_empty() {
                search.load(id, &mut state);
                enabled |= search.machine().kept_back(&state);
            }
            graph.enabled.push(enabled);
            if roots.len() >= TOGETHER {
                graph.close(search, &mut open, &mut roots);
            }
        }
        graph.close(search, &mut open, &mut roots);
        Ok(graph)
    }

    /// Fills in where steps lead to.
    fn close(&mut self, search: &Search<'_>, open: &mut Vec<usize>, roots: &mut Vec<Root>) {
        search.find_roots(roots, |index, to| {
            self.steps[open[index]].to = to.unwrap_or(NOWHERE).to_ne_bytes();
        });
        open.clear();
        roots.clear();
    }

    /// Number of states.
    pub fn len(&self) -> usize {
        self.first.len() - 1
    }

    /// Whether there are no states.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The numbers of the steps out of a state, in order of actors and ways.
    #[inline]
    pub fn numbers(&self, state: usize) -> Range<usize> {
        match self.first.get(state + 1) {
            Some(&end) => self.first[state] as usize..end as usize,
            None => 0..0,
        }
    }

    /// The step with a number.
    #[inline]
    pub fn step(&self, number: usize) -> GraphStep {
        let Packed { to, actor, mark } = self.steps[number];
        let to = u32::from_ne_bytes(to);
        GraphStep {
            actor: usize::from(actor),
            to: (to != NOWHERE).then_some(to as usize),
            mark,
        }
    }

    /// Every mark that some step has.
    pub fn all_marks(&self) -> u8 {
        self.all_marks
    }

    /// The state that the step with a number leaves.
    pub fn origin(&self, number: usize) -> usize {
        self.first
            .partition_point(|&first| first as usize <= number)
            - 1
    }

    /// All steps out of a state, also those in which the execution stops.
    pub fn all_steps(&self, state: usize) -> impl Iterator<Item = GraphStep> + '_ {
        self.numbers(state).map(|number| self.step(number))
    }

    /// The actors that can take a step in a state. Whoever is kept back by another's turn under
    /// CPython's lock is among them: that is no wait, and the turn passes.
    pub fn enabled(&self, state: usize) -> ActorSet {
        self.enabled.get(state).copied().unwrap_or_default()
    }

    /// The steps out of a state to another: who, and where to.
    pub fn steps(&self, state: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.all_steps(state)
            .filter_map(|step| Some((step.actor, step.to?)))
    }

    /// The actions of steps, each from the state that the one before leads to,
    /// the first from `from`.
    pub fn actions(&self, search: &Search<'_>, from: usize, steps: &[usize]) -> Vec<Action> {
        let mut expander = Expander::new(search.machine());
        let mut state = search.blank();
        let mut at = from;
        let mut actions = Vec::with_capacity(steps.len());
        for &number in steps {
            search.load(u32::try_from(at).expect("a state's number"), &mut state);
            let mut here = self.numbers(at);
            let _ = expander.steps(&state, |action, _| {
                if here.next() == Some(number) {
                    actions.push(action);
                }
            });
            at = self.step(number).to.unwrap_or(at);
        }
        actions
    }

    /// For each state, the actors that still take a step on some
    /// run from it to another state.
    pub fn still_moving(&self) -> Vec<ActorSet> {
        self.backwards(vec![ActorSet::NOBODY; self.len()])
    }

    /// The same with the steps in which the execution stops: whoever is not among
    /// them waits for ever.
    pub fn not_blocked(&self, still_moving: &[ActorSet]) -> Vec<ActorSet> {
        if !self.stops {
            return still_moving.to_vec();
        }
        let failing = |state: usize| {
            let stops = self.all_steps(state).filter(|step| step.to.is_none());
            stops.map(|step| step.actor).collect()
        };
        self.backwards((0..self.len()).map(failing).collect())
    }

    fn backwards(&self, mut moving: Vec<ActorSet>) -> Vec<ActorSet> {
        loop {
            let mut changed = false;
            // Most steps lead to higher numbers, so going down settles most at once.
            for state in (0..self.len()).rev() {
                let mut mask = moving[state];
                for (actor, to) in self.steps(state) {
                    mask.insert(actor);
                    mask |= moving.get(to).copied().unwrap_or_default();
                }
                changed |= mask != moving[state];
                moving[state] = mask;
            }
            if !changed {
                return moving;
            }
        }
    }

    /// All states in an order in which every step leads forwards; `None` if some
    /// run can go round in a circle. A step to a shallower state need not be part
    /// of one.
    ///
    /// Source: Kahn, "Topological sorting of large networks" (1962).
    fn forwards(&self) -> Option<Vec<u32>> {
        let mut before = vec![0u32; self.len()];
        let inside = |to: &usize| *to < self.len();
        for state in 0..self.len() {
            for (_, to) in self.steps(state).filter(|(_, to)| inside(to)) {
                before[to] += 1;
            }
        }
        let number = |state: usize| u32::try_from(state).expect("a state's number");
        let first = (0..self.len()).filter(|&state| before[state] == 0);
        let mut order: Vec<u32> = first.map(number).collect();
        let mut next = 0;
        while let Some(&state) = order.get(next) {
            for (_, to) in self.steps(state as usize).filter(|(_, to)| inside(to)) {
                before[to] -= 1;
                if before[to] == 0 {
                    order.push(number(to));
                }
            }
            next += 1;
        }
        (order.len() == self.len()).then_some(order)
    }

    /// Whether some run can go round in a circle.
    pub fn has_circle(&self) -> bool {
        self.forwards().is_none()
    }

    /// The number of interleavings that lead to each state, if no run can go round
    /// in a circle; `u64::MAX` stands for that many or more.
    pub fn interleavings(&self) -> Option<Vec<u64>> {
        let mut ways = vec![0u64; self.len()];
        *ways.first_mut()? = 1;
        for state in self.forwards()? {
            for (_, to) in self.steps(state as usize) {
                let sum = ways.get(to)?.saturating_add(ways[state as usize]);
                ways[to] = sum;
            }
        }
        Some(ways)
    }
}
