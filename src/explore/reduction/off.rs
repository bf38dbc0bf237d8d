//! Programs that are not reduced, because some step does more to others than the
//! theorem allows for.

use super::kinds::is_executor;
use super::over::Over;
use crate::base::{Mistake, planted};
use crate::program::{ActorKind, Instr, ObjectKind, Program};

/// Why a program is not reduced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Off {
    /// Tasks take turns.
    Tasks,
    /// A lock that anybody may give back: who holds it may change under the holder.
    UnownedLock,
    /// A worker without a job keeps nothing going, so the end of a job may stop daemons.
    JobsStopDaemons,
}

impl Off {
    /// In words, behind "because".
    pub fn why(self) -> &'static str {
        match self {
            Off::Tasks => "tasks take turns",
            Off::UnownedLock => "a lock can be given back by anybody",
            Off::JobsStopDaemons => "the end of a job may stop daemons",
        }
    }
}

/// Whether the program can be reduced.
pub(super) fn check(program: &Program) -> Result<(), Off> {
    let is_task = |kind: ActorKind| matches!(kind, ActorKind::Task { .. });
    let has_tasks = !program.loops.is_empty()
        || program.actors.iter().any(|actor| is_task(actor.kind))
        || { program.code.iter() }.any(|instr| matches!(instr, Instr::Task { .. }));
    if has_tasks {
        return Err(Off::Tasks);
    }
    let is_unowned = |kind: &ObjectKind| matches!(kind, ObjectKind::Lock { unowned: true, .. });
    if program.objects.iter().any(|it| is_unowned(&it.kind)) && !planted(Mistake::UnownedReduced) {
        return Err(Off::UnownedLock);
    }
    let has_executors = program.objects.iter().any(|it| is_executor(&it.kind));
    match Over::of(program) {
        Over::WithLast if has_executors => Err(Off::JobsStopDaemons),
        _ => Ok(()),
    }
}
