//! Futures: what became of each job, and those who wait for it.
//!
//! Words of a row: what became of it, whether somebody asked for its exception,
//! its executor and the `submit` that made it; then the arguments while it is
//! pending, the words of the result when it is finished, the exception when it
//! has failed, and zeros.

use super::eval::Scene;
use super::layout::{Capacity, Layout};
use super::local::unpack;
use super::machine::{Done, Flow, Machine, Step};
use super::record::{EventKind, Exception, Misuse, Recorder};
use super::state::State;
use crate::program::{Expr, FutureOp, Instr, ObjectId, Pc, Program, Reg, WaitMode};

/// What became of a job.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JobStatus {
    /// It is in the queue.
    Pending,
    /// A worker runs it.
    Running,
    /// It gave its result.
    Finished,
    /// It raised.
    Failed,
    /// It was taken out of the queue.
    Cancelled,
}

impl JobStatus {
    /// Nothing more will become of it.
    pub fn is_done(self) -> bool {
        !matches!(self, JobStatus::Pending | JobStatus::Running)
    }
}

const STATUS_MASK: i64 = 0b111;
const ASKED: i64 = 1 << 3;
const EXECUTOR_SHIFT: u32 = 4;
const SUBMITTED_SHIFT: u32 = 32;

impl Layout {
    /// How many futures exist; they are numbered from 0 in the order of submission.
    pub fn n_futures(&self, state: &State) -> usize {
        (0..self.capacity().futures)
            .find(|&future| state.word(self.future(future)) == 0)
            .unwrap_or(self.capacity().futures)
    }

    /// What became of each job that has a row; no row is looked at before it is asked for.
    pub(super) fn statuses(&self, state: &State) -> impl Iterator<Item = JobStatus> {
        let rows = 0..self.capacity().futures;
        rows.map_while(|future| self.job_status(state, future))
    }

    /// What became of a future's job; `None` if there is no such future.
    pub fn job_status(&self, state: &State, future: usize) -> Option<JobStatus> {
        match state.word(self.about_job(future)?) & STATUS_MASK {
            0 => None,
            1 => Some(JobStatus::Pending),
            2 => Some(JobStatus::Running),
            3 => Some(JobStatus::Finished),
            4 => Some(JobStatus::Failed),
            _ => Some(JobStatus::Cancelled),
        }
    }

    /// The executor of an existing future.
    pub fn job_executor(&self, state: &State, future: usize) -> ObjectId {
        executor_in(self.job_word(state, future))
    }

    /// The `submit` that made an existing future.
    pub fn submitted_at(&self, state: &State, future: usize) -> Pc {
        submitted_in(self.job_word(state, future))
    }

    fn job_word(&self, state: &State, future: usize) -> i64 {
        let at = self.about_job(future);
        state.word(at.expect("only asked of futures that exist"))
    }

    /// The word that says what became of a job.
    fn about_job(&self, future: usize) -> Option<usize> {
        let Capacity {
            futures, actors, ..
        } = self.capacity();
        if future < futures {
            return Some(self.future(future));
        }
        let worker = future - futures;
        let runs = self.capacity().forgets_jobs && worker < actors;
        runs.then(|| self.bottom(worker))
    }

    /// Somebody asked for the exception of a job that failed.
    pub fn is_asked(&self, state: &State, future: usize) -> bool {
        state.word(self.future(future)) & ASKED != 0
    }

    /// The exception of a job that failed.
    pub fn job_exception(&self, state: &State, future: usize) -> Option<Exception> {
        let failed = self.job_status(state, future) == Some(JobStatus::Failed);
        failed.then(|| unpack(state.word(self.future_data(future).start)))
    }

    /// A job by the name of its function; numbered in the order of submission if
    /// there are several of the same name and the state keeps all jobs.
    pub fn job_name(&self, program: &Program, state: &State, future: usize) -> String {
        let base = |job: usize| match program.instr(self.submitted_at(state, job)) {
            Instr::Submit { function, .. } => &*program.functions[function.index()].name,
            _ => "",
        };
        if self.job_status(state, future).is_none() {
            return "?".to_owned();
        }
        let own = base(future);
        if self.capacity().forgets_jobs {
            return own.to_owned();
        }
        let alike = |end: usize| (0..end).filter(|&job| base(job) == own).count();
        if alike(self.n_futures(state)) < 2 {
            return own.to_owned();
        }
        format!("{own}#{}", alike(future) + 1)
    }

    pub(super) fn begin_future(
        &self,
        state: &mut State,
        future: usize,
        executor: ObjectId,
        pc: Pc,
        args: &[i64],
    ) {
        let word = i64::from(executor.0) << EXECUTOR_SHIFT | i64::from(pc) << SUBMITTED_SHIFT;
        state.set_word(self.future(future), with_status(word, JobStatus::Pending));
        let data = self.future_data(future);
        state.slice_mut(data)[..args.len()].copy_from_slice(args);
    }

    /// A future goes on to another status, with these data.
    pub(super) fn settle_future(
        &self,
        state: &mut State,
        future: usize,
        status: JobStatus,
        words: &[i64],
    ) {
        let at = self.future(future);
        state.set_word(at, with_status(state.word(at), status));
        let data = state.slice_mut(self.future_data(future));
        data.fill(0);
        data[..words.len()].copy_from_slice(words);
    }
}

/// The first word of a row, with another status.
pub(super) fn with_status(word: i64, status: JobStatus) -> i64 {
    let code = match status {
        JobStatus::Pending => 1,
        JobStatus::Running => 2,
        JobStatus::Finished => 3,
        JobStatus::Failed => 4,
        JobStatus::Cancelled => 5,
    };
    word & !STATUS_MASK | code
}

/// The executor in the first word of a row.
pub(super) fn executor_in(word: i64) -> ObjectId {
    ObjectId(u32::try_from(word >> EXECUTOR_SHIFT & 0xfff_ffff).expect("28 bits"))
}

/// The `submit` in the first word of a row.
fn submitted_in(word: i64) -> Pc {
    Pc::try_from(word >> SUBMITTED_SHIFT).expect("a pc is an index into code")
}

/// The future with that number, if there is one.
fn known(layout: &Layout, state: &State, number: i64) -> Option<(usize, JobStatus)> {
    let future = usize::try_from(number).ok()?;
    let status = layout.job_status(state, future)?;
    Some((future, status))
}

/// Whether a wait for several futures can go on. What does not exist is ready:
/// executing it raises.
pub(super) fn gathered(scene: &Scene<'_>, futures: &[Expr], all: bool, seen: Option<Reg>) -> bool {
    let seen = seen.map_or(Ok(0), |seen| scene.eval(&Expr::Reg(seen)));
    let mut any = false;
    for (position, future) in futures.iter().enumerate() {
        let Ok(number) = scene.eval(future) else {
            return true;
        };
        let Some((_, status)) = known(scene.layout, scene.state, number) else {
            return true;
        };
        if all && !status.is_done() {
            return false;
        }
        any |= status.is_done() && seen.is_ok_and(|seen| seen >> position & 1 == 0);
    }
    all || any
}

impl Machine<'_> {
    pub(super) fn future_ready(&self, state: &State, op: FutureOp, number: i64) -> bool {
        match op {
            FutureOp::Result(WaitMode::Wait) | FutureOp::Exception(_) => {
                known(&self.layout, state, number).is_none_or(|(_, status)| status.is_done())
            }
            FutureOp::Result(_) | FutureOp::WaitFor | FutureOp::Cancel => true,
        }
    }
}

impl<R: Recorder> Step<'_, '_, R> {
    pub fn ask_future(&mut self, op: FutureOp, number: i64, dst: Option<Reg>, width: u16) -> Done {
        let layout = &self.machine.layout;
        let Some((future, status)) = known(layout, self.state, number) else {
            return Ok(self.raise("NotStarted", Some(Misuse::NotStarted)));
        };
        // A loop hears of the end of a job by and by; time may be up before it does.
        if op == FutureOp::WaitFor
            && status.is_done()
            && self.resumes
            && self.chooser.choose(2) == 1
        {
            self.event(|| EventKind::TooLate(future));
            return Ok(self.raise("TimedOut", None));
        }
        let words = match (op, status) {
            (FutureOp::Cancel, JobStatus::Pending) => {
                layout.settle_future(self.state, future, JobStatus::Cancelled, &[]);
                vec![1]
            }
            (FutureOp::Cancel, JobStatus::Cancelled) => vec![1],
            (FutureOp::Cancel, _) => vec![0],
            (_, JobStatus::Cancelled) => return Ok(self.raise("Cancelled", None)),
            (_, JobStatus::Pending | JobStatus::Running) => {
                if op == FutureOp::WaitFor && status == JobStatus::Pending {
                    layout.settle_future(self.state, future, JobStatus::Cancelled, &[]);
                }
                self.event(|| EventKind::GaveUp(future));
                return Ok(self.raise("TimedOut", None));
            }
            (FutureOp::Result(_) | FutureOp::WaitFor, JobStatus::Failed) => {
                let exception = self.asked(future);
                return Ok(Flow::Raise(exception));
            }
            (FutureOp::Result(_) | FutureOp::WaitFor, JobStatus::Finished) => {
                let data = layout.future_data(future);
                self.state.slice(data)[..usize::from(width)].to_vec()
            }
            (FutureOp::Exception(_), JobStatus::Failed) => {
                vec![i64::from(self.asked(future).name.0)]
            }
            (FutureOp::Exception(none), JobStatus::Finished) => vec![i64::from(none.0)],
        };
        if let Some(dst) = dst {
            for (reg, &word) in (dst..).zip(&words) {
                self.set_reg(reg, word);
            }
        }
        self.event(|| EventKind::Got(future, words));
        Ok(Flow::Next)
    }

    /// The exception of a failed job, which nobody can say now was not asked for.
    fn asked(&mut self, future: usize) -> Exception {
        let layout = &self.machine.layout;
        let at = layout.future(future);
        self.state.set_word(at, self.state.word(at) | ASKED);
        let exception = layout.job_exception(self.state, future);
        exception.expect("only asked of a job that failed")
    }

    pub fn gather(
        &mut self,
        futures: &[Expr],
        all: bool,
        dst: Option<Reg>,
        seen: Option<Reg>,
    ) -> Done {
        let mut before = match seen {
            Some(seen) => self.eval(&Expr::Reg(seen))?,
            None => 0,
        };
        let mut done = Vec::new();
        for (position, future) in futures.iter().enumerate() {
            let number = self.eval(future)?;
            let Some((future, status)) = known(&self.machine.layout, self.state, number) else {
                return Ok(self.raise("NotStarted", Some(Misuse::NotStarted)));
            };
            if status.is_done() && before >> position & 1 == 0 {
                done.push((position, future));
            }
        }
        if all || dst.is_none() && seen.is_none() {
            self.event(|| EventKind::Gathered(None));
            return Ok(Flow::Next);
        }
        let (position, future) = done[self.choose_among(done.len())];
        before |= 1 << position;
        self.set_result(seen, before);
        self.set_result(dst, i64::try_from(future).expect("at most 256 futures"));
        self.event(|| EventKind::Gathered(Some(future)));
        Ok(Flow::Next)
    }
}
