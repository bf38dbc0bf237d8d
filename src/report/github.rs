//! Workflow commands of GitHub Actions: an annotation at the guilty line of
//! every finding that was not expected, of every mistake and of every limit;
//! then the summary line.
//!
//! Source: GitHub Docs, "Workflow commands for GitHub Actions"; the escapes are
//! those of its toolkit (`@actions/core`, `command.ts`): `%`, CR and LF in a
//! message, and `:` and `,` too in a property.
//!
//! **Invariant:** only our own lines begin with `::`; a name with a line feed
//! cannot begin one.

use std::fmt::Write as _;

use super::human::{self, Style};
use super::{Finding, Report, ScenarioReport, escape};
use crate::base::{Diagnostic, Severity, Source, Span};

/// The summary line, for the log.
pub fn summary(report: &Report) -> String {
    human::summary(report, &Style::default())
}

/// The annotations of one scenario; empty if nothing is wrong with it.
pub fn scenario(report: &ScenarioReport) -> String {
    let source = &report.source;
    let mistakes = report.diagnostics.iter().map(|it| mistake(it, source));
    let limit = report.limit.iter().map(|it| {
        let message = format!("{}: {}", name(report), it.message);
        command("warning", place(report, None), it.code, &message)
    });
    let found = report.findings.iter().filter(|it| !it.expected);
    let found = found.map(|it| finding(it, report));
    mistakes.chain(limit).chain(found).collect()
}

fn finding(found: &Finding, report: &ScenarioReport) -> String {
    let span = found.guilty().map(|it| it.span);
    let mut message = found.message.clone();
    for fact in &found.facts {
        let _ = write!(message, "\n{}: {}", fact.key, fact.text);
    }
    for help in &found.helps {
        let _ = write!(message, "\nhelp: {}", help.text);
    }
    let file = report.source.name();
    for (_, text) in human::commands(found, file, &Style::default()) {
        let _ = write!(message, "\n{text}");
    }
    let title = format!("{} in \"{}\"", found.code, name(report));
    command(level(found.severity), place(report, span), &title, &message)
}

fn mistake(mistake: &Diagnostic, source: &Source) -> String {
    let mut message = mistake.message.clone();
    if let Some(help) = &mistake.help {
        let _ = write!(message, "\nhelp: {help}");
    }
    let place = place_in(source, mistake.span);
    command(level(mistake.severity), place, mistake.code, &message)
}

fn name(report: &ScenarioReport) -> &str {
    match report.name.as_str() {
        "" => report.source.name(),
        name => name,
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn place(report: &ScenarioReport, span: Option<Span>) -> String {
    match span {
        Some(span) => place_in(&report.source, span),
        None => format!(
            "file={},line={}",
            property(report.source.name()),
            report.line
        ),
    }
}

/// Columns are shown only for a place on one line: others GitHub refuses.
fn place_in(source: &Source, span: Span) -> String {
    let (start, end) = (source.position(span.start), source.position(span.end));
    let file = property(source.name());
    let lines = format!("file={file},line={},endLine={}", start.line, end.line);
    if start.line != end.line || end.column <= start.column {
        return lines;
    }
    format!("{lines},col={},endColumn={}", start.column, end.column - 1)
}

fn command(level: &str, place: String, title: &str, message: &str) -> String {
    let title = property(title);
    format!("::{level} {place},title={title}::{}\n", data(message))
}

fn data(text: &str) -> String {
    escape::text(text).replace('%', "%25").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    escape::line(text)
        .replace('%', "%25")
        .replace(':', "%3A")
        .replace(',', "%2C")
}
