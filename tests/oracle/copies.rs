//! Whose copy of a word or an object an actor uses, from the declarations alone:
//! who is a process, who spawned whom, and what is declared `shared`.

use threadbare::program::{CellId, Instr, ObjectId};
use threadbare::semantics::{Machine, State};

/// The processes in the order in which they started; 0 is that of the threads
/// that are declared.
pub fn process(machine: &Machine<'_>, state: &State, actor: usize) -> usize {
    if begins_one(machine, state, actor) {
        let earlier = (0..actor).filter(|&it| begins_one(machine, state, it));
        return 1 + earlier.count();
    }
    match machine.layout().spawner(state, actor) {
        Some(spawner) => process(machine, state, spawner),
        None => 0,
    }
}

fn begins_one(machine: &Machine<'_>, state: &State, actor: usize) -> bool {
    match machine.layout().spawned_at(state, actor) {
        Some(pc) => matches!(
            machine.program().instr(pc),
            Instr::Spawn { process: true, .. }
        ),
        None => machine.program().actors[actor].process,
    }
}

/// An object as an actor knows it.
pub fn object(machine: &Machine<'_>, state: &State, actor: usize, id: ObjectId) -> ObjectId {
    if machine.program().objects[id.index()].shared {
        return id.declared();
    }
    id.of_process(process(machine, state, actor))
}

/// A word of memory as an actor knows it.
pub fn cell(machine: &Machine<'_>, state: &State, actor: usize, id: CellId) -> CellId {
    let program = machine.program();
    if program.vars[program.cells[id.index()].var.index()].shared {
        return id.declared();
    }
    id.of_process(process(machine, state, actor))
}

/// Whether two actors know the same thing by the name.
pub fn same_object(m: &Machine<'_>, state: &State, one: usize, other: usize, id: ObjectId) -> bool {
    object(m, state, one, id) == object(m, state, other, id)
}
