//! Same input, same bytes; and what a report says can be replayed.

use crate::{command, run};
use serde_json::Value;

const LIBRARY: &str = "scenarios";

fn check(format: &str, workers: &str) -> String {
    let args = ["check", LIBRARY, "--format", format, "--workers", workers];
    let run = run(&args);
    assert!(matches!(run.code, Some(0 | 1 | 3)), "{}", run.err);
    without_times(&run.out)
}

fn without_times(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.contains("\"elapsed_ms\""));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn reports_do_not_depend_on_the_number_of_workers() {
    for format in [
        "human", "short", "json", "junit", "sarif", "markdown", "html",
    ] {
        let one = check(format, "1");
        assert!(one.len() > 1000);
        for workers in ["1", "2", "4"] {
            assert!(check(format, workers) == one, "{format}, {workers} workers");
        }
    }
}

#[test]
fn reports_do_not_depend_on_the_surroundings() {
    let folder = tempfile::tempdir().expect("a folder");
    let library = format!("{}/{LIBRARY}/race", env!("CARGO_MANIFEST_DIR"));
    let here = command(&["check", &library]).output().expect("it ends");
    let there = command(&["check", &library])
        .current_dir(folder.path())
        .env_clear()
        .env("LANG", "tr_TR.UTF-8")
        .env("TZ", "Asia/Kathmandu")
        .env("COLUMNS", "40")
        .output()
        .expect("it ends");
    assert_eq!(here.stdout, there.stdout);
}

fn report() -> Value {
    let run = run(&["check", LIBRARY, "--format", "json"]);
    serde_json::from_str(&run.out).expect("it is JSON")
}

#[test]
fn every_token_of_the_library_shows_its_finding_again() {
    let report = report();
    let mut replayed = 0;
    for scenario in report["scenarios"].as_array().expect("a list") {
        for finding in scenario["findings"].as_array().expect("a list") {
            let Some(token) = finding["schedule"]["token"].as_str() else {
                continue;
            };
            let file = scenario["file"].as_str().expect("a name");
            let name = scenario["name"].as_str().expect("a name");
            let run = run(&["replay", file, token, "--scenario", name]);
            run.exits(0)
                .says(&format!("[{}]", finding["code"].as_str().expect("a code")))
                .says(token);
            replayed += 1;
        }
    }
    assert!(replayed > 100, "{replayed}");
}

/// The names of the contract; more may be there.
#[test]
fn the_document_has_the_fields_that_were_promised() {
    let report = report();
    has(&report, "version tool scenarios");
    has(&report["tool"], "name version");
    let scenarios = report["scenarios"].as_array().expect("a list");
    let (mut n_waits, mut n_orders) = (0, 0);
    for scenario in scenarios {
        has(
            scenario,
            "file name line status verdict complete limit memory_model reduction stats findings \
             outcomes expectations diagnostics",
        );
        has(
            &scenario["stats"],
            "states transitions terminal_states depth bytes_per_state elapsed_ms",
        );
        one_of(&scenario["status"], "passed failed inconclusive error");
        one_of(&scenario["verdict"], "proved refuted unknown");
        one_of(&scenario["reduction"], "safe none");
        for finding in scenario["findings"].as_array().expect("a list") {
            has(
                finding,
                "code kind severity expected subjects actors message places schedule waits \
                 lock_order partial",
            );
            one_of(&finding["severity"], "error warning");
            for place in finding["places"].as_array().expect("a list") {
                has(place, "line column end_line end_column actor role");
            }
            if !finding["schedule"].is_null() {
                has(&finding["schedule"], "token switches steps loop_from");
                for step in finding["schedule"]["steps"].as_array().expect("a list") {
                    has(step, "index actor line column action subject value");
                }
            }
            for wait in finding["waits"].as_array().expect("a list") {
                has(wait, "actor for held_by line");
                n_waits += 1;
            }
            for edge in finding["lock_order"].as_array().expect("a list") {
                has(edge, "from to actor line");
                n_orders += 1;
            }
        }
        if !scenario["outcomes"].is_null() {
            has(&scenario["outcomes"], "names values");
        }
        for expectation in scenario["expectations"].as_array().expect("a list") {
            has(expectation, "text met");
        }
    }
    assert!(n_waits > 10 && n_orders > 1, "{n_waits} {n_orders}");
}

#[track_caller]
fn has(value: &Value, names: &str) {
    for name in names.split_whitespace() {
        assert!(value.get(name).is_some(), "{name} is missing in {value:#}");
    }
}

#[track_caller]
fn one_of(value: &Value, words: &str) {
    let word = value.as_str().expect("a word");
    assert!(words.split(' ').any(|known| known == word), "{word}");
}
