//! Part of a graph, and its strongly connected components.
//!
//! Source: Tarjan, "Depth-first search and linear graph algorithms" (1972), with
//! the calls on a stack of our own: a state graph is deep.

use crate::base::ActorSet;
use crate::explore::{Graph, GraphStep};
use rustc_hash::FxHashSet;
use std::ops::Range;

/// The number of the part of those who belong to none.
const OUTSIDE: u32 = 0;
/// The index of a state whose component is known.
const DONE: u32 = u32::MAX;
/// What is known of a state at first.
const NOTHING: About = About {
    part: OUTSIDE,
    index: 0,
    low: 0,
};

/// A state that is being looked at, with the numbers of the steps that were not yet.
type Call = (u32, Range<u32>);

/// Which steps count: those of some actors that have certain marks.
pub struct Counts {
    actors: ActorSet,
    /// By mark.
    marks: [bool; 256],
}

impl Counts {
    /// The steps of some actors.
    pub fn of(actors: ActorSet) -> Self {
        Self {
            actors,
            marks: [true; 256],
        }
    }

    /// Only those with a mark like this.
    #[must_use]
    pub fn with(mut self, is_wanted: impl Fn(u8) -> bool) -> Self {
        for mark in 0..=u8::MAX {
            self.marks[usize::from(mark)] &= is_wanted(mark);
        }
        self
    }

    #[inline]
    fn has(&self, step: &GraphStep) -> bool {
        self.marks[usize::from(step.mark)] && self.actors.contains(step.actor)
    }
}

/// Some of a graph's states in disjoint parts, and some of its steps.
pub struct Parts<'a> {
    pub graph: &'a Graph,
    counts: Counts,
    states: Vec<About>,
    n_parts: u32,
    /// Actors that do not move in these states after all.
    cut: FxHashSet<(usize, usize)>,
}

/// What is known of a state, in one place: steps lead to and fro among many.
#[derive(Clone, Copy)]
struct About {
    /// The part it belongs to.
    part: u32,
    /// When it was entered; 0 if it was not.
    index: u32,
    /// The smallest index that is reached from it.
    low: u32,
}

impl<'a> Parts<'a> {
    /// No states yet; of the steps those that count.
    pub fn new(graph: &'a Graph, counts: Counts) -> Self {
        Self {
            graph,
            counts,
            states: vec![NOTHING; graph.len()],
            n_parts: OUTSIDE,
            cut: FxHashSet::default(),
        }
    }

    /// Makes states a part of their own.
    pub fn separate(&mut self, states: &[u32]) {
        self.n_parts += 1;
        for &state in states {
            self.states[state as usize].part = self.n_parts;
        }
    }

    /// Takes states out of their parts.
    pub fn dismiss(&mut self, states: &[u32]) {
        for &state in states {
            self.states[state as usize].part = OUTSIDE;
        }
    }

    /// The part a state belongs to.
    pub fn part_of(&self, state: usize) -> u32 {
        self.states[state].part
    }

    /// Leaves out all steps of an actor in a state.
    pub fn cut(&mut self, state: usize, actor: usize) {
        self.cut.insert((state, actor));
    }

    /// Whether a step counts and stays in the part of its state.
    #[inline]
    pub fn is_inner(&self, state: usize, step: &GraphStep) -> bool {
        let part = self.part_of(state);
        self.counts.has(step)
            && part != OUTSIDE
            && step.to.is_some_and(|to| self.part_of(to) == part)
            && (self.cut.is_empty() || !self.cut.contains(&(state, step.actor)))
    }

    /// The inner steps of a state, by number.
    pub fn inner(&self, state: usize) -> impl Iterator<Item = (usize, GraphStep)> + '_ {
        self.graph
            .numbers(state)
            .map(|number| (number, self.graph.step(number)))
            .filter(move |(_, step)| self.is_inner(state, step))
    }

    /// The strongly connected components with an inner step that are reached from
    /// some states within their parts, the states of each ascending. Whoever looks
    /// only for components with certain states begins at these.
    ///
    /// Cost: what is reached, each step once.
    pub fn components(&mut self, from: &[u32]) -> Vec<Vec<u32>> {
        let mut found = Vec::new();
        let mut open: Vec<u32> = Vec::new();
        let mut seen: Vec<u32> = Vec::new();
        let mut calls: Vec<Call> = Vec::new();
        for &root in from {
            if self.states[root as usize].index != 0 {
                continue;
            }
            calls.push(self.enter(root, &mut seen, &mut open));
            while let Some((state, rest)) = calls.last_mut() {
                let at = *state as usize;
                let Some(number) = rest.next() else {
                    let About { index, low, .. } = self.states[at];
                    calls.pop();
                    if let Some((caller, _)) = calls.last() {
                        let caller = &mut self.states[*caller as usize];
                        caller.low = caller.low.min(low);
                    }
                    if low == index {
                        found.extend(self.close(at, &mut open));
                    }
                    continue;
                };
                let step = self.graph.step(number as usize);
                let Some(to) = step.to.filter(|_| self.is_inner(at, &step)) else {
                    continue;
                };
                let index = self.states[to].index;
                if index == DONE {
                    continue;
                }
                if index == 0 {
                    let to = u32::try_from(to).expect("a state's number");
                    calls.push(self.enter(to, &mut seen, &mut open));
                } else {
                    let low = &mut self.states[at].low;
                    *low = index.min(*low);
                }
            }
        }
        for state in seen {
            self.states[state as usize].index = 0;
        }
        found
    }

    fn enter(&mut self, state: u32, seen: &mut Vec<u32>, open: &mut Vec<u32>) -> Call {
        seen.push(state);
        open.push(state);
        let index = u32::try_from(seen.len()).expect("a state's number");
        let about = &mut self.states[state as usize];
        (about.index, about.low) = (index, index);
        let Range { start, end } = self.graph.numbers(state as usize);
        let number = |step: usize| u32::try_from(step).expect("a step's number");
        (state, number(start)..number(end))
    }

    /// The component whose root is done; `None` if it is a state without a circle.
    fn close(&mut self, root: usize, open: &mut Vec<u32>) -> Option<Vec<u32>> {
        let position = open.iter().rposition(|&state| state as usize == root);
        let mut states = open.split_off(position.expect("the root is open"));
        for &state in &states {
            self.states[state as usize].index = DONE;
        }
        let circle = states.len() > 1
            || self
                .inner(root)
                .any(|(_, step)| step.to.is_some_and(|to| to == root));
        states.sort_unstable();
        circle.then_some(states)
    }
}
