//! Made from bounded_buffer.tb by `threadbare export rust --for std`.

#![allow(unused, clippy::all)]

use std::sync::atomic::{AtomicI64, Ordering};
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

mod bounded_buffer_with_semaphores {
    use super::*;

    struct World {
        shelf: [Var; 2],
        head: Var,
        tail: Var,
        m: Mutex<()>,
        places: Semaphore,
        goods: Semaphore,
    }

    impl World {
        fn new() -> Self {
            Self {
                shelf: [Var::new(0), Var::new(0)],
                head: Var::new(0),
                tail: Var::new(0),
                m: Mutex::new(()),
                places: Semaphore::new(2),
                goods: Semaphore::new(0),
            }
        }
    }

    fn producer(w: &Arc<World>) {
        for mut n in 1..4_i64 {
            w.places.acquire();
            {
                let mut m_guard = w.m.lock().unwrap();
                w.shelf[w.tail.get() as usize].set(n);
                w.tail.set((w.tail.get() + 1) % 2);
            }
            w.goods.release(1);
        }
    }

    fn consumer(w: &Arc<World>) {
        for mut n in 1..4_i64 {
            w.goods.acquire();
            {
                let mut m_guard = w.m.lock().unwrap();
                assert!(w.shelf[w.head.get() as usize].get() == n, "{}", "first in, first out");
                w.head.set((w.head.get() + 1) % 2);
            }
            w.places.release(1);
        }
    }

    fn run() {
        let world = Arc::new(World::new());
        let w = &world;
        let threads = [
            spawn(w, move |w| producer(w)),
            spawn(w, move |w| consumer(w)),
        ];
        for thread in threads {
            thread.join().unwrap();
        }
    }

    /// A shelf with two places, filled and emptied in a ring. Semaphores count free places and goods, a
    /// lock guards the shelf. Wait for the semaphore first, then take the lock: who holds the lock
    /// never waits.
    #[test]
    fn test() {
        for _ in 0..100 {
            run();
        }
    }
}
