//! The report for people: the manner of rustc and Elm, a column for every actor.
//!
//! **Invariant:** besides our own colour codes the output holds no control
//! character but the line feed, whatever the names and texts contain.
//!
//! **Deliberately absent:** the terminal and the environment. A [`Style`] says
//! what the caller found out about them.

mod columns;
mod diagnostic;
mod excerpt;
mod facts;
mod finding;
mod fold;
mod help;
mod outcomes;
mod pen;
mod scenario;
mod summary;
mod table;
mod waits;

use super::{Report, ScenarioReport, Status};

pub(super) use pen::wrap as wrapped;

pub use diagnostic::diagnostic;
pub use finding::finding;
pub use scenario::scenario;
pub use summary::summary;

/// The whole report: every scenario, and a summary line if there are several.
///
/// What passed is shown in short when there are several scenarios, what needs
/// attention always in full.
///
/// ```
/// use std::sync::Arc;
/// use threadbare::base::Source;
/// use threadbare::report::{Report, ScenarioReport, human};
/// let source = Arc::new(Source::new("a.tb", "scenario \"empty\" { }"));
/// let report = Report::new(vec![ScenarioReport::new(source, "empty", 1)]);
/// assert!(human::render(&report, &human::Style::default()).starts_with("ok  empty"));
/// ```
pub fn render(report: &Report, style: &Style) -> String {
    let several = report.scenarios.len() > 1;
    let mut page = String::new();
    let mut before = Detail::Short;
    for it in &report.scenarios {
        let detail = detail(it, several, style);
        if style.amount == Amount::Quiet && it.status == Status::Passed {
            continue;
        }
        if !page.is_empty() && (before == Detail::Full || detail == Detail::Full) {
            page.push('\n');
        }
        page += &scenario(it, detail, style);
        before = detail;
    }
    if several {
        if !page.is_empty() {
            page.push('\n');
        }
        page += &summary(report, style);
    }
    page
}

fn detail(report: &ScenarioReport, several: bool, style: &Style) -> Detail {
    let is_calm = report.status == Status::Passed;
    if several && is_calm && style.amount != Amount::Verbose {
        Detail::Short
    } else {
        Detail::Full
    }
}

/// How much of one scenario is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Detail {
    /// Everything.
    Full,
    /// A status line, and a line for every finding.
    Short,
}

/// How the report is written; plain data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Style {
    /// Write ANSI colour codes.
    pub color: bool,
    /// Write ASCII only: other characters are shown as `\u{…}`.
    pub ascii: bool,
    /// For whom it is written.
    pub level: Level,
    /// How much is written.
    pub amount: Amount,
    /// Columns of the page.
    pub width: usize,
}

impl Default for Style {
    /// No colour, for the ordinary reader, 100 columns.
    fn default() -> Self {
        Self {
            color: false,
            ascii: false,
            level: Level::Normal,
            amount: Amount::Normal,
            width: 100,
        }
    }
}

/// For whom a report is written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// Someone who meets this kind of bug for the first time: a paragraph more.
    Beginner,
    /// Everyone else.
    Normal,
    /// Someone who knows the rules: no lessons.
    Expert,
}

/// How much is written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Amount {
    /// Only what needs attention.
    Quiet,
    /// Everything that needs attention in full, the rest in short.
    Normal,
    /// Everything in full, tables unfolded, with times.
    Verbose,
}
