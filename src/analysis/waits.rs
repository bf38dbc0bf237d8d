//! Who waits for what: the wait-for graph of a state.
//!
//! An edge leads from an actor to each actor whose action could let it go on.
//! Waiting for *all* of them (a lock's holder, the readers inside, the end of an
//! actor) is different from waiting for *any* (a permit, a message, a notify):
//! a circle of the first kind is a deadlock whatever else happens.
//!
//! Source: Holt, "Some deadlock properties of computer systems" (1972).

use super::futures::{Futures, Help};
use super::job_waits::job_wait;
use super::task_waits::task_wait;
use crate::program::{
    Arm, ChanOp, Instr, ObjectId, ObjectKind, Pc, Query, RwPolicy, SyncOp, WaitMode,
};
use crate::semantics::{Machine, Phase, State};

/// What a blocked actor waits for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Resource {
    /// A lock.
    Lock(ObjectId),
    /// To enter a reader-writer lock as a reader.
    Read(ObjectId),
    /// To enter it as the writer.
    Write(ObjectId),
    /// A permit.
    Permit(ObjectId),
    /// A notify.
    Notify(ObjectId),
    /// An event.
    Event(ObjectId),
    /// The others at a barrier.
    Arrivals(ObjectId),
    /// A latch to become 0.
    Latch(ObjectId),
    /// The block of a `once`.
    Once(ObjectId),
    /// A message.
    Message(ObjectId),
    /// Room in a channel, or a receiver.
    Room(ObjectId),
    /// The jobs of a channel.
    Jobs(ObjectId),
    /// The end of an actor.
    End(usize),
    /// The job with that future to be done.
    Job(usize),
    /// One of several jobs to be done.
    AnyJob,
    /// All jobs of an executor to be done.
    OpenJobs(ObjectId),
    /// What any of the arms of a `select` waits for.
    AnyArm,
    /// The event loop on which that task runs, or runs first.
    Loop(usize),
    /// What that task gets first.
    Turn(usize),
    /// A condition over memory.
    Condition,
    /// Nothing that could ever happen: a choice among no values.
    Nothing,
}

impl Resource {
    /// The object it is about.
    pub fn object(self) -> Option<ObjectId> {
        match self {
            Resource::Lock(id)
            | Resource::Read(id)
            | Resource::Write(id)
            | Resource::Permit(id)
            | Resource::Notify(id)
            | Resource::Event(id)
            | Resource::Arrivals(id)
            | Resource::Latch(id)
            | Resource::Once(id)
            | Resource::Message(id)
            | Resource::Room(id)
            | Resource::Jobs(id)
            | Resource::OpenJobs(id) => Some(id),
            Resource::End(_)
            | Resource::Job(_)
            | Resource::AnyJob
            | Resource::AnyArm
            | Resource::Loop(_)
            | Resource::Turn(_)
            | Resource::Condition
            | Resource::Nothing => None,
        }
    }
}

/// A blocked actor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wait {
    /// Who.
    pub actor: usize,
    /// At which instruction.
    pub pc: Pc,
    /// For what.
    pub resource: Resource,
    /// All of these must act (holders).
    pub all: Vec<usize>,
    /// One of these would have to act, if they ever can.
    pub any: Vec<usize>,
}

/// Asks something of the instruction that an actor waits at, and of the state in which it
/// is: an atomic block waits for what its first step waits for.
pub(super) fn waits_at<T>(
    machine: &Machine<'_>,
    state: &State,
    actor: usize,
    asked: impl FnOnce(&State, &Instr) -> T,
) -> T {
    machine.where_it_waits(state, actor, |state| {
        let pc = machine.layout().pc(state, actor);
        asked(state, machine.program().instr(pc))
    })
}

/// What a blocked actor waits for and which actors must all act; `None` if it is
/// not blocked at an operation that has holders.
pub fn held_up(
    machine: &Machine<'_>,
    state: &State,
    actor: usize,
    futures: &Futures,
) -> Option<(Resource, Vec<usize>)> {
    let wait = task_wait(machine, state, actor).or_else(|| job_wait(machine, state, actor));
    if let Some(wait) = wait {
        return (!wait.all.is_empty()).then_some((wait.resource, wait.all));
    }
    waits_at(machine, state, actor, |state, instr| {
        held_up_at(machine, state, actor, instr, futures)
    })
}

fn held_up_at(
    machine: &Machine<'_>,
    state: &State,
    actor: usize,
    instr: &Instr,
    futures: &Futures,
) -> Option<(Resource, Vec<usize>)> {
    let layout = machine.layout();
    let Instr::Sync { op, object, .. } = instr else {
        return None;
    };
    let number = machine.scene(state, actor).eval(object).ok()?;
    if let SyncOp::Join(_) = op {
        let target = usize::try_from(number).ok()?;
        return Some((Resource::End(target), vec![target]));
    }
    let id = machine.object(state, actor, number)?;
    let holder = |lock: ObjectId| {
        let owner = machine.owner(state, lock)?;
        let others = may_unlock(machine, state, actor, lock, futures);
        let only_owner = others.iter().all(|&other| other == owner);
        only_owner.then(|| (Resource::Lock(lock), vec![owner]))
    };
    match op {
        SyncOp::Lock(WaitMode::Wait) => holder(id),
        SyncOp::CondWait(_) if layout.phase(state, actor) != Phase::Waiting => {
            holder(machine.lock_of(id)?)
        }
        SyncOp::OnceBegin => {
            let runner = machine.owner(state, id)?;
            Some((Resource::Once(id), vec![runner]))
        }
        SyncOp::Read(WaitMode::Wait) => Some((
            Resource::Read(id),
            ahead_of(machine, state, actor, id, true),
        )),
        SyncOp::Write(WaitMode::Wait) => Some((
            Resource::Write(id),
            ahead_of(machine, state, actor, id, false),
        )),
        _ => None,
    }
}

/// Who, other than its holder, may give back a lock that anybody may give back.
fn may_unlock(
    machine: &Machine<'_>,
    state: &State,
    actor: usize,
    lock: ObjectId,
    futures: &Futures,
) -> Vec<usize> {
    let kind = &machine.program().objects[lock.index()].kind;
    if !matches!(kind, ObjectKind::Lock { unowned: true, .. }) {
        return Vec::new();
    }
    let layout = machine.layout();
    (0..layout.n_actors(state))
        .filter(|&other| other != actor && layout.is_running(state, other))
        .filter(|&other| futures.may_for(machine, state, actor, other, Help::Unlock(lock)))
        .collect()
}

/// Who must leave, or go first, before `actor` can enter a reader-writer lock.
fn ahead_of(m: &Machine<'_>, state: &State, actor: usize, id: ObjectId, read: bool) -> Vec<usize> {
    let mut ahead: Vec<usize> = m.owner(state, id).into_iter().collect();
    if !read {
        ahead.extend(m.readers(state, id));
    }
    let ObjectKind::RwLock { policy } = m.program().objects[id.index()].kind else {
        return ahead;
    };
    match policy {
        RwPolicy::Readers => {}
        RwPolicy::Writers if read => ahead.extend(m.waiting_writers(state, id)),
        RwPolicy::Writers => {}
        RwPolicy::Fair => {
            let queue = m.queue(state, id);
            ahead.extend(queue.into_iter().take_while(|&other| other != actor));
        }
    }
    ahead.sort_unstable();
    ahead.dedup();
    ahead
}

/// The wait of an actor that cannot take a step, with everybody who could help.
pub fn wait_of(machine: &Machine<'_>, state: &State, actor: usize, futures: &Futures) -> Wait {
    let wait = task_wait(machine, state, actor).or_else(|| job_wait(machine, state, actor));
    if let Some(wait) = wait {
        return wait;
    }
    let layout = machine.layout();
    let pc = layout.pc(state, actor);
    let (resource, all, help) = match held_up(machine, state, actor, futures) {
        Some((resource, all)) => (resource, all, Vec::new()),
        None => {
            let (resource, help) = wish(machine, state, actor);
            (resource, Vec::new(), help)
        }
    };
    let any = (0..layout.n_actors(state))
        .filter(|&other| {
            other != actor
                && layout.is_running(state, other)
                && help
                    .iter()
                    .any(|&help| futures.may_for(machine, state, actor, other, help))
        })
        .collect();
    Wait {
        actor,
        pc,
        resource,
        all,
        any,
    }
}

/// What each arm of a `select` waits for, and what would help it; each once.
fn arms_of(
    machine: &Machine<'_>,
    state: &State,
    actor: usize,
    arms: &[Arm],
) -> Vec<(Resource, Vec<Help>)> {
    let mut all = Vec::new();
    for arm in arms {
        let Some(id) = machine.channel_of(state, actor, arm) else {
            continue;
        };
        let wished = exchange(id, arm.send);
        if !all.contains(&wished) {
            all.push(wished);
        }
    }
    all
}

/// What the arms of the `select` wait for that a blocked actor stands at.
pub fn arm_waits(machine: &Machine<'_>, state: &State, actor: usize) -> Vec<Resource> {
    waits_at(machine, state, actor, |state, instr| {
        let Instr::Select { arms, .. } = instr else {
            return Vec::new();
        };
        let all = arms_of(machine, state, actor, arms).into_iter();
        all.map(|(resource, _)| resource).collect()
    })
}

/// What a send or a receive waits for, and what would help it.
fn exchange(id: ObjectId, send: bool) -> (Resource, Vec<Help>) {
    match send {
        true => (Resource::Room(id), vec![Help::Receive(id), Help::Close(id)]),
        false => (Resource::Message(id), vec![Help::Send(id), Help::Close(id)]),
    }
}

/// What a blocked actor wishes somebody would do.
fn wish(machine: &Machine<'_>, state: &State, actor: usize) -> (Resource, Vec<Help>) {
    waits_at(machine, state, actor, |state, instr| {
        wish_at(machine, state, actor, instr)
    })
}

fn wish_at(
    machine: &Machine<'_>,
    state: &State,
    actor: usize,
    instr: &Instr,
) -> (Resource, Vec<Help>) {
    let program = machine.program();
    let object = |number: &crate::program::Expr| {
        let number = machine.scene(state, actor).eval(number).unwrap_or(0);
        let object = machine.object(state, actor, number);
        object.unwrap_or(ObjectId::new(0))
    };
    let lock_of = |cond: ObjectId| machine.lock_of(cond).unwrap_or(cond);
    match instr {
        Instr::Sync {
            op, object: number, ..
        } => {
            let id = object(number);
            match op {
                SyncOp::Acquire(_) => (Resource::Permit(id), vec![Help::Release(id)]),
                SyncOp::CondWait(_) if machine.layout().phase(state, actor) != Phase::Waiting => {
                    let lock = lock_of(id);
                    (Resource::Lock(lock), vec![Help::Unlock(lock)])
                }
                SyncOp::CondWait(_) => (Resource::Notify(id), vec![Help::Notify(id)]),
                SyncOp::EventWait(_) => (Resource::Event(id), vec![Help::Set(id)]),
                SyncOp::BarrierWait(_) => (Resource::Arrivals(id), vec![Help::Arrive(id)]),
                SyncOp::LatchWait => (Resource::Latch(id), vec![Help::CountDown(id)]),
                SyncOp::ChanJoin => (Resource::Jobs(id), vec![Help::TaskDone(id)]),
                SyncOp::OnceBegin => (Resource::Once(id), Vec::new()),
                SyncOp::Read(_) => (Resource::Read(id), Vec::new()),
                SyncOp::Write(_) => (Resource::Write(id), Vec::new()),
                SyncOp::Lock(_) => (Resource::Lock(id), vec![Help::Unlock(id)]),
                _ => (Resource::Nothing, Vec::new()),
            }
        }
        Instr::Chan {
            op, object: number, ..
        } => {
            let id = object(number);
            exchange(id, matches!(op, ChanOp::Send(_)))
        }
        Instr::Select { arms, .. } => {
            let all = arms_of(machine, state, actor, arms);
            let help = all.iter().flat_map(|(_, help)| help.clone());
            let help: Vec<Help> = help.collect();
            match all.as_slice() {
                [] => (Resource::Nothing, help),
                [(only, _)] => (*only, help),
                _ => (Resource::AnyArm, help),
            }
        }
        Instr::WaitUntil(condition) => {
            let mut help = Vec::new();
            super::footprint::cells_read(condition, &mut |place| {
                help.push(Help::Write(program.cells[place.base.index()].var));
            });
            // A condition may also ask objects; any operation on them may help.
            super::footprint::asked(condition, &mut |query, object| match query {
                Some(Query::IsDone) => help.push(Help::Job),
                Some(Query::IsAlive) => {
                    let target = machine.scene(state, actor).eval(object).ok();
                    let target = target.and_then(|target| usize::try_from(target).ok());
                    help.extend(target.map(Help::End));
                }
                _ => {
                    let asked = super::futures::candidates(program, object);
                    help.extend(asked.into_iter().map(Help::Anything));
                }
            });
            (Resource::Condition, help)
        }
        _ => (Resource::Nothing, Vec::new()),
    }
}
