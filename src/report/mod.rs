//! The report: what a check found and covered, as plain data.
//!
//! Floor 6. The checker fills a [`Report`]; the renderers turn it into bytes.
//!
//! **Invariant:** renderers decide nothing. They know no rule by name and show
//! exactly what the data says, so every format tells the same story.
//!
//! **Deliberately absent:** reading files, the terminal, the environment, the
//! clock. Durations are numbers that were measured elsewhere.

pub mod escape;
pub mod github;
pub mod html;
pub mod human;
pub mod json;
pub mod junit;
pub mod markdown;
mod model;
pub mod picture;
pub mod prose;
pub mod sarif;
pub mod short;
pub mod tell;

pub use model::{
    Allowed, Cell, Expectation, Fact, Finding, Help, Hold, Limit, LockEdge, Moment, NeverRun,
    OutcomeRow, Outcomes, Passing, Place, Proved, Report, Row, ScenarioReport, Schedule, Stats,
    Status, Step, StepRow, Tool, TraceLoop, TraceTable, Value, Verdict, Wait, Weight,
};

#[cfg(test)]
mod tests;
