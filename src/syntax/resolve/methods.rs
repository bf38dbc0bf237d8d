//! Which operations each kind of object has, as tables.

use crate::hir::{CollectionOp, Method, ObjectType, Type};

/// What an operation takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// A number.
    Int,
    /// A number that may be left out.
    MaybeInt,
    /// An element of the channel, an entry of the list.
    Element,
    /// A position in a list, counted from its end if negative; the number is meant
    /// if it is left out.
    MaybePosition(i64),
    /// No argument is written, this position is meant.
    Fixed(i64),
    /// A position in a list.
    Position,
    /// A position and an entry.
    PositionAndElement,
    /// A key of a map.
    Key,
    /// A key and a value.
    KeyAndValue,
    /// Another list, or the keys of a map; for a map, another map.
    Other,
}

/// What an operation gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gives {
    /// Nothing.
    Nothing,
    /// A truth value.
    Bool,
    /// A number.
    Int,
    /// An element of the channel, an entry of the list, a value of the map.
    Element,
    /// A name.
    Name,
    /// What the future's job returns.
    Result,
}

/// One operation.
pub struct Operation {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub method: Method,
    /// Its argument.
    pub takes: Takes,
    /// Its value.
    pub gives: Gives,
}

const fn op(name: &'static str, method: Method, takes: Takes, gives: Gives) -> Operation {
    Operation {
        name,
        method,
        takes,
        gives,
    }
}

const LOCK: &[Operation] = &[
    op("lock", Method::Lock, Takes::Nothing, Gives::Nothing),
    op("unlock", Method::Unlock, Takes::Nothing, Gives::Nothing),
    op("try_lock", Method::TryLock, Takes::Nothing, Gives::Bool),
    op(
        "try_lock_for",
        Method::TryLockFor,
        Takes::Nothing,
        Gives::Bool,
    ),
    op("is_locked", Method::IsLocked, Takes::Nothing, Gives::Bool),
];

const RW_LOCK: &[Operation] = &[
    op("read", Method::Read, Takes::Nothing, Gives::Nothing),
    op(
        "read_unlock",
        Method::ReadUnlock,
        Takes::Nothing,
        Gives::Nothing,
    ),
    op("write", Method::Write, Takes::Nothing, Gives::Nothing),
    op(
        "write_unlock",
        Method::WriteUnlock,
        Takes::Nothing,
        Gives::Nothing,
    ),
    op("try_read", Method::TryRead, Takes::Nothing, Gives::Bool),
    op("try_write", Method::TryWrite, Takes::Nothing, Gives::Bool),
    op(
        "downgrade",
        Method::Downgrade,
        Takes::Nothing,
        Gives::Nothing,
    ),
];

const SEM: &[Operation] = &[
    op("acquire", Method::Acquire, Takes::Nothing, Gives::Nothing),
    op("release", Method::Release, Takes::MaybeInt, Gives::Nothing),
    op(
        "try_acquire",
        Method::TryAcquire,
        Takes::Nothing,
        Gives::Bool,
    ),
    op(
        "acquire_for",
        Method::AcquireFor,
        Takes::Nothing,
        Gives::Bool,
    ),
    op("value", Method::Value, Takes::Nothing, Gives::Int),
];

const COND: &[Operation] = &[
    op("wait", Method::CondWait, Takes::Nothing, Gives::Nothing),
    op("wait_for", Method::CondWaitFor, Takes::Nothing, Gives::Bool),
    op("notify", Method::Notify, Takes::MaybeInt, Gives::Nothing),
    op(
        "notify_all",
        Method::NotifyAll,
        Takes::Nothing,
        Gives::Nothing,
    ),
];

const EVENT: &[Operation] = &[
    op("set", Method::EventSet, Takes::Nothing, Gives::Nothing),
    op("clear", Method::EventClear, Takes::Nothing, Gives::Nothing),
    op("wait", Method::EventWait, Takes::Nothing, Gives::Nothing),
    op(
        "wait_for",
        Method::EventWaitFor,
        Takes::Nothing,
        Gives::Bool,
    ),
    op("is_set", Method::IsSet, Takes::Nothing, Gives::Bool),
];

const BARRIER: &[Operation] = &[
    op("wait", Method::BarrierWait, Takes::Nothing, Gives::Int),
    op(
        "wait_for",
        Method::BarrierWaitFor,
        Takes::Nothing,
        Gives::Int,
    ),
    op(
        "reset",
        Method::BarrierReset,
        Takes::Nothing,
        Gives::Nothing,
    ),
    op(
        "abort",
        Method::BarrierAbort,
        Takes::Nothing,
        Gives::Nothing,
    ),
];

const LATCH: &[Operation] = &[
    op(
        "count_down",
        Method::CountDown,
        Takes::Nothing,
        Gives::Nothing,
    ),
    op("wait", Method::LatchWait, Takes::Nothing, Gives::Nothing),
    op("add", Method::LatchAdd, Takes::Int, Gives::Nothing),
];

const CHAN: &[Operation] = &[
    op("send", Method::Send, Takes::Element, Gives::Nothing),
    op("try_send", Method::TrySend, Takes::Element, Gives::Bool),
    op("send_for", Method::SendFor, Takes::Element, Gives::Bool),
    op("recv", Method::Recv, Takes::Nothing, Gives::Element),
    op("recv_or", Method::RecvOr, Takes::Element, Gives::Element),
    op("try_recv", Method::TryRecv, Takes::Nothing, Gives::Nothing),
    op("close", Method::Close, Takes::Nothing, Gives::Nothing),
    op("len", Method::Len, Takes::Nothing, Gives::Int),
    op("is_empty", Method::IsEmpty, Takes::Nothing, Gives::Bool),
    op("is_full", Method::IsFull, Takes::Nothing, Gives::Bool),
    op(
        "task_done",
        Method::TaskDone,
        Takes::Nothing,
        Gives::Nothing,
    ),
    op("join", Method::ChanJoin, Takes::Nothing, Gives::Nothing),
];

const fn entries(name: &'static str, op: CollectionOp, takes: Takes, gives: Gives) -> Operation {
    self::op(name, Method::Collection(op), takes, gives)
}

const LIST: &[Operation] = &[
    entries(
        "append",
        CollectionOp::Append,
        Takes::Element,
        Gives::Nothing,
    ),
    entries(
        "pop",
        CollectionOp::TakeAt,
        Takes::MaybePosition(-1),
        Gives::Element,
    ),
    entries(
        "pop_first",
        CollectionOp::TakeAt,
        Takes::Fixed(0),
        Gives::Element,
    ),
    entries(
        "insert",
        CollectionOp::Insert,
        Takes::PositionAndElement,
        Gives::Nothing,
    ),
    entries(
        "remove",
        CollectionOp::RemoveValue,
        Takes::Element,
        Gives::Nothing,
    ),
    entries("get", CollectionOp::At, Takes::Position, Gives::Element),
    entries(
        "set",
        CollectionOp::SetAt,
        Takes::PositionAndElement,
        Gives::Nothing,
    ),
    entries(
        "contains",
        CollectionOp::HasValue,
        Takes::Element,
        Gives::Bool,
    ),
    entries("extend", CollectionOp::Extend, Takes::Other, Gives::Nothing),
    entries(
        "copy_from",
        CollectionOp::CopyFrom,
        Takes::Other,
        Gives::Nothing,
    ),
    entries("sort", CollectionOp::Sort, Takes::Nothing, Gives::Nothing),
    entries("clear", CollectionOp::Clear, Takes::Nothing, Gives::Nothing),
    op("len", Method::Len, Takes::Nothing, Gives::Int),
    op("is_empty", Method::IsEmpty, Takes::Nothing, Gives::Bool),
    op("is_full", Method::IsFull, Takes::Nothing, Gives::Bool),
];

const MAP: &[Operation] = &[
    entries("get", CollectionOp::Get, Takes::Key, Gives::Element),
    entries(
        "get_or",
        CollectionOp::GetOr,
        Takes::KeyAndValue,
        Gives::Element,
    ),
    entries("put", CollectionOp::Put, Takes::KeyAndValue, Gives::Nothing),
    entries(
        "set_default",
        CollectionOp::SetDefault,
        Takes::KeyAndValue,
        Gives::Element,
    ),
    entries("pop", CollectionOp::TakeKey, Takes::Key, Gives::Element),
    entries("remove", CollectionOp::TakeKey, Takes::Key, Gives::Nothing),
    entries("contains", CollectionOp::HasKey, Takes::Key, Gives::Bool),
    entries(
        "copy_from",
        CollectionOp::CopyFrom,
        Takes::Other,
        Gives::Nothing,
    ),
    entries("clear", CollectionOp::Clear, Takes::Nothing, Gives::Nothing),
    op("len", Method::Len, Takes::Nothing, Gives::Int),
    op("is_empty", Method::IsEmpty, Takes::Nothing, Gives::Bool),
    op("is_full", Method::IsFull, Takes::Nothing, Gives::Bool),
];

const HANDLE: &[Operation] = &[
    op("join", Method::Join, Takes::Nothing, Gives::Nothing),
    op("join_for", Method::JoinFor, Takes::Nothing, Gives::Bool),
    op("is_alive", Method::IsAlive, Takes::Nothing, Gives::Bool),
];

const FUTURE: &[Operation] = &[
    op(
        "result",
        Method::FutureResult,
        Takes::Nothing,
        Gives::Result,
    ),
    op(
        "result_for",
        Method::FutureResultFor,
        Takes::Nothing,
        Gives::Result,
    ),
    op("done", Method::FutureDone, Takes::Nothing, Gives::Bool),
    op("cancel", Method::FutureCancel, Takes::Nothing, Gives::Bool),
    op(
        "exception",
        Method::FutureException,
        Takes::Nothing,
        Gives::Name,
    ),
];

const TASK: &[Operation] = &[
    op("result", Method::TaskResult, Takes::Nothing, Gives::Result),
    op("join", Method::Join, Takes::Nothing, Gives::Nothing),
    op("join_for", Method::JoinFor, Takes::Nothing, Gives::Bool),
    op("done", Method::TaskEnded, Takes::Nothing, Gives::Bool),
    op("cancel", Method::TaskCancel, Takes::Nothing, Gives::Bool),
    op("is_alive", Method::IsAlive, Takes::Nothing, Gives::Bool),
];

/// What takes a function, `submit` and `map`, stands in `executor`.
const EXECUTOR: &[Operation] = &[
    op("shutdown", Method::Shutdown, Takes::Nothing, Gives::Nothing),
    op(
        "shutdown_now",
        Method::ShutdownNow,
        Takes::Nothing,
        Gives::Nothing,
    ),
];

/// The operations of a type; none for plain values.
pub fn operations(ty: &Type) -> &'static [Operation] {
    let Type::Object(object) = ty else {
        return match ty {
            Type::Handle => HANDLE,
            Type::Future(_) => FUTURE,
            Type::Task(_) => TASK,
            _ => &[],
        };
    };
    match object {
        ObjectType::Lock => LOCK,
        ObjectType::RwLock => RW_LOCK,
        ObjectType::Sem => SEM,
        ObjectType::Cond => COND,
        ObjectType::Event => EVENT,
        ObjectType::Barrier => BARRIER,
        ObjectType::Latch => LATCH,
        ObjectType::Chan(_) => CHAN,
        ObjectType::Executor => EXECUTOR,
        ObjectType::List(_) => LIST,
        ObjectType::Map(..) => MAP,
        ObjectType::Once => &[],
    }
}

/// An operation of that name, whatever it works on.
pub fn any_operation(name: &str) -> Option<&'static str> {
    let all = [
        LOCK, RW_LOCK, SEM, COND, EVENT, BARRIER, LATCH, CHAN, HANDLE, FUTURE, TASK, EXECUTOR,
        LIST, MAP,
    ];
    let declared = all.into_iter().flatten().map(|op| op.name);
    declared
        .chain(ATOMIC.iter().copied())
        .find(|op| *op == name)
}

/// Operations of an `atomic`.
pub const ATOMIC: &[&str] = &[
    "load",
    "store",
    "swap",
    "fetch_add",
    "fetch_sub",
    "fetch_and",
    "fetch_or",
    "fetch_xor",
    "fetch_max",
    "fetch_min",
    "compare_exchange",
    "plain_load",
    "plain_store",
];

/// Words of other languages and libraries, with ours in the order to be tried.
pub fn near_miss(name: &str) -> &'static [&'static str] {
    match name {
        "acquire" | "enter" | "P" | "p" | "down" | "take" | "sem_wait" | "wait" => {
            &["acquire", "lock", "recv", "wait", "result"]
        }
        "release" | "exit" | "leave" | "V" | "v" | "up" | "post" | "sem_post" => {
            &["release", "unlock"]
        }
        "lock" => &["acquire", "write"],
        "unlock" => &["release", "write_unlock"],
        "locked" | "held" => &["is_locked"],
        "read_lock" | "rlock" | "RLock" | "acquire_read" | "lock_shared" => &["read"],
        "read_release" | "runlock" | "RUnlock" | "release_read" => &["read_unlock"],
        "write_lock" | "wlock" | "acquire_write" => &["write"],
        "write_release" | "wunlock" | "release_write" => &["write_unlock"],
        "signal" | "notify_one" | "notifyOne" | "pulse" | "wake" => &["notify", "set", "release"],
        "notify" => &["set"],
        "broadcast" | "notifyAll" | "pulse_all" | "signal_all" => &["notify_all", "set"],
        "put" | "push" | "enqueue" | "append" | "offer" | "write" => {
            &["send", "store", "append", "put"]
        }
        "push_back" | "insert_last" => &["append", "send"],
        "push_front" | "appendleft" | "unshift" | "prepend" => &["insert"],
        "popleft" | "pop_front" | "shift" | "remove_first" => &["pop_first", "recv"],
        "pop_back" | "pop_last" | "popitem" => &["pop"],
        "has" | "has_key" | "contains_key" | "includes" | "exists" | "__contains__" => {
            &["contains"]
        }
        "setdefault" | "entry" | "put_if_absent" | "putIfAbsent" => &["set_default"],
        "get_or_default" | "getOrDefault" | "get_default" | "unwrap_or" => &["get_or"],
        "insert" | "update" | "store" => &["put", "set", "append"],
        "delete" | "del" | "erase" | "discard" | "remove_key" => &["remove"],
        "sorted" | "sort_unstable" => &["sort"],
        "copy" | "clone" | "to_list" => &["copy_from"],
        "concat" | "append_all" | "addAll" => &["extend"],
        "get" | "pop" | "dequeue" | "receive" | "poll" | "read" | "recieve" | "at" | "nth" => {
            &["recv", "load", "result", "get"]
        }
        "try_put" | "put_nowait" | "try_push" => &["try_send"],
        "try_get" | "get_nowait" | "try_pop" => &["try_recv"],
        "put_for" | "send_timeout" => &["send_for"],
        "set" | "assign" => &["store", "notify_all", "put", "set"],
        "isSet" | "is_raised" => &["is_set"],
        "reset" => &["clear"],
        "empty" | "isEmpty" => &["is_empty"],
        "full" | "isFull" => &["is_full"],
        "qsize" | "size" | "length" | "count" => &["len", "value"],
        "done" | "arrive" | "countDown" | "Done" => &["count_down", "task_done", "wait"],
        "add" | "increment" | "inc" => &["fetch_add", "add", "append", "put"],
        "sub" | "decrement" | "dec" => &["fetch_sub", "count_down"],
        "cas"
        | "compare_and_swap"
        | "compare_and_set"
        | "compareAndSet"
        | "compare_exchange_weak" => &["compare_exchange"],
        "exchange" | "get_and_set" | "getAndSet" => &["swap"],
        "alive" | "isAlive" | "is_running" | "is_finished" => &["is_alive"],
        "close" | "stop" | "terminate" => &["shutdown", "shutdown_now"],
        "apply" | "apply_async" | "execute" | "schedule" => &["submit"],
        "is_done" | "isDone" | "finished" => &["done"],
        "wait_for_all" | "join_all" => &["join"],
        "join_timeout" | "try_join" | "timed_join" => &["join_for"],
        "await" => &["wait", "join", "result"],
        _ => &[],
    }
}
