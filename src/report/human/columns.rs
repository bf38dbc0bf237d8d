//! Which columns a trace table has, and how wide they are.
//!
//! With many actors the state columns that find no room are left out, then the
//! actors' columns become narrower, then the least involved actors share the
//! column `others`. What is left out is named below the table.

use super::Style;
use super::fold::{Group, steps};
use super::pen::width;
use super::table::step_text;
use crate::report::{Row, StepRow, TraceTable, Weight};

/// Widths tried for actor columns, widest first; longer cells are wrapped.
const ACTOR_WIDTHS: [usize; 6] = [44, 34, 28, 22, 17, 14];

/// Actors are never folded below this number of columns of their own.
const ACTORS_MIN: usize = 2;

/// No state column is wider than this.
const STATE_WIDTH_MAX: usize = 20;

/// A legend names at most so many; the others are counted.
const NAMES_MAX: usize = 4;

/// One column of actors.
pub(super) struct Actors {
    title: String,
    members: Vec<usize>,
    pub(super) width: usize,
}

/// One column of the shared state.
pub(super) struct Shown {
    /// Index into [`TraceTable::states`].
    pub(super) at: usize,
    pub(super) width: usize,
    /// If all values are numbers, how many digits they have.
    pub(super) digits: Option<usize>,
}

/// The layout of a table.
pub(super) struct Columns {
    pub(super) index: usize,
    pub(super) actors: Vec<Actors>,
    pub(super) states: Vec<Shown>,
    titles: Vec<(String, usize)>,
    states_hidden: Vec<usize>,
}

impl Columns {
    pub(super) fn new(table: &TraceTable, groups: &[Group], style: &Style) -> Self {
        let index = index_width(table, groups);
        let (states, states_hidden) = states(table, style);
        let states_width: usize = states.iter().map(|it| it.width + 2).sum();
        let room = style.width.saturating_sub(4 + index + states_width);
        let actors = actors(table, groups, room, style);
        let titles = actors.iter().map(|it| (it.title.clone(), it.width));
        let state_titles = states.iter().map(|it| {
            let title = style.clip(&table.states[it.at], it.width);
            (title, it.width)
        });
        let titles = titles.chain(state_titles).collect();
        Self {
            index,
            actors,
            states,
            titles,
            states_hidden,
        }
    }

    pub(super) fn titles(&self) -> impl Iterator<Item = (&str, usize)> {
        self.titles
            .iter()
            .map(|(title, width)| (title.as_str(), *width))
    }

    /// Where the text of `actor` stands.
    pub(super) fn column_of(&self, actor: usize) -> usize {
        let found = self
            .actors
            .iter()
            .position(|it| it.members.contains(&actor));
        found.unwrap_or(self.actors.len().saturating_sub(1))
    }

    /// The text of a cell; in a shared column it begins with the actor's name.
    pub(super) fn cell(
        &self,
        table: &TraceTable,
        actor: usize,
        text: &str,
        style: &Style,
    ) -> String {
        let alone = self
            .actors
            .get(self.column_of(actor))
            .is_some_and(|it| it.members == [actor]);
        let name = table.actors.get(actor).map_or("?", String::as_str);
        if alone {
            style.line(text).into_owned()
        } else {
            style.line(&format!("{name}: {text}")).into_owned()
        }
    }

    /// Columns for a text of `actor`, without its name.
    pub(super) fn width_of(&self, actor: usize) -> usize {
        self.actors
            .get(self.column_of(actor))
            .map_or(0, |it| it.width)
    }

    /// How many actors share the column of `actor`.
    pub(super) fn members(&self, actor: usize) -> usize {
        self.actors
            .get(self.column_of(actor))
            .map_or(0, |it| it.members.len())
    }

    /// The number of a row, or its first and last; one column less than `index`.
    pub(super) fn index_text(&self, first: u64, last: u64) -> String {
        let text = index_text(first, last);
        format!("{text:<columns$}", columns = self.index - 1)
    }

    pub(super) fn actors_width(&self) -> usize {
        self.actors.iter().map(|it| it.width + 2).sum()
    }

    pub(super) fn states_width(&self) -> usize {
        self.states.iter().map(|it| it.width + 2).sum()
    }

    pub(super) fn total(&self) -> usize {
        4 + self.index + self.actors_width() + self.states_width()
    }

    /// Columns from the first actor to the first cell that is not empty.
    pub(super) fn offset_of(&self, cells: &[Vec<String>]) -> usize {
        let empty = cells.iter().take_while(|cell| cell.is_empty()).count();
        let empty = if empty == cells.len() { 0 } else { empty };
        self.actors.iter().take(empty).map(|it| it.width + 2).sum()
    }

    /// Sentences that name what has no column of its own.
    pub(super) fn left_out(&self, table: &TraceTable) -> Vec<String> {
        let names = |all: &[String], which: &[usize]| {
            let names = which
                .iter()
                .take(NAMES_MAX)
                .filter_map(|&at| all.get(at).cloned());
            let more = match which.len().saturating_sub(NAMES_MAX) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            names.collect::<Vec<_>>().join(", ") + &more
        };
        let shared = self.actors.iter().filter(|it| it.members.len() > 1);
        let mut texts: Vec<String> = shared
            .map(|it| format!("others: {}", names(&table.actors, &it.members)))
            .collect();
        if !self.states_hidden.is_empty() {
            let names = names(&table.states, &self.states_hidden);
            texts.push(format!("no room for: {names}"));
        }
        texts
    }
}

fn index_text(first: u64, last: u64) -> String {
    if first == last {
        first.to_string()
    } else {
        format!("{first}-{last}")
    }
}

fn index_width(table: &TraceTable, groups: &[Group]) -> usize {
    let widths = groups.iter().filter_map(|group| {
        let steps = steps(table, group);
        let (first, last) = (steps.first()?, steps.last()?);
        Some(index_text(first.index, last.index).len() + 1)
    });
    widths.max().unwrap_or(3).max(3)
}

/// The state columns that are shown, and those that are not.
fn states(table: &TraceTable, style: &Style) -> (Vec<Shown>, Vec<usize>) {
    let (mut shown, mut hidden) = (Vec::new(), Vec::new());
    // Actors come first, but a narrow column or two always finds room.
    let actors = 7 + 16 * table.actors.len();
    let mut room = style
        .width
        .saturating_sub(actors)
        .clamp(12, style.width.max(30) * 2 / 5);
    for (at, name) in table.states.iter().enumerate() {
        let values: Vec<_> = table
            .rows
            .iter()
            .filter_map(|row| value(row, at, style))
            .collect();
        let digits = values.iter().map(|it| width(it)).max().unwrap_or(0);
        let columns = digits
            .max(width(&style.line(name)))
            .clamp(1, STATE_WIDTH_MAX);
        if columns + 2 > room {
            hidden.push(at);
            continue;
        }
        room -= columns + 2;
        let numeric = values
            .iter()
            .all(|it| it.is_empty() || it.parse::<i64>().is_ok());
        shown.push(Shown {
            at,
            width: columns,
            digits: numeric.then_some(digits),
        });
    }
    (shown, hidden)
}

fn value(row: &Row, at: usize, style: &Style) -> Option<String> {
    match row {
        Row::Step(step) => step.states.get(at).map(|it| style.line(it).into_owned()),
        Row::Blocked { .. } | Row::End { .. } => None,
    }
}

/// The widest layout that fits `room`, with as many columns of their own as possible.
fn actors(table: &TraceTable, groups: &[Group], room: usize, style: &Style) -> Vec<Actors> {
    let ranked = by_involvement(table);
    let cells = cells(table, groups);
    let mut narrowest = Vec::new();
    for alone in (ACTORS_MIN.min(ranked.len())..=ranked.len()).rev() {
        let mut own = ranked[..alone].to_vec();
        let mut shared = ranked[alone..].to_vec();
        own.sort_unstable();
        shared.sort_unstable();
        for width_max in ACTOR_WIDTHS {
            let mut layout: Vec<Actors> = own
                .iter()
                .map(|&actor| column(table, vec![actor], &cells, width_max, style))
                .collect();
            if !shared.is_empty() {
                let columns = width_max.max(26);
                layout.push(column(table, shared.clone(), &cells, columns, style));
            }
            if layout.iter().map(|it| it.width + 2).sum::<usize>() <= room {
                return layout;
            }
            narrowest = layout;
        }
    }
    narrowest
}

fn column(
    table: &TraceTable,
    members: Vec<usize>,
    cells: &[(usize, String)],
    width_max: usize,
    style: &Style,
) -> Actors {
    let alone = members.len() == 1;
    let name = |actor: usize| table.actors.get(actor).map_or("?", String::as_str);
    let title = if alone {
        style.clip(name(members[0]), width_max)
    } else {
        "others".to_owned()
    };
    let widths = cells
        .iter()
        .filter(|(actor, _)| members.contains(actor))
        .map(|(actor, text)| {
            let prefix = if alone {
                0
            } else {
                width(&style.line(name(*actor))) + 2
            };
            prefix + width(&style.line(text))
        });
    let columns = widths.max().unwrap_or(0).min(width_max).max(width(&title));
    Actors {
        title,
        members,
        width: columns,
    }
}

/// Every text in an actor's column, with its actor.
fn cells(table: &TraceTable, groups: &[Group]) -> Vec<(usize, String)> {
    let mut cells = Vec::new();
    for group in groups {
        let steps = steps(table, group);
        let one_actor = |first: &&&StepRow| steps.iter().all(|step| step.actor == first.actor);
        if let Some(first) = steps.first().filter(one_actor) {
            cells.push((first.actor, step_text(&steps, 40)));
        }
    }
    for row in &table.rows {
        if let Row::Blocked { cells: waits, .. } = row {
            cells.extend(waits.iter().map(|wait| (wait.actor, wait.text.clone())));
        }
    }
    cells
}

/// The actors that do anything, the most involved first: key steps count most.
fn by_involvement(table: &TraceTable) -> Vec<usize> {
    let mut scores = vec![0_usize; table.actors.len()];
    let mut add = |actor: usize, points: usize| {
        if let Some(score) = scores.get_mut(actor) {
            *score += points;
        }
    };
    for row in &table.rows {
        match row {
            Row::Step(step) if step.weight == Weight::Key || step.note.is_some() => {
                add(step.actor, 1000);
            }
            Row::Step(step) => add(step.actor, 1),
            Row::Blocked { cells, .. } => cells.iter().for_each(|cell| add(cell.actor, 1000)),
            Row::End { .. } => {}
        }
    }
    let mut ranked: Vec<usize> = (0..scores.len()).filter(|&at| scores[at] > 0).collect();
    ranked.sort_by_key(|&at| (std::cmp::Reverse(scores[at]), at));
    ranked
}
