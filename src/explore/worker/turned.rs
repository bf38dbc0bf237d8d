//! Where like actors change places: what a step leads to, as it is stored.

use crate::explore::contents::Contents;
use crate::explore::dictionary::PartTables;
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
