//! Synchronisation objects, one row for each element of an array.

use super::table::{CellId, ObjectId};
use crate::base::Span;

/// One lock, channel, ….
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Object {
    /// `m` or `fork[2]`.
    pub name: String,
    /// The declared name, without an element.
    pub declared: String,
    /// The name in its declaration.
    pub span: Span,
    /// What it is.
    pub kind: ObjectKind,
    /// One for all processes.
    pub shared: bool,
}

/// What an object is, with its constants.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ObjectKind {
    /// Mutual exclusion.
    Lock {
        /// The holder may take it again.
        reentrant: bool,
        /// Any actor may release it.
        unowned: bool,
    },
    /// Many readers or one writer.
    RwLock {
        /// Who goes first.
        policy: RwPolicy,
    },
    /// A counting semaphore.
    Sem {
        /// Permits at the beginning.
        initial: i64,
        /// Releasing past this raises.
        max: Option<i64>,
    },
    /// A condition variable.
    Cond {
        /// Its lock.
        lock: ObjectId,
        /// Wakes in waiting order.
        fifo: bool,
        /// May wake without a notify.
        spurious: bool,
    },
    /// A flag one can wait for.
    Event {
        /// A wait that gets through clears it.
        auto: bool,
    },
    /// A reusable barrier.
    Barrier {
        /// At least 1.
        parties: u32,
    },
    /// Runs a block once.
    Once,
    /// Counts down to 0.
    Latch {
        /// The count at the beginning.
        initial: i64,
    },
    /// First in, first out.
    Chan {
        /// `None`: unbounded; 0: rendezvous.
        capacity: Option<u32>,
        /// Words of an element.
        width: u32,
    },
    /// A list, or a map. What it holds lies in memory, as the words of a variable
    /// with its name: the number of entries, then the entries in order, then zeros.
    Collection {
        /// A map: the first word of an entry is its key, no two of which are equal.
        keyed: bool,
        /// Entries it has room for.
        capacity: u32,
        /// Words of an entry, with its key.
        width: u32,
        /// The word with the number of entries.
        first: CellId,
    },
    /// A pool of workers, which are actors of the program, with one queue.
    Executor {
        /// How many, at least 1.
        workers: u32,
        /// Each is a process of its own.
        processes: bool,
    },
}

/// Who goes first at a reader-writer lock.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RwPolicy {
    /// A reader enters whenever no writer is inside.
    Readers,
    /// A reader also waits for writers that wait.
    Writers,
    /// In order of arrival.
    Fair,
}
