//! K001, K002, K005 and K006: what is left over at the end.

use super::states::Column;
use super::steps;
use super::story::{Story, list};
use super::told::{Told, declaration};
use crate::analysis::{Level, held_by};
use crate::base::Span;
use crate::program::{Instr, ObjectId, ObjectKind, Pc, SyncOp};
use crate::report::Place;
use crate::semantics::{CROWD, EventKind, Incident, Status};

/// A spawned actor that nobody joins.
pub(super) fn not_joined(told: &mut Told<'_, '_>, actor: usize, spawn: Pc) {
    let story = told.story;
    let who = story.quoted(actor);
    let parent = story.layout().spawner(story.end(), actor);
    let parent_name = parent.map_or("whoever spawned it".to_owned(), |it| story.quoted(it));
    told.script.actors = parent.into_iter().chain([actor]).collect();
    let span = story.span(spawn);
    if story.found.level == Level::Warning {
        let in_time = match told.all_seen {
            true => "it always ends in time",
            false => "it ends in time in all runs that were seen",
        };
        told.say(format!("{who} is spawned and never joined; {in_time}"));
    } else {
        told.say(format!(
            "{who} is spawned and never joined: it can still run when {parent_name} has ended"
        ));
    }
    told.place(
        Place::primary(
            span,
            format!("{who} is started here, and nobody waits for its end"),
        )
        .by(parent.map_or("?", |it| story.actor(it)), "spawn"),
    );
    if let Some(step) = story.steps().iter().position(|taken| taken.pc == spawn) {
        told.script
            .note(step, format!("{} begins", story.actor(actor)));
    }
    if let Some(parent) = parent {
        let end = (0..story.steps().len()).find(|&step| {
            let layout = story.layout();
            layout.is_running(story.before(step), parent)
                && !layout.is_running(story.after(step), parent)
        });
        if let Some(step) = end {
            let late = (step + 1..story.steps().len())
                .filter(|&at| story.steps()[at].action.actor == actor)
                .count();
            if late > 0 {
                let steps = if late == 1 { "step" } else { "steps" };
                told.script.note(
                    step,
                    format!("{} has {late} {steps} to go", story.actor(actor)),
                );
                told.fact(
                    "what happened",
                    format!(
                        "{parent_name} ends in step {}; {who} takes {late} more {steps} that \
                         nobody waits for",
                        step + 1
                    ),
                );
            }
        }
    }
    told.help("keep the handle and join it: `let h = spawn …`, later `h.join()`");
}

/// An actor that was still running when the program ended.
pub(super) fn cut_off(told: &mut Told<'_, '_>, actor: usize) {
    let story = told.story;
    let who = story.quoted(actor);
    let main = story.program.actors.iter().position(|it| it.main);
    let main_name = main.map_or("the program".to_owned(), |it| story.quoted(it));
    told.script.actors = main.into_iter().chain([actor]).collect();
    told.say(format!(
        "{who} is cut off: {main_name} ends, and the program with it"
    ));
    let state = story.end();
    let here = story.span(story.layout().pc(state, actor));
    let what = if story.machine().can_step(state, actor) {
        "still had this to do".to_owned()
    } else {
        let wait = story.wait(state, actor);
        format!("still waits here for {}", story.what(&wait, true))
    };
    told.place(Place::primary(here, format!("{who} {what}")).by(story.actor(actor), "cut off"));
    let begun = match story.layout().spawned_at(state, actor) {
        Some(pc) => Some((story.span(pc), "started here, and nobody waits for its end")),
        None => story
            .program
            .actors
            .get(actor)
            .map(|it| (it.span, "nobody waits for its end")),
    };
    if let Some((span, label)) = begun {
        told.place(Place::new(span, label).role("spawn"));
    }
    if let Some(step) = story.steps().len().checked_sub(1) {
        told.script.note(step, "the program ends here");
    }
    told.help(format!("let {main_name} wait for it: join it at the end"));
}

/// A daemon that held something when the program ended.
pub(super) fn killed(told: &mut Told<'_, '_>, actor: usize) {
    let story = told.story;
    let who = story.quoted(actor);
    told.script.actors = vec![actor];
    let held: Vec<ObjectId> = held_by(story.machine(), story.end(), actor)
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    let names: Vec<String> = held
        .iter()
        .map(|&id| format!("`{}`", story.object(id)))
        .collect();
    told.say(format!(
        "the daemon {who} is stopped while it holds {}",
        list(&names, 3)
    ));
    let here = story.span(story.layout().pc(story.end(), actor));
    told.place(
        Place::primary(here, format!("{who} is stopped before this"))
            .by(story.actor(actor), "stopped"),
    );
    for &id in &held {
        told.about(Column::Object(id));
        if let Some(step) = story.taken_at(actor, id, story.steps().len()) {
            told.script.key.insert(step);
            let label = format!("it holds `{}` since here", story.object(id));
            let place = Place::new(steps::span(story, step), label);
            told.place(place.by(story.actor(actor), "lock"));
        }
    }
    if let Some(step) = story.steps().len().checked_sub(1) {
        told.script
            .note(step, "all others have ended: the program is over");
    }
    told.help("tell the daemon to stop, and join it, before the others end");
    told.help("or do nothing in a daemon that must be finished");
}

/// A `spawn` that has started many threads which all run.
pub(super) fn thread_per_job(told: &mut Told<'_, '_>, actor: usize, spawn: Pc) {
    let story = told.story;
    told.script.actors = vec![actor];
    let span = story.span(spawn);
    let text = story.text(span);
    told.say(format!(
        "`{text}` has started {CROWD} threads that run at the same time"
    ));
    told.place(
        Place::primary(span, "a thread for each piece of work").by(story.actor(actor), "spawn"),
    );
    told.help("let a pool with a few workers do it: `executor pool(4)`, and `pool.submit(…)`");
}

/// A daemon that could have gone on to an end of its own.
pub(super) fn unfinished(told: &mut Told<'_, '_>, actor: usize) {
    let story = told.story;
    let who = story.quoted(actor);
    told.script.actors = vec![actor];
    told.say(format!(
        "the daemon {who} is stopped before it is done: what it had still to do is lost"
    ));
    let here = story.span(story.layout().pc(story.end(), actor));
    told.place(
        Place::primary(here, format!("{who} is stopped before this"))
            .by(story.actor(actor), "stopped"),
    );
    if let Some(step) = story.steps().len().checked_sub(1) {
        told.script
            .note(step, "all others have ended: the program is over");
    }
    told.help("if the work matters, let it be no daemon, or join it before the others end");
}

/// An actor that ended with the last step, holding a lock.
pub(super) fn lock_leak(told: &mut Told<'_, '_>, actor: usize, id: ObjectId) {
    let story = told.story;
    let (who, name) = (story.quoted(actor), story.object(id).to_owned());
    told.script.actors = vec![actor];
    told.about(Column::Object(id));
    let died = story.layout().status(story.end(), actor) == Status::Died;
    let ends = if died { "dies" } else { "ends" };
    told.say(format!("{who} {ends} and still holds `{name}`"));
    let n = story.steps().len();
    if let Some(step) = story.taken_at(actor, id, n) {
        told.script.key.insert(step);
        let label = format!("step {}: {who} takes `{name}` here", step + 1);
        let place = Place::primary(steps::span(story, step), label);
        told.place(place.by(story.actor(actor), "lock"));
    }
    if let Some(last) = n.checked_sub(1) {
        told.script.note(last, format!("{name} is not given back"));
        if let Some(span) = where_left(story, last, actor, id) {
            let label = format!("{who} {ends} here, without giving it back");
            told.place(Place::new(span, label).by(story.actor(actor), "end"));
        }
    }
    let waiting: Vec<String> = (0..story.n_actors())
        .filter(|&other| {
            let state = story.end();
            story.layout().is_running(state, other)
                && !story.machine().can_step(state, other)
                && story.wait(state, other).resource.object() == Some(id)
        })
        .map(|other| story.quoted(other))
        .collect();
    if !waiting.is_empty() {
        let verb = if waiting.len() == 1 { "waits" } else { "wait" };
        told.fact(
            "what follows",
            format!("{} {verb} for it, for ever", list(&waiting, 3)),
        );
    } else if is_taken_again(story, actor, id) {
        told.fact(
            "what happened",
            "it was taken more often than it was given back",
        );
    }
    told.help(format!(
        "use `with {name} {{ … }}`: it gives the lock back however the block is left"
    ));
}

/// Where an actor, or the job it runs, ends in a step with a lock still held.
fn where_left(story: &Story<'_>, step: usize, actor: usize, id: ObjectId) -> Option<Span> {
    let taken = &story.steps()[step];
    let pc = taken.incidents.iter().find_map(|(who, it)| match it {
        Incident::EndedHolding(lock, pc) if *lock == id && *who == actor => Some(*pc),
        _ => None,
    })?;
    let job = taken.events.iter().find_map(|it| match it.kind {
        EventKind::Finished(job) => Some(job),
        _ => None,
    });
    let returned = job.and_then(|job| story.last_of_job(step, actor, job));
    Some(story.span(returned.unwrap_or(pc)))
}

/// Whether an actor takes a lock that it holds already.
fn is_taken_again(story: &Story<'_>, actor: usize, id: ObjectId) -> bool {
    (0..story.steps().len()).any(|step| {
        let takes = matches!(
            story.program.instr(story.steps()[step].pc),
            Instr::Sync {
                op: SyncOp::Lock(_),
                ..
            }
        );
        takes
            && story.steps()[step].action.actor == actor
            && story.object_of(step) == Some(id)
            && story.machine().owner(story.before(step), id) == Some(actor)
    })
}

/// A semaphore with fewer permits than at the beginning.
pub(super) fn permit_leak(told: &mut Told<'_, '_>, id: ObjectId, missing: i64) {
    let story = told.story;
    let name = story.object(id).to_owned();
    let word = if missing == 1 { "permit" } else { "permits" };
    told.say(format!(
        "`{name}` ends with {missing} {word} less than it began with"
    ));
    told.about(Column::Object(id));
    if let Some(object) = story.program.objects.get(id.index()) {
        let now = story.machine().permits(story.end(), id);
        let label = format!("{} at the beginning, {now} at the end", now + missing);
        told.place(Place::primary(object.span, label).role("declaration"));
    }
    for actor in 0..story.n_actors() {
        let Some(step) = story.permit_taken_at(actor, id) else {
            continue;
        };
        told.script.note(step, "never given back");
        let label = format!(
            "step {}: {} takes a permit and never gives it back",
            step + 1,
            story.quoted(actor)
        );
        let place = Place::new(steps::span(story, step), label);
        told.place(place.by(story.actor(actor), "acquire"));
    }
    told.help(format!(
        "release `{name}` on every way out; `with {name} {{ … }}` does so by itself"
    ));
}

/// More actors at a barrier than it has places.
pub(super) fn barrier_crowded(
    told: &mut Told<'_, '_>,
    id: ObjectId,
    asleep: &[usize],
    coming: &[usize],
) {
    let story = told.story;
    let name = story.object(id).to_owned();
    let places = match story.kind(id) {
        Some(ObjectKind::Barrier { parties }) => *parties,
        _ => 0,
    };
    let n = asleep.len() + coming.len();
    told.about(Column::Object(id));
    told.say(format!(
        "{n} actors are at `{name}`, which has places for {places}"
    ));
    let sleeping = asleep.iter().map(|&actor| (actor, "already waits here"));
    let walking = coming.iter().map(|&actor| (actor, "is about to wait here"));
    for (index, (actor, what)) in sleeping.chain(walking).enumerate() {
        let span = story.span(story.layout().pc(story.end(), actor));
        let label = format!("{} {what}", story.quoted(actor));
        let place = match index {
            0 => Place::primary(span, label),
            _ => Place::new(span, label),
        };
        told.place(place.by(story.actor(actor), "wait"));
    }
    if let Some(object) = story.program.objects.get(id.index()) {
        told.place(declaration(object.span, format!("opens for {places}")));
    }
    told.fact(
        "what follows",
        format!("the schedule decides which {places} of them meet, and who is left over"),
    );
    told.help(format!(
        "if all {n} shall meet, declare `barrier {name}({n})`"
    ));
    told.help("if they meet in groups, give each group a barrier of its own");
}

/// A notify by an actor that does not hold the condition's lock.
pub(super) fn notify_without_lock(told: &mut Told<'_, '_>, actor: usize, pc: Pc) {
    let story = told.story;
    let span = story.span(pc);
    let step = story.steps().len().checked_sub(1);
    let id = step.and_then(|step| story.object_of(step));
    let lock = id.and_then(|id| story.machine().lock_of(id));
    let lock_name = lock.map_or("its lock".to_owned(), |lock| {
        format!("`{}`", story.object(lock))
    });
    told.script.actors = vec![actor];
    told.say(format!(
        "`{}` without holding {lock_name}",
        story.text(span)
    ));
    let label = format!("{} does not hold {lock_name} here", story.quoted(actor));
    told.place(Place::primary(span, label).by(story.actor(actor), "notify"));
    for id in id.into_iter().chain(lock) {
        told.about(Column::Object(id));
    }
    if let (Some(id), Some(object)) = (id, id.and_then(|id| story.program.objects.get(id.index())))
    {
        let label = format!("`{}` belongs to {lock_name}", story.object(id));
        told.place(declaration(object.span, label));
    }
    if let Some(step) = step {
        told.script
            .note(step, "a waiter can be between its test and its sleep");
    }
    told.help(format!(
        "notify inside `with {} {{ … }}`",
        lock_name.replace('`', "")
    ));
}
