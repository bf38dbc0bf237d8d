//! Who waits for whom: the rows of a wait-for graph, and a circle in it.

use super::story::Story;
use crate::analysis::{Resource, Wait};
use crate::report;

/// One row.
pub(super) fn told(story: &Story<'_>, wait: &Wait) -> report::Wait {
    // Whose loop it is stands beside it.
    let resource = match wait.resource {
        Resource::Loop(task) => story.name_of_loop(task, false),
        _ => story.what(wait, false),
    };
    let helpers = wait.all.iter().chain(&wait.any);
    let held_by = helpers.map(|&actor| story.actor(actor).to_owned());
    report::Wait::new(
        story.actor(wait.actor),
        resource,
        held_by,
        story.span(wait.pc),
    )
    .relation(relation(story, wait))
}

/// How what is waited for depends on those who could help.
fn relation(story: &Story<'_>, wait: &Wait) -> &'static str {
    match wait.resource {
        Resource::Lock(_) | Resource::Read(_) | Resource::Write(_) | Resource::Once(_) => "held by",
        Resource::Permit(id) if wait.any.iter().any(|&it| story.permits_held(it, id) > 0) => {
            "held by"
        }
        Resource::Permit(_) | Resource::Notify(_) | Resource::Event(_) => "given by",
        Resource::Message(_) => "sent by",
        Resource::Room(id) if story.is_rendezvous(id) => "is up to",
        Resource::Room(_) => "made by",
        Resource::Arrivals(_) | Resource::Latch(_) | Resource::Jobs(_) => "done by",
        Resource::Job(job) if story.machine().worker_on(story.end(), job).is_none() => "is up to",
        Resource::Job(_) | Resource::AnyJob | Resource::OpenJobs(_) => "run by",
        Resource::Loop(_) => "is used by",
        Resource::Turn(_) => "comes after",
        Resource::End(_) | Resource::AnyArm | Resource::Condition | Resource::Nothing => "is up to",
    }
}

/// Positions of the waits of a shortest circle through the first of `waits` that
/// lies on one; each waits for the next. `n_cause` is how many are to blame.
pub(super) fn circle(waits: &[Wait], n_cause: usize) -> Vec<usize> {
    let position = |actor: usize| waits.iter().position(|wait| wait.actor == actor);
    let next = |at: usize| -> Vec<usize> {
        let wait = &waits[at];
        // In a circle of several, the others are what matters.
        let others = wait.all.iter().chain(&wait.any).copied();
        let alone = n_cause == 1;
        others
            .filter(|&actor| alone || actor != wait.actor)
            .filter_map(position)
            .collect()
    };
    for start in 0..waits.len() {
        // Breadth first, from `start` back to itself.
        let mut from: Vec<Option<usize>> = vec![None; waits.len()];
        let mut queue = vec![start];
        let mut done = 0;
        while let Some(&at) = queue.get(done) {
            done += 1;
            for to in next(at) {
                if to == start {
                    let mut circle = vec![at];
                    let mut at = at;
                    while let Some(before) = from[at] {
                        circle.push(before);
                        at = before;
                    }
                    circle.reverse();
                    return circle;
                }
                if from[to].is_none() {
                    from[to] = Some(at);
                    queue.push(to);
                }
            }
        }
    }
    Vec::new()
}

/// What somebody does at the place where it waits.
pub(super) fn role(resource: Resource) -> &'static str {
    match resource {
        Resource::Lock(_) => "lock",
        Resource::Read(_) => "read_lock",
        Resource::Write(_) => "write_lock",
        Resource::Permit(_) => "acquire",
        Resource::Message(_) => "recv",
        Resource::Room(_) => "send",
        Resource::AnyArm => "select",
        Resource::End(_) => "join",
        Resource::Job(_) | Resource::AnyJob => "result",
        Resource::OpenJobs(_) => "shutdown",
        _ => "wait",
    }
}
