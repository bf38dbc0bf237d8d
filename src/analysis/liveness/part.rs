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

/// A state that is being looked at, with the numbers of the steps that were not yet.
type Call = (u32, Range<usize>);

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
    /// The part each state belongs to.
    part: Vec<u32>,
    n_parts: u32,
    /// Actors that do not move in these states after all.
    cut: FxHashSet<(usize, usize)>,
    index: Vec<u32>,
    low: Vec<u32>,
}

impl<'a> Parts<'a> {
    /// No states yet; of the steps those that count.
    pub fn new(graph: &'a Graph, counts: Counts) -> Self {
        Self {
            graph,
            counts,
            part: vec![OUTSIDE; graph.len()],
            n_parts: OUTSIDE,
            cut: FxHashSet::default(),
            index: vec![0; graph.len()],
            low: vec![0; graph.len()],
        }
    }

    /// Makes states a part of their own.
    pub fn separate(&mut self, states: &[u32]) {
        self.n_parts += 1;
        for &state in states {
            self.part[state as usize] = self.n_parts;
        }
    }

    /// Takes states out of their parts.
    pub fn dismiss(&mut self, states: &[u32]) {
        for &state in states {
            self.part[state as usize] = OUTSIDE;
        }
    }

    /// The part a state belongs to.
    pub fn part_of(&self, state: usize) -> u32 {
        self.part[state]
    }

    /// Leaves out all steps of an actor in a state.
    pub fn cut(&mut self, state: usize, actor: usize) {
        self.cut.insert((state, actor));
    }

    /// Whether a step counts and stays in the part of its state.
    #[inline]
    pub fn is_inner(&self, state: usize, step: &GraphStep) -> bool {
        let part = self.part[state];
        self.counts.has(step)
            && part != OUTSIDE
            && step.to.is_some_and(|to| self.part[to] == part)
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
            if self.index[root as usize] != 0 {
                continue;
            }
            calls.push(self.enter(root, &mut seen, &mut open));
            while let Some((state, rest)) = calls.last_mut() {
                let at = *state as usize;
                let Some(number) = rest.next() else {
                    let low = self.low[at];
                    calls.pop();
                    if let Some((caller, _)) = calls.last() {
                        let caller = *caller as usize;
                        self.low[caller] = self.low[caller].min(low);
                    }
                    if low == self.index[at] {
                        found.extend(self.close(at, &mut open));
                    }
                    continue;
                };
                let step = self.graph.step(number);
                if !self.is_inner(at, &step) {
                    continue;
                }
                let Some(to) = step.to else { continue };
                let index = self.index[to];
                if index == DONE {
                    continue;
                }
                if index == 0 {
                    let to = u32::try_from(to).expect("a state's number");
                    calls.push(self.enter(to, &mut seen, &mut open));
                } else {
                    self.low[at] = self.low[at].min(index);
                }
            }
        }
        for state in seen {
            self.index[state as usize] = 0;
        }
        found
    }

    fn enter(&mut self, state: u32, seen: &mut Vec<u32>, open: &mut Vec<u32>) -> Call {
        seen.push(state);
        open.push(state);
        let index = u32::try_from(seen.len()).expect("a state's number");
        self.index[state as usize] = index;
        self.low[state as usize] = index;
        (state, self.graph.numbers(state as usize))
    }

    /// The component whose root is done; `None` if it is a state without a circle.
    fn close(&mut self, root: usize, open: &mut Vec<u32>) -> Option<Vec<u32>> {
        let position = open.iter().rposition(|&state| state as usize == root);
        let mut states = open.split_off(position.expect("the root is open"));
        for &state in &states {
            self.index[state as usize] = DONE;
        }
        let circle = states.len() > 1
            || self
                .inner(root)
                .any(|(_, step)| step.to.is_some_and(|to| to == root));
        states.sort_unstable();
        circle.then_some(states)
    }
}
