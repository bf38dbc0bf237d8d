//! Programs that are not reduced, because some step does more to others than the
//! theorem allows for.

use crate::base::{Mistake, planted};
use crate::program::{ActorKind, Expr, Instr, ObjectKind, Program, PropertyKind};

/// Why a program is not reduced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Off {
    /// Tasks take turns.
    Tasks,
    /// Processes have copies.
    Processes,
    /// The end of one actor can stop another, or is seen by it.
    Endings,
    /// A lock that anybody may give back.
    UnownedLock,
    /// A property asks about objects, or about locals while actors run.
    Property,
}

impl Off {
    /// In words, behind "because".
    pub fn why(self) -> &'static str {
        match self {
            Off::Tasks => "tasks take turns",
            Off::Processes => "processes have copies of what they use",
            Off::Endings => "others can tell when an actor ends",
            Off::UnownedLock => "a lock can be given back by anybody",
            Off::Property => "a property asks more than variables",
        }
    }
}

/// Whether the program can be reduced.
pub(super) fn check(program: &Program) -> Result<(), Off> {
    if !program.loops.is_empty() {
        return Err(Off::Tasks);
    }
    if program.has_processes() {
        return Err(Off::Processes);
    }
    for actor in &program.actors {
        match actor.kind {
            ActorKind::Worker(_) => {}
            ActorKind::Task { .. } => return Err(Off::Tasks),
            ActorKind::Thread if planted(Mistake::EndingsReduced) => {}
            ActorKind::Thread if actor.main || actor.daemon => return Err(Off::Endings),
            ActorKind::Thread => {}
        }
    }
    for object in &program.objects {
        match object.kind {
            ObjectKind::Lock { .. } if planted(Mistake::UnownedReduced) => {}
            ObjectKind::Lock { unowned: true, .. } => return Err(Off::UnownedLock),
            _ => {}
        }
    }
    for instr in &program.code {
        match instr {
            Instr::End if planted(Mistake::EndingsReduced) => {}
            Instr::Spawn { daemon: true, .. } | Instr::End => return Err(Off::Endings),
            Instr::Task { .. } => return Err(Off::Tasks),
            _ => {}
        }
    }
    let states = program.properties.iter().filter_map(|it| match &it.kind {
        PropertyKind::Always(expr) | PropertyKind::Sometimes(expr) => Some(expr),
        _ => None,
    });
    match states.into_iter().all(only_memory) || planted(Mistake::PropertyReduced) {
        true => Ok(()),
        false => Err(Off::Property),
    }
}

/// Whether an expression looks at nothing but memory.
fn only_memory(expr: &Expr) -> bool {
    match expr {
        Expr::Const(_) | Expr::Reg(_) => true,
        Expr::Observed(_) | Expr::Query(..) | Expr::Entry { .. } => false,
        Expr::Unary(_, operand) => only_memory(operand),
        Expr::Element { index, .. } => only_memory(index),
        Expr::Pick(index, of) => only_memory(index) && of.iter().all(only_memory),
        Expr::Binary(_, left, right) => only_memory(left) && only_memory(right),
        Expr::If(condition, then, otherwise) => {
            only_memory(condition) && only_memory(then) && only_memory(otherwise)
        }
        Expr::Cell(place) => place.dims.iter().all(|dim| only_memory(&dim.index)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::{BinaryOp, Query};

    #[test]
    fn a_condition_is_about_memory_only_if_all_of_it_is() {
        let one = || Box::new(Expr::Const(1));
        let asks = || Box::new(Expr::Query(Query::Len, one()));
        assert!(only_memory(&Expr::Binary(BinaryOp::Add, one(), one())));
        assert!(only_memory(&Expr::If(one(), one(), one())));
        for (left, right) in [(one(), asks()), (asks(), one())] {
            assert!(!only_memory(&Expr::Binary(BinaryOp::Add, left, right)));
        }
        for (condition, then, otherwise) in [
            (asks(), one(), one()),
            (one(), asks(), one()),
            (one(), one(), asks()),
        ] {
            assert!(!only_memory(&Expr::If(condition, then, otherwise)));
        }
        let pick = Expr::Pick(one(), Box::new([*one(), *asks()]));
        assert!(!only_memory(&pick));
    }
}
