//! What cannot be seen while every run ends in a deadlock: whatever is left over
//! when a program has ended.

use crate::analysis::{Diagnosis, Facts};
use crate::program::{Instr, ObjectKind, Program};
use crate::report::{Fact, Finding};

/// Says so at the first deadlock of a complete search in which no run came to its end;
/// the findings told are those of the diagnosis.
pub fn unended(
    program: &Program,
    facts: &Facts<'_>,
    diagnosis: &Diagnosis,
    findings: &mut [Finding],
) {
    let kinds = leftovers(program);
    if diagnosis.bound.is_some() || facts.n_final > 0 || facts.n_stuck == 0 || kinds.is_empty() {
        return;
    }
    let deadlock = |it: &&mut Finding| it.code.starts_with('D') && it.word() == "error";
    if let Some(finding) = findings.iter_mut().find(deadlock) {
        finding.facts.push(Fact::new(
            "not seen yet",
            format!(
                "no run comes to its end, so nobody knows what is left over there ({}): repair \
                 this, and check again",
                kinds.join(", ")
            ),
        ));
    }
}

/// What of this program could be left over.
fn leftovers(program: &Program) -> Vec<&'static str> {
    let code = |is: fn(&Instr) -> bool| program.code.iter().any(is);
    let permits = program.objects.iter().any(|it| match it.kind {
        ObjectKind::Sem { initial, .. } => initial > 0,
        _ => false,
    });
    let kinds = [
        (
            code(|it| matches!(it, Instr::Spawn { .. })),
            "threads that nobody joins",
        ),
        (
            code(|it| matches!(it, Instr::Submit { .. })),
            "jobs whose failure nobody hears of",
        ),
        (
            code(|it| matches!(it, Instr::Task { .. })),
            "tasks that nobody awaits",
        ),
        (permits, "permits that nobody gives back"),
    ];
    let possible = kinds.into_iter().filter(|(possible, _)| *possible);
    possible.map(|(_, text)| text).collect()
}
