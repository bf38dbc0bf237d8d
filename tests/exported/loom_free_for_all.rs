//! Made from free_for_all.tb by `threadbare export rust --for loom`.

#![allow(unused, clippy::all)]

use loom::sync::atomic::{AtomicI64, Ordering};
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

mod what_can_come_out {
    use super::*;

    struct World {
        count: Var,
    }

    impl World {
        fn new() -> Self {
            Self {
                count: Var::new(0),
            }
        }
    }

    fn worker(w: &Arc<World>, mut me: i64) {
        let mut seen = w.count.get();
        w.count.set(seen + me);
    }

    fn run() {
        let world = Arc::new(World::new());
        let w = &world;
        let threads = [
            spawn(w, move |w| worker(w, 1)),
            spawn(w, move |w| worker(w, 2)),
        ];
        for thread in threads {
            thread.join().unwrap();
        }
        // `observe` asks for nothing.
    }

    /// Two workers add their own number to a counter without a lock. The report lists what can come
    /// out: 1, 2 or 3. `observe` proves nothing. It shows every final value with a schedule that leads
    /// to it. The race is a bug: only one of the three results is the right one.
    /// Repair: add in one atomic step.
    // Not seen by loom: expect race on count
    #[test]
    fn test() {
        loom::model::Builder::new().check(run);
    }
}
