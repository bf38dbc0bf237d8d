//! `memory gil`: what CPython's lock prevents of what was found.
//!
//! The scenario is searched once more, with switches only where an interpreter
//! with its lock makes them, and diagnosed as every other search. What is found
//! there, too, can happen with the lock, and the schedule found there is one that
//! can; what is not, if that search was complete, cannot. The lock changes no
//! verdict: the language promises none of it.
//!
//! **Deliberately absent:** what only the search with the lock finds. A run with
//! the lock is a run without it, so there is no such error; but somebody may wait
//! for ever there for what a switch at a worse moment would bring.

use super::Checker;
use crate::analysis::{Diagnosis, Evidence, Facts, Finding, Level, diagnose};
use crate::explore::search;
use crate::program::Program;
use crate::report::Fact;
use crate::semantics::{Capacity, Machine};

/// What can happen under CPython's lock.
pub(super) struct UnderLock {
    diagnosis: Diagnosis,
}

impl UnderLock {
    /// Searches with fewer switches.
    pub fn search(checker: &Checker, program: &Program) -> Self {
        let mut capacity = Capacity {
            gil: true,
            ..Capacity::initial(program)
        };
        loop {
            let machine = Machine::new(program, capacity);
            let mut facts = Facts::under_lock(program);
            let (limits, workers) = (&checker.limits, checker.workers);
            match search(&machine, limits, workers, &mut facts, &mut |_, _, _| {}) {
                Ok(found) => {
                    let diagnosis = diagnose(program, &found, limits.memory, &mut facts);
                    return UnderLock { diagnosis };
                }
                Err(more) => capacity = more,
            }
        }
    }

    fn is_complete(&self) -> bool {
        self.diagnosis.bound.is_none()
    }

    /// What a finding of the whole search is under the lock, in words; nothing for
    /// findings that no run shows.
    pub fn label(&self, program: &Program, finding: &Finding) -> Vec<Fact> {
        let Some(schedule) = &finding.schedule else {
            return Vec::new();
        };
        let Some(twin) = self.twin(finding) else {
            let text = match self.is_complete() {
                true => {
                    "cannot happen with the lock of 3.10 to 3.13; it can in 3.9 and before, and \
                     in builds without the lock. No version promises it"
                }
                false => {
                    "whether it can happen with the lock of 3.10 to 3.13 was not found out within \
                     the limits"
                }
            };
            return vec![Fact::new("CPython", text)];
        };
        let can = "can happen with the lock of 3.10 to 3.13, too: there a switch comes at calls \
                   and at the end of a loop's round";
        let mut facts = vec![Fact::new("CPython", can)];
        let shown = match &twin.schedule {
            Some(other) if other != schedule => format!(
                "the run shown has a switch elsewhere; one that the lock allows too is {}",
                other.token(program)
            ),
            _ => "the run shown is one that the lock allows".to_owned(),
        };
        facts.push(Fact::new("with the lock", shown));
        facts
    }

    /// The same finding under the lock.
    fn twin(&self, finding: &Finding) -> Option<&Finding> {
        let mut found = self.diagnosis.findings.iter();
        found.find(|it| it.rule == finding.rule && is_same(it, finding))
    }

    /// What changes between an interpreter with its lock and one without, in one
    /// line; nothing where nothing was found and all outcomes are the same.
    pub fn difference(&self, diagnosis: &Diagnosis) -> Option<Fact> {
        let both_complete = self.is_complete() && diagnosis.bound.is_none();
        let errors = diagnosis.findings.iter();
        let errors: Vec<&Finding> = errors
            .filter(|it| it.level == Level::Error && it.schedule.is_some())
            .collect();
        let with = errors.iter().filter(|it| self.twin(it).is_some()).count();
        let pairs = || diagnosis.outcomes.iter().zip(&self.diagnosis.outcomes);
        let n_all: usize = pairs().map(|(all, _)| all.len()).sum();
        let n_with: usize = pairs().map(|(_, with)| with.len()).sum();
        let mut parts = Vec::new();
        match (errors.len(), with) {
            (0, _) => {}
            (1, 1) => parts.push("the bug is there as well".to_owned()),
            (1, 0) => parts.push("the bug is not there".to_owned()),
            (n, with) if n == with => parts.push(format!("all {n} bugs are there as well")),
            (n, 0) => parts.push(format!("none of the {n} bugs is there")),
            (n, with) => parts.push(format!("{with} of the {n} bugs are there")),
        }
        match (n_all, n_with) {
            (0, _) => {}
            (all, with) if all == with => parts.push("the outcomes are the same".to_owned()),
            (all, with) => parts.push(format!("{with} of the {all} outcomes are left")),
        }
        if parts.is_empty() {
            return None;
        }
        let text = match both_complete {
            true => format!("{}. No version promises it", parts.join(", ")),
            false => "within the limits it was not found out what the lock changes".to_owned(),
        };
        Some(Fact::new("with the lock", text))
    }
}

/// Whether two findings of one rule are the same bug.
fn is_same(one: &Finding, other: &Finding) -> bool {
    match (&one.key, &other.key, &one.evidence, &other.evidence) {
        (Some(one), Some(other), _, _) => one == other,
        (
            None,
            None,
            Evidence::UnexpectedOutcome(one, values),
            Evidence::UnexpectedOutcome(other, others),
        ) => one == other && values == others,
        _ => false,
    }
}
