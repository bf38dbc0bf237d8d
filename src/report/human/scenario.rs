//! One scenario: a status line, then what was found or what was proved, then
//! what was covered.

use super::finding::{finding, heading, headline};
use super::pen::{Ink, count, pad, width, wrap};
use super::{Amount, Detail, Level, Style, diagnostic::diagnostic, facts, outcomes};
use crate::base::Severity;
use crate::report::{Fact, Finding, ScenarioReport, Status, Verdict};

/// Where the file begins on a status line.
const FILE_COLUMN: usize = 64;

/// The scenario, ending in a line feed.
pub fn scenario(report: &ScenarioReport, detail: Detail, style: &Style) -> String {
    let blocks = match detail {
        Detail::Short => vec![short(report, style).join("\n") + "\n"],
        Detail::Full => full(report, style),
    };
    let shown: Vec<String> = blocks.into_iter().filter(|it| it.trim() != "").collect();
    shown.join("\n")
}

fn full(report: &ScenarioReport, style: &Style) -> Vec<String> {
    let mut top = status_line(report, style);
    top.extend(description(report, style));
    let mut blocks = vec![block(top)];
    let mistakes = report.diagnostics.iter();
    blocks.extend(mistakes.map(|it| diagnostic(it, &report.source, style)));
    if let Some(limit) = &report.limit {
        let head = format!("{}[{}]", report.limited(), limit.code);
        let mut lines = headline(&head, &limit.message, Ink::Warning, style);
        lines.extend(facts::render(&limit.facts, style));
        blocks.push(block(lines));
    }
    let file = report.source.name();
    let found = report.findings.iter();
    blocks.extend(found.map(|it| finding(it, &report.source, file, style)));
    blocks.push(block(proved(report, style)));
    for values in report.outcomes.iter().chain(&report.more_outcomes) {
        blocks.push(block(outcomes::render(values, style)));
    }
    blocks.push(block(coverage(report, style)));
    blocks
}

fn block(lines: Vec<String>) -> String {
    lines.join("\n") + "\n"
}

/// `ok  connection pool      6_semaphore_pool.tb`, then expected findings in one line each.
fn short(report: &ScenarioReport, style: &Style) -> Vec<String> {
    let mut lines = status_line(report, style);
    for found in &report.findings {
        lines.extend(short_finding(found, report, style));
    }
    for mistake in &report.diagnostics {
        let at = report.source.position(mistake.span.start);
        let head = match mistake.severity {
            Severity::Error => style.paint(Ink::Error, &format!("error[{}]", mistake.code)),
            Severity::Warning => style.paint(Ink::Warning, &format!("warning[{}]", mistake.code)),
        };
        let message = style.line(&mistake.message);
        lines.push(format!(
            "    {head}: {message}, line {}:{}",
            at.line, at.column
        ));
    }
    lines
}

fn short_finding(found: &Finding, report: &ScenarioReport, style: &Style) -> Vec<String> {
    let (head, ink) = heading(found);
    let mut place = String::new();
    if let Some(first) = found
        .places
        .iter()
        .find(|it| it.primary)
        .or(found.places.first())
    {
        let at = report.source.position(first.span.start);
        place = format!("  line {}:{}", at.line, at.column);
    }
    let token = found.schedule.as_ref();
    let token = token.map_or(String::new(), |it| {
        format!("  token {}", style.word(&it.token))
    });
    let room = style.width.saturating_sub(4 + 2);
    let text = format!("{head}: {}", style.line(&found.message));
    let mut lines = wrap(&text, room);
    let tail = format!("{place}{token}");
    match lines.last_mut() {
        Some(last) if width(last) + width(&tail) <= room => *last += &style.paint(Ink::Dim, &tail),
        _ => lines.push(style.paint(Ink::Dim, tail.trim_start())),
    }
    for (position, line) in lines.iter_mut().enumerate() {
        *line = match line.strip_prefix(&head).filter(|_| position == 0) {
            Some(rest) => format!("    {}{rest}", style.paint(ink, &head)),
            None => format!("      {line}"),
        };
    }
    lines
}

/// Status, name and file; nothing for a file that could not be parsed as far as a name.
fn status_line(report: &ScenarioReport, style: &Style) -> Vec<String> {
    if report.status == Status::Error && report.name.is_empty() {
        return Vec::new();
    }
    let (word, ink) = match report.status {
        Status::Passed => ("ok", Ink::Good),
        Status::Failed => ("FAILED", Ink::Error),
        Status::Inconclusive => ("inconclusive", Ink::Warning),
        Status::Error => ("error", Ink::Error),
    };
    let name = style.clip(&report.name, style.width.saturating_sub(24));
    let column = FILE_COLUMN.saturating_sub(word.len() + 4);
    let place = format!("{}:{}", style.line(report.source.name()), report.line);
    let used = word.len() + 2 + width(&name).max(column) + 2 + width(&place);
    let head = style.paint(ink, word);
    let painted = style.paint(Ink::Strong, &name);
    if used > style.width {
        let free = style.width.saturating_sub(word.len() + 4 + width(&name));
        if width(&place) > free {
            let below = format!("    {}", style.paint(Ink::Dim, &place));
            return vec![format!("{head}  {painted}"), below];
        }
        let gap = " ".repeat(2 + free - width(&place));
        return vec![format!(
            "{head}  {painted}{gap}{}",
            style.paint(Ink::Dim, &place)
        )];
    }
    let gap = " ".repeat(column.saturating_sub(width(&name)) + 2);
    vec![format!(
        "{head}  {painted}{gap}{}",
        style.paint(Ink::Dim, &place)
    )]
}

/// The author's own words about the scenario, for those who want to read.
fn description(report: &ScenarioReport, style: &Style) -> Vec<String> {
    let wanted = style.level == Level::Beginner || style.amount == Amount::Verbose;
    let Some(text) = report.description.as_ref().filter(|_| wanted) else {
        return Vec::new();
    };
    let lines = flowing(text.trim(), style);
    lines
        .iter()
        .map(|it| format!("    {}", style.paint(Ink::Dim, it)))
        .collect()
}

/// The author's lines; what is too long for one begins the next, if that goes on with
/// the same sentence.
fn flowing(text: &str, style: &Style) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut over = String::new();
    for line in text.lines().map(str::trim) {
        let goes_on = line
            .starts_with(|it: char| it == '`' || !it.is_uppercase() && !it.is_ascii_punctuation());
        if !over.is_empty() && !goes_on {
            lines.push(std::mem::take(&mut over));
        }
        let whole = format!("{over} {}", style.line(line));
        let mut parts = wrap(whole.trim_start(), style.width.saturating_sub(4));
        over = match parts.len() {
            0 | 1 => String::new(),
            _ => parts.pop().unwrap_or_default(),
        };
        match parts.is_empty() {
            true => lines.push(String::new()),
            false => lines.extend(parts),
        }
    }
    lines.extend(Some(over).filter(|it| !it.is_empty()));
    lines
}

/// The facts of a finished search.
fn proved(report: &ScenarioReport, style: &Style) -> Vec<String> {
    if report.verdict != Verdict::Proved || report.proved.is_empty() {
        return Vec::new();
    }
    let scope = if report.scope.is_empty() {
        "for every interleaving"
    } else {
        &report.scope
    };
    let mut lines = vec![format!(
        "  {}, {}",
        style.paint(Ink::Good, "proved"),
        style.line(scope)
    )];
    let whats: Vec<String> = report
        .proved
        .iter()
        .map(|it| style.line(&it.what).into_owned())
        .collect();
    let short = whats.iter().map(|it| width(it)).filter(|&it| it <= 40);
    let column = short.max().unwrap_or(0).max(21) + 4;
    for (what, fact) in whats.iter().zip(&report.proved) {
        if fact.why.is_empty() {
            lines.extend(
                wrap(what, style.width.saturating_sub(4))
                    .iter()
                    .map(|it| format!("    {it}")),
            );
            continue;
        }
        let head = pad(what, column);
        let room = style.width.saturating_sub(4 + column);
        let (mut first, rest_head) = (head, " ".repeat(column));
        if width(&first) > column {
            lines.push(format!("    {first}"));
            first.clone_from(&rest_head);
        }
        for (position, part) in wrap(&style.line(&fact.why), room).iter().enumerate() {
            let head = if position == 0 { &first } else { &rest_head };
            lines.push(format!("    {head}{}", style.paint(Ink::Dim, part)));
        }
    }
    lines
}

/// What was explored, and how far the result reaches.
fn coverage(report: &ScenarioReport, style: &Style) -> Vec<String> {
    facts::render(&covered(report, style), style)
}

/// The lines of [`coverage`] as data.
pub(in crate::report) fn covered(report: &ScenarioReport, style: &Style) -> Vec<Fact> {
    if report.status == Status::Error {
        return Vec::new();
    }
    let mut rows = vec![Fact::new("explored", explored(report, style))];
    rows.extend(report.orders.iter().map(|it| Fact::new("reduction", it)));
    if report.verdict == Verdict::Proved {
        rows.extend(listed("assumed", &report.assumed));
        rows.extend(listed("not covered", &report.not_covered));
        rows.extend(report.not_vacuous.iter().cloned());
    }
    if report.complete && report.verdict == Verdict::Proved {
        rows.push(Fact::new("never run", never_run(report)));
    }
    rows.extend(report.under_lock.clone());
    rows.extend(report.allowed.iter().map(|it| {
        let subjects = it.subjects.join(", ");
        let unused = if it.used { "" } else { "; it silences nothing" };
        Fact::new(
            "allowed",
            format!("{}({subjects}) because \"{}\"{unused}", it.code, it.reason),
        )
    }));
    rows
}

fn explored(report: &ScenarioReport, style: &Style) -> String {
    let stats = &report.stats;
    if stats.executions > 0 {
        return sampled(report, style);
    }
    let (states, steps) = (
        count(stats.states, "state", "states"),
        count(stats.transitions, "step", "steps"),
    );
    let reach = match (&report.limit, report.complete) {
        (None, true) => "complete, no limit was hit".to_owned(),
        (Some(limit), _) => format!("not complete, stopped by {}", limit.option),
        (None, false) => "not complete".to_owned(),
    };
    let mut text = format!("{states}, {steps}: {reach}");
    if style.amount == Amount::Verbose {
        text += &format!(
            "\ndepth {}, {}, {:.1} bytes a state, {:.1} ms",
            stats.depth,
            count(stats.terminal_states, "final state", "final states"),
            stats.bytes_per_state,
            stats.elapsed_ms
        );
    }
    text
}

fn sampled(report: &ScenarioReport, style: &Style) -> String {
    let stats = &report.stats;
    let executions = count(stats.executions, "execution", "executions");
    if report
        .limit
        .as_ref()
        .is_some_and(|limit| limit.code == "B014")
    {
        return format!("{executions} of another engine: not complete");
    }
    let mut text = format!(
        "{executions}, {}: sampled, not complete",
        count(stats.transitions, "step", "steps")
    );
    if style.amount == Amount::Verbose {
        let ended = count(stats.terminal_states, "execution", "executions");
        text += &format!(
            "\nlongest {}, {ended} came to an end, {:.1} ms",
            count(stats.depth, "step", "steps"),
            stats.elapsed_ms
        );
    }
    text
}

fn listed(key: &str, items: &[String]) -> Option<Fact> {
    let separator = if items.iter().any(|it| it.contains(',')) {
        "; "
    } else {
        ", "
    };
    (!items.is_empty()).then(|| Fact::new(key, items.join(separator)))
}

fn never_run(report: &ScenarioReport) -> String {
    if report.never_run.is_empty() {
        return "nothing: every statement was reached".to_owned();
    }
    let lines = report.never_run.iter().take(6).map(|it| {
        let line = report.source.position(it.span.start).line;
        let text = report.source.slice(it.span).lines().next().unwrap_or("");
        let why = if it.why.is_empty() {
            String::new()
        } else {
            format!(": {}", it.why)
        };
        format!("line {line} `{}`{why}", super::pen::clip(text, 40))
    });
    let mut lines: Vec<String> = lines.collect();
    if report.never_run.len() > 6 {
        lines.push(format!("and {} more", report.never_run.len() - 6));
    }
    lines.join("\n")
}
