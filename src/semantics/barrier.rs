//! `barrier`: everybody waits for everybody, again and again.
//!
//! Words: how many have arrived in this round; whether it is broken. The last
//! to arrive wakes the others and so begins the next round at once: whoever was
//! woken has passed this round, however late it moves on.
//!
//! A wait with a time-out that gives up breaks the barrier for all, as in Python.

use super::machine::{Done, Flow, Machine, Step, may_give_up};
use super::record::{EventKind, Recorder};
use super::state::{Phase, State};
use crate::base::{Mistake, planted};
use crate::program::{ObjectId, ObjectKind, Reg, WaitMode};

pub(super) fn is_ready(machine: &Machine, state: &State, actor: usize, mode: WaitMode) -> bool {
    may_give_up(mode) || machine.layout.phase(state, actor) != Phase::Waiting
}

impl<R: Recorder> Step<'_, '_, R> {
    pub fn barrier_wait(&mut self, id: ObjectId, dst: Option<Reg>) -> Done {
        let layout = &self.machine.layout;
        let at = layout.object(id);
        match layout.phase(self.state, self.actor) {
            Phase::Ready => {}
            Phase::Broken => {
                layout.set_phase(self.state, self.actor, Phase::Ready, id);
                return Ok(self.raise("BrokenBarrier", None));
            }
            // Its time is up, and nobody can wait for all any more.
            Phase::Waiting => {
                self.barrier_break(id, true)?;
                layout.set_phase(self.state, self.actor, Phase::Ready, id);
                return Ok(self.raise("BrokenBarrier", None));
            }
            Phase::Woken | Phase::TimedOut => {
                let order = layout.aux(self.state, self.actor);
                layout.set_phase(self.state, self.actor, Phase::Ready, id);
                layout.set_aux(self.state, self.actor, 0);
                return self.did_with(id, dst, order);
            }
        }
        if self.state.word(at + 1) != 0 {
            return Ok(self.raise("BrokenBarrier", None));
        }
        let parties = match self.machine.program.objects[id.index()].kind {
            ObjectKind::Barrier { parties } => i64::from(parties),
            _ => 1,
        };
        let order = self.state.word(at);
        let missing = parties - i64::from(planted(Mistake::BarrierOneTooFew));
        if order + 1 < missing {
            self.state.set_word(at, order + 1);
            let kept = if planted(Mistake::BarrierOrderZero) {
                0
            } else {
                order
            };
            layout.set_aux(self.state, self.actor, kept);
            layout.set_phase(self.state, self.actor, Phase::Waiting, id);
            self.event(|| EventKind::Sleeps(id));
            return Ok(Flow::Stay);
        }
        let stays = planted(Mistake::BarrierStaysOpen);
        self.state.set_word(at, if stays { order } else { 0 });
        let woken = self.sleepers(id);
        for &sleeper in &woken {
            layout.set_phase(self.state, sleeper, Phase::Woken, id);
        }
        self.set_result(dst, order);
        self.event(|| EventKind::Woke(id, woken));
        Ok(Flow::Next)
    }

    /// Sends all away who wait; afterwards the barrier is broken, or as new.
    pub fn barrier_break(&mut self, id: ObjectId, for_good: bool) -> Done {
        let layout = &self.machine.layout;
        let at = layout.object(id);
        self.state.set_word(at, 0);
        self.state.set_word(at + 1, i64::from(for_good));
        let mut woken = self.sleepers(id);
        if planted(Mistake::AbortWakesNobody) {
            woken.clear();
        }
        for &sleeper in &woken {
            layout.set_aux(self.state, sleeper, 0);
            layout.set_phase(self.state, sleeper, Phase::Broken, id);
        }
        self.event(|| EventKind::Woke(id, woken));
        Ok(Flow::Next)
    }
}
