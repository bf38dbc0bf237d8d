//! One line a finding, for editors and `grep`:
//! `file:line:col: error[R001]: message [token]`.

use super::{Finding, Report, ScenarioReport, escape};
use crate::base::{Diagnostic, Severity, Source, Span};

/// All findings, mistakes and limits of a report, in its order; empty if there are none.
pub fn render(report: &Report) -> String {
    report
        .scenarios
        .iter()
        .flat_map(lines)
        .map(|line| line + "\n")
        .collect()
}

fn lines(report: &ScenarioReport) -> Vec<String> {
    let source = &report.source;
    let mistakes = report.diagnostics.iter().map(|it| diagnostic(it, source));
    let limit = report.limit.iter().map(|it| {
        let message = escape::line(&it.message);
        let file = escape::line(source.name());
        format!(
            "{file}:{}:1: {}[{}]: {message}",
            report.line,
            report.limited(),
            it.code
        )
    });
    let found = report.findings.iter().map(|it| finding(it, report));
    mistakes.chain(limit).chain(found).collect()
}

fn diagnostic(from: &Diagnostic, source: &Source) -> String {
    let place = place(source, from.span);
    let word = severity(from.severity);
    format!(
        "{place}: {word}[{}]: {}",
        from.code,
        escape::line(&from.message)
    )
}

fn finding(from: &Finding, report: &ScenarioReport) -> String {
    let place = match from.guilty() {
        Some(it) => place(&report.source, it.span),
        None => format!("{}:{}:1", escape::line(report.source.name()), report.line),
    };
    let word = from.word();
    let message = escape::line(&from.message);
    let token = from
        .schedule
        .as_ref()
        .map(|it| format!(" [{}]", escape::line(&it.token)));
    format!(
        "{place}: {word}[{}]: {message}{}",
        from.code,
        token.unwrap_or_default()
    )
}

fn place(source: &Source, span: Span) -> String {
    let at = source.position(span.start);
    format!("{}:{}:{}", escape::line(source.name()), at.line, at.column)
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
