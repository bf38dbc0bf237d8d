//! One of our schedules, as orders for an engine: who goes next, and what is then to
//! be done.
//!
//! An engine has more scheduling points than we have steps. So it is told what each
//! step does in its own log, and lets the actor go on until that stands there.

use super::seen::Part;
#[cfg(feature = "witnesses")]
use super::seen::Record;
use crate::program::{Instr, Pc, Program};
use crate::semantics::Phase;
use crate::trace::{NotReplayable, Schedule, replay};
use serde::{Deserialize, Serialize};

/// A step, as an engine must take it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Order {
    /// Who.
    pub actor: usize,
    /// With which instruction.
    pub pc: Pc,
    /// Whether the actor begins to wait in it, so that the instruction is not done.
    pub waits: bool,
    /// Which way it goes, if it is a choice.
    pub choice: Option<u32>,
}

impl Order {
    /// Whether a part of the instruction is what is wanted.
    pub fn is_met_by(&self, part: Part) -> bool {
        match part {
            Part::Done => !self.waits,
            Part::Began | Part::Begins => self.waits,
        }
    }
}

/// Turns in a row without anything done, after which it is not to be done.
#[cfg(feature = "witnesses")]
const PATIENCE: u32 = 1_000;

/// Orders, and how far an execution has followed them.
#[cfg(feature = "witnesses")]
#[derive(Default)]
pub(super) struct Plan {
    orders: Vec<Order>,
    /// Orders that were followed.
    n_followed: usize,
    /// Turns since the last record that may follow an order.
    n_turns: u32,
    /// Records behind the last order.
    n_beyond: u32,
    /// Who has begun to wait, and may still have a lock to give up.
    drowsy: Option<usize>,
    /// Something else was done than what was wanted.
    is_left: bool,
}

/// What the orders say about who goes next.
#[cfg(feature = "witnesses")]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Turn {
    /// This actor.
    Of(usize),
    /// All were followed, and so many things were done since: whoever can.
    OfAnybody(u32),
    /// Something else was done, or what is wanted cannot be done.
    OfNobody,
}

#[cfg(feature = "witnesses")]
impl Plan {
    pub fn new(orders: &[Order]) -> Self {
        Self {
            orders: orders.to_vec(),
            ..Self::default()
        }
    }

    /// Something was done: ticks the order off that it follows.
    pub fn hear(&mut self, record: Record) {
        if self.stopped_at().is_none() && record.part == Part::Done {
            self.n_beyond += 1;
            return;
        }
        self.n_turns = 0;
        self.drowsy = (record.part != Part::Done).then_some(record.actor);
        self.is_left = self.is_left || !self.follows(record);
    }

    /// Whether there is an order that a record follows, or need not be.
    fn follows(&mut self, record: Record) -> bool {
        let is_it = |order: &&Order| order.actor == record.actor && order.pc == record.pc;
        let mut orders = self.orders[self.n_followed..].iter();
        match orders.next().filter(is_it) {
            Some(order) if order.is_met_by(record.part) => self.n_followed += 1,
            // Two steps here may be one there.
            Some(order) if order.waits => {
                let rest = orders.next().filter(is_it);
                let both = rest.is_some_and(|rest| rest.is_met_by(record.part));
                self.n_followed += if both { 2 } else { 0 };
                return both;
            }
            // Not all begin to wait with a step of their own here.
            _ if record.part != Part::Done => {}
            _ => return false,
        }
        true
    }

    /// Somebody asks whose turn it is.
    pub fn turn(&mut self) -> Turn {
        self.n_turns += 1;
        if self.is_left || self.n_turns > PATIENCE {
            return Turn::OfNobody;
        }
        let order = self.orders.get(self.n_followed);
        let beyond = Turn::OfAnybody(self.n_beyond);
        order.map_or(beyond, |order| Turn::Of(order.actor))
    }

    /// Who has begun to wait, and may still have a lock to give up.
    pub fn drowsy(&self) -> Option<usize> {
        self.drowsy
    }

    /// How many orders were followed, if not all.
    pub fn stopped_at(&self) -> Option<usize> {
        (self.is_left || self.n_followed < self.orders.len()).then_some(self.n_followed)
    }
}

/// The orders of a schedule.
///
/// # Errors
///
/// If the schedule is not one of the program.
pub fn orders(program: &Program, schedule: &Schedule) -> Result<Vec<Order>, NotReplayable> {
    let execution = replay(program, schedule)?;
    let layout = execution.machine.layout();
    let orders = execution.steps.iter().map(|step| {
        let actor = step.action.actor;
        let waits = step.after.as_ref().is_some_and(|after| {
            layout.is_running(after, actor)
                && layout.pc(after, actor) == step.pc
                && layout.phase(after, actor) == Phase::Waiting
        });
        let is_choice = matches!(program.instr(step.pc), Instr::Choose(..));
        Order {
            actor,
            pc: step.pc,
            waits,
            choice: is_choice.then_some(step.action.way),
        }
    });
    Ok(orders.collect())
}
