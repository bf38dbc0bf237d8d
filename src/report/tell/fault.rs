//! A001 and M008: the execution stops in the middle of a step.

use super::arithmetic;
use super::change::{self, last_write};
use super::leaves::{self, Leaf};
use super::lesson;
use super::states::Column;
use super::steps;
use super::told::Told;
use crate::analysis::Rule;
use crate::base::Span;
use crate::program::{CellId, Instr, Pc};
use crate::report::Place;
use crate::semantics::{EventKind, FaultKind};

/// The rule that a look before the first write breaks.
const WRITTEN_FIRST: &str =
    "before a value is used, something must make sure that it has been written";

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
        Some(FaultKind::Arithmetic(fault)) => arithmetic::arithmetic(told, actor, pc, fault),
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
    for column in leaves::columns(&found) {
        told.about(column);
    }
    let mut cells: Vec<String> = found
        .iter()
        .filter_map(|leaf| match leaf.column {
            Some(Column::Cell(cell)) => Some(format!("`{}`", story.cell(cell))),
            _ => None,
        })
        .collect();
    cells.dedup();
    if stolen(told, actor, &found) {
        told.rule = lesson::rule(Rule::WaitInIf);
        told.help("wait in a loop: `while` instead of `if`, so that the condition is tested again");
        return;
    }
    if change::lost_updates(told, &found) {
        told.rule = lesson::rule(Rule::LostUpdate);
    } else if super::copies::elsewhere(told, &leaves::columns(&found))
        || too_early(told, actor, &found)
    {
        return;
    } else {
        explain(told, actor, &found);
    }
    if let Some(step) = own_doing(told, actor, &found) {
        told.help(format!(
            "no other actor has a hand in it: look at step {}, where {} writes it itself",
            step + 1,
            story.quoted(actor)
        ));
    } else if is_alone(told, actor) {
        told.help("no other actor has a hand in it: with these values it always fails");
    } else if cells.is_empty() {
        told.help(
            "let nobody come between the steps that belong together: one lock around all of them",
        );
    } else {
        told.help(format!(
            "keep others from changing {} between the steps that belong together: one lock \
             around all of them",
            super::story::list(&cells, 3)
        ));
    }
}

/// Whether the actor alone has moved, and has looked at nothing that is shared.
pub(super) fn is_alone(told: &Told<'_, '_>, actor: usize) -> bool {
    let story = told.story;
    story.steps().iter().all(|step| {
        let instr = story.program.instr(step.pc);
        let is_quiet = matches!(
            instr,
            Instr::Begin | Instr::Yield | Instr::Sleep | Instr::Print(_)
        );
        step.action.actor == actor && (is_quiet || !instr.is_visible())
    })
}

/// The last write of what was looked at, if nobody but the actor ever wrote it.
fn own_doing(told: &Told<'_, '_>, actor: usize, found: &[Leaf]) -> Option<usize> {
    let story = told.story;
    let mut last = None;
    for leaf in found {
        let Some(Column::Cell(cell)) = leaf.column else {
            continue;
        };
        for step in 0..story.steps().len() {
            if story.write_of(step, cell).is_none() {
                continue;
            }
            if story.steps()[step].action.actor != actor {
                return None;
            }
            last = last.max(Some(step));
        }
    }
    last
}

/// How a wrong value came about, if no signal is involved and nothing was overwritten.
pub(super) fn explain(told: &mut Told<'_, '_>, actor: usize, found: &[Leaf]) {
    let _ = changed(told, actor, found)
        || before_the_write(told, actor, found)
        || change::out_of_date(told, Some(actor))
        || change::any_lost_update(told)
        || super::collection::out_of_date(told)
        || change::out_of_date(told, None)
        || change::last_changes(told, found);
}

/// Nobody has written yet what is looked at. Says whether so.
fn too_early(told: &mut Told<'_, '_>, actor: usize, found: &[Leaf]) -> bool {
    let story = told.story;
    let cells: Vec<CellId> = found
        .iter()
        .filter_map(|leaf| match leaf.column {
            Some(Column::Cell(cell)) => Some(cell),
            _ => None,
        })
        .collect();
    let written = |cell: &CellId| last_write(story, *cell, story.steps().len()).is_some();
    let writers = |cell: CellId| {
        let var = story.program.cells[cell.index()].var;
        let writes = |instr: &Instr| match instr {
            Instr::Store(place, ..) | Instr::Rmw(_, place, ..) => {
                story.program.cells[place.base.index()].var == var
            }
            _ => false,
        };
        story.program.code.iter().any(writes)
    };
    let Some(&cell) = cells.first() else {
        return false;
    };
    if cells.iter().any(written) || !writers(cell) {
        return false;
    }
    let who = story.quoted(actor);
    let name = story.cell(cell);
    told.fact(
        "what happened",
        format!("{who} looks too early: nobody has written `{name}` yet"),
    );
    told.rule = Some(WRITTEN_FIRST);
    told.help(format!(
        "let {who} wait until `{name}` is written: the signal, the message or the join must come \
         after the write"
    ));
    true
}

/// The actor read what nobody had written yet, and somebody wrote it then. Says
/// whether so.
fn before_the_write(told: &mut Told<'_, '_>, actor: usize, found: &[Leaf]) -> bool {
    let story = told.story;
    let n = story.steps().len();
    let own = |step: &usize| story.steps()[*step].action.actor == actor;
    let read_and_write = |leaf: &Leaf| {
        let Some(Column::Cell(cell)) = leaf.column else {
            return None;
        };
        let read = (0..n)
            .filter(own)
            .rfind(|&step| story.read_of(step, cell).is_some())?;
        let write = (read + 1..n).find(|&step| story.write_of(step, cell).is_some())?;
        (!own(&write) && last_write(story, cell, read + 1).is_none()).then_some((cell, read, write))
    };
    let Some((cell, read, write)) = found.iter().find_map(read_and_write) else {
        return false;
    };
    told.script.key.extend([read, write]);
    told.script
        .note(write, format!("too late for {}", story.actor(actor)));
    let writer = story.quoted(story.steps()[write].action.actor);
    told.fact(
        "what happened",
        format!(
            "{} reads `{}` in step {}, too early: {writer} writes it only in step {}",
            story.quoted(actor),
            story.cell(cell),
            read + 1,
            write + 1
        ),
    );
    told.rule = Some(WRITTEN_FIRST);
    true
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
    let alone = story.steps()[call].action.actor == actor;
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
    told.script.key.insert(wake);
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
    if alone {
        told.fact(
            "what happened",
            format!(
                "nobody called: in step {} {} wakes up by itself, as it may",
                call + 1,
                story.quoted(actor)
            ),
        );
    }
    alone || test.is_some()
}

/// Who changed what was looked at, and what the actor had seen before; whether
/// that explains it.
fn changed(told: &mut Told<'_, '_>, actor: usize, found: &[Leaf]) -> bool {
    let story = told.story;
    let own = |step: usize| story.steps()[step].action.actor == actor;
    for leaf in found {
        let Some(Column::Cell(cell)) = leaf.column else {
            continue;
        };
        let looked = (0..story.steps().len())
            .rev()
            .find(|&step| own(step) && story.read_of(step, cell).is_some());
        let Some(looked) = looked else {
            continue;
        };
        let Some((step, value)) = last_write(story, cell, looked) else {
            continue;
        };
        if own(step) {
            continue;
        }
        let (name, writer) = (story.cell(cell), story.steps()[step].action.actor);
        let shown = story.show_cell(cell, value);
        told.script.key.insert(step);
        let span = steps::span(story, step);
        if !told.finding.places.iter().any(|place| place.span == span) {
            let by = story.quoted(writer);
            let label = format!("step {}: {by} makes `{name}` {shown}", step + 1);
            told.place(Place::new(span, label).by(story.actor(writer), "write"));
        }
        let earlier = (0..step).rev().find_map(|at| {
            let seen = story.read_of(at, cell).filter(|_| own(at))?;
            Some((at, seen))
        });
        if let Some((at, seen)) = earlier.filter(|(_, seen)| *seen != value) {
            told.script.key.insert(at);
            told.script.note(step, format!("changes {name}"));
            told.fact(
                "what happened",
                format!(
                    "{} saw `{name}` = {} in step {}; {} changed it to {shown} in step {}",
                    story.quoted(actor),
                    story.show_cell(cell, seen),
                    at + 1,
                    story.quoted(writer),
                    step + 1
                ),
            );
            return true;
        }
    }
    false
}

fn atomic(told: &mut Told<'_, '_>, actor: usize, pc: Pc) {
    let story = told.story;
    let span = story.span(pc);
    let who = story.quoted(actor);
    told.say(format!("{who} cannot go on inside an atomic block"));
    let label = "would have to wait here, in the middle of one step";
    told.place(Place::primary(span, label).by(story.actor(actor), "wait"));
    if let Some(step) = story.steps().len().checked_sub(1) {
        let block = steps::span(story, step);
        let word = u32::try_from("atomic".len()).unwrap_or(0);
        let end = block.end.min(block.start.saturating_add(word));
        let begin = Place::new(Span { end, ..block }, "the atomic block begins here");
        told.place(begin.by(story.actor(actor), "atomic"));
    }
    told.help("move what can wait out of the block, or make it the first thing in it");
}
