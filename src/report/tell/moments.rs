//! Who waits and who holds what after each step, for pictures that go along with
//! an execution.

use super::story::Story;
use super::{steps, waits};
use crate::program::{ObjectId, ObjectKind};
use crate::report::{Hold, LockEdge, Moment};
use crate::semantics::{State, Status};

/// Longer executions have no pictures: nobody steps through them.
const STEPS_MAX: usize = 200;

/// The moments after all steps; none if the execution is too long.
///
/// Cost: for every step a look at every actor and every lock.
pub(super) fn moments(story: &Story<'_>) -> Vec<Moment> {
    let n_steps = story.steps().len();
    if n_steps > STEPS_MAX {
        return Vec::new();
    }
    (0..n_steps).map(|step| moment(story, step)).collect()
}

fn moment(story: &Story<'_>, step: usize) -> Moment {
    let state = story.after(step);
    let actors = (0..story.layout().n_actors(state)).filter(|&it| is_waiting(story, state, it));
    let waits = actors.map(|it| waits::told(story, &story.wait(state, it)));
    let held = |(id, actor): (ObjectId, usize)| Hold {
        resource: story.object(id).to_owned(),
        actor: story.actor(actor).to_owned(),
    };
    Moment {
        waits: waits.collect(),
        holds: holds(story, state).into_iter().map(held).collect(),
        orders: orders(story, step),
    }
}

fn is_waiting(story: &Story<'_>, state: &State, actor: usize) -> bool {
    let machine = story.machine();
    matches!(story.layout().status(state, actor), Status::Running)
        && !machine.can_step(state, actor)
        && !machine.is_idle(state, actor)
}

/// The locks that are held, and by whom.
fn holds(story: &Story<'_>, state: &State) -> Vec<(ObjectId, usize)> {
    let machine = story.machine();
    let mut holds = Vec::new();
    for (at, object) in story.program.objects.iter().enumerate() {
        let id = ObjectId::new(at);
        if let ObjectKind::Lock { .. } | ObjectKind::RwLock { .. } = object.kind {
            holds.extend(machine.owner(state, id).map(|owner| (id, owner)));
        }
        if let ObjectKind::RwLock { .. } = object.kind {
            let readers = machine.readers(state, id).into_iter();
            holds.extend(readers.map(|reader| (id, reader)));
        }
    }
    holds
}

/// Locks that the step takes while its actor holds others.
fn orders(story: &Story<'_>, step: usize) -> Vec<LockEdge> {
    let actor = story.steps()[step].action.actor;
    let of_actor = |state: &State| -> Vec<ObjectId> {
        let all = holds(story, state).into_iter();
        all.filter(|it| it.1 == actor).map(|it| it.0).collect()
    };
    let (before, after) = (of_actor(story.before(step)), of_actor(story.after(step)));
    let taken = after.iter().filter(|id| !before.contains(id));
    let pairs = taken.flat_map(|to| {
        let kept = before.iter().filter(|id| after.contains(id));
        kept.map(move |from| (*from, *to))
    });
    let edge = |(from, to): (ObjectId, ObjectId)| LockEdge {
        from: story.object(from).to_owned(),
        to: story.object(to).to_owned(),
        actor: story.actor(actor).to_owned(),
        span: steps::span(story, step),
    };
    pairs.map(edge).collect()
}
