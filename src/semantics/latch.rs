//! `latch`: wait until a count is 0. Word: the count.

use super::eval::ArithmeticFault;
use super::machine::{Done, Machine, Step};
use super::record::{Misuse, Recorder};
use super::state::State;
use crate::base::{Mistake, planted};
use crate::program::ObjectId;

pub(super) fn is_ready(machine: &Machine, state: &State, id: ObjectId) -> bool {
    let open_at = i64::from(planted(Mistake::LatchOneTooEarly));
    state.word(machine.layout.object(id)) <= open_at
}

impl<R: Recorder> Step<'_, '_, R> {
    pub fn latch_add(&mut self, id: ObjectId, n: i64) -> Done {
        let at = self.machine.layout.object(id);
        let count = self.state.word(at).checked_add(n);
        let count = count.ok_or_else(|| self.arithmetic(ArithmeticFault::Overflow))?;
        if count < 0 {
            return Ok(self.raise("CountedTooFar", Some(Misuse::CountedTooFar)));
        }
        self.state.set_word(at, count);
        self.did(id, None)
    }
}
