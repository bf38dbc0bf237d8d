//! Breadth-first search over stored states, layer by layer.
//!
//! A layer is cut into pieces of equal size. Workers expand pieces; their
//! results are taken over one piece after the other, in order, so states get
//! the same numbers, and limits stop at the same state, for any number of
//! workers. Breadth first means that the first run to anything is a shortest.
//!
//! **Invariant:** states are numbered in order of their depth, so a layer is a
//! range of numbers.
//!
//! **Deliberately absent:** what is looked for ([`Observer`]) and how a schedule
//! is found again ([`shortest`](super::shortest)).

mod by_whom;
mod chains;
mod layers;
mod place;

mod sittings;

use chains::Chains;
pub use chains::Passing;
use layers::Ahead;

use super::contents::Contents;
use super::expand::Heard;
use super::limits::{Bound, Limits, MemoryBudget, Watch};
use super::observer::Observer;
use super::parents::Parents;
use super::reduction::Reduction;
use super::rounds::Rounds;
use super::store::Store;
use super::symmetry::{NOT_KNOWN, Symmetry};
use super::tree::Root;
use super::worker::{Batch, NOT_YET, Worker};
use crate::base::{Mistake, planted};
use crate::semantics::{Alike, Capacity, Machine, State};
use crate::trace::Action;
use std::ops::Range;
use std::time::Instant;

/// States that are expanded as one piece.
const PIECE: u32 = 256;
/// Pieces that are expanded before any of them is taken over, in a small layer and in a
/// large one. What a search gives depends on it where a limit is reached, so it is the same
/// for any number of workers.
const PIECES: u32 = 16;
const PIECES_MAX: u32 = 64;
/// Into so many parts a large layer is cut: in the last of them nobody can work ahead.
const CHUNKS: u32 = 8;
/// Chunks that may be expanded before one is taken over: that takes longer now and then.
const CHUNKS_AHEAD: u32 = 3;

/// A finished search.
pub struct Search<'m> {
    machine: &'m Machine<'m>,
    reduction: Option<&'m Reduction<'m>>,
    store: Store,
    parents: Parents,
    /// Where orders of steps are left out.
    chains: Option<Chains>,
    /// The first state of each layer, and one past the last.
    layers: Vec<u32>,
    n_expanded: u32,
    n_steps: u64,
    n_terminal: u64,
    /// Whether a step led back to a layer that was there before.
    leads_back: bool,
    rounds: Rounds,
    /// Somebody said that it was enough.
    stopped: bool,
    bound: Option<Bound>,
    /// Whether a limit may be reached with the next states.
    near: bool,
}

/// How a search is reduced.
#[derive(Clone, Copy)]
pub struct Reduced<'m> {
    /// Which orders of steps are left out.
    pub orders: &'m Reduction<'m>,
    /// Whether states with one step are stored.
    pub passing: Passing,
    /// Whether of states that differ only in the numbers of like actors one is stored.
    pub symmetry: bool,
    /// After so many states it ends if it left out next to nothing until then; see
    /// [`Search::gave_up`].
    pub gives_up_after: Option<u64>,
}

/// States up to which what is said of circles is compared in builds with assertions.
const COMPARED_MAX: u32 = 20_000;

/// Called after each layer and each piece: states stored, depth, bytes.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u32, usize);

/// Explores all states.
///
/// Cost: one expansion for each state; memory for each state as
/// [`Search::bytes`] says.
///
/// # Errors
///
/// The capacity that the layout must have: begin again with it.
pub fn search<'m, O: Observer>(
    machine: &'m Machine<'m>,
    limits: &Limits,
    workers: usize,
    observer: &mut O,
    progress: Progress<'_>,
) -> Result<Search<'m>, Capacity> {
    let begun = Search::begin(machine, None, false, limits, observer)?;
    begun.run(limits, workers, observer, progress, &mut |_, _| false)
}

/// Explores one order of those steps that accord, and of states that differ only in
/// like actors one, if that is wanted. [`Search::has_circle`] must be asked before
/// anything is made of it.
///
/// # Errors
///
/// As [`search`].
pub fn search_reduced<'m, O: Observer>(
    machine: &'m Machine<'m>,
    reduced: Reduced<'m>,
    limits: &Limits,
    workers: usize,
    observer: &mut O,
    progress: Progress<'_>,
) -> Result<Search<'m>, Capacity> {
    let begun = Search::begin(machine, Some(reduced), reduced.symmetry, limits, observer)?;
    begun.run_along_chains(limits, workers, observer, progress)
}

/// Asked after each layer: whether that is enough.
pub type Enough<'a, 'm, O> = &'a mut dyn FnMut(&Search<'m>, &mut O) -> bool;

/// Explores all states, layer by layer, until it is enough; with `symmetry`, of states
/// that differ only in the numbers of like actors one.
///
/// # Errors
///
/// As [`search`].
pub fn search_until<'m, O: Observer>(
    machine: &'m Machine<'m>,
    symmetry: bool,
    limits: &Limits,
    workers: usize,
    observer: &mut O,
    progress: Progress<'_>,
    enough: Enough<'_, 'm, O>,
) -> Result<Search<'m>, Capacity> {
    let begun = Search::begin(machine, None, symmetry, limits, observer)?;
    begun.run(limits, workers, observer, progress, enough)
}

/// Answers that each worker may remember: a few hundredths of the memory.
fn room_for(limits: &Limits, n_workers: usize) -> usize {
    let all = limits.memory.0 / 512 / n_workers as u64;
    usize::try_from(all.clamp(1 << 14, 1 << 22)).expect("a small number")
}

/// Gives all successors of a batch their roots.
fn resolve(contents: &mut Contents, rounds: &mut Rounds, batch: &mut Batch) {
    if batch.pending.is_empty() {
        return;
    }
    for root in &mut batch.successors {
        if root.0 == NOT_YET {
            *root = contents.resolve(&mut batch.pending[root.1 as usize], rounds);
        }
    }
    contents.count_bytes();
}

/// Explores all orders of steps; of states that differ only in the numbers of like actors
/// one.
///
/// # Errors
///
/// As [`search`].
pub fn search_alike<'m, O: Observer>(
    machine: &'m Machine<'m>,
    limits: &Limits,
    workers: usize,
    observer: &mut O,
    progress: Progress<'_>,
) -> Result<Search<'m>, Capacity> {
    let begun = Search::begin(machine, None, true, limits, observer)?;
    begun.run(limits, workers, observer, progress, &mut |_, _| false)
}

/// The like actors of a program, if there are some and it can begin.
pub fn like_actors(machine: &Machine<'_>) -> Option<Alike> {
    let first = machine.initial(&mut Heard::nothing(machine)).ok()?;
    Alike::of(machine, &first)
}

impl<'m> Search<'m> {
    fn empty(machine: &'m Machine<'m>, reduced: Option<Reduced<'m>>, symmetry: bool) -> Self {
        let alike = symmetry.then(|| like_actors(machine)).flatten();
        let store = Store::new(machine.layout(), alike.as_ref());
        Self {
            machine,
            reduction: reduced.map(|it| it.orders),
            rounds: Rounds::new(machine.layout(), &store.contents),
            store,
            parents: Parents::default(),
            chains: reduced.map(|it| Chains::new(it.passing, it.gives_up_after)),
            layers: vec![0],
            n_expanded: 0,
            n_steps: 0,
            n_terminal: 0,
            leads_back: false,
            stopped: false,
            bound: None,
            near: false,
        }
    }

    fn begin<O: Observer>(
        machine: &'m Machine<'m>,
        reduced: Option<Reduced<'m>>,
        symmetry: bool,
        limits: &Limits,
        observer: &mut O,
    ) -> Result<Self, Capacity> {
        let saved = limits.keep.from.as_deref();
        let restore = |saved| Self::restore(machine, reduced, symmetry, saved, observer);
        if let Some(search) = saved.and_then(restore) {
            return Ok(search);
        }
        let mut search = Self::empty(machine, reduced, symmetry);
        let mut heard = Heard::nothing(machine);
        let initial = machine.initial(&mut heard);
        observer.executed(&heard.executed);
        match initial {
            Ok(initial) => {
                let root = search.store.contents.resolve_words(initial.words());
                match &mut search.chains {
                    None => {
                        search.store.roots.insert(root);
                    }
                    Some(chains) => chains.begin(root),
                }
            }
            Err(crate::semantics::Stop::Grow(capacity)) => return Err(capacity),
            Err(crate::semantics::Stop::Limit(limit, pc)) => {
                search.bound = Some(Bound::Language(limit, pc));
            }
            Err(crate::semantics::Stop::Fault(fault)) => {
                unreachable!("what can fail at the beginning is a step of its own: {fault:?}")
            }
        }
        if search.chains.is_none() {
            search.layers.push(search.n_states());
        }
        Ok(search)
    }

    fn run<O: Observer>(
        self,
        limits: &Limits,
        workers: usize,
        observer: &mut O,
        progress: Progress<'_>,
        enough: Enough<'_, 'm, O>,
    ) -> Result<Self, Capacity> {
        let mut search = self;
        let (machine, reduction) = (search.machine, search.reduction);
        let mut watch = Watch::new(limits);
        let mut last_kept = Instant::now();
        let n_workers = workers.max(1);
        let room = room_for(limits, n_workers);
        let mut workers: Vec<Worker<'m, O>> = (0..n_workers)
            .map(|_| Worker::new(machine, reduction, &search.store.contents, observer, room))
            .collect();
        let mut ahead = Ahead::nothing(search.n_expanded, limits);
        while search.bound.is_none() {
            let layer = search.last_layer();
            if layer.is_empty() {
                search.layers.pop();
                break;
            }
            search.expand_layer(
                layer,
                limits,
                (&mut workers, &mut ahead),
                observer,
                (&mut watch, &mut last_kept),
                progress,
            )?;
            search.layers.push(search.n_states());
            if search.bound.is_none() && enough(&search, observer) {
                search.stopped = true;
                break;
            }
        }
        search.end(&workers, observer);
        Ok(search)
    }

    /// Whatever can only be known in the end.
    fn end<O: Observer>(&mut self, workers: &[Worker<'m, O>], observer: &mut O) {
        for worker in workers {
            self.rounds.merge(worker.rounds());
        }
        if self.leads_back && self.is_complete() && !self.rounds.may_go_round() {
            debug_assert!(self.has_no_circle(), "whoever comes round is seen to");
            self.leads_back = false;
        }
        observer.ranges(
            self.store
                .contents
                .ranges(self.machine.program().cells.len()),
        );
    }

    /// The same, looked at state by state, where these are few.
    fn has_no_circle(&self) -> bool {
        let many = self.n_states() > COMPARED_MAX;
        many || self.has_circle(MemoryBudget(u64::MAX)) == Ok(false)
    }

    fn last_layer(&self) -> Range<u32> {
        let n = self.layers.len();
        self.layers[n - 2]..self.layers[n - 1]
    }

    /// Whether so many more states are surely within the limits.
    fn has_room_for(&self, n: usize, limits: &Limits) -> bool {
        let most = limits.states.min(u64::from(u32::MAX - 1));
        let few = u64::from(self.n_states()) + n as u64 <= most;
        few && self.store.fits(n, self.budget(limits))
    }

    /// What of the memory is left for states. A part of it is for what workers
    /// remember and have in hand; the same for any number of them.
    fn budget(&self, limits: &Limits) -> MemoryBudget {
        let workers = (limits.memory.0 / 4).min(64 << 20);
        let others = workers + self.beside_store() as u64;
        MemoryBudget(limits.memory.0.saturating_sub(others))
    }

    /// The machine.
    pub fn machine(&self) -> &'m Machine<'m> {
        self.machine
    }

    /// States stored.
    pub fn n_states(&self) -> u32 {
        u32::try_from(self.store.len()).expect("the limit of states is below 2^32")
    }

    /// States whose steps were all taken; they are numbered from 0.
    pub fn n_expanded(&self) -> u32 {
        self.n_expanded
    }

    /// Steps taken.
    pub fn n_steps(&self) -> u64 {
        self.n_steps
    }

    /// States without a step.
    pub fn n_terminal(&self) -> u64 {
        self.n_terminal
    }

    /// Whether the number of states without a step is known: where like workers or tasks
    /// differ in one of them, it is not said how many it stands for.
    pub fn knows_terminal(&self) -> bool {
        self.n_terminal < NOT_KNOWN || self.alike().is_none_or(Alike::reaches_all)
    }

    /// The deepest layer.
    pub fn depth(&self) -> u32 {
        u32::try_from(self.layers.len().saturating_sub(2)).expect("fewer layers than states")
    }

    /// The states of a depth; none where only passed ones are that deep.
    pub fn layer(&self, depth: u32) -> Range<u32> {
        let depth = depth as usize;
        let first = |depth| self.layers.get(depth).copied().unwrap_or(self.n_states());
        first(depth)..first(depth + 1)
    }

    /// The depth of a stored state.
    pub(super) fn depth_of(&self, id: u32) -> u32 {
        let layer = self.layers.partition_point(|&first| first <= id) - 1;
        u32::try_from(layer).expect("fewer layers than steps")
    }

    /// What ended the search early.
    pub fn bound(&self) -> Option<Bound> {
        self.bound
    }

    /// Whether some run can go round in a circle (or seems to: a step leads to an
    /// earlier or the same layer, and actors come back to where they were).
    pub fn may_run_for_ever(&self) -> bool {
        self.leads_back
    }

    /// Whether all states were found, or in a reduced search all that it needs.
    pub fn is_complete(&self) -> bool {
        self.bound.is_none() && !self.stopped
    }

    /// Whether orders of steps were left out.
    pub fn is_reduced(&self) -> bool {
        self.reduction.is_some()
    }

    /// Which actors are alike, if one state is stored for all that differ only in them.
    pub fn alike(&self) -> Option<&Alike> {
        self.store.contents.symmetry.as_ref().map(Symmetry::alike)
    }

    /// Turns the words of a state into those of the one that stands for it; says whether
    /// that may be stored.
    pub(super) fn turn_words(&self, words: &mut [i64]) -> bool {
        let symmetry = self.store.contents.symmetry.as_ref();
        symmetry.is_none_or(|it| it.turn_words(words, &self.store.contents.parts).is_some())
    }

    /// Whether some run goes round in a circle, for certain.
    ///
    /// Cost: nothing if no step led back; else one more expansion of all states.
    ///
    /// # Errors
    ///
    /// [`Bound::Memory`] if there is no room to find out.
    pub fn has_circle(&self, memory: MemoryBudget) -> Result<bool, Bound> {
        match self.leads_back && !planted(Mistake::CirclesIgnored) {
            true => Ok(super::graph::Graph::new(self, memory)?.has_circle()),
            false => Ok(false),
        }
    }

    /// For each expanded state, the actors whose steps were taken, ascending.
    pub fn movers(&self) -> Vec<Vec<usize>> {
        let nobody = super::graph::Marking(None);
        let mut worker = self.worker(&nobody);
        let of_state = |id| {
            let mut actors = Vec::new();
            self.each_step(&mut worker, &nobody, id, |action, _, _| {
                actors.push(action.actor);
            });
            actors.dedup();
            actors
        };
        (0..self.n_expanded).map(of_state).collect()
    }

    /// Bytes in use.
    pub fn bytes(&self) -> usize {
        self.store.bytes() + self.beside_store()
    }

    fn beside_store(&self) -> usize {
        self.parents.bytes() + self.chains.as_ref().map_or(0, Chains::bytes)
    }

    /// The stored state from which a state was found first; `None` for the first of all.
    pub(super) fn parent(&self, id: u32) -> Option<u32> {
        (id > 0).then(|| match &self.chains {
            None => self.parents.of(id),
            Some(chains) => chains.parents[id as usize],
        })
    }

    /// A state to load others into.
    pub fn blank(&self) -> State {
        State::from_words(vec![0; self.machine.layout().n_words()].into_boxed_slice())
    }

    /// Reads a state.
    pub fn load(&self, id: u32, state: &mut State) {
        self.store.load(id, state.words_mut());
    }

    /// One who expands stored states again.
    pub(super) fn worker<O: Observer>(&self, observer: &O) -> Worker<'m, O> {
        Worker::new(
            self.machine,
            self.reduction,
            &self.store.contents,
            observer,
            1 << 20,
        )
    }

    /// Calls `on_step` for every step out of a stored state, with its mark and the
    /// root of what it leads to: where states are passed, of the next stored one.
    /// Where the search gave up it shows the steps before that.
    pub(super) fn each_step<O: Observer>(
        &self,
        worker: &mut Worker<'m, O>,
        observer: &O,
        id: u32,
        on_step: impl FnMut(Action, u8, Option<Root>),
    ) {
        match self.chain_max() {
            1 => {
                let _ = worker.each_step(&self.store.contents, self.root(id), observer, on_step);
            }
            _ => self.each_step_to_stored(worker, observer, id, on_step),
        }
    }

    /// The root of a stored state.
    pub(super) fn root(&self, id: u32) -> Root {
        self.store.roots.get(id)
    }

    /// Calls `told` with the number of the stored state with each root, if there is one.
    pub(super) fn find_roots(&self, roots: &[Root], told: impl FnMut(usize, Option<u32>)) {
        self.store.roots.find_all(roots, told);
    }

    /// The number of a state, or of the one that stands for it.
    pub fn find(&self, state: &State) -> Option<u32> {
        let mut words: Box<[i64]> = state.words().into();
        match self.turn_words(&mut words) {
            true => self.store.find(&State::from_words(words)),
            false => None,
        }
    }
}
