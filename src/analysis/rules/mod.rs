//! The rules, one family a file: what each looks for in a state or a step.

pub mod blocked_loop;
pub mod deadlocks;
pub mod leaks;
pub mod properties;
pub mod races;
pub mod style;
pub mod vacuous;
