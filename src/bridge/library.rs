//! What an engine must have: its own locks, conditions, words, threads.

use super::actor::Actor;
use super::env::Env;
use crate::program::BinaryOp;
use std::sync::Arc;

/// The primitives of an engine.
pub(super) trait Library: Sized + 'static {
    type Mutex;
    type Guard<'a>;
    type Condvar;
    type RwLock;
    type Reader<'a>;
    type Writer<'a>;
    /// A word that everybody may access at any time.
    type Word;
    /// A word that must not be accessed at the same time, if the engine knows such.
    type Plain;
    type Semaphore;
    type Handle;

    /// Whether it asks who goes next. If not, whoever is led waits for its turn by itself.
    const ASKS: bool;

    fn mutex() -> Self::Mutex;
    fn lock(mutex: &Self::Mutex) -> Self::Guard<'_>;
    fn try_lock(mutex: &Self::Mutex) -> Option<Self::Guard<'_>>;

    fn condvar() -> Self::Condvar;
    fn wait<'a>(condvar: &Self::Condvar, guard: Self::Guard<'a>) -> Self::Guard<'a>;
    fn notify_one(condvar: &Self::Condvar);
    fn notify_all(condvar: &Self::Condvar);

    fn rwlock() -> Self::RwLock;
    fn read(lock: &Self::RwLock) -> Self::Reader<'_>;
    fn write(lock: &Self::RwLock) -> Self::Writer<'_>;
    fn try_read(lock: &Self::RwLock) -> Option<Self::Reader<'_>>;
    fn try_write(lock: &Self::RwLock) -> Option<Self::Writer<'_>>;

    fn word(initial: i64) -> Self::Word;
    fn load(word: &Self::Word) -> i64;
    fn store(word: &Self::Word, value: i64);
    fn swap(word: &Self::Word, value: i64) -> i64;
    /// The old value; `None` if the engine has no such operation.
    fn fetch(word: &Self::Word, op: BinaryOp, value: i64) -> Option<i64>;
    /// Whether it held the first.
    fn compare_exchange(word: &Self::Word, old: i64, new: i64) -> bool;

    fn plain(initial: i64) -> Self::Plain;
    /// `None`: the engine only watches, what is known outside is the value.
    fn plain_load(word: &Self::Plain) -> Option<i64>;
    fn plain_store(word: &Self::Plain, value: i64);

    /// `None`: the engine has no semaphores.
    fn semaphore(permits: usize) -> Option<Self::Semaphore>;
    fn acquire(semaphore: &Self::Semaphore);
    fn try_acquire(semaphore: &Self::Semaphore) -> bool;
    fn release(semaphore: &Self::Semaphore, permits: usize);

    fn spawn(env: Arc<Env<Self>>, actor: Actor) -> Self::Handle;
    fn join(handle: Self::Handle);
    /// Lets others go first.
    fn pause();
    /// A scheduling point and nothing else, if the engine needs one here.
    fn point();
    /// Ends the execution.
    fn stop() -> !;
}

/// The part of [`Library`] in which an engine's locks, conditions and words are called as
/// those of `std`. `HEALTHY` says why its locks are never poisoned.
macro_rules! like_std {
    () => {
        type Mutex = Mutex<()>;
        type Guard<'a> = MutexGuard<'a, ()>;
        type Condvar = Condvar;
        type RwLock = RwLock<()>;
        type Reader<'a> = RwLockReadGuard<'a, ()>;
        type Writer<'a> = RwLockWriteGuard<'a, ()>;
        type Word = AtomicI64;

        fn mutex() -> Self::Mutex {
            Mutex::new(())
        }

        fn lock(mutex: &Self::Mutex) -> Self::Guard<'_> {
            mutex.lock().expect(HEALTHY)
        }

        fn try_lock(mutex: &Self::Mutex) -> Option<Self::Guard<'_>> {
            mutex.try_lock().ok()
        }

        fn condvar() -> Self::Condvar {
            Condvar::new()
        }

        fn wait<'a>(condvar: &Self::Condvar, guard: Self::Guard<'a>) -> Self::Guard<'a> {
            condvar.wait(guard).expect(HEALTHY)
        }

        fn notify_one(condvar: &Self::Condvar) {
            condvar.notify_one();
        }

        fn notify_all(condvar: &Self::Condvar) {
            condvar.notify_all();
        }

        fn rwlock() -> Self::RwLock {
            RwLock::new(())
        }

        fn read(lock: &Self::RwLock) -> Self::Reader<'_> {
            lock.read().expect(HEALTHY)
        }

        fn write(lock: &Self::RwLock) -> Self::Writer<'_> {
            lock.write().expect(HEALTHY)
        }

        fn try_read(lock: &Self::RwLock) -> Option<Self::Reader<'_>> {
            lock.try_read().ok()
        }

        fn try_write(lock: &Self::RwLock) -> Option<Self::Writer<'_>> {
            lock.try_write().ok()
        }

        fn word(initial: i64) -> Self::Word {
            AtomicI64::new(initial)
        }
    };
}
pub(super) use like_std;
