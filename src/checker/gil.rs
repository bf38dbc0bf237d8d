//! `memory gil`: which findings CPython's lock prevents.
//!
//! The scenario is searched once more, with switches only where an interpreter
//! with its lock makes them. What is found there, too, can happen with the lock;
//! what is not, if that search was complete, cannot. The lock changes no verdict:
//! the language promises none of it.

use super::Checker;
use crate::analysis::{Evidence, Facts, Finding, Rule};
use crate::explore::search;
use crate::program::Program;
use crate::report::Fact;
use crate::semantics::{Capacity, Machine};

/// What can happen under CPython's lock.
pub(super) struct UnderLock<'p> {
    facts: Facts<'p>,
    complete: bool,
}

impl<'p> UnderLock<'p> {
    /// Searches with fewer switches.
    pub fn search(checker: &Checker, program: &'p Program) -> Self {
        let mut capacity = Capacity {
            gil: true,
            ..Capacity::initial(program)
        };
        loop {
            let machine = Machine::new(program, capacity);
            let mut facts = Facts::new(program);
            let (limits, workers) = (&checker.limits, checker.workers);
            match search(&machine, limits, workers, &mut facts, &mut |_, _, _| {}) {
                Ok(found) => {
                    let complete = found.bound().is_none();
                    return UnderLock { facts, complete };
                }
                Err(more) => capacity = more,
            }
        }
    }

    /// What a finding of the whole search is under the lock, in words; nothing for
    /// findings that are not about a switch at an unlucky moment.
    pub fn label(&self, finding: &Finding) -> Option<Fact> {
        let text = match (self.happens(finding)?, self.complete) {
            (true, _) => {
                "can happen with the lock of 3.10 to 3.13, too: there a switch comes at calls and \
                 at the end of a loop's round"
            }
            (false, true) => {
                "cannot happen with the lock of 3.10 to 3.13; it can in 3.9 and before, and in \
                 builds without the lock. No version promises it"
            }
            (false, false) => {
                "whether it can happen with the lock of 3.10 to 3.13 was not found out within the \
                 limits"
            }
        };
        Some(Fact::new("CPython", text))
    }

    fn happens(&self, finding: &Finding) -> Option<bool> {
        match (finding.rule, &finding.key, &finding.evidence) {
            (
                Rule::Race
                | Rule::Assert
                | Rule::Always
                | Rule::Finally
                | Rule::Order
                | Rule::Overflow
                | Rule::Bounds
                | Rule::DivisionByZero,
                Some(key),
                _,
            ) => Some(self.facts.hits.contains_key(key)),
            (Rule::Outcomes, _, Evidence::UnexpectedOutcome(index, values)) => {
                let ending = (*index, values.clone());
                Some(self.facts.endings.contains_key(&ending))
            }
            _ => None,
        }
    }
}
