//! What an actor may still do for others, as far as the code ahead of it can tell.

use super::copies;
use super::waits::{Deed, object, on, sync_on, waits_at};
use std::collections::BTreeSet;
use threadbare::program::{Expr, Instr, ObjectId, Pc, Program, SyncOp, WaitMode};
use threadbare::semantics::{Machine, Phase, State};

/// Whether an actor may still execute an instruction like this for one that waits,
/// as far as its code can tell.
pub fn may(machine: &Machine<'_>, state: &State, who: (usize, usize), deed: &Deed) -> bool {
    may_before(machine, state, who, deed, &|_| false)
}

/// Whether it may give a lock back without taking it first, when it would be its own.
pub fn may_unlock(machine: &Machine<'_>, state: &State, who: (usize, usize), id: ObjectId) -> bool {
    let gives = sync_on(machine.program(), id, |op| op == SyncOp::Unlock);
    // Of an element nobody knows beforehand whether it is this lock.
    let certainly = Expr::Const(i64::from(id.declared().0));
    let takes = |instr: &Instr| match instr {
        Instr::Sync { op, object, .. } => {
            *op == SyncOp::Lock(WaitMode::Wait) && *object == certainly
        }
        _ => false,
    };
    may_before(machine, state, who, &*gives, &takes)
}

fn may_before(
    machine: &Machine<'_>,
    state: &State,
    (waiting, actor): (usize, usize),
    deed: &Deed,
    end: &dyn Fn(&Instr) -> bool,
) -> bool {
    let program = machine.program();
    let layout = machine.layout();
    // A worker without a job would first need one from somebody else.
    if super::jobs::is_idle(machine, state, actor) && !machine.can_step(state, actor) {
        return false;
    }
    let pc = layout.pc(state, actor);
    let apart = copies::process(machine, state, waiting) != copies::process(machine, state, actor);
    // Places in the code, and whether another process than the waiting one's is there.
    let mut rest: Vec<(Pc, bool)> = Vec::new();
    if layout.phase(state, actor) == Phase::Ready {
        rest.push((pc, apart));
    } else {
        rest.extend(onward(program, pc, apart));
    }
    for back in layout.return_pcs(program, state, actor) {
        rest.push((back, apart));
        rest.extend(caught(program, back - 1).into_iter().map(|pc| (pc, apart)));
    }
    let mut seen = BTreeSet::new();
    while let Some((pc, apart)) = rest.pop() {
        if !seen.insert((pc, apart)) {
            continue;
        }
        let instr = program.instr(pc);
        if deed(instr, apart) {
            return true;
        }
        if !end(instr) {
            rest.extend(onward(program, pc, apart));
        }
    }
    false
}

/// What may come after an instruction, and whether in another process.
fn onward(program: &Program, pc: Pc, apart: bool) -> Vec<(Pc, bool)> {
    let mut next: Vec<(Pc, bool)> = Vec::new();
    for to in after(program, pc) {
        let starts = match program.instr(pc) {
            Instr::Spawn {
                function,
                process: true,
                ..
            } => program.functions[function.index()].entry == to,
            _ => false,
        };
        next.push((to, apart || starts));
    }
    next
}

fn caught(program: &Program, pc: Pc) -> Vec<Pc> {
    let handlers = &program.function_at(pc).handlers;
    let around = handlers.iter().filter(|of| (of.from..of.to).contains(&pc));
    around.map(|handler| handler.target).collect()
}

/// What may come after an instruction.
fn after(program: &Program, pc: Pc) -> Vec<Pc> {
    let instr = program.instr(pc);
    let mut next = caught(program, pc);
    match instr {
        Instr::Jump(to) => next.push(*to),
        Instr::Unless(_, to) | Instr::UnlessCaught(_, _, to) => next.extend([pc + 1, *to]),
        // Whatever is submitted anywhere may be what a worker takes.
        Instr::TakeJob { .. } => {
            next.push(pc + 1);
            next.extend(super::jobs::entries(program));
        }
        Instr::Call(function, ..)
        | Instr::Spawn { function, .. }
        | Instr::Submit { function, .. } => {
            next.extend([pc + 1, program.functions[function.index()].entry]);
        }
        Instr::Return(_) | Instr::Raise(_) | Instr::Reraise(_) => {}
        _ => next.push(pc + 1),
    }
    next
}

/// The semaphore that an actor waits for a permit of.
fn permit_of(machine: &Machine<'_>, state: &State, actor: usize) -> Option<ObjectId> {
    let (state, instr) = waits_at(machine, state, actor);
    match instr {
        Instr::Sync {
            op: SyncOp::Acquire(_),
            object: number,
            ..
        } => Some(object(machine, &state, actor, number)),
        _ => None,
    }
}

/// Whether a blocked actor waits for a permit, and another one that is blocked, too,
/// has none to give before it gets one: no path ahead of it gives more than it took.
pub fn passes_on(
    machine: &Machine<'_>,
    state: &State,
    blocked: &[usize],
    (actor, other): (usize, usize),
) -> bool {
    let Some(id) = permit_of(machine, state, actor) else {
        return false;
    };
    if !blocked.contains(&other) {
        return false;
    }
    let program = machine.program();
    let layout = machine.layout();
    let mut rest = vec![(layout.pc(state, other), 0_i64)];
    for back in layout.return_pcs(program, state, other) {
        let caught = caught(program, back - 1);
        rest.extend([back].into_iter().chain(caught).map(|pc| (pc, 0)));
    }
    let mut seen = BTreeSet::new();
    while let Some((pc, balance)) = rest.pop() {
        // Nobody takes more in one go than a random scenario has statements.
        if balance < -40 || !seen.insert((pc, balance)) {
            continue;
        }
        let balance = match program.instr(pc) {
            Instr::Sync {
                op: SyncOp::Acquire(WaitMode::Wait),
                object,
                ..
            } if *object == Expr::Const(i64::from(id.declared().0)) => balance - 1,
            Instr::Sync {
                op: SyncOp::Release,
                object,
                arg,
                ..
            } if on(object, id) => match arg {
                Some(Expr::Const(n)) => balance + n,
                Some(_) => return false,
                None => balance + 1,
            },
            _ => balance,
        };
        if balance > 0 {
            return false;
        }
        rest.extend(after(program, pc).into_iter().map(|next| (next, balance)));
    }
    true
}
