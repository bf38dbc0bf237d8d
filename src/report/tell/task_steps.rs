//! Steps of tasks in words: giving the loop back, coming back, what is asked of tasks.

use super::steps::{Teller, Words};
use super::story::show;
use crate::program::{Awaits, Instr, TaskOp, ValueKind};
use crate::report::Value;
use crate::semantics::EventKind;

impl Teller<'_> {
    /// A step that is about the event loop; `None` for every other.
    pub fn turn(&self) -> Option<Words> {
        let step = &self.story.steps()[self.step];
        let text = self.source();
        let (machine, before) = (self.story.machine(), self.story.before(self.step));
        let awaits = machine.awaits(before, self.actor()) != Awaits::Never;
        let is_task = self.story.layout().loop_of(before, self.actor()).is_some();
        if !is_task {
            return None;
        }
        let words = match self.last_event() {
            Some(EventKind::Suspended) => Words::new("await", format!("{text} waits")),
            Some(EventKind::Readied) => Words::new("ready", format!("{text} is ready")),
            Some(EventKind::Passed) if self.has_begun_to_block() => {
                Words::new("block", format!("{text} blocks the loop"))
            }
            Some(EventKind::Passed) if awaits => Words::new("await", format!("{text} goes on")),
            Some(EventKind::Died(_)) if !self.story.layout().has_begun(before, self.actor()) => {
                Words::new("cancel", "never begins")
            }
            Some(EventKind::Passed) if !self.instr_is_visible(step.pc) => {
                Words::new("begin", "begins")
            }
            _ => return None,
        };
        Some(words)
    }

    fn instr_is_visible(&self, pc: crate::program::Pc) -> bool {
        self.story.program.instr(pc).is_visible()
    }

    /// The last event of the step that is the actor's own.
    fn last_event(&self) -> Option<&EventKind> {
        let actor = self.actor();
        let events = self.story.steps()[self.step].events.iter();
        let mut own = events.filter(|event| event.actor == actor);
        own.next_back().map(|event| &event.kind)
    }

    /// Whether the task has taken its loop and stands still at once.
    fn has_begun_to_block(&self) -> bool {
        let after = self.story.after(self.step);
        let pc = self.story.steps()[self.step].pc;
        let (machine, actor) = (self.story.machine(), self.actor());
        self.instr_is_visible(pc)
            && self.story.layout().is_running(after, actor)
            && self.story.layout().pc(after, actor) == pc
            && machine.has_the_turn(after, actor)
            && !machine.can_step(after, actor)
    }

    /// What is asked of tasks.
    pub fn task(&self, op: TaskOp) -> Words {
        let text = self.source();
        match self.event() {
            Some(EventKind::Returned(_, words)) if !words.is_empty() => {
                let values = words.iter().enumerate();
                let mut values: Vec<Value> = values
                    .map(|(at, &word)| self.story.value(&self.kind_returned(at), word))
                    .collect();
                let value = match values.len() {
                    1 => values.remove(0),
                    _ => Value::List(values),
                };
                Words::new("await", format!("{text} -> {}", show(&value))).value(value)
            }
            Some(EventKind::Returned(task, _)) => {
                let name = self.story.actor(*task).to_owned();
                Words::new("await", format!("{text}: {name} has ended")).on(name)
            }
            Some(EventKind::Stopped(task, _)) if op == TaskOp::WaitFor => {
                let name = self.story.actor(*task).to_owned();
                Words::new("cancel", format!("{text}: time is up")).on(name)
            }
            Some(EventKind::Stopped(task, asked)) => {
                let name = self.story.actor(*task).to_owned();
                let value = Value::Bool(*asked);
                Words::new("cancel", format!("{text} -> {}", show(&value)))
                    .on(name)
                    .value(value)
            }
            _ => match op {
                TaskOp::Cancel => Words::new("cancel", text),
                TaskOp::Io | TaskOp::Gather => Words::new("await", format!("{text} goes on")),
                TaskOp::Result | TaskOp::WaitFor => Words::new("await", text),
            },
        }
    }

    /// How a word of a task's result is shown: as the local that gets it.
    fn kind_returned(&self, at: usize) -> ValueKind {
        let pc = self.story.steps()[self.step].pc;
        let program = self.story.program;
        let Instr::Task { dst: Some(dst), .. } = program.instr(pc) else {
            return ValueKind::Int;
        };
        let reg = usize::from(*dst) + at;
        let locals = &program.function_at(pc).locals;
        let local = locals.iter().find(|local| usize::from(local.reg) == reg);
        local.map_or(ValueKind::Int, |local| local.kind.clone())
    }
}
