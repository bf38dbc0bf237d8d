//! What an engine saw: the ends of executions, each with the log of one that
//! ends so.

use crate::program::Pc;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// An engine that knows nothing of ours.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Engine {
    /// loom: reorders only what depends on each other; at most five threads; stops
    /// at the first failure.
    Loom,
    /// shuttle: every order of scheduling points, one after the other.
    Shuttle,
}

impl Engine {
    /// Both.
    pub const ALL: [Engine; 2] = [Engine::Loom, Engine::Shuttle];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Engine::Loom => "loom",
            Engine::Shuttle => "shuttle",
        }
    }
}

/// How far an engine may go.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Bounds {
    /// Executions.
    pub executions: u64,
    /// Scheduling points of one execution.
    pub steps: u32,
    /// Time for all of them.
    pub time: Duration,
    /// Bytes, where a process of its own runs the engine.
    pub memory: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            executions: 100_000,
            steps: 1_000,
            time: Duration::from_secs(60),
            memory: 1 << 30,
        }
    }
}

/// One thing that happened in an engine. Everything runs on one thread of the
/// system, so the order of a log is the order in which it happened.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Who.
    pub actor: usize,
    /// With which instruction.
    pub pc: Pc,
    /// How much of it.
    pub part: Part,
    /// What it gave, if it gave a number.
    pub value: Option<i64>,
}

/// How much of an instruction happened.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Part {
    /// It is done.
    Done,
    /// It has begun to wait, just now.
    Began,
    /// It begins to wait now or later, but before anybody else has its lock.
    Begins,
}

/// Where an actor stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Place {
    /// Before or in this instruction.
    At(Pc),
    /// Somewhere, or at its end: the program was over without it. How far it came is not
    /// compared, since an engine may do more or less of what nobody sees in one step.
    Running,
    /// It has ended.
    Ended,
    /// An exception ended it.
    Died,
}

/// An end, or something that is wrong in a state.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum End {
    /// The program is over.
    Final(Picture),
    /// Somebody has not ended, and nobody can go on.
    Deadlock(Picture),
    /// An assertion or a calculation failed.
    Fault {
        /// Whose.
        actor: usize,
        /// Which.
        pc: Pc,
    },
    /// Two actors were about to do something at the same time to one plain variable
    /// of which at least one wrote.
    Race(Race),
}

/// A state, as far as it is compared.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default, Debug, Serialize, Deserialize)]
pub struct Picture {
    /// Where each actor stands.
    pub places: Vec<Place>,
    /// Shared memory.
    pub cells: Vec<i64>,
    /// Locals that properties ask for.
    pub observed: Vec<i64>,
    /// Lines printed, with the instruction of each.
    pub printed: Vec<(Pc, Vec<i64>)>,
}

/// A data race.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Race {
    /// The word of memory.
    pub cell: usize,
    /// The smaller of the two instructions; the same as the other if the engine
    /// does not tell which.
    pub one: Pc,
    /// The other instruction.
    pub other: Pc,
}

impl Race {
    /// Whether it tells one side, and this is the race.
    pub fn is_half_of(self, race: Race) -> bool {
        let is_side = self.one == race.one || self.one == race.other;
        self.one == self.other && self.cell == race.cell && is_side
    }
}

/// Why an engine did not see everything.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Unfinished {
    /// The number of executions.
    Executions,
    /// Some executions were too long.
    Steps,
    /// The time.
    Time,
    /// The memory.
    Memory,
    /// More different ends than are kept.
    Ends,
    /// It stops at its first failure.
    Failure,
    /// It did not follow a schedule further than so many steps.
    NotLed(usize),
    /// The scenario needs something that only a run could tell it has not.
    Refused(String),
    /// It failed by itself: its message.
    Broken(String),
}

/// What an engine did and saw.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sight {
    /// Executions it ran, the one that it failed in included.
    pub executions: u64,
    /// Why it did not see everything; nothing if it did.
    pub unfinished: Option<Unfinished>,
    /// Each end, with the log of the first execution that ended so.
    pub ends: Vec<(End, Vec<Record>)>,
}
