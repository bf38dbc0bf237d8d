//! One step earlier, and the bug is gone: the smallest change of the schedule
//! that makes the difference, confirmed by running it.

use super::states::{self, Column};
use super::told::Told;
use crate::semantics::{Machine, State};
use crate::trace::{Schedule, replay};

/// Longer schedules are not tried: no reader follows a swap in them.
const STEPS_MAX: usize = 60;

/// Looks for a step that, moved before an earlier step of somebody else, gives a
/// final state with `holds`; says what `name` then is.
pub(super) fn one_swap(
    told: &mut Told<'_, '_>,
    holds: impl Fn(&Machine<'_>, &State) -> bool,
    column: Option<Column>,
) {
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
            let Ok(run) = replay(story.program, &Schedule(steps)) else {
                continue;
            };
            let end = run.last();
            if run.fault.is_some() || !run.machine.is_over(end) || !holds(&run.machine, end) {
                continue;
            }
            let result = match column {
                Some(column) if run.machine.layout().n_words() == end.words().len() => format!(
                    "{} is {}",
                    quoted_title(&states::title(story, column)),
                    states::show(story, column, end)
                ),
                _ => "it holds".to_owned(),
            };
            let text = format!(
                "with step {} before step {} {result} at the end, as it should be",
                later + 1,
                earlier + 1
            );
            told.fact("one swap", text);
            return;
        }
    }
}

fn quoted_title(title: &str) -> String {
    if title.contains('`') {
        title.to_owned()
    } else {
        format!("`{title}`")
    }
}
