//! loom as an engine: its threads, its primitives, its own choice of which orders
//! matter.
//!
//! An atomic word is read with `fetch_add(0)` and written with `swap`, since
//! loom's plain reads and writes are weaker than sequential consistency and, in
//! its own words, not complete. A plain variable is one of its cells, which it
//! watches for races; the value is kept outside.
//!
//! Its failures are panics, and end the search: it shows one bug.

use super::actor::Actor;
use super::env::Env;
use super::lead::Order;
use super::library::{Library, like_std};
use super::play::play;
use super::seen::{Bounds, Sight, Unfinished};
use super::stage::Stage;
use crate::program::{BinaryOp, Program};
use loom::cell::UnsafeCell;
use loom::sync::atomic::{AtomicI64, Ordering::AcqRel, Ordering::Acquire};
use loom::sync::{Condvar, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};
use loom::thread::{self, JoinHandle};
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Threads of an execution, the main thread included. Compiled into loom.
pub(super) const THREADS_MAX: usize = 5;

/// Scheduling points of an execution that is led: most of them are somebody who waits for
/// its turn.
const BRANCHES_WHEN_LED: usize = 100_000;

/// With what an execution ends that is not to go on.
const STOP: &str = "threadbare: stop";

struct Loom;

const HEALTHY: &str = "loom's locks are never poisoned";

impl Library for Loom {
    like_std!();

    type Plain = UnsafeCell<()>;
    type Semaphore = Infallible;
    type Handle = JoinHandle<()>;

    const ASKS: bool = false;

    fn load(word: &Self::Word) -> i64 {
        word.fetch_add(0, AcqRel)
    }

    fn store(word: &Self::Word, value: i64) {
        word.swap(value, AcqRel);
    }

    fn swap(word: &Self::Word, value: i64) -> i64 {
        word.swap(value, AcqRel)
    }

    fn fetch(word: &Self::Word, op: BinaryOp, value: i64) -> Option<i64> {
        Some(match op {
            BinaryOp::Add => word.fetch_add(value, AcqRel),
            BinaryOp::Sub => word.fetch_sub(value, AcqRel),
            BinaryOp::BitAnd => word.fetch_and(value, AcqRel),
            BinaryOp::BitOr => word.fetch_or(value, AcqRel),
            BinaryOp::BitXor => word.fetch_xor(value, AcqRel),
            BinaryOp::Min => word.fetch_min(value, AcqRel),
            BinaryOp::Max => word.fetch_max(value, AcqRel),
            _ => return None,
        })
    }

    fn compare_exchange(word: &Self::Word, old: i64, new: i64) -> bool {
        word.compare_exchange(old, new, AcqRel, Acquire).is_ok()
    }

    fn plain(_initial: i64) -> Self::Plain {
        UnsafeCell::new(())
    }

    fn plain_load(word: &Self::Plain) -> Option<i64> {
        word.with(|_| None)
    }

    fn plain_store(word: &Self::Plain, _value: i64) {
        word.with_mut(|_| ());
    }

    fn semaphore(_permits: usize) -> Option<Self::Semaphore> {
        None
    }

    fn acquire(semaphore: &Self::Semaphore) {
        match *semaphore {}
    }

    fn try_acquire(semaphore: &Self::Semaphore) -> bool {
        match *semaphore {}
    }

    fn release(semaphore: &Self::Semaphore, _permits: usize) {
        match *semaphore {}
    }

    fn spawn(env: Arc<Env<Self>>, actor: Actor) -> Self::Handle {
        if env.stage.n_actors() > THREADS_MAX {
            env.refuse("loom has at most 5 threads");
        }
        thread::spawn(move || play(&env, actor))
    }

    fn join(handle: Self::Handle) {
        // What it gives is nothing.
        let _ = handle.join();
    }

    fn pause() {
        thread::yield_now();
    }

    fn point() {
        // It makes its own, at whatever depends on something else.
    }

    fn stop() -> ! {
        panic!("{STOP}")
    }
}

/// Runs the executions that loom chooses, up to the first that fails.
pub(super) fn run(program: &Program, bounds: Bounds) -> Sight {
    let program = Arc::new(program.clone());
    let stage = Arc::new(Stage::new(&program, bounds, false));
    loop {
        let mut builder = loom::model::Builder::new();
        builder.max_branches = bounds.steps as usize;
        play_all(&program, &stage, builder);
        if !stage.next_tape() {
            return stage.sight();
        }
    }
}

/// Leads loom through the orders. It asks nobody who goes next, and lets nobody go before
/// another who has not ended, waits or yields. So each actor yields until it is its turn,
/// which orders nothing by itself: where loom sees a race, there is one.
pub(super) fn lead(program: &Program, orders: &[Order], bounds: Bounds) -> Sight {
    let program = Arc::new(program.clone());
    let stage = Arc::new(Stage::led(&program, bounds, false, orders));
    let mut builder = loom::model::Builder::new();
    builder.max_branches = BRANCHES_WHEN_LED;
    // It looks before each execution, and counts the one that it is about to begin.
    builder.checkpoint_interval = 1;
    builder.max_permutations = Some(2);
    play_all(&program, &stage, builder);
    stage.sight()
}

fn play_all(program: &Arc<Program>, stage: &Arc<Stage>, mut builder: loom::model::Builder) {
    builder.max_threads = THREADS_MAX;
    let (model, on) = (Arc::clone(program), Arc::clone(stage));
    let result = catch_unwind(AssertUnwindSafe(|| {
        builder.check(move || execution(&model, &on));
    }));
    if let Err(panic) = result {
        failed(stage, &super::message(&*panic));
    }
}

/// What a panic means.
fn failed(stage: &Stage, message: &str) {
    if message.starts_with("deadlock") {
        stage.deadlock();
    } else if message.contains("Causality violation") {
        stage.race();
    } else if message.contains("maximum number of branches") {
        stage.stop_with(Unfinished::Steps);
        return;
    } else if message.contains("self.threads.len() < self.max()") {
        let threads = super::refuse::LOOM_THREADS.to_owned();
        stage.stop_with(Unfinished::Refused(threads));
        return;
    } else if !message.starts_with(STOP) {
        stage.stop_with(Unfinished::Broken(message.to_owned()));
        return;
    }
    stage.stop_with(Unfinished::Failure);
}

fn execution(program: &Arc<Program>, stage: &Arc<Stage>) {
    if !stage.may_begin() {
        panic!("{STOP}");
    }
    stage.begin(program);
    #[allow(
        clippy::arc_with_non_send_sync,
        reason = "all of loom's threads are on one thread of the system"
    )]
    let env = Arc::new(Env::<Loom>::new(program, stage, true));
    let mut actors = env.enter_all().into_iter();
    // With as many actors as loom has threads, one of them is on the main thread.
    let on_main = (program.actors.len() >= THREADS_MAX).then(|| actors.next());
    for actor in actors {
        Env::start(&env, actor);
    }
    if let Some(Some(actor)) = on_main {
        play(&env, actor);
    }
    while let Some(handle) = env.unjoined() {
        Loom::join(handle);
    }
}
