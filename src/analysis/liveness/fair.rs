//! Which circles a fair scheduler can stay in.
//!
//! A fair run that goes on for ever exists in a part of the graph exactly if it
//! has a strongly connected component in which every actor moves, or needs not:
//! under weak fairness because it cannot somewhere, under strong fairness because
//! it cannot anywhere. States in which an idle actor under strong fairness could
//! move are taken out, and what is left is searched again.
//!
//! Choices may be fair, too: who makes a choice again and again then makes it in
//! every way. So if one way leads out of the component, the choice is not made in it.
//!
//! Source: Emerson and Lei, "Modalities for model checking" (1987), section on
//! fairness; Streett's pairs as actors and as choices.

use super::part::Parts;
use crate::base::{ACTORS_MAX, ActorSet};
use crate::program::{Fairness, Program};

/// What a run must grant to be fair.
#[derive(Clone, Debug)]
pub struct Terms {
    /// To each actor, by its number.
    pub owed: Vec<Fairness>,
    /// Choices in steps with any of these marks are fair.
    pub choices: u8,
}

impl Terms {
    /// What the scenario declares; no choice is fair.
    pub fn declared(program: &Program) -> Self {
        let declared = program.actors.iter().map(|actor| actor.fairness);
        let mut owed: Vec<Fairness> = declared.collect();
        owed.resize(ACTORS_MAX, Fairness::Weak);
        Self { owed, choices: 0 }
    }

    /// The same to all.
    pub fn all(fairness: Fairness) -> Self {
        Self {
            owed: vec![fairness; ACTORS_MAX],
            choices: 0,
        }
    }

    /// The same where choices with any of the marks are fair.
    #[must_use]
    pub fn with_choices(mut self, marks: u8) -> Self {
        self.choices = marks;
        self
    }

    /// The actors to whom nothing is owed.
    pub fn unfair(&self) -> ActorSet {
        let actors = (0..self.owed.len()).filter(|&actor| self.owed[actor] == Fairness::Unfair);
        actors.collect()
    }
}

/// States between which a fair run can go round for ever.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Component {
    /// Ascending.
    pub states: Vec<u32>,
    /// Who moves between them.
    pub movers: ActorSet,
}

/// The fair components among `states`, by their first states. Each is a part of
/// its own afterwards; all other states are outside.
pub fn fair_components(parts: &mut Parts<'_>, states: &[u32], terms: &Terms) -> Vec<Component> {
    let components = strong_components(parts, states, states);
    fair_within(parts, components, terms)
}

/// The strongly connected components among `states` that are reached `from` some
/// of them. All states are outside afterwards.
pub fn strong_components(parts: &mut Parts<'_>, states: &[u32], from: &[u32]) -> Vec<Vec<u32>> {
    parts.separate(states);
    let components = parts.components(from);
    parts.dismiss(states);
    components
}

/// The fair components within strongly connected ones, as [`fair_components`].
pub fn fair_within(
    parts: &mut Parts<'_>,
    mut todo: Vec<Vec<u32>>,
    terms: &Terms,
) -> Vec<Component> {
    let mut found = Vec::new();
    while let Some(states) = todo.pop() {
        parts.separate(&states);
        match judge(parts, &states, terms) {
            Judgement::Fair(movers) => found.push(Component { states, movers }),
            Judgement::Unfair => parts.dismiss(&states),
            Judgement::Again(rest) => {
                parts.dismiss(&states);
                todo.extend(strong_components(parts, &rest, &rest));
            }
        }
    }
    found.sort_by_key(|component| component.states[0]);
    found
}

enum Judgement {
    Fair(ActorSet),
    Unfair,
    Again(Vec<u32>),
}

fn judge(parts: &mut Parts<'_>, states: &[u32], terms: &Terms) -> Judgement {
    let leaving = leaving_choices(parts, states, terms.choices);
    if !leaving.is_empty() {
        for (state, actor) in leaving {
            parts.cut(state, actor);
        }
        return Judgement::Again(states.to_vec());
    }
    let (mut movers, mut sometimes) = (ActorSet::NOBODY, ActorSet::NOBODY);
    let mut always = ActorSet::ALL;
    for &state in states {
        let state = state as usize;
        let enabled = parts.graph.enabled(state);
        sometimes |= enabled;
        always &= enabled;
        movers |= parts.inner(state).map(|(_, step)| step.actor).collect();
    }
    let is_owed = |actor: usize, fairness| terms.owed[actor] == fairness;
    let mut idle = (always & !movers).iter();
    if idle.any(|actor| is_owed(actor, Fairness::Weak)) {
        return Judgement::Unfair;
    }
    let idle = (sometimes & !movers).iter();
    let cheated: ActorSet = { idle.filter(|&actor| is_owed(actor, Fairness::Strong)) }.collect();
    if cheated.is_empty() {
        return Judgement::Fair(movers);
    }
    let rest = states.iter().copied();
    Judgement::Again(
        rest.filter(|&state| (parts.graph.enabled(state as usize) & cheated).is_empty())
            .collect(),
    )
}

/// Fair choices, by state and actor, that are made in a component and of which a
/// way leads out of it.
fn leaving_choices(parts: &Parts<'_>, states: &[u32], choices: u8) -> Vec<(usize, usize)> {
    let mut leaving = Vec::new();
    if parts.graph.all_marks() & choices == 0 {
        return leaving;
    }
    let mut steps = Vec::new();
    for &state in states {
        let state = state as usize;
        steps.clear();
        steps.extend(parts.graph.all_steps(state));
        for ways in steps.chunk_by(|one, other| one.actor == other.actor) {
            // A way in which the execution stops has no marks of its own.
            let fair = ways.iter().any(|way| way.mark & choices != 0);
            let n_inner = ways.iter().filter(|way| parts.is_inner(state, way)).count();
            if fair && 0 < n_inner && n_inner < ways.len() {
                leaving.push((state, ways[0].actor));
            }
        }
    }
    leaving
}
