//! Stored states: each once, exactly, compressed, in the order they were found.
//!
//! A state's parts are replaced by numbers ([`PartTables`]), these by a tree of
//! pairs ([`Tree`]); what is left of a state is the pair at the root, kept in a
//! few bits ([`Rows`]), and its number in a hash table ([`Shard`]). Nothing is
//! approximated: equal hashes are told apart by comparing roots, and two states
//! have the same root exactly if they have the same words.

use super::dictionary::PartTables;
use super::limits::MemoryBudget;
use super::rounds::Rounds;
use super::rows::Rows;
use super::saved::{In, Out};
use super::symmetry::Symmetry;
use super::table::{N_SHARDS, Shard, hash, shard_of};
use super::tree::{Root, Tree};
use super::workers::in_pieces;
use crate::semantics::{Alike, Layout, PARTS_MAX, State};
use std::sync::atomic::{AtomicU32, Ordering};

/// All states found so far.
pub(super) struct Store {
    pub parts: PartTables,
    pub tree: Tree,
    /// Which actors are alike, if of states that differ only in them one is stored.
    pub symmetry: Option<Symmetry>,
    rows: Rows,
    shards: Vec<Shard>,
    /// Bytes of parts, tree and shards, as of the last insertion.
    bytes: usize,
}

/// A state that was reached and whose root is not known yet: the numbers of its
/// parts, and the contents of those that had none.
pub(super) struct Pending {
    pub numbers: Vec<u32>,
    pub contents: Vec<(usize, Vec<i64>)>,
}

impl Store {
    /// An empty store for states of that layout; of those that differ only in the
    /// numbers of like actors for one.
    pub fn new(layout: &Layout, alike: Option<&Alike>) -> Self {
        let starts = layout.parts(PARTS_MAX - 8);
        let (actors, shared): (Vec<usize>, Vec<usize>) =
            (0..starts.len()).partition(|&part| layout.is_actor(starts[part]));
        let order = interleaved(&actors, &shared);
        let mut store = Self::of_parts(&starts, layout.n_words(), &order);
        if let Some(alike) = alike {
            store.symmetry = Some(Symmetry::new(alike.clone(), &mut store.parts, &actors));
        }
        store
    }

    fn of_parts(starts: &[usize], n_words: usize, order: &[usize]) -> Self {
        let parts = PartTables::new(starts, n_words);
        let tree = Tree::new(order);
        Self {
            parts,
            tree,
            symmetry: None,
            rows: Rows::default(),
            shards: (0..N_SHARDS).map(|_| Shard::default()).collect(),
            bytes: 0,
        }
    }

    /// Number of states.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Bytes in use, with what the tables reserve.
    pub fn bytes(&self) -> usize {
        self.bytes + self.rows.bytes()
    }

    /// Counts the bytes of everything but rows again.
    pub fn count_bytes(&mut self) {
        let shards: usize = self.shards.iter().map(Shard::bytes).sum();
        self.bytes = self.parts.bytes() + self.tree.bytes() + shards;
    }

    /// Whether so many more states certainly fit, counting the moment in which a
    /// part of the table grows and is there twice.
    pub fn fits(&self, n: usize, budget: MemoryBudget) -> bool {
        // Each shard may get all of them, but with several workers only a few grow at
        // a time.
        let growing = self.shards.iter().map(|shard| shard.bytes_for(n)).max();
        let grown = self
            .shards
            .iter()
            .map(|shard| shard.bytes_for(n / N_SHARDS * 2));
        let table = growing.unwrap_or(0) + if n > 1 { grown.sum() } else { 0 };
        // Tables of parts and pairs double; while one grows it is there three times.
        // None of them is more than about half of all.
        let pairs = self.parts.bytes() + self.tree.bytes();
        budget.allows(self.bytes() + table + pairs + self.rows.bytes_for(n))
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

    /// Reads a state into `words`.
    pub fn load(&self, id: u32, words: &mut [i64]) {
        let mut numbers = vec![u32::MAX; self.tree.n_numbers()];
        self.unfold(self.root(id), &mut numbers);
        self.fill(&numbers, words);
    }

    /// The number of a state, if it is there.
    pub fn find(&self, state: &State) -> Option<u32> {
        let mut numbers = vec![0; self.tree.n_numbers()];
        for (part, number) in numbers.iter_mut().enumerate().take(self.parts.len()) {
            let row = state.peek(self.parts.range(part));
            *number = self.parts.blocks(part).find(row)?;
        }
        self.find_root(self.tree.find(&mut numbers)?)
    }

    /// The number of the state with a root.
    pub fn find_root(&self, root: Root) -> Option<u32> {
        let key = hash(root);
        let same = |id: u32| self.rows.get(id) == root;
        self.shards[shard_of(key)].find(key, same)
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

    /// Writes all states down.
    pub fn save(&self, out: &mut Out) {
        self.parts.save(out);
        self.tree.save(out);
        let n = u32::try_from(self.rows.len()).expect("the limit of states is below 2^32");
        out.pairs((0..n).map(|id| self.rows.get(id)));
    }

    /// Fills an empty store again.
    pub fn restore(&mut self, from: &mut In<'_>) -> Option<()> {
        self.parts.restore(from)?;
        let parts = 0..self.parts.len();
        let contents: Vec<u32> = parts.map(|part| self.parts.blocks(part).len()).collect();
        self.tree.restore(from, &contents)?;
        let below = self.sides();
        for expected in 0..u32::try_from(from.count()?).ok()? {
            let root = from.pair()?;
            let inside = root.0 < below.0 && root.1 < below.1;
            if !inside || self.insert(root) != (expected, true) {
                return None;
            }
        }
        self.count_bytes();
        Some(())
    }

    /// How many numbers there are on both sides of a root.
    pub fn sides(&self) -> Root {
        let parts = 0..self.parts.len();
        let contents: Vec<u32> = parts.map(|part| self.parts.blocks(part).len()).collect();
        self.tree.below(0, &contents)
    }

    /// The root of a state that is there.
    pub fn root(&self, id: u32) -> Root {
        self.rows.get(id)
    }

    /// Calls `told` with the number of the state with each root, if it is there.
    /// Faster than one at a time.
    pub fn find_roots(&self, roots: &[Root], mut told: impl FnMut(usize, Option<u32>)) {
        for (some, at) in roots.chunks(TOGETHER).zip((0..).step_by(TOGETHER)) {
            let near = some.iter().fold(0, |all, &root| {
                let key = hash(root);
                all ^ self.shards[shard_of(key)].peek(key)
            });
            std::hint::black_box(near);
            for (index, &root) in some.iter().enumerate() {
                told(at + index, self.find_root(root));
            }
        }
    }

    /// The root of a state, with new parts and nodes where needed.
    pub fn resolve(&mut self, pending: &mut Pending, rounds: &mut Rounds) -> Root {
        for (part, content) in &pending.contents {
            let number = self.parts.intern(*part, content);
            rounds.change(*part, pending.numbers[*part], number);
            pending.numbers[*part] = number;
        }
        self.intern(&mut pending.numbers)
    }

    /// The root over parts with these numbers, or of the state that stands for that one.
    fn intern(&mut self, numbers: &mut [u32]) -> Root {
        if let Some(symmetry) = &self.symmetry {
            let parts = &mut self.parts;
            symmetry.turn(numbers, parts, |parts, part, row| {
                Some(parts.intern(part, row))
            });
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

    /// The number of a state, and whether it is new.
    pub fn insert(&mut self, root: Root) -> (u32, bool) {
        let key = hash(root);
        let Self { rows, shards, .. } = self;
        let shard = &mut shards[shard_of(key)];
        let id = u32::try_from(rows.len()).expect("the limit of states is below 2^32");
        shard.lengthen(id + 1);
        if let Some(known) = shard.find(key, |id| rows.get(id) == root) {
            return (known, false);
        }
        let before = shard.bytes();
        shard.add(key, id, |id| hash(rows.get(id)));
        self.bytes = self.bytes + shard.bytes() - before;
        rows.push(root);
        (id, true)
    }

    /// Puts many states in, in order; calls `told` for each with its number and
    /// whether it is new. Numbers and sizes do not depend on the number of workers.
    /// `lists` are the roots in several pieces.
    pub fn insert_all(
        &mut self,
        lists: &[&[Root]],
        n_workers: usize,
        mut told: impl FnMut(u32, bool),
    ) {
        let n: usize = lists.iter().map(|list| list.len()).sum();
        let first = u32::try_from(self.rows.len()).expect("the limit of states is below 2^32");
        let top = first + u32::try_from(n).expect("a chunk is small");
        for shard in &mut self.shards {
            shard.lengthen(top);
        }
        if n_workers == 1 {
            for list in lists {
                self.insert_in_order(list, &mut told);
            }
        } else {
            self.insert_in_shards(lists, first, n_workers, &mut told);
        }
        self.count_bytes();
    }

    /// One after the other, by one worker.
    fn insert_in_order(&mut self, roots: &[Root], told: &mut impl FnMut(u32, bool)) {
        let Self { rows, shards, .. } = self;
        let mut keys = [0; TOGETHER];
        for some in roots.chunks(TOGETHER) {
            for (key, &root) in keys.iter_mut().zip(some) {
                *key = hash(root);
            }
            let keys = &keys[..some.len()];
            let near = keys
                .iter()
                .fold(0, |all, &key| all ^ shards[shard_of(key)].peek(key));
            std::hint::black_box(near);
            for (&key, &root) in keys.iter().zip(some) {
                let shard = &mut shards[shard_of(key)];
                if let Some(known) = shard.find(key, |id| rows.get(id) == root) {
                    told(known, false);
                    continue;
                }
                let id = u32::try_from(rows.len()).expect("their number was checked");
                shard.add(key, id, |id| hash(rows.get(id)));
                rows.push(root);
                told(id, true);
            }
        }
    }

    /// Several shards at a time. A state first gets the number it would have if all
    /// before it were new, and its own when all shards are done.
    fn insert_in_shards(
        &mut self,
        lists: &[&[Root]],
        first: u32,
        n_workers: usize,
        told: &mut impl FnMut(u32, bool),
    ) {
        let roots: Vec<Root> = lists.concat();
        let found: Vec<AtomicU32> = roots.iter().map(|_| AtomicU32::new(0)).collect();
        let mut lots: Vec<Vec<(u64, u32)>> = vec![Vec::new(); N_SHARDS];
        for (index, &root) in (0..).zip(&roots) {
            let key = hash(root);
            lots[shard_of(key)].push((key, index));
        }
        let chunk = Chunk {
            roots: &roots,
            rows: &self.rows,
            first,
            found: &found,
        };
        let work = self.shards.iter_mut().zip(lots).collect();
        let mut threads = vec![(); n_workers];
        let added = in_pieces(work, &mut threads, |(), (shard, lot)| {
            chunk.place(shard, &lot)
        });
        let mut final_ids: Vec<u32> = vec![0; roots.len()];
        for ((index, &root), found) in (0..).zip(&roots).zip(&found) {
            let id = found.load(Ordering::Relaxed);
            if id != first + index {
                told(id, false);
                continue;
            }
            let id = u32::try_from(self.rows.len()).expect("their number was checked");
            final_ids[index as usize] = id;
            self.rows.push(root);
            told(id, true);
        }
        for (shard, added) in self.shards.iter_mut().zip(added) {
            for (slot, index) in added {
                shard.rename(slot, final_ids[index as usize]);
            }
        }
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

/// States that are looked for together, so that the processor can fetch the
/// lines of one while it compares those of another.
const TOGETHER: usize = 16;

/// States that are put in together.
struct Chunk<'a> {
    roots: &'a [Root],
    rows: &'a Rows,
    /// The number of the first one, if it is new.
    first: u32,
    /// For each, the number of the state that is equal to it.
    found: &'a [AtomicU32],
}

impl Chunk<'_> {
    fn root(&self, id: u32) -> Root {
        match id.checked_sub(self.first) {
            Some(index) => self.roots[index as usize],
            None => self.rows.get(id),
        }
    }

    /// Puts the states of one shard in, each under the number it would have if all
    /// before it were new; gives the slots of those that are new.
    fn place(&self, shard: &mut Shard, lot: &[(u64, u32)]) -> Vec<(u32, u32)> {
        let mut added = Vec::new();
        let mut grown = false;
        for some in lot.chunks(TOGETHER) {
            let near = some.iter().fold(0, |all, &(key, _)| all ^ shard.peek(key));
            std::hint::black_box(near);
            for &(key, index) in some {
                let root = self.roots[index as usize];
                let id = match shard.find(key, |other| self.root(other) == root) {
                    Some(known) => known,
                    None => {
                        let id = self.first + index;
                        let (slot, grew) = shard.add(key, id, |id| hash(self.root(id)));
                        grown |= grew;
                        added.push((slot, index));
                        id
                    }
                };
                self.found[index as usize].store(id, Ordering::Relaxed);
            }
        }
        if grown {
            // Slots moved: look for them again.
            for (slot, index) in &mut added {
                let id = self.first + *index;
                *slot = shard.slot_of(hash(self.root(id)), id);
            }
        }
        added
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &[i64], starts: &[usize]) {
        let order: Vec<usize> = (0..starts.len()).rev().collect();
        let mut store = Store::of_parts(starts, words.len(), &order);
        let root = store.resolve_words(words);
        assert_eq!(store.insert(root), (0, true));
        assert_eq!(store.insert(root), (0, false));
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

    #[test]
    fn known_states_keep_their_numbers_for_any_number_of_workers() {
        let roots: Vec<Root> = (0..20_000u32).map(|n| (n * 7 % 1_000, n % 700)).collect();
        let mut numbers = Vec::new();
        for n_workers in [1, 2, 5] {
            let mut store = Store::of_parts(&[0, 1], 2, &[0, 1]);
            let mut seen = Vec::new();
            for chunk in roots.chunks(3_000) {
                let lists: Vec<&[Root]> = chunk.chunks(700).collect();
                store.insert_all(&lists, n_workers, |id, new| {
                    seen.push((new, new.then_some(id)))
                });
            }
            assert!(roots.iter().all(|&root| store.find_root(root).is_some()));
            numbers.push((seen, store.bytes()));
        }
        assert_eq!(numbers[0], numbers[1]);
        assert_eq!(numbers[0], numbers[2]);
    }
}
