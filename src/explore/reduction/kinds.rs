//! What is said of an object by its declaration: which table its uses follow, and
//! which operations can be about it.

use super::uses::{Class, Kind};
use crate::program::{ObjectKind, RwPolicy, SyncOp};

/// A channel that holds no messages.
pub(super) fn is_rendezvous(kind: &ObjectKind) -> bool {
    matches!(
        kind,
        ObjectKind::Chan {
            capacity: Some(0),
            ..
        }
    )
}

pub(super) fn is_executor(kind: &ObjectKind) -> bool {
    matches!(kind, ObjectKind::Executor { .. })
}

/// What reading, writing and giving back are to a reader-writer lock.
pub(super) fn of_rwlock(op: SyncOp, kind: &ObjectKind) -> Option<Class> {
    let ObjectKind::RwLock { policy } = kind else {
        return None;
    };
    Some(match (policy, op) {
        (RwPolicy::Fair, _) | (RwPolicy::Writers, SyncOp::Write(_)) => Class::Change,
        (_, SyncOp::Read(_)) => Class::Look,
        (_, SyncOp::Write(_)) => Class::Take,
        _ => Class::Give,
    })
}

/// Whether an operation can be about an object of that kind.
pub(super) fn serves(op: SyncOp, kind: &ObjectKind) -> bool {
    match op {
        SyncOp::Lock(_) | SyncOp::Unlock => matches!(kind, ObjectKind::Lock { .. }),
        SyncOp::Read(_)
        | SyncOp::ReadUnlock
        | SyncOp::Write(_)
        | SyncOp::WriteUnlock
        | SyncOp::Downgrade => matches!(kind, ObjectKind::RwLock { .. }),
        SyncOp::Acquire(_) | SyncOp::Release => matches!(kind, ObjectKind::Sem { .. }),
        SyncOp::CondWait(_) | SyncOp::Notify | SyncOp::NotifyAll => {
            matches!(kind, ObjectKind::Cond { .. })
        }
        SyncOp::EventSet | SyncOp::EventClear | SyncOp::EventWait(_) => {
            matches!(kind, ObjectKind::Event { .. })
        }
        SyncOp::BarrierWait(_) | SyncOp::BarrierAbort | SyncOp::BarrierReset => {
            matches!(kind, ObjectKind::Barrier { .. })
        }
        SyncOp::CountDown | SyncOp::LatchWait | SyncOp::LatchAdd => {
            matches!(kind, ObjectKind::Latch { .. })
        }
        SyncOp::OnceBegin | SyncOp::OnceEnd => matches!(kind, ObjectKind::Once),
        SyncOp::TaskDone | SyncOp::ChanJoin | SyncOp::Close => {
            matches!(kind, ObjectKind::Chan { .. })
        }
        SyncOp::Join(_) | SyncOp::Shutdown | SyncOp::ShutdownNow | SyncOp::Drain => true,
    }
}

pub(super) fn kind_of(kind: &ObjectKind) -> Kind {
    match kind {
        ObjectKind::Lock { .. } | ObjectKind::Sem { .. } | ObjectKind::Cond { .. } => Kind::Lock,
        ObjectKind::RwLock { .. } => Kind::RwLock,
        ObjectKind::Event { .. } => Kind::Event,
        ObjectKind::Latch { .. } => Kind::Latch,
        ObjectKind::Barrier { .. }
        | ObjectKind::Once
        | ObjectKind::Chan { .. }
        | ObjectKind::Collection { .. }
        | ObjectKind::Executor { .. } => Kind::Channel,
    }
}
