//! Which instructions an actor may execute next, as far as the code alone tells.

use crate::program::{Instr, Pc, Program};
use std::collections::BTreeSet;

/// Where an actor may come to.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Reach {
    /// Visible instructions.
    pub visible: BTreeSet<Pc>,
    /// The end of the actor.
    pub end: bool,
}

/// The next visible instructions after those of `from`; exceptions are left out.
pub fn next(program: &Program, from: &BTreeSet<Pc>) -> Reach {
    let mut end = false;
    let mut after = |pc| followers(program, pc, &mut end);
    let first = from.iter().flat_map(|&pc| after(pc)).collect();
    let visible = visible(program, first, after);
    Reach { visible, end }
}

/// The first visible instructions on all ways that begin at some instructions, where `after`
/// says what may be executed after one.
pub fn visible(
    program: &Program,
    mut todo: Vec<Pc>,
    mut after: impl FnMut(Pc) -> Vec<Pc>,
) -> BTreeSet<Pc> {
    let (mut visible, mut seen) = (BTreeSet::new(), BTreeSet::new());
    while let Some(pc) = todo.pop() {
        if program.instr(pc).is_visible() {
            visible.insert(pc);
        } else if seen.insert(pc) {
            todo.extend(after(pc));
        }
    }
    visible
}

/// Whether an actor can come to its end from one of the instructions.
pub fn can_end(program: &Program, from: &BTreeSet<Pc>) -> bool {
    let mut seen = from.clone();
    let mut todo = from.clone();
    while !todo.is_empty() {
        let reach = next(program, &todo);
        if reach.end {
            return true;
        }
        todo = reach.visible.difference(&seen).copied().collect();
        seen.extend(&todo);
    }
    false
}

/// The instructions that may be executed next; exceptions are left out. Notes whether the
/// actor may end.
pub fn followers(program: &Program, pc: Pc, end: &mut bool) -> Vec<Pc> {
    match program.instr(pc) {
        Instr::Jump(target) => vec![*target],
        Instr::Unless(_, target) | Instr::UnlessCaught(_, _, target) => vec![pc + 1, *target],
        Instr::AtomicBegin(target) => vec![*target],
        Instr::Call(function, ..) => vec![program.functions[function.index()].entry],
        Instr::Return(_) => returns_to(program, pc, end),
        Instr::Raise(_) | Instr::Reraise(_) => Vec::new(),
        _ => vec![pc + 1],
    }
}

/// Behind all calls of the function; its return may also end an actor.
fn returns_to(program: &Program, pc: Pc, end: &mut bool) -> Vec<Pc> {
    let function = program.site(pc).function;
    let runs_an_actor = program
        .actors
        .iter()
        .any(|actor| actor.function == function);
    let mut after = Vec::new();
    for (at, instr) in program.code.iter().enumerate() {
        match instr {
            Instr::Call(called, ..) if *called == function => {
                after.push(Pc::try_from(at + 1).expect("code is limited"));
            }
            Instr::Spawn { function: run, .. } if *run == function => *end = true,
            _ => {}
        }
    }
    *end |= runs_an_actor;
    after
}
