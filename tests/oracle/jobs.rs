//! Executors: who runs what, who waits for which job, what is left of them at the end.

use super::facts::Fact;
use super::shown::code_of;
use std::collections::BTreeSet;
use threadbare::program::{ActorKind, FutureOp, Instr, ObjectId, Pc, Program, SyncOp, WaitMode};
use threadbare::semantics::{JobStatus, Machine, State};

/// Jobs an actor waits for.
pub struct Awaited {
    /// Those that are not done.
    pub open: Vec<usize>,
    /// Whether it needs all of them; else one is enough.
    pub all: bool,
}

pub fn is_worker(program: &Program, actor: usize) -> bool {
    let row = program.actors.get(actor);
    row.is_some_and(|row| matches!(row.kind, ActorKind::Worker(_)))
}

/// Whether an instruction finishes a job, or takes it back.
pub fn decides(instr: &Instr) -> bool {
    matches!(
        instr,
        Instr::FinishJob { .. }
            | Instr::Future {
                op: FutureOp::Cancel | FutureOp::WaitFor,
                ..
            }
            | Instr::Sync {
                op: SyncOp::ShutdownNow,
                ..
            }
    )
}

/// Whether a worker has no job.
pub fn is_idle(machine: &Machine<'_>, state: &State, actor: usize) -> bool {
    let at = machine.program().instr(machine.layout().pc(state, actor));
    is_worker(machine.program(), actor) && matches!(at, Instr::TakeJob { .. })
}

/// The jobs that an instruction waits for; `None` if it waits for none.
pub fn awaited(
    machine: &Machine<'_>,
    state: &State,
    actor: usize,
    instr: &Instr,
) -> Option<Awaited> {
    let layout = machine.layout();
    let scene = machine.scene(state, actor);
    let number = |expr| {
        let number = scene.eval(expr).expect("a number of a future");
        usize::try_from(number).expect("a number of a future")
    };
    let (jobs, all) = match instr {
        Instr::Future {
            op: FutureOp::Result(WaitMode::Wait) | FutureOp::Exception(_),
            future,
            ..
        } => (vec![number(future)], true),
        Instr::WaitJobs { futures, all, .. } => (futures.iter().map(number).collect(), *all),
        Instr::Sync {
            op: SyncOp::Drain,
            object,
            ..
        } => {
            let executor = scene.object(scene.eval(object).ok()?)?;
            let all = machine.jobs(state);
            let own = all.filter(|&job| layout.job_executor(state, job) == executor);
            (own.collect(), true)
        }
        _ => return None,
    };
    let is_open = |job: &usize| {
        let status = layout.job_status(state, *job);
        matches!(status, Some(JobStatus::Pending | JobStatus::Running))
    };
    Some(Awaited {
        open: jobs.into_iter().filter(is_open).collect(),
        all,
    })
}

fn workers(machine: &Machine<'_>, executor: ObjectId) -> Vec<usize> {
    let program = machine.program();
    let rows = program.actors.iter().enumerate();
    let of = |kind| matches!(kind, ActorKind::Worker(of) if of == executor);
    rows.filter(|(_, row)| of(row.kind))
        .map(|(actor, _)| actor)
        .collect()
}

/// Those of whom all must act for a job, and those of whom one is enough: the worker
/// that runs it; while it is in the queue, any worker of its executor.
pub fn helpers(
    machine: &Machine<'_>,
    state: &State,
    awaited: &Awaited,
) -> (Vec<usize>, Vec<usize>) {
    let layout = machine.layout();
    let (mut all, mut any) = (Vec::new(), Vec::new());
    let needs_each = awaited.all || awaited.open.len() == 1;
    for &job in &awaited.open {
        let of = workers(machine, layout.job_executor(state, job));
        let runs = of
            .iter()
            .find(|&&worker| machine.job_on(state, worker) == Some(job));
        let could = runs.map_or(of.clone(), |&worker| vec![worker]);
        if needs_each && could.len() == 1 {
            all.extend(could);
        } else {
            any.extend(could);
        }
    }
    (all, any)
}

/// Whether some executor has all its workers among the actors, each waiting for jobs,
/// and one of the actors waits for a job in its queue.
pub fn starves(machine: &Machine<'_>, state: &State, actors: &[usize]) -> bool {
    let program = machine.program();
    let layout = machine.layout();
    let waits = |actor: usize| {
        let instr = program.instr(layout.pc(state, actor));
        awaited(machine, state, actor, instr).filter(|it| !it.open.is_empty())
    };
    (0..program.objects.len()).map(ObjectId::new).any(|pool| {
        let of = workers(machine, pool);
        let queued = |&job: &usize| {
            layout.job_executor(state, job).declared() == pool
                && layout.job_status(state, job) == Some(JobStatus::Pending)
        };
        !of.is_empty()
            && of
                .iter()
                .all(|&worker| actors.contains(&worker) && waits(worker).is_some())
            && actors.iter().any(|&actor| {
                waits(actor)
                    .is_some_and(|it| (it.all || it.open.len() == 1) && it.open.iter().any(queued))
            })
    })
}

/// Where the functions begin that are submitted anywhere.
pub fn entries(program: &Program) -> Vec<Pc> {
    let jobs = program.code.iter().filter_map(|instr| match instr {
        Instr::Submit { function, .. } => Some(program.functions[function.index()].entry),
        _ => None,
    });
    jobs.collect()
}

/// Jobs that the end of the program cuts off, and failures that nobody asked for.
pub fn left_over(machine: &Machine<'_>, state: &State, found: &mut BTreeSet<Fact>) {
    let program = machine.program();
    let layout = machine.layout();
    for job in machine.jobs(state) {
        match layout.job_status(state, job) {
            Some(JobStatus::Pending | JobStatus::Running) => {
                let place = program.site(layout.submitted_at(state, job)).span;
                found.insert(Fact::new("K001", vec![place], "lost"));
            }
            Some(JobStatus::Failed) if !layout.is_asked(state, job) => {
                let exception = layout.job_exception(state, job).expect("it has failed");
                let name = format!("{} of a job", program.name(exception.name));
                let place = program.site(exception.pc).span;
                found.insert(Fact::new(code_of(exception.misuse), vec![place], name));
            }
            _ => {}
        }
    }
}
