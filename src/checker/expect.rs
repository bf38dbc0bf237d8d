//! Expectations against findings: what was met, what was found besides.

use crate::analysis::{Finding, Level};
use crate::program::{Allow, Expect, ExpectKind, Program};

/// A finding next to what the author said about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Judged {
    /// Some `expect` asks for it.
    pub expected: bool,
    /// The number of the `allow` that silences it.
    pub allowed: Option<usize>,
}

/// For each finding, what the author said about it.
pub fn judge(program: &Program, findings: &[Finding]) -> Vec<Judged> {
    findings
        .iter()
        .map(|finding| Judged {
            expected: program
                .expects
                .iter()
                .any(|expect| asks_for(expect, finding)),
            allowed: program
                .allows
                .iter()
                .position(|allow| allows(allow, finding)),
        })
        .collect()
}

/// Whether an expectation is met. `complete` is false if a limit ended the search.
pub fn is_met(expect: &Expect, findings: &[Finding], complete: bool) -> bool {
    match expect.kind {
        ExpectKind::Ok => complete && findings.iter().all(|finding| finding.level != Level::Error),
        _ => findings.iter().any(|finding| asks_for(expect, finding)),
    }
}

fn asks_for(expect: &Expect, finding: &Finding) -> bool {
    match &expect.kind {
        ExpectKind::Ok => false,
        ExpectKind::Warning { code } => {
            finding.level == Level::Warning && finding.rule.code() == code
        }
        ExpectKind::Finding {
            kind,
            subjects,
            actors,
        } => {
            let same_kind = finding.rule.kind() == kind
                || (kind == "raise" && finding.rule.kind() == "swallowed")
                || (kind == "eventually" && finding.rule.kind() == "leads_to");
            finding.level == Level::Error
                && same_kind
                && subjects.iter().all(|name| finding.subjects.contains(name))
                && names_match(kind, actors, finding)
        }
    }
}

/// `deadlock of a, b` means exactly these actors, by their own or their declared
/// names; other kinds name some of the actors.
fn names_match(kind: &str, actors: &[String], finding: &Finding) -> bool {
    if actors.is_empty() {
        return true;
    }
    let has = |names: &[String]| actors.iter().all(|actor| names.contains(actor));
    let covers = |names: &[String]| names.iter().all(|name| actors.contains(name));
    if kind == "deadlock" {
        return (has(&finding.actors) && covers(&finding.actors))
            || (has(&finding.declared) && covers(&finding.declared));
    }
    actors
        .iter()
        .all(|actor| finding.actors.contains(actor) || finding.declared.contains(actor))
}

fn allows(allow: &Allow, finding: &Finding) -> bool {
    finding.level == Level::Warning
        && finding.rule.code() == allow.code
        && allow
            .subjects
            .iter()
            .all(|name| finding.subjects.contains(name))
}
