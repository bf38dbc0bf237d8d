//! The observer of a search: every fact that the rules need, each with all the
//! places where it can be seen in the fewest steps.
//!
//! **Invariant:** merging pieces in any grouping gives the same facts, since a
//! fact keeps its smallest depth and all goals of that depth in order.

use super::futures::Futures;
use super::glance::{self, Noted, Questions, View, nothing_new};
use super::key::Key;
use super::lock_order::{LockEdge, LockEdges, note_edges};
use super::rules;
use super::rules::sleeps::Nap;
use crate::base::{ActorSet, Mistake, planted};
use crate::explore::{Glance, Goal, Observer, Taken, Visit};
use crate::program::{CellId, ObjectId, Program, PropertyKind};
use crate::semantics::{Incident, Machine, State};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Where a fact can be seen in the fewest steps.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Hit {
    /// Steps of the execution that shows it.
    pub steps: u32,
    /// The places of that depth in order, at most `GOALS_MAX`.
    pub goals: Vec<Goal>,
}

/// What a search has shown so far, to be written down. The values of memory are
/// those of all stored states, and are read off them in the end.
#[derive(Serialize, Deserialize)]
struct Saved<K, H, E, L, R> {
    hits: Vec<(K, H)>,
    endings: Vec<((usize, Vec<i64>), E)>,
    satisfied: Vec<(usize, H)>,
    edges: Vec<(L, R)>,
    executed: Vec<bool>,
    counts: (u64, u64),
    stuck: Vec<(u32, u32)>,
    surplus: Vec<ObjectId>,
}

/// Places that are kept for one fact, so that a fact that holds almost everywhere
/// takes little memory. Of more, the first are kept: a schedule is still shortest,
/// but a later place might have done with fewer switches.
const GOALS_MAX: usize = 1 << 16;

/// The final values of one `outcomes` or `observe`, with the shortest ways to them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ending {
    /// Where.
    pub hit: Hit,
    /// In how many final states.
    pub n_states: u64,
}

/// Everything a search has shown.
#[derive(Clone, Debug)]
pub struct Facts<'p> {
    pub(super) program: &'p Program,
    pub(super) futures: Arc<Futures>,
    questions: Arc<Questions>,
    /// Bugs.
    pub hits: BTreeMap<Key, Hit>,
    /// Final values: number of the `outcomes`, values.
    pub endings: BTreeMap<(usize, Vec<i64>), Ending>,
    /// Where each `sometimes` holds first.
    pub satisfied: BTreeMap<usize, Hit>,
    /// Lock-order edges.
    pub edges: LockEdges,
    /// Instructions that were executed.
    pub executed: Vec<bool>,
    /// For each word of the main process's memory, the smallest and largest value seen.
    pub values: Vec<Option<(i64, i64)>>,
    /// States in which all actors had ended.
    pub n_final: u64,
    /// States with no step in which somebody waits.
    pub n_stuck: u64,
    /// Those states and their depths.
    pub stuck: Vec<(u32, u32)>,
    /// Semaphores that have ended with more permits than they began with.
    pub surplus: BTreeSet<ObjectId>,
    pub(super) naps: Arc<[Nap]>,
    pub(super) touches: Vec<super::footprint::Touch>,
}

impl<'p> Facts<'p> {
    /// Nothing seen yet.
    pub fn new(program: &'p Program) -> Self {
        Self::beside(
            program,
            Arc::new(Futures::new(program)),
            rules::sleeps::naps(program).into(),
            Arc::new(Questions::new(program)),
        )
    }

    /// The same, for a machine under CPython's lock, which a glance cannot judge.
    pub fn under_lock(program: &'p Program) -> Self {
        Self {
            questions: Arc::new(Questions::looking_at_all(program)),
            ..Self::new(program)
        }
    }

    fn beside(
        program: &'p Program,
        futures: Arc<Futures>,
        naps: Arc<[Nap]>,
        questions: Arc<Questions>,
    ) -> Self {
        Self {
            program,
            futures,
            questions,
            hits: BTreeMap::new(),
            endings: BTreeMap::new(),
            satisfied: BTreeMap::new(),
            edges: LockEdges::default(),
            executed: vec![false; program.code.len()],
            values: vec![None; program.cells.len()],
            n_final: 0,
            n_stuck: 0,
            stuck: Vec::new(),
            surplus: BTreeSet::new(),
            naps,
            touches: Vec::new(),
        }
    }

    /// Takes over facts that only another search has shown. Their goals are its own.
    pub(super) fn add_what_is_missing(&mut self, other: &Self) {
        for (key, hit) in &other.hits {
            self.hits.entry(key.clone()).or_insert_with(|| hit.clone());
        }
        for (key, ending) in &other.endings {
            let key = key.clone();
            self.endings.entry(key).or_insert_with(|| ending.clone());
        }
        for (&index, hit) in &other.satisfied {
            self.satisfied.entry(index).or_insert_with(|| hit.clone());
        }
        self.edges.merge(other.edges.clone());
        self.surplus.extend(&other.surplus);
        self.executed(&other.executed);
    }

    /// Looks at a single state, as at one of a search; gives who can take a step in it.
    pub fn see(&mut self, machine: &Machine<'_>, state: &State, id: u32, depth: u32) -> Vec<usize> {
        let enabled: Vec<usize> = machine.enabled(state).collect();
        self.visit(Visit {
            machine,
            id,
            along: None,
            depth,
            state,
            enabled: &enabled,
            stands_for: 1,
        });
        enabled
    }

    /// Looks only for circles of waits, and whether nobody can go on.
    pub(super) fn visit_waits(&mut self, visit: &Visit<'_>, goal: Goal) {
        rules::deadlocks::circles(self, visit, goal);
        if visit.enabled.is_empty() && !visit.machine.is_over(visit.state) {
            self.n_stuck = self.n_stuck.saturating_add(visit.stands_for);
            self.stuck.push((visit.id, visit.depth));
        }
    }

    /// Records that a fact can be seen at a goal.
    pub fn note(&mut self, key: Key, goal: Goal) {
        match self.hits.get_mut(&key) {
            Some(hit) => hit.add(goal),
            None => {
                self.hits.insert(key, Hit::new(goal));
            }
        }
    }
}

impl Hit {
    /// Seen at one place.
    pub fn new(goal: Goal) -> Self {
        Self {
            steps: steps_to(&goal),
            goals: vec![goal],
        }
    }

    /// Seen at another place, too.
    pub fn add(&mut self, goal: Goal) {
        let steps = steps_to(&goal);
        if steps < self.steps {
            *self = Self::new(goal);
        } else if steps == self.steps
            && self.goals.last() != Some(&goal)
            && self.goals.len() < GOALS_MAX
        {
            self.goals.push(goal);
        }
    }

    fn merge(&mut self, other: Hit) {
        if other.steps < self.steps {
            *self = other;
        } else if other.steps == self.steps {
            let room = GOALS_MAX - self.goals.len();
            self.goals.extend(other.goals.into_iter().take(room));
        }
    }
}

fn steps_to(goal: &Goal) -> u32 {
    goal.depth + u32::from(goal.step.is_some())
}

fn merge_hits<K: Ord>(all: &mut BTreeMap<K, Hit>, piece: BTreeMap<K, Hit>) {
    for (key, hit) in piece {
        match all.get_mut(&key) {
            Some(old) => old.merge(hit),
            None => {
                all.insert(key, hit);
            }
        }
    }
}

impl Observer for Facts<'_> {
    type View = View;
    type Memory = Noted;

    fn view(&self, machine: &Machine<'_>, state: &State, actor: usize) -> View {
        glance::view(machine, state, actor, &self.futures)
    }

    fn n_questions(&self) -> usize {
        self.questions.len()
    }

    fn answer(&self, machine: &Machine<'_>, state: &State, question: usize) -> u128 {
        self.questions.answer(machine, state, question)
    }

    fn glance(&self, noted: &mut Noted, glance: &Glance<'_, View>) -> bool {
        !nothing_new(&self.questions, noted, glance)
    }

    fn save(&self) -> Vec<u8> {
        let saved: Saved<&Key, &Hit, &Ending, &LockEdge, &ActorSet> = Saved {
            hits: self.hits.iter().collect(),
            endings: self
                .endings
                .iter()
                .map(|(key, it)| (key.clone(), it))
                .collect(),
            satisfied: self
                .satisfied
                .iter()
                .map(|(&index, hit)| (index, hit))
                .collect(),
            edges: self.edges.all().collect(),
            executed: self.executed.clone(),
            counts: (self.n_final, self.n_stuck),
            stuck: self.stuck.clone(),
            surplus: self.surplus.iter().copied().collect(),
        };
        serde_json::to_vec(&saved).expect("plain data can be written")
    }

    fn restore(&mut self, saved: &[u8]) -> bool {
        let Ok(saved) = serde_json::from_slice(saved) else {
            return false;
        };
        let saved: Saved<Key, Hit, Ending, LockEdge, ActorSet> = saved;
        if saved.executed.len() != self.executed.len() {
            return false;
        }
        self.hits = saved.hits.into_iter().collect();
        self.endings = saved.endings.into_iter().collect();
        self.satisfied = saved.satisfied.into_iter().collect();
        self.edges = LockEdges::from_all(saved.edges);
        self.executed = saved.executed;
        (self.n_final, self.n_stuck) = saved.counts;
        self.stuck = saved.stuck;
        self.surplus = saved.surplus.into_iter().collect();
        true
    }

    fn ranges(&mut self, ranges: Vec<Option<(i64, i64)>>) {
        self.values = ranges;
    }

    fn fork(&self) -> Self {
        Self::beside(
            self.program,
            Arc::clone(&self.futures),
            Arc::clone(&self.naps),
            Arc::clone(&self.questions),
        )
    }

    fn merge(&mut self, piece: Self) {
        merge_hits(&mut self.hits, piece.hits);
        merge_hits(&mut self.satisfied, piece.satisfied);
        for (key, ending) in piece.endings {
            match self.endings.get_mut(&key) {
                Some(old) => {
                    old.hit.merge(ending.hit);
                    old.n_states = old.n_states.saturating_add(ending.n_states);
                }
                None => {
                    self.endings.insert(key, ending);
                }
            }
        }
        self.edges.merge(piece.edges);
        self.executed(&piece.executed);
        for (old, new) in self.values.iter_mut().zip(piece.values) {
            *old = match (*old, new) {
                (Some((low, high)), Some((lower, higher))) => {
                    Some((low.min(lower), high.max(higher)))
                }
                (one, other) => one.or(other),
            };
        }
        self.n_final = self.n_final.saturating_add(piece.n_final);
        self.n_stuck = self.n_stuck.saturating_add(piece.n_stuck);
        self.stuck.extend(piece.stuck);
        self.surplus.extend(piece.surplus);
    }

    fn visit(&mut self, visit: Visit<'_>) {
        let goal = Goal {
            state: visit.id,
            along: visit.along,
            depth: visit.depth,
            step: None,
        };
        for (cell, seen) in self.values.iter_mut().enumerate() {
            let value = visit.machine.layout().value(visit.state, CellId::new(cell));
            *seen = Some(seen.map_or((value, value), |(low, high)| {
                (low.min(value), high.max(value))
            }));
        }
        rules::properties::in_state(self, &visit, goal);
        if visit.machine.is_over(visit.state) {
            self.n_final = self.n_final.saturating_add(visit.stands_for);
            rules::properties::at_the_end(self, &visit, goal);
            rules::leaks::at_the_end(self, &visit, goal);
            return;
        }
        rules::races::in_state(self, &visit, goal);
        rules::updates::in_state(self, &visit, goal);
        rules::sleeps::in_state(self, &visit, goal);
        rules::blocked_loop::in_state(self, &visit, goal);
        note_edges(&mut self.edges, &visit);
        rules::barriers::in_state(self, &visit, goal);
        self.visit_waits(&visit, goal);
    }

    fn taken(&mut self, taken: Taken<'_>) {
        let goal = Goal {
            state: taken.from,
            along: taken.along,
            depth: taken.depth,
            step: Some(taken.action),
        };
        let program = self.program;
        let span = |pc: crate::program::Pc| program.site(pc).span;
        if let Some(fault) = taken.fault {
            self.note(Key::Fault(span(fault.pc), fault.kind), goal);
        }
        for (earlier, &(_, incident)) in taken.incidents.iter().enumerate() {
            match incident {
                Incident::EndedHolding(lock, pc) => {
                    self.note(Key::LockLeak(lock.declared(), span(pc)), goal);
                }
                Incident::Died(exception) => {
                    let at = span(exception.pc);
                    self.note(Key::Died(at, exception.name, exception.misuse), goal);
                }
                Incident::Crowd(pc) => self.note(Key::ThreadPerJob(span(pc)), goal),
                Incident::NotifyWithoutLock(_, pc) => {
                    self.note(Key::NotifyWithoutLock(span(pc)), goal);
                }
                Incident::LabelBegun(label, _) => {
                    for (index, property) in program.properties.iter().enumerate() {
                        if let PropertyKind::Order(first, second) = property.kind
                            && second == label
                            && !planted(Mistake::OrderIgnored)
                            && !taken.machine.layout().label_done(taken.before, first)
                            && !taken.incidents[..earlier]
                                .iter()
                                .any(|&(_, earlier)| earlier == Incident::LabelDone(first))
                        {
                            self.note(Key::Order(index), goal);
                        }
                    }
                }
                Incident::LabelDone(_) | Incident::Accessed { .. } => {}
            }
        }
    }

    fn executed(&mut self, executed: &[bool]) {
        for (old, new) in self.executed.iter_mut().zip(executed) {
            *old |= new;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_a_layer_give_all_their_goals_and_later_layers_none() {
        let goal = |state, depth| Goal {
            state,
            along: None,
            depth,
            step: None,
        };
        let mut hit = Hit::new(goal(3, 2));
        hit.merge(Hit::new(goal(5, 2)));
        hit.merge(Hit::new(goal(9, 3)));
        assert_eq!(hit.goals, [goal(3, 2), goal(5, 2)]);
        hit.merge(Hit::new(goal(1, 1)));
        assert_eq!((hit.steps, hit.goals), (1, vec![goal(1, 1)]));
    }
}
