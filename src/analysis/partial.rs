//! Findings where not every run was looked at: only what a single execution
//! shows, each with a schedule that was run again.
//!
//! **Deliberately absent:** what needs all runs: values that never come out,
//! `sometimes`, statements never reached, fair runs that go on for ever, and
//! whether a circle of lock orders can become a deadlock.

use super::diagnose::{drop_implied, lock_order_findings, outcome_findings, sort_key};
use super::facts::Facts;
use super::finding::Finding;
use super::key::Key;
use super::stuck::{StuckSets, note_causes};
use super::witness::Witness;
use super::{Diagnosis, Outcome};
use crate::base::Span;
use crate::explore::{Bound, Goal};
use crate::program::Program;
use crate::semantics::{Capacity, Machine, State};
use crate::trace::{Schedule, replay_with};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Final values: the number of the `outcomes`, and its words.
pub(super) type Ending = (usize, Vec<i64>);

/// What was seen, with a schedule for each.
pub(super) struct Seen {
    pub hits: BTreeMap<Key, Schedule>,
    /// Final values, and the number of final states if each was counted once.
    pub endings: BTreeMap<Ending, (Schedule, u64)>,
}

/// Replays what was seen and reads the evidence off.
pub(super) fn diagnosis(
    facts: &Facts<'_>,
    room: Capacity,
    mut seen: Seen,
    bound: Bound,
) -> Diagnosis {
    let program = facts.program;
    drop_implied(&mut seen.hits);
    let hits = seen.hits.iter();
    let mut findings: Vec<Finding> = hits
        .map(|(key, schedule)| finding(facts, room, key, schedule))
        .collect();
    let mut outcomes = vec![Vec::new(); program.outcomes.len()];
    for ((index, values), (schedule, n_states)) in seen.endings {
        outcomes[index].push(Outcome {
            values,
            schedule,
            n_states,
            interleavings: None,
        });
    }
    findings.extend(outcome_findings(program, &outcomes, false));
    let circles = seen.hits.keys().filter_map(|key| match key {
        Key::Circle(places) => Some(places.clone()),
        _ => None,
    });
    let realised: BTreeSet<Vec<Span>> = circles.collect();
    findings.extend(lock_order_findings(program, facts, &realised, false));
    findings.extend(super::rules::style::wait_in_if(program));
    findings.extend(super::rules::style::polling(program));
    findings.sort_by_key(|finding| sort_key(program, finding));
    Diagnosis {
        findings,
        outcomes,
        bound: Some(bound),
        may_run_for_ever: false,
    }
}

/// The finding that a schedule shows.
///
/// # Panics
///
/// If it does not show it.
pub(super) fn finding(
    facts: &Facts<'_>,
    room: Capacity,
    key: &Key,
    schedule: &Schedule,
) -> Finding {
    let execution = replay_with(facts.program, schedule, room);
    let execution = execution.expect("what was run can be run again");
    let futures = Arc::clone(&facts.futures);
    let witness = Witness {
        facts,
        futures: &futures,
        stuck_sets: &StuckSets::new(),
        execution: &execution,
    };
    witness.finding(key, schedule)
}

/// Final values that are not among those asked for, as a finding.
pub(super) fn unexpected(
    program: &Program,
    (index, values): &Ending,
    schedule: &Schedule,
) -> Option<Finding> {
    let mut seen = vec![Vec::new(); program.outcomes.len()];
    seen[*index].push(Outcome {
        values: values.clone(),
        schedule: schedule.clone(),
        n_states: 1,
        interleavings: None,
    });
    outcome_findings(program, &seen, false).pop()
}

/// Notes why the actors of a state without a step are blocked for ever.
pub(super) fn note_at_rest(facts: &mut Facts<'_>, machine: &Machine<'_>, state: &State, at: Goal) {
    let layout = machine.layout();
    let all = 0..layout.n_actors(state);
    let stuck: Vec<usize> = all
        .filter(|&actor| layout.is_running(state, actor) && !machine.is_idle(state, actor))
        .collect();
    let futures = Arc::clone(&facts.futures);
    note_causes(facts, machine, state, &stuck, &futures, at);
}
