//! Made from condition_without_lock.tb by `threadbare export rust --for shuttle`.

#![allow(unused, clippy::all)]

use shuttle::sync::atomic::{AtomicBool, Ordering};
use shuttle::sync::{Condvar, Mutex};
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

mod condition_tested_under_the_lock {
    use super::*;

    struct World {
        alarm: Flag,
        m: Mutex<()>,
        bell: Condvar,
    }

    impl World {
        fn new() -> Self {
            Self {
                alarm: Flag::new(false),
                m: Mutex::new(()),
                bell: Condvar::new(),
            }
        }
    }

    fn guard(w: &Arc<World>) {
        {
            let mut m_guard = w.m.lock().unwrap();
            while !w.alarm.get() {
                m_guard = w.bell.wait(m_guard).unwrap();
            }
        }
    }

    fn sensor(w: &Arc<World>) {
        {
            let mut m_guard = w.m.lock().unwrap();
            w.alarm.set(true);
            w.bell.notify_one();
        }
    }

    fn run() {
        let world = Arc::new(World::new());
        let w = &world;
        let threads = [
            spawn(w, move |w| guard(w)),
            spawn(w, move |w| sensor(w)),
        ];
        for thread in threads {
            thread.join().unwrap();
        }
    }

    /// The guard takes the lock, tests the alarm flag in a loop, and sleeps while it is down. Test and
    /// sleep belong to one critical section: the sensor cannot come in between.
    #[test]
    fn test() {
        shuttle::check_dfs(run, Some(200_000));
    }
}
