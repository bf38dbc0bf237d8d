//! What a reader is helped by and the search alone does not give: repairs, each
//! checked again, and changes that would break what was proved.

use super::expect::judge;
use super::reduced::SMALL;
use super::{Checker, Repairs, bless};
use crate::analysis::{Diagnosis, Evidence, Facts, Finding, Rule};
use crate::base::Fix;
use crate::program::Program;
use crate::repair::{Case, REPAIRS_MAX, Target, Tried, claim, repairs, vacuity};
use crate::report::{Fact, Help, ScenarioReport, Status, Verdict};

/// With little effort: where the search stored no more than so many states, and
/// storing no more than the other number in all trials together.
pub(super) const BRIEF_STATES: (u64, u64) = (5_000, 20_000);

/// With little effort: so many findings, and one repair for each.
const BRIEF_FINDINGS: usize = 2;

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
    let brief = checker.repairs_are_brief;
    let is_large = brief && report.stats.states > BRIEF_STATES.0;
    if !wanted || is_large || !report.complete || report.verdict == Verdict::Unknown {
        return;
    }
    let source = std::sync::Arc::clone(&report.source);
    let findings = &diagnosis.findings;
    // Of a reduced search only that its scenario is not small is known.
    let states = report.stats.states;
    let n_states = report.orders.as_ref().map_or(states, |_| states.max(SMALL));
    let search = (n_states, &checker.limits);
    let case = Case::new(&source, program, facts, findings, &checker.sets, search);
    let mut case = case.splits_print(checker.splits_print);
    if brief {
        case = case.at_most(BRIEF_STATES.1);
    }
    if report.verdict == Verdict::Proved && !brief {
        report.not_vacuous.extend(not_vacuous(&mut case));
    }
    let judged = judge(program, findings);
    let shown = findings
        .iter()
        .zip(judged)
        .filter(|(_, it)| it.allowed.is_none());
    let claim = claimed(report, &mut case, findings);
    let (mut n_left, most) = match brief {
        true => (BRIEF_FINDINGS, 1),
        false => (usize::MAX, REPAIRS_MAX),
    };
    // Told findings are in the same order; unmet expectations come after them.
    for ((finding, judged), told) in shown.zip(&mut report.findings) {
        if n_left == 0 || brief && judged.expected && checker.repairs != Repairs::Always {
            continue;
        }
        n_left -= 1;
        let claim = claim.as_ref().filter(|_| finding.rule == Rule::Outcomes);
        let target = target(finding, told, judged.expected);
        let tried = match is_wish(&finding.evidence) {
            true => None,
            false => Some(repairs(&mut case, &target, most)),
        };
        let n_tried = tried.as_ref().map(|it| it.n_tried);
        let mut patches = tried.map_or_else(Vec::new, as_helps);
        if let Some((edits, checked)) = claim {
            let text = match &finding.evidence {
                Evidence::MissingOutcome(..) => NEED_NOT,
                _ => IS_RIGHT,
            };
            patches.push(Help::claim(text, edits.clone(), checked));
        }
        if let Some(n) = n_tried.filter(|_| patches.is_empty() && !brief) {
            told.facts.push(Fact::new("no patch", without_patch(n)));
        }
        put_first(patches, told);
    }
}

/// Which changes would break what was proved, and which would not.
fn not_vacuous(case: &mut Case<'_>) -> Vec<Fact> {
    let tried = vacuity(case);
    let lines = tried.lines(case);
    let keys = [(true, "not vacuous"), (false, "vacuous?")].into_iter();
    let facts = keys.filter_map(|(holds, key)| {
        let texts = lines.iter().filter(|it| it.holds == holds);
        let texts: Vec<&str> = texts.map(|it| it.text.as_str()).collect();
        (!texts.is_empty()).then(|| Fact::checked(key, texts.join("\n")))
    });
    facts.collect()
}

fn as_helps(tried: Tried) -> Vec<Help> {
    let all = tried.repairs.into_iter().map(|it| Help {
        claim: it.claim,
        ..Help::patch(it.title, it.edits, it.checked)
    });
    all.collect()
}

/// Why only words follow.
fn without_patch(n_tried: usize) -> String {
    match n_tried {
        0 => "no small edit of the kinds that are known fits here".to_owned(),
        1 => "one small edit was tried, and it was not proved to repair this".to_owned(),
        n => format!("{n} small edits were tried, and none was proved to repair this"),
    }
}

/// The repairs of a finding that one execution shows: those that a check of the whole
/// scenario finds, if it is small.
pub(super) fn repair_as(checked: &ScenarioReport, told: &mut crate::report::Finding) {
    let same = |it: &&crate::report::Finding| it.code == told.code && it.subjects == told.subjects;
    let helps = checked.findings.iter().find(same).map(|it| &it.helps);
    let patches = helps
        .into_iter()
        .flatten()
        .filter(|it| !it.patch.is_empty());
    put_first(patches.cloned().collect(), told);
}

/// Patches before advice; and of that only what is another way, where not several ways
/// are shown already.
fn put_first(patches: Vec<Help>, told: &mut crate::report::Finding) {
    let n = patches.len();
    let advice = std::mem::replace(&mut told.helps, patches).into_iter();
    told.helps
        .extend(advice.filter(|it| n == 0 || n < REPAIRS_MAX && it.text.starts_with("or ")));
}

const IS_RIGHT: &str =
    "if this result is right, too, say so: this changes the claim, not the program";
const NEED_NOT: &str =
    "if this result need not occur, leave it out: this changes the claim, not the program";

/// The edits that make every `outcomes` say what was found, and what checking again
/// gave; `None` if they are as found.
fn claimed(
    report: &ScenarioReport,
    case: &mut Case<'_>,
    findings: &[Finding],
) -> Option<(Vec<Fix>, String)> {
    findings.iter().find(|it| it.rule == Rule::Outcomes)?;
    let edits = case
        .with_scene(|scene| bless::found_outcomes(&report.source, &scene.scenario.items, report))?;
    let checked = claim(case, &edits).filter(|_| !edits.is_empty())?;
    Some((edits, checked))
}

/// Whether it says that something never happens, in words that no edit of the
/// program is asked for.
fn is_wish(evidence: &Evidence) -> bool {
    matches!(evidence, Evidence::MissingOutcome(..))
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
