//! Actors that are alike: they run the same code with the same values, so that nothing
//! but their numbers tells them apart.
//!
//! A state knows an actor in two ways: by the place of its slot, and by its number in
//! the words of objects and event loops. Whoever gives actors other numbers must change
//! both.
//!
//! **Theorem.** Let a renaming give numbers of like actors to like actors, and leave
//! all others alone. If a step leads from `s` to `t`, then the same step of the renamed
//! actor leads from the renamed `s` to the renamed `t`. *Why.* No instruction looks at
//! the number of its own actor, but to compare
//! it with a number in an object; choices among actors are tried in all ways; what
//! sleeps in a queue is kept in order. So what is found from a state is found, by other
//! actors, from the renamed one.
//!
//! **Conditions.** Nobody can name an actor: no `spawn`, `join` or `is_alive`, no local
//! that a property asks for, no processes; of what tasks do with each other, nothing.
//!
//! **Tasks.** They are in the ready queue from the start, in the order in which they are
//! declared, so the first state is not its own renaming. What follows from it is found in
//! its renamings all the same, but not all of them are reached: how many states a stored
//! one stands for is not known where its tasks differ. Of several loops there could be
//! tasks with the same place in their queues, where a `notify` goes by the number; and
//! the end of a `main task` stops others in the order of their numbers. So there is one
//! loop, and no main task.
//!
//! **Workers.** Of idle workers that hold the same, only the first takes a job. So the
//! renamed step is not always one; but then it is one of a worker that nothing tells
//! apart from it, and leads to a renaming all the same. For this, idle workers that hold
//! the same must be the same: nothing but locks of an owner remembers who they are. Not all renamings
//! of a state are reached, so how many states a stored one stands for is not known where
//! its workers differ; and a run of the program may need more switches than one through
//! stored states.
//!
//! Source: Ip and Dill, "Better verification through symmetry" (1996). Deviation: like
//! actors are found in the program, not declared by its author.

use super::layout::{Layout, bit_of, bit_words};
use super::machine::Machine;
use super::state::State;
use crate::base::{ActorSet, Mistake, planted};
use crate::program::{
    ActorKind, Expr, Instr, LoopId, ObjectKind, Program, Query, RwPolicy, SyncOp, TaskOp,
};
use std::cmp::Ordering;
use std::ops::Range;

/// The words in which an object names actors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Names {
    /// One actor plus 1; 0 or less is nobody.
    One(usize),
    /// A bit for each, from here.
    Bits(usize),
    /// A word for each, from here.
    Each(usize),
    /// Actors plus 1, from here, in order; then zeros.
    Queue(usize),
}

/// Which actors are alike, and which words of a state name actors.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alike {
    classes: Vec<Vec<usize>>,
    /// Those of classes of which not all renamings of a state need be reached.
    partly: ActorSet,
    /// All workers of each executor are of one class.
    likens_workers: bool,
    names: Vec<Names>,
    n_actors: usize,
}

impl Alike {
    /// The like actors of a program; `None` if there are none.
    ///
    /// `first` is the first state of all.
    pub fn of(machine: &Machine<'_>, first: &State) -> Option<Self> {
        let (program, layout) = (machine.program(), machine.layout());
        if layout.gil().is_some() || may_name_actors(program) {
            return None;
        }
        let mut classes: Vec<Vec<usize>> = Vec::new();
        for actor in 0..program.actors.len() {
            let same = |class: &&mut Vec<usize>| are_alike(program, layout, first, class[0], actor);
            match classes.iter_mut().find(same) {
                Some(class) => class.push(actor),
                None => classes.push(vec![actor]),
            }
        }
        let class_of = |actor: usize| classes.iter().position(|class| class.contains(&actor));
        let is_like_all = |&(worker, of): &(usize, _)| {
            let mut others = machine.workers_of(of);
            others.all(|other| class_of(other) == class_of(worker))
        };
        let likens_workers = machine.workers.iter().all(is_like_all);
        classes.retain(|class| class.len() > 1);
        let is_thread = |&actor: &usize| program.actors[actor].kind == ActorKind::Thread;
        let others = { classes.iter().flatten() }.filter(|actor| !is_thread(actor));
        let partly = others.copied().collect();
        (!classes.is_empty()).then(|| Self {
            partly,
            classes,
            likens_workers,
            names: names(program, layout),
            n_actors: layout.capacity().actors,
        })
    }

    /// The classes, each of two actors or more, ascending.
    pub fn classes(&self) -> &[Vec<usize>] {
        &self.classes
    }

    /// Whether all workers of each executor are alike.
    pub fn likens_workers(&self) -> bool {
        self.likens_workers
    }

    /// Whether all renamings of a reached state are reached.
    pub fn reaches_all(&self) -> bool {
        self.partly.is_empty()
    }

    /// The same of renamings that give an actor of a class another number.
    pub fn reaches_all_of(&self, actor: usize) -> bool {
        !self.partly.contains(actor)
    }

    /// The words of objects and loops that name actors.
    pub fn names(&self) -> impl Iterator<Item = Range<usize>> {
        self.names.iter().map(|names| match *names {
            Names::One(at) => at..at + 1,
            Names::Bits(at) => at..at + bit_words(self.n_actors),
            Names::Each(at) | Names::Queue(at) => at..at + self.n_actors,
        })
    }

    /// Compares what the objects of a state say of two actors. What comes out depends on
    /// the actors' parts in it, not on their numbers.
    pub fn compare(&self, words: &[i64], one: usize, other: usize) -> Ordering {
        let said = |names: &Names, actor| self.said(words, names, actor);
        let orders = self.names.iter();
        let mut orders = orders.map(|it| said(it, one).cmp(&said(it, other)));
        let different = orders.find(|it| it.is_ne());
        different.unwrap_or(Ordering::Equal)
    }

    fn said(&self, words: &[i64], names: &Names, actor: usize) -> i64 {
        let number = word_of(actor);
        match *names {
            Names::One(at) => i64::from(words[at] == number),
            Names::Bits(at) => i64::from(has_bit(&words[at..], actor)),
            Names::Each(at) => words[at + actor],
            Names::Queue(at) => {
                let mut queue = words[at..at + self.n_actors].iter();
                queue.position(|&word| word == number).map_or(0, word_of)
            }
        }
    }

    /// A whole state in which actors have other numbers: `number[old]` is the new one, and
    /// that of a like actor.
    pub fn renamed(&self, layout: &Layout, state: &State, number: &[usize]) -> State {
        let mut words: Box<[i64]> = state.words().into();
        self.rename(&mut words, number);
        for (old, &new) in number.iter().enumerate() {
            let slot = |actor: usize| layout.actor(actor)..layout.actor(actor + 1);
            words[slot(new)].copy_from_slice(&state.words()[slot(old)]);
        }
        State::from_words(words)
    }

    /// Gives actors other numbers in the words of objects and loops: `number[old]` is the new one.
    pub fn rename(&self, words: &mut [i64], number: &[usize]) {
        let renamed = |word: i64| match usize::try_from(word).ok().and_then(|it| it.checked_sub(1))
        {
            Some(actor) => word_of(number[actor]),
            None => word,
        };
        for names in &self.names {
            match *names {
                Names::One(at) => words[at] = renamed(words[at]),
                Names::Bits(at) => {
                    let bits = &mut words[at..at + bit_words(self.n_actors)];
                    let actors = (0..self.n_actors).filter(|&actor| has_bit(bits, actor));
                    let renamed: Vec<usize> = actors.map(|actor| number[actor]).collect();
                    bits.fill(0);
                    for actor in renamed {
                        let (word, bit) = bit_of(actor);
                        bits[word] |= bit;
                    }
                }
                Names::Each(at) => {
                    let old = words[at..at + self.n_actors].to_vec();
                    for (actor, word) in old.into_iter().enumerate() {
                        words[at + number[actor]] = word;
                    }
                }
                Names::Queue(at) => {
                    let queue = &mut words[at..at + self.n_actors];
                    queue.iter_mut().for_each(|word| *word = renamed(*word));
                }
            }
        }
    }
}

fn has_bit(words: &[i64], actor: usize) -> bool {
    let (word, bit) = bit_of(actor);
    words[word] & bit != 0
}

fn word_of(actor: usize) -> i64 {
    i64::try_from(actor + 1).expect("at most 112 actors")
}

/// Whether the two run the same code with the same values.
fn are_alike(program: &Program, layout: &Layout, first: &State, one: usize, other: usize) -> bool {
    let slot = |actor: usize| first.peek(layout.actor(actor)..layout.actor(actor + 1));
    let (left, right) = (&program.actors[one], &program.actors[other]);
    (left.function, left.kind) == (right.function, right.kind)
        && (slot(one) == slot(other) || planted(Mistake::AllAreAlike))
        && (left.main, left.daemon) == (right.main, right.daemon)
}

/// Whether something in the program may tell actors apart by their numbers.
fn may_name_actors(program: &Program) -> bool {
    let kinds = || program.actors.iter().map(|actor| actor.kind);
    let is_task = |kind| matches!(kind, ActorKind::Task { .. });
    let has_main = program.actors.iter().any(|actor| actor.main);
    program.loops.len() > 1
        || kinds().any(is_task) && has_main
        || program.has_processes()
        || kinds().any(is_worker) && program.objects.iter().any(|it| remembers_who(&it.kind))
        || !program.observed.is_empty()
        || program.code.iter().any(names_an_actor)
        || program
            .properties
            .iter()
            .any(|property| property.kind.exprs().into_iter().any(asks_an_actor))
}

fn is_worker(kind: ActorKind) -> bool {
    matches!(kind, ActorKind::Worker(_))
}

/// Whether an object may know of a worker that has no job, other than as the holder
/// of a lock.
fn remembers_who(kind: &ObjectKind) -> bool {
    match kind {
        ObjectKind::Lock { unowned, .. } => *unowned,
        ObjectKind::RwLock { .. }
        | ObjectKind::Cond { .. }
        | ObjectKind::Event { .. }
        | ObjectKind::Once => true,
        ObjectKind::Sem { .. }
        | ObjectKind::Latch { .. }
        | ObjectKind::Barrier { .. }
        | ObjectKind::Chan { .. }
        | ObjectKind::Collection { .. }
        | ObjectKind::Executor { .. } => false,
    }
}

fn names_an_actor(instr: &Instr) -> bool {
    match instr {
        Instr::Sync { op, .. } => matches!(op, SyncOp::Join(_)) && !planted(Mistake::JoinIsBlind),
        Instr::Task { op, .. } => *op != TaskOp::Io,
        Instr::Spawn { .. } | Instr::Observe(..) => true,
        Instr::Ask(_, Query::IsAlive, _) => true,
        Instr::WaitUntil(condition) => asks_an_actor(condition),
        _ => false,
    }
}

fn asks_an_actor(expr: &Expr) -> bool {
    let mut asks = matches!(expr, Expr::Query(Query::IsAlive, _) | Expr::Observed(_));
    expr.parts(&mut |part| asks |= asks_an_actor(part));
    asks
}

/// The words in which objects and loops name actors, as the file of each primitive says.
fn names(program: &Program, layout: &Layout) -> Vec<Names> {
    let n_actors = layout.capacity().actors;
    let mut names = Vec::new();
    for (index, object) in program.objects.iter().enumerate() {
        let at = layout.object(crate::program::ObjectId::new(index));
        match object.kind {
            ObjectKind::Lock { .. } | ObjectKind::Once => names.push(Names::One(at)),
            ObjectKind::RwLock { policy } => {
                names.extend([Names::One(at), Names::Each(at + 1)]);
                if policy == RwPolicy::Fair {
                    names.push(Names::Queue(at + 1 + n_actors));
                }
            }
            ObjectKind::Cond { fifo, .. } => {
                names.push(Names::Bits(at));
                if fifo {
                    names.push(Names::Queue(at + bit_words(n_actors)));
                }
            }
            ObjectKind::Event { .. } => names.push(Names::Bits(at + 1)),
            ObjectKind::Sem { .. }
            | ObjectKind::Latch { .. }
            | ObjectKind::Barrier { .. }
            | ObjectKind::Chan { .. }
            | ObjectKind::Collection { .. }
            | ObjectKind::Executor { .. } => {}
        }
    }
    if layout.has_loops() && !planted(Mistake::TurnsNotRenamed) {
        let on = LoopId::new(0);
        names.extend([Names::Each(layout.task(0)), Names::One(layout.current(on))]);
    }
    if planted(Mistake::QueuesNotRenamed) {
        names.retain(|it| !matches!(it, Names::Queue(_)));
    }
    names
}
