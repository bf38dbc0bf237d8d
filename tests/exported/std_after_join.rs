//! Made from after_join.tb by `threadbare export rust --for std`.

#![allow(unused, clippy::all)]

use std::sync::Mutex;
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

mod one_order_for_both_shifts {
    use super::*;

    struct World {
        a: Mutex<()>,
        b: Mutex<()>,
    }

    impl World {
        fn new() -> Self {
            Self {
                a: Mutex::new(()),
                b: Mutex::new(()),
            }
        }
    }

    fn night(w: &Arc<World>) {
        {
            let mut a_guard = w.a.lock().unwrap();
            {
                let mut b_guard = w.b.lock().unwrap();
            }
        }
    }

    fn day(w: &Arc<World>) {
        {
            let mut a_guard = w.a.lock().unwrap();
            {
                let mut b_guard = w.b.lock().unwrap();
            }
        }
    }

    fn run() {
        let world = Arc::new(World::new());
        let w = &world;
        let threads = [
            spawn(w, move |w| night(w)),
            spawn(w, move |w| day(w)),
        ];
        for thread in threads {
            thread.join().unwrap();
        }
    }

    /// Night shift and day shift lock in one order, and need not wait for each other's end.
    #[test]
    fn test() {
        for _ in 0..100 {
            run();
        }
    }
}
