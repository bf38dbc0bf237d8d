//! The search: every state, once, in order of depth. It knows no kind of bug.

mod dictionary;
mod expand;
mod graph;
mod halves;
mod limits;
mod memo;
mod observer;
mod parents;
mod rows;
mod shortest;
mod stateful;
mod store;
mod table;
mod tree;
mod worker;
mod workers;

pub use graph::{Graph, GraphStep, Marker};
pub use limits::{Bound, Limits, MemoryBudget};
pub use observer::{Glance, Observer, Stance, Taken, Visit};
pub use shortest::{Goal, shortest};
pub use stateful::{Progress, Search, search};
