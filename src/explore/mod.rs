//! The search: every state, once, in order of depth; beside it two that see
//! less, [`sample`] and [`FewSwitches`]. They know no kind of bug.

mod concrete;
mod contents;
mod dictionary;
mod expand;
mod graph;
mod halves;
mod limits;
mod memo;
mod observer;
mod parents;
mod random;
mod reduction;
mod roots;
mod rounds;
mod rows;
mod saved;
mod shortest;
mod stateful;
mod store;
mod switches;
mod symmetry;
mod table;
mod tree;
mod worker;
mod workers;

pub use graph::{Graph, GraphStep, Marker};
pub use limits::{Bound, Limits, MemoryBudget};
pub use observer::{Glance, Observer, Stance, Taken, Visit};
pub use random::{
    Guarantee, STEPS_MAX, Sample, Sampling, Strategy, Watcher, fewer_switches, sample,
};
pub use reduction::{Off, Reduction};
pub use saved::{Keep, Write};
pub use shortest::{Goal, shortest};
pub use stateful::{
    Enough, Passing, Progress, Reduced, Search, like_actors, search, search_alike, search_reduced,
    search_until,
};
pub use switches::FewSwitches;
