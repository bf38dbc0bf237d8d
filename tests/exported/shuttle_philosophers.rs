//! Made from philosophers.tb by `threadbare export rust --for shuttle`.

#![allow(unused, clippy::all)]

use shuttle::sync::Mutex;
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

mod dining_philosophers_naive {
    use super::*;

    struct World {
        fork: [Mutex<()>; 3],
    }

    impl World {
        fn new() -> Self {
            Self {
                fork: [Mutex::new(()), Mutex::new(()), Mutex::new(())],
            }
        }
    }

    fn philosopher(w: &Arc<World>, mut i: i64) {
        {
            let mut fork_guard = w.fork[i as usize].lock().unwrap();
            {
                let mut fork_guard_2 = w.fork[((i + 1) % 3) as usize].lock().unwrap();
            }
        }
    }

    fn run() {
        let world = Arc::new(World::new());
        let w = &world;
        let threads = [
            spawn(w, move |w| philosopher(w, 0)),
            spawn(w, move |w| philosopher(w, 1)),
            spawn(w, move |w| philosopher(w, 2)),
        ];
        for thread in threads {
            thread.join().unwrap();
        }
    }

    /// Three philosophers sit at a round table with three forks. Each takes the left fork, then the
    /// right one. If all take their left fork at once, everybody waits for a neighbour, for ever.
    /// Repair: number the forks, and take the smaller number first.
    #[test]
    #[should_panic(expected = "deadlock")]
    fn test() {
        shuttle::check_dfs(run, Some(200_000));
    }
}
