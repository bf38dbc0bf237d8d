//! The data boundary between the checker, which fills it, and the renderers.
//!
//! All fields are public and any value is fine: text may hold hostile
//! characters, spans may lie outside the source, lists may be empty. Renderers
//! cope with all of it.
//!
//! **Deliberately absent:** serialization. The JSON format has its own types,
//! so that it stays stable while these change.

mod finding;
mod scenario;
mod trace;

pub use finding::{
    Fact, Finding, Help, Hold, LockEdge, Moment, Passing, Place, Schedule, Step, Wait,
};
pub use scenario::{
    Allowed, Expectation, Limit, NeverRun, OutcomeRow, Outcomes, Proved, Report, ScenarioReport,
    Stats, Status, Tool, Verdict,
};
pub use trace::{Cell, Row, StepRow, TraceLoop, TraceTable, Weight};

/// A value of the scenario as a reader sees it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Value {
    /// A truth value.
    Bool(bool),
    /// A number.
    Int(i64),
    /// Anything else in the author's notation: an enum value, a struct, printed text.
    Text(String),
    /// Several values: an array, the contents of a channel.
    List(Vec<Value>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}
