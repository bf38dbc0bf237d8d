//! X001: an `expect` that was not met.

use crate::base::{Severity, Source};
use crate::program::{Expect, ExpectKind, Program};
use crate::report::{Finding, Help, Place};
use crate::syntax::ast;

/// What the search found instead of what was expected.
#[derive(Clone, Copy, Debug)]
pub struct Instead<'a> {
    /// The findings at error level, told.
    pub findings: &'a [Finding],
    /// States stored.
    pub states: u64,
    /// All of them were explored.
    pub complete: bool,
}

/// Tells an expectation that was not met.
pub fn unmet(program: &Program, source: &Source, expect: &Expect, instead: Instead<'_>) -> Finding {
    let errors: Vec<&Finding> = instead
        .findings
        .iter()
        .filter(|it| it.severity == Severity::Error)
        .collect();
    let wanted = wanted(expect);
    let warning = as_warning(expect, instead.findings);
    let got = match errors.as_slice() {
        _ if warning.is_some() => "but it is only a warning here".to_owned(),
        [] if instead.complete => "but the scenario is correct".to_owned(),
        [] => "but none was found before the search was stopped".to_owned(),
        [one] => format!("but found: {}", one.message),
        [first, rest @ ..] => format!("but found: {}, and {} more", first.message, rest.len()),
    };
    let mut told = Finding::new(
        "X001",
        "unmet",
        Severity::Error,
        format!("expected {wanted}, {got}"),
    );
    let states = states(instead.states);
    let explored = if instead.complete {
        "all explored"
    } else {
        "not all explored"
    };
    let reason = reason(expect, !errors.is_empty());
    told.places = vec![
        Place::primary(expect.span, format!("{states}, {explored}{reason}")).role("expectation"),
    ];
    told.subjects = subjects(expect);
    if let Some(place) = errors.first().and_then(|it| {
        let primary = it.places.iter().find(|place| place.primary);
        primary.or(it.places.first())
    }) {
        let label = format!("found here: {}", errors[0].code);
        told.places
            .push(Place::new(place.span, label).role("found"));
    }
    if let Some(warning) = warning {
        let text = format!(
            "a warning is expected with `expect warning {}`",
            warning.code
        );
        told.helps.push(Help::new(text));
    } else {
        for text in advice(program, source, expect, &errors, instead.complete) {
            told.helps.push(Help::new(text));
        }
    }
    told.learn = Some("X001".to_owned());
    told.beginner = Some(
        "A line with `expect` says which bug the scenario has. The checker compares it with what \
         it finds. Here the two differ: either the scenario is not what its author thought, or \
         the line is wrong."
            .to_owned(),
    );
    told
}

fn wanted(expect: &Expect) -> String {
    match &expect.kind {
        ExpectKind::Ok => "no bug".to_owned(),
        ExpectKind::Warning { code } => format!("the warning {code}"),
        ExpectKind::Finding {
            kind,
            subjects,
            actors,
        } => {
            let name = spoken(kind);
            let names: Vec<String> = subjects
                .iter()
                .chain(actors)
                .map(|name| format!("`{name}`"))
                .collect();
            if names.is_empty() {
                return name.to_owned();
            }
            let word = if subjects.is_empty() { "of" } else { "on" };
            format!("{name} {word} {}", names.join(" and "))
        }
    }
}

/// The warning that is what was expected as an error.
fn as_warning<'f>(expect: &Expect, findings: &'f [Finding]) -> Option<&'f Finding> {
    let ExpectKind::Finding {
        kind,
        subjects,
        actors,
    } = &expect.kind
    else {
        return None;
    };
    let all_in = |some: &[String], all: &[String]| some.iter().all(|name| all.contains(name));
    findings.iter().find(|it| {
        it.severity == Severity::Warning
            && it.kind == kind
            && all_in(subjects, &it.subjects)
            && all_in(actors, &it.actors)
    })
}

/// A kind of finding with its article.
fn spoken(kind: &str) -> &str {
    match kind {
        "race" => "a race",
        "lost_update" => "a lost update",
        "unguarded" => "an unguarded access",
        "deadlock" => "a deadlock",
        "lock_order" => "a lock-order warning",
        "assert" => "a failed assertion",
        "always" => "a broken `always`",
        "finally" => "a failed `finally assert`",
        "outcomes" => "other outcomes than named",
        "sometimes" => "a `sometimes` that never holds",
        "eventually" => "an `eventually` that fails",
        "order" => "steps in the wrong order",
        "lost_signal" => "a lost signal",
        "starvation" => "starvation",
        "livelock" => "a livelock",
        "spinning" => "spinning",
        "blocked_loop" => "a blocked loop",
        "leak" => "a leak",
        "lock_leak" => "a lock leak",
        "swallowed" => "a swallowed exception",
        "never_awaited" => "something never awaited",
        "killed" => "a killed daemon",
        "misuse" => "a misuse",
        "overflow" => "an overflow",
        "bounds" => "an index out of bounds",
        "div_zero" => "a division by zero",
        "raise" => "an uncaught exception",
        other => other,
    }
}

fn subjects(expect: &Expect) -> Vec<String> {
    match &expect.kind {
        ExpectKind::Finding { subjects, .. } => subjects.clone(),
        ExpectKind::Ok | ExpectKind::Warning { .. } => Vec::new(),
    }
}

/// Why there is nothing of the expected kind.
fn reason(expect: &Expect, found: bool) -> &'static str {
    let ExpectKind::Finding { kind, .. } = &expect.kind else {
        return "";
    };
    match kind.as_str() {
        _ if found => "",
        "race" => ", no two accesses can meet",
        "deadlock" => ", nobody is ever stuck",
        "assert" => ", every assertion holds",
        "always" | "finally" | "outcomes" => ", the property holds",
        "lost_signal" => ", every signal is heard or remembered",
        _ => ", there is none",
    }
}

fn advice(
    program: &Program,
    source: &Source,
    expect: &Expect,
    errors: &[&Finding],
    complete: bool,
) -> Vec<String> {
    let mut all = Vec::new();
    if let ExpectKind::Finding { kind, subjects, .. } = &expect.kind {
        let alike = errors.iter().find(|it| it.kind == kind);
        if let Some(alike) = alike {
            let names = if alike.subjects.is_empty() {
                alike.actors.join(", ")
            } else {
                alike.subjects.join(", ")
            };
            all.push(format!("there is one, but of `{names}`: write its name"));
        }
        if kind == "race" && alike.is_none() {
            all.extend(guard(program, source, subjects));
        }
    }
    let instead = match errors {
        [] => "write `expect ok`".to_owned(),
        [one, ..] => format!("write `expect {}`", expectation_for(one)),
    };
    if complete {
        all.push(format!("{instead}, or run `threadbare check --bless`"));
    }
    all
}

/// What stands behind `expect` for a finding, with the names that it has.
///
/// ```
/// use threadbare::base::Severity;
/// use threadbare::report::{Finding, tell};
///
/// let mut race = Finding::new("R001", "race", Severity::Error, "data race on `count`");
/// race.subjects.push("count".into());
/// assert_eq!(tell::expectation_for(&race), "race on count");
/// ```
pub fn expectation_for(finding: &Finding) -> String {
    let kind = finding.kind;
    let mut known = ast::ExpectKind::ALL.into_iter();
    let preposition = known.find(|(_, word, _)| *word == kind);
    let preposition = preposition.and_then(|(_, _, preposition)| preposition);
    let names = match kind {
        "race" | "lost_signal" | "unguarded" | "lock_leak" | "misuse" => &finding.subjects,
        "deadlock" | "starvation" | "spinning" | "leak" | "swallowed" | "never_awaited"
        | "killed" => &finding.actors,
        _ => return kind.to_owned(),
    };
    match (names.join(", ").as_str(), preposition) {
        ("", _) => kind.to_owned(),
        (names, Some(preposition)) => format!("{kind} {preposition} {names}"),
        (names, None) => format!("{kind} {names}"),
    }
}

/// What guards a variable that was expected to race.
fn guard(program: &Program, source: &Source, subjects: &[String]) -> Option<String> {
    let var = program
        .vars
        .iter()
        .find(|var| subjects.contains(&var.name))?;
    if var.atomic {
        return Some(format!("`{}` is atomic: atomics do not race", var.name));
    }
    let held = super::guards::guards(program);
    let index = program.vars.iter().position(|it| it.name == var.name)?;
    let lock = held.get(index)?.as_ref()?.common.first()?;
    let name = &program.objects.get(lock.index())?.name;
    let line = source
        .position(program.objects[lock.index()].span.start)
        .line;
    Some(format!(
        "every access of `{}` holds `{name}` (line {line})",
        var.name
    ))
}

fn states(n: u64) -> String {
    if n == 1 {
        return "1 state".to_owned();
    }
    format!("{} states", super::limit::thousands(n))
}
