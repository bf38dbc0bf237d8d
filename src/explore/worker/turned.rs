//! Where actors are alike: what a step leads to, with them in order, and which of them need
//! not be tried.

use super::{Batch, Worker};
use crate::base::ActorSet;
use crate::explore::contents::Contents;
use crate::explore::dictionary::PartTables;
use crate::explore::expand::Halt;
use crate::explore::observer::Observer;
use crate::explore::symmetry::{Room, Symmetry};

/// What a step leads to, with like actors in order.
#[derive(Default)]
pub(super) struct Turned {
    /// The numbers of parts.
    numbers: Vec<u32>,
    /// Those that are other than before the step.
    pub changes: Vec<(u8, u32)>,
    /// Whether these are known; else some content has no number yet.
    pub is_done: bool,
    room: Room,
}

impl Turned {
    /// Makes changes to some parts, and puts like actors in order; says whether all
    /// contents have numbers.
    pub fn turn(
        &mut self,
        contents: &Contents,
        symmetry: &Symmetry,
        before: &[u32],
        changes: &[(u8, u32)],
    ) -> bool {
        self.numbers.clear();
        self.numbers.extend_from_slice(before);
        for &(part, number) in changes {
            self.numbers[usize::from(part)] = number;
        }
        let find = |parts: &mut &PartTables, part, row: &[i64]| parts.blocks(part).find(row);
        let (numbers, room) = (&mut self.numbers, &mut self.room);
        self.is_done = symmetry.turn(numbers, &contents.parts, find, room);
        self.changes.clear();
        if self.is_done {
            let pairs = (0..).zip(before.iter().zip(&self.numbers));
            let new = pairs.filter(|(_, (old, new))| old != new);
            self.changes
                .extend(new.map(|(part, (_, &new))| (part, new)));
        }
        self.is_done
    }
}

impl<O: Observer> Worker<'_, O> {
    /// Whether what an actor does leads to the same stored states as what one before it
    /// does, of those that move: a like one, that nothing in the state tells apart from it.
    /// Its steps count all the same.
    pub(super) fn has_gone(
        &mut self,
        contents: &Contents,
        actor: usize,
        movers: ActorSet,
        observer: &O,
        batch: &mut Batch,
    ) -> Result<bool, Halt> {
        let Some(symmetry) = &contents.symmetry else {
            return Ok(false);
        };
        let twin = symmetry.twin_of(&self.numbers, actor);
        let Some(twin) = twin.filter(|&twin| movers.contains(twin)) else {
            return Ok(false);
        };
        if symmetry.names_actors() {
            self.load(contents);
            let order = symmetry.alike().compare(self.state.words(), twin, actor);
            if order.is_ne() {
                return Ok(false);
            }
        }
        batch.n_steps += self.ways_of(contents, twin, observer)?.len() as u64;
        Ok(true)
    }
}
