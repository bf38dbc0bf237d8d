//! Rules and properties that look at what a reduction hides: which other actors
//! run at a moment, and runs as a whole.
//!
//! A rule that is not named here must be kept by the theorem of
//! [`Reduction`](crate::explore::Reduction); `tests/reduction.rs` compares all of
//! them with the search of all states.

use super::facts::Facts;
use super::key::Key;
use super::liveness::speaks_of_runs;
use super::rules::sleeps;
use crate::base::{Mistake, planted};
use crate::program::{Instr, ObjectKind, Program, PropertyKind, SyncOp};

/// Why a scenario must be searched without reduction, behind "because".
pub fn looks_at_hidden(program: &Program) -> Option<&'static str> {
    if planted(Mistake::HiddenReduced) {
        return None;
    }
    if speaks_of_runs(program) {
        return Some("a property speaks of whole runs");
    }
    let order = |kind: &PropertyKind| matches!(kind, PropertyKind::Order(..));
    if program.properties.iter().any(|it| order(&it.kind)) {
        return Some("the order of two steps is asked for");
    }
    if !sleeps::naps(program).is_empty() {
        return Some("what comes after a `sleep` depends on how far others are");
    }
    if barriers_may_be_crowded(program) {
        return Some("there are more actors than places at a barrier");
    }
    None
}

/// Why what a reduced search has shown is not enough, behind "because".
///
/// Who waits for several readers may be in a circle with one of them, and later in
/// a larger one with all. The larger circle stays and is seen; the smaller one may
/// have been passed by.
pub fn shows_too_little(facts: &Facts<'_>) -> Option<&'static str> {
    let several = |kind: &ObjectKind| matches!(kind, ObjectKind::RwLock { .. });
    let circle = |key: &Key| matches!(key, Key::Circle(_));
    let objects = &facts.program.objects;
    let may_grow = objects.iter().any(|it| several(&it.kind));
    (may_grow && !planted(Mistake::GrowingCirclesReduced) && facts.hits.keys().any(circle))
        .then_some("a circle of waiting may grow with each reader")
}

/// Whether there may be more actors at some barrier than it has places.
fn barriers_may_be_crowded(program: &Program) -> bool {
    let fewest = program
        .objects
        .iter()
        .filter_map(|object| match object.kind {
            ObjectKind::Barrier { parties } => Some(parties as usize),
            _ => None,
        });
    let spawns = program
        .code
        .iter()
        .any(|it| matches!(it, Instr::Spawn { .. }));
    let Some(fewest) = fewest.min() else {
        return false;
    };
    let arrives = |instr: &Instr| {
        matches!(
            instr,
            Instr::Sync {
                op: SyncOp::BarrierWait(_),
                ..
            }
        )
    };
    program.code.iter().any(arrives) && (spawns || program.actors.len() > fewest)
}
