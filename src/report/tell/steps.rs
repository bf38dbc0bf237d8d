//! One step in words: for the cell of a table, and for the data of a schedule.

use super::story::{Story, show};
use crate::base::Span;
use crate::program::{ChanOp, Instr, ObjectId, ObjectKind, SyncOp, ValueKind, WaitMode};
use crate::report::Value;
use crate::semantics::{ArithmeticFault, EventKind, FaultKind, Phase};

/// A step in words.
pub(super) struct Words {
    /// `read`, `write`, `lock`, ….
    pub action: &'static str,
    /// The word of memory or the object it acts on.
    pub subject: Option<String>,
    /// The value read, written, sent or received.
    pub value: Option<Value>,
    /// The text of the table's cell.
    pub text: String,
}

impl Words {
    pub fn new(action: &'static str, text: impl Into<String>) -> Self {
        Self {
            action,
            subject: None,
            value: None,
            text: text.into(),
        }
    }

    pub fn on(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    pub fn value(mut self, value: Value) -> Self {
        self.value = Some(value);
        self
    }
}

/// Where a step is in the text.
pub(super) fn span(story: &Story<'_>, step: usize) -> Span {
    story.span(story.steps()[step].pc)
}

/// The step at a position of the execution.
pub(super) fn words(story: &Story<'_>, step: usize) -> Words {
    let mut words = Teller { story, step }.main();
    words.text += &consequences(story, step);
    words
}

/// What follows from the step at once: the actor raises, dies, ends, fails.
fn consequences(story: &Story<'_>, step: usize) -> String {
    let mut text = String::new();
    let mut raised = false;
    for event in story.events(step) {
        match event.kind {
            EventKind::Ended => text += ", ends",
            EventKind::Raised(exception) => {
                raised = true;
                text += &format!(", raises {}", story.program.name(exception.name));
            }
            EventKind::Died(exception) => {
                if !raised {
                    text += &format!(", raises {}", story.program.name(exception.name));
                }
                text += ", dies";
            }
            _ => {}
        }
    }
    if step + 1 == story.steps().len()
        && let Some(fault) = story.run.fault
    {
        text += match fault.kind {
            FaultKind::Assert => ", assert FAILS",
            FaultKind::Arithmetic(ArithmeticFault::Overflow) => ", OVERFLOWS",
            FaultKind::Arithmetic(ArithmeticFault::Bounds) => ", index OUT OF BOUNDS",
            FaultKind::Arithmetic(ArithmeticFault::DivisionByZero) => ", DIVIDES BY ZERO",
            FaultKind::Atomic => ", CANNOT GO ON",
        };
    }
    text
}

/// Finds the words for one step.
pub(super) struct Teller<'a> {
    pub story: &'a Story<'a>,
    pub step: usize,
}

impl Teller<'_> {
    fn actor(&self) -> usize {
        self.story.steps()[self.step].action.actor
    }

    fn phase(&self) -> Phase {
        let before = self.story.before(self.step);
        self.story.layout().phase(before, self.actor())
    }

    /// The first event of the instruction itself.
    pub fn event(&self) -> Option<&EventKind> {
        self.story.events(self.step).map(|event| &event.kind).next()
    }

    pub fn source(&self) -> String {
        self.story.text(span(self.story, self.step))
    }

    fn main(&self) -> Words {
        let pc = self.story.steps()[self.step].pc;
        match self.story.program.instr(pc) {
            Instr::Begin => Words::new("begin", "begins"),
            Instr::Load(..) | Instr::Store(..) | Instr::Rmw(..) | Instr::CompareExchange(..) => {
                self.memory()
            }
            Instr::Sync { op, .. } => self.sync(*op),
            Instr::Chan { op, .. } => self.chan(*op),
            Instr::Ask(..) => self.asked(),
            Instr::Choose(..) => self.chose(),
            Instr::Spawn { .. } => match self.event() {
                Some(EventKind::Spawned(child)) => {
                    let name = self.story.actor(*child);
                    Words::new("spawn", format!("spawn {name}")).on(name)
                }
                _ => Words::new("spawn", "spawn"),
            },
            Instr::Submit { .. } => self.submit(),
            Instr::Future { op, .. } => self.future(*op),
            Instr::WaitJobs { .. } => self.gathered(),
            Instr::TakeJob { .. } | Instr::FinishJob { .. } => self.job(),
            Instr::WaitUntil(_) => Words::new("wait", format!("{} passes", self.source())),
            Instr::AtomicBegin(_) => self.atomic(),
            Instr::Yield => Words::new("yield", "yield"),
            Instr::Sleep => Words::new("sleep", "sleep"),
            Instr::Progress => Words::new("progress", "progress"),
            Instr::Print(items) => {
                let words = match self.event() {
                    Some(EventKind::Printed(words)) => words.as_slice(),
                    _ => &[],
                };
                let values = words.iter().zip(items.iter());
                let values: Vec<Value> = values
                    .map(|(word, (_, kind))| self.story.value(kind, *word))
                    .collect();
                let shown: Vec<String> = values.iter().map(show).collect();
                Words::new("print", format!("print {}", shown.join(" "))).value(one(values))
            }
            _ => Words::new("go on", "goes on"),
        }
    }

    fn memory(&self) -> Words {
        let Some(event) = self.event() else {
            // It failed before it was done.
            return Words::new("access", self.source());
        };
        memory(self.story, event).unwrap_or_else(|| Words::new("access", self.source()))
    }

    /// Several accesses as one step: the writes, or the reads if there is none.
    fn atomic(&self) -> Words {
        let events: Vec<&EventKind> = self.story.events(self.step).map(|e| &e.kind).collect();
        let is_write =
            |kind: &&&EventKind| matches!(kind, EventKind::Write(..) | EventKind::Update(..));
        let any_write = events.iter().any(|kind| is_write(&kind));
        let told: Vec<Words> = events
            .iter()
            .filter(|kind| !any_write || is_write(kind))
            .filter_map(|kind| memory(self.story, kind))
            .collect();
        if told.is_empty() {
            return Words::new("atomic", self.source());
        }
        let texts: Vec<&str> = told.iter().map(|it| it.text.as_str()).collect();
        let mut words = Words::new("atomic", format!("atomic: {}", texts.join(", ")));
        if let [only] = told.as_slice() {
            words.subject.clone_from(&only.subject);
            words.value.clone_from(&only.value);
        }
        words
    }

    fn asked(&self) -> Words {
        let text = self.source();
        let Some(EventKind::Asked(answer)) = self.event() else {
            return Words::new("ask", text);
        };
        let query = match self.story.program.instr(self.story.steps()[self.step].pc) {
            Instr::Ask(_, query, _) => Some(*query),
            _ => None,
        };
        let value = match query {
            Some(crate::program::Query::Permits | crate::program::Query::Len) => {
                Value::Int(*answer)
            }
            _ => Value::Bool(*answer != 0),
        };
        Words::new("ask", format!("{text} -> {}", show(&value))).value(value)
    }

    fn chose(&self) -> Words {
        let text = self.source();
        let Some(EventKind::Chose(way)) = self.event() else {
            return Words::new("choose", "choose");
        };
        if text.starts_with("either") {
            let text = format!("either: block {}", way + 1);
            return Words::new("choose", text).value(Value::Int(way + 1));
        }
        let value = if text.contains("bool") {
            Value::Bool(*way != 0)
        } else {
            Value::Int(*way)
        };
        Words::new("choose", format!("choose {}", show(&value))).value(value)
    }

    fn sync(&self, op: SyncOp) -> Words {
        if op == SyncOp::Join {
            return match self.event() {
                Some(EventKind::Joined(target)) => {
                    let name = self.story.actor(*target);
                    Words::new("join", format!("join {name}")).on(name)
                }
                _ => Words::new("join", "join"),
            };
        }
        let Some(id) = self.story.object_of(self.step) else {
            return Words::new("operate", self.source());
        };
        let name = self.story.object(id);
        self.sync_on(op, id, name).on(name)
    }

    fn sync_on(&self, op: SyncOp, id: ObjectId, name: &str) -> Words {
        let result = match self.event() {
            Some(EventKind::Did(_, result)) => *result,
            _ => None,
        };
        let tried = |plain: &'static str, trying: &'static str, mode: WaitMode, what: &str| {
            let action = if mode == WaitMode::Wait {
                plain
            } else {
                trying
            };
            if matches!(self.event(), Some(EventKind::Sleeps(_))) {
                return Words::new("wait", format!("queues: {plain} {what}"));
            }
            match result {
                Some(got) if mode != WaitMode::Wait => {
                    let text = format!("{action} {what} -> {}", got != 0);
                    Words::new(action, text).value(Value::Bool(got != 0))
                }
                _ => Words::new(action, format!("{action} {what}")),
            }
        };
        match op {
            SyncOp::Lock(mode) => tried("lock", "try_lock", mode, name),
            SyncOp::Unlock => Words::new("unlock", format!("unlock {name}")),
            SyncOp::Read(mode) => tried("read_lock", "try_read", mode, name),
            SyncOp::ReadUnlock => Words::new("read_unlock", format!("read_unlock {name}")),
            SyncOp::Write(mode) => tried("write_lock", "try_write", mode, name),
            SyncOp::WriteUnlock => Words::new("write_unlock", format!("write_unlock {name}")),
            SyncOp::Downgrade => Words::new("downgrade", format!("downgrade {name}")),
            SyncOp::Acquire(mode) => tried("acquire", "try_acquire", mode, name),
            SyncOp::Release => Words::new("release", format!("release {name}")),
            SyncOp::CondWait(_) | SyncOp::EventWait(_) => self.wait(name),
            SyncOp::Notify => self.woke("notify", name),
            SyncOp::NotifyAll => self.woke("notify_all", name),
            SyncOp::EventSet => match self.event() {
                Some(EventKind::Woke(_, woken)) if !woken.is_empty() => {
                    let text = format!("set {name} -> wakes {}", self.names(woken));
                    Words::new("set", text)
                }
                _ => Words::new("set", format!("set {name}")),
            },
            SyncOp::EventClear => Words::new("clear", format!("clear {name}")),
            SyncOp::BarrierWait => self.barrier(id, name),
            SyncOp::BarrierAbort => Words::new("abort", format!("abort {name}")),
            SyncOp::CountDown | SyncOp::LatchAdd => {
                let after = self.story.after(self.step);
                let left = self.story.machine().permits(after, id);
                let action = if op == SyncOp::CountDown {
                    "count_down"
                } else {
                    "add"
                };
                Words::new(action, format!("{action} {name} -> {left}")).value(Value::Int(left))
            }
            SyncOp::LatchWait | SyncOp::ChanJoin => {
                Words::new("wait", format!("{} passes", self.source()))
            }
            SyncOp::OnceBegin if result == Some(1) => {
                Words::new("begin", format!("begins the block of {name}"))
            }
            SyncOp::OnceBegin => Words::new("wait", format!("{name} is done already")),
            SyncOp::OnceEnd => Words::new("end", format!("ends the block of {name}")),
            SyncOp::TaskDone => Words::new("task_done", format!("task_done {name}")),
            SyncOp::Close => Words::new("close", format!("close {name}")),
            SyncOp::Join => Words::new("join", "join"),
            SyncOp::Shutdown => Words::new("shutdown", format!("shutdown {name}")),
            SyncOp::ShutdownNow => Words::new("shutdown", format!("shutdown_now {name}")),
            SyncOp::Drain => Words::new("wait", format!("all jobs of {name} are done")),
        }
    }

    fn names(&self, actors: &[usize]) -> String {
        let names: Vec<&str> = actors.iter().map(|&a| self.story.actor(a)).collect();
        names.join(", ")
    }

    fn woke(&self, action: &'static str, name: &str) -> Words {
        let woken = match self.event() {
            Some(EventKind::Woke(_, woken)) => woken.as_slice(),
            _ => &[],
        };
        let whom = if woken.is_empty() {
            "nobody".to_owned()
        } else {
            self.names(woken)
        };
        Words::new(action, format!("{action} {name} -> {whom}")).value(Value::Text(whom))
    }

    /// A wait on a condition or an event, in its parts.
    fn wait(&self, name: &str) -> Words {
        match (self.phase(), self.event()) {
            (Phase::Ready, Some(EventKind::Sleeps(_))) => {
                Words::new("wait", format!("{name}.wait()"))
            }
            (Phase::Ready, Some(EventKind::Did(_, Some(0)))) => {
                Words::new("wait", format!("{name}.wait_for() times out"))
            }
            (Phase::Ready, Some(EventKind::Did(..))) => {
                Words::new("wait", format!("{name}.wait() passes"))
            }
            (Phase::Ready, _) => Words::new("wait", format!("{name}.wait()")),
            (Phase::Waiting, Some(EventKind::Woke(..))) => {
                let after = self.story.after(self.step);
                match self.story.layout().phase(after, self.actor()) {
                    Phase::TimedOut => Words::new("wake", "times out"),
                    _ => Words::new("wake", "wakes without a notify"),
                }
            }
            (Phase::Waiting, _) => Words::new("wake", "times out"),
            _ => Words::new("wake", "wakes"),
        }
    }

    fn barrier(&self, id: ObjectId, name: &str) -> Words {
        let parties = match self.story.kind(id) {
            Some(ObjectKind::Barrier { parties }) => *parties,
            _ => 1,
        };
        match (self.phase(), self.event()) {
            (Phase::Ready, Some(EventKind::Sleeps(_))) => {
                let before = self.story.machine();
                let order = before.permits(self.story.before(self.step), id) + 1;
                Words::new("arrive", format!("arrives at {name}, {order} of {parties}"))
            }
            (Phase::Ready, Some(EventKind::Woke(..))) => {
                let text = format!("arrives at {name}, {parties} of {parties}");
                Words::new("arrive", text)
            }
            (Phase::Ready, _) => Words::new("arrive", format!("{name}.wait()")),
            _ => Words::new("wake", format!("leaves {name}")),
        }
    }

    fn chan(&self, op: ChanOp) -> Words {
        let Some(id) = self.story.object_of(self.step) else {
            return Words::new("operate", self.source());
        };
        let name = self.story.object(id);
        let words = match op {
            ChanOp::Send(mode) => self.send(mode, id, name),
            ChanOp::Recv(mode) => self.recv(mode, id, name),
        };
        words.on(name)
    }

    fn send(&self, mode: WaitMode, id: ObjectId, name: &str) -> Words {
        let action = if mode == WaitMode::Wait {
            "send"
        } else {
            "try_send"
        };
        match self.event() {
            Some(EventKind::Message(_, words)) => {
                let value = self.story.message(id, words);
                Words::new(action, format!("{action} {} to {name}", show(&value))).value(value)
            }
            Some(EventKind::Sleeps(_)) => Words::new("wait", format!("offers a value to {name}")),
            Some(EventKind::NoMessage(_)) => {
                Words::new(action, format!("{action} to {name} -> false"))
            }
            Some(EventKind::Did(..)) => Words::new("send", format!("{name} has taken it")),
            _ => Words::new(action, format!("{action} to {name}")),
        }
    }

    fn recv(&self, mode: WaitMode, id: ObjectId, name: &str) -> Words {
        let action = if mode == WaitMode::Wait {
            "recv"
        } else {
            "try_recv"
        };
        match self.event() {
            Some(EventKind::Message(_, words)) => {
                let value = self.story.message(id, words);
                Words::new(action, format!("{action} {name} -> {}", show(&value))).value(value)
            }
            Some(EventKind::Sleeps(_)) => Words::new("wait", format!("waits at {name}")),
            Some(EventKind::NoMessage(_)) => {
                let closed = self
                    .story
                    .machine()
                    .is_closed(self.story.before(self.step), id);
                let what = if closed { "closed" } else { "nothing" };
                Words::new(action, format!("{action} {name} -> {what}"))
            }
            Some(EventKind::Did(..)) => Words::new("recv", format!("has received from {name}")),
            _ => Words::new(action, format!("{action} {name}")),
        }
    }
}

/// An access to memory in words.
fn memory(story: &Story<'_>, event: &EventKind) -> Option<Words> {
    let kind = |cell: crate::program::CellId| {
        let row = story.program.cells.get(cell.index());
        row.map_or(ValueKind::Int, |row| row.kind.clone())
    };
    let words = match *event {
        EventKind::Read(cell, value) => {
            let name = story.cell(cell);
            let value = story.value(&kind(cell), value);
            Words::new("read", format!("read  {name} -> {}", show(&value)))
                .on(name)
                .value(value)
        }
        EventKind::Write(cell, _, new) => {
            let name = story.cell(cell);
            let value = story.value(&kind(cell), new);
            Words::new("write", format!("write {name} = {}", show(&value)))
                .on(name)
                .value(value)
        }
        EventKind::Update(cell, old, new) => {
            let name = story.cell(cell);
            let old = story.show(&kind(cell), old);
            let value = story.value(&kind(cell), new);
            let text = format!("update {name} {old} -> {}", show(&value));
            Words::new("update", text).on(name).value(value)
        }
        EventKind::CompareFailed(cell, found) => {
            let name = story.cell(cell);
            let value = story.value(&kind(cell), found);
            let text = format!("compare_exchange {name} fails, is {}", show(&value));
            Words::new("compare_exchange", text).on(name).value(value)
        }
        _ => return None,
    };
    Some(words)
}

/// One value, or a list of several.
fn one(mut values: Vec<Value>) -> Value {
    if values.len() == 1 {
        values.remove(0)
    } else {
        Value::List(values)
    }
}
