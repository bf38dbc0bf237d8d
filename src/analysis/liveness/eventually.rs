//! A006 and A007: `eventually e` and `p leads_to q`.
//!
//! What it finds: a fair run in which `e` never comes, or `q` never follows a `p`.
//! Such a run stays where the wanted is false, and either ends there, or goes round
//! in a fair circle. A run ends where nobody can move, or where nothing is owed to
//! those who can (`unfair`). A run that a failed assertion stops is none.
//!
//! Choices are not fair: `any` and `either` may always give the same.

use super::fair::{Component, Terms, fair_components};
use super::part::{Counts, Parts};
use super::question::Question;
use super::walk::{Pursuit, Way, round, way_to};
use super::{Lasso, Shown};
use crate::base::ActorSet;
use crate::program::{Expr, PropertyKind};
use crate::semantics::{Machine, State};

/// A property that some fair run does not keep.
pub struct Broken<'p> {
    /// Its number.
    pub property: usize,
    /// After so many steps it began to matter.
    pub since: usize,
    /// The run.
    pub shown: Shown<'p>,
}

/// All properties that some fair run does not keep, in order.
pub fn broken<'p>(question: &Question<'_, 'p>) -> Vec<Broken<'p>> {
    let mut all = Vec::new();
    for (property, row) in question.program.properties.iter().enumerate() {
        let (cause, wanted) = match &row.kind {
            PropertyKind::Eventually(expr) => (None, expr),
            PropertyKind::LeadsTo(cause, effect) => (Some(cause), effect),
            _ => continue,
        };
        let Some((way, round)) = counterexample(question, cause, wanted) else {
            continue;
        };
        let shown = question.show(&way, &round);
        confirm(&shown, cause, wanted, way.since);
        all.push(Broken {
            property,
            since: way.since,
            shown,
        });
    }
    all
}

/// What has no value, is reported as such; it breaks nothing else.
fn is(machine: &Machine<'_>, state: &State, expr: &Expr, value: bool) -> bool {
    machine
        .overview(state)
        .eval(expr)
        .is_ok_and(|word| (word != 0) == value)
}

fn counterexample(
    question: &Question<'_, '_>,
    cause: Option<&Expr>,
    wanted: &Expr,
) -> Option<(Way, Vec<usize>)> {
    let machine = question.machine();
    let graph = question.graph;
    let (mut inside, mut begins) = (vec![false; graph.len()], vec![false; graph.len()]);
    let mut state = question.search.blank();
    for (number, id) in (0..question.search.n_expanded()).enumerate() {
        question.search.load(id, &mut state);
        inside[number] = is(machine, &state, wanted, false);
        begins[number] = match cause {
            Some(cause) => inside[number] && is(machine, &state, cause, true),
            None => inside[number] && number == 0,
        };
    }
    let region = closure(question, &begins, &inside);
    let terms = Terms::declared(question.program);
    let mut parts = Parts::new(graph, Counts::of(ActorSet::ALL));
    let circles = fair_components(&mut parts, &region, &terms);
    let goals = goals(question, &region, &circles, &terms);
    let since = |state: usize| begins[state];
    let way = way_to(
        graph,
        &Pursuit {
            since: cause.map(|_| &since as &dyn Fn(usize) -> bool),
            inside: &|state| inside[state],
            goal: &|state| goals[state],
        },
    )?;
    let here = u32::try_from(way.end).expect("a state's number");
    let circular = circles
        .iter()
        .any(|circle| circle.states.binary_search(&here).is_ok());
    let steps = if circular {
        round(&parts, way.end, &terms)
    } else {
        Vec::new()
    };
    Some((way, steps))
}

/// The states that are reached from where it begins without leaving the inside,
/// ascending.
fn closure(question: &Question<'_, '_>, begins: &[bool], inside: &[bool]) -> Vec<u32> {
    let mut reached = begins.to_vec();
    let mut todo: Vec<usize> = (0..begins.len()).filter(|&at| begins[at]).collect();
    while let Some(at) = todo.pop() {
        for (_, to) in question.graph.steps(at) {
            if inside[to] && !reached[to] {
                reached[to] = true;
                todo.push(to);
            }
        }
    }
    (0..question.search.n_expanded())
        .filter(|&id| reached[id as usize])
        .collect()
}

/// The states in which a run may end, and those of fair circles.
fn goals(
    question: &Question<'_, '_>,
    region: &[u32],
    circles: &[Component],
    terms: &Terms,
) -> Vec<bool> {
    let mut goals = vec![false; question.graph.len()];
    let unfair = terms.unfair();
    for &id in region {
        goals[id as usize] = (question.graph.enabled(id as usize) & !unfair).is_empty();
    }
    for &id in circles.iter().flat_map(|circle| &circle.states) {
        goals[id as usize] = true;
    }
    goals
}

fn confirm(shown: &Shown<'_>, cause: Option<&Expr>, wanted: &Expr, since: usize) {
    let machine = &shown.execution.machine;
    let mut states = shown.states(since).peekable();
    let begins = cause.is_none_or(|cause| {
        let first = states.peek().expect("a run has states");
        is(machine, first, cause, true)
    });
    assert!(
        begins && states.all(|state| is(machine, state, wanted, false)),
        "along the replayed run the property is broken as in the search"
    );
}

/// Whether an actor waits at an instruction all along a run.
pub fn leaves_waiting(lasso: &Lasso, actor: usize, pc: crate::program::Pc) -> bool {
    let conduct = lasso.conduct.get(actor);
    let wait = conduct.and_then(|conduct| conduct.wait());
    wait.is_some_and(|wait| wait.pc == pc)
}
