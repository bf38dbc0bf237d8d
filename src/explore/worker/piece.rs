//! Where a search stores every state: a piece of a layer is expanded.

use super::{Batch, Worker};
use crate::base::{Mistake, planted};
use crate::explore::contents::Contents;
use crate::explore::expand::Halt;
use crate::explore::limits::Bound;
use crate::explore::observer::Observer;
use crate::explore::tree::Root;

/// What expanding some consecutive states gave.
pub(in crate::explore) struct Piece<O> {
    pub n: u32,
    pub batch: Batch,
    pub observer: O,
    pub halt: Option<Halt>,
}

impl<O: Observer> Worker<'_, O> {
    /// Expands some states of one depth, or only looks at them if they are too deep.
    pub fn piece(
        &mut self,
        contents: &Contents,
        states: &[(u32, Root)],
        depth: u32,
        too_deep: bool,
        mut observer: O,
    ) -> Piece<O> {
        let mut batch = Batch::default();
        let mut halt = None;
        let n = u32::try_from(states.len()).expect("a piece is small");
        for &state in states {
            if too_deep {
                match self.visit(contents, state, depth, &mut observer) {
                    Some(stands_for) => batch.end_here(stands_for),
                    None if planted(Mistake::CutOffIsTheEnd) => batch.end_here(1),
                    None => halt = Some(Halt::Bound(Bound::Depth)),
                }
                batch.end();
                continue;
            }
            let expanded = self.expand(contents, state, depth, &mut observer, &mut batch);
            batch.end();
            if let Err(reason) = expanded {
                halt = Some(reason);
                break;
            }
        }
        observer.executed(self.executed());
        Piece {
            n,
            batch,
            observer,
            halt,
        }
    }
}
