//! What a test needs besides the library it is written for: variables whose reads
//! and writes are single steps, and the objects that the library lacks. Only what
//! a scenario uses is written.

use super::Library;

/// A piece of the prelude.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Need {
    Var,
    Flag,
    Mutex,
    RwLock,
    Condvar,
    Semaphore,
    Event,
    Latch,
    Barrier,
    Channel,
}

const SPAWN: &str = "
/// Starts a thread that shares the world.
fn spawn<W: Send + Sync + 'static>(
    world: &Arc<W>,
    body: impl FnOnce(&Arc<W>) + Send + 'static,
) -> thread::JoinHandle<()> {
    let world = world.clone();
    thread::spawn(move || body(&world))
}
";

const VAR: &str = "
/// A shared number. Every method is one step, so `x.set(x.get() + 1)` is two.
struct Var(AtomicI64);

impl Var {
    fn new(value: i64) -> Self {
        Self(AtomicI64::new(value))
    }
    fn get(&self) -> i64 {
        self.0.LOAD
    }
    fn set(&self, value: i64) {
        self.0.STORE;
    }
    fn swap(&self, value: i64) -> i64 {
        self.0.swap(value, ORDER)
    }
    fn add(&self, value: i64) -> i64 {
        self.0.fetch_add(value, ORDER)
    }
    fn sub(&self, value: i64) -> i64 {
        self.0.fetch_sub(value, ORDER)
    }
    fn and(&self, value: i64) -> i64 {
        self.0.fetch_and(value, ORDER)
    }
    fn or(&self, value: i64) -> i64 {
        self.0.fetch_or(value, ORDER)
    }
    fn xor(&self, value: i64) -> i64 {
        self.0.fetch_xor(value, ORDER)
    }
    fn max(&self, value: i64) -> i64 {
        self.0.fetch_max(value, ORDER)
    }
    fn min(&self, value: i64) -> i64 {
        self.0.fetch_min(value, ORDER)
    }
    fn compare_exchange(&self, old: i64, new: i64) -> bool {
        self.0.compare_exchange(old, new, ORDER, Ordering::Acquire).is_ok()
    }
}
";

const FLAG: &str = "
/// A shared truth value. Every method is one step.
struct Flag(AtomicBool);

impl Flag {
    fn new(value: bool) -> Self {
        Self(AtomicBool::new(value))
    }
    fn get(&self) -> bool {
        self.0.LOAD
    }
    fn set(&self, value: bool) {
        self.0.STORE;
    }
    fn swap(&self, value: bool) -> bool {
        self.0.swap(value, ORDER)
    }
    fn and(&self, value: bool) -> bool {
        self.0.fetch_and(value, ORDER)
    }
    fn or(&self, value: bool) -> bool {
        self.0.fetch_or(value, ORDER)
    }
    fn xor(&self, value: bool) -> bool {
        self.0.fetch_xor(value, ORDER)
    }
    fn compare_exchange(&self, old: bool, new: bool) -> bool {
        self.0.compare_exchange(old, new, ORDER, Ordering::Acquire).is_ok()
    }
}
";

const SEMAPHORE: &str = "
/// A counting semaphore.
struct Semaphore(Mutex<i64>, Condvar);

impl Semaphore {
    fn new(permits: i64) -> Self {
        Self(Mutex::new(permits), Condvar::new())
    }
    fn acquire(&self) {
        let mut permits = self.0.lock().unwrap();
        while *permits == 0 {
            permits = self.1.wait(permits).unwrap();
        }
        *permits -= 1;
    }
    fn try_acquire(&self) -> bool {
        let mut permits = self.0.lock().unwrap();
        let taken = *permits > 0;
        *permits -= i64::from(taken);
        taken
    }
    fn release(&self, n: i64) {
        *self.0.lock().unwrap() += n;
        self.1.notify_all();
    }
    fn value(&self) -> i64 {
        *self.0.lock().unwrap()
    }
    fn permit(&self) -> Permit<'_> {
        self.acquire();
        Permit(self)
    }
}

/// A permit that is given back at the end of the block.
struct Permit<'a>(&'a Semaphore);

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if !thread_is_panicking() {
            self.0.release(1);
        }
    }
}

fn thread_is_panicking() -> bool {
    std::thread::panicking()
}
";

const EVENT: &str = "
/// A flag that threads can wait for.
struct Event(Mutex<bool>, Condvar);

impl Event {
    fn new() -> Self {
        Self(Mutex::new(false), Condvar::new())
    }
    fn set(&self) {
        *self.0.lock().unwrap() = true;
        self.1.notify_all();
    }
    fn is_set(&self) -> bool {
        *self.0.lock().unwrap()
    }
    fn wait(&self) {
        let mut set = self.0.lock().unwrap();
        while !*set {
            set = self.1.wait(set).unwrap();
        }
    }
}
";

const LATCH: &str = "
/// Counts down to 0.
struct Latch(Mutex<i64>, Condvar);

impl Latch {
    fn new(count: i64) -> Self {
        Self(Mutex::new(count), Condvar::new())
    }
    fn count_down(&self) {
        let mut count = self.0.lock().unwrap();
        *count -= 1;
        assert!(*count >= 0, \"counted below zero\");
        self.1.notify_all();
    }
    fn wait(&self) {
        let mut count = self.0.lock().unwrap();
        while *count > 0 {
            count = self.1.wait(count).unwrap();
        }
    }
}
";

const BARRIER: &str = "
/// A reusable barrier: those who wait, and the number of the round.
struct Barrier(Mutex<(i64, i64)>, Condvar, i64);

impl Barrier {
    fn new(parties: i64) -> Self {
        Self(Mutex::new((0, 0)), Condvar::new(), parties)
    }
    /// Gives the order of arrival, from 0.
    fn wait(&self) -> i64 {
        let mut state = self.0.lock().unwrap();
        let (order, round) = *state;
        if order + 1 == self.2 {
            *state = (0, round + 1);
            self.1.notify_all();
            return order;
        }
        state.0 += 1;
        while state.1 == round {
            state = self.1.wait(state).unwrap();
        }
        order
    }
}
";

const CHANNEL: &str = "
/// A first-in first-out channel for any number of senders and receivers:
/// messages and whether it is closed; the capacity.
struct Channel<T>(Mutex<(VecDeque<T>, bool)>, Condvar, usize);

impl<T> Channel<T> {
    fn new(capacity: usize) -> Self {
        Self(Mutex::new((VecDeque::new(), false)), Condvar::new(), capacity)
    }
    fn send(&self, value: T) {
        let mut state = self.0.lock().unwrap();
        while state.0.len() >= self.2 && !state.1 {
            state = self.1.wait(state).unwrap();
        }
        assert!(!state.1, \"sent on a closed channel\");
        state.0.push_back(value);
        self.1.notify_all();
    }
    /// `None` if it is closed and empty.
    fn recv(&self) -> Option<T> {
        let mut state = self.0.lock().unwrap();
        while state.0.is_empty() && !state.1 {
            state = self.1.wait(state).unwrap();
        }
        let value = state.0.pop_front();
        self.1.notify_all();
        value
    }
    fn try_recv(&self) -> Option<T> {
        let mut state = self.0.lock().unwrap();
        let value = state.0.pop_front();
        self.1.notify_all();
        value
    }
    fn close(&self) {
        let mut state = self.0.lock().unwrap();
        assert!(!state.1, \"closed twice\");
        state.1 = true;
        self.1.notify_all();
    }
    fn len(&self) -> i64 {
        self.0.lock().unwrap().0.len() as i64
    }
}
";

/// The lines that come before the scenarios.
pub(super) fn prelude(library: Library, needs: &[Need]) -> String {
    let has = |need: &Need| needs.contains(need);
    let by_hand = [
        Need::Semaphore,
        Need::Event,
        Need::Latch,
        Need::Barrier,
        Need::Channel,
    ];
    let by_hand = by_hand.iter().any(has);
    let krate = library.name();
    let mut out = String::new();
    let mut atomics = Vec::new();
    atomics.extend(has(&Need::Flag).then_some("AtomicBool"));
    atomics.extend(has(&Need::Var).then_some("AtomicI64"));
    if !atomics.is_empty() {
        let names = atomics.join(", ");
        out += &format!("use {krate}::sync::atomic::{{{names}, Ordering}};\n");
    }
    let mut sync = Vec::new();
    sync.extend((has(&Need::Condvar) || by_hand).then_some("Condvar"));
    sync.extend((has(&Need::Mutex) || by_hand).then_some("Mutex"));
    sync.extend(has(&Need::RwLock).then_some("RwLock"));
    match sync.as_slice() {
        [] => {}
        [one] => out += &format!("use {krate}::sync::{one};\n"),
        several => out += &format!("use {krate}::sync::{{{}}};\n", several.join(", ")),
    }
    out += &format!("use {krate}::thread;\n");
    if has(&Need::Channel) {
        out += "use std::collections::VecDeque;\n";
    }
    out += "use std::sync::Arc;\n";
    out += SPAWN;
    for (need, text) in [
        (Need::Var, VAR),
        (Need::Flag, FLAG),
        (Need::Semaphore, SEMAPHORE),
        (Need::Event, EVENT),
        (Need::Latch, LATCH),
        (Need::Barrier, BARRIER),
        (Need::Channel, CHANNEL),
    ] {
        if has(&need) {
            out += &accesses(library, need, text);
        }
    }
    out
}

/// Loads and stores as each library does them exactly: loom's plain ones are
/// weaker than sequentially consistent, its read-modify-writes are not.
fn accesses(library: Library, need: Need, text: &str) -> String {
    let (load, store, order) = match library {
        Library::Loom => {
            let load = if need == Need::Flag {
                "fetch_or(false, Ordering::AcqRel)"
            } else {
                "fetch_add(0, Ordering::AcqRel)"
            };
            (load, "swap(value, Ordering::AcqRel)", "Ordering::AcqRel")
        }
        Library::Std | Library::Shuttle => (
            "load(Ordering::SeqCst)",
            "store(value, Ordering::SeqCst)",
            "Ordering::SeqCst",
        ),
    };
    text.replace("LOAD", load)
        .replace("STORE", store)
        .replace("ORDER", order)
}
