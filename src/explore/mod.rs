//! The search: every state, once, in order of depth. It knows no kind of bug.

mod expand;
mod graph;
mod limits;
mod observer;
mod parents;
mod shortest;
mod stateful;
mod store;
mod workers;

pub use graph::{Graph, GraphStep, Marker};
pub use limits::{Bound, Limits, MemoryBudget};
pub use observer::{Observer, Taken, Visit};
pub use shortest::{Goal, shortest};
pub use stateful::{Progress, Search, search};
