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
    /// Positions of the objects that are arrays of two.
    pub pairs: Vec<usize>,
    /// Positions of the objects that a body keeps in a local, and uses through it.
    pub held: Vec<usize>,
    /// Event loops with a name: `l1`, `l2`, ….
    pub loops: usize,
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
    /// What it is one word of.
    pub shape: Shape,
}

/// What a name of shared memory stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Shape {
    /// One word.
    #[default]
    Word,
    /// `x[2]`; each use takes an element.
    Array,
    /// A struct with the fields `a` and `b`; each use takes a field.
    Struct,
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
    /// `executor`
    Executor {
        /// How many.
        workers: u32,
        /// `process executor`
        processes: bool,
    },
    /// `list` of int, or `map` of int to int
    Entries {
        /// `map`
        keyed: bool,
        /// The largest size.
        room: u32,
        /// How many entries it begins with: `0`, `1`, …, or `{ 0: 0, 1: 1, … }`.
        filled: u32,
        /// The lock of its `guarded_by`.
        guarded_by: Option<usize>,
    },
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
    /// It awaits; only tasks that do call or spawn it.
    pub awaits: bool,
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
    /// The event loop of a task: 0 for the one without a name.
    pub on: usize,
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
    /// `l.append(v)`, `d[k] = v`, …: the position or key, and the value.
    Change(usize, Change, Int, Int),
    /// `for v in l { }`, `for v in d { }`
    ForEntries(usize, Block),
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
    /// `let f = p.submit(f1, 1)`, the rest, what is asked of the future
    Submit(usize, usize, Block, Vec<Ask>),
    /// `p.map(f1, 0..2)`, and how its futures are waited for
    Map(usize, usize, i64, Gathering, Block),
    /// `p.shutdown()`; `p.shutdown_now()` if true
    Shutdown(usize, bool),
    /// `let g = await gather(f1(0), f2(1))`, and `r0 = g[0]`
    Gather(Vec<usize>),
    /// `await wait_for(f1(0))`
    WaitFor(usize),
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

/// What is asked of a future.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ask {
    /// `r0 = f.result()`
    Result,
    /// `r0 = f.result_for()`, or `await wait_for(f)`
    ResultFor,
    /// `f.cancel()`
    Cancel,
    /// `f.exception()`
    Exception,
    /// `if f.done() { }`
    Done,
}

/// How several futures are waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gathering {
    /// `for r in p.map(f, 0..2) { }`
    Results,
    /// `for f in as_completed(fs) { }`
    Completed,
    /// `for f in fs { f.result() }`
    Each,
    /// `wait_all(fs)`
    All,
    /// `wait_any(fs)`
    Any,
}

/// What is done to a list or map.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// `l.append(v)`, `d.put(k, v)`
    Put,
    /// `l[i] = v`, `d[k] = v`
    Store,
    /// `l[i] += v`, `d[k] += v`
    Add,
    /// `l.insert(i, v)`, of a list only
    Insert,
    /// `l.remove(v)`, `d.remove(k)`
    Remove,
    /// `l.sort()`, of a list only
    Sort,
    /// `l.clear()`
    Clear,
}

/// What a list or map is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    /// `l[i]`, `d[k]`
    Entry,
    /// `l.get(i)`, `d.get(k)`
    Get,
    /// `d.get_or(k, 7)`, of a map only
    GetOr,
    /// `d.set_default(k, 7)`, of a map only
    SetDefault,
    /// `l.pop(i)`, `d.pop(k)`
    Pop,
    /// `l.pop_first()`, of a list only
    PopFirst,
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
    /// `b.wait()`; `b.wait_for()` if true
    Arrive(usize, bool),
    /// `l[i]`, `d.get(k)`, …
    Look(usize, Look, Box<Int>),
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
    /// `v in l`, `k in d`
    In(usize, Int),
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
