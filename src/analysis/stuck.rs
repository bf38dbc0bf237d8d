//! Notes why actors are blocked for ever: in states without a step, and in states
//! whose whole future keeps the same actors blocked while others go on.

use super::facts::Facts;
use super::futures::Futures;
use super::key::Key;
use super::rules::deadlocks::causes;
use crate::base::ActorSet;
use crate::explore::{Goal, Graph, Observer, Search};
use crate::semantics::{Machine, State};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// For states in which some can run for ever while others never will: who never will.
pub type StuckSets = BTreeMap<u32, Vec<usize>>;

/// Notes why actors are blocked in the states without a step that were seen since
/// this was called last; and what was seen of one of several like actors as done by each.
pub fn note_at_rest(search: &Search<'_>, facts: &mut Facts<'_>) {
    if let Some(alike) = search.alike() {
        facts.edges.of_all_alike(alike);
    }
    let futures = &*Arc::clone(&facts.futures);
    let machine = search.machine();
    let layout = machine.layout();
    let mut state = search.blank();
    for (id, depth) in std::mem::take(&mut facts.stuck) {
        search.load(id, &mut state);
        let stuck: Vec<usize> = (0..layout.n_actors(&state))
            .filter(|&actor| layout.is_running(&state, actor) && !machine.is_idle(&state, actor))
            .collect();
        note_causes(facts, machine, &state, &stuck, futures, goal(id, depth));
    }
}

/// Notes why actors are blocked for ever while others go on. Given is for each state who
/// still takes a step on some run from it, and who a step to another state.
pub fn note_beside_others(
    search: &Search<'_>,
    graph: &Graph,
    (not_blocked, moving): (&[ActorSet], &[ActorSet]),
    facts: &mut Facts<'_>,
) -> StuckSets {
    let machine = search.machine();
    let layout = machine.layout();
    let mut state = search.blank();
    let mut stuck_sets = StuckSets::new();
    let at_the_end: BTreeSet<Key> = facts.hits.keys().cloned().collect();
    let stable = stable_states(graph, moving);
    let futures = &Arc::clone(&facts.futures);
    let mut found = facts.fork();
    for depth in 0..=search.depth() {
        for id in search.layer(depth) {
            if !stable[id as usize] || moving[id as usize].is_empty() {
                continue;
            }
            search.load(id, &mut state);
            let stuck: Vec<usize> = (0..layout.n_actors(&state))
                .filter(|&actor| {
                    layout.is_running(&state, actor) && !machine.is_idle(&state, actor)
                })
                .filter(|&actor| !not_blocked[id as usize].contains(actor))
                // What it waits for may be there only while CPython's lock keeps it back.
                .filter(|&actor| !machine.can_step(&state, actor))
                .collect();
            if !stuck.is_empty() {
                note_causes(
                    &mut found,
                    machine,
                    &state,
                    &stuck,
                    futures,
                    goal(id, depth),
                );
                stuck_sets.insert(id, stuck);
            }
        }
    }
    // What also shows where everything has come to rest is shown there.
    for (key, hit) in found.hits {
        if !at_the_end.contains(&key) {
            facts.hits.insert(key, hit);
        }
    }
    stuck_sets
}

fn goal(state: u32, depth: u32) -> Goal {
    Goal {
        state,
        along: None,
        depth,
        step: None,
    }
}

/// Notes why the actors of `stuck` can never run again in a state.
pub fn note_causes(
    facts: &mut Facts<'_>,
    machine: &Machine<'_>,
    state: &State,
    stuck: &[usize],
    futures: &Futures,
    goal: Goal,
) {
    for cause in causes(facts, machine, state, stuck, futures) {
        facts.note(cause.key, goal);
    }
}

/// States from which every reachable state has the same actors still moving.
fn stable_states(graph: &Graph, moving: &[ActorSet]) -> Vec<bool> {
    let mut stable = vec![true; graph.len()];
    let mut changed = true;
    while changed {
        changed = false;
        for state in (0..graph.len()).rev() {
            if !stable[state] {
                continue;
            }
            let same = |to: usize| stable[to] && moving[to] == moving[state];
            if !graph.steps(state).all(|(_, to)| same(to)) {
                stable[state] = false;
                changed = true;
            }
        }
    }
    stable
}
