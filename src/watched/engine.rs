//! Runs code under an engine, and makes a failure of what it panics with.

use super::log::{Failure, Log, install};
use shuttle::scheduler::{DfsScheduler, ReplayScheduler, Schedule, Scheduler, Task, TaskId};
use shuttle::{Config, FailurePersistence, Runner};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Runs code in every order of its operations, until one fails.
///
/// Cost: an execution for each order. Two threads with six operations are seconds.
///
/// # Errors
///
/// The first execution that panics or in which all threads wait.
pub fn check_with_shuttle(code: fn()) -> Result<u64, Box<Failure>> {
    with_shuttle(code, DfsScheduler::new(None, false))
}

/// Runs the schedule of a failure again.
///
/// # Errors
///
/// The failure, if it fails again.
pub fn replay_with_shuttle(code: fn(), schedule: &[usize]) -> Result<u64, Box<Failure>> {
    let schedule = Schedule::new_from_task_ids(0, schedule.iter().copied());
    let mut scheduler = ReplayScheduler::new_from_schedule(schedule);
    scheduler.set_allow_incomplete();
    with_shuttle(code, scheduler)
}

/// Runs code in every order that loom takes for different, until one fails.
///
/// # Errors
///
/// The first execution that panics, races, or in which all threads wait.
pub fn check_with_loom(code: fn()) -> Result<u64, Box<Failure>> {
    check_with_loom_within(code, LoomBounds::default())
}

/// How far loom goes; without bounds, to the end.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct LoomBounds {
    /// Executions, at most.
    pub executions: Option<usize>,
    /// Only executions in which so many threads at most are left that could go on.
    pub preemptions: Option<usize>,
}

/// The same within bounds. That nothing failed then says nothing of what lies beyond.
///
/// # Errors
///
/// As [`check_with_loom`].
pub fn check_with_loom_within(code: fn(), bounds: LoomBounds) -> Result<u64, Box<Failure>> {
    let mut builder = loom::model::Builder::new();
    // It looks at its bound before an execution, and only now and then.
    builder.max_permutations = bounds.executions.map(|most| most.saturating_add(1));
    builder.checkpoint_interval = 1;
    builder.checkpoint_file = None;
    builder.preemption_bound = bounds.preemptions;
    with_loom(code, &builder).map_err(|mut failure| {
        // Its search is the same each time; now it writes down how the last one begins.
        builder.checkpoint_interval = usize::try_from(failure.executions).unwrap_or(usize::MAX);
        let checkpoint = in_a_file(None, |file| {
            builder.checkpoint_file = Some(file.to_owned());
            let _ = with_loom(code, &builder);
            std::fs::read_to_string(file)
        });
        failure.checkpoint = checkpoint.and_then(|text| text).unwrap_or_default();
        failure
    })
}

/// Runs the execution of a failure again, and goes on behind it if it does not fail.
///
/// # Errors
///
/// The failure, if it fails again. Also a failure of loom's if the text is not the
/// checkpoint of one, or could not be put into a file.
pub fn replay_with_loom(code: fn(), checkpoint: &str) -> Result<u64, Box<Failure>> {
    let again = in_a_file(Some(checkpoint), |file| {
        let mut builder = loom::model::Builder::new();
        builder.checkpoint_interval = usize::MAX;
        builder.checkpoint_file = Some(file.to_owned());
        with_loom(code, &builder)
    });
    again.unwrap_or_else(|error| Told::default().ended("loom", || panic!("no file: {error}")))
}

/// Lets loom have a file, since it takes and gives a checkpoint in no other way.
fn in_a_file<T>(text: Option<&str>, with: impl FnOnce(&Path) -> T) -> std::io::Result<T> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("checkpoint.json");
    if let Some(text) = text {
        std::fs::write(&file, text)?;
    }
    Ok(with(&file))
}

fn with_loom(code: fn(), builder: &loom::model::Builder) -> Result<u64, Box<Failure>> {
    let told = Told::default();
    let begin = told.clone();
    told.ended("loom", || {
        builder.check(move || {
            begin.begin();
            code();
        });
    })
}

fn with_shuttle(code: fn(), scheduler: impl Scheduler + 'static) -> Result<u64, Box<Failure>> {
    let told = Told::default();
    let begin = told.clone();
    let mut config = Config::new();
    config.failure_persistence = FailurePersistence::None;
    let recorded = Recorded {
        inner: scheduler,
        schedule: Arc::clone(&told.schedule),
    };
    told.ended("shuttle", || {
        Runner::new(recorded, config).run(move || {
            begin.begin();
            code();
        });
    })
}

/// What is known outside of the engine.
#[derive(Clone, Default)]
struct Told {
    executions: Arc<AtomicU64>,
    schedule: Arc<Mutex<Vec<usize>>>,
}

impl Told {
    /// An execution begins: with a log of its own.
    fn begin(&self) {
        self.executions.fetch_add(1, Ordering::Relaxed);
        install(Some(Rc::new(RefCell::new(Log::default()))));
    }

    fn ended(&self, engine: &'static str, run: impl FnOnce()) -> Result<u64, Box<Failure>> {
        let result = catch_unwind(AssertUnwindSafe(run));
        let executions = self.executions.load(Ordering::Relaxed);
        let mut failure = Failure {
            engine,
            message: String::new(),
            executions,
            log: Vec::new(),
            waits: Vec::new(),
            holds: Vec::new(),
            schedule: Vec::new(),
            checkpoint: String::new(),
        };
        super::log::with(|log| {
            failure.log.clone_from(&log.events);
            failure.waits = log.all_waits();
            failure.holds = log.all_holds();
        });
        install(None);
        let Err(panic) = result else {
            return Ok(executions);
        };
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        failure.message = text.unwrap_or("a panic without words").to_owned();
        let schedule = self.schedule.lock().unwrap_or_else(PoisonError::into_inner);
        failure.schedule.clone_from(&schedule);
        Err(Box::new(failure))
    }
}

/// A scheduler that writes down whom it chooses.
struct Recorded<S> {
    inner: S,
    schedule: Arc<Mutex<Vec<usize>>>,
}

impl<S: Scheduler> Scheduler for Recorded<S> {
    fn new_execution(&mut self) -> Option<Schedule> {
        let schedule = self.inner.new_execution();
        if schedule.is_some() {
            let mut chosen = self.schedule.lock().unwrap_or_else(PoisonError::into_inner);
            chosen.clear();
        }
        schedule
    }

    fn next_task(
        &mut self,
        runnable: &[&Task],
        current: Option<TaskId>,
        is_yielding: bool,
    ) -> Option<TaskId> {
        let next = self.inner.next_task(runnable, current, is_yielding);
        if let Some(task) = next {
            let mut chosen = self.schedule.lock().unwrap_or_else(PoisonError::into_inner);
            chosen.push(task.into());
        }
        next
    }

    fn next_u64(&mut self) -> u64 {
        self.inner.next_u64()
    }
}
