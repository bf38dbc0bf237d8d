//! JUnit XML: a suite for every file, a case for every scenario.
//!
//! There is no written standard; elements and attributes are those that
//! Jenkins, GitLab and `cargo nextest` agree on. A scenario that failed has one
//! `failure`; one that could not be decided or checked has one `error`, so that
//! nobody takes it for a pass.
//!
//! **Deliberately absent:** times, unless they are asked for.

use std::io;

use quick_xml::events::BytesText;
use quick_xml::writer::Writer;

use super::human::{self, Detail, Style};
use super::{Report, ScenarioReport, Status, escape};
use crate::base::Severity;

/// The whole report, ending in a line feed.
pub fn render(report: &Report, with_times: bool) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let written = suites(&mut writer, report, with_times);
    written.expect("a vector takes all bytes");
    let body = String::from_utf8(writer.into_inner()).expect("it was written from strings");
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}\n")
}

type Out = Writer<Vec<u8>>;

fn suites(out: &mut Out, report: &Report, with_times: bool) -> io::Result<()> {
    let all: Vec<&ScenarioReport> = report.scenarios.iter().collect();
    let files = all.chunk_by(|one, next| one.source.name() == next.source.name());
    out.create_element("testsuites")
        .with_attributes(borrowed(&numbers(&report.tool.name, &all, with_times)))
        .write_inner_content(|out| {
            for cases in files {
                suite(out, cases, with_times)?;
            }
            Ok(())
        })?;
    Ok(())
}

fn suite(out: &mut Out, cases: &[&ScenarioReport], with_times: bool) -> io::Result<()> {
    let name = cases[0].source.name();
    out.create_element("testsuite")
        .with_attributes(borrowed(&numbers(name, cases, with_times)))
        .write_inner_content(|out| {
            for case in cases {
                test_case(out, case, with_times)?;
            }
            Ok(())
        })?;
    Ok(())
}

/// Name and counts of a suite, or of all of them.
fn numbers(name: &str, cases: &[&ScenarioReport], with_times: bool) -> Vec<(&'static str, String)> {
    let n = |wanted: fn(Status) -> bool| cases.iter().filter(|it| wanted(it.status)).count();
    let mut attributes = vec![
        ("name", escape::line(name).into_owned()),
        ("tests", cases.len().to_string()),
        ("failures", n(|it| it == Status::Failed).to_string()),
        (
            "errors",
            n(|it| matches!(it, Status::Error | Status::Inconclusive)).to_string(),
        ),
    ];
    if with_times {
        attributes.push(time(cases.iter().map(|it| it.stats.elapsed_ms).sum()));
    }
    attributes
}

fn borrowed<'a>(
    attributes: &'a [(&'static str, String)],
) -> impl Iterator<Item = (&'a str, &'a str)> {
    attributes
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
}

fn time(ms: f64) -> (&'static str, String) {
    ("time", format!("{:.3}", ms / 1000.0))
}

fn test_case(out: &mut Out, case: &ScenarioReport, with_times: bool) -> io::Result<()> {
    let file = escape::line(case.source.name()).into_owned();
    let name = match case.name.as_str() {
        "" => "the file".to_owned(),
        name => escape::line(name).into_owned(),
    };
    let mut attributes = vec![
        ("name", name),
        ("classname", file.clone()),
        ("file", file),
        ("line", case.line.to_string()),
    ];
    if with_times {
        attributes.push(time(case.stats.elapsed_ms));
    }
    let element = out.create_element("testcase");
    let element = element.with_attributes(borrowed(&attributes));
    let Some((kind, what, message)) = trouble(case) else {
        element.write_empty()?;
        return Ok(());
    };
    element.write_inner_content(|out| {
        out.create_element(kind)
            .with_attribute(("type", what.as_str()))
            .with_attribute(("message", message.as_str()))
            .write_text_content(BytesText::new(&page(case)))?;
        Ok(())
    })?;
    Ok(())
}

/// What a person reads, in plain characters.
fn page(case: &ScenarioReport) -> String {
    format!(
        "\n{}",
        human::scenario(case, Detail::Full, &Style::default())
    )
}

/// The element, its type and its message for a case that is no pass.
fn trouble(case: &ScenarioReport) -> Option<(&'static str, String, String)> {
    match case.status {
        Status::Passed => None,
        Status::Failed => {
            let found = case.findings.iter().filter(|it| !it.expected);
            let errors = found.filter(|it| it.severity == Severity::Error);
            let all: Vec<_> = errors.map(|it| (it.code, it.message.as_str())).collect();
            Some(gist("failure", &all, "an expectation was not met"))
        }
        Status::Inconclusive => {
            let limit = case.limit.iter();
            let all: Vec<_> = limit.map(|it| (it.code, it.message.as_str())).collect();
            Some(gist("error", &all, "inconclusive"))
        }
        Status::Error => {
            let errors = { case.diagnostics.iter() }.filter(|it| it.severity == Severity::Error);
            let all: Vec<_> = errors.map(|it| (it.code, it.message.as_str())).collect();
            Some(gist("error", &all, "it could not be checked"))
        }
    }
}

fn gist(
    kind: &'static str,
    all: &[(&'static str, &str)],
    otherwise: &str,
) -> (&'static str, String, String) {
    let (code, mut message) = match all.first() {
        Some((code, message)) => ((*code).to_owned(), escape::line(message).into_owned()),
        None => (String::new(), otherwise.to_owned()),
    };
    if all.len() > 1 {
        message += &format!(" (and {} more)", all.len() - 1);
    }
    (kind, code, message)
}
