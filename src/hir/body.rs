//! Statements and expressions of functions and actors.

pub use super::operator::{AtomicOp, BinaryOp, UnaryOp};
use super::scenario::{ActorId, FunctionId, LabelId, ObjectDeclId, VarId};
use super::types::{StringId, Type};
use crate::base::{Span, define_id};

define_id! {
    /// A local of a function: index into [`Function::locals`](super::Function::locals).
    pub struct LocalId;
}

/// A parameter, `let`, loop variable or received value.
#[derive(Clone, Debug)]
pub struct Local {
    /// The author's name for it.
    pub name: String,
    /// Where it is declared.
    pub span: Span,
    /// Its type.
    pub ty: Type,
}

/// Statements in order.
#[derive(Clone, Default, Debug)]
pub struct Block {
    /// The statements.
    pub stmts: Vec<Stmt>,
    /// The whole block with its braces.
    pub span: Span,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// What it does.
    pub kind: StmtKind,
    /// The whole statement.
    pub span: Span,
    /// `@name:` in front of it.
    pub label: Option<LabelId>,
}

/// What a statement does.
#[derive(Clone, Debug)]
pub enum StmtKind {
    /// `let x = e`, or `x = e` for a local. A field path for `j.id = e`.
    Let(LocalId, Vec<usize>, Expr),
    /// `x = e` for shared memory. The index is evaluated first, then the value.
    Assign(Place, Expr),
    /// `x += e` for a plain shared `var`: read, evaluate `e`, write. The index is evaluated once.
    Update(Place, BinaryOp, Expr),
    /// A condition and two blocks. `else if` nests in the second.
    If(Expr, Block, Block),
    /// `while e { … }`.
    While(Expr, Block),
    /// `loop { … }`.
    Loop(Block),
    /// `for i in a..b` (half-open); bounds are evaluated once.
    For(LocalId, Expr, Expr, Block),
    /// `for x in q`: receives until the channel is closed and empty.
    ForReceive(LocalId, Expr, Block),
    /// `for x in l`, `for k in d`: the entries of a list, the keys of a map.
    ForEntries(LocalId, Expr, Block),
    /// `l[i] += e`, `d[k] += e`: read, evaluate `e`, write. The list or map and the
    /// position or key are evaluated once.
    UpdateEntry(Box<EntryUpdate>),
    /// `for f in as_completed(fs)` and its relatives: one round for each future.
    ForFutures(LocalId, FutureLoop, Expr, Block),
    /// `if let x = q.try_recv() { } else { }` and the like.
    IfReceive(LocalId, Expr, ReceiveOp, Block, Block),
    /// `while let x = q.recv() { }` and the like.
    WhileReceive(LocalId, Expr, ReceiveOp, Block),
    /// Leaves the innermost loop.
    Break,
    /// Goes on with the innermost loop's next round.
    Continue,
    /// `return`, `return e`.
    Return(Option<Expr>),
    /// `match e { … }` over words (int, bool, enum): arms in order; `None` is `_`.
    Match(Expr, Vec<(Vec<i64>, Block)>, Option<Block>),
    /// `with m { … }`: the object is evaluated once; given back however the block is left.
    With(WithKind, Expr, Block),
    /// `atomic { … }`: one step.
    Atomic(Block),
    /// `either { } or { }`.
    Either(Vec<Block>),
    /// `wait_until(e)`: all of `e` is read at once, when it is true.
    WaitUntil(Expr),
    /// `select { … }`; the place of `await select` if it is awaited.
    Select(Vec<SelectArm>, Option<Span>),
    /// `assert e, "message"`.
    Assert(Expr, Option<StringId>),
    /// `raise "Name"`.
    Raise(StringId),
    /// `try { } catch … { } finally { }`.
    Try(Box<TryCatch>),
    /// Has no effect on what is possible.
    Sleep,
    /// Offers a switch.
    Yield,
    /// Does nothing.
    Skip,
    /// Marks progress.
    Progress,
    /// Observable output.
    Print(Vec<Print>),
    /// An expression for its effect: a method call, a call, `spawn f()`.
    Expr(Expr),
    /// A memory fence; no effect under sequential consistency.
    Fence,
}

/// One item of a `print`.
#[derive(Clone, Debug)]
pub struct Print {
    /// The value; a string constant has type `Str`.
    pub value: Expr,
}

/// How a receive that may fail is done.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ReceiveOp {
    /// `recv()`: waits; fails when closed and empty.
    Wait,
    /// `try_recv()`: fails when empty.
    Try,
    /// `recv_for()`: may time out.
    Timeout,
}

/// What the rounds of a loop over futures are about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FutureLoop {
    /// `for f in fs`, `for r in rs`: each future, or what a `gather` gave, in order.
    Each,
    /// `for f in as_completed(fs)`: each future once it is done, any of those first.
    Completed,
    /// `for r in p.map(f, a..b)`: each result, in order.
    Results,
}

/// What `with` takes and gives back.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum WithKind {
    /// `with m`.
    Lock,
    /// `with rw.read`.
    Read,
    /// `with rw.write`.
    Write,
    /// `with s` of a semaphore.
    Permit,
    /// `with o.first`: the first actor runs the block, the others wait until it is done.
    First,
    /// `with p` of an executor: shuts down and waits.
    Executor,
}

/// `collection[key] op= value`.
#[derive(Clone, Debug)]
pub struct EntryUpdate {
    /// The list or map.
    pub collection: Expr,
    /// The position or key.
    pub key: Expr,
    /// What is done to the old value.
    pub op: BinaryOp,
    /// With what.
    pub value: Expr,
}

/// An arm of a `select`.
#[derive(Clone, Debug)]
pub struct SelectArm {
    /// When it may run.
    pub kind: SelectArmKind,
    /// What it runs.
    pub body: Block,
    /// The head of the arm.
    pub span: Span,
}

/// When an arm of a `select` may run.
#[derive(Clone, Debug)]
pub enum SelectArmKind {
    /// `let x = q.recv()`, or `q.recv()`.
    Receive(Option<LocalId>, Expr),
    /// `let x = q.recv_or(v)`: never raises.
    ReceiveOr(Option<LocalId>, Expr, Expr),
    /// `q.send(v)`.
    Send(Expr, Expr),
    /// At any moment.
    Timeout,
    /// At once, if no other is ready.
    Else,
}

/// A `try` statement.
#[derive(Clone, Debug)]
pub struct TryCatch {
    /// What is tried.
    pub body: Block,
    /// In order: the name caught, `None` for all.
    pub catches: Vec<(Option<StringId>, Block)>,
    /// Runs however the rest is left.
    pub finally: Option<Block>,
}

/// Shared memory: a variable, an element of it, a field of it.
#[derive(Clone, Debug)]
pub struct Place {
    /// The variable.
    pub var: VarId,
    /// One index per dimension; empty for a whole single variable.
    pub indices: Vec<Expr>,
    /// Field numbers, outermost first.
    pub fields: Vec<usize>,
    /// The type of what is there.
    pub ty: Type,
    /// Where the author wrote it.
    pub span: Span,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it computes.
    pub kind: ExprKind,
    /// Its type.
    pub ty: Type,
    /// Where the author wrote it.
    pub span: Span,
}

/// What an expression computes. Operands are evaluated from left to right.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// An int, bool, enum variant or string constant as its word.
    Const(i64),
    /// A local.
    Local(LocalId),
    /// A read of a plain `var`, or a load of an atomic.
    Read(Place),
    /// A declared object; the second is its element's index for an array.
    Object(ObjectDeclId, Option<Box<Expr>>),
    /// A declared actor's handle: index into `Scenario::groups`. Of a group of
    /// several only `join` may be asked, which waits for all of them.
    Group(usize),
    /// `!e`, `-e`.
    Unary(UnaryOp, Box<Expr>),
    /// Arithmetic and comparison; also `==` and `!=` of structs, handles and objects.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `a && b`: `b` only if `a`.
    And(Box<Expr>, Box<Expr>),
    /// `a || b`: `b` only if not `a`.
    Or(Box<Expr>, Box<Expr>),
    /// `if c { a } else { b }`.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// A field of a struct value that is not in shared memory.
    Field(Box<Expr>, usize),
    /// `Job(1, false)`; also several futures, `[f, g]` or what `map` gives.
    Struct(Vec<Expr>),
    /// A call of a function.
    Call(FunctionId, Vec<Expr>),
    /// An operation on an object or handle: receiver, then arguments.
    Method(Method, Box<Expr>, Vec<Expr>),
    /// An operation on an `atomic`.
    Atomic(AtomicOp, Place, Vec<Expr>),
    /// `spawn f(a)`.
    Spawn(Box<Spawn>),
    /// `p.submit(f, a)`.
    Submit(Box<Submit>),
    /// `await e`: a task gives its loop back until it is done.
    Await(Box<Awaited>),
    /// `fs[i]` of several futures, `rs[i]` of what a `gather` gave.
    Pick(Box<Expr>, Box<Expr>),
    /// `any(a..b)`, `any(bool)`.
    Any(Box<Choice>),
    /// `actor.local`, in properties only.
    ActorLocal(ActorId, LocalId),
}

/// The values an `any` chooses from: `from..to`, half-open.
#[derive(Clone, Debug)]
pub struct Choice {
    /// First value.
    pub from: Expr,
    /// One past the last value.
    pub to: Expr,
}

/// `spawn` in its forms.
#[derive(Clone, Debug)]
pub struct Spawn {
    /// What it runs.
    pub function: FunctionId,
    /// With what arguments.
    pub args: Vec<Expr>,
    /// What runs it.
    pub kind: SpawnKind,
    /// The name given, else that of the function.
    pub name: Option<String>,
    /// Need not end.
    pub daemon: bool,
    /// The event loop of a task, by its number; `None`: the spawner's, else the first.
    pub on: Option<u32>,
}

/// What a task awaits.
#[derive(Clone, Debug)]
pub enum Awaited {
    /// `await io()`: completes whenever it likes.
    Io,
    /// `await sleep`.
    Sleep,
    /// `await yield`: goes to the back of the ready queue.
    Yield,
    /// `await gather(a, b)`: tasks. Gives what they returned, if all of it has one type.
    Gather(Vec<Expr>),
    /// `await wait_for(t)`: a task or a future, which is cancelled when time is up.
    WaitFor(Expr),
    /// An operation that may have to wait, what is to be taken in `with await m`, or
    /// where to receive from in `for x in await q`.
    Expr(Expr),
}

impl Awaited {
    /// The expressions in it, in order.
    pub fn exprs(&self) -> &[Expr] {
        match self {
            Awaited::Io | Awaited::Sleep | Awaited::Yield => &[],
            Awaited::Gather(tasks) => tasks,
            Awaited::WaitFor(expr) | Awaited::Expr(expr) => std::slice::from_ref(expr),
        }
    }
}

/// A job for an executor.
#[derive(Clone, Debug)]
pub struct Submit {
    /// The executor.
    pub executor: Expr,
    /// What the job runs.
    pub function: FunctionId,
    /// With what arguments.
    pub args: Vec<Expr>,
}

/// What runs a spawned function.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SpawnKind {
    /// A thread.
    Thread,
    /// A process with its own memory.
    Process,
    /// A task on the spawner's loop.
    Task,
    /// A green thread on the spawner's loop.
    Green,
}

/// Operations on objects and handles. The receiver's type is in the name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Method {
    /// `m.lock()`
    Lock,
    /// `m.unlock()`
    Unlock,
    /// `m.try_lock()` → bool
    TryLock,
    /// `m.try_lock_for()` → bool
    TryLockFor,
    /// `m.is_locked()` → bool
    IsLocked,
    /// `rw.read()`
    Read,
    /// `rw.read_unlock()`
    ReadUnlock,
    /// `rw.write()`
    Write,
    /// `rw.write_unlock()`
    WriteUnlock,
    /// `rw.try_read()` → bool
    TryRead,
    /// `rw.try_write()` → bool
    TryWrite,
    /// `rw.downgrade()`
    Downgrade,
    /// `s.acquire()`
    Acquire,
    /// `s.release()`, `s.release(n)`
    Release,
    /// `s.try_acquire()` → bool
    TryAcquire,
    /// `s.acquire_for()` → bool
    AcquireFor,
    /// `s.value()` → int
    Value,
    /// `c.wait()`
    CondWait,
    /// `c.wait_for()` → bool
    CondWaitFor,
    /// `c.notify()`, `c.notify(n)`
    Notify,
    /// `c.notify_all()`
    NotifyAll,
    /// `e.set()`
    EventSet,
    /// `e.clear()`
    EventClear,
    /// `e.wait()`
    EventWait,
    /// `e.wait_for()` → bool
    EventWaitFor,
    /// `e.is_set()` → bool
    IsSet,
    /// `b.wait()` → int: order of arrival, from 0
    BarrierWait,
    /// `b.wait_for()` → int
    BarrierWaitFor,
    /// `b.reset()`
    BarrierReset,
    /// `b.abort()`
    BarrierAbort,
    /// `l.count_down()`
    CountDown,
    /// `l.wait()`
    LatchWait,
    /// `l.add(n)`
    LatchAdd,
    /// `q.send(v)`
    Send,
    /// `q.try_send(v)` → bool
    TrySend,
    /// `q.send_for(v)` → bool
    SendFor,
    /// `q.recv()` → element
    Recv,
    /// `q.recv_or(v)` → element
    RecvOr,
    /// `q.try_recv()` for its effect only
    TryRecv,
    /// `q.close()`
    Close,
    /// `q.len()` → int
    Len,
    /// `q.is_empty()` → bool
    IsEmpty,
    /// `q.is_full()` → bool
    IsFull,
    /// `q.task_done()`
    TaskDone,
    /// `q.join()`
    ChanJoin,
    /// `h.join()`
    Join,
    /// `h.join_for()` → bool
    JoinFor,
    /// `h.is_alive()` → bool
    IsAlive,
    /// `t.result()`, `await t` → what the task returned
    TaskResult,
    /// `t.cancel()` → bool
    TaskCancel,
    /// `t.done()` → bool
    TaskEnded,
    /// `f.result()` → what the job returned
    FutureResult,
    /// `f.result_for()` → the same; may time out
    FutureResultFor,
    /// `f.done()` → bool
    FutureDone,
    /// `f.cancel()` → bool
    FutureCancel,
    /// `f.exception()` → the name of what the job raised, or the empty string
    FutureException,
    /// `wait_all(fs)`
    WaitAll,
    /// `wait_any(fs)` → one of those that are done
    WaitAny,
    /// `p.shutdown()`
    Shutdown,
    /// `p.shutdown_now()`
    ShutdownNow,
    /// An operation on a list or map.
    Collection(CollectionOp),
    /// The same on one entry, written `l[i]` or `d[k]`: a plain access of it.
    Subscript(CollectionOp),
}

/// Operations on a list or map; each is one step.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CollectionOp {
    /// `l[i]`, `l.get(i)` → entry
    At,
    /// `l[i] = v`, `l.set(i, v)`
    SetAt,
    /// `l.append(v)`
    Append,
    /// `l.insert(i, v)`
    Insert,
    /// `l.pop()`, `l.pop_first()`, `l.pop(i)` → entry; the position is always given
    TakeAt,
    /// `l.remove(v)`
    RemoveValue,
    /// `v in l` → bool
    HasValue,
    /// `l == [1, 2]` → bool; the entries are the arguments
    IsEqual,
    /// `l.sort()`
    Sort,
    /// `l.extend(other)`
    Extend,
    /// `l.copy_from(other)`
    CopyFrom,
    /// `d[k]`, `d.get(k)` → value
    Get,
    /// `d.get_or(k, v)` → value
    GetOr,
    /// `d[k] = v`, `d.put(k, v)`
    Put,
    /// `d.set_default(k, v)` → value
    SetDefault,
    /// `d.pop(k)`, `d.remove(k)` → value
    TakeKey,
    /// `k in d` → bool
    HasKey,
    /// `l.clear()`, `d.clear()`
    Clear,
}
