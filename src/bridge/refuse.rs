//! What an engine cannot say, by name; and how far it can be believed about what
//! it can say.
//!
//! **Invariant:** whatever is played is understood by `play`; whatever an engine is
//! known to get wrong is refused or named here.

use super::seen::Engine;
use crate::base::Span;
use crate::program::{
    Access, ActorKind, BinaryOp, ChanOp, Instr, ObjectId, ObjectKind, Program, Query, RmwOp,
    RwPolicy, SyncOp, WaitMode,
};

/// What is said of more actors than loom has room for; how many are spawned only a run
/// can tell.
pub(super) const LOOM_THREADS: &str = "loom has at most 5 threads";

/// Something that an engine has not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// What, as in `time-outs: the native engine only`.
    pub what: String,
    /// Where it stands.
    pub span: Span,
}

/// How far an engine can be believed about a program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trust {
    /// Every run, and nothing else.
    Exact,
    /// Only real runs, but not all of them, for these reasons.
    Under(Vec<&'static str>),
}

/// What of the program the engine cannot say, if anything: the first in the text.
pub fn refusal(engine: Engine, program: &Program) -> Option<Refusal> {
    let mut all: Vec<(Span, &'static str)> = Vec::new();
    for actor in &program.actors {
        if let Some(what) = of_actor(engine, actor) {
            all.push((actor.span, what));
        }
    }
    let early = ends_early(program);
    for object in &program.objects {
        if let Some(what) = of_object(engine, program, &object.kind) {
            all.push((object.span, what));
        } else if early && is_monitor(&object.kind) {
            // Its operations have scheduling points behind their effect, so the program
            // is over a little later than with us.
            all.push((
                object.span,
                "this object beside a daemon: the native engine only",
            ));
        }
    }
    for (instr, site) in program.code.iter().zip(&program.sites) {
        if let Some(what) = of_instr(engine, instr) {
            all.push((site.span, what));
        }
    }
    if program.actors.iter().all(|actor| actor.daemon) {
        let what = "nothing but daemons: over before it begins";
        all.extend(program.actors.first().map(|actor| (actor.span, what)));
    }
    if engine == Engine::Loom && program.actors.len() > 5 {
        all.push((program.actors[5].span, LOOM_THREADS));
    }
    let (span, what) = all.into_iter().min()?;
    Some(Refusal {
        what: what.to_owned(),
        span,
    })
}

fn of_actor(engine: Engine, actor: &crate::program::Actor) -> Option<&'static str> {
    if actor.process {
        return Some("processes: the native engine only");
    }
    match actor.kind {
        ActorKind::Worker(_) => return Some("executors: the native engine only"),
        ActorKind::Task { .. } => return Some("event loops: the native engine only"),
        ActorKind::Thread => {}
    }
    let early = actor.daemon || actor.main;
    (early && engine == Engine::Loom).then_some("loom waits for every thread: no daemons")
}

/// Whether the program can be over before everybody has ended.
pub(super) fn ends_early(program: &Program) -> bool {
    let spawns = |instr: &Instr| matches!(instr, Instr::Spawn { daemon: true, .. });
    { program.actors.iter() }.any(|actor| actor.daemon || actor.main)
        || program.code.iter().any(spawns)
}

fn is_monitor(kind: &ObjectKind) -> bool {
    match kind {
        ObjectKind::Lock { unowned, .. } => *unowned,
        ObjectKind::Sem { max, .. } => max.is_some(),
        ObjectKind::RwLock { .. } | ObjectKind::Cond { .. } => false,
        ObjectKind::Event { .. }
        | ObjectKind::Barrier { .. }
        | ObjectKind::Once
        | ObjectKind::Latch { .. }
        | ObjectKind::Chan { .. }
        | ObjectKind::Collection { .. }
        | ObjectKind::Executor { .. } => true,
    }
}

fn of_object(engine: Engine, program: &Program, kind: &ObjectKind) -> Option<&'static str> {
    match kind {
        ObjectKind::Cond { spurious: true, .. } => {
            Some("spurious wake-ups: the native engine only")
        }
        ObjectKind::Cond { fifo: true, .. } if engine == Engine::Shuttle => {
            Some("shuttle's conditions know no order")
        }
        // Their conditions give a guard back, and this lock has none.
        ObjectKind::Cond { lock, .. } if is_unowned(program, *lock) => {
            Some("a condition on a lock without an owner: the native engine only")
        }
        ObjectKind::RwLock {
            policy: RwPolicy::Writers | RwPolicy::Fair,
        } => Some("a reader-writer lock that prefers somebody: the native engine only"),
        ObjectKind::Collection { .. } => Some("lists and maps: the native engine only"),
        ObjectKind::Chan {
            capacity: Some(0), ..
        } => Some("rendezvous channels: the native engine only"),
        ObjectKind::Executor { .. } => Some("executors: the native engine only"),
        ObjectKind::Lock {
            reentrant: true,
            unowned: true,
        } => Some("a reentrant lock without an owner: the native engine only"),
        _ => None,
    }
}

fn is_unowned(program: &Program, lock: ObjectId) -> bool {
    let lock = &program.objects[lock.index()];
    matches!(lock.kind, ObjectKind::Lock { unowned: true, .. })
}

fn of_instr(engine: Engine, instr: &Instr) -> Option<&'static str> {
    match instr {
        Instr::Sync { op, .. } => of_sync(engine, *op),
        Instr::Chan {
            op: ChanOp::Send(mode) | ChanOp::Recv(mode),
            ..
        } => of_mode(*mode),
        Instr::Ask(_, Query::IsLocked | Query::IsAlive | Query::IsDone | Query::Permits, _) => {
            Some("a question to a lock, a semaphore or a thread: the native engine only")
        }
        Instr::Spawn { process: true, .. } => Some("processes: the native engine only"),
        Instr::Spawn { task: Some(_), .. } | Instr::Task { .. } => {
            Some("event loops: the native engine only")
        }
        Instr::Spawn { daemon: true, .. } if engine == Engine::Loom => {
            Some("loom waits for every thread: no daemons")
        }
        Instr::Select { .. } => Some("select: the native engine only"),
        Instr::Submit { .. }
        | Instr::Future { .. }
        | Instr::WaitJobs { .. }
        | Instr::TakeJob { .. }
        | Instr::FinishJob { .. } => Some("executors: the native engine only"),
        Instr::WaitUntil(_) => Some("waiting for a condition on memory: the native engine only"),
        Instr::AtomicBegin(_) => Some("atomic blocks: the native engine only"),
        _ => None,
    }
}

fn of_mode(mode: WaitMode) -> Option<&'static str> {
    (mode == WaitMode::Timeout).then_some("time-outs: the native engine only")
}

fn of_sync(engine: Engine, op: SyncOp) -> Option<&'static str> {
    match op {
        SyncOp::Lock(mode) | SyncOp::Read(mode) | SyncOp::Write(mode) => {
            let tries = mode == WaitMode::Try && engine == Engine::Loom;
            of_mode(mode).or(tries.then_some("loom is known to be wrong about try_lock"))
        }
        SyncOp::Acquire(mode)
        | SyncOp::CondWait(mode)
        | SyncOp::EventWait(mode)
        | SyncOp::BarrierWait(mode)
        | SyncOp::Join(mode) => of_mode(mode),
        SyncOp::BarrierReset => Some("resetting a barrier: the native engine only"),
        SyncOp::Downgrade => Some("downgrading a lock: the native engine only"),
        _ => None,
    }
}

/// How far the engine can be believed about what it is not refused.
pub fn trust(engine: Engine, program: &Program) -> Trust {
    if engine == Engine::Shuttle {
        return Trust::Exact;
    }
    let mut reasons = Vec::new();
    let waits = |kind: &ObjectKind| matches!(kind, ObjectKind::Cond { fifo: false, .. });
    if program.objects.iter().any(|object| waits(&object.kind)) {
        reasons.push("loom wakes waiters only in the order in which they came");
    }
    let orders = |kind: &ObjectKind| matches!(kind, ObjectKind::RwLock { .. });
    if program.objects.iter().any(|object| orders(&object.kind)) {
        reasons.push("loom takes readers of one lock for ordered, one after the other");
    }
    let yields = |instr: &Instr| matches!(instr, Instr::Yield | Instr::Sleep | Instr::Progress);
    if program.code.iter().any(yields) {
        reasons.push("loom lets all others go first at a `yield` or `sleep`");
    }
    if program.code.iter().any(may_lag) {
        reasons.push("loom does not try every order of a failing compare-exchange");
    }
    if program
        .code
        .iter()
        .any(|it| is_plain_on_atomic(program, it))
    {
        reasons.push("loom does not see that a plain access races with an atomic one");
    }
    if reasons.is_empty() {
        Trust::Exact
    } else {
        Trust::Under(reasons)
    }
}

/// Whether an atomic word is accessed as if it were none. It is played with the word
/// all the same, whose accesses do not race.
fn is_plain_on_atomic(program: &Program, instr: &Instr) -> bool {
    match instr {
        Instr::Load(_, place, Access::Plain) | Instr::Store(place, _, Access::Plain) => {
            let cell = &program.cells[place.base.index()];
            program.vars[cell.var.index()].atomic
        }
        _ => false,
    }
}

/// Whether an operation is made of several, or may read an old value.
fn may_lag(instr: &Instr) -> bool {
    match instr {
        Instr::CompareExchange(..) => true,
        Instr::Rmw(_, _, RmwOp::Fetch(op), _) => !is_native(*op),
        _ => false,
    }
}

/// Whether both libraries have the operation as one step.
fn is_native(op: BinaryOp) -> bool {
    matches!(
        op,
        BinaryOp::Add
            | BinaryOp::Sub
            | BinaryOp::BitAnd
            | BinaryOp::BitOr
            | BinaryOp::BitXor
            | BinaryOp::Min
            | BinaryOp::Max
    )
}
