//! One scenario: search, diagnose, compare with the expectations, report.

use super::checkpoint::{self, Begun};
use super::expect::{is_met, judge};
use super::explain::explain;
use super::first::searched_first;
use super::gil::UnderLock;
use super::reduced::{Known, Orders};
use super::{Checker, Mode, Progress, sample};
use crate::analysis::{Diagnosis, Facts, Level};
use crate::base::{Diagnostic, Source};
use crate::explore::{Keep, Limits};
use crate::hir;
use crate::program::{Allow, ExpectKind, Program};
use crate::report::{Allowed, Expectation, ScenarioReport, Stats, Status, Verdict, tell};
use crate::semantics::{Capacity, Machine};
use std::sync::Arc;
use std::time::Instant;

/// Checks one scenario.
pub(super) fn check(
    checker: &Checker,
    source: &Arc<Source>,
    scenario: &hir::Scenario,
    program: &Program,
    diagnostics: Vec<Diagnostic>,
) -> ScenarioReport {
    let start = Instant::now();
    let memory = checker.memory.unwrap_or(scenario.memory);
    let mut capacity = Capacity::initial(program);
    let mut begun = checker.begun.clone();
    if let Some(begun) = &begun {
        capacity = begun.capacity;
    }
    loop {
        let machine = Machine::new(program, capacity);
        let checked = match checker.mode {
            // Loaded scenarios are checked by ourselves; see `check_here`.
            Mode::AllRuns | Mode::Witness(_) => {
                let keep = keep(checker, scenario, &machine, begun.take());
                check_within(checker, source, &machine, memory, keep)
            }
            Mode::Sample(sampling) => sample::check(checker, sampling, source, &machine),
            Mode::FewSwitches(most) => sample::few_switches(checker, most, source, &machine),
        };
        match checked {
            Ok(mut report) => {
                report.diagnostics = diagnostics;
                report.memory_model = match memory {
                    hir::MemoryModel::Sc => "sc".to_owned(),
                    hir::MemoryModel::Gil => "gil".to_owned(),
                };
                report.stats.elapsed_ms = start.elapsed().as_secs_f64() * 1000.0;
                return report;
            }
            Err(more) => capacity = more,
        }
    }
}

/// Where the search is written down, and what it goes on from.
fn keep(
    checker: &Checker,
    scenario: &hir::Scenario,
    machine: &Machine<'_>,
    begun: Option<Begun>,
) -> Keep {
    let from = begun.map(|begun| begun.body);
    let Some((every, write)) = checker.on_checkpoint.clone() else {
        return Keep {
            from,
            ..Keep::default()
        };
    };
    let capacity = machine.layout().capacity();
    let frame = checkpoint::frame(checker, scenario, machine.program(), capacity);
    Keep {
        write: Some(Arc::new(move |body: &[u8]| write(&frame(body)))),
        every,
        from,
    }
}

fn check_within(
    checker: &Checker,
    source: &Arc<Source>,
    machine: &Machine<'_>,
    memory: hir::MemoryModel,
    keep: Keep,
) -> Result<ScenarioReport, Capacity> {
    let program = machine.program();
    let mut tell =
        |states, depth, bytes| progress(checker, source, program, (states, depth, bytes));
    tell(0, 0, 0);
    let limits = Limits {
        keep,
        ..checker.limits.clone()
    };
    let known = Known::default();
    let (found, left_at) = searched_first(checker, &limits, machine, &known, &mut tell)?;
    let left = left_at.map(|states| checker.clone().max_states(states));
    let checker = left.as_ref().unwrap_or(checker);
    let (diagnosis, size) = (&found.diagnosis, &found.size);
    let stats = Stats {
        states: size.states,
        transitions: size.steps,
        terminal_states: size.terminal,
        depth: u64::from(size.depth),
        bytes_per_state: size.bytes as f64 / size.states.max(1) as f64,
        ..Stats::default()
    };
    let mut report = begun(checker, source, program, stats);
    report.orders = match found.orders {
        Orders::All => None,
        Orders::AllBecause(why) => Some(format!("all orders of steps, because {why}")),
        Orders::One => Some("one order of steps whose order makes no difference".to_owned()),
    };
    if let (Some(orders), true) = (&mut report.orders, found.any_of_like) {
        orders.push_str("; of threads, tasks or workers that are alike, any");
    }
    let under_lock = match memory {
        hir::MemoryModel::Gil => Some(UnderLock::search(checker, program)),
        hir::MemoryModel::Sc => None,
    };
    conclude(&mut report, program, diagnosis, under_lock.as_ref());
    let longer = found.maybe_longer.iter();
    let longer: Vec<String> = longer.map(|it| it.token(program)).collect();
    let schedules = report.findings.iter_mut();
    for schedule in schedules.filter_map(|finding| finding.schedule.as_mut()) {
        schedule.shortest &= !longer.contains(&schedule.token);
    }
    tell_coverage(&mut report, checker, program, &found.facts, diagnosis);
    if let (Some(_), Some(limit)) = (left_at, &mut report.limit) {
        tell::left_early(limit);
    }
    report.under_lock = under_lock.and_then(|lock| lock.difference(diagnosis));
    explain(&mut report, checker, program, &found.facts, diagnosis);
    Ok(report)
}

/// Tells how far a check has come: states, depth, bytes.
pub(super) fn progress(
    checker: &Checker,
    source: &Source,
    program: &Program,
    (states, depth, bytes): (u64, u32, usize),
) {
    if let Some(call) = &checker.on_progress {
        call(Progress {
            file: source.name(),
            scenario: &program.name,
            states,
            depth,
            bytes,
        });
    }
}

/// A report that knows what was looked at, but not what was found.
pub(super) fn begun(
    checker: &Checker,
    source: &Arc<Source>,
    program: &Program,
    stats: Stats,
) -> ScenarioReport {
    let line = source.position(program.span.start).line;
    let mut report = ScenarioReport::new(Arc::clone(source), program.name.clone(), line);
    report.description = Some(program.description.clone()).filter(|text| !text.is_empty());
    report.stats = stats;
    report.reduction = checker.reduction.name().to_owned();
    report
}

/// Findings, expectations, verdict and status.
pub(super) fn conclude(
    report: &mut ScenarioReport,
    program: &Program,
    diagnosis: &Diagnosis,
    under_lock: Option<&UnderLock>,
) {
    let source = Arc::clone(&report.source);
    let findings = &diagnosis.findings;
    let complete = diagnosis.bound.is_none();
    let judged = judge(program, findings);
    let mut used = vec![false; program.allows.len()];
    for (finding, judged) in findings.iter().zip(&judged) {
        if let Some(allow) = judged.allowed {
            used[allow] = true;
            continue;
        }
        let mut told = tell::tell(program, &source, finding, complete);
        told.expected = judged.expected;
        if let Some(lock) = under_lock {
            told.facts.extend(lock.label(program, finding));
        }
        report.findings.push(told);
    }
    report.allowed = program
        .allows
        .iter()
        .zip(used)
        .map(|(allow, used)| allowed(allow, used))
        .collect();
    let mut unmet = Vec::new();
    for expect in &program.expects {
        let met = is_met(expect, findings, complete);
        if !met && complete && !matches!(expect.kind, ExpectKind::Ok) {
            let instead = tell::Instead {
                findings: &report.findings,
                states: report.stats.states,
                complete,
            };
            unmet.push(tell::unmet(program, &source, expect, instead));
        }
        report.expectations.push(Expectation {
            text: expect.text.clone(),
            met,
        });
    }
    let any_error = findings.iter().any(|finding| finding.level == Level::Error);
    let surprise = findings
        .iter()
        .zip(&judged)
        .any(|(finding, judged)| finding.level == Level::Error && !judged.expected);
    report.complete = complete;
    report.verdict = match (any_error, complete) {
        (true, _) => Verdict::Refuted,
        (false, true) => Verdict::Proved,
        (false, false) => Verdict::Unknown,
    };
    report.status = if surprise || !unmet.is_empty() {
        Status::Failed
    } else if !complete {
        Status::Inconclusive
    } else {
        Status::Passed
    };
    report.findings.extend(unmet);
}

fn allowed(allow: &Allow, used: bool) -> Allowed {
    Allowed {
        code: allow.code.clone(),
        subjects: allow.subjects.clone(),
        reason: allow.reason.clone(),
        span: allow.span,
        used,
    }
}

/// Outcomes, what was proved, what stopped the search.
fn tell_coverage(
    report: &mut ScenarioReport,
    checker: &Checker,
    program: &Program,
    facts: &Facts<'_>,
    diagnosis: &Diagnosis,
) {
    let source = Arc::clone(&report.source);
    let complete = diagnosis.bound.is_none();
    let seen = diagnosis.outcomes.iter().enumerate();
    let mut outcomes =
        seen.map(|(index, seen)| tell::outcomes(program, &source, index, seen, complete));
    report.outcomes = outcomes.next();
    report.more_outcomes = outcomes.collect();
    let any_error = report.verdict == Verdict::Refuted;
    if let Some(bound) = diagnosis.bound {
        let depth = u32::try_from(report.stats.depth).unwrap_or(u32::MAX);
        let limits = &checker.limits;
        report.limit = Some(tell::limit(
            program, &source, bound, limits, depth, any_error,
        ));
        return;
    }
    tell::unended(program, facts, diagnosis, &mut report.findings);
    let clean = tell::clean(program, &source, facts, diagnosis);
    report.never_run = clean.never_run;
    if !any_error {
        report.scope = clean.scope;
        report.proved = clean.proved;
        report.assumed = clean.assumed;
        report.not_covered = clean.not_covered;
    }
}
