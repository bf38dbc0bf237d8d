//! K001, K003 of jobs and tasks, K004, K005 and K006: what is left over when the program has ended.

use crate::analysis::facts::Facts;
use crate::analysis::key::Key;
use crate::base::{Mistake, planted};
use crate::explore::{Goal, Visit};
use crate::program::{FunctionId, Instr, ObjectId, ObjectKind, Program};
use crate::semantics::{Exception, JobStatus, Machine, State};
use std::collections::BTreeSet;

/// Looks at a final state.
pub fn at_the_end(facts: &mut Facts<'_>, visit: &Visit<'_>, goal: Goal) {
    let program = facts.program;
    let layout = visit.machine.layout();
    for actor in 0..layout.n_actors(visit.state) {
        if visit.machine.executor_of(actor).is_some() {
            continue;
        }
        // Who has only its end before it has nothing left that could be cut off.
        let running =
            layout.is_running(visit.state, actor) && !visit.machine.is_leaving(visit.state, actor);
        let daemon = layout.is_daemon(visit.state, actor);
        let spawned = layout.spawned_at(visit.state, actor);
        let place = match spawned {
            Some(pc) => program.site(pc).span,
            None => program.actors[actor].span,
        };
        if running && daemon {
            if holds_something(visit, actor) && !planted(Mistake::DaemonsMayHold) {
                facts.note(Key::Killed(place), goal);
            } else if visit.machine.can_step(visit.state, actor)
                && comes_to_an_end(program, code_of(visit, actor))
            {
                facts.note(Key::Unfinished(place), goal);
            }
        } else if running {
            facts.note(Key::CutOff(place), goal);
        } else if layout.loop_of(visit.state, actor).is_some() {
            task_at_the_end(facts, visit, goal, actor);
        } else if spawned.is_some() && !daemon && !layout.is_joined(visit.state, actor) {
            if planted(Mistake::LeakWhenInTime) {
                continue;
            }
            let outlived = layout.has_outlived_spawner(visit.state, actor);
            facts.note(Key::Leak(place, outlived), goal);
        }
    }
    jobs_at_the_end(facts, visit, goal);
    for id in permits_missing(visit.machine, visit.state) {
        facts.note(Key::PermitLeak(id.declared()), goal);
    }
    let more = permits_where(visit.machine, visit.state, |permits, initial| {
        permits > initial
    });
    facts
        .surplus
        .extend(more.into_iter().map(ObjectId::declared));
}

/// Semaphores that have fewer permits than at the beginning.
pub fn permits_missing(machine: &Machine<'_>, state: &State) -> Vec<ObjectId> {
    permits_where(machine, state, |permits, initial| {
        permits < initial && !planted(Mistake::PermitsNotCounted)
    })
}

/// Semaphores whose permits are so, beside those at the beginning. Copies taken while the
/// program ran may have begun with fewer, so they are left out.
fn permits_where(
    machine: &Machine<'_>,
    state: &State,
    is_so: impl Fn(i64, i64) -> bool,
) -> Vec<ObjectId> {
    let layout = machine.layout();
    let at_first = |process: usize| {
        let first = layout.first_of(state, process);
        process == 0 || first.is_some_and(|first| layout.spawned_at(state, first).is_none())
    };
    let mut found = Vec::new();
    for (index, object) in machine.program().objects.iter().enumerate() {
        let ObjectKind::Sem { initial, .. } = object.kind else {
            continue;
        };
        let mut copies: Vec<ObjectId> = (0..layout.n_processes(state))
            .filter(|&process| at_first(process))
            .map(|process| layout.object_in(ObjectId::new(index), process))
            .collect();
        copies.dedup();
        copies.retain(|&id| is_so(machine.permits(state, id), initial));
        found.extend(copies);
    }
    found
}

/// A spawned task that nobody awaited, and an exception that nobody took.
fn task_at_the_end(facts: &mut Facts<'_>, visit: &Visit<'_>, goal: Goal, task: usize) {
    let program = facts.program;
    let layout = visit.machine.layout();
    if layout.is_joined(visit.state, task) {
        return;
    }
    if let Some(pc) = layout.spawned_at(visit.state, task) {
        facts.note(Key::NeverAwaited(program.site(pc).span), goal);
    }
    let exception = visit.machine.task_exception(visit.state, task);
    // Nobody asks the main task to stop: it has awaited somebody who was.
    let is_main = program.actors.get(task).is_some_and(|actor| actor.main);
    let tells = |it: &Exception| is_main || !visit.machine.is_cancellation(it);
    if let Some(exception) = exception.filter(tells) {
        let at = program.site(exception.pc).span;
        facts.note(Key::TaskDied(at, exception.name, exception.misuse), goal);
    }
}

/// Jobs that the end of the program cuts off, and failures nobody knows of.
fn jobs_at_the_end(facts: &mut Facts<'_>, visit: &Visit<'_>, goal: Goal) {
    let program = facts.program;
    let layout = visit.machine.layout();
    for job in visit.machine.jobs(visit.state) {
        match layout.job_status(visit.state, job) {
            Some(JobStatus::Pending | JobStatus::Running) => {
                let submitted = layout.submitted_at(visit.state, job);
                facts.note(Key::JobLost(program.site(submitted).span), goal);
            }
            Some(JobStatus::Failed) if !layout.is_asked(visit.state, job) => {
                if let Some(exception) = layout.job_exception(visit.state, job) {
                    let at = program.site(exception.pc).span;
                    let key = Key::JobFailed(at, exception.name, exception.misuse);
                    facts.note(key, goal);
                }
            }
            Some(JobStatus::Failed | JobStatus::Finished | JobStatus::Cancelled) | None => {}
        }
    }
}

/// What an actor runs.
fn code_of(visit: &Visit<'_>, actor: usize) -> FunctionId {
    let program = visit.machine.program();
    let layout = visit.machine.layout();
    let spawn = layout.spawned_at(visit.state, actor);
    match spawn.map(|pc| program.instr(pc)) {
        Some(Instr::Spawn { function, .. }) => *function,
        _ => program.actors[actor].function,
    }
}

/// Whether some way through a function leads to its end: it is no endless loop.
fn comes_to_an_end(program: &Program, function: FunctionId) -> bool {
    let function = &program.functions[function.index()];
    let mut seen = BTreeSet::from([function.entry]);
    let mut rest = vec![function.entry];
    while let Some(pc) = rest.pop() {
        let instr = program.instr(pc);
        if matches!(instr, Instr::Return(_)) {
            return true;
        }
        let next = instr.falls_through().then_some(pc + 1);
        let next = next.into_iter().chain(instr.target());
        rest.extend(next.filter(|&next| next < function.end && seen.insert(next)));
    }
    false
}

fn holds_something(visit: &Visit<'_>, actor: usize) -> bool {
    let program = visit.machine.program();
    let mut objects = visit.machine.objects_of(visit.state, actor);
    objects.any(|id| match program.objects[id.index()].kind {
        ObjectKind::Lock { .. } => visit.machine.owner(visit.state, id) == Some(actor),
        ObjectKind::RwLock { .. } => {
            visit.machine.owner(visit.state, id) == Some(actor)
                || visit.machine.readers(visit.state, id).contains(&actor)
        }
        _ => false,
    })
}
