//! What an operation on a list or map touches, from the words of the guide: it looks
//! at or changes the whole; `l[i]` is besides a plain access of that entry, and what
//! moves or removes entries writes all of them.

use super::copies;
use threadbare::program::{CellId, CollectionOp as Op, Expr, Instr, ObjectId, ObjectKind};
use threadbare::semantics::{Machine, State};

/// The words that the next step of an actor touches: whether it writes, and whether
/// that is a plain access.
pub fn touched(machine: &Machine<'_>, state: &State, actor: usize) -> Vec<(CellId, bool, bool)> {
    let program = machine.program();
    let scene = machine.scene(state, actor);
    let id = |object: &Expr| {
        let number = usize::try_from(scene.eval(object).ok()?).ok()?;
        let id = ObjectId::new(number);
        Some(copies::object(machine, state, actor, id))
    };
    let size = |id: ObjectId| match program.objects[id.index()].kind {
        ObjectKind::Collection { first, .. } => copies::cell(machine, state, actor, first),
        _ => unreachable!("only lists and maps have entries"),
    };
    let (op, plain, object, args) = match program.instr(machine.layout().pc(state, actor)) {
        Instr::NextEntry { object, .. } => {
            return id(object)
                .map(|id| (size(id), false, false))
                .into_iter()
                .collect();
        }
        Instr::Collection {
            op,
            plain,
            object,
            args,
            ..
        } => (*op, *plain, object, args),
        _ => return Vec::new(),
    };
    let Some(of) = id(object) else {
        return Vec::new();
    };
    let mut found = vec![(size(of), changes(op), false)];
    if matches!(op, Op::Extend | Op::CopyFrom)
        && let Some(other) = id(&args[0])
    {
        found.push((size(other), false, false));
    }
    let entries = machine.entries(state, of);
    let (keyed, width) = match program.objects[of.index()].kind {
        ObjectKind::Collection { keyed, width, .. } => (keyed, width as usize),
        _ => (false, 1),
    };
    let value = |index: usize| {
        let first = size(of);
        let word = first.index() + 1 + index * width + usize::from(keyed);
        CellId::new(word).of_process(first.process())
    };
    match op {
        Op::At | Op::SetAt | Op::Get | Op::GetOr | Op::Put | Op::SetDefault => {
            let Ok(asked) = scene.eval(&args[0]) else {
                return found;
            };
            let index = if keyed {
                entries.iter().position(|entry| entry[0] == asked)
            } else {
                let n = i64::try_from(entries.len()).expect("a few");
                let from_start = if asked < 0 { asked + n } else { asked };
                usize::try_from(from_start)
                    .ok()
                    .filter(|&at| at < entries.len())
            };
            found.extend(index.map(|index| (value(index), changes(op), plain)));
        }
        Op::Insert
        | Op::TakeAt
        | Op::RemoveValue
        | Op::Sort
        | Op::CopyFrom
        | Op::TakeKey
        | Op::Clear => {
            found.extend((0..entries.len()).map(|index| (value(index), true, false)));
        }
        Op::Append | Op::Extend | Op::HasValue | Op::HasKey | Op::IsEqual | Op::Contents => {}
    }
    found
}

/// Whether an instruction changes one of the lists and maps.
pub fn changes_any(instr: &Instr, objects: &[ObjectId]) -> bool {
    match instr {
        Instr::Collection { op, object, .. } => {
            changes(*op) && objects.iter().any(|&id| super::waits::on(object, id))
        }
        _ => false,
    }
}

/// Whether it may leave something else there than it found.
pub fn changes(op: Op) -> bool {
    !matches!(
        op,
        Op::At | Op::Get | Op::GetOr | Op::HasValue | Op::HasKey | Op::IsEqual | Op::Contents
    )
}
