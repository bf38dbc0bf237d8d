//! What is a bug: one file for each kind, over the facts that a search shows.
//!
//! Floor 5: prints nothing, and of the search knows only what it shows to an
//! observer.

mod facts;
mod footprint;
mod futures;
mod key;
mod lock_order;
mod rules;
mod waits;

pub use facts::{Ending, Facts, Hit};
pub use footprint::{Touch, touches};
pub use futures::{Futures, Help};
pub use key::Key;
pub use lock_order::{Circle, LockEdge, LockEdges, Protection, circles, held_by};
pub use rules::deadlocks::{Cause, causes, circles_in};
pub use rules::races::races;
pub use waits::{Resource, Wait, held_up, wait_of};
