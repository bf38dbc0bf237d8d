//! Actors that begin with something that can fail get a first step for it.
//!
//! What an actor does before its first step would otherwise happen while the
//! initial state is made (or inside the spawner's step), where a failure has no
//! actor and no moment. So such a body begins with `Begin`, unless `prologue` shows
//! that with its arguments nothing fails.

use super::assemble::target_mut;
use super::fold;
use super::lowering::Lowered;
use super::prologue;
use crate::program::{FunctionId, Instr, Site};

/// What can happen between a function's entry and its first step.
#[derive(Clone, Copy, Default)]
struct Prefix {
    /// Something fails, raises, or goes on for ever.
    fails: bool,
    /// The function returns without a step.
    returns: bool,
}

/// Gives a `Begin` to the functions that need one: bodies of actors, and copies
/// of functions that are spawned. `spawn` then names the copy. `args` are the words
/// of each declared actor's arguments.
pub(super) fn add_begins(functions: &mut Vec<Lowered>, bodies: &[FunctionId], args: &[Vec<i64>]) {
    let prefixes = prefixes(functions);
    let mut distinct = bodies.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    for body in distinct {
        let function = &functions[body.index()];
        let mut actors = bodies.iter().zip(args).filter(|(of, _)| **of == body);
        if prefixes[body.index()].fails
            && !actors.all(|(_, args)| prologue::is_sound(function, args))
        {
            insert_begin(functions, body);
        }
    }
    let n = functions.len();
    let mut copies: Vec<Option<FunctionId>> = vec![None; n];
    for spawned in spawned(functions, |_| true) {
        if prefixes[spawned.index()].fails && !bodies.contains(&spawned) {
            let copy = copy(functions, spawned);
            insert_begin(functions, copy);
            copies[spawned.index()] = Some(copy);
        }
    }
    for function in functions {
        for instr in &mut function.code.code {
            if let Instr::Spawn { function, .. } = instr
                && let Some(copy) = copies[function.index()]
            {
                *function = copy;
            }
        }
    }
}

fn insert_begin(functions: &mut [Lowered], id: FunctionId) {
    let function = &mut functions[id.index()];
    let Some(first) = function.code.sites.first().copied() else {
        return;
    };
    for target in function.code.code.iter_mut().filter_map(target_mut) {
        *target += 1;
    }
    for handler in &mut function.code.handlers {
        handler.from += 1;
        handler.to += 1;
        handler.target += 1;
    }
    let site = Site {
        span: function.span,
        label: None,
        synthetic: true,
        ..first
    };
    function.code.code.insert(0, Instr::Begin);
    function.code.sites.insert(0, site);
}

/// The same function again, under another number.
pub(super) fn copy(functions: &mut Vec<Lowered>, of: FunctionId) -> FunctionId {
    let copy = FunctionId::new(functions.len());
    let mut function = functions[of.index()].clone();
    for site in &mut function.code.sites {
        site.function = copy;
    }
    functions.push(function);
    copy
}

/// The functions that some `spawn` names, of daemons or not, each once, in order.
pub(super) fn spawned(functions: &[Lowered], whose: impl Fn(bool) -> bool) -> Vec<FunctionId> {
    let mut all: Vec<FunctionId> = functions
        .iter()
        .flat_map(|function| &function.code.code)
        .filter_map(|instr| match instr {
            Instr::Spawn {
                function, daemon, ..
            } => whose(*daemon).then_some(*function),
            _ => None,
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The prefix of each function.
fn prefixes(functions: &[Lowered]) -> Vec<Prefix> {
    let mut known = vec![None; functions.len()];
    (0..functions.len())
        .map(|index| prefix(functions, index, &mut known))
        .collect()
}

fn prefix(functions: &[Lowered], index: usize, known: &mut [Option<Prefix>]) -> Prefix {
    if let Some(prefix) = known[index] {
        return prefix;
    }
    // A function that calls itself before its first step may never come to one.
    known[index] = Some(Prefix {
        fails: true,
        returns: false,
    });
    let code = &functions[index].code.code;
    let mut found = Prefix::default();
    let mut seen = vec![false; code.len()];
    let mut rest = vec![0];
    while let Some(at) = rest.pop() {
        if code[at].is_visible() || std::mem::replace(&mut seen[at], true) {
            continue;
        }
        let instr = &code[at];
        found.fails |= fails(instr);
        let mut goes_on = instr.falls_through();
        match instr {
            Instr::Return(_) => found.returns = true,
            Instr::Call(callee, ..) => {
                let callee = prefix(functions, callee.index(), known);
                found.fails |= callee.fails;
                goes_on = callee.returns;
            }
            _ => {}
        }
        if let Some(target) = instr.target() {
            let target = target as usize;
            // A loop before the first step may go on for ever.
            found.fails |= target <= at;
            rest.push(target);
        }
        if goes_on {
            rest.push(at + 1);
        }
    }
    known[index] = Some(found);
    found
}

/// Whether a local instruction can stop the execution, or raise.
fn fails(instr: &Instr) -> bool {
    match instr {
        Instr::Assert(..) | Instr::Raise(_) | Instr::Reraise(_) => true,
        Instr::Let(_, value) | Instr::Observe(_, value) | Instr::Unless(value, _) => {
            fold::can_fault(value)
        }
        Instr::Call(_, args, _) => args.iter().any(fold::can_fault),
        Instr::Return(values) => values.iter().any(fold::can_fault),
        _ => false,
    }
}
