//! Where everything lies in a state: memory, objects, observed locals, named
//! steps, then one slot of equal size for
//! each actor, then one row for each future.
//!
//! A state is one flat row of 64-bit words. Its layout is fixed for a program
//! and a [`Capacity`]: how many actors, how deep a stack and how long a queue it
//! has room for. What a run needs beyond that makes the step fail with
//! [`Grow`](super::Stop::Grow), and the search begins again with more room; so
//! small scenarios have small states, and no size is guessed.

use crate::program::{Instr, ObjectId, ObjectKind, Program, RwPolicy};

/// The room a layout has for what a program can have any number of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Capacity {
    /// Actors, running or ended.
    pub actors: usize,
    /// Words of an actor's stack: frames and their links.
    pub stack: usize,
    /// Elements of an unbounded channel.
    pub queue: usize,
    /// Futures, whatever became of their jobs.
    pub futures: usize,
}

impl Capacity {
    /// Room for what a program starts with, and a little to grow.
    pub fn initial(program: &Program) -> Self {
        let deepest = |function: &crate::program::Function| usize::from(function.n_regs) + 1;
        let widest = program.functions.iter().map(deepest).max().unwrap_or(1);
        Self {
            actors: program.actors.len().max(1),
            stack: widest,
            queue: 4,
            futures: program.code.iter().filter(|it| submits(it)).count(),
        }
    }
}

/// What every actor's slot begins with.
pub(super) mod slot {
    pub const PC: usize = 0;
    pub const STATUS: usize = 1;
    pub const PHASE: usize = 2;
    pub const AUX: usize = 3;
    pub const FRAME: usize = 4;
    pub const STACK: usize = 5;
}

/// Offsets into a state's words.
#[derive(Clone, Debug)]
pub struct Layout {
    objects: Vec<u32>,
    observed: usize,
    labels: usize,
    actors: usize,
    actor_words: usize,
    futures: usize,
    future_words: usize,
    capacity: Capacity,
    n_words: usize,
}

impl Layout {
    /// Lays out the states of `program`.
    pub fn new(program: &Program, capacity: Capacity) -> Self {
        let mut at = program.cells.len();
        let mut objects = Vec::with_capacity(program.objects.len());
        for object in &program.objects {
            objects.push(u32::try_from(at).expect("sizes are limited far below 2^32 words"));
            at += object_words(&object.kind, capacity);
        }
        let observed = at;
        at += program.observed.len();
        let labels = at;
        at += program.labels.len();
        let actors = at;
        let actor_words = slot::STACK + capacity.stack;
        let futures = at + capacity.actors * actor_words;
        let future_words = 1 + program.code.iter().map(words_of_job).max().unwrap_or(0);
        Self {
            objects,
            observed,
            labels,
            actors,
            actor_words,
            futures,
            future_words,
            capacity,
            n_words: futures + capacity.futures * future_words,
        }
    }

    /// Words of a state.
    pub fn n_words(&self) -> usize {
        self.n_words
    }

    /// Where the parts begin that a state is made of, ascending from 0, at most
    /// `most`: each actor is one; words of memory and objects are parts of their
    /// own, or a few together if there are many.
    pub fn parts(&self, most: usize) -> Vec<usize> {
        let mut shared: Vec<usize> = (0..self
            .objects
            .first()
            .map_or(self.observed, |&at| at as usize))
            .collect();
        shared.extend(self.objects.iter().map(|&at| at as usize));
        shared.extend(self.observed..self.actors);
        let mut parts = shared;
        let n_before = parts.len();
        parts.extend((0..self.capacity.futures).map(|future| self.future(future)));
        let group = parts
            .len()
            .div_ceil((most - self.capacity.actors).max(1))
            .max(1);
        let mut all: Vec<usize> = parts[..n_before].iter().step_by(group).copied().collect();
        all.extend((0..self.capacity.actors).map(|actor| self.actor(actor)));
        all.extend(parts[n_before..].iter().step_by(group));
        all.dedup();
        all
    }

    /// Whether the word at this place belongs to an actor.
    pub fn is_actor(&self, at: usize) -> bool {
        (self.actors..self.futures).contains(&at)
    }

    /// The room it has.
    pub fn capacity(&self) -> Capacity {
        self.capacity
    }

    pub(super) fn object(&self, object: ObjectId) -> usize {
        self.objects[object.index()] as usize
    }

    pub(super) fn observed(&self, index: usize) -> usize {
        self.observed + index
    }

    pub(super) fn label(&self, index: usize) -> usize {
        self.labels + index
    }

    pub(super) fn actor(&self, actor: usize) -> usize {
        self.actors + actor * self.actor_words
    }

    /// The first word of a future's row: what became of it. The others are its data.
    pub(super) fn future(&self, future: usize) -> usize {
        self.futures + future * self.future_words
    }

    /// The words of a future's data: arguments, then the result or the exception.
    pub(super) fn future_data(&self, future: usize) -> std::ops::Range<usize> {
        let first = self.future(future);
        first + 1..first + self.future_words
    }
}

fn submits(instr: &Instr) -> bool {
    matches!(instr, Instr::Submit { .. })
}

/// Words that a future must have for this instruction.
fn words_of_job(instr: &Instr) -> usize {
    match instr {
        Instr::Submit { args, .. } => args.len(),
        Instr::FinishJob { width, .. } => usize::from(*width),
        _ => 0,
    }
}

/// Words of an object; what each means stands in the file of its primitive.
fn object_words(kind: &ObjectKind, capacity: Capacity) -> usize {
    match kind {
        ObjectKind::Lock { reentrant, .. } => 1 + usize::from(*reentrant),
        ObjectKind::RwLock { policy } => match policy {
            RwPolicy::Readers | RwPolicy::Writers => 1 + capacity.actors,
            RwPolicy::Fair => 1 + 2 * capacity.actors,
        },
        ObjectKind::Sem { .. }
        | ObjectKind::Once
        | ObjectKind::Latch { .. }
        | ObjectKind::Executor { .. } => 1,
        ObjectKind::Cond { fifo, .. } => 1 + if *fifo { capacity.actors } else { 0 },
        ObjectKind::Event { .. } | ObjectKind::Barrier { .. } => 2,
        ObjectKind::Chan {
            capacity: slots,
            width,
        } => {
            let slots = slots.map_or(capacity.queue, |slots| slots as usize);
            3 + slots * *width as usize
        }
    }
}
