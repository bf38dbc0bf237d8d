//! `lock`: one holder at a time.
//!
//! Words: the holder plus 1 (0: free); for a reentrant one also how often it
//! was taken. Who gets a lock that is given back is open: everybody who waits is
//! enabled, the search tries them all.

use super::machine::{Done, Flow, Machine, Step, may_give_up};
use super::record::{Misuse, Recorder};
use super::state::State;
use crate::base::{Mistake, planted};
use crate::program::{ObjectId, ObjectKind, Reg, WaitMode};

impl Machine<'_> {
    fn is_reentrant(&self, id: ObjectId) -> bool {
        matches!(
            self.program.objects[id.index()].kind,
            ObjectKind::Lock {
                reentrant: true,
                ..
            }
        )
    }

    /// Whether the actor holds a lock that only it can give back, or is inside a
    /// reader-writer lock.
    pub fn holds(&self, state: &State, actor: usize, id: ObjectId) -> bool {
        let at = self.layout.object(id);
        let owner = i64::try_from(actor + 1).expect("at most 112 actors");
        match self.program.objects[id.index()].kind {
            ObjectKind::Lock { unowned, .. } => !unowned && state.word(at) == owner,
            ObjectKind::RwLock { .. } => state.word(at) == owner || state.word(at + 1 + actor) != 0,
            _ => false,
        }
    }

    /// Whether `actor` could take the lock now.
    pub(super) fn can_lock(&self, state: &State, actor: usize, id: ObjectId) -> bool {
        let owner = state.word(self.layout.object(id));
        let own = i64::try_from(actor + 1).expect("at most 112 actors");
        let again = self.is_reentrant(id) || planted(Mistake::EveryLockReentrant);
        owner == 0 || (owner == own && again)
    }

    /// The holder of a lock, or the writer inside a reader-writer lock. Nobody, if
    /// it was held by an actor of another process when this copy was taken.
    pub fn owner(&self, state: &State, id: ObjectId) -> Option<usize> {
        // A list or map has no words of its own.
        if self.collection(id).is_some() {
            return None;
        }
        let owner = usize::try_from(state.word(self.layout.object(id))).ok()?;
        let owner = owner.checked_sub(1)?;
        (!self.is_absent(state, owner, id)).then_some(owner)
    }
}

pub(super) fn is_ready(
    machine: &Machine,
    state: &State,
    actor: usize,
    id: ObjectId,
    mode: WaitMode,
) -> bool {
    may_give_up(mode) || machine.can_lock(state, actor, id)
}

impl<R: Recorder> Step<'_, '_, R> {
    pub fn lock(&mut self, id: ObjectId, mode: WaitMode, dst: Option<Reg>) -> Done {
        let free = self.machine.can_lock(self.state, self.actor, id);
        if !free && !planted(Mistake::TryLockTakesAnything) {
            return self.did_with(id, dst, 0);
        }
        self.take(id, 1);
        if may_give_up(mode) {
            self.did_with(id, dst, 1)
        } else {
            self.did(id, None)
        }
    }

    /// Takes a lock that can be taken, `depth` times.
    pub fn take(&mut self, id: ObjectId, depth: i64) {
        let at = self.machine.layout.object(id);
        self.state.set_word(at, self.me());
        if self.machine.is_reentrant(id) {
            self.state.set_word(at + 1, self.state.word(at + 1) + depth);
        }
    }

    /// Whether the actor may give the lock back.
    pub fn holds(&self, id: ObjectId) -> bool {
        let owner = self.state.word(self.machine.layout.object(id));
        let unowned = matches!(
            self.machine.program.objects[id.index()].kind,
            ObjectKind::Lock { unowned: true, .. }
        );
        owner == self.me() || (unowned && owner != 0) || planted(Mistake::AnybodyUnlocks)
    }

    pub fn unlock(&mut self, id: ObjectId) -> Done {
        if !self.holds(id) {
            return Ok(self.raise("NotHeld", Some(Misuse::NotHeld)));
        }
        let at = self.machine.layout.object(id);
        if self.machine.is_reentrant(id) {
            let depth = self.state.word(at + 1) - 1;
            self.state.set_word(at + 1, depth);
            if depth > 0 && !planted(Mistake::ReentrantFreedAtOnce) {
                return self.did(id, None);
            }
        }
        self.state.set_word(at, 0);
        self.did(id, None)
    }

    /// Gives a lock back however often it was taken; says how often that was.
    pub fn let_go(&mut self, id: ObjectId) -> i64 {
        let at = self.machine.layout.object(id);
        self.state.set_word(at, 0);
        if !self.machine.is_reentrant(id) {
            return 1;
        }
        let depth = self.state.word(at + 1);
        self.state.set_word(at + 1, 0);
        depth
    }

    /// The actor wakes up and must have the lock before it goes on.
    pub fn retake(&mut self, id: ObjectId, depth: i64) -> Flow {
        self.take(id, depth);
        Flow::Next
    }
}
