//! Where the search passes states that have one step: who must move is found out
//! before it is known whether a state is stored, and not again when it is expanded.
//! What is passed is not stored, so it is expanded at once.

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

impl<O> Passed<O> {
    fn nothing(observer: O) -> Self {
        Self {
            batch: Batch::default(),
            met: Vec::new(),
            observer,
            halt: None,
        }
    }
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
        self.able.clone_from(&self.enabled);
        self.leave_out(contents, observer)?;
        Ok(Choice {
            leaves_out: self.enabled.len() < self.able.len(),
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

    /// Who must move in each of some states of one depth. Those that have one step and
    /// may be passed are passed at once; after an error nothing more is looked at.
    pub fn choose_or_pass(
        &mut self,
        contents: &Contents,
        states: impl Iterator<Item = (Root, Option<Met>)>,
        too_deep: bool,
        observer: O,
    ) -> (Vec<Result<Choice, Halt>>, Passed<O>) {
        let mut passed = Passed::nothing(observer);
        let mut choices = Vec::with_capacity(states.size_hint().0);
        for (root, met) in states {
            let choice = match self.choose(contents, root, &passed.observer) {
                Ok(choice) => choice,
                Err(halt) => {
                    choices.push(Err(halt));
                    break;
                }
            };
            choices.push(Ok(choice));
            if let Some(met) = met.filter(|_| choice.is_one_step) {
                // Whoever looks sees all that can move, also those that need not.
                std::mem::swap(&mut self.enabled, &mut self.able);
                let must = choice.must;
                let state = Chosen { root, met, must };
                if !self.pass_one(contents, &state, too_deep, &mut passed) {
                    break;
                }
            }
        }
        passed.observer.executed(self.executed());
        (choices, passed)
    }

    /// Shows states of one depth and their steps to the observer, and gathers what
    /// they lead to; only looks at them if they are too deep.
    pub fn pass(
        &mut self,
        contents: &Contents,
        states: &[Chosen],
        too_deep: bool,
        observer: O,
    ) -> Passed<O> {
        let mut passed = Passed::nothing(observer);
        for state in states {
            self.turn_to(contents, state.root, &passed.observer);
            if !self.pass_one(contents, state, too_deep, &mut passed) {
                break;
            }
        }
        passed.observer.executed(self.executed());
        passed
    }

    /// The same for the state that it turned to; says whether it can go on after that.
    fn pass_one(
        &mut self,
        contents: &Contents,
        state: &Chosen,
        too_deep: bool,
        passed: &mut Passed<O>,
    ) -> bool {
        if let Some(stands_for) = self.show_state(contents, state.met, &mut passed.observer) {
            passed.batch.end_here(stands_for);
        } else if too_deep {
            passed.halt = Some(Halt::Bound(Bound::Depth));
        } else if let Err(reason) = self.steps(contents, state, passed) {
            passed.halt = Some(reason);
            return false;
        }
        true
    }

    /// The steps of those who must move.
    fn steps(
        &mut self,
        contents: &Contents,
        state: &Chosen,
        passed: &mut Passed<O>,
    ) -> Result<(), Halt> {
        let Passed {
            batch,
            met,
            observer,
            ..
        } = passed;
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
