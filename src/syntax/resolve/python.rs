//! Names that people bring from Python: what is written here instead.

/// What to write instead of a name of Python that is not declared.
pub fn instead_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "range" => "count with `for i in 0..3 { … }`",
        "enumerate" | "zip" => "count with `for i in 0..3 { … }`, and take the entry `l[i]`",
        "self" => "a `struct` holds values only: give functions what they work on",
        "time" | "asleep" => "write `sleep` (in a task `await sleep`): no time is counted",
        "threading" | "Thread" | "_thread" => {
            "a thread is declared, `thread worker { … }`, or begun with `let t = spawn f(1)`"
        }
        "multiprocessing" | "Process" => {
            "a process is declared, `process worker { … }`, or begun with `spawn process f(1)`"
        }
        "asyncio" => {
            "write `await sleep`, `await gather(a, b)`, `spawn task f()`, and a loop's first task \
             as `main task main { … }`"
        }
        "gevent" | "eventlet" => {
            "a green thread is declared, `green worker { … }`, or begun with `spawn green f()`"
        }
        "Lock" => "declare `lock m` in the scenario (`unowned lock m`, if others may release it)",
        "RLock" => "declare `reentrant lock m` in the scenario",
        "Semaphore" | "BoundedSemaphore" => {
            "declare `sem s = 1` in the scenario (`max 1`: bounded)"
        }
        "Event" => "declare `event e` in the scenario",
        "Condition" => "declare `lock m` and `cond c on m` in the scenario",
        "Barrier" => "declare `barrier b(2)` in the scenario",
        "queue" | "Queue" | "SimpleQueue" | "LifoQueue" | "PriorityQueue" => {
            "declare `chan q(10)` in the scenario: at most 10 messages wait in it"
        }
        "ThreadPoolExecutor" | "ProcessPoolExecutor" | "Pool" | "ThreadPool" | "concurrent" => {
            "declare `executor pool(2)` in the scenario (`process executor`, if jobs share nothing)"
        }
        "random" | "randint" | "choice" => {
            "nothing is drawn by chance: `any(0..3)` tries every value"
        }
        "str" | "int" | "f" => "`print` takes values as they are: `print \"x is\", x`",
        "Exception" => "an exception is a name: `raise \"Wrong\"`, `catch \"Wrong\" { … }`",
        "super" | "open" | "input" | "os" | "sys" | "requests" => {
            "only what threads do to each other is modelled: leave the rest out"
        }
        _ => return None,
    })
}
