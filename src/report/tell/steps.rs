//! One step in words: for the cell of a table, and for the data of a schedule.

use super::story::{Story, show};
use crate::base::Span;
use crate::program::{Instr, Pc, ValueKind};
use crate::report::Value;
use crate::semantics::{ArithmeticFault, EventKind, FaultKind, Phase};

/// Accesses of an atomic block that are shown.
const ATOMIC_MAX: usize = 3;

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
    let pc = story.steps()[step].pc;
    // Then the step itself says it.
    let ends = matches!(story.program.instr(pc), Instr::End);
    for event in story.events(step).filter(|_| !ends) {
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
            FaultKind::Arithmetic(ArithmeticFault::Overflow) if is_ranged(story, fault.pc) => {
                ", OUT OF RANGE"
            }
            FaultKind::Arithmetic(ArithmeticFault::Overflow) => ", OVERFLOWS",
            FaultKind::Arithmetic(ArithmeticFault::Bounds) => ", index OUT OF BOUNDS",
            FaultKind::Arithmetic(ArithmeticFault::DivisionByZero) => ", DIVIDES BY ZERO",
            FaultKind::Atomic => ", CANNOT GO ON",
        };
    }
    text
}

/// Whether the instruction writes a variable with a declared range.
fn is_ranged(story: &Story<'_>, pc: Pc) -> bool {
    let (Instr::Store(place, ..) | Instr::Rmw(_, place, ..) | Instr::CompareExchange(_, place, ..)) =
        story.program.instr(pc)
    else {
        return false;
    };
    let row = story.program.cells.get(place.base.index());
    let var = row.and_then(|row| story.program.vars.get(row.var.index()));
    var.is_some_and(|var| var.range.is_some())
}

/// Tells one step.
pub(super) struct Teller<'a> {
    pub story: &'a Story<'a>,
    pub step: usize,
}

impl Teller<'_> {
    pub fn actor(&self) -> usize {
        self.story.steps()[self.step].action.actor
    }

    pub fn phase(&self) -> Phase {
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
        if let Some(words) = self.turn() {
            return words;
        }
        let pc = self.story.steps()[self.step].pc;
        match self.story.program.instr(pc) {
            Instr::Begin => Words::new("begin", "begins"),
            Instr::End => self.end(),
            Instr::Load(..) | Instr::Store(..) | Instr::Rmw(..) | Instr::CompareExchange(..) => {
                self.memory()
            }
            Instr::Sync { op, .. } => self.sync(*op),
            Instr::Chan { op, .. } => self.chan(*op),
            Instr::Select { mode, .. } => self.select(*mode),
            Instr::Collection { op, .. } => self.collection(*op),
            Instr::NextEntry { .. } => self.next_entry(),
            Instr::Ask(..) => self.asked(),
            Instr::Choose(..) => self.chose(),
            Instr::Spawn { process, .. } => match self.event() {
                Some(EventKind::Spawned(child)) => {
                    let name = self.story.actor(*child);
                    let what = if *process { "process " } else { "" };
                    Words::new("spawn", format!("spawn {what}{name}")).on(name)
                }
                _ => Words::new("spawn", "spawn"),
            },
            Instr::Task { op, .. } => self.task(*op),
            Instr::Submit { .. } => self.submit(),
            Instr::Future { op, .. } => self.future(*op),
            Instr::WaitJobs { .. } => self.gathered(),
            Instr::TakeJob { .. } | Instr::FinishJob { .. } => self.job(),
            Instr::WaitUntil(_) => Words::new("wait", format!("{} passes", self.source())),
            Instr::AtomicBegin(_) => self.atomic(),
            Instr::Yield => Words::new("yield", "yield"),
            Instr::Sleep => Words::new("sleep", "sleep"),
            Instr::Progress => Words::new("progress", "progress"),
            Instr::Print(items) if items.is_empty() => Words::new("print", "ends the line"),
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

    /// The end of an actor, where it is a step; of a worker, of a job.
    fn end(&self) -> Words {
        let events = self.story.events(self.step);
        let died = events.filter_map(|event| match event.kind {
            EventKind::Died(exception) => Some(exception),
            _ => None,
        });
        match died.last() {
            Some(exception) => {
                let name = self.story.program.name(exception.name);
                Words::new("end", format!("dies of {name}"))
            }
            None if self.story.machine().executor_of(self.actor()).is_some() => {
                Words::new("rest", "is free again")
            }
            None => Words::new("end", "ends"),
        }
    }

    fn memory(&self) -> Words {
        let failed = || Words::new("access", self.source());
        let Some(event) = self.event() else {
            return failed(); // before it was done
        };
        let mut words = memory(self.story, event).unwrap_or_else(failed);
        let pc = self.story.steps()[self.step].pc;
        if matches!(self.story.program.instr(pc), Instr::CompareExchange(..)) {
            words.action = "compare_exchange";
        }
        words
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
        let mut texts: Vec<&str> = told.iter().map(|it| it.text.as_str()).collect();
        texts.dedup();
        if texts.len() > ATOMIC_MAX {
            texts.truncate(ATOMIC_MAX);
            texts.push("...");
        }
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
