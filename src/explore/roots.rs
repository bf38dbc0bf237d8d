//! The roots of stored states, each once, numbered in the order they came.
//!
//! A root is kept in a few bits ([`Rows`]), its number in a hash table ([`Shard`]).
//! Nothing is approximated: equal hashes are told apart by comparing roots.

use super::rows::Rows;
use super::table::{N_SHARDS, Shard, hash, shard_of};
use super::tree::Root;
use super::workers::in_pieces;
use std::sync::atomic::{AtomicU32, Ordering};

/// The roots of all states found so far.
pub(super) struct Roots {
    rows: Rows,
    shards: Vec<Shard>,
    /// Bytes of shards, as of the last insertion.
    bytes: usize,
}

impl Roots {
    /// None yet.
    pub fn new() -> Self {
        Self {
            rows: Rows::default(),
            shards: (0..N_SHARDS).map(Shard::new).collect(),
            bytes: 0,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Bytes in use, with what the tables reserve.
    pub fn bytes(&self) -> usize {
        self.bytes + self.rows.bytes()
    }

    /// Bytes that so many more take at most, counting the moment in which a part of the
    /// table grows and is there twice.
    pub fn bytes_for(&self, n: usize) -> usize {
        // Each shard may get all of them, but with several workers only a few grow at
        // a time.
        let growing = self.shards.iter().map(|shard| shard.bytes_for(n)).max();
        let grown = self
            .shards
            .iter()
            .map(|shard| shard.bytes_for(n / N_SHARDS * 2));
        let table = growing.unwrap_or(0) + if n > 1 { grown.sum() } else { 0 };
        table + self.rows.bytes_for(n)
    }

    /// The root with a number.
    pub fn get(&self, id: u32) -> Root {
        self.rows.get(id)
    }

    /// All of them, in order.
    pub fn all(&self) -> impl ExactSizeIterator<Item = Root> {
        let n = u32::try_from(self.rows.len()).expect("the limit of states is below 2^32");
        (0..n).map(|id| self.rows.get(id))
    }

    /// The number of a root.
    pub fn find(&self, root: Root) -> Option<u32> {
        let key = hash(root);
        let same = |id: u32| self.rows.get(id) == root;
        self.shards[shard_of(key)].find(key, same)
    }

    /// Calls `told` with the number of each root, if it is there.
    /// Faster than one at a time.
    pub fn find_all(&self, roots: &[Root], mut told: impl FnMut(usize, Option<u32>)) {
        for (some, at) in roots.chunks(TOGETHER).zip((0..).step_by(TOGETHER)) {
            let shard = |key| &self.shards[shard_of(key)];
            fetch(some.iter().map(|&root| hash(root)), shard, |id| {
                self.rows.get(id)
            });
            for (index, &root) in some.iter().enumerate() {
                told(at + index, self.find(root));
            }
        }
    }

    /// The number of a root, and whether it is new.
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
        self.bytes = self.shards.iter().map(Shard::bytes).sum();
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
            let of_keys = keys.iter().copied();
            fetch(of_keys, |key| &shards[shard_of(key)], |id| rows.get(id));
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

/// Has the processor fetch what looking for these hashes needs, of all at a time: first
/// where they would be, then the roots of the numbers that are there.
#[inline]
fn fetch<'s>(
    keys: impl Iterator<Item = u64> + Clone,
    shard: impl Fn(u64) -> &'s Shard,
    root: impl Fn(u32) -> Root,
) {
    let near = { keys.clone() }.fold(0, |all, key| all ^ shard(key).peek(key));
    std::hint::black_box(near);
    let near = keys.fold(0, |all, key| {
        let may_be = shard(key).may_be(key);
        all ^ may_be.map_or(0, |id| root(id).0)
    });
    std::hint::black_box(near);
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
            let keys = some.iter().map(|&(key, _)| key);
            fetch(keys, |_| &*shard, |id| self.root(id));
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

    #[test]
    fn known_states_keep_their_numbers_for_any_number_of_workers() {
        let roots: Vec<Root> = (0..20_000u32).map(|n| (n * 7 % 1_000, n % 700)).collect();
        let mut numbers = Vec::new();
        for n_workers in [1, 2, 5] {
            let mut known = Roots::new();
            let mut seen = Vec::new();
            for chunk in roots.chunks(3_000) {
                let lists: Vec<&[Root]> = chunk.chunks(700).collect();
                known.insert_all(&lists, n_workers, |id, new| {
                    seen.push((new, new.then_some(id)))
                });
            }
            assert!(roots.iter().all(|&root| known.find(root).is_some()));
            numbers.push((seen, known.bytes()));
        }
        assert_eq!(numbers[0], numbers[1]);
        assert_eq!(numbers[0], numbers[2]);
    }
}
