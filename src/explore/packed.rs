//! Stored states for a search that goes by something else than depth: each once,
//! exactly, in the order they were found.
//!
//! A state is written as one bit for each word that is not zero and those words
//! as variable-length numbers. Bytes lie in chunks that never move; a hash table
//! holds only the states' numbers. Nothing is approximated: equal hashes are
//! told apart by comparing bytes.

use super::limits::MemoryBudget;
use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::Hasher;

const CHUNK_BYTES: usize = 1 << 20;
const ROWS_PER_SEGMENT: usize = 1 << 16;

/// Where a state's bytes lie.
#[derive(Clone, Copy, Debug)]
struct Row {
    chunk: u32,
    offset: u32,
    len: u32,
}

/// All states found so far.
pub(super) struct Packed {
    n_words: usize,
    chunks: Vec<Vec<u8>>,
    segments: Vec<Vec<Row>>,
    n: usize,
    table: HashTable<u32>,
}

/// Bytes of a hash table of state numbers: eight slots for seven entries.
fn table_bytes(capacity: usize) -> usize {
    capacity * 8 / 7 * (size_of::<u32>() + 1)
}

/// The hash of a packed state.
pub fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    hasher.finish()
}

/// Appends a state's words in packed form.
pub fn pack(words: &[i64], bytes: &mut Vec<u8>) {
    let marks = bytes.len();
    bytes.resize(marks + words.len().div_ceil(8), 0);
    for (index, &word) in words.iter().enumerate() {
        if word == 0 {
            continue;
        }
        bytes[marks + index / 8] |= 1 << (index % 8);
        // Small numbers of either sign become small unsigned ones.
        let mut rest = ((word << 1) ^ (word >> 63)) as u64;
        while rest >= 0x80 {
            bytes.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        bytes.push(rest as u8);
    }
}

fn unpack(bytes: &[u8], words: &mut [i64]) {
    let (marks, mut rest) = bytes.split_at(words.len().div_ceil(8));
    for (index, word) in words.iter_mut().enumerate() {
        *word = 0;
        if marks[index / 8] >> (index % 8) & 1 == 0 {
            continue;
        }
        let mut value = 0u64;
        let mut shift = 0;
        loop {
            let byte = rest[0];
            rest = &rest[1..];
            value |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                break;
            }
        }
        *word = (value >> 1) as i64 ^ -((value & 1) as i64);
    }
}

impl Packed {
    /// An empty store for states of `n_words`.
    pub fn new(n_words: usize) -> Self {
        Self {
            n_words,
            chunks: Vec::new(),
            segments: Vec::new(),
            n: 0,
            table: HashTable::new(),
        }
    }

    /// Number of states.
    pub fn len(&self) -> usize {
        self.n
    }

    /// Bytes in use, with what the tables reserve.
    pub fn bytes(&self) -> usize {
        let chunks: usize = self.chunks.iter().map(Vec::capacity).sum();
        let rows: usize = self.segments.iter().map(Vec::capacity).sum();
        chunks + rows * size_of::<Row>() + table_bytes(self.table.capacity())
    }

    /// Whether one more state fits, counting the moment in which the table
    /// grows and is there twice.
    pub fn fits_one_more(&self, budget: MemoryBudget) -> bool {
        let mut needed = self.bytes() + CHUNK_BYTES;
        if self.table.len() == self.table.capacity() {
            needed += table_bytes(self.table.capacity()) * 2;
        }
        budget.allows(needed)
    }

    fn row(&self, id: u32) -> &Row {
        &self.segments[id as usize / ROWS_PER_SEGMENT][id as usize % ROWS_PER_SEGMENT]
    }

    fn packed(&self, id: u32) -> &[u8] {
        slice(&self.chunks, self.row(id))
    }

    /// Reads a state into `words`.
    pub fn load(&self, id: u32, words: &mut [i64]) {
        debug_assert_eq!(words.len(), self.n_words);
        unpack(self.packed(id), words);
    }

    /// The number of a packed state, if it is there; `hash` is that of its bytes.
    pub fn find(&self, packed: &[u8], hash: u64) -> Option<u32> {
        let same = |&id: &u32| self.packed(id) == packed;
        self.table.find(hash, same).copied()
    }

    /// The number of a packed state, and whether it is new.
    pub fn insert(&mut self, packed: &[u8], key: u64) -> (u32, bool) {
        if let Some(id) = self.find(packed, key) {
            return (id, false);
        }
        let id = u32::try_from(self.n).expect("the limit of states is below 2^32");
        let row = self.append(packed);
        if self.n.is_multiple_of(ROWS_PER_SEGMENT) {
            let size = if self.n == 0 { 0 } else { ROWS_PER_SEGMENT };
            self.segments.push(Vec::with_capacity(size));
        }
        let segment = self.segments.last_mut().expect("a segment was pushed");
        segment.push(row);
        self.n += 1;
        let (chunks, segments) = (&self.chunks, &self.segments);
        let rehash = |&id: &u32| {
            let row = &segments[id as usize / ROWS_PER_SEGMENT][id as usize % ROWS_PER_SEGMENT];
            hash(slice(chunks, row))
        };
        self.table.insert_unique(key, id, rehash);
        (id, true)
    }

    fn append(&mut self, bytes: &[u8]) -> Row {
        let full = self
            .chunks
            .last()
            .is_none_or(|chunk| chunk.len() + bytes.len() > CHUNK_BYTES);
        if full {
            // The first grows as it is filled, so that small searches stay small.
            let size = if self.chunks.is_empty() {
                0
            } else {
                CHUNK_BYTES
            };
            self.chunks.push(Vec::with_capacity(size));
        }
        let index = self.chunks.len() - 1;
        let chunk = &mut self.chunks[index];
        let offset = chunk.len();
        chunk.extend_from_slice(bytes);
        let small =
            |n: usize| u32::try_from(n).expect("far below 2^32 chunks and bytes of a chunk");
        Row {
            chunk: small(index),
            offset: small(offset),
            len: small(bytes.len()),
        }
    }
}

fn slice<'a>(chunks: &'a [Vec<u8>], row: &Row) -> &'a [u8] {
    let offset = row.offset as usize;
    &chunks[row.chunk as usize][offset..offset + row.len as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &[i64]) {
        let mut store = Packed::new(words.len());
        let mut packed = Vec::new();
        pack(words, &mut packed);
        assert_eq!(store.insert(&packed, hash(&packed)), (0, true));
        assert_eq!(store.insert(&packed, hash(&packed)), (0, false));
        let mut read = vec![7; words.len()];
        store.load(0, &mut read);
        assert_eq!(read, words);
    }

    #[test]
    fn states_survive_packing() {
        check(&[]);
        check(&[0; 17]);
        check(&[1, 0, -1, 63, 64, -64, -65, 8191, 8192, 0, 5]);
        check(&[i64::MIN, 0, i64::MAX, 1 << 40]);
    }
}
