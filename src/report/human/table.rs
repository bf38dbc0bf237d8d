//! An execution as a table: a column for every actor, the shared state, and
//! the point of each step in the margin.

use super::Style;
use super::columns::{Columns, Shown};
use super::fold::{Group, fold, steps};
use super::pen::{Ink, center, count, pad, width, wrap};
use crate::report::{Cell, Row, StepRow, TraceTable};

/// A margin narrower than this is not used; the text goes below its row.
const MARGIN_MIN: usize = 16;

/// The rendered table, and into how many rows its steps were folded.
pub(super) struct Table {
    pub(super) lines: Vec<String>,
    pub(super) rows_shown: usize,
}

/// Renders all of `table` but the first `n_known` rows, which the reader has seen.
pub(super) fn render_rest(table: &TraceTable, n_known: usize, style: &Style) -> Table {
    let page = Page {
        n_known,
        ..Page::of(table, fold(table, usize::MAX, n_known), style)
    };
    page.render()
}

/// Renders `table` in at most `lines_max` lines, as far as folding can achieve that.
pub(super) fn render(table: &TraceTable, lines_max: usize, style: &Style) -> Table {
    let frame = 2 + if table.repeats.is_some() { 2 } else { 0 };
    let rows_max = lines_max.saturating_sub(frame).max(4);
    let widest = Page::new(table, rows_max, style).render();
    if widest.lines.len() <= lines_max {
        return widest;
    }
    // Reasons for switches that need a line of their own are the first to go.
    let page = |rows_max| Page {
        reasons_below: false,
        ..Page::new(table, rows_max, style)
    };
    // Wrapped cells take more lines than rows; fold further while that helps.
    let mut best: Option<Table> = None;
    for rows in (4..=rows_max.min(table.rows.len())).rev() {
        let table = page(rows).render();
        if table.lines.len() <= lines_max {
            return table;
        }
        best = Some(match best {
            Some(best) if best.lines.len() <= table.lines.len() => best,
            _ => table,
        });
    }
    best.unwrap_or(widest)
}

struct Page<'a> {
    table: &'a TraceTable,
    groups: Vec<Group>,
    columns: Columns,
    style: &'a Style,
    /// So many rows at the top, one group, are said to be as above.
    n_known: usize,
    /// Does a reason for a switch that finds no room beside its row go below it?
    reasons_below: bool,
    lines: Vec<String>,
}

impl<'a> Page<'a> {
    fn new(table: &'a TraceTable, rows_max: usize, style: &'a Style) -> Self {
        Self::of(table, fold(table, rows_max, 0), style)
    }

    fn of(table: &'a TraceTable, groups: Vec<Group>, style: &'a Style) -> Self {
        let columns = Columns::new(table, &groups, style);
        let lines = Vec::new();
        Self {
            table,
            groups,
            columns,
            style,
            n_known: 0,
            reasons_below: true,
            lines,
        }
    }

    fn render(mut self) -> Table {
        self.header();
        let mut rows_shown = 0;
        let mut before: &[String] = &[];
        let groups = std::mem::take(&mut self.groups);
        for (position, group) in groups.iter().enumerate() {
            if group.repeats && (position == 0 || !groups[position - 1].repeats) {
                self.rule(" repeats for ever ");
            }
            let steps = steps(self.table, group);
            match steps.last() {
                Some(last) => {
                    rows_shown += 1;
                    let is_last = position + 1 == groups.len();
                    self.steps(&steps, group.repeats, is_last, before);
                    before = &last.states;
                }
                None => self.special(&self.table.rows[group.rows.start]),
            }
        }
        if groups.last().is_some_and(|group| group.repeats) {
            self.rule("");
        }
        self.legend();
        Table {
            lines: self.lines,
            rows_shown,
        }
    }

    fn header(&mut self) {
        let columns = &self.columns;
        let mut titles = format!("     {}", pad("#", columns.index - 1));
        let mut dashes = format!("    {}", "-".repeat(columns.index));
        for (title, columns) in columns.titles() {
            titles += &format!("  {}", pad(title, columns));
            dashes += &format!("  {}", "-".repeat(columns));
        }
        self.push(&self.style.paint(Ink::Strong, titles.trim_end()));
        self.push(&self.style.paint(Ink::Dim, &dashes));
    }

    /// The upper or lower edge of the part that repeats.
    fn rule(&mut self, title: &str) {
        let total = self.columns.total();
        let left = format!(
            "    +{}{title}",
            "-".repeat(if title.is_empty() { 0 } else { 5 })
        );
        let right = "-".repeat(total.saturating_sub(width(&left)));
        self.push(&self.style.paint(Ink::Dim, &format!("{left}{right}")));
    }

    fn steps(&mut self, steps: &[&StepRow], repeats: bool, is_last: bool, before: &[String]) {
        let (first, last) = (steps[0], steps[steps.len() - 1]);
        let index = self.columns.index_text(first.index, last.index);
        let mut cells = vec![Vec::new(); self.columns.actors.len()];
        let one_actor = steps.iter().all(|step| step.actor == first.actor);
        let is_known = (first.index as usize) <= self.n_known;
        let span = if is_known {
            Some("as above".to_owned())
        } else if one_actor {
            let text = step_text(steps, self.columns.width_of(first.actor));
            let text = self
                .columns
                .cell(self.table, first.actor, &text, self.style);
            self.put(&mut cells, first.actor, &text);
            None
        } else {
            Some(self.elided(steps))
        };
        let margin = self.margin(steps, repeats && is_last);
        let states = self.states(&last.states, before);
        let edge = self.edge(repeats);
        self.row(
            &format!("{edge}{index}"),
            &cells,
            span.as_deref(),
            &states,
            &margin,
            repeats,
        );
    }

    /// Adds a text to the cell of `actor`; nowhere if the table has no actors.
    fn put(&self, cells: &mut [Vec<String>], actor: usize, text: &str) {
        let column = self.columns.column_of(actor);
        if let (Some(cell), Some(layout)) = (cells.get_mut(column), self.columns.actors.get(column))
        {
            cell.extend(wrap_cell(text, layout.width));
        }
    }

    /// `... 12 steps of worker#1, worker#2`.
    fn elided(&self, steps: &[&StepRow]) -> String {
        let mut actors: Vec<usize> = steps.iter().map(|step| step.actor).collect();
        actors.sort_unstable();
        actors.dedup();
        let number = count(steps.len() as u64, "step", "steps");
        if actors.len() > 3 {
            return format!("... {number} of {} actors", actors.len());
        }
        let name = |&actor: &usize| self.table.actors.get(actor).map_or("?", |it| it.as_str());
        let names: Vec<&str> = actors.iter().map(name).collect();
        self.style
            .line(&format!("... {number} of {}", names.join(", ")))
            .into_owned()
    }

    fn margin(&self, steps: &[&StepRow], closes_loop: bool) -> String {
        let mut parts = Vec::new();
        let note = steps.iter().find_map(|step| step.note.as_deref());
        parts.extend(note.map(|note| format!("<- {}", self.style.line(note))));
        let reason = steps[0].switch.as_deref();
        parts.extend(reason.map(|reason| format!("({})", self.style.line(reason))));
        if let (true, Some(repeats)) = (closes_loop, &self.table.repeats) {
            parts.push(format!("= {}", self.style.line(&repeats.returns_to)));
        }
        parts.join(" ")
    }

    fn states(&self, values: &[String], before: &[String]) -> String {
        let mut text = String::new();
        for Shown { at, width, digits } in &self.columns.states {
            let value = values.get(*at).map_or("", String::as_str);
            let shown = self.style.clip(value, *width);
            let cell = match digits {
                Some(digits) => center(&format!("{shown:>digits$}"), *width),
                None => pad(&shown, *width),
            };
            let changed = before.get(*at).is_some_and(|old| old != value);
            let ink = if changed { Ink::Strong } else { Ink::Plain };
            text += "  ";
            text += &self.style.paint(ink, &cell);
        }
        text
    }

    fn special(&mut self, row: &Row) {
        let mut cells = vec![Vec::new(); self.columns.actors.len()];
        match row {
            Row::Blocked { cells: waits, note } => {
                self.waiting(&mut cells, waits);
                let index = format!("     {}", pad("-", self.columns.index - 1));
                self.row(&index, &cells, None, "", &self.style.line(note), false);
            }
            Row::End { text, result } => {
                let index = format!("    {}", pad("end", self.columns.index));
                let text = self.style.line(text);
                let result = self.style.line(result);
                self.row(&index, &cells, Some(&text), "", &result, false);
            }
            Row::Step(_) => {}
        }
    }

    /// What each actor waits for; in a shared column only how many wait.
    fn waiting(&self, cells: &mut [Vec<String>], waits: &[Cell]) {
        let (own, shared): (Vec<_>, Vec<_>) = waits
            .iter()
            .partition(|it| self.columns.members(it.actor) == 1);
        let shared = if shared.len() > 2 {
            self.put(
                cells,
                shared[0].actor,
                &format!("{} more wait", shared.len()),
            );
            Vec::new()
        } else {
            shared
        };
        for wait in own.into_iter().chain(shared) {
            let text = self
                .columns
                .cell(self.table, wait.actor, &wait.text, self.style);
            self.put(cells, wait.actor, &text);
        }
    }

    /// One row: the actors' cells side by side (or one text across them), then
    /// the state, then the margin, which moves below the row if it is too long.
    fn row(
        &mut self,
        index: &str,
        cells: &[Vec<String>],
        span: Option<&str>,
        states: &str,
        margin: &str,
        repeats: bool,
    ) {
        let actors_width = self.columns.actors_width();
        let mut lines: Vec<String> = match span {
            Some(text) => {
                let parts = wrap(text, actors_width.saturating_sub(2));
                parts
                    .iter()
                    .map(|part| pad(&format!("  {part}"), actors_width))
                    .collect()
            }
            None => self.side_by_side(cells),
        };
        let states_end = if states.is_empty() {
            0
        } else {
            self.columns.states_width()
        };
        // What has no state to its left begins where the state would.
        let gap = if states.is_empty() { 2 } else { 3 };
        let used = width(index) + actors_width + states_end + gap;
        let room = self.style.width.saturating_sub(used);
        let margin_lines = wrap(margin, room.max(MARGIN_MIN));
        let fits = width(margin) <= room || (room >= MARGIN_MIN && margin_lines.len() <= 2);
        let mut below = Vec::new();
        if let Some(first) = lines.first_mut() {
            first.push_str(states);
        }
        if fits && !margin.is_empty() {
            while lines.len() < margin_lines.len() {
                lines.push(" ".repeat(actors_width));
            }
            for (position, part) in margin_lines.iter().enumerate() {
                let filler = if position == 0 { 0 } else { states_end };
                let space = " ".repeat(filler + gap);
                lines[position] +=
                    &format!("{space}{}", self.style.paint(margin_ink(margin), part));
            }
        } else if !margin.is_empty() && (self.reasons_below || !margin.starts_with('(')) {
            let indent = width(index) + 2 + self.columns.offset_of(cells);
            below = wrap(margin, self.style.width.saturating_sub(indent));
            below.iter_mut().for_each(|part| {
                *part = " ".repeat(indent - 5) + &self.style.paint(margin_ink(margin), part);
            });
        }
        let blank = format!(
            "{}{}",
            self.edge(repeats),
            " ".repeat(self.columns.index - 1)
        );
        for (position, line) in lines.iter().enumerate() {
            let head = if position == 0 { index } else { &blank };
            self.push(&format!("{head}{line}"));
        }
        let edge = self.edge(repeats);
        for part in below {
            self.push(&format!("{edge}{part}"));
        }
    }

    fn side_by_side(&self, cells: &[Vec<String>]) -> Vec<String> {
        let height = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let line = |at: usize| -> String {
            let columns = cells.iter().zip(&self.columns.actors);
            let padded = columns.map(|(cell, column)| {
                format!(
                    "  {}",
                    pad(cell.get(at).map_or("", String::as_str), column.width)
                )
            });
            padded.collect()
        };
        (0..height).map(line).collect()
    }

    /// The left edge: five columns, with a bar beside what repeats.
    fn edge(&self, repeats: bool) -> String {
        if repeats {
            format!("    {}", self.style.paint(Ink::Dim, "|"))
        } else {
            " ".repeat(5)
        }
    }

    /// What the table leaves out, with its number.
    fn legend(&mut self) {
        for text in self.columns.left_out(self.table) {
            let text = self.style.line(&text).into_owned();
            for part in wrap(&text, self.style.width.saturating_sub(4)) {
                self.push(&self.style.paint(Ink::Dim, &format!("    {part}")));
            }
        }
    }

    fn push(&mut self, line: &str) {
        self.lines.push(line.trim_end().to_owned());
    }
}

fn margin_ink(margin: &str) -> Ink {
    if margin.starts_with('(') {
        Ink::Dim
    } else {
        Ink::Warning
    }
}

/// What one row says about one or several steps of one actor; for several
/// steps only as much as fits `columns`.
pub(super) fn step_text(steps: &[&StepRow], columns: usize) -> String {
    let (first, last) = (steps[0], steps[steps.len() - 1]);
    if steps.len() == 1 {
        return first.text.clone();
    }
    let texts: Vec<&str> = steps.iter().map(|step| step.text.as_str()).collect();
    let number = count(steps.len() as u64, "step", "steps");
    let from_to = format!("{number}: {} .. {}", first.text, last.text);
    let fits = |it: &String| width(it) <= columns;
    [texts.join(", "), from_to]
        .into_iter()
        .find(fits)
        .unwrap_or(number)
}

/// Lines of a cell; what is continued is indented.
fn wrap_cell(text: &str, columns: usize) -> Vec<String> {
    if width(text) <= columns {
        return vec![text.to_owned()];
    }
    let mut lines = wrap(text, columns.saturating_sub(2));
    lines
        .iter_mut()
        .skip(1)
        .for_each(|line| line.insert_str(0, "  "));
    lines
}
