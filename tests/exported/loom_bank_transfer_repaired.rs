//! Made from bank_transfer.tb by `threadbare export rust --for loom`.

#![allow(unused, clippy::all)]

use loom::sync::atomic::{AtomicI64, Ordering};
use loom::sync::Mutex;
use loom::thread;
use std::sync::Arc;

/// Starts a thread that shares the world.
fn spawn<W: Send + Sync + 'static>(
    world: &Arc<W>,
    body: impl FnOnce(&Arc<W>) + Send + 'static,
) -> thread::JoinHandle<()> {
    let world = world.clone();
    thread::spawn(move || body(&world))
}

/// A shared number. Every method is one step, so `x.set(x.get() + 1)` is two.
struct Var(AtomicI64);

impl Var {
    fn new(value: i64) -> Self {
        Self(AtomicI64::new(value))
    }
    fn get(&self) -> i64 {
        self.0.fetch_add(0, Ordering::AcqRel)
    }
    fn set(&self, value: i64) {
        self.0.swap(value, Ordering::AcqRel);
    }
    fn swap(&self, value: i64) -> i64 {
        self.0.swap(value, Ordering::AcqRel)
    }
    fn add(&self, value: i64) -> i64 {
        self.0.fetch_add(value, Ordering::AcqRel)
    }
    fn sub(&self, value: i64) -> i64 {
        self.0.fetch_sub(value, Ordering::AcqRel)
    }
    fn and(&self, value: i64) -> i64 {
        self.0.fetch_and(value, Ordering::AcqRel)
    }
    fn or(&self, value: i64) -> i64 {
        self.0.fetch_or(value, Ordering::AcqRel)
    }
    fn xor(&self, value: i64) -> i64 {
        self.0.fetch_xor(value, Ordering::AcqRel)
    }
    fn max(&self, value: i64) -> i64 {
        self.0.fetch_max(value, Ordering::AcqRel)
    }
    fn min(&self, value: i64) -> i64 {
        self.0.fetch_min(value, Ordering::AcqRel)
    }
    fn compare_exchange(&self, old: i64, new: i64) -> bool {
        self.0.compare_exchange(old, new, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

mod bank_transfer_repaired {
    use super::*;

    struct World {
        alice: Var,
        bob: Var,
        bank: Mutex<()>,
    }

    impl World {
        fn new() -> Self {
            Self {
                alice: Var::new(10),
                bob: Var::new(10),
                bank: Mutex::new(()),
            }
        }
    }

    fn pay(w: &Arc<World>) {
        {
            let mut bank_guard = w.bank.lock().unwrap();
            w.alice.set(w.alice.get() - 5);
            w.bob.set(w.bob.get() + 5);
        }
    }

    fn refund(w: &Arc<World>) {
        {
            let mut bank_guard = w.bank.lock().unwrap();
            w.bob.set(w.bob.get() - 3);
            w.alice.set(w.alice.get() + 3);
        }
    }

    fn auditor(w: &Arc<World>) {
        {
            let mut bank_guard = w.bank.lock().unwrap();
            assert!((w.alice.get() + w.bob.get()) == 20, "{}", "an audit sees whole transfers only");
        }
    }

    fn run() {
        let world = Arc::new(World::new());
        let w = &world;
        let threads = [
            spawn(w, move |w| pay(w)),
            spawn(w, move |w| refund(w)),
            spawn(w, move |w| auditor(w)),
        ];
        for thread in threads {
            thread.join().unwrap();
        }
        assert!((w.alice.get() == 8) && (w.bob.get() == 12), "finally");
    }

    /// Two transfers between Alice and Bob, each under the lock of the bank. Nobody who takes the lock
    /// ever sees half a transfer.
    #[test]
    fn test() {
        loom::model::Builder::new().check(run);
    }
}
