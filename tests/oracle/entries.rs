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
    match op {
        Op::At | Op::SetAt | Op::Get | Op::GetOr | Op::Put | Op::SetDefault => {
            let asked = scene.eval(&args[0]).ok();
            let index = asked.and_then(|asked| position(machine, state, of, asked));
            let entry = index.map(|index| value(machine, of, size(of), index));
            found.extend(entry.map(|entry| (entry, changes(op), plain)));
        }
        Op::Insert
        | Op::TakeAt
        | Op::RemoveValue
        | Op::Sort
        | Op::CopyFrom
        | Op::TakeKey
        | Op::Clear => {
            let n = machine.entries(state, of).len();
            let all = (0..n).map(|index| value(machine, of, size(of), index));
            found.extend(all.map(|entry| (entry, true, false)));
        }
        Op::Append | Op::Extend | Op::HasValue | Op::HasKey | Op::IsEqual | Op::Contents => {}
    }
    found
}

/// Where the entry is that an index or a key asks for, if there is one.
fn position(machine: &Machine<'_>, state: &State, of: ObjectId, asked: i64) -> Option<usize> {
    let entries = machine.entries(state, of);
    if shape(machine, of).0 {
        return entries.iter().position(|entry| entry[0] == asked);
    }
    let n = i64::try_from(entries.len()).expect("a few");
    let from_start = if asked < 0 { asked + n } else { asked };
    usize::try_from(from_start)
        .ok()
        .filter(|&at| at < entries.len())
}

/// Whether it has keys, and the words of an entry.
fn shape(machine: &Machine<'_>, of: ObjectId) -> (bool, usize) {
    match machine.program().objects[of.index()].kind {
        ObjectKind::Collection { keyed, width, .. } => (keyed, width as usize),
        _ => (false, 1),
    }
}

/// The first word of the value of an entry, where the size is this one.
fn value(machine: &Machine<'_>, of: ObjectId, size: CellId, index: usize) -> CellId {
    let (keyed, width) = shape(machine, of);
    let word = size.index() + 1 + index * width + usize::from(keyed);
    CellId::new(word).of_process(size.process())
}

/// What one look at entries in a condition reads, and whether that is a plain read.
pub fn read(
    machine: &Machine<'_>,
    state: &State,
    actor: usize,
    look: &Expr,
) -> Vec<(CellId, bool)> {
    let Expr::Entry {
        op,
        plain,
        object,
        args,
        ..
    } = look
    else {
        return Vec::new();
    };
    let scene = machine.scene(state, actor);
    let number = scene.eval(object).ok();
    let Some(number) = number.and_then(|number| usize::try_from(number).ok()) else {
        return Vec::new();
    };
    let of = copies::object(machine, state, actor, ObjectId::new(number));
    let ObjectKind::Collection { first, .. } = machine.program().objects[of.index()].kind else {
        return Vec::new();
    };
    let size = copies::cell(machine, state, actor, first);
    let mut found = vec![(size, false)];
    if matches!(op, Op::At | Op::Get | Op::GetOr) {
        let asked = scene.eval(&args[0]).ok();
        let index = asked.and_then(|asked| position(machine, state, of, asked));
        found.extend(index.map(|index| (value(machine, of, size, index), *plain)));
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
