//! Ids of memory, objects and event loops: a row of a table, and whose copy of it.
//!
//! Every process has its own copy of what is not declared `shared`. Code,
//! messages and values name the row; when an actor uses it, the machine turns
//! the row into the copy of the actor's process. So what the analyses compare
//! are copies, and two copies are never the same word or the same lock.
//!
//! Process 0 is the main process, that of all declared threads. What is shared
//! exists only there. Event loops are never shared: a process has all of its own.

use super::instr::Instr;
use super::table::Program;

/// Bits of an id that name the row; the others are the number of the process.
/// The tables and the number of actors are limited far below both.
const ROW_BITS: u32 = 20;

macro_rules! copied_id {
    ($(#[$attr:meta])* pub struct $name:ident;) => {
        $(#[$attr])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[derive(serde::Serialize, serde::Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// The id of the table row `index`, in the main process.
            ///
            /// # Panics
            ///
            /// If there is no room for it in an id; all our tables are far smaller.
            pub fn new(index: usize) -> Self {
                let row = u32::try_from(index).ok().filter(|row| row >> ROW_BITS == 0);
                Self(row.expect("tables have fewer than 2^20 rows"))
            }

            /// The table row this id names, whichever copy it is.
            pub fn index(self) -> usize {
                (self.0 & ((1 << ROW_BITS) - 1)) as usize
            }

            /// The number of the process whose copy it is.
            pub fn process(self) -> usize {
                (self.0 >> ROW_BITS) as usize
            }

            /// The copy that belongs to a process.
            #[must_use]
            pub fn of_process(self, process: usize) -> Self {
                let row = self.0 & ((1 << ROW_BITS) - 1);
                let process = u32::try_from(process).expect("there are at most 112 processes");
                Self(process << ROW_BITS | row)
            }

            /// As it was declared: the one of the main process.
            #[must_use]
            pub fn declared(self) -> Self {
                self.of_process(0)
            }
        }
    };
}

copied_id! {
    /// A word of memory.
    pub struct CellId;
}
copied_id! {
    /// A synchronisation object.
    pub struct ObjectId;
}
copied_id! {
    /// An event loop.
    pub struct LoopId;
}

impl Program {
    /// Whether some actor is, or may become, a process of its own.
    pub fn has_processes(&self) -> bool {
        let spawned = |instr: &Instr| matches!(instr, Instr::Spawn { process: true, .. });
        self.actors.iter().any(|actor| actor.process) || self.code.iter().any(spawned)
    }
}

#[cfg(test)]
mod tests {
    use super::ObjectId;

    #[test]
    fn a_copy_names_the_same_row_and_is_another_object() {
        let lock = ObjectId::new(3);
        let copy = lock.of_process(2);
        assert_eq!((copy.index(), copy.process()), (3, 2));
        assert_ne!(lock, copy);
        assert_eq!(copy.declared(), lock);
        assert_eq!(copy.of_process(1), lock.of_process(1));
    }
}
