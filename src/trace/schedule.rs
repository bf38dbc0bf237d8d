//! A schedule: who takes each step, and which way it goes. It is all that is
//! stored of an execution; everything else is found again by replay.
//!
//! Its text is the replay token: the number of the actor of each step, and
//! `.w` behind it for a step that went another way than the first. Short
//! schedules of actors below 10 are written without commas (`0110`), others
//! with commas, and `*n` for n equal steps in a row (`0*3,2*5,11.1`). A token
//! that is reported ends in `-` and four digits that belong to the program, so
//! that a replay after the scenario has changed says so.

use crate::program::{ActorKind, Awaits, Program};
use rustc_hash::FxHasher;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::hash::Hasher;
use std::str::FromStr;

/// One step: an actor and the way its step goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Action {
    /// The actor's number.
    pub actor: usize,
    /// The answers of its choices as one number; 0 if there is only one way.
    pub way: u32,
}

/// The steps of an execution.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Schedule(pub Vec<Action>);

impl Schedule {
    /// How often the next step is another actor's.
    pub fn n_switches(&self) -> usize {
        let pairs = self.0.windows(2);
        pairs.filter(|pair| pair[0].actor != pair[1].actor).count()
    }

    /// The token with the digits of the program.
    pub fn token(&self, program: &Program) -> String {
        format!("{self}-{:04x}", fingerprint(program))
    }
}

/// Sixteen bits that change when the program does.
pub fn fingerprint(program: &Program) -> u16 {
    let mut hasher = FxHasher::default();
    // Names and places do not matter for what a schedule does.
    hasher.write(format!("{:?}", program.code).as_bytes());
    for cell in &program.cells {
        hasher.write_i64(cell.initial);
    }
    for object in &program.objects {
        hasher.write(format!("{:?}", object.kind).as_bytes());
    }
    // Where a task gives its loop back matters, and who is a task.
    for (pc, site) in program.sites.iter().enumerate() {
        if site.awaits != Awaits::Never {
            hasher.write(format!("{pc} {:?}", site.awaits).as_bytes());
        }
    }
    for actor in &program.actors {
        if let ActorKind::Task { .. } = actor.kind {
            hasher.write(format!("{:?}", actor.kind).as_bytes());
        }
        hasher.write_u32(actor.function.0);
        hasher.write(format!("{:?}", actor.args).as_bytes());
    }
    if program.has_processes() {
        let shared = program.vars.iter().map(|var| var.shared);
        let shared = shared.chain(program.objects.iter().map(|object| object.shared));
        let own = program.actors.iter().map(|actor| actor.process);
        shared.chain(own).for_each(|it| hasher.write_u8(it.into()));
    }
    let hash = hasher.finish();
    let folded = hash ^ (hash >> 32);
    u16::try_from((folded ^ (folded >> 16)) & 0xffff).expect("sixteen bits")
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let single = |action: &Action| action.actor < 10 && action.way == 0;
        if self.0.is_empty() {
            return f.write_str("empty");
        }
        if self.0.len() <= 12 && self.0.iter().all(single) {
            return self.0.iter().try_for_each(|a| write!(f, "{}", a.actor));
        }
        let mut first = true;
        for run in self.0.chunk_by(|a, b| a == b) {
            if !first {
                f.write_str(",")?;
            }
            first = false;
            write!(f, "{}", run[0].actor)?;
            if run[0].way > 0 {
                write!(f, ".{}", run[0].way)?;
            }
            if run.len() > 1 {
                write!(f, "*{}", run.len())?;
            } else if self.0.len() == 1 {
                // A single step must not be read as a row of digits.
                f.write_str("*1")?;
            }
        }
        Ok(())
    }
}

/// Why a text is no token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadToken {
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for BadToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for BadToken {}

/// Steps that a token may stand for.
const STEPS_MAX: usize = 1_000_000;

/// A token as it was typed: the schedule, and the program's digits if given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    /// The steps.
    pub schedule: Schedule,
    /// The digits of the program it was made for.
    pub fingerprint: Option<u16>,
}

impl FromStr for Token {
    type Err = BadToken;

    fn from_str(text: &str) -> Result<Self, BadToken> {
        let text = text.trim();
        let (steps, digits) = match text.split_once('-') {
            Some((steps, digits)) => (steps, Some(digits)),
            None => (text, None),
        };
        let fingerprint = digits
            .map(|digits| u16::from_str_radix(digits, 16))
            .transpose()
            .map_err(|_| bad("the part behind `-` is four hexadecimal digits"))?;
        Ok(Token {
            schedule: parse_steps(steps)?,
            fingerprint,
        })
    }
}

fn bad(reason: impl Into<String>) -> BadToken {
    BadToken {
        reason: reason.into(),
    }
}

fn parse_steps(text: &str) -> Result<Schedule, BadToken> {
    let mut steps = Vec::new();
    if text == "empty" {
        return Ok(Schedule(steps));
    }
    if text.is_empty() {
        return Err(bad(
            "the token is empty; an execution without steps is `empty`",
        ));
    }
    let digits_only = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits_only && !text.contains(',') {
        for byte in text.bytes() {
            steps.push(Action {
                actor: usize::from(byte - b'0'),
                way: 0,
            });
        }
        return Ok(Schedule(steps));
    }
    for item in text.split(',') {
        let (step, times) = match item.split_once('*') {
            Some((step, times)) => (step, number(times, item)?),
            None => (item, 1),
        };
        let (actor, way) = match step.split_once('.') {
            Some((actor, way)) => (number(actor, item)?, number(way, item)?),
            None => (number(step, item)?, 0),
        };
        if steps.len() + times as usize > STEPS_MAX {
            return Err(bad(format!("the token has more than {STEPS_MAX} steps")));
        }
        let action = Action {
            actor: actor as usize,
            way,
        };
        steps.extend(std::iter::repeat_n(action, times as usize));
    }
    Ok(Schedule(steps))
}

fn number(text: &str, item: &str) -> Result<u32, BadToken> {
    text.parse().map_err(|_| {
        bad(format!(
            "`{item}` is no step; write an actor's number, as in `0*3,1.2`"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn round_trip(steps: &[(usize, u32)], text: &str) {
        let steps = steps.iter().map(|&(actor, way)| Action { actor, way });
        let schedule = Schedule(steps.collect());
        assert_eq!(schedule.to_string(), text);
        let token: Token = text.parse().expect("our own tokens can be read");
        assert_eq!(token.schedule, schedule);
    }

    #[test]
    fn tokens_are_short_and_can_be_read_back() {
        round_trip(&[], "empty");
        round_trip(&[(0, 0), (1, 0), (1, 0), (0, 0)], "0110");
        round_trip(&[(1, 0)], "1");
        round_trip(&[(11, 0)], "11*1");
        round_trip(&[(0, 0), (0, 0), (2, 1), (11, 0)], "0*2,2.1,11");
        round_trip(&[(3, 0); 13], "3*13");
        round_trip(&[(3, 2)], "3.2*1");
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "x",
            "0,",
            "1*",
            "0*99999999999",
            "0*9999999",
            "0110-xyzz",
            "1.2.3",
        ] {
            assert!(text.parse::<Token>().is_err(), "{text}");
        }
    }
}
