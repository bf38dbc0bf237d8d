//! A search as bytes, to go on later: what was stored, where it stands, and what
//! its observer saw.
//!
//! Numbers are eight bytes, the smallest first. Tables are written in the order in
//! which they were filled, and filled again in that order, so that a search that
//! goes on has the same numbers, and takes the same memory, as one that was never
//! interrupted.
//!
//! **Invariant:** reading bytes that nobody wrote gives nothing, at worst; it
//! never reads beyond them, and reserves no more memory than they are long.
//!
//! **Deliberately absent:** the file, its checksum, and whether it belongs to this
//! scenario: that is for whoever reads files.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Called with the bytes of a search.
pub type Write = Arc<dyn Fn(&[u8]) + Send + Sync>;

/// Whether a search is written down, and what it goes on from.
#[derive(Clone, Default)]
pub struct Keep {
    /// Called where a limit ends the search, and now and then before.
    pub write: Option<Write>,
    /// How often.
    pub every: Duration,
    /// What an earlier search of the same scenario wrote.
    pub from: Option<Arc<[u8]>>,
}

impl fmt::Debug for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keep")
            .field("write", &self.write.is_some())
            .field("every", &self.every)
            .field("from", &self.from.as_ref().map(|bytes| bytes.len()))
            .finish()
    }
}

/// Bytes to be written.
#[derive(Default)]
pub(super) struct Out(pub Vec<u8>);

impl Out {
    pub fn number(&mut self, number: impl Into<u64>) {
        self.0.extend_from_slice(&number.into().to_le_bytes());
    }

    pub fn size(&mut self, n: usize) {
        self.number(n as u64);
    }

    /// Numbers with their count in front.
    pub fn numbers<T: Into<u64>>(&mut self, numbers: impl ExactSizeIterator<Item = T>) {
        self.size(numbers.len());
        numbers.for_each(|number| self.number(number));
    }

    pub fn pairs(&mut self, pairs: impl ExactSizeIterator<Item = (u32, u32)>) {
        self.numbers(pairs.map(|(left, right)| u64::from(left) << 32 | u64::from(right)));
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        self.size(bytes.len());
        self.0.extend_from_slice(bytes);
    }
}

/// Bytes to be read; every reading gives nothing where there are too few.
pub(super) struct In<'a>(pub &'a [u8]);

impl<'a> In<'a> {
    pub fn number(&mut self) -> Option<u64> {
        let (number, rest) = self.0.split_first_chunk::<8>()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*number))
    }

    /// A number that has to be small.
    pub fn small<T: TryFrom<u64>>(&mut self) -> Option<T> {
        T::try_from(self.number()?).ok()
    }

    /// How many numbers follow.
    pub fn count(&mut self) -> Option<usize> {
        let n: usize = self.small()?;
        (n <= self.0.len() / 8).then_some(n)
    }

    pub fn pair(&mut self) -> Option<(u32, u32)> {
        let number = self.number()?;
        Some(((number >> 32) as u32, number as u32))
    }

    pub fn bytes(&mut self) -> Option<&'a [u8]> {
        let n: usize = self.small()?;
        let (bytes, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(bytes)
    }
}
