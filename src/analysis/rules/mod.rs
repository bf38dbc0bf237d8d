//! The rules, one family a file: what each looks for in a state or a step.

pub mod barriers;
pub mod blocked_loop;
pub mod deadlocks;
pub mod leaks;
pub mod properties;
pub mod races;
pub mod sleeps;
pub mod style;
pub mod updates;
pub mod vacuous;
