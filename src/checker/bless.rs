//! `expect` and `outcomes` lines that are not met, rewritten to what was found.
//!
//! Everything else stays as it is, byte for byte: other lines, comments, line
//! ends. **Invariant:** what is given out was checked again, and passes.
//!
//! **Deliberately absent:** a guess. Where a limit ended the search it is not
//! known what else there is, so nothing is rewritten.

use super::Checker;
use crate::base::{Fix, Severity, Source, Span};
use crate::report::{Finding, Outcomes, ScenarioReport, Status, Value, tell};
use crate::syntax;
use crate::syntax::ast::{Expect, FileItem, Item, OutcomeRelation, PropertyKind};
use std::sync::Arc;

/// More deadlocks than this get one line for all of them.
const DEADLOCKS_MAX: usize = 3;

/// A text whose expectations say what was found.
#[derive(Debug)]
pub struct Blessed {
    /// The whole text.
    pub text: String,
    /// What checking it gave: one report for each scenario, as for the old text.
    pub reports: Vec<ScenarioReport>,
}

/// Why a text was not rewritten.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CannotBless {
    /// Every expectation is met already.
    Met,
    /// The scenario could not be checked.
    Broken(String),
    /// A limit ended the search of the scenario.
    Inconclusive(String),
    /// No line was found that says what happens in the scenario.
    NoWords(String),
}

impl Checker {
    /// Rewrites what is not met in a source, given what checking it gave.
    ///
    /// # Errors
    ///
    /// If there is nothing to rewrite, or it would be a guess.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use threadbare::base::Source;
    /// use threadbare::checker::Checker;
    ///
    /// let text = "scenario \"a\" {\n    var n = 0\n    thread t * 2 { n += 1 }\n    expect ok // hm\n}\n";
    /// let (checker, source) = (Checker::new(), Arc::new(Source::new("a.tb", text)));
    /// let reports = checker.check_source(Arc::clone(&source));
    /// let blessed = checker.bless(&source, &reports).unwrap();
    /// assert_eq!(blessed.text, text.replace("expect ok", "expect race on n"));
    /// ```
    pub fn bless(
        &self,
        source: &Arc<Source>,
        reports: &[ScenarioReport],
    ) -> Result<Blessed, CannotBless> {
        for report in reports {
            let name = || report.name.clone();
            match report.status {
                Status::Error => return Err(CannotBless::Broken(name())),
                Status::Inconclusive => return Err(CannotBless::Inconclusive(name())),
                Status::Failed if !report.complete => {
                    return Err(CannotBless::Inconclusive(name()));
                }
                Status::Failed | Status::Passed => {}
            }
        }
        let mut failed = None;
        for words in [Words::Precise, Words::General] {
            let text = super::on_a_large_stack(|| rewritten(source, reports, words));
            if text == source.text() {
                break;
            }
            let new = Arc::new(Source::new(source.name(), text.clone()));
            let again = self.check_source(new);
            match again.iter().find(|it| it.status != Status::Passed) {
                None => {
                    return Ok(Blessed {
                        text,
                        reports: again,
                    });
                }
                Some(report) => failed = Some(report.name.clone()),
            }
        }
        let stuck = reports.iter().find(|it| it.status == Status::Failed);
        match failed.or(stuck.map(|it| it.name.clone())) {
            Some(name) => Err(CannotBless::NoWords(name)),
            None => Err(CannotBless::Met),
        }
    }
}

/// How closely an `expect` says what is expected.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Words {
    /// `race on x`
    Precise,
    /// `race`
    General,
}

fn rewritten(source: &Source, reports: &[ScenarioReport], words: Words) -> String {
    let (tree, _) = syntax::parse(source);
    let mut edits = Vec::new();
    for item in &tree.items {
        let FileItem::Scenario(scenario) = item else {
            continue;
        };
        let line = source.position(scenario.span.start).line;
        let same = |it: &&ScenarioReport| it.line == line && it.name == scenario.name.text;
        let failed = reports.iter().filter(|it| it.status == Status::Failed);
        if let Some(report) = failed.into_iter().find(same) {
            let found = outcome_edits(source, &scenario.items, report);
            let outcomes_change = !found.is_empty();
            edits.extend(found);
            let wanted = missing(report, words, outcomes_change);
            let place = Place {
                source,
                items: &scenario.items,
                whole: scenario.span,
            };
            edits.extend(place.expect_edits(report, &wanted));
        }
    }
    apply(source.text(), edits)
}

fn apply(text: &str, mut edits: Vec<Fix>) -> String {
    edits.sort_by_key(|edit| edit.span);
    let mut new = text.to_owned();
    for edit in edits.iter().rev() {
        new.replace_range(edit.span.range(), &edit.replacement);
    }
    new
}

/// What was found and no line asks for, as expectations.
fn missing(report: &ScenarioReport, words: Words, outcomes_change: bool) -> Vec<String> {
    let found = report.findings.iter().filter(|it| {
        let is_new = it.severity == Severity::Error && !it.expected && it.code != "X001";
        is_new && !(outcomes_change && it.kind == "outcomes")
    });
    let found: Vec<&Finding> = found.collect();
    let many = found.iter().filter(|it| it.kind == "deadlock").count() > DEADLOCKS_MAX;
    let mut lines = Vec::new();
    for finding in found {
        let general = words == Words::General || (many && finding.kind == "deadlock");
        let line = match general {
            true => finding.kind.to_owned(),
            false => tell::expectation_for(finding),
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// A scenario in its text.
struct Place<'a> {
    source: &'a Source,
    items: &'a [Item],
    whole: Span,
}

impl Place<'_> {
    /// Lines that are met stay; the others make room for what is missing.
    fn expect_edits(&self, report: &ScenarioReport, wanted: &[String]) -> Vec<Fix> {
        let expects: Vec<&Expect> = { self.items.iter() }
            .filter_map(|item| match item {
                Item::Expect(expect) => Some(expect),
                _ => None,
            })
            .collect();
        let met = |index: usize| report.expectations.get(index).is_none_or(|it| it.met);
        let unmet: Vec<Span> = { expects.iter().enumerate() }
            .filter(|(index, _)| !met(*index))
            .map(|(_, expect)| expect.span)
            .collect();
        let mut wanted = wanted.to_vec();
        let has_errors = report
            .findings
            .iter()
            .any(|it| it.expected && it.severity == Severity::Error);
        if wanted.is_empty() && !has_errors && unmet.len() == expects.len() && !unmet.is_empty() {
            wanted.push("ok".to_owned());
        }
        let mut edits = Vec::new();
        for (index, &span) in unmet.iter().enumerate() {
            edits.push(match wanted.get(index) {
                Some(text) => Fix {
                    span,
                    replacement: format!("expect {text}"),
                },
                None => Fix {
                    span: self.with_line(span),
                    replacement: String::new(),
                },
            });
        }
        let more = wanted.get(unmet.len()..).unwrap_or_default();
        if !more.is_empty() {
            let after = expects.last().map(|expect| expect.span);
            edits.push(self.more(after, more));
        }
        edits
    }

    /// The whole line, if nothing else stands on it.
    fn with_line(&self, span: Span) -> Span {
        let text = self.source.text();
        let Span { start, end } = span;
        let (start, end) = (start as usize, end as usize);
        let begin = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let finish = text[end..].find('\n').map_or(text.len(), |at| end + at + 1);
        let alone = text[begin..start].trim().is_empty() && text[end..finish].trim().is_empty();
        if alone {
            Span::new(begin, finish)
        } else {
            span
        }
    }

    /// New lines behind an expectation, or at the end of the scenario.
    fn more(&self, after: Option<Span>, lines: &[String]) -> Fix {
        let text = self.source.text();
        let end = after.map_or(self.whole.end as usize - 1, |span| span.end as usize);
        let line_end = text[end..].find('\n').map_or(text.len(), |at| end + at);
        let line_start = text[..end].rfind('\n').map_or(0, |at| at + 1);
        let ends_with = if text[..line_end].ends_with('\r') {
            "\r\n"
        } else {
            "\n"
        };
        let line = &text[line_start..line_end];
        let indent = &line[..line.len() - line.trim_start().len()];
        let rest = text[end..line_end].trim();
        let is_last = rest.is_empty() || rest.starts_with("//");
        let each = lines.iter().map(|it| format!("expect {it}"));
        let (at, replacement) = match after {
            Some(_) if is_last => {
                let at = line_end - usize::from(ends_with == "\r\n");
                (
                    at,
                    each.map(|it| format!("{ends_with}{indent}{it}")).collect(),
                )
            }
            None if text[line_start..end].trim().is_empty() => {
                let inner = format!("{indent}    ");
                let new = each.map(|it| format!("{inner}{it}{ends_with}"));
                (
                    line_start,
                    format!("{ends_with}{}", new.collect::<String>()),
                )
            }
            Some(_) => (end, each.map(|it| format!(" {it}")).collect()),
            None => (end, each.map(|it| format!("{it} ")).collect()),
        };
        Fix {
            span: Span::new(at, at),
            replacement,
        }
    }
}

/// The lists of `outcomes` that are not as found.
fn outcome_edits(source: &Source, items: &[Item], report: &ScenarioReport) -> Vec<Fix> {
    // Where the author says that the list is wrong, it stays so.
    let meant = report
        .findings
        .iter()
        .any(|it| it.kind == "outcomes" && it.expected);
    if meant {
        return Vec::new();
    }
    found_outcomes(source, items, report)
}

/// Every `outcomes` list made to say what was found.
pub(super) fn found_outcomes(source: &Source, items: &[Item], report: &ScenarioReport) -> Vec<Fix> {
    let observed = items.iter().filter_map(|item| match item {
        Item::Property(property) => match &property.kind {
            PropertyKind::Outcomes(written) => Some(Some(written)),
            PropertyKind::Observe(_) | PropertyKind::ObservePrint => Some(None),
            _ => None,
        },
        _ => None,
    });
    let found = report.outcomes.iter().chain(&report.more_outcomes);
    let mut edits = Vec::new();
    for (written, found) in observed.zip(found) {
        let Some(written) = written else { continue };
        let rows: Vec<Span> = written.rows.iter().map(|row| row.span).collect();
        let exact = written.relation == OutcomeRelation::Exactly;
        edits.extend(row_edits(source, &rows, found, exact));
    }
    edits
}

/// What becomes of a row.
enum Fate {
    Stays,
    Becomes(String),
    Goes,
}

/// Rows that are right stay as they are written; the others make room for what is
/// missing, or go, each with what stands behind it.
fn row_edits(source: &Source, rows: &[Span], found: &Outcomes, exact: bool) -> Vec<Fix> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return Vec::new();
    };
    let unexpected = found.rows.iter().filter(|row| row.unexpected);
    let mut new = unexpected.map(|row| written(&row.values));
    let is_wrong = |index: usize| exact && found.missing_at.contains(&index);
    let fates: Vec<Fate> = (0..rows.len())
        .map(|index| match is_wrong(index) {
            false => Fate::Stays,
            true => new.next().map_or(Fate::Goes, Fate::Becomes),
        })
        .collect();
    let Some(last_left) = fates.iter().rposition(|it| !matches!(it, Fate::Goes)) else {
        // No run ends, so no list is right.
        return Vec::new();
    };
    let mut edits = Vec::new();
    for (index, fate) in fates.into_iter().enumerate() {
        let (span, replacement) = match fate {
            Fate::Stays => continue,
            Fate::Becomes(text) => (rows[index], text),
            Fate::Goes if index < last_left => {
                let next = rows[index + 1].start;
                (
                    Span {
                        end: next,
                        ..rows[index]
                    },
                    String::new(),
                )
            }
            Fate::Goes => continue,
        };
        edits.push(Fix { span, replacement });
    }
    let (start, end) = (rows[last_left].end, last.end);
    let is_list = source.position(first.start).line != source.position(last.start).line;
    let line = source.position(last.start).line;
    let indent = { source.line(line).chars() }.take_while(|c| c.is_whitespace());
    let between = match is_list {
        true => format!(",\n{}", indent.collect::<String>()),
        false => ", ".to_owned(),
    };
    let replacement: String = new.map(|row| format!("{between}{row}")).collect();
    if start < end || !replacement.is_empty() {
        edits.push(Fix {
            span: Span { start, end },
            replacement,
        });
    }
    edits
}

/// A row as an author writes it.
fn written(values: &[Value]) -> String {
    match values {
        [Value::List(lines)] => {
            let lines: Vec<String> = lines.iter().map(line).collect();
            format!("({})", lines.join(", "))
        }
        [one] => plain(one),
        several => {
            let values: Vec<String> = several.iter().map(plain).collect();
            format!("({})", values.join(", "))
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Bool(is) => is.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::List(values) => {
            let values: Vec<String> = values.iter().map(plain).collect();
            format!("[{}]", values.join(", "))
        }
    }
}

/// A printed line: a number as a number, else a string.
fn line(value: &Value) -> String {
    match value {
        Value::Text(text) => match text.parse::<i64>() {
            Ok(number) if number.to_string() == *text => text.clone(),
            _ => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        },
        other => plain(other),
    }
}
