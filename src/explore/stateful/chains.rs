//! The reduced search: states with one step only are passed and not stored.
//!
//! Where one actor must move, in one way, and the execution goes on, the state leads
//! to one other, and so on, until there is something to choose, nothing left to do,
//! or a fault. Only such an end of a chain is stored. The layers are those of a
//! search that stores everything: each state is expanded at its depth, and shown to
//! the observer like any other; what is passed is forgotten with its layer. So all
//! that the observer sees is the same, and so are the depths.
//!
//! **Theorem.** The search ends, and shows each state of the reduced graph at its
//! depth. A state is left out only if it is stored, and so was expanded in an earlier
//! layer or in this one, or if it is already there for the next layer. Every
//! [`EVERY`]-th layer is stored as a whole. If the search went on for ever, there
//! would be a path that it follows for ever, since states have few steps; of this
//! path every [`EVERY`]-th state would be stored, and none twice, but there are
//! finitely many.
//!
//! **Circles.** On a circle of the reduced graph some state is stored, for the same
//! reason; it is reached again and left out, which is noted. In the graph of stored
//! states and the chains between them there is a circle exactly if there is one in
//! the reduced graph.
//!
//! **Cost.** A state that is passed is expanded once for each layer in which it is
//! met, so there are up to [`EVERY`] times as many steps as chains. Only the layer
//! that is being expanded and the next one are kept as lists.
//!
//! Sources: path compression as in Holzmann, Godefroid, Pirottin, "Coverage
//! preserving reduction strategies for reachability analysis" (1992); storing only
//! states from which there is more than one way, Godefroid, Holzmann, Pirottin,
//! "State-space caching revisited" (1995). Deviation: chains are followed layer by
//! layer, so that depths are known and equal states of a layer meet.
//!
//! **Invariant:** between two chunks every stored state has been expanded.

use super::place::Place;
use super::{PIECE, PIECES, Search, room_for};
use crate::explore::expand::Halt;
use crate::explore::limits::{Bound, Limits, Watch};
use crate::explore::observer::Observer;
use crate::explore::saved::{In, Out};
use crate::explore::tree::Root;
use crate::explore::worker::{Choice, Chosen, Met, Passed, Worker};
use crate::explore::workers::in_pieces;
use crate::semantics::Capacity;
use crate::trace::Action;
use rustc_hash::FxHashSet;
use std::time::Instant;

/// Layers of which one is stored as a whole.
const EVERY: u32 = 64;

/// Leaving out orders is worth it, if it saves something in one of so many states at
/// least.
const WORTH: u64 = 10;

/// Whether states with one step are stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Passing {
    /// They are passed.
    OneStep,
    /// They are stored like others.
    Nothing,
}

/// Where a search stands that passes states.
pub(super) struct Chains {
    passing: Passing,
    layer: Vec<Place>,
    /// Those of the layer that were expanded.
    n_done: usize,
    next: Vec<Place>,
    /// The roots of the next layer.
    known: FxHashSet<Root>,
    /// For each stored state, the stored one from which it was found first.
    pub parents: Vec<u32>,
    /// What may end the search, as long as it may.
    worth: Option<Worth>,
}

/// Whether there is room for all states of a chunk, and those with one step were passed
/// as they were looked at.
#[derive(Clone, Copy)]
struct Room {
    has_room: bool,
    at_once: bool,
}

/// What leaving out orders saves.
#[derive(Clone, Copy)]
struct Worth {
    /// So many states tell.
    known_after: u64,
    /// States that were expanded or passed.
    n_states: u64,
    /// Those of them that were passed, or in which somebody was left out.
    n_spared: u64,
}

impl Worth {
    fn after(known_after: u64) -> Self {
        Self {
            known_after,
            n_states: 0,
            n_spared: 0,
        }
    }

    /// Whether there is something to say.
    fn is_known(self) -> bool {
        self.n_states >= self.known_after
    }

    /// Whether the search should end.
    fn is_too_little(self) -> bool {
        self.n_spared.saturating_mul(WORTH) < self.n_states
    }
}

impl Chains {
    pub fn new(passing: Passing, gives_up_after: Option<u64>) -> Self {
        Self {
            passing,
            layer: Vec::new(),
            n_done: 0,
            next: Vec::new(),
            known: FxHashSet::default(),
            parents: Vec::new(),
            worth: gives_up_after.map(Worth::after),
        }
    }

    /// The first layer has one state.
    pub fn begin(&mut self, root: Root) {
        self.layer.push(Place::beginning(root));
    }

    /// Whether a layer is stored as a whole.
    fn stores_all(&self, depth: u32) -> bool {
        self.passing == Passing::Nothing || depth.is_multiple_of(EVERY)
    }

    /// A state was reached that is not stored.
    fn reach(&mut self, place: Place) {
        if self.known.insert(place.root) {
            self.next.push(place);
        }
    }

    fn turn_to_next_layer(&mut self) {
        self.known.clear();
        std::mem::swap(&mut self.layer, &mut self.next);
        self.next.clear();
        self.n_done = 0;
    }

    /// Gives back the room for layers: how much there was depends on where the search
    /// began.
    fn forget_layers(&mut self) {
        (self.layer, self.next) = (Vec::new(), Vec::new());
        self.known = FxHashSet::default();
    }

    /// Bytes in use.
    pub fn bytes(&self) -> usize {
        let places = self.layer.capacity() + self.next.capacity();
        let roots = self.known.capacity() * (size_of::<Root>() + 1);
        places * size_of::<Place>() + roots + self.parents.capacity() * size_of::<u32>()
    }

    /// Writes all down.
    pub fn save(&self, out: &mut Out) {
        out.number(u64::from(self.passing == Passing::OneStep));
        let worth = self.worth.iter();
        let worth = worth.flat_map(|it| [it.known_after, it.n_states, it.n_spared]);
        let worth: Vec<u64> = worth.collect();
        out.numbers(worth.into_iter());
        out.numbers(self.parents.iter().copied());
        for places in [&self.layer[self.n_done..], &self.next] {
            out.size(places.len());
            places.iter().for_each(|place| place.save(out));
        }
    }

    /// Fills an empty one again.
    pub fn restore(&mut self, from: &mut In<'_>, n_states: u32, sides: Root) -> Option<()> {
        if from.number()? != u64::from(self.passing == Passing::OneStep) {
            return None;
        }
        self.worth = match from.count()? {
            0 => None,
            3 => Some(Worth {
                known_after: from.number()?,
                n_states: from.number()?,
                n_spared: from.number()?,
            }),
            _ => return None,
        };
        for id in 0..u32::try_from(from.count()?).ok()? {
            let parent: u32 = from.small()?;
            if id >= n_states || parent > id || (id > 0 && parent == id) {
                return None;
            }
            self.parents.push(parent);
        }
        if self.parents.len() != n_states as usize {
            return None;
        }
        for _ in 0..from.count()? {
            self.layer.push(Place::restore(from, n_states, sides)?);
        }
        for _ in 0..from.count()? {
            self.reach(Place::restore(from, n_states, sides)?);
        }
        Some(())
    }
}

impl<'m> Search<'m> {
    fn chains(&mut self) -> &mut Chains {
        self.chains.as_mut().expect("the search is reduced")
    }

    /// Explores one order of those steps that accord.
    pub(super) fn run_along_chains<O: Observer>(
        mut self,
        limits: &Limits,
        n_workers: usize,
        observer: &mut O,
        progress: super::Progress<'_>,
    ) -> Result<Self, Capacity> {
        let machine = self.machine;
        let watch = Watch::new(limits);
        let mut last_kept = Instant::now();
        let n_workers = n_workers.max(1);
        let room = room_for(limits, n_workers);
        let mut workers: Vec<Worker<'m, O>> = (0..n_workers)
            .map(|_| {
                Worker::new(
                    machine,
                    self.reduction,
                    &self.store.contents,
                    observer,
                    room,
                )
            })
            .collect();
        // A search that goes on may begin at the end of a layer.
        while self.bound.is_none() {
            let depth = u32::try_from(self.layers.len() - 1).expect("fewer layers than steps");
            while self.bound.is_none() && self.chains().n_done < self.chains().layer.len() {
                self.expand_chunk(depth, limits, &mut workers, observer)?;
                if self.should_give_up() {
                    self.stopped = true;
                    self.end(&workers, observer);
                    return Ok(self);
                }
                self.bound = self.bound.or(watch.look());
                progress(u64::from(self.n_states()), depth, self.bytes());
                let is_last = matches!(self.bound, Some(Bound::Time | Bound::Interrupt));
                let is_due = self.bound.is_none() && last_kept.elapsed() >= limits.keep.every;
                if is_last || is_due {
                    self.keep(limits, &workers, observer, &mut last_kept);
                }
            }
            self.layers.push(self.n_states());
            self.chains().turn_to_next_layer();
            if self.chains().layer.is_empty() {
                break;
            }
        }
        if self.bound.is_none() {
            // What was only reached again is no layer.
            let ends = self.layers.iter().position(|&end| end == self.n_states());
            self.layers.truncate(ends.map_or(1, |index| index + 1));
            self.chains().forget_layers();
        }
        self.end(&workers, observer);
        Ok(self)
    }

    /// Judges once whether the search saves enough.
    fn should_give_up(&mut self) -> bool {
        let judged = self.chains().worth.take_if(|worth| worth.is_known());
        judged.is_some_and(Worth::is_too_little)
    }

    /// Whether the search ended early since leaving out orders costs more than it saves.
    /// It has then seen only some of the states that it needs.
    pub fn gave_up(&self) -> bool {
        self.chains.is_some() && self.stopped
    }

    fn expand_chunk<O: Observer>(
        &mut self,
        depth: u32,
        limits: &Limits,
        workers: &mut [Worker<'m, O>],
        observer: &mut O,
    ) -> Result<(), Capacity> {
        let piece = PIECE as usize;
        let chains = self.chains.as_ref().expect("the search is reduced");
        let rest = &chains.layer[chains.n_done..];
        let chunk = &rest[..rest.len().min(piece * PIECES as usize)];
        let fork = observer.fork();
        let too_deep = limits.depth.is_some_and(|most| depth >= most);
        let contents = &self.store.contents;
        // Where there may be no room for all, some must wait until there is.
        let has_room = self.has_room_for(chunk.len(), limits);
        let at_once = has_room && !chains.stores_all(depth);
        let looked = in_pieces(chunk.chunks(piece).collect(), workers, |worker, places| {
            let states = places.iter().map(|place| {
                let along = place.first().filter(|_| at_once);
                let id = place.from;
                (place.root, along.map(|_| Met { id, along, depth }))
            });
            worker.choose_or_pass(contents, states, too_deep, fork.fork())
        });
        let (choices, passed): (Vec<_>, Vec<_>) = looked.into_iter().unzip();
        let places: Vec<Place> = chunk.to_vec();
        let room = Room { has_room, at_once };
        let chosen =
            self.store_chunk(places, choices.into_iter().flatten(), room, depth, limits)?;
        self.reach_all(passed, observer)?;
        let contents = &self.store.contents;
        let pieces = chosen.chunks(piece).collect();
        let done = in_pieces(pieces, workers, |worker, states| {
            worker.pass(contents, states, too_deep, fork.fork())
        });
        self.reach_all(done, observer)?;
        self.n_expanded = self.n_states();
        Ok(())
    }

    /// Stores those of a chunk that are not passed; gives what is still to be expanded.
    fn store_chunk(
        &mut self,
        places: Vec<Place>,
        choices: impl Iterator<Item = Result<Choice, Halt>>,
        Room { has_room, at_once }: Room,
        depth: u32,
        limits: &Limits,
    ) -> Result<Vec<Chosen>, Capacity> {
        let mut chosen = Vec::with_capacity(places.len());
        for (place, choice) in places.into_iter().zip(choices) {
            let choice = match choice {
                Ok(choice) => choice,
                Err(Halt::Grow(capacity)) => return Err(capacity),
                Err(Halt::Bound(bound)) => {
                    self.bound = Some(bound);
                    break;
                }
            };
            let Choice { must, .. } = choice;
            let root = place.root;
            let along = place.first().filter(|_| choice.is_one_step);
            let along = along.filter(|_| !self.chains().stores_all(depth));
            let mut id = place.from;
            if along.is_none() {
                if !has_room
                    && !self.has_room_for(1, limits)
                    && self.store.roots.find(root).is_none()
                {
                    let full = u64::from(self.n_states()) >= limits.states;
                    self.bound = Some(if full { Bound::States } else { Bound::Memory });
                    break;
                }
                let (stored, new) = self.store.roots.insert(root);
                if !new {
                    self.leads_back = true;
                    self.chains().n_done += 1;
                    continue;
                }
                self.chains().parents.push(place.from);
                id = stored;
            }
            self.chains().n_done += 1;
            if let Some(worth) = &mut self.chains().worth {
                worth.n_states = worth.n_states.saturating_add(1);
                let spared = u64::from(choice.leaves_out || along.is_some());
                worth.n_spared = worth.n_spared.saturating_add(spared);
            }
            if !at_once || along.is_none() {
                let met = Met { id, along, depth };
                chosen.push(Chosen { root, met, must });
            }
        }
        self.store.contents.count_bytes();
        Ok(chosen)
    }

    /// Takes over what pieces have reached and seen, up to the first that was halted.
    fn reach_all<O: Observer>(
        &mut self,
        mut pieces: Vec<Passed<O>>,
        observer: &mut O,
    ) -> Result<(), Capacity> {
        let halted = pieces.iter().position(|piece| piece.halt.is_some());
        pieces.truncate(halted.map_or(pieces.len(), |index| index + 1));
        for piece in pieces {
            self.reach(piece, observer)?;
        }
        Ok(())
    }

    /// Takes over what a piece has reached and seen.
    fn reach<O: Observer>(
        &mut self,
        mut piece: Passed<O>,
        observer: &mut O,
    ) -> Result<(), Capacity> {
        super::resolve(&mut self.store.contents, &mut self.rounds, &mut piece.batch);
        let chains = self.chains.as_mut().expect("the search is reduced");
        let leads_back = &mut self.leads_back;
        let roots = &piece.batch.successors;
        self.store
            .roots
            .find_all(roots, |index, stored| match stored {
                Some(_) => *leads_back = true,
                None => {
                    let (from, first) = piece.met[index];
                    chains.reach(Place::new(roots[index], from, first));
                }
            });
        observer.merge(piece.observer);
        self.n_steps += piece.batch.n_steps;
        self.n_terminal = self.n_terminal.saturating_add(piece.batch.n_terminal);
        match piece.halt {
            Some(Halt::Grow(capacity)) => return Err(capacity),
            Some(Halt::Bound(bound)) => self.bound = Some(bound),
            None => {}
        }
        Ok(())
    }

    /// A step out of a state with all that follow it as long as there is only one, each
    /// with the root of what it leads to; of so many steps at most, and up to the first
    /// state that is an end.
    fn chain<O: Observer>(
        &self,
        worker: &mut Worker<'m, O>,
        observer: &O,
        first: (Action, Root),
        most: u32,
        is_end: impl Fn(Root) -> bool,
    ) -> Vec<(Action, Root)> {
        let mut chain = vec![first];
        for _ in 1..most {
            let (_, last) = chain[chain.len() - 1];
            if is_end(last) {
                break;
            }
            match worker.only_step(&self.store.contents, last, observer) {
                Some(step) => chain.push(step),
                // There is something to choose, or the search ended before it came there.
                None => break,
            }
        }
        chain
    }

    /// Steps from one stored state to the next, at most.
    pub(in crate::explore) fn chain_max(&self) -> u32 {
        match &self.chains {
            Some(chains) if chains.passing == Passing::OneStep => EVERY,
            _ => 1,
        }
    }

    /// Calls `on_chain` for every step out of a stored state in which the execution
    /// goes on, with those that follow it. What the search has passed is followed
    /// even if it was stored later, at a greater depth: the shorter way to what lies
    /// behind it leads through it.
    pub(in crate::explore) fn each_chain<O: Observer>(
        &self,
        worker: &mut Worker<'m, O>,
        observer: &O,
        id: u32,
        mut on_chain: impl FnMut(&[(Action, Root)]),
    ) {
        let mut steps = Vec::new();
        let mut gather = |action, _, root: Option<Root>| match (self.chain_max(), root) {
            (_, None) => {}
            (1, Some(root)) => on_chain(&[(action, root)]),
            (_, Some(root)) => steps.push((action, root)),
        };
        let _ = worker.each_step(&self.store.contents, self.root(id), observer, &mut gather);
        let most = self.to_next_whole_layer(id);
        for first in steps {
            on_chain(&self.chain(worker, observer, first, most, |_| false));
        }
    }

    /// Calls `on_step` for every step out of a state that was stored or passed, with the
    /// root of what it leads to, if that is not stored at a depth below `depth`: then no
    /// shortest run comes to it with so many steps.
    pub(in crate::explore) fn each_step_down<O: Observer>(
        &self,
        worker: &mut Worker<'m, O>,
        observer: &O,
        (root, depth): (Root, u32),
        mut on_step: impl FnMut(Action, Root),
    ) {
        let passes = self.chain_max() > 1;
        let may_be = |root| match self.store.roots.find(root) {
            Some(id) => self.depth_of(id) >= depth,
            None => passes,
        };
        let gather = |action, _, root: Option<Root>| {
            if let Some(root) = root.filter(|&root| may_be(root)) {
                on_step(action, root);
            }
        };
        // Where the search ended early, it has taken no more steps, either.
        let _ = worker.each_step(&self.store.contents, root, observer, gather);
    }

    /// Calls `on_step` for every step out of a stored state, with its mark and the
    /// root of the next stored state.
    pub(super) fn each_step_to_stored<O: Observer>(
        &self,
        worker: &mut Worker<'m, O>,
        observer: &O,
        id: u32,
        mut on_step: impl FnMut(Action, u8, Option<Root>),
    ) {
        let mut steps = Vec::new();
        let gather = |action, mark, root| steps.push((action, mark, root));
        let _ = worker.each_step(&self.store.contents, self.root(id), observer, gather);
        let most = self.to_next_whole_layer(id);
        for (action, mark, root) in steps {
            let is_stored = |root| self.store.roots.find(root).is_some();
            let chain =
                root.map(|root| self.chain(worker, observer, (action, root), most, is_stored));
            on_step(action, mark, chain.map(|chain| chain[chain.len() - 1].1));
        }
    }

    /// Steps from a stored state to the next layer that is stored as a whole.
    fn to_next_whole_layer(&self, id: u32) -> u32 {
        let every = self.chain_max();
        every - self.depth_of(id) % every
    }
}
