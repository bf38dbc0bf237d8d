//! Whether some run can go round in a circle, judged by what each actor keeps to
//! itself.
//!
//! In a circle of states each actor comes back to where it was, and somebody moves.
//! So if every step changes the part of the actor that takes it, and no actor's part
//! can ever come back to what it was, there is no circle. For each actor it is
//! enough to know which contents of its part lead to which, and these are few.
//!
//! **Invariant:** says no only if there is no circle; it may say yes without one.

use super::contents::Contents;
use super::saved::{In, Out};
use crate::semantics::Layout;
use petgraph::algo::is_cyclic_directed;
use petgraph::graphmap::DiGraphMap;
use rustc_hash::FxHashSet;

/// Changes of all actors' parts beyond which circles are taken for possible.
const CHANGES_MAX: usize = 1 << 18;

/// How the parts of actors changed.
#[derive(Clone)]
pub(super) struct Rounds {
    /// The part of each actor.
    own: Vec<usize>,
    /// For each part, the one that stands for it: like actors take each other's place.
    stands: Vec<usize>,
    /// For each part of an actor: which contents led to which, by their numbers.
    changes: Vec<Option<FxHashSet<(u32, u32)>>>,
    n_changes: usize,
    /// Some step left its actor's part as it was.
    stays: bool,
}

impl Rounds {
    /// Nothing happened yet.
    pub fn new(layout: &Layout, contents: &Contents) -> Self {
        let starts = |part: usize| contents.parts.range(part).start;
        let n_parts = contents.parts.len();
        let mut changes = vec![None; n_parts];
        let mut own = Vec::new();
        for (part, here) in changes.iter_mut().enumerate() {
            if layout.is_actor(starts(part)) {
                *here = Some(FxHashSet::default());
                own.push(part);
            }
        }
        Self {
            own,
            stands: (0..n_parts)
                .map(|it| contents.parts.first_like(it))
                .collect(),
            changes,
            n_changes: 0,
            stays: false,
        }
    }

    /// A step of `actor` changes these parts.
    pub fn step(&mut self, actor: usize, mut parts: impl Iterator<Item = usize>) {
        let own = self.own.get(actor).copied();
        self.stays |= own.is_none() || !parts.any(|part| Some(part) == own);
    }

    /// A part has one content, and after a step another.
    pub fn change(&mut self, part: usize, from: u32, to: u32) {
        if let Some(changes) = &mut self.changes[self.stands[part]] {
            self.n_changes += usize::from(changes.insert((from, to)));
            if self.n_changes > CHANGES_MAX {
                self.give_up();
            }
        }
    }

    /// Takes over what another one saw.
    pub fn merge(&mut self, other: &Self) {
        self.stays |= other.stays;
        for (part, changes) in other.changes.iter().enumerate() {
            for &(from, to) in changes.iter().flatten() {
                self.change(part, from, to);
            }
        }
    }

    /// Writes all down, but for what [`Self::new`] knows.
    pub fn save(&self, out: &mut Out) {
        out.number(u64::from(self.stays));
        let full = !self.own.is_empty();
        out.number(u64::from(full));
        for changes in self.changes.iter().flatten() {
            let mut sorted: Vec<(u32, u32)> = changes.iter().copied().collect();
            sorted.sort_unstable();
            out.pairs(sorted.into_iter());
        }
    }

    /// Fills one again in which nothing happened yet.
    pub fn restore(&mut self, from: &mut In<'_>) -> Option<()> {
        self.stays = from.number()? != 0;
        if from.number()? == 0 {
            self.give_up();
            return Some(());
        }
        for part in 0..self.changes.len() {
            if self.changes[part].is_some() {
                for _ in 0..from.count()? {
                    let (old, new) = from.pair()?;
                    self.change(part, old, new);
                }
            }
        }
        Some(())
    }

    fn give_up(&mut self) {
        *self = Self {
            own: Vec::new(),
            stands: std::mem::take(&mut self.stands),
            changes: vec![None; self.changes.len()],
            n_changes: 0,
            stays: true,
        };
    }

    /// Whether there may be a circle.
    pub fn may_go_round(&self) -> bool {
        let mut graphs = self.changes.iter().flatten();
        self.stays
            || graphs.any(|changes| {
                is_cyclic_directed(&DiGraphMap::<u32, ()>::from_edges(changes.iter().copied()))
            })
    }
}
