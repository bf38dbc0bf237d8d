//! What sampled executions show: each bug at the end of a schedule that was made
//! short and run again.
//!
//! Every execution is watched by the same facts as the search. The first error
//! that nobody expects ends the sampling. Then each schedule is shortened in two
//! ways: first by leaving out what does not matter, then by a search for anything
//! shorter that shows the same, within a bound on its states: of all runs if that
//! is small enough, else of those with no more switches.

use super::facts::Facts;
use super::finding::Finding;
use super::key::Key;
use super::partial::{Ending, Seen, diagnosis, finding, note_at_rest, unexpected};
use super::stuck::note_at_rest as note_all_at_rest;
use super::switched::one_level;
use super::{Diagnosis, Level};
use crate::explore::{
    Bound, FewSwitches, Goal, Limits, Observer, Sample, Sampling, Taken, Visit, Watcher,
    fewer_switches, sample, search, shortest,
};
use crate::semantics::{Capacity, Chooser, Machine, State, Stop};
use crate::trace::{Action, Schedule};
use std::collections::{BTreeMap, BTreeSet};

/// States that a search for something shorter may store, at least and at most.
const STATES: std::ops::RangeInclusive<u64> = 500..=20_000;
/// What it may cost: the product of states and actors squared.
const WORK: u64 = 20_000 * 16 * 16;
/// Combinations of final values that are kept.
const ENDINGS_MAX: usize = 10_000;

/// What sampling showed.
pub struct Sampled {
    /// The findings; its bound is what ended the sampling.
    pub diagnosis: Diagnosis,
    /// How much was run.
    pub sample: Sample,
    /// The schedules of which it is known that none is shorter.
    pub shortest: BTreeSet<Schedule>,
}

/// Samples executions until one shows an error that is not expected, or there
/// were enough.
///
/// # Errors
///
/// The capacity that the layout must have: begin again with it.
///
/// # Panics
///
/// If a finding cannot be confirmed by replaying its schedule.
pub fn sampled<'p>(
    machine: &Machine<'p>,
    sampling: Sampling,
    limits: &Limits,
    facts: &mut Facts<'p>,
    is_expected: &dyn Fn(&Finding) -> bool,
) -> Result<Sampled, Capacity> {
    let mut noticing = Noticing {
        machine,
        facts: facts.fork(),
        seen: Seen {
            hits: BTreeMap::new(),
            endings: BTreeMap::new(),
        },
        is_expected,
        is_done: false,
    };
    let sample = sample(machine, sampling, limits, &mut noticing)?;
    let Noticing {
        mut seen,
        facts: noticed,
        ..
    } = noticing;
    facts.merge(noticed);
    let mut known = BTreeSet::new();
    let program = machine.program();
    for (key, schedule) in &mut seen.hits {
        let what = What::Key(key);
        *schedule = simplest(machine, limits, facts, &what, schedule, &mut known);
    }
    for (ending, (schedule, _)) in &mut seen.endings {
        if unexpected(program, ending, schedule).is_some() {
            let what = What::Ending(ending);
            *schedule = simplest(machine, limits, facts, &what, schedule, &mut known);
        }
    }
    let bound = sample.bound.unwrap_or(Bound::Executions);
    let room = machine.layout().capacity();
    Ok(Sampled {
        diagnosis: diagnosis(facts, room, seen, bound),
        sample,
        shortest: known,
    })
}

/// Watches executions.
struct Noticing<'a, 'p> {
    machine: &'a Machine<'p>,
    facts: Facts<'p>,
    seen: Seen,
    is_expected: &'a dyn Fn(&Finding) -> bool,
    is_done: bool,
}

impl Noticing<'_, '_> {
    /// Looks through what the last state or step has added to the facts.
    fn notice(&mut self, so_far: &[Action]) {
        let program = self.machine.program();
        let room = self.machine.layout().capacity();
        for key in std::mem::take(&mut self.facts.hits).into_keys() {
            if self.seen.hits.contains_key(&key) {
                continue;
            }
            let schedule = Schedule(so_far.to_vec());
            let found = finding(&self.facts, room, &key, &schedule);
            self.is_done |= found.level == Level::Error && !(self.is_expected)(&found);
            self.seen.hits.insert(key, schedule);
        }
        for ending in std::mem::take(&mut self.facts.endings).into_keys() {
            if self.seen.endings.contains_key(&ending) {
                continue;
            }
            let schedule = Schedule(so_far.to_vec());
            let found = unexpected(program, &ending, &schedule);
            self.is_done |= found
                .as_ref()
                .is_some_and(|found| !(self.is_expected)(found));
            if found.is_some() || self.seen.endings.len() < ENDINGS_MAX {
                self.seen.endings.insert(ending, (schedule, 0));
            }
        }
    }
}

impl<'p> Watcher for Noticing<'_, 'p> {
    type Observer = Facts<'p>;

    fn observer(&self) -> &Facts<'p> {
        &self.facts
    }

    fn ranges(&mut self, ranges: Vec<Option<(i64, i64)>>) {
        let mut piece = self.facts.fork();
        piece.ranges(ranges);
        self.facts.merge(piece);
    }

    fn visit(&mut self, visit: Visit<'_>, so_far: &[Action]) {
        look(&mut self.facts, visit, false);
        if !self.facts.hits.is_empty() || !self.facts.endings.is_empty() {
            self.notice(so_far);
        }
    }

    fn taken(&mut self, taken: Taken<'_>, so_far: &[Action]) {
        self.facts.taken(taken);
        if !self.facts.hits.is_empty() {
            self.notice(so_far);
        }
    }

    fn is_done(&self) -> bool {
        self.is_done
    }
}

/// Notes everything that a state shows, or only who waits for ever.
fn look(facts: &mut Facts<'_>, visit: Visit<'_>, only_waits: bool) {
    let goal = Goal {
        state: visit.id,
        along: None,
        depth: visit.depth,
        step: None,
    };
    match only_waits {
        true => facts.visit_waits(&visit, goal),
        false => facts.visit(visit),
    }
    if facts.stuck.pop().is_some() {
        note_at_rest(facts, visit.machine, visit.state, goal);
    }
}

/// What a schedule must show.
enum What<'a> {
    Key(&'a Key),
    Ending(&'a Ending),
}

impl What<'_> {
    /// Whether it shows in who waits for whom alone.
    fn is_a_wait(&self) -> bool {
        match self {
            What::Key(key) => matches!(
                key,
                Key::Circle(_) | Key::Knot(_) | Key::Forsaken(_) | Key::LostSignal(..)
            ),
            What::Ending(_) => false,
        }
    }

    /// Whether a look at a state may show it: a circle has as many who cannot go on as it
    /// has places.
    fn may_show(&self, visit: &Visit<'_>) -> bool {
        let What::Key(Key::Circle(places)) = self else {
            return true;
        };
        let layout = visit.machine.layout();
        let actors = 0..layout.n_actors(visit.state);
        let running = actors.filter(|&actor| layout.is_running(visit.state, actor));
        running.count() >= visit.enabled.len() + places.len()
    }

    fn is_in(&self, facts: &Facts<'_>) -> bool {
        match self {
            What::Key(key) => facts.hits.contains_key(key),
            What::Ending(ending) => facts.endings.contains_key(ending),
        }
    }
}

/// The simplest schedule that was found for the same.
fn simplest(
    machine: &Machine<'_>,
    limits: &Limits,
    facts: &Facts<'_>,
    what: &What<'_>,
    schedule: &Schedule,
    known: &mut BTreeSet<Schedule>,
) -> Schedule {
    let mut shows = |steps: &[Action]| run(machine, facts, steps, what);
    let mut simple = fewer_switches(schedule.clone(), &mut shows);
    // One after the other is easiest to follow, if it shows the same.
    let mut in_turn = simple.0.clone();
    in_turn.sort_by_key(|action| action.actor);
    if let Some(steps) = shows(&in_turn).map(Schedule)
        && (steps.0.len(), steps.n_switches()) <= (simple.0.len(), simple.n_switches())
    {
        simple = steps;
    }
    let most = u32::try_from(simple.0.len()).unwrap_or(u32::MAX);
    let Some(most) = most.checked_sub(1) else {
        known.insert(simple.clone());
        return simple;
    };
    let n_actors = machine.program().actors.len() as u64;
    let around = Limits {
        states: (WORK / n_actors.pow(2).max(1)).clamp(*STATES.start(), *STATES.end()),
        depth: Some(most),
        ..limits.clone()
    };
    match of_all_runs(machine, &around, facts, what) {
        Shorter::There(shorter) => {
            known.insert(shorter.clone());
            shorter
        }
        Shorter::Nowhere => {
            known.insert(simple.clone());
            simple
        }
        Shorter::Unknown => {
            let most = preemptions(machine, &simple);
            with_switches(machine, &around, facts, what, most).unwrap_or(simple)
        }
    }
}

/// What a search for something shorter found.
enum Shorter {
    /// This one, and none is shorter.
    There(Schedule),
    /// There is nothing shorter.
    Nowhere,
    /// It was not finished.
    Unknown,
}

fn of_all_runs(
    machine: &Machine<'_>,
    around: &Limits,
    facts: &Facts<'_>,
    what: &What<'_>,
) -> Shorter {
    let mut found = facts.fork();
    let Ok(search) = search(machine, around, 1, &mut found, &mut |_, _, _| {}) else {
        return Shorter::Unknown;
    };
    note_all_at_rest(&search, &mut found);
    let hit = match what {
        What::Key(key) => found.hits.get(*key),
        What::Ending(ending) => found.endings.get(*ending).map(|ending| &ending.hit),
    };
    match (hit, search.bound()) {
        (Some(hit), _) => {
            let goals = std::slice::from_ref(&hit.goals);
            match shortest(&search, goals, around.memory).pop() {
                Some(schedule) => Shorter::There(schedule),
                None => Shorter::Unknown,
            }
        }
        (None, None | Some(Bound::Depth)) => Shorter::Nowhere,
        (None, Some(_)) => Shorter::Unknown,
    }
}

fn with_switches(
    machine: &Machine<'_>,
    around: &Limits,
    facts: &Facts<'_>,
    what: &What<'_>,
    most: u32,
) -> Option<Schedule> {
    let mut search = FewSwitches::new(machine, around).ok()?;
    let mut found = facts.fork();
    let mut seen = Seen {
        hits: BTreeMap::new(),
        endings: BTreeMap::new(),
    };
    for _ in 0..=most {
        let more = one_level(machine, &mut search, around, &mut found, &mut seen).ok()?;
        let hit = match what {
            What::Key(key) => seen.hits.remove(*key),
            What::Ending(ending) => seen.endings.remove(*ending).map(|(schedule, _)| schedule),
        };
        if hit.is_some() || !more {
            return hit;
        }
    }
    None
}

/// How often a schedule leaves an actor that could have gone on.
fn preemptions(machine: &Machine<'_>, schedule: &Schedule) -> u32 {
    let Ok(mut state) = machine.initial(&mut ()) else {
        return 0;
    };
    let mut last = None;
    let mut n = 0;
    for &action in &schedule.0 {
        let left = last.filter(|&last| last != action.actor);
        n += u32::from(left.is_some_and(|left| machine.enabled(&state).any(|it| it == left)));
        last = Some(action.actor);
        let mut chooser = Chooser::fixed(action.way);
        if machine
            .step(&mut state, action.actor, &mut chooser, &mut ())
            .is_err()
        {
            break;
        }
    }
    n
}

/// Runs what can be run of the steps, one after the other, until it shows the
/// same; gives the steps that were run.
fn run(
    machine: &Machine<'_>,
    facts: &Facts<'_>,
    steps: &[Action],
    what: &What<'_>,
) -> Option<Vec<Action>> {
    let only_waits = what.is_a_wait();
    let mut facts = facts.fork();
    let mut state: State = machine.initial(&mut ()).ok()?;
    let mut done: Vec<Action> = Vec::new();
    let mut rest = steps.iter();
    loop {
        let enabled: Vec<usize> = machine.enabled(&state).collect();
        let depth = u32::try_from(done.len()).unwrap_or(u32::MAX);
        let visit = Visit {
            machine,
            id: 0,
            along: None,
            depth,
            state: &state,
            enabled: &enabled,
            stands_for: 1,
        };
        if what.may_show(&visit) {
            look(&mut facts, visit, only_waits);
            if what.is_in(&facts) {
                return Some(done);
            }
        }
        let &action = rest.find(|action| enabled.contains(&action.actor))?;
        let before = state.clone();
        let mut chooser = Chooser::fixed(action.way);
        let mut heard = Vec::new();
        let result = machine.step(&mut state, action.actor, &mut chooser, &mut heard);
        let after = match result {
            Ok(()) => Ok(&state),
            Err(Stop::Fault(fault)) => Err(fault),
            Err(Stop::Grow(_) | Stop::Limit(..)) => return None,
        };
        if !chooser.is_exhausted() {
            return None;
        }
        done.push(action);
        facts.taken(Taken {
            machine,
            from: 0,
            along: None,
            depth,
            before: &before,
            action,
            fault: after.err(),
            incidents: &heard,
        });
        if what.is_in(&facts) {
            return Some(done);
        }
        after.ok()?;
    }
}
