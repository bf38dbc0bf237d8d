//! Scenarios in `cargo test`: what a Rust developer writes, and what is shown
//! when a test fails.

#[path = "../account/tests/transfer.rs"]
mod example;

use std::panic::{AssertUnwindSafe, catch_unwind};
use threadbare::report::{Status, Value};
use threadbare::{Scenario, scenario, unchecked};

/// The message of the panic.
#[track_caller]
fn panics(work: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(work)).expect_err("it panics");
    let text = panic.downcast_ref::<String>().cloned();
    text.expect("panics of reports have a text")
}

#[test]
fn a_failure_points_at_the_line_of_the_rust_file() {
    let line = line!() + 5;
    let message = panics(|| {
        scenario! {
            scenario "racy" { // a "brace" in a comment: }
                var count = 0 /* and } here */
                thread worker * 2 { count += 1 }
                finally assert count == 2, "nothing } is lost"
            }
        }
    });
    let file = file!();
    assert!(message.contains("data race on `count`"), "{message}");
    assert!(message.contains(&format!("{file}:{line}:37")), "{message}");
    assert!(message.contains("thread worker * 2 { count += 1 }"));
    assert!(
        message.contains("help: let one lock guard `count`"),
        "{message}"
    );
    assert!(
        message.contains("thread worker * 2 { with m { count += 1 } }"),
        "{message}"
    );
    assert!(!message.contains('\u{1b}') || std::io::IsTerminal::is_terminal(&std::io::stderr()));
}

#[test]
fn a_mistake_points_at_the_line_of_the_rust_file() {
    let line = line!() + 4;
    let message = panics(|| {
        threadbare::scenario!(
            /// Documentation, which the compiler rewrites.
            scenario "typo" { var count = 0 thread t { cuont = 1 } }
        );
    });
    assert!(
        message.contains(&format!("{}:{line}:56", file!())),
        "{message}"
    );
    assert!(message.contains("a similar name exists"), "{message}");
}

#[rustfmt::skip]
#[test]
fn braces_on_one_line_with_others() {
    let ä = "ö"; scenario! { scenario "a" { var x = 0 thread t { x = 1 } } } let _ = ä;
    let both = [unchecked! { scenario "b" { skip_me } }, unchecked! { scenario "c" { var x = 0 thread t { x = 1 } } }];
    let passed = both.map(|it| it.check().passed());
    assert_eq!(passed, [false, true]);
}

#[test]
fn several_scenarios_in_one_call() {
    let report = unchecked! {
        const N = 2
        scenario "one" { atomic x = 0 thread t * N { x += 1 } finally assert x == N }
        scenario "two" { atomic x = 0 thread t * N { x += 2 } observe x }
    }
    .set("N", 3)
    .check();
    assert_eq!(report.scenarios.len(), 2);
    assert_eq!(report.outcomes(), [[6]]);
    assert!(report.scenario("two").is_some());
}

#[test]
fn what_a_report_answers() {
    let report = Scenario::from_text(
        "scenario \"lost update\" {\n    var count = 0\n    thread worker * 2 { count += 1 }\n    \
         finally assert count == 2\n    observe count\n    expect race on count\n    \
         expect finally\n}",
    )
    .check();
    report.assert_passed();
    assert!(report.passed());
    let lost = &report.scenarios[0];
    assert_eq!(lost.status, Status::Passed);
    assert_eq!(report.outcomes(), [[1], [2]]);
    assert_eq!(lost.values()[0], [Value::Int(1)]);
    let race = report.finding("race").expect("there is one");
    assert!(race.is("R001") && race.expected);
    assert_eq!(race.subjects, ["count"]);
    let at = lost.position(race).expect("it has a place");
    assert_eq!((at.line, at.column), (3, 25));
    let finally = lost.finding("A003").expect("there is one");
    assert_eq!(finally.steps().len(), 4);
    assert!(finally.token().is_some_and(|it| it.starts_with("0110-")));
}

#[test]
fn limits_fail_a_test_as_inconclusive() {
    let scenario = Scenario::from_text(
        "scenario \"large\" { atomic x = 0 thread t * 4 { for i in 0..20 { x += 1 } } }",
    );
    let message = panics(|| scenario.max_states(100).assert_passed());
    assert!(message.contains("inconclusive[B001]"), "{message}");
}

#[test]
fn a_file_that_is_not_there_fails_a_test() {
    let message = panics(|| Scenario::from_file("none.tb").assert_passed());
    assert!(message.contains("there is no such file"), "{message}");
    Scenario::from_file("scenarios/race/lost_update.tb").assert_passed();
}

#[test]
fn hostile_names_cannot_reach_the_terminal() {
    let text = "scenario \"\u{1b}[31m\u{202e}\" { var x = 0 thread t * 2 { x += 1 } }";
    let message = panics(|| Scenario::from_text(text).assert_passed());
    assert!(!message.contains("\u{1b}[31m\u{202e}") && !message.contains('\u{202e}'));
}

#[test]
fn what_the_macro_may_hold_is_nested_as_deep_as_in_a_file() {
    let deep = format!(
        "scenario \"deep\" {{ thread t {{ let x = {}1{} }} }}",
        "(".repeat(2000),
        ")".repeat(2000)
    );
    let message = panics(|| Scenario::from_text(deep).assert_passed());
    assert!(message.contains("error[E"), "{message}");
}
