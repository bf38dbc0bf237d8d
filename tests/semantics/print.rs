//! What is printed: kept only if somebody asks, and compared as text.

use super::explorer::engine;
use super::explorer::small::program;
use threadbare::Scenario;
use threadbare::program::unpack_lines;

/// Compares the transcripts, lines with `/` between them.
#[track_caller]
fn check(body: &str, expected: &[&str]) {
    let program = program(&format!("{body} observe print"));
    let verdict = engine::check(&program, 2);
    let transcripts = verdict.outcomes[0].iter();
    let mut found: Vec<String> = transcripts
        .map(|outcome| unpack_lines(&outcome.values).join("/"))
        .collect();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn two_actors_print_in_any_order() {
    check(
        "thread a { print \"a\" print \"b\" } thread c { print \"c\" }",
        &["a/b/c", "a/c/b", "c/a/b"],
    );
}

#[test]
fn values_are_printed_as_what_they_are() {
    check(
        "enum Side { Left, Right } struct Job { id: int, last: bool } lock m[2]
         thread a { print 1, true, Right, \"text\", m[1] let j = Job(7, false) print j print \"\" }",
        &["1 true Right text m[1]/7 false/"],
    );
}

#[test]
fn the_same_text_is_the_same_line() {
    check(
        "thread a { either { print 1 } or { print \"1\" } or { print \"1\" } }",
        &["1"],
    );
}

#[test]
fn a_run_may_print_nothing() {
    check("thread a { if any(bool) { print 1 } }", &["", "1"]);
}

#[test]
fn nothing_is_kept_unless_somebody_asks() {
    let states = |property: &str| {
        let text = format!("thread a {{ either {{ print 1 }} or {{ print 2 }} yield }} {property}");
        engine::check(&program(&text), 1).n_states
    };
    assert_eq!(states("") + 2, states("observe print"));
}

#[test]
fn a_loop_that_prints_for_ever_ends_at_a_limit() {
    let text = "scenario \"s\" { thread a { loop { print 1, 2, 3 } } observe print }";
    let report = Scenario::from_text(text).check();
    let limit = report.scenarios[0].limit.as_ref();
    assert_eq!(limit.map(|limit| limit.code), Some("B011"));
}

#[test]
fn each_outcomes_has_its_table() {
    let text = "scenario \"s\" { var x = 0 thread a { x = 1 print x }
        observe x outcomes print == { (1) } outcomes (x) == { 1 } }";
    let report = Scenario::from_text(text).check();
    assert!(report.passed());
    let names = |of: &threadbare::report::Outcomes| of.names.clone();
    let scenario = &report.scenarios[0];
    assert_eq!(scenario.outcomes.as_ref().map(names).unwrap(), ["x"]);
    let more: Vec<_> = scenario.more_outcomes.iter().map(names).collect();
    assert_eq!(more, [["print"], ["x"]]);
}

#[test]
fn split_prints_run_into_each_other() {
    check(
        "print split; thread a { print 1, 2 } thread b { print true }",
        &["1 2/true", "1 2true/", "true/1 2", "true1 2/"],
    );
}

#[test]
fn a_line_that_is_cut_off_is_a_line() {
    check(
        "print split; main thread a { } daemon thread b { print \"b\" }",
        &["", "b"],
    );
}
