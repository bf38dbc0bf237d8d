//! The same, with runs of few switches looked at first.
//!
//! Most bugs need few switches, and most states lie on runs with many. So runs grow in
//! the order of their switches, and of those with as many, by their length; for each
//! state and each actor that may have moved last the best run is kept, as in
//! [`super`]. As soon as all runs with so many switches are known, those goals are
//! settled that need no more.
//!
//! Every run to a goal with as many steps as the goal's depth is a shortest one, so of a
//! state it is enough to know whether the search has stored it at a smaller depth.
//!
//! Source: Dial, "Algorithm 360: Shortest-path forest with topological ordering" (1969),
//! with two kinds of steps: those that cost nothing and those that cost a switch.
//!
//! Cost: a run kept for each state and actor that can be reached with few switches, and an
//! expansion; where there are more of them than states above the deepest goal, it is given
//! up.
//!
//! **Invariant:** when a run is looked at, no better one to the same place is to come.

use super::{NOBODY, Place};
use crate::base::{Mistake, planted};
use crate::explore::graph::Marking;
use crate::explore::stateful::Search;
use crate::explore::tree::Root;
use crate::trace::{Action, Schedule};
use rustc_hash::FxHashMap;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Runs that may be kept in any case.
const SMALL: usize = 1_000;
/// Bytes for each run at most, in tables that have just doubled.
const RUN_BYTES: usize = 160;
/// Steps back to where two runs part, for which as much time counts as for a run.
const STEPS_BACK: usize = 64;

/// The best run to a state that is known so far.
#[derive(Clone, Copy)]
struct Run {
    root: Root,
    last: usize,
    depth: u32,
    switches: u32,
    /// The run before its last step.
    from: u32,
    action: Action,
}

/// The best run to one of a set of goals.
#[derive(Clone, Copy)]
struct Found {
    run: u32,
    /// With that of the goal's step.
    switches: u32,
    step: Option<Action>,
}

/// Runs under way.
struct Runs {
    all: Vec<Run>,
    /// For each state, last actor and length, the number of the run.
    known: FxHashMap<(Root, usize, u32), u32>,
    /// Those to be looked at, by switches and length.
    next: BTreeMap<(u32, u32), Vec<u32>>,
    steps_back: usize,
}

/// For each set of goals, the best schedule to any of them; `None` if that takes more
/// than looking at all states, or than `room` bytes.
pub(super) fn by_switches(
    search: &Search<'_>,
    start: Root,
    sets: &[Vec<Place>],
    room: usize,
) -> Option<Vec<Schedule>> {
    let deepest = { sets.iter().flatten() }
        .map(|(goal, _)| goal.depth)
        .max()?;
    let above = search.layer(deepest).start as usize;
    let most = above.max(SMALL).min(room / RUN_BYTES);
    let mut goals: FxHashMap<Root, Vec<(usize, usize)>> = FxHashMap::default();
    for (set, places) in sets.iter().enumerate() {
        for (number, (_, root)) in places.iter().enumerate() {
            goals.entry(*root).or_default().push((set, number));
        }
    }
    let mut runs = Runs::new(start);
    let mut found: Vec<Option<Found>> = vec![None; sets.len()];
    let mut by_whom = search.by_whom();
    let nobody = Marking(None);
    let mut worker = search.worker(&nobody);
    let (mut now, mut deepest) = (0, deepest);
    while let Some(((switches, depth), level)) = runs.next.pop_first() {
        if switches > now {
            now = switches;
            let open = { sets.iter().zip(&found) }.filter(|(_, found)| {
                found.is_none_or(|it| it.switches >= now && !planted(Mistake::SettledAtOnce))
            });
            match open.map(|(places, _)| places[0].0.depth).max() {
                Some(depth) => deepest = depth,
                None => break,
            }
        }
        for number in level {
            let run = runs.all[number as usize];
            if run.switches != switches {
                // It was found to need fewer, and was looked at then.
                continue;
            }
            for &(set, goal) in goals.get(&run.root).into_iter().flatten() {
                let (goal, _) = sets[set][goal];
                if goal.depth == depth {
                    let mover = goal.step.map(|step| by_whom.before(run.root, step));
                    let more = mover.is_some_and(|actor| run.last != NOBODY && run.last != actor);
                    let here = Found {
                        run: number,
                        switches: switches + u32::from(more),
                        step: goal.step,
                    };
                    if found[set].is_none_or(|old| runs.is_better(here, old)) {
                        found[set] = Some(here);
                    }
                }
            }
            if depth >= deepest {
                continue;
            }
            if runs.all.len() + runs.steps_back / STEPS_BACK > most {
                return None;
            }
            let there = (run.root, depth + 1);
            search.each_step_down(&mut worker, &nobody, there, |action, to| {
                let mover = by_whom.of(run.root, action, to);
                runs.offer(number, action, to, mover);
            });
        }
    }
    let schedules = found.into_iter().zip(sets).map(|(found, places)| {
        let found = found.expect("every goal is reached by the search");
        let mut steps: Vec<Action> = found.step.into_iter().collect();
        let mut at = found.run;
        for _ in 0..places[0].0.depth {
            let run = runs.all[at as usize];
            steps.push(run.action);
            at = run.from;
        }
        steps.reverse();
        Schedule(steps)
    });
    Some(schedules.collect())
}

impl Runs {
    fn new(start: Root) -> Self {
        let first = Run {
            root: start,
            last: NOBODY,
            depth: 0,
            switches: 0,
            from: 0,
            action: Action { actor: 0, way: 0 },
        };
        Self {
            all: vec![first],
            known: FxHashMap::from_iter([((start, NOBODY, 0), 0)]),
            next: BTreeMap::from([((0, 0), vec![0])]),
            steps_back: 0,
        }
    }

    /// A run goes on with a step.
    fn offer(&mut self, from: u32, action: Action, to: Root, (actor, is_then): (usize, usize)) {
        let before = self.all[from as usize];
        let switched = before.last != NOBODY && before.last != actor;
        let run = Run {
            root: to,
            last: is_then,
            depth: before.depth + 1,
            switches: before.switches + u32::from(switched),
            from,
            action,
        };
        let new = u32::try_from(self.all.len()).expect("fewer runs than states");
        let number = *self.known.entry((to, is_then, run.depth)).or_insert(new);
        if number == new {
            self.all.push(run);
        } else {
            let old = self.all[number as usize];
            match run.switches.cmp(&old.switches) {
                Ordering::Greater => return,
                Ordering::Less => self.all[number as usize] = run,
                Ordering::Equal => {
                    if self.compare((from, action), (old.from, old.action)).is_lt() {
                        self.all[number as usize] = run;
                    }
                    return;
                }
            }
        }
        let place = (run.switches, run.depth);
        self.next.entry(place).or_default().push(number);
    }

    /// Compares the steps of two runs of the same length, from the first on; each is given
    /// without its last step, and that.
    fn compare(&mut self, one: (u32, Action), other: (u32, Action)) -> Ordering {
        let mut found = one.1.cmp(&other.1);
        let (mut one, mut other) = (one.0, other.0);
        while one != other {
            let (run, than) = (self.all[one as usize], self.all[other as usize]);
            if run.action != than.action {
                found = run.action.cmp(&than.action);
            }
            (one, other) = (run.from, than.from);
            self.steps_back += 1;
        }
        found
    }

    /// Whether one way to a goal is better than another to a goal of the same depth.
    fn is_better(&mut self, one: Found, other: Found) -> bool {
        let steps = |runs: &mut Self| {
            let (run, than) = (runs.all[one.run as usize], runs.all[other.run as usize]);
            match one.run == other.run {
                true => Ordering::Equal,
                false => runs.compare((run.from, run.action), (than.from, than.action)),
            }
        };
        let order = { one.switches.cmp(&other.switches) }
            .then_with(|| steps(self))
            .then(one.step.cmp(&other.step));
        order.is_lt()
    }
}
