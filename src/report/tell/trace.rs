//! An execution as a table, and as the data of a schedule.

use std::collections::{BTreeMap, BTreeSet};

use super::moments;
use super::states::{self, Column};
use super::steps;
use super::story::Story;
use crate::analysis::Evidence;
use crate::report::{Cell, Finding, Schedule, Step, StepRow, TraceLoop, TraceTable, Weight};
use crate::semantics::{EventKind, State, Status};

/// What a teller wants the table to show.
#[derive(Default)]
pub(super) struct Script {
    /// Actors whose columns come first.
    pub actors: Vec<usize>,
    /// Columns of state that come first.
    pub about: Vec<Column>,
    /// Steps that are never folded.
    pub key: BTreeSet<usize>,
    /// The point of a step.
    pub notes: BTreeMap<usize, String>,
    /// What actors wait for, or are about to do, when the execution is over.
    pub waiting: Vec<(usize, String)>,
    /// What that row says as a whole.
    pub waiting_note: String,
    /// What was tested at the end, and the result.
    pub end: Vec<(String, String)>,
}

impl Script {
    /// Marks a step as decisive and says why.
    pub fn note(&mut self, step: usize, text: impl Into<String>) {
        self.key.insert(step);
        self.notes.insert(step, text.into());
    }
}

/// The table of the execution; `None` if nothing happens in it.
pub(super) fn table(story: &Story<'_>, script: &Script) -> Option<TraceTable> {
    if story.steps().is_empty() && script.waiting.is_empty() {
        return None;
    }
    let actors = actors(story, script);
    let columns = states::columns(story, &script.about, actors.len());
    let place = |actor: usize| actors.iter().position(|&it| it == actor);
    let mut table = TraceTable::new(
        actors.iter().map(|&actor| story.actor(actor)),
        columns.iter().map(|&column| states::title(story, column)),
    );
    let initial = columns.iter();
    table.initial = initial
        .map(|&it| states::show(story, it, &story.run.initial))
        .collect();
    for (step, taken) in story.steps().iter().enumerate() {
        let column = place(taken.action.actor).unwrap_or(0);
        let after = story.after(step);
        let shown = columns.iter().map(|&it| states::show(story, it, after));
        let mut row = StepRow::new(column, steps::words(story, step).text, shown);
        row.note = script.notes.get(&step).cloned();
        // What stands in the margin already says why the step is there.
        row.switch = switch(story, step).filter(|_| row.note.is_none());
        row.weight = weight(story, script, &columns, step);
        table.step(row);
    }
    if !script.waiting.is_empty() {
        let cells = script.waiting.iter().filter_map(|(actor, text)| {
            Some(Cell {
                actor: place(*actor)?,
                text: text.clone(),
            })
        });
        table.blocked(cells.collect(), script.waiting_note.clone());
    }
    for (text, result) in &script.end {
        table.end(text.clone(), result.clone());
    }
    Some(table)
}

/// Those the finding names, then those who take a step, in order of appearance.
fn actors(story: &Story<'_>, script: &Script) -> Vec<usize> {
    let mut actors = Vec::new();
    let named = script.actors.iter().copied();
    let moving = story.steps().iter().map(|step| step.action.actor);
    let waiting = script.waiting.iter().map(|(actor, _)| *actor);
    for actor in named.chain(moving).chain(waiting) {
        if !actors.contains(&actor) && actor < story.n_actors() {
            actors.push(actor);
        }
    }
    actors
}

fn weight(story: &Story<'_>, script: &Script, columns: &[Column], step: usize) -> Weight {
    if script.key.contains(&step) {
        return Weight::Key;
    }
    let (before, after) = (story.before(step), story.after(step));
    let shown = |it: &Column, state: &State| states::show(story, *it, state);
    let changes = columns
        .iter()
        .any(|it| shown(it, before) != shown(it, after));
    let reads = story.events(step).any(|event| match event.kind {
        EventKind::Read(cell, _) | EventKind::CompareFailed(cell, _) => {
            columns.contains(&Column::Cell(cell))
        }
        _ => false,
    });
    let speaks = story.events(step).any(|event| {
        matches!(
            event.kind,
            EventKind::Raised(_) | EventKind::Died(_) | EventKind::Spawned(_) | EventKind::Woke(..)
        )
    });
    if changes || reads || speaks {
        Weight::Normal
    } else {
        Weight::Local
    }
}

/// Why another actor goes on at a step.
fn switch(story: &Story<'_>, step: usize) -> Option<String> {
    let earlier = step.checked_sub(1)?;
    let (last, now) = (&story.steps()[earlier], &story.steps()[step]);
    let actor = last.action.actor;
    if actor == now.action.actor {
        return None;
    }
    let name = story.actor(actor);
    let state = story.before(step);
    if story.machine().is_idle(state, actor) && !story.machine().can_step(state, actor) {
        return Some(format!("{name} has no job"));
    }
    Some(match story.layout().status(state, actor) {
        Status::Ended | Status::Absent => format!("{name} has ended"),
        Status::Died => format!("{name} has died"),
        Status::Running if story.machine().can_step(state, actor) => {
            format!("{name} could go on")
        }
        Status::Running => {
            let wait = story.wait(state, actor);
            format!("{name} {}", story.waiting(&wait))
        }
    })
}

/// Says that everything from a step on is repeated for ever.
pub(super) fn repeat(finding: &mut Finding, from: usize) {
    if let Some(schedule) = &mut finding.schedule {
        schedule.loop_from = Some(from as u64 + 1);
        // The way to the loop is shortest; the round need not be.
        schedule.shortest = false;
    }
    if let Some(table) = &mut finding.trace {
        table.repeats = Some(TraceLoop {
            from_row: from,
            returns_to: match from {
                0 => "the first state".to_owned(),
                n => format!("state after {n}"),
            },
        });
    }
}

/// The schedule of the finding as data.
pub(super) fn schedule(story: &Story<'_>) -> Option<Schedule> {
    let schedule = story.found.schedule.as_ref()?;
    let steps = (0..story.steps().len()).map(|step| {
        let words = steps::words(story, step);
        Step {
            index: step as u64 + 1,
            actor: story.actor(story.steps()[step].action.actor).to_owned(),
            span: steps::span(story, step),
            action: words.action.to_owned(),
            subject: words.subject,
            value: words.value,
        }
    });
    let token = schedule.token(story.program);
    let switches = schedule.n_switches() as u64;
    let settles = matches!(&story.found.evidence, Evidence::Blocked(it) if !it.by_holders);
    Some(Schedule {
        settles,
        moments: moments::moments(story),
        ..Schedule::new(token, switches, steps.collect())
    })
}
