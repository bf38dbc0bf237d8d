//! What every teller looks at: the program, its text, and the execution that
//! shows the bug, run again.
//!
//! **Invariant:** nothing here panics on a schedule that cannot be replayed or
//! on a span outside the text; such a finding has fewer words.

use std::cell::OnceCell;

use crate::analysis::{self, Futures, Resource, Wait, arm_waits, cells_of, wait_of};
use crate::base::{Source, Span};
use crate::program::{CellId, Instr, ObjectId, ObjectKind, Pc, Program, ValueKind};
use crate::report::Value;
use crate::semantics::{Chooser, Event, EventKind, JobStatus, Layout, Machine, State};
use crate::trace::{Execution, Schedule, StepTaken, replay};

/// A piece of source longer than this is cut where it is quoted.
const QUOTE_MAX: usize = 60;

/// An execution with the means to talk about it.
pub(super) struct Story<'a> {
    pub program: &'a Program,
    pub source: &'a Source,
    pub found: &'a analysis::Finding,
    pub run: Execution<'a>,
    futures: OnceCell<Futures>,
    /// The state after each step, also after the one in which it stopped.
    after: Vec<State>,
    names: Vec<String>,
}

impl<'a> Story<'a> {
    /// Runs the finding's schedule; `None` if the program cannot follow it.
    pub fn new(
        program: &'a Program,
        source: &'a Source,
        found: &'a analysis::Finding,
    ) -> Option<Self> {
        let nothing = Schedule::default();
        let schedule = found.schedule.as_ref().unwrap_or(&nothing);
        let run = replay(program, schedule).ok()?;
        let after: Vec<State> = (0..run.steps.len())
            .map(|step| after_step(&run, step))
            .collect();
        let last = after.last().unwrap_or(&run.initial);
        let names = run.actor_names_in(last);
        Some(Self {
            program,
            source,
            found,
            futures: OnceCell::new(),
            after,
            names,
            run,
        })
    }

    pub fn machine(&self) -> &Machine<'a> {
        &self.run.machine
    }

    pub fn layout(&self) -> &Layout {
        self.run.machine.layout()
    }

    pub fn steps(&self) -> &[StepTaken] {
        &self.run.steps
    }

    /// Steps with their positions, the last first.
    pub fn backwards(&self) -> impl Iterator<Item = (usize, &StepTaken)> {
        self.run.steps.iter().enumerate().rev()
    }

    pub fn n_actors(&self) -> usize {
        self.names.len()
    }

    pub fn before(&self, step: usize) -> &State {
        match step.checked_sub(1) {
            Some(earlier) => self.after(earlier),
            None => &self.run.initial,
        }
    }

    pub fn after(&self, step: usize) -> &State {
        self.after.get(step).unwrap_or(&self.run.initial)
    }

    /// The last state, also if the execution stopped in the middle of a step.
    pub fn end(&self) -> &State {
        self.after.last().unwrap_or(&self.run.initial)
    }

    /// An actor's name.
    pub fn actor(&self, actor: usize) -> &str {
        self.names.get(actor).map_or("?", String::as_str)
    }

    /// `` `worker#1` ``.
    pub fn quoted(&self, actor: usize) -> String {
        format!("`{}`", self.actor(actor))
    }

    /// An actor by its name.
    pub fn actor_named(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    pub fn object(&self, id: ObjectId) -> &'a str {
        let row = self.program.objects.get(id.index());
        row.map_or("?", |object| object.name.as_str())
    }

    pub fn kind(&self, id: ObjectId) -> Option<&'a ObjectKind> {
        self.program
            .objects
            .get(id.index())
            .map(|object| &object.kind)
    }

    pub fn cell(&self, cell: CellId) -> &'a str {
        let row = self.program.cells.get(cell.index());
        row.map_or("?", |cell| cell.name.as_str())
    }

    pub fn span(&self, pc: Pc) -> Span {
        self.program
            .sites
            .get(pc as usize)
            .map_or(Span::default(), |site| site.span)
    }

    pub fn line(&self, span: Span) -> u32 {
        self.source.position(span.start).line
    }

    /// The source of a place on one line, cut if it is long.
    pub fn text(&self, span: Span) -> String {
        cut(&self.full_text(span))
    }

    /// The source of a place on one line.
    pub fn full_text(&self, span: Span) -> String {
        let words: Vec<&str> = self.source.slice(span).split_whitespace().collect();
        words.join(" ")
    }

    /// A word as the reader sees it.
    pub fn value(&self, kind: &ValueKind, word: i64) -> Value {
        let index = usize::try_from(word).ok();
        let text = match kind {
            ValueKind::Int | ValueKind::Entries { .. } => None,
            ValueKind::Bool => return Value::Bool(word != 0),
            ValueKind::Enum(table) => {
                let variants = self.program.enums.get(*table as usize);
                variants.and_then(|names| names.get(index?)).cloned()
            }
            ValueKind::Str => index.and_then(|at| self.program.names.get(at)).cloned(),
            ValueKind::Object => {
                let row = index.and_then(|at| self.program.objects.get(at));
                row.map(|object| object.name.clone())
            }
            ValueKind::Future => index.map(|job| self.job(job)).filter(|name| name != "?"),
            ValueKind::Handle => index.and_then(|at| self.names.get(at)).cloned(),
        };
        text.map_or(Value::Int(word), Value::Text)
    }

    pub fn show(&self, kind: &ValueKind, word: i64) -> String {
        show(&self.value(kind, word))
    }

    pub fn show_cell(&self, cell: CellId, word: i64) -> String {
        match self.program.cells.get(cell.index()) {
            Some(row) => self.show(&row.kind, word),
            None => word.to_string(),
        }
    }

    /// Events of the actor of a step, in order.
    pub fn events(&self, step: usize) -> impl Iterator<Item = &Event> {
        let taken = &self.run.steps[step];
        let own = move |event: &&Event| event.actor == taken.action.actor;
        taken.events.iter().filter(own)
    }

    /// The object that the instruction of a step names.
    pub fn object_of(&self, step: usize) -> Option<ObjectId> {
        if let Some((_, channel)) = self.selected(step) {
            return Some(channel);
        }
        let taken = &self.run.steps[step];
        self.object_at(taken.pc, taken.action.actor, self.before(step))
    }

    /// The object that an actor's instruction names.
    pub fn object_at(&self, pc: Pc, actor: usize, state: &State) -> Option<ObjectId> {
        let object = match self.program.code.get(pc as usize)? {
            Instr::Sync { object, .. }
            | Instr::Chan { object, .. }
            | Instr::Collection { object, .. }
            | Instr::NextEntry { object, .. } => object,
            Instr::Submit { executor, .. } => executor,
            Instr::TakeJob { executor, .. } => return Some(*executor),
            _ => return None,
        };
        let number = self.machine().scene(state, actor).eval(object).ok()?;
        self.machine().object(state, actor, number)
    }

    /// Whether a step wrote the word, and what.
    pub fn write_of(&self, step: usize, cell: CellId) -> Option<i64> {
        self.events(step).find_map(|event| match event.kind {
            EventKind::Write(at, _, new) | EventKind::Update(at, _, new) if at == cell => Some(new),
            _ => None,
        })
    }

    /// Whether a step read the word, and what it saw.
    pub fn read_of(&self, step: usize, cell: CellId) -> Option<i64> {
        let waited = self.waited_for(step).contains(&cell);
        if waited {
            return Some(self.layout().value(self.before(step), cell));
        }
        self.events(step).find_map(|event| match event.kind {
            EventKind::Read(at, value)
            | EventKind::Update(at, value, _)
            | EventKind::CompareFailed(at, value)
                if at == cell =>
            {
                Some(value)
            }
            _ => None,
        })
    }

    /// The words of memory that a `wait_until` looked at.
    fn waited_for(&self, step: usize) -> Vec<CellId> {
        let taken = &self.run.steps[step];
        let Instr::WaitUntil(condition) = self.program.instr(taken.pc) else {
            return Vec::new();
        };
        let scene = self.machine().scene(self.before(step), taken.action.actor);
        let mut cells = Vec::new();
        cells_of(condition, &mut |place| {
            cells.extend(scene.cell(place).ok());
        });
        cells
    }

    /// What a step looked at in order to decide something: reads that are not
    /// half of an update such as `x += 1`.
    pub fn looks(&self, step: usize) -> Vec<(CellId, i64)> {
        let state = self.before(step);
        let waited = self.waited_for(step);
        if !waited.is_empty() {
            let value = |cell: CellId| (cell, self.layout().value(state, cell));
            return waited.into_iter().map(value).collect();
        }
        let taken = &self.run.steps[step];
        let span = self.span(taken.pc);
        let function = self.program.function_at(taken.pc);
        let updates = (function.entry..function.end)
            .any(|pc| matches!(self.program.instr(pc), Instr::Store(..)) && self.span(pc) == span);
        if updates {
            return Vec::new();
        }
        let reads = self.events(step).filter_map(|event| match event.kind {
            EventKind::Read(cell, value) => Some((cell, value)),
            _ => None,
        });
        reads.collect()
    }

    /// The last step before `end` (a position) in which an actor took an object
    /// that it holds from then on.
    pub fn taken_at(&self, actor: usize, id: ObjectId, end: usize) -> Option<usize> {
        let machine = self.machine();
        let holds = |state: &State| {
            machine.owner(state, id) == Some(actor)
                || matches!(self.kind(id), Some(ObjectKind::RwLock { .. }))
                    && machine.readers(state, id).contains(&actor)
        };
        (0..end.min(self.run.steps.len())).rev().find(|&step| {
            self.run.steps[step].action.actor == actor
                && holds(self.after(step))
                && !holds(self.before(step))
        })
    }

    /// Why an actor cannot take a step in a state.
    pub fn wait(&self, state: &State, actor: usize) -> Wait {
        let futures = self.futures.get_or_init(|| Futures::new(self.program));
        wait_of(self.machine(), state, actor, futures)
    }

    /// What a blocked actor waits for, as words.
    pub fn what(&self, wait: &Wait, quote: bool) -> String {
        let q = |name: &str| {
            if quote {
                format!("`{name}`")
            } else {
                name.to_owned()
            }
        };
        let o = |id: ObjectId| q(self.object(id));
        match wait.resource {
            Resource::Lock(id) => o(id),
            Resource::Read(id) => format!("{} (to read)", o(id)),
            Resource::Write(id) => format!("{} (to write)", o(id)),
            Resource::Permit(id) => format!("a permit of {}", o(id)),
            Resource::Notify(id) => format!("a notify of {}", o(id)),
            Resource::Event(id) => format!("{} to be set", o(id)),
            Resource::Arrivals(id) => format!("the others at {}", o(id)),
            Resource::Latch(id) => format!("{} to reach 0", o(id)),
            Resource::Once(id) => format!("the block of {}", o(id)),
            Resource::Message(id) => format!("a message in {}", o(id)),
            Resource::Room(id) if self.is_rendezvous(id) => format!("a receiver at {}", o(id)),
            Resource::Room(id) => format!("room in {}", o(id)),
            Resource::Jobs(id) => format!("the jobs of {}", o(id)),
            Resource::OpenJobs(id) => format!("all jobs of {}", o(id)),
            Resource::AnyJob => "one of its jobs".to_owned(),
            Resource::AnyArm => self.any_arm(wait, quote),
            Resource::Job(job) => self.awaited_job(job, &q),
            Resource::End(actor) => format!("the end of {}", q(self.actor(actor))),
            Resource::Loop(task) => format!(
                "{}, on which {} runs",
                self.name_of_loop(task, quote),
                q(self.actor(task))
            ),
            Resource::Turn(task) => format!("its turn after {}", q(self.actor(task))),
            Resource::Condition => q(&self.condition(wait.pc)),
            Resource::Nothing => "a choice among no values".to_owned(),
        }
    }

    /// The same in as few words as a table has room for: `waits for m`.
    pub fn waiting(&self, wait: &Wait) -> String {
        let o = |id: ObjectId| self.object(id);
        match wait.resource {
            Resource::Lock(id)
            | Resource::Permit(id)
            | Resource::Event(id)
            | Resource::Latch(id)
            | Resource::Once(id) => format!("waits for {}", o(id)),
            Resource::Read(id) => format!("waits to read {}", o(id)),
            Resource::Write(id) => format!("waits to write {}", o(id)),
            Resource::Notify(id) => format!("waits on {}", o(id)),
            Resource::Arrivals(id) => format!("waits at {}", o(id)),
            Resource::Message(id) => format!("waits to recv {}", o(id)),
            Resource::Room(id) => format!("waits to send {}", o(id)),
            Resource::Jobs(id) => format!("waits for {}.join()", o(id)),
            Resource::OpenJobs(id) => format!("waits for all jobs of {}", o(id)),
            Resource::AnyJob => "waits for a job".to_owned(),
            Resource::AnyArm => "waits in select".to_owned(),
            Resource::Job(job) => format!("waits for {}", self.job(job)),
            Resource::End(actor) => format!("waits for {}", self.actor(actor)),
            Resource::Loop(task) => format!("waits for {}", self.name_of_loop(task, false)),
            Resource::Turn(task) => format!("comes after {}", self.actor(task)),
            Resource::Condition => format!("waits for {}", self.condition(wait.pc)),
            Resource::Nothing => "cannot go on".to_owned(),
        }
    }

    /// What the arms of a `select` wait for.
    fn any_arm(&self, wait: &Wait, quote: bool) -> String {
        let arms = arm_waits(self.machine(), self.end(), wait.actor).into_iter();
        let each = arms.map(|resource| {
            let one = Wait {
                resource,
                ..wait.clone()
            };
            self.what(&one, quote)
        });
        let each: Vec<String> = each.collect();
        match each.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
            None => "one of its arms".to_owned(),
        }
    }

    /// The event loop of a task: the one without a name, or by its name.
    pub fn name_of_loop(&self, task: usize, quote: bool) -> String {
        let on = self.layout().loop_of(self.end(), task);
        match on.map(|on| (on.index(), &self.program.loops[on.index()])) {
            None | Some((0, _)) => "the event loop".to_owned(),
            Some((_, name)) if quote => format!("the event loop `{name}`"),
            Some((_, name)) => format!("the event loop {name}"),
        }
    }

    /// What stands between the parentheses of a `wait_until`.
    fn condition(&self, pc: Pc) -> String {
        let text = self.text(self.span(pc));
        let inside = text
            .strip_prefix("wait_until(")
            .map(|rest| rest.strip_suffix(')').unwrap_or(rest).to_owned());
        inside.unwrap_or(text)
    }

    /// A job that somebody waits for, and where it is.
    fn awaited_job(&self, job: usize, quote: &impl Fn(&str) -> String) -> String {
        let name = quote(&self.job(job));
        if self.layout().job_status(self.end(), job) == Some(JobStatus::Pending) {
            let executor = self.layout().job_executor(self.end(), job);
            return format!("{name} in the queue of {}", quote(self.object(executor)));
        }
        format!("the job {name}")
    }

    /// A job's name.
    pub fn job(&self, job: usize) -> String {
        self.layout().job_name(self.program, self.end(), job)
    }

    pub fn is_rendezvous(&self, id: ObjectId) -> bool {
        let kind = self.kind(id);
        matches!(
            kind,
            Some(ObjectKind::Chan {
                capacity: Some(0),
                ..
            })
        )
    }
}

/// The state after a step. If the execution stopped in it, what the step had
/// done until then, which is what the reader wants to see.
fn after_step(run: &Execution<'_>, step: usize) -> State {
    let taken = &run.steps[step];
    if let Some(after) = &taken.after {
        return after.clone();
    }
    let mut state = run.before(step).clone();
    let mut chooser = Chooser::fixed(taken.action.way);
    // It is known to stop; the events were heard before.
    let _ = run
        .machine
        .step(&mut state, taken.action.actor, &mut chooser, &mut ());
    state
}

/// A text that is no longer than what is quoted.
pub(super) fn cut(text: &str) -> String {
    if text.chars().count() <= QUOTE_MAX {
        return text.to_owned();
    }
    let start: String = text.chars().take(QUOTE_MAX - 4).collect();
    format!("{} ...", start.trim_end())
}

/// A value in the author's notation.
pub(super) fn show(value: &Value) -> String {
    match value {
        Value::Bool(it) => it.to_string(),
        Value::Int(it) => it.to_string(),
        Value::Text(it) => it.clone(),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(show).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// `a`, `a and b`, `a, b and c`; more than `max` are counted.
pub(super) fn list(items: &[String], max: usize) -> String {
    match items {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        all if all.len() > max => {
            let shown = &all[..max - 1];
            format!("{} and {} more", shown.join(", "), all.len() - shown.len())
        }
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}
