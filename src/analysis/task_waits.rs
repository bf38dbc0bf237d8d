//! Who waits for which task, and for whose turn on an event loop.
//!
//! A task that is ready waits for the one that runs on its loop: that one must
//! give the loop back. So a loop can be part of a circle like a lock.

use super::waits::{Resource, Wait};
use crate::program::{Instr, TaskOp};
use crate::semantics::{Machine, Phase, State};

/// The wait of an actor for a task, for several, or for its loop.
pub(super) fn task_wait(machine: &Machine<'_>, state: &State, actor: usize) -> Option<Wait> {
    if !machine.has_loops() {
        return None;
    }
    let layout = machine.layout();
    let pc = layout.pc(state, actor);
    let wait = |resource, all, any| Wait {
        actor,
        pc,
        resource,
        all,
        any,
    };
    if let Some(running) = machine.kept_waiting_by(state, actor) {
        return Some(wait(Resource::Loop(running), vec![running], Vec::new()));
    }
    let Instr::Task { op, .. } = machine.program().instr(pc) else {
        let ahead = machine.ahead_in_line(state, actor);
        let first = *ahead.first()?;
        return Some(wait(Resource::Turn(first), Vec::new(), ahead));
    };
    let open: Vec<usize> = machine
        .tasks_named(state, actor)
        .into_iter()
        .filter(|&task| layout.is_running(state, task))
        .collect();
    let stops = *op == TaskOp::WaitFor && layout.phase(state, actor) == Phase::Waiting;
    match (op, open.as_slice()) {
        (TaskOp::WaitFor, _) if !stops => None,
        (TaskOp::Result | TaskOp::Gather | TaskOp::WaitFor, [only]) => {
            Some(wait(Resource::End(*only), vec![*only], Vec::new()))
        }
        // The first that raises is enough.
        (TaskOp::Gather, [first, ..]) => Some(wait(Resource::End(*first), Vec::new(), open)),
        _ => None,
    }
}
