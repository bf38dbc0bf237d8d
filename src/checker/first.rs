//! A first bug soon, in scenarios that are too big for a short search.
//!
//! Where nobody asked for a number of states, a search of the first states comes
//! before the long one. If it is not done by then, and has met no error, a fixed
//! number of executions is sampled. With an error that nobody expects the check ends
//! there, says so, and says how to look for more. Without one the long search begins;
//! if a limit ends it, what was sampled is added to what it found.
//!
//! **Invariant:** nothing depends on the time: the same states, the same executions.
//!
//! **Deliberately absent:** an early end where all errors are expected, or where the
//! search is written down to go on later.

use super::Checker;
use super::expect::judge;
use super::reduced::{Known, Searched, searched};
use crate::analysis::{Facts, Finding, Level, sampled};
use crate::explore::{Bound, Limits, Sampling, Strategy};
use crate::program::Program;
use crate::semantics::{Capacity, Machine};
use std::time::Instant;

/// States of the search that comes first, at most and at least.
const STATES: std::ops::RangeInclusive<u64> = 1_000..=200_000;
/// A state has a step for each actor, and each of these is compared with the others:
/// so the product of states and actors squared says how long a search takes.
const WORK: u64 = 200_000 * 8 * 8;
/// Executions of each scheduler, and what they are drawn with.
const SAMPLES: [(Strategy, u64); 3] = [
    (Strategy::Pause, 30),
    (Strategy::Pos, 100),
    (Strategy::Uniform, 100),
];
const SEED: u64 = 1;
/// Steps after which a sampled execution is cut off.
const STEPS: u32 = 2_000;

type Tell<'a> = &'a mut dyn FnMut(u64, u32, usize);

/// Searches a scenario; also gives the number of states after which it was left at
/// that, because a bug was known.
///
/// # Errors
///
/// The capacity that the layout must have: begin again with it.
pub(super) fn searched_first<'m>(
    checker: &Checker,
    limits: &Limits,
    machine: &'m Machine<'m>,
    known: &'m Known<'m>,
    tell: Tell<'_>,
) -> Result<(Searched<'m>, Option<u64>), Capacity> {
    let is_kept = limits.keep.write.is_some() || limits.keep.from.is_some();
    let n_actors = machine.program().actors.len() as u64;
    let states = (WORK / (n_actors * n_actors).max(1)).clamp(*STATES.start(), *STATES.end());
    if checker.states_given || is_kept || limits.states <= states {
        return Ok((searched(checker, limits, machine, known, tell)?, None));
    }
    let start = Instant::now();
    let few = Limits {
        states,
        ..limits.clone()
    };
    let mut found = searched(checker, &few, machine, known, tell)?;
    if found.diagnosis.bound != Some(Bound::States) {
        return Ok((found, None));
    }
    let program = machine.program();
    let surprises = |found: &Searched<'_>| {
        let mut findings = found.diagnosis.findings.iter();
        findings.any(|finding| is_surprise(program, finding))
    };
    if surprises(&found) {
        return Ok((found, Some(states)));
    }
    let mut shown = Vec::new();
    for (scheduler, executions) in SAMPLES {
        let sampling = Sampling {
            executions,
            seed: SEED,
            scheduler,
        };
        shown.extend(errors(machine, sampling, &few)?);
        if shown.iter().any(|it| is_surprise(program, &it.finding)) {
            add_all(&mut found, program, shown);
            return Ok((found, Some(states)));
        }
    }
    drop(found);
    let rest = Limits {
        time: limits.time.map(|it| it.saturating_sub(start.elapsed())),
        ..limits.clone()
    };
    let mut found = searched(checker, &rest, machine, known, tell)?;
    if found.diagnosis.bound.is_some() {
        add_all(&mut found, program, shown);
    }
    Ok((found, None))
}

/// An error that an execution showed.
struct Shown {
    finding: Finding,
    /// Whether it is known that no schedule is shorter.
    is_shortest: bool,
}

/// The errors that sampled executions show.
fn errors(
    machine: &Machine<'_>,
    sampling: Sampling,
    limits: &Limits,
) -> Result<Vec<Shown>, Capacity> {
    let limits = Limits {
        depth: Some(limits.depth.map_or(STEPS, |most| most.min(STEPS))),
        ..limits.clone()
    };
    let program = machine.program();
    let mut facts = Facts::new(program);
    let is_expected = |finding: &Finding| !is_surprise(program, finding);
    let sampled = sampled(machine, sampling, &limits, &mut facts, &is_expected)?;
    let findings = sampled.diagnosis.findings.into_iter();
    let errors = findings.filter(|finding| finding.level == Level::Error);
    let shown = errors.map(|finding| Shown {
        is_shortest: { finding.schedule.iter() }.all(|it| sampled.shortest.contains(it)),
        finding,
    });
    Ok(shown.collect())
}

/// Adds the errors that the search has not met.
fn add_all(found: &mut Searched<'_>, program: &Program, shown: Vec<Shown>) {
    for Shown {
        finding,
        is_shortest,
    } in shown
    {
        let same = |other: &Finding| other.key == finding.key && other.rule == finding.rule;
        if found.diagnosis.findings.iter().any(same) {
            continue;
        }
        if !is_shortest {
            found.maybe_longer.extend(finding.schedule.clone());
        }
        found.diagnosis.add(program, finding);
    }
}

/// Whether it is an error that the scenario does not expect.
fn is_surprise(program: &Program, finding: &Finding) -> bool {
    let judged = &judge(program, std::slice::from_ref(finding))[0];
    finding.level == Level::Error && !judged.expected && judged.allowed.is_none()
}
