//! Which memory an actor's next instruction touches, and how.

use crate::base::{Mistake, planted};
use crate::program::{Access, CellId, Expr, Instr, Pc, Query, Reg};
use crate::semantics::{Chooser, Incident, Machine, Recorder, State};

/// An access to a word of memory.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Touch {
    /// Who is about to do it.
    pub actor: usize,
    /// With which instruction.
    pub pc: Pc,
    /// Which word.
    pub cell: CellId,
    /// It writes (perhaps besides reading).
    pub write: bool,
    /// It is not atomic.
    pub plain: bool,
    /// At that moment it holds the lock that the variable names, if it names one.
    pub guarded: bool,
}

/// Appends the accesses of the next instruction of `actor`.
///
/// A plain read of `wait_until` counts while it is blocked, too. What an atomic
/// block would touch is found by running it on a copy of the state.
pub fn touches(machine: &Machine<'_>, state: &State, actor: usize, found: &mut Vec<Touch>) {
    // Who waits for its event loop cannot be next.
    if !machine.has_the_turn(state, actor) {
        return;
    }
    let pc = machine.layout().pc(state, actor);
    let scene = machine.scene(state, actor);
    let mut push = |place: &crate::program::CellRef, write: bool, access: Access| {
        if let Ok(cell) = scene.cell(place) {
            found.push(Touch {
                actor,
                pc,
                cell,
                write,
                plain: access == Access::Plain,
                guarded: machine.is_guarded(state, actor, cell, write),
            });
        }
    };
    match machine.program().instr(pc) {
        Instr::Load(_, place, access) => push(place, false, *access),
        Instr::Store(place, _, access) => push(place, true, *access),
        Instr::Rmw(_, place, ..) | Instr::CompareExchange(_, place, ..) => {
            push(place, true, Access::Atomic);
        }
        Instr::WaitUntil(_)
            if planted(Mistake::BlockedReadNoRace) && !machine.can_step(state, actor) => {}
        Instr::WaitUntil(condition) => {
            let reads = machine.reads(state, actor, condition).into_iter();
            found.extend(reads.map(|(cell, plain)| Touch {
                actor,
                pc,
                cell,
                write: false,
                plain,
                guarded: machine.is_guarded(state, actor, cell, false),
            }));
        }
        Instr::AtomicBegin(_) => inside_atomic(machine, state, actor, found),
        Instr::Collection { .. } | Instr::NextEntry { .. } => {
            super::collections::touches(machine, state, actor, found);
        }
        _ => {}
    }
}

/// Calls `see` for every word an expression may read.
pub fn cells_read(expr: &Expr, see: &mut impl FnMut(&crate::program::CellRef)) {
    expr.each(&mut |expr| {
        if let Expr::Cell(place) = expr {
            see(place);
        }
    });
}

/// The registers an expression reads.
pub fn registers(expr: &Expr) -> Vec<Reg> {
    let mut found = Vec::new();
    expr.each(&mut |expr| {
        if let Expr::Reg(reg) = expr {
            found.push(*reg);
        }
    });
    found
}

/// Calls `see` for every object, actor or future an expression may ask, with the
/// question; it is `None` where an entry of a list or map is looked at.
pub fn asked(expr: &Expr, see: &mut impl FnMut(Option<Query>, &Expr)) {
    expr.each(&mut |expr| match expr {
        Expr::Query(query, object) => see(Some(*query), object),
        Expr::Entry { object, .. } => see(None, object),
        _ => {}
    });
}

struct Inside<'a> {
    actor: usize,
    found: &'a mut Vec<Touch>,
}

impl Recorder for Inside<'_> {
    fn incident(&mut self, _: usize, incident: Incident) {
        if let Incident::Accessed {
            cell,
            write,
            pc,
            guarded,
        } = incident
        {
            self.found.push(Touch {
                actor: self.actor,
                pc,
                cell,
                write,
                plain: false,
                guarded,
            });
        }
    }
}

fn inside_atomic(machine: &Machine<'_>, state: &State, actor: usize, found: &mut Vec<Touch>) {
    if !machine.can_step(state, actor) {
        return;
    }
    let mut chooser = Chooser::first();
    loop {
        let mut copy = state.draft();
        let mut inside = Inside { actor, found };
        // A block that fails has touched what it touched until then.
        let _ = machine.step(&mut copy, actor, &mut chooser, &mut inside);
        state.absorb(&copy);
        if !chooser.advance() {
            break;
        }
    }
    found.sort_unstable();
    found.dedup();
}
