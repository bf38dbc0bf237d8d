//! What an actor's next instruction names: enough to say whether two next steps
//! race with each other. It only guides schedulers; nothing is concluded from it.

use crate::program::{CellRef, Expr, Instr};
use crate::semantics::{Machine, State};

/// What a next step is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Thing {
    /// A word of memory.
    Cell(usize),
    /// An object.
    Object(i64),
}

/// What a next step does with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Next {
    /// Nothing that others see.
    Nothing,
    /// It reads or, if true, changes one thing.
    One(Thing, bool),
    /// Several things, or which is not known.
    Many,
}

impl Next {
    /// Whether the order of the two matters.
    pub fn races_with(self, other: Next) -> bool {
        match (self, other) {
            (Next::Nothing, _) | (_, Next::Nothing) => false,
            (Next::Many, _) | (_, Next::Many) => true,
            (Next::One(one, changes), Next::One(two, also)) => one == two && (changes || also),
        }
    }
}

/// What the next step of a running actor is about.
pub(super) fn next(machine: &Machine<'_>, state: &State, actor: usize) -> Next {
    let scene = machine.scene(state, actor);
    let cell = |place: &CellRef, changes| match scene.cell(place) {
        Ok(cell) => Next::One(Thing::Cell(cell.index()), changes),
        Err(_) => Next::Nothing,
    };
    let object = |object: &Expr, changes| match scene.eval(object) {
        Ok(number) => Next::One(Thing::Object(number), changes),
        Err(_) => Next::Nothing,
    };
    match machine.program().instr(machine.layout().pc(state, actor)) {
        Instr::Load(_, place, _) => cell(place, false),
        Instr::Store(place, ..) | Instr::Rmw(_, place, ..) => cell(place, true),
        Instr::CompareExchange(_, place, ..) => cell(place, true),
        Instr::Ask(_, _, of) => object(of, false),
        Instr::Collection { op, object: of, .. } => object(of, !op.only_looks()),
        Instr::NextEntry { object: of, .. } => object(of, false),
        Instr::Sync { object: of, .. } | Instr::Chan { object: of, .. } => object(of, true),
        Instr::Submit { executor, .. } => object(executor, true),
        Instr::TakeJob { executor, .. } => Next::One(Thing::Object(i64::from(executor.0)), true),
        Instr::Select { .. }
        | Instr::Task { .. }
        | Instr::WaitUntil(_)
        | Instr::AtomicBegin(_)
        | Instr::Future { .. }
        | Instr::WaitJobs { .. }
        | Instr::FinishJob { .. } => Next::Many,
        _ => Next::Nothing,
    }
}
