//! What a search shows to whoever looks for bugs. The search itself knows none.

use crate::semantics::{Fault, Incident, Machine, State};
use crate::trace::Action;

/// A stored state, seen once.
#[derive(Clone, Copy)]
pub struct Visit<'a> {
    /// The machine.
    pub machine: &'a Machine<'a>,
    /// The state's number.
    pub id: u32,
    /// The steps of the shortest run to it.
    pub depth: u32,
    /// The state.
    pub state: &'a State,
    /// The actors that can take a step, ascending.
    pub enabled: &'a [usize],
}

/// A step from a stored state, seen once.
#[derive(Clone, Copy)]
pub struct Taken<'a> {
    /// The machine.
    pub machine: &'a Machine<'a>,
    /// The number of the state it leaves.
    pub from: u32,
    /// That state's depth.
    pub depth: u32,
    /// That state.
    pub before: &'a State,
    /// Who, and which way.
    pub action: Action,
    /// The state it reaches, or why the execution stops in it.
    pub after: Result<&'a State, Fault>,
    /// What was suspicious, with the actor.
    pub incidents: &'a [(usize, Incident)],
}

/// Looks at every state and every step of a search, in pieces that are merged
/// in a fixed order, so that the result does not depend on the number of workers.
pub trait Observer: Send + Sync + Sized {
    /// An observer for a piece of the search that has seen nothing.
    fn fork(&self) -> Self;

    /// Takes over what the observer of the next piece saw.
    fn merge(&mut self, piece: Self);

    /// A state, before its steps.
    fn visit(&mut self, visit: Visit<'_>);

    /// A step.
    fn taken(&mut self, taken: Taken<'_>);

    /// Whether each instruction was executed in this piece.
    fn executed(&mut self, executed: &[bool]);
}
