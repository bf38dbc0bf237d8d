//! One layer: its states are expanded in chunks, and what they lead to is put in.
//!
//! With several workers, one of them puts the successors of a chunk in while the others
//! already expand the next one: that needs what states are made of, not which there are.
//! Chunks are taken over in order, so everything is as with one worker.

use super::{PIECE, PIECES, Search, resolve};
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
use std::ops::Range;
use std::time::Instant;

/// Where states are expanded.
#[derive(Clone, Copy)]
struct How {
    depth: u32,
    too_deep: bool,
}

/// Expands states, and has something else done at the same time if that is wanted.
fn expand<O: Observer>(
    contents: &Contents,
    states: Vec<Vec<(u32, Root)>>,
    workers: &mut [Worker<'_, O>],
    how: How,
    observer: &O,
    beside: Option<impl FnOnce() + Send>,
) -> Vec<Piece<O>> {
    let fork = observer.fork();
    let work = |worker: &mut Worker<'_, O>, states: Vec<(u32, Root)>| {
        worker.piece(contents, &states, how.depth, how.too_deep, fork.fork())
    };
    in_pieces_beside(states, workers, work, beside)
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
        workers: &mut [Worker<'m, O>],
        observer: &mut O,
        (watch, last_kept): (&mut Watch, &mut Instant),
        progress: super::Progress<'_>,
    ) -> Result<(), Capacity> {
        let depth = u32::try_from(self.layers.len() - 2).expect("fewer layers than states");
        let how = How {
            depth,
            too_deep: limits.depth.is_some_and(|most| depth >= most),
        };
        // A search that goes on may begin in the middle.
        let mut from = self.n_expanded.max(layer.start);
        let mut ahead: Option<Vec<Piece<O>>> = None;
        while from < layer.end && self.bound.is_none() {
            let chunk = |from: u32| from..layer.end.min(from.saturating_add(PIECE * PIECES));
            let to = chunk(from).end;
            let mut done = match ahead.take() {
                Some(done) => done,
                None => {
                    let states = self.pieces(chunk(from));
                    expand(
                        &self.store.contents,
                        states,
                        workers,
                        how,
                        observer,
                        None::<fn()>,
                    )
                }
            };
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
                let next = Some(chunk(to)).filter(|_| halted.is_none() && workers.len() > 1);
                ahead = self.take_over(&done, layer.end, next, workers, how, observer);
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

    /// Some states with their numbers, in pieces.
    fn pieces(&self, states: Range<u32>) -> Vec<Vec<(u32, Root)>> {
        let starts = states.clone().step_by(PIECE as usize);
        let piece = |start: u32| {
            let ids = start..states.end.min(start + PIECE);
            ids.map(|id| (id, self.root(id))).collect()
        };
        starts.map(piece).collect()
    }

    /// Puts in what some pieces lead to. Meanwhile the states of the next chunk are
    /// expanded, if there is one: that needs only what states are made of.
    fn take_over<O: Observer>(
        &mut self,
        pieces: &[Piece<O>],
        layer_end: u32,
        next: Option<Range<u32>>,
        workers: &mut [Worker<'m, O>],
        how: How,
        observer: &O,
    ) -> Option<Vec<Piece<O>>> {
        let next = next.map(|chunk| self.pieces(chunk));
        let Store { contents, roots } = &mut self.store;
        let (parents, leads_back) = (&mut self.parents, &mut self.leads_back);
        match next.filter(|pieces| !pieces.is_empty()) {
            None => {
                insert_all(roots, pieces, layer_end, workers.len(), parents, leads_back);
                None
            }
            Some(next) => {
                let beside = workers.len() / 2;
                let insert = || insert_all(roots, pieces, layer_end, beside, parents, leads_back);
                Some(expand(contents, next, workers, how, observer, Some(insert)))
            }
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
