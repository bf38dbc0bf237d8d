//! Who holds something and would take more pauses while others can go on; so they
//! run into each other.
//!
//! In each execution one of three things is put off as long as somebody can do
//! anything else: to take a second lock or permit, to give one back (or wake
//! somebody), or both. Of the rest, anybody is next. Deadlocks that need many actors
//! to stop half-way are then met at once, where a uniform choice would need luck that
//! falls exponentially with their number.
//!
//! Source: Joshi, Park, Sen, Naik, "A randomized dynamic program analysis technique
//! for detecting real deadlocks" (2009); there the threads that pause are those of a
//! circle of lock orders that was seen before, here everybody.
//!
//! **Deliberately absent:** any promise.

use super::{Here, Scheduler, below};
use crate::program::{ChanOp, Instr, SyncOp};
use oorandom::Rand32;

/// What the next step of an actor does with what it holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    Take,
    Give,
    Neither,
}

/// Chooses uniformly among those who need not pause.
#[derive(Default)]
pub(super) struct Pause {
    takers: bool,
    givers: bool,
    /// By actor: what it took and has not given back, as far as was seen.
    held: Vec<u32>,
}

impl Scheduler for Pause {
    fn begin(&mut self, random: &mut Rand32) {
        let rule = below(random, 3);
        self.takers = rule != 1;
        self.givers = rule != 0;
        self.held.clear();
    }

    fn pick(&mut self, here: &Here<'_>, random: &mut Rand32) -> usize {
        let n_actors = here.machine.layout().n_actors(here.state);
        self.held.resize(n_actors, 0);
        let goes_on = |actor: &usize| match does(here, *actor) {
            Does::Take => !self.takers || self.held[*actor] == 0,
            Does::Give => !self.givers,
            Does::Neither => true,
        };
        let going: Vec<usize> = here.enabled.iter().copied().filter(goes_on).collect();
        let among = if going.is_empty() {
            here.enabled
        } else {
            &going
        };
        let chosen = among[below(random, among.len())];
        match does(here, chosen) {
            Does::Take => self.held[chosen] += 1,
            Does::Give => self.held[chosen] = self.held[chosen].saturating_sub(1),
            Does::Neither => {}
        }
        chosen
    }
}

fn does(here: &Here<'_>, actor: usize) -> Does {
    let pc = here.machine.layout().pc(here.state, actor);
    match here.machine.program().instr(pc) {
        Instr::Sync { op, .. } => match op {
            SyncOp::Lock(_) | SyncOp::Read(_) | SyncOp::Write(_) | SyncOp::Acquire(_) => Does::Take,
            SyncOp::Unlock
            | SyncOp::ReadUnlock
            | SyncOp::WriteUnlock
            | SyncOp::Release
            | SyncOp::Notify
            | SyncOp::NotifyAll
            | SyncOp::EventSet
            | SyncOp::CountDown => Does::Give,
            _ => Does::Neither,
        },
        Instr::Chan {
            op: ChanOp::Send(_),
            ..
        } => Does::Give,
        _ => Does::Neither,
    }
}
