//! `executor`: workers that take jobs from one queue, oldest first.
//!
//! Word: whether it was shut down. The queue itself is nowhere: it is the futures
//! of the executor that are pending, in the order of their numbers, which is the
//! order in which they were submitted.
//!
//! A worker is an actor from the start. It stands before [`Instr::TakeJob`] until
//! there is a job; a job runs in a frame on top of the worker's own, so that an
//! exception that leaves the job comes to the worker's handler. Idle workers that
//! hold the same are alike, so only the first of them takes the next job. They never end: a
//! worker without a job keeps the program as little alive as one that has ended.
//!
//! Source: `concurrent.futures` of Python. Deviation: there a worker is created
//! when it is first needed, which nobody can observe.

use super::future::JobStatus;
use super::machine::{Done, FUTURES_MAX, Flow, Limit, Machine, Step, Stop};
use super::record::{EventKind, Misuse, Recorder};
use super::state::State;
use crate::base::{ActorSet, Mistake, planted};
use crate::program::{ActorKind, Expr, FutureOp, Instr, ObjectId, Program, Reg, SyncOp};

/// The workers of a program, ascending, each with its executor.
pub(super) fn workers(program: &Program) -> Vec<(usize, ObjectId)> {
    let actors = program.actors.iter().enumerate();
    actors
        .filter_map(|(actor, row)| match row.kind {
            ActorKind::Worker(executor) => Some((actor, executor)),
            ActorKind::Thread | ActorKind::Task { .. } => None,
        })
        .collect()
}

impl Machine<'_> {
    /// The executor of a worker; `None` for other actors.
    pub fn executor_of(&self, actor: usize) -> Option<ObjectId> {
        let found = self.workers.binary_search_by_key(&actor, |&(it, _)| it);
        found.ok().map(|at| self.workers[at].1)
    }

    /// The workers of an executor, ascending.
    pub fn workers_of(&self, executor: ObjectId) -> impl Iterator<Item = usize> + '_ {
        let all = self.workers.iter();
        all.filter(move |(_, of)| *of == executor)
            .map(|&(actor, _)| actor)
    }

    /// Whether the actor is a worker that runs no job.
    pub fn is_idle(&self, state: &State, actor: usize) -> bool {
        self.executor_of(actor).is_some()
            && self.layout.is_running(state, actor)
            && matches!(
                self.program.instr(self.layout.pc(state, actor)),
                Instr::TakeJob { .. }
            )
    }

    /// Whether the actor is a worker without a job, and there is none it could take.
    pub fn has_nothing_to_do(&self, state: &State, actor: usize) -> bool {
        self.executor_of(actor).is_some_and(|executor| {
            self.is_idle(state, actor) && self.next_job(state, executor).is_none()
        })
    }

    /// Whether an executor takes no jobs any more.
    pub fn is_shut_down(&self, state: &State, executor: ObjectId) -> bool {
        state.word(self.layout.object(executor)) != 0
    }

    /// The job at the head of an executor's queue.
    pub fn next_job(&self, state: &State, executor: ObjectId) -> Option<usize> {
        let layout = &self.layout;
        let mut rows = layout.statuses(state).enumerate();
        let first = rows.find(|&(job, status)| {
            status == JobStatus::Pending && layout.job_executor(state, job) == executor
        });
        first.map(|(job, _)| job)
    }

    /// Whether some job is in a queue.
    pub fn has_jobs_waiting(&self, state: &State) -> bool {
        let mut statuses = self.layout.statuses(state);
        statuses.any(|status| status == JobStatus::Pending)
    }

    /// The jobs of an executor that a state keeps, in the order of their submission.
    pub fn jobs_of<'a>(
        &'a self,
        state: &'a State,
        executor: ObjectId,
    ) -> impl Iterator<Item = usize> + 'a {
        self.jobs(state)
            .filter(move |&job| self.layout.job_executor(state, job) == executor)
    }

    /// More room for jobs.
    pub(super) fn more_futures(&self) -> Stop {
        let mut capacity = self.layout.capacity();
        capacity.futures = (capacity.futures * 2).clamp(1, FUTURES_MAX);
        Stop::Grow(capacity)
    }

    /// Whether some code takes jobs out of a queue that nobody has begun.
    pub fn cancels_jobs(&self) -> bool {
        let takes_back = |instr: &Instr| {
            matches!(
                instr,
                Instr::Future {
                    op: FutureOp::Cancel | FutureOp::WaitFor,
                    ..
                } | Instr::Sync {
                    op: SyncOp::ShutdownNow,
                    ..
                }
            )
        };
        // A task that is asked to stop while it waits for a job takes it back.
        let stops = self.cancels || self.main_task.is_some();
        stops || self.program.code.iter().any(takes_back)
    }

    /// Whether some job of an executor is not done.
    pub fn has_open_jobs(&self, state: &State, executor: ObjectId) -> bool {
        self.jobs_of(state, executor)
            .filter_map(|job| self.layout.job_status(state, job))
            .any(|status| !status.is_done())
    }

    /// The worker that runs a job.
    pub fn worker_on(&self, state: &State, job: usize) -> Option<usize> {
        if self.layout.job_status(state, job) != Some(JobStatus::Running) {
            return None;
        }
        self.workers_of(self.layout.job_executor(state, job))
            .find(|&worker| self.job_on(state, worker) == Some(job))
    }

    /// The job that a worker runs.
    pub fn job_on(&self, state: &State, worker: usize) -> Option<usize> {
        self.executor_of(worker)?;
        let running = self.layout.is_running(state, worker);
        if !running || self.is_idle(state, worker) || self.is_leaving(state, worker) {
            return None;
        }
        // The first register of a worker's own frame; see `compile`.
        let noted = state.word(self.layout.bottom(worker));
        self.layout.job_noted(worker, noted)
    }

    /// Whether a worker may take a job now.
    pub(super) fn takes(&self, state: &State, actor: usize, executor: ObjectId) -> bool {
        self.next_job(state, executor).is_some()
            && self
                .workers_of(executor)
                .take_while(|&worker| worker < actor)
                .filter(|&worker| self.is_idle(state, worker))
                .all(|worker| self.hold_different(state, worker, actor))
    }

    /// The workers that could take a job if each were the first of those that are idle.
    pub fn could_take(&self, state: &State) -> ActorSet {
        let workers = self.workers.iter().filter(|&&(worker, executor)| {
            self.is_idle(state, worker) && self.next_job(state, executor).is_some()
        });
        workers.map(|&(worker, _)| worker).collect()
    }

    /// Whether one of two workers holds what the other does not: a job has left it behind.
    fn hold_different(&self, state: &State, one: usize, other: usize) -> bool {
        !planted(Mistake::IdleAllAlike)
            && self
                .objects_of(state, one)
                .any(|id| self.holds(state, one, id) != self.holds(state, other, id))
    }
}

impl<R: Recorder> Step<'_, '_, R> {
    pub fn submit(&mut self, dst: Option<Reg>, executor: &Expr, args: &[Expr]) -> Done {
        let number = self.eval(executor)?;
        let Some(executor) = self.scene().object(number) else {
            return Ok(self.raise("NotStarted", Some(Misuse::NotStarted)));
        };
        let mut words = Vec::with_capacity(args.len());
        for arg in args {
            words.push(self.eval(arg)?);
        }
        let layout = &self.machine.layout;
        if self.state.word(layout.object(executor)) != 0 {
            let misuse = Misuse::SubmittedAfterShutdown;
            return Ok(self.raise("ShutDown", Some(misuse)));
        }
        let job = layout.n_submitted(self.state);
        if job >= FUTURES_MAX {
            return Err(Stop::Limit(Limit::Futures, self.pc));
        }
        if layout.n_futures(self.state) >= layout.capacity().futures {
            return Err(self.machine.more_futures());
        }
        let row = layout.open_row(self.state, executor);
        layout.begin_future(self.state, row, executor, self.pc, &words);
        let handle = i64::try_from(job).expect("at most 256 futures");
        self.set_result(dst, handle);
        self.event(|| EventKind::Submitted(executor, job));
        Ok(Flow::Next)
    }

    /// No job is taken any more; with `cancel`, those in the queue are thrown away.
    pub fn shutdown(&mut self, id: ObjectId, cancel: bool) -> Done {
        let machine = self.machine;
        self.state.set_word(machine.layout.object(id), 1);
        if cancel {
            while let Some(job) = machine.next_job(self.state, id) {
                machine.layout.cancel_job(self.state, job);
            }
        }
        self.did(id, None)
    }

    pub fn take_job(&mut self, executor: ObjectId, future: Reg, result: Reg) -> Done {
        let machine = self.machine;
        let job = machine.next_job(self.state, executor);
        let job = job.expect("a worker is enabled only when there is a job");
        let submitted = machine.layout.submitted_at(self.state, job);
        let Instr::Submit { function, args, .. } = machine.program.instr(submitted) else {
            unreachable!("only `Submit` makes futures");
        };
        let data = machine.layout.future_data(job);
        let words = self.state.slice(data.clone())[..args.len()].to_vec();
        let noted = machine.layout.begin_job(self.state, job);
        self.set_reg(future, noted);
        self.event(|| EventKind::Took(job));
        self.push_frame(*function, words, Some(result))?;
        Ok(Flow::There)
    }

    pub fn finish_job(&mut self, future: Reg, result: Reg, width: u16, failed: bool) -> Done {
        let regs = self.machine.layout.regs(self.state, self.actor);
        let first = regs + usize::from(result);
        let words = self.state.slice(first..first + usize::from(width)).to_vec();
        let noted = self.state.word(regs + usize::from(future));
        let job = self.machine.layout.job_noted(self.actor, noted);
        let job = job.expect("a worker notes the job that it runs");
        let status = if failed {
            JobStatus::Failed
        } else {
            JobStatus::Finished
        };
        self.note_held();
        self.end_job((job, noted), status, &words)?;
        self.state
            .slice_mut(first..first + usize::from(width))
            .fill(0);
        self.set_reg(future, 0);
        self.event(|| match failed {
            true => EventKind::Failed(job, super::local::unpack(words[0])),
            false => EventKind::Finished(job),
        });
        Ok(Flow::Next)
    }
}
