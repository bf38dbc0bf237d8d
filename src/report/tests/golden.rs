//! The pages, byte for byte. `UPDATE_GOLDEN=1 cargo test` writes them anew;
//! read the difference before you commit it.

use std::path::Path;

use super::samples;
use crate::base::{Severity, Source};
use crate::report::human::{self, Amount, Level, Style};
use crate::report::{Finding, Place, Report, ScenarioReport};

#[track_caller]
pub(super) fn compare(file: &str, actual: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/report");
    let path = folder.join(file);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        std::fs::write(&path, actual).expect("the file can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == actual,
        "{} differs; the page is now:\n{actual}",
        path.display()
    );
}

#[track_caller]
fn page(file: &str, scenario: ScenarioReport, style: Style) {
    for finding in &scenario.findings {
        let text = human::finding(finding, &scenario.source, "a.tb", &style);
        let allowed = match style.level {
            Level::Beginner => 50,
            Level::Normal | Level::Expert => 40,
        };
        assert!(text.lines().count() <= allowed, "too long:\n{text}");
    }
    let text = human::render(&Report::new(vec![scenario]), &style);
    for line in text.lines() {
        assert!(
            line.chars().count() <= 100 || style.color,
            "too wide: {line}"
        );
        assert_eq!(line.trim_end(), line, "trailing space");
    }
    compare(file, &text);
}

#[test]
fn data_race() {
    page("race.txt", samples::race(), Style::default());
}

#[test]
fn data_race_for_a_beginner() {
    let style = Style {
        level: Level::Beginner,
        ..Style::default()
    };
    page("race_beginner.txt", samples::race(), style);
}

#[test]
fn data_race_in_colour() {
    let style = Style {
        color: true,
        ..Style::default()
    };
    page("race_colour.txt", samples::race(), style);
}

#[test]
fn expected_data_race() {
    page(
        "race_expected.txt",
        samples::expected_race(),
        Style::default(),
    );
}

#[test]
fn deadlock_of_two() {
    page("deadlock.txt", samples::deadlock(), Style::default());
}

#[test]
fn deadlock_of_five() {
    page(
        "philosophers_5.txt",
        samples::philosophers(5),
        Style::default(),
    );
}

#[test]
fn deadlock_of_twelve() {
    page(
        "philosophers_12.txt",
        samples::philosophers(12),
        Style::default(),
    );
}

#[test]
fn deadlock_with_oneself() {
    page(
        "philosophers_1.txt",
        samples::philosophers(1),
        Style::default(),
    );
}

#[test]
fn lock_order() {
    page("lock_order.txt", samples::lock_order(), Style::default());
}

#[test]
fn assertion() {
    page("assertion.txt", samples::assertion(), Style::default());
}

#[test]
fn assertion_for_an_expert() {
    let style = Style {
        level: Level::Expert,
        ..Style::default()
    };
    page("assertion_expert.txt", samples::assertion(), style);
}

#[test]
fn lost_signal() {
    page("lost_signal.txt", samples::lost_signal(), Style::default());
}

#[test]
fn starvation() {
    page("starvation.txt", samples::starvation(), Style::default());
}

#[test]
fn clean_pass() {
    page("clean.txt", samples::clean(), Style::default());
}

#[test]
fn clean_pass_with_everything() {
    let style = Style {
        amount: Amount::Verbose,
        ..Style::default()
    };
    page("clean_verbose.txt", samples::clean(), style);
}

#[test]
fn inconclusive() {
    page(
        "inconclusive.txt",
        samples::inconclusive(),
        Style::default(),
    );
}

#[test]
fn unmet_expectation() {
    page("unmet.txt", samples::unmet(), Style::default());
}

#[test]
fn mistake_in_the_file() {
    page("typo.txt", samples::typo(), Style::default());
}

fn suite() -> Report {
    Report::new(vec![
        samples::clean(),
        samples::expected_race(),
        samples::lock_order(),
        samples::unmet(),
        samples::inconclusive(),
        samples::clean(),
        samples::typo(),
    ])
}

#[test]
fn suite_of_scenarios() {
    compare("suite.txt", &human::render(&suite(), &Style::default()));
}

#[test]
fn quiet_suite() {
    let style = Style {
        amount: Amount::Quiet,
        ..Style::default()
    };
    compare("suite_quiet.txt", &human::render(&suite(), &style));
}

#[test]
fn one_line_a_finding() {
    compare("suite.short.txt", &crate::report::short::render(&suite()));
}

#[test]
fn json() {
    let report = Report::new(vec![samples::race(), samples::deadlock()]);
    compare("pair.json", &crate::report::json::render(&report));
}

#[test]
fn json_schema() {
    let schema = schemars::schema_for!(crate::report::json::Document);
    let mut derived = serde_json::to_string_pretty(&schema).expect("a schema can be written");
    derived.push('\n');
    compare("../../../src/report/json/schema.json", &derived);
    assert_eq!(crate::report::json::schema(), derived, "build it once more");
}

/// A finding with one label at `needle` in `text`.
fn labelled(text: &str, needle: &str, label: &str) -> String {
    let source = Source::new("odd.tb", text);
    let mut found = Finding::new("R001", "race", Severity::Error, "odd source");
    found.places = vec![Place::primary(samples::at(&source, needle, 0), label)];
    human::finding(&found, &source, "odd.tb", &Style::default())
}

#[test]
fn odd_sources() {
    let long_line = format!("    var a = {}1\n", "1 + ".repeat(60));
    let pages = [
        labelled(
            "one\r\n\ttwo\r\nthree\r\n",
            "two",
            "after a tab, before CRLF",
        ),
        labelled(
            "a\u{1b}[31mb \u{202e}c d\n",
            "d",
            "behind hidden characters",
        ),
        labelled(
            "with m {\n    skip\n}\n",
            "m {\n    skip\n}",
            "several lines",
        ),
        labelled(&long_line, "var a", "a long line"),
        labelled(
            "    var count = 0\n",
            "count",
            &"a label that is far too long ".repeat(6),
        ),
        labelled("数 = 数 + 1\n", "+ 1", "wide characters"),
    ];
    for line in pages.iter().flat_map(|page| page.lines()) {
        assert!(line.chars().count() <= 100, "{line}");
        assert!(!line.contains(['\r', '\t', '\u{1b}']), "{line:?}");
    }
    compare("odd_sources.txt", &pages.join("\n"));
}
