//! Jobs that leave nothing behind: what a state keeps of jobs if nobody keeps a future.
//!
//! Where every `submit` throws its future away, nobody can ask what became of a job. So
//! a layout with [`Capacity::forgets_jobs`](super::Capacity::forgets_jobs) has rows only
//! for jobs in a queue and for failures, which the end of the program is asked about. A job that
//! runs is known to its worker alone, in whose first register its row then stands: such a
//! job has the number of its worker, after those of all rows. Of a job that is done
//! nothing is left but that there was one.
//!
//! Rows are in the order of their executors; of each executor first the failures, in
//! order and each once, then the queue.
//!
//! **Theorem.** Let a state of all jobs stand for the one in which they are forgotten.
//! Then the same steps lead from both to states of which the one again stands for the
//! other. *Why.* A step looks at jobs in three ways: which is the first in the queue of an
//! executor, whether any of it is not done, and how many there were; all three are kept.
//! What is found, by its place in the text, is asked of the jobs that are not done and of
//! failures. Numbers of jobs are seen by nobody; reports are told from a run in
//! which all jobs are kept.
//!
//! **Condition.** No future is kept: not one `submit` has somewhere to put it. So whoever
//! asks for a future has the one that is none, -1, with which variables begin.
//!
//! **Deliberately left:** what `submit` does to the order of jobs is judged by the program
//! (`explore/reduction/jobs.rs`): a reduced search that keeps all jobs nevertheless would show
//! the same, but not every final state with all its words.

use super::future::{JobStatus, executor_in, with_status};
use super::layout::Layout;
use super::machine::{Machine, Step, Stop};
use super::state::State;
use crate::base::{Mistake, planted};
use crate::program::{Instr, ObjectId, Program};
use std::ops::Range;

/// Whether a program submits jobs, and keeps no future of any.
pub fn keeps_no_future(program: &Program) -> bool {
    let futures = program.code.iter().filter_map(|instr| match instr {
        Instr::Submit { dst, .. } => Some(dst),
        _ => None,
    });
    let mut futures = futures.peekable();
    futures.peek().is_some() && futures.all(Option::is_none)
}

impl Machine<'_> {
    /// The jobs that a state keeps: those in a row, and if done ones are forgotten, those
    /// that run, in the order of their workers.
    pub fn jobs<'a>(&'a self, state: &'a State) -> impl Iterator<Item = usize> + 'a {
        let forgets = self.layout.capacity().forgets_jobs;
        let workers = self.workers.iter().filter(move |_| forgets);
        let running = workers.filter_map(|&(worker, _)| self.job_on(state, worker));
        (0..self.layout.n_futures(state)).chain(running)
    }
}

impl Layout {
    /// How many jobs were submitted.
    pub(super) fn n_submitted(&self, state: &State) -> usize {
        match self.submitted() {
            Some(at) => usize::try_from(state.word(at)).expect("a count"),
            None => self.n_futures(state),
        }
    }

    /// The job that a worker runs, by what it notes in its first register.
    pub(super) fn job_noted(&self, worker: usize, noted: i64) -> Option<usize> {
        let capacity = self.capacity();
        match capacity.forgets_jobs {
            true => (noted != 0).then_some(capacity.futures + worker),
            false => usize::try_from(noted).ok(),
        }
    }

    /// A job runs from now on; gives what its worker notes.
    pub(super) fn begin_job(&self, state: &mut State, job: usize) -> i64 {
        self.settle_future(state, job, JobStatus::Running, &[]);
        match self.capacity().forgets_jobs {
            true => self.take_row(state, job),
            false => i64::try_from(job).expect("at most 256 futures"),
        }
    }

    /// A job that waits is thrown away.
    pub(super) fn cancel_job(&self, state: &mut State, job: usize) {
        self.settle_future(state, job, JobStatus::Cancelled, &[]);
        if self.capacity().forgets_jobs {
            self.take_row(state, job);
        }
    }

    /// Makes room for the row of a new job, behind the queue of its executor.
    pub(super) fn open_row(&self, state: &mut State, executor: ObjectId) -> usize {
        let n_rows = self.n_futures(state);
        let Some(at) = self.submitted() else {
            return n_rows;
        };
        state.set_word(at, state.word(at) + 1);
        let behind = (0..n_rows).find(|&row| self.job_executor(state, row).0 > executor.0);
        let row = behind.unwrap_or(n_rows);
        self.insert_row(state, row, n_rows);
        row
    }

    /// An empty row before another.
    fn insert_row(&self, state: &mut State, row: usize, n_rows: usize) {
        let rows = state.slice_mut(self.rows(row..n_rows + 1));
        let words = self.row_words();
        rows.copy_within(..rows.len() - words, words);
        rows[..words].fill(0);
    }

    /// Takes a row out and gives its first word.
    fn take_row(&self, state: &mut State, row: usize) -> i64 {
        let n_rows = self.n_futures(state);
        let rows = state.slice_mut(self.rows(row..n_rows));
        let words = self.row_words();
        let word = rows[0];
        rows.copy_within(words.., 0);
        let last = rows.len() - words;
        rows[last..].fill(0);
        word
    }

    /// Words of a row.
    fn row_words(&self) -> usize {
        self.rows(0..1).len()
    }

    fn rows(&self, rows: Range<usize>) -> Range<usize> {
        self.future(rows.start)..self.future(rows.end)
    }
}

impl<R> Step<'_, '_, R> {
    /// A job is done; what its worker noted of it says what it was.
    pub(super) fn end_job(
        &mut self,
        (job, noted): (usize, i64),
        status: JobStatus,
        words: &[i64],
    ) -> Result<(), Stop> {
        let layout = &self.machine.layout;
        match (layout.capacity().forgets_jobs, status) {
            (false, _) => layout.settle_future(self.state, job, status, words),
            (true, JobStatus::Failed) => self.keep_failure(noted, words)?,
            (true, _) => {}
        }
        Ok(())
    }

    /// A job failed, and is kept for it: one of several that are the same.
    fn keep_failure(&mut self, job: i64, exception: &[i64]) -> Result<(), Stop> {
        let layout = &self.machine.layout;
        let n_rows = layout.n_futures(self.state);
        let mut failure = vec![0; layout.row_words()];
        failure[0] = with_status(job, JobStatus::Failed);
        failure[1..=exception.len()].copy_from_slice(exception);
        let executor = executor_in(job);
        let is_before = |row: usize| {
            let of = layout.job_executor(self.state, row);
            let failed = layout.job_status(self.state, row) == Some(JobStatus::Failed);
            let row = self.state.slice(layout.rows(row..row + 1));
            of.0 < executor.0 || of == executor && failed && row < failure.as_slice()
        };
        let row = (0..n_rows).find(|&row| !is_before(row)).unwrap_or(n_rows);
        let is_known = row < n_rows && *self.state.slice(layout.rows(row..row + 1)) == failure;
        if is_known || planted(Mistake::FailuresForgotten) {
            return Ok(());
        }
        if n_rows >= layout.capacity().futures {
            return Err(self.machine.more_futures());
        }
        layout.insert_row(self.state, row, n_rows);
        let place = layout.rows(row..row + 1);
        self.state.slice_mut(place).copy_from_slice(&failure);
        Ok(())
    }
}
