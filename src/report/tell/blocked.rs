//! D001 to D004 and S001: actors that can never run again.

use super::lost;
use super::race::call_sites;
use super::states::Column;
use super::story::{Story, list, object_of};
use super::told::Told;
use super::waits::circle;
use crate::analysis::{Blocked, Resource, Rule, Wait};
use crate::program::{Instr, ObjectId, ObjectKind, RwPolicy, SyncOp};
use crate::report::{LockEdge, Place};
use crate::semantics::{EventKind, Status};

/// Actors that can never run again.
pub(super) fn blocked(told: &mut Told<'_, '_>, blocked: &Blocked) {
    let story = told.story;
    told.script.actors.clone_from(&blocked.cause);
    told.finding.partial = blocked.partial;
    told.finding.picture = Some("graph waits".to_owned());
    let causing = |wait: &&Wait| blocked.cause.contains(&wait.actor);
    let cause: Vec<&Wait> = blocked.waits.iter().filter(causing).collect();
    for wait in &cause {
        if let Some(id) = object_of(wait.resource) {
            told.about(Column::Object(id));
        }
    }
    match story.found.rule {
        Rule::LostSignal => lost::signal(told, &cause),
        Rule::WorkersStarved => super::job::workers_starved(told, blocked),
        Rule::SelfDeadlock => alone(told, &cause),
        Rule::Forsaken => forsaken(told, &cause, blocked),
        _ => together(told, &cause),
    }
    waiting_places(told, &cause);
    for wait in &cause {
        holdings(told, wait, &blocked.waits);
    }
    call_sites(told, &blocked.cause);
    let note = if blocked.partial {
        "others still run"
    } else {
        "no step is possible"
    };
    told.waits(&blocked.waits, note);
    let circle = circle(&blocked.waits);
    let whole = circle.len() == blocked.cause.len() || blocked.by_holders;
    let inside = circle
        .iter()
        .all(|&at| blocked.cause.contains(&blocked.waits[at].actor));
    if whole && inside {
        lock_order(told, &circle, &blocked.waits);
        told.finding.cycle = circle;
    }
    if blocked.partial {
        let running: Vec<String> = (0..story.n_actors())
            .filter(|&actor| story.layout().is_running(story.end(), actor))
            .filter(|&actor| !blocked.waits.iter().any(|wait| wait.actor == actor))
            .map(|actor| story.quoted(actor))
            .collect();
        if !running.is_empty() {
            let verb = if running.len() == 1 { "runs" } else { "run" };
            let names = list(&running, 4);
            told.fact(
                "the others",
                format!("{names} still {verb}, so the program does not look as if it stood still"),
            );
        }
    }
}

/// Several wait for each other.
fn together(told: &mut Told<'_, '_>, cause: &[&Wait]) {
    let story = told.story;
    let names: Vec<String> = cause.iter().map(|wait| story.quoted(wait.actor)).collect();
    let circle = if names.len() > 2 { " in a circle" } else { "" };
    told.say(format!(
        "deadlock: {} wait for each other{circle}",
        list(&names, 6)
    ));
    let all_locks = cause.iter().all(|wait| {
        matches!(
            wait.resource,
            Resource::Lock(_) | Resource::Write(_) | Resource::Read(_) | Resource::Permit(_)
        )
    });
    if all_locks {
        let names = resources(told, cause);
        told.help(format!(
            "take {names} in one order everywhere: then whoever has the first can get the others"
        ));
        told.help(
            "or take both in one step, or take the second with `try_lock` and let go if it fails",
        );
        return;
    }
    if let Some(advice) = super::job::help_of_circle(story, cause) {
        told.help(advice);
        return;
    }
    for wait in cause {
        let advice = match wait.resource {
            Resource::Notify(id) => {
                let held = told.held_besides(wait, id);
                if held.is_empty() {
                    continue;
                }
                format!(
                    "do not hold {} while {} waits on `{}`: a wait gives up only the condition's \
                     own lock",
                    list(&held, 3),
                    story.quoted(wait.actor),
                    story.object(id)
                )
            }
            Resource::End(target) => format!(
                "let {} give back what {} needs before it joins it",
                story.quoted(wait.actor),
                story.quoted(target)
            ),
            Resource::Room(id) | Resource::Message(id) => format!(
                "let one of them go first: someone must receive from `{}` while others send",
                story.object(id)
            ),
            _ => continue,
        };
        told.help(advice);
        return;
    }
    told.help("let one of them go first, or give back what the other needs before waiting");
}

impl Told<'_, '_> {
    /// Locks that a waiter holds besides its condition's lock.
    fn held_besides(&self, wait: &Wait, cond: ObjectId) -> Vec<String> {
        let story = self.story;
        let own = match story.kind(cond) {
            Some(ObjectKind::Cond { lock, .. }) => Some(*lock),
            _ => None,
        };
        let held = crate::analysis::held_by(story.machine(), story.end(), wait.actor);
        held.into_iter()
            .map(|(id, _)| id)
            .filter(|&id| Some(id) != own)
            .map(|id| format!("`{}`", story.object(id)))
            .collect()
    }
}

fn resources(told: &Told<'_, '_>, cause: &[&Wait]) -> String {
    let mut names: Vec<String> = cause
        .iter()
        .filter_map(|wait| object_of(wait.resource))
        .map(|id| format!("`{}`", told.story.object(id)))
        .collect();
    names.sort();
    names.dedup();
    list(&names, 5)
}

/// One waits for itself.
fn alone(told: &mut Told<'_, '_>, cause: &[&Wait]) {
    let story = told.story;
    let Some(wait) = cause.first() else {
        return;
    };
    let who = story.quoted(wait.actor);
    let text = match wait.resource {
        Resource::Lock(id) => {
            let name = story.object(id);
            told.help(format!(
                "let only the outer function take `{name}`, or declare `reentrant lock {name}`"
            ));
            format!("{who} locks `{name}`, which it holds already")
        }
        Resource::Write(id) => {
            let name = story.object(id);
            told.help(format!(
                "leave `{name}` as a reader before you enter as the writer, and look again at \
                 what you have read"
            ));
            format!("{who} wants to write `{name}` while it is inside as a reader itself")
        }
        Resource::Read(id) => {
            let name = story.object(id);
            told.help(format!(
                "use `{name}.downgrade()` to go from writing to reading"
            ));
            format!("{who} wants to read `{name}`, which it holds for writing itself")
        }
        Resource::End(_) => {
            told.help("a thread cannot wait for its own end: remove the join");
            format!("{who} waits for its own end")
        }
        Resource::Once(id) => {
            let name = story.object(id);
            told.help(format!("do not use `{name}` inside its own block"));
            format!("{who} waits for the block of `{name}`, in which it is itself")
        }
        Resource::Job(_) => {
            told.help("a job cannot wait for its own result");
            let what = story.resource(wait.resource, true);
            format!("{who} waits for {what}, which it runs itself")
        }
        Resource::OpenJobs(id) => {
            let name = story.object(id);
            told.help(format!(
                "let whoever submits shut `{name}` down, not one of its own jobs"
            ));
            format!("{who} waits for all jobs of `{name}`, and is one of them itself")
        }
        resource => format!("{who} waits for {}", story.resource(resource, true)),
    };
    told.say(format!("deadlock: {text}"));
}

/// Nobody is left who could help.
fn forsaken(told: &mut Told<'_, '_>, cause: &[&Wait], blocked: &Blocked) {
    let story = told.story;
    let Some(wait) = cause.first() else {
        return;
    };
    let names: Vec<String> = cause.iter().map(|wait| story.quoted(wait.actor)).collect();
    let (who, verb) = (
        list(&names, 4),
        if names.len() == 1 { "waits" } else { "wait" },
    );
    let mut what = story.resource(wait.resource, true);
    let alike = cause.iter().all(|it| it.resource == wait.resource);
    if !alike {
        let mut all: Vec<String> = cause
            .iter()
            .map(|it| story.resource(it.resource, true))
            .collect();
        all.dedup();
        what = list(&all, 3);
    }
    if wait.resource == Resource::Condition {
        what = format!("`{}`", story.text(story.span(wait.pc)));
    }
    let reason = reason(told, wait);
    told.say(format!(
        "deadlock: {who} {verb} for ever for {what}{reason}"
    ));
    if object_of(wait.resource).is_some_and(|id| !is_lock(story, id)) {
        let running = (0..story.n_actors()).filter(|&actor| {
            story.layout().is_running(story.end(), actor)
                && !cause.iter().any(|wait| wait.actor == actor)
        });
        let others: Vec<usize> = running.collect();
        let only = match (others.is_empty(), blocked.partial) {
            (true, _) => "all others have ended",
            (false, true) => "those who still run never do it",
            (false, false) => "the others are blocked themselves, and could not do it either",
        };
        told.fact("not a cycle", format!("{}: {only}", nobody(wait.resource)));
    }
    history(told, wait);
    for text in forsaken_help(story, wait) {
        told.help(text);
    }
}

fn is_lock(story: &Story<'_>, id: ObjectId) -> bool {
    matches!(
        story.kind(id),
        Some(ObjectKind::Lock { .. } | ObjectKind::RwLock { .. })
    )
}

fn nobody(resource: Resource) -> &'static str {
    match resource {
        Resource::Permit(_) => "nobody is left to release a permit",
        Resource::Notify(_) => "nobody is left to notify it",
        Resource::Event(_) => "nobody is left to set it",
        Resource::Arrivals(_) => "nobody is left to arrive",
        Resource::Latch(_) => "nobody is left to count down",
        Resource::Message(_) => "nobody is left to send or to close",
        Resource::Room(_) => "nobody is left to receive",
        Resource::Jobs(_) => "nobody is left to call `task_done`",
        Resource::Job(_) | Resource::AnyJob | Resource::OpenJobs(_) => {
            "nobody is left to run it to its end"
        }
        _ => "nobody is left to change it",
    }
}

/// What is special about the resource, behind the headline.
fn reason(told: &Told<'_, '_>, wait: &Wait) -> String {
    let story = told.story;
    let machine = story.machine();
    match wait.resource {
        Resource::Lock(_) | Resource::Read(_) | Resource::Write(_) => {
            let ended = wait
                .all
                .iter()
                .find(|&&actor| !story.layout().is_running(story.end(), actor));
            ended.map_or(String::new(), |&actor| {
                format!(", which {} took with it when it ended", story.quoted(actor))
            })
        }
        Resource::Latch(id) => {
            let left = machine.permits(story.end(), id);
            format!("; it stays at {left}")
        }
        Resource::Arrivals(id) => match story.kind(id) {
            Some(ObjectKind::Barrier { parties }) => {
                let arrived = machine.permits(story.end(), id);
                format!("; only {arrived} of {parties} have arrived")
            }
            _ => String::new(),
        },
        Resource::Jobs(id) => {
            let left = machine.n_unfinished(story.end(), id);
            format!("; {left} were never marked done")
        }
        Resource::Message(id) if !machine.is_closed(story.end(), id) => {
            "; it is empty, and nobody closes it".to_owned()
        }
        _ => String::new(),
    }
}

/// What happened to the resource before.
fn history(told: &mut Told<'_, '_>, wait: &Wait) {
    let story = told.story;
    let Some(id) = object_of(wait.resource) else {
        return;
    };
    match wait.resource {
        Resource::Lock(_) | Resource::Read(_) | Resource::Write(_) => {
            for &holder in &wait.all {
                let Some(step) = story.taken_at(holder, id, story.steps().len()) else {
                    continue;
                };
                let how = match story.layout().status(story.end(), holder) {
                    Status::Died => "died without giving it back",
                    _ => "ended without giving it back",
                };
                told.script
                    .note(step, format!("{} never gives it back", story.actor(holder)));
                let label = format!(
                    "step {}: {} took `{}` here, and {how}",
                    step + 1,
                    story.quoted(holder),
                    story.object(id)
                );
                let place = Place::new(super::steps::span(story, step), label);
                told.place(place.by(story.actor(holder), "lock"));
            }
        }
        Resource::Permit(_) => {
            for actor in 0..story.n_actors() {
                let Some(step) = story.permit_taken_at(actor, id) else {
                    continue;
                };
                let gone = !story.layout().is_running(story.end(), actor);
                let how = if gone {
                    "and ended without giving it back"
                } else {
                    "and still has it"
                };
                told.script.key.insert(step);
                let label = format!(
                    "step {}: {} took a permit here {how}",
                    step + 1,
                    story.quoted(actor)
                );
                let place = Place::new(super::steps::span(story, step), label);
                told.place(place.by(story.actor(actor), "acquire"));
            }
        }
        Resource::Notify(_) | Resource::Event(_) => signals(told, wait, id),
        _ => {}
    }
}

/// The last notifies, or the last set and clear, before the end.
fn signals(told: &mut Told<'_, '_>, wait: &Wait, id: ObjectId) {
    let story = told.story;
    let mut said = 0;
    for (step, taken) in story.backwards() {
        if story.object_of(step) != Some(id) || said == 2 {
            continue;
        }
        let (label, role) = match (story.program.instr(taken.pc), heard(story, step)) {
            (
                Instr::Sync {
                    op: SyncOp::Notify | SyncOp::NotifyAll,
                    ..
                },
                Some(woken),
            ) => {
                let names: Vec<String> = woken.iter().map(|&a| story.quoted(a)).collect();
                let text = if woken.is_empty() {
                    "nobody was waiting".to_owned()
                } else if woken.contains(&wait.actor) {
                    format!("wakes {}, which tests and waits again", list(&names, 3))
                } else {
                    format!("wakes only {}", list(&names, 3))
                };
                (text, "notify")
            }
            (
                Instr::Sync {
                    op: SyncOp::EventSet,
                    ..
                },
                _,
            ) => ("set here".to_owned(), "set"),
            (
                Instr::Sync {
                    op: SyncOp::EventClear,
                    ..
                },
                _,
            ) => ("cleared again here".to_owned(), "clear"),
            _ => continue,
        };
        said += 1;
        told.script.note(step, label.clone());
        let actor = taken.action.actor;
        let label = format!("step {}: {label}", step + 1);
        let place = Place::new(super::steps::span(story, step), label);
        told.place(place.by(story.actor(actor), role));
    }
}

fn heard<'s>(story: &'s Story<'_>, step: usize) -> Option<&'s [usize]> {
    story.events(step).find_map(|event| match &event.kind {
        EventKind::Woke(_, woken) => Some(woken.as_slice()),
        _ => None,
    })
}

fn forsaken_help(story: &Story<'_>, wait: &Wait) -> Vec<String> {
    let name = object_of(wait.resource).map_or("", |id| story.object(id));
    match wait.resource {
        Resource::Lock(_) => vec![format!(
            "use `with {name} {{ … }}`, which gives the lock back however the block is left"
        )],
        Resource::Read(_) => vec![format!("use `with {name}.read {{ … }}`")],
        Resource::Write(_) => vec![format!("use `with {name}.write {{ … }}`")],
        Resource::Permit(_) => vec![format!(
            "release `{name}` on every way out: `with {name} {{ … }}` does so by itself"
        )],
        Resource::Notify(_) => vec![
            format!("call `{name}.notify_all()` when the change concerns more than one waiter"),
            "change the condition first, then notify, both under the lock".to_owned(),
        ],
        Resource::Event(_) => vec![
            format!("clear `{name}` before you look for work, or do not clear it at all"),
            "where every signal counts, use a semaphore: it counts them".to_owned(),
        ],
        Resource::Arrivals(_) => vec![format!(
            "let as many actors come to `{name}` as it waits for, as often as each other"
        )],
        Resource::Latch(_) => vec![format!(
            "count `{name}` down once for each, also on the ways that return early"
        )],
        Resource::Message(_) => vec![format!(
            "let the last sender call `{name}.close()`; a `for x in {name}` then ends"
        )],
        Resource::Room(_) => vec![format!(
            "let somebody receive from `{name}` as long as somebody sends"
        )],
        Resource::Jobs(_) => vec![format!(
            "call `{name}.task_done()` once for each message, also when the job fails"
        )],
        _ => Vec::new(),
    }
}

/// Where each of the cause waits.
fn waiting_places(told: &mut Told<'_, '_>, cause: &[&Wait]) {
    let story = told.story;
    let mut first: Option<&Wait> = None;
    for wait in cause {
        let span = story.span(wait.pc);
        let what = story.resource(wait.resource, true);
        let who = story.quoted(wait.actor);
        let label = match first {
            // In one place the sentence is not repeated.
            Some(earlier) if story.span(earlier.pc) == span => {
                if earlier.resource == wait.resource {
                    format!("{who}, too")
                } else {
                    format!("{who} for {what}")
                }
            }
            _ => format!("{who} waits here for {what}"),
        };
        first = first.or(Some(wait));
        let role = super::waits::role(wait.resource);
        told.place(Place::primary(span, label).by(story.actor(wait.actor), role));
    }
}

/// Where an actor of the cause took what others wait for.
fn holdings(told: &mut Told<'_, '_>, wait: &Wait, all: &[Wait]) {
    let story = told.story;
    let mut done: Vec<ObjectId> = Vec::new();
    for other in all {
        let Some(id) = object_of(other.resource) else {
            continue;
        };
        if done.contains(&id) {
            continue;
        }
        let (step, text) = match other.resource {
            Resource::Permit(_) if other.any.contains(&wait.actor) => {
                let Some(step) = story.permit_taken_at(wait.actor, id) else {
                    continue;
                };
                (
                    step,
                    format!("has a permit of `{}` since here", story.object(id)),
                )
            }
            Resource::Lock(_) | Resource::Read(_) | Resource::Write(_) | Resource::Once(_)
                if other.all.contains(&wait.actor) =>
            {
                if let Some(step) = story.taken_at(wait.actor, id, story.steps().len()) {
                    (step, format!("holds `{}` since here", story.object(id)))
                } else {
                    queued_first(told, wait.actor, id);
                    continue;
                }
            }
            _ => continue,
        };
        done.push(id);
        told.about(Column::Object(id));
        told.script.key.insert(step);
        let label = format!("{} {text}", story.quoted(wait.actor));
        let place = Place::new(super::steps::span(story, step), label);
        told.place(place.by(story.actor(wait.actor), "lock"));
    }
}

/// Somebody is ahead not because it is inside but because it waits already.
fn queued_first(told: &mut Told<'_, '_>, actor: usize, id: ObjectId) {
    let story = told.story;
    let text = match story.kind(id) {
        Some(ObjectKind::RwLock {
            policy: RwPolicy::Writers,
        }) => "prefers writers: no reader gets in while a writer waits",
        Some(ObjectKind::RwLock {
            policy: RwPolicy::Fair,
        }) => "is fair: whoever came first goes first",
        _ => return,
    };
    let key = "order";
    let text = format!(
        "`{}` {text}, and {} was there first",
        story.object(id),
        story.quoted(actor)
    );
    if !told.finding.facts.iter().any(|fact| fact.key == key) {
        told.fact(key, text);
    }
}

/// The orders in which the locks of a circle are taken.
fn lock_order(told: &mut Told<'_, '_>, circle: &[usize], waits: &[Wait]) {
    let story = told.story;
    if circle.len() < 2 {
        return;
    }
    let mut edges = Vec::new();
    for (at, &this) in circle.iter().enumerate() {
        let before = &waits[circle[(at + circle.len() - 1) % circle.len()]];
        let wait = &waits[this];
        let (Some(from), Some(to)) = (locked(before.resource), locked(wait.resource)) else {
            return;
        };
        edges.push(LockEdge {
            from: story.object(from).to_owned(),
            to: story.object(to).to_owned(),
            actor: story.actor(wait.actor).to_owned(),
            span: story.span(wait.pc),
        });
    }
    told.finding.lock_order = edges;
}

fn locked(resource: Resource) -> Option<ObjectId> {
    match resource {
        Resource::Lock(id) | Resource::Read(id) | Resource::Write(id) => Some(id),
        _ => None,
    }
}
