//! D002: an actor waits for what nobody left can do.

use super::copies;
use super::lost::seen_before;
use super::steps;
use super::story::{Story, list};
use super::told::Told;
use crate::analysis::{Blocked, Resource, Wait};
use crate::program::{Expr, Instr, ObjectId, ObjectKind, Query, SyncOp};
use crate::report::Place;
use crate::semantics::{EventKind, Status};

/// Nobody is left who could help.
pub(super) fn forsaken(told: &mut Told<'_, '_>, cause: &[&Wait], blocked: &Blocked) {
    let story = told.story;
    let Some(wait) = cause.first() else {
        return;
    };
    let names: Vec<String> = cause.iter().map(|wait| story.quoted(wait.actor)).collect();
    let verb = if names.len() == 1 { "waits" } else { "wait" };
    told.say(format!(
        "deadlock: {} {verb} for ever {}",
        list(&names, 4),
        headline(told, cause)
    ));
    if let Some(nobody) = nobody(wait.resource) {
        let only = who_is_left(told, cause, blocked);
        told.fact("not a cycle", format!("nobody is left to {nobody}: {only}"));
    }
    if copies::born_locked(told, wait) || copies::no_workers(told, wait) {
        return;
    }
    history(told, wait);
    if copies::elsewhere(told, &copies::looked_at(story, wait)) {
        return;
    }
    for text in helps(story, wait) {
        told.help(text);
    }
}

/// For what, and what is wrong with it.
fn headline(told: &Told<'_, '_>, cause: &[&Wait]) -> String {
    let story = told.story;
    let wait = cause[0];
    let machine = story.machine();
    let name = wait.resource.object().map_or("", |id| story.object(id));
    let what = story.what(wait, true);
    if !cause.iter().all(|it| story.what(it, true) == what) {
        let mut all: Vec<String> = cause.iter().map(|it| story.what(it, true)).collect();
        all.dedup();
        return format!("for {}", list(&all, 3));
    }
    if let Some(holder) = copies::held_since_copy(story, wait) {
        return format!(
            "for its own copy of `{name}`, which was taken while {} held it",
            story.quoted(holder)
        );
    }
    match wait.resource {
        Resource::Lock(_) | Resource::Read(_) | Resource::Write(_) => {
            let layout = story.layout();
            let gone = wait
                .all
                .iter()
                .find(|&&it| !layout.is_running(story.end(), it));
            match gone {
                Some(&gone) => format!("for {what}, which {} never gave back", story.quoted(gone)),
                None => format!("for {what}"),
            }
        }
        Resource::Arrivals(id) => {
            let arrived = machine.permits(story.end(), id);
            match story.kind(id) {
                Some(ObjectKind::Barrier { parties }) => {
                    format!("at `{name}`: only {arrived} of {parties} have arrived")
                }
                _ => format!("at `{name}`"),
            }
        }
        Resource::Latch(id) => {
            let left = machine.permits(story.end(), id);
            format!("for {what}: it stays at {left}")
        }
        Resource::Jobs(id) => {
            let left = machine.n_unfinished(story.end(), id);
            let were = if left == 1 { "job was" } else { "jobs were" };
            format!("for {what}: {left} {were} never marked done")
        }
        Resource::Message(id) if !machine.is_closed(story.end(), id) => {
            format!("for {what}: it is empty, and nobody closes it")
        }
        Resource::Room(id) if !story.is_rendezvous(id) => format!("for {what}: it is full"),
        Resource::Condition => format!("for {what} to be true"),
        _ => format!("for {what}"),
    }
}

fn nobody(resource: Resource) -> Option<&'static str> {
    Some(match resource {
        Resource::Permit(_) => "release a permit",
        Resource::Notify(_) => "notify it",
        Resource::Event(_) => "set it",
        Resource::Arrivals(_) => "arrive",
        Resource::Latch(_) => "count down",
        Resource::Message(_) => "send or close",
        Resource::Room(_) => "receive",
        Resource::Jobs(_) => "call `task_done`",
        Resource::AnyArm => "do any of this",
        Resource::Condition => "change what it waits for",
        _ => return None,
    })
}

/// What became of all others.
pub(super) fn who_is_left(told: &Told<'_, '_>, cause: &[&Wait], blocked: &Blocked) -> &'static str {
    let story = told.story;
    let mut others =
        (0..story.n_actors()).filter(|&actor| !cause.iter().any(|it| it.actor == actor));
    let running = |actor: usize| story.layout().is_running(story.end(), actor);
    match (others.clone().next(), others.any(running)) {
        (None, _) => "there is nobody else",
        (Some(_), false) => "all others have ended",
        (Some(_), true) if blocked.partial => "those who still run never do it",
        (Some(_), true) => "the others are blocked, too",
    }
}

/// What happened to the resource before.
pub(super) fn history(told: &mut Told<'_, '_>, wait: &Wait) {
    let story = told.story;
    let Some(id) = wait.resource.object() else {
        return condition(told, wait);
    };
    match wait.resource {
        Resource::Lock(_) | Resource::Read(_) | Resource::Write(_) => taken(told, wait, id),
        Resource::Permit(_) => permits(told, id),
        Resource::Notify(_) | Resource::Event(_) => {
            signals(told, wait, id);
            if let Resource::Notify(_) = wait.resource
                && let Some(seen) = seen_before(story, wait.actor, id)
            {
                told.script.key.insert(seen.read);
                told.script.note(
                    seen.write,
                    format!("too late for {}", story.actor(wait.actor)),
                );
                told.fact("what happened", seen.sentence(story, wait.actor));
            }
        }
        _ => {}
    }
}

/// Who took a lock and never gave it back.
fn taken(told: &mut Told<'_, '_>, wait: &Wait, id: ObjectId) {
    let story = told.story;
    for &holder in &wait.all {
        let Some(step) = story.taken_at(holder, id, story.steps().len()) else {
            continue;
        };
        let how = match story.layout().status(story.end(), holder) {
            Status::Running if goes_on(story, holder) => "goes on with it for ever",
            Status::Running => continue,
            Status::Died => "died with it",
            _ => "ended with it",
        };
        told.script
            .note(step, format!("{} never gives it back", story.actor(holder)));
        let label = format!(
            "{} took it in step {} and {how}",
            story.quoted(holder),
            step + 1
        );
        let place = Place::new(steps::span(story, step), label);
        told.place(place.by(story.actor(holder), "lock"));
    }
}

fn goes_on(story: &Story<'_>, actor: usize) -> bool {
    let end = story.end();
    story.layout().is_running(end, actor) && story.machine().can_step(end, actor)
}

fn is_notify(op: SyncOp) -> bool {
    matches!(op, SyncOp::Notify | SyncOp::NotifyAll)
}

/// Whether somewhere in the program there is such an operation that may be about an object.
fn is_done(story: &Story<'_>, id: ObjectId, is: impl Fn(SyncOp) -> bool) -> bool {
    story.program.code.iter().any(|instr| match instr {
        Instr::Sync { op, object, .. } => {
            let other = matches!(object, Expr::Const(of) if *of != i64::from(id.declared().0));
            is(*op) && !other
        }
        _ => false,
    })
}

/// A semaphore that begins at 0 is a signal, which nobody gives back.
fn is_signal(story: &Story<'_>, id: ObjectId) -> bool {
    matches!(story.kind(id), Some(ObjectKind::Sem { initial: 0, .. }))
}

/// Who took permits and never gave them back.
fn permits(told: &mut Told<'_, '_>, id: ObjectId) {
    let story = told.story;
    let is_signal = is_signal(story, id);
    for actor in 0..story.n_actors() {
        let Some(step) = story.permit_taken_at(actor, id) else {
            continue;
        };
        told.script.key.insert(step);
        let who = story.quoted(actor);
        let gone = !story.layout().is_running(story.end(), actor);
        let label = match (is_signal, gone) {
            (true, _) => format!("{who} got one in step {}", step + 1),
            (false, true) => format!("{who} took one in step {} and ended with it", step + 1),
            (false, false) => format!("{who} has one since step {}", step + 1),
        };
        let place = Place::new(steps::span(story, step), label);
        told.place(place.by(story.actor(actor), "acquire"));
    }
    if is_signal {
        let released = (0..story.steps().len())
            .filter(|&step| story.object_of(step) == Some(id))
            .filter(|&step| {
                matches!(
                    story.program.instr(story.steps()[step].pc),
                    Instr::Sync {
                        op: SyncOp::Release,
                        ..
                    }
                )
            })
            .count();
        if let Some((greedy, steps)) = took_several(story, id) {
            told.script.key.extend(&steps);
            let at: Vec<String> = steps.iter().map(|step| (step + 1).to_string()).collect();
            let (who, name) = (story.quoted(greedy), story.object(id));
            let text = format!(
                "{who} takes {} permits of `{name}`, in steps {}, and leaves none to who waits",
                steps.len(),
                list(&at, 4)
            );
            return told.fact("what happened", text);
        }
        let times = match released {
            0 => "is never released".to_owned(),
            1 => "is released once, less often than acquired".to_owned(),
            n => format!("is released in {n} steps, less often than acquired"),
        };
        told.fact(
            "what happened",
            format!("`{}` begins with no permit and {times}", story.object(id)),
        );
    }
}

/// Somebody who took several permits of a signal, and in which steps.
fn took_several(story: &Story<'_>, id: ObjectId) -> Option<(usize, Vec<usize>)> {
    let each = (0..story.n_actors()).map(|actor| (actor, story.permits_taken(actor, id)));
    each.into_iter().find(|(_, steps)| steps.len() > 1)
}

/// The last notifies, or the last sets and clears, before the end.
fn signals(told: &mut Told<'_, '_>, wait: &Wait, id: ObjectId) {
    let story = told.story;
    let mut said = 0;
    for (step, taken) in story.backwards() {
        if said == 2 {
            break;
        }
        let Instr::Sync { op, .. } = story.program.instr(taken.pc) else {
            continue;
        };
        if story.object_of(step) != Some(id) {
            continue;
        }
        let (label, role) = match op {
            SyncOp::Notify | SyncOp::NotifyAll => (notify(story, step, wait), "notify"),
            SyncOp::EventSet if is_set(story, step, id) => {
                ("set already, nothing is added".to_owned(), "set")
            }
            SyncOp::EventSet => ("set here".to_owned(), "set"),
            SyncOp::EventClear => ("cleared again here".to_owned(), "clear"),
            _ => continue,
        };
        said += 1;
        told.script.note(step, label.replace('`', ""));
        let actor = taken.action.actor;
        let label = format!("step {}: {label}", step + 1);
        let place = Place::new(steps::span(story, step), label);
        told.place(place.by(story.actor(actor), role));
    }
}

fn is_set(story: &Story<'_>, step: usize, id: ObjectId) -> bool {
    let scene = story.machine().overview(story.before(step));
    scene.answer(Query::IsSet, id) != 0
}

fn notify(story: &Story<'_>, step: usize, wait: &Wait) -> String {
    let woken = story.events(step).find_map(|event| match &event.kind {
        EventKind::Woke(_, woken) => Some(woken.as_slice()),
        _ => None,
    });
    let woken = woken.unwrap_or_default();
    let names: Vec<String> = woken.iter().map(|&it| story.quoted(it)).collect();
    if woken.is_empty() {
        "nobody was waiting".to_owned()
    } else if woken.contains(&wait.actor) {
        format!("wakes {}, which waits again", list(&names, 3))
    } else {
        format!("wakes only {}", list(&names, 3))
    }
}

/// What the condition looks at, as it is in the end.
fn condition(told: &mut Told<'_, '_>, wait: &Wait) {
    let story = told.story;
    let Instr::WaitUntil(expr) = story.program.instr(wait.pc) else {
        return;
    };
    let found = super::leaves::of_actor(story, expr, story.end(), wait.actor, wait.pc);
    for column in super::leaves::columns(&found) {
        told.about(column);
    }
    let values = super::leaves::sentence(&found);
    if !values.is_empty() {
        told.fact("at the end", values);
    }
    if !super::change::lost_updates(told, &found) {
        super::change::any_lost_update(told);
    }
}

fn helps(story: &Story<'_>, wait: &Wait) -> Vec<String> {
    let id = wait.resource.object();
    let name = id.map_or("", |id| story.object(id));
    let kind = id.and_then(|id| story.kind(id));
    match wait.resource {
        Resource::Lock(_) if wait.all.iter().any(|&it| goes_on(story, it)) => vec![format!(
            "let whoever takes `{name}` give it back before it goes on: `with {name} {{ … }}` around \
             no more than what needs it"
        )],
        Resource::Lock(_) => vec![format!(
            "use `with {name} {{ … }}`, which gives the lock back however the block is left"
        )],
        Resource::Read(_) => vec![format!("use `with {name}.read {{ … }}`")],
        Resource::Write(_) => vec![format!("use `with {name}.write {{ … }}`")],
        Resource::Permit(id) if took_several(story, id).is_some() && is_signal(story, id) => {
            vec![format!(
                "let nobody take a permit of `{name}` that is meant for another: one semaphore for \
                 each, or a `barrier`, which keeps one round apart from the next"
            )]
        }
        Resource::Permit(id) if is_signal(story, id) => {
            vec![format!(
                "release `{name}` once for each that acquires it, or let fewer wait for it"
            )]
        }
        Resource::Permit(_) => vec![format!(
            "release `{name}` on every way out: `with {name} {{ … }}` does so by itself"
        )],
        Resource::Notify(id) if !is_done(story, id, is_notify) => vec![format!(
            "nobody ever notifies `{name}`: call `{name}.notify()` where the condition comes true"
        )],
        Resource::Notify(_) => vec![
            "change the condition first, then notify, both under the lock".to_owned(),
            format!("`{name}.notify_all()`, where the change is news for more than one"),
        ],
        Resource::Event(id) if !is_done(story, id, |op| op == SyncOp::EventSet) => vec![format!(
            "nobody ever sets `{name}`: call `{name}.set()` where that has happened for which it waits"
        )],
        Resource::Event(_) if matches!(kind, Some(ObjectKind::Event { auto: true })) => {
            vec![format!(
                "an `auto` event remembers one `set`, not two: a semaphore counts them, \
                 `sem {name} = 0`"
            )]
        }
        Resource::Event(id) if !is_done(story, id, |op| op == SyncOp::EventClear) => vec![format!(
            "set `{name}` on every way out of whoever sets it, also on those that return early"
        )],
        Resource::Event(_) => vec![
            format!("clear `{name}` before looking for work, not after it"),
            "where every signal counts, use a semaphore: it counts them".to_owned(),
        ],
        Resource::Arrivals(_) => vec![format!(
            "let as many actors come to `{name}` as it waits for, and each as often as the others"
        )],
        Resource::Latch(_) => vec![format!(
            "begin with as many as count `{name}` down, also on the ways that return early"
        )],
        Resource::Message(_) => vec![format!(
            "let the last sender call `{name}.close()`: a loop `for x in {name}` then ends"
        )],
        Resource::Room(_) => vec![format!(
            "let somebody receive from `{name}` as long as somebody sends"
        )],
        Resource::Jobs(_) => vec![format!(
            "call `{name}.task_done()` once for each message, also when the job fails"
        )],
        Resource::AnyArm => vec![
            "close a channel when its last message is sent: that makes its arms ready".to_owned(),
            "or give the `select` an arm `timeout => { … }` or `else => { … }`".to_owned(),
        ],
        Resource::Condition => vec![format!(
            "let somebody who is left make {} true",
            story.what(wait, true)
        )],
        Resource::Loop(running) => vec![format!(
            "let {} await something in its loop, such as `await yield`: then others get their turn",
            story.quoted(running)
        )],
        Resource::Job(_)
        | Resource::AnyJob
        | Resource::OpenJobs(_)
        | Resource::Once(_)
        | Resource::End(_)
        | Resource::Turn(_)
        | Resource::Nothing => {
            vec!["let it go on without this, or make sure that it comes".to_owned()]
        }
    }
}
