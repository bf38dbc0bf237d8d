//! Text that wants to be more than text, in every place text can appear.

use std::sync::Arc;

use serde_json::Value as Json;

use super::samples;
use crate::base::{Diagnostic, Source, Span};
use crate::report::escape::is_hidden;
use crate::report::human::{self, Amount, Detail, Level, Style};
use crate::report::{Report, ScenarioReport, json, short};

/// Names nobody should choose.
pub(super) const HOSTILE: [&str; 20] = [
    "\u{1b}[2J\u{1b}[31mred",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]52;c;aGk=\u{7}",
    "a\rb",
    "a\nb",
    "a\tb",
    "\u{0}",
    "\u{7f}\u{80}\u{9b}31m",
    "\u{202e}reversed\u{2066}",
    "\u{2028}\u{2029}\u{feff}\u{200b}",
    "</script><script>alert(1)</script>",
    "<!--",
    "]]>",
    "&amp;&#x41;",
    "\"quotes\" 'and' `more`",
    "{{7*7}} ${x} %s",
    "javascript:alert(1)",
    "\\u{1b} \\",
    "",
    "a_very_long_name_a_very_long_name_a_very_long_name_a_very_long_name_a_very_long_name_a_very_long_name_a_very_long_name_a_very_long_name_a_very_long_name_a_very_long_name",
];

fn styles() -> Vec<Style> {
    let mut styles = Vec::new();
    for color in [false, true] {
        for ascii in [false, true] {
            styles.push(Style {
                color,
                ascii,
                level: Level::Beginner,
                amount: Amount::Verbose,
                width: 100,
            });
        }
    }
    styles
}

/// Every sample with every text in it replaced by `name`.
pub(super) fn poisoned(name: &str) -> Report {
    let mut scenarios = vec![
        samples::race(),
        samples::deadlock(),
        samples::lock_order(),
        samples::starvation(),
        samples::clean(),
        samples::inconclusive(),
        samples::philosophers(12),
    ];
    scenarios.iter_mut().for_each(|it| poison(it, name));
    scenarios.push(mistaken(name));
    Report::new(scenarios)
}

fn poison(report: &mut ScenarioReport, name: &str) {
    let text = || name.to_owned();
    let source = format!("// {name}\n{}{name}", report.source.text());
    report.source = Arc::new(Source::new(name, source));
    report.name = text();
    report.description = Some(text());
    report.scope = text();
    report.assumed = vec![text(), text()];
    report.not_covered = vec![text()];
    for it in &mut report.proved {
        (it.what, it.why) = (text(), text());
    }
    report.outcomes = samples::race().outcomes;
    if let Some(it) = &mut report.outcomes {
        it.names = vec![text()];
        it.rows[0].values = vec![name.into()];
        it.rows[0].witness = Some(text());
    }
    if let Some(limit) = &mut report.limit {
        limit.message = text();
        limit.facts[0].key = text();
    }
    for found in &mut report.findings {
        found.message = text();
        found.subjects = vec![text()];
        found.beginner = Some(text());
        found.learn = Some(text());
        for it in &mut found.places {
            (it.label, it.actor) = (text(), Some(text()));
        }
        for it in &mut found.facts {
            (it.key, it.text) = (text(), text());
        }
        for it in &mut found.helps {
            it.text = text();
            it.checked = Some(text());
            it.patch.iter_mut().for_each(|fix| fix.replacement = text());
        }
        for it in &mut found.waits {
            (it.actor, it.resource, it.held_by) = (text(), text(), vec![text()]);
            it.relation = text();
        }
        for it in &mut found.lock_order {
            (it.actor, it.from, it.to) = (text(), text(), text());
        }
        found.schedule.iter_mut().for_each(|it| it.token = text());
        for step in found.schedule.iter_mut().flat_map(|it| &mut it.steps) {
            (step.actor, step.action, step.subject) = (text(), text(), Some(text()));
        }
        if let Some(table) = &mut found.trace {
            table.actors.iter_mut().for_each(|it| *it = text());
            table.states.iter_mut().for_each(|it| *it = text());
            for row in &mut table.rows {
                poison_row(row, name);
            }
        }
    }
}

fn poison_row(row: &mut crate::report::Row, name: &str) {
    use crate::report::Row;
    let text = || name.to_owned();
    match row {
        Row::Step(step) => {
            step.text = text();
            step.states.iter_mut().for_each(|it| *it = text());
            (step.note, step.switch) = (Some(text()), Some(text()));
        }
        Row::Blocked { cells, note } => {
            cells.iter_mut().for_each(|it| it.text = text());
            *note = text();
        }
        Row::End {
            text: tested,
            result,
        } => (*tested, *result) = (text(), text()),
    }
}

fn mistaken(name: &str) -> ScenarioReport {
    let source = Arc::new(Source::new(name, format!("{name} {name}")));
    let mut report = ScenarioReport::error(source, name, 1);
    // One span inside a character, one far outside.
    let mistake = Diagnostic::error("E001", Span::new(1, 2), name)
        .label(name)
        .secondary(Span::new(4000, 5000), name)
        .help(name)
        .fix(Span::new(1, 2), name);
    report.diagnostics = vec![mistake];
    report
}

/// Removes our own colour codes: `ESC [ digits and semicolons m`.
fn without_colour(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("\u{1b}[") {
        plain += &rest[..start];
        let code = &rest[start + 2..];
        let end = code
            .find(|c: char| !c.is_ascii_digit() && c != ';')
            .expect("a code ends");
        assert_eq!(&code[end..=end], "m", "only colour codes");
        rest = &code[end + 1..];
    }
    plain + rest
}

#[test]
fn no_control_character_reaches_the_terminal() {
    for name in HOSTILE {
        let report = poisoned(name);
        for style in styles() {
            let page = human::render(&report, &style);
            let plain = if style.color {
                without_colour(&page)
            } else {
                page
            };
            let bad = plain.chars().find(|&c| c != '\n' && is_hidden(c));
            assert_eq!(bad, None, "{name:?}");
            assert!(!style.ascii || plain.is_ascii(), "{name:?}");
            for it in &report.scenarios {
                human::scenario(it, Detail::Short, &style);
            }
        }
        let lines = short::render(&report);
        assert!(
            !lines.chars().any(|c| c != '\n' && is_hidden(c)),
            "{name:?}"
        );
        let text = json::render(&report) + &json::render_lines(&report);
        assert!(!text.chars().any(|c| c != '\n' && is_hidden(c)), "{name:?}");
    }
}

#[test]
fn a_name_with_a_line_feed_cannot_fake_a_line() {
    let report = poisoned("x\nok  fake");
    let page = human::render(&report, &Style::default());
    assert!(
        !page.lines().any(|line| line.starts_with("ok  fake")),
        "{page}"
    );
    let lines = short::render(&report);
    assert!(
        lines.lines().all(|line| line.starts_with("x\\nok")),
        "{lines}"
    );
}

#[test]
fn json_gives_back_every_name() {
    for name in HOSTILE {
        let text = json::render(&poisoned(name));
        let document: json::Document = serde_json::from_str(&text).expect("it is JSON");
        for scenario in &document.scenarios {
            assert_eq!(scenario.file, name);
            assert_eq!(scenario.name, name);
        }
        assert_eq!(document.scenarios[0].findings[0].message, name);
    }
}

#[test]
fn json_has_the_fields_of_the_contract() {
    let text = json::render(&Report::new(vec![samples::race(), samples::deadlock()]));
    let document: Json = serde_json::from_str(&text).expect("it is JSON");
    let race = "/scenarios/0/findings/0";
    for (pointer, expected) in [
        ("/version", "1"),
        ("/tool/name", "\"threadbare\""),
        ("/scenarios/0/status", "\"failed\""),
        ("/scenarios/0/verdict", "\"refuted\""),
        ("/scenarios/0/complete", "true"),
        ("/scenarios/0/limit", "null"),
        ("/scenarios/0/memory_model", "\"sc\""),
        ("/scenarios/0/reduction", "\"safe\""),
        ("/scenarios/0/stats/terminal_states", "2"),
        ("/scenarios/0/stats/bytes_per_state", "12.5"),
        ("/scenarios/0/stats/elapsed_ms", "0.4"),
        ("/scenarios/0/outcomes/names", "[\"count\"]"),
        ("/scenarios/0/outcomes/values", "[[1],[2]]"),
        ("/scenarios/0/diagnostics", "[]"),
        ("/scenarios/0/expectations", "[]"),
        (&format!("{race}/code"), "\"R001\""),
        (&format!("{race}/kind"), "\"race\""),
        (&format!("{race}/severity"), "\"error\""),
        (&format!("{race}/expected"), "false"),
        (&format!("{race}/subjects"), "[\"count\"]"),
        (&format!("{race}/actors"), "[\"worker#1\",\"worker#2\"]"),
        (&format!("{race}/places/0/line"), "4"),
        (&format!("{race}/places/0/column"), "9"),
        (&format!("{race}/places/0/end_line"), "4"),
        (&format!("{race}/places/0/end_column"), "19"),
        (&format!("{race}/places/0/actor"), "\"worker#1\""),
        (&format!("{race}/places/0/role"), "\"write\""),
        (&format!("{race}/schedule/token"), "\"0110\""),
        (&format!("{race}/schedule/switches"), "2"),
        (&format!("{race}/schedule/loop_from"), "null"),
        (&format!("{race}/schedule/steps/0/index"), "1"),
        (&format!("{race}/schedule/steps/0/action"), "\"read\""),
        (&format!("{race}/schedule/steps/0/subject"), "\"count\""),
        (&format!("{race}/schedule/steps/0/value"), "0"),
        (&format!("{race}/partial"), "false"),
        ("/scenarios/1/findings/0/waits/0/actor", "\"transfer\""),
        ("/scenarios/1/findings/0/waits/0/for", "\"b\""),
        ("/scenarios/1/findings/0/waits/0/held_by", "[\"audit\"]"),
        ("/scenarios/1/findings/0/waits/0/line", "5"),
        ("/scenarios/1/findings/0/lock_order/0/from", "\"a\""),
    ] {
        let found = document.pointer(pointer).map(Json::to_string);
        assert_eq!(found.as_deref(), Some(expected), "{pointer}");
    }
}

#[test]
fn every_field_that_is_written_is_in_the_schema() {
    let schema: Json = serde_json::from_str(json::schema()).expect("it is JSON");
    let scenarios = vec![
        samples::race(),
        samples::deadlock(),
        samples::inconclusive(),
        samples::typo(),
    ];
    let text = json::render(&Report::new(scenarios));
    let document: Json = serde_json::from_str(&text).expect("it is JSON");
    conforms(&document, &schema, &schema, "");
}

/// The part of JSON schema that our schema uses.
fn conforms(value: &Json, rule: &Json, root: &Json, path: &str) {
    if let Some(reference) = rule.get("$ref").and_then(Json::as_str) {
        let target = root
            .pointer(&reference[1..])
            .expect("references lead somewhere");
        return conforms(value, target, root, path);
    }
    if let Some(choices) = rule.get("anyOf").and_then(Json::as_array) {
        if value.is_null() {
            return assert!(choices.iter().any(|it| it["type"] == "null"), "{path}");
        }
        if let [only, _] = choices.as_slice() {
            conforms(value, only, root, path);
        }
        return;
    }
    match value {
        Json::Object(fields) => {
            for (name, field) in fields {
                let path = format!("{path}/{name}");
                let rule = rule.pointer(&format!("/properties/{name}"));
                conforms(
                    field,
                    rule.unwrap_or_else(|| panic!("{path} is not in the schema")),
                    root,
                    &path,
                );
            }
            for name in rule["required"].as_array().into_iter().flatten() {
                assert!(
                    fields.contains_key(name.as_str().expect("names are strings")),
                    "{path} lacks {name}"
                );
            }
        }
        Json::Array(items) => items
            .iter()
            .for_each(|it| conforms(it, &rule["items"], root, path)),
        _ => {}
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let pages = || {
        let report = poisoned("name");
        let style = styles()[0];
        (
            human::render(&report, &style),
            json::render(&report),
            short::render(&report),
        )
    };
    assert_eq!(pages(), pages());
}

#[test]
fn narrow_pages_and_odd_tables_do_not_panic() {
    use crate::report::{Cell, StepRow, TraceLoop, TraceTable};
    for width in [0, 1, 10, 40, 79, 200] {
        let style = Style {
            width,
            ..Style::default()
        };
        human::render(&poisoned("name"), &style);
        let mut report = samples::race();
        let mut table = TraceTable::new([""; 0], [""; 0]);
        table.step(StepRow::new(7, "who?", ["1", "2"]).note("nobody"));
        table.step(StepRow::new(8, "who?", [""; 0]));
        table.blocked(
            vec![Cell {
                actor: 9,
                text: "waits".to_owned(),
            }],
            "stuck",
        );
        table.end("", "");
        table.repeats = Some(TraceLoop {
            from_row: 99,
            returns_to: String::new(),
        });
        report.findings[0].trace = Some(table);
        report.findings[0].cycle = vec![1, 2, 3];
        human::render(&Report::new(vec![report]), &style);
        human::render(&Report::new(Vec::new()), &style);
    }
}
