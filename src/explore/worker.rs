//! Expands states that are stored as numbers of their parts, and computes nothing
//! twice.
//!
//! What an actor is about to do, whether it can, what a step of it changes and
//! what an observer wants to know of all this are functions of the parts of the
//! state that were looked at. So each is computed once for all states that have
//! these parts in common, by the machine itself, on a state that notes where it
//! is looked at. From then on a step is a change of a few numbers.
//!
//! **Invariant:** an answer is used again only in states that have the same
//! content in every part that was looked at for it, in the order of looking.

mod leave_out;
mod pass;
mod piece;
mod try_out;
mod turned;
mod walk;

pub(super) use pass::{Choice, Chosen, Passed};
pub(super) use piece::Piece;

use super::contents::{Contents, Pending};
use super::expand::{Halt, Heard};
use super::halves::Halves;
use super::memo::{Memo, NodeId};
use super::observer::{Glance, Observer, Stance, Taken, Visit};
use super::reduction::{About, Encounters, Reduction};
use super::rounds::Rounds;
use super::tree::Root;
use crate::base::ActorSet;
use crate::semantics::{Fault, Incident, Machine, State};
use crate::trace::Action;
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;
use turned::Turned;

/// The left number of a root that is not known yet; the right one counts
/// [`Batch::pending`].
pub(super) const NOT_YET: u32 = u32::MAX;

/// The steps out of a few states.
#[derive(Default)]
pub(super) struct Batch {
    /// The states that they lead to.
    pub successors: Vec<Root>,
    /// Those of them that have parts or pairs of parts never seen before.
    pub pending: Vec<Pending>,
    /// For each expanded state, how many successors there were after it.
    pub ends: Vec<u32>,
    pub n_steps: u64,
    pub n_terminal: u64,
}

/// How a state was met.
#[derive(Clone, Copy)]
pub(super) struct Met {
    /// Its number, or that of the stored state behind which it is passed.
    pub id: u32,
    /// If it is passed: the first step to it from there.
    pub along: Option<Action>,
    pub depth: u32,
}

/// One way that a step may go: what is needed of it each time it is taken.
#[derive(Clone, Copy)]
struct Way {
    code: u32,
    /// Where its changes lie in [`Known::changes`].
    first: u32,
    end: u32,
    mark: u8,
    /// Whether it changes the left half of a state, and the right one.
    halves: (bool, bool),
    /// Whether there is more to it: [`Known::more`].
    more: bool,
}

/// What few ways have.
#[derive(Default)]
struct More {
    fault: Option<Fault>,
    incidents: Vec<(usize, Incident)>,
    /// Contents of parts that had no number when the way was tried out.
    contents: Vec<(usize, Vec<i64>)>,
    /// Whose step it is.
    actor: usize,
}

impl Way {
    fn changes(&self) -> Range<usize> {
        self.first as usize..self.end as usize
    }
}

/// One of those who expand states.
pub(super) struct Worker<'m, O: Observer> {
    machine: &'m Machine<'m>,
    reduction: Option<&'m Reduction<'m>>,
    memory: O::Memory,
    heard: Heard,
    known: Known<O::View>,
    /// What stances mean to each other, if the search is reduced.
    encounters: Encounters,
    room: usize,
    /// The state that is being expanded: numbers, and words if somebody asked.
    numbers: Vec<u32>,
    state: State,
    is_loaded: bool,
    stances: Vec<u32>,
    answers: Vec<u128>,
    enabled: Vec<usize>,
    /// Who was enabled before somebody was left out.
    able: Vec<usize>,
    /// Where things are tried out, with every look noted.
    scratch: State,
    halves: Halves,
    undo: Vec<(usize, u32)>,
    /// What a step leads to, where like actors are put in order.
    turned: Turned,
    rounds: Rounds,
}

/// What is needed of a stance in every state.
#[derive(Clone, Copy)]
struct Beside {
    /// The question what the actor's step does.
    steps: NodeId,
    /// Whether the actor keeps the program going.
    keeps: bool,
    able: bool,
}

/// What was computed so far.
struct Known<V> {
    memo: Memo,
    actors: Vec<NodeId>,
    questions: Vec<NodeId>,
    stances: Vec<Stance<V>>,
    /// For each stance: what is needed of it in every state.
    beside: Vec<Beside>,
    /// For each stance: the parts that were looked at for it.
    seen: Vec<u128>,
    /// For each stance, if the search is reduced.
    abouts: Vec<Option<About>>,
    answers: Vec<u128>,
    /// Ranges of `ways`.
    steps: Vec<(u32, u32)>,
    ways: Vec<Way>,
    more: FxHashMap<u32, More>,
    changes: Vec<(u8, u32)>,
}

impl<V> Known<V> {
    fn nothing(n_actors: usize, n_questions: usize, room: usize) -> Self {
        let mut memo = Memo::new(room);
        Self {
            actors: (0..n_actors).map(|_| memo.root()).collect(),
            questions: (0..n_questions).map(|_| memo.root()).collect(),
            memo,
            stances: Vec::new(),
            beside: Vec::new(),
            seen: Vec::new(),
            abouts: Vec::new(),
            answers: Vec::new(),
            steps: Vec::new(),
            ways: Vec::new(),
            more: FxHashMap::default(),
            changes: Vec::new(),
        }
    }

    /// Whether the execution stops on this way.
    fn stops(&self, way: u32) -> bool {
        self.ways[way as usize].more && self.more[&way].fault.is_some()
    }
}

impl<'m, O: Observer> Worker<'m, O> {
    /// One who may remember so many answers.
    pub fn new(
        machine: &'m Machine<'m>,
        reduction: Option<&'m Reduction<'m>>,
        contents: &Contents,
        observer: &O,
        room: usize,
    ) -> Self {
        let n_words = machine.layout().n_words();
        let blank = || State::from_words(vec![0; n_words].into_boxed_slice());
        let parts = (0..contents.parts.len()).flat_map(|part| {
            let number = u8::try_from(part).expect("at most 128 parts");
            contents.parts.range(part).map(move |_| number)
        });
        let part_of: Arc<[u8]> = parts.collect();
        let n_actors = machine.layout().capacity().actors;
        Self {
            machine,
            reduction,
            memory: O::Memory::default(),
            heard: Heard::nothing(machine),
            known: Known::nothing(n_actors, observer.n_questions(), room),
            encounters: Encounters::default(),
            room,
            numbers: vec![u32::MAX; contents.tree.n_numbers()],
            state: blank(),
            is_loaded: false,
            stances: vec![0; n_actors],
            answers: vec![0; observer.n_questions()],
            enabled: Vec::new(),
            able: Vec::new(),
            scratch: blank().watched(part_of),
            halves: Halves::new(),
            undo: Vec::new(),
            turned: Turned::default(),
            rounds: Rounds::new(machine.layout(), contents),
        }
    }

    /// Which instructions were executed since it was made.
    pub fn executed(&self) -> &[bool] {
        &self.heard.executed
    }

    /// How the parts of actors changed, but for contents that were new.
    pub fn rounds(&self) -> &Rounds {
        &self.rounds
    }

    /// Turns to a state: its parts, and who can take a step.
    fn turn_to(&mut self, contents: &Contents, root: Root, observer: &O) {
        contents.unfold(root, &mut self.numbers);
        self.look_around(contents, observer);
    }

    /// Looks who can take a step, where the numbers are those of another state now.
    fn look_around(&mut self, contents: &Contents, observer: &O) {
        if self.known.memo.is_full() {
            let (actors, questions) = (self.known.actors.len(), self.known.questions.len());
            self.known = Known::nothing(actors, questions, self.room);
            self.encounters = Encounters::default();
            self.memory = O::Memory::default();
            self.halves = Halves::new();
        }
        self.is_loaded = false;
        let mut over = true;
        self.enabled.clear();
        for actor in 0..self.stances.len() {
            let stance = self.stance(contents, actor, observer);
            self.stances[actor] = stance;
            let beside = self.known.beside[stance as usize];
            over &= !beside.keeps;
            if beside.able {
                self.enabled.push(actor);
            }
        }
        if over {
            self.enabled.clear();
        }
    }

    /// Shows a state to the observer, unless a glance is enough. If it has no step:
    /// how many states it stands for.
    pub fn visit(
        &mut self,
        contents: &Contents,
        (id, root): (u32, Root),
        depth: u32,
        observer: &mut O,
    ) -> Option<u64> {
        self.turn_to(contents, root, observer);
        let along = None;
        self.show_state(contents, Met { id, along, depth }, observer)
    }

    /// The same for the state that it turned to.
    fn show_state(&mut self, contents: &Contents, met: Met, observer: &mut O) -> Option<u64> {
        let Met { id, along, depth } = met;
        let stands_for = self.stands_for(contents);
        if self.is_worth_a_look(contents, depth, observer) {
            self.load(contents);
            observer.visit(Visit {
                machine: self.machine,
                id,
                along,
                depth,
                state: &self.state,
                enabled: &self.enabled,
                stands_for: stands_for.unwrap_or(1),
            });
        }
        stands_for
    }

    /// Whether the observer is to see the state that it turned to. What it saw at a smaller
    /// depth it has noted.
    pub fn is_worth_a_look(&mut self, contents: &Contents, depth: u32, observer: &O) -> bool {
        for question in 0..self.answers.len() {
            self.answers[question] = self.answer(contents, question, observer);
        }
        let glance = Glance {
            depth,
            stances: &self.known.stances,
            actors: &self.stances,
            answers: &self.answers,
        };
        self.enabled.is_empty() || observer.glance(&mut self.memory, &glance)
    }

    /// How many states the one that it turned to stands for, if it has no step.
    fn stands_for(&self, contents: &Contents) -> Option<u64> {
        let symmetry = contents.symmetry.as_ref();
        self.enabled
            .is_empty()
            .then(|| symmetry.map_or(1, |it| it.stands_for(&contents.parts, &self.numbers)))
    }

    /// Shows a state and its steps to the observer, and gathers what it leads to.
    pub fn expand(
        &mut self,
        contents: &Contents,
        (id, root): (u32, Root),
        depth: u32,
        observer: &mut O,
        batch: &mut Batch,
    ) -> Result<(), Halt> {
        if let Some(stands_for) = self.visit(contents, (id, root), depth, observer) {
            batch.end_here(stands_for);
            return Ok(());
        }
        self.leave_out(contents, observer)?;
        let along = None;
        let met = Met { id, along, depth };
        let must = match &contents.symmetry {
            Some(_) => self.enabled.iter().copied().collect(),
            // Nobody is like another, so it is not asked who else moves.
            None => ActorSet::NOBODY,
        };
        for index in 0..self.enabled.len() {
            let actor = self.enabled[index];
            if self.has_gone(contents, actor, must, observer, batch)? {
                continue;
            }
            for way in self.ways_of(contents, actor, observer)? {
                self.go(contents, (met, actor), way, observer, batch);
            }
        }
        Ok(())
    }

    /// Calls `on_step` for every step out of a state, in order of actors and ways,
    /// with its mark and the root of what it leads to, if that was stored.
    pub fn each_step(
        &mut self,
        contents: &Contents,
        root: Root,
        observer: &O,
        mut on_step: impl FnMut(Action, u8, Option<Root>),
    ) -> Result<(), Halt> {
        self.turn_to(contents, root, observer);
        self.leave_out(contents, observer)?;
        for index in 0..self.enabled.len() {
            let actor = self.enabled[index];
            for number in self.ways_of(contents, actor, observer)? {
                let root = match self.known.stops(number) {
                    true => None,
                    false => self.leads_to(contents, number),
                };
                let way = &self.known.ways[number as usize];
                let action = Action {
                    actor,
                    way: way.code,
                };
                on_step(action, way.mark, root);
            }
        }
        Ok(())
    }

    /// The ways that the step of an actor may go.
    fn ways_of(
        &mut self,
        contents: &Contents,
        actor: usize,
        observer: &O,
    ) -> Result<Range<u32>, Halt> {
        let question = self.known.beside[self.stances[actor] as usize].steps;
        match self.known.memo.answer(question, &self.numbers) {
            Some(step) => {
                let (first, end) = self.known.steps[step as usize];
                Ok(first..end)
            }
            None => self.try_out(contents, actor, observer),
        }
    }

    /// One way of a step.
    fn go(
        &mut self,
        contents: &Contents,
        (met, actor): (Met, usize),
        number: u32,
        observer: &mut O,
        batch: &mut Batch,
    ) {
        batch.n_steps += 1;
        let way = self.known.ways[number as usize];
        if way.more {
            self.show(contents, (met, actor), number, observer);
            if self.known.more[&number].fault.is_some() {
                return;
            }
        }
        if let Some(root) = self.leads_to(contents, number) {
            batch.successors.push(root);
            return;
        }
        let way = &self.known.ways[number as usize];
        let mut numbers = self.numbers.clone();
        let changes = match self.turned.is_done {
            true => &self.turned.changes,
            false => &self.known.changes[way.changes()],
        };
        for &(part, number) in changes {
            numbers[usize::from(part)] = number;
        }
        let more = self.known.more.get(&number);
        let n = u32::try_from(batch.pending.len()).expect("a batch is small");
        batch.successors.push((NOT_YET, n));
        batch.pending.push(Pending {
            by: actor,
            before: self.numbers.clone(),
            numbers,
            contents: more.map_or_else(Vec::new, |more| more.contents.clone()),
        });
    }

    /// Shows a step in which something happened to the observer.
    fn show(
        &mut self,
        contents: &Contents,
        (met, actor): (Met, usize),
        number: u32,
        observer: &mut O,
    ) {
        let more = &self.known.more[&number];
        if more.fault.is_none() && more.incidents.is_empty() {
            return;
        }
        if !std::mem::replace(&mut self.is_loaded, true) {
            contents.fill(&self.numbers, self.state.words_mut());
        }
        observer.taken(Taken {
            machine: self.machine,
            from: met.id,
            along: met.along,
            depth: met.depth,
            before: &self.state,
            action: Action {
                actor,
                way: self.known.ways[number as usize].code,
            },
            fault: more.fault,
            incidents: &more.incidents,
        });
    }

    /// The root of the state that a way leads to, if all its parts and pairs are known.
    #[inline]
    fn leads_to(&mut self, contents: &Contents, number: u32) -> Option<Root> {
        self.turned.is_done = false;
        let way = &self.known.ways[number as usize];
        if way.more && !self.know_contents(contents, number) {
            return None;
        }
        let way = &self.known.ways[number as usize];
        if let Some(symmetry) = &contents.symmetry {
            let changes = &self.known.changes[way.changes()];
            let n_parts = contents.parts.len();
            let numbers = &self.numbers[..n_parts];
            if !self.turned.turn(contents, symmetry, numbers, changes) {
                return None;
            }
            let changes = &self.turned.changes;
            return contents
                .tree
                .changed(&mut self.numbers, changes, &mut self.undo);
        }
        let (at_left, at_right) = contents.tree.halves();
        let (left, right) = (self.numbers[at_left], self.numbers[at_right]);
        let after = |half: u32, side: bool, changes: bool| match changes {
            true => self.halves.get(half, side, number),
            false => Some(half),
        };
        if let Some(left) = after(left, false, way.halves.0)
            && let Some(right) = after(right, true, way.halves.1)
        {
            return Some((left, right));
        }
        let changes = &self.known.changes[way.changes()];
        let root = contents
            .tree
            .changed(&mut self.numbers, changes, &mut self.undo)?;
        if way.halves.0 {
            self.halves.set(left, false, number, root.0);
        }
        if way.halves.1 {
            self.halves.set(right, true, number, root.1);
        }
        Some(root)
    }

    fn load(&mut self, contents: &Contents) {
        if !self.is_loaded {
            contents.fill(&self.numbers, self.state.words_mut());
            self.is_loaded = true;
        }
    }

    /// The scratch is as the state that is being expanded, and nobody has looked.
    fn begin(&mut self, contents: &Contents) {
        self.load(contents);
        self.scratch.copy_from(&self.state);
        self.scratch.forget_looks();
    }

    fn stance(&mut self, contents: &Contents, actor: usize, observer: &O) -> u32 {
        let root = self.known.actors[actor];
        if let Some(stance) = self.known.memo.answer(root, &self.numbers) {
            return stance;
        }
        self.begin(contents);
        let (machine, state) = (self.machine, &self.scratch);
        let running = machine.layout().is_running(state, actor);
        let keeps = machine.keeps_going(state, actor);
        let able = machine.is_able(state, actor);
        let view = observer.view(machine, state, actor);
        let about = self
            .reduction
            .map(|it| it.about(machine, state, actor, contents.likens_workers()));
        let known = &mut self.known;
        known.abouts.extend(about);
        let stance = small(known.stances.len());
        known.stances.push(Stance {
            running,
            able,
            view,
        });
        let steps = known.memo.root();
        known.beside.push(Beside { steps, keeps, able });
        state.looks(|looks| {
            let seen = looks.iter().fold(0, |all, &part| all | 1 << part);
            known.seen.push(seen);
            let looks = looks.iter().copied();
            known.memo.learn(root, looks, &self.numbers, stance);
        });
        stance
    }

    fn answer(&mut self, contents: &Contents, question: usize, observer: &O) -> u128 {
        let root = self.known.questions[question];
        if let Some(answer) = self.known.memo.answer(root, &self.numbers) {
            return self.known.answers[answer as usize];
        }
        self.begin(contents);
        let answer = observer.answer(self.machine, &self.scratch, question);
        let known = &mut self.known;
        let number = small(known.answers.len());
        known.answers.push(answer);
        self.scratch.looks(|looks| {
            let looks = looks.iter().copied();
            known.memo.learn(root, looks, &self.numbers, number);
        });
        answer
    }
}

/// A number of something that the memory kept for answers is too small for.
fn small(n: usize) -> u32 {
    u32::try_from(n).expect("it is forgotten before there are so many")
}

impl Batch {
    /// A state has no step, and stands for so many.
    fn end_here(&mut self, stands_for: u64) {
        self.n_terminal = self.n_terminal.saturating_add(stands_for);
    }

    /// All successors of the next state are there.
    pub fn end(&mut self) {
        self.ends
            .push(u32::try_from(self.successors.len()).expect("a batch is small"));
    }
}
