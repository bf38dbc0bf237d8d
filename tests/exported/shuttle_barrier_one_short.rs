//! Made from barrier_one_short.tb by `threadbare export rust --for shuttle`.

#![allow(unused, clippy::all)]

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

mod barrier_one_short {
    use super::*;

    struct World {
        start_line: Barrier,
    }

    impl World {
        fn new() -> Self {
            Self {
                start_line: Barrier::new(3),
            }
        }
    }

    fn runner(w: &Arc<World>, mut me: i64) {
        w.start_line.wait();
    }

    fn run() {
        let world = Arc::new(World::new());
        let w = &world;
        let threads = [
            spawn(w, move |w| runner(w, 1)),
            spawn(w, move |w| runner(w, 2)),
        ];
        for thread in threads {
            thread.join().unwrap();
        }
    }

    /// Three runners are announced at the start line, but only two come. The barrier waits for the
    /// third for ever.
    /// Repair: the number of the barrier is the number of threads that come.
    #[test]
    #[should_panic(expected = "deadlock")]
    fn test() {
        shuttle::check_dfs(run, Some(200_000));
    }
}
