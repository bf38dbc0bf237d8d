//! What one execution shows by itself: the findings of its last step and of the
//! state it ends in, without a search.
//!
//! **Deliberately absent:** what only the search can know, such as who is blocked
//! for ever while others go round in circles.

use super::diagnose::{outcome_findings, sort_key};
use super::facts::Facts;
use super::finding::Finding;
use super::futures::Futures;
use super::partial::{Seen, diagnosis};
use super::stuck::{StuckSets, note_causes};
use super::witness::Witness;
use super::{Diagnosis, Level, Outcome, Rule};
use crate::explore::{Bound, Goal, Observer, Taken};
use crate::program::Program;
use crate::semantics::Capacity;
use crate::trace::{Execution, NotReplayable, Schedule, replay};
use std::collections::BTreeMap;

/// Runs the schedule and diagnoses its end: errors, or if there are none, warnings.
///
/// # Errors
///
/// [`NotReplayable`] if it is no execution of the program.
pub fn shown_by(program: &Program, schedule: &Schedule) -> Result<Vec<Finding>, NotReplayable> {
    let execution = replay(program, schedule)?;
    let futures = Futures::new(program);
    let mut facts = Facts::new(program);
    look(&mut facts, &execution, &futures);
    let witness = Witness {
        facts: &facts,
        futures: &futures,
        stuck_sets: &StuckSets::new(),
        execution: &execution,
    };
    let keys = facts.hits.keys();
    let mut findings: Vec<Finding> = keys.map(|key| witness.finding(key, schedule)).collect();
    let mut endings = vec![Vec::new(); program.outcomes.len()];
    for ((index, values), ending) in &facts.endings {
        endings[*index].push(Outcome {
            values: values.clone(),
            schedule: schedule.clone(),
            n_states: ending.n_states,
            interleavings: None,
        });
    }
    findings.extend(outcome_findings(program, &endings, false));
    findings.sort_by_key(|finding| sort_key(program, finding));
    if findings.iter().any(|it| it.level == Level::Error) {
        // What a stopped daemon loses is no consequence of the error beside it.
        findings.retain(|it| it.level == Level::Error || it.rule == Rule::Killed);
    }
    Ok(findings)
}

/// What the ends of several executions show, each with the shortest of those
/// that show it: for executions that somebody else has found.
///
/// # Errors
///
/// [`NotReplayable`] if one is no execution of the program.
pub fn shown_by_each(
    program: &Program,
    schedules: &[Schedule],
) -> Result<Diagnosis, NotReplayable> {
    let futures = Futures::new(program);
    let mut facts = Facts::new(program);
    let mut room = Capacity::initial(program);
    let mut seen = Seen {
        hits: BTreeMap::new(),
        endings: BTreeMap::new(),
    };
    let mut schedules: Vec<&Schedule> = schedules.iter().collect();
    schedules.sort_by_key(|schedule| (schedule.0.len(), *schedule));
    for schedule in schedules {
        let execution = replay(program, schedule)?;
        room = execution.machine.layout().capacity();
        look(&mut facts, &execution, &futures);
        for key in std::mem::take(&mut facts.hits).into_keys() {
            seen.hits.entry(key).or_insert_with(|| schedule.clone());
        }
        for ending in std::mem::take(&mut facts.endings).into_keys() {
            let with = || (schedule.clone(), 0);
            seen.endings.entry(ending).or_insert_with(with);
        }
    }
    Ok(diagnosis(&facts, room, seen, Bound::Executions))
}

/// Shows the last step and the last state to the observer of searches.
fn look(facts: &mut Facts<'_>, execution: &Execution<'_>, futures: &Futures) {
    let machine = &execution.machine;
    let goal = Goal {
        state: 0,
        along: None,
        depth: u32::try_from(execution.steps.len()).unwrap_or(u32::MAX),
        step: None,
    };
    if let Some(last) = execution.steps.last() {
        facts.taken(Taken {
            machine,
            from: 0,
            along: None,
            depth: goal.depth,
            before: execution.before(execution.steps.len() - 1),
            action: last.action,
            fault: execution.fault.filter(|_| last.after.is_none()),
            incidents: &last.incidents,
        });
    }
    if execution.fault.is_some() {
        return;
    }
    let state = execution.last();
    let enabled = facts.see(machine, state, goal.state, goal.depth);
    if enabled.is_empty() && !machine.is_over(state) {
        let layout = machine.layout();
        let all = 0..layout.n_actors(state);
        let stuck: Vec<usize> = all
            .filter(|&it| layout.is_running(state, it) && !machine.is_idle(state, it))
            .collect();
        note_causes(facts, machine, state, &stuck, futures, goal);
    }
}
