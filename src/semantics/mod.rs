//! What an action does: states, which actors may run, steps. One file for each
//! primitive.
//!
//! Only this room looks inside an instruction; engines see actors, choices and
//! states, so that all of them agree on what a step is.
//!
//! **Invariant:** a step is a function of the state, the actor and the answers
//! of its [`Chooser`]; nothing else can influence it.

mod actor;
mod alike;
mod atomic;
mod barrier;
mod chan;
mod choice;
mod collection;
mod cond;
mod copies;
mod eval;
mod event;
mod executor;
mod footprint;
mod forgotten;
mod future;
mod gil;
mod joined;
mod latch;
mod layout;
mod local;
mod lock;
mod machine;
mod memory;
mod missed;
mod once;
mod print;
mod record;
mod rwlock;
mod select;
mod sem;
mod state;
mod sync;
mod task;
mod turn;

pub use actor::CROWD;
pub use alike::Alike;
pub use choice::Chooser;
pub use eval::{ArithmeticFault, Scene, binary, unary};
pub use footprint::PARTS_MAX;
pub use forgotten::keeps_no_future;
pub use future::JobStatus;
pub use layout::{Capacity, Layout};
pub use machine::{
    CALLS_MAX, CHOICES_MAX, FUTURES_MAX, LOCAL_FUEL, Limit, Machine, QUEUE_MAX, Stop,
};
pub use missed::{Matters, looks};
pub use print::LINES_MAX;
pub use record::{Event, EventKind, Exception, Fault, FaultKind, Incident, Misuse, Recorder};
pub use state::{Phase, State, Status};
