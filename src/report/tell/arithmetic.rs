//! O001 to O003: a value out of its range, an index out of bounds, a division by zero.

use super::change;
use super::fault::explain;
use super::leaves::{self, Leaf};
use super::states::Column;
use super::told::{Told, declaration};
use crate::base::Span;
use crate::program::{Expr, Instr, ObjectId, Pc, RmwOp};
use crate::report::Place;
use crate::semantics::{ArithmeticFault, Scene};

/// Arithmetic that cannot go on.
pub(super) fn arithmetic(told: &mut Told<'_, '_>, actor: usize, pc: Pc, fault: ArithmeticFault) {
    let story = told.story;
    let span = story.span(pc);
    let text = story.text(span);
    let found = operands(told, actor, pc);
    let who = story.quoted(actor);
    let range = stored_range(told, pc, fault);
    if let (ArithmeticFault::Bounds, Instr::Collection { object, .. }) =
        (fault, story.program.instr(pc))
        && let Some((id, capacity)) = full(told, actor, object)
    {
        return too_many(told, actor, pc, id, capacity);
    }
    let message = match (fault, &range) {
        (ArithmeticFault::Overflow, Some((name, range, _))) => {
            let value =
                attempted(told, actor, pc).map_or(String::new(), |it| format!(" with {it}"));
            format!("`{name}` leaves its range {range}{value} in `{text}`")
        }
        (ArithmeticFault::Overflow, None) => format!("arithmetic overflow in `{text}`"),
        (ArithmeticFault::Bounds, _) => match outside(told, actor, pc) {
            Some((index, len)) => {
                format!("index out of bounds in `{text}`: {index} is not in 0..{len}")
            }
            None => format!("index out of bounds in `{text}`"),
        },
        (ArithmeticFault::DivisionByZero, _) => format!("division by zero in `{text}`"),
    };
    told.say(message);
    let values = leaves::sentence(&found);
    let label = if values.is_empty() {
        format!("{who} fails here")
    } else {
        format!("{values} for {who}")
    };
    told.place(Place::primary(span, label).by(story.actor(actor), "compute"));
    let is_ranged = range.is_some();
    if let Some((_, range, declared)) = range {
        told.place(declaration(
            declared,
            format!("declared with the range {range}"),
        ));
    }
    for column in leaves::columns(&found) {
        told.about(column);
    }
    if !change::lost_updates(told, &found) {
        explain(told, actor, &found);
    }
    let is_local = leaves::columns(&found).is_empty();
    if fault != ArithmeticFault::Overflow && is_local && super::fault::is_alone(told, actor) {
        return told.help("no other actor has a hand in it: with these values it always fails");
    }
    told.help(match fault {
        ArithmeticFault::Overflow if !is_ranged => {
            "a number has 64 bits: decide how large it may become, and test that before the change \
             or cut the result off, as in `min(…, HIGHEST)`; test and change in one step, or under \
             one lock"
        }
        ArithmeticFault::Overflow => {
            "test and change the value in one step, or under one lock, so that the test still \
             holds when the change is made"
        }
        ArithmeticFault::Bounds => {
            "test the index and use it in one step, or under one lock, so that it is still \
             right when it is used"
        }
        ArithmeticFault::DivisionByZero => {
            "test the divisor and divide in one step, or under one lock"
        }
    });
}

/// The list or map that has no room for more, and how much it has.
fn full(told: &Told<'_, '_>, actor: usize, object: &Expr) -> Option<(ObjectId, usize)> {
    let machine = told.story.machine();
    let number = machine.scene(told.story.end(), actor).eval(object).ok()?;
    let id = machine.object(told.story.end(), actor, number)?;
    Some((id, machine.collection(id)?.capacity))
}

/// One entry more than the declared size.
fn too_many(told: &mut Told<'_, '_>, actor: usize, pc: Pc, id: ObjectId, capacity: usize) {
    let story = told.story;
    let (span, name) = (story.span(pc), story.object(id));
    let text = story.text(span);
    told.say(format!(
        "`{name}` has room for {capacity}, and `{text}` adds one more"
    ));
    let label = format!("{} adds to what is full", story.quoted(actor));
    told.place(Place::primary(span, label).by(story.actor(actor), "add"));
    if let Some(object) = story.program.objects.get(id.index()) {
        told.place(declaration(
            object.span,
            "declared with this size".to_owned(),
        ));
    }
    told.about(Column::Object(id));
    super::collection::out_of_date(told);
    told.help(format!(
        "if it may become larger, declare it larger: `{name}({})`",
        capacity + 1
    ));
    told.help("if not, test the size and add in one step, or under one lock");
}

/// The value that a store was about to write.
fn attempted(told: &Told<'_, '_>, actor: usize, pc: Pc) -> Option<i64> {
    let story = told.story;
    let scene = story.machine().scene(story.end(), actor);
    match story.program.instr(pc) {
        Instr::Store(_, value, _) => scene.eval(value).ok(),
        Instr::Rmw(_, place, op, arg) => {
            let old = Expr::Cell(place.clone());
            let new = match op {
                RmwOp::Swap => arg.clone(),
                RmwOp::Fetch(op) => Expr::Binary(*op, Box::new(old), Box::new(arg.clone())),
            };
            scene.eval(&new).ok()
        }
        Instr::CompareExchange(_, _, _, new) => scene.eval(new).ok(),
        _ => None,
    }
}

/// The index that is outside, and the length.
fn outside(told: &Told<'_, '_>, actor: usize, pc: Pc) -> Option<(i64, u32)> {
    let story = told.story;
    let scene = story.machine().scene(story.end(), actor);
    let is_outside = |index: i64, len: u32| !(0..i64::from(len)).contains(&index);
    match story.program.instr(pc) {
        Instr::Load(_, place, _)
        | Instr::Store(place, ..)
        | Instr::Rmw(_, place, ..)
        | Instr::CompareExchange(_, place, ..) => place.dims.iter().find_map(|dim| {
            let index = scene.eval(&dim.index).ok()?;
            is_outside(index, dim.len).then_some((index, dim.len))
        }),
        Instr::Sync { object, .. } | Instr::Chan { object, .. } => outside_array(&scene, object),
        Instr::Select { arms, .. } => {
            let mut arms = arms.iter();
            arms.find_map(|arm| outside_array(&scene, &arm.object))
        }
        _ => None,
    }
}

/// The index of an array of objects that is outside, and the length.
fn outside_array(scene: &Scene<'_>, object: &Expr) -> Option<(i64, u32)> {
    let Expr::Element { index, len, .. } = object else {
        return None;
    };
    let index = scene.eval(index).ok()?;
    (!(0..i64::from(*len)).contains(&index)).then_some((index, *len))
}

/// The names in the instruction that failed, with their values. Where an index
/// is outside, only the names in indices.
fn operands(told: &Told<'_, '_>, actor: usize, pc: Pc) -> Vec<Leaf> {
    let story = told.story;
    let mut found = Vec::new();
    let only_index = outside(told, actor, pc).is_some();
    let mut look = |expr: &crate::program::Expr| {
        found.extend(leaves::of_actor(story, expr, story.end(), actor, pc));
    };
    match story.program.instr(pc) {
        Instr::Store(place, value, _) | Instr::Rmw(_, place, _, value) => {
            place.dims.iter().for_each(|dim| look(&dim.index));
            if !only_index {
                look(value);
            }
        }
        Instr::Load(_, place, _) => place.dims.iter().for_each(|dim| look(&dim.index)),
        Instr::CompareExchange(_, place, old, new) => {
            place.dims.iter().for_each(|dim| look(&dim.index));
            look(old);
            look(new);
        }
        Instr::Let(_, value)
        | Instr::Observe(_, value)
        | Instr::Unless(value, _)
        | Instr::Assert(value, _)
        | Instr::WaitUntil(value) => look(value),
        Instr::Sync { object, arg, .. } => {
            look(object);
            arg.iter().for_each(look);
        }
        Instr::Chan { object, args, .. } => {
            look(object);
            args.iter().for_each(look);
        }
        Instr::Select { arms, .. } => arms.iter().for_each(|arm| {
            look(&arm.object);
            arm.args.iter().for_each(&mut look);
        }),
        Instr::Choose(_, from, to) => {
            look(from);
            look(to);
        }
        Instr::Call(_, values, _) | Instr::Return(values) => values.iter().for_each(look),
        Instr::Spawn { args, .. } => args.iter().for_each(look),
        Instr::Submit { executor, args, .. } => {
            look(executor);
            args.iter().for_each(look);
        }
        Instr::Task { tasks, .. } => tasks.iter().for_each(look),
        Instr::Future { future, .. } => look(future),
        Instr::WaitJobs { futures, .. } => futures.iter().for_each(look),
        Instr::Print(items) => items.iter().for_each(|(item, _)| look(item)),
        _ => {}
    }
    found.dedup();
    found
}

/// For a store outside the declared range: the variable, the range, its declaration.
fn stored_range(
    told: &Told<'_, '_>,
    pc: Pc,
    fault: ArithmeticFault,
) -> Option<(String, String, Span)> {
    let story = told.story;
    let (Instr::Store(place, ..) | Instr::Rmw(_, place, ..) | Instr::CompareExchange(_, place, ..)) =
        story.program.instr(pc)
    else {
        return None;
    };
    if fault != ArithmeticFault::Overflow {
        return None;
    }
    let row = story.program.cells.get(place.base.index())?;
    let var = story.program.vars.get(row.var.index())?;
    let (low, high) = var.range?;
    Some((var.name.clone(), format!("{low}..={high}"), var.span))
}
