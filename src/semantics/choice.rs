//! Choices inside a step: which waiter a notify wakes, what `any` gives.
//!
//! A step asks [`Chooser::choose`] whenever it could go several ways. To
//! enumerate all ways, run the step again as long as [`Chooser::advance`] says
//! so. All answers of one run together are a single number, in mixed radix, so
//! that an action is an actor and a number.

use crate::base::{Mistake, planted};

/// Answers the choices of one step, and counts through all of them.
#[derive(Clone, Debug)]
pub struct Chooser {
    /// The answer and the number of ways of each choice so far.
    taken: Vec<(u32, u32)>,
    next: usize,
    fixed: Option<u32>,
    /// Ways that this run could have gone so far.
    n_ways: u64,
}

impl Chooser {
    /// Takes the first way everywhere; further ways by [`Chooser::advance`].
    pub fn first() -> Self {
        Self {
            taken: Vec::new(),
            next: 0,
            fixed: None,
            n_ways: 1,
        }
    }

    /// Takes the ways that the number stands for.
    pub fn fixed(code: u32) -> Self {
        Self {
            fixed: Some(code),
            ..Self::first()
        }
    }

    /// One of `n` ways, from 0.
    ///
    /// # Panics
    ///
    /// If there is no way.
    pub fn choose(&mut self, n: u32) -> u32 {
        assert!(n > 0, "a choice has at least one way");
        if n == 1 {
            return 0;
        }
        self.n_ways = self.n_ways.saturating_mul(u64::from(n));
        if let Some(code) = &mut self.fixed {
            let way = *code % n;
            *code /= n;
            return way;
        }
        if self.next == self.taken.len() {
            self.taken.push((0, n));
        }
        let way = self.taken[self.next].0;
        self.next += 1;
        way
    }

    /// The number of the ways taken, for [`Chooser::fixed`].
    pub fn code(&self) -> u32 {
        let taken = self.taken.iter().rev();
        taken.fold(0u32, |code, &(way, n)| {
            code.saturating_mul(n).saturating_add(way)
        })
    }

    /// How many ways this run could have gone: the product of its choices.
    pub fn n_ways(&self) -> u64 {
        self.n_ways
    }

    /// Whether a fixed number stood for ways that exist.
    pub fn is_exhausted(&self) -> bool {
        self.fixed.is_none_or(|code| code == 0)
    }

    /// Forgets everything, to begin with the next action.
    pub fn reset(&mut self) {
        self.taken.clear();
        self.next = 0;
        self.n_ways = 1;
    }

    /// Moves on to the next ways; false when all were taken.
    pub fn advance(&mut self) -> bool {
        self.next = 0;
        self.n_ways = 1;
        while let Some((way, n)) = self.taken.pop() {
            if way + 1 < n && !planted(Mistake::FirstWayOnly) {
                self.taken.push((way + 1, n));
                return true;
            }
        }
        false
    }
}
