//! What a reader is helped by and the search alone does not give: repairs, each
//! checked again, and changes that would break what was proved.

use super::expect::judge;
use super::{Checker, Repairs};
use crate::analysis::{Diagnosis, Evidence, Facts, Finding};
use crate::program::Program;
use crate::repair::{Case, Target, repairs, vacuity};
use crate::report::{Fact, Help, ScenarioReport, Status, Verdict};

/// Adds the repairs to what was found, where they are asked for and the search was
/// complete.
pub(super) fn explain(
    report: &mut ScenarioReport,
    checker: &Checker,
    program: &Program,
    facts: &Facts<'_>,
    diagnosis: &Diagnosis,
) {
    let wanted = match checker.repairs {
        Repairs::Never | Repairs::Alone => false,
        Repairs::Failing => report.status == Status::Failed,
        Repairs::Always => true,
    };
    if !wanted || !report.complete || report.verdict == Verdict::Unknown {
        return;
    }
    let source = std::sync::Arc::clone(&report.source);
    let findings = &diagnosis.findings;
    let search = (report.stats.states, &checker.limits);
    let case = Case::new(&source, program, facts, findings, &checker.sets, search);
    let mut case = case.splits_print(checker.splits_print);
    if report.verdict == Verdict::Proved {
        let tried = vacuity(&mut case);
        let lines = tried.lines(&case);
        for (holds, key) in [(true, "not vacuous"), (false, "vacuous?")] {
            let texts = lines.iter().filter(|it| it.holds == holds);
            let texts: Vec<&str> = texts.map(|it| it.text.as_str()).collect();
            if !texts.is_empty() {
                let fact = Fact::checked(key, texts.join("\n"));
                report.not_vacuous.push(fact);
            }
        }
    }
    let judged = judge(program, findings);
    let shown = findings
        .iter()
        .zip(judged)
        .filter(|(_, it)| it.allowed.is_none());
    // Told findings are in the same order; unmet expectations come after them.
    for ((finding, judged), told) in shown.zip(&mut report.findings) {
        if is_wish(&finding.evidence) {
            continue;
        }
        let target = target(finding, told, judged.expected);
        let found = repairs(&mut case, &target);
        let any = !found.is_empty();
        let patches = found
            .into_iter()
            .map(|it| Help::patch(it.title, it.edits, it.checked));
        let advice = std::mem::take(&mut told.helps);
        told.helps = patches.collect();
        told.helps.extend(
            advice
                .into_iter()
                .filter(|it| !any || it.text.starts_with("or ")),
        );
    }
}

/// Whether it says that something wished for never happens: no edit of the program
/// is asked for.
fn is_wish(evidence: &Evidence) -> bool {
    matches!(
        evidence,
        Evidence::MissingOutcome(..)
            | Evidence::NeverHolds(_)
            | Evidence::NeverReached(_)
            | Evidence::CannotFail(..)
    )
}

fn target(finding: &Finding, told: &crate::report::Finding, expected: bool) -> Target {
    let mut places: Vec<_> = told.places.iter().collect();
    places.sort_by_key(|it| !it.primary);
    let mut actors = finding.declared.clone();
    let names = told.places.iter().filter_map(|it| it.actor.as_ref());
    for name in names.chain(&finding.actors) {
        let declared = name.split(['#', '(']).next().unwrap_or(name).to_owned();
        if !actors.contains(&declared) {
            actors.push(declared);
        }
    }
    Target {
        rule: finding.rule,
        subjects: finding.subjects.clone(),
        actors,
        places: places.iter().map(|it| it.span).collect(),
        expected,
    }
}
