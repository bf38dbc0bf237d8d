//! Made from queue_under_lock.tb by `threadbare export rust --for shuttle`.

#![allow(unused, clippy::all)]

use shuttle::sync::{Condvar, Mutex};
use shuttle::thread;
use std::collections::VecDeque;
use std::sync::Arc;

/// Starts a thread that shares the world.
fn spawn<W: Send + Sync + 'static>(
    world: &Arc<W>,
    body: impl FnOnce(&Arc<W>) + Send + 'static,
) -> thread::JoinHandle<()> {
    let world = world.clone();
    thread::spawn(move || body(&world))
}

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
        assert!(!state.1, "sent on a closed channel");
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
        assert!(!state.1, "closed twice");
        state.1 = true;
        self.1.notify_all();
    }
    fn len(&self) -> i64 {
        self.0.lock().unwrap().0.len() as i64
    }
}

mod queue_under_a_lock {
    use super::*;

    struct World {
        m: Mutex<()>,
        belt: Channel<i64>,
    }

    impl World {
        fn new() -> Self {
            Self {
                m: Mutex::new(()),
                belt: Channel::new(1),
            }
        }
    }

    fn producer(w: &Arc<World>) {
        {
            let mut m_guard = w.m.lock().unwrap();
            w.belt.send(1);
            w.belt.send(2);
        }
    }

    fn consumer(w: &Arc<World>) {
        {
            let mut m_guard = w.m.lock().unwrap();
            let mut parcel = w.belt.recv().expect("it is open");
        }
        let mut last = w.belt.recv().expect("it is open");
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

    /// A producer sends two parcels while it holds the lock. The consumer receives them under the same
    /// lock. The belt holds one parcel. The producer waits for room, the consumer for the lock. Or the
    /// consumer waits on an empty belt, and the producer for the lock.
    /// Repair: a channel needs no lock around it.
    #[test]
    #[should_panic(expected = "deadlock")]
    fn test() {
        shuttle::check_dfs(run, Some(200_000));
    }
}
