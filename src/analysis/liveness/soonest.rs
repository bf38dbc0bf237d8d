//! A circle in which an actor starves, found without looking for components.
//!
//! Where an actor stands, only its own steps can change; so the states in which it
//! stands at one place are parted from all others by its steps. Best to show is a
//! circle that is reached with the fewest steps, and the first of these states is as
//! near as any. If others can go round from it, and that is fair, nothing is left to look
//! for.
//!
//! **Theorem.** Let `s` be the first state, by number, of those on circles in which an
//! actor stands at a place and may still move. Let a walk of the others lead from `s` back
//! to it, be fair, and pass a state in which the actor is blocked. Then the component
//! of `s` without the actor's steps is fair, no other at that place has a state of
//! a smaller number, and the walk is the one that [`round`](super::walk::round) finds in
//! that component. *Why.* The walk lies in the component, and what it grants to
//! an actor, the component grants. A breadth-first search from `s` for steps that
//! satisfy meets the states of the component in the same order, whether or not it may
//! leave it: who leaves it does not come back, so every way between two of its states lies
//! in it.
//!
//! **Conditions.** Strong fairness is owed to nobody, and no choice that is fair has a
//! way to choose: then a component is fair as it is, or not at all. The program is plain
//! ([`is_plain`](super::sections::is_plain)). And the actor waits for
//! something of which every state of a component says the same: who of those that move could
//! help it. So it is at a lock, which in all these states somebody who moves holds, or
//! nobody; or where it depends on what others may still do, and threads that go round
//! can do the same again and again. Who enters a reader-writer lock, or was told and waits
//! for its lock again, may wait for different actors in different states.
//!
//! Where a walk does not come back, or shows no starving, nothing is said.

use super::ends::Ends;
use super::fair::{Component, Terms};
use super::part::{Counts, Parts};
use super::question::Question;
use super::starvation::{Starving, starves_at};
use super::walk::{try_round, way_where};
use crate::base::{ActorSet, Mistake, planted};
use crate::program::{ChanOp, Fairness, Instr, Pc, SyncOp, WaitMode};

/// Whether what is owed is such that a component is fair as it is, or not at all.
pub fn may_ask(question: &Question<'_, '_>, terms: &Terms) -> bool {
    let strong = terms.owed.contains(&Fairness::Strong);
    let fixed = !strong && question.graph.all_marks() & terms.choices == 0;
    fixed || planted(Mistake::FirstWalkIsFair)
}

/// Whether who could help an actor that waits there is the same all the way round.
fn waits_for_the_same(instr: &Instr) -> bool {
    let op = match instr {
        Instr::WaitUntil(_) => return true,
        Instr::Chan { op, .. } => {
            return matches!(
                op,
                ChanOp::Send(WaitMode::Wait) | ChanOp::Recv(WaitMode::Wait)
            );
        }
        Instr::Sync { op, .. } => op,
        _ => return false,
    };
    matches!(
        op,
        SyncOp::Lock(WaitMode::Wait) | SyncOp::Acquire(WaitMode::Wait)
    )
}

/// A walk for one actor.
pub struct Walker<'a, 'p> {
    question: &'a Question<'a, 'p>,
    actor: usize,
    terms: &'a Terms,
    ends: &'a Ends,
    parts: Parts<'a>,
}

impl<'a, 'p> Walker<'a, 'p> {
    /// `states` are those on circles in which the actor may still move.
    pub fn new(
        question: &'a Question<'a, 'p>,
        (states, actor): (&[u32], usize),
        terms: &'a Terms,
        ends: &'a Ends,
    ) -> Self {
        let mut parts = Parts::new(question.graph, Counts::of(!ActorSet::only(actor)));
        parts.separate(states);
        Self {
            question,
            actor,
            terms,
            ends,
            parts,
        }
    }

    /// The best run that shows that the actor starves at a place, of which this is the first
    /// state; `None` if that is not seen at once.
    ///
    /// Cost: a walk; a look at each state that can be reached, where there is no way back.
    pub fn starves(&mut self, pc: Pc, first: u32) -> Option<Starving> {
        if !waits_for_the_same(self.question.program.instr(pc)) {
            return None;
        }
        let start = first as usize;
        let round = try_round(&self.parts, start, self.terms)?;
        let circle = circle(&self.parts, first, &round);
        // Only what the walk shows itself is certain.
        self.parts.separate(&circle.states);
        let at = starves_at(self.question, &self.parts, &circle, self.actor, self.ends)?;
        let way = way_where(self.question.graph, &|state| state == start);
        (at == pc).then_some(Starving { way, round })
    }
}

/// The states of a walk, and who moves in it.
fn circle(parts: &Parts<'_>, start: u32, round: &[usize]) -> Component {
    let steps = || round.iter().map(|&number| parts.graph.step(number));
    let to = steps().filter_map(|step| step.to);
    let mut states: Vec<u32> = to
        .map(|state| u32::try_from(state).expect("a state's number"))
        .collect();
    states.push(start);
    states.sort_unstable();
    states.dedup();
    Component {
        states,
        movers: steps().map(|step| step.actor).collect(),
    }
}
