//! How objects are called, declared and used: the tables of the writer.

use super::plan::{LockMode, Object, Plan, Wait};
use crate::hir::{LockRef, Method, ObjectDeclId, ObjectKind, RwPolicy, Type};

/// A method, its name, and what it gives.
pub(super) type Row = Option<(Method, &'static str, Type)>;

pub(super) fn is_lock(row: &Object) -> bool {
    matches!(row, Object::Lock { .. })
}

pub(super) fn is_chan(row: &Object) -> bool {
    matches!(row, Object::Chan(_))
}

pub(super) fn is_pool(row: &Object) -> bool {
    matches!(row, Object::Executor { .. })
}

/// A letter for the kind, and the position.
pub(super) fn object_name(index: usize, row: &Object) -> String {
    let kind = match row {
        Object::Lock { .. } => "m",
        Object::RwLock(_) => "rw",
        Object::Sem { .. } => "s",
        Object::Cond { .. } => "c",
        Object::Event { .. } => "e",
        Object::Barrier(_) => "b",
        Object::Once => "o",
        Object::Latch(_) => "l",
        Object::Chan(_) => "q",
        Object::Executor { .. } => "p",
        Object::Entries { keyed: false, .. } => "k",
        Object::Entries { keyed: true, .. } => "d",
    };
    format!("{kind}{index}")
}

/// What stands before and behind the name in a declaration.
pub(super) fn object_words(row: &Object, plan: &Plan) -> (&'static str, String) {
    match row {
        Object::Lock {
            reentrant: true, ..
        } => ("reentrant lock ", String::new()),
        Object::Lock { unowned: true, .. } => ("unowned lock ", String::new()),
        Object::Lock { .. } => ("lock ", String::new()),
        Object::RwLock(policy) => {
            let policy = match policy {
                RwPolicy::Readers => " prefer readers",
                RwPolicy::Writers => " prefer writers",
                RwPolicy::Fair => " fair",
            };
            ("rwlock ", policy.to_owned())
        }
        Object::Sem { initial, max } => {
            let max = max.map_or(String::new(), |max| format!(" max {max}"));
            ("sem ", format!(" = {initial}{max}"))
        }
        Object::Cond {
            lock,
            fifo,
            spurious,
        } => {
            let lock = plan
                .objects
                .get(*lock)
                .map_or(String::new(), |row| object_name(*lock, row));
            let fifo = if *fifo { " fifo" } else { "" };
            let spurious = if *spurious { " spurious" } else { "" };
            ("cond ", format!(" on {lock}{fifo}{spurious}"))
        }
        Object::Event { auto } => ("event ", if *auto { " auto" } else { "" }.to_owned()),
        Object::Barrier(parties) => ("barrier ", format!("({parties})")),
        Object::Once => ("once ", String::new()),
        Object::Latch(count) => ("latch ", format!("({count})")),
        Object::Chan(None) => ("chan ", ": int".to_owned()),
        Object::Chan(Some(capacity)) => ("chan ", format!("({capacity}): int")),
        Object::Executor { workers, processes } => {
            let words = if *processes {
                "process executor "
            } else {
                "executor "
            };
            (words, format!("({workers})"))
        }
        Object::Entries {
            keyed,
            room,
            filled,
            ..
        } => super::entries::words(*keyed, *room, *filled),
    }
}

/// The kind of a declaration; `lock` is that of a condition.
pub(super) fn object_kind(row: &Object, lock: ObjectDeclId) -> ObjectKind {
    match *row {
        Object::Lock { reentrant, unowned } => ObjectKind::Lock {
            reentrant,
            unowned: unowned && !reentrant,
        },
        Object::RwLock(policy) => ObjectKind::RwLock { policy },
        Object::Sem { max, .. } => ObjectKind::Sem { max },
        Object::Cond { fifo, spurious, .. } => ObjectKind::Cond {
            lock: LockRef {
                decl: lock,
                element: 0,
            },
            fifo,
            spurious,
        },
        Object::Event { auto } => ObjectKind::Event { auto },
        Object::Barrier(parties) => ObjectKind::Barrier { parties },
        Object::Once => ObjectKind::Once,
        Object::Latch(_) => ObjectKind::Latch,
        Object::Chan(capacity) => ObjectKind::Chan {
            capacity,
            element: Type::Int,
        },
        Object::Executor { workers, processes } => ObjectKind::Executor {
            workers,
            process: processes,
        },
        Object::Entries {
            keyed: false, room, ..
        } => ObjectKind::List {
            capacity: room,
            element: Type::Int,
        },
        Object::Entries { room, .. } => ObjectKind::Map {
            capacity: room,
            key: Type::Int,
            value: Type::Int,
        },
    }
}

/// Taking something, blocking or not.
pub(super) fn take(row: &Object, mode: LockMode, wait: Option<Wait>) -> Row {
    use LockMode::{Exclusive, Shared};
    let (method, name) = match (row, mode, wait) {
        (Object::Lock { .. }, _, None) => (Method::Lock, "lock"),
        (Object::Lock { .. }, _, Some(Wait::Try)) => (Method::TryLock, "try_lock"),
        (Object::Lock { .. }, _, Some(Wait::Timeout)) => (Method::TryLockFor, "try_lock_for"),
        (Object::RwLock(_), Shared, None) => (Method::Read, "read"),
        (Object::RwLock(_), Exclusive, None) => (Method::Write, "write"),
        (Object::RwLock(_), Shared, Some(Wait::Try)) => (Method::TryRead, "try_read"),
        (Object::RwLock(_), Exclusive, Some(Wait::Try)) => (Method::TryWrite, "try_write"),
        (Object::Sem { .. }, _, None) => (Method::Acquire, "acquire"),
        (Object::Sem { .. }, _, Some(Wait::Try)) => (Method::TryAcquire, "try_acquire"),
        (Object::Sem { .. }, _, Some(Wait::Timeout)) => (Method::AcquireFor, "acquire_for"),
        _ => return None,
    };
    let ty = if wait.is_some() {
        Type::Bool
    } else {
        Type::Unit
    };
    Some((method, name, ty))
}

/// Giving it back.
pub(super) fn give(row: &Object, mode: LockMode) -> Row {
    let (method, name) = match (row, mode) {
        (Object::Lock { .. }, _) => (Method::Unlock, "unlock"),
        (Object::RwLock(_), LockMode::Shared) => (Method::ReadUnlock, "read_unlock"),
        (Object::RwLock(_), LockMode::Exclusive) => (Method::WriteUnlock, "write_unlock"),
        (Object::Sem { .. }, _) => (Method::Release, "release"),
        _ => return None,
    };
    Some((method, name, Type::Unit))
}

/// Waiting for something.
pub(super) fn wait(row: &Object) -> Row {
    let (method, ty) = match row {
        Object::Cond { .. } => (Method::CondWait, Type::Unit),
        Object::Event { .. } => (Method::EventWait, Type::Unit),
        Object::Barrier(_) => (Method::BarrierWait, Type::Int),
        Object::Latch(_) => (Method::LatchWait, Type::Unit),
        _ => return None,
    };
    Some((method, "wait", ty))
}

/// Making it happen.
pub(super) fn wake(row: &Object) -> Row {
    let (method, name) = match row {
        Object::Cond { .. } => (Method::Notify, "notify"),
        Object::Event { .. } => (Method::EventSet, "set"),
        Object::Latch(_) => (Method::CountDown, "count_down"),
        _ => return None,
    };
    Some((method, name, Type::Unit))
}

/// The other thing one can do with it.
pub(super) fn wake_all(row: &Object) -> Row {
    let (method, name) = match row {
        Object::Cond { .. } => (Method::NotifyAll, "notify_all"),
        Object::Event { .. } => (Method::EventClear, "clear"),
        Object::Barrier(_) => (Method::BarrierAbort, "abort"),
        _ => return None,
    };
    Some((method, name, Type::Unit))
}
