//! Who changed what the finding is about: overwritten updates, last changes.

use super::leaves::{self, Leaf};
use super::states::Column;
use super::story::Story;
use super::told::Told;
use crate::program::CellId;
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

/// Notes the first overwritten update of what was looked at; says whether there is one.
pub(super) fn lost_updates(told: &mut Told<'_, '_>, found: &[Leaf]) -> bool {
    let story = told.story;
    let cells = cells(found);
    let Some(it) = cells.iter().find_map(|&cell| overwrite(story, cell)) else {
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
            "{by} reads `{name}` in step {} and writes what it made of it in step {}; what {other} \
             wrote in step {} is lost",
            it.read + 1,
            it.write + 1,
            it.lost + 1,
            name = story.cell(it.cell),
        ),
    );
    true
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
        if !plain {
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

/// Says who changed what was looked at last, at most two of them.
pub(super) fn last_changes(told: &mut Told<'_, '_>, found: &[Leaf]) {
    let story = told.story;
    let mut said = Vec::new();
    for cell in cells(found).into_iter().take(4) {
        let Some((step, value)) = last_write(story, cell, story.steps().len()) else {
            continue;
        };
        told.script.key.insert(step);
        said.push((
            step,
            format!(
                "{} made `{}` {} in step {}",
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
    if let [_, ..] = texts.as_slice() {
        let last = texts.len().saturating_sub(2);
        told.fact("what happened", texts[last..].join(", "));
    }
}

/// The last write of a word before a step.
pub(super) fn last_write(story: &Story<'_>, cell: CellId, end: usize) -> Option<(usize, i64)> {
    (0..end.min(story.steps().len()))
        .rev()
        .find_map(|step| story.write_of(step, cell).map(|value| (step, value)))
}
