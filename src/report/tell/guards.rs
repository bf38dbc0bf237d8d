//! Which locks every access of a variable holds: a forward flow over the code
//! that keeps the locks held on all ways.
//!
//! Used to say *why* there is no race; that there is none was decided by the
//! search. So it may say too little (a lock whose element is computed is not
//! seen), but never too much.
//!
//! Source: the idea of locksets, Savage and others, "Eraser: A Dynamic Data Race
//! Detector for Multithreaded Programs" (1997), here without running anything.

use std::collections::{BTreeMap, BTreeSet};

use crate::program::{
    CellRef, Expr, FunctionId, Instr, ObjectId, Pc, Program, SyncOp, VarId, WaitMode,
};

/// Locks held for certain.
type Held = BTreeSet<ObjectId>;

/// How a variable is shared.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Shared {
    /// Locks that every access holds.
    pub common: Vec<ObjectId>,
    /// Somebody writes it.
    pub written: bool,
}

/// For each variable that more than one actor can use, how it is shared.
pub(super) fn guards(program: &Program) -> Vec<Option<Shared>> {
    let held = held(program);
    let users = users(program);
    let processes = program.has_processes();
    let mut found: Vec<Found> = vec![Found::default(); program.vars.len()];
    for (pc, instr) in program.code.iter().enumerate() {
        let Some(Some(locks)) = held.get(pc) else {
            continue; // not reached
        };
        let function = program.sites[pc].function;
        for (var, write) in accesses(program, instr) {
            let Some(row) = found.get_mut(var.index()) else {
                continue;
            };
            row.written |= write;
            row.users.extend(users[function.index()].iter());
            row.common = Some(match row.common.take() {
                None => locks.clone(),
                Some(common) => common.intersection(locks).copied().collect(),
            });
        }
    }
    // With processes, who uses one copy is not known; nothing is said then.
    let told = |var: &crate::program::Var| var.shared || !processes;
    let is_one = |id: &ObjectId| !processes || program.objects[id.index()].shared;
    found
        .into_iter()
        .zip(&program.vars)
        .map(|(row, var)| {
            (row.users.len() > 1 && told(var)).then(|| Shared {
                common: row
                    .common
                    .unwrap_or_default()
                    .into_iter()
                    .filter(is_one)
                    .collect(),
                written: row.written,
            })
        })
        .collect()
}

#[derive(Clone, Default)]
struct Found {
    users: BTreeSet<usize>,
    common: Option<Held>,
    written: bool,
}

/// The variables an instruction uses, and whether it writes them.
fn accesses(program: &Program, instr: &Instr) -> Vec<(VarId, bool)> {
    let var = |place: &CellRef| program.cells[place.base.index()].var;
    match instr {
        Instr::Load(_, place, _) => vec![(var(place), false)],
        Instr::Store(place, ..)
        | Instr::Rmw(_, place, ..)
        | Instr::CompareExchange(_, place, ..) => vec![(var(place), true)],
        Instr::WaitUntil(condition) => {
            let mut all = Vec::new();
            let mut rest = vec![condition];
            while let Some(expr) = rest.pop() {
                match expr {
                    Expr::Cell(place) => all.push((var(place), false)),
                    Expr::Unary(_, inner) | Expr::Query(_, inner) => rest.push(inner),
                    Expr::Entry { object, args, .. } => {
                        rest.push(object);
                        rest.extend(args);
                    }
                    Expr::Element { index, .. } => rest.push(index),
                    Expr::Pick(index, of) => {
                        rest.push(index);
                        rest.extend(of);
                    }
                    Expr::Binary(_, left, right) => rest.extend([&**left, &**right]),
                    Expr::If(one, two, three) => rest.extend([&**one, &**two, &**three]),
                    Expr::Const(_) | Expr::Reg(_) | Expr::Observed(_) => {}
                }
            }
            all
        }
        _ => Vec::new(),
    }
}

/// For each function, the actors that can be in it: declared ones by their
/// number, spawned ones by the place of the spawn. A spawn counts twice, since
/// nobody says how often it happens.
fn users(program: &Program) -> Vec<BTreeSet<usize>> {
    let mut users = vec![BTreeSet::new(); program.functions.len()];
    let mut roots: Vec<(usize, FunctionId)> = Vec::new();
    for (index, actor) in program.actors.iter().enumerate() {
        roots.push((index, actor.function));
    }
    let n = program.actors.len();
    for (pc, instr) in program.code.iter().enumerate() {
        if let Instr::Spawn { function, .. } | Instr::Submit { function, .. } = instr {
            roots.push((n + 2 * pc, *function));
            roots.push((n + 2 * pc + 1, *function));
        }
    }
    for (who, function) in roots {
        let mut rest = vec![function];
        while let Some(function) = rest.pop() {
            if !users[function.index()].insert(who) {
                continue;
            }
            let row = &program.functions[function.index()];
            for pc in row.entry..row.end {
                if let Instr::Call(callee, ..) = program.instr(pc) {
                    rest.push(*callee);
                }
            }
        }
    }
    users
}

/// For each instruction, the locks held before it on every way; `None` if no way
/// leads there.
fn held(program: &Program) -> Vec<Option<Held>> {
    let mut held: Vec<Option<Held>> = vec![None; program.code.len()];
    let mut rest: BTreeSet<Pc> = BTreeSet::new();
    let given_back = given_back(program);
    let mut entries: Vec<FunctionId> = program.actors.iter().map(|it| it.function).collect();
    entries.extend(program.code.iter().filter_map(|instr| match instr {
        Instr::Spawn { function, .. } | Instr::Submit { function, .. } => Some(*function),
        _ => None,
    }));
    for function in entries {
        let entry = program.functions[function.index()].entry;
        flow(&mut held, &mut rest, entry, &Held::new());
    }
    while let Some(pc) = rest.pop_first() {
        let Some(before) = held[pc as usize].clone() else {
            continue;
        };
        let instr = program.instr(pc);
        let mut after = before.clone();
        apply(instr, &mut after);
        for handler in &program.function_at(pc).handlers {
            if (handler.from..handler.to).contains(&pc) {
                flow(&mut held, &mut rest, handler.target, &before);
            }
        }
        if let Instr::Call(callee, ..) = instr {
            let entry = program.functions[callee.index()].entry;
            flow(&mut held, &mut rest, entry, &before);
            let lost = &given_back[callee.index()];
            after.retain(|lock| !lost.contains(lock));
        }
        if let Some(target) = instr.target()
            && !matches!(instr, Instr::AtomicBegin(_))
        {
            flow(&mut held, &mut rest, target, &after);
        }
        if instr.falls_through() && (pc as usize) + 1 < program.code.len() {
            flow(&mut held, &mut rest, pc + 1, &after);
        }
    }
    held
}

fn flow(held: &mut [Option<Held>], rest: &mut BTreeSet<Pc>, to: Pc, with: &Held) {
    let Some(place) = held.get_mut(to as usize) else {
        return;
    };
    let joined = match place {
        None => with.clone(),
        Some(old) => old.intersection(with).copied().collect(),
    };
    if place.as_ref() != Some(&joined) {
        *place = Some(joined);
        rest.insert(to);
    }
}

/// What an instruction does to the locks held.
fn apply(instr: &Instr, held: &mut Held) {
    let Instr::Sync { op, object, .. } = instr else {
        return;
    };
    match op {
        SyncOp::Lock(WaitMode::Wait)
        | SyncOp::Read(WaitMode::Wait)
        | SyncOp::Write(WaitMode::Wait) => {
            held.extend(constant(object));
        }
        SyncOp::Unlock | SyncOp::ReadUnlock | SyncOp::WriteUnlock => match constant(object) {
            Some(id) => {
                held.remove(&id);
            }
            None => held.clear(),
        },
        _ => {}
    }
}

fn constant(object: &Expr) -> Option<ObjectId> {
    match object {
        Expr::Const(number) => usize::try_from(*number).ok().map(ObjectId::new),
        _ => None,
    }
}

/// For each function, the locks that it, or what it calls, may give back.
fn given_back(program: &Program) -> Vec<Held> {
    let mut all: Vec<Held> = vec![Held::new(); program.functions.len()];
    let everything: Held = (0..program.objects.len()).map(ObjectId::new).collect();
    let mut calls: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, function) in program.functions.iter().enumerate() {
        let mut taken = Held::new();
        for pc in function.entry..function.end {
            match program.instr(pc) {
                Instr::Sync {
                    op: SyncOp::Unlock | SyncOp::ReadUnlock | SyncOp::WriteUnlock,
                    object,
                    ..
                } => match constant(object) {
                    Some(id) => {
                        all[index].insert(id);
                    }
                    // A parameter is most often taken and given back by the same function.
                    None if takes_computed(program, function.entry, function.end) => {}
                    None => all[index].clone_from(&everything),
                },
                Instr::Sync {
                    op:
                        SyncOp::Lock(WaitMode::Wait)
                        | SyncOp::Read(WaitMode::Wait)
                        | SyncOp::Write(WaitMode::Wait),
                    object,
                    ..
                } => taken.extend(constant(object)),
                Instr::Call(callee, ..) => calls.entry(index).or_default().push(callee.index()),
                _ => {}
            }
        }
        all[index].retain(|id| !taken.contains(id));
    }
    for _ in 0..program.functions.len() {
        let mut changed = false;
        for (&caller, callees) in &calls {
            for &callee in callees {
                let more: Vec<ObjectId> = all[callee].difference(&all[caller]).copied().collect();
                changed |= !more.is_empty();
                all[caller].extend(more);
            }
        }
        if !changed {
            break;
        }
    }
    all
}

fn takes_computed(program: &Program, from: Pc, to: Pc) -> bool {
    (from..to).any(|pc| match program.instr(pc) {
        Instr::Sync {
            op: SyncOp::Lock(_) | SyncOp::Read(_) | SyncOp::Write(_),
            object,
            ..
        } => constant(object).is_none(),
        _ => false,
    })
}
