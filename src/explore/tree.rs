//! States as trees of pairs: equal halves of states are kept once.
//!
//! The numbers of a state's parts are the leaves of a balanced binary tree. An
//! inner node stands for the pair of its children, by a number of its own; the
//! root's pair is what is stored for a state. A step changes few parts, so few
//! nodes change with it.
//!
//! Source: Laarman, van de Pol, Weber, "Parallel Recursive State Compression for
//! Free" (2011). Deviation: each node has a table of its own, so that numbers
//! stay small and the root takes few bits.

use super::dictionary::Pairs;
use super::saved::{In, Out};
use std::ops::Range;

/// The inner nodes of the tree, the root first, and above their children.
pub(super) struct Tree {
    n_parts: usize,
    /// The children of each inner node: a part, or `n_parts` and an inner node.
    children: Vec<(usize, usize)>,
    /// For each part, the inner nodes above it without the root, a bit each.
    above: Vec<u128>,
    /// Whether each part is below the root's right child.
    right: Vec<bool>,
    /// The first inner node below the root's right child; those before it are
    /// below the left one.
    right_nodes: usize,
    /// The pairs of each inner node; those of the root are not here.
    pairs: Vec<Pairs>,
}

/// The pair at the root.
pub(super) type Root = (u32, u32);

impl Tree {
    /// A tree over parts in this order. A single one gets a companion that never changes.
    pub fn new(order: &[usize]) -> Self {
        let mut order = order.to_vec();
        if order.len() == 1 {
            order.push(1);
        }
        let n_parts = order.len();
        let mut tree = Self {
            n_parts,
            children: Vec::new(),
            above: vec![0; n_parts],
            right: vec![false; n_parts],
            right_nodes: 0,
            pairs: Vec::new(),
        };
        tree.grow(&order, 0);
        tree.right_nodes = n_parts / 2;
        for &part in &order[n_parts / 2..] {
            tree.right[part] = true;
        }
        tree.pairs = tree.children.iter().map(|_| Pairs::default()).collect();
        tree
    }

    /// Makes the node over some parts; the depth of the recursion is that of the tree.
    fn grow(&mut self, parts: &[usize], mut above: u128) -> usize {
        if let [part] = parts {
            self.above[*part] = above;
            return *part;
        }
        let node = self.children.len();
        self.children.push((0, 0));
        if node > 0 {
            above |= 1 << node;
        }
        let (left, right) = parts.split_at(parts.len() / 2);
        let left = self.grow(left, above);
        let right = self.grow(right, above);
        self.children[node] = (left, right);
        self.n_parts + node
    }

    /// How many numbers a state has.
    pub fn n_numbers(&self) -> usize {
        self.n_parts + self.children.len()
    }

    /// The numbers of all parts and nodes of a state; `numbers` holds those of
    /// another one, or `u32::MAX`. What both have in common is not looked up again.
    #[inline]
    pub fn unfold(&self, (left, right): Root, numbers: &mut [u32]) {
        let (at_left, at_right) = self.children[0];
        if numbers[at_left] != left {
            numbers[at_left] = left;
            self.unfold_nodes(1..self.right_nodes, numbers);
        }
        if numbers[at_right] != right {
            numbers[at_right] = right;
            self.unfold_nodes(self.right_nodes..self.children.len(), numbers);
        }
    }

    fn unfold_nodes(&self, nodes: Range<usize>, numbers: &mut [u32]) {
        let own = &mut numbers[..self.n_parts + nodes.end];
        let below = self.children[nodes.clone()]
            .iter()
            .zip(&self.pairs[nodes.clone()]);
        for (node, (&(at_left, at_right), pairs)) in nodes.zip(below) {
            (own[at_left], own[at_right]) = pairs.get(own[self.n_parts + node]);
        }
    }

    /// The root of a state that differs in some parts, whose numbers are put into
    /// `numbers` for the moment; `None` if some node of it is new.
    pub fn changed(
        &self,
        numbers: &mut [u32],
        changes: &[(u8, u32)],
        undo: &mut Vec<(usize, u32)>,
    ) -> Option<Root> {
        undo.clear();
        let mut dirty = 0u128;
        for &(part, id) in changes {
            let part = usize::from(part);
            if numbers[part] != id {
                undo.push((part, numbers[part]));
                numbers[part] = id;
                dirty |= self.above[part];
            }
        }
        let mut known = true;
        while dirty != 0 {
            let node = 127 - dirty.leading_zeros() as usize;
            dirty &= !(1 << node);
            let (left, right) = self.children[node];
            let Some(id) = self.pairs[node].find((numbers[left], numbers[right])) else {
                known = false;
                break;
            };
            let at = self.n_parts + node;
            undo.push((at, numbers[at]));
            numbers[at] = id;
        }
        let (left, right) = self.children[0];
        let root = (numbers[left], numbers[right]);
        for &(at, old) in undo.iter().rev() {
            numbers[at] = old;
        }
        known.then_some(root)
    }

    /// Where the two numbers of the root stand.
    pub fn halves(&self) -> (usize, usize) {
        self.children[0]
    }

    /// Whether a part lies in the right half.
    pub fn is_right(&self, part: usize) -> bool {
        self.right[part]
    }

    /// The root over parts with these numbers; `None` if some node of it is new.
    pub fn find(&self, numbers: &mut [u32]) -> Option<Root> {
        for node in (1..self.children.len()).rev() {
            let (left, right) = self.children[node];
            let id = self.pairs[node].find((numbers[left], numbers[right]))?;
            numbers[self.n_parts + node] = id;
        }
        let (left, right) = self.children[0];
        Some((numbers[left], numbers[right]))
    }

    /// The root over parts with these numbers, with new nodes where needed.
    pub fn intern(&mut self, numbers: &mut [u32]) -> Root {
        for node in (1..self.children.len()).rev() {
            let (left, right) = self.children[node];
            let id = self.pairs[node].intern((numbers[left], numbers[right]));
            numbers[self.n_parts + node] = id;
        }
        let (left, right) = self.children[0];
        (numbers[left], numbers[right])
    }

    /// Writes all pairs down.
    pub fn save(&self, out: &mut Out) {
        let nodes = self.pairs.iter().skip(1).rev();
        nodes.for_each(|pairs| pairs.save(out));
    }

    /// Fills empty nodes again, over parts with so many contents.
    pub fn restore(&mut self, from: &mut In<'_>, contents: &[u32]) -> Option<()> {
        // Children stand behind their parents, so the last come first.
        for node in (1..self.children.len()).rev() {
            let below = self.below(node, contents);
            self.pairs[node].restore(from, below)?;
        }
        Some(())
    }

    /// How many numbers each child of a node has.
    pub fn below(&self, node: usize, contents: &[u32]) -> (u32, u32) {
        let n = |child: usize| match child.checked_sub(self.n_parts) {
            Some(node) => self.pairs[node].len(),
            // The companion of a single part.
            None => contents.get(child).copied().unwrap_or(1),
        };
        let (left, right) = self.children[node];
        (n(left), n(right))
    }

    /// Bytes in use.
    pub fn bytes(&self) -> usize {
        self.pairs.iter().map(Pairs::bytes).sum()
    }
}
