//! What became of one of our schedules in another engine.

use super::compare::without_lines;
use super::ours::racers;
use crate::bridge::{self, End, Order, Race, Sight, Unfinished};
use crate::program::Program;
use crate::trace::{Schedule, replay};

/// Leads an engine along one of our schedules. Two that race at its end are then ordered to
/// do what they are about to: one before the other, and if the engine sees nothing, since
/// one of them fails, the other before the one.
///
/// # Errors
///
/// Those of `lead`, which lets the engine follow orders.
///
/// # Panics
///
/// If the schedule is not one of the program.
pub fn led_along<E>(
    program: &Program,
    (end, schedule): (&End, &Schedule),
    mut lead: impl FnMut(&[Order]) -> Result<Sight, E>,
) -> Result<Led, E> {
    let mut orders = bridge::orders(program, schedule).expect("a schedule of the program");
    let n = orders.len();
    if let End::Race(race) = end {
        let execution = replay(program, schedule).expect("a schedule of the program");
        let racers = racers(&execution.machine, execution.last(), *race);
        orders.extend(racers.into_iter().flatten().map(|(actor, pc)| Order {
            actor,
            pc,
            waits: false,
            choice: None,
        }));
    }
    let led = Led::of(end, &orders, &lead(&orders)?);
    if led == Led::Reached || orders.len() == n {
        return Ok(led);
    }
    orders[n..].reverse();
    let other = Led::of(end, &orders, &lead(&orders)?);
    Ok(if other == Led::Reached { other } else { led })
}

/// How an engine got on that was led along one of our schedules.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Led {
    /// It comes to the same end: it can, but does not by itself.
    Reached,
    /// It follows to the last step, and comes to another end.
    Otherwise,
    /// It cannot take this step, or does something else instead: the number of the step,
    /// from 0.
    Stopped(usize, Order),
    /// It sees a race on the way, and ends there.
    Raced(Race),
    /// It met something that it cannot say.
    Refused(String),
    /// It failed by itself.
    Broken(String),
}

impl Led {
    /// What an engine that got these orders made of them, where we come to `end`.
    pub fn of(end: &End, orders: &[Order], sight: &Sight) -> Self {
        if sight.ends.iter().any(|(theirs, _)| is_same(theirs, end)) {
            return Self::Reached;
        }
        match &sight.unfinished {
            Some(Unfinished::NotLed(n)) if *n < orders.len() => Self::Stopped(*n, orders[*n]),
            Some(Unfinished::Refused(what)) => Self::Refused(what.clone()),
            Some(Unfinished::Broken(message)) => Self::Broken(message.clone()),
            Some(Unfinished::Failure) => { sight.ends.iter() }
                .find_map(|(end, _)| match end {
                    End::Race(race) => Some(Self::Raced(*race)),
                    _ => None,
                })
                .unwrap_or(Self::Otherwise),
            _ => Self::Otherwise,
        }
    }
}

/// Whether an engine tells this end of ours, as far as it can.
fn is_same(theirs: &End, ours: &End) -> bool {
    match (theirs, ours) {
        (End::Race(half), End::Race(race)) => half.is_half_of(*race) || half == race,
        _ => without_lines(theirs) == *ours,
    }
}
