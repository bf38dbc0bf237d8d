//! A hash table of states' numbers, in shards that grow one after the other.
//!
//! A bucket is one line of the processor's cache: sixteen slots of a number and,
//! in the bits that numbers leave free, the beginning of a hash. So a state that
//! is new costs one look at memory, one that is known hardly more than two.
//! Buckets are chosen by the high bits of the hash, times their number; so a
//! shard may grow to any size. A small one doubles, since to move numbers costs a look
//! at memory for each; a large one grows by a fourth, since then room matters more.

use super::dictionary::mix;
use crate::base::{Mistake, planted};

/// Shards; also the largest number of workers that can insert at a time.
pub(super) const N_SHARDS: usize = 64;

const SLOTS: usize = 16;
/// Buckets that are moved together where a shard grows.
const TOGETHER: usize = 8;
/// Buckets up to which a shard doubles: about four million states in all shards.
const SMALL: usize = 1 << 12;
const EMPTY: u32 = 0;
/// What a planted mistake leaves of a hash.
const FEW_BITS: u64 = 0x3ff << 54;

#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct Bucket([u32; SLOTS]);

/// A part of the table.
#[derive(Default)]
pub(super) struct Shard {
    buckets: Vec<Bucket>,
    n: usize,
    /// Bits of a slot that hold a number.
    id_bits: u32,
}

/// The hash of a state's root.
#[inline]
pub(super) fn hash((left, right): (u32, u32)) -> u64 {
    let hash = mix(u64::from(left) << 32 | u64::from(right));
    match planted(Mistake::FingerprintsDecide) {
        true => hash & FEW_BITS,
        false => hash,
    }
}

/// The shard that a hash belongs to.
#[inline]
pub(super) fn shard_of(hash: u64) -> usize {
    (hash >> 58) as usize
}

/// So many buckets are full beyond this many numbers.
fn room(n_buckets: usize) -> usize {
    n_buckets * SLOTS * 7 / 8
}

/// How many buckets come after so many.
fn grown(n_buckets: usize) -> usize {
    let more = if n_buckets < SMALL {
        n_buckets
    } else {
        n_buckets / 4
    };
    (n_buckets + more).max(1)
}

impl Shard {
    fn bucket(&self, hash: u64) -> usize {
        let high = (hash << 6) >> 32;
        ((high * self.buckets.len() as u64) >> 32) as usize
    }

    /// The number's slot: the number plus one below, bits of the hash above.
    fn slot(&self, hash: u64, id: u32) -> u32 {
        self.tag(hash) | (id + 1)
    }

    fn tag(&self, hash: u64) -> u32 {
        let bits = hash as u32;
        if self.id_bits == 32 {
            0
        } else {
            bits >> self.id_bits << self.id_bits
        }
    }

    fn id_mask(&self) -> u32 {
        if self.id_bits == 32 {
            u32::MAX
        } else {
            (1 << self.id_bits) - 1
        }
    }

    /// A look at the place where a hash would be, to have it near when it is needed.
    #[inline]
    pub fn peek(&self, hash: u64) -> u32 {
        match self.buckets.get(self.bucket(hash)) {
            Some(bucket) => bucket.0[0],
            None => 0,
        }
    }

    /// Makes slots fit for numbers below `top`.
    #[inline]
    pub fn lengthen(&mut self, top: u32) {
        let id_bits = (32 - top.leading_zeros()).max(1);
        if id_bits > self.id_bits {
            // A longer number takes the lowest bit of the tag.
            let keep = self.id_mask();
            self.id_bits = id_bits;
            let tag = !self.id_mask();
            for slot in self.buckets.iter_mut().flat_map(|bucket| &mut bucket.0) {
                *slot &= tag | keep;
            }
        }
    }

    /// Makes room for one more; `hash_of` gives the hash of a number that is there.
    fn grow(&mut self, hash_of: impl Fn(u32) -> u64) {
        let size = grown(self.buckets.len());
        let old = std::mem::replace(&mut self.buckets, vec![Bucket::default(); size]);
        let mask = self.id_mask();
        let mut moved = Vec::with_capacity(TOGETHER * SLOTS);
        for some in old.chunks(TOGETHER) {
            // All hashes first, so that the processor fetches many of them at a time.
            let slots = some.iter().flat_map(|bucket| &bucket.0);
            let ids = slots.filter(|&&slot| slot != EMPTY);
            moved.extend(
                ids.map(|slot| (slot & mask) - 1)
                    .map(|id| (hash_of(id), id)),
            );
            for (hash, id) in moved.drain(..) {
                self.put(hash, id);
            }
        }
    }

    fn put(&mut self, hash: u64, id: u32) -> u32 {
        let slot = self.slot(hash, id);
        let mut bucket = self.bucket(hash);
        loop {
            for (index, here) in self.buckets[bucket].0.iter_mut().enumerate() {
                if *here == EMPTY {
                    *here = slot;
                    let place = bucket * SLOTS + index;
                    return u32::try_from(place).expect("fewer slots in a shard than 2^32");
                }
            }
            bucket = (bucket + 1) % self.buckets.len();
        }
    }

    /// The number with that hash for which `same` holds.
    #[inline]
    pub fn find(&self, hash: u64, same: impl Fn(u32) -> bool) -> Option<u32> {
        if self.buckets.is_empty() {
            return None;
        }
        let (tag, mask) = (self.tag(hash), self.id_mask());
        let mut bucket = self.bucket(hash);
        loop {
            for &slot in &self.buckets[bucket].0 {
                if slot == EMPTY {
                    return None;
                }
                let alike = planted(Mistake::FingerprintsDecide);
                if slot & !mask == tag && (alike || same((slot & mask) - 1)) {
                    return Some((slot & mask) - 1);
                }
            }
            bucket = (bucket + 1) % self.buckets.len();
        }
    }

    /// Puts in a number that is not there, and that slots are long enough for; gives
    /// its slot, and whether the others have new ones.
    #[inline]
    pub fn add(&mut self, hash: u64, id: u32, hash_of: impl Fn(u32) -> u64) -> (u32, bool) {
        let full = self.n == room(self.buckets.len());
        if full {
            self.grow(hash_of);
        }
        self.n += 1;
        (self.put(hash, id), full)
    }

    /// The slot of a number that is there.
    pub fn slot_of(&self, hash: u64, id: u32) -> u32 {
        let slot = self.slot(hash, id);
        let mut bucket = self.bucket(hash);
        loop {
            if let Some(index) = self.buckets[bucket].0.iter().position(|&it| it == slot) {
                let place = bucket * SLOTS + index;
                return u32::try_from(place).expect("fewer slots in a shard than 2^32");
            }
            bucket = (bucket + 1) % self.buckets.len();
        }
    }

    /// Gives a number that was just put in its final value.
    pub fn rename(&mut self, place: u32, id: u32) {
        let place = place as usize;
        let mask = self.id_mask();
        let slot = &mut self.buckets[place / SLOTS].0[place % SLOTS];
        *slot = *slot & !mask | (id + 1);
    }

    /// Bytes in use.
    pub fn bytes(&self) -> usize {
        self.buckets.capacity() * size_of::<Bucket>()
    }

    /// Bytes that it takes while it makes room for so many more, beyond those in use.
    pub fn bytes_for(&self, n: usize) -> usize {
        let (mut before, mut after) = (0, self.buckets.len());
        while room(after) < self.n + n {
            (before, after) = (after, grown(after));
        }
        // What it grows from last is there beside what it grows to.
        let there = match before {
            0 => after,
            before => before + after,
        };
        (there - self.buckets.len()) * size_of::<Bucket>()
    }
}
