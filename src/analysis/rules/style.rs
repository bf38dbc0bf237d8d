//! W003: a wait whose condition is tested with `if`.

use crate::analysis::finding::{Evidence, Finding};
use crate::analysis::rule::{Level, Rule};
use crate::program::Program;

/// Waits that are inside an `if` and in no loop that tests again.
pub fn wait_in_if(program: &Program) -> Vec<Finding> {
    let hints = program.waits_in_if.iter();
    hints
        .map(|&(wait, test)| Finding {
            rule: Rule::WaitInIf,
            level: Level::Warning,
            key: None,
            subjects: Vec::new(),
            actors: Vec::new(),
            declared: Vec::new(),
            schedule: None,
            evidence: Evidence::WaitInIf(wait, test),
        })
        .collect()
}
