//! The report in sentences, for those who hear it: no drawings, no columns, one
//! sentence a line.
//!
//! Marks that are read aloud letter by letter, such as backquotes and arrows,
//! become words or go away; code stays as the author wrote it. Of the shared
//! state only what changes is said.

use std::fmt::Write as _;

use super::human::{self, Amount, Change, Level, Style};
use super::{
    Fact, Finding, Help, Report, Row, ScenarioReport, Status, StepRow, TraceTable, escape,
};
use crate::base::{Diagnostic, Severity, Source};

/// For a beginner what the words mean; then how many scenarios passed, failed, stayed
/// open, unless there is only one.
pub fn summary(report: &Report, style: &Style) -> String {
    let words = match style.level {
        Level::Beginner => glossary(report, style),
        Level::Normal | Level::Expert => String::new(),
    };
    if report.scenarios.len() < 2 {
        return words;
    }
    let style = Style {
        color: false,
        ..*style
    };
    let summary = human::summary(report, &style);
    let parts: Vec<&str> = { summary.trim().split("  ") }
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .collect();
    format!("{words}In all: {}.\n", parts.join(", "))
}

fn glossary(report: &Report, style: &Style) -> String {
    let pages: String = { report.scenarios.iter() }
        .map(|it| scenario(it, style))
        .collect();
    let words = human::meanings(&pages).into_iter();
    let lines: String = words
        .map(|(word, meaning)| format!("The word {word}: {meaning}.\n"))
        .collect();
    match lines.is_empty() {
        true => lines,
        false => lines + "\n",
    }
}

/// One scenario, ending in a blank line; nothing if it passed and only what
/// needs attention is wanted.
pub fn scenario(report: &ScenarioReport, style: &Style) -> String {
    if style.amount == Amount::Quiet && report.status == Status::Passed {
        return String::new();
    }
    let mut page = Prose {
        text: String::new(),
        line: None,
        style: *style,
    };
    page.opening(report);
    for it in &report.diagnostics {
        page.mistake(it, &report.source);
    }
    if let Some(limit) = &report.limit {
        let word = match report.limited() {
            "incomplete" => "Incomplete",
            _ => "Inconclusive",
        };
        page.say(&format!("{word} {}: {}", limit.code, limit.message));
        page.facts(&limit.facts);
    }
    let n = report.findings.len();
    for (at, found) in report.findings.iter().enumerate() {
        if n > 1 {
            page.say(&format!("Finding {} of {n}", at + 1));
        }
        page.finding(found, &report.source);
    }
    for it in &report.proved {
        let why = if it.why.is_empty() { "" } else { ": " };
        page.say(&format!("Proved: {}{why}{}", it.what, it.why));
    }
    page.facts(&human::covered(report, style));
    page.text + "\n"
}

/// The author's lines, those that end within a sentence together with the next.
fn whole_sentences(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in text.trim().lines().map(str::trim) {
        match all.last_mut().filter(|_| is_open && !line.is_empty()) {
            Some(last) => *last += &format!(" {line}"),
            None => all.push(line.to_owned()),
        }
        is_open = !line.is_empty() && !line.ends_with(['.', '?', '!', ':']);
    }
    all
}

/// `held by`, `which is up to`: what follows a comma.
fn clause(relation: &str) -> String {
    match relation.starts_with("is ") || relation.starts_with("comes ") {
        true => format!("which {relation}"),
        false => relation.to_owned(),
    }
}

struct Prose {
    text: String,
    /// The line of the source that was read last.
    line: Option<u32>,
    style: Style,
}

impl Prose {
    /// One sentence on a line of its own.
    fn say(&mut self, sentence: &str) {
        let spoken = spoken(sentence);
        let end = if spoken.ends_with(['.', '?', '!', ':']) {
            ""
        } else {
            "."
        };
        self.push(&(spoken + end));
    }

    /// What is to be typed or looked up as it is: no full stop behind it.
    fn quote(&mut self, what: &str, code: &str) {
        self.push(&format!("{what}: {}", code.trim()));
    }

    fn push(&mut self, line: &str) {
        let shown = if self.style.ascii {
            escape::ascii_line(line)
        } else {
            escape::line(line)
        };
        let _ = writeln!(self.text, "{shown}");
    }

    fn opening(&mut self, report: &ScenarioReport) {
        let file = report.source.name();
        let result = match report.status {
            Status::Passed => "passed",
            Status::Failed => "failed",
            Status::Inconclusive => "inconclusive",
            Status::Error => "could not be checked",
        };
        if report.name.is_empty() {
            self.say(&format!("File {file}: {result}"));
        } else {
            let (name, line) = (&report.name, report.line);
            self.say(&format!(
                "Scenario {name}, in {file}, line {line}: {result}"
            ));
        }
        if let (Some(text), Level::Beginner) = (&report.description, self.style.level) {
            for sentences in whole_sentences(text) {
                self.say(&sentences);
            }
        }
    }

    fn mistake(&mut self, from: &Diagnostic, source: &Source) {
        let word = match from.severity {
            Severity::Error => "Error",
            Severity::Warning => "Warning",
        };
        let at = source.position(from.span.start);
        self.line = None;
        let (code, message) = (from.code, &from.message);
        self.say(&format!(
            "{word} {code} in line {}, column {}: {message}",
            at.line, at.column
        ));
        self.line(at.line, source, &from.label);
        for it in &from.secondary {
            self.line(source.position(it.span.start).line, source, &it.text);
        }
        if let Some(help) = &from.help {
            self.say(&format!("Help: {help}"));
        }
        if let Some(fix) = &from.fix {
            self.change(std::slice::from_ref(fix), source);
        }
    }

    /// A line of the source and what is to be said about it.
    fn line(&mut self, line: u32, source: &Source, label: &str) {
        if self.line != Some(line) {
            self.quote(&format!("Line {line} is"), source.line(line));
        }
        self.line = Some(line);
        if !label.is_empty() {
            self.say(&format!("There: {label}"));
        }
    }

    fn finding(&mut self, found: &Finding, source: &Source) {
        self.line = None;
        let word = match found.word() {
            "expected" => "Expected",
            "warning" => "Warning",
            _ => "Error",
        };
        self.say(&format!("{word} {}: {}", found.code, found.message));
        if let (Some(text), Level::Beginner) = (&found.beginner, self.style.level) {
            text.lines().map(str::to_owned).for_each(|it| self.say(&it));
        }
        for place in &found.places {
            self.line(source.position(place.span.start).line, source, &place.label);
        }
        for wait in &found.waits {
            let line = source.position(wait.span.start).line;
            let holders = match wait.held_by.as_slice() {
                [] => "which nobody can give any more".to_owned(),
                names => format!("{} {}", clause(&wait.relation), names.join(" and ")),
            };
            let (actor, what) = (&wait.actor, &wait.resource);
            self.say(&format!(
                "{actor} waits for {what}, {holders}, in line {line}"
            ));
        }
        for edge in &found.lock_order {
            let line = source.position(edge.span.start).line;
            let (actor, to, from) = (&edge.actor, &edge.to, &edge.from);
            self.say(&format!(
                "{actor} takes {to} while holding {from}, in line {line}"
            ));
        }
        if let Some(table) = &found.trace {
            let extent = human::extent(found.schedule.as_ref(), table, None);
            self.say(&format!("The schedule has {extent}:"));
            self.table(table);
        }
        self.facts(&found.facts);
        for it in &found.helps {
            self.help(it, source);
        }
        for (key, command) in human::commands(found, source.name(), &self.style) {
            self.quote(&format!("To {}", purpose(key)), &command);
        }
    }

    fn table(&mut self, table: &TraceTable) {
        let mut known: Vec<&str> = table.initial.iter().map(String::as_str).collect();
        for (position, row) in table.rows.iter().enumerate() {
            if { table.repeats.iter() }.any(|it| it.from_row == position) {
                self.say("From here on everything repeats for ever:");
            }
            match row {
                Row::Step(step) => {
                    self.step(step, table, &known);
                    known = step.states.iter().map(String::as_str).collect();
                }
                Row::Blocked { cells, note } => {
                    let cells = cells.iter().map(|cell| {
                        let actor = table.actors.get(cell.actor).map_or("?", String::as_str);
                        format!("{actor} {}", cell.text)
                    });
                    let cells: Vec<String> = cells.collect();
                    let colon = if note.is_empty() { "" } else { ": " };
                    self.say(&format!("Then {note}{colon}{}", cells.join("; ")));
                }
                Row::End { text, result } => self.say(&format!("At the end: {text} {result}")),
            }
        }
        if let Some(repeats) = &table.repeats {
            self.say(&format!("Now it is as in the {}", repeats.returns_to));
        }
    }

    fn step(&mut self, step: &StepRow, table: &TraceTable, known: &[&str]) {
        let actor = table.actors.get(step.actor).map_or("?", String::as_str);
        let mut text = format!("Step {}, {actor}: {}", step.index, step.text);
        let states = table.states.iter().zip(&step.states).enumerate();
        let changed = states
            .filter(|(at, (_, value))| known.get(*at).copied() != Some(value.as_str()))
            .map(|(_, (name, value))| format!("{name} is {value}"));
        let changed: Vec<String> = changed.collect();
        if !changed.is_empty() {
            let _ = write!(text, "; now {}", changed.join(", "));
        }
        if let Some(note) = &step.note {
            let _ = write!(text, "; {note}");
        } else if let Some(why) = &step.switch {
            let _ = write!(text, "; {why}");
        }
        self.say(&text);
    }

    fn facts(&mut self, facts: &[Fact]) {
        for it in facts {
            if it.lesson && self.style.level == Level::Expert {
                continue;
            }
            let checked = if it.checked { ", as was checked" } else { "" };
            let lines: Vec<&str> = it.text.split('\n').map(str::trim).collect();
            let key = capital(&it.key);
            self.say(&format!("{key}: {}{checked}", lines.join("; ")));
        }
    }

    fn help(&mut self, help: &Help, source: &Source) {
        self.say(&format!("Help: {}", help.text));
        if let Some(checked) = &help.checked {
            self.say(&format!("Checked again: {checked}"));
        }
        self.change(&help.patch, source);
    }

    fn change(&mut self, patch: &[crate::base::Fix], source: &Source) {
        for change in Change::all(patch, source) {
            let first = change.first as usize;
            if change.removed.is_empty() {
                self.say(&format!("Before line {first}"));
            }
            for (at, line) in change.removed.iter().enumerate() {
                self.quote(&format!("Replace line {}", first + at), line);
            }
            for line in &change.added {
                self.quote("Write", line);
            }
        }
    }
}

fn purpose(key: &str) -> &str {
    match key {
        "replay" => "see it again",
        "learn" => "learn more",
        "picture" => "draw it",
        other => other,
    }
}

fn capital(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(rest).collect()
}

/// Without marks that are noise when read aloud.
fn spoken(text: &str) -> String {
    let text = text.replace('`', "").replace(" -> ", " gives ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
