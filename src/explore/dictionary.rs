//! Numbers for things that come again and again: the contents of a part of a
//! state, and pairs of such numbers.
//!
//! Numbers are given in the order in which things come first, from 0.

use super::saved::{In, Out};
use hashbrown::HashTable;
use std::ops::Range;

/// A hash in whose every bit all bits of the number take part.
pub(super) fn mix(number: u64) -> u64 {
    let product = u128::from(number ^ 0x9e37_79b9_7f4a_7c15) * 0xd6e8_feb8_6659_fd93;
    (product as u64) ^ ((product >> 64) as u64)
}

/// Bytes of a hash table of numbers: eight slots for seven entries.
fn table_bytes(table: &HashTable<u32>) -> usize {
    table.capacity() * 8 / 7 * (size_of::<u32>() + 1)
}

/// Rows of words of one width.
pub(super) struct Blocks {
    width: usize,
    words: Vec<i64>,
    table: HashTable<u32>,
}

impl Blocks {
    /// No rows of that width, which is not 0.
    pub fn new(width: usize) -> Self {
        Self {
            width,
            words: Vec::new(),
            table: HashTable::new(),
        }
    }

    /// The row with a number.
    #[inline]
    pub fn get(&self, id: u32) -> &[i64] {
        let at = id as usize * self.width;
        &self.words[at..at + self.width]
    }

    /// Writes all rows down.
    fn save(&self, out: &mut Out) {
        out.numbers(self.words.iter().map(|&word| word as u64));
    }

    /// Fills an empty one again.
    fn restore(&mut self, from: &mut In<'_>) -> Option<()> {
        let n = from.count()?;
        if !n.is_multiple_of(self.width) {
            return None;
        }
        let mut row = vec![0; self.width];
        for expected in 0..u32::try_from(n / self.width).ok()? {
            for word in &mut row {
                *word = from.number()? as i64;
            }
            if self.intern(&row) != expected {
                return None;
            }
        }
        Some(())
    }

    /// Number of rows.
    pub fn len(&self) -> u32 {
        u32::try_from(self.words.len() / self.width).expect("fewer rows than states")
    }

    /// All rows, one behind the other.
    pub fn all(&self) -> &[i64] {
        &self.words
    }

    fn hash(row: &[i64]) -> u64 {
        row.iter().fold(0, |hash, &word| mix(hash ^ word as u64))
    }

    /// The number of a row.
    pub fn find(&self, row: &[i64]) -> Option<u32> {
        let same = |&id: &u32| self.get(id) == row;
        self.table.find(Self::hash(row), same).copied()
    }

    /// The number of a row, which may be new.
    pub fn intern(&mut self, row: &[i64]) -> u32 {
        if let Some(id) = self.find(row) {
            return id;
        }
        let id = u32::try_from(self.words.len() / self.width).expect("fewer rows than states");
        self.words.extend_from_slice(row);
        let (words, width) = (&self.words, self.width);
        let rehash = |&id: &u32| Self::hash(&words[id as usize * width..][..width]);
        self.table.insert_unique(Self::hash(row), id, rehash);
        id
    }

    /// Bytes in use, with what is reserved.
    pub fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<i64>() + table_bytes(&self.table)
    }
}

/// Pairs of numbers.
#[derive(Default)]
pub(super) struct Pairs {
    pairs: Vec<(u32, u32)>,
    table: HashTable<u32>,
}

impl Pairs {
    fn hash((left, right): (u32, u32)) -> u64 {
        mix(u64::from(left) << 32 | u64::from(right))
    }

    /// The pair with a number.
    #[inline]
    pub fn get(&self, id: u32) -> (u32, u32) {
        self.pairs[id as usize]
    }

    /// Writes all pairs down.
    pub fn save(&self, out: &mut Out) {
        out.pairs(self.pairs.iter().copied());
    }

    /// Fills an empty one again; the numbers of pairs are below these.
    pub fn restore(&mut self, from: &mut In<'_>, below: (u32, u32)) -> Option<()> {
        for expected in 0..u32::try_from(from.count()?).ok()? {
            let pair = from.pair()?;
            if pair.0 >= below.0 || pair.1 >= below.1 || self.intern(pair) != expected {
                return None;
            }
        }
        Some(())
    }

    /// Number of pairs.
    pub fn len(&self) -> u32 {
        u32::try_from(self.pairs.len()).expect("fewer pairs than states")
    }

    /// The number of a pair.
    #[inline]
    pub fn find(&self, pair: (u32, u32)) -> Option<u32> {
        let same = |&id: &u32| self.pairs[id as usize] == pair;
        self.table.find(Self::hash(pair), same).copied()
    }

    /// The number of a pair, which may be new.
    pub fn intern(&mut self, pair: (u32, u32)) -> u32 {
        if let Some(id) = self.find(pair) {
            return id;
        }
        let id = u32::try_from(self.pairs.len()).expect("fewer pairs than states");
        self.pairs.push(pair);
        let pairs = &self.pairs;
        let rehash = |&id: &u32| Self::hash(pairs[id as usize]);
        self.table.insert_unique(Self::hash(pair), id, rehash);
        id
    }

    /// Bytes in use, with what is reserved.
    pub fn bytes(&self) -> usize {
        self.pairs.capacity() * size_of::<(u32, u32)>() + table_bytes(&self.table)
    }
}

/// How a state falls into parts, and which contents of each part were seen.
pub(super) struct PartTables {
    starts: Vec<usize>,
    blocks: Vec<Blocks>,
    /// For each part, which of the tables has its contents.
    table: Vec<usize>,
}

impl PartTables {
    /// Parts that begin at `starts`, the last ending at `n_words`.
    pub fn new(starts: &[usize], n_words: usize) -> Self {
        let mut starts = starts.to_vec();
        starts.push(n_words);
        let blocks = starts.windows(2).map(|it| Blocks::new(it[1] - it[0]));
        Self {
            blocks: blocks.collect(),
            table: (0..starts.len() - 1).collect(),
            starts,
        }
    }

    /// Gives parts of one width one table, so that equal contents have equal numbers.
    pub fn share(&mut self, parts: &[usize]) {
        for &part in parts {
            self.table[part] = parts[0];
        }
    }

    /// The first of the parts that have one table with a part.
    pub fn first_like(&self, part: usize) -> usize {
        self.table[part]
    }

    /// Writes all contents down.
    pub fn save(&self, out: &mut Out) {
        self.blocks.iter().for_each(|blocks| blocks.save(out));
    }

    /// Fills empty ones again.
    pub fn restore(&mut self, from: &mut In<'_>) -> Option<()> {
        let mut all = self.blocks.iter_mut();
        all.try_for_each(|blocks| blocks.restore(from))
    }

    /// Number of parts.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// The words of a part.
    pub fn range(&self, part: usize) -> Range<usize> {
        self.starts[part]..self.starts[part + 1]
    }

    /// The contents of a part.
    pub fn blocks(&self, part: usize) -> &Blocks {
        &self.blocks[self.table[part]]
    }

    /// The number of a part's content, which may be new.
    pub fn intern(&mut self, part: usize, row: &[i64]) -> u32 {
        self.blocks[self.table[part]].intern(row)
    }

    /// Bytes in use.
    pub fn bytes(&self) -> usize {
        self.blocks.iter().map(Blocks::bytes).sum()
    }
}
