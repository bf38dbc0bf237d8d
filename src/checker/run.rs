//! One scenario: search, diagnose, compare with the expectations, report.

use super::expect::{is_met, judge};
use super::{Checker, Progress};
use crate::analysis::{Diagnosis, Facts, Level, diagnose, unreached};
use crate::base::{Diagnostic, Source};
use crate::explore::search;
use crate::hir;
use crate::program::Program;
use crate::report::{self, Expectation, NeverRun, ScenarioReport, Stats, Status, Verdict};
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
    let mut capacity = Capacity::initial(program);
    loop {
        let machine = Machine::new(program, capacity);
        match check_within(checker, source, &machine) {
            Ok(mut report) => {
                report.diagnostics = diagnostics;
                report.memory_model = match scenario.memory {
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

fn check_within(
    checker: &Checker,
    source: &Arc<Source>,
    machine: &Machine<'_>,
) -> Result<ScenarioReport, Capacity> {
    let program = machine.program();
    let mut facts = Facts::new(program);
    let mut tell = |states, depth, bytes| {
        if let Some(call) = &checker.on_progress {
            call(Progress {
                file: source.name(),
                scenario: &program.name,
                states,
                depth,
                bytes,
            });
        }
    };
    tell(0, 0, 0);
    let found = search(
        machine,
        &checker.limits,
        checker.workers,
        &mut facts,
        &mut tell,
    )?;
    let stats = Stats {
        states: u64::from(found.n_states()),
        transitions: found.n_steps(),
        terminal_states: found.n_terminal(),
        depth: u64::from(found.depth()),
        bytes_per_state: found.bytes() as f64 / f64::from(found.n_states().max(1)),
        elapsed_ms: 0.0,
    };
    let unreached = unreached(program, &facts);
    let diagnosis = diagnose(program, &found, checker.limits.memory, facts);
    let complete = diagnosis.bound.is_none();
    let line = source.position(program.span.start).line;
    let mut report = ScenarioReport::new(Arc::clone(source), program.name.clone(), line);
    report.description = Some(program.description.clone()).filter(|text| !text.is_empty());
    report.complete = complete;
    report.stats = stats;
    report.reduction = checker.reduction.name().to_owned();
    report.never_run = unreached
        .into_iter()
        .filter(|_| complete)
        .map(|span| NeverRun {
            span,
            why: String::new(),
        })
        .collect();
    conclude(&mut report, program, source, &diagnosis, complete);
    Ok(report)
}

/// Verdict, status, findings and expectations.
fn conclude(
    report: &mut ScenarioReport,
    program: &Program,
    _source: &Source,
    diagnosis: &Diagnosis,
    complete: bool,
) {
    let findings = &diagnosis.findings;
    let judged = judge(program, findings);
    let any_error = findings.iter().any(|finding| finding.level == Level::Error);
    report.verdict = match (any_error, complete) {
        (true, _) => Verdict::Refuted,
        (false, true) => Verdict::Proved,
        (false, false) => Verdict::Unknown,
    };
    for (finding, judged) in findings.iter().zip(&judged) {
        if judged.allowed.is_none() {
            let severity = match finding.level {
                Level::Error => crate::base::Severity::Error,
                Level::Warning => crate::base::Severity::Warning,
            };
            let mut told = report::Finding::new(
                finding.rule.code(),
                finding.rule.kind(),
                severity,
                format!("{:?}", finding.rule),
            );
            told.subjects = finding.subjects.clone();
            told.actors = finding.actors.clone();
            told.expected = judged.expected;
            report.findings.push(told);
        }
    }
    let mut unmet = false;
    for expect in &program.expects {
        let met = is_met(expect, findings, complete);
        unmet |= !met;
        report.expectations.push(Expectation {
            text: expect.text.clone(),
            met,
        });
    }
    let surprise = findings
        .iter()
        .zip(&judged)
        .any(|(finding, judged)| finding.level == Level::Error && !judged.expected);
    report.status = if surprise || (unmet && complete) {
        Status::Failed
    } else if !complete {
        Status::Inconclusive
    } else {
        Status::Passed
    };
}
