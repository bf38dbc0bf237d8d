//! What happened: schedules, and their replay.

mod replay;
mod schedule;

pub use replay::{Execution, NotReplayable, StepTaken, replay, replay_with};
pub use schedule::{Action, BadToken, Schedule, Token, fingerprint};
