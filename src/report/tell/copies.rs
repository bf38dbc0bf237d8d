//! Processes in words: whose copy it is, and what others did to theirs.

use super::states::Column;
use super::steps;
use super::story::{Story, list};
use super::told::Told;
use crate::analysis::{Resource, Wait};
use crate::program::{Instr, ObjectKind};
use crate::report::Place;
use crate::semantics::EventKind;

impl Story<'_> {
    /// The process that a copy belongs to, called after its first actor; `None`
    /// for what belongs to the main process or to all.
    pub fn owner_of(&self, process: usize) -> Option<&str> {
        if process == 0 {
            return None;
        }
        let first = self.layout().first_of(self.end(), process)?;
        Some(self.actor(first))
    }

    /// The name of a column, with the process if it shows a copy.
    pub fn of_process(&self, name: &str, process: usize) -> String {
        match self.owner_of(process) {
            Some(owner) => format!("{name} of {owner}"),
            None => name.to_owned(),
        }
    }

    /// The declared name, and whether all processes share it.
    fn declared(&self, column: Column) -> Option<(&str, bool)> {
        match column {
            Column::Cell(cell) => {
                let row = self.program.cells.get(cell.index())?;
                let var = self.program.vars.get(row.var.index())?;
                Some((&var.name, var.shared))
            }
            Column::Object(id) => {
                let object = self.program.objects.get(id.index())?;
                Some((&object.declared, object.shared))
            }
        }
    }

    /// `var x`, `lock m`: how a declaration begins.
    fn keyword(&self, column: Column) -> &'static str {
        match column {
            Column::Cell(cell) => {
                let row = self.program.cells.get(cell.index());
                let var = row.and_then(|row| self.program.vars.get(row.var.index()));
                match var {
                    Some(var) if var.atomic => "atomic",
                    _ => "var",
                }
            }
            Column::Object(id) => match self.kind(id) {
                Some(ObjectKind::RwLock { .. }) => "rwlock",
                Some(ObjectKind::Sem { .. }) => "sem",
                Some(ObjectKind::Cond { .. }) => "cond",
                Some(ObjectKind::Event { .. }) => "event",
                Some(ObjectKind::Barrier { .. }) => "barrier",
                Some(ObjectKind::Once) => "once",
                Some(ObjectKind::Latch { .. }) => "latch",
                Some(ObjectKind::Chan { .. }) => "chan",
                Some(ObjectKind::Collection { keyed: false, .. }) => "list",
                Some(ObjectKind::Collection { keyed: true, .. }) => "map",
                Some(ObjectKind::Executor { .. }) => "executor",
                Some(ObjectKind::Lock { .. }) | None => "lock",
            },
        }
    }
}

/// Says which other processes changed their own copies of what was looked at, and
/// what to declare so that there is only one. Says whether there was anything to say.
pub(super) fn elsewhere(told: &mut Told<'_, '_>, columns: &[Column]) -> bool {
    let story = told.story;
    if !story.machine().has_processes() {
        return false;
    }
    for &column in columns {
        let Some((name, false)) = story.declared(column) else {
            continue;
        };
        let changes: Vec<usize> = (0..story.steps().len())
            .filter(|&step| changes_another(story, step, column))
            .collect();
        // If this copy changes, too, its own story is the one to tell.
        let changes_here = match column {
            Column::Cell(cell) => {
                let mut all = 0..story.steps().len();
                all.any(|step| story.write_of(step, cell).is_some())
            }
            Column::Object(_) => false,
        };
        if changes.is_empty() || changes_here {
            continue;
        }
        let mut who: Vec<String> = Vec::new();
        for &step in &changes {
            let actor = story.quoted(story.steps()[step].action.actor);
            if !who.contains(&actor) {
                who.push(actor);
            }
            told.script.key.insert(step);
            told.script.note(step, format!("its own copy of {name}"));
        }
        let (its, copies) = match who.len() {
            1 => ("its", "copy"),
            _ => ("their", "copies"),
        };
        let verb = match (column, who.len()) {
            (Column::Cell(_), 1) => "changes",
            (Column::Cell(_), _) => "change",
            (Column::Object(_), 1) => "uses",
            (Column::Object(_), _) => "use",
        };
        let process = match column {
            Column::Cell(cell) => cell.process(),
            Column::Object(id) => id.process(),
        };
        let here = match story.owner_of(process) {
            Some(owner) => format!("`{owner}`"),
            None => "the main process".to_owned(),
        };
        told.fact(
            "own copies",
            format!(
                "{} {verb} {its} own {copies} of `{name}`, not the one of {here}",
                list(&who, 4)
            ),
        );
        let keyword = story.keyword(column);
        let advice = match column {
            Column::Cell(_) if keyword == "var" => {
                "then all processes use the same one, and it needs a lock that is shared, too"
            }
            _ => "then all processes use the same one",
        };
        told.rule = Some("processes share channels, and what is declared `shared`; nothing else");
        told.help(format!("declare it as `shared {keyword} {name}`: {advice}"));
        return true;
    }
    false
}

/// Whether a step changed, or used, another process's copy.
fn changes_another(story: &Story<'_>, step: usize, column: Column) -> bool {
    match column {
        Column::Cell(cell) => story.events(step).any(|event| match event.kind {
            EventKind::Write(at, ..) | EventKind::Update(at, ..) => {
                at != cell && at.declared() == cell.declared()
            }
            _ => false,
        }),
        Column::Object(id) => story
            .object_of(step)
            .is_some_and(|used| used != id && used.declared() == id.declared()),
    }
}

/// The same for a property that no run makes true: there is no execution to look at.
pub(super) fn looks_at_main(told: &mut Told<'_, '_>, columns: &[Column]) {
    let story = told.story;
    if !story.machine().has_processes() {
        return;
    }
    let own = columns.iter().find_map(|&column| {
        let (name, shared) = story.declared(column)?;
        (!shared).then(|| (name.to_owned(), story.keyword(column)))
    });
    if let Some((name, keyword)) = own {
        told.help(format!(
            "a property looks at the main process; what another process does to its own copy of \
             `{name}` it does not see, unless it is a `shared {keyword}`"
        ));
    }
}

/// Who held an object when the waiting actor's process took its copy of it.
pub(super) fn held_since_copy(story: &Story<'_>, wait: &Wait) -> Option<usize> {
    let id = match wait.resource {
        Resource::Lock(id) | Resource::Read(id) | Resource::Write(id) | Resource::Once(id) => id,
        _ => return None,
    };
    story.machine().held_since_copy(story.end(), id)
}

/// A copy that was locked when it was taken: where that was, and what to do.
/// Says whether it is one.
pub(super) fn born_locked(told: &mut Told<'_, '_>, wait: &Wait) -> bool {
    let story = told.story;
    let (Some(holder), Some(id)) = (held_since_copy(story, wait), wait.resource.object()) else {
        return false;
    };
    let Some(first) = story.layout().first_of(story.end(), id.process()) else {
        return false;
    };
    let (name, who) = (story.object(id).to_owned(), story.quoted(first));
    let started = (0..story.steps().len()).find(|&step| {
        let mut events = story.events(step);
        events.any(|event| event.kind == EventKind::Spawned(first))
    });
    if let Some(step) = started {
        told.script.key.insert(step);
        told.script.note(
            step,
            format!("{} gets a locked copy of {name}", story.actor(first)),
        );
        let label = format!(
            "step {}: a locked copy of `{name}`, which {} holds",
            step + 1,
            story.quoted(holder)
        );
        let place = Place::new(steps::span(story, step), label);
        let spawner = story.steps()[step].action.actor;
        told.place(place.by(story.actor(spawner), "spawn"));
        if let Some(taken) = story.taken_at(holder, id.declared(), step) {
            told.script.key.insert(taken);
        }
    }
    told.about(Column::Object(id));
    told.rule = Some(
        "a process gets a copy of every lock as it is, but not the threads that could give it back",
    );
    told.fact(
        "own copies",
        format!(
            "{who} has its own copy of `{name}`, taken while {} held it; {} does not exist in \
             this process, so nobody in it can give the copy back",
            story.quoted(holder),
            story.quoted(holder)
        ),
    );
    told.help(format!(
        "start processes before any thread takes `{name}`, or while nobody holds it"
    ));
    told.help(format!(
        "`shared {} {name}` is one for all processes: its holder can give it back",
        story.keyword(Column::Object(id))
    ));
    true
}

/// A job that was submitted to a copy of an executor, which has no workers.
/// Says whether it is one.
pub(super) fn no_workers(told: &mut Told<'_, '_>, wait: &Wait) -> bool {
    let story = told.story;
    let executor = match wait.resource {
        Resource::Job(job) => story.layout().job_executor(story.end(), job),
        Resource::OpenJobs(id) => id,
        _ => return false,
    };
    if executor.process() == 0 {
        return false;
    }
    let name = story.object(executor).to_owned();
    let owner = story.owner_of(executor.process()).unwrap_or("?").to_owned();
    told.fact(
        "own copies",
        format!(
            "`{owner}` has its own copy of `{name}`; the workers belong to the process that \
             declared it, so the copy has none"
        ),
    );
    told.help(format!(
        "submit to `{name}` in the main process only, or declare it as `shared executor {name}`"
    ));
    true
}

/// The objects and words of memory that somebody who waits looks at.
pub(super) fn looked_at(story: &Story<'_>, wait: &Wait) -> Vec<Column> {
    if let Some(id) = wait.resource.object() {
        return vec![Column::Object(id)];
    }
    let Instr::WaitUntil(expr) = story.program.instr(wait.pc) else {
        return Vec::new();
    };
    let found = super::leaves::of_actor(story, expr, story.end(), wait.actor, wait.pc);
    super::leaves::columns(&found)
}
