//! Short ways through a graph: from the beginning to a circle, and once round it.
//!
//! Both are found breadth first, with the steps of a state in order of actors and
//! ways; so the first way found has the fewest steps, and is the first in order
//! among those.

use super::fair::Terms;
use super::part::Parts;
use crate::base::ActorSet;
use crate::explore::Graph;
use crate::program::Fairness;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;

/// Steps from the beginning, by their numbers in the graph.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Way {
    /// The steps.
    pub steps: Vec<usize>,
    /// After how many of them the pursuit began.
    pub since: usize,
    /// The state they lead to.
    pub end: usize,
}

/// How a state was reached first.
#[derive(Clone, Copy)]
enum Came {
    /// It is the first state.
    First,
    /// The pursuit began in it.
    Turned,
    /// By a step.
    By(u32),
}

/// Which states a way may pass, and where it may end.
pub struct Pursuit<'a> {
    /// Where the pursuit may begin; `None`: it must at the first state.
    pub since: Option<&'a dyn Fn(usize) -> bool>,
    /// States that it may pass from there on.
    pub inside: &'a dyn Fn(usize) -> bool,
    /// Where it ends.
    pub goal: &'a dyn Fn(usize) -> bool,
}

/// The shortest way to a goal.
pub fn way_to(graph: &Graph, pursuit: &Pursuit<'_>) -> Option<Way> {
    let mut came: [FxHashMap<u32, Came>; 2] = Default::default();
    let mut queue = VecDeque::new();
    let begins = |state: usize| pursuit.since.is_some_and(|since| since(state));
    let mut arrive = |queue: &mut VecDeque<(u32, usize)>, state: usize, phase: usize, how| {
        if phase == 1 && !(pursuit.inside)(state) {
            return;
        }
        let id = u32::try_from(state).expect("a state's number");
        let mut enter = |phase: usize, how: Came| {
            came[phase].entry(id).or_insert_with(|| {
                queue.push_back((id, phase));
                how
            });
        };
        enter(phase, how);
        if phase == 0 && begins(state) && (pursuit.inside)(state) {
            enter(1, Came::Turned);
        }
    };
    let phase = usize::from(pursuit.since.is_none());
    arrive(&mut queue, 0, phase, Came::First);
    while let Some((id, phase)) = queue.pop_front() {
        let state = id as usize;
        if phase == 1 && (pursuit.goal)(state) {
            return Some(back_from(graph, &came, state));
        }
        for number in graph.numbers(state) {
            if let Some(to) = graph.step(number).to {
                let by = Came::By(u32::try_from(number).expect("a step's number"));
                arrive(&mut queue, to, phase, by);
            }
        }
    }
    None
}

/// The shortest way to a state for which something holds; one is reached.
pub fn way_where(graph: &Graph, goal: &dyn Fn(usize) -> bool) -> Way {
    let pursuit = Pursuit {
        since: None,
        inside: &|_| true,
        goal,
    };
    way_to(graph, &pursuit).expect("every state was reached")
}

/// The shortest way into one of some parts, which is reached.
pub fn way_into(parts: &Parts<'_>, wanted: &FxHashSet<u32>) -> Way {
    way_where(parts.graph, &|state| wanted.contains(&parts.part_of(state)))
}

fn back_from(graph: &Graph, came: &[FxHashMap<u32, Came>; 2], end: usize) -> Way {
    let (mut state, mut phase) = (end, 1);
    let mut steps = Vec::new();
    let mut n_after = None;
    loop {
        let id = u32::try_from(state).expect("a state's number");
        match came[phase][&id] {
            Came::First => break,
            Came::Turned => {
                phase = 0;
                n_after = Some(steps.len());
            }
            Came::By(number) => {
                let number = number as usize;
                steps.push(number);
                state = graph.origin(number);
            }
        }
    }
    steps.reverse();
    let since = n_after.map_or(0, |after| steps.len() - after);
    Way { steps, since, end }
}

/// Once round through the part of `start`, so that the run that does so for ever
/// grants what `terms` owe.
///
/// # Panics
///
/// If the part is no fair component under these terms.
pub fn round(parts: &Parts<'_>, start: usize, terms: &Terms) -> Vec<usize> {
    try_round(parts, start, terms).expect("a fair component grants what is owed")
}

/// The same in any part; `None` if the way that it tries ends nowhere.
pub fn try_round(parts: &Parts<'_>, start: usize, terms: &Terms) -> Option<Vec<usize>> {
    let mut steps = Vec::new();
    let mut at = start;
    let mut debt = Debt::at(parts.graph.enabled(start));
    loop {
        let unmet = debt.unmet(terms);
        if unmet.is_empty() && at == start && !steps.is_empty() {
            return Some(steps);
        }
        let satisfies = |actor: usize, to: usize| {
            if unmet.is_empty() {
                return to == start;
            }
            let idle = unmet & !parts.graph.enabled(to);
            let weak = { idle.iter() }.any(|other| terms.owed[other] == Fairness::Weak);
            unmet.contains(actor) || weak
        };
        for number in nearest(parts, at, &satisfies)? {
            let step = parts.graph.step(number);
            at = step.to.expect("an inner step leads to a state");
            debt.pass(step.actor, parts.graph.enabled(at));
            steps.push(number);
        }
    }
}

/// What a round has granted so far.
struct Debt {
    moved: ActorSet,
    sometimes: ActorSet,
    always: ActorSet,
}

impl Debt {
    fn at(enabled: ActorSet) -> Self {
        Self {
            moved: ActorSet::NOBODY,
            sometimes: enabled,
            always: enabled,
        }
    }

    fn pass(&mut self, actor: usize, enabled: ActorSet) {
        self.moved.insert(actor);
        self.sometimes |= enabled;
        self.always &= enabled;
    }

    fn unmet(&self, terms: &Terms) -> ActorSet {
        let unmoved = (self.sometimes & !self.moved).iter();
        let is_owed = |&actor: &usize| match terms.owed[actor] {
            Fairness::Unfair => false,
            Fairness::Weak => self.always.contains(actor),
            Fairness::Strong => true,
        };
        unmoved.filter(is_owed).collect()
    }
}

/// The fewest inner steps, at least one, of which the last satisfies: by its
/// actor and the state it leads to.
fn nearest(
    parts: &Parts<'_>,
    from: usize,
    satisfies: &dyn Fn(usize, usize) -> bool,
) -> Option<Vec<usize>> {
    let mut came: FxHashMap<usize, usize> = FxHashMap::default();
    let mut seen: FxHashSet<usize> = std::iter::once(from).collect();
    let mut queue = VecDeque::from([from]);
    while let Some(state) = queue.pop_front() {
        for (number, step) in parts.inner(state) {
            let to = step.to.expect("an inner step leads to a state");
            if satisfies(step.actor, to) {
                let mut steps = vec![number];
                let mut at = state;
                while at != from {
                    steps.push(came[&at]);
                    at = parts.graph.origin(came[&at]);
                }
                steps.reverse();
                return Some(steps);
            }
            if seen.insert(to) {
                came.insert(to, number);
                queue.push_back(to);
            }
        }
    }
    None
}
