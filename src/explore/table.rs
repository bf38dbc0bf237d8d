//! A hash table of states' numbers, in shards that grow one after the other.
//!
//! A bucket is one line of the processor's cache: sixteen slots of a number and,
//! in the bits that numbers leave free, the beginning of a hash. So a state that
//! is new costs one look at memory, one that is known hardly more than two.
//! Buckets are chosen by the high bits of the hash, times their number; so a
//! shard may grow to any size. A small one doubles, since to move numbers costs a look
//! at memory for each; a large one grows by half, since then room matters more. Shards
//! have different sizes, so that they do not all grow at about the same time: of the
//! whole table the same part is always free.

use super::dictionary::mix;
use crate::base::{Mistake, planted};

/// Shards; also the largest number of workers that can insert at a time.
pub(super) const N_SHARDS: usize = 64;

const SLOTS: usize = 16;
/// Buckets that are moved together where a shard grows.
const TOGETHER: usize = 8;
/// Buckets up to which a shard doubles: about four to seven million states in all shards.
const SMALL: usize = 1 << 12;
/// Buckets from which on shards have different sizes.
const APART: usize = 1 << 3;
const EMPTY: u32 = 0;
/// What a planted mistake leaves of a hash.
const FEW_BITS: u64 = 0x3ff << 54;

#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct Bucket([u32; SLOTS]);

impl Bucket {
    /// The slots that are free, a bit each, and those with these bits above; all slots at
    /// once, since it cannot be foreseen which one it is.
    #[inline]
    fn slots(&self, above: u32, tag: u32) -> (u32, u32) {
        let (mut free, mut alike) = (0, 0);
        for (index, &slot) in self.0.iter().enumerate() {
            free |= u32::from(slot == EMPTY) << index;
            alike |= u32::from(slot & above == tag) << index;
        }
        (free, alike & !free)
    }
}

/// A part of the table.
pub(super) struct Shard {
    /// Which of all shards it is.
    number: usize,
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
    n_buckets * SLOTS * 15 / 16
}

impl Shard {
    /// An empty one, with its number.
    pub fn new(number: usize) -> Self {
        Self {
            number,
            buckets: Vec::new(),
            n: 0,
            id_bits: 0,
        }
    }

    /// How many buckets come after so many.
    fn grown(&self, n_buckets: usize) -> usize {
        match n_buckets {
            0 => 1,
            APART => 2 * APART + self.number * 2 * APART / N_SHARDS,
            few if few < SMALL => 2 * few,
            many => many + many / 2,
        }
    }

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
        let size = self.grown(self.buckets.len());
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
            let (free, _) = self.buckets[bucket].slots(0, 1);
            if free != 0 {
                let index = free.trailing_zeros() as usize;
                self.buckets[bucket].0[index] = slot;
                let place = bucket * SLOTS + index;
                return u32::try_from(place).expect("fewer slots in a shard than 2^32");
            }
            bucket = (bucket + 1) % self.buckets.len();
        }
    }

    /// A number that may have that hash, if there is one where it would be first: for a
    /// look at what the number stands for, to have it near when it is needed.
    #[inline]
    pub fn may_be(&self, hash: u64) -> Option<u32> {
        let mask = self.id_mask();
        let bucket = self.buckets.get(self.bucket(hash))?;
        let (_, alike) = bucket.slots(!mask, self.tag(hash));
        let slot = bucket.0.get(alike.trailing_zeros() as usize)?;
        Some((slot & mask) - 1)
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
            let (free, mut alike) = self.buckets[bucket].slots(!mask, tag);
            while alike != 0 {
                let slot = self.buckets[bucket].0[alike.trailing_zeros() as usize];
                let id = (slot & mask) - 1;
                if planted(Mistake::FingerprintsDecide) || same(id) {
                    return Some(id);
                }
                alike &= alike - 1;
            }
            if free != 0 {
                return None;
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
            (before, after) = (after, self.grown(after));
        }
        // What it grows from last is there beside what it grows to.
        let there = match before {
            0 => after,
            before => before + after,
        };
        (there - self.buckets.len()) * size_of::<Bucket>()
    }
}
