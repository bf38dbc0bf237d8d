//! What an actor may still do: for each place in the code, the helpful
//! operations that some path from there reaches.
//!
//! An over-approximation by a backward flow over the code: branches may go both
//! ways, a call does what its function does, an exception may be raised
//! anywhere. Used to say who *could* have helped a blocked actor; whether it
//! ever does is decided by the search.

use crate::program::{
    ChanOp, Expr, FunctionId, FutureOp, Instr, ObjectId, ObjectKind, Pc, Program, SyncOp, VarId,
    WaitMode,
};
use crate::semantics::{Machine, Phase, State};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// An operation that could let another actor go on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Help {
    /// Gives permits.
    Release(ObjectId),
    /// Wakes sleepers.
    Notify(ObjectId),
    /// Sets an event.
    Set(ObjectId),
    /// Arrives at a barrier, or breaks it.
    Arrive(ObjectId),
    /// Counts a latch down.
    CountDown(ObjectId),
    /// Sends.
    Send(ObjectId),
    /// Receives.
    Receive(ObjectId),
    /// Closes.
    Close(ObjectId),
    /// Marks a job done.
    TaskDone(ObjectId),
    /// Writes a variable.
    Write(VarId),
    /// Gives a lock back that it has not taken before on the way there.
    Unlock(ObjectId),
    /// Does anything with an object.
    Anything(ObjectId),
    /// Finishes or cancels a job.
    Job,
    /// Ends, being this actor.
    End(usize),
}

impl Help {
    fn object_mut(&mut self) -> Option<&mut ObjectId> {
        match self {
            Help::Release(id)
            | Help::Notify(id)
            | Help::Set(id)
            | Help::Arrive(id)
            | Help::CountDown(id)
            | Help::Send(id)
            | Help::Receive(id)
            | Help::Close(id)
            | Help::TaskDone(id)
            | Help::Unlock(id)
            | Help::Anything(id) => Some(id),
            Help::Write(_) | Help::Job | Help::End(_) => None,
        }
    }

    /// The same as the code says it, whichever process's copy it is about.
    fn declared(mut self) -> Self {
        if let Some(id) = self.object_mut() {
            *id = id.declared();
        }
        self
    }

    /// Whether it is about something that all processes share.
    fn is_shared(mut self, program: &Program) -> bool {
        match (self, self.object_mut()) {
            (Help::Write(var), _) => program.vars[var.index()].shared,
            // There is only one of each.
            (Help::Job | Help::End(_), _) => true,
            (_, Some(id)) => program.objects[id.index()].shared,
            (_, None) => false,
        }
    }
}

/// The helpful operations ahead of each instruction, itself included.
#[derive(Debug)]
pub struct Futures {
    ahead: Vec<FxHashSet<Help>>,
    after: Vec<Vec<Pc>>,
    /// The handlers around each instruction.
    caught: Vec<Vec<Pc>>,
    /// For each semaphore, the most permits that some path from each instruction
    /// has given back beyond those it has taken.
    surplus: BTreeMap<ObjectId, Vec<i64>>,
}

/// Permits beyond which [`Futures`] does not count.
const PERMITS_COUNTED: i64 = 64;

impl Futures {
    /// Looks through the whole code.
    ///
    /// Cost: a few passes over the code, until nothing changes.
    pub fn new(program: &Program) -> Self {
        let n = program.code.len();
        let caught: Vec<Vec<Pc>> = (0..n).map(|pc| handlers(program, pc)).collect();
        let after: Vec<Vec<Pc>> = (0..n)
            .map(|pc| followers(program, pc, &caught[pc]))
            .collect();
        let taken: Vec<Option<Help>> = (0..n).map(|pc| taken(&program.code[pc])).collect();
        let mut ahead: Vec<FxHashSet<Help>> = (0..n).map(|pc| own(program, pc)).collect();
        let mut changed = true;
        while changed {
            changed = false;
            for pc in (0..n).rev() {
                for &next in &after[pc] {
                    if next as usize == pc {
                        continue;
                    }
                    let (here, there) = two(&mut ahead, pc, next as usize);
                    let before = here.len();
                    let onward = there.iter().copied();
                    let starts = starts_process(program, pc, next);
                    let remains = |help: &Help| !starts || help.is_shared(program);
                    here.extend(onward.filter(|help| Some(*help) != taken[pc] && remains(help)));
                    changed |= here.len() != before;
                }
            }
        }
        let semaphores = (0..program.objects.len())
            .map(ObjectId::new)
            .filter(|id| matches!(program.objects[id.index()].kind, ObjectKind::Sem { .. }));
        let surplus = semaphores
            .map(|id| (id, surplus_of(program, &after, id)))
            .collect();
        Self {
            ahead,
            after,
            caught,
            surplus,
        }
    }

    /// Whether a blocked actor may ever give back more permits of a semaphore than
    /// it takes from here on: it holds some already, or makes new ones.
    pub fn may_give_extra(
        &self,
        machine: &Machine<'_>,
        state: &State,
        actor: usize,
        id: ObjectId,
    ) -> bool {
        let Some(surplus) = self.surplus.get(&id.declared()) else {
            return false;
        };
        let layout = machine.layout();
        let gives = |pc: &Pc| surplus[*pc as usize] > 0;
        let mut callers = layout
            .return_pcs(machine.program(), state, actor)
            .into_iter();
        gives(&layout.pc(state, actor))
            || callers.any(|pc| gives(&pc) || self.caught[pc as usize - 1].iter().any(gives))
    }

    /// Whether a running actor may still do for another what that one waits for. Who
    /// belongs to another process and has a copy of its own is of no help.
    pub fn may_for(
        &self,
        machine: &Machine<'_>,
        state: &State,
        waiting: usize,
        actor: usize,
        help: Help,
    ) -> bool {
        if let Help::End(of) = help {
            return of == actor;
        }
        let layout = machine.layout();
        let process = layout.process_of(state, waiting);
        let reaches =
            layout.process_of(state, actor) == process || help.is_shared(machine.program());
        reaches && self.may(machine, state, actor, help.declared())
    }

    /// Whether a running actor may still do it.
    fn may(&self, machine: &Machine<'_>, state: &State, actor: usize, help: Help) -> bool {
        // A job would have to come from somebody else, who is asked, too.
        if machine.has_nothing_to_do(state, actor) {
            return false;
        }
        let layout = machine.layout();
        let pc = layout.pc(state, actor);
        // Whoever sleeps, or was woken, has done its instruction's part for others.
        let asleep = layout.phase(state, actor) != Phase::Ready;
        let here = if asleep {
            let after = &self.after[pc as usize];
            after
                .iter()
                .any(|&next| self.ahead[next as usize].contains(&help))
        } else {
            self.ahead[pc as usize].contains(&help)
        };
        let mut callers = layout
            .return_pcs(machine.program(), state, actor)
            .into_iter();
        let may = |pc: &Pc| self.ahead[*pc as usize].contains(&help);
        // A caller goes on behind its call, or where it catches what comes out of it.
        here || callers.any(|pc| may(&pc) || self.caught[pc as usize - 1].iter().any(may))
    }
}

/// For each instruction, the most that the permits given back along some path from
/// it exceed those taken, after one instruction at least.
fn surplus_of(program: &Program, after: &[Vec<Pc>], id: ObjectId) -> Vec<i64> {
    let weight = program.code.iter().map(|of| permits(program, of, id));
    let weight: Vec<i64> = weight.collect();
    let mut most = weight.clone();
    let mut changed = true;
    while changed {
        changed = false;
        for pc in (0..most.len()).rev() {
            let next = after[pc].iter().map(|&next| most[next as usize]).max();
            let sum = (weight[pc] + next.unwrap_or(0).max(0)).min(PERMITS_COUNTED);
            if sum > most[pc] {
                most[pc] = sum;
                changed = true;
            }
        }
    }
    most
}

/// Permits of a semaphore that an instruction gives at most (or certainly takes: negative).
fn permits(program: &Program, instr: &Instr, id: ObjectId) -> i64 {
    let Instr::Sync {
        op, object, arg, ..
    } = instr
    else {
        return 0;
    };
    let certainly = *object == Expr::Const(i64::from(id.0));
    match op {
        SyncOp::Acquire(WaitMode::Wait) if certainly => -1,
        SyncOp::Release if !candidates(program, object).contains(&id) => 0,
        SyncOp::Release => match arg {
            None => 1,
            Some(Expr::Const(n)) => (*n).clamp(0, PERMITS_COUNTED),
            Some(_) => PERMITS_COUNTED,
        },
        _ => 0,
    }
}

/// Whether the way from one instruction to another is that of a new process, which
/// does nothing with the spawner's copies.
fn starts_process(program: &Program, pc: usize, next: Pc) -> bool {
    match &program.code[pc] {
        Instr::Spawn {
            function,
            process: true,
            ..
        } => program.functions[function.index()].entry == next,
        _ => false,
    }
}

fn two<T>(all: &mut [T], one: usize, other: usize) -> (&mut T, &T) {
    assert_ne!(one, other, "an element is not its own neighbour");
    if one < other {
        let (low, high) = all.split_at_mut(other);
        (&mut low[one], &high[0])
    } else {
        let (low, high) = all.split_at_mut(one);
        (&mut high[0], &low[other])
    }
}

/// The instructions that may follow, in the same function or in one called or started.
fn followers(program: &Program, at: usize, caught: &[Pc]) -> Vec<Pc> {
    let pc = Pc::try_from(at).expect("code is limited");
    let entry = |function: FunctionId| program.functions[function.index()].entry;
    let mut after = match program.instr(pc) {
        Instr::Jump(target) => vec![*target],
        Instr::Unless(_, target) | Instr::UnlessCaught(_, _, target) => vec![pc + 1, *target],
        Instr::Call(function, ..)
        | Instr::Spawn { function, .. }
        | Instr::Submit { function, .. } => vec![pc + 1, entry(*function)],
        // Whatever was submitted anywhere may be what the worker takes.
        Instr::TakeJob { .. } => {
            let jobs = program.code.iter().filter_map(|instr| match instr {
                Instr::Submit { function, .. } => Some(entry(*function)),
                _ => None,
            });
            jobs.chain([pc + 1]).collect()
        }
        Instr::Return(_) | Instr::Raise(_) | Instr::Reraise(_) => Vec::new(),
        _ => vec![pc + 1],
    };
    after.retain(|&next| next < u32::try_from(program.code.len()).unwrap_or(u32::MAX));
    after.extend(caught);
    after
}

/// Where an exception out of an instruction may be caught.
fn handlers(program: &Program, at: usize) -> Vec<Pc> {
    let pc = Pc::try_from(at).expect("code is limited");
    let around = program.function_at(pc).handlers.iter();
    around
        .filter(|handler| (handler.from..handler.to).contains(&pc))
        .map(|handler| handler.target)
        .collect()
}

/// What somebody who comes past an instruction does not do for others any more:
/// the lock it gives back later is its own.
fn taken(instr: &Instr) -> Option<Help> {
    match instr {
        Instr::Sync {
            op: SyncOp::Lock(WaitMode::Wait),
            object: Expr::Const(number),
            ..
        } => usize::try_from(*number)
            .ok()
            .map(|index| Help::Unlock(ObjectId::new(index))),
        _ => None,
    }
}

/// What one instruction itself does for others.
fn own(program: &Program, at: usize) -> FxHashSet<Help> {
    let instr = &program.code[at];
    let mut help = FxHashSet::default();
    match instr {
        Instr::Store(place, ..)
        | Instr::Rmw(_, place, ..)
        | Instr::CompareExchange(_, place, ..) => {
            help.insert(Help::Write(program.cells[place.base.index()].var));
        }
        Instr::Sync {
            op, object, arg, ..
        } if !matches!(op, SyncOp::Join(_)) => {
            let counts_up = matches!(arg, Some(Expr::Const(n)) if *n >= 0);
            for id in candidates(program, object) {
                help.insert(Help::Anything(id));
                help.extend(sync_help(*op, id));
                if *op == SyncOp::ShutdownNow {
                    help.insert(Help::Job);
                }
                if *op == SyncOp::LatchAdd && !counts_up {
                    help.insert(Help::CountDown(id));
                }
            }
        }
        Instr::Submit { executor, .. } => {
            // A local may name any executor, but nothing else.
            let is_executor = |id: &ObjectId| {
                matches!(
                    program.objects[id.index()].kind,
                    ObjectKind::Executor { .. }
                )
            };
            let all = candidates(program, executor).into_iter();
            help.extend(all.filter(is_executor).map(Help::Anything));
        }
        // A job that is done, or was taken back, can be seen by asking its future.
        Instr::FinishJob { .. }
        | Instr::Future {
            op: FutureOp::Cancel | FutureOp::WaitFor,
            ..
        } => {
            help.insert(Help::Job);
        }
        Instr::Chan { op, object, .. } => {
            for id in candidates(program, object) {
                help.insert(Help::Anything(id));
                help.insert(match op {
                    ChanOp::Send(_) => Help::Send(id),
                    ChanOp::Recv(_) => Help::Receive(id),
                });
            }
        }
        Instr::Collection { op, object, .. } if !op.only_looks() => {
            let all = candidates(program, object).into_iter();
            help.extend(all.map(Help::Anything));
        }
        Instr::Select { arms, .. } => {
            for arm in arms {
                for id in candidates(program, &arm.object) {
                    help.insert(Help::Anything(id));
                    help.insert(match arm.send {
                        true => Help::Send(id),
                        false => Help::Receive(id),
                    });
                }
            }
        }
        _ => {}
    }
    help
}

fn sync_help(op: SyncOp, id: ObjectId) -> Option<Help> {
    match op {
        SyncOp::Unlock => Some(Help::Unlock(id)),
        SyncOp::Release => Some(Help::Release(id)),
        SyncOp::Notify | SyncOp::NotifyAll => Some(Help::Notify(id)),
        SyncOp::EventSet => Some(Help::Set(id)),
        SyncOp::BarrierWait(_) | SyncOp::BarrierAbort | SyncOp::BarrierReset => {
            Some(Help::Arrive(id))
        }
        SyncOp::CountDown => Some(Help::CountDown(id)),
        SyncOp::TaskDone => Some(Help::TaskDone(id)),
        SyncOp::Close => Some(Help::Close(id)),
        _ => None,
    }
}

/// The objects an expression may name.
pub fn candidates(program: &Program, object: &Expr) -> Vec<ObjectId> {
    let known = |number: i64| {
        usize::try_from(number)
            .ok()
            .filter(|&n| n < program.objects.len())
    };
    match object {
        Expr::Const(number) => known(*number).map(ObjectId::new).into_iter().collect(),
        Expr::Element { base, len, .. } => {
            (0..*len).map(|index| ObjectId(base.0 + index)).collect()
        }
        _ => (0..program.objects.len()).map(ObjectId::new).collect(),
    }
}
