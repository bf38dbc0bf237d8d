//! Which parts of a state were looked at or changed.
//!
//! A step, and any question about a state, is a function of the words it looks
//! at. Whoever knows which they were may use the answer again for another state
//! that has the same words there. So a state can be asked to note the parts
//! whose words are looked at or changed, in the order of the first look: which
//! part is looked at next depends only on what was seen before.
//!
//! **Invariant:** every access to a state's words is noted. What gives all of
//! them away at once counts as a look at every part.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// Parts that a state has at most.
pub const PARTS_MAX: usize = 128;

/// What a state notes about looks at it; a state notes nothing unless asked to.
#[derive(Default)]
pub(super) struct Footprint(Option<Box<Noted>>);

struct Noted {
    /// The part of each word.
    part_of: Arc<[u8]>,
    seen: Cell<u128>,
    order: RefCell<Vec<u8>>,
}

impl Footprint {
    pub fn new(part_of: Arc<[u8]>) -> Self {
        Self(Some(Box::new(Noted {
            part_of,
            seen: Cell::new(0),
            order: RefCell::new(Vec::new()),
        })))
    }

    /// A word is looked at or changed.
    #[inline]
    pub fn touch(&self, at: usize) {
        if let Some(noted) = &self.0 {
            noted.part(noted.part_of[at]);
        }
    }

    /// All words are.
    pub fn touch_all(&self) {
        if let Some(noted) = &self.0 {
            for &part in &*noted.part_of {
                noted.part(part);
            }
        }
    }

    /// Several words are.
    pub fn touch_range(&self, range: std::ops::Range<usize>) {
        if let Some(noted) = &self.0 {
            for &part in &noted.part_of[range] {
                noted.part(part);
            }
        }
    }

    /// Another one that has noted the same so far.
    pub fn again(&self) -> Self {
        Self(self.0.as_ref().map(|noted| {
            Box::new(Noted {
                part_of: Arc::clone(&noted.part_of),
                seen: noted.seen.clone(),
                order: noted.order.clone(),
            })
        }))
    }

    /// Notes what the other has noted, too.
    pub fn absorb(&self, other: &Self) {
        if let (Some(own), Some(other)) = (&self.0, &other.0) {
            for &part in &*other.order.borrow() {
                own.part(part);
            }
        }
    }

    /// Forgets all looks.
    pub fn clear(&self) {
        if let Some(noted) = &self.0 {
            noted.seen.set(0);
            noted.order.borrow_mut().clear();
        }
    }

    /// Calls `see` with the parts in the order of the first look.
    pub fn parts<T>(&self, see: impl FnOnce(&[u8]) -> T) -> T {
        match &self.0 {
            Some(noted) => see(&noted.order.borrow()),
            None => see(&[]),
        }
    }
}

impl Noted {
    #[inline]
    fn part(&self, part: u8) {
        let bit = 1u128 << part;
        let seen = self.seen.get();
        if seen & bit == 0 {
            self.seen.set(seen | bit);
            self.order.borrow_mut().push(part);
        }
    }
}
