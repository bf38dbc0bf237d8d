//! The same program on somebody else's threads: loom and shuttle as witnesses.
//!
//! Whoever wrote a semantics and its oracle has the same misunderstandings twice.
//! So a program is also played, step by step, on the threads, locks, conditions
//! and atomic words of two libraries that know nothing of us, and what they see
//! is compared. A log of every operation is kept outside of them, so that whatever
//! they find is shown with our names and places: [`follow`] runs the log again on
//! our own machine.
//!
//! | ours | loom | shuttle |
//! |---|---|---|
//! | `atomic` | `AtomicI64`, read-modify-writes only | `AtomicI64` |
//! | `var` | `UnsafeCell`, which reports races | `AtomicI64`; races by announcement |
//! | `lock`, `cond` | `Mutex`, `Condvar` (wakes in order) | `Mutex`, `Condvar` |
//! | `rwlock` | `RwLock` | `RwLock` |
//! | `sem` | monitor | `BatchSemaphore` |
//! | `event`, `latch`, `barrier`, `once`, `chan` | monitor | monitor |
//! | a choice | tried one after the other | tried one after the other |
//!
//! A *monitor* is a state under their `Mutex` with their `Condvar`. Everything else
//! is refused by [`refusal`], with its name.
//!
//! **Invariant:** an end of an execution is kept with the log of one that ends so.
//!
//! **Deliberately absent:** what the ends mean. Whoever asks compares them.

#[cfg(feature = "witnesses")]
mod actor;
#[cfg(feature = "witnesses")]
mod env;
mod follow;
#[cfg(feature = "witnesses")]
mod guide;
mod lead;
#[cfg(feature = "witnesses")]
mod library;
#[cfg(feature = "witnesses")]
mod loom;
#[cfg(feature = "witnesses")]
mod monitor;
#[cfg(feature = "witnesses")]
mod plan;
#[cfg(feature = "witnesses")]
mod play;
mod refuse;
mod seen;
#[cfg(feature = "witnesses")]
mod shuttle;
#[cfg(feature = "witnesses")]
mod stage;

pub use follow::{Followed, Lost, follow};
pub use lead::{Order, orders};
pub use refuse::{Refusal, Trust, refusal, trust};
pub use seen::{Bounds, End, Engine, Part, Picture, Place, Race, Record, Sight, Unfinished};

use crate::program::Program;

/// Whether this build has loom and shuttle in it.
pub const IS_BUILT: bool = cfg!(feature = "witnesses");

/// Lets an engine run a program that it does not refuse.
///
/// # Errors
///
/// If this build has no engines.
pub fn run(engine: Engine, program: &Program, bounds: Bounds) -> Result<Sight, NotBuilt> {
    #[cfg(feature = "witnesses")]
    return Ok(match engine {
        Engine::Loom => loom::run(program, bounds),
        Engine::Shuttle => shuttle::run(program, bounds),
    });
    #[cfg(not(feature = "witnesses"))]
    {
        let _ = (engine, program, bounds);
        Err(NotBuilt)
    }
}

/// Leads an engine along a schedule of a program that it does not refuse. It decides what can
/// be done, the schedule who goes next; [`Unfinished::NotLed`] says how many steps it
/// followed if it did not follow all.
///
/// # Errors
///
/// If this build has no engines.
pub fn lead(
    engine: Engine,
    program: &Program,
    orders: &[Order],
    bounds: Bounds,
) -> Result<Sight, NotBuilt> {
    #[cfg(feature = "witnesses")]
    return Ok(match engine {
        Engine::Loom => loom::lead(program, orders, bounds),
        Engine::Shuttle => guide::lead(program, orders, bounds),
    });
    #[cfg(not(feature = "witnesses"))]
    {
        let _ = (engine, program, orders, bounds);
        Err(NotBuilt)
    }
}

/// This build has no engines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotBuilt;

impl std::fmt::Display for NotBuilt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("this build has neither loom nor shuttle in it")
    }
}

impl std::error::Error for NotBuilt {}

/// What a panic says.
#[cfg(feature = "witnesses")]
fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_owned()
}
