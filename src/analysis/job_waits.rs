//! Who waits for which job, and who could do it.
//!
//! A job that runs needs its worker. A job in the queue needs a worker of its
//! executor, any of them; if there is only one, that one. So a worker can wait
//! for itself, or for its like: the pool that waits for itself.

use super::finding::Blocked;
use super::waits::{Resource, Wait, waits_at};
use crate::program::{FutureOp, Instr, ObjectId, SyncOp, WaitMode};
use crate::semantics::{JobStatus, Machine, State};

/// The wait of an actor that stands before something that waits for jobs.
pub(super) fn job_wait(machine: &Machine<'_>, state: &State, actor: usize) -> Option<Wait> {
    let pc = machine.layout().pc(state, actor);
    let (jobs, all_of_them, executor) = awaited(machine, state, actor)?;
    let open: Vec<usize> = jobs
        .into_iter()
        .filter(|&job| is_open(machine, state, job))
        .collect();
    let resource = match (executor, open.as_slice()) {
        (Some(executor), _) => Resource::OpenJobs(executor),
        (None, []) => Resource::Nothing,
        (None, [only]) => Resource::Job(*only),
        (None, [first, ..]) if all_of_them => Resource::Job(*first),
        (None, _) => Resource::AnyJob,
    };
    let mut wait = Wait {
        actor,
        pc,
        resource,
        all: Vec::new(),
        any: Vec::new(),
    };
    let only_one = open.len() == 1;
    for job in open {
        let (helpers, certain) = who_could(machine, state, job);
        if certain && (all_of_them || only_one) {
            wait.all.extend(helpers);
        } else {
            wait.any.extend(helpers);
        }
    }
    for list in [&mut wait.all, &mut wait.any] {
        list.sort_unstable();
        list.dedup();
    }
    Some(wait)
}

/// Whether an actor waits for a job that somebody may still take out of the queue.
pub(super) fn may_be_taken_back(machine: &Machine<'_>, state: &State, actor: usize) -> bool {
    machine.cancels_jobs()
        && awaited(machine, state, actor).is_some_and(|(jobs, ..)| {
            let layout = machine.layout();
            let mut jobs = jobs.into_iter();
            jobs.any(|job| layout.job_status(state, job) == Some(JobStatus::Pending))
        })
}

/// The jobs an actor's instruction waits for, whether it needs all of them, and
/// the executor if it is about all jobs of one.
fn awaited(
    machine: &Machine<'_>,
    state: &State,
    actor: usize,
) -> Option<(Vec<usize>, bool, Option<ObjectId>)> {
    waits_at(machine, state, actor, |state, instr| {
        awaited_at(machine, state, actor, instr)
    })
}

fn awaited_at(
    machine: &Machine<'_>,
    state: &State,
    actor: usize,
    instr: &Instr,
) -> Option<(Vec<usize>, bool, Option<ObjectId>)> {
    let scene = machine.scene(state, actor);
    let number = |expr| usize::try_from(scene.eval(expr).ok()?).ok();
    match instr {
        Instr::Future {
            op: FutureOp::Result(WaitMode::Wait) | FutureOp::Exception(_),
            future,
            ..
        } => Some((number(future).into_iter().collect(), true, None)),
        Instr::WaitJobs { futures, all, .. } => {
            let jobs = futures.iter().filter_map(number).collect();
            Some((jobs, *all, None))
        }
        Instr::Sync {
            op: SyncOp::Drain,
            object,
            ..
        } => {
            let executor = scene.object(scene.eval(object).ok()?)?;
            let jobs = machine.jobs_of(state, executor).collect();
            Some((jobs, true, Some(executor)))
        }
        _ => None,
    }
}

fn is_open(machine: &Machine<'_>, state: &State, job: usize) -> bool {
    let status = machine.layout().job_status(state, job);
    status.is_some_and(|status| !status.is_done())
}

/// The workers that could bring a job to its end, and whether each of them must act.
fn who_could(machine: &Machine<'_>, state: &State, job: usize) -> (Vec<usize>, bool) {
    if let Some(worker) = machine.worker_on(state, job) {
        return (vec![worker], true);
    }
    let executor = machine.layout().job_executor(state, job);
    let workers: Vec<usize> = machine.workers_of(executor).collect();
    let certain = workers.len() == 1;
    (workers, certain)
}

/// The executor all of whose workers are among the blocked and wait for jobs, at
/// least one of them for a job in its own queue.
pub fn starved(machine: &Machine<'_>, state: &State, blocked: &Blocked) -> Option<ObjectId> {
    let layout = machine.layout();
    let cause = |worker: usize| {
        let wait = blocked.waits.iter().find(|wait| wait.actor == worker)?;
        blocked.cause.contains(&worker).then_some(wait)
    };
    let queued = |wait: &&Wait| match wait.resource {
        Resource::Job(job) => {
            let status = layout.job_status(state, job);
            (status == Some(JobStatus::Pending)).then(|| layout.job_executor(state, job))
        }
        Resource::OpenJobs(executor) => machine.next_job(state, executor).map(|_| executor),
        _ => None,
    };
    let waits = blocked.waits.iter();
    let mut executors = waits
        .filter(|wait| blocked.cause.contains(&wait.actor))
        .filter_map(|wait| queued(&wait));
    executors.find(|&executor| {
        machine.workers_of(executor).all(|worker| {
            cause(worker).is_some_and(|wait| {
                matches!(
                    wait.resource,
                    Resource::Job(_) | Resource::AnyJob | Resource::OpenJobs(_)
                )
            })
        })
    })
}
