//! What happened: schedules, and their replay.

mod replay;
mod schedule;

pub use replay::{Execution, NotReplayable, StepTaken, replay};
pub use schedule::{Action, BadToken, Schedule, Token, fingerprint};
