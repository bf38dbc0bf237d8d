//! Made from lost_update.tb by `threadbare export rust --for shuttle`.

#![allow(unused, clippy::all)]

use shuttle::sync::atomic::{AtomicI64, Ordering};
use shuttle::thread;
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
        self.0.load(Ordering::SeqCst)
    }
    fn set(&self, value: i64) {
        self.0.store(value, Ordering::SeqCst);
    }
    fn swap(&self, value: i64) -> i64 {
        self.0.swap(value, Ordering::SeqCst)
    }
    fn add(&self, value: i64) -> i64 {
        self.0.fetch_add(value, Ordering::SeqCst)
    }
    fn sub(&self, value: i64) -> i64 {
        self.0.fetch_sub(value, Ordering::SeqCst)
    }
    fn and(&self, value: i64) -> i64 {
        self.0.fetch_and(value, Ordering::SeqCst)
    }
    fn or(&self, value: i64) -> i64 {
        self.0.fetch_or(value, Ordering::SeqCst)
    }
    fn xor(&self, value: i64) -> i64 {
        self.0.fetch_xor(value, Ordering::SeqCst)
    }
    fn max(&self, value: i64) -> i64 {
        self.0.fetch_max(value, Ordering::SeqCst)
    }
    fn min(&self, value: i64) -> i64 {
        self.0.fetch_min(value, Ordering::SeqCst)
    }
    fn compare_exchange(&self, old: i64, new: i64) -> bool {
        self.0.compare_exchange(old, new, Ordering::SeqCst, Ordering::Acquire).is_ok()
    }
}

mod lost_update {
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

    fn clerk(w: &Arc<World>, mut me: i64) {
        w.count.set(w.count.get() + 1);
    }

    fn run() {
        let world = Arc::new(World::new());
        let w = &world;
        let threads = [
            spawn(w, move |w| clerk(w, 1)),
            spawn(w, move |w| clerk(w, 2)),
        ];
        for thread in threads {
            thread.join().unwrap();
        }
        assert!(w.count.get() == 2, "finally");
        let end = [w.count.get()];
        assert!([[1], [2]].contains(&end), "outcomes: {end:?}");
    }

    /// Two clerks each add one sale to the same counter, without a lock. `count += 1` is two steps, a
    /// read and a write. Both clerks can read 0, and then both write 1: a sale is lost.
    /// Repair: let a lock guard the counter.
    // Not seen by shuttle: expect race on count
    #[test]
    #[should_panic]
    fn test() {
        shuttle::check_dfs(run, Some(200_000));
    }
}
