//! Which memory an operation on a list or map touches.
//!
//! Every operation is one step, and looks at or changes the collection as a whole:
//! that never races. What is written `l[i]` or `d[k]` is besides that a plain access
//! of one entry, if there is one. It races with another access of that entry, and
//! with what moves it or takes it away. So two operations with names never race,
//! as in CPython, and two stores of the same entry do.

use super::footprint::Touch;
use crate::program::{CellId, CollectionOp, Expr, Instr, Program, VarId};
use crate::semantics::{Machine, State};

/// Appends the accesses of an operation on a list or map that `actor` does next.
pub(super) fn touches(machine: &Machine<'_>, state: &State, actor: usize, found: &mut Vec<Touch>) {
    let pc = machine.layout().pc(state, actor);
    let scene = machine.scene(state, actor);
    let instr = machine.program().instr(pc);
    let whole = |object: &Expr| {
        let id = scene.object(scene.eval(object).ok()?)?;
        Some((id, machine.collection(id)?.first()))
    };
    let mut push = |cell: CellId, write: bool, plain: bool| {
        found.push(Touch {
            actor,
            pc,
            cell,
            write,
            plain,
            guarded: machine.is_guarded(state, actor, cell, write),
        });
    };
    match instr {
        Instr::NextEntry { object, .. } => {
            if let Some((_, first)) = whole(object) {
                push(first, false, false);
            }
        }
        Instr::Collection {
            op,
            plain,
            object,
            args,
            ..
        } => {
            let Some((id, first)) = whole(object) else {
                return;
            };
            push(first, !op.only_looks(), false);
            if let (CollectionOp::Extend | CollectionOp::CopyFrom, [other]) = (op, &**args)
                && let Some((_, other)) = whole(other)
            {
                push(other, false, false);
            }
            if op.is_about_one() {
                if let Some(cell) = scene.entry_cell(*op, object, args) {
                    push(cell, !op.only_looks(), *plain);
                }
            } else if op.moves() {
                for cell in machine.entry_cells(state, id) {
                    push(cell, true, false);
                }
            }
        }
        _ => {}
    }
}

/// The variable with the entries of the list or map that an instruction names, if
/// it names it by itself.
pub(super) fn variable(program: &Program, object: &Expr) -> Option<VarId> {
    let Expr::Const(number) = object else {
        return None;
    };
    let row = program.objects.get(usize::try_from(*number).ok()?)?;
    match row.kind {
        crate::program::ObjectKind::Collection { first, .. } => {
            Some(program.cells[first.index()].var)
        }
        _ => None,
    }
}
