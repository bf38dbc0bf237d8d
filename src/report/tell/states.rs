//! The shared state beside a trace: which variables and objects have a column,
//! and what stands in it.

use super::story::Story;
use crate::program::{CellId, ChanOp, Expr, Instr, ObjectId, ObjectKind, Query, ValueKind};
use crate::report::Value;
use crate::semantics::{EventKind, JobStatus, State};

/// Columns of what the finding is not about crowd the actors out: so many in
/// all beside two actors, and beside more.
const COLUMNS_MAX: (usize, usize) = (4, 2);

/// Columns of what the finding is about.
const ABOUT_MAX: usize = 8;

/// Messages of a channel that are shown.
const MESSAGES_MAX: usize = 6;

/// Names that take more columns than this are counted.
const NAMES_WIDTH_MAX: usize = 16;

/// A column of shared state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Column {
    /// A word of memory.
    Cell(CellId),
    /// An object.
    Object(ObjectId),
}

/// The columns of a table: what the finding is about, then what changes.
pub(super) fn columns(story: &Story<'_>, about: &[Column], n_actors: usize) -> Vec<Column> {
    let most = if n_actors > 2 {
        COLUMNS_MAX.1
    } else {
        COLUMNS_MAX.0
    };
    let mut columns: Vec<Column> = Vec::new();
    for &column in about {
        if !columns.contains(&column) && columns.len() < ABOUT_MAX {
            columns.push(column);
        }
    }
    for column in changing(story) {
        if columns.len() >= most {
            break;
        }
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    columns
}

/// What changes in the execution: memory first, then objects, each in the order
/// of its first change.
fn changing(story: &Story<'_>) -> Vec<Column> {
    let mut cells = Vec::new();
    for step in story.steps() {
        for event in &step.events {
            if let EventKind::Write(cell, old, new) | EventKind::Update(cell, old, new) = event.kind
                && old != new
                && !cells.contains(&Column::Cell(cell))
            {
                cells.push(Column::Cell(cell));
            }
        }
    }
    let mut objects = Vec::new();
    for step in 0..story.steps().len() {
        let Some(id) = story.object_of(step) else {
            continue;
        };
        let column = Column::Object(id);
        let (before, after) = (story.before(step), story.after(step));
        if !objects.contains(&column) && show(story, column, before) != show(story, column, after) {
            objects.push(column);
        }
    }
    cells.extend(objects);
    cells
}

/// The title of a column.
pub(super) fn title(story: &Story<'_>, column: Column) -> String {
    match column {
        Column::Cell(cell) => story.of_process(story.cell(cell), cell.process()),
        Column::Object(id) => {
            let name = story.of_process(story.object(id), id.process());
            match story.kind(id) {
                Some(ObjectKind::Cond { .. } | ObjectKind::Barrier { .. }) => {
                    format!("waiting: {name}")
                }
                _ => name,
            }
        }
    }
}

/// What stands in a column in a state.
pub(super) fn show(story: &Story<'_>, column: Column, state: &State) -> String {
    let process = match column {
        Column::Cell(cell) => cell.process(),
        Column::Object(id) => id.process(),
    };
    if process >= story.layout().n_processes(state) {
        return String::new(); // not started yet
    }
    match column {
        Column::Cell(cell) => story.show_cell(cell, story.layout().value(state, cell)),
        Column::Object(id) => object(story, id, state),
    }
}

fn object(story: &Story<'_>, id: ObjectId, state: &State) -> String {
    let machine = story.machine();
    let owner = machine.owner(state, id);
    let scene = machine.overview(state);
    let Some(kind) = story.kind(id) else {
        return String::new();
    };
    match kind {
        _ if machine.held_since_copy(state, id).is_some() => "locked".to_owned(),
        ObjectKind::Lock { .. } => {
            owner.map_or("free".to_owned(), |owner| story.actor(owner).to_owned())
        }
        ObjectKind::RwLock { .. } => match owner {
            Some(writer) => format!("{} writes", story.actor(writer)),
            None => match machine.readers(state, id).as_slice() {
                [] => "free".to_owned(),
                [reader] => format!("{} reads", story.actor(*reader)),
                readers => format!("{} readers", readers.len()),
            },
        },
        ObjectKind::Sem { .. } | ObjectKind::Latch { .. } => machine.permits(state, id).to_string(),
        ObjectKind::Cond { .. } | ObjectKind::Barrier { .. } => sleepers(story, id, state),
        ObjectKind::Event { .. } => match scene.answer(Query::IsSet, id) {
            0 => "clear".to_owned(),
            _ => "set".to_owned(),
        },
        ObjectKind::Once => match (owner, scene.answer(Query::IsLocked, id)) {
            (Some(runner), _) => story.actor(runner).to_owned(),
            (None, 0) => "not begun".to_owned(),
            (None, _) => "done".to_owned(),
        },
        ObjectKind::Chan { .. } => channel(story, id, state),
        ObjectKind::Collection { .. } => super::collection::show(story, id, state),
        ObjectKind::Executor { .. } => executor(story, id, state),
    }
}

/// Who sleeps at an object.
fn sleepers(story: &Story<'_>, id: ObjectId, state: &State) -> String {
    let layout = story.layout();
    let names: Vec<&str> = (0..layout.n_actors(state))
        .filter(|&actor| {
            story.machine().is_asleep(state, actor) && layout.waits_at(state, actor) == Some(id)
        })
        .map(|actor| story.actor(actor))
        .collect();
    let all = names.join(", ");
    match names.as_slice() {
        [] => "nobody".to_owned(),
        [first, rest @ ..] if all.len() > NAMES_WIDTH_MAX && !rest.is_empty() => {
            format!("{first} +{}", rest.len())
        }
        _ => all,
    }
}

/// The jobs in the queue of an executor.
fn executor(story: &Story<'_>, id: ObjectId, state: &State) -> String {
    let machine = story.machine();
    let queued = machine.jobs_of(state, id).filter(|&job| {
        let status = machine.layout().job_status(state, job);
        status == Some(JobStatus::Pending)
    });
    let names: Vec<String> = queued.map(|job| story.job(job)).collect();
    let shut = if machine.is_shut_down(state, id) {
        " shut down"
    } else {
        ""
    };
    format!("[{}]{shut}", names.join(" "))
}

fn channel(story: &Story<'_>, id: ObjectId, state: &State) -> String {
    let messages = story.machine().messages(state, id);
    let mut shown: Vec<String> = messages
        .iter()
        .take(MESSAGES_MAX)
        .map(|words| super::story::show(&story.message(id, words)))
        .collect();
    if messages.len() > shown.len() {
        shown.push(format!("+{}", messages.len() - shown.len()));
    }
    let closed = if story.machine().is_closed(state, id) {
        " closed"
    } else {
        ""
    };
    format!("[{}]{closed}", shown.join(" "))
}

impl Story<'_> {
    /// A message as the reader sees it. A channel does not know the type of its
    /// elements; who receives into a named local does.
    pub fn message(&self, id: ObjectId, words: &[i64]) -> Value {
        let kinds = self.element(id);
        let kind = |at: usize| kinds.get(at).unwrap_or(&ValueKind::Int);
        let mut values = words.iter().enumerate();
        if words.len() == 1 {
            return self.value(kind(0), words[0]);
        }
        Value::List(
            values
                .by_ref()
                .map(|(at, &word)| self.value(kind(at), word))
                .collect(),
        )
    }

    fn element(&self, id: ObjectId) -> Vec<ValueKind> {
        let program = self.program;
        for (pc, instr) in program.code.iter().enumerate() {
            if let Instr::Select { arms, .. } = instr
                && let Some(arm) = arms.iter().find(|arm| may_be(&arm.object, id))
            {
                return arm.kinds.to_vec();
            }
            let Instr::Chan {
                op: ChanOp::Recv(_),
                object,
                dst: Some(dst),
                width,
                ..
            } = instr
            else {
                continue;
            };
            if !may_be(object, id) {
                continue;
            }
            let function = program.sites.get(pc).map(|site| site.function.index());
            let Some(function) = function.and_then(|at| program.functions.get(at)) else {
                continue;
            };
            let kinds: Vec<ValueKind> = (*dst..dst.saturating_add(*width))
                .filter_map(|reg| function.locals.iter().find(|local| local.reg == reg))
                .map(|local| local.kind.clone())
                .collect();
            if kinds.len() == usize::from(*width) && !kinds.is_empty() {
                return kinds;
            }
        }
        Vec::new()
    }
}

fn may_be(object: &Expr, id: ObjectId) -> bool {
    let row = id.declared().0;
    match object {
        Expr::Const(number) => *number == i64::from(row),
        Expr::Element { base, len, .. } => (base.0..base.0 + len).contains(&row),
        _ => false,
    }
}
