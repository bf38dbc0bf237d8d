//! Where everything lies in a state: memory, objects, observed locals, named
//! steps, what was printed if a property asks for it, then one slot of equal size for
//! each actor, then one row for each future and how many there were if not all are kept,
//! then the words of tasks and event loops, then the copies of processes.
//!
//! A state is one flat row of 64-bit words. Its layout is fixed for a program
//! and a [`Capacity`]: how many actors, how deep a stack and how long a queue it
//! has room for. What a run needs beyond that makes the step fail with
//! [`Grow`](super::Stop::Grow), and the search begins again with more room; so
//! small scenarios have small states, and no size is guessed.

use super::copies::Copies;
use crate::program::{CellId, Instr, LoopId, ObjectId, ObjectKind, Program, RwPolicy};

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
    /// Processes beside the main one.
    pub processes: usize,
    /// Words of what was printed; 0 if that is not kept.
    pub printed: usize,
    /// Room for whose turn it is: switches come only where CPython's lock has them.
    pub gil: bool,
    /// Jobs leave nothing behind that nobody can ask for: [`Machine::jobs`](super::Machine::jobs)
    /// are then those that are not done, and failures. Only where no future is kept.
    pub forgets_jobs: bool,
}

impl Capacity {
    /// Room for what a program starts with, and a little to grow.
    pub fn initial(program: &Program) -> Self {
        let deepest = |function: &crate::program::Function| usize::from(function.n_regs) + 1;
        let mut widest = program.functions.iter().map(deepest).max().unwrap_or(1);
        if !program.loops.is_empty() {
            // What a task returned stays where its stack was.
            widest = widest.max(program.code.iter().map(words_left).max().unwrap_or(1));
        }
        Self {
            actors: program.actors.len().max(1),
            stack: widest,
            queue: 4,
            futures: program.code.iter().filter(|it| submits(it)).count(),
            processes: program.actors.iter().filter(|it| it.process).count(),
            printed: if keeps_output(program) { 8 } else { 0 },
            gil: false,
            forgets_jobs: super::forgotten::keeps_no_future(program),
        }
    }

    /// The same, with every job kept to the end.
    pub fn with_every_job(self) -> Self {
        Self {
            forgets_jobs: false,
            ..self
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

/// Rows of jobs that are one part, where jobs are forgotten: a row that goes moves all behind
/// it, so each would be another part that changes. The first row is a part by itself: who
/// is idle looks at it only.
const ROWS_TOGETHER: usize = 8;

/// Offsets into a state's words.
#[derive(Clone, Debug)]
pub struct Layout {
    objects: Vec<u32>,
    observed: usize,
    labels: usize,
    printed: usize,
    actors: usize,
    actor_words: usize,
    futures: usize,
    future_words: usize,
    copies: Copies,
    /// One word for each actor, then one for each event loop of each process; nothing
    /// without loops.
    tasks: usize,
    n_loops: usize,
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
        let printed = at;
        if keeps_output(program) {
            at += 1 + capacity.printed;
        }
        let actors = at;
        let actor_words = slot::STACK + capacity.stack;
        let futures = at + capacity.actors * actor_words;
        let future_words = 1 + program.code.iter().map(words_of_job).max().unwrap_or(0);
        let submitted = futures + capacity.futures * future_words;
        let tasks = submitted + usize::from(capacity.forgets_jobs);
        let n_loops = program.loops.len();
        let task_words = if n_loops == 0 {
            0
        } else {
            capacity.actors + n_loops * (1 + capacity.processes)
        };
        let end = tasks + task_words;
        let copies = Copies::new(program, capacity, end);
        Self {
            objects,
            observed,
            labels,
            printed,
            actors,
            actor_words,
            futures,
            future_words,
            tasks,
            n_loops,
            capacity,
            n_words: end + copies.n_words(capacity) + usize::from(capacity.gil),
            copies,
        }
    }

    /// Words of a state.
    pub fn n_words(&self) -> usize {
        self.n_words
    }

    /// Where the parts begin that a state is made of, ascending from 0, at most
    /// `most` and one: each actor is one; words of memory, objects, futures and what there is of
    /// tasks are parts of their own, or a few together if there are many, or rows that move.
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
        let futures = self.capacity.futures;
        let (first, together) = match self.capacity.forgets_jobs {
            true => (futures.min(1), ROWS_TOGETHER),
            false => (0, 1),
        };
        let rows = (0..first).chain((first..futures).step_by(together));
        parts.extend(rows.map(|future| self.future(future)));
        parts.extend(self.submitted());
        parts.extend((self.tasks < self.n_words).then_some(self.tasks));
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

    /// The first word of an object, or of a process's copy of it.
    pub(super) fn object(&self, object: ObjectId) -> usize {
        match object.process() {
            0 => self.objects[object.index()] as usize,
            process => self.copies.object(object, process),
        }
    }

    /// The word of memory, or a process's copy of it.
    pub(super) fn cell(&self, cell: CellId) -> usize {
        match cell.process() {
            0 => cell.index(),
            process => self.copies.cell(cell, process),
        }
    }

    pub(super) fn copies(&self) -> &Copies {
        &self.copies
    }

    pub(super) fn observed(&self, index: usize) -> usize {
        self.observed + index
    }

    pub(super) fn label(&self, index: usize) -> usize {
        self.labels + index
    }

    /// Whose turn it is; the last word.
    pub(super) fn gil(&self) -> Option<usize> {
        self.capacity.gil.then(|| self.n_words - 1)
    }

    /// The first word of what was printed: how many follow.
    pub(super) fn printed(&self) -> usize {
        self.printed
    }

    pub(super) fn actor(&self, actor: usize) -> usize {
        self.actors + actor * self.actor_words
    }

    /// Whether there are event loops.
    pub fn has_loops(&self) -> bool {
        self.n_loops > 0
    }

    /// The event loops, those of each process after those of the one before.
    pub(super) fn loops(&self) -> impl Iterator<Item = LoopId> {
        let (n_loops, n_processes) = (self.n_loops, 1 + self.capacity.processes);
        let of = move |process| {
            let own = move |on| LoopId::new(on).of_process(process);
            (0..n_loops).map(own)
        };
        (0..n_processes).flat_map(of)
    }

    /// The word of an actor as a task; only in a program with loops.
    pub(super) fn task(&self, actor: usize) -> usize {
        self.tasks + actor
    }

    /// The word that says who runs on a loop.
    pub(super) fn current(&self, on: LoopId) -> usize {
        self.tasks + self.capacity.actors + on.process() * self.n_loops + on.index()
    }

    /// The first word of a future's row: what became of it. The others are its data.
    pub(super) fn future(&self, future: usize) -> usize {
        self.futures + future * self.future_words
    }

    /// The word that says how many jobs were submitted, where not all have a row.
    pub(super) fn submitted(&self) -> Option<usize> {
        self.capacity.forgets_jobs.then(|| self.tasks - 1)
    }

    /// The words of a future's data: arguments, then the result or the exception.
    pub(super) fn future_data(&self, future: usize) -> std::ops::Range<usize> {
        let first = self.future(future);
        first + 1..first + self.future_words
    }
}

fn words_left(instr: &Instr) -> usize {
    match instr {
        Instr::Return(words) => words.len().max(1),
        _ => 1,
    }
}

/// Whether a property asks for what is printed.
pub(super) fn keeps_output(program: &Program) -> bool {
    program.outcomes.iter().any(|outcomes| outcomes.print)
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

/// Words for one bit of each actor.
pub(super) fn bit_words(n_actors: usize) -> usize {
    n_actors.div_ceil(64)
}

/// The word of an actor's bit among them, and the bit.
pub(super) fn bit_of(actor: usize) -> (usize, i64) {
    (actor / 64, 1 << (actor % 64))
}

/// Words of an object; what each means stands in the file of its primitive.
pub(super) fn object_words(kind: &ObjectKind, capacity: Capacity) -> usize {
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
        ObjectKind::Collection { .. } => 0,
        ObjectKind::Cond { fifo, .. } => {
            bit_words(capacity.actors) + if *fifo { capacity.actors } else { 0 }
        }
        ObjectKind::Event { .. } => 1 + bit_words(capacity.actors),
        ObjectKind::Barrier { .. } => 2,
        ObjectKind::Chan {
            capacity: slots,
            width,
        } => {
            let slots = slots.map_or(capacity.queue, |slots| slots as usize);
            3 + slots * *width as usize
        }
    }
}
