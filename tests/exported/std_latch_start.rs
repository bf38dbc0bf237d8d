//! Made from latch_start.tb by `threadbare export rust --for std`.

#![allow(unused, clippy::all)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread;
use std::sync::Arc;

/// Starts a thread that shares the world.
fn spawn<W: Send + Sync + 'static>(
    world: &Arc<W>,
    body: impl FnOnce(&Arc<W>) + Send + 'static,
) -> thread::JoinHandle<()> {
    let world = world.clone();
    thread::spawn(move || body(&world))
}

/// A shared truth value. Every method is one step.
struct Flag(AtomicBool);

impl Flag {
    fn new(value: bool) -> Self {
        Self(AtomicBool::new(value))
    }
    fn get(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
    fn set(&self, value: bool) {
        self.0.store(value, Ordering::SeqCst);
    }
    fn swap(&self, value: bool) -> bool {
        self.0.swap(value, Ordering::SeqCst)
    }
    fn and(&self, value: bool) -> bool {
        self.0.fetch_and(value, Ordering::SeqCst)
    }
    fn or(&self, value: bool) -> bool {
        self.0.fetch_or(value, Ordering::SeqCst)
    }
    fn xor(&self, value: bool) -> bool {
        self.0.fetch_xor(value, Ordering::SeqCst)
    }
    fn compare_exchange(&self, old: bool, new: bool) -> bool {
        self.0.compare_exchange(old, new, Ordering::SeqCst, Ordering::Acquire).is_ok()
    }
}

/// Counts down to 0.
struct Latch(Mutex<i64>, Condvar);

impl Latch {
    fn new(count: i64) -> Self {
        Self(Mutex::new(count), Condvar::new())
    }
    fn count_down(&self) {
        let mut count = self.0.lock().unwrap();
        *count -= 1;
        assert!(*count >= 0, "counted below zero");
        self.1.notify_all();
    }
    fn wait(&self) {
        let mut count = self.0.lock().unwrap();
        while *count > 0 {
            count = self.1.wait(count).unwrap();
        }
    }
}

mod start_and_finish {
    use super::*;

    struct World {
        started: Flag,
        shot: Latch,
        finish: Latch,
    }

    impl World {
        fn new() -> Self {
            Self {
                started: Flag::new(false),
                shot: Latch::new(1),
                finish: Latch::new(2),
            }
        }
    }

    fn starter(w: &Arc<World>) {
        w.started.set(true);
        w.shot.count_down();
    }

    fn runner(w: &Arc<World>, mut me: i64) {
        w.shot.wait();
        assert!(w.started.get());
        w.finish.count_down();
    }

    fn judge(w: &Arc<World>) {
        w.finish.wait();
        assert!(w.started.get());
    }

    fn run() {
        let world = Arc::new(World::new());
        let w = &world;
        let threads = [
            spawn(w, move |w| starter(w)),
            spawn(w, move |w| runner(w, 1)),
            spawn(w, move |w| runner(w, 2)),
            spawn(w, move |w| judge(w)),
        ];
        for thread in threads {
            thread.join().unwrap();
        }
    }

    /// A starter and two runners. Nobody runs before the shot, and the judge waits for both at the
    /// finish. Two latches: one opened by the starter for all, one opened by all for the judge.
    #[test]
    fn test() {
        for _ in 0..100 {
            run();
        }
    }
}
