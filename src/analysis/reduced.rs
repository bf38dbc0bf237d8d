//! Findings of a reduced search: which there are it has shown; a shortest schedule
//! for each comes from a search of all states that ends when it has seen them.
//!
//! Where that search would be too large, the schedule is the best of the reduced
//! one. It is known to be shortest if it runs until nobody can move, since all
//! orders of a run have the same length; else that is not said.

use super::Diagnosis;
use super::diagnose::{Shown, drop_implied, realised};
use super::facts::{Facts, Hit};
use super::key::Key;
use super::lock_order::circles;
use super::stuck::{StuckSets, note_at_rest};
use crate::base::{Mistake, planted};
use crate::explore::{Goal, MemoryBudget, Search, shortest};
use crate::semantics::Capacity;
use crate::trace::Schedule;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a reduced search has shown, before schedules are looked for.
pub struct Wanted {
    keys: BTreeSet<Key>,
    has_endings: bool,
    has_lock_orders: bool,
    /// Some `sometimes` holds; when first, only a search of all states knows.
    first_times: BTreeSet<usize>,
}

impl Wanted {
    /// What a complete reduced search has shown.
    pub fn new(search: &Search<'_>, facts: &mut Facts<'_>) -> Self {
        note_at_rest(search, facts);
        drop_implied(&mut facts.hits);
        let lock_orders = circles(facts.program, &facts.edges, &realised(facts), true);
        Self {
            keys: facts.hits.keys().cloned().collect(),
            has_endings: !facts.endings.is_empty(),
            has_lock_orders: !lock_orders.is_empty(),
            first_times: facts.satisfied.keys().copied().collect(),
        }
    }

    /// Whether there is nothing that needs a schedule.
    pub fn is_nothing(&self) -> bool {
        self.keys.is_empty() && !self.needs_all_states() && self.first_times.is_empty()
    }

    /// Whether some question needs all states, if they can be had.
    pub fn needs_all_states(&self) -> bool {
        self.has_endings || self.has_lock_orders
    }

    /// Whether locks are taken in several orders: who runs while they are is a question
    /// about all states.
    pub fn has_lock_orders(&self) -> bool {
        self.has_lock_orders
    }

    /// Whether a search of all states has shown all of it so far.
    pub fn is_shown(&self, search: &Search<'_>, facts: &mut Facts<'_>) -> bool {
        note_at_rest(search, facts);
        !self.needs_all_states()
            && self.keys.iter().all(|key| facts.hits.contains_key(key))
            && self.knows_first_times(facts)
    }

    /// Whether it is known when each `sometimes` holds first.
    pub fn knows_first_times(&self, facts: &Facts<'_>) -> bool {
        let mut times = self.first_times.iter();
        times.all(|time| facts.satisfied.contains_key(time))
    }
}

/// A diagnosis, and the schedules of which it is not known that none is shorter.
pub struct Reduced {
    /// The diagnosis.
    pub diagnosis: Diagnosis,
    /// Those schedules.
    pub maybe_longer: BTreeSet<Schedule>,
}

/// Turns the facts of a reduced search into findings. `exact` are searches of all
/// states that were ended early. If the reduced search was, too, what only they have
/// shown counts as well.
///
/// # Panics
///
/// If a finding cannot be confirmed by replaying its schedule.
pub fn diagnose_reduced<'p>(
    reduced: &Search<'p>,
    facts: &mut Facts<'p>,
    exact: &[(&Search<'p>, &Facts<'p>)],
    memory: MemoryBudget,
) -> Reduced {
    note_at_rest(reduced, facts);
    if !reduced.is_complete() {
        exact
            .iter()
            .for_each(|(_, shown)| facts.add_what_is_missing(shown));
    }
    drop_implied(&mut facts.hits);
    facts.edges.forget_moments();
    for (index, hit) in &mut facts.satisfied {
        let known = exact.iter().find_map(|(_, of)| of.satisfied.get(index));
        if let Some(known) = known {
            hit.clone_from(known);
        }
    }
    let facts = &*facts;
    let mut asked: Vec<Asked<'_>> = Vec::new();
    let mut unsure = Vec::new();
    for (key, hit) in &facts.hits {
        let mut known = exact.iter().enumerate();
        let known = known.find_map(|(source, (_, of))| Some((source, of.hits.get(key)?)));
        let known = known.filter(|_| !planted(Mistake::ReducedIsShortest));
        let same_length = reduced.is_complete() && is_at_the_end(key) || !reduced.is_reduced();
        let sure = same_length || planted(Mistake::ReducedIsShortest);
        unsure.push(known.is_none() && !sure);
        asked.push(known.unwrap_or((exact.len(), hit)));
    }
    for (key, ending) in &facts.endings {
        let mut known = exact.iter().enumerate();
        let known = known.find_map(|(source, (_, of))| Some((source, &of.endings.get(key)?.hit)));
        unsure.push(false);
        asked.push(known.unwrap_or((exact.len(), &ending.hit)));
    }
    let searches: Vec<&Search<'p>> = exact.iter().map(|it| it.0).chain([reduced]).collect();
    let schedules = schedules_of(&searches, &asked, memory);
    let unsure = schedules.iter().zip(unsure).filter(|(_, unsure)| *unsure);
    let maybe_longer = unsure.map(|((schedule, _), _)| schedule.clone()).collect();
    let futures = Arc::clone(&facts.futures);
    let for_ever = !reduced.is_complete() && reduced.may_run_for_ever();
    let shown = Shown {
        facts,
        futures: &futures,
        stuck_sets: &StuckSets::new(),
        schedules,
        ways: BTreeMap::new(),
        bound: reduced.bound(),
    };
    Reduced {
        diagnosis: shown.diagnosis(Vec::new(), for_ever),
        maybe_longer,
    }
}

/// A hit, and the number of the search that has seen it.
type Asked<'a> = (usize, &'a Hit);

/// The best schedule to each, from the search that has seen it.
fn schedules_of(
    searches: &[&Search<'_>],
    asked: &[Asked<'_>],
    memory: MemoryBudget,
) -> Vec<(Schedule, Capacity)> {
    let mut found: Vec<Option<(Schedule, Capacity)>> = vec![None; asked.len()];
    for (number, search) in searches.iter().enumerate() {
        let own = (0..asked.len()).filter(|&index| asked[index].0 == number);
        let own: Vec<usize> = own.collect();
        let goals: Vec<Vec<Goal>> = own.iter().map(|&at| asked[at].1.goals.clone()).collect();
        let room = search.machine().layout().capacity();
        for (index, schedule) in own.into_iter().zip(shortest(search, &goals, memory)) {
            found[index] = Some((schedule, room));
        }
    }
    let all = found.into_iter();
    all.map(|it| it.expect("every hit was seen by one of the searches"))
        .collect()
}

/// Whether a bug shows only where nobody can move any more.
fn is_at_the_end(key: &Key) -> bool {
    matches!(
        key,
        Key::Finally(_)
            | Key::Leak(..)
            | Key::PermitLeak(_)
            | Key::Knot(_)
            | Key::Forsaken(_)
            | Key::LostSignal(..)
    )
}
