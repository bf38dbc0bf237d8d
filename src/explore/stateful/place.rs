//! A state that waits in a layer to be expanded.

use crate::base::ACTORS_MAX;
use crate::explore::saved::{In, Out};
use crate::explore::tree::Root;
use crate::trace::Action;

/// A state that was reached in a layer.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub root: Root,
    /// The stored state from which it was reached.
    pub from: u32,
    /// The first step from there.
    way: u32,
    actor: u8,
}

/// The actor of the first place of all, which nobody led to.
const NOBODY: u8 = u8::MAX;

impl Place {
    /// Where a search begins.
    pub fn beginning(root: Root) -> Self {
        Self {
            root,
            from: 0,
            way: 0,
            actor: NOBODY,
        }
    }

    pub fn new(root: Root, from: u32, first: Action) -> Self {
        Self {
            root,
            from,
            way: first.way,
            actor: u8::try_from(first.actor).expect("at most 112 actors"),
        }
    }

    pub fn first(&self) -> Option<Action> {
        (self.actor != NOBODY).then_some(Action {
            actor: usize::from(self.actor),
            way: self.way,
        })
    }

    pub fn save(&self, out: &mut Out) {
        out.pairs([self.root, (self.from, self.way)].into_iter());
        out.number(self.actor);
    }

    pub fn restore(from: &mut In<'_>, n_states: u32, sides: Root) -> Option<Self> {
        if from.count()? != 2 {
            return None;
        }
        let (root, (origin, way)) = (from.pair()?, from.pair()?);
        let actor: u8 = from.small()?;
        let inside = root.0 < sides.0
            && root.1 < sides.1
            && origin < n_states
            && usize::from(actor) < ACTORS_MAX;
        inside.then_some(Self {
            root,
            from: origin,
            way,
            actor,
        })
    }
}
