//! L001: locks taken in both orders, although it cannot deadlock here.
//!
//! An edge says: an actor asks for a lock while it holds another. It is noted
//! when the request is the actor's next instruction, granted or not. A circle of
//! edges of different actors is a deadlock that could be; the finished search
//! knows whether it is one: exactly if the circle of waits was reached. What is
//! left is reported with what protects it.
//!
//! Sources: Havelund, "Using Runtime Analysis to Guide Model Checking of Java
//! Programs" (2000); Bensalem and Havelund, "Dynamic Deadlock Analysis of
//! Multi-Threaded Programs" (2005), for gates and segments. Deviation: nothing
//! is predicted, feasibility is decided by the search.

use super::waits::waits_at;
use crate::base::{ActorSet, Mistake, Span, planted};
use crate::explore::Visit;
use crate::program::{Instr, ObjectId, ObjectKind, Pc, Program, SyncOp, WaitMode};
use crate::semantics::{Alike, Machine, State};
use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Circles that are reported at most.
const CIRCLES_MAX: usize = 100;
/// Edges that are tried while circles are looked for.
const TRIES_MAX: usize = 200_000;

/// A request for `to` by an actor that holds `from`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct LockEdge {
    /// The lock held.
    pub from: ObjectId,
    /// The lock asked for.
    pub to: ObjectId,
    /// Who asks.
    pub actor: usize,
    /// Where.
    pub pc: Pc,
    /// All locks held, ascending, `from` among them.
    pub held: Vec<ObjectId>,
    /// `from` is held as a reader only.
    pub from_shared: bool,
    /// `to` is asked for as a reader.
    pub to_shared: bool,
}

/// All edges of a search, each with the actors that were running at some sighting.
#[derive(Clone, Default, Debug)]
pub struct LockEdges {
    edges: BTreeMap<LockEdge, ActorSet>,
}

impl LockEdges {
    pub(super) fn merge(&mut self, piece: Self) {
        for (edge, running) in piece.edges {
            *self.edges.entry(edge).or_default() |= running;
        }
    }

    /// All of them, with the actors that ran.
    pub(super) fn all(&self) -> impl Iterator<Item = (&LockEdge, &ActorSet)> {
        self.edges.iter()
    }

    /// From what [`Self::all`] gave.
    pub(super) fn from_all(all: Vec<(LockEdge, ActorSet)>) -> Self {
        Self {
            edges: all.into_iter().collect(),
        }
    }

    /// What was seen of one of several like actors was done by each of them.
    pub(super) fn of_all_alike(&mut self, alike: &Alike) {
        let seen = std::mem::take(&mut self.edges);
        for (edge, running) in seen {
            let class = alike.classes().iter().find(|it| it.contains(&edge.actor));
            let (actors, running) = match class {
                Some(class) => (class.clone(), ActorSet::ALL),
                None => (vec![edge.actor], running),
            };
            for actor in actors {
                let edge = LockEdge {
                    actor,
                    ..edge.clone()
                };
                *self.edges.entry(edge).or_default() |= running;
            }
        }
    }

    /// Forgets who was running at a sighting, where not every moment was looked at:
    /// then nobody is said to be never together with another.
    pub(super) fn forget_moments(&mut self) {
        self.edges
            .values_mut()
            .for_each(|running| *running = ActorSet::ALL);
    }

    /// The edges in order.
    pub fn iter(&self) -> impl Iterator<Item = &LockEdge> {
        self.edges.keys()
    }
}

/// A circle of edges by different actors.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Circle {
    /// Each asks for what the next holds.
    pub edges: Vec<LockEdge>,
    /// Why it is no deadlock.
    pub protection: Protection,
}

/// What keeps a circle of lock orders from becoming a deadlock.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Protection {
    /// Every actor of the circle holds this lock besides.
    Gate(ObjectId),
    /// Whenever the first asks, the second has not begun or has ended.
    NeverTogether(usize, usize),
    /// In no reachable state does each hold its first lock.
    NeverAllHolding,
    /// The search was stopped before it could tell.
    Unknown,
}

/// Notes the edges that the next instructions of a state show.
pub(super) fn note_edges(edges: &mut LockEdges, visit: &Visit<'_>) {
    let (machine, state) = (visit.machine, visit.state);
    let layout = machine.layout();
    let is_running = |&actor: &usize| layout.is_running(state, actor);
    let actors = (0..layout.capacity().actors).filter(is_running);
    let running: ActorSet = actors.collect();
    // Who holds what is looked up once for each process.
    let mut of_process = None;
    let mut all_held = Vec::new();
    for actor in running.iter() {
        let Some((to, to_shared)) = request(machine, state, actor) else {
            continue;
        };
        let process = Some(layout.process_of(state, actor));
        if of_process != process {
            of_process = process;
            all_held = held_in_process_of(machine, state, actor);
            all_held.sort_by_key(|&(holder, ..)| holder);
        }
        let own = all_held.partition_point(|&(holder, ..)| holder < actor);
        let own = all_held[own..]
            .iter()
            .take_while(|&&(holder, ..)| holder == actor);
        let held: Vec<(ObjectId, bool)> = own.map(|&(_, id, shared)| (id, shared)).collect();
        if held.is_empty() {
            continue;
        }
        for &(from, from_shared) in &held {
            if from == to {
                continue;
            }
            let edge = LockEdge {
                from,
                to,
                actor,
                pc: layout.pc(state, actor),
                held: held.iter().map(|&(id, _)| id).collect(),
                from_shared,
                to_shared,
            };
            *edges.edges.entry(edge).or_default() |= running;
        }
    }
}

/// The lock that an actor's next instruction asks for, and whether as a reader.
pub(super) fn request(
    machine: &Machine<'_>,
    state: &State,
    actor: usize,
) -> Option<(ObjectId, bool)> {
    waits_at(machine, state, actor, |state, instr| {
        let Instr::Sync { op, object, .. } = instr else {
            return None;
        };
        let shared = match op {
            SyncOp::Lock(WaitMode::Wait) | SyncOp::Write(WaitMode::Wait) => false,
            SyncOp::Read(WaitMode::Wait) => true,
            _ => return None,
        };
        let number = machine.scene(state, actor).eval(object).ok()?;
        let lock = machine.object(state, actor, number)?;
        Some((lock, shared))
    })
}

/// The locks an actor holds, and whether as a reader only.
pub fn held_by(machine: &Machine<'_>, state: &State, actor: usize) -> Vec<(ObjectId, bool)> {
    let all = held_in_process_of(machine, state, actor).into_iter();
    all.filter(|&(holder, ..)| holder == actor)
        .map(|(_, id, shared)| (id, shared))
        .collect()
}

/// Who holds which lock among those that an actor's process knows, and whether as a
/// reader only.
fn held_in_process_of(
    machine: &Machine<'_>,
    state: &State,
    actor: usize,
) -> Vec<(usize, ObjectId, bool)> {
    let mut held = Vec::new();
    for id in machine.objects_of(state, actor) {
        let kind = &machine.program().objects[id.index()].kind;
        if !matches!(kind, ObjectKind::Lock { .. } | ObjectKind::RwLock { .. }) {
            continue;
        }
        let owner = machine.owner(state, id);
        held.extend(owner.map(|owner| (owner, id, false)));
        if matches!(kind, ObjectKind::RwLock { .. }) {
            let readers = machine.readers(state, id).into_iter();
            let readers = readers.filter(|&reader| Some(reader) != owner);
            held.extend(readers.map(|reader| (reader, id, true)));
        }
    }
    held
}

/// The circles of lock orders, shortest first, one for each set of places.
///
/// `realised` are the sets of places of deadlocks that were reached; their
/// circles are left out, since they are reported as what they are.
pub fn circles(
    program: &Program,
    edges: &LockEdges,
    realised: &BTreeSet<Vec<Span>>,
    complete: bool,
) -> Vec<Circle> {
    let mut graph = DiGraphMap::<ObjectId, ()>::new();
    for edge in edges.iter() {
        graph.add_edge(edge.from, edge.to, ());
    }
    let mut finder = Finder {
        program,
        seen: realised.clone(),
        found: Vec::new(),
        tries: 0,
    };
    let mut components: Vec<Vec<ObjectId>> = tarjan_scc(&graph);
    components.retain(|component| component.len() > 1);
    for component in &mut components {
        component.sort_unstable();
    }
    components.sort();
    for component in components {
        let inside: Vec<&LockEdge> = edges
            .iter()
            .filter(|edge| component.contains(&edge.from) && component.contains(&edge.to))
            .collect();
        for length in 2..=component.len() {
            for &first in &inside {
                finder.extend(&inside, &mut vec![first], length);
            }
        }
    }
    let mut found = finder.found;
    for circle in &mut found {
        circle.protection = if complete {
            protection(circle, edges)
        } else {
            Protection::Unknown
        };
    }
    found
}

struct Finder<'p> {
    program: &'p Program,
    seen: BTreeSet<Vec<Span>>,
    found: Vec<Circle>,
    tries: usize,
}

impl Finder<'_> {
    /// Completes a path of edges to circles of exactly `length`. The depth of
    /// the recursion is that length, at most the number of actors.
    fn extend<'e>(&mut self, edges: &[&'e LockEdge], path: &mut Vec<&'e LockEdge>, length: usize) {
        self.tries += 1;
        if self.tries > TRIES_MAX || self.found.len() >= CIRCLES_MAX {
            return;
        }
        let last = path[path.len() - 1];
        if path.len() == length {
            if follows(last, path[0]) {
                self.keep(path);
            }
            return;
        }
        // Edges are in order of the lock that is held.
        let next = edges.partition_point(|edge| edge.from < last.to);
        for &next in edges[next..].iter().take_while(|edge| edge.from == last.to) {
            let new_actor =
                path.iter().all(|edge| edge.actor != next.actor) || planted(Mistake::CircleOfOne);
            let new_lock = path.iter().all(|edge| edge.from != next.from);
            // A circle begins with its smallest lock, so each is found once.
            if new_actor && new_lock && next.from > path[0].from && follows(last, next) {
                path.push(next);
                self.extend(edges, path, length);
                path.pop();
            }
        }
    }

    fn keep(&mut self, path: &[&LockEdge]) {
        let span = |edge: &&LockEdge| self.program.site(edge.pc).span;
        let mut places: Vec<Span> = path.iter().map(span).collect();
        places.sort_unstable();
        if self.seen.insert(places) {
            self.found.push(Circle {
                edges: path.iter().map(|&edge| edge.clone()).collect(),
                protection: Protection::Unknown,
            });
        }
    }
}

/// Whether the one asks for what the next holds, and the two exclude each other.
fn follows(one: &LockEdge, next: &LockEdge) -> bool {
    let shared = one.to_shared && next.from_shared && !planted(Mistake::SharedOrdersCount);
    one.to == next.from && !shared
}

fn protection(circle: &Circle, edges: &LockEdges) -> Protection {
    let first = &circle.edges[0];
    let gate = first.held.iter().find(|&&lock| {
        circle.edges.iter().all(|edge| edge.held.contains(&lock))
            && circle.edges.iter().all(|edge| edge.from != lock)
    });
    if let Some(&gate) = gate {
        return Protection::Gate(gate);
    }
    for one in &circle.edges {
        let running = edges.edges.get(one).copied().unwrap_or(ActorSet::ALL);
        let apart = circle
            .edges
            .iter()
            .find(|other| !running.contains(other.actor));
        if let Some(other) = apart {
            return Protection::NeverTogether(one.actor, other.actor);
        }
    }
    Protection::NeverAllHolding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_ran_at_some_sighting_of_either_piece_ran() {
        let edge = LockEdge {
            from: ObjectId::new(0),
            to: ObjectId::new(1),
            actor: 0,
            pc: 4,
            held: vec![ObjectId::new(0)],
            from_shared: false,
            to_shared: false,
        };
        let piece = |actors: &[usize]| {
            let actors = actors.iter().copied().collect();
            LockEdges::from_all(vec![(edge.clone(), actors)])
        };
        let mut edges = piece(&[0, 1]);
        edges.merge(piece(&[0, 2]));
        let all: Vec<(LockEdge, ActorSet)> = { edges.all() }
            .map(|(edge, running)| (edge.clone(), *running))
            .collect();
        assert_eq!(all, [(edge.clone(), [0, 1, 2].into_iter().collect())]);
    }
}
