//! CPython's lock: where one thread can be interrupted by another.
//!
//! From 3.10 to 3.13 an interpreter with its global lock hands over only when a
//! function begins, after a call, at the end of a loop's round, and in calls that
//! wait. So between two accesses of plain memory that have none of these between
//! them, nobody else runs; `l[i]` and `d[k]` are such accesses, too. Everything else here — an operation on an object or an
//! atomic, `print`, `spawn` — is a call there; before and after it a switch is
//! possible.
//!
//! A layout with [`Capacity::gil`](super::Capacity::gil) keeps in one more word
//! whose turn it is. The steps are the same, only fewer of them are enabled.
//!
//! Source: python/cpython issue 106101 and pull 30826; measured, and promised by
//! nobody. **Deliberately coarse:** `len`, `min`, `max` and `abs` are no calls
//! here (before 3.12 some of them are), and a call or a loop between two accesses
//! counts although it may be passed by.

use super::machine::Machine;
use super::state::State;
use crate::base::ActorSet;
use crate::program::{Access, Instr, Pc};

/// Where an actor was before a step.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pc: Pc,
    regs: usize,
}

impl Machine<'_> {
    /// The actor that cannot be interrupted in this state, under CPython's lock.
    pub fn turn(&self, state: &State) -> Option<usize> {
        let word = state.word(self.layout.gil()?);
        let holder = usize::try_from(word).ok()?.checked_sub(1)?;
        self.can_step(state, holder).then_some(holder)
    }

    /// Whether, under CPython's lock, `actor` has to wait for another's turn. Every
    /// process has a lock of its own.
    pub fn is_kept_back(&self, state: &State, actor: usize) -> bool {
        let process = |actor| self.layout.process_of(state, actor);
        self.turn(state)
            .is_some_and(|holder| holder != actor && process(holder) == process(actor))
    }

    /// Those who could take a step if it were not another's turn.
    pub fn kept_back(&self, state: &State) -> ActorSet {
        (0..self.layout.n_actors(state))
            .filter(|&actor| self.is_kept_back(state, actor) && self.can_step(state, actor))
            .collect()
    }

    pub(super) fn place(&self, state: &State, actor: usize) -> Place {
        Place {
            pc: self.layout.pc(state, actor),
            regs: self.layout.regs(state, actor),
        }
    }

    /// Notes after a step whether the actor can be interrupted now.
    pub(super) fn pass_turn(&self, state: &mut State, actor: usize, before: Place) {
        let Some(at) = self.layout.gil() else {
            return;
        };
        let goes_on = self.layout.is_running(state, actor) && {
            let after = self.place(state, actor);
            after.regs == before.regs && self.is_straight(before.pc, after.pc)
        };
        let holder = if goes_on { actor + 1 } else { 0 };
        state.set_word(at, i64::try_from(holder).expect("at most 112 actors"));
    }

    /// Whether both are plain accesses, with no call and no end of a round between.
    fn is_straight(&self, from: Pc, to: Pc) -> bool {
        let is_plain = |pc: Pc| {
            matches!(
                self.program.instr(pc),
                Instr::Load(_, _, Access::Plain)
                    | Instr::Store(_, _, Access::Plain)
                    | Instr::Collection { plain: true, .. }
            )
        };
        let may_switch = |pc: Pc| match self.program.instr(pc) {
            Instr::Call(..) => true,
            Instr::Jump(target) => *target <= pc,
            _ => false,
        };
        from < to && is_plain(from) && is_plain(to) && !(from..to).any(may_switch)
    }
}
