//! What states are made of: the contents of their parts, by number, and pairs of numbers.
//!
//! A state's parts are replaced by numbers ([`PartTables`]), these by a tree of
//! pairs ([`Tree`]); what is left of a state is the pair at the root. Two states have
//! the same root exactly if they have the same words, or, with [`Symmetry`], if
//! they differ only in the numbers of like actors.

use super::dictionary::PartTables;
use super::rounds::Rounds;
use super::saved::{In, Out};
use super::symmetry::{Room, Symmetry};
use super::tree::{Root, Tree};
use crate::base::{Mistake, planted};
use crate::semantics::{Alike, Layout, PARTS_MAX, State};

/// The contents of all states found so far.
pub(super) struct Contents {
    pub parts: PartTables,
    pub tree: Tree,
    /// Which actors are alike, if of states that differ only in them one is stored.
    pub symmetry: Option<Symmetry>,
    room: Room,
    /// Bytes in use, as of the last time they were counted.
    bytes: usize,
}

/// A state that was reached and whose root is not known yet: the numbers of its
/// parts, and the contents of those that had none.
pub(super) struct Pending {
    /// Whose step led there, and the numbers of the parts before it.
    pub by: usize,
    pub before: Vec<u32>,
    pub numbers: Vec<u32>,
    pub contents: Vec<(usize, Vec<i64>)>,
}

impl Contents {
    /// Whether states that differ only in workers of one executor are one.
    pub fn likens_workers(&self) -> bool {
        let symmetry = self.symmetry.as_ref();
        symmetry.map_or(planted(Mistake::AnyWorkerWillDo), |it| {
            it.alike().likens_workers()
        })
    }

    /// Nothing yet, for states of that layout; of those that differ only in the
    /// numbers of like actors for one.
    pub fn new(layout: &Layout, alike: Option<&Alike>) -> Self {
        let starts = layout.parts(PARTS_MAX - 8);
        let (actors, shared): (Vec<usize>, Vec<usize>) =
            (0..starts.len()).partition(|&part| layout.is_actor(starts[part]));
        let order = interleaved(&actors, &shared);
        let mut contents = Self::of_parts(&starts, layout.n_words(), &order);
        if let Some(alike) = alike {
            contents.symmetry = Some(Symmetry::new(alike.clone(), &mut contents.parts, &actors));
        }
        contents
    }

    /// The same for words that fall into these parts, in this order in the tree.
    pub fn of_parts(starts: &[usize], n_words: usize, order: &[usize]) -> Self {
        let parts = PartTables::new(starts, n_words);
        let tree = Tree::new(order);
        Self {
            parts,
            tree,
            symmetry: None,
            room: Room::default(),
            bytes: 0,
        }
    }

    /// The numbers of a state's parts and nodes.
    #[inline]
    pub fn unfold(&self, root: Root, numbers: &mut [u32]) {
        self.tree.unfold(root, numbers);
    }

    /// Writes the words that the numbers of parts stand for.
    pub fn fill(&self, numbers: &[u32], words: &mut [i64]) {
        for part in 0..self.parts.len() {
            let row = self.parts.blocks(part).get(numbers[part]);
            words[self.parts.range(part)].copy_from_slice(row);
        }
    }

    /// The root of a state, if all its parts and pairs are known.
    pub fn find(&self, state: &State) -> Option<Root> {
        let mut numbers = vec![0; self.tree.n_numbers()];
        for (part, number) in numbers.iter_mut().enumerate().take(self.parts.len()) {
            let row = state.peek(self.parts.range(part));
            *number = self.parts.blocks(part).find(row)?;
        }
        self.tree.find(&mut numbers)
    }

    /// The smallest and largest value of each of the first `n` words in any state.
    pub fn ranges(&self, n: usize) -> Vec<Option<(i64, i64)>> {
        let mut ranges = vec![None; n];
        for part in 0..self.parts.len() {
            let range = self.parts.range(part);
            for row in self.parts.blocks(part).all().chunks_exact(range.len()) {
                for (cell, &value) in range.clone().zip(row).filter(|&(cell, _)| cell < n) {
                    let (low, high) = ranges[cell].unwrap_or((value, value));
                    ranges[cell] = Some((low.min(value), high.max(value)));
                }
            }
        }
        ranges
    }

    /// Writes all down.
    pub fn save(&self, out: &mut Out) {
        self.parts.save(out);
        self.tree.save(out);
    }

    /// Fills empty ones again.
    pub fn restore(&mut self, from: &mut In<'_>) -> Option<()> {
        self.parts.restore(from)?;
        let contents = self.n_contents();
        self.tree.restore(from, &contents)
    }

    /// How many numbers there are on both sides of a root.
    pub fn sides(&self) -> Root {
        self.tree.below(0, &self.n_contents())
    }

    fn n_contents(&self) -> Vec<u32> {
        let parts = 0..self.parts.len();
        parts.map(|part| self.parts.blocks(part).len()).collect()
    }

    /// The root of a state, with new parts and nodes where needed.
    pub fn resolve(&mut self, pending: &mut Pending, rounds: &mut Rounds) -> Root {
        for (part, content) in &pending.contents {
            pending.numbers[*part] = self.parts.intern(*part, content);
        }
        // Where all contents had numbers, the step was noted when it was tried out, and
        // like actors may have changed places since.
        if !pending.contents.is_empty() {
            let parts = 0..self.parts.len();
            let changes = parts.map(|part| (part, pending.before[part], pending.numbers[part]));
            rounds.step(pending.by, changes.filter(|(_, from, to)| from != to));
        }
        self.intern(&mut pending.numbers)
    }

    /// The root over parts with these numbers, or of the state that stands for that one.
    fn intern(&mut self, numbers: &mut [u32]) -> Root {
        if let Some(symmetry) = &self.symmetry {
            let parts = &mut self.parts;
            let number =
                |parts: &mut &mut PartTables, part, row: &[i64]| Some(parts.intern(part, row));
            symmetry.turn(numbers, parts, number, &mut self.room);
        }
        self.tree.intern(numbers)
    }

    /// The root of a state whose words are given.
    pub fn resolve_words(&mut self, words: &[i64]) -> Root {
        let mut numbers = vec![0; self.tree.n_numbers()];
        for (part, number) in numbers.iter_mut().enumerate().take(self.parts.len()) {
            *number = self.parts.intern(part, &words[self.parts.range(part)]);
        }
        self.intern(&mut numbers)
    }

    /// Bytes in use, with what the tables reserve, as of the last time they were counted.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Counts the bytes in use.
    pub fn count_bytes(&mut self) {
        self.bytes = self.parts.bytes() + self.tree.bytes();
    }
}

/// Both lists as one, evenly mixed. What actors share often belongs to those of
/// them that stand at the same place of their row, as forks to philosophers; then
/// halves of states depend less on each other, and there are fewer of them. Where
/// few things are shared by all, they stand before all.
fn interleaved(actors: &[usize], shared: &[usize]) -> Vec<usize> {
    if 2 * shared.len() < actors.len() {
        return [shared, actors].concat();
    }
    let place = |list: &[usize], index: usize| (2 * index + 1) * 1000 / (2 * list.len());
    let mut all: Vec<(usize, usize)> = Vec::new();
    for list in [shared, actors] {
        all.extend(
            list.iter()
                .enumerate()
                .map(|(index, &part)| (place(list, index), part)),
        );
    }
    all.sort_by_key(|&(place, _)| place);
    all.into_iter().map(|(_, part)| part).collect()
}
