//! `rwlock`: many readers or one writer, under three policies.
//!
//! Words: the writer plus 1; for each actor how often it is inside as a reader;
//! with `fair`, the queue of those who wait, in order, each plus 1.
//!
//! - `readers`: nobody queues. A reader enters whenever no writer is inside.
//! - `writers`: a writer that cannot enter at once begins to wait, as a step of
//!   its own; from then on no reader enters. So a reader that is already inside
//!   and reads again behind a waiting writer is stuck, as in real libraries.
//! - `fair`: whoever cannot enter at once queues, as a step of its own, and
//!   enters in order of arrival.

use super::machine::{Done, Flow, Machine, Step, may_give_up};
use super::record::{EventKind, Misuse, Recorder};
use super::state::{Phase, State};
use crate::base::{Mistake, planted};
use crate::program::{Instr, ObjectId, ObjectKind, Reg, RwPolicy, SyncOp, WaitMode};

impl Machine<'_> {
    fn policy(&self, id: ObjectId) -> RwPolicy {
        match self.program.objects[id.index()].kind {
            ObjectKind::RwLock { policy } => policy,
            _ => RwPolicy::Readers,
        }
    }

    /// Actors inside as readers, ascending; without those of another process who
    /// were when this copy was taken.
    pub fn readers(&self, state: &State, id: ObjectId) -> Vec<usize> {
        let at = self.layout.object(id) + 1;
        (0..self.layout.capacity().actors)
            .filter(|&actor| state.word(at + actor) != 0)
            .filter(|&actor| !self.is_absent(state, actor, id))
            .collect()
    }

    fn has_writer(&self, state: &State, id: ObjectId) -> bool {
        state.word(self.layout.object(id)) != 0
    }

    /// Writers that have begun to wait, ascending.
    pub fn waiting_writers(&self, state: &State, id: ObjectId) -> Vec<usize> {
        (0..self.layout.capacity().actors)
            .filter(|&actor| {
                self.layout.is_running(state, actor)
                    && self.layout.phase(state, actor) == Phase::Waiting
                    && self.layout.waits_at(state, actor) == Some(id)
                    && matches!(
                        self.program.instr(self.layout.pc(state, actor)),
                        Instr::Sync {
                            op: SyncOp::Write(_),
                            ..
                        }
                    )
            })
            .collect()
    }

    /// Actors that queue at a fair lock, in order.
    pub fn queue(&self, state: &State, id: ObjectId) -> Vec<usize> {
        if self.policy(id) != RwPolicy::Fair {
            return Vec::new();
        }
        let n = self.layout.capacity().actors;
        let at = self.layout.object(id) + 1 + n;
        (at..at + n)
            .map_while(|at| usize::try_from(state.word(at)).ok()?.checked_sub(1))
            .collect()
    }

    fn is_free(&self, state: &State, id: ObjectId) -> bool {
        let words = self.layout.object(id)..=self.layout.object(id) + self.layout.capacity().actors;
        state.words()[words].iter().all(|&word| word == 0)
    }

    fn reader_may_enter(&self, state: &State, actor: usize, id: ObjectId) -> bool {
        if self.has_writer(state, id) {
            return false;
        }
        match self.policy(id) {
            RwPolicy::Readers => true,
            RwPolicy::Writers => {
                self.waiting_writers(state, id).is_empty() || planted(Mistake::WritersNotPreferred)
            }
            RwPolicy::Fair => {
                let queue = self.queue(state, id);
                let first = queue.is_empty() || queue[0] == actor;
                first || planted(Mistake::FairQueueOvertaken)
            }
        }
    }

    fn writer_may_enter(&self, state: &State, actor: usize, id: ObjectId) -> bool {
        let ignores = planted(Mistake::WriterIgnoresReaders) && !self.has_writer(state, id);
        if !self.is_free(state, id) && !ignores {
            return false;
        }
        let queue = self.queue(state, id);
        queue.is_empty() || queue[0] == actor || planted(Mistake::FairQueueOvertaken)
    }
}

pub(super) fn can_read(
    m: &Machine,
    state: &State,
    actor: usize,
    id: ObjectId,
    mode: WaitMode,
) -> bool {
    let queues = m.policy(id) == RwPolicy::Fair && m.layout.phase(state, actor) == Phase::Ready;
    may_give_up(mode) || queues || m.reader_may_enter(state, actor, id)
}

pub(super) fn can_write(
    m: &Machine,
    state: &State,
    actor: usize,
    id: ObjectId,
    mode: WaitMode,
) -> bool {
    let queues = m.policy(id) != RwPolicy::Readers && m.layout.phase(state, actor) == Phase::Ready;
    may_give_up(mode) || queues || m.writer_may_enter(state, actor, id)
}

impl<R: Recorder> Step<'_, '_, R> {
    pub fn read_lock(&mut self, id: ObjectId, mode: WaitMode, dst: Option<Reg>) -> Done {
        if !self.machine.reader_may_enter(self.state, self.actor, id) {
            return self.cannot_enter(id, mode, dst);
        }
        self.leave_queue(id);
        let at = self.machine.layout.object(id) + 1 + self.actor;
        self.state.set_word(at, self.state.word(at) + 1);
        self.entered(id, mode, dst)
    }

    pub fn write_lock(&mut self, id: ObjectId, mode: WaitMode, dst: Option<Reg>) -> Done {
        if !self.machine.writer_may_enter(self.state, self.actor, id) {
            return self.cannot_enter(id, mode, dst);
        }
        self.leave_queue(id);
        self.state
            .set_word(self.machine.layout.object(id), self.me());
        self.entered(id, mode, dst)
    }

    fn entered(&mut self, id: ObjectId, mode: WaitMode, dst: Option<Reg>) -> Done {
        let layout = &self.machine.layout;
        layout.set_phase(self.state, self.actor, Phase::Ready, id);
        if may_give_up(mode) {
            self.did_with(id, dst, 1)
        } else {
            self.did(id, None)
        }
    }

    fn cannot_enter(&mut self, id: ObjectId, mode: WaitMode, dst: Option<Reg>) -> Done {
        if may_give_up(mode) {
            return self.did_with(id, dst, 0);
        }
        if self.machine.policy(id) == RwPolicy::Fair {
            let n = self.machine.layout.capacity().actors;
            let at = self.machine.layout.object(id) + 1 + n;
            let last = self.machine.queue(self.state, id).len();
            self.state.set_word(at + last, self.me());
        }
        let layout = &self.machine.layout;
        layout.set_phase(self.state, self.actor, Phase::Waiting, id);
        self.event(|| EventKind::Sleeps(id));
        Ok(Flow::Stay)
    }

    /// Whoever stops waiting leaves the queue, wherever it stands in it.
    pub fn give_up_queue(&mut self, id: ObjectId) {
        let queue = self.machine.queue(self.state, id);
        let n = self.machine.layout.capacity().actors;
        let at = self.machine.layout.object(id) + 1 + n;
        if let Some(place) = queue.iter().position(|&other| other == self.actor) {
            let words = &mut self.state.words_mut()[at + place..at + queue.len()];
            words.rotate_left(1);
            words[queue.len() - place - 1] = 0;
        }
    }

    fn leave_queue(&mut self, id: ObjectId) {
        let queue = self.machine.queue(self.state, id);
        if queue.first() == Some(&self.actor) {
            let n = self.machine.layout.capacity().actors;
            let at = self.machine.layout.object(id) + 1 + n;
            let words = self.state.slice_mut(at..at + queue.len());
            words.rotate_left(1);
            words[queue.len() - 1] = 0;
        }
    }

    pub fn read_unlock(&mut self, id: ObjectId) -> Done {
        let at = self.machine.layout.object(id) + 1 + self.actor;
        let inside = self.state.word(at);
        if inside == 0 {
            return Ok(self.raise("NotHeld", Some(Misuse::NotHeld)));
        }
        self.state.set_word(at, inside - 1);
        self.did(id, None)
    }

    pub fn write_unlock(&mut self, id: ObjectId) -> Done {
        let at = self.machine.layout.object(id);
        if self.state.word(at) != self.me() {
            return Ok(self.raise("NotHeld", Some(Misuse::NotHeld)));
        }
        self.state.set_word(at, 0);
        self.did(id, None)
    }

    pub fn downgrade(&mut self, id: ObjectId) -> Done {
        let at = self.machine.layout.object(id);
        if self.state.word(at) != self.me() {
            return Ok(self.raise("NotHeld", Some(Misuse::NotHeld)));
        }
        self.state.set_word(at, 0);
        if !planted(Mistake::DowngradeLeaves) {
            self.state.set_word(at + 1 + self.actor, 1);
        }
        self.did(id, None)
    }
}
