//! A scenario as plain data, close to its text and easy to cut down.
//!
//! Variables, objects, threads and functions are named by their position; a
//! name that is not there, or is of another kind, is written as something harmless.

use crate::hir::RwPolicy;

/// A scenario.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    /// Shared memory: `x0`, `x1`, ….
    pub shared: Vec<Shared>,
    /// Objects: named by their kind and position.
    pub objects: Vec<Object>,
    /// Positions of the objects that are declared `shared`.
    pub common: Vec<usize>,
    /// `f0`, `f1`, …; a function calls and spawns only later ones.
    pub functions: Vec<Func>,
    /// `t0`, `t1`, ….
    pub threads: Vec<Thread>,
    /// What is claimed and observed.
    pub properties: Vec<Property>,
    /// `print split`
    pub splits_print: bool,
}

/// A word of shared memory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shared {
    /// `atomic` instead of `var`.
    pub atomic: bool,
    /// Its value at the beginning.
    pub initial: i64,
    /// Its largest value if it is a `0..=n`.
    pub most: Option<i64>,
    /// The lock of its `guarded_by`.
    pub guarded_by: Option<usize>,
    /// Declared `shared`.
    pub common: bool,
}

/// A synchronisation object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Object {
    /// `lock`
    Lock {
        /// `reentrant`
        reentrant: bool,
        /// `unowned`
        unowned: bool,
    },
    /// `rwlock`
    RwLock(RwPolicy),
    /// `sem`
    Sem {
        /// Permits at the beginning.
        initial: i64,
        /// `max`
        max: Option<i64>,
    },
    /// `cond`
    Cond {
        /// `on`
        lock: usize,
        /// `fifo`
        fifo: bool,
        /// `spurious`
        spurious: bool,
    },
    /// `event`
    Event {
        /// `auto`
        auto: bool,
    },
    /// `barrier`
    Barrier(u32),
    /// `once`
    Once,
    /// `latch`
    Latch(i64),
    /// `chan` of int
    Chan(Option<u32>),
}

/// A function of one int that returns an int.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Func {
    /// What it does.
    pub body: Block,
    /// What it returns.
    pub returns: Option<Int>,
    /// Where it is spawned, it is a process.
    pub process: bool,
}

/// A declared thread.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Thread {
    /// `* 2`
    pub twice: bool,
    /// `daemon`
    pub daemon: bool,
    /// `main`; not together with the others.
    pub main: bool,
    /// `process` instead of `thread`.
    pub process: bool,
    /// What runs it.
    pub runs: Runs,
    /// What it does.
    pub body: Block,
}

/// What runs a declared actor.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Runs {
    /// `thread`
    #[default]
    Thread,
    /// `task`
    Task {
        /// It writes `await` wherever it can.
        awaits: bool,
    },
    /// `green`
    Green,
}

/// Acts in order.
pub type Block = Vec<Act>;

/// An operation on an object that is a statement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LockMode {
    /// `lock`, `acquire`, `write`, `first`
    Exclusive,
    /// `read`
    Shared,
}

/// How an operation waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wait {
    /// It does not.
    Try,
    /// It may give up.
    Timeout,
}

/// A read-modify-write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Vary {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `max`
    Max,
    /// `swap`, of an atomic only
    Swap,
}

/// What becomes of a spawned actor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Waits {
    /// Nobody asks.
    Never,
    /// `h.join()`
    Join,
    /// `print h.join_for()`
    JoinFor,
    /// `print h.is_alive()`, then `h.join()`
    Asks,
}

/// A statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Act {
    /// `x = e`
    Set(usize, Int),
    /// `x += e`
    Update(usize, Vary, Int),
    /// `r = e`, a local
    Local(usize, Int),
    /// `o.lock()`, …
    Take(usize, LockMode),
    /// `o.unlock()`, `o.release()`, …
    Give(usize, LockMode),
    /// `with o { }`
    With(usize, LockMode, Block),
    /// `rw.downgrade()`
    Downgrade(usize),
    /// `o.wait()`
    Await(usize),
    /// `c.notify()`, `e.set()`, `l.count_down()`
    Wake(usize),
    /// `c.notify_all()`, `e.clear()`, `b.abort()`, `l.add(1)`
    WakeAll(usize),
    /// `q.send(e)`
    Send(usize, Int),
    /// `q.close()`
    Close(usize),
    /// `q.task_done()`
    Done(usize),
    /// `q.join()`
    JoinJobs(usize),
    /// `if let v = q.try_recv() { } else { }`
    IfReceive(usize, Wait, Block, Block),
    /// `select { let v = q.recv() => { } else => { } }`
    Select(Vec<Arm>, Option<(Wait, Block)>),
    /// `for v in q { }`
    ForReceive(usize, Block),
    /// `if e { } else { }`
    If(Bool, Block, Block),
    /// `while e { }`
    While(Bool, Block),
    /// `loop { }`
    Loop(Block),
    /// `for i in 0..n { }`
    For(i64, Block),
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `either { } or { }`
    Either(Block, Block),
    /// `wait_until(e)`
    WaitUntil(Bool),
    /// `atomic { }`
    Atomic(Block),
    /// `assert e`
    Assert(Bool),
    /// `raise "Oops"`
    Raise,
    /// `try { } catch { }`
    Try(Block, Block),
    /// `try { } finally { }`
    Finally(Block, Block),
    /// `let h = spawn f(1)`, the rest, `h.join()` or not
    Spawn(usize, bool, Block, Waits),
    /// `t.join()`
    Join(usize),
    /// `f(e)`
    Call(usize, Int),
    /// `@step: act`; the label is `a` and a number
    Label(usize, Box<Act>),
    /// `print e`
    Print(Int),
    /// `yield`
    Yield,
    /// `await io()` in a task that awaits, else `sleep`
    Io,
    /// `return`
    Return,
}

/// An arm of a `select`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arm {
    /// The channel.
    pub chan: usize,
    /// What it waits to do.
    pub op: ArmOp,
    /// What it does then.
    pub body: Block,
}

/// What an arm of a `select` waits to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArmOp {
    /// `let v = q.recv()`
    Recv,
    /// `let v = q.recv_or(9)`
    RecvOr,
    /// `q.send(1)`
    Send(i64),
}

/// A number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Int {
    /// A constant.
    Const(i64),
    /// `r0`, `r1`
    Local(usize),
    /// The parameter of a function, or `me`.
    Me,
    /// `x0`
    Var(usize),
    /// `a + b`
    Add(Box<Int>, Box<Int>),
    /// `a - b`
    Sub(Box<Int>, Box<Int>),
    /// `a / b`
    Div(Box<Int>, Box<Int>),
    /// `if c { a } else { b }`
    If(Box<Bool>, Box<Int>, Box<Int>),
    /// `any(0..n)`
    Any(i64),
    /// `x.fetch_add(e)`, …
    Vary(usize, Vary, Box<Int>),
    /// `f0(e)`
    Call(usize, Box<Int>),
    /// `q.recv()`
    Recv(usize),
    /// `q.recv_or(9)`
    RecvOr(usize),
    /// `q.len()`, `s.value()`
    Len(usize),
    /// `b.wait()`
    Arrive(usize),
}

/// A truth value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Bool {
    /// A constant.
    Const(bool),
    /// `a == b`
    Eq(Int, Int),
    /// `a < b`
    Less(Int, Int),
    /// `!a`
    Not(Box<Bool>),
    /// `a && b`
    And(Box<Bool>, Box<Bool>),
    /// `a || b`
    Or(Box<Bool>, Box<Bool>),
    /// `any(bool)`
    Any,
    /// `m.try_lock()`, `s.acquire_for()`, `rw.try_read()`, …
    Take(usize, LockMode, Wait),
    /// `c.wait_for()`, `e.wait_for()`
    WaitFor(usize),
    /// `q.try_send(e)`, `q.send_for(e)`
    Send(usize, Wait, Int),
    /// `x.compare_exchange(a, b)`
    Exchange(usize, Int, Int),
    /// `m.is_locked()`, `e.is_set()`, `q.is_empty()`
    Is(usize),
    /// `q.is_full()`
    IsFull(usize),
}

/// A property.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Property {
    /// `always e`
    Always(Bool),
    /// `finally assert e`
    Finally(Bool),
    /// `sometimes e`
    Sometimes(Bool),
    /// `order @a before @b`
    Order(usize, usize),
    /// `observe` all shared memory and the thread's local `r0`
    Observe(Option<usize>),
    /// `observe print`; `outcomes print in { … }`, or `==` if true.
    Print(Option<bool>),
    /// `outcomes (x0) in { … }`, or `==`
    Outcomes(Vec<i64>, bool),
}
