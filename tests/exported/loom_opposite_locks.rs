//! Made from opposite_locks.tb by `threadbare export rust --for loom`.

#![allow(unused, clippy::all)]

use loom::sync::Mutex;
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

mod opposite_locks {
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

    fn transfer(w: &Arc<World>) {
        move_money(w, &w.a, &w.b);
    }

    fn audit(w: &Arc<World>) {
        move_money(w, &w.b, &w.a);
    }

    fn move_money(w: &Arc<World>, mut source: &Mutex<()>, mut target: &Mutex<()>) {
        {
            let mut source_guard = source.lock().unwrap();
            {
                let mut target_guard = target.lock().unwrap();
            }
        }
    }

    fn run() {
        let world = Arc::new(World::new());
        let w = &world;
        let threads = [
            spawn(w, move |w| transfer(w)),
            spawn(w, move |w| audit(w)),
        ];
        for thread in threads {
            thread.join().unwrap();
        }
    }

    /// A transfer locks account a and then b. An audit locks b and then a. Each can get its first lock,
    /// and then both wait for the lock that the other holds.
    /// Repair: take the locks in one order everywhere.
    #[test]
    #[should_panic(expected = "deadlock")]
    fn test() {
        loom::model::Builder::new().check(run);
    }
}
