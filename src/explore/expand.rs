//! All steps out of a state.

use super::limits::Bound;
use super::observer::{Observer, Taken, Visit};
use super::store::{hash, pack};
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

/// A state reached in a step, packed into the bytes of its [`Batch`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Successor {
    at: u32,
    len: u32,
    pub hash: u64,
}

/// The steps out of a few states.
#[derive(Default)]
pub(super) struct Batch {
    bytes: Vec<u8>,
    pub successors: Vec<Successor>,
    /// For each expanded state, how many successors there were after it.
    pub ends: Vec<u32>,
    pub n_steps: u64,
    pub n_terminal: u64,
}

impl Batch {
    /// The packed form of a successor.
    pub fn packed(&self, successor: &Successor) -> &[u8] {
        let at = successor.at as usize;
        &self.bytes[at..at + successor.len as usize]
    }

    /// All successors of the next state are there.
    pub fn end(&mut self) {
        self.ends
            .push(u32::try_from(self.successors.len()).expect("a batch is small"));
    }

    fn push(&mut self, state: &State) {
        let at = self.bytes.len();
        pack(state.words(), &mut self.bytes);
        let small = |n: usize| u32::try_from(n).expect("a batch is far below 4 GiB");
        self.successors.push(Successor {
            at: small(at),
            len: small(self.bytes.len() - at),
            hash: hash(&self.bytes[at..]),
        });
    }
}

/// Expands states one after the other, without allocating for each.
pub(super) struct Expander<'m> {
    machine: &'m Machine<'m>,
    scratch: State,
    enabled: Vec<usize>,
    heard: Heard,
}

/// Which instructions were executed, and what was suspicious.
pub(super) struct Heard {
    incidents: Vec<(usize, Incident)>,
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
            heard: Heard::nothing(machine),
        }
    }

    /// Which instructions were executed since it was made.
    pub fn executed(&self) -> &[bool] {
        &self.heard.executed
    }

    /// Shows the state to the observer; says whether it has steps.
    pub fn visit<O: Observer>(
        &mut self,
        state: &State,
        id: u32,
        depth: u32,
        observer: &mut O,
    ) -> bool {
        self.enabled.clear();
        self.enabled.extend(self.machine.enabled(state));
        observer.visit(Visit {
            machine: self.machine,
            id,
            depth,
            state,
            enabled: &self.enabled,
        });
        !self.enabled.is_empty()
    }

    /// Calls `on_step` for every step out of `state`, in order of actors and ways.
    pub fn steps(
        &mut self,
        state: &State,
        mut on_step: impl FnMut(Action, Result<&State, Fault>, &[(usize, Incident)]),
    ) -> Result<(), Halt> {
        self.enabled.clear();
        self.enabled.extend(self.machine.enabled(state));
        let mut chooser = Chooser::first();
        for &actor in &self.enabled {
            chooser.reset();
            loop {
                self.scratch.copy_from(state);
                self.heard.incidents.clear();
                let machine = self.machine;
                let result = machine.step(&mut self.scratch, actor, &mut chooser, &mut self.heard);
                let after = match result {
                    Ok(()) => Ok(&self.scratch),
                    Err(Stop::Fault(fault)) => Err(fault),
                    Err(Stop::Grow(capacity)) => return Err(Halt::Grow(capacity)),
                    Err(Stop::Limit(limit, pc)) => {
                        return Err(Halt::Bound(Bound::Language(limit, pc)));
                    }
                };
                let action = Action {
                    actor,
                    way: chooser.code(),
                };
                on_step(action, after, &self.heard.incidents);
                if !chooser.advance() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Shows a state and its steps to the observer, and packs what it leads to.
    pub fn expand<O: Observer>(
        &mut self,
        state: &State,
        id: u32,
        depth: u32,
        observer: &mut O,
        batch: &mut Batch,
    ) -> Result<(), Halt> {
        if !self.visit(state, id, depth, observer) {
            batch.n_terminal += 1;
            return Ok(());
        }
        let machine = self.machine;
        self.steps(state, |action, after, incidents| {
            batch.n_steps += 1;
            observer.taken(Taken {
                machine,
                from: id,
                depth,
                before: state,
                action,
                after,
                incidents,
            });
            if let Ok(after) = after {
                batch.push(after);
            }
        })
    }
}
