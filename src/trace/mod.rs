//! What happened: schedules, their replay, and what orders their steps.

mod order;
mod replay;
mod schedule;

pub use order::Order;
pub use replay::{Execution, NotReplayable, StepTaken, replay, replay_with};
pub use schedule::{Action, BadToken, Schedule, Token, fingerprint};
