//! Which actors may all have ended when no step is possible any more.

use super::question::Question;
use crate::base::ActorSet;
use std::collections::BTreeMap;

/// Where runs come to rest, and who is left there: who has not ended and need not be stopped.
pub struct Ends {
    /// The different sets of actors that are left.
    left: Vec<ActorSet>,
    /// For each 64 of those sets, and each state, a bit for each set in which a run from
    /// there may end up.
    reached: Vec<Vec<u64>>,
}

impl Ends {
    /// Looks at all states in which no step is possible.
    ///
    /// Cost: the passes of [`Question::spread`]; 8 bytes a state.
    pub fn of(question: &Question<'_, '_>) -> Self {
        let graph = question.graph;
        let mut ends: BTreeMap<ActorSet, Vec<usize>> = BTreeMap::new();
        for at in (0..graph.len()).filter(|&at| graph.numbers(at).is_empty()) {
            ends.entry(left_in(question, at)).or_default().push(at);
        }
        let (left, states): (Vec<ActorSet>, Vec<Vec<usize>>) = ends.into_iter().unzip();
        let reached = states.chunks(u64::BITS as usize).map(|chunk| {
            let mut reached = vec![0; graph.len()];
            for (bit, states) in chunk.iter().enumerate() {
                states.iter().for_each(|&at| reached[at] |= 1 << bit);
            }
            let full = u64::MAX >> (u64::BITS as usize - chunk.len());
            question.spread_in(usize::MAX, &mut reached, full);
            reached
        });
        Self {
            reached: reached.collect(),
            left,
        }
    }

    /// Whether some run from a state comes to rest.
    pub fn comes_to_rest(&self, state: u32) -> bool {
        let mut all = self.reached.iter();
        all.any(|reached| reached[state as usize] != 0)
    }

    /// Whether on some run from a state all of these actors end.
    pub fn can_all_end(&self, state: u32, actors: ActorSet) -> bool {
        let chunks = self.left.chunks(u64::BITS as usize).zip(&self.reached);
        chunks.into_iter().any(|(left, reached)| {
            let reached = reached[state as usize];
            let mut left = left.iter().enumerate();
            left.any(|(bit, &left)| reached >> bit & 1 == 1 && (left & actors).is_empty())
        })
    }
}

/// Who has not ended in a state in which no step is possible.
fn left_in(question: &Question<'_, '_>, at: usize) -> ActorSet {
    let state = question.state(at);
    let machine = question.machine();
    if machine.is_over(&state) {
        return ActorSet::NOBODY;
    }
    let layout = machine.layout();
    let has_to_end =
        |&actor: &usize| layout.is_running(&state, actor) && !layout.is_daemon(&state, actor);
    (0..layout.n_actors(&state)).filter(has_to_end).collect()
}
