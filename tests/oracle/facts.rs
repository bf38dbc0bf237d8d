//! Every fact of a graph, from the definitions.

use super::graph::Graph;
use super::shown::{held, shown, shown_by_step};
use super::waits::{causes, circles, is_certain};
use std::collections::{BTreeMap, BTreeSet};
use threadbare::base::Span;
use threadbare::program::{Instr, ObjectId, Program, PropertyKind, SyncOp, WaitMode, pack_lines};
use threadbare::semantics::{Machine, State};
use threadbare::trace::Action;

/// A fact: its code, its places, and what else makes it the same.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    pub code: &'static str,
    pub places: Vec<Span>,
    pub what: String,
}

impl std::fmt::Debug for Fact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let places = self.places.iter();
        let places: Vec<String> = places
            .map(|at| format!("<{}:{}>", at.start, at.end))
            .collect();
        write!(f, "{} {} {}", self.code, self.what, places.join(" "))
    }
}

impl Fact {
    pub fn new(code: &'static str, places: Vec<Span>, what: impl Into<String>) -> Self {
        Self {
            code,
            places,
            what: what.into(),
        }
    }
}

/// Where a fact shows: in a state, or in a step out of it.
pub type Sighting = (usize, Option<Action>);

/// Everything about a program.
#[derive(Default)]
pub struct Facts {
    pub seen: BTreeMap<Fact, Vec<Sighting>>,
    /// Number of the `outcomes`, values: the final states.
    pub endings: BTreeMap<(usize, Vec<i64>), Vec<Sighting>>,
    /// Facts that no single state shows.
    pub global: BTreeSet<Fact>,
    pub n_final: usize,
    pub n_terminal: usize,
    edges: BTreeSet<Edge>,
    /// What never held but should.
    sometimes: BTreeSet<usize>,
}

/// A request for a lock with others held.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    actor: usize,
    from: (ObjectId, bool),
    to: (ObjectId, bool),
    place: Span,
}

/// All facts of a graph.
pub fn facts(graph: &Graph<'_>) -> Facts {
    let mut facts = Facts::default();
    for node in 0..graph.nodes.len() {
        facts.state(graph, node);
        facts.steps(graph, node);
    }
    facts.rest(graph);
    facts.worse_leaks();
    facts.outcomes(graph.machine.program());
    facts.lock_order();
    for (index, property) in graph.machine.program().properties.iter().enumerate() {
        let wanted = matches!(property.kind, PropertyKind::Sometimes(_));
        if wanted && !facts.sometimes.contains(&index) {
            let fact = Fact::new("A005", Vec::new(), index.to_string());
            facts.global.insert(fact);
        }
    }
    facts
}

impl Facts {
    fn see(&mut self, fact: Fact, at: Sighting) {
        self.seen.entry(fact).or_default().push(at);
    }

    fn state(&mut self, graph: &Graph<'_>, node: usize) {
        let machine = &graph.machine;
        let state = &graph.nodes[node].state;
        let at = (node, None);
        self.n_terminal += usize::from(graph.nodes[node].enabled.is_empty());
        for fact in shown(machine, state) {
            self.see(fact, at);
        }
        for (index, property) in machine.program().properties.iter().enumerate() {
            if let PropertyKind::Sometimes(expr) = &property.kind
                && machine
                    .overview(state)
                    .eval(expr)
                    .is_ok_and(|word| word != 0)
            {
                self.sometimes.insert(index);
            }
        }
        if !machine.is_over(state) {
            self.edges(machine, state);
            return;
        }
        self.n_final += 1;
        for (index, outcomes) in machine.program().outcomes.iter().enumerate() {
            let values = outcomes.values.iter();
            let values = match outcomes.print {
                true => Ok(pack_lines(&machine.printed(state))),
                false => values.map(|e| machine.overview(state).eval(e)).collect(),
            };
            if let Ok(values) = values {
                self.endings.entry((index, values)).or_default().push(at);
            }
        }
    }

    fn steps(&mut self, graph: &Graph<'_>, node: usize) {
        for step in &graph.nodes[node].steps {
            let at = (node, Some(step.action));
            let before = &graph.nodes[node].state;
            for fact in shown_by_step(&graph.machine, before, step) {
                self.see(fact, at);
            }
        }
    }

    /// Who is blocked for ever, and why: in states without a step, and in states
    /// from which on the same actors move for ever.
    fn rest(&mut self, graph: &Graph<'_>) {
        let machine = &graph.machine;
        let movers = graph.movers();
        let mut at_rest = BTreeSet::new();
        let mut on_the_way = Vec::new();
        for (node, &(moving, awake)) in movers.iter().enumerate() {
            let state = &graph.nodes[node].state;
            let reached = graph.reach(node);
            let settled = reached.iter().all(|&to| movers[to].0 == moving);
            // Where every step stops the execution, nobody waits for ever.
            let fails = moving == 0 && !graph.nodes[node].enabled.is_empty();
            if machine.is_over(state) || !settled || fails {
                continue;
            }
            let stuck: Vec<usize> = (0..machine.layout().n_actors(state))
                .filter(|&actor| machine.layout().is_running(state, actor))
                .filter(|&actor| awake >> actor & 1 == 0)
                .filter(|&actor| !super::jobs::is_idle(machine, state, actor))
                .collect();
            if stuck.is_empty() {
                continue;
            }
            for fact in causes(machine, state, &stuck) {
                let shown = self.seen.contains_key(&fact);
                if fact.what == "circle" && shown && !at_rest.contains(&fact) {
                    continue; // seen in every state
                }
                if moving == 0 {
                    at_rest.insert(fact.clone());
                    self.see(fact, (node, None));
                } else {
                    on_the_way.push((fact, (node, None)));
                }
            }
        }
        // What also shows where everything has come to rest is shown there.
        for (fact, at) in on_the_way {
            if !at_rest.contains(&fact) {
                self.see(fact, at);
            }
        }
        self.check_circles(graph, &movers);
    }

    /// A circle is a deadlock from the moment it is there: nobody of it moves again.
    fn check_circles(&self, graph: &Graph<'_>, movers: &[(u64, u64)]) {
        for (node, (_, awake)) in movers.iter().enumerate() {
            for (actors, fact) in circles(&graph.machine, &graph.nodes[node].state) {
                if !is_certain(&graph.machine, &graph.nodes[node].state, &actors) {
                    continue;
                }
                let again = actors.iter().any(|actor| awake >> actor & 1 == 1);
                assert!(!again, "{fact:?} is a circle, but somebody of it moves on");
            }
        }
    }

    /// Of a spawned actor nobody joins, and of a daemon, the worse case is reported.
    fn worse_leaks(&mut self) {
        let outlived: Vec<Fact> = self
            .seen
            .keys()
            .filter(|fact| fact.what == "outlived")
            .cloned()
            .collect();
        for fact in outlived {
            let mild = Fact::new("K001", fact.places, "in time");
            self.seen.remove(&mild);
        }
        let killed: Vec<Fact> = self
            .seen
            .keys()
            .filter(|fact| fact.code == "K006")
            .cloned()
            .collect();
        for fact in killed.into_iter().filter(|fact| fact.what.is_empty()) {
            let mild = Fact::new("K006", fact.places, "unfinished");
            self.seen.remove(&mild);
        }
    }

    fn outcomes(&mut self, program: &Program) {
        for (index, outcomes) in program.outcomes.iter().enumerate() {
            let Some(expected) = &outcomes.expected else {
                continue;
            };
            let seen: BTreeSet<&Vec<i64>> = self
                .endings
                .keys()
                .filter(|(of, _)| *of == index)
                .map(|(_, values)| values)
                .collect();
            let unexpected = seen.iter().filter(|values| !expected.contains(values));
            let missing = expected
                .iter()
                .filter(|values| outcomes.exact && !seen.contains(values));
            for (values, what) in unexpected
                .map(|&values| (values, "unexpected"))
                .chain(missing.map(|values| (values, "missing")))
            {
                let what = format!("{index} {what} {values:?}");
                self.global.insert(Fact::new("A004", Vec::new(), what));
            }
        }
    }

    fn edges(&mut self, machine: &Machine<'_>, state: &State) {
        let layout = machine.layout();
        for actor in 0..layout.n_actors(state) {
            if !layout.is_running(state, actor) {
                continue;
            }
            let pc = layout.pc(state, actor);
            let (there, instr) = super::waits::waits_at(machine, state, actor);
            let Instr::Sync { op, object, .. } = instr else {
                continue;
            };
            let shared = match op {
                SyncOp::Lock(WaitMode::Wait) | SyncOp::Write(WaitMode::Wait) => false,
                SyncOp::Read(WaitMode::Wait) => true,
                _ => continue,
            };
            // An element that does not exist is a failure of its own.
            let Ok(number) = machine.scene(&there, actor).eval(object) else {
                continue;
            };
            let to = ObjectId::new(usize::try_from(number).expect("an object"));
            let to = super::copies::object(machine, state, actor, to);
            for (from, from_shared) in held(machine, state, actor) {
                if from != to {
                    self.edges.insert(Edge {
                        actor,
                        from: (from, from_shared),
                        to: (to, shared),
                        place: machine.program().site(pc).span,
                    });
                }
            }
        }
    }

    /// Circles of lock orders that are not among the deadlocks.
    fn lock_order(&mut self) {
        let edges: Vec<Edge> = self.edges.iter().cloned().collect();
        let mut found = BTreeSet::new();
        for first in &edges {
            circle(&edges, &mut vec![first], &mut found);
        }
        for places in found {
            let real = Fact::new("D001", places.clone(), "circle");
            if !self.seen.contains_key(&real) {
                self.global.insert(Fact::new("L001", places, ""));
            }
        }
    }
}

fn circle<'e>(edges: &'e [Edge], path: &mut Vec<&'e Edge>, found: &mut BTreeSet<Vec<Span>>) {
    let fits = |one: &Edge, next: &Edge| one.to.0 == next.from.0 && !(one.to.1 && next.from.1);
    let last = path[path.len() - 1];
    if path.len() > 1 && fits(last, path[0]) {
        let mut places: Vec<Span> = path.iter().map(|edge| edge.place).collect();
        places.sort_unstable();
        found.insert(places);
    }
    for next in edges {
        let new = path
            .iter()
            .all(|edge| edge.actor != next.actor && edge.from.0 != next.from.0);
        if new && fits(last, next) {
            path.push(next);
            circle(edges, path, found);
            path.pop();
        }
    }
}
