//! One scenario where not all runs are asked for: sampled, or those with few
//! switches. What is concluded from the findings is the same as for a search
//! that a limit ended.

use super::Checker;
use super::expect::judge;
use super::run::{begun, conclude, progress};
use crate::analysis::{Diagnosis, Facts, Finding, Sampled, sampled, with_few_switches};
use crate::base::Source;
use crate::explore::{Bound, Sampling};
use crate::program::Program;
use crate::report::{ScenarioReport, Stats, Verdict, tell};
use crate::semantics::{Capacity, Machine};
use std::sync::Arc;

/// Samples executions of a scenario.
pub(super) fn check(
    checker: &Checker,
    sampling: Sampling,
    source: &Arc<Source>,
    machine: &Machine<'_>,
) -> Result<ScenarioReport, Capacity> {
    let program = machine.program();
    let mut facts = Facts::new(program);
    progress(checker, source, program, (0, 0, 0));
    let is_expected = |finding: &Finding| judge(program, std::slice::from_ref(finding))[0].expected;
    let Sampled {
        diagnosis,
        sample,
        shortest,
    } = sampled(machine, sampling, &checker.limits, &mut facts, &is_expected)?;
    let stats = Stats {
        transitions: sample.n_steps,
        terminal_states: sample.n_ended,
        depth: u64::from(sample.longest),
        executions: sample.n_executions,
        ..Stats::default()
    };
    let mut report = begun(checker, source, program, stats);
    conclude(&mut report, program, &diagnosis, None);
    tell_outcomes(&mut report, program, &diagnosis);
    let shortest: Vec<String> = shortest.iter().map(|it| it.token(program)).collect();
    for finding in &mut report.findings {
        if let Some(schedule) = &mut finding.schedule {
            schedule.shortest = shortest.contains(&schedule.token);
        }
    }
    let found = report.verdict == Verdict::Refuted;
    let limits = &checker.limits;
    report.limit = Some(tell::sampled(
        program, source, sampling, &sample, limits, found,
    ));
    Ok(report)
}

/// Searches the runs of a scenario with few switches.
pub(super) fn few_switches(
    checker: &Checker,
    most: u32,
    source: &Arc<Source>,
    machine: &Machine<'_>,
) -> Result<ScenarioReport, Capacity> {
    let program = machine.program();
    let mut facts = Facts::new(program);
    progress(checker, source, program, (0, 0, 0));
    let limits = &checker.limits;
    let switched = with_few_switches(machine, most, limits, &mut facts)?;
    let stats = Stats {
        states: switched.n_states,
        transitions: switched.n_steps,
        terminal_states: switched.n_terminal,
        depth: u64::from(switched.depth),
        bytes_per_state: switched.bytes as f64 / switched.n_states.max(1) as f64,
        ..Stats::default()
    };
    let mut report = begun(checker, source, program, stats);
    conclude(&mut report, program, &switched.diagnosis, None);
    tell_outcomes(&mut report, program, &switched.diagnosis);
    for schedule in report
        .findings
        .iter_mut()
        .filter_map(|it| it.schedule.as_mut())
    {
        // It has the fewest switches; another may have fewer steps.
        schedule.shortest = false;
    }
    let found = report.verdict == Verdict::Refuted;
    let switches = tell::Switches {
        most,
        bound: switched.diagnosis.bound.unwrap_or(Bound::Switches),
        depth: switched.depth,
        has_seen_all: switched.has_seen_all,
    };
    report.limit = Some(tell::few_switches(program, source, switches, limits, found));
    Ok(report)
}

pub(super) fn tell_outcomes(report: &mut ScenarioReport, program: &Program, diagnosis: &Diagnosis) {
    if let Some(seen) = diagnosis.outcomes.first() {
        let source = Arc::clone(&report.source);
        report.outcomes = Some(tell::outcomes(program, &source, 0, seen, false));
    }
}
