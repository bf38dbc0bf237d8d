//! Steps of jobs and futures in words.

use super::steps::{Teller, Words};
use super::story::show;
use crate::program::{FutureOp, Instr, ValueKind};
use crate::report::Value;
use crate::semantics::EventKind;

impl Teller<'_> {
    pub fn submit(&self) -> Words {
        match self.event() {
            Some(EventKind::Submitted(executor, job)) => {
                let (to, job) = (self.story.object(*executor), self.story.job(*job));
                Words::new("submit", format!("submit {job} to {to}")).on(to)
            }
            _ => Words::new("submit", self.source()),
        }
    }

    /// A worker takes a job, or its job is over.
    pub fn job(&self) -> Words {
        match self.event() {
            Some(EventKind::Took(job)) => {
                let job = self.story.job(*job);
                Words::new("take", format!("takes {job}")).on(job)
            }
            Some(EventKind::Finished(job)) => {
                let job = self.story.job(*job);
                Words::new("finish", format!("{job} is done")).on(job)
            }
            Some(EventKind::Failed(job, exception)) => {
                let job = self.story.job(*job);
                let name = self.story.program.name(exception.name);
                Words::new("fail", format!("{job} FAILS: {name}")).on(job)
            }
            _ => Words::new("go on", "goes on"),
        }
    }

    /// A question to a future.
    pub fn future(&self, op: FutureOp) -> Words {
        let (action, what) = match op {
            FutureOp::Result(_) | FutureOp::WaitFor => ("result", "result of"),
            FutureOp::Exception(_) => ("exception", "exception of"),
            FutureOp::Cancel => ("cancel", "cancel"),
        };
        match self.event() {
            Some(EventKind::Got(job, words)) => {
                let job = self.story.job(*job);
                let value = self.answer(op, words);
                if words.is_empty() {
                    return Words::new(action, format!("{what} {job}")).on(job);
                }
                let text = format!("{what} {job} -> {}", show(&value));
                Words::new(action, text).on(job).value(value)
            }
            Some(EventKind::GaveUp(job)) => {
                let job = self.story.job(*job);
                Words::new(action, format!("{what} {job}: not done yet")).on(job)
            }
            Some(EventKind::TooLate(job)) => {
                let job = self.story.job(*job);
                Words::new(action, format!("{what} {job}: time was up first")).on(job)
            }
            _ => Words::new(action, self.source()),
        }
    }

    fn answer(&self, op: FutureOp, words: &[i64]) -> Value {
        let kind = |at: usize| match op {
            FutureOp::Cancel => ValueKind::Bool,
            FutureOp::Exception(_) => ValueKind::Str,
            FutureOp::Result(_) | FutureOp::WaitFor => self.kind_of_result(at),
        };
        let values = words.iter().enumerate();
        let mut values: Vec<Value> = values
            .map(
                |(at, &word)| match (op, self.story.value(&kind(at), word)) {
                    (FutureOp::Exception(_), Value::Text(text)) if text.is_empty() => {
                        Value::Text("none".to_owned())
                    }
                    (_, value) => value,
                },
            )
            .collect();
        match values.len() {
            1 => values.remove(0),
            _ => Value::List(values),
        }
    }

    /// How a word of a result is shown: as the local that gets it.
    fn kind_of_result(&self, at: usize) -> ValueKind {
        let pc = self.story.steps()[self.step].pc;
        let program = self.story.program;
        let Instr::Future { dst: Some(dst), .. } = program.instr(pc) else {
            return ValueKind::Int;
        };
        let reg = usize::from(*dst) + at;
        let locals = &program.function_at(pc).locals;
        let local = locals.iter().find(|local| usize::from(local.reg) == reg);
        local.map_or(ValueKind::Int, |local| local.kind.clone())
    }

    /// A wait for several futures goes on.
    pub fn gathered(&self) -> Words {
        match self.event() {
            Some(EventKind::Gathered(Some(job))) => {
                let job = self.story.job(*job);
                Words::new("wait", format!("sees that {job} is done")).on(job)
            }
            _ => Words::new("wait", format!("{} passes", self.source())),
        }
    }
}
