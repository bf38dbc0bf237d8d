//! Threads, mutexes, conditions and atomic words of the engine that runs, with names
//! and a log.

use super::log::{self, Log};
use std::ops::{Deref, DerefMut};
use std::panic::Location;

/// Which engine runs.
pub(super) fn is_shuttle() -> bool {
    shuttle::current::try_get_current_task().is_some()
}

/// The engine's key of the thread that runs.
fn me() -> String {
    if is_shuttle() {
        format!("{:?}", shuttle::thread::current().id())
    } else {
        format!("{:?}", loom::thread::current().id())
    }
}

pub(super) fn note(work: impl FnOnce(&mut Log, &str)) {
    let me = me();
    log::with(|log| work(log, &me));
}

/// A thing of one of the two engines.
pub(super) enum Of<L, S> {
    Loom(L),
    Shuttle(S),
}

/// A mutex with a name.
pub struct Mutex<T> {
    name: String,
    inner: Of<loom::sync::Mutex<T>, shuttle::sync::Mutex<T>>,
}

type Inner<'a, T> = Of<loom::sync::MutexGuard<'a, T>, shuttle::sync::MutexGuard<'a, T>>;

/// A lock that is held; given back where it is dropped.
pub struct Guard<'a, T> {
    lock: &'a Mutex<T>,
    inner: Option<Inner<'a, T>>,
    place: &'static Location<'static>,
}

impl<T> Mutex<T> {
    /// A mutex of the engine that runs.
    pub fn new(name: impl Into<String>, value: T) -> Self {
        Self {
            name: name.into(),
            inner: if is_shuttle() {
                Of::Shuttle(shuttle::sync::Mutex::new(value))
            } else {
                Of::Loom(loom::sync::Mutex::new(value))
            },
        }
    }

    /// Takes it, and waits until that is possible.
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held it.
    #[track_caller]
    pub fn lock(&self) -> Guard<'_, T> {
        let place = Location::caller();
        note(|log, me| log.waits(me, &self.name));
        let inner = match &self.inner {
            Of::Loom(mutex) => Of::Loom(mutex.lock().expect("nobody panicked with it")),
            Of::Shuttle(mutex) => Of::Shuttle(mutex.lock().expect("nobody panicked with it")),
        };
        self.taken(inner, "lock", place)
    }

    fn taken<'a>(
        &'a self,
        inner: Inner<'a, T>,
        how: &str,
        place: &'static Location<'static>,
    ) -> Guard<'a, T> {
        note(|log, me| {
            log.is_through(me);
            log.holds(me, &self.name);
            log.did(me, format!("{how} `{}`", self.name), place);
        });
        Guard {
            lock: self,
            inner: Some(inner),
            place,
        }
    }
}

impl<T> Drop for Guard<'_, T> {
    fn drop(&mut self) {
        let Some(inner) = self.inner.take() else {
            return;
        };
        if std::thread::panicking() {
            // The execution is torn down: loom would abort, and nobody takes it again.
            std::mem::forget(inner);
            return;
        }
        drop(inner);
        note(|log, me| {
            log.lets_go(&self.lock.name);
            log.did(me, format!("unlock `{}`", self.lock.name), self.place);
        });
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self.inner.as_ref().expect("it is held") {
            Of::Loom(guard) => guard,
            Of::Shuttle(guard) => guard,
        }
    }
}

impl<T> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        match self.inner.as_mut().expect("it is held") {
            Of::Loom(guard) => guard,
            Of::Shuttle(guard) => guard,
        }
    }
}

/// A condition with a name.
pub struct Condvar {
    name: String,
    inner: Of<loom::sync::Condvar, shuttle::sync::Condvar>,
}

impl Condvar {
    /// A condition of the engine that runs.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            inner: if is_shuttle() {
                Of::Shuttle(shuttle::sync::Condvar::new())
            } else {
                Of::Loom(loom::sync::Condvar::new())
            },
        }
    }

    /// Gives the lock back, sleeps until it is notified, and takes the lock again.
    ///
    /// # Panics
    ///
    /// If a thread panicked while it held the lock, or the lock is of another engine.
    #[track_caller]
    #[must_use]
    pub fn wait<'a, T>(&self, mut guard: Guard<'a, T>) -> Guard<'a, T> {
        let place = Location::caller();
        let lock = guard.lock;
        note(|log, me| {
            log.lets_go(&lock.name);
            log.waits(me, &self.name);
            log.did(me, format!("wait for `{}`", self.name), place);
        });
        let inner = guard.inner.take().expect("it is held");
        let inner = match (&self.inner, inner) {
            (Of::Loom(condvar), Of::Loom(guard)) => {
                Of::Loom(condvar.wait(guard).expect("nobody panicked with it"))
            }
            (Of::Shuttle(condvar), Of::Shuttle(guard)) => {
                Of::Shuttle(condvar.wait(guard).expect("nobody panicked with it"))
            }
            _ => panic!("a condition and a lock of different engines"),
        };
        lock.taken(inner, "wake with", place)
    }

    /// Wakes one of those who sleep.
    #[track_caller]
    pub fn notify_one(&self) {
        match &self.inner {
            Of::Loom(condvar) => condvar.notify_one(),
            Of::Shuttle(condvar) => condvar.notify_one(),
        }
        let place = Location::caller();
        note(|log, me| log.did(me, format!("notify `{}`", self.name), place));
    }

    /// Wakes all of those who sleep.
    #[track_caller]
    pub fn notify_all(&self) {
        match &self.inner {
            Of::Loom(condvar) => condvar.notify_all(),
            Of::Shuttle(condvar) => condvar.notify_all(),
        }
        let place = Location::caller();
        note(|log, me| log.did(me, format!("notify all `{}`", self.name), place));
    }
}

/// An atomic word with a name, under sequential consistency.
pub struct Atomic {
    name: String,
    inner: Of<loom::sync::atomic::AtomicI64, shuttle::sync::atomic::AtomicI64>,
}

impl Atomic {
    /// A word of the engine that runs.
    pub fn new(name: impl Into<String>, value: i64) -> Self {
        Self {
            name: name.into(),
            inner: if is_shuttle() {
                Of::Shuttle(shuttle::sync::atomic::AtomicI64::new(value))
            } else {
                Of::Loom(loom::sync::atomic::AtomicI64::new(value))
            },
        }
    }

    /// Reads it. With loom by adding 0, since its plain reads are weaker.
    #[track_caller]
    pub fn load(&self) -> i64 {
        let value = match &self.inner {
            Of::Loom(word) => word.fetch_add(0, std::sync::atomic::Ordering::AcqRel),
            Of::Shuttle(word) => word.load(std::sync::atomic::Ordering::SeqCst),
        };
        let place = Location::caller();
        note(|log, me| log.did(me, format!("read `{}`: {value}", self.name), place));
        value
    }

    /// Writes it. With loom by swapping, since its plain writes are weaker.
    #[track_caller]
    pub fn store(&self, value: i64) {
        match &self.inner {
            Of::Loom(word) => {
                word.swap(value, std::sync::atomic::Ordering::AcqRel);
            }
            Of::Shuttle(word) => word.store(value, std::sync::atomic::Ordering::SeqCst),
        }
        let place = Location::caller();
        note(|log, me| log.did(me, format!("write `{}` = {value}", self.name), place));
    }

    /// Adds to it in one step, and gives what it was.
    #[track_caller]
    pub fn fetch_add(&self, value: i64) -> i64 {
        let old = match &self.inner {
            Of::Loom(word) => word.fetch_add(value, std::sync::atomic::Ordering::AcqRel),
            Of::Shuttle(word) => word.fetch_add(value, std::sync::atomic::Ordering::SeqCst),
        };
        let place = Location::caller();
        note(|log, me| {
            log.did(
                me,
                format!("add {value} to `{}`: it was {old}", self.name),
                place,
            )
        });
        old
    }
}

/// A thread that was started.
pub struct JoinHandle {
    name: String,
    inner: Of<loom::thread::JoinHandle<()>, shuttle::thread::JoinHandle<()>>,
}

/// Starts a thread with a name.
#[track_caller]
pub fn spawn(name: impl Into<String>, work: impl FnOnce() + Send + 'static) -> JoinHandle {
    let name = name.into();
    let place = Location::caller();
    note(|log, me| log.did(me, format!("spawn `{name}`"), place));
    let own = name.clone();
    let named = move || {
        note(|log, me| {
            log.names.insert(me.to_owned(), own);
        });
        work();
    };
    let inner = if is_shuttle() {
        Of::Shuttle(shuttle::thread::spawn(named))
    } else {
        Of::Loom(loom::thread::spawn(named))
    };
    JoinHandle { name, inner }
}

impl JoinHandle {
    /// Waits for the end of the thread.
    ///
    /// # Panics
    ///
    /// If the thread panicked.
    #[track_caller]
    pub fn join(self) {
        let place = Location::caller();
        note(|log, me| log.waits_for(me, format!("the end of `{}`", self.name)));
        let joined = match self.inner {
            Of::Loom(handle) => handle.join(),
            Of::Shuttle(handle) => handle.join(),
        };
        joined.expect("the thread did not panic");
        note(|log, me| {
            log.is_through(me);
            log.did(me, format!("join `{}`", self.name), place);
        });
    }
}
