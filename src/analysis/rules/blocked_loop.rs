//! S005: a blocking call inside an event loop stops tasks that could run.
//!
//! What it finds: a state in which the task that runs on a loop stands at
//! something that blocks, without `await`, and cannot go on, while another task of
//! the loop is ready; or at a `sleep` without `await`, which always takes its time.
//!
//! Why it is bad: one thread runs all tasks of a loop, so everybody waits, also
//! those who have nothing to do with it.
//!
//! Repaired: `await` it, or let a worker of an executor do it.
//!
//! **Deliberately absent:** a blocking call that goes through at once: it costs the
//! others nothing.

use crate::analysis::facts::Facts;
use crate::analysis::key::Key;
use crate::explore::{Goal, Visit};

/// Notes the tasks that stop their loop in a state.
pub fn in_state(facts: &mut Facts<'_>, visit: &Visit<'_>, goal: Goal) {
    if !visit.machine.has_loops() {
        return;
    }
    let layout = visit.machine.layout();
    for actor in 0..layout.capacity().actors {
        if layout.is_running(visit.state, actor)
            && visit.machine.blocks_its_loop(visit.state, actor)
        {
            let span = facts.program.site(layout.pc(visit.state, actor)).span;
            facts.note(Key::BlockedLoop(span), goal);
        }
    }
}
