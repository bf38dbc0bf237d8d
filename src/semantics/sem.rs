//! `sem`: a number of permits that nobody owns. Word: the permits left.

use super::eval::ArithmeticFault;
use super::machine::{Done, Machine, Step, may_give_up};
use super::record::{Misuse, Recorder};
use super::state::State;
use crate::base::{Mistake, planted};
use crate::program::{ObjectId, ObjectKind, Reg, WaitMode};

impl Machine<'_> {
    /// Permits left.
    pub fn permits(&self, state: &State, id: ObjectId) -> i64 {
        state.word(self.layout.object(id))
    }
}

pub(super) fn is_ready(machine: &Machine, state: &State, id: ObjectId, mode: WaitMode) -> bool {
    may_give_up(mode) || machine.permits(state, id) > 0
}

impl<R: Recorder> Step<'_, '_, R> {
    pub fn acquire(&mut self, id: ObjectId, mode: WaitMode, dst: Option<Reg>) -> Done {
        let permits = self.machine.permits(self.state, id);
        let tries = may_give_up(mode) && planted(Mistake::TryAcquireNever);
        if permits <= 0 || tries {
            return self.did_with(id, dst, 0);
        }
        let at = self.machine.layout.object(id);
        let left = permits - i64::from(!planted(Mistake::PermitKept));
        self.state.set_word(at, left);
        if may_give_up(mode) {
            self.did_with(id, dst, 1)
        } else {
            self.did(id, None)
        }
    }

    pub fn release(&mut self, id: ObjectId, n: i64) -> Done {
        let permits = self.machine.permits(self.state, id).checked_add(n);
        let permits = permits.ok_or_else(|| self.arithmetic(ArithmeticFault::Overflow))?;
        let max = match self.machine.program.objects[id.index()].kind {
            ObjectKind::Sem { max, .. } => max,
            _ => None,
        };
        let over = max.is_some_and(|max| permits > max) && !planted(Mistake::BoundForgotten);
        if n < 1 || over {
            return Ok(self.raise("ReleasedTooOften", Some(Misuse::ReleasedPastBound)));
        }
        self.state.set_word(self.machine.layout.object(id), permits);
        self.did(id, None)
    }
}
