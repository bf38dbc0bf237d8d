//! What executors have in common with those who give them work: queues, futures, and
//! which workers have nothing to do.
//!
//! A queue is like a channel: who submits accords with who takes. Where futures are kept,
//! jobs are numbered over all executors, so two who submit never accord. Of idle workers the
//! first takes a job, so finishing one does not accord with taking one.

use super::kinds::is_executor;
use super::resources::{Resources, Value};
use super::uses::{Class, Uses};
use crate::program::{Expr, FutureOp, Instr, ObjectId, Program, SyncOp, WaitMode};
use crate::semantics::keeps_no_future;

/// How who submits a job uses the numbers of all. Where nobody keeps a future nobody asks
/// for them, and the use only tells who submits.
pub(super) fn numbering(program: &Program) -> Class {
    match keeps_no_future(program) {
        true => Class::Look,
        false => Class::Change,
    }
}

impl Resources<'_> {
    /// What an instruction about jobs uses.
    pub(super) fn of_jobs(&self, instr: &Instr, value: Value<'_>, uses: &mut Uses) {
        match instr {
            Instr::Submit { executor, .. } => self.submit(executor, value, uses),
            Instr::Future { op, .. } => self.of_future(*op, uses),
            Instr::WaitJobs { all, .. } => {
                self.number(uses);
                // Any of those that are done may be given.
                let class = if *all { Class::Take } else { Class::Look };
                uses.add(self.futures, class);
            }
            Instr::TakeJob { executor, .. } => {
                uses.add(self.object(*executor), Class::Give);
                uses.add(self.idle, Class::Change);
                uses.add(self.futures, Class::Give);
            }
            Instr::FinishJob { .. } => {
                uses.add(self.idle, Class::Give);
                uses.add(self.futures, Class::Give);
            }
            _ => {}
        }
    }

    /// An executor is shut down, or waited for. A worker that takes or ends a job has one
    /// that is not done; so who waits for all of them cannot come before it.
    pub(super) fn of_shutdown(&self, op: SyncOp, object: &Expr, value: Value<'_>, uses: &mut Uses) {
        let (class, of_futures) = match op {
            SyncOp::ShutdownNow => (Class::Change, Some(Class::Change)),
            SyncOp::Drain => (Class::Take, Some(Class::Take)),
            _ => (Class::Take, None),
        };
        self.use_objects(object, value, uses, |kind| {
            is_executor(kind).then_some(class)
        });
        if let Some(class) = of_futures {
            uses.add(self.futures, class);
        }
    }

    /// Somebody asks what became of a job, or of all.
    pub(super) fn look_at_futures(&self, uses: &mut Uses) {
        uses.add(self.futures, Class::Look);
        self.number(uses);
    }

    /// Something depends on which numbers jobs have.
    fn number(&self, uses: &mut Uses) {
        if self.numbering == Class::Change {
            uses.add(self.numbers, Class::Look);
        }
    }

    fn submit(&self, executor: &Expr, value: Value<'_>, uses: &mut Uses) {
        self.use_objects(executor, value, uses, |kind| {
            is_executor(kind).then_some(Class::Take)
        });
        uses.add(self.numbers, self.numbering);
    }

    fn of_future(&self, op: FutureOp, uses: &mut Uses) {
        self.number(uses);
        match op {
            FutureOp::Result(WaitMode::Wait) | FutureOp::Exception(_) => {
                uses.add(self.futures, Class::Take);
            }
            FutureOp::Result(_) => uses.add(self.futures, Class::Change),
            // A job that nobody has begun is taken out of the queue.
            FutureOp::WaitFor | FutureOp::Cancel => {
                uses.add(self.futures, Class::Change);
                self.every_executor(Class::Change, uses);
            }
        }
    }

    fn every_executor(&self, class: Class, uses: &mut Uses) {
        for (index, object) in self.program().objects.iter().enumerate() {
            if is_executor(&object.kind) {
                uses.add(self.object(ObjectId::new(index)), class);
            }
        }
    }

    /// The uses of whoever may give workers something to do.
    pub fn submitting(&self) -> Uses {
        let mut uses = self.none();
        uses.add(self.numbers, self.numbering);
        uses
    }

    /// Whatever may let a worker take a job of its executor: one is submitted, or another
    /// worker takes or finishes one.
    pub fn for_worker(&self, executor: ObjectId, uses: &mut Uses) {
        self.changes(executor, uses);
        uses.add(self.idle, Class::Give);
        uses.add(self.idle, Class::Change);
    }

    /// Whatever ends a job.
    pub fn settling(&self, uses: &mut Uses) {
        uses.add(self.futures, Class::Give);
        uses.add(self.futures, Class::Change);
    }
}
