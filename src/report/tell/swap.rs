//! One step earlier, and the bug is gone: the smallest change of the schedule that
//! makes the difference, confirmed by running it.

use super::leaves;
use super::told::Told;
use super::trace::Script;
use crate::program::Expr;
use crate::report::Passing;
use crate::semantics::State;
use crate::trace::{Execution, Schedule, replay};

/// Longer schedules are not tried: no reader follows a swap in them.
const STEPS_MAX: usize = 40;

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
            told.finding.passing = passing(told, &swapped, change);
            return;
        }
    }
}

fn holds(run: &Execution<'_>, state: &State, property: &Expr) -> bool {
    matches!(run.machine.overview(state).eval(property), Ok(value) if value != 0)
}

/// Another execution as the reader sees it, in the columns of the told one.
pub(super) fn passing(told: &Told<'_, '_>, schedule: &Schedule, change: String) -> Option<Passing> {
    let story = told.story;
    let like = Script {
        actors: told.script.actors.clone(),
        about: told.script.about.clone(),
        ..Script::default()
    };
    let found = super::execution_like(story.program, story.source, schedule, &like);
    let (trace, schedule) = found?;
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
