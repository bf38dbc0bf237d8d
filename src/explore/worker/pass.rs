//! Where the search passes states that have one step: who must move is found out
//! before it is known whether a state is stored, and not again when it is expanded.

use super::{Batch, Met, Worker};
use crate::base::ActorSet;
use crate::explore::contents::Contents;
use crate::explore::expand::Halt;
use crate::explore::limits::Bound;
use crate::explore::observer::Observer;
use crate::explore::tree::Root;
use crate::trace::Action;

/// Who must move in a state, and whether that is one step only, in
/// which the execution goes on.
#[derive(Clone, Copy)]
pub(in crate::explore) struct Choice {
    pub must: ActorSet,
    pub is_one_step: bool,
    /// Whether somebody who can move need not.
    pub leaves_out: bool,
}

/// A state that is expanded.
#[derive(Clone, Copy)]
pub(in crate::explore) struct Chosen {
    pub root: Root,
    pub met: Met,
    pub must: ActorSet,
}

/// What expanding some states gave.
pub(in crate::explore) struct Passed<O> {
    pub batch: Batch,
    /// For each successor, how it is met if it is passed.
    pub met: Vec<(u32, Action)>,
    pub observer: O,
    pub halt: Option<Halt>,
}

impl<O: Observer> Worker<'_, O> {
    /// Who must move in a state.
    pub fn choose(
        &mut self,
        contents: &Contents,
        root: Root,
        observer: &O,
    ) -> Result<Choice, Halt> {
        self.turn_to(contents, root, observer);
        let n_able = self.enabled.len();
        self.leave_out(contents, observer)?;
        Ok(Choice {
            leaves_out: self.enabled.len() < n_able,
            must: self.enabled.iter().copied().collect(),
            is_one_step: self.only_way(contents, observer)?.is_some(),
        })
    }

    /// The only way on, of the only actor that must move, if the execution does not
    /// stop on it.
    fn only_way(&mut self, contents: &Contents, observer: &O) -> Result<Option<u32>, Halt> {
        let &[actor] = self.enabled.as_slice() else {
            return Ok(None);
        };
        let ways = self.ways_of(contents, actor, observer)?;
        let goes_on = ways.len() == 1 && !self.known.stops(ways.start);
        Ok(goes_on.then_some(ways.start))
    }

    /// The only step out of a state and where it leads to, if there is only one and
    /// that was stored or passed.
    pub fn only_step(
        &mut self,
        contents: &Contents,
        root: Root,
        observer: &O,
    ) -> Option<(Action, Root)> {
        self.turn_to(contents, root, observer);
        self.leave_out(contents, observer).ok()?;
        let way = self.only_way(contents, observer).ok()??;
        let action = Action {
            actor: self.enabled[0],
            way: self.known.ways[way as usize].code,
        };
        Some((action, self.leads_to(contents, way)?))
    }

    /// Shows states of one depth and their steps to the observer, and gathers what
    /// they lead to; only looks at them if they are too deep.
    pub fn pass(
        &mut self,
        contents: &Contents,
        states: &[Chosen],
        too_deep: bool,
        mut observer: O,
    ) -> Passed<O> {
        let mut batch = Batch::default();
        let mut met = Vec::new();
        let mut halt = None;
        for state in states {
            self.turn_to(contents, state.root, &observer);
            if let Some(stands_for) = self.show_state(contents, state.met, &mut observer) {
                batch.end_here(stands_for);
            } else if too_deep {
                halt = Some(Halt::Bound(Bound::Depth));
            } else if let Err(reason) =
                self.steps(contents, state, &mut observer, &mut batch, &mut met)
            {
                halt = Some(reason);
                break;
            }
        }
        observer.executed(self.executed());
        Passed {
            batch,
            met,
            observer,
            halt,
        }
    }

    /// The steps of those who must move.
    fn steps(
        &mut self,
        contents: &Contents,
        state: &Chosen,
        observer: &mut O,
        batch: &mut Batch,
        met: &mut Vec<(u32, Action)>,
    ) -> Result<(), Halt> {
        for actor in state.must.iter() {
            if self.has_gone(contents, actor, state.must, observer, batch)? {
                continue;
            }
            for way in self.ways_of(contents, actor, observer)? {
                self.go(contents, (state.met, actor), way, observer, batch);
                let code = self.known.ways[way as usize].code;
                let first = state.met.along.unwrap_or(Action { actor, way: code });
                met.resize(batch.successors.len(), (state.met.id, first));
            }
        }
        Ok(())
    }
}
