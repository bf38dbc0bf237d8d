//! An execution as swim lanes: a lane for every actor, time from top to bottom,
//! the shared state on the right.
//!
//! **Invariant:** every text has a row and a column of its own, as wide as the
//! widest in it, so that none covers another however many actors take part.

use std::fmt::Write as _;

use super::svg::{STYLE, raw_text};
use super::{Anchor, COLUMN, LINE, columns, shown, title_lines_of};
use crate::report::escape::markup;
use crate::report::{Row, TraceTable, Weight};

const MARGIN: f64 = 24.0;
const ROW: f64 = 34.0;
const BOX: f64 = 24.0;
const GAP: f64 = 18.0;
/// The numbers of the steps.
const NUMBER: f64 = 40.0;

/// What only lanes look like.
const LANES: &str = "\
.lane{stroke:#c3c9d1;stroke-width:1}.go{stroke:#6b7280;stroke-dasharray:2 3;stroke-width:1.2}\
.new{font-weight:bold}.round{fill:none;stroke:#1f5f9e;stroke-dasharray:6 4}\
.key rect{stroke-width:3}";

/// The picture as a stand-alone SVG document, ending in a line feed.
pub fn render(title: &str, table: &TraceTable) -> String {
    let lanes = Lanes::new(title, table);
    let (width, height) = (lanes.width(), lanes.height());
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\">\n<title>{}</title>\n<desc>{}</desc>\n\
         <style>{STYLE}{LANES}</style>\n\
         <rect class=\"page\" width=\"{width:.0}\" height=\"{height:.0}\"/>\n",
        markup(title),
        markup(&lanes.words())
    );
    for (at, line) in lanes.title.iter().enumerate() {
        let y = 32.0 + at as f64 * (LINE + 2.0);
        raw_text(&mut svg, "title", MARGIN, y, Anchor::Start, line);
    }
    lanes.draw(&mut svg);
    svg + "</svg>\n"
}

struct Lanes<'a> {
    table: &'a TraceTable,
    title: Vec<String>,
    /// The middle and the width of every lane.
    lanes: Vec<(f64, f64)>,
    /// The left side of every column of state, then of the notes.
    right: Vec<f64>,
    notes: f64,
}

impl<'a> Lanes<'a> {
    fn new(title: &str, table: &'a TraceTable) -> Self {
        let mut x = MARGIN + NUMBER;
        let lanes = table.actors.iter().enumerate().map(|(actor, name)| {
            let texts = table.rows.iter().filter_map(|row| text_of(row, actor));
            let widest = texts.map(columns).max().unwrap_or(0).max(columns(name));
            let width = widest as f64 * COLUMN + 20.0;
            x += width + GAP;
            (x - GAP - width / 2.0, width)
        });
        let lanes: Vec<(f64, f64)> = lanes.collect();
        let right = table.states.iter().enumerate().map(|(at, name)| {
            let left = x;
            let values = table.rows.iter().filter_map(|row| match row {
                Row::Step(step) => step.states.get(at),
                Row::Blocked { .. } | Row::End { .. } => None,
            });
            let values = values.chain(table.initial.get(at));
            let widest = values.map(|it| columns(it)).max().unwrap_or(0);
            x += widest.max(columns(name)) as f64 * COLUMN + GAP;
            left
        });
        let mut right: Vec<f64> = right.collect();
        right.push(x);
        let notes = table.rows.iter().map(|it| columns(&note_of(it)));
        Self {
            table,
            title: title_lines_of(title),
            lanes,
            right,
            notes: notes.max().unwrap_or(0) as f64 * COLUMN,
        }
    }

    fn width(&self) -> f64 {
        let title = self.title.iter().map(|it| it.chars().count()).max();
        let title = title.unwrap_or(0) as f64 * 8.8;
        let body = self.right[self.right.len() - 1] + self.notes;
        body.max(MARGIN + title) + MARGIN
    }

    fn top(&self) -> f64 {
        24.0 + self.title.len() as f64 * (LINE + 2.0)
    }

    /// The middle of a row; the names are row 0, the beginning is row 1.
    fn y(&self, row: usize) -> f64 {
        self.top() + MARGIN + row as f64 * ROW
    }

    fn height(&self) -> f64 {
        self.y(self.table.rows.len() + 2)
    }

    fn draw(&self, svg: &mut String) {
        let n_rows = self.table.rows.len();
        for (x, _) in &self.lanes {
            let (from, to) = (self.y(0), self.y(n_rows + 1) + 6.0);
            let _ = writeln!(
                svg,
                "<path class=\"lane\" d=\"M{x:.1} {from:.1}V{to:.1}\"/>"
            );
        }
        self.switches(svg);
        for (lane, name) in self.lanes.iter().zip(&self.table.actors) {
            boxed(svg, "actor", *lane, self.y(0), name);
        }
        let mut known: Vec<&str> = self.table.initial.iter().map(String::as_str).collect();
        for (at, name) in self.table.states.iter().enumerate() {
            self.cell(svg, "name", self.right[at], self.y(0), name);
            if let Some(value) = known.get(at) {
                self.cell(svg, "label", self.right[at], self.y(1), value);
            }
        }
        for (at, row) in self.table.rows.iter().enumerate() {
            self.row(svg, row, self.y(at + 2), &known);
            if let Row::Step(step) = row {
                known = step.states.iter().map(String::as_str).collect();
            }
        }
        self.round(svg);
    }

    /// Dashed lines from a step to the next one of somebody else.
    fn switches(&self, svg: &mut String) {
        let steps = self.table.rows.iter().enumerate();
        let steps = steps.filter_map(|(at, row)| match row {
            Row::Step(step) => Some((at + 2, *self.lanes.get(step.actor)?)),
            Row::Blocked { .. } | Row::End { .. } => None,
        });
        let steps: Vec<(usize, (f64, f64))> = steps.collect();
        for pair in steps.windows(2) {
            let ((from, (from_x, _)), (to, (to_x, _))) = (pair[0], pair[1]);
            if (from_x - to_x).abs() > 0.1 {
                let (from_y, to_y) = (self.y(from) + BOX / 2.0, self.y(to) - BOX / 2.0);
                let _ = writeln!(
                    svg,
                    "<path class=\"go\" d=\"M{from_x:.1} {from_y:.1}L{to_x:.1} {to_y:.1}\"/>"
                );
            }
        }
    }

    fn row(&self, svg: &mut String, row: &Row, y: f64, known: &[&str]) {
        let number = match row {
            Row::Step(step) => step.index.to_string(),
            Row::Blocked { .. } => "-".to_owned(),
            Row::End { .. } => "end".to_owned(),
        };
        raw_text(svg, "label", MARGIN, y + 4.0, Anchor::Start, &number);
        match row {
            Row::Step(step) => {
                if let Some(lane) = self.lanes.get(step.actor) {
                    let is_key = step.weight == Weight::Key;
                    svg.push_str(if is_key { "<g class=\"key\">" } else { "<g>" });
                    boxed(svg, "state", *lane, y, &step.text);
                    svg.push_str("</g>\n");
                }
                for (at, value) in step.states.iter().enumerate().take(self.table.states.len()) {
                    let is_new = known.get(at).is_some_and(|it| it != value);
                    let class = if is_new { "new" } else { "label" };
                    self.cell(svg, class, self.right[at], y, value);
                }
            }
            Row::Blocked { cells, .. } => {
                for cell in cells {
                    if let Some(lane) = self.lanes.get(cell.actor) {
                        boxed(svg, "bad", *lane, y, &cell.text);
                    }
                }
            }
            Row::End { text, .. } => {
                let left = self
                    .lanes
                    .first()
                    .map_or(MARGIN + NUMBER, |it| it.0 - it.1 / 2.0);
                let width = columns(text) as f64 * COLUMN;
                let _ = writeln!(
                    svg,
                    "<rect class=\"back\" x=\"{left:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"17\"/>",
                    y - 9.0
                );
                self.cell(svg, "name", left, y, text);
            }
        }
        let x = self.right[self.right.len() - 1];
        self.cell(svg, "label", x, y, &note_of(row));
    }

    fn cell(&self, svg: &mut String, class: &str, x: f64, y: f64, text: &str) {
        raw_text(svg, class, x, y + 4.0, Anchor::Start, &shown(text));
    }

    /// A frame around what repeats for ever.
    fn round(&self, svg: &mut String) {
        let n_rows = self.table.rows.len();
        let from = self.table.repeats.as_ref().map(|it| it.from_row);
        let Some(from) = from.filter(|&it| it < n_rows) else {
            return;
        };
        let (top, bottom) = (self.y(from + 2) - ROW / 2.0, self.y(n_rows + 1) + ROW / 2.0);
        let _ = writeln!(
            svg,
            "<rect class=\"round\" x=\"{:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"8\">\
             <title>repeats for ever</title></rect>",
            MARGIN - 10.0,
            self.width() - 2.0 * MARGIN + 20.0,
            bottom - top
        );
    }

    /// The picture in words.
    fn words(&self) -> String {
        let rows = self.table.rows.iter().map(|row| match row {
            Row::Step(step) => {
                let actor = self
                    .table
                    .actors
                    .get(step.actor)
                    .map_or("?", String::as_str);
                format!("{} {actor}: {}", step.index, step.text)
            }
            Row::Blocked { note, .. } => note.clone(),
            Row::End { text, result } => format!("{text} {result}"),
        });
        rows.collect::<Vec<_>>().join("; ")
    }
}

/// What stands in an actor's lane.
fn text_of(row: &Row, actor: usize) -> Option<&str> {
    match row {
        Row::Step(step) => (step.actor == actor).then_some(step.text.as_str()),
        Row::Blocked { cells, .. } => {
            let cell = cells.iter().find(|it| it.actor == actor)?;
            Some(&cell.text)
        }
        // It may reach over all lanes, and goes first.
        Row::End { text, .. } => (actor == 0).then_some(text.as_str()),
    }
}

fn note_of(row: &Row) -> String {
    match row {
        Row::Step(step) => step.note.clone().unwrap_or_default(),
        Row::Blocked { note, .. } => note.clone(),
        Row::End { result, .. } => result.clone(),
    }
}

fn boxed(svg: &mut String, class: &str, (x, width): (f64, f64), y: f64, text: &str) {
    let radius = if class == "actor" { BOX / 2.0 } else { 4.0 };
    let _ = writeln!(
        svg,
        "<rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{BOX}\" rx=\"{radius}\">\
         <title>{}</title></rect>",
        x - width / 2.0,
        y - BOX / 2.0,
        markup(text)
    );
    let class = if class == "actor" { "name" } else { "label" };
    raw_text(svg, class, x, y + 4.0, Anchor::Middle, &shown(text));
}
