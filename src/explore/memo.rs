//! Answers that are used again: what was found out in one state holds in every
//! state that has the same parts where somebody looked.
//!
//! A question begins at a root. Each node asks for one part and goes on by the
//! number of its content; a leaf is an answer. Which part is asked for next
//! depends only on those before, so all ways of one question make one tree.

use rustc_hash::FxHashMap;

/// Numbers up to which a node keeps its children in a row.
const DENSE: u32 = 1 << 10;
/// Children that a node counts for, with what is kept of its answer.
const NODE_CHILDREN: usize = 16;

/// A node, by its number.
pub(super) type NodeId = u32;

const NOWHERE: NodeId = 0;

enum Kind {
    Unknown,
    Leaf(u32),
    Asks(u8),
}

struct Node {
    kind: Kind,
    children: Vec<NodeId>,
}

/// Questions and their answers.
pub(super) struct Memo {
    nodes: Vec<Node>,
    /// Children with large numbers.
    sparse: FxHashMap<(NodeId, u32), NodeId>,
    n_children: usize,
    /// Children beyond which everything should be forgotten.
    children_max: usize,
}

impl Memo {
    /// Nothing is known; there is room for so many children, of about ten bytes each.
    pub fn new(children_max: usize) -> Self {
        let mut memo = Self {
            children_max,
            nodes: Vec::new(),
            sparse: FxHashMap::default(),
            n_children: 0,
        };
        memo.root();
        memo
    }

    /// A new question.
    pub fn root(&mut self) -> NodeId {
        let id = NodeId::try_from(self.nodes.len()).expect("fewer nodes than children");
        self.nodes.push(Node {
            kind: Kind::Unknown,
            children: Vec::new(),
        });
        id
    }

    /// Whether it has grown so large that it should be thrown away.
    pub fn is_full(&self) -> bool {
        self.n_children > self.children_max
    }

    /// The answer for a state with these parts, if it is known.
    #[inline]
    pub fn answer(&self, root: NodeId, numbers: &[u32]) -> Option<u32> {
        let mut at = root;
        loop {
            let node = &self.nodes[at as usize];
            match node.kind {
                Kind::Unknown => return None,
                Kind::Leaf(answer) => return Some(answer),
                Kind::Asks(part) => {
                    let number = numbers[usize::from(part)];
                    at = match node.children.get(number as usize) {
                        Some(&child) => child,
                        None if number < DENSE => return None,
                        None => *self.sparse.get(&(at, number))?,
                    };
                    if at == NOWHERE {
                        return None;
                    }
                }
            }
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
        let mut at = root;
        for part in looks {
            match self.nodes[at as usize].kind {
                Kind::Unknown => self.nodes[at as usize].kind = Kind::Asks(part),
                Kind::Asks(known) => {
                    assert_eq!(known, part, "what is asked next depends on what was seen");
                }
                Kind::Leaf(_) => unreachable!("an answer was known already"),
            }
            let number = numbers[usize::from(part)];
            at = self.child(at, number);
        }
        self.nodes[at as usize].kind = Kind::Leaf(answer);
    }

    fn child(&mut self, at: NodeId, number: u32) -> NodeId {
        let known = if number < DENSE {
            let children = &mut self.nodes[at as usize].children;
            if children.len() <= number as usize {
                self.n_children += number as usize + 1 - children.len();
                children.resize(number as usize + 1, NOWHERE);
            }
            children[number as usize]
        } else {
            let sparse = self.sparse.get(&(at, number));
            sparse.copied().unwrap_or(NOWHERE)
        };
        if known != NOWHERE {
            return known;
        }
        let new = self.root();
        self.n_children += NODE_CHILDREN;
        if number < DENSE {
            self.nodes[at as usize].children[number as usize] = new;
        } else {
            self.sparse.insert((at, number), new);
        }
        new
    }
}
