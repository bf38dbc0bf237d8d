//! What is a bug: one file for each kind, over the facts that a search shows.
//!
//! Floor 5: prints nothing, and of the search knows only what it shows to an
//! observer.

mod collections;
mod diagnose;
mod ending;
mod facts;
mod finding;
mod footprint;
mod futures;
mod glance;
mod hidden;
mod job_waits;
mod key;
mod liveness;
mod lock_order;
mod partial;
mod reduced;
mod rule;
mod rules;
mod sampled;
mod stuck;
mod subjects;
mod switched;
mod task_waits;
mod waits;
mod witness;

pub use diagnose::{Diagnosis, Outcome, diagnose};
pub use ending::{shown_by, shown_by_each};
pub use facts::{Ending, Facts, Hit};
pub use finding::{Blocked, Evidence, Finding, Vacuity};
pub use footprint::{Touch, cells_read as cells_of, touches};
pub use futures::{Futures, Help};
pub use glance::{Noted, View};
pub use hidden::{looks_at_hidden, shows_too_little};
pub use job_waits::starved;
pub use key::Key;
pub use liveness::{Conduct, Lasso, speaks_of_runs};
pub use lock_order::{Circle, LockEdge, LockEdges, Protection, circles, held_by};
pub use reduced::{Reduced, Wanted, diagnose_reduced};
pub use rule::{Level, Rule};
pub use rules::deadlocks::{Cause, causes, circles_in};
pub use rules::races::races;
pub use rules::sleeps::Nap;
pub use rules::updates::LostUpdate;
pub use rules::vacuous::{idle, unreached};
pub use sampled::{Sampled, sampled};
pub use stuck::note_at_rest;
pub use switched::{Switched, with_few_switches};
pub use waits::{Resource, Wait, arm_waits, held_up, wait_of};
