//! loom and shuttle: they run every interleaving of real threads, one after the
//! other, and store nothing. What never ends, or waits by looking again and again,
//! they cannot exhaust.

use super::measure::{Cost, peak_kib, processor_time};
use super::workloads::value;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

static EXECUTIONS: AtomicU64 = AtomicU64::new(0);

/// Runs a workload to the end, or to the first deadlock, under loom or shuttle;
/// `None` if it is not written.
pub fn run(peer: &str, name: &str, size: &[(String, i64)]) -> Option<Cost> {
    let before = processor_time();
    let model = match peer {
        "loom" => loom::model(name, size)?,
        _ => shuttle::model(name, size)?,
    };
    let counted = move || {
        EXECUTIONS.fetch_add(1, Ordering::Relaxed);
        model();
    };
    // A deadlock is a panic in both: the end of their search.
    std::panic::set_hook(Box::new(|_| {}));
    let _ = catch_unwind(AssertUnwindSafe(|| match peer {
        "loom" => {
            let mut builder = ::loom::model::Builder::new();
            builder.max_branches = 1_000_000;
            builder.check(counted);
        }
        _ => {
            let scheduler = ::shuttle::scheduler::DfsScheduler::new(None, false);
            let runner = ::shuttle::Runner::new(scheduler, ::shuttle::Config::default());
            runner.run(counted);
        }
    }));
    Some(Cost {
        states: EXECUTIONS.load(Ordering::Relaxed),
        bytes_per_state: 0.0,
        cpu: processor_time() - before,
        wall: 0.0,
        peak_kib: peak_kib(),
    })
}

type Program = Box<dyn Fn() + Send + Sync>;

macro_rules! models {
    ($peer:ident) => {
        mod $peer {
            use super::{Program, value};
            use ::$peer::sync::atomic::{AtomicUsize, Ordering::SeqCst};
            use ::$peer::sync::{Arc, Condvar, Mutex};
            use ::$peer::thread::spawn;
            use std::collections::VecDeque;

            /// Runs threads to their end.
            fn all<T: Fn(usize) + Send + Sync + 'static>(n: usize, thread: T) {
                let thread = Arc::new(thread);
                let handles: Vec<_> = (0..n)
                    .map(|index| {
                        let thread = thread.clone();
                        spawn(move || thread(index))
                    })
                    .collect();
                for handle in handles {
                    handle.join().expect("it does not panic");
                }
            }

            struct Queue {
                items: Mutex<VecDeque<usize>>,
                changed: Condvar,
                slots: usize,
            }

            impl Queue {
                fn new(slots: usize) -> Self {
                    Self {
                        items: Mutex::new(VecDeque::new()),
                        changed: Condvar::new(),
                        slots,
                    }
                }

                fn send(&self, item: usize) {
                    let mut items = self.items.lock().expect("nobody panics");
                    while items.len() == self.slots {
                        items = self.changed.wait(items).expect("nobody panics");
                    }
                    items.push_back(item);
                    self.changed.notify_all();
                }

                fn receive(&self) -> usize {
                    let mut items = self.items.lock().expect("nobody panics");
                    loop {
                        if let Some(item) = items.pop_front() {
                            self.changed.notify_all();
                            return item;
                        }
                        items = self.changed.wait(items).expect("nobody panics");
                    }
                }
            }

            /// A semaphore: a queue of permits without a limit.
            fn permits(n: usize) -> Queue {
                let queue = Queue::new(usize::MAX);
                for _ in 0..n {
                    queue.send(0);
                }
                queue
            }

            pub fn model(name: &str, size: &[(String, i64)]) -> Option<Program> {
                let get = |name| value(size, name);
                let (n, rounds) = (get("N"), get("ROUNDS"));
                Some(match name {
                    "locked_counter" => Box::new(move || locked_counter(n, rounds)),
                    "racing_counter" => Box::new(move || racing_counter(n, rounds)),
                    "philosophers_naive" => Box::new(move || philosophers(n, rounds, false)),
                    "philosophers_once" => Box::new(move || philosophers(n, rounds, true)),
                    "bounded_buffer" | "condition_buffer" => {
                        let (producers, consumers) = (get("PRODUCERS"), get("CONSUMERS"));
                        let (items, slots) = (get("ITEMS"), get("SLOTS"));
                        Box::new(move || buffer(producers, consumers, items, slots))
                    }
                    "readers_writers" => {
                        let (readers, writers) = (get("READERS"), get("WRITERS"));
                        Box::new(move || readers_writers(readers, writers, rounds))
                    }
                    "ring_election" => Box::new(move || ring_election(n)),
                    "executor_jobs" => {
                        let (workers, jobs) = (get("WORKERS"), get("JOBS"));
                        Box::new(move || executor_jobs(workers, jobs))
                    }
                    _ => return None,
                })
            }

            fn locked_counter(n: usize, rounds: usize) {
                let count = Mutex::new(0);
                all(n, move |_| {
                    for _ in 0..rounds {
                        *count.lock().expect("nobody panics") += 1;
                    }
                });
            }

            fn racing_counter(n: usize, rounds: usize) {
                let count = AtomicUsize::new(0);
                all(n, move |_| {
                    for _ in 0..rounds {
                        let seen = count.load(SeqCst);
                        count.store(seen + 1, SeqCst);
                    }
                });
            }

            fn philosophers(n: usize, rounds: usize, ordered: bool) {
                let forks: Vec<_> = (0..n).map(|_| Mutex::new(())).collect();
                all(n, move |me| {
                    let right = (me + 1) % n;
                    let (first, second) = match ordered {
                        true => (me.min(right), me.max(right)),
                        false => (me, right),
                    };
                    for _ in 0..rounds {
                        let first = forks[first].lock().expect("nobody panics");
                        let second = forks[second].lock().expect("nobody panics");
                        drop(second);
                        drop(first);
                    }
                });
            }

            fn buffer(producers: usize, consumers: usize, items: usize, slots: usize) {
                let shelf = Queue::new(slots);
                all(producers + consumers, move |me| {
                    if me < producers {
                        (0..items).for_each(|n| shelf.send(me * items + n));
                    } else {
                        for _ in 0..producers * items / consumers {
                            shelf.receive();
                        }
                    }
                });
            }

            fn readers_writers(readers: usize, writers: usize, rounds: usize) {
                let (room, door) = (permits(1), permits(1));
                let (inside, data) = (AtomicUsize::new(0), AtomicUsize::new(0));
                all(readers + writers, move |me| {
                    for _ in 0..rounds {
                        if me >= readers {
                            room.receive();
                            data.store(data.load(SeqCst) + 1, SeqCst);
                            room.send(0);
                            continue;
                        }
                        door.receive();
                        if inside.fetch_add(1, SeqCst) == 0 {
                            room.receive();
                        }
                        door.send(0);
                        data.load(SeqCst);
                        door.receive();
                        if inside.fetch_sub(1, SeqCst) == 1 {
                            room.send(0);
                        }
                        door.send(0);
                    }
                });
            }

            fn ring_election(n: usize) {
                let links: Vec<Queue> = (0..n).map(|_| Queue::new(n)).collect();
                all(n, move |me| {
                    let (mine, right) = (n - me, &links[(me + 1) % n]);
                    right.send(mine);
                    loop {
                        let seen = links[me].receive();
                        if seen == n + 1 {
                            if mine != n {
                                right.send(seen);
                            }
                            break;
                        } else if seen > mine {
                            right.send(seen);
                        } else if seen == mine {
                            right.send(n + 1);
                        }
                    }
                });
            }

            fn executor_jobs(workers: usize, jobs: usize) {
                let queue = Queue::new(usize::MAX);
                let done = permits(0);
                all(workers + 1, move |me| {
                    if me == workers {
                        (0..jobs).for_each(|_| queue.send(1));
                        (0..2 * jobs).for_each(|_| drop(done.receive()));
                        (0..workers).for_each(|_| queue.send(0));
                        return;
                    }
                    loop {
                        match queue.receive() {
                            0 => break,
                            1 => queue.send(2),
                            _ => {}
                        }
                        done.send(0);
                    }
                });
            }
        }
    };
}

models!(loom);
models!(shuttle);
