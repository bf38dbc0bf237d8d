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
use crate::program::{CellId, Expr, Instr, Program, RmwOp, Update};
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
    let layout = machine.layout();
    let running = (0..layout.n_actors(state)).filter(|&it| layout.is_running(state, it));
    running
        .flat_map(|actor| lost_by(machine, state, actor))
        .collect()
}

/// The updates that the next step of a running actor would lose.
pub fn lost_by<'a>(
    machine: &'a Machine<'_>,
    state: &'a State,
    actor: usize,
) -> impl Iterator<Item = LostUpdate> + 'a {
    let program = machine.program();
    let layout = machine.layout();
    let pc = layout.pc(state, actor);
    program.updates_at(pc).iter().filter_map(move |&update| {
        let scene = machine.scene(state, actor);
        let read = scene.eval(&Expr::Reg(update.reg)).ok()?;
        let (cell, now) = match program.instr(pc) {
            Instr::Store(place, ..) | Instr::Rmw(_, place, RmwOp::Swap, _) => {
                let cell = scene.cell(place).ok()?;
                (cell, layout.value(state, cell))
            }
            // An entry that has gone, or had not come, is no value to lose.
            Instr::Collection {
                op, object, args, ..
            } => {
                let cell = scene.entry_cell(*op, object, args)?;
                (cell, layout.value(state, cell))
            }
            _ => return None,
        };
        (read != now).then_some(LostUpdate {
            actor,
            update,
            cell,
            read,
            now,
        })
    })
}
