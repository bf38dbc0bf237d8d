//! Markdown, to be pasted into a review or shown by a forge: tables and
//! diagrams are native, no column counts on a fixed width.
//!
//! **Invariant:** nothing the author wrote becomes markup, a link or a mention.

mod text;

use std::fmt::Write as _;

use super::human::{self, Amount, Change, Detail, Level, Style};
use super::picture::{Graph, mermaid, sequence};
use super::{Fact, Finding, Help, Report, Row, ScenarioReport, Status, TraceTable, escape};
use crate::base::Source;

use text::{cell, fence};
pub(super) use text::{code, inline};

/// More rows than this make a table nobody reads in a review.
const ROWS_MAX: usize = 60;

/// The whole report: a table of all scenarios, then what needs attention.
///
/// Of the style only level and amount count.
pub fn render(report: &Report, style: &Style) -> String {
    let style = &Style {
        color: false,
        ..*style
    };
    let summary = human::summary(report, style);
    let counts: Vec<&str> = { summary.split("  ") }
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .collect();
    let mut page = format!("## threadbare: {}\n\n", counts.join(", "));
    page += "| result | scenario | place | states |\n|---|---|---|---:|\n";
    for it in &report.scenarios {
        if style.amount != Amount::Quiet || it.status != Status::Passed {
            page += &line(it);
        }
    }
    let several = report.scenarios.len() > 1;
    for it in &report.scenarios {
        let is_calm = it.status == Status::Passed;
        if !is_calm
            || (style.amount != Amount::Quiet && !several)
            || style.amount == Amount::Verbose
        {
            page += &scenario(it, style);
        }
    }
    let words = match style.level {
        Level::Beginner => human::meanings(&page),
        Level::Normal | Level::Expert => Vec::new(),
    };
    if !words.is_empty() {
        page += "\n## words\n\n";
        for (word, meaning) in words {
            let _ = writeln!(page, "- **{word}**: {}", inline(meaning));
        }
    }
    page
}

fn line(report: &ScenarioReport) -> String {
    let result = match report.status {
        Status::Passed if report.findings.iter().any(|it| it.expected) => "ok, expected bug found",
        Status::Passed => "ok",
        Status::Failed => "**failed**",
        Status::Inconclusive => "**inconclusive**",
        Status::Error => "**error**",
    };
    let place = format!("{}:{}", report.source.name(), report.line);
    format!(
        "| {result} | {} | {} | {} |\n",
        cell(&report.name),
        cell(&place),
        report.stats.states
    )
}

fn scenario(report: &ScenarioReport, style: &Style) -> String {
    let mut page = String::new();
    for it in &report.diagnostics {
        let shown = human::diagnostic(it, &report.source, style);
        let _ = write!(page, "\n### {}: {}\n\n", it.code, inline(&it.message));
        page += &fence("text", &shown);
    }
    if let Some(limit) = &report.limit {
        let message = inline(&limit.message);
        let word = report.limited();
        let _ = write!(page, "\n### {word} {}: {message}\n\n", limit.code);
        page += &facts(&limit.facts, style);
    }
    for it in &report.findings {
        page += &finding(it, report, style);
    }
    if report.findings.is_empty() && report.diagnostics.is_empty() && report.limit.is_none() {
        page.push('\n');
        page += &fence("text", &human::scenario(report, Detail::Full, style));
    }
    page
}

fn finding(found: &Finding, report: &ScenarioReport, style: &Style) -> String {
    let source = &report.source;
    let mut page = format!(
        "\n### {} {}: {}\n\n",
        found.word(),
        found.code,
        inline(&found.message)
    );
    let _ = writeln!(page, "In scenario {}.\n", code(&report.name));
    page += &fence("text", &human::places(found, source, style));
    if let (Some(text), Level::Beginner) = (&found.beginner, style.level) {
        let _ = writeln!(page, "\n{}", inline(text));
    }
    if let Some(table) = &found.trace {
        let extent = human::extent(found.schedule.as_ref(), table, None);
        let _ = write!(page, "\n**Schedule** ({extent})\n\n");
        page += &rows(table);
    }
    page += &pictures(found, source);
    let said = facts(&found.facts, style);
    if !said.is_empty() {
        page.push('\n');
        page += &said;
    }
    for it in &found.helps {
        page += &help(it, source);
    }
    let commands = human::commands(found, source.name(), style);
    if !commands.is_empty() {
        let lines: Vec<String> = commands.into_iter().map(|(_, text)| text).collect();
        page.push('\n');
        page += &fence("sh", &lines.join("\n"));
    }
    page
}

/// The execution as a table, a column for every actor.
fn rows(table: &TraceTable) -> String {
    let n_columns = table.actors.len() + table.states.len();
    let mut page = String::from("| # |");
    for name in table.actors.iter().chain(&table.states) {
        let _ = write!(page, " {} |", cell(name));
    }
    let _ = writeln!(page, " |\n|---:|{}---|", "---|".repeat(n_columns));
    for (position, row) in table.rows.iter().take(ROWS_MAX).enumerate() {
        if table
            .repeats
            .as_ref()
            .is_some_and(|it| it.from_row == position)
        {
            let _ = writeln!(page, "| |{} *repeats for ever:* |", " |".repeat(n_columns));
        }
        page += &table_row(table, row);
    }
    if let Some(repeats) = &table.repeats {
        let to = inline(&repeats.returns_to);
        let _ = writeln!(page, "| |{} *= {to}* |", " |".repeat(n_columns));
    }
    if table.rows.len() > ROWS_MAX {
        let hidden = table.rows.len() - ROWS_MAX;
        let _ = writeln!(page, "| … |{} {hidden} more rows |", " |".repeat(n_columns));
    }
    page
}

fn table_row(table: &TraceTable, row: &Row) -> String {
    let mut actors = vec![String::new(); table.actors.len()];
    let mut states = vec![String::new(); table.states.len()];
    let (number, remark) = match row {
        Row::Step(step) => {
            if let Some(actor) = actors.get_mut(step.actor) {
                *actor = cell(&step.text);
            }
            for (slot, value) in states.iter_mut().zip(&step.states) {
                *slot = cell(value);
            }
            let remark = match (&step.note, &step.switch) {
                (Some(note), _) => format!("← {}", inline(note)),
                (None, Some(why)) => format!("({})", inline(why)),
                (None, None) => String::new(),
            };
            (step.index.to_string(), remark)
        }
        Row::Blocked { cells, note } => {
            for it in cells {
                if let Some(actor) = actors.get_mut(it.actor) {
                    *actor = cell(&it.text);
                }
            }
            ("-".to_owned(), inline(note))
        }
        Row::End { text, result } => {
            if let Some(first) = actors.first_mut() {
                *first = cell(text);
            }
            ("end".to_owned(), format!("**{}**", inline(result)))
        }
    };
    let cells: Vec<String> = actors.into_iter().chain(states).collect();
    let remark = remark.replace('\n', " ");
    format!("| {number} | {} | {remark} |\n", cells.join(" | "))
}

/// Diagrams that a forge draws, folded away but for the circle of a deadlock.
fn pictures(found: &Finding, source: &Source) -> String {
    let mut page = String::new();
    if !found.cycle.is_empty() {
        page.push('\n');
        page += &fence("mermaid", &mermaid(&Graph::waits(found)));
    }
    let mut folded = |title: &str, chart: &str| {
        let chart = fence("mermaid", chart);
        let _ = write!(
            page,
            "\n<details><summary>{title}</summary>\n\n{chart}\n</details>\n"
        );
    };
    if !found.lock_order.is_empty() {
        let graph = Graph::locks("lock order", &found.lock_order, source);
        folded("Lock order", &mermaid(&graph));
    }
    if let Some(chart) = sequence(found) {
        folded("Sequence diagram", &chart);
    }
    page
}

fn facts(facts: &[Fact], style: &Style) -> String {
    let shown = facts
        .iter()
        .filter(|it| !(it.lesson && style.level == Level::Expert));
    let lines = shown.map(|it| {
        let lines: Vec<String> = it.text.split('\n').map(inline).collect();
        let checked = if it.checked { " (checked)" } else { "" };
        format!(
            "- **{}**: {}{checked}\n",
            inline(&it.key),
            lines.join("<br>")
        )
    });
    lines.collect()
}

fn help(help: &Help, source: &Source) -> String {
    let mut page = format!("\n**Help**: {}", inline(&help.text));
    if let Some(checked) = &help.checked {
        let _ = write!(page, " (re-checked: {})", inline(checked));
    }
    page.push('\n');
    let changes = Change::all(&help.patch, source);
    if !changes.is_empty() {
        let mut lines: Vec<String> = Vec::new();
        for change in &changes {
            lines.push(format!("@@ line {} @@", change.first));
            lines.extend(change.removed.iter().map(|it| format!("-{it}")));
            lines.extend(change.added.iter().map(|it| format!("+{it}")));
        }
        let shown = lines.iter().map(|it| escape::line(it).into_owned() + "\n");
        let _ = write!(page, "\n{}", fence("diff", &shown.collect::<String>()));
    }
    page
}
