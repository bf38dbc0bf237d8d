//! Stored states: each once, exactly, compressed, in the order they were found.
//!
//! What they are made of stands in [`Contents`], which of them there are in [`Roots`].
//! The two are apart so that steps can be taken, which read contents, while roots are
//! put in.

use super::contents::Contents;
use super::limits::MemoryBudget;
use super::roots::Roots;
use super::saved::{In, Out};
use crate::semantics::{Alike, Layout, State};

/// All states found so far.
pub(super) struct Store {
    pub contents: Contents,
    pub roots: Roots,
}

impl Store {
    /// An empty store for states of that layout; of those that differ only in the
    /// numbers of like actors for one.
    pub fn new(layout: &Layout, alike: Option<&Alike>) -> Self {
        Self {
            contents: Contents::new(layout, alike),
            roots: Roots::new(),
        }
    }

    /// Number of states.
    pub fn len(&self) -> usize {
        self.roots.len()
    }

    /// Bytes in use, with what the tables reserve.
    pub fn bytes(&self) -> usize {
        self.contents.bytes() + self.roots.bytes()
    }

    /// Whether so many more states certainly fit.
    pub fn fits(&self, n: usize, budget: MemoryBudget) -> bool {
        // Tables of parts and pairs double; while one grows it is there three times.
        // None of them is more than about half of all.
        let contents = self.contents.bytes();
        budget.allows(2 * contents + self.roots.bytes() + self.roots.bytes_for(n))
    }

    /// Reads a state into `words`.
    pub fn load(&self, id: u32, words: &mut [i64]) {
        let mut numbers = vec![u32::MAX; self.contents.tree.n_numbers()];
        self.contents.unfold(self.roots.get(id), &mut numbers);
        self.contents.fill(&numbers, words);
    }

    /// The number of a state, if it is there.
    pub fn find(&self, state: &State) -> Option<u32> {
        self.roots.find(self.contents.find(state)?)
    }

    /// The number of a state whose words are given, and whether it is new.
    pub fn insert_words(&mut self, words: &[i64]) -> (u32, bool) {
        let root = self.contents.resolve_words(words);
        self.roots.insert(root)
    }

    /// Writes all states down.
    pub fn save(&self, out: &mut Out) {
        self.contents.save(out);
        out.pairs(self.roots.all());
    }

    /// Fills an empty store again.
    pub fn restore(&mut self, from: &mut In<'_>) -> Option<()> {
        self.contents.restore(from)?;
        let below = self.contents.sides();
        for expected in 0..u32::try_from(from.count()?).ok()? {
            let root = from.pair()?;
            let inside = root.0 < below.0 && root.1 < below.1;
            if !inside || self.roots.insert(root) != (expected, true) {
                return None;
            }
        }
        self.contents.count_bytes();
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &[i64], starts: &[usize]) {
        let order: Vec<usize> = (0..starts.len()).rev().collect();
        let mut store = Store {
            contents: Contents::of_parts(starts, words.len(), &order),
            roots: Roots::new(),
        };
        assert_eq!(store.insert_words(words), (0, true));
        assert_eq!(store.insert_words(words), (0, false));
        let mut read = vec![7; words.len()];
        store.load(0, &mut read);
        assert_eq!(read, words);
        let state = State::from_words(words.into());
        assert_eq!(store.find(&state), Some(0));
    }

    #[test]
    fn states_survive_storing() {
        check(&[5], &[0]);
        check(&[0; 17], &[0, 4]);
        check(
            &[1, 0, -1, 63, 64, -64, -65, 8191, 8192, 0, 5],
            &[0, 1, 2, 5, 10],
        );
        check(&[i64::MIN, 0, i64::MAX, 1 << 40], &[0, 3]);
    }
}
