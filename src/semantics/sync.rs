//! Which file knows an operation.

use super::machine::{Done, Machine, Step, may_give_up};
use super::record::{Misuse, Recorder};
use super::state::State;
use crate::program::{ObjectId, Reg, SyncOp};

impl Machine<'_> {
    /// Whether the operation could go on now. An object that does not exist is
    /// ready: executing it raises.
    pub(super) fn sync_ready(&self, state: &State, actor: usize, op: SyncOp, number: i64) -> bool {
        if let SyncOp::Join(mode) = op {
            return may_give_up(mode) || super::actor::can_join(self, state, number);
        }
        let Some(id) = self.object(state, actor, number) else {
            return true;
        };
        match op {
            SyncOp::Lock(mode) => super::lock::is_ready(self, state, actor, id, mode),
            SyncOp::Read(mode) => super::rwlock::can_read(self, state, actor, id, mode),
            SyncOp::Write(mode) => super::rwlock::can_write(self, state, actor, id, mode),
            SyncOp::Acquire(mode) => super::sem::is_ready(self, state, id, mode),
            SyncOp::CondWait(mode) => super::cond::is_ready(self, state, actor, id, mode),
            SyncOp::EventWait(mode) => super::event::is_ready(self, state, actor, id, mode),
            SyncOp::BarrierWait(mode) => super::barrier::is_ready(self, state, actor, mode),
            SyncOp::LatchWait => super::latch::is_ready(self, state, id),
            SyncOp::OnceBegin => super::once::is_ready(self, state, id),
            SyncOp::ChanJoin => super::chan::can_join(self, state, id),
            SyncOp::Drain => !self.has_open_jobs(state, id),
            SyncOp::Unlock
            | SyncOp::ReadUnlock
            | SyncOp::WriteUnlock
            | SyncOp::Downgrade
            | SyncOp::Release
            | SyncOp::Notify
            | SyncOp::NotifyAll
            | SyncOp::EventSet
            | SyncOp::EventClear
            | SyncOp::BarrierAbort
            | SyncOp::BarrierReset
            | SyncOp::CountDown
            | SyncOp::LatchAdd
            | SyncOp::OnceEnd
            | SyncOp::TaskDone
            | SyncOp::Close
            | SyncOp::Shutdown
            | SyncOp::ShutdownNow => true,
            SyncOp::Join(_) => unreachable!("answered above"),
        }
    }
}

impl<R: Recorder> Step<'_, '_, R> {
    pub fn sync(&mut self, op: SyncOp, number: i64, arg: i64, dst: Option<Reg>) -> Done {
        if let SyncOp::Join(_) = op {
            return self.join(number, dst);
        }
        let Some(id) = self.scene().object(number) else {
            return Ok(self.raise("NotStarted", Some(Misuse::NotStarted)));
        };
        match op {
            SyncOp::Lock(mode) => self.lock(id, mode, dst),
            SyncOp::Unlock => self.unlock(id),
            SyncOp::Read(mode) => self.read_lock(id, mode, dst),
            SyncOp::ReadUnlock => self.read_unlock(id),
            SyncOp::Write(mode) => self.write_lock(id, mode, dst),
            SyncOp::WriteUnlock => self.write_unlock(id),
            SyncOp::Downgrade => self.downgrade(id),
            SyncOp::Acquire(mode) => self.acquire(id, mode, dst),
            SyncOp::Release => self.release(id, arg),
            SyncOp::CondWait(mode) => self.cond_wait(id, mode, dst),
            SyncOp::Notify => self.notify(id, Some(arg)),
            SyncOp::NotifyAll => self.notify(id, None),
            SyncOp::EventSet => self.event_set(id),
            SyncOp::EventClear => self.event_clear(id),
            SyncOp::EventWait(mode) => self.event_wait(id, mode, dst),
            SyncOp::BarrierWait(_) => self.barrier_wait(id, dst),
            SyncOp::BarrierAbort => self.barrier_break(id, true),
            SyncOp::BarrierReset => self.barrier_break(id, false),
            SyncOp::CountDown => self.latch_add(id, -1),
            SyncOp::LatchAdd => self.latch_add(id, arg),
            SyncOp::LatchWait | SyncOp::ChanJoin | SyncOp::Drain => self.did(id, None),
            SyncOp::Shutdown => self.shutdown(id, false),
            SyncOp::ShutdownNow => self.shutdown(id, true),
            SyncOp::OnceBegin => self.once_begin(id, dst),
            SyncOp::OnceEnd => self.once_end(id),
            SyncOp::TaskDone => self.task_done(id),
            SyncOp::Close => self.close(id),
            SyncOp::Join(_) => unreachable!("answered above"),
        }
    }

    /// The operation went through.
    pub fn did(&mut self, id: ObjectId, result: Option<i64>) -> Done {
        self.event(|| super::EventKind::Did(id, result));
        Ok(super::machine::Flow::Next)
    }

    /// The operation went through with a result.
    pub fn did_with(&mut self, id: ObjectId, dst: Option<Reg>, result: i64) -> Done {
        self.set_result(dst, result);
        self.did(id, Some(result))
    }

    /// The actor's number as it stands in owner words: 0 is nobody.
    pub fn me(&self) -> i64 {
        i64::try_from(self.actor + 1).expect("at most 112 actors")
    }

    /// Actors that sleep at an object, ascending.
    pub fn sleepers(&self, id: ObjectId) -> Vec<usize> {
        let layout = &self.machine.layout;
        (0..layout.capacity().actors)
            .filter(|&actor| {
                layout.is_running(self.state, actor)
                    && layout.phase(self.state, actor) == super::Phase::Waiting
                    && layout.waits_at(self.state, actor) == Some(id)
            })
            .collect()
    }
}
