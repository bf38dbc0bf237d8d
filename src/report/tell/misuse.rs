//! M001 to M009 and K003: an actor dies of an exception.

use super::states::Column;
use super::steps;
use super::story::Story;
use super::told::{Told, declaration};
use crate::program::{Instr, ObjectId, ObjectKind, Pc, SyncOp};
use crate::report::Place;
use crate::semantics::{EventKind, Exception, Misuse};

/// The actor died with the last step.
pub(super) fn died(told: &mut Told<'_, '_>, actor: usize, exception: &Exception) {
    let story = told.story;
    told.script.actors = vec![actor];
    let step = guilty_step(story, actor, exception.pc);
    let id = step.and_then(|step| story.object_of(step));
    if let Some(last) = story.steps().len().checked_sub(1) {
        told.script.key.insert(last);
    }
    match (exception.misuse, id) {
        (Some(misuse), Some(id)) => misused(told, actor, exception, misuse, id),
        (Some(misuse), None) => unknown(told, actor, exception, misuse),
        (None, _) => swallowed(told, actor, exception, id),
    }
    super::race::call_sites(told, &[actor]);
    let span = story.span(exception.pc);
    if let Some(id) = id.filter(|_| exception.misuse.is_none()) {
        told.about(Column::Object(id));
        super::collection::out_of_date(told);
    }
    // What raises may belong to the step before it, and then nobody left anything there.
    if let Some(last) = story.steps().last().filter(|_| step.is_some())
        && last.action.actor == actor
        && story.span(last.pc) != span
        && !matches!(story.program.instr(last.pc), Instr::End)
        && exception.misuse.is_none()
    {
        let name = story.program.name(exception.name);
        let place = Place::new(
            story.span(last.pc),
            format!("`{name}` leaves the actor here"),
        );
        told.place(place.by(story.actor(actor), "dies"));
    }
    told.fact(
        "not caught",
        format!(
            "no `try` catches {}, so it ends {}",
            exception_text(story, exception),
            story.quoted(actor)
        ),
    );
}

fn exception_text(story: &Story<'_>, exception: &Exception) -> String {
    format!("`{}`", story.program.name(exception.name))
}

/// The step in which the exception was raised.
fn guilty_step(story: &Story<'_>, actor: usize, pc: Pc) -> Option<usize> {
    story
        .backwards()
        .find(|(_, taken)| taken.pc == pc && taken.action.actor == actor)
        .map(|(step, _)| step)
}

fn unknown(told: &mut Told<'_, '_>, actor: usize, exception: &Exception, misuse: Misuse) {
    let story = told.story;
    let who = story.quoted(actor);
    let span = story.span(exception.pc);
    let text = story.text(span);
    if misuse == Misuse::NotStarted {
        told.say(format!("{who} joins a thread that was never started"));
        let label = "the handle names no thread here";
        told.place(Place::primary(span, label).by(story.actor(actor), "join"));
        told.help("join only after the `spawn` that gives the handle");
        return;
    }
    told.say(format!("{who} misuses an object in `{text}`"));
    told.place(Place::primary(span, "not allowed here").by(story.actor(actor), "misuse"));
}

fn misused(
    told: &mut Told<'_, '_>,
    actor: usize,
    exception: &Exception,
    misuse: Misuse,
    id: ObjectId,
) {
    let story = told.story;
    let who = story.quoted(actor);
    let name = story.object(id).to_owned();
    let span = story.span(exception.pc);
    told.about(Column::Object(id));
    if let Some(lock) = story.machine().lock_of(id) {
        told.about(Column::Object(lock));
    }
    let primary =
        |label: String, role: &str| Place::primary(span, label).by(story.actor(actor), role);
    match misuse {
        Misuse::NotHeld => {
            told.say(format!("{who} gives back `{name}`, which it does not hold"));
            let now = match story.machine().owner(story.end(), id) {
                Some(holder) if holder != actor => {
                    format!("{} holds `{name}`", story.quoted(holder))
                }
                _ => format!("nobody holds `{name}`"),
            };
            let now = match story.machine().held_since_copy(story.end(), id) {
                Some(holder) => format!(
                    "this process's copy of `{name}` was taken while {} held it",
                    story.quoted(holder)
                ),
                None => now,
            };
            told.place(primary(now, "unlock"));
            before(told, actor, id, exception.pc);
            told.help(format!(
                "use `with {name} {{ … }}`: it takes and gives back exactly once"
            ));
            told.help(format!(
                "if another thread shall give it back, declare `unowned lock {name}`, or use a semaphore"
            ));
        }
        Misuse::WaitWithoutLock => {
            let lock = match story.kind(id) {
                Some(ObjectKind::Cond { lock, .. }) => story.object(*lock).to_owned(),
                _ => "its lock".to_owned(),
            };
            told.say(format!(
                "{who} waits on `{name}` without holding its lock `{lock}`"
            ));
            told.place(primary(
                format!("{who} does not hold `{lock}` here"),
                "wait",
            ));
            if let Some(object) = story.program.objects.get(id.index()) {
                told.place(declaration(
                    object.span,
                    format!("`{name}` belongs to `{lock}`"),
                ));
            }
            told.help(format!(
                "put the test and the wait into `with {lock} {{ … }}`"
            ));
        }
        Misuse::ReleasedPastBound => {
            let max = match story.kind(id) {
                Some(ObjectKind::Sem { max: Some(max), .. }) => format!(" of {max}"),
                _ => String::new(),
            };
            told.say(format!("{who} releases `{name}` past its bound{max}"));
            let permits = story.machine().permits(story.end(), id);
            let have = if permits == 1 { "permit" } else { "permits" };
            told.place(primary(
                format!("`{name}` has {permits} {have} already"),
                "release",
            ));
            before(told, actor, id, exception.pc);
            told.help(format!(
                "release `{name}` once for each acquire; `with {name} {{ … }}` does so by itself"
            ));
        }
        Misuse::SendOnClosed => {
            told.say(format!("{who} sends on `{name}`, which is closed"));
            told.place(primary(
                format!("{who} still has something to send"),
                "send",
            ));
            closed(told, id, exception.pc);
            told.help(format!(
                "close `{name}` after all senders have ended: join them first"
            ));
        }
        Misuse::ClosedTwice => {
            told.say(format!("{who} closes `{name}`, which is closed already"));
            told.place(primary(format!("{who} closes it again"), "close"));
            closed(told, id, exception.pc);
            told.help(format!(
                "let one place close `{name}`: the one that knows it is the last"
            ));
        }
        Misuse::CountedTooFar => {
            let chan = matches!(story.kind(id), Some(ObjectKind::Chan { .. }));
            if chan {
                told.say(format!("{who} calls `{name}.task_done()` once too often"));
                told.place(primary("no job is open any more".to_owned(), "task_done"));
                told.help("call `task_done` once for each message received");
            } else {
                told.say(format!("{who} counts `{name}` below 0"));
                told.place(primary(format!("`{name}` is 0 already"), "count_down"));
                before(told, actor, id, exception.pc);
                told.help(format!("declare `{name}` with as many as count down"));
            }
        }
        Misuse::SubmittedAfterShutdown => {
            told.say(format!("{who} submits to `{name}`, which was shut down"));
            told.place(primary(format!("{who} still has a job for it"), "submit"));
            shut_down(told, id, exception.pc);
            told.help(format!(
                "shut `{name}` down when nobody submits any more: join those who do first"
            ));
        }
        Misuse::NotStarted | Misuse::BlockedInAtomic => unknown(told, actor, exception, misuse),
    }
}

/// The last operations on the object before.
fn before(told: &mut Told<'_, '_>, actor: usize, id: ObjectId, pc: Pc) {
    let story = told.story;
    let Some(guilty) = guilty_step(story, actor, pc) else {
        return;
    };
    let earlier = (0..guilty)
        .rev()
        .filter(|&step| story.object_of(step) == Some(id))
        .take(2);
    for step in earlier {
        let by = story.steps()[step].action.actor;
        let what = match story.program.instr(story.steps()[step].pc) {
            Instr::Sync {
                op: SyncOp::Unlock | SyncOp::ReadUnlock | SyncOp::WriteUnlock,
                ..
            } => "gave it back",
            Instr::Sync {
                op: SyncOp::Lock(_) | SyncOp::Read(_) | SyncOp::Write(_),
                ..
            } => "took it",
            Instr::Sync {
                op: SyncOp::Release,
                ..
            } => "released it",
            Instr::Sync {
                op: SyncOp::Acquire(_),
                ..
            } => "acquired it",
            Instr::Sync {
                op: SyncOp::CountDown,
                ..
            } => "counted down",
            _ => continue,
        };
        told.script.key.insert(step);
        let label = format!("step {}: {} {what} here", step + 1, story.quoted(by));
        let place = Place::new(steps::span(story, step), label);
        told.place(place.by(story.actor(by), steps::words(story, step).action));
    }
}

/// What a job did that its object forbids; the worker lives on.
pub(super) fn in_job(
    told: &mut Told<'_, '_>,
    worker: usize,
    exception: &Exception,
    misuse: Misuse,
) {
    let story = told.story;
    let id = guilty_step(story, worker, exception.pc).and_then(|step| story.object_of(step));
    match id {
        Some(id) => misused(told, worker, exception, misuse, id),
        None => unknown(told, worker, exception, misuse),
    }
}

/// Where the executor was shut down.
fn shut_down(told: &mut Told<'_, '_>, id: ObjectId, pc: Pc) {
    let story = told.story;
    let found = story.backwards().find(|(step, taken)| {
        let shuts = matches!(
            story.program.instr(taken.pc),
            Instr::Sync {
                op: SyncOp::Shutdown | SyncOp::ShutdownNow,
                ..
            }
        );
        shuts && taken.pc != pc && story.object_of(*step) == Some(id)
    });
    let Some((step, taken)) = found else {
        return;
    };
    let by = taken.action.actor;
    told.script.note(step, "no more jobs from here on");
    let label = format!("step {}: {} shuts it down", step + 1, story.quoted(by));
    let place = Place::new(steps::span(story, step), label);
    told.place(place.by(story.actor(by), "shutdown"));
}

/// Where the channel was closed.
fn closed(told: &mut Told<'_, '_>, id: ObjectId, pc: Pc) {
    let story = told.story;
    let close = story.backwards().find(|(step, taken)| {
        let is_close = matches!(
            story.program.instr(taken.pc),
            Instr::Sync {
                op: SyncOp::Close,
                ..
            }
        );
        let went_through = story
            .events(*step)
            .any(|event| matches!(event.kind, EventKind::Woke(..)));
        is_close && went_through && story.object_of(*step) == Some(id)
    });
    let Some((step, taken)) = close else {
        return;
    };
    let by = taken.action.actor;
    told.script.note(step, "closed from here on");
    let again = if taken.pc == pc { ", too" } else { "" };
    let label = format!("step {}: {} closed it{again}", step + 1, story.quoted(by));
    let place = Place::new(steps::span(story, step), label);
    told.place(place.by(story.actor(by), "close"));
}

/// An exception that the author, or a closed channel, raised.
fn swallowed(told: &mut Told<'_, '_>, actor: usize, exception: &Exception, id: Option<ObjectId>) {
    let story = told.story;
    let who = story.quoted(actor);
    let name = exception_text(story, exception);
    told.say(format!("{who} dies of {name}, and nobody asks"));
    let span = story.span(exception.pc);
    let label = match id {
        Some(id) if story.machine().is_closed_channel(story.end(), id) => {
            format!("raises {name}: `{}` is closed and empty", story.object(id))
        }
        _ => match super::job::raised_in(story, exception) {
            Some(job) => {
                told.fact(
                    "in a job",
                    format!(
                        "`{job}` raised {name}; its future keeps the exception, and raises it \
                         again in whoever asks for the result"
                    ),
                );
                format!("the job `{job}` raises {name} here")
            }
            None => format!("{who} raises {name} here"),
        },
    };
    told.place(Place::primary(span, label).by(story.actor(actor), "raise"));
    if let Some(id) = id {
        told.about(Column::Object(id));
        closed(told, id, exception.pc);
    }
    told.help(format!(
        "catch it: `try {{ … }} catch {} {{ … }}`, or avoid what raises it",
        name.replace('`', "\"")
    ));
    if id.is_some_and(|id| story.machine().is_closed_channel(story.end(), id)) {
        told.help("receive with `for x in q`, or `recv_or(v)`: they end without an exception");
    }
}

impl crate::semantics::Machine<'_> {
    /// Whether the object is a channel, and closed.
    fn is_closed_channel(&self, state: &crate::semantics::State, id: ObjectId) -> bool {
        let object = self.program().objects.get(id.index());
        let chan = object.is_some_and(|it| matches!(it.kind, ObjectKind::Chan { .. }));
        chan && self.is_closed(state, id)
    }
}
