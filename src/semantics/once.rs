//! `once`: one actor runs the block, the others wait until it is done.
//!
//! Word: 0 before, the actor plus 1 while it runs, -1 when it is done. A block
//! left by an exception counts as done.

use super::machine::{Done, Machine, Step};
use super::record::Recorder;
use super::state::State;
use crate::base::{Mistake, planted};
use crate::program::{ObjectId, Reg};

const DONE: i64 = -1;

pub(super) fn is_ready(machine: &Machine, state: &State, id: ObjectId) -> bool {
    state.word(machine.layout.object(id)) <= 0
}

impl<R: Recorder> Step<'_, '_, R> {
    pub fn once_begin(&mut self, id: ObjectId, dst: Option<Reg>) -> Done {
        let at = self.machine.layout.object(id);
        if self.state.word(at) == DONE && !planted(Mistake::OnceAgain) {
            return self.did_with(id, dst, 0);
        }
        self.state.set_word(at, self.me());
        self.did_with(id, dst, 1)
    }

    pub fn once_end(&mut self, id: ObjectId) -> Done {
        self.state.set_word(self.machine.layout.object(id), DONE);
        self.did(id, None)
    }
}
