//! Where a step could have gone another way that was just as ready: another arm of a
//! `select`, another future that is done. The reader may think that the first comes
//! first.

use super::story::Story;
use super::told::Told;
use crate::program::Instr;
use crate::semantics::{Chooser, Event, EventKind};

/// Notes it at the last step of the execution that is so.
pub(super) fn tell(told: &mut Told<'_, '_>) {
    let story = told.story;
    let found = (0..story.steps().len()).rev().find_map(|step| {
        let words = of_select(story, step).or_else(|| of_futures(story, step))?;
        Some((step, words))
    });
    if let Some((step, words)) = found {
        told.script.note(step, words);
    }
}

/// The arms of a `select` that were ready beside the one that was taken.
fn of_select(story: &Story<'_>, step: usize) -> Option<String> {
    let taken = &story.steps()[step];
    let Instr::Select { arms, .. } = story.program.instr(taken.pc) else {
        return None;
    };
    let chosen = taken.selected()?;
    let mut names: Vec<String> = Vec::new();
    for events in other_ways(story, step) {
        let arm = events.iter().find_map(|it| match it.kind {
            EventKind::Selected(arm) if arm != chosen => arms.get(arm),
            _ => None,
        });
        let before = story.before(step);
        let channel = arm.and_then(|it| story.machine().channel_of(before, taken.action.actor, it));
        names.extend(channel.map(|it| format!("`{}`", story.object(it))));
    }
    let names = listed(names)?;
    Some(format!("{names} ready, too: `select` takes any ready arm"))
}

/// The futures that were done beside the one that came out.
fn of_futures(story: &Story<'_>, step: usize) -> Option<String> {
    let job_of = |events: &[Event]| {
        events.iter().find_map(|it| match it.kind {
            EventKind::Gathered(Some(job)) => Some(job),
            _ => None,
        })
    };
    let chosen = job_of(&story.steps()[step].events)?;
    let others = other_ways(story, step).into_iter();
    let others = others
        .filter_map(|it| job_of(&it))
        .filter(|it| *it != chosen);
    let names = listed(others.map(|it| story.job(it)).collect())?;
    Some(format!(
        "{names} done, too: any that is done may come out first"
    ))
}

/// What happens in a step, for each way that it can go.
fn other_ways(story: &Story<'_>, step: usize) -> Vec<Vec<Event>> {
    let actor = story.steps()[step].action.actor;
    let mut chooser = Chooser::first();
    let mut ways = Vec::new();
    loop {
        let mut state = story.before(step).clone();
        let mut events: Vec<Event> = Vec::new();
        let done = story
            .machine()
            .step(&mut state, actor, &mut chooser, &mut events);
        if done.is_ok() {
            ways.push(events);
        }
        if !chooser.advance() {
            return ways;
        }
    }
}

/// `a` was, `a` and `b` were; nothing if there is none.
fn listed(mut names: Vec<String>) -> Option<String> {
    names.sort();
    names.dedup();
    match names.as_slice() {
        [] => None,
        [one] => Some(format!("{one} was")),
        [most @ .., last] => Some(format!("{} and {last} were", most.join(", "))),
    }
}
