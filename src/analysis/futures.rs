//! What an actor may still do: for each place in the code, the helpful
//! operations that some path from there reaches.
//!
//! An over-approximation by a backward flow over the code: branches may go both
//! ways, a call does what its function does, an exception may be raised
//! anywhere. Used to say who *could* have helped a blocked actor; whether it
//! ever does is decided by the search.

use crate::program::{
    ChanOp, Expr, FunctionId, Instr, ObjectId, Pc, Program, SyncOp, VarId, WaitMode,
};
use crate::semantics::{Machine, Phase, State};
use rustc_hash::FxHashSet;

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
}

/// The helpful operations ahead of each instruction, itself included.
#[derive(Debug)]
pub struct Futures {
    ahead: Vec<FxHashSet<Help>>,
    after: Vec<Vec<Pc>>,
    /// The handlers around each instruction.
    caught: Vec<Vec<Pc>>,
}

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
                    here.extend(onward.filter(|&help| Some(help) != taken[pc]));
                    changed |= here.len() != before;
                }
            }
        }
        Self {
            ahead,
            after,
            caught,
        }
    }

    /// Whether a running actor may still do it.
    pub fn may(&self, machine: &Machine<'_>, state: &State, actor: usize, help: Help) -> bool {
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
        } if *op != SyncOp::Join => {
            let counts_up = matches!(arg, Some(Expr::Const(n)) if *n >= 0);
            for id in candidates(program, object) {
                help.insert(Help::Anything(id));
                help.extend(sync_help(*op, id));
                if *op == SyncOp::LatchAdd && !counts_up {
                    help.insert(Help::CountDown(id));
                }
            }
        }
        Instr::Submit { executor, .. } => {
            help.extend(
                candidates(program, executor)
                    .into_iter()
                    .map(Help::Anything),
            );
        }
        // A job that is done, or begun, can be seen by asking its future.
        Instr::TakeJob { .. } | Instr::FinishJob { .. } | Instr::Future { .. } => {
            help.extend((0..program.objects.len()).map(|id| Help::Anything(ObjectId::new(id))));
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
        SyncOp::BarrierWait | SyncOp::BarrierAbort => Some(Help::Arrive(id)),
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
