//! D001 to D004 and S001: actors that can never run again. Here is what all of
//! them share: where each waits, where it took what others wait for, the circle.

use super::race::call_sites;
use super::states::Column;
use super::story::list;
use super::told::Told;
use super::waits::{circle, role};
use super::{circle as together, forsaken, lost, steps};
use crate::analysis::{Blocked, Resource, Rule, Wait};
use crate::program::{ObjectId, ObjectKind, RwPolicy};
use crate::report::{LockEdge, Place};

/// Actors that can never run again.
pub(super) fn blocked(told: &mut Told<'_, '_>, blocked: &Blocked) {
    let story = told.story;
    told.script.actors.clone_from(&blocked.cause);
    told.finding.partial = blocked.partial;
    told.finding.picture = Some("graph waits".to_owned());
    let causing = |wait: &&Wait| blocked.cause.contains(&wait.actor);
    let cause: Vec<&Wait> = blocked.waits.iter().filter(causing).collect();
    columns(told, &cause);
    match story.found.rule {
        Rule::LostSignal => lost::signal(told, &cause),
        Rule::WorkersStarved => {
            waiting_places(told, &cause);
            super::job::workers_starved(told, blocked);
        }
        Rule::SelfDeadlock => {
            waiting_places(told, &cause);
            together::alone(told, &cause);
        }
        Rule::Forsaken => {
            waiting_places(told, &cause);
            forsaken::forsaken(told, &cause, blocked);
        }
        _ => {
            waiting_places(told, &cause);
            together::together(told, &cause, blocked);
        }
    }
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
    draw(told, blocked, &cause);
    if blocked.partial {
        others(told, blocked);
    }
}

/// What they wait for, in the order of its declaration.
fn columns(told: &mut Told<'_, '_>, cause: &[&Wait]) {
    let mut ids: Vec<ObjectId> = cause
        .iter()
        .filter_map(|wait| wait.resource.object())
        .collect();
    ids.sort_unstable();
    ids.into_iter()
        .for_each(|id| told.about(Column::Object(id)));
}

/// Whether all of them wait for one and the same.
pub(super) fn is_one_resource(cause: &[&Wait]) -> bool {
    let is_first = |wait: &&Wait| wait.resource == cause[0].resource;
    cause.iter().all(is_first) && cause[0].resource.object().is_some()
}

/// The circle, if it is a circle and not only a crowd.
fn draw(told: &mut Told<'_, '_>, blocked: &Blocked, cause: &[&Wait]) {
    let circle = circle(&blocked.waits, blocked.cause.len());
    let crowd = cause.len() > 1 && !blocked.by_holders && is_one_resource(cause);
    let whole = circle.len() == blocked.cause.len() || blocked.by_holders;
    let inside = circle
        .iter()
        .all(|&at| blocked.cause.contains(&blocked.waits[at].actor));
    if whole && inside && !crowd {
        lock_order(told, &circle, &blocked.waits);
        told.finding.cycle = circle;
    }
}

/// Those who still run, so that nobody notices.
fn others(told: &mut Told<'_, '_>, blocked: &Blocked) {
    let story = told.story;
    let running: Vec<String> = (0..story.n_actors())
        .filter(|&actor| story.layout().is_running(story.end(), actor))
        .filter(|&actor| !blocked.waits.iter().any(|wait| wait.actor == actor))
        .map(|actor| story.quoted(actor))
        .collect();
    if running.is_empty() {
        return;
    }
    let verb = if running.len() == 1 { "runs" } else { "run" };
    told.fact(
        "the others",
        format!(
            "{} still {verb}, so the program does not look as if it stood still",
            list(&running, 4)
        ),
    );
}

/// Where each of the cause waits.
fn waiting_places(told: &mut Told<'_, '_>, cause: &[&Wait]) {
    let story = told.story;
    let mut done: Vec<&Wait> = Vec::new();
    for wait in cause {
        let span = story.span(wait.pc);
        let who = story.quoted(wait.actor);
        let earlier = done.iter().copied().find(|it| story.span(it.pc) == span);
        done.push(wait);
        // In one place the sentence is not repeated.
        let label = match earlier {
            Some(earlier) if story.what(earlier, true) == story.what(wait, true) => {
                format!("{who}, too")
            }
            Some(_) => format!("{who} for {}", story.what(wait, true)),
            None => format!("{who} waits here for {}", story.what(wait, true)),
        };
        told.place(Place::primary(span, label).by(story.actor(wait.actor), role(wait.resource)));
    }
}

/// Where an actor of the cause took what others wait for.
fn holdings(told: &mut Told<'_, '_>, wait: &Wait, all: &[Wait]) {
    let story = told.story;
    let mut done: Vec<ObjectId> = Vec::new();
    for other in all {
        let Some(id) = other.resource.object().filter(|id| !done.contains(id)) else {
            continue;
        };
        let name = story.object(id);
        let end = story.steps().len();
        let (step, what) = match other.resource {
            Resource::Permit(_) if other.any.contains(&wait.actor) => {
                let Some(step) = story.permit_taken_at(wait.actor, id) else {
                    continue;
                };
                (step, format!("a permit of `{name}`"))
            }
            Resource::Lock(_) | Resource::Read(_) | Resource::Write(_) | Resource::Once(_)
                if other.all.contains(&wait.actor) =>
            {
                let Some(step) = story.taken_at(wait.actor, id, end) else {
                    queued_first(told, wait.actor, id);
                    continue;
                };
                match other.resource {
                    Resource::Once(_) => (step, format!("the block of `{name}`")),
                    _ => (step, format!("`{name}`")),
                }
            }
            _ => continue,
        };
        done.push(id);
        told.about(Column::Object(id));
        told.script.key.insert(step);
        let label = format!("{} holds {what} since here", story.quoted(wait.actor));
        let place = Place::new(steps::span(story, step), label);
        told.place(place.by(story.actor(wait.actor), steps::words(story, step).action));
    }
}

/// Somebody is ahead not because it is inside but because it waits already.
fn queued_first(told: &mut Told<'_, '_>, actor: usize, id: ObjectId) {
    let story = told.story;
    let text = match story.kind(id) {
        Some(ObjectKind::RwLock {
            policy: RwPolicy::Writers,
        }) => "prefers writers: while one waits, no reader gets in",
        Some(ObjectKind::RwLock {
            policy: RwPolicy::Fair,
        }) => "is fair: whoever came first goes first",
        _ => return,
    };
    let key = "turns";
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
    let mut edges = Vec::new();
    for (at, &this) in circle.iter().enumerate() {
        let before = &waits[circle[(at + circle.len() - 1) % circle.len()]];
        let wait = &waits[this];
        let (Some(from), Some(to)) = (locked(before.resource), locked(wait.resource)) else {
            return;
        };
        if from == to {
            return; // one lock in two ways has no order
        }
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
