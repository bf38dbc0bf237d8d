//! loom and shuttle: the workloads as programs of threads, the same text for both.
//!
//! loom tries executions with its own reduction, up to five threads; shuttle's
//! exhaustive scheduler tries every schedule. Neither stores states, so what is counted
//! is executions. Workloads that loop for ever, or wait by looping, or whose bug ends
//! the first execution that shows it, are left out: these two cannot exhaust them.

use super::measure::{Cost, peak_kib, processor_time};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Why a workload is not run by these two; `None` if it is.
pub fn left_out(name: &str) -> Option<&'static str> {
    match name {
        "philosophers_naive" => Some("stops at the first deadlock"),
        "philosophers_ordered" => Some("loops for ever"),
        "filter_lock" | "bakery" => Some("waits by looping"),
        "ring_election" | "executor_jobs" => Some("not written"),
        _ => None,
    }
}

/// Threads that loom can have besides the first.
const LOOM_THREADS: usize = 4;

/// Executions so far.
static EXECUTIONS: AtomicU64 = AtomicU64::new(0);

/// Runs a workload with loom in this process, to the end of its search.
///
/// # Panics
///
/// If it has too many threads.
pub fn with_loom(name: &'static str, size: Vec<usize>, limit: f64) -> Option<Cost> {
    let program = loom_programs::program(name);
    assert!(
        n_threads(name, &size) <= LOOM_THREADS,
        "at most five threads"
    );
    timed(limit, || {
        let mut builder = ::loom::model::Builder::new();
        builder.max_branches = 100_000;
        builder.max_duration = Some(Duration::from_secs_f64(limit));
        builder.check(move || {
            EXECUTIONS.fetch_add(1, Ordering::Relaxed);
            program(&size);
        });
    })
}

/// Runs a workload with shuttle's exhaustive scheduler in this process.
pub fn with_shuttle(name: &'static str, size: Vec<usize>, limit: f64) -> Option<Cost> {
    let program = shuttle_programs::program(name);
    timed(limit, || {
        let mut config = ::shuttle::Config::new();
        config.max_time = Some(Duration::from_secs_f64(limit));
        config.max_steps = ::shuttle::MaxSteps::None;
        let scheduler = ::shuttle::scheduler::DfsScheduler::new(None, false);
        ::shuttle::Runner::new(scheduler, config).run(move || {
            EXECUTIONS.fetch_add(1, Ordering::Relaxed);
            program(&size);
        });
    })
}

/// Runs so many executions of a workload with shuttle's random scheduler in this process.
pub fn sampled(name: &'static str, size: Vec<usize>, executions: u64) -> Option<Cost> {
    let program = shuttle_programs::program(name);
    timed(f64::INFINITY, || {
        let mut config = ::shuttle::Config::new();
        config.max_steps = ::shuttle::MaxSteps::None;
        let executions = usize::try_from(executions).expect("a few");
        let scheduler = ::shuttle::scheduler::RandomScheduler::new_from_seed(1, executions);
        ::shuttle::Runner::new(scheduler, config).run(move || {
            EXECUTIONS.fetch_add(1, Ordering::Relaxed);
            program(&size);
        });
    })
}

fn n_threads(name: &str, size: &[usize]) -> usize {
    match name {
        "bounded_buffer" | "condition_buffer" | "readers_writers" => size[0] + size[1],
        _ => size[0],
    }
}

fn timed(limit: f64, search: impl FnOnce()) -> Option<Cost> {
    let (before, start) = (processor_time(), Instant::now());
    search();
    let wall = start.elapsed().as_secs_f64();
    let peak_kib = peak_kib();
    (wall < limit).then(|| Cost {
        states: EXECUTIONS.load(Ordering::Relaxed),
        bytes_per_state: 0.0,
        cpu: processor_time() - before,
        wall,
        peak_kib,
    })
}

/// The programs, with the threads and locks of one of the two.
macro_rules! programs {
    ($module:ident, $engine:ident) => {
        mod $module {
            use ::$engine::sync::atomic::{AtomicUsize, Ordering::SeqCst};
            use ::$engine::sync::{Arc, Condvar, Mutex};
            use ::$engine::thread::{JoinHandle, spawn};
            use std::collections::VecDeque;

            /// The program of a workload; the sizes are the values in their order.
            pub fn program(name: &str) -> fn(&[usize]) {
                match name {
                    "locked_counter" => locked_counter,
                    "racing_counter" => racing_counter,
                    "philosophers_once" => philosophers_once,
                    "bounded_buffer" => buffer,
                    "condition_buffer" => buffer,
                    "readers_writers" => readers_writers,
                    _ => panic!("{name} is not written for threads"),
                }
            }

            fn join(threads: Vec<JoinHandle<()>>) {
                for thread in threads {
                    thread.join().expect("it ends");
                }
            }

            fn locked_counter(size: &[usize]) {
                let (n, rounds) = (size[0], size[1]);
                let count = Arc::new(Mutex::new(0));
                let thread = |_| {
                    let count = Arc::clone(&count);
                    spawn(move || {
                        for _ in 0..rounds {
                            *count.lock().expect("nobody panics") += 1;
                        }
                    })
                };
                join((0..n).map(thread).collect());
                assert_eq!(*count.lock().expect("nobody panics"), n * rounds);
            }

            fn racing_counter(size: &[usize]) {
                let (n, rounds) = (size[0], size[1]);
                let count = Arc::new(AtomicUsize::new(0));
                let thread = |_| {
                    let count = Arc::clone(&count);
                    spawn(move || {
                        for _ in 0..rounds {
                            let seen = count.load(SeqCst);
                            count.store(seen + 1, SeqCst);
                        }
                    })
                };
                // Updates are lost: to assert would end the search.
                join((0..n).map(thread).collect());
            }

            fn philosophers_once(size: &[usize]) {
                let (n, rounds) = (size[0], size[1]);
                let forks: Vec<_> = (0..n).map(|_| Arc::new(Mutex::new(()))).collect();
                let thread = |i: usize| {
                    let right = (i + 1) % n;
                    let first = Arc::clone(&forks[i.min(right)]);
                    let second = Arc::clone(&forks[i.max(right)]);
                    spawn(move || {
                        for _ in 0..rounds {
                            let _first = first.lock().expect("nobody panics");
                            let _second = second.lock().expect("nobody panics");
                        }
                    })
                };
                join((0..n).map(thread).collect());
            }

            struct Shelf {
                items: Mutex<VecDeque<usize>>,
                space: Condvar,
                goods: Condvar,
            }

            fn buffer(size: &[usize]) {
                let [producers, consumers, items, slots] = [size[0], size[1], size[2], size[3]];
                let shelf = Arc::new(Shelf {
                    items: Mutex::new(VecDeque::new()),
                    space: Condvar::new(),
                    goods: Condvar::new(),
                });
                let producer = |_| {
                    let shelf = Arc::clone(&shelf);
                    spawn(move || {
                        for item in 0..items {
                            let mut on = shelf.items.lock().expect("nobody panics");
                            while on.len() == slots {
                                on = shelf.space.wait(on).expect("nobody panics");
                            }
                            on.push_back(item);
                            shelf.goods.notify_one();
                        }
                    })
                };
                let consumer = |_| {
                    let shelf = Arc::clone(&shelf);
                    spawn(move || {
                        for _ in 0..producers * items / consumers {
                            let mut on = shelf.items.lock().expect("nobody panics");
                            while on.is_empty() {
                                on = shelf.goods.wait(on).expect("nobody panics");
                            }
                            on.pop_front();
                            shelf.space.notify_one();
                        }
                    })
                };
                let mut threads: Vec<_> = (0..producers).map(producer).collect();
                threads.extend((0..consumers).map(consumer));
                join(threads);
            }

            /// A semaphore.
            struct Permits {
                free: Mutex<usize>,
                more: Condvar,
            }

            impl Permits {
                fn new(free: usize) -> Arc<Self> {
                    Arc::new(Self {
                        free: Mutex::new(free),
                        more: Condvar::new(),
                    })
                }

                fn acquire(&self) {
                    let mut free = self.free.lock().expect("nobody panics");
                    while *free == 0 {
                        free = self.more.wait(free).expect("nobody panics");
                    }
                    *free -= 1;
                }

                fn release(&self) {
                    *self.free.lock().expect("nobody panics") += 1;
                    self.more.notify_one();
                }
            }

            fn readers_writers(size: &[usize]) {
                let [readers, writers, rounds] = [size[0], size[1], size[2]];
                let (room, door) = (Permits::new(1), Permits::new(1));
                let inside = Arc::new(AtomicUsize::new(0));
                let reader = |_| {
                    let (room, door) = (Arc::clone(&room), Arc::clone(&door));
                    let inside = Arc::clone(&inside);
                    spawn(move || {
                        for _ in 0..rounds {
                            door.acquire();
                            if inside.fetch_add(1, SeqCst) == 0 {
                                room.acquire();
                            }
                            door.release();
                            door.acquire();
                            if inside.fetch_sub(1, SeqCst) == 1 {
                                room.release();
                            }
                            door.release();
                        }
                    })
                };
                let writer = |_| {
                    let room = Arc::clone(&room);
                    spawn(move || {
                        for _ in 0..rounds {
                            room.acquire();
                            room.release();
                        }
                    })
                };
                let mut threads: Vec<_> = (0..readers).map(reader).collect();
                threads.extend((0..writers).map(writer));
                join(threads);
            }
        }
    };
}

programs!(loom_programs, loom);
programs!(shuttle_programs, shuttle);
