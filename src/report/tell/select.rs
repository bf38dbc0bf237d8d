//! A step of a `select` in words.

use super::steps::{Teller, Words};
use super::story::{Story, show};
use crate::program::{Arm, Instr, ObjectId, WaitMode};
use crate::semantics::EventKind;

impl Story<'_> {
    /// The arm that a step of a `select` goes on with; its number is that of the
    /// arms if it gave up.
    pub fn selected(&self, step: usize) -> Option<(&Arm, ObjectId)> {
        let taken = &self.run.steps[step];
        let Instr::Select { arms, .. } = self.program.instr(taken.pc) else {
            return None;
        };
        let arm = arms.get(taken.selected()?)?;
        let actor = taken.action.actor;
        let channel = self.machine().channel_of(self.before(step), actor, arm)?;
        Some((arm, channel))
    }
}

impl Teller<'_> {
    /// A step of a `select`.
    pub fn select(&self, mode: WaitMode) -> Words {
        if matches!(self.event(), Some(EventKind::Sleeps(_))) {
            return Words::new("wait", "waits in select");
        }
        let Some((arm, id)) = self.story.selected(self.step) else {
            return match mode {
                WaitMode::Timeout => Words::new("select", "select times out"),
                WaitMode::Try => Words::new("select", "select: nothing ready"),
                WaitMode::Wait => Words::new("select", "select"),
            };
        };
        let name = self.story.object(id);
        let event = self.story.events(self.step).nth(1);
        let words = match event.map(|event| &event.kind) {
            Some(EventKind::Message(_, words)) => {
                let value = self.story.message(id, words);
                let text = match arm.send {
                    true => format!("select: send {} to {name}", show(&value)),
                    false => format!("select: recv {name} -> {}", show(&value)),
                };
                Words::new("select", text).value(value)
            }
            Some(EventKind::NoMessage(_)) => {
                Words::new("select", format!("select: recv {name} -> closed"))
            }
            Some(EventKind::Raised(_)) => Words::new("select", format!("select: send to {name}")),
            _ if arm.send => Words::new("select", format!("select: {name} has taken it")),
            _ => Words::new("select", format!("select: has received from {name}")),
        };
        words.on(name)
    }
}
