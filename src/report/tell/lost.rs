//! S001: the signal came before the wait.

use super::states::Column;
use super::steps;
use super::story::{Story, list, object_of};
use super::told::Told;
use crate::analysis::{Resource, Wait};
use crate::program::{Instr, ObjectId, ObjectKind, SyncOp};
use crate::report::Place;
use crate::semantics::EventKind;

/// The sentence, the signal that nobody heard, and the wait that came too late.
pub(super) fn signal(told: &mut Told<'_, '_>, cause: &[&Wait]) {
    let story = told.story;
    let Some(wait) = cause.first() else {
        return;
    };
    let names: Vec<String> = cause.iter().map(|wait| story.quoted(wait.actor)).collect();
    let (who, sleeps) = (
        list(&names, 3),
        if names.len() == 1 { "sleeps" } else { "sleep" },
    );
    let Some(id) = object_of(wait.resource) else {
        return;
    };
    let slept = sleep_step(story, wait.actor, id);
    let unheard = signal_step(story, wait.actor, id, slept.unwrap_or(story.steps().len()));
    let Some(unheard) = unheard else {
        told.say(format!("lost signal: {who} {sleeps} for ever"));
        return;
    };
    let by = story.steps()[unheard].action.actor;
    let text = story.text(steps::span(story, unheard));
    told.script.actors.push(by);
    let is_event = matches!(wait.resource, Resource::Event(_));
    let was = if is_event { "was over" } else { "ran" };
    told.say(format!(
        "lost signal: `{text}` {was} before anyone waited, and {who} {sleeps} for ever"
    ));
    let label = if is_event {
        format!("step {}: cleared again, nobody has seen it", unheard + 1)
    } else {
        format!(
            "step {}: nobody is waiting, the signal is dropped",
            unheard + 1
        )
    };
    told.script.note(unheard, "signal lost");
    told.place(
        Place::primary(steps::span(story, unheard), label)
            .by(story.actor(by), if is_event { "clear" } else { "notify" }),
    );
    if let Some(step) = slept {
        told.script.note(step, "waits for a signal that has gone");
    }
    if let Some(ObjectKind::Cond { lock, .. }) = story.kind(id) {
        told.about(Column::Object(*lock));
    }
    tested_before(told, wait.actor, unheard, slept);
    told.fact(
        "not a cycle",
        "nobody who is left would ever call it again; no lock is in the way",
    );
    let name = story.object(id);
    if is_event {
        told.help(format!(
            "leave `{name}` set: whoever comes later gets through"
        ));
    } else {
        told.help(format!(
            "remember the event in a variable, and wait with `while !done {{ {name}.wait() }}`"
        ));
        told.help("change that variable and notify inside one `with` of the lock");
    }
}

/// The step in which an actor fell asleep for good.
fn sleep_step(story: &Story<'_>, actor: usize, id: ObjectId) -> Option<usize> {
    story
        .backwards()
        .find(|(step, taken)| {
            taken.action.actor == actor
                && story
                    .events(*step)
                    .any(|event| event.kind == EventKind::Sleeps(id))
        })
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
    let test = (0..unheard).rev().find_map(|step| {
        let own = story.steps()[step].action.actor == waiter;
        story.events(step).find_map(|event| match event.kind {
            EventKind::Read(cell, value) if own => Some((step, cell, value)),
            _ => None,
        })
    });
    let Some((step, cell, value)) = test else {
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
            "{} sees `{}` = {} in step {}{late}; in between, step {} changes it and step {} gives \
             the signal",
            story.quoted(waiter),
            story.cell(cell),
            story.show_cell(cell, value),
            step + 1,
            changed + 1,
            unheard + 1
        ),
    );
}
