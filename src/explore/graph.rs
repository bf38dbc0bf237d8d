//! The graph of a finished search: which steps lead where. Made again by
//! expanding every state, only for questions that look backwards or for circles.

use super::expand::Expander;
use super::stateful::Search;
use crate::trace::Action;

/// Steps between stored states, by their origin.
pub struct Graph {
    /// The steps of state `s` are `first[s]..first[s + 1]`.
    first: Vec<u32>,
    steps: Vec<(Action, u32)>,
}

impl Graph {
    /// Expands every state that the search expanded.
    ///
    /// Cost: as much time as the search; 24 bytes for each step.
    pub fn new(search: &Search<'_>) -> Self {
        let mut first = vec![0];
        let mut steps = Vec::new();
        let mut expander = Expander::new(search.machine());
        let mut state = search.blank();
        for id in 0..search.n_expanded() {
            search.load(id, &mut state);
            let _ = expander.steps(&state, |action, after, _| {
                if let Some(to) = after.ok().and_then(|after| search.find(after)) {
                    steps.push((action, to));
                }
            });
            first.push(u32::try_from(steps.len()).expect("fewer than 2^32 steps"));
        }
        Self { first, steps }
    }

    /// Number of states.
    pub fn len(&self) -> usize {
        self.first.len() - 1
    }

    /// Whether there are no states.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The steps out of a state: who, which way, where.
    pub fn steps(&self, state: u32) -> &[(Action, u32)] {
        let state = state as usize;
        let Some(&end) = self.first.get(state + 1) else {
            return &[];
        };
        &self.steps[self.first[state] as usize..end as usize]
    }

    /// For each state, the actors (one bit each) that still take a step on some run from it.
    pub fn still_moving(&self) -> Vec<u64> {
        let mut moving = vec![0u64; self.len()];
        loop {
            let mut changed = false;
            // Most steps lead to higher numbers, so going down settles most at once.
            for state in (0..self.len()).rev() {
                let mut mask = moving[state];
                for &(action, to) in self.steps(u32::try_from(state).expect("a state's number")) {
                    mask |= 1 << action.actor;
                    mask |= moving.get(to as usize).copied().unwrap_or(0);
                }
                changed |= mask != moving[state];
                moving[state] = mask;
            }
            if !changed {
                return moving;
            }
        }
    }
}
