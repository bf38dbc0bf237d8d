//! One layer: its states are expanded in chunks, and what they lead to is put in.
//!
//! With several workers, one of them puts the successors of a chunk in while the others
//! already expand the next ones, also those that are known of the next layer: that needs
//! what states are made of, not which there are. Chunks are taken over in order, so
//! everything is as with one worker.

use super::{CHUNKS, CHUNKS_AHEAD, PIECE, PIECES, PIECES_MAX, Search, resolve};
use crate::explore::contents::Contents;
use crate::explore::expand::Halt;
use crate::explore::limits::{Bound, Limits, Watch};
use crate::explore::observer::Observer;
use crate::explore::parents::Parents;
use crate::explore::roots::Roots;
use crate::explore::store::Store;
use crate::explore::tree::Root;
use crate::explore::worker::{Piece, Worker};
use crate::explore::workers::in_pieces_beside;
use crate::semantics::Capacity;
use std::collections::VecDeque;
use std::ops::Range;
use std::time::Instant;

/// Consecutive states of one depth, which are expanded together.
struct Cut {
    depth: u32,
    states: Vec<(u32, Root)>,
}

/// What was done, or begun, of the states that come after those that were taken over.
pub(super) struct Ahead<O> {
    done: VecDeque<Piece<O>>,
    todo: Vec<Cut>,
    /// The first state that is not cut off yet.
    end: u32,
    /// States of this depth and more are not expanded, but only looked at.
    too_deep: Option<u32>,
}

impl<O: Observer> Ahead<O> {
    /// Nothing yet; the next state has that number.
    pub fn nothing(end: u32, limits: &Limits) -> Self {
        Self {
            done: VecDeque::new(),
            todo: Vec::new(),
            end,
            too_deep: limits.depth,
        }
    }

    /// Expands pieces until so many are done, and more as long as the other work takes.
    fn expand(
        &mut self,
        contents: &Contents,
        n_must: usize,
        workers: &mut [Worker<'_, O>],
        observer: &O,
        beside: Option<impl FnOnce() + Send>,
    ) {
        let fork = observer.fork();
        let most = self.too_deep;
        let work = |worker: &mut Worker<'_, O>, Cut { depth, states }: Cut| {
            let too_deep = most.is_some_and(|most| depth >= most);
            worker.piece(contents, &states, depth, too_deep, fork.fork())
        };
        let n_must = n_must.saturating_sub(self.done.len());
        let pieces = std::mem::take(&mut self.todo);
        let (done, rest) = in_pieces_beside(pieces, n_must, workers, work, beside);
        self.done.extend(done);
        self.todo = rest;
    }
}

/// How many pieces some states are cut into.
fn n_pieces(states: Range<u32>) -> usize {
    states.len().div_ceil(PIECE as usize)
}

/// How many states of a layer are expanded before any of them is taken over: the larger
/// that is, the less workers wait for each other, and the more must be kept at hand.
fn chunk_of(layer: &Range<u32>) -> u32 {
    let n_pieces = (layer.end - layer.start) / CHUNKS / PIECE;
    n_pieces.clamp(PIECES, PIECES_MAX) * PIECE
}

/// Puts in what some states lead to, in order.
fn insert_all<O>(
    roots: &mut Roots,
    pieces: &[Piece<O>],
    layer_end: u32,
    n_workers: usize,
    parents: &mut Parents,
    leads_back: &mut bool,
) {
    let lists: Vec<&[Root]> = pieces
        .iter()
        .map(|piece| piece.batch.successors.as_slice())
        .collect();
    // How many successors each state has.
    let mut counts = pieces.iter().flat_map(|piece| {
        let mut before = 0;
        let ends = piece.batch.ends.iter();
        ends.map(move |&end| end - std::mem::replace(&mut before, end))
    });
    let mut left = counts.next();
    roots.insert_all(&lists, n_workers, |id, new| {
        while left == Some(0) {
            parents.end();
            left = counts.next();
        }
        left = left.map(|left| left - 1);
        if new {
            parents.child();
        }
        *leads_back |= id < layer_end;
    });
    while left.is_some() {
        parents.end();
        left = counts.next();
    }
}

impl<'m> Search<'m> {
    /// Expands the states of a layer, and stores what they lead to.
    pub(super) fn expand_layer<O: Observer>(
        &mut self,
        layer: Range<u32>,
        limits: &Limits,
        (workers, ahead): (&mut [Worker<'m, O>], &mut Ahead<O>),
        observer: &mut O,
        (watch, last_kept): (&mut Watch, &mut Instant),
        progress: super::Progress<'_>,
    ) -> Result<(), Capacity> {
        let depth = u32::try_from(self.layers.len() - 2).expect("fewer layers than states");
        // A search that goes on may begin in the middle.
        let mut from = self.n_expanded.max(layer.start);
        let size = chunk_of(&layer);
        while from < layer.end && self.bound.is_none() {
            let to = layer.end.min(from.saturating_add(size));
            self.cut(ahead, &layer, depth, to);
            let n = n_pieces(from..to);
            let contents = &self.store.contents;
            ahead.expand(contents, n, workers, observer, None::<fn()>);
            let mut done: Vec<Piece<O>> = ahead.done.drain(..n).collect();
            let halted = done.iter().position(|piece| piece.halt.is_some());
            done.truncate(halted.map_or(done.len(), |index| index + 1));
            let n: usize = done.iter().map(|it| it.batch.successors.len()).sum();
            let near = !self.has_room_for(n, limits);
            if !std::mem::replace(&mut self.near, near) && near {
                // From here on the search may end in the middle of a chunk.
                self.keep(limits, workers, observer, last_kept);
            }
            for piece in &mut done {
                resolve(&mut self.store.contents, &mut self.rounds, &mut piece.batch);
            }
            if near || !self.has_room_for(n, limits) {
                self.take_over_one_by_one(done, layer.end, limits, observer, watch)?;
            } else {
                let mut n_must = 0;
                if halted.is_none() && workers.len() > 1 {
                    let later = to.saturating_add(CHUNKS_AHEAD * size);
                    self.cut(ahead, &layer, depth, later.min(self.n_states()));
                    n_must = n_pieces(to..layer.end.min(to.saturating_add(size)));
                }
                let next = (&mut *ahead, n_must);
                self.take_over(&done, layer.end, next, workers, observer);
                self.bound = watch.look();
                for piece in done {
                    self.finish(piece, observer)?;
                }
            }
            progress(u64::from(self.n_states()), depth, self.bytes());
            from = to;
            let is_whole = self.n_expanded == to && !self.near;
            let is_last = matches!(self.bound, Some(Bound::Time | Bound::Interrupt));
            if is_whole && (is_last || last_kept.elapsed() >= limits.keep.every) {
                self.keep(limits, workers, observer, last_kept);
            }
        }
        Ok(())
    }

    /// Cuts the states up to `to` into pieces; of those behind the layer only whole ones,
    /// since more may come.
    fn cut<O>(&self, ahead: &mut Ahead<O>, layer: &Range<u32>, depth: u32, to: u32) {
        while ahead.end < to {
            let is_next = ahead.end >= layer.end;
            let most = if is_next { to } else { layer.end };
            let piece = ahead.end..most.min(ahead.end.saturating_add(PIECE));
            if is_next && piece.len() < PIECE as usize {
                break;
            }
            ahead.end = piece.end;
            ahead.todo.push(Cut {
                depth: depth + u32::from(is_next),
                states: piece.map(|id| (id, self.root(id))).collect(),
            });
        }
    }

    /// Puts in what some pieces lead to. Meanwhile states that come later are expanded, if
    /// some are cut into pieces: that needs only what states are made of. So many pieces
    /// must be done afterwards.
    fn take_over<O: Observer>(
        &mut self,
        pieces: &[Piece<O>],
        layer_end: u32,
        (ahead, n_must): (&mut Ahead<O>, usize),
        workers: &mut [Worker<'m, O>],
        observer: &O,
    ) {
        let Store { contents, roots } = &mut self.store;
        let (parents, leads_back) = (&mut self.parents, &mut self.leads_back);
        if ahead.todo.is_empty() {
            insert_all(roots, pieces, layer_end, workers.len(), parents, leads_back);
        } else {
            let beside = workers.len() / 2;
            let insert = || insert_all(roots, pieces, layer_end, beside, parents, leads_back);
            ahead.expand(contents, n_must, workers, observer, Some(insert));
        }
    }

    /// The same where a limit is near.
    fn take_over_one_by_one<O: Observer>(
        &mut self,
        pieces: Vec<Piece<O>>,
        layer_end: u32,
        limits: &Limits,
        observer: &mut O,
        watch: &mut Watch,
    ) -> Result<(), Capacity> {
        for piece in pieces {
            let full = self.insert_one_by_one(&piece, layer_end, limits, watch);
            if full.is_some() {
                observer.merge(piece.observer);
                self.n_steps += piece.batch.n_steps;
                self.n_terminal = self.n_terminal.saturating_add(piece.batch.n_terminal);
                self.bound = full;
                return Ok(());
            }
            self.finish(piece, observer)?;
        }
        Ok(())
    }

    /// Takes over what a piece saw beside its successors.
    fn finish<O: Observer>(&mut self, piece: Piece<O>, observer: &mut O) -> Result<(), Capacity> {
        observer.merge(piece.observer);
        self.n_steps += piece.batch.n_steps;
        self.n_terminal = self.n_terminal.saturating_add(piece.batch.n_terminal);
        self.n_expanded += piece.n;
        match piece.halt {
            Some(Halt::Grow(capacity)) => return Err(capacity),
            // Going on at this depth is fine; only deeper is too deep.
            Some(Halt::Bound(bound)) => self.bound = Some(bound),
            None => {}
        }
        Ok(())
    }

    /// Puts in what a piece leads to, where a limit is near; gives the limit that was
    /// reached.
    fn insert_one_by_one<O>(
        &mut self,
        piece: &Piece<O>,
        layer_end: u32,
        limits: &Limits,
        watch: &mut Watch,
    ) -> Option<Bound> {
        let mut ends = piece.batch.ends.iter().peekable();
        for (index, &root) in piece.batch.successors.iter().enumerate() {
            while ends.next_if(|&&end| end as usize <= index).is_some() {
                self.parents.end();
            }
            let full = u64::from(self.n_states()) >= limits.states.min(u64::from(u32::MAX - 1));
            if full || !self.store.fits(1, self.budget(limits)) {
                if self.store.roots.find(root).is_some() {
                    continue;
                }
                return Some(if full { Bound::States } else { Bound::Memory });
            }
            let (id, new) = self.store.roots.insert(root);
            if new {
                self.parents.child();
            }
            self.leads_back |= id < layer_end;
            if let Some(bound) = watch.tick() {
                return Some(bound);
            }
        }
        for _ in ends {
            self.parents.end();
        }
        None
    }
}
