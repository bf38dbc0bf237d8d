//! All runs with few switches: complete up to a number of them.
//!
//! A switch away from an actor that could have gone on is a preemption; leaving
//! a blocked or ended one costs nothing. Level k takes every step that needs k
//! preemptions and no fewer, in order of depth; so the first run to anything has
//! the fewest preemptions, and of those the fewest steps. What comes next depends
//! on the state and on who moved last, and every step of an actor out of a state
//! is taken once, on the level that first allows it.
//!
//! Source: Musuvathi, Qadeer, "Iterative context bounding for systematic testing
//! of multithreaded programs" (2007), algorithm 1 with stored states.
//!
//! **Deliberately absent:** workers. What matters here is found early.

use super::expand::Heard;
use super::limits::{Bound, Limits, MemoryBudget, Watch};
use super::observer::{Observer, Taken, Visit};
use super::shortest::Goal;
use super::store::Store;
use crate::base::{ActorSet, Mistake, planted};
use crate::semantics::{Capacity, Chooser, Machine, State, Stop};
use crate::trace::{Action, Schedule};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// A state and who moved last, with the way there.
#[derive(Clone, Copy)]
struct Node {
    state: u32,
    last: Option<usize>,
    /// The node before, and the step from it.
    from: Option<(u32, Action)>,
}

/// What is still to be done about a node.
#[derive(Clone, Copy)]
enum Todo {
    /// Steps that cost nothing.
    GoOn(u32),
    /// Steps that preempt the last actor.
    Preempt(u32),
}

/// New states after which the store counts its bytes again.
const COUNTED_AGAIN: u32 = 1_024;

type Queue = BTreeMap<u32, Vec<Todo>>;

/// A search by the number of preemptions. The numbers of states that it shows to
/// the observer are those of ways to them.
pub struct FewSwitches<'m> {
    machine: &'m Machine<'m>,
    store: Store,
    /// By state: who took a step out of it.
    taken: Vec<ActorSet>,
    /// By state: whether the observer has seen it.
    visited: Vec<bool>,
    nodes: Vec<Node>,
    known: FxHashSet<(u32, Option<usize>)>,
    now: Queue,
    /// What the next level begins with.
    next: Queue,
    n_steps: u64,
    n_terminal: u64,
    depth: u32,
    bound: Option<Bound>,
    watch: Watch,
    heard: Heard,
}

impl<'m> FewSwitches<'m> {
    /// A search that has seen nothing.
    ///
    /// # Errors
    ///
    /// The capacity that the layout must have: begin again with it.
    pub fn new(machine: &'m Machine<'m>, limits: &Limits) -> Result<Self, Capacity> {
        let mut search = Self {
            machine,
            store: Store::new(machine.layout(), None),
            taken: Vec::new(),
            visited: Vec::new(),
            nodes: Vec::new(),
            known: FxHashSet::default(),
            now: Queue::new(),
            next: Queue::new(),
            n_steps: 0,
            n_terminal: 0,
            depth: 0,
            bound: None,
            watch: Watch::new(limits),
            heard: Heard::nothing(machine),
        };
        match machine.initial(&mut search.heard) {
            Ok(state) => {
                search.reach(&state, None, None, 0);
                search.next = std::mem::take(&mut search.now);
            }
            Err(Stop::Grow(capacity)) => return Err(capacity),
            Err(Stop::Fault(_)) => unreachable!("an actor that can fail begins with a step"),
            Err(Stop::Limit(limit, pc)) => search.bound = Some(Bound::Language(limit, pc)),
        }
        Ok(search)
    }

    /// Takes all steps that need one preemption more than those before; the first
    /// level has none. Gives whether there are further levels.
    ///
    /// # Errors
    ///
    /// The capacity that the layout must have: begin again with it.
    pub fn level<O: Observer>(
        &mut self,
        limits: &Limits,
        observer: &mut O,
    ) -> Result<bool, Capacity> {
        self.now = std::mem::take(&mut self.next);
        let mut state = self.blank();
        while let Some((depth, todos)) = self.now.pop_first() {
            for todo in todos {
                if self.has_stopped() {
                    break;
                }
                self.work(todo, depth, &mut state, limits, observer)?;
            }
        }
        observer.executed(&self.heard.executed);
        Ok(!self.has_stopped() && !self.next.is_empty())
    }

    /// Whether it gave up; a limit of the depth only cuts off what is deeper.
    fn has_stopped(&self) -> bool {
        self.bound.is_some_and(|bound| bound != Bound::Depth)
    }

    fn work<O: Observer>(
        &mut self,
        todo: Todo,
        depth: u32,
        state: &mut State,
        limits: &Limits,
        observer: &mut O,
    ) -> Result<(), Capacity> {
        let (Todo::GoOn(id) | Todo::Preempt(id)) = todo;
        let node = self.nodes[id as usize];
        self.load(id, state);
        let enabled: Vec<usize> = self.machine.enabled(state).collect();
        if !std::mem::replace(&mut self.visited[node.state as usize], true) {
            self.depth = self.depth.max(depth);
            self.n_terminal += u64::from(enabled.is_empty());
            observer.visit(Visit {
                machine: self.machine,
                id,
                along: None,
                depth,
                state,
                enabled: &enabled,
                stands_for: 1,
            });
        }
        if !enabled.is_empty() && limits.depth.is_some_and(|most| depth >= most) {
            self.bound = Some(Bound::Depth);
            return Ok(());
        }
        let costs = planted(Mistake::BlockedCostsSwitch);
        let last = node.last.filter(|last| costs || enabled.contains(last));
        let preempts = matches!(todo, Todo::Preempt(_));
        let is_free = |actor: usize| last.is_none_or(|last| (last == actor) != preempts);
        for &actor in enabled.iter().filter(|&&actor| is_free(actor)) {
            let taken = &mut self.taken[node.state as usize];
            if !taken.contains(actor) {
                taken.insert(actor);
                self.step(id, state, depth, actor, limits, observer)?;
            }
        }
        if last.is_some() && (enabled.len() > 1 || costs) && !preempts {
            let later = self.next.entry(depth).or_default();
            later.push(Todo::Preempt(id));
        }
        Ok(())
    }

    /// All ways of one actor's step.
    fn step<O: Observer>(
        &mut self,
        from: u32,
        before: &State,
        depth: u32,
        actor: usize,
        limits: &Limits,
        observer: &mut O,
    ) -> Result<(), Capacity> {
        let machine = self.machine;
        let mut chooser = Chooser::first();
        let mut after = before.clone();
        loop {
            after.copy_from(before);
            self.heard.incidents.clear();
            let result = machine.step(&mut after, actor, &mut chooser, &mut self.heard);
            let reached = match result {
                Ok(()) => Ok(&after),
                Err(Stop::Fault(fault)) => Err(fault),
                Err(Stop::Grow(capacity)) => return Err(capacity),
                Err(Stop::Limit(limit, pc)) => {
                    self.bound = Some(Bound::Language(limit, pc));
                    return Ok(());
                }
            };
            let way = chooser.code();
            let action = Action { actor, way };
            self.n_steps += 1;
            observer.taken(Taken {
                machine,
                from,
                along: None,
                depth,
                before,
                action,
                fault: reached.err(),
                incidents: &self.heard.incidents,
            });
            if reached.is_ok() {
                if let Some(bound) = self.full(limits).or_else(|| self.watch.tick()) {
                    self.bound = Some(bound);
                    return Ok(());
                }
                self.reach(&after, Some(actor), Some((from, action)), depth + 1);
            }
            if !chooser.advance() {
                return Ok(());
            }
        }
    }

    fn full(&self, limits: &Limits) -> Option<Bound> {
        if self.nodes.len() as u64 >= limits.states.min(u64::from(u32::MAX - 1)) {
            return Some(Bound::States);
        }
        let beside = self.bytes() - self.store.bytes();
        let left = MemoryBudget(limits.memory.0.saturating_sub(beside as u64));
        (!self.store.fits(1, left)).then_some(Bound::Memory)
    }

    fn reach(
        &mut self,
        state: &State,
        last: Option<usize>,
        from: Option<(u32, Action)>,
        depth: u32,
    ) {
        let (state, new) = self.store.insert_words(state.words());
        if new {
            if state.is_multiple_of(COUNTED_AGAIN) {
                self.store.contents.count_bytes();
            }
            self.taken.push(ActorSet::NOBODY);
            self.visited.push(false);
        }
        if self.known.insert((state, last)) {
            let id = u32::try_from(self.nodes.len()).expect("the limit of states is below 2^32");
            self.nodes.push(Node { state, last, from });
            self.now.entry(depth).or_default().push(Todo::GoOn(id));
        }
    }

    /// States stored.
    pub fn n_states(&self) -> u32 {
        u32::try_from(self.store.len()).expect("the limit of states is below 2^32")
    }

    /// Steps taken.
    pub fn n_steps(&self) -> u64 {
        self.n_steps
    }

    /// States without a step.
    pub fn n_terminal(&self) -> u64 {
        self.n_terminal
    }

    /// Steps of the longest run to a state that was looked at.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// What ended it early.
    pub fn bound(&self) -> Option<Bound> {
        self.bound
    }

    /// Bytes in use, about.
    pub fn bytes(&self) -> usize {
        let node = size_of::<Node>() + size_of::<(u32, Option<usize>)>() * 2;
        let state = size_of::<ActorSet>() + size_of::<bool>();
        self.store.bytes() + self.nodes.len() * node + self.taken.len() * state
    }

    /// A state to load others into.
    pub fn blank(&self) -> State {
        State::from_words(vec![0; self.machine.layout().n_words()].into_boxed_slice())
    }

    /// Reads the state with a number that the observer saw.
    pub fn load(&self, id: u32, state: &mut State) {
        let stored = self.nodes[id as usize].state;
        self.store.load(stored, state.words_mut());
    }

    /// The run to a goal that the observer saw: fewest preemptions, then fewest steps.
    pub fn schedule(&self, goal: &Goal) -> Schedule {
        let mut steps: Vec<Action> = goal.step.into_iter().collect();
        let mut at = goal.state;
        while let Some((before, action)) = self.nodes[at as usize].from {
            steps.push(action);
            at = before;
        }
        steps.reverse();
        Schedule(steps)
    }
}
