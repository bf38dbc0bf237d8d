//! R002: an update by someone else falls between a read and the write computed
//! from it.
//!
//! The compiler says at which writes a register still holds what was read. If in
//! a state before such a write the register and memory differ, somebody else has
//! written in between, and that write is about to be lost. An update that puts
//! back the same value is not seen; it loses nothing.

use crate::analysis::facts::Facts;
use crate::analysis::key::Key;
use crate::explore::{Goal, Visit};
use crate::program::{CellId, Instr, Program, RmwOp, Update};
use crate::semantics::{Machine, State};

/// A write that is about to wipe out what it has not seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LostUpdate {
    /// Who is about to write.
    pub actor: usize,
    /// The write and the read.
    pub update: Update,
    /// The word.
    pub cell: CellId,
    /// What was read.
    pub read: i64,
    /// What is there now.
    pub now: i64,
}

/// Notes the updates that a state is about to lose.
pub fn in_state(facts: &mut Facts<'_>, visit: &Visit<'_>, goal: Goal) {
    if facts.program.updates.is_empty() {
        return;
    }
    for lost in lost_updates(visit.machine, visit.state) {
        facts.note(key(facts.program, &lost), goal);
    }
}

/// The identity of a lost update.
pub fn key(program: &Program, lost: &LostUpdate) -> Key {
    let span = |pc| program.site(pc).span;
    let var = program.cells[lost.cell.index()].var;
    Key::LostUpdate(var, span(lost.update.load), span(lost.update.store))
}

/// The updates that the next steps of a state's actors would lose.
pub fn lost_updates(machine: &Machine<'_>, state: &State) -> Vec<LostUpdate> {
    let program = machine.program();
    let layout = machine.layout();
    let mut found = Vec::new();
    for actor in (0..layout.n_actors(state)).filter(|&it| layout.is_running(state, it)) {
        let pc = layout.pc(state, actor);
        for &update in program.updates_at(pc) {
            let (Instr::Store(place, ..) | Instr::Rmw(_, place, RmwOp::Swap, _)) =
                program.instr(pc)
            else {
                continue;
            };
            let scene = machine.scene(state, actor);
            let Ok(cell) = scene.cell(place) else {
                continue;
            };
            let read = scene.eval(&crate::program::Expr::Reg(update.reg));
            let now = layout.value(state, cell);
            if let Ok(read) = read
                && read != now
            {
                found.push(LostUpdate {
                    actor,
                    update,
                    cell: cell,
                    read,
                    now,
                });
            }
        }
    }
    found
}
