//! loom and shuttle for your own Rust code, with reports that have names: their
//! engines, our words.
//!
//! Only with the feature `witnesses`. Write your code with the `Mutex`, `Condvar`,
//! `Atomic`, `Channel` and `spawn` of this module, and give things names. `check_with_shuttle`
//! and `check_with_loom` run it in every order that the engine knows of. Where it
//! fails, `Failure` says who
//! did what in which order, who holds what, and who waits for whom.
//!
//! ```
//! use std::sync::Arc;
//! use threadbare::watched::{Mutex, check_with_loom, check_with_shuttle, spawn};
//!
//! fn two_locks() {
//!     let (pen, paper) = (Mutex::new("pen", ()), Mutex::new("paper", ()));
//!     let desk = Arc::new((pen, paper));
//!     let other = Arc::clone(&desk);
//!     let ben = spawn("ben", move || {
//!         let _paper = other.1.lock();
//!         let _pen = other.0.lock();
//!     });
//!     {
//!         let _pen = desk.0.lock();
//!         let _paper = desk.1.lock();
//!     }
//!     ben.join();
//! }
//!
//! for check in [check_with_shuttle, check_with_loom] {
//!     let failure = check(two_locks).expect_err("they take them in opposite order");
//!     assert_eq!(
//!         failure.waits,
//!         [
//!             "`main` waits for `paper`, which `ben` holds",
//!             "`ben` waits for `pen`, which `main` holds",
//!         ]
//!     );
//!     assert!(failure.to_string().contains("deadlock"));
//! }
//! ```
//!
//! A failure of shuttle has a schedule, which `replay_with_shuttle` runs again; one of
//! loom has a checkpoint, for `replay_with_loom`.
//!
//! **Invariant:** a thread is in the log with an operation right after it was done,
//! before another thread can run.
//!
//! **Deliberately absent:** a semantics of our own. What is a bug is the engine's
//! affair.

#[cfg(feature = "witnesses")]
mod channel;
#[cfg(feature = "witnesses")]
mod engine;
#[cfg(feature = "witnesses")]
mod log;
#[cfg(feature = "witnesses")]
mod things;

#[cfg(feature = "witnesses")]
pub use channel::Channel;
#[cfg(feature = "witnesses")]
pub use engine::{
    LoomBounds, check_with_loom, check_with_loom_within, check_with_shuttle, replay_with_loom,
    replay_with_shuttle,
};
#[cfg(feature = "witnesses")]
pub use log::{Event, Failure};
#[cfg(feature = "witnesses")]
pub use things::{Atomic, Condvar, Guard, JoinHandle, Mutex, spawn};
