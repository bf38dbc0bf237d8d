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
mod words;

use super::{Report, ScenarioReport, Status};

pub(super) use finding::{commands, extent, places};
pub(super) use help::Change;
pub(super) use outcomes::text as value;
pub(super) use pen::wrap as wrapped;
pub(super) use words::meanings;

pub use diagnostic::diagnostic;
pub use finding::{execution, finding};
pub(super) use scenario::covered;
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
    Pages::new(*style).rest(report)
}

/// The report piece by piece, while scenarios are still being checked.
///
/// **Invariant:** the pieces together are what [`render`] gives for the whole.
#[derive(Clone, Debug)]
pub struct Pages {
    style: Style,
    n_seen: usize,
    before: Option<Detail>,
    among_others: bool,
    /// Words that were explained already.
    told: Vec<&'static str>,
}

impl Pages {
    /// Nothing shown yet.
    pub fn new(style: Style) -> Self {
        Self {
            style,
            n_seen: 0,
            before: None,
            among_others: false,
            told: Vec::new(),
        }
    }

    /// The same for a report of which it is known that more than one scenario comes,
    /// so that the first one need not wait for the second.
    #[must_use]
    pub fn among_others(self) -> Self {
        Self {
            among_others: true,
            ..self
        }
    }

    /// What can be shown of an unfinished report: nothing before its second
    /// scenario, since a single one is shown in another way.
    pub fn more(&mut self, so_far: &Report) -> String {
        if self.among_others || so_far.scenarios.len() > 1 {
            self.page(so_far)
        } else {
            String::new()
        }
    }

    /// What is still to be shown of a finished report.
    pub fn rest(&mut self, report: &Report) -> String {
        let mut page = self.page(report);
        if report.scenarios.len() > 1 {
            if self.before.is_some() {
                page.push('\n');
            }
            page += &summary(report, &self.style);
        }
        page
    }

    fn page(&mut self, report: &Report) -> String {
        let several = self.among_others || report.scenarios.len() > 1;
        let mut page = String::new();
        for it in &report.scenarios[self.n_seen..] {
            if self.style.amount == Amount::Quiet && it.status == Status::Passed {
                continue;
            }
            let detail = detail(it, several, &self.style);
            if self
                .before
                .is_some_and(|before| before == Detail::Full || detail == Detail::Full)
            {
                page.push('\n');
            }
            let text = scenario(it, detail, &self.style);
            page += &text;
            if self.style.level == Level::Beginner && detail == Detail::Full {
                let lines = words::first_time(&text, &mut self.told, &self.style);
                if !lines.is_empty() {
                    page += &format!("\n{}\n", lines.join("\n"));
                }
            }
            self.before = Some(detail);
        }
        self.n_seen = report.scenarios.len();
        page
    }
}

/// Aligned lines, ending in a line feed.
pub fn facts(list: &[super::Fact], style: &Style) -> String {
    facts::render(list, style).join("\n") + "\n"
}

/// Something to do about a finding, with its changed lines, ending in a line feed.
pub fn help(help: &super::Help, source: &crate::base::Source, style: &Style) -> String {
    help::render(help, source, style).join("\n") + "\n"
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
    /// Someone who meets this kind of bug for the first time: what the scenario is
    /// about, a paragraph on the kind of bug, what to do next, what the words mean.
    Beginner,
    /// Everyone else.
    Normal,
    /// Someone who knows the rules: no lessons, one repair, and each finding on one
    /// screen of 24 lines if its table needs no more.
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
