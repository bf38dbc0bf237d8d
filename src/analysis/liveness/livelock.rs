//! S004: actors go on for ever and none gets anywhere.
//!
//! What it finds: a circle that even a strongly fair scheduler can stay in, in
//! which nobody makes progress. Where the author marks `progress`, that is a
//! circle without such a step. Without marks it is a circle from which all who
//! move in it could end, kept up by nothing but unlucky timing: everybody who can
//! move does, nobody chooses, and no time-out or notify has a way out. So programs
//! that are meant to run for ever are left alone, and so is whoever loops until
//! another does something that no fair scheduler can put off. Who is stuck for good
//! changes nothing if the others could end without them.
//!
//! **Deliberately absent:** circles in which somebody starves at what the others
//! use: that has a name of its own.

use super::Shown;
use super::ends::Ends;
use super::fair::{Component, Terms, fair_components};
use super::mark;
use super::part::{Counts, Parts};
use super::question::Question;
use super::starvation::is_used;
use super::walk::{round, way_into};
use crate::analysis::key::Key;
use crate::analysis::waits::wait_of;
use crate::base::{ActorSet, Span};
use crate::program::Fairness;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// The livelocks, by the declarations of those who move, each with the best run.
pub fn livelocks<'p>(
    question: &Question<'_, 'p>,
    circular: &[u32],
    ends: &Ends,
) -> BTreeMap<Key, Shown<'p>> {
    let marked = question.marks_progress();
    // To choose at random is how one gets out of step.
    let ends_it = match marked {
        true => mark::PROGRESS | mark::GIVES_UP,
        false => mark::GIVES_UP | mark::CHOICE,
    };
    let idle_steps = Counts::of(ActorSet::ALL).with(|mark| mark & ends_it == 0);
    let terms = Terms::all(Fairness::Strong).with_choices(mark::CHOICE | mark::PICK);
    let mut parts = Parts::new(question.graph, idle_steps);
    let mut groups: BTreeMap<Vec<Span>, FxHashSet<u32>> = BTreeMap::new();
    // From all states of a circle the same ends are reached.
    let may_be = |id: &u32| marked || ends.comes_to_rest(*id);
    let states: Vec<u32> = circular.iter().copied().filter(may_be).collect();
    for circle in fair_components(&mut parts, &states, &terms) {
        let first = circle.states[0];
        let can_end = ends.can_all_end(first, circle.movers);
        if (marked || can_end) && gets_nowhere(question, &parts, &circle, can_end) {
            let group = declarations(question, &circle);
            let part = parts.part_of(first as usize);
            groups.entry(group).or_default().insert(part);
        }
    }
    let all: Vec<Vec<Span>> = groups.keys().cloned().collect();
    let mut found = BTreeMap::new();
    for (group, wanted) in groups {
        // Others who go along with it are no part of it.
        let contains = |other: &Vec<Span>| {
            other.len() < group.len() && other.iter().all(|span| group.contains(span))
        };
        if all.iter().any(contains) {
            continue;
        }
        let way = way_into(&parts, &wanted);
        let steps = round(&parts, way.end, &terms);
        let shown = question.show(&way, &steps);
        assert!(
            shown.lasso.fairness == Fairness::Strong,
            "the replayed loop is as fair as in the search"
        );
        found.insert(Key::Livelock(group), shown);
    }
    found
}

/// Whether somebody moves who should end, and everybody who does not move waits
/// only because of that, or is stuck without being in the way.
fn gets_nowhere(
    question: &Question<'_, '_>,
    parts: &Parts<'_>,
    circle: &Component,
    can_end: bool,
) -> bool {
    let layout = question.machine().layout();
    let first = circle.states[0];
    let state = question.state(first as usize);
    let goes_on = question.moving[first as usize];
    let moves = |actor: usize| circle.movers.contains(actor);
    let actors = (0..layout.n_actors(&state))
        .filter(|&actor| layout.is_running(&state, actor) && !layout.is_daemon(&state, actor));
    let (movers, others): (Vec<usize>, Vec<usize>) = actors.partition(|&actor| moves(actor));
    !movers.is_empty()
        && others.into_iter().all(|actor| {
            if !goes_on.contains(actor) {
                return can_end;
            }
            let wait = wait_of(question.machine(), &state, actor, question.futures);
            !is_used(question, parts, circle, actor, wait.resource)
        })
}

/// Where those who move were declared or spawned; ascending.
fn declarations(question: &Question<'_, '_>, circle: &Component) -> Vec<Span> {
    let state = question.state(circle.states[0] as usize);
    let layout = question.machine().layout();
    let mut spans: Vec<Span> = (0..layout.n_actors(&state))
        .filter(|&actor| circle.movers.contains(actor))
        .map(|actor| match layout.spawned_at(&state, actor) {
            Some(pc) => question.program.site(pc).span,
            None => question.program.actors[actor].span,
        })
        .collect();
    spans.sort_unstable();
    spans.dedup();
    spans
}
