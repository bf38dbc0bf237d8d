//! Sets that were formed, to be used again in states that agree on what they depend on.
//!
//! A row of places; what comes to a place that is taken takes it over. So it has a fixed
//! size, and asking costs one look at memory.

use crate::base::ActorSet;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// Places at most; a power of two.
const PLACES_MAX: usize = 1 << 13;
/// Numbers that are kept at most, in all places together: a megabyte.
const NUMBERS_MAX: usize = 1 << 18;

/// Sets by what they depend on, which is so many numbers for all of them.
#[derive(Default)]
pub(super) struct Formed {
    keys: Vec<u32>,
    /// One for each place; no places before the first set.
    sets: Vec<Option<ActorSet>>,
}

impl Formed {
    /// The set that was formed for these numbers, if it is still known.
    pub fn find(&self, key: &[u32]) -> Option<ActorSet> {
        let place = self.place(key)?;
        let set = self.sets[place]?;
        (self.key_at(place, key.len()) == key).then_some(set)
    }

    /// Remembers a set. All keys have as many numbers.
    pub fn remember(&mut self, key: &[u32], set: ActorSet) {
        if self.sets.is_empty() {
            let n_places = (NUMBERS_MAX / key.len().max(1)).clamp(1, PLACES_MAX);
            let n_places = 1 << n_places.ilog2();
            self.keys = vec![0; n_places * key.len()];
            self.sets = vec![None; n_places];
        }
        debug_assert_eq!(self.keys.len(), self.sets.len() * key.len());
        let place = self.place(key).expect("there are places");
        self.keys[place * key.len()..][..key.len()].copy_from_slice(key);
        self.sets[place] = Some(set);
    }

    fn key_at(&self, place: usize, width: usize) -> &[u32] {
        &self.keys[place * width..][..width]
    }

    /// Where a key belongs; nowhere if nothing is remembered.
    fn place(&self, key: &[u32]) -> Option<usize> {
        let mut hasher = FxHasher::default();
        key.iter().for_each(|&number| hasher.write_u32(number));
        let last = self.sets.len().checked_sub(1)? as u64;
        // The number of places is a power of two.
        usize::try_from(hasher.finish() & last).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_remembered_is_found_or_forgotten_and_never_another() {
        let mut formed = Formed::default();
        assert_eq!(formed.find(&[1, 2]), None);
        let set = |number: u32| ActorSet::only(number as usize % 100);
        for number in 0..50_000 {
            formed.remember(&[number, 7], set(number));
            assert_eq!(formed.find(&[number, 7]), Some(set(number)));
        }
        let known = (0..50_000).filter_map(|number| Some((number, formed.find(&[number, 7])?)));
        let known: Vec<(u32, ActorSet)> = known.collect();
        assert!(known.iter().all(|&(number, found)| found == set(number)));
        assert!((1..=PLACES_MAX).contains(&known.len()));
    }
}
