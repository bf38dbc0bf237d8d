//! Made from full_queues.tb by `threadbare export rust --for loom`.

#![allow(unused, clippy::all)]

use loom::sync::{Condvar, Mutex};
use loom::thread;
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

mod full_queues {
    use super::*;

    struct World {
        to_bar: Channel<i64>,
        to_kitchen: Channel<i64>,
    }

    impl World {
        fn new() -> Self {
            Self {
                to_bar: Channel::new(1),
                to_kitchen: Channel::new(1),
            }
        }
    }

    fn kitchen(w: &Arc<World>) {
        w.to_bar.send(1);
        w.to_bar.send(2);
        let mut a = w.to_kitchen.recv().expect("it is open");
        let mut b = w.to_kitchen.recv().expect("it is open");
    }

    fn bar(w: &Arc<World>) {
        w.to_kitchen.send(3);
        w.to_kitchen.send(4);
        let mut a = w.to_bar.recv().expect("it is open");
        let mut b = w.to_bar.recv().expect("it is open");
    }

    fn run() {
        let world = Arc::new(World::new());
        let w = &world;
        let threads = [
            spawn(w, move |w| kitchen(w)),
            spawn(w, move |w| bar(w)),
        ];
        for thread in threads {
            thread.join().unwrap();
        }
    }

    /// Kitchen and bar send each other two notes, and read only afterwards. Each tray holds one note.
    /// Both trays are full, and both wait for a free place in the other's tray.
    /// Repair: a tray that holds all notes, or reading between sending.
    #[test]
    #[should_panic(expected = "deadlock")]
    fn test() {
        loom::model::Builder::new().check(run);
    }
}
