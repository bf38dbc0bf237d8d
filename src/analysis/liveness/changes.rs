//! Whether an actor could change what a loop looks at, as far as the code tells.
//!
//! **Invariant:** says no only if no code that the actor may run writes one of the
//! variables.

use crate::program::{CellRef, FunctionId, Instr, Pc, Program, VarId};
use std::collections::BTreeSet;

/// The variables that a loop looks at; `None` if it looks at something else, too.
pub(super) fn looked_at(program: &Program, code: &BTreeSet<Pc>) -> Option<BTreeSet<VarId>> {
    let mut vars = BTreeSet::new();
    for &pc in code {
        match program.instr(pc) {
            Instr::Load(_, place, _) => {
                vars.insert(program.cells[place.base.index()].var);
            }
            Instr::Yield | Instr::Sleep | Instr::Begin => {}
            instr if !instr.is_visible() => {}
            _ => return None,
        }
    }
    Some(vars)
}

/// Whether code that begins with a function, and all that it calls or spawns, may write one
/// of the variables. Jobs and tasks may do anything.
pub(super) fn may_write(program: &Program, from: FunctionId, vars: &BTreeSet<VarId>) -> bool {
    let mut seen = BTreeSet::from([from]);
    let mut todo = vec![from];
    while let Some(function) = todo.pop() {
        let function = &program.functions[function.index()];
        for pc in function.entry..function.end {
            let writes = |place: &CellRef| vars.contains(&program.cells[place.base.index()].var);
            match program.instr(pc) {
                Instr::Store(place, ..)
                | Instr::Rmw(_, place, ..)
                | Instr::CompareExchange(_, place, ..)
                    if writes(place) =>
                {
                    return true;
                }
                Instr::Call(called, ..)
                | Instr::Spawn {
                    function: called, ..
                } if seen.insert(*called) => todo.push(*called),
                Instr::Submit { .. } | Instr::TakeJob { .. } | Instr::Task { .. } => return true,
                _ => {}
            }
        }
    }
    false
}
