//! One step earlier, or one switch less, and the bug is gone: the smallest change of
//! the schedule that makes the difference, confirmed by running it.

use super::leaves;
use super::story::Story;
use super::told::Told;
use crate::program::{Expr, PropertyKind};
use crate::report::Passing;
use crate::semantics::{Chooser, State};
use crate::trace::{Action, Execution, Schedule, replay};

/// Longer schedules are not tried: no reader follows a swap in them.
const STEPS_MAX: usize = 40;

/// Steps after which a run that goes on is taken to have no end.
const LONGEST: usize = 200;

/// Looks for a step that, moved before an earlier step of somebody else, gives a
/// final state in which the property holds; says what it then looks at.
///
/// Cost: a replay for every pair of steps, of at most [`STEPS_MAX`] steps.
pub(super) fn one_swap(told: &mut Told<'_, '_>, property: &Expr) {
    let story = told.story;
    let Some(schedule) = &story.found.schedule else {
        return;
    };
    let n = schedule.0.len();
    if n > STEPS_MAX {
        return;
    }
    // The nearest swaps of the latest steps first.
    for distance in 1..n {
        for later in (distance..n).rev() {
            let earlier = later - distance;
            if schedule.0[later].actor == schedule.0[earlier].actor {
                continue;
            }
            let mut steps = schedule.0.clone();
            let moved = steps.remove(later);
            steps.insert(earlier, moved);
            let swapped = Schedule(steps);
            let Ok(run) = replay(story.program, &swapped) else {
                continue;
            };
            if !is_right(&run, property) {
                continue;
            }
            let found = leaves::of_run(story, property, &run.machine, run.last());
            let result = match leaves::sentence(&found) {
                values if values.is_empty() => "it holds".to_owned(),
                values => format!("{values} at the end"),
            };
            let change = format!("step {} before step {}", later + 1, earlier + 1);
            told.fact(
                "one swap",
                format!("with {change} {result}, as it should be"),
            );
            told.finding.passing = passing(story, &swapped, change);
            return;
        }
    }
}

/// The steps of a run that comes to an end and is short enough to be varied.
fn few_steps<'s>(story: &'s Story<'_>) -> Option<&'s [Action]> {
    let steps = &story.found.schedule.as_ref()?.0;
    let varied = steps.len() <= STEPS_MAX && story.found.loop_from().is_none();
    varied.then_some(steps)
}

/// Looks for the last switch that, left out, lets the run come to a good end: the
/// actor before it goes on as long as it can, then the others do.
///
/// Cost: a replay and a run to the end for every switch.
pub(super) fn one_switch(told: &mut Told<'_, '_>) {
    let story = told.story;
    let Some(steps) = few_steps(story) else {
        return;
    };
    for at in (1..steps.len()).rev() {
        let stays = steps[at - 1].actor;
        if steps[at].actor == stays {
            continue;
        }
        let Some(other) = to_the_end(story, &steps[..at], stays) else {
            continue;
        };
        let who = story.quoted(stays);
        let change = format!("without the switch after step {at}");
        told.fact(
            "one switch",
            format!("if {who} goes on after step {at}, this run ends well"),
        );
        told.finding.passing = passing(story, &other, change);
        return;
    }
}

/// Looks for the last step at which somebody else goes on, or begins, and lets the
/// run come to a good end.
///
/// Cost: a replay and a run to the end for every step and every other actor.
pub(super) fn another_turn(told: &mut Told<'_, '_>) {
    let story = told.story;
    let Some(steps) = few_steps(story) else {
        return;
    };
    let at_the_end = steps.len();
    for at in (0..=at_the_end).rev() {
        let next = steps.get(at).map(|it| it.actor);
        let before = at.checked_sub(1).map(|it| steps[it].actor);
        let others = (0..story.n_actors()).filter(|it| Some(*it) != next && Some(*it) != before);
        for actor in others {
            let Some(other) = to_the_end(story, &steps[..at], actor) else {
                continue;
            };
            let who = story.quoted(actor);
            let (change, when) = match at {
                0 => (format!("{who} begins"), "begins".to_owned()),
                _ => (
                    format!("{who} goes on after step {at}"),
                    format!("goes on after step {at}"),
                ),
            };
            told.fact("one switch", format!("if {who} {when}, this run ends well"));
            told.finding.passing = passing(story, &other, change);
            return;
        }
    }
}

/// The run that begins so, in which this actor goes on, without a switch that is not
/// needed, if all is well in it.
fn to_the_end(story: &Story<'_>, begin: &[Action], actor: usize) -> Option<Schedule> {
    let run = replay(story.program, &Schedule(begin.to_vec())).ok()?;
    let machine = &run.machine;
    let mut state = run.last().clone();
    let mut steps = begin.to_vec();
    let mut actor = actor;
    // The step that is taken instead must be possible.
    machine.enabled(&state).find(|it| *it == actor)?;
    while !machine.is_over(&state) {
        let enabled: Vec<usize> = machine.enabled(&state).collect();
        if !enabled.contains(&actor) {
            actor = *enabled.first()?;
        }
        let step = machine.step(&mut state, actor, &mut Chooser::first(), &mut ());
        if step.is_err() || steps.len() >= LONGEST {
            return None;
        }
        steps.push(Action { actor, way: 0 });
    }
    let whole = Schedule(steps);
    let run = replay(story.program, &whole).ok()?;
    is_well(&run).then_some(whole)
}

/// Whether a run comes to its end, and all properties hold on the way.
fn is_well(run: &Execution<'_>) -> bool {
    let program = run.machine.program();
    let always = program.properties.iter().all(|it| match &it.kind {
        PropertyKind::Always(expr) => {
            let after = run.steps.iter().filter_map(|step| step.after.as_ref());
            std::iter::once(&run.initial)
                .chain(after)
                .all(|state| holds(run, state, expr))
        }
        PropertyKind::Finally(expr) => holds(run, run.last(), expr),
        _ => true,
    });
    run.fault.is_none() && run.machine.is_over(run.last()) && always
}

fn holds(run: &Execution<'_>, state: &State, property: &Expr) -> bool {
    matches!(run.machine.overview(state).eval(property), Ok(value) if value != 0)
}

/// The swapped execution as the reader sees it.
fn passing(story: &Story<'_>, schedule: &Schedule, change: String) -> Option<Passing> {
    let (trace, schedule) = super::execution(story.program, story.source, schedule)?;
    Some(Passing {
        change,
        trace: trace?,
        schedule,
    })
}

/// Whether a run comes to its end, and the property holds there.
fn is_right(run: &Execution<'_>, property: &Expr) -> bool {
    let end = run.last();
    run.fault.is_none() && run.machine.is_over(end) && holds(run, end, property)
}
