//! What two engines say of one program, end by end.
//!
//! Everything that an engine shows must be a run of our machine that ends in the
//! same way. Everything that we know must have been shown by an engine that saw
//! everything.

use super::ours::{Ours, picture, racers};
use crate::bridge::{End, Engine, Followed, Lost, Record, Sight, Trust, Unfinished, follow, trust};
use crate::program::Program;
use crate::trace::{Schedule, replay};
use std::collections::BTreeMap;

/// Something on which two engines do not agree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Difference {
    /// The engine went a way that our machine cannot go.
    CannotFollow(End, Vec<Record>, Lost),
    /// We can follow, but our run ends otherwise.
    EndsOtherwise(End, Schedule),
    /// The engine saw an end that our search does not know.
    OnlyTheirs(End, Schedule),
    /// Our search knows an end that the engine should have seen.
    OnlyOurs(End, Schedule),
    /// The engine failed by itself.
    Broken(String),
}

/// What a comparison gave.
#[derive(Clone, Default, Debug)]
pub struct Comparison {
    /// Differences, in order.
    pub differences: Vec<Difference>,
    /// Ends that the engine has not seen, though it saw everything that it can, and
    /// why it cannot.
    pub explained: Vec<(End, &'static str)>,
    /// For each end that the engine saw and we can follow, our schedule.
    pub followed: BTreeMap<End, Schedule>,
}

/// Compares what an engine saw with what our search knows.
pub fn compare(program: &Program, engine: Engine, sight: &Sight, ours: &Ours) -> Comparison {
    let mut found = Comparison::default();
    for (end, log) in &sight.ends {
        match confirm(program, end, log) {
            Err(difference) => found.differences.push(*difference),
            Ok(schedule) => {
                let end = without_lines(end);
                if ours.bound.is_none() && !knows(ours, &end) {
                    let only = Difference::OnlyTheirs(end.clone(), schedule.clone());
                    found.differences.push(only);
                }
                found.followed.entry(end).or_insert(schedule);
            }
        }
    }
    if let Some(Unfinished::Broken(message)) = &sight.unfinished {
        found.differences.push(Difference::Broken(message.clone()));
    }
    missing(program, engine, sight, ours, &mut found);
    found
}

/// Ends that an engine which saw everything has not shown.
fn missing(program: &Program, engine: Engine, sight: &Sight, ours: &Ours, found: &mut Comparison) {
    if sight.unfinished.is_some() {
        // It may have missed anything.
        return;
    }
    let mut only_ours: Vec<(&End, &Schedule)> = { ours.ends.iter() }
        .filter(|(end, _)| !found.followed.contains_key(*end))
        .collect();
    // loom ends at its first failure: where it did not, there should be none.
    if engine == Engine::Loom && only_ours.iter().any(|(end, _)| !is_final(end)) {
        only_ours.retain(|(end, _)| !is_final(end));
        only_ours.truncate(1);
    }
    for (end, schedule) in only_ours {
        match trust(engine, program) {
            Trust::Exact => {
                let only = Difference::OnlyOurs(end.clone(), schedule.clone());
                found.differences.push(only);
            }
            Trust::Under(reasons) => found.explained.push((end.clone(), reasons[0])),
        }
    }
}

fn is_final(end: &End) -> bool {
    matches!(end, End::Final(_))
}

/// loom does not tell with which other access one races.
fn knows(ours: &Ours, end: &End) -> bool {
    match end {
        End::Race(half) if half.one == half.other => {
            let mut ends = ours.ends.keys();
            ends.any(|end| matches!(end, End::Race(race) if half.is_half_of(*race)))
        }
        _ => ours.ends.contains_key(end),
    }
}

pub(super) fn without_lines(end: &End) -> End {
    let mut end = end.clone();
    if let End::Final(picture) | End::Deadlock(picture) = &mut end {
        picture.printed.clear();
    }
    end
}

/// Runs a log on our machine, and looks whether it ends as it did there.
///
/// # Errors
///
/// The difference, if it does not.
pub fn confirm(program: &Program, end: &End, log: &[Record]) -> Result<Schedule, Box<Difference>> {
    let Followed { schedule, stuck } = match follow(program, log) {
        Ok(followed) => followed,
        Err(lost) => {
            let way = Difference::CannotFollow(end.clone(), log.to_vec(), lost);
            return Err(Box::new(way));
        }
    };
    let execution = replay(program, &schedule).expect("what was followed can be run again");
    let machine = &execution.machine;
    let state = execution.last();
    let same = match end {
        End::Final(theirs) => {
            let mut ours = picture(machine, state, true);
            ours.printed.clone_from(&theirs.printed);
            machine.is_over(state) && ours == *theirs
        }
        End::Deadlock(theirs) => {
            let mut ours = picture(machine, state, false);
            ours.printed.clone_from(&theirs.printed);
            stuck && ours == *theirs
        }
        End::Fault { actor, pc } => {
            let by = execution.steps.last().map(|step| step.action.actor);
            by == Some(*actor) && execution.fault.is_some_and(|fault| fault.pc == *pc)
        }
        // loom sees the second of two accesses; the first may be long past.
        End::Race(race) if race.one == race.other => true,
        End::Race(race) => racers(machine, state, *race).is_some(),
    };
    if same {
        Ok(schedule)
    } else {
        Err(Box::new(Difference::EndsOtherwise(end.clone(), schedule)))
    }
}
