//! One report, many formats: which renderer writes which, and what of it can be
//! printed before all is checked.
//!
//! **Invariant:** what [`more`] gives piece by piece, and [`rest`] at the end,
//! is together what [`all`] gives.

use super::value::Kind;
use crate::guide;
use crate::report::human::{Amount, Style};
use crate::report::sarif::{self, RulePage};
use crate::report::{Report, escape, github, html, human, json, junit, markdown, prose, short};

/// The report at once, for standard output.
pub fn all(kind: Kind, report: &Report, style: &Style) -> String {
    more(kind, report, 0, style) + &rest(kind, report, style)
}

/// The report for a file: no colours, and also what passed. `--quiet` is about what
/// one looks at now; a file is a record.
pub fn whole(kind: Kind, report: &Report, style: &Style) -> String {
    let amount = match style.amount {
        Amount::Quiet | Amount::Normal => Amount::Normal,
        Amount::Verbose => Amount::Verbose,
    };
    let style = &Style {
        color: false,
        amount,
        ..*style
    };
    all(kind, report, style)
}

/// What can be printed about the scenarios from `first` on.
pub fn more(kind: Kind, report: &Report, first: usize, style: &Style) -> String {
    let new = report.scenarios[first..].iter();
    match kind {
        Kind::JsonLines => new.map(|it| json::line(&report.tool, it)).collect(),
        Kind::Github => new.map(github::scenario).collect(),
        Kind::Prose => new.map(|it| prose::scenario(it, style)).collect(),
        Kind::Human
        | Kind::Short
        | Kind::Json
        | Kind::Junit
        | Kind::Sarif
        | Kind::Markdown
        | Kind::Html => String::new(),
    }
}

/// What is printed when all is checked.
pub fn rest(kind: Kind, report: &Report, style: &Style) -> String {
    match kind {
        Kind::Human => human::render(report, style),
        Kind::Short if style.ascii => escape::ascii_text(&short::render(report)).into_owned(),
        Kind::Short => short::render(report),
        Kind::Prose => prose::summary(report, style),
        Kind::Json => json::render(report),
        Kind::JsonLines => String::new(),
        Kind::Junit => junit::render(report, style.amount == Amount::Verbose),
        Kind::Sarif => sarif::render(report, &rule_pages()),
        Kind::Github => github::summary(report),
        Kind::Markdown => markdown::render(report, style),
        Kind::Html => html::render(report, style),
    }
}

/// The guide's pages, as far as SARIF shows them.
fn rule_pages() -> Vec<RulePage<'static>> {
    let pages = guide::pages().iter().map(|page| RulePage {
        code: page.code(),
        title: page.title(),
        summary: page
            .section("What it finds")
            .map_or("", |it| it.body.split("\n\n").next().unwrap_or_default()),
        markdown: page.text(),
    });
    pages.collect()
}
