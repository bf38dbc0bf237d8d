//! S005, K004 and K003 of tasks.

use super::story::list;
use super::told::Told;
use crate::program::{Instr, Pc};
use crate::report::Place;
use crate::semantics::{EventKind, Exception};

/// A task that stops its loop.
pub(super) fn blocked_loop(told: &mut Told<'_, '_>, task: usize, pc: Pc, ready: &[usize]) {
    let story = told.story;
    let who = story.quoted(task);
    told.script.actors = std::iter::once(task).chain(ready.iter().copied()).collect();
    let span = story.span(pc);
    let text = story.text(span);
    let on = story.name_of_loop(task, true);
    let names: Vec<String> = ready.iter().map(|&it| story.quoted(it)).collect();
    let others = list(&names, 3);
    let sleeps = matches!(story.program.instr(pc), Instr::Sleep);
    if sleeps {
        told.say(format!("{who} sleeps without `await`, and {on} with it"));
    } else {
        told.say(format!("{who} blocks {on}: `{text}` without `await`"));
    }
    let label = if sleeps {
        "no other task can run while it sleeps".to_owned()
    } else {
        let wait = story.wait(story.end(), task);
        format!(
            "{who} waits here for {}, and keeps the loop",
            story.what(&wait, true)
        )
    };
    told.place(Place::primary(span, label).by(story.actor(task), "block"));
    for &other in ready.iter().take(3) {
        let here = story.span(story.layout().pc(story.end(), other));
        let place = Place::new(here, format!("{} could go on here", story.quoted(other)));
        told.place(place.by(story.actor(other), "ready"));
    }
    if let Some(last) = story.steps().len().checked_sub(1) {
        told.script.note(
            last,
            format!("{others}: ready, but the loop stands still").replace('`', ""),
        );
    }
    let verb = if ready.len() == 1 { "is" } else { "are" };
    told.fact(
        "what happened",
        format!("{others} {verb} ready to run, and cannot: one thread runs all tasks of {on}"),
    );
    if sleeps {
        told.help("write `await sleep`");
    } else {
        let awaited = match text.strip_prefix("with ") {
            Some(held) => format!("with await {held}"),
            None => format!("await {}", text.strip_suffix(".result()").unwrap_or(&text)),
        };
        told.help(format!("write `{awaited}`, if it can be awaited"));
        told.help("or let a worker do it: `await p.submit(f)` with an `executor p(1)`");
    }
}

/// A spawned task that nobody awaits.
pub(super) fn never_awaited(told: &mut Told<'_, '_>, task: usize, spawn: Pc) {
    let story = told.story;
    let who = story.quoted(task);
    let parent = story.layout().spawner(story.end(), task);
    told.script.actors = parent.into_iter().chain([task]).collect();
    told.say(format!("the task {who} is started and never awaited"));
    told.place(
        Place::primary(
            story.span(spawn),
            format!("{who} is started here, and nobody asks how it ends"),
        )
        .by(parent.map_or("?", |it| story.actor(it)), "spawn"),
    );
    if let Some(step) = story.steps().iter().position(|taken| taken.pc == spawn) {
        told.script
            .note(step, format!("{} is ready to begin", story.actor(task)));
    }
    told.help("keep its handle and await it: `let t = spawn task …`, later `await t`");
    told.help("or await several at once: `await gather(a, b)`");
}

/// A task died of an exception that nobody took.
pub(super) fn died(told: &mut Told<'_, '_>, task: usize, exception: &Exception) {
    let story = told.story;
    let death = (0..story.steps().len()).rev().find(|&step| {
        let mut events = story.steps()[step].events.iter();
        events.any(|event| event.actor == task && matches!(event.kind, EventKind::Died(_)))
    });
    super::misuse::died(told, task, exception);
    if let Some(step) = death {
        told.script.key.insert(step);
    }
    if exception.misuse.is_none() {
        let name = story.program.name(exception.name);
        let who = story.quoted(task);
        let is_main = story.program.actors.get(task).is_some_and(|it| it.main);
        told.fact(
            "nobody asks",
            match is_main {
                true => format!("{who} is the main task, so the whole program fails with `{name}`"),
                false => format!("{who} is never awaited, so `{name}` is seen by nobody"),
            },
        );
    }
}
