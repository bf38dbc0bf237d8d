//! How a wrong value came about: patterns in who read and who wrote.

use super::leaves::{self, Leaf};
use super::states::Column;
use super::story::Story;
use super::told::Told;
use crate::program::{CellId, Expr, Instr};
use crate::semantics::EventKind;

/// A write that wipes out another actor's, which it has not seen.
struct Overwrite {
    cell: CellId,
    /// Where the writer last looked.
    read: usize,
    /// The write that is lost.
    lost: usize,
    /// The write that wipes it out.
    write: usize,
}

/// Says how it came about, with the most telling pattern that the execution
/// shows: an overwritten update, a look that was out of date, two who saw the
/// same, or else who changed it last, if anybody did.
pub(super) fn tell(told: &mut Told<'_, '_>, found: &[Leaf]) {
    let _ = lost_updates(told, found)
        || any_lost_update(told)
        || super::collection::out_of_date(told)
        || out_of_date(told, None)
        || super::collection::moved_under_loop(told)
        || both_saw(told)
        || super::collection::both_saw(told)
        || last_changes(told, found)
        || still_as_declared(told, found);
}

/// Says that nobody has written what was looked at, in any process.
fn still_as_declared(told: &mut Told<'_, '_>, found: &[Leaf]) -> bool {
    let story = told.story;
    let Some(&cell) = cells(found).first() else {
        return false;
    };
    let is_copy =
        |of: CellId| story.program.cells[of.index()].var == story.program.cells[cell.index()].var;
    let all = story.steps().iter().flat_map(|step| &step.events);
    let mut writes = all.filter_map(|event| match event.kind {
        EventKind::Write(of, ..) | EventKind::Update(of, ..) => Some(of),
        _ => None,
    });
    if writes.any(is_copy) {
        return false;
    }
    let value = story.layout().value(story.end(), cell);
    told.fact(
        "what happened",
        format!(
            "nobody writes `{}` in this run: it is still {}, as in the beginning",
            story.cell(cell),
            story.show_cell(cell, value)
        ),
    );
    true
}

/// Notes the first overwritten update of what was looked at; says whether there is one.
pub(super) fn lost_updates(told: &mut Told<'_, '_>, found: &[Leaf]) -> bool {
    let cells = cells(found);
    let first = cells.iter().find_map(|&cell| overwrite(told.story, cell));
    lost_update(told, first)
}

/// The same for any word of memory.
pub(super) fn any_lost_update(told: &mut Told<'_, '_>) -> bool {
    let mut cells = (0..told.story.program.cells.len()).map(CellId::new);
    let first = cells.find_map(|cell| overwrite(told.story, cell));
    lost_update(told, first)
}

fn lost_update(told: &mut Told<'_, '_>, found: Option<Overwrite>) -> bool {
    let story = told.story;
    let Some(it) = found else {
        return false;
    };
    told.script
        .note(it.write, format!("overwrites step {}", it.lost + 1));
    told.script.key.insert(it.lost);
    told.script.key.insert(it.read);
    told.about(Column::Cell(it.cell));
    let (by, other) = (actor(story, it.write), actor(story, it.lost));
    told.fact(
        "what happened",
        format!(
            "{by} reads `{name}` in step {} and writes it in step {}; what {other} wrote in step \
             {}, between the two, is lost",
            it.read + 1,
            it.write + 1,
            it.lost + 1,
            name = story.cell(it.cell),
        ),
    );
    true
}

/// Notes a look at memory that somebody else made out of date before the looker
/// went on, and that it did not repeat. Only looks of `who`, if given.
pub(super) fn out_of_date(told: &mut Told<'_, '_>, who: Option<usize>) -> bool {
    let story = told.story;
    for (write, taken) in story.steps().iter().enumerate() {
        let writer = taken.action.actor;
        for event in story.events(write) {
            let (EventKind::Write(cell, old, new) | EventKind::Update(cell, old, new)) = event.kind
            else {
                continue;
            };
            if old == new {
                continue;
            }
            let looker = (0..story.n_actors()).find_map(|looker| {
                if looker == writer || who.is_some_and(|who| who != looker) {
                    return None;
                }
                let stale = stale_look(story, looker, cell, write, old)?;
                Some((looker, stale))
            });
            if let Some((looker, stale)) = looker {
                told.script.key.insert(stale.read);
                told.script.key.insert(stale.acted);
                told.script
                    .note(write, format!("too late for {}", story.actor(looker)));
                told.about(Column::Cell(cell));
                told.fact(
                    "what happened",
                    format!(
                        "{} sees `{}` = {} in step {}; {} changes it to {} in step {}; {} acts in \
                         step {} on what it saw",
                        story.quoted(looker),
                        story.cell(cell),
                        story.show_cell(cell, old),
                        stale.read + 1,
                        story.quoted(writer),
                        story.show_cell(cell, new),
                        write + 1,
                        story.quoted(looker),
                        stale.acted + 1
                    ),
                );
                return true;
            }
        }
    }
    false
}

/// A look that was out of date when the looker acted on it.
struct Stale {
    read: usize,
    acted: usize,
}

/// The last look of an actor at a word before `write`, if it saw `value` and,
/// after the write, changes something before it looks again.
fn stale_look(
    story: &Story<'_>,
    looker: usize,
    cell: CellId,
    write: usize,
    value: i64,
) -> Option<Stale> {
    let own = |step: &usize| story.steps()[*step].action.actor == looker;
    let look = |step: usize| {
        let looks = story.looks(step);
        looks.into_iter().find(|(at, _)| *at == cell)
    };
    let n = story.steps().len();
    let read = (0..write)
        .rev()
        .filter(own)
        .find(|&at| look(at).is_some())?;
    // What it wrote itself since then it knows; and what it has acted on already, before
    // the other came, was still true then.
    let done = (read + 1..write)
        .filter(own)
        .any(|at| story.write_of(at, cell).is_some() || acts(story, at));
    if done || look(read).map(|(_, seen)| seen) != Some(value) {
        return None;
    }
    let mut next = (write + 1..n)
        .filter(own)
        .take_while(|&at| look(at).is_none());
    let acted = next.find(|&at| acts(story, at))?;
    Some(Stale { read, acted })
}

/// Whether a step changes memory or says something to the outside.
fn acts(story: &Story<'_>, step: usize) -> bool {
    story.events(step).any(|event| {
        matches!(
            event.kind,
            EventKind::Write(..)
                | EventKind::Update(..)
                | EventKind::Printed(_)
                | EventKind::Message(..)
        )
    })
}

/// Notes two actors that saw the same in the same place, nothing being changed
/// in between.
fn both_saw(told: &mut Told<'_, '_>) -> bool {
    let story = told.story;
    for (second, taken) in story.steps().iter().enumerate() {
        let looks = story.looks(second);
        let Some((cell, value)) = looks.first() else {
            continue;
        };
        let unchanged = |first: usize| {
            (first + 1..second).all(|between| story.write_of(between, *cell).is_none())
        };
        let first = (0..second).rev().find(|&first| {
            let other = &story.steps()[first];
            other.action.actor != taken.action.actor
                && other.pc == taken.pc
                && story.read_of(first, *cell) == Some(*value)
                && unchanged(first)
        });
        let Some(first) = first else {
            continue;
        };
        told.script.key.insert(first);
        told.script
            .note(second, format!("sees the same as in step {}", first + 1));
        told.about(Column::Cell(*cell));
        told.fact(
            "what happened",
            format!(
                "{} and {} both see `{}` = {}, in steps {} and {}",
                actor(story, first),
                actor(story, second),
                story.cell(*cell),
                story.show_cell(*cell, *value),
                first + 1,
                second + 1
            ),
        );
        return true;
    }
    false
}

fn actor(story: &Story<'_>, step: usize) -> String {
    story.quoted(story.steps()[step].action.actor)
}

fn cells(found: &[Leaf]) -> Vec<CellId> {
    let cells = leaves::columns(found).into_iter();
    cells
        .filter_map(|column| match column {
            Column::Cell(cell) => Some(cell),
            Column::Object(_) => None,
        })
        .collect()
}

fn overwrite(story: &Story<'_>, cell: CellId) -> Option<Overwrite> {
    for (write, taken) in story.steps().iter().enumerate() {
        let writer = taken.action.actor;
        let plain = story
            .events(write)
            .any(|event| matches!(event.kind, EventKind::Write(at, ..) if at == cell));
        // What is written without computing it from anything is no update.
        if !plain
            || matches!(
                story.program.instr(taken.pc),
                Instr::Store(_, Expr::Const(_), _)
            )
        {
            continue;
        }
        let own = |step: &usize| story.steps()[*step].action.actor == writer;
        let seen = (0..=write)
            .rev()
            .filter(own)
            .find(|&step| story.read_of(step, cell).is_some());
        let Some(read) = seen else {
            continue;
        };
        let between = (read + 1..write).filter(|step| !own(step));
        let lost = between
            .rev()
            .find(|&step| story.write_of(step, cell).is_some());
        if let Some(lost) = lost {
            return Some(Overwrite {
                cell,
                read,
                lost,
                write,
            });
        }
    }
    None
}

/// Says who changed what was looked at last, at most two of them; whether anybody did.
pub(super) fn last_changes(told: &mut Told<'_, '_>, found: &[Leaf]) -> bool {
    let story = told.story;
    let mut said = Vec::new();
    for cell in cells(found).into_iter().take(4) {
        let Some((step, value)) = last_write(story, cell, story.steps().len()) else {
            continue;
        };
        told.script.key.insert(step);
        let old = story.layout().value(story.before(step), cell);
        let from = match old == value {
            true => String::new(),
            false => format!("from {} ", story.show_cell(cell, old)),
        };
        said.push((
            step,
            format!(
                "{} changed `{}` {from}to {} in step {}",
                actor(story, step),
                story.cell(cell),
                story.show_cell(cell, value),
                step + 1
            ),
        ));
    }
    said.sort();
    said.dedup();
    let texts: Vec<String> = said.into_iter().map(|(_, text)| text).collect();
    if texts.is_empty() {
        return false;
    }
    let last = texts.len().saturating_sub(2);
    told.fact("what happened", texts[last..].join(", "));
    true
}

/// The last write of a word before a step.
pub(super) fn last_write(story: &Story<'_>, cell: CellId, end: usize) -> Option<(usize, i64)> {
    (0..end.min(story.steps().len()))
        .rev()
        .find_map(|step| story.write_of(step, cell).map(|value| (step, value)))
}
