//! All runs with few switches: what they show, fewest switches first.

use super::Diagnosis;
use super::facts::{Facts, Hit};
use super::partial::{Seen, diagnosis, note_at_rest};
use crate::explore::{Bound, FewSwitches, Goal, Limits, Observer};
use crate::semantics::{Capacity, Machine};
use std::collections::BTreeMap;

/// What a search by switches showed.
pub struct Switched {
    /// The findings; its bound is what ended the search.
    pub diagnosis: Diagnosis,
    /// States stored.
    pub n_states: u64,
    /// Steps taken.
    pub n_steps: u64,
    /// States without a step.
    pub n_terminal: u64,
    /// Steps of the longest run to a state.
    pub depth: u32,
    /// Bytes in use.
    pub bytes: usize,
    /// Whether every step of every state was taken, so that more switches would
    /// have shown nothing more.
    pub has_seen_all: bool,
}

/// Looks at all runs with at most `most` switches away from actors that could
/// have gone on. A schedule of a finding has as few of them as possible, and of
/// those as few steps as possible.
///
/// # Errors
///
/// The capacity that the layout must have: begin again with it.
///
/// # Panics
///
/// If a finding cannot be confirmed by replaying its schedule.
pub fn with_few_switches<'p>(
    machine: &Machine<'p>,
    most: u32,
    limits: &Limits,
    facts: &mut Facts<'p>,
) -> Result<Switched, Capacity> {
    let mut search = FewSwitches::new(machine, limits)?;
    let mut seen = Seen {
        hits: BTreeMap::new(),
        endings: BTreeMap::new(),
    };
    let mut more = true;
    for _ in 0..=most {
        if !more {
            break;
        }
        more = one_level(machine, &mut search, limits, facts, &mut seen)?;
    }
    let has_seen_all = !more && search.bound().is_none();
    let bound = search.bound().unwrap_or(Bound::Switches);
    let room = machine.layout().capacity();
    Ok(Switched {
        diagnosis: diagnosis(facts, room, seen, bound),
        n_states: u64::from(search.n_states()),
        n_steps: search.n_steps(),
        n_terminal: search.n_terminal(),
        depth: search.depth(),
        bytes: search.bytes(),
        has_seen_all,
    })
}

/// Takes one level; what was seen before with fewer switches is shown there.
pub(super) fn one_level<'p>(
    machine: &Machine<'p>,
    search: &mut FewSwitches<'_>,
    limits: &Limits,
    facts: &mut Facts<'p>,
    seen: &mut Seen,
) -> Result<bool, Capacity> {
    let mut level = facts.fork();
    let more = search.level(limits, &mut level)?;
    let mut state = search.blank();
    for (id, depth) in std::mem::take(&mut level.stuck) {
        search.load(id, &mut state);
        let goal = Goal {
            state: id,
            along: None,
            depth,
            step: None,
        };
        note_at_rest(&mut level, machine, &state, goal);
    }
    let first = |hit: &Hit| search.schedule(&hit.goals[0]);
    for (key, hit) in std::mem::take(&mut level.hits) {
        seen.hits.entry(key).or_insert_with(|| first(&hit));
    }
    for (key, ending) in std::mem::take(&mut level.endings) {
        let seen = seen.endings.entry(key);
        seen.or_insert_with(|| (first(&ending.hit), 0)).1 += ending.n_states;
    }
    facts.merge(level);
    Ok(more)
}
