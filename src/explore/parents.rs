//! From which state each state was found first, in about two bits a state.
//!
//! States are numbered in the order in which they are found, and expanded in
//! that order. So the parents of the states 1, 2, 3, … never go down, and it is
//! enough to write for each expanded state its number of children: a one for
//! each, then a zero. The parent of state `i` is the number of zeros before the
//! `i`-th one.
//!
//! Source: Elias, "Efficient storage and retrieval by content and address of
//! static files" (1974).

use super::saved::{In, Out};

/// Ones between two remembered positions.
const SAMPLE: u32 = 512;

/// The parents of all states but the first.
#[derive(Clone, Debug, Default)]
pub(super) struct Parents {
    bits: Vec<u64>,
    n_bits: u64,
    n_ones: u32,
    /// The position of each `SAMPLE`-th one, from the first on.
    samples: Vec<u64>,
}

impl Parents {
    /// The state that is being expanded has led to the next new state.
    pub fn child(&mut self) {
        if self.n_ones.is_multiple_of(SAMPLE) {
            self.samples.push(self.n_bits);
        }
        self.n_ones += 1;
        self.push(true);
    }

    /// The state that is being expanded has no more steps.
    pub fn end(&mut self) {
        self.push(false);
    }

    fn push(&mut self, one: bool) {
        let bit = self.n_bits % 64;
        if bit == 0 {
            self.bits.push(0);
        }
        let last = self.bits.last_mut().expect("a word was pushed");
        *last |= u64::from(one) << bit;
        self.n_bits += 1;
    }

    /// The state from which a state was found first.
    ///
    /// Cost: a look at a few dozen words.
    ///
    /// # Panics
    ///
    /// If the state is the first, or was not found.
    pub fn of(&self, state: u32) -> u32 {
        let index = state - 1;
        let start = self.samples[(index / SAMPLE) as usize];
        let mut left = index % SAMPLE;
        let mut word = (start / 64) as usize;
        let mut bits = self.bits[word] >> (start % 64) << (start % 64);
        while bits.count_ones() <= left {
            left -= bits.count_ones();
            word += 1;
            bits = self.bits[word];
        }
        for _ in 0..left {
            bits &= bits - 1;
        }
        let position = word as u64 * 64 + u64::from(bits.trailing_zeros());
        u32::try_from(position - u64::from(index)).expect("a state's number")
    }

    /// Writes all down.
    pub fn save(&self, out: &mut Out) {
        out.number(self.n_bits);
        out.numbers(self.bits.iter().copied());
    }

    /// Fills an empty one again.
    pub fn restore(&mut self, from: &mut In<'_>) -> Option<()> {
        let n_bits = from.number()?;
        let n_words = from.count()?;
        if n_words as u64 != n_bits.div_ceil(64) {
            return None;
        }
        for word in 0..n_words as u64 {
            let bits = from.number()?;
            for bit in 0..64.min(n_bits - word * 64) {
                match bits >> bit & 1 {
                    1 => self.child(),
                    _ => self.end(),
                }
            }
        }
        Some(())
    }

    /// Children, and states all of whose children are there.
    pub fn counts(&self) -> (u64, u64) {
        let n_ones = u64::from(self.n_ones);
        (n_ones, self.n_bits - n_ones)
    }

    /// Bytes in use.
    pub fn bytes(&self) -> usize {
        (self.bits.capacity() + self.samples.capacity()) * size_of::<u64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_are_found_again() {
        let mut parents = Parents::default();
        let mut expected = Vec::new();
        for state in 0..5_000_u32 {
            for _ in 0..(state * 7919 % 5) * u32::from(state % 50 < 30) {
                parents.child();
                expected.push(state);
            }
            parents.end();
        }
        for (index, &parent) in expected.iter().enumerate() {
            let state = u32::try_from(index + 1).expect("a small number");
            assert_eq!(parents.of(state), parent, "of {state}");
        }
    }
}
