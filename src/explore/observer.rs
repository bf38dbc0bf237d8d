//! What a search shows to whoever looks for bugs. The search itself knows none.
//!
//! Most states show nothing that was not seen before. So an observer is first
//! asked for a glance at what the actors of a state are about to do; only if it
//! wants to is it shown the state itself. What an actor is about to do is a
//! function of the parts of a state that it looks at, and is asked once for all
//! states that have the same ones.

use crate::semantics::{Fault, Incident, Machine, State};
use crate::trace::Action;

/// A state, seen once if it is stored.
#[derive(Clone, Copy)]
pub struct Visit<'a> {
    /// The machine.
    pub machine: &'a Machine<'a>,
    /// The state's number, or that of the stored state behind which it was passed.
    pub id: u32,
    /// If it was passed: the first step to it from the stored one. All others are the
    /// only ones.
    pub along: Option<Action>,
    /// The steps of the shortest run to it.
    pub depth: u32,
    /// The state.
    pub state: &'a State,
    /// The actors that can take a step, ascending.
    pub enabled: &'a [usize],
    /// If it has no step: how many states it stands for, which differ only in like actors.
    pub stands_for: u64,
}

/// A step from a state, seen once if that is stored.
#[derive(Clone, Copy)]
pub struct Taken<'a> {
    /// The machine.
    pub machine: &'a Machine<'a>,
    /// The number of the state it leaves, as in [`Visit::id`].
    pub from: u32,
    /// As in [`Visit::along`].
    pub along: Option<Action>,
    /// That state's depth.
    pub depth: u32,
    /// That state.
    pub before: &'a State,
    /// Who, and which way.
    pub action: Action,
    /// Why the execution stops in it, if it does.
    pub fault: Option<Fault>,
    /// What was suspicious, with the actor.
    pub incidents: &'a [(usize, Incident)],
}

/// What is known of an actor in a state.
#[derive(Clone, Copy, Debug)]
pub struct Stance<V> {
    /// It has not ended.
    pub running: bool,
    /// It can take a step, unless the program is over.
    pub able: bool,
    /// What the observer said of it.
    pub view: V,
}

/// A state from afar.
pub struct Glance<'a, V> {
    /// The steps of the shortest run to it.
    pub depth: u32,
    /// All stances ever taken.
    pub stances: &'a [Stance<V>],
    /// For each actor, the number of its stance.
    pub actors: &'a [u32],
    /// The answers to the observer's questions.
    pub answers: &'a [u128],
}

impl<'a, V> Glance<'a, V> {
    /// The stance of an actor.
    pub fn of(&self, actor: usize) -> &'a Stance<V> {
        &self.stances[self.actors[actor] as usize]
    }
}

/// Looks at every state and every step of a search, in pieces that are merged
/// in a fixed order, so that the result does not depend on the number of workers.
pub trait Observer: Send + Sync + Sized {
    /// What it wants to know of an actor for a glance.
    type View: Send;
    /// What it remembers for later glances; each worker has one.
    type Memory: Default + Send;

    /// An observer for a piece of the search that has seen nothing.
    fn fork(&self) -> Self;

    /// Takes over what the observer of the next piece saw.
    fn merge(&mut self, piece: Self);

    /// What it wants to know of an actor. A function of what it looks at in the
    /// state, and of the actor.
    fn view(&self, machine: &Machine<'_>, state: &State, actor: usize) -> Self::View;

    /// How many questions it has about states.
    fn n_questions(&self) -> usize {
        0
    }

    /// The answer to a question: a function of what it looks at in the state.
    fn answer(&self, _machine: &Machine<'_>, _state: &State, _question: usize) -> u128 {
        0
    }

    /// Whether it wants to see a state. If not, seeing it would change nothing. A
    /// state without steps is shown in any case.
    fn glance(&self, _memory: &mut Self::Memory, _glance: &Glance<'_, Self::View>) -> bool {
        true
    }

    /// What [`Graph::marked`](super::Graph::marked) keeps of a step: a function of
    /// what the step looks at and what it changes.
    fn mark(&self, _: &Machine<'_>, _before: &State, _: Action, _after: &State) -> u8 {
        0
    }

    /// A state, before its steps.
    fn visit(&mut self, visit: Visit<'_>);

    /// A step in which something suspicious happened, or the execution stopped.
    fn taken(&mut self, taken: Taken<'_>);

    /// Whether each instruction was executed in this piece.
    fn executed(&mut self, executed: &[bool]);

    /// What it saw, as bytes, so that a search can go on later.
    fn save(&self) -> Vec<u8> {
        Vec::new()
    }

    /// Takes over what [`Self::save`] gave; says whether it could.
    fn restore(&mut self, _saved: &[u8]) -> bool {
        true
    }

    /// The smallest and largest value of each word of memory in all stored states.
    fn ranges(&mut self, _ranges: Vec<Option<(i64, i64)>>) {}
}
