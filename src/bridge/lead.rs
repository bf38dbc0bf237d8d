//! One of our schedules, as orders for an engine: who goes next, and what is then to
//! be done.
//!
//! An engine has more scheduling points than we have steps. So it is told what each
//! step does in its own log, and lets the actor go on until that stands there.

use super::seen::Part;
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
