//! What other engines say of a scenario, and whether it is what we say.

mod check;
mod compare;
mod isolated;
mod led;
mod ours;

pub(in crate::checker) use check::check;
pub use check::{led, see};
pub use compare::{Comparison, Difference, compare, confirm};
pub use isolated::{COMMAND, Errand, receive};
pub use led::{Led, led_along};
pub use ours::{Ours, ours};
