//! Two independent checkers say the same as we do: loom and shuttle.
//!
//! Each program is written twice, as a scenario and against the witness, and
//! the sets of final values and the verdicts about deadlock are compared.
//! shuttle's exhaustive scheduler is exact under sequential consistency. loom is
//! exact for locks and read-modify-writes; so a load is written as a `fetch_add`
//! of 0 and a store as a `swap`, since its plain ones are weaker.
//!
//! **Deliberately absent:** loom's try_lock, time-outs and spurious wake-ups,
//! with which it is known to be wrong.

#[path = "oracle/mod.rs"]
mod explorer;

use explorer::engine;
use explorer::small::program;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

/// What a checker says of a program.
#[derive(PartialEq, Eq, Debug)]
enum Seen {
    /// The final values of all executions.
    Outcomes(BTreeSet<Vec<i64>>),
    /// Some execution deadlocks.
    Deadlock,
}

fn ours(body: &str) -> Seen {
    let program = program(body);
    let verdict = engine::check(&program, 1);
    let codes = verdict.findings.iter().map(|finding| finding.rule.code());
    if codes
        .into_iter()
        .any(|code| code.starts_with('D') || code == "S001")
    {
        return Seen::Deadlock;
    }
    let all = verdict.outcomes.iter().flatten();
    Seen::Outcomes(all.map(|outcome| outcome.values.clone()).collect())
}

/// Where a model leaves the final values of its executions; no part of the model.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<BTreeSet<Vec<i64>>>>);

impl Notes {
    fn add(&self, values: &[i64]) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(values.to_vec());
    }
}

fn watch(run: impl FnOnce(Notes)) -> Seen {
    let notes = Notes::default();
    let copy = notes.clone();
    match catch_unwind(AssertUnwindSafe(|| run(copy))) {
        Ok(()) => {
            let all = notes.0.lock().unwrap_or_else(PoisonError::into_inner);
            Seen::Outcomes(all.clone())
        }
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            let text = text.unwrap_or_default();
            assert!(text.starts_with("deadlock"), "{text}");
            Seen::Deadlock
        }
    }
}

fn by_shuttle(model: impl Fn(&Notes) + Send + Sync + 'static) -> Seen {
    watch(|notes| {
        let scheduler = ::shuttle::scheduler::DfsScheduler::new(None, false);
        let runner = ::shuttle::Runner::new(scheduler, ::shuttle::Config::default());
        runner.run(move || model(&notes));
    })
}

fn by_loom(model: impl Fn(&Notes) + Send + Sync + 'static) -> Seen {
    watch(|notes| ::loom::model::Builder::new().check(move || model(&notes)))
}

/// A guard that is not given back while a model is torn down: loom would abort.
struct Held<G>(Option<G>);

impl<G> Drop for Held<G> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            std::mem::forget(self.0.take());
        }
    }
}

/// Programs that both witnesses run.
macro_rules! models {
    ($witness:ident) => {
        mod $witness {
            use super::{Arc, Held, Notes};
            use ::$witness::sync::atomic::{AtomicI64, Ordering::AcqRel};
            use ::$witness::sync::{Condvar, Mutex};
            use ::$witness::thread::spawn;

            pub fn racing_counter(notes: &Notes) {
                let x = Arc::new(AtomicI64::new(0));
                let threads = [(), ()].map(|()| {
                    let x = x.clone();
                    spawn(move || {
                        let r = x.fetch_add(0, AcqRel);
                        x.swap(r + 1, AcqRel);
                    })
                });
                for thread in threads {
                    thread.join().expect("it does not panic");
                }
                notes.add(&[x.fetch_add(0, AcqRel)]);
            }

            pub fn locked_counter(notes: &Notes) {
                let x = Arc::new(Mutex::new(0));
                let threads = [(), ()].map(|()| {
                    let x = x.clone();
                    spawn(move || *x.lock().expect("nobody panics") += 1)
                });
                for thread in threads {
                    thread.join().expect("it does not panic");
                }
                notes.add(&[*x.lock().expect("nobody panics")]);
            }

            pub fn opposite_locks(_: &Notes) {
                let locks = Arc::new((Mutex::new(()), Mutex::new(())));
                let copy = locks.clone();
                let other = spawn(move || {
                    let _b = Held(copy.1.lock().ok());
                    let _a = Held(copy.0.lock().ok());
                });
                {
                    let _a = Held(locks.0.lock().ok());
                    let _b = Held(locks.1.lock().ok());
                }
                other.join().expect("it does not panic");
            }

            pub fn store_buffering(notes: &Notes) {
                let words = Arc::new((AtomicI64::new(0), AtomicI64::new(0)));
                let copy = words.clone();
                let other = spawn(move || {
                    copy.1.swap(1, AcqRel);
                    copy.0.fetch_add(0, AcqRel)
                });
                words.0.swap(1, AcqRel);
                let one = words.1.fetch_add(0, AcqRel);
                let two = other.join().expect("it does not panic");
                notes.add(&[one, two]);
            }

            /// A wait for a flag under a lock: tested before it (again and again),
            /// or not at all.
            pub fn condition(notes: &Notes, tested: bool) {
                let monitor = Arc::new((Mutex::new(0), Condvar::new()));
                let copy = monitor.clone();
                let other = spawn(move || {
                    let mut flag = copy.0.lock().expect("nobody panics");
                    *flag = 1;
                    copy.1.notify_one();
                });
                let mut flag = monitor.0.lock().expect("nobody panics");
                while tested && *flag == 0 || !tested {
                    flag = monitor.1.wait(flag).expect("nobody panics");
                    if !tested {
                        break;
                    }
                }
                let seen = *flag;
                drop(flag);
                other.join().expect("it does not panic");
                notes.add(&[seen]);
            }
        }
    };
}

models!(loom);
models!(shuttle);

#[track_caller]
fn both(
    body: &str,
    in_loom: impl Fn(&Notes) + Send + Sync + 'static,
    in_shuttle: impl Fn(&Notes) + Send + Sync + 'static,
) {
    let ours = ours(body);
    assert_eq!(ours, by_loom(in_loom), "loom");
    assert_eq!(ours, by_shuttle(in_shuttle), "shuttle");
}

#[test]
fn a_racing_counter() {
    both(
        "atomic x = 0
         thread p * 2 { let r = x.load() x.store(r + 1) }
         observe x",
        loom::racing_counter,
        shuttle::racing_counter,
    );
}

#[test]
fn a_locked_counter() {
    both(
        "var x = 0 lock m thread p * 2 { with m { x += 1 } } observe x",
        loom::locked_counter,
        shuttle::locked_counter,
    );
}

#[test]
fn opposite_locks() {
    both(
        "lock a lock b
         thread p { with a { with b { } } }
         thread q { with b { with a { } } }",
        loom::opposite_locks,
        shuttle::opposite_locks,
    );
}

#[test]
fn store_buffering() {
    both(
        "atomic x = 0 atomic y = 0
         thread p { x = 1 let r = y }
         thread q { y = 1 let r = x }
         observe p.r, q.r",
        loom::store_buffering,
        shuttle::store_buffering,
    );
}

#[test]
fn a_condition_that_is_tested() {
    both(
        "var flag = 0 lock m cond c on m
         thread p { with m { while flag == 0 { c.wait() } let seen = flag } }
         thread q { with m { flag = 1 c.notify() } }
         observe p.seen",
        |notes| loom::condition(notes, true),
        |notes| shuttle::condition(notes, true),
    );
}

#[test]
fn a_condition_that_is_not_tested() {
    // loom aborts the process when a model deadlocks in a condition.
    let seen = ours(
        "var flag = 0 lock m cond c on m
         thread p { with m { c.wait() let seen = flag } }
         thread q { with m { flag = 1 c.notify() } }
         observe p.seen",
    );
    assert_eq!(seen, by_shuttle(|notes| shuttle::condition(notes, false)));
}

mod only_shuttle {
    use super::Notes;
    use ::shuttle::future::batch_semaphore::{BatchSemaphore, Fairness};
    use ::shuttle::sync::{Arc, Condvar, Mutex, mpsc};
    use ::shuttle::thread::spawn;

    pub fn try_lock(notes: &Notes) {
        let m = Arc::new(Mutex::new(()));
        let copy = m.clone();
        let other = spawn(move || drop(copy.lock()));
        let taken = i64::from(m.try_lock().is_ok());
        other.join().expect("it does not panic");
        notes.add(&[taken]);
    }

    pub fn two_senders(notes: &Notes) {
        let (sender, receiver) = mpsc::sync_channel(1);
        let threads = [1, 2].map(|value| {
            let sender = sender.clone();
            spawn(move || {
                sender.send(value).expect("somebody receives");
                sender.send(value + 2).expect("somebody receives");
            })
        });
        let values: Vec<i64> = (0..4).map(|_| receiver.recv().expect("a value")).collect();
        for thread in threads {
            thread.join().expect("it does not panic");
        }
        notes.add(&values);
    }

    pub fn semaphore(notes: &Notes, permits: usize) {
        let shared = Arc::new((
            BatchSemaphore::new(permits, Fairness::Unfair),
            Mutex::new(0),
        ));
        let threads = [(), ()].map(|()| {
            let shared = shared.clone();
            spawn(move || {
                shared.0.acquire_blocking(1).expect("it is never closed");
                let seen = *shared.1.lock().expect("nobody panics");
                *shared.1.lock().expect("nobody panics") = seen + 1;
                shared.0.release(1);
            })
        });
        for thread in threads {
            thread.join().expect("it does not panic");
        }
        notes.add(&[*shared.1.lock().expect("nobody panics")]);
    }

    pub fn two_waiters(notes: &Notes, all: bool) {
        let monitor = Arc::new((Mutex::new(false), Condvar::new()));
        let threads = [(), ()].map(|()| {
            let monitor = monitor.clone();
            spawn(move || {
                let mut flag = monitor.0.lock().expect("nobody panics");
                while !*flag {
                    flag = monitor.1.wait(flag).expect("nobody panics");
                }
            })
        });
        *monitor.0.lock().expect("nobody panics") = true;
        if all {
            monitor.1.notify_all();
        } else {
            monitor.1.notify_one();
        }
        for thread in threads {
            thread.join().expect("it does not panic");
        }
        notes.add(&[1]);
    }
}

#[test]
fn a_try_lock_sees_both() {
    let seen = ours(
        "lock m
         thread p { with m { } }
         thread q { let r = m.try_lock() if r { m.unlock() } }
         observe q.r",
    );
    assert_eq!(seen, by_shuttle(only_shuttle::try_lock));
}

#[test]
fn a_channel_mixes_two_senders() {
    let seen = ours(
        "chan q(1)
         thread one { q.send(1) q.send(3) }
         thread two { q.send(2) q.send(4) }
         thread c { let a = q.recv() let b = q.recv() let d = q.recv() let e = q.recv() }
         observe c.a, c.b, c.d, c.e",
    );
    assert_eq!(seen, by_shuttle(only_shuttle::two_senders));
}

#[test]
fn a_semaphore_of_one_is_a_lock_and_of_two_is_not() {
    for permits in [1, 2] {
        let seen = ours(&format!(
            "atomic x = 0 sem s = {permits}
             thread p * 2 {{ with s {{ let seen = x x = seen + 1 }} }}
             observe x"
        ));
        let theirs = by_shuttle(move |notes| only_shuttle::semaphore(notes, permits));
        assert_eq!(seen, theirs, "{permits} permits");
    }
}

#[test]
fn one_notify_for_two_waiters() {
    for all in [false, true] {
        let notify = if all { "notify_all" } else { "notify" };
        let seen = ours(&format!(
            "var flag = false var end = 1 lock m cond c on m
             thread w * 2 {{ with m {{ while !flag {{ c.wait() }} }} }}
             thread n {{ with m {{ flag = true }} c.{notify}() }}
             observe end"
        ));
        let theirs = by_shuttle(move |notes| only_shuttle::two_waiters(notes, all));
        assert_eq!(seen, theirs, "{notify}");
    }
}
