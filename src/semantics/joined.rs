//! What others do with a task: wait for it, for several, ask it to stop.
//!
//! `gather` looks at its tasks only when a callback has had its turn in the ready
//! queue; so it goes on one turn later than `await` of a single task. The first
//! exception comes out at once, the other tasks keep running.
//!
//! `wait_for` asks its task to stop when time is up, and goes on only when that has
//! ended; a task that takes no notice of being cancelled keeps it waiting, and what it
//! returns is the result after all.
//!
//! Asking a task to stop raises `Cancelled` where it is suspended. If it waits for
//! another task, that one is asked instead, and what comes of it comes to both; so
//! with `gather`, for all that have not ended. Deviation: so it is with `wait_for`, as
//! since Python 3.12; before, `Cancelled` came of it whatever the task made of it. That
//! is still so if time was up at the same moment.

use super::future::JobStatus;
use super::local::{pack, unpack};
use super::machine::{Done, Flow, Machine, Step};
use super::record::{EventKind, Exception, Misuse, Recorder};
use super::state::{Phase, State, Status};
use super::task::{CANCEL, SUSPENDED};
use crate::program::{Expr, FutureOp, Instr, NameId, ObjectId, RAISED_BY_LIBRARY, Reg, TaskOp};

impl Machine<'_> {
    /// The tasks that an instruction of an actor is about, as far as they exist.
    pub fn tasks_named(&self, state: &State, actor: usize) -> Vec<usize> {
        match self.program.instr(self.layout.pc(state, actor)) {
            Instr::Task { tasks, .. } => {
                let scene = self.scene(state, actor);
                let number = |task| usize::try_from(scene.eval(task).ok()?).ok();
                tasks.iter().filter_map(number).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether an actor stands before a `gather`.
    pub(super) fn gathers(&self, state: &State, actor: usize) -> bool {
        matches!(
            self.program.instr(self.layout.pc(state, actor)),
            Instr::Task {
                op: TaskOp::Gather,
                ..
            }
        )
    }

    /// The task that an actor waits for with `wait_for`, and that it has not stopped yet.
    pub(super) fn is_waited_for(&self, state: &State, actor: usize) -> Option<usize> {
        let pc = self.layout.pc(state, actor);
        let waits = matches!(
            self.program.instr(pc),
            Instr::Task {
                op: TaskOp::WaitFor,
                ..
            }
        );
        let task = self.tasks_named(state, actor).first().copied()?;
        let before = self.layout.phase(state, actor) == Phase::Ready;
        (waits && before && self.layout.is_running(state, task)).then_some(task)
    }

    /// Whether an operation of tasks could go on. What does not exist is ready:
    /// executing it raises.
    pub(super) fn task_ready(&self, state: &State, actor: usize, op: TaskOp) -> bool {
        let tasks = self.tasks_named(state, actor);
        match op {
            TaskOp::Io | TaskOp::Cancel => true,
            TaskOp::Result | TaskOp::WaitFor => tasks
                .iter()
                .all(|&task| !self.layout.is_running(state, task)),
            TaskOp::Gather => {
                tasks
                    .iter()
                    .all(|&task| !self.layout.is_running(state, task))
                    || tasks
                        .iter()
                        .any(|&task| self.layout.status(state, task) == Status::Died)
            }
        }
    }

    /// What a task that died raised.
    pub fn task_exception(&self, state: &State, task: usize) -> Option<Exception> {
        let died = self.layout.loop_of(state, task).is_some()
            && self.layout.status(state, task) == Status::Died;
        died.then(|| unpack(self.layout.left_behind(state, task)[0]))
    }

    /// Whether an exception is that of a task that was asked to stop.
    pub fn is_cancellation(&self, exception: &Exception) -> bool {
        exception.name == cancelled_name()
    }
}

/// Whether an instruction asks a task to stop.
pub(super) fn cancels(instr: &Instr) -> bool {
    matches!(
        instr,
        Instr::Task {
            op: TaskOp::Cancel | TaskOp::WaitFor,
            ..
        }
    )
}

fn cancelled_name() -> NameId {
    let row = RAISED_BY_LIBRARY
        .iter()
        .position(|&name| name == "Cancelled");
    NameId::new(row.expect("the library raises it"))
}

impl<R: Recorder> Step<'_, '_, R> {
    pub fn task_op(&mut self, op: TaskOp, tasks: &[Expr], dst: Option<Reg>, width: u16) -> Done {
        let mut numbers = Vec::with_capacity(tasks.len());
        for task in tasks {
            let number = self.eval(task)?;
            let layout = &self.machine.layout;
            let known = usize::try_from(number)
                .ok()
                .filter(|&actor| layout.status(self.state, actor) != Status::Absent);
            let Some(task) = known else {
                return Ok(self.raise("NotStarted", Some(Misuse::NotStarted)));
            };
            numbers.push(task);
        }
        match op {
            TaskOp::Io => {
                self.event(|| EventKind::Passed);
                Ok(Flow::Next)
            }
            TaskOp::Result => Ok(self.take_result(numbers[0], dst, width)),
            TaskOp::Gather => Ok(self.gather_tasks(&numbers, dst, width)),
            TaskOp::WaitFor => Ok(self.wait_for_task(numbers[0], dst, width)),
            TaskOp::Cancel => {
                self.machine.layout.set_joined(self.state, numbers[0]);
                let asked = self.cancel_task(numbers[0], &mut Vec::new());
                self.set_result(dst, i64::from(asked));
                self.event(|| EventKind::Stopped(numbers[0], asked));
                Ok(Flow::Next)
            }
        }
    }

    fn take_result(&mut self, task: usize, dst: Option<Reg>, width: u16) -> Flow {
        let layout = &self.machine.layout;
        layout.set_joined(self.state, task);
        if let Some(exception) = self.machine.task_exception(self.state, task) {
            return Flow::Raise(exception);
        }
        let words = layout.left_behind(self.state, task)[..usize::from(width)].to_vec();
        if let Some(dst) = dst {
            for (reg, &word) in (dst..).zip(&words) {
                self.set_reg(reg, word);
            }
        }
        self.event(|| EventKind::Returned(task, words));
        Flow::Next
    }

    /// The words that the tasks returned, in the order in which they are named.
    fn gather_tasks(&mut self, tasks: &[usize], dst: Option<Reg>, width: u16) -> Flow {
        let layout = &self.machine.layout;
        for &task in tasks {
            layout.set_joined(self.state, task);
        }
        if let Some(exception) = self.failed_among(tasks) {
            return Flow::Raise(exception);
        }
        if let Some(dst) = dst {
            let each = usize::from(width) / tasks.len().max(1);
            let mut words = Vec::with_capacity(usize::from(width));
            for &task in tasks {
                words.extend_from_slice(&layout.left_behind(self.state, task)[..each]);
            }
            for (reg, word) in (dst..).zip(words) {
                self.set_reg(reg, word);
            }
        }
        self.event(|| EventKind::Passed);
        Flow::Next
    }

    /// The result of a task that has ended. If it has not, time is up: it is asked to
    /// stop, and its end is waited for.
    fn wait_for_task(&mut self, task: usize, dst: Option<Reg>, width: u16) -> Flow {
        let layout = &self.machine.layout;
        layout.set_joined(self.state, task);
        if layout.is_running(self.state, task) {
            self.stop_and_wait(task);
            return Flow::Stay;
        }
        let time_is_up = layout.phase(self.state, self.actor) == Phase::Waiting;
        if layout.aux(self.state, self.actor) != 0 {
            return Flow::Raise(self.cancelled());
        }
        layout.set_phase(self.state, self.actor, Phase::Ready, ObjectId(0));
        let exception = self.machine.task_exception(self.state, task);
        if time_is_up && exception.is_some_and(|it| self.machine.is_cancellation(&it)) {
            return self.raise("TimedOut", None);
        }
        self.take_result(task, dst, width)
    }

    /// Asks the task of a `wait_for` to stop; from now on its end is waited for.
    pub fn stop_and_wait(&mut self, task: usize) {
        let layout = &self.machine.layout;
        layout.set_joined(self.state, task);
        self.cancel_task(task, &mut Vec::new());
        layout.set_phase(self.state, self.actor, Phase::Waiting, ObjectId(0));
        self.event(|| EventKind::Stopped(task, true));
    }

    fn failed_among(&self, tasks: &[usize]) -> Option<Exception> {
        let mut failed = tasks.iter();
        failed.find_map(|&task| self.machine.task_exception(self.state, task))
    }

    /// The exception that a `gather` of the actor has to pass on.
    pub fn failed_child(&self) -> Option<Exception> {
        if !self.machine.gathers(self.state, self.actor) {
            return None;
        }
        self.failed_among(&self.machine.tasks_named(self.state, self.actor))
    }

    /// `Cancelled`, raised here.
    pub fn cancelled(&self) -> Exception {
        Exception {
            name: cancelled_name(),
            misuse: None,
            pc: self.pc,
        }
    }

    /// The task ends without having begun.
    pub fn end_cancelled(&mut self, exception: Exception) {
        self.end(Status::Died, &[pack(exception)]);
    }

    /// Asks a task to stop; whether it had not ended. `asked` are those on the way.
    pub fn cancel_task(&mut self, task: usize, asked: &mut Vec<usize>) -> bool {
        let layout = &self.machine.layout;
        if layout.loop_of(self.state, task).is_none()
            || !layout.is_running(self.state, task)
            || asked.contains(&task)
        {
            return false;
        }
        asked.push(task);
        let suspended = layout.has(self.state, task, SUSPENDED);
        let waits = suspended && layout.place(self.state, task) == 0;
        if waits && self.pass_on(task, asked) {
            return true;
        }
        layout.set_bit(self.state, task, CANCEL, true);
        if waits {
            layout.stop_waiting(self.state, task);
            layout.enqueue(self.state, task);
        }
        true
    }

    /// Asks instead what a waiting task waits for.
    fn pass_on(&mut self, task: usize, asked: &mut Vec<usize>) -> bool {
        let layout = &self.machine.layout;
        let pc = layout.pc(self.state, task);
        match self.machine.program.instr(pc) {
            // Time is up already: the task is being stopped.
            Instr::Task {
                op: TaskOp::WaitFor,
                ..
            } if layout.phase(self.state, task) == Phase::Waiting => false,
            Instr::Task {
                op: TaskOp::Result | TaskOp::WaitFor,
                ..
            } => {
                let of = self.machine.tasks_named(self.state, task);
                of.first()
                    .is_some_and(|&inner| self.cancel_task(inner, asked))
            }
            Instr::Task {
                op: TaskOp::Gather, ..
            } => {
                let mut any = false;
                for child in self.machine.tasks_named(self.state, task) {
                    any |= self.cancel_task(child, asked);
                }
                if any {
                    layout.set_bit(self.state, task, CANCEL, true);
                }
                any
            }
            Instr::Future {
                op: FutureOp::Result(_) | FutureOp::WaitFor,
                future,
                ..
            } => {
                let number = self.machine.scene(self.state, task).eval(future);
                let job = number.ok().and_then(|job| usize::try_from(job).ok());
                if let Some(job) = job
                    && layout.job_status(self.state, job) == Some(JobStatus::Pending)
                {
                    layout.settle_future(self.state, job, JobStatus::Cancelled, &[]);
                }
                false
            }
            _ => false,
        }
    }
}
