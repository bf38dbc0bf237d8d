//! Answers that are used again: what was found out in one state holds in every
//! state that has the same parts where somebody looked.
//!
//! A question begins at a root. Each node asks for one part and goes on by the
//! number of its content; a leaf is an answer. Which part is asked for next
//! depends only on those before, so all ways of one question make one tree.
//!
//! All nodes lie in one row of cells, so that asking costs one look at memory for
//! each part. A cell is nothing, an answer, or where a node begins. A node is its
//! part and its size, its name, and then a cell for each number; one that gets too
//! small is copied to the end.

use rustc_hash::FxHashMap;

/// Numbers up to which a node keeps its children in a row.
const DENSE: u32 = 1 << 10;
/// Cells that an answer counts for, with what is kept of it elsewhere.
const ANSWER_CELLS: usize = 16;

/// A question, by the cell it begins at.
pub(super) type NodeId = u32;

/// Nothing is known.
const NOWHERE: u32 = 0;
/// The bit of a cell that is an answer.
const ANSWER: u32 = 1 << 31;
/// Cells of a node before its children.
const HEAD: u32 = 2;
/// Bits of a node's first cell that hold its part.
const PART_BITS: u32 = 8;

/// Questions and their answers.
pub(super) struct Memo {
    cells: Vec<u32>,
    /// Children with large numbers, by the name of their node.
    sparse: FxHashMap<(u32, u32), u32>,
    n_nodes: u32,
    n_answers: usize,
    /// Cells beyond which everything should be forgotten.
    cells_max: usize,
}

/// Where a cell is.
#[derive(Clone, Copy)]
enum At {
    Dense(u32),
    Sparse(u32, u32),
}

impl Memo {
    /// Nothing is known; there is room for so many cells, of about four bytes each.
    pub fn new(cells_max: usize) -> Self {
        Self {
            // The first cell is where nothing begins.
            cells: vec![NOWHERE],
            sparse: FxHashMap::default(),
            n_nodes: 0,
            n_answers: 0,
            cells_max,
        }
    }

    /// A new question.
    pub fn root(&mut self) -> NodeId {
        self.allocate(1)
    }

    fn allocate(&mut self, n: u32) -> u32 {
        let at = u32::try_from(self.cells.len()).expect("it is thrown away before");
        self.cells.resize(self.cells.len() + n as usize, NOWHERE);
        at
    }

    /// Whether it has grown so large that it should be thrown away.
    pub fn is_full(&self) -> bool {
        self.cells.len() + ANSWER_CELLS * (self.n_answers + self.sparse.len()) > self.cells_max
    }

    /// The answer for a state with these parts, if it is known.
    #[inline]
    pub fn answer(&self, root: NodeId, numbers: &[u32]) -> Option<u32> {
        let mut cell = self.cells[root as usize];
        loop {
            if cell & ANSWER != 0 {
                return Some(cell ^ ANSWER);
            }
            if cell == NOWHERE {
                return None;
            }
            let head = self.cells[cell as usize];
            let number = numbers[(head & ((1 << PART_BITS) - 1)) as usize];
            cell = if number < head >> PART_BITS {
                self.cells[(cell + HEAD + number) as usize]
            } else if number < DENSE {
                return None;
            } else {
                *self.sparse.get(&(self.cells[cell as usize + 1], number))?
            };
        }
    }

    /// Remembers the answer for states with these parts; `looks` are the parts
    /// that it depends on, in the order in which they were looked at.
    pub fn learn(
        &mut self,
        root: NodeId,
        looks: impl Iterator<Item = u8>,
        numbers: &[u32],
        answer: u32,
    ) {
        let mut at = At::Dense(root);
        for part in looks {
            at = self.child(at, part, numbers[usize::from(part)]);
        }
        assert_eq!(self.get(at), NOWHERE, "an answer was known already");
        assert_eq!(answer & ANSWER, 0, "fewer answers than 2^31");
        self.set(at, answer | ANSWER);
        self.n_answers += 1;
    }

    fn get(&self, at: At) -> u32 {
        match at {
            At::Dense(at) => self.cells[at as usize],
            At::Sparse(name, number) => self.sparse.get(&(name, number)).copied().unwrap_or(0),
        }
    }

    fn set(&mut self, at: At, cell: u32) {
        match at {
            At::Dense(at) => self.cells[at as usize] = cell,
            At::Sparse(name, number) => {
                self.sparse.insert((name, number), cell);
            }
        }
    }

    /// The child for a number of the node in this cell, which asks for that part.
    fn child(&mut self, at: At, part: u8, number: u32) -> At {
        let mut node = self.get(at);
        assert_eq!(node & ANSWER, 0, "an answer was known already");
        if node == NOWHERE {
            node = self.node(part, number);
            self.set(at, node);
        }
        let head = self.cells[node as usize];
        let (known, size) = (head & ((1 << PART_BITS) - 1), head >> PART_BITS);
        let same = known == u32::from(part);
        assert!(same, "what is asked next depends on what was seen");
        if number < size {
            return At::Dense(node + HEAD + number);
        }
        if number >= DENSE {
            return At::Sparse(self.cells[node as usize + 1], number);
        }
        let larger = (number + 1).next_power_of_two();
        let new = self.allocate(HEAD + larger);
        self.cells[new as usize] = known | larger << PART_BITS;
        let rest = node as usize + 1..(node + HEAD + size) as usize;
        self.cells.copy_within(rest, new as usize + 1);
        self.set(at, new);
        At::Dense(new + HEAD + number)
    }

    /// A node without children, with room for that number.
    fn node(&mut self, part: u8, number: u32) -> u32 {
        let size = match number < DENSE {
            true => (number + 1).next_power_of_two(),
            false => 0,
        };
        let node = self.allocate(HEAD + size);
        self.n_nodes += 1;
        self.cells[node as usize] = u32::from(part) | size << PART_BITS;
        self.cells[node as usize + 1] = self.n_nodes;
        node
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Part 0 is looked at first; where it is even, part 2, else part 1.
    #[test]
    fn answers_come_back_for_the_parts_they_depend_on() {
        let mut memo = Memo::new(1 << 20);
        let roots = [memo.root(), memo.root()];
        let looks = |n: u32| if n.is_multiple_of(2) { [0, 2] } else { [0, 1] };
        let many = [0, 1, 2, 3, 700, 1_023, 1_024, 5_000, 5_001];
        for (index, &root) in roots.iter().enumerate() {
            for &n in &many {
                for &m in &many {
                    let numbers = [n, m, m];
                    assert_eq!(memo.answer(root, &numbers), None);
                    let answer = n * 10_000 + m + index as u32;
                    memo.learn(root, looks(n).into_iter(), &numbers, answer);
                }
            }
        }
        for (index, &root) in roots.iter().enumerate() {
            for &n in &many {
                for &m in &many {
                    let other = 4_242;
                    let numbers = if n % 2 == 0 {
                        [n, other, m]
                    } else {
                        [n, m, other]
                    };
                    let answer = n * 10_000 + m + index as u32;
                    assert_eq!(memo.answer(root, &numbers), Some(answer));
                }
            }
        }
    }
}
