//! All steps out of a state, one after the other, without anything remembered.

use super::limits::Bound;
use crate::program::Pc;
use crate::semantics::{Chooser, Fault, Incident, Machine, Recorder, State, Stop};
use crate::trace::Action;

/// Why states cannot be expanded any further.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Halt {
    /// The layout has too little room.
    Grow(crate::semantics::Capacity),
    /// A limit.
    Bound(Bound),
}

/// Expands states one after the other, without allocating for each.
pub(super) struct Expander<'m> {
    machine: &'m Machine<'m>,
    scratch: State,
    enabled: Vec<usize>,
}

/// Which instructions were executed, and what was suspicious.
pub(super) struct Heard {
    pub incidents: Vec<(usize, Incident)>,
    pub executed: Vec<bool>,
}

impl Heard {
    /// Nothing yet.
    pub fn nothing(machine: &Machine<'_>) -> Self {
        Self {
            incidents: Vec::new(),
            executed: vec![false; machine.program().code.len()],
        }
    }
}

impl Recorder for Heard {
    fn incident(&mut self, actor: usize, incident: Incident) {
        self.incidents.push((actor, incident));
    }

    fn executed(&mut self, pc: Pc) {
        self.executed[pc as usize] = true;
    }
}

impl<'m> Expander<'m> {
    pub fn new(machine: &'m Machine<'m>) -> Self {
        let words = vec![0; machine.layout().n_words()];
        Self {
            machine,
            scratch: State::from_words(words.into_boxed_slice()),
            enabled: Vec::new(),
        }
    }

    /// Calls `on_step` for every step out of `state`, in order of actors and ways.
    pub fn steps(
        &mut self,
        state: &State,
        mut on_step: impl FnMut(Action, Result<&State, Fault>),
    ) -> Result<(), Halt> {
        self.enabled.clear();
        self.enabled.extend(self.machine.enabled(state));
        let mut chooser = Chooser::first();
        for &actor in &self.enabled {
            chooser.reset();
            loop {
                self.scratch.copy_from(state);
                let machine = self.machine;
                let result = machine.step(&mut self.scratch, actor, &mut chooser, &mut ());
                let after = match result {
                    Ok(()) => Ok(&self.scratch),
                    Err(stop) => Err(fault_of(stop)?),
                };
                let action = Action {
                    actor,
                    way: chooser.code(),
                };
                on_step(action, after);
                if !chooser.advance() {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// The fault that a step ended with, unless the search must end with it.
pub(super) fn fault_of(stop: Stop) -> Result<Fault, Halt> {
    match stop {
        Stop::Fault(fault) => Ok(fault),
        Stop::Grow(capacity) => Err(Halt::Grow(capacity)),
        Stop::Limit(limit, pc) => Err(Halt::Bound(Bound::Language(limit, pc))),
    }
}
