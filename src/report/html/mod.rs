//! One self-contained page to step through what was found: no network, no
//! templates, readable without scripts and on paper.
//!
//! **Invariant:** all text of the author's is escaped on its way in (`text`),
//! and the page's own policy forbids loading anything.
//!
//! **Deliberately absent:** a picture of all states; `threadbare graph states`
//! draws it.

mod player;
mod source;
mod text;

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use super::human::{self, Amount, Change, Level, Style};
use super::picture::{SVG_STYLE, arrow_heads};
use super::{Fact, Finding, Help, Outcomes, Report, ScenarioReport, Status, prose};
use crate::base::{Severity, Source};
use text::{lines, plain, rich};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("player.js");

/// The only style and the only script that browsers may apply: ours, as they stand
/// in the page. `tests/html` says when they have changed.
const STYLE_HASH: &str = "sha256-qB+uswwopvRCwRcB6T5Ej3HlXqX4z+fqqqF2DTSZ7MU=";
const SCRIPT_HASH: &str = "sha256-pCi/BRi3+4CjIBuNgnZ1vAGDFklPJuuhCsWjYQrM0lM=";

/// Lines of source around a finding when the scenario is longer than the page wants.
const LINES_MAX: u32 = 120;

/// The whole page.
///
/// Of the style only level and amount count.
pub fn render(report: &Report, style: &Style) -> String {
    let style = &Style {
        color: false,
        ascii: false,
        ..*style
    };
    let title = match report.scenarios.as_slice() {
        [only] => only.name.as_str(),
        _ => "report",
    };
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src '{STYLE_HASH}'; script-src '{SCRIPT_HASH}'; img-src data:; \
         base-uri 'none'; form-action 'none'\">\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <title>threadbare: {}</title>\n<style>\n{STYLE}{SVG_STYLE}\n</style>\n</head>\n<body>\n\
         <svg class=\"defs\" aria-hidden=\"true\">{}</svg>\n<header>\n<h1>threadbare</h1>\n",
        plain(title),
        arrow_heads()
    );
    if report.scenarios.len() != 1 {
        page += &contents(report, style);
    }
    page += "</header>\n<main>\n";
    for (at, it) in report.scenarios.iter().enumerate() {
        if style.amount != Amount::Quiet || it.status != Status::Passed {
            page += &scenario(report, at, style);
        }
    }
    if style.level == Level::Beginner {
        page += &glossary(report, style);
    }
    let (name, version) = (plain(&report.tool.name), plain(&report.tool.version));
    let _ = write!(
        page,
        "</main>\n<footer><small>{name} {version}. Keys: left and right step through a schedule, \
         Home and End go to its ends.</small></footer>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n"
    );
    page
}

/// What the words of the page mean.
fn glossary(report: &Report, style: &Style) -> String {
    let shown = report.scenarios.iter();
    let pages: String = shown.map(|it| prose::scenario(it, style)).collect();
    let words = human::meanings(&pages).into_iter();
    let lines: String = words
        .map(|(word, meaning)| format!("<dt>{word}</dt><dd>{}</dd>\n", rich(meaning)))
        .collect();
    match lines.is_empty() {
        true => lines,
        false => format!("<section>\n<h2>words</h2>\n<dl>\n{lines}</dl>\n</section>\n"),
    }
}

/// The summary, and all scenarios with links to them.
fn contents(report: &Report, style: &Style) -> String {
    let summary = human::summary(report, style);
    let mut html = format!(
        "<p>{}</p>\n<nav aria-label=\"scenarios\" class=\"wide\"><table>\n<thead><tr>\
         <th scope=\"col\">result</th><th scope=\"col\">scenario</th><th scope=\"col\">place</th>\
         <th scope=\"col\">states</th></tr></thead>\n<tbody>\n",
        plain(summary.trim())
    );
    for (at, it) in report.scenarios.iter().enumerate() {
        let (word, class) = status(it);
        let _ = writeln!(
            html,
            "<tr><td class=\"{class}\">{word}</td><td><a href=\"#s{at}\">{}</a></td>\
             <td>{}:{}</td><td>{}</td></tr>",
            plain(title(it)),
            plain(it.source.name()),
            it.line,
            it.stats.states
        );
    }
    html + "</tbody>\n</table></nav>\n"
}

fn title(report: &ScenarioReport) -> &str {
    match report.name.as_str() {
        "" => report.source.name(),
        name => name,
    }
}

fn status(report: &ScenarioReport) -> (&'static str, &'static str) {
    match report.status {
        Status::Passed => ("ok", "good"),
        Status::Failed => ("failed", "err"),
        Status::Inconclusive => ("inconclusive", "warn"),
        Status::Error => ("error", "err"),
    }
}

fn scenario(report: &Report, at: usize, style: &Style) -> String {
    let it = &report.scenarios[at];
    let (word, class) = status(it);
    let mut html = format!(
        "<section id=\"s{at}\">\n<h2><span class=\"{class}\">{word}</span> {} <small>{}:{}</small></h2>\n",
        plain(title(it)),
        plain(it.source.name()),
        it.line
    );
    if let Some(text) = &it.description {
        let _ = writeln!(html, "<p>{}</p>", rich(&text.trim().replace('\n', " ")));
    }
    for mistake in &it.diagnostics {
        let shown = human::diagnostic(mistake, &it.source, style);
        let _ = writeln!(html, "<pre>{}</pre>", lines(&shown));
    }
    if let Some(limit) = &it.limit {
        let message = rich(&limit.message);
        let _ = writeln!(
            html,
            "<h3><span class=\"warn\">{}</span> {message}</h3>",
            limit.code
        );
        html += &facts(&limit.facts, style);
    }
    let lines = lines_of(report, at);
    for found in &it.findings {
        html += &finding(found, &it.source, lines.clone(), style);
    }
    if !it.proved.is_empty() {
        let proved = { it.proved.iter() }.map(|it| Fact::new(&it.what, &it.why));
        let _ = writeln!(
            html,
            "<h3><span class=\"good\">proved</span> {}</h3>",
            rich(&it.scope)
        );
        html += &facts(&proved.collect::<Vec<_>>(), style);
    }
    if let Some(outcomes) = &it.outcomes {
        html += &outcome_table(outcomes);
    }
    html += "<h4>what was explored</h4>\n";
    html += &facts(&human::covered(it, style), style);
    html + "</section>\n"
}

/// The lines of a scenario: up to the next one of the file, without what is
/// blank or a comment there.
fn lines_of(report: &Report, at: usize) -> RangeInclusive<u32> {
    let it = &report.scenarios[at];
    let source = &it.source;
    let same = { report.scenarios.iter() }.filter(|other| other.source.name() == source.name());
    let next = same
        .map(|other| other.line)
        .filter(|&line| line > it.line)
        .min();
    let all = u32::try_from(source.text().lines().count()).unwrap_or(u32::MAX);
    let mut last = next.map_or(all, |line| line - 1).min(all);
    let is_between = |line: u32| {
        let text = source.line(line).trim();
        text.is_empty() || text.starts_with("//")
    };
    while last > it.line && is_between(last) {
        last -= 1;
    }
    it.line.max(1)..=last
}

fn finding(found: &Finding, source: &Source, lines: RangeInclusive<u32>, style: &Style) -> String {
    let class = match (found.expected, found.severity) {
        (true, _) => "good",
        (false, Severity::Error) => "err",
        (false, Severity::Warning) => "warn",
    };
    let mut html = format!(
        "<article>\n<h3><span class=\"{class}\">{} {}</span> {}</h3>\n",
        found.word(),
        found.code,
        rich(&found.message)
    );
    if let Some(text) = &found.beginner {
        let text = rich(text);
        html += &match style.level {
            Level::Beginner => format!("<p>{text}</p>\n"),
            Level::Normal => {
                format!("<details><summary>What is that?</summary><p>{text}</p></details>\n")
            }
            Level::Expert => String::new(),
        };
    }
    html += &player::player(found, source, near(found, source, lines));
    html += &facts(&found.facts, style);
    for it in &found.helps {
        html += &help(it, source);
    }
    let commands = human::commands(found, source.name(), style);
    let commands = commands.iter().map(|(key, command)| {
        let command = plain(command);
        format!("<dt>{key}</dt><dd><code>{command}</code></dd>\n")
    });
    let commands: String = commands.collect();
    if !commands.is_empty() {
        let _ = write!(html, "<dl class=\"facts\">\n{commands}</dl>\n");
    }
    html + "</article>\n"
}

/// Of a long scenario only what the finding is about.
fn near(found: &Finding, source: &Source, lines: RangeInclusive<u32>) -> RangeInclusive<u32> {
    if lines.end().saturating_sub(*lines.start()) < LINES_MAX {
        return lines;
    }
    let steps = { found.schedule.iter() }
        .flat_map(|it| &it.steps)
        .map(|it| it.span);
    let spans = steps.chain(found.places.iter().map(|it| it.span));
    let at: Vec<u32> = spans.map(|it| source.position(it.start).line).collect();
    let (Some(first), Some(last)) = (at.iter().min(), at.iter().max()) else {
        return *lines.start()..=*lines.start() + LINES_MAX;
    };
    let first = first.saturating_sub(3).max(*lines.start());
    first..=(last + 3).min(*lines.end()).min(first + 2 * LINES_MAX)
}

fn facts(facts: &[Fact], style: &Style) -> String {
    let shown = facts
        .iter()
        .filter(|it| !(it.lesson && style.level == Level::Expert));
    let rows = shown.map(|it| {
        let parts: Vec<String> = it.text.split('\n').map(rich).collect();
        let checked = if it.checked {
            " <small>(checked)</small>"
        } else {
            ""
        };
        format!(
            "<dt>{}</dt><dd>{}{checked}</dd>\n",
            rich(&it.key),
            parts.join("\n")
        )
    });
    let rows: String = rows.collect();
    if rows.is_empty() {
        return rows;
    }
    format!("<dl class=\"facts\">\n{rows}</dl>\n")
}

fn help(help: &Help, source: &Source) -> String {
    let mut html = format!("<p><b class=\"good\">help</b> {}", rich(&help.text));
    if let Some(checked) = &help.checked {
        let _ = write!(html, " <small>re-checked: {}</small>", rich(checked));
    }
    html += "</p>\n";
    let changes = Change::all(&help.patch, source);
    if !changes.is_empty() {
        html += "<pre>";
        for (position, change) in changes.iter().enumerate() {
            if position > 0 {
                html += "...\n";
            }
            for line in &change.removed {
                let _ = writeln!(html, "<del>- {}</del>", text::spaced(line));
            }
            for line in &change.added {
                let _ = writeln!(html, "<ins>+ {}</ins>", text::spaced(line));
            }
        }
        html += "</pre>\n";
    }
    html
}

/// Rows of a table of outcomes; what is unexpected is shown beyond that, too.
const OUTCOMES_MAX: usize = 200;

fn outcome_table(outcomes: &Outcomes) -> String {
    let mut html =
        String::from("<div class=\"wide\"><table>\n<caption>outcomes</caption>\n<thead><tr>");
    for name in &outcomes.names {
        let _ = write!(html, "<th scope=\"col\">{}</th>", plain(name));
    }
    html += "<td></td></tr></thead>\n<tbody>\n";
    let row = |values: &[super::Value], remark: &str| {
        let cells = values
            .iter()
            .map(|it| format!("<td>{}</td>", plain(&human::value(it))));
        format!("<tr>{}<td>{remark}</td></tr>\n", cells.collect::<String>())
    };
    let mut hidden = 0;
    for (position, it) in outcomes.rows.iter().enumerate() {
        if position >= OUTCOMES_MAX && !it.unexpected {
            hidden += 1;
            continue;
        }
        let mut remark = String::new();
        if let Some(token) = &it.witness {
            let _ = write!(remark, "replay {}", plain(token));
        }
        if it.unexpected {
            remark += " <b class=\"warn\">not in <code>outcomes</code></b>";
        }
        html += &row(&it.values, &remark);
    }
    for values in &outcomes.missing {
        html += &row(values, "<b class=\"warn\">no run ends so</b>");
    }
    if hidden > 0 {
        let columns = outcomes.names.len() + 1;
        let _ = writeln!(
            html,
            "<tr><td colspan=\"{columns}\">and {hidden} more: <code>--format json</code> has all</td></tr>"
        );
    }
    html + "</tbody>\n</table></div>\n"
}
