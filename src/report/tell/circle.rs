//! D001 and D003: actors that wait for each other, or for themselves.

use super::blocked::is_one_resource;
use super::forsaken::history;
use super::lesson;
use super::story::{Story, list};
use super::told::Told;
use super::waits::circle;
use crate::analysis::{Blocked, Resource, Rule, Wait, held_by};
use crate::program::ObjectId;

/// Several wait for each other.
pub(super) fn together(told: &mut Told<'_, '_>, cause: &[&Wait], blocked: &Blocked) {
    let story = told.story;
    let names: Vec<String> = cause.iter().map(|wait| story.quoted(wait.actor)).collect();
    if cause.len() > 1 && !blocked.by_holders && is_one_resource(cause) {
        return crowd(told, cause, &names);
    }
    let whole = circle(&blocked.waits, cause.len()).len() == cause.len();
    let round = if names.len() > 2 && whole {
        " in a circle"
    } else {
        ""
    };
    told.say(format!(
        "deadlock: {} wait for each other{round}",
        list(&names, 6)
    ));
    if upgrade(told, cause) {
        return;
    }
    if cause.iter().all(|wait| is_held(story, wait, cause)) {
        let names = resources(told, cause);
        told.help(format!(
            "take {names} in one order everywhere: then whoever has the first can get the others"
        ));
        told.help("or try the second one, and give the first back if it is not free");
        return;
    }
    let blocks_loop = cause
        .iter()
        .any(|it| matches!(it.resource, Resource::Loop(_)));
    told.rule = match blocks_loop {
        true => lesson::rule(Rule::BlockedLoop),
        false => Some("do first what others wait for, and only then wait for them"),
    };
    if let Some(text) = super::job::help_of_circle(story, cause) {
        told.help(text);
        return;
    }
    if let Some(text) = holds_while_waiting(told, cause) {
        told.help(text);
        return;
    }
    told.help(give_first(told, cause));
}

/// Whether what an actor waits for is held by another of the circle.
fn is_held(story: &Story<'_>, wait: &Wait, cause: &[&Wait]) -> bool {
    match wait.resource {
        Resource::Lock(_) | Resource::Read(_) | Resource::Write(_) => true,
        Resource::Permit(id) => cause
            .iter()
            .any(|other| other.actor != wait.actor && story.permits_held(other.actor, id) > 0),
        _ => false,
    }
}

fn resources(told: &Told<'_, '_>, cause: &[&Wait]) -> String {
    let mut ids: Vec<ObjectId> = cause
        .iter()
        .filter_map(|wait| wait.resource.object())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let names: Vec<String> = ids
        .into_iter()
        .map(|id| format!("`{}`", told.story.object(id)))
        .collect();
    list(&names, 5)
}

/// All wait for one thing, which only they could give.
fn crowd(told: &mut Told<'_, '_>, cause: &[&Wait], names: &[String]) {
    let story = told.story;
    let Some(first) = cause.first() else {
        return;
    };
    let how = match first.resource {
        Resource::Notify(_) => " that only they could give",
        Resource::Permit(_) => " that nobody else gives",
        Resource::Message(_) => " that nobody else sends",
        Resource::Event(_) => ", and nobody else sets it",
        Resource::Latch(_) => ", and nobody else counts it down",
        _ => ", and nobody else can help",
    };
    told.say(format!(
        "deadlock: {} wait for {}{how}",
        list(names, 6),
        story.what(first, true)
    ));
    told.rule =
        Some("before you wait, make sure that somebody is left who will do what you wait for");
    history(told, first);
    let name = first.resource.object().map_or("", |id| story.object(id));
    match first.resource {
        Resource::Notify(_) => {
            told.help(format!(
                "call `{name}.notify_all()`: then the right one is among those who wake up"
            ));
            told.help("or use one condition for each question that is waited for");
        }
        Resource::Permit(_) => told.help(format!(
            "release `{name}` on every way out; `with {name} {{ … }}` does so by itself"
        )),
        _ => told.help(give_first(told, cause)),
    }
}

/// Two readers that both want to become the writer, or a reader that comes again.
fn upgrade(told: &mut Told<'_, '_>, cause: &[&Wait]) -> bool {
    let story = told.story;
    let same = |wait: &&&Wait| {
        wait.resource.object() == cause[0].resource.object()
            && matches!(wait.resource, Resource::Read(_) | Resource::Write(_))
    };
    if cause.len() < 2 || !cause.iter().all(|wait| same(&wait)) {
        return false;
    }
    let Some(id) = cause[0].resource.object() else {
        return false;
    };
    let name = story.object(id);
    if cause
        .iter()
        .all(|wait| matches!(wait.resource, Resource::Write(_)))
    {
        told.rule =
            Some("leave as a reader before you ask to write: nobody can turn around inside");
        told.help(format!(
            "leave `{name}` as a reader before asking to write it, and read again once inside"
        ));
    } else {
        told.rule =
            Some("a reader that is inside must not ask to read again: a writer may wait between");
        told.help(format!(
            "do not read `{name}` again while inside: pass on what was read, or enter only once"
        ));
    }
    true
}

/// Somebody holds a lock while waiting for what others must first do.
fn holds_while_waiting(told: &Told<'_, '_>, cause: &[&Wait]) -> Option<String> {
    let story = told.story;
    for wait in cause {
        let needed: Vec<ObjectId> = cause
            .iter()
            .filter(|other| other.all.contains(&wait.actor) || other.any.contains(&wait.actor))
            .filter_map(|other| other.resource.object())
            .collect();
        let own_lock = match wait.resource {
            Resource::Notify(id) => story.machine().lock_of(id),
            Resource::Lock(_) | Resource::Read(_) | Resource::Write(_) => continue,
            _ => None,
        };
        let held = held_by(story.machine(), story.end(), wait.actor);
        let held: Vec<String> = held
            .into_iter()
            .map(|(id, _)| id)
            .filter(|id| needed.contains(id) && Some(*id) != own_lock)
            .map(|id| format!("`{}`", story.object(id)))
            .collect();
        if held.is_empty() {
            continue;
        }
        let (who, names) = (story.quoted(wait.actor), list(&held, 3));
        return Some(match wait.resource {
            Resource::Notify(id) => format!(
                "let {who} not hold {names} while it waits on `{}`: a wait gives up only the \
                 condition's own lock",
                story.object(id)
            ),
            Resource::Loop(running) => format!(
                "let {} await it: whoever waits without `await` keeps the loop, and {who} needs \
                 it to give {names} back",
                story.quoted(running)
            ),
            _ => format!(
                "let {who} wait for {} before it takes {names}, or after it has given it back",
                story.what(wait, true)
            ),
        });
    }
    None
}

/// Nobody holds anything: each waits for a deed that comes later.
fn give_first(told: &Told<'_, '_>, cause: &[&Wait]) -> String {
    let story = told.story;
    let pair = cause.iter().find_map(|wait| {
        let other = cause
            .iter()
            .find(|it| it.actor != wait.actor && it.any.contains(&wait.actor))?;
        Some((wait, other))
    });
    let Some((wait, other)) = pair else {
        return "let one of them go on without waiting for the others".to_owned();
    };
    let name = other.resource.object().map_or("", |id| story.object(id));
    let who = story.quoted(wait.actor);
    let first = match other.resource {
        Resource::Permit(_) => format!("release `{name}`"),
        Resource::Notify(_) => format!("notify `{name}`"),
        Resource::Event(_) => format!("set `{name}`"),
        Resource::Message(_) => format!("send to `{name}`"),
        Resource::Room(_) => format!("receive from `{name}`"),
        Resource::Latch(_) => format!("count `{name}` down"),
        Resource::Condition => format!("make `{}` true", story.what(other, false)),
        _ => return "let one of them go on without waiting for the others".to_owned(),
    };
    format!("let {who} {first} before it waits itself")
}

/// One waits for itself.
pub(super) fn alone(told: &mut Told<'_, '_>, cause: &[&Wait]) {
    let story = told.story;
    let Some(wait) = cause.first() else {
        return;
    };
    let who = story.quoted(wait.actor);
    let name = wait.resource.object().map_or("", |id| story.object(id));
    let text = match wait.resource {
        Resource::Lock(_) => {
            told.help(format!(
                "let only the outer one take `{name}`, or declare `reentrant lock {name}`"
            ));
            format!("{who} locks `{name}`, which it holds already")
        }
        Resource::Write(_) => {
            told.help(format!(
                "leave `{name}` as a reader before asking to write it, and read again once inside"
            ));
            format!("{who} wants to write `{name}` while it is inside as a reader itself")
        }
        Resource::Read(_) => {
            told.help(format!(
                "use `{name}.downgrade()` to go from writing to reading"
            ));
            format!("{who} wants to read `{name}`, which it holds for writing itself")
        }
        Resource::End(_) => {
            told.help("a thread cannot wait for its own end: remove the join");
            format!("{who} waits for its own end")
        }
        Resource::Once(_) => {
            told.help(format!("do not use `{name}` inside its own block"));
            format!("{who} waits for the block of `{name}`, in which it is itself")
        }
        Resource::Job(_) => {
            told.help("a job cannot wait for its own result");
            format!(
                "{who} waits for {}, which it runs itself",
                story.what(wait, true)
            )
        }
        Resource::OpenJobs(_) => {
            told.help(format!(
                "let whoever submits shut `{name}` down, not one of its own jobs"
            ));
            format!("{who} waits for all jobs of `{name}`, and is one of them itself")
        }
        _ => format!("{who} waits for {}", story.what(wait, true)),
    };
    told.say(format!("deadlock: {text}"));
}
