//! All the words a student reads: an analysed finding and its execution become
//! the report's finding.
//!
//! A teller for each family of rules says what happened, marks the places, and
//! writes a script for the table; the rest is the same for all. What is claimed
//! about another order of the steps was run before it is said.
//!
//! In reading order: `story` (what is looked at), `steps` (one step in words),
//! `states` (the shared state), `trace` (the table), `told` (a finding under
//! construction), then one file for each family, `lesson` (what there is to
//! learn); `outcomes`, `proved`, `limit`, `sampled` and `expectation` tell what is not a
//! finding.
//!
//! **Deliberately absent:** patches. Advice is text until it was checked.

mod arithmetic;
mod blocked;
mod change;
mod circle;
mod collection;
mod copies;
mod expectation;
mod fault;
mod forever;
mod forsaken;
mod guards;
mod job;
mod job_steps;
mod leak;
mod leaves;
mod lesson;
mod limit;
mod lost;
mod map;
mod misuse;
mod moments;
mod nearest;
mod operations;
mod outcomes;
mod peek;
mod place;
mod property;
mod proved;
mod race;
mod ready;
mod sampled;
mod select;
mod states;
mod steps;
mod story;
mod swap;
mod task;
mod task_steps;
mod told;
mod trace;
mod unended;
mod waits;
mod why;
mod witnessed;

pub use expectation::{Instead, expectation_for, unmet};
pub use limit::{left_early, limit, thousands};
pub use map::{TooManyStates, states};
pub use outcomes::outcomes;
pub use proved::{Clean, clean};
pub use sampled::{Switches, few_switches, sampled};
pub use unended::unended;
pub use why::{NoAnswer, why};
pub use witnessed::{how_far, not_built, refused, witnessed};

use super::{Finding, TraceTable};
use crate::analysis::{self, Evidence, Level, Rule};
use crate::base::Source;
use crate::program::Program;
use crate::trace::Schedule;
use story::Story;
use told::Told;

/// Tells a finding: headline, places, table, facts, advice.
///
/// Replays the finding's schedule. A finding whose schedule the program cannot
/// follow is told without an execution; whether it was expected is for the
/// caller to say. Unless all runs were seen, nothing is said of all of them.
pub fn tell(
    program: &Program,
    source: &Source,
    finding: &analysis::Finding,
    all_seen: bool,
) -> Finding {
    let Some(story) = Story::new(program, source, finding) else {
        let mut bare = told::bare(finding.rule, finding.level);
        bare.subjects.clone_from(&finding.subjects);
        bare.actors.clone_from(&finding.actors);
        return bare;
    };
    let mut told = Told::new(&story, all_seen);
    dispatch(&mut told, &finding.evidence);
    ready::tell(&mut told);
    let comes_to_grief = matches!(
        finding.evidence,
        Evidence::Blocked(_)
            | Evidence::Fault(..)
            | Evidence::Property(_)
            | Evidence::Order(..)
            | Evidence::UnexpectedOutcome(..)
            | Evidence::LockLeak(..)
            | Evidence::Died(..)
    );
    if told.finding.passing.is_none() && comes_to_grief {
        nearest::passing_run(&mut told);
    }
    told.finish()
}

/// An execution in which nothing is wrong: its table and its steps. `None` if the
/// program cannot follow the schedule.
pub fn execution(
    program: &Program,
    source: &Source,
    schedule: &Schedule,
) -> Option<(Option<TraceTable>, Option<super::Schedule>)> {
    execution_like(program, source, schedule, &trace::Script::default())
}

/// The same, with the columns of another execution first.
fn execution_like(
    program: &Program,
    source: &Source,
    schedule: &Schedule,
    script: &trace::Script,
) -> Option<(Option<TraceTable>, Option<super::Schedule>)> {
    let nothing = bare_finding(schedule);
    let story = Story::new(program, source, &nothing)?;
    let table = trace::table(&story, script);
    let steps = trace::schedule(&story).map(|steps| super::Schedule {
        shortest: false,
        ..steps
    });
    Some((table, steps))
}

/// A finding of which only the schedule is looked at: a story is about a finding.
fn bare_finding(schedule: &Schedule) -> analysis::Finding {
    analysis::Finding {
        rule: Rule::Sometimes,
        level: Level::Warning,
        key: None,
        subjects: Vec::new(),
        actors: Vec::new(),
        declared: Vec::new(),
        schedule: Some(schedule.clone()),
        evidence: Evidence::NeverHolds(0),
    }
}

fn dispatch(told: &mut Told<'_, '_>, evidence: &Evidence) {
    match evidence {
        Evidence::Race(one, other) => race::race(told, one, other),
        Evidence::LostUpdate(lost) => race::lost_update(told, lost),
        Evidence::Unguarded(touch, lock) => race::unguarded(told, touch, *lock),
        Evidence::Blocked(blocked) => blocked::blocked(told, blocked),
        Evidence::LockOrder(circle) => place::lock_order(told, circle),
        Evidence::Fault(actor, pc) => fault::fault(told, *actor, *pc),
        Evidence::Property(index) => property::broken(told, *index),
        Evidence::PropertyFault(index) => property::cannot_be_evaluated(told, *index),
        Evidence::Order(index, actor) => property::order(told, *index, *actor),
        Evidence::UnexpectedOutcome(index, values) => property::unexpected(told, *index, values),
        Evidence::MissingOutcome(index, values) => property::missing(told, *index, values),
        Evidence::NeverHolds(index) => property::never_holds(told, *index),
        Evidence::NotJoined(actor, pc) => leak::not_joined(told, *actor, *pc),
        Evidence::NeverAwaited(task, pc) => task::never_awaited(told, *task, *pc),
        Evidence::TaskDied(task, exception) => task::died(told, *task, exception),
        Evidence::BlockedLoop(task, pc, ready) => task::blocked_loop(told, *task, *pc, ready),
        Evidence::CutOff(actor) => leak::cut_off(told, *actor),
        Evidence::Killed(actor) => leak::killed(told, *actor),
        Evidence::Unfinished(actor) => leak::unfinished(told, *actor),
        Evidence::ThreadPerJob(actor, pc) => leak::thread_per_job(told, *actor, *pc),
        Evidence::LockLeak(actor, id) => leak::lock_leak(told, *actor, *id),
        Evidence::Died(actor, exception) => misuse::died(told, *actor, exception),
        Evidence::JobFailed(job, exception) => job::failed(told, *job, exception),
        Evidence::JobLost(job) => job::lost(told, *job),
        Evidence::PermitLeak(id, missing) => leak::permit_leak(told, *id, *missing),
        Evidence::BarrierCrowded(id, asleep, coming) => {
            leak::barrier_crowded(told, *id, asleep, coming);
        }
        Evidence::NotifyWithoutLock(actor, pc) => leak::notify_without_lock(told, *actor, *pc),
        Evidence::SleptInVain(actor, nap, writers) => {
            place::slept_in_vain(told, *actor, nap, writers);
        }
        Evidence::Polls(pc) => place::polls(told, *pc),
        Evidence::WaitInIf(wait, test) => place::wait_in_if(told, *wait, *test),
        Evidence::NeverReached(span) => place::never_reached(told, *span),
        Evidence::Never(index, lasso) => forever::never(told, *index, lasso),
        Evidence::NeverFollows(index, since, lasso) => {
            forever::never_follows(told, *index, *since, lasso);
        }
        Evidence::Starves(actor, pc, lasso) => forever::starves(told, *actor, *pc, lasso),
        Evidence::Spins(actor, pc, lasso) => forever::spins(told, *actor, *pc, lasso),
        Evidence::Livelock(lasso) => forever::livelock(told, lasso),
        Evidence::CannotFail(span, reason) => place::cannot_fail(told, *span, *reason),
    }
}
