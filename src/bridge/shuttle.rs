//! shuttle as an engine: its threads, its primitives, its depth-first scheduler.
//!
//! The scheduler is wrapped, not replaced: it chooses among the actors that
//! shuttle says are runnable, while the main thread only waits. If shuttle has
//! nobody but the main thread left, that is a deadlock; the execution is then
//! stopped, not failed, so that the search can go on behind it.
//!
//! **Deliberately absent:** shuttle's random scheduler. Where there are too many
//! executions, the first of them in order are all that is seen.

use super::actor::Actor;
use super::env::Env;
use super::library::{Library, like_std};
use super::play::play;
use super::seen::{Bounds, Sight, Unfinished};
use super::stage::Stage;
use crate::program::{BinaryOp, Program};
use shuttle::future::batch_semaphore::{BatchSemaphore, Fairness};
use shuttle::scheduler::{DfsScheduler, Schedule, Scheduler, Task, TaskId};
use shuttle::sync::atomic::{AtomicI64, Ordering::SeqCst};
use shuttle::sync::{Condvar, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};
use shuttle::thread::{self, JoinHandle};
use shuttle::{Config, FailurePersistence, MaxSteps, Runner};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Bytes of a thread's stack. The interpreter is flat.
const STACK_BYTES: usize = 64 << 10;

struct Shuttle;

const HEALTHY: &str = "an actor never panics while it holds a lock";

impl Library for Shuttle {
    like_std!();

    type Plain = AtomicI64;
    type Semaphore = BatchSemaphore;
    type Handle = JoinHandle<()>;

    const ASKS: bool = true;

    fn load(word: &Self::Word) -> i64 {
        word.load(SeqCst)
    }

    fn store(word: &Self::Word, value: i64) {
        word.store(value, SeqCst);
    }

    fn swap(word: &Self::Word, value: i64) -> i64 {
        word.swap(value, SeqCst)
    }

    fn fetch(word: &Self::Word, op: BinaryOp, value: i64) -> Option<i64> {
        Some(match op {
            BinaryOp::Add => word.fetch_add(value, SeqCst),
            BinaryOp::Sub => word.fetch_sub(value, SeqCst),
            BinaryOp::BitAnd => word.fetch_and(value, SeqCst),
            BinaryOp::BitOr => word.fetch_or(value, SeqCst),
            BinaryOp::BitXor => word.fetch_xor(value, SeqCst),
            BinaryOp::Min => word.fetch_min(value, SeqCst),
            BinaryOp::Max => word.fetch_max(value, SeqCst),
            _ => return None,
        })
    }

    fn compare_exchange(word: &Self::Word, old: i64, new: i64) -> bool {
        word.compare_exchange(old, new, SeqCst, SeqCst).is_ok()
    }

    fn plain(initial: i64) -> Self::Plain {
        AtomicI64::new(initial)
    }

    fn plain_load(word: &Self::Plain) -> Option<i64> {
        Some(word.load(SeqCst))
    }

    fn plain_store(word: &Self::Plain, value: i64) {
        word.store(value, SeqCst);
    }

    fn semaphore(permits: usize) -> Option<Self::Semaphore> {
        Some(BatchSemaphore::new(permits, Fairness::Unfair))
    }

    fn acquire(semaphore: &Self::Semaphore) {
        semaphore.acquire_blocking(1).expect("nobody closes it");
    }

    fn try_acquire(semaphore: &Self::Semaphore) -> bool {
        semaphore.try_acquire(1).is_ok()
    }

    fn release(semaphore: &Self::Semaphore, permits: usize) {
        semaphore.release(permits);
    }

    fn spawn(env: Arc<Env<Self>>, actor: Actor) -> Self::Handle {
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
        thread::yield_now();
    }

    fn stop() -> ! {
        // The scheduler has been told, and does not come back.
        loop {
            thread::yield_now();
        }
    }
}

/// shuttle's depth-first scheduler, for the actors only.
struct Director {
    actors: DfsScheduler,
    stage: Arc<Stage>,
    program: Arc<Program>,
    steps: u32,
}

impl Scheduler for Director {
    fn new_execution(&mut self) -> Option<Schedule> {
        if !self.stage.may_begin() {
            return None;
        }
        let schedule = self.actors.new_execution()?;
        self.stage.begin(&self.program);
        self.steps = 0;
        Some(schedule)
    }

    fn next_task(
        &mut self,
        runnable: &[&Task],
        current: Option<TaskId>,
        is_yielding: bool,
    ) -> Option<TaskId> {
        let actors = match actors_of(&self.stage, runnable) {
            Ok(actors) => actors,
            Err(task) => return task,
        };
        if actors.is_empty() {
            self.stage.deadlock();
            return None;
        }
        self.steps += 1;
        if self.stage.is_too_long(self.steps) {
            return None;
        }
        self.actors.next_task(&actors, current, is_yielding)
    }

    fn next_u64(&mut self) -> u64 {
        self.actors.next_u64()
    }
}

/// Those among the runnable that are actors; or whom to take now, or that the execution
/// ends, where the actors have no say: before all have begun, and when all is done.
pub(super) fn actors_of<'a>(
    stage: &Stage,
    runnable: &[&'a Task],
) -> Result<Vec<&'a Task>, Option<TaskId>> {
    let main = TaskId::from(0);
    if !stage.has_begun() {
        return Err(Some(main));
    }
    let actors: Vec<&Task> = { runnable.iter().copied() }
        .filter(|task| task.id() != main)
        .collect();
    if stage.is_done() {
        // Whoever has not ended has no say any more.
        let last = actors.first().map_or(main, |task| task.id());
        return Err(stage.have_all_ended().then_some(last));
    }
    Ok(actors)
}

/// Runs all executions that shuttle knows of, within bounds.
pub(super) fn run(program: &Program, bounds: Bounds) -> Sight {
    let program = Arc::new(program.clone());
    let stage = Arc::new(Stage::new(&program, bounds, true));
    loop {
        let director = Director {
            actors: DfsScheduler::new(None, false),
            stage: Arc::clone(&stage),
            program: Arc::clone(&program),
            steps: 0,
        };
        play_all(&program, &stage, director);
        if !stage.next_tape() {
            return stage.sight();
        }
    }
}

/// Plays the executions that a scheduler wants.
pub(super) fn play_all(
    program: &Arc<Program>,
    stage: &Arc<Stage>,
    scheduler: impl Scheduler + 'static,
) {
    let (model, on) = (Arc::clone(program), Arc::clone(stage));
    let result = catch_unwind(AssertUnwindSafe(|| {
        Runner::new(scheduler, config()).run(move || execution(&model, &on))
    }));
    if let Err(panic) = result {
        stage.stop_with(Unfinished::Broken(super::message(&*panic)));
    }
}

fn config() -> Config {
    let mut config = Config::new();
    config.stack_size = STACK_BYTES;
    config.failure_persistence = FailurePersistence::None;
    config.max_steps = MaxSteps::None;
    config.silence_warnings = true;
    config
}

fn execution(program: &Arc<Program>, stage: &Arc<Stage>) {
    let env = Arc::new(Env::<Shuttle>::new(program, stage, false));
    for actor in env.enter_all() {
        Env::start(&env, actor);
    }
    stage.all_have_begun();
    while !stage.is_done() {
        thread::yield_now();
    }
}
