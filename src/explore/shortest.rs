//! The best schedule to a goal: fewest steps, then fewest switches, then the
//! first in order of actors and ways.
//!
//! Where few switches are enough, only runs with few are looked at ([`by_switches`]).
//! Else all states are. The search has stored them by depth. Going back from the goals,
//! layer by layer, every state is expanded again to see which of its steps lie on a
//! shortest run to a goal. On these steps alone a forward pass keeps, for each
//! state and each actor that may have moved last, the best run: its number of
//! switches and its rank among the runs of the same length.
//!
//! Where states were passed, a step out of a stored state stands for all steps up to
//! the next stored one, and the states between are states on the way like others.
//!
//! Where a stored state stands for others, an actor may have another number after a step.
//! The way through stored states is made a run of the program in the end.
//!
//! Cost: one more expansion of every state above the deepest goal. Where the
//! search was stopped by a clock or by hand, nobody wants to wait for that, and
//! sometimes there is not memory enough: then
//! the first way found is taken, which has the fewest steps, but not always the
//! fewest switches.

mod by_switches;

use super::concrete::concrete;
use super::graph::Marking;
use super::limits::{Bound, MemoryBudget};
use super::stateful::Search;
use super::tree::Root;
use crate::trace::{Action, Schedule};
use by_switches::by_switches;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

/// Where a finding is: in a state, or in a step out of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Goal {
    /// The state, or the stored one behind which it was passed.
    pub state: u32,
    /// If it was passed: the first step to it from there.
    pub along: Option<Action>,
    /// Its depth.
    pub depth: u32,
    /// The step.
    pub step: Option<Action>,
}

/// A step on a shortest run.
#[derive(Clone, Copy)]
struct Edge {
    from: Root,
    to: Root,
    action: Action,
    /// Who moves, as known before the step and after it.
    mover: (usize, usize),
}

/// The best run to a state whose last step was a given actor's.
#[derive(Clone, Copy)]
struct Best {
    switches: u32,
    rank: u32,
    from: Root,
    from_last: usize,
    action: Action,
}

type Runs = FxHashMap<(Root, usize), Best>;

/// States of a search up to which both ways to look are compared, in builds with
/// assertions.
const COMPARED_MAX: u32 = 20_000;

/// Bytes for each step on a shortest run at most: itself, the state it leads to, and the
/// best run that ends with it, in tables that have just doubled.
const EDGE_BYTES: usize = 240;

/// Nobody has moved yet.
const NOBODY: usize = usize::MAX;

/// For each set of goals, the best schedule to any of them.
///
/// All goals of a set must need the same number of steps. With the search, no more memory
/// is used than `memory`, or a tenth of that where the search has left less.
pub fn shortest(search: &Search<'_>, sets: &[Vec<Goal>], memory: MemoryBudget) -> Vec<Schedule> {
    let room = { memory.0 }.saturating_sub(search.bytes() as u64);
    let room = usize::try_from(room.max(memory.0 / 10)).unwrap_or(usize::MAX);
    let found = through_stored(search, sets, room).into_iter();
    found.map(|it| concrete(search, it)).collect()
}

/// The same through stored states.
fn through_stored(search: &Search<'_>, sets: &[Vec<Goal>], room: usize) -> Vec<Schedule> {
    let first_ways = || sets.iter().map(|goals| first_way(search, goals)).collect();
    if matches!(search.bound(), Some(Bound::Time | Bound::Interrupt)) {
        return first_ways();
    }
    let Some(start) = (search.n_states() > 0).then(|| search.root(0)) else {
        return sets.iter().map(|_| Schedule::default()).collect();
    };
    let goals: Vec<Vec<Place>> = sets.iter().map(|goals| places(search, goals)).collect();
    let found = by_switches(search, start, &goals, room);
    if cfg!(debug_assertions) && search.n_states() <= COMPARED_MAX {
        let all = by_layers(search, start, &goals, usize::MAX);
        debug_assert!(found.is_none() || found == all, "both are best");
    }
    { found.or_else(|| by_layers(search, start, &goals, room)) }.unwrap_or_else(first_ways)
}

/// Looks at all states above the goals; `None` if that takes more than `room` bytes.
fn by_layers(
    search: &Search<'_>,
    start: Root,
    sets: &[Vec<Place>],
    room: usize,
) -> Option<Vec<Schedule>> {
    let edges = edges_to(search, sets, room / EDGE_BYTES)?;
    let runs = forward(start, &edges);
    let best = sets.iter().map(|goals| best_schedule(search, goals, &runs));
    Some(best.collect())
}

/// A goal with the root of its state.
type Place = (Goal, Root);

fn places(search: &Search<'_>, goals: &[Goal]) -> Vec<Place> {
    let root = |goal: &Goal| match along(search, goal).last() {
        Some(&(_, root)) => root,
        None => search.root(goal.state),
    };
    goals.iter().map(|goal| (*goal, root(goal))).collect()
}

/// The steps from a stored state to the goal's, if that was passed.
fn along(search: &Search<'_>, goal: &Goal) -> Vec<(Action, Root)> {
    let Some(first) = goal.along else {
        return Vec::new();
    };
    let n = (goal.depth - search.depth_of(goal.state)) as usize;
    let nobody = Marking(None);
    let mut steps = Vec::new();
    search.each_chain(&mut search.worker(&nobody), &nobody, goal.state, |chain| {
        if chain[0].0 == first {
            steps.extend_from_slice(&chain[..n]);
        }
    });
    steps
}

/// The way on which the first goal was found first.
fn first_way(search: &Search<'_>, goals: &[Goal]) -> Schedule {
    let goal = goals.first().expect("a set of goals is not empty");
    let mut path = vec![goal.state];
    while let Some(parent) = search.parent(path[path.len() - 1]) {
        path.push(parent);
    }
    path.reverse();
    let nobody = Marking(None);
    let mut worker = search.worker(&nobody);
    let mut steps: Vec<Action> = Vec::new();
    for pair in path.windows(2) {
        let to = search.root(pair[1]);
        let n = search.depth_of(pair[1]) - search.depth_of(pair[0]);
        let before = steps.last().map(|step| step.actor);
        let mut found: Option<Vec<Action>> = None;
        search.each_chain(&mut worker, &nobody, pair[0], |chain| {
            let leads = chain.len() == n as usize && chain[chain.len() - 1].1 == to;
            let goes_on = Some(chain[0].0.actor) == before;
            let went_on = found
                .as_ref()
                .is_some_and(|old| Some(old[0].actor) == before);
            if leads && (found.is_none() || goes_on && !went_on) {
                found = Some(chain.iter().map(|step| step.0).collect());
            }
        });
        steps.extend(found.expect("a state's parent leads to it"));
    }
    steps.extend(along(search, goal).iter().map(|step| step.0));
    steps.extend(goal.step);
    Schedule(steps)
}

/// The steps of all shortest runs to all goals, by the depth of their origin; `None` if
/// there are more than so many.
fn edges_to(search: &Search<'_>, sets: &[Vec<Place>], most: usize) -> Option<Vec<Vec<Edge>>> {
    let goals = || sets.iter().flatten();
    let deepest = goals().map(|(goal, _)| goal.depth as usize).max();
    let deepest = deepest.unwrap_or(0);
    let mut wanted: Vec<FxHashSet<Root>> = vec![FxHashSet::default(); deepest + 1];
    for (goal, root) in goals() {
        wanted[goal.depth as usize].insert(*root);
    }
    let mut edges: Vec<Vec<Edge>> = vec![Vec::new(); deepest];
    let nobody = Marking(None);
    let mut worker = search.worker(&nobody);
    let mut by_whom = search.by_whom();
    let chain_max = search.chain_max() as usize;
    let mut n_edges = 0;
    for depth in (0..deepest).rev() {
        // There are few of them, so that looking for one costs no look at the store.
        let (upwards, below) = wanted.split_at_mut(depth + 1);
        let reach = chain_max.min(below.len());
        if below[..reach].iter().all(FxHashSet::is_empty) {
            continue;
        }
        for id in search.layer(u32::try_from(depth).expect("a depth")) {
            let mut leads = false;
            search.each_chain(&mut worker, &nobody, id, |chain| {
                let is_wanted = |&at: &usize| below[at].contains(&chain[at].1);
                let Some(last) = (0..chain.len().min(reach)).rev().find(is_wanted) else {
                    return;
                };
                let mut from = search.root(id);
                for (at, &(action, to)) in chain[..=last].iter().enumerate() {
                    let mover = by_whom.of(from, action, to);
                    edges[depth + at].push(Edge {
                        from,
                        to,
                        action,
                        mover,
                    });
                    from = to;
                }
                n_edges += last + 1;
                leads = true;
            });
            if leads {
                upwards[depth].insert(search.root(id));
            }
            if n_edges > most {
                return None;
            }
        }
        if below.len() >= chain_max {
            below[chain_max - 1] = FxHashSet::default();
        }
    }
    Some(edges)
}

/// The best runs to every state on the way, depth by depth.
fn forward(root: Root, edges: &[Vec<Edge>]) -> Vec<Runs> {
    let mut start = Runs::default();
    let nothing = Action { actor: 0, way: 0 };
    let beginning = Best {
        switches: 0,
        rank: 0,
        from: root,
        from_last: NOBODY,
        action: nothing,
    };
    start.insert((root, NOBODY), beginning);
    let mut layers = vec![start];
    for layer in edges {
        let before = layers.last().expect("there is a first layer");
        // The runs to each state, gathered by state.
        let mut by_state: FxHashMap<Root, Vec<(usize, Best)>> = FxHashMap::default();
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
    let (actor, is_then) = edge.mover;
    let switched = last != NOBODY && last != actor;
    let run = Best {
        switches: before.switches + u32::from(switched),
        rank: before.rank, // that of the run before, until the layer is ranked
        from: edge.from,
        from_last: last,
        action: edge.action,
    };
    let key = |run: &Best| (run.switches, run.rank, run.action);
    runs.entry((edge.to, is_then))
        .and_modify(|old| {
            if key(&run) < key(old) {
                *old = run;
            }
        })
        .or_insert(run);
}

/// Numbers the runs of a layer in the order of their steps.
fn rank(runs: &mut Runs) {
    let mut order: Vec<((u32, Action), (Root, usize))> = runs
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

fn best_schedule(search: &Search<'_>, goals: &[Place], runs: &[Runs]) -> Schedule {
    let mut best: Option<(Merit, Place, usize)> = None;
    let mut by_whom = search.by_whom();
    for &(goal, root) in goals {
        let mover = goal.step.map(|step| by_whom.before(root, step));
        for (&(state, last), run) in &runs[goal.depth as usize] {
            if state != root {
                continue;
            }
            let switched = mover.is_some_and(|actor| last != NOBODY && last != actor);
            let key = (run.switches + u32::from(switched), run.rank, goal.step);
            if best.as_ref().is_none_or(|(old, ..)| key < *old) {
                best = Some((key, (goal, root), last));
            }
        }
    }
    let (_, (goal, mut state), mut last) = best.expect("every goal is reached by the search");
    let mut steps: Vec<Action> = goal.step.into_iter().collect();
    for depth in (1..=goal.depth as usize).rev() {
        let run = runs[depth][&(state, last)];
        steps.push(run.action);
        (state, last) = (run.from, run.from_last);
    }
    steps.reverse();
    Schedule(steps)
}
