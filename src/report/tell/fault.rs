//! A001, O001 to O003, M008: the execution stops in the middle of a step.

use super::change::{self, last_write};
use super::leaves::{self, Leaf};
use super::states::Column;
use super::steps;
use super::told::{Told, declaration};
use crate::base::Span;
use crate::program::{Instr, Pc};
use crate::report::Place;
use crate::semantics::{ArithmeticFault, EventKind, FaultKind};

/// The last step's actor failed at an instruction.
pub(super) fn fault(told: &mut Told<'_, '_>, actor: usize, pc: Pc) {
    let story = told.story;
    told.script.actors = vec![actor];
    if let Some(step) = story.steps().len().checked_sub(1) {
        told.script.key.insert(step);
    }
    let kind = story.run.fault.map(|fault| fault.kind);
    match kind {
        Some(FaultKind::Assert) | None => assertion(told, actor, pc),
        Some(FaultKind::Arithmetic(fault)) => arithmetic(told, actor, pc, fault),
        Some(FaultKind::Atomic) => atomic(told, actor, pc),
    }
    super::race::call_sites(told, &[actor]);
}

fn assertion(told: &mut Told<'_, '_>, actor: usize, pc: Pc) {
    let story = told.story;
    let span = story.span(pc);
    let text = story.text(span);
    let (mut found, mut message) = (Vec::new(), None);
    if let Instr::Assert(condition, name) = story.program.instr(pc) {
        found = leaves::of_actor(story, condition, story.end(), actor, pc);
        message = name.map(|name| story.program.name(name).to_owned());
    }
    let said = message.map_or(String::new(), |message| format!(": {message}"));
    told.say(format!("assertion failed: `{text}`{said}"));
    let label = match leaves::sentence(&found) {
        it if it.is_empty() => format!("{} finds this false", story.quoted(actor)),
        values => format!("{values} for {}", story.quoted(actor)),
    };
    told.place(Place::primary(span, label).by(story.actor(actor), "assert"));
    let woken = stolen(told, actor, &found);
    if !woken && !change::lost_updates(told, &found) {
        changed(told, actor, &found);
    }
    for column in leaves::columns(&found) {
        told.about(column);
    }
    let cells: Vec<String> = found
        .iter()
        .filter(|leaf| leaf.column.is_some())
        .map(|leaf| format!("`{}`", leaf.name))
        .collect();
    if woken {
        told.help("wait in a loop: `while` instead of `if`, so that the condition is tested again");
    } else if !cells.is_empty() {
        told.help(format!(
            "keep others from changing {} between the steps that belong together: one lock \
             around all of them",
            super::story::list(&cells, 3)
        ));
    } else {
        told.help("look at the table for the step after which the asserted condition is false");
    }
}

/// Between the signal and the wake-up somebody else was faster. Says whether so.
fn stolen(told: &mut Told<'_, '_>, actor: usize, found: &[Leaf]) -> bool {
    let story = told.story;
    // The wake-up of the actor: it was asleep before the step and is not after it.
    let wake = story.backwards().find(|(step, taken)| {
        let waits = matches!(
            story.program.instr(taken.pc),
            Instr::Sync {
                op: crate::program::SyncOp::CondWait(_),
                ..
            }
        );
        let sleeps = story
            .events(*step)
            .any(|event| matches!(event.kind, EventKind::Sleeps(_)));
        taken.action.actor == actor && waits && !sleeps
    });
    let Some((wake, taken)) = wake else {
        return false;
    };
    let waited = story.span(taken.pc);
    let call = (0..wake).rev().find(|&step| {
        story
            .events(step)
            .any(|event| matches!(&event.kind, EventKind::Woke(_, woken) if woken.contains(&actor)))
    });
    let Some(call) = call else {
        return false;
    };
    let thief = found.iter().find_map(|leaf| {
        let Some(Column::Cell(cell)) = leaf.column else {
            return None;
        };
        let (step, value) = last_write(story, cell, wake)?;
        (step > call).then_some((step, cell, value))
    });
    let test = story
        .program
        .waits_in_if
        .iter()
        .find(|(wait, _)| *wait == waited);
    if let Some(&(_, test)) = test {
        told.place(Place::new(test, "tested once, before the wait").role("test"));
    }
    let values = leaves::sentence(found);
    let label = format!(
        "step {}: {} wakes here, {values}",
        wake + 1,
        story.quoted(actor)
    );
    told.place(Place::new(waited, label).by(story.actor(actor), "wake"));
    told.script.key.insert(call);
    told.script.note(wake, "wakes up late");
    if let Some((step, cell, value)) = thief {
        let who = story.steps()[step].action.actor;
        told.script.note(step, "was faster");
        told.fact(
            "what happened",
            format!(
                "between the signal (step {}) and the wake-up (step {}) {} made `{}` {}",
                call + 1,
                wake + 1,
                story.quoted(who),
                story.cell(cell),
                story.show_cell(cell, value)
            ),
        );
        return true;
    }
    test.is_some()
}

/// Who changed what was looked at, and what the actor had seen before.
fn changed(told: &mut Told<'_, '_>, actor: usize, found: &[Leaf]) {
    let story = told.story;
    for leaf in found {
        let Some(Column::Cell(cell)) = leaf.column else {
            continue;
        };
        let last = story.steps().len();
        let Some((step, value)) = last_write(story, cell, last) else {
            continue;
        };
        let writer = story.steps()[step].action.actor;
        let earlier = (0..step).rev().find_map(|at| {
            let own = story.steps()[at].action.actor == actor;
            let seen = story.read_of(at, cell).filter(|_| own)?;
            Some((at, seen))
        });
        if writer == actor {
            continue;
        }
        told.script.note(step, format!("changes {}", leaf.name));
        let place = Place::new(
            steps::span(story, step),
            format!(
                "step {}: {} makes `{}` {}",
                step + 1,
                story.quoted(writer),
                leaf.name,
                story.show_cell(cell, value)
            ),
        );
        told.place(place.by(story.actor(writer), "write"));
        if let Some((at, seen)) = earlier
            && seen != value
        {
            told.script.key.insert(at);
            told.fact(
                "what happened",
                format!(
                    "{} saw `{}` = {} in step {}; {} changed it to {} in step {}",
                    story.quoted(actor),
                    leaf.name,
                    story.show_cell(cell, seen),
                    at + 1,
                    story.quoted(writer),
                    story.show_cell(cell, value),
                    step + 1
                ),
            );
            return;
        }
    }
    if told.finding.facts.is_empty() {
        change::last_changes(told, found);
    }
}

fn arithmetic(told: &mut Told<'_, '_>, actor: usize, pc: Pc, fault: ArithmeticFault) {
    let story = told.story;
    let span = story.span(pc);
    let text = story.text(span);
    let found = operands(told, actor, pc);
    let who = story.quoted(actor);
    let range = stored_range(told, pc, fault);
    let message = match (fault, &range) {
        (ArithmeticFault::Overflow, Some((name, range, _))) => {
            format!("`{name}` leaves its range {range} in `{text}`")
        }
        (ArithmeticFault::Overflow, None) => format!("arithmetic overflow in `{text}`"),
        (ArithmeticFault::Bounds, _) => format!("index out of bounds in `{text}`"),
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
        changed(told, actor, &found);
    }
    told.help(match fault {
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

/// The names in the instruction that failed, with their values.
fn operands(told: &Told<'_, '_>, actor: usize, pc: Pc) -> Vec<Leaf> {
    let story = told.story;
    let mut found = Vec::new();
    let mut look = |expr: &crate::program::Expr| {
        found.extend(leaves::of_actor(story, expr, story.end(), actor, pc));
    };
    match story.program.instr(pc) {
        Instr::Store(place, value, _) | Instr::Rmw(_, place, _, value) => {
            place.dims.iter().for_each(|dim| look(&dim.index));
            look(value);
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

fn atomic(told: &mut Told<'_, '_>, actor: usize, pc: Pc) {
    let story = told.story;
    let span = story.span(pc);
    let who = story.quoted(actor);
    told.say(format!("{who} cannot go on inside an atomic block"));
    let label = "would have to wait here, in the middle of one step";
    told.place(Place::primary(span, label).by(story.actor(actor), "wait"));
    if let Some(step) = story.steps().len().checked_sub(1) {
        let begin = Place::new(steps::span(story, step), "the atomic block begins here");
        told.place(begin.by(story.actor(actor), "atomic"));
    }
    told.help("move what can wait out of the block, or make it the first thing in it");
}
