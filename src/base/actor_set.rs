//! A set of actors, one bit each.

use serde::{Deserialize, Serialize};
use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Not};

/// The actors a run may have at most: a hundred, and some to spare.
pub const ACTORS_MAX: usize = 112;

/// A set of actors by their numbers, all below 128.
///
/// 16 bytes; every operation is a few instructions, whatever the set holds.
///
/// ```
/// use threadbare::base::ActorSet;
/// let some: ActorSet = [70, 3].into_iter().collect();
/// assert!(some.contains(70) && !some.contains(4));
/// assert_eq!(some.iter().collect::<Vec<_>>(), [3, 70]);
/// assert_eq!((some & !ActorSet::only(3)).first(), Some(70));
/// ```
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
pub struct ActorSet(u128);

impl ActorSet {
    /// Nobody.
    pub const NOBODY: Self = Self(0);
    /// Whoever there can be.
    pub const ALL: Self = Self(u128::MAX);

    /// One actor.
    ///
    /// # Panics
    ///
    /// In a debug build, if the number is not below 128.
    #[inline]
    pub fn only(actor: usize) -> Self {
        Self(1 << actor)
    }

    /// The set as a number: bit `n` is actor `n`.
    #[inline]
    pub fn bits(self) -> u128 {
        self.0
    }

    /// The set of a number, as [`bits`](Self::bits) gives it.
    #[inline]
    pub fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// Adds an actor.
    ///
    /// # Panics
    ///
    /// As [`only`](Self::only).
    #[inline]
    pub fn insert(&mut self, actor: usize) {
        *self |= Self::only(actor);
    }

    /// Takes an actor out.
    ///
    /// # Panics
    ///
    /// As [`only`](Self::only).
    #[inline]
    pub fn remove(&mut self, actor: usize) {
        *self &= !Self::only(actor);
    }

    /// Whether an actor is in it.
    ///
    /// # Panics
    ///
    /// As [`only`](Self::only).
    #[inline]
    pub fn contains(self, actor: usize) -> bool {
        self.0 >> actor & 1 == 1
    }

    /// Whether nobody is in it.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many are in it.
    #[inline]
    pub fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// The actor with the smallest number.
    #[inline]
    pub fn first(self) -> Option<usize> {
        (!self.is_empty()).then(|| self.0.trailing_zeros() as usize)
    }

    /// Its actors, ascending.
    #[inline]
    pub fn iter(self) -> impl Iterator<Item = usize> {
        let mut left = self;
        std::iter::from_fn(move || {
            let first = left.first()?;
            left.0 &= left.0 - 1;
            Some(first)
        })
    }
}

impl FromIterator<usize> for ActorSet {
    #[inline]
    fn from_iter<T: IntoIterator<Item = usize>>(actors: T) -> Self {
        let actors = actors.into_iter();
        actors.fold(Self::NOBODY, |set, actor| set | Self::only(actor))
    }
}

impl BitOr for ActorSet {
    type Output = Self;
    #[inline]
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for ActorSet {
    type Output = Self;
    #[inline]
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Not for ActorSet {
    type Output = Self;
    #[inline]
    fn not(self) -> Self {
        Self(!self.0)
    }
}

impl BitOrAssign for ActorSet {
    #[inline]
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

impl BitAndAssign for ActorSet {
    #[inline]
    fn bitand_assign(&mut self, other: Self) {
        *self = *self & other;
    }
}
