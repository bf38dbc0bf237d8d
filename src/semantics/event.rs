//! `event`: a flag one can wait for.
//!
//! Words: whether it is set; which actors have missed a pulse (set and cleared
//! again before they came; one bit each, gone when the actor looks at memory).
//!
//! `set` lets everybody through who already waits, and a later `clear` does not
//! call them back; so, if any code clears the event, beginning to wait is a step
//! of its own. With `auto`, a wait that gets through clears the flag, and
//! waiting is simply waiting for the flag.

use super::machine::{Done, Flow, Machine, Step};
use super::record::{EventKind, Recorder};
use super::state::{Phase, State};
use crate::base::{Mistake, planted};
use crate::program::{ObjectId, ObjectKind, Reg, WaitMode};

/// Set in a sleeper's aux word if it missed a pulse before it began to wait.
const MISSED: i64 = 1 << 40;

impl Machine<'_> {
    fn is_auto(&self, id: ObjectId) -> bool {
        matches!(
            self.program.objects[id.index()].kind,
            ObjectKind::Event { auto: true }
        )
    }

    /// Whether beginning to wait is a step.
    fn registers(&self, id: ObjectId) -> bool {
        self.clears_events && !self.is_auto(id)
    }

    fn is_set(&self, state: &State, id: ObjectId) -> bool {
        state.word(self.layout.object(id)) != 0
    }
}

pub(super) fn is_ready(
    m: &Machine,
    state: &State,
    actor: usize,
    id: ObjectId,
    mode: WaitMode,
) -> bool {
    match m.layout.phase(state, actor) {
        Phase::Ready => m.registers(id) || mode == WaitMode::Timeout || m.is_set(state, id),
        Phase::Waiting => mode == WaitMode::Timeout,
        Phase::Woken | Phase::TimedOut | Phase::Broken => true,
    }
}

impl<R: Recorder> Step<'_, '_, R> {
    pub fn event_wait(&mut self, id: ObjectId, mode: WaitMode, dst: Option<Reg>) -> Done {
        let layout = &self.machine.layout;
        let timed = mode == WaitMode::Timeout;
        let through = match layout.phase(self.state, self.actor) {
            Phase::Ready if self.machine.is_set(self.state, id) => {
                if self.machine.is_auto(id) && !planted(Mistake::AutoStaysSet) {
                    self.state.set_word(layout.object(id), 0);
                }
                true
            }
            Phase::Ready if self.machine.registers(id) => {
                let missed = i64::from(self.state.has_bit(layout.object(id) + 1, self.actor));
                layout.set_aux(self.state, self.actor, missed * MISSED);
                layout.set_phase(self.state, self.actor, Phase::Waiting, id);
                self.event(|| EventKind::Sleeps(id));
                return Ok(Flow::Stay);
            }
            Phase::Woken => true,
            Phase::Ready | Phase::Waiting | Phase::TimedOut | Phase::Broken => false,
        };
        layout.set_phase(self.state, self.actor, Phase::Ready, id);
        layout.set_aux(self.state, self.actor, 0);
        if timed {
            self.did_with(id, dst, i64::from(through))
        } else {
            self.did(id, None)
        }
    }

    pub fn event_set(&mut self, id: ObjectId) -> Done {
        let layout = &self.machine.layout;
        self.state.set_word(layout.object(id), 1);
        let mut woken = self.sleepers(id);
        if planted(Mistake::SetWakesNobody) {
            woken.clear();
        }
        for &sleeper in &woken {
            layout.set_phase(self.state, sleeper, Phase::Woken, id);
            layout.set_aux(self.state, sleeper, 0);
        }
        self.event(|| EventKind::Woke(id, woken));
        Ok(Flow::Next)
    }

    pub fn event_clear(&mut self, id: ObjectId) -> Done {
        let at = self.machine.layout.object(id);
        if self.state.word(at) != 0 && self.machine.registers(id) {
            self.mark_missed(id, at + 1);
            for actor in 0..self.machine.layout.capacity().actors {
                let layout = &self.machine.layout;
                if layout.waits_at(self.state, actor) == Some(id) {
                    self.state.set_bit(at + 1, actor, false);
                }
            }
        }
        if planted(Mistake::ClearCallsBack) {
            self.call_back(id);
        }
        self.state.set_word(at, 0);
        self.did(id, None)
    }

    /// What [`Mistake::ClearCallsBack`] does.
    fn call_back(&mut self, id: ObjectId) {
        let layout = &self.machine.layout;
        for actor in 0..layout.capacity().actors {
            let through = layout.phase(self.state, actor) == Phase::Woken;
            if through && layout.waits_at(self.state, actor) == Some(id) {
                layout.set_phase(self.state, actor, Phase::Waiting, id);
            }
        }
    }
}
