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

use super::expand::{Batch, Expander, Halt, Heard};
use super::limits::{Bound, Limits, MemoryBudget, Watch};
use super::observer::Observer;
use super::parents::Parents;
use super::store::{Store, hash, pack};
use super::workers::in_pieces;
use crate::semantics::{Capacity, Machine, State};
use std::ops::Range;

/// States that are expanded as one piece.
const PIECE: u32 = 64;
/// Pieces that each worker gets at a time.
const PIECES: u32 = 8;

/// A finished search.
pub struct Search<'m> {
    machine: &'m Machine<'m>,
    store: Store,
    parents: Parents,
    /// The first state of each layer, and one past the last.
    layers: Vec<u32>,
    n_expanded: u32,
    n_steps: u64,
    n_terminal: u64,
    /// Whether a step led back to a layer that was there before.
    leads_back: bool,
    bound: Option<Bound>,
}

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
    let mut search = Search::begin(machine, observer)?;
    let mut watch = Watch::new(limits);
    while search.bound.is_none() {
        let layer = search.last_layer();
        if layer.is_empty() {
            search.layers.pop();
            break;
        }
        search.expand_layer(layer, limits, workers, observer, &mut watch, progress)?;
        search.layers.push(search.n_states());
    }
    Ok(search)
}

impl<'m> Search<'m> {
    fn begin<O: Observer>(machine: &'m Machine<'m>, observer: &mut O) -> Result<Self, Capacity> {
        let mut search = Self {
            machine,
            store: Store::new(machine.layout().n_words()),
            parents: Parents::default(),
            layers: vec![0],
            n_expanded: 0,
            n_steps: 0,
            n_terminal: 0,
            leads_back: false,
            bound: None,
        };
        let mut heard = Heard::nothing(machine);
        let initial = machine.initial(&mut heard);
        observer.executed(&heard.executed);
        match initial {
            Ok(initial) => {
                let mut bytes = Vec::new();
                pack(initial.words(), &mut bytes);
                search.store.insert(&bytes, hash(&bytes));
            }
            Err(crate::semantics::Stop::Grow(capacity)) => return Err(capacity),
            Err(crate::semantics::Stop::Limit(limit, pc)) => {
                search.bound = Some(Bound::Language(limit, pc));
            }
            Err(crate::semantics::Stop::Fault(fault)) => {
                unreachable!("what can fail at the beginning is a step of its own: {fault:?}")
            }
        }
        search.layers.push(search.n_states());
        Ok(search)
    }

    fn last_layer(&self) -> Range<u32> {
        let n = self.layers.len();
        self.layers[n - 2]..self.layers[n - 1]
    }

    fn expand_layer<O: Observer>(
        &mut self,
        layer: Range<u32>,
        limits: &Limits,
        workers: usize,
        observer: &mut O,
        watch: &mut Watch,
        progress: Progress<'_>,
    ) -> Result<(), Capacity> {
        let depth = u32::try_from(self.layers.len() - 2).expect("fewer layers than states");
        let too_deep = limits.depth.is_some_and(|most| depth >= most);
        let mut from = layer.start;
        while from < layer.end && self.bound.is_none() {
            // A few pieces for each worker at a time: enough to pay for waking it,
            // and little that was expanded and not yet taken over.
            let n = PIECE * PIECES * u32::try_from(workers.max(1)).unwrap_or(1);
            let to = layer.end.min(from.saturating_add(n));
            let pieces: Vec<Range<u32>> = (from..to)
                .step_by(PIECE as usize)
                .map(|start| start..to.min(start + PIECE))
                .collect();
            let fork = observer.fork();
            let done = in_pieces(pieces, workers, |piece| {
                self.expand_piece(piece, depth, too_deep, fork.fork())
            });
            for piece in done {
                let n = piece.n;
                self.take_over(piece, layer.end, limits, observer, watch)?;
                self.n_expanded += n;
                if self.bound.is_some() {
                    break;
                }
            }
            progress(u64::from(self.n_states()), depth, self.bytes());
            from = to;
        }
        Ok(())
    }

    fn expand_piece<O: Observer>(
        &self,
        piece: Range<u32>,
        depth: u32,
        too_deep: bool,
        mut observer: O,
    ) -> Piece<O> {
        let mut expander = Expander::new(self.machine);
        let mut state = self.blank();
        let mut batch = Batch::default();
        let mut halt = None;
        let n = piece.end - piece.start;
        for id in piece {
            self.load(id, &mut state);
            if too_deep {
                if expander.visit(&state, id, depth, &mut observer) {
                    halt = Some(Halt::Bound(Bound::Depth));
                } else {
                    batch.n_terminal += 1;
                }
                batch.end();
                continue;
            }
            let expanded = expander.expand(&state, id, depth, &mut observer, &mut batch);
            batch.end();
            if let Err(reason) = expanded {
                halt = Some(reason);
                break;
            }
        }
        observer.executed(expander.executed());
        Piece {
            n,
            batch,
            observer,
            halt,
        }
    }

    fn take_over<O: Observer>(
        &mut self,
        piece: Piece<O>,
        layer_end: u32,
        limits: &Limits,
        observer: &mut O,
        watch: &mut Watch,
    ) -> Result<(), Capacity> {
        observer.merge(piece.observer);
        self.n_steps += piece.batch.n_steps;
        self.n_terminal += piece.batch.n_terminal;
        let budget = MemoryBudget(limits.memory.0.saturating_sub(self.parents.bytes() as u64));
        let mut ends = piece.batch.ends.iter().peekable();
        for (index, successor) in piece.batch.successors.iter().enumerate() {
            while ends.next_if(|&&end| end as usize <= index).is_some() {
                self.parents.end();
            }
            let full = u64::from(self.n_states()) >= limits.states.min(u64::from(u32::MAX - 1));
            let packed = piece.batch.packed(successor);
            if full || !self.store.fits_one_more(budget) {
                if self.store.find(packed, successor.hash).is_some() {
                    continue;
                }
                self.bound = Some(if full { Bound::States } else { Bound::Memory });
                return Ok(());
            }
            let (id, new) = self.store.insert(packed, successor.hash);
            if new {
                self.parents.child();
            }
            self.leads_back |= id < layer_end;
            if let Some(bound) = watch.tick() {
                self.bound = Some(bound);
                return Ok(());
            }
        }
        for _ in ends {
            self.parents.end();
        }
        match piece.halt {
            Some(Halt::Grow(capacity)) => return Err(capacity),
            // Going on at this depth is fine; only deeper is too deep.
            Some(Halt::Bound(bound)) => self.bound = Some(bound),
            None => {}
        }
        Ok(())
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

    /// The deepest layer.
    pub fn depth(&self) -> u32 {
        u32::try_from(self.layers.len().saturating_sub(2)).expect("fewer layers than states")
    }

    /// The states of a depth.
    pub fn layer(&self, depth: u32) -> Range<u32> {
        let depth = depth as usize;
        self.layers[depth]..self.layers[depth + 1]
    }

    /// What ended the search early.
    pub fn bound(&self) -> Option<Bound> {
        self.bound
    }

    /// Whether some run can go round in a circle (or seems to: a step that leads
    /// to an earlier or the same layer).
    pub fn may_run_for_ever(&self) -> bool {
        self.leads_back
    }

    /// Bytes in use.
    pub fn bytes(&self) -> usize {
        self.store.bytes() + self.parents.bytes()
    }

    /// The state from which a state was found first; `None` for the first of all.
    pub(super) fn parent(&self, id: u32) -> Option<u32> {
        (id > 0).then(|| self.parents.of(id))
    }

    /// A state to load others into.
    pub fn blank(&self) -> State {
        State::from_words(vec![0; self.machine.layout().n_words()].into_boxed_slice())
    }

    /// Reads a state.
    pub fn load(&self, id: u32, state: &mut State) {
        self.store.load(id, state.words_mut());
    }

    /// The number of a state.
    pub fn find(&self, state: &State) -> Option<u32> {
        let mut bytes = Vec::new();
        pack(state.words(), &mut bytes);
        self.store.find(&bytes, hash(&bytes))
    }
}

struct Piece<O> {
    n: u32,
    batch: Batch,
    observer: O,
    halt: Option<Halt>,
}
