//! The formats for other programs: their bytes, and that nothing the author
//! wrote breaks out of them.

use super::golden::compare;
use super::hostile::{HOSTILE, poisoned};
use super::samples;
use crate::report::escape::is_hidden;
use crate::report::human::{Amount, Level, Style};
use crate::report::sarif::{self, RulePage};
use crate::report::{Report, github, html, junit, markdown, prose};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value as Json;

const PAGES: [RulePage<'static>; 1] = [RulePage {
    code: "R001",
    title: "data race",
    summary: "Two actors use the same variable at the same moment.",
    markdown: "# R001: data race\n\nTwo actors use …",
}];

fn suite() -> Report {
    Report::new(vec![
        samples::clean(),
        samples::race(),
        samples::deadlock(),
        samples::expected_race(),
        samples::starvation(),
        samples::inconclusive(),
        samples::typo(),
    ])
}

fn in_prose(report: &Report, style: &Style) -> String {
    let pages = report.scenarios.iter().map(|it| prose::scenario(it, style));
    pages.collect::<String>() + &prose::summary(report, style)
}

fn annotations(report: &Report) -> String {
    let each = report.scenarios.iter().map(github::scenario);
    each.collect::<String>() + &github::summary(report)
}

#[test]
fn junit_of_a_suite() {
    compare("suite.junit.xml", &junit::render(&suite(), false));
}

#[test]
fn sarif_of_a_suite() {
    compare("suite.sarif", &sarif::render(&suite(), &PAGES));
}

#[test]
fn annotations_of_a_suite() {
    compare("suite.github.txt", &annotations(&suite()));
}

#[test]
fn markdown_of_a_suite() {
    compare("suite.md", &markdown::render(&suite(), &Style::default()));
}

#[test]
fn a_suite_in_prose() {
    compare("suite.prose.txt", &in_prose(&suite(), &Style::default()));
}

#[test]
fn page_of_a_suite() {
    compare("suite.html", &html::render(&suite(), &Style::default()));
}

/// However hostile the names, a page has the elements that it has with harmless ones.
#[test]
fn a_page_has_the_same_elements_whatever_the_names() {
    let elements = |name: &str| -> Vec<String> {
        let page = html::render(&poisoned(name), &Style::default());
        let (start, end) = (page.find("<main>"), page.find("<script>"));
        let main = &page[start.expect("it is there")..end.expect("it is there")];
        let tags = main
            .split('<')
            .skip(1)
            .filter_map(|it| it.split(['>', ' ']).next());
        // A code span, a piece of the source or a picture more is harmless.
        let varying = ["code", "/code", "i", "/i", "u", "/u", "span", "/span"];
        let drawn = [
            "rect", "text", "path", "g", "title", "desc", "svg", "figure", "pre", "del", "ins",
        ];
        let plain = tags.filter(|it| !varying.contains(it));
        let plain = plain.filter(|it| !drawn.contains(&it.trim_start_matches('/')));
        plain.map(str::to_owned).collect()
    };
    let harmless = elements("name");
    for name in HOSTILE {
        let (found, expected) = (elements(name), &harmless);
        let known: std::collections::BTreeSet<_> = expected.iter().collect();
        let odd = found.iter().find(|it| !known.contains(it));
        assert_eq!(odd, None, "{name:?}");
    }
}

#[test]
fn levels_differ_in_prose_and_markdown() {
    let report = Report::new(vec![samples::race(), samples::assertion()]);
    let at = |level| {
        let style = Style {
            level,
            ..Style::default()
        };
        in_prose(&report, &style) + &markdown::render(&report, &style)
    };
    let (beginner, normal, expert) = (at(Level::Beginner), at(Level::Normal), at(Level::Expert));
    assert!(beginner.len() > normal.len() && normal.len() > expert.len());
    assert_eq!(normal.matches("a wake-up is a hint").count(), 2);
    assert!(!expert.contains("a wake-up is a hint"));
}

#[test]
fn times_only_if_asked_for() {
    let report = suite();
    assert!(!junit::render(&report, false).contains("time="));
    assert!(junit::render(&report, true).contains("time=\"0.000\""));
}

#[test]
fn no_hidden_character_in_any_format() {
    for name in HOSTILE {
        let report = poisoned(name);
        let style = Style {
            level: Level::Beginner,
            amount: Amount::Verbose,
            ..Style::default()
        };
        for text in [
            junit::render(&report, true),
            sarif::render(&report, &PAGES),
            annotations(&report),
            markdown::render(&report, &style),
            in_prose(&report, &style),
            html::render(&report, &style),
        ] {
            let bad = text.chars().find(|&c| c != '\n' && is_hidden(c));
            assert_eq!(bad, None, "{name:?} in\n{text}");
        }
        let ascii = Style {
            ascii: true,
            ..style
        };
        assert!(in_prose(&poisoned("数"), &ascii).is_ascii());
    }
}

/// Elements and their attributes, as a reader of XML sees them.
fn elements(xml: &str) -> Vec<(String, Vec<String>)> {
    let mut reader = Reader::from_str(xml);
    let mut elements = Vec::new();
    loop {
        match reader.read_event().expect("it is XML") {
            Event::Start(it) | Event::Empty(it) => {
                let values = it.attributes().map(|it| {
                    let value = it
                        .expect("an attribute")
                        .normalized_value(quick_xml::XmlVersion::Explicit1_0);
                    value.expect("known escapes").into_owned()
                });
                elements.push((it.name().as_ref().to_owned(), values.collect()));
            }
            Event::Eof => return elements,
            _ => {}
        }
    }
}

#[test]
fn junit_is_xml_with_a_case_for_every_scenario() {
    for name in HOSTILE {
        let report = poisoned(name);
        let elements = elements(&junit::render(&report, false));
        let cases = elements.iter().filter(|it| it.0 == "testcase");
        assert_eq!(cases.count(), report.scenarios.len(), "{name:?}");
        let other = elements.iter().find(|it| {
            !["testsuites", "testsuite", "testcase", "failure", "error"].contains(&it.0.as_str())
        });
        assert_eq!(other, None, "{name:?}");
    }
}

#[test]
fn a_name_cannot_begin_a_workflow_command() {
    for name in ["a\n::error::fake", "%0A::error::fake", "::error::,file=x:y"] {
        let text = annotations(&poisoned(name));
        for line in text.lines() {
            let rest = line.strip_prefix("::");
            let Some(rest) = rest else {
                assert!(!line.contains("::"), "{line}");
                continue;
            };
            let (properties, _) = rest.split_once("::").expect("a command has a message");
            let mut more = properties.split(',').skip(1);
            assert!(more.all(|it| !it.starts_with("file=")), "{line}");
        }
    }
}

#[test]
fn sarif_has_a_thread_flow_for_every_actor_in_the_order_of_execution() {
    let text = sarif::render(&Report::new(vec![samples::race()]), &PAGES);
    let log: Json = serde_json::from_str(&text).expect("it is JSON");
    let result = &log["runs"][0]["results"][0];
    let flows = result["codeFlows"][0]["threadFlows"].as_array();
    let flows = flows.expect("a list");
    let ids: Vec<&str> = flows.iter().filter_map(|it| it["id"].as_str()).collect();
    assert_eq!(ids, ["worker#1", "worker#2"]);
    let orders = |flow: &Json| -> Vec<u64> {
        let steps = flow["locations"].as_array().expect("a list");
        let orders = steps.iter().map(|it| it["executionOrder"].as_u64());
        orders.map(|it| it.expect("a number")).collect()
    };
    assert_eq!(orders(&flows[0]), [1, 4]);
    assert_eq!(orders(&flows[1]), [2, 3]);
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!(region["startLine"], 4);
    assert_eq!(result["ruleIndex"], 0);
    let rule = &log["runs"][0]["tool"]["driver"]["rules"][0];
    assert_eq!(rule["name"], "DataRace");
    assert_eq!(rule["help"]["text"], PAGES[0].markdown);
}

#[test]
fn markdown_keeps_markup_out_of_text() {
    let report = poisoned("<img src=x> @all #1 [x](y) ```");
    let page = markdown::render(&report, &Style::default());
    let mut ticks = 0;
    for line in page.lines() {
        let run = line.len() - line.trim_start_matches('`').len();
        match ticks {
            0 if run >= 3 => ticks = run,
            _ if ticks > 0 && run >= ticks && line.trim_matches('`').is_empty() => ticks = 0,
            0 => assert!(outside_code(line).find("<img").is_none(), "{line}"),
            _ => {}
        }
    }
    assert_eq!(ticks, 0, "a fence stays open");
}

/// A line without its code spans and escaped characters.
fn outside_code(line: &str) -> String {
    let mut shown = String::new();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        if c == '\\' {
            rest = rest.get(2..).unwrap_or_default();
            continue;
        }
        let run = rest.len() - rest.trim_start_matches('`').len();
        let ticks = &rest[..run];
        let after = &rest[run..];
        let close = after.match_indices(ticks).find(|(at, _)| {
            run > 0 && !after[..*at].ends_with('`') && !after[at + run..].starts_with('`')
        });
        match close {
            Some((at, _)) => rest = &after[at + run..],
            None => {
                shown.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    shown
}
