//! What a student reads: for every kind of finding the whole page of one
//! scenario. `UPDATE_GOLDEN=1 cargo test --test reports` writes the pages anew;
//! read the difference before you commit it.

use std::fs;
use std::path::Path;
use threadbare::analysis::Rule;
use threadbare::checker::{Checker, Repairs};
use threadbare::report::human::{self, Detail, Level, Style};
use threadbare::report::{Finding, Report, ScenarioReport};

/// Kinds with a scenario in the library, and that scenario.
const LIBRARY: &[(&str, &str)] = &[
    ("R001", "race/lost_update"),
    ("R001_one_side", "race/double_checked"),
    ("R003", "race/guarded_one_side"),
    ("D001", "deadlock/opposite_locks"),
    ("D001_three", "deadlock/philosophers"),
    ("D001_mixed", "deadlock/nested_monitor"),
    ("D001_crowd", "signal/wrong_one_woken"),
    ("D001_partial", "deadlock/beside_a_clock"),
    ("D002_message", "deadlock/never_closed"),
    ("D002_lock", "leak/key_taken_home"),
    ("D002_notify", "signal/rings_too_early"),
    ("D002_event", "signal/event_auto_merged"),
    ("D002_copy", "processes/fork_while_locked"),
    ("D002_own_event", "processes/event_of_its_own"),
    ("D001_queue", "processes/join_before_drain"),
    ("A003_own_copies", "processes/counter_stays_zero"),
    ("R001_own_locks", "processes/everyone_has_a_lock"),
    ("D003", "deadlock/self_lock"),
    ("L001", "lock_order/gate_lock"),
    ("A001_stolen_wakeup", "assert/wait_with_if"),
    ("A001_stale", "assert/pour_and_drink"),
    ("A001_too_early", "race/event_too_early"),
    ("A002", "properties/both_green"),
    ("A003", "assert/two_sections"),
    ("A004_unexpected", "outcomes/two_senders"),
    ("A004_missing", "outcomes/both_see_nothing"),
    ("A005", "properties/never_full"),
    ("A008", "properties/ship_before_pack"),
    ("S001", "signal/lost_wakeup"),
    ("S001_tested_before", "signal/flag_outside_lock"),
    ("S001_event", "signal/missed_event"),
    ("K001", "leak/forgotten_join"),
    ("K001_in_time", "warnings/always_in_time"),
    ("K002", "leak/early_return"),
    ("K005", "warnings/permit_leak"),
    ("M010", "warnings/barrier_too_small"),
    ("M001", "misuse/unlock_by_another"),
    ("M002", "misuse/wait_without_lock"),
    ("M003", "misuse/release_too_often"),
    ("M004", "misuse/send_on_closed"),
    ("M005", "misuse/close_twice"),
    ("M008", "misuse/waits_inside_one_step"),
    ("O001", "arithmetic/lift_too_high"),
    ("O002", "arithmetic/log_too_short"),
    ("O003", "arithmetic/average"),
    ("W002", "warnings/notify_without_lock"),
    ("W003", "warnings/if_around_wait"),
    ("W004", "warnings/never_reached"),
    ("W005", "warnings/cannot_fail"),
    ("clean", "lessons/5_semaphore_pool"),
];

/// Kinds that are shown by a text of their own.
const TEXTS: &[(&str, &str)] = &[
    (
        "K001_cut_off",
        r#"scenario "cut off" {
    atomic saved = 0
    thread writer { saved += 1  saved += 1 }
    main thread boss { skip  yield }
}
"#,
    ),
    (
        "K003",
        r#"scenario "nobody asks" {
    chan jobs(2)
    fn check(n) {
        if n > 1 { raise "TooMany" }
    }
    thread producer {
        jobs.send(1)
        jobs.send(2)
        jobs.close()
    }
    thread worker {
        for job in jobs { check(job) }
    }
}
"#,
    ),
    (
        "K006",
        r#"scenario "stopped in the middle" {
    lock file
    daemon thread logger {
        loop { with file { yield } }
    }
    thread worker { yield }
}
"#,
    ),
    (
        "M006",
        r#"scenario "counted too far" {
    latch gate(1)
    thread first { gate.count_down() }
    thread second { gate.count_down() }
}
"#,
    ),
    (
        "O002_property",
        r#"scenario "property with an index" {
    var seat[2] = 0
    atomic next = 0
    thread usher { next += 1  next += 1 }
    always seat[next] == 0
}
"#,
    ),
    (
        "L001_apart",
        r#"scenario "one after the other" {
    lock a
    lock b
    fn one() { with a { with b { skip } } }
    fn two() { with b { with a { skip } } }
    main thread m {
        let first = spawn one()
        first.join()
        let second = spawn two()
        second.join()
    }
    expect warning L001
}
"#,
    ),
    (
        "A002_woken",
        r#"scenario "a bell in the dark" {
    lock m
    cond c on m
    atomic x = 0
    thread sleeper {
        with m { c.wait() }
        x = 5
    }
    thread bell {
        with m { c.notify()  x = 1 }
    }
    always x < 5
    expect always
    expect lost_signal on c
}
"#,
    ),
    (
        "W001_twice",
        r#"scenario "slept" {
    atomic x = 0
    thread t {
        sleep
        let a = x
        let b = x
    }
    thread u { x = 1  x = 2 }
    expect warning W001
}
"#,
    ),
    (
        "X001",
        r#"scenario "locked counter" {
    var count = 0
    lock m
    thread worker * 2 {
        with m { count += 1 }
    }
    expect race on count
}
"#,
    ),
    (
        "X001_other_name",
        r#"scenario "another variable" {
    var x = 0
    var y = 0
    thread w * 2 { x += 1 }
    expect race on y
}
"#,
    ),
];

#[track_caller]
fn compare(name: &str, actual: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/tell");
    let path = folder.join(format!("{name}.txt"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(&folder).expect("the folder can be made");
        fs::write(&path, actual).expect("the file can be written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == actual,
        "{} differs; the page is now:\n{actual}",
        path.display()
    );
}

/// The page of the first scenario, which must keep to the size of a page.
#[track_caller]
fn page(report: &Report, style: &Style) -> String {
    let scenario = &report.scenarios[0];
    for finding in &scenario.findings {
        let text = human::finding(finding, &scenario.source, "a.tb", style);
        let allowed = match style.level {
            Level::Beginner => 52,
            Level::Normal | Level::Expert => 45,
        };
        assert!(text.lines().count() <= allowed, "too long:\n{text}");
    }
    let text = human::scenario(scenario, Detail::Full, style);
    for line in text.lines() {
        assert!(line.chars().count() <= 100, "too wide: {line}");
    }
    text
}

fn library(scenario: &str) -> Report {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{scenario}.tb"));
    let text = fs::read_to_string(&path).expect("the library has this scenario");
    let name = path.file_name().map(|name| name.to_string_lossy());
    Checker::new().check_str(name.unwrap_or_default(), text)
}

#[test]
fn pages_of_the_library() {
    for (name, scenario) in LIBRARY {
        compare(name, &page(&library(scenario), &Style::default()));
    }
}

#[test]
fn pages_of_what_the_library_does_not_show() {
    for (name, text) in TEXTS {
        let report = Checker::new().check_str("scenario.tb", *text);
        compare(name, &page(&report, &Style::default()));
    }
}

#[test]
fn limits_say_how_far_the_search_came() {
    let text = r#"scenario "too big" {
    atomic n = 0
    thread t * 3 { for i in 0..20 { n += 1 } }
}
"#;
    let checker = |checker: Checker| checker.check_str("scenario.tb", text);
    let states = checker(Checker::new().max_states(100));
    compare("B001", &page(&states, &Style::default()));
    let depth = checker(Checker::new().max_depth(7));
    compare("B002", &page(&depth, &Style::default()));
    let endless =
        "scenario \"endless\" {\n    fn f() { spawn f() }\n    thread t { spawn f() }\n}\n";
    let actors = Checker::new().check_str("scenario.tb", endless);
    compare("B006", &page(&actors, &Style::default()));
}

#[test]
fn a_page_for_a_beginner() {
    let style = Style {
        level: Level::Beginner,
        ..Style::default()
    };
    compare("R001_beginner", &page(&library("race/lost_update"), &style));
}

/// The same finding with its repair, for each kind of reader.
#[test]
fn three_levels_of_wording() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let checker = Checker::new().repairs(Repairs::Always);
    let mut lengths = Vec::new();
    for (name, level) in [
        ("beginner", Level::Beginner),
        ("normal", Level::Normal),
        ("expert", Level::Expert),
    ] {
        for (code, scenario) in [
            ("D001", "signal/wrong_one_woken"),
            ("A003", "assert/two_sections"),
        ] {
            let path = root.join(format!("{scenario}.tb"));
            let text = fs::read_to_string(path).expect("the library has this scenario");
            let report = checker.check_str("scenario.tb", text);
            let style = Style {
                level,
                ..Style::default()
            };
            let text = human::render(&report, &style);
            lengths.push(text.lines().count());
            compare(&format!("{code}_level_{name}"), &text);
        }
    }
    // Who knows less is told more.
    assert!(
        lengths[0] > lengths[2] && lengths[2] > lengths[4],
        "{lengths:?}"
    );
    assert!(
        lengths[1] > lengths[3] && lengths[3] > lengths[5],
        "{lengths:?}"
    );
}

/// Every finding of every scenario with a bug is complete enough to learn from.
#[test]
fn every_finding_is_a_lesson() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut seen = std::collections::BTreeSet::new();
    for folder in fs::read_dir(root).expect("the library can be read") {
        let folder = folder.expect("a folder can be read").path();
        if folder.file_name().is_some_and(|name| name == "clean") {
            continue;
        }
        for scenario in Checker::new()
            .max_states(20_000)
            .check_path(&folder)
            .scenarios
        {
            seen.extend(scenario.findings.iter().map(|it| it.code));
            check(&scenario);
        }
    }
    let rules = Rule::ALL.iter().filter(|rule| seen.contains(rule.code()));
    assert!(rules.count() >= 25, "the library shows most of the rules");
}

#[track_caller]
fn check(scenario: &ScenarioReport) {
    for finding in &scenario.findings {
        let at = format!("{}: {}", scenario.source.name(), finding.code);
        let message = &finding.message;
        let text = scenario.source.text();
        assert!(
            !message.is_empty() && !message.ends_with('.'),
            "{at}: {message}"
        );
        assert!(message.matches('`').count() % 2 == 0, "{at}: {message}");
        assert!(finding.places.iter().any(|it| it.primary), "{at}: no place");
        for place in &finding.places {
            assert!(
                text.get(place.span.range()).is_some(),
                "{at}: a span outside"
            );
            let (label, even) = (&place.label, place.label.matches('`').count() % 2 == 0);
            assert!(even && !label.contains('?'), "{at}: {label}");
        }
        assert!(
            finding.beginner.is_some() && finding.learn.is_some(),
            "{at}"
        );
        assert!(!finding.helps.is_empty(), "{at}: no advice");
        assert!(
            finding.cycle.iter().all(|&it| it < finding.waits.len()),
            "{at}"
        );
        ends_well(scenario, finding);
        if let (Some(schedule), Some(table)) = (&finding.schedule, &finding.trace) {
            assert!(
                schedule.steps.len() <= table.rows.len(),
                "{at}: rows are missing"
            );
        }
    }
}

/// The run that is shown beside a bug does not have it.
#[track_caller]
fn ends_well(scenario: &ScenarioReport, finding: &Finding) {
    let schedule = finding.passing.as_ref().and_then(|it| it.schedule.as_ref());
    let Some(schedule) = schedule else {
        return;
    };
    let at = format!("{}: {}", scenario.source.name(), finding.code);
    let checker = Checker::new().only(&scenario.name);
    let replayed = checker.replay(&scenario.source, &schedule.token);
    let replayed = replayed.expect("the run can be run again");
    let same = |it: &&Finding| it.code == finding.code && it.subjects == finding.subjects;
    let found = replayed.findings.iter().find(same);
    assert!(found.is_none(), "{at}: {}", schedule.token);
}

/// How far a run that ends well is from the one that does not; and if none was found,
/// that it was looked for.
#[test]
fn the_nearest_run_is_told_as_it_was_found() {
    for (scenario, key, words) in [
        ("race/lost_update", "one swap", "as it should be"),
        (
            "deadlock/opposite_locks",
            "one switch",
            "this run ends well",
        ),
        (
            "outcomes/no_arm_comes_first",
            "one choice",
            "in step 4, `select: recv jobs -> 1`, this run ends well",
        ),
        (
            "deadlock/bounded_buffer",
            "two changes",
            "after step 1, and then `producer` goes on after step 10",
        ),
        (
            "arithmetic/doubled_twice",
            "passing run",
            "the only other way to go on goes wrong, too",
        ),
        ("deadlock/beside_a_clock", "passing run", "none found in"),
    ] {
        let report = library(scenario);
        let mut facts = report.findings().flat_map(|it| &it.facts);
        let said = facts.find(|it| it.key == key && it.text.contains(words));
        assert!(said.is_some(), "{scenario}: no {key}: {words}");
    }
}

/// That something else could have come first is said where it did not.
#[test]
fn what_was_just_as_ready_is_named() {
    for (scenario, note) in [
        (
            "outcomes/no_arm_comes_first",
            "`jobs` was ready, too: `select` takes any ready arm",
        ),
        (
            "executors/first_is_not_fastest",
            "test#1 was done, too: any that is done may come out first",
        ),
    ] {
        let page = page(&library(scenario), &Style::default());
        assert!(page.contains(note), "{page}");
    }
}

/// Where a job ends with a lock, not where its executor is declared.
#[test]
fn a_job_that_keeps_a_lock_is_shown_where_it_ends() {
    let report = library("leak/job_keeps_the_stamp");
    let places = report.findings().flat_map(|it| &it.places);
    let ends = places.filter(|it| it.role == "end");
    let text =
        |it: &threadbare::report::Place| report.scenarios[0].source.slice(it.span).to_owned();
    let ends: Vec<String> = ends.map(text).collect();
    assert_eq!(ends, ["return 0"]);
}

/// What changed under a loop is said; what was still true when it was acted on is not
/// called out of date.
#[test]
fn what_happened_names_the_cause() {
    for (scenario, words) in [
        ("collections/skipped_entry", "a loop counts places"),
        (
            "executors/one_worker_too_many",
            "changed `peak` from 1 to 2",
        ),
    ] {
        let report = library(scenario);
        let mut facts = report.findings().flat_map(|it| &it.facts);
        let said = facts.find(|it| it.key == "what happened");
        assert!(said.is_some_and(|it| it.text.contains(words)), "{said:?}");
    }
}

/// A claim that other values would break is not said to be one that cannot fail.
#[test]
fn what_the_values_tried_decide_about_cannot_fail() {
    for (claim, cannot) in [
        ("x < 10", false),
        ("x < 10 || x >= 10", true),
        ("x != 1 || a[x] == 0", false),
    ] {
        let text = format!(
            "scenario \"s\" {{ atomic x = 0 atomic a[2] = 0 thread p {{ x = 1 }} always claim: {claim} }}"
        );
        let report = Checker::new().check_str("s.tb", text);
        let said = report.findings().any(|it| it.code == "W005");
        assert_eq!(said, cannot, "{claim}");
    }
}

#[test]
fn permits_that_are_missing_are_counted() {
    let text = "scenario \"s\" { sem s = 3 thread p { s.acquire() s.acquire() } }";
    let report = Checker::new().check_str("s.tb", text);
    let finding = report.findings().next().expect("two are missing");
    assert!(
        finding.message.contains("2 permits less"),
        "{}",
        finding.message
    );
}

/// What is waited for is named once, however many wait.
#[test]
fn what_is_waited_for_is_a_subject() {
    for (body, subjects) in [
        (
            "lock m cond c on m thread p * 2 { with m { c.wait() } }",
            ["c"],
        ),
        (
            "lock m thread p { loop { with m { } } } thread q { with m { } }",
            ["m"],
        ),
    ] {
        let text = format!("scenario \"s\" {{ {body} }}");
        let report = Checker::new().check_str("s.tb", text);
        let finding = report.findings().next().expect("somebody waits");
        assert_eq!(finding.subjects, subjects);
    }
}

/// Of what is never reached the outermost statements are named, each of them.
#[test]
fn each_statement_that_is_never_reached_is_named_once() {
    let text = "scenario \"s\" {
        atomic x = 0 atomic y = 0
        thread p { if x == 5 { y = 1 if y == 2 { y = 3 } } }
    }";
    let report = Checker::new().check_str("s.tb", text);
    let unreached = report.findings().filter(|it| it.code == "W004");
    let places = unreached.flat_map(|it| &it.places).map(|it| it.span);
    let places: Vec<&str> = places
        .map(|at| report.scenarios[0].source.slice(at))
        .collect();
    assert_eq!(places, ["y = 1", "if y == 2 { y = 3 }"]);
}

#[test]
fn who_blocks_its_loop_is_named() {
    let report = library("tasks/blocking_call_in_a_loop");
    let finding = report.findings().find(|it| it.code == "S005");
    assert_eq!(finding.expect("it blocks").actors, ["reader"]);
}

#[test]
fn of_several_jobs_the_one_that_is_not_done_is_waited_for() {
    let text = "scenario \"s\" {
        executor p(2) sem s = 0
        fn one() { return 1 }
        fn two() { s.acquire() return 2 }
        thread t {
            let a = p.submit(one) a.result()
            let b = p.submit(two) wait_all([a, b])
        }
    }";
    let report = Checker::new().check_str("s.tb", text);
    let page = page(&report, &Style::default());
    assert!(page.contains("t waits for two"), "{page}");
}

/// On a long line the labels of places far apart go below it, and then the places.
#[test]
fn a_long_line_with_places_far_apart_keeps_to_the_page() {
    let skips = "skip ".repeat(20);
    let lines = [
        format!("scenario \"a\" {{ var x = 0 {skips} thread t * 2 {{ x = 1 }} }}"),
        format!("scenario \"a\" {{ var x = 0 thread t * 2 {{ {skips} x = 1 }} }}"),
        format!(
            "scenario \"a\" {{ lock a lock b thread x {{ with a {{ {skips} with b {{ skip }} }} }} thread y {{ with b {{ with a {{ {skips} }} }} }} expect deadlock of x, z }}"
        ),
        format!(
            "scenario \"a\" {{ var n = 0 green g * 2 {{ atomic {{ {skips} let x = n sleep n = x + 1 }} }} }}"
        ),
    ];
    for line in lines {
        let report = Checker::new().check_str("a.tb", &line);
        for color in [false, true] {
            let style = Style {
                color,
                ..Style::default()
            };
            let text = human::render(&report, &style);
            let plain = anstream::adapter::strip_str(&text).to_string();
            for line in plain.lines() {
                assert!(line.chars().count() <= 100, "too wide: {line}");
            }
        }
    }
}
