//! The best schedule to a goal: fewest steps, then fewest switches, then the
//! first in order of actors and ways.
//!
//! The search has stored states by depth. Going back from the goals, layer by
//! layer, every state is expanded again to see which of its steps lie on a
//! shortest run to a goal. On these steps alone a forward pass keeps, for each
//! state and each actor that may have moved last, the best run: its number of
//! switches and its rank among the runs of the same length.
//!
//! Cost: one more expansion of every state above the deepest goal. Where the
//! search was stopped by a clock or by hand, nobody wants to wait for that: then
//! the first way found is taken, which has the fewest steps, but not always the
//! fewest switches.

use super::expand::Expander;
use super::graph::Marking;
use super::limits::Bound;
use super::stateful::Search;
use crate::trace::{Action, Schedule};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

/// Where a finding is: in a state, or in a step out of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Goal {
    /// The state.
    pub state: u32,
    /// Its depth.
    pub depth: u32,
    /// The step.
    pub step: Option<Action>,
}

/// A step on a shortest run.
#[derive(Clone, Copy)]
struct Edge {
    from: u32,
    to: u32,
    action: Action,
}

/// The best run to a state whose last step was a given actor's.
#[derive(Clone, Copy)]
struct Best {
    switches: u32,
    rank: u32,
    from: u32,
    from_last: usize,
    action: Action,
}

type Runs = FxHashMap<(u32, usize), Best>;

/// Nobody has moved yet.
const NOBODY: usize = usize::MAX;

/// For each set of goals, the best schedule to any of them.
///
/// All goals of a set must need the same number of steps.
pub fn shortest(search: &Search<'_>, sets: &[Vec<Goal>]) -> Vec<Schedule> {
    if matches!(search.bound(), Some(Bound::Time | Bound::Interrupt)) {
        return sets.iter().map(|goals| first_way(search, goals)).collect();
    }
    let edges = edges_to(search, sets);
    let runs = forward(&edges);
    sets.iter()
        .map(|goals| best_schedule(goals, &runs))
        .collect()
}

/// The way on which the first goal was found first.
fn first_way(search: &Search<'_>, goals: &[Goal]) -> Schedule {
    let goal = goals.first().expect("a set of goals is not empty");
    let mut path = vec![goal.state];
    while let Some(parent) = search.parent(path[path.len() - 1]) {
        path.push(parent);
    }
    path.reverse();
    let mut expander = Expander::new(search.machine());
    let mut state = search.blank();
    let mut steps: Vec<Action> = Vec::new();
    for pair in path.windows(2) {
        search.load(pair[0], &mut state);
        let before = steps.last().map(|step| step.actor);
        let mut found: Option<Action> = None;
        let _ = expander.steps(&state, |action, after| {
            let leads = after.is_ok_and(|after| search.find(after) == Some(pair[1]));
            if leads && (found.is_none() || Some(action.actor) == before) {
                found = found
                    .filter(|old| Some(old.actor) == before)
                    .or(Some(action));
            }
        });
        steps.push(found.expect("a state's parent leads to it"));
    }
    steps.extend(goal.step);
    Schedule(steps)
}

/// The steps of all shortest runs to all goals, by the depth of their origin.
fn edges_to(search: &Search<'_>, sets: &[Vec<Goal>]) -> Vec<Vec<Edge>> {
    let deepest = sets
        .iter()
        .flatten()
        .map(|goal| goal.depth)
        .max()
        .unwrap_or(0);
    let mut wanted: Vec<FxHashSet<u32>> = vec![FxHashSet::default(); deepest as usize + 1];
    for goal in sets.iter().flatten() {
        wanted[goal.depth as usize].insert(goal.state);
    }
    let mut edges: Vec<Vec<Edge>> = vec![Vec::new(); deepest as usize];
    let nobody = Marking(None);
    let mut worker = search.worker(&nobody);
    for depth in (0..deepest as usize).rev() {
        let targets = std::mem::take(&mut wanted[depth + 1]);
        if targets.is_empty() {
            continue;
        }
        // There are few of them, so that looking for one costs no look at the store.
        let targets: FxHashMap<_, u32> = targets.iter().map(|&id| (search.root(id), id)).collect();
        for id in search.layer(u32::try_from(depth).expect("a depth")) {
            let here = &mut edges[depth];
            let n_before = here.len();
            search.each_step(&mut worker, &nobody, id, |action, _, target| {
                if let Some(&to) = target.and_then(|root| targets.get(&root)) {
                    let from = id;
                    here.push(Edge { from, to, action });
                }
            });
            if here.len() > n_before {
                wanted[depth].insert(id);
            }
        }
    }
    edges
}

/// The best runs to every state on the way, depth by depth.
fn forward(edges: &[Vec<Edge>]) -> Vec<Runs> {
    let mut start = Runs::default();
    let nothing = Action { actor: 0, way: 0 };
    let beginning = Best {
        switches: 0,
        rank: 0,
        from: 0,
        from_last: NOBODY,
        action: nothing,
    };
    start.insert((0, NOBODY), beginning);
    let mut layers = vec![start];
    for layer in edges {
        let before = layers.last().expect("there is a first layer");
        // The runs to each state, gathered by state.
        let mut by_state: FxHashMap<u32, Vec<(usize, Best)>> = FxHashMap::default();
        for (&(state, last), &best) in before {
            by_state.entry(state).or_default().push((last, best));
        }
        let mut runs = Runs::default();
        for edge in layer {
            for &(last, before) in by_state.get(&edge.from).into_iter().flatten() {
                offer(&mut runs, edge, last, before);
            }
        }
        rank(&mut runs);
        layers.push(runs);
    }
    layers
}

fn offer(runs: &mut Runs, edge: &Edge, last: usize, before: Best) {
    let actor = edge.action.actor;
    let switched = last != NOBODY && last != actor;
    let run = Best {
        switches: before.switches + u32::from(switched),
        rank: before.rank, // that of the run before, until the layer is ranked
        from: edge.from,
        from_last: last,
        action: edge.action,
    };
    let key = |run: &Best| (run.switches, run.rank, run.action);
    runs.entry((edge.to, actor))
        .and_modify(|old| {
            if key(&run) < key(old) {
                *old = run;
            }
        })
        .or_insert(run);
}

/// Numbers the runs of a layer in the order of their steps.
fn rank(runs: &mut Runs) {
    let mut order: Vec<((u32, Action), (u32, usize))> = runs
        .iter()
        .map(|(&key, run)| ((run.rank, run.action), key))
        .collect();
    order.sort_unstable();
    for (rank, (_, key)) in order.into_iter().enumerate() {
        let run = runs.get_mut(&key).expect("it was just listed");
        run.rank = u32::try_from(rank).expect("fewer runs than states times actors");
    }
}

/// What makes a run to a goal better: switches, rank of the run, the goal's step.
type Merit = (u32, u32, Option<Action>);

fn best_schedule(goals: &[Goal], runs: &[Runs]) -> Schedule {
    let mut best: Option<(Merit, Goal, usize)> = None;
    for goal in goals {
        for (&(state, last), run) in &runs[goal.depth as usize] {
            if state != goal.state {
                continue;
            }
            let switched = goal
                .step
                .is_some_and(|step| last != NOBODY && last != step.actor);
            let key = (run.switches + u32::from(switched), run.rank, goal.step);
            if best.as_ref().is_none_or(|(old, ..)| key < *old) {
                best = Some((key, *goal, last));
            }
        }
    }
    let (_, goal, mut last) = best.expect("every goal is reached by the search");
    let mut steps: Vec<Action> = goal.step.into_iter().collect();
    let mut state = goal.state;
    for depth in (1..=goal.depth as usize).rev() {
        let run = runs[depth][&(state, last)];
        steps.push(run.action);
        (state, last) = (run.from, run.from_last);
    }
    steps.reverse();
    Schedule(steps)
}
