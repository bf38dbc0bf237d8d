//! S001: the signal came before the wait.

use super::states::Column;
use super::steps;
use super::story::{Story, list};
use super::told::Told;
use crate::analysis::{Resource, Wait};
use crate::program::{CellId, Instr, ObjectId, SyncOp};
use crate::report::Place;
use crate::semantics::EventKind;

/// The sentence, the signal that nobody heard, and the wait that came too late.
pub(super) fn signal(told: &mut Told<'_, '_>, cause: &[&Wait]) {
    let story = told.story;
    let Some(wait) = cause.first() else {
        return;
    };
    let Some(id) = wait.resource.object() else {
        return;
    };
    let names: Vec<String> = cause.iter().map(|wait| story.quoted(wait.actor)).collect();
    let sleeps = if names.len() == 1 { "sleeps" } else { "sleep" };
    let who = list(&names, 3);
    let is_event = matches!(wait.resource, Resource::Event(_));
    let slept = sleep_step(story, wait.actor, id);
    let unheard = signal_step(story, wait.actor, id, slept.unwrap_or(story.steps().len()));
    if let Some(unheard) = unheard {
        let by = story.steps()[unheard].action.actor;
        told.script.actors.push(by);
        let text = story.text(steps::span(story, unheard));
        told.say(if is_event {
            format!(
                "lost signal: `{}` was set and cleared again before {who} waited, and {who} \
                 {sleeps} for ever",
                story.object(id)
            )
        } else {
            format!("lost signal: `{text}` ran before anyone waited, and {who} {sleeps} for ever")
        });
        let (label, role) = if is_event {
            ("cleared again, before it was seen", "clear")
        } else {
            ("nobody is waiting, the signal is dropped", "notify")
        };
        let label = format!("step {}: {label}", unheard + 1);
        let place = Place::primary(steps::span(story, unheard), label);
        told.place(place.by(story.actor(by), role));
        told.script.note(unheard, "signal lost");
        tested_before(told, wait.actor, unheard, slept);
    } else {
        told.say(format!("lost signal: {who} {sleeps} for ever"));
    }
    waits(told, cause, id);
    if let Some(lock) = story.machine().lock_of(id) {
        told.about(Column::Object(lock));
    }
    let verb = if is_event { "set it" } else { "notify" };
    told.fact(
        "not a cycle",
        format!("no lock is in the way; nobody is left to {verb} again"),
    );
    advice(told, id, is_event);
}

fn advice(told: &mut Told<'_, '_>, id: ObjectId, is_event: bool) {
    let name = told.story.object(id).to_owned();
    if is_event {
        told.rule = Some(
            "an event is a state, not a moment: whoever comes after the `clear` has missed it",
        );
        told.help(format!(
            "leave `{name}` set: whoever comes later gets through"
        ));
        return;
    }
    told.help(format!(
        "remember the event in a variable, and wait with `while !done {{ {name}.wait() }}`"
    ));
    told.help("change that variable and notify inside one `with` of the lock");
}

/// Where each sleeper went to sleep, too late.
fn waits(told: &mut Told<'_, '_>, cause: &[&Wait], id: ObjectId) {
    let story = told.story;
    for wait in cause {
        let Some(step) = sleep_step(story, wait.actor, id) else {
            continue;
        };
        told.script.note(step, "waits for what has gone");
        let label = format!(
            "step {}: {} waits for a signal that has already gone",
            step + 1,
            story.quoted(wait.actor)
        );
        let place = Place::new(story.span(wait.pc), label);
        told.place(place.by(story.actor(wait.actor), "wait"));
    }
}

/// The step in which an actor fell asleep for good.
fn sleep_step(story: &Story<'_>, actor: usize, id: ObjectId) -> Option<usize> {
    let sleeps = |step: usize| {
        let mut events = story.events(step);
        events.any(|event| event.kind == EventKind::Sleeps(id))
    };
    let mut backwards = story.backwards();
    backwards
        .find(|(step, taken)| taken.action.actor == actor && sleeps(*step))
        .map(|(step, _)| step)
}

/// The last signal before `end` that found nobody.
fn signal_step(story: &Story<'_>, waiter: usize, id: ObjectId, end: usize) -> Option<usize> {
    let is_signal = |step: usize| {
        let Instr::Sync { op, .. } = story.program.instr(story.steps()[step].pc) else {
            return false;
        };
        match op {
            SyncOp::Notify | SyncOp::NotifyAll => story
                .events(step)
                .any(|event| matches!(&event.kind, EventKind::Woke(_, woken) if woken.is_empty())),
            SyncOp::EventClear => true,
            _ => false,
        }
    };
    (0..end)
        .rev()
        .filter(|&step| story.steps()[step].action.actor != waiter)
        .find(|&step| story.object_of(step) == Some(id) && is_signal(step))
}

/// The last look at memory before the signal: the test came too early.
fn tested_before(told: &mut Told<'_, '_>, waiter: usize, unheard: usize, slept: Option<usize>) {
    let story = told.story;
    let Some((step, cell, value)) = last_look(story, waiter, unheard) else {
        return;
    };
    let Some(changed) = (step..unheard).find(|&at| story.write_of(at, cell).is_some()) else {
        return;
    };
    told.script.note(step, "tests, and decides to wait");
    told.about(Column::Cell(cell));
    let late = slept.map_or(String::new(), |at| {
        format!(" and sleeps in step {}", at + 1)
    });
    told.fact(
        "what happened",
        format!(
            "{} sees `{}` = {} in step {}{late}; between the two, step {} changes it and step {} \
             gives the signal",
            story.quoted(waiter),
            story.cell(cell),
            story.show_cell(cell, value),
            step + 1,
            changed + 1,
            unheard + 1
        ),
    );
}

/// The last plain look of an actor at memory before a step.
fn last_look(story: &Story<'_>, actor: usize, end: usize) -> Option<(usize, CellId, i64)> {
    (0..end).rev().find_map(|step| {
        let own = story.steps()[step].action.actor == actor;
        story.events(step).find_map(|event| match event.kind {
            EventKind::Read(cell, value) if own => Some((step, cell, value)),
            _ => None,
        })
    })
}

/// What a sleeper saw before it fell asleep, and who changed it afterwards.
pub(super) struct SeenBefore {
    pub read: usize,
    pub write: usize,
    cell: CellId,
    value: i64,
}

/// What an actor saw last before it fell asleep for good, if it was changed later.
pub(super) fn seen_before(story: &Story<'_>, actor: usize, id: ObjectId) -> Option<SeenBefore> {
    let slept = sleep_step(story, actor, id)?;
    let (read, cell, value) = last_look(story, actor, slept)?;
    let write = (slept..story.steps().len()).find(|&step| {
        let written = story.write_of(step, cell);
        written.is_some_and(|new| new != value)
    })?;
    Some(SeenBefore {
        read,
        write,
        cell,
        value,
    })
}

impl SeenBefore {
    pub fn sentence(&self, story: &Story<'_>, actor: usize) -> String {
        format!(
            "{} sees `{}` = {} in step {} and sleeps; {} changes it in step {}, and after that \
             nobody wakes {}",
            story.quoted(actor),
            story.cell(self.cell),
            story.show_cell(self.cell, self.value),
            self.read + 1,
            story.quoted(story.steps()[self.write].action.actor),
            self.write + 1,
            story.quoted(actor)
        )
    }
}
