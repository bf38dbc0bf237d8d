//! Processes: whose copy of what.
//!
//! A process has its own copy of every variable and object that is not declared
//! `shared`, taken when it starts. The main process is number 0; its copies are
//! the declared cells and objects, and what is shared lies there, too. The
//! copies of the others follow behind everything else in a state, one region of
//! equal size for each process, and are there only if the program has processes.
//!
//! Which process an actor belongs to stands in its status word. A thread belongs
//! to the process of the actor that spawned it.
//!
//! A copy is taken as `fork` does it: all words as they are. What the words say
//! about actors of the other process is said about nobody any more: a lock that
//! was held stays locked, and its holder is not here to give it back. Only those
//! who slept are not copied, since a process begins with one thread.
//!
//! **Deliberately absent:** a record of what a copy looked like when it was
//! taken, and the end of a copy: memory of a process that has ended stays.

use super::layout::{Capacity, Layout, object_words};
use super::machine::Machine;
use super::state::State;
use crate::program::{CellId, ObjectId, ObjectKind, Program, RwPolicy};

/// A row that all processes share has no copy.
const SHARED: u32 = u32::MAX;

/// Where the copies of processes lie.
#[derive(Clone, Debug)]
pub(super) struct Copies {
    /// Where the first region begins.
    start: usize,
    /// Words of a region.
    size: usize,
    /// For each cell its place in a region.
    cells: Vec<u32>,
    /// For each object its first word in a region.
    objects: Vec<u32>,
}

impl Copies {
    /// Lays out the regions, from `start` on.
    pub fn new(program: &Program, capacity: Capacity, start: usize) -> Self {
        let mut copies = Copies {
            start,
            size: 0,
            cells: Vec::new(),
            objects: Vec::new(),
        };
        if !program.has_processes() {
            return copies;
        }
        for cell in &program.cells {
            let shared = program.vars[cell.var.index()].shared;
            copies.cells.push(place(&mut copies.size, shared, 1));
        }
        for object in &program.objects {
            let n_words = object_words(&object.kind, capacity);
            let at = place(&mut copies.size, object.shared, n_words);
            copies.objects.push(at);
        }
        copies
    }

    /// Words of all regions.
    pub fn n_words(&self, capacity: Capacity) -> usize {
        self.size * capacity.processes
    }

    /// Whether the program has processes at all.
    fn any(&self) -> bool {
        !self.cells.is_empty() || !self.objects.is_empty()
    }

    fn region(&self, process: usize) -> usize {
        self.start + (process - 1) * self.size
    }

    pub fn cell(&self, cell: CellId, process: usize) -> usize {
        self.region(process) + self.cells[cell.index()] as usize
    }

    pub fn object(&self, object: ObjectId, process: usize) -> usize {
        self.region(process) + self.objects[object.index()] as usize
    }
}

/// The next place of a region, if there is a copy.
fn place(size: &mut usize, shared: bool, n_words: usize) -> u32 {
    if shared {
        return SHARED;
    }
    let at = u32::try_from(*size).expect("sizes are limited far below 2^32 words");
    *size += n_words;
    at
}

impl Layout {
    /// The copy of a word of memory that a process uses.
    pub fn cell_in(&self, cell: CellId, process: usize) -> CellId {
        match self.copies().cells.get(cell.index()) {
            Some(&at) if at != SHARED => cell.of_process(process),
            _ => cell.declared(),
        }
    }

    /// The copy of an object that a process uses.
    pub fn object_in(&self, object: ObjectId, process: usize) -> ObjectId {
        match self.copies().objects.get(object.index()) {
            Some(&at) if at != SHARED => object.of_process(process),
            _ => object.declared(),
        }
    }

    /// The value of a word of memory.
    pub fn value(&self, state: &State, cell: CellId) -> i64 {
        state.word(self.cell(cell))
    }

    /// Processes, the main one included. Those that have ended count, too.
    pub fn n_processes(&self, state: &State) -> usize {
        if !self.copies().any() {
            return 1;
        }
        let all = (0..self.n_actors(state)).map(|actor| self.process_of(state, actor));
        all.max().unwrap_or(0) + 1
    }

    /// The first actor of a process beside the main one, after which it is called.
    pub fn first_of(&self, state: &State, process: usize) -> Option<usize> {
        (0..self.n_actors(state)).find(|&actor| self.process_of(state, actor) == process)
    }
}

impl Machine<'_> {
    /// Whether the program has processes beside the main one.
    pub fn has_processes(&self) -> bool {
        self.layout.copies().any()
    }

    /// The object with that number, as an actor uses it; `None` if there is none.
    pub fn object(&self, state: &State, actor: usize, number: i64) -> Option<ObjectId> {
        self.scene(state, actor).object(number)
    }

    /// Whether two actors use the same copy of an object.
    pub fn uses(&self, state: &State, actor: usize, id: ObjectId) -> bool {
        let process = self.layout.process_of(state, actor);
        self.layout.object_in(id, process) == id
    }

    /// The objects that an actor uses, its own copies among them.
    pub fn objects_of<'a>(
        &'a self,
        state: &State,
        actor: usize,
    ) -> impl Iterator<Item = ObjectId> + 'a {
        let process = self.layout.process_of(state, actor);
        let all = (0..self.program.objects.len()).map(ObjectId::new);
        all.map(move |id| self.layout.object_in(id, process))
    }

    /// Whether a word that names an actor is about nobody: the copy was taken
    /// while somebody of another process held the object.
    pub(super) fn is_absent(&self, state: &State, actor: usize, id: ObjectId) -> bool {
        let known = actor < self.layout.capacity().actors;
        id.process() != 0 && known && self.layout.process_of(state, actor) != id.process()
    }

    /// Who held an object when the copy was taken, if that is why it will stay held.
    pub fn held_since_copy(&self, state: &State, id: ObjectId) -> Option<usize> {
        let locks = matches!(
            self.program.objects[id.index()].kind,
            ObjectKind::Lock { .. } | ObjectKind::RwLock { .. } | ObjectKind::Once
        );
        if !locks || id.process() == 0 {
            return None;
        }
        let at = self.layout.object(id);
        let owner = usize::try_from(state.word(at)).ok()?.checked_sub(1);
        let reader = || {
            let is_rwlock = matches!(
                self.program.objects[id.index()].kind,
                ObjectKind::RwLock { .. }
            );
            let mut all = 0..self.layout.capacity().actors;
            let inside = |&actor: &usize| state.word(at + 1 + actor) != 0;
            is_rwlock
                .then(|| all.find(|it| inside(it) && self.is_absent(state, *it, id)))
                .flatten()
        };
        let owner = owner.filter(|&owner| self.is_absent(state, owner, id));
        owner.or_else(reader)
    }

    /// Numbers the processes that are there from the start.
    pub(super) fn initial_processes(&self) -> Vec<usize> {
        let mut n_processes = 0;
        let mut process = |own: bool| {
            n_processes += usize::from(own);
            if own { n_processes } else { 0 }
        };
        let actors = self.program.actors.iter();
        actors.map(|actor| process(actor.process)).collect()
    }

    /// Gives a process its copies of what another has.
    pub(super) fn copy(&self, state: &mut State, from: usize, to: usize) {
        let layout = &self.layout;
        for cell in (0..self.program.cells.len()).map(CellId::new) {
            let (own, new) = (layout.cell_in(cell, from), layout.cell_in(cell, to));
            if own != new {
                let value = state.word(layout.cell(own));
                state.set_word(layout.cell(new), value);
            }
        }
        for (index, object) in self.program.objects.iter().enumerate() {
            let id = ObjectId::new(index);
            let (own, new) = (layout.object_in(id, from), layout.object_in(id, to));
            if own == new {
                continue;
            }
            let n_words = object_words(&object.kind, layout.capacity());
            let (own, new) = (layout.object(own), layout.object(new));
            state.words_mut().copy_within(own..own + n_words, new);
            let forgotten = asleep(&object.kind, layout.capacity());
            state.words_mut()[new + forgotten.start..new + forgotten.end].fill(0);
        }
    }
}

/// Words of an object that are about those who sleep at it, or have missed something.
fn asleep(kind: &ObjectKind, capacity: Capacity) -> std::ops::Range<usize> {
    let n_words = object_words(kind, capacity);
    match kind {
        ObjectKind::Cond { .. } => 0..n_words,
        ObjectKind::Event { .. } => 1..n_words,
        ObjectKind::RwLock {
            policy: RwPolicy::Fair,
        } => 1 + capacity.actors..n_words,
        ObjectKind::RwLock { .. }
        | ObjectKind::Lock { .. }
        | ObjectKind::Sem { .. }
        | ObjectKind::Barrier { .. }
        | ObjectKind::Once
        | ObjectKind::Latch { .. }
        | ObjectKind::Chan { .. }
        | ObjectKind::Collection { .. }
        | ObjectKind::Executor { .. } => 0..0,
    }
}
