//! Pairs of numbers in the order of states, in as few bits as they need.

/// Rows that have one width.
const SEGMENT: usize = 1 << 14;

/// Some consecutive rows.
#[derive(Default)]
struct Segment {
    left_bits: u32,
    right_bits: u32,
    /// The rows, bit after bit, and eight bytes to read beyond the last.
    words: Vec<u64>,
}

/// The pairs.
#[derive(Default)]
pub(super) struct Rows {
    segments: Vec<Segment>,
    n: usize,
    bytes: usize,
}

fn bits_for(number: u32) -> u32 {
    32 - number.leading_zeros()
}

impl Segment {
    #[inline]
    fn get(&self, index: usize) -> (u32, u32) {
        let width = (self.left_bits + self.right_bits) as usize;
        let at = index * width;
        let low = u128::from(self.words[at / 64]) | u128::from(self.words[at / 64 + 1]) << 64;
        let bits = (low >> (at % 64)) as u64;
        let left = bits & ((1 << self.left_bits) - 1);
        let right = bits >> self.left_bits & ((1 << self.right_bits) - 1);
        (left as u32, right as u32)
    }

    fn set(&mut self, index: usize, (left, right): (u32, u32)) {
        let width = (self.left_bits + self.right_bits) as usize;
        let at = index * width;
        let n_words = (at + width) / 64 + 2;
        if self.words.len() < n_words {
            self.words.resize(n_words, 0);
        }
        let bits = u128::from(u64::from(left) | u64::from(right) << self.left_bits) << (at % 64);
        self.words[at / 64] |= bits as u64;
        self.words[at / 64 + 1] |= (bits >> 64) as u64;
    }

    fn fits(&self, (left, right): (u32, u32)) -> bool {
        bits_for(left) <= self.left_bits && bits_for(right) <= self.right_bits
    }

    /// The same rows with room for that pair.
    fn widened(&self, n: usize, (left, right): (u32, u32)) -> Self {
        let mut wide = Self {
            left_bits: self.left_bits.max(bits_for(left)),
            right_bits: self.right_bits.max(bits_for(right)),
            words: Vec::new(),
        };
        for index in 0..n {
            wide.set(index, self.get(index));
        }
        wide
    }

    fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<u64>()
    }
}

impl Rows {
    /// The row with a number.
    #[inline]
    pub fn get(&self, index: u32) -> (u32, u32) {
        let index = index as usize;
        self.segments[index / SEGMENT].get(index % SEGMENT)
    }

    /// Appends a row.
    pub fn push(&mut self, pair: (u32, u32)) {
        let index = self.n % SEGMENT;
        if index == 0 {
            self.begin_segment();
        }
        let last = self.segments.last_mut().expect("a segment was begun");
        let before = last.bytes();
        if !last.fits(pair) {
            *last = last.widened(index, pair);
        }
        last.set(index, pair);
        self.bytes = self.bytes + last.bytes() - before;
        self.n += 1;
    }

    /// The new segment begins as wide as the last one is; that one is done.
    fn begin_segment(&mut self) {
        let mut next = Segment::default();
        if let Some(last) = self.segments.last_mut() {
            let before = last.bytes();
            last.words.shrink_to_fit();
            self.bytes = self.bytes + last.bytes() - before;
            next.left_bits = last.left_bits;
            next.right_bits = last.right_bits;
            let width = (next.left_bits + next.right_bits) as usize;
            next.words.reserve_exact(SEGMENT * width / 64 + 2);
            self.bytes += next.bytes();
        }
        self.segments.push(next);
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.n
    }

    /// Bytes in use, with what is reserved.
    pub fn bytes(&self) -> usize {
        self.bytes + self.segments.capacity() * size_of::<Segment>()
    }

    /// Bytes that so many more rows take at most.
    pub fn bytes_for(&self, n: usize) -> usize {
        (n + SEGMENT) * 2 * size_of::<u32>()
    }
}
