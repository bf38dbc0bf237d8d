//! An execution to step through: the table of its steps, the controls, and for
//! every step the source, the shared state and the pictures.
//!
//! Without scripts, and on paper, it is the whole table with the last picture.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use super::source::listing;
use super::text::{plain, rich};
use crate::base::{Source, Span};
use crate::report::human;
use crate::report::picture::{Graph, svg_part};
use crate::report::{Finding, LockEdge, Passing, Row, Schedule, StepRow, TraceTable, Weight};

/// The player of a finding; its source alone if there is no execution.
pub(super) fn player(found: &Finding, source: &Source, lines: RangeInclusive<u32>) -> String {
    let listing = listing(found, source, lines);
    let Some(table) = found.trace.as_ref().filter(|it| !it.rows.is_empty()) else {
        return listing;
    };
    let schedule = found.schedule.as_ref();
    let extent = human::extent(schedule, table, None);
    let mut html = String::from(
        "<div class=\"pl\" tabindex=\"0\" role=\"group\" aria-label=\"schedule, step by step: \
         arrow keys, Home and End\">\n",
    );
    html += &controls();
    html += "<div class=\"two\">\n";
    html += &listing;
    html += "<div>\n";
    html += &state_boxes(table);
    html += &rows(table, schedule, &format!("schedule ({})", plain(&extent)));
    if let Some(passing) = &found.passing {
        html += &beside(passing);
    }
    html += "</div>\n</div>\n<div class=\"two\">\n";
    html += &pictures(found, table, source);
    html += "</div>\n</div>\n";
    html
}

fn beside(passing: &Passing) -> String {
    let caption = format!("as it should be: {}", rich(&passing.change));
    rows(&passing.trace, passing.schedule.as_ref(), &caption)
}

fn controls() -> String {
    let buttons = [
        ("Home", "first step", "|&lt;"),
        ("ArrowLeft", "step back", "&lt;"),
        ("ArrowRight", "step forward", "&gt;"),
        ("End", "last step", "&gt;|"),
    ];
    let button = buttons.map(|(key, label, sign)| {
        format!("<button type=\"button\" data-k=\"{key}\" aria-label=\"{label}\">{sign}</button>\n")
    });
    format!(
        "<div class=\"ctl\">\n{}{}<input type=\"range\" min=\"0\" max=\"0\" value=\"0\" \
         aria-label=\"step\">\n{}{}</div>\n<output aria-live=\"polite\"></output>\n",
        button[0], button[1], button[2], button[3]
    )
}

/// The shared state at the current step.
fn state_boxes(table: &TraceTable) -> String {
    if table.states.is_empty() {
        return String::new();
    }
    let boxes = table.states.iter().enumerate().map(|(at, name)| {
        let value = table.initial.get(at).map_or("", String::as_str);
        let (name, value) = (plain(name), plain(value));
        format!("<div><dt>{name}</dt><dd>{value}</dd></div>\n")
    });
    let boxes: String = boxes.collect();
    format!("<dl class=\"now\" aria-label=\"shared state\">\n{boxes}</dl>\n")
}

fn rows(table: &TraceTable, schedule: Option<&Schedule>, caption: &str) -> String {
    let mut html = format!(
        "<div class=\"wide\"><table>\n<caption>{caption}</caption>\n\
         <thead><tr><th scope=\"col\">#</th>"
    );
    for name in table.actors.iter().chain(&table.states) {
        let _ = write!(html, "<th scope=\"col\">{}</th>", plain(name));
    }
    html += "<td></td></tr></thead>\n<tbody>\n";
    let states = if table.initial.is_empty() {
        vec![String::new(); table.states.len()]
    } else {
        table.initial.clone()
    };
    let mut writer = Rows {
        table,
        schedule,
        position: 0,
        known: states,
        html,
    };
    writer.start();
    for (at, row) in table.rows.iter().enumerate() {
        if table.repeats.as_ref().is_some_and(|it| it.from_row == at) {
            writer.remark("repeats for ever:");
        }
        writer.row(
            row,
            table.repeats.as_ref().is_some_and(|it| it.from_row <= at),
        );
    }
    if let Some(repeats) = &table.repeats {
        writer.remark(&format!("= {}", repeats.returns_to));
    }
    writer.html + "</tbody>\n</table></div>\n"
}

struct Rows<'a> {
    table: &'a TraceTable,
    schedule: Option<&'a Schedule>,
    position: usize,
    /// The shared state after the row before.
    known: Vec<String>,
    html: String,
}

impl Rows<'_> {
    fn start(&mut self) {
        self.open("", Span::default(), "before the first step", "start");
        for _ in &self.table.actors {
            self.html += "<td class=\"a\"></td>";
        }
        for value in self.known.clone() {
            self.state(&value, false);
        }
        self.close("");
    }

    fn row(&mut self, row: &Row, repeats: bool) {
        let class = match row {
            Row::Step(step) if step.weight == Weight::Key => "k",
            _ => "",
        };
        let class = if repeats {
            format!("{class} rp")
        } else {
            class.to_owned()
        };
        match row {
            Row::Step(step) => self.step(step, class.trim()),
            Row::Blocked { cells, note } => {
                self.open("", Span::default(), "after the last step", "-");
                let text = |actor: usize| cells.iter().find(|it| it.actor == actor);
                for actor in 0..self.table.actors.len() {
                    self.actor(text(actor).map_or("", |it| it.text.as_str()));
                }
                self.unchanged();
                self.close(&rich(note));
            }
            Row::End { text, result } => {
                self.open("", Span::default(), "at the end", "end");
                let columns = self.table.actors.len().max(1);
                let _ = write!(
                    self.html,
                    "<td class=\"n\" colspan=\"{columns}\">{}</td>",
                    rich(text)
                );
                self.unchanged();
                self.close(&format!("<b class=\"err\">{}</b>", rich(result)));
            }
        }
    }

    fn step(&mut self, step: &StepRow, class: &str) {
        let steps = self.schedule.iter().flat_map(|it| &it.steps);
        let span = { steps }
            .find(|it| it.index == step.index)
            .map(|it| it.span);
        let total = self.schedule.map_or(0, |it| it.steps.len());
        let title = match total {
            0 => format!("step {}", step.index),
            n => format!("step {} of {n}", step.index),
        };
        let number = step.index.to_string();
        self.open(class, span.unwrap_or_default(), &title, &number);
        for actor in 0..self.table.actors.len() {
            self.actor(if actor == step.actor { &step.text } else { "" });
        }
        for at in 0..self.table.states.len() {
            let value = step.states.get(at).map_or("", String::as_str);
            let changed = self.known.get(at).is_some_and(|it| it != value);
            self.state(value, changed);
        }
        self.known.clone_from(&step.states);
        self.close(&match (&step.note, &step.switch) {
            (Some(note), _) => format!("<b>{}</b>", rich(note)),
            (None, Some(why)) => format!("<span class=\"dim\">({})</span>", rich(why)),
            (None, None) => String::new(),
        });
    }

    fn open(&mut self, class: &str, span: Span, title: &str, number: &str) {
        let class = match class {
            "" => String::new(),
            class => format!(" class=\"{class}\""),
        };
        let _ = write!(
            self.html,
            "<tr{class} data-i=\"{}\" data-a=\"{}\" data-b=\"{}\" data-t=\"{title}\">\
             <th scope=\"row\">{number}</th>",
            self.position, span.start, span.end
        );
        self.position += 1;
    }

    fn actor(&mut self, text: &str) {
        let _ = write!(self.html, "<td class=\"a\">{}</td>", plain(text));
    }

    fn state(&mut self, value: &str, changed: bool) {
        let class = if changed { "s ch" } else { "s" };
        let _ = write!(self.html, "<td class=\"{class}\">{}</td>", plain(value));
    }

    /// Cells of state that nothing is said about.
    fn unchanged(&mut self) {
        for _ in &self.table.states {
            self.html += "<td class=\"s\"></td>";
        }
    }

    fn close(&mut self, note: &str) {
        let _ = writeln!(self.html, "<td class=\"n\">{note}</td></tr>");
    }

    fn remark(&mut self, text: &str) {
        let columns = self.table.actors.len() + self.table.states.len() + 2;
        let _ = writeln!(
            self.html,
            "<tr class=\"rp\"><th></th><td colspan=\"{columns}\" class=\"dim\">{}</td></tr>",
            rich(text)
        );
    }
}

/// Who waits for whom and which locks were taken in which order, by step.
fn pictures(found: &Finding, table: &TraceTable, source: &Source) -> String {
    let n = table.rows.len();
    let mut waits = vec![Graph::default()];
    let mut locks = vec![Graph::default()];
    let mut orders: Vec<LockEdge> = Vec::new();
    let moments = found.schedule.as_ref().map_or(&[][..], |it| &it.moments);
    let mut moments = moments.iter();
    for row in &table.rows {
        let before = (
            waits[waits.len() - 1].clone(),
            locks[locks.len() - 1].clone(),
        );
        let (mut wait, mut lock) = before;
        match row {
            Row::Step(_) => {
                if let Some(moment) = moments.next() {
                    wait = Graph::moment("who waits for whom", moment);
                    orders.extend(moment.orders.iter().cloned());
                    lock = Graph::locks("order of locks so far", &orders, source);
                }
            }
            Row::Blocked { .. } | Row::End { .. } if !found.waits.is_empty() => {
                wait = Graph::waits(found);
            }
            Row::Blocked { .. } | Row::End { .. } => {}
        }
        waits.push(wait);
        locks.push(lock);
    }
    // A circle that is known only in the end is shown in the end.
    if !found.lock_order.is_empty() {
        locks[n] = Graph::locks("lock order", &found.lock_order, source);
    }
    if !found.waits.is_empty() {
        waits[n] = Graph::waits(found);
    }
    let waits = figures(
        "who waits for whom",
        "nobody waits, no lock is held",
        &waits,
    );
    waits
        + &figures(
            "order of locks",
            "nobody took a lock while holding another",
            &locks,
        )
}

fn is_same(one: &Graph, other: &Graph) -> bool {
    one == other || (one.edges.is_empty() && other.edges.is_empty())
}

/// Each different picture once, with the steps it belongs to; nothing if all are empty.
fn figures(title: &str, nothing: &str, graphs: &[Graph]) -> String {
    if graphs.iter().all(|it| it.edges.is_empty()) {
        return String::new();
    }
    let mut html = format!("<div><h4>{title}</h4>\n");
    let mut shown: Vec<(&Graph, Vec<usize>)> = Vec::new();
    for (at, graph) in graphs.iter().enumerate() {
        match shown.iter_mut().find(|it| is_same(it.0, graph)) {
            Some((_, steps)) => steps.push(at),
            None => shown.push((graph, vec![at])),
        }
    }
    for (graph, steps) in shown {
        let class = if steps.contains(&(graphs.len() - 1)) {
            " class=\"last\""
        } else {
            ""
        };
        let steps: Vec<String> = steps.iter().map(ToString::to_string).collect();
        let drawn = if graph.edges.is_empty() {
            format!("<span class=\"dim\">{}</span>\n", plain(nothing))
        } else {
            svg_part(graph)
        };
        let _ = writeln!(
            html,
            "<figure{class} data-s=\"{}\">{drawn}</figure>",
            steps.join(" ")
        );
    }
    html + "</div>\n"
}
