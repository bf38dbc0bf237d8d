//! D001 to D003 and S001: actors that can never run again.
//!
//! A circle of waits for holders is a deadlock as soon as it exists, while other
//! actors still run, unless somebody could let one of them go: by cancelling a task,
//! or a job that is still in the queue. Every other kind is found where an actor can never run
//! again on any continuation: in a state without a step, or in a state whose
//! future keeps the same actors blocked for ever. There the wait-for graph among
//! the blocked says which of them are the cause: the circles, the knots from
//! which no edge leads out, and the single actors whom nobody left could help.

use crate::analysis::facts::Facts;
use crate::analysis::futures::Futures;
use crate::analysis::job_waits::may_be_taken_back;
use crate::analysis::key::Key;
use crate::analysis::waits::{Resource, Wait, held_up, wait_of};
use crate::base::{Mistake, planted};
use crate::explore::{Goal, Visit};
use crate::semantics::{Machine, State};
use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;
use std::sync::Arc;

/// Notes the circles of holders that a state shows.
pub fn circles(facts: &mut Facts<'_>, visit: &Visit<'_>, goal: Goal) {
    let futures = Arc::clone(&facts.futures);
    for circle in circles_in(visit.machine, visit.state, &futures) {
        // A task that can be asked to stop may leave it, and so may who waits for a job
        // that can be taken back; whether they do is known at the end.
        let may_leave = |&actor: &usize| {
            visit.machine.may_be_cancelled(visit.state, actor)
                || may_be_taken_back(visit.machine, visit.state, actor)
        };
        if circle.iter().any(may_leave) {
            continue;
        }
        let key = Key::Circle(spans(facts, visit.machine, visit.state, &circle));
        facts.note(key, goal);
    }
}

/// Sets of actors that wait for each other as holders; a single one waits for itself.
pub fn circles_in(machine: &Machine<'_>, state: &State, futures: &Futures) -> Vec<Vec<usize>> {
    let mut graph = DiGraphMap::<usize, ()>::new();
    let layout = machine.layout();
    for actor in 0..layout.capacity().actors {
        if !layout.is_running(state, actor) || machine.can_step(state, actor) {
            continue;
        }
        for holder in held_up(machine, state, actor, futures)
            .into_iter()
            .flat_map(|(_, all)| all)
        {
            if layout.is_running(state, holder) {
                graph.add_edge(actor, holder, ());
            }
        }
    }
    let all_stuck = machine.enabled(state).next().is_none();
    if graph.edge_count() == 0 || planted(Mistake::CircleWhenAllStuck) && !all_stuck {
        return Vec::new();
    }
    components(&graph, |_| true)
}

/// Strongly connected components with an edge inside that satisfy `wanted`, sorted.
fn components(graph: &DiGraphMap<usize, ()>, wanted: impl Fn(&[usize]) -> bool) -> Vec<Vec<usize>> {
    let mut found: Vec<Vec<usize>> = tarjan_scc(graph)
        .into_iter()
        .filter(|set| set.len() > 1 || graph.contains_edge(set[0], set[0]))
        .filter(|set| wanted(set))
        .map(|mut set| {
            set.sort_unstable();
            set
        })
        .collect();
    found.sort();
    found
}

fn spans(
    facts: &Facts<'_>,
    machine: &Machine<'_>,
    state: &State,
    actors: &[usize],
) -> Vec<crate::base::Span> {
    let span = |&actor: &usize| facts.program.site(machine.layout().pc(state, actor)).span;
    let mut spans: Vec<_> = actors.iter().map(span).collect();
    spans.sort_unstable();
    spans
}

/// A cause of blocking in a state: some of the actors that never run again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cause {
    /// Its identity.
    pub key: Key,
    /// The circle, the knot, or the actors whom nobody can help; ascending.
    pub actors: Vec<usize>,
}

/// The causes in a state in which exactly the actors of `stuck` can never run again.
pub fn causes(
    facts: &Facts<'_>,
    machine: &Machine<'_>,
    state: &State,
    stuck: &[usize],
    futures: &Futures,
) -> Vec<Cause> {
    let waits: Vec<Wait> = stuck
        .iter()
        .map(|&actor| wait_of(machine, state, actor, futures))
        .collect();
    let circles = circles_in(machine, state, futures);
    let in_circle = |actor: usize| circles.iter().any(|circle| circle.contains(&actor));
    // Whoever is stuck, too, and never gives back more permits than it takes from
    // here on helps nobody: a permit would have to come from somebody else first.
    let only_passes_on = |other: usize, resource: Resource| match resource {
        Resource::Permit(id) => !futures.may_give_extra(machine, state, other, id),
        _ => false,
    };
    let mut graph = DiGraphMap::<usize, ()>::new();
    for wait in &waits {
        graph.add_node(wait.actor);
        for &other in wait.all.iter().chain(&wait.any) {
            if stuck.contains(&other) && !only_passes_on(other, wait.resource) {
                graph.add_edge(wait.actor, other, ());
            }
        }
    }
    let mut causes: Vec<Cause> = circles
        .iter()
        .map(|circle| Cause {
            key: Key::Circle(spans(facts, machine, state, circle)),
            actors: circle.clone(),
        })
        .collect();
    for mut set in tarjan_scc(&graph) {
        set.sort_unstable();
        let leaves = set
            .iter()
            .any(|&one| graph.neighbors(one).any(|to| !set.contains(&to)));
        if leaves || set.iter().any(|&actor| in_circle(actor)) {
            continue;
        }
        if set.len() > 1 && !planted(Mistake::NoOneElseCouldHelp) {
            let key = Key::Knot(spans(facts, machine, state, &set));
            causes.push(Cause { key, actors: set });
        } else if !machine.layout().is_daemon(state, set[0]) {
            let wait = waits.iter().find(|wait| wait.actor == set[0]);
            let wait = wait.expect("every node of the graph waits");
            let key = forsaken(facts, machine, state, wait);
            match causes.iter_mut().find(|cause| cause.key == key) {
                Some(cause) => cause.actors.push(set[0]),
                None => causes.push(Cause { key, actors: set }),
            }
        }
    }
    for cause in &mut causes {
        cause.actors.sort_unstable();
    }
    causes.sort_by(|one, other| one.key.cmp(&other.key));
    causes
}

fn forsaken(facts: &Facts<'_>, machine: &Machine<'_>, state: &State, wait: &Wait) -> Key {
    let span = facts.program.site(wait.pc).span;
    match wait.resource {
        Resource::Notify(id) | Resource::Event(id) if machine.missed_signal(state, wait.actor) => {
            Key::LostSignal(span, id.declared())
        }
        _ => Key::Forsaken(span),
    }
}
