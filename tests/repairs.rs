//! Repairs: what the library's bugs are given, checked once more from outside: the
//! edits are applied as text, and the new text is checked like any other file.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use threadbare::base::Source;
use threadbare::checker::{Checker, Input, Repairs};
use threadbare::repair::apply;
use threadbare::report::{Finding, Help, ScenarioReport, Verdict, json};

/// Folders of scenarios with a bug or a warning.
const FOLDERS: &[&str] = &[
    "arithmetic",
    "assert",
    "collections",
    "deadlock",
    "executors",
    "leak",
    "livelock",
    "lock_order",
    "misuse",
    "outcomes",
    "processes",
    "properties",
    "race",
    "signal",
    "starvation",
    "tasks",
    "warnings",
];

fn library() -> Vec<Input> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    Input::collect(FOLDERS.iter().map(|folder| root.join(folder)))
}

fn repaired(checker: &Checker) -> Vec<ScenarioReport> {
    let checker = checker.clone().repairs(Repairs::Always);
    let inputs = library().into_iter();
    inputs
        .flat_map(|input| checker.check_input(input))
        .collect()
}

fn patches(finding: &Finding) -> impl Iterator<Item = &Help> {
    finding.helps.iter().filter(|it| !it.patch.is_empty())
}

/// Whether it says that something never happens.
fn is_wish(finding: &Finding) -> bool {
    let words = ["never ends as", "never holds", "no run prints"];
    words.iter().any(|it| finding.message.contains(it))
}

/// How often each finding is there, wishes aside: the expectations of a buggy
/// scenario are not those of its repair.
fn counted(report: &ScenarioReport) -> BTreeMap<(String, Vec<String>), usize> {
    let mut counted = BTreeMap::new();
    for it in &report.findings {
        if it.code != "X001" && !is_wish(it) {
            *counted
                .entry((it.code.to_owned(), it.subjects.clone()))
                .or_default() += 1;
        }
    }
    counted
}

#[test]
fn every_patch_holds_when_it_is_applied() {
    let (mut n_findings, mut n_repaired) = (0, 0);
    for report in repaired(&Checker::new()) {
        for finding in &report.findings {
            n_findings += 1;
            n_repaired += usize::from(patches(finding).next().is_some());
            for help in patches(finding) {
                holds(&report, finding, help);
            }
        }
    }
    // Most of the library can be repaired by a small edit.
    assert!(
        n_repaired * 100 >= n_findings * 80,
        "{n_repaired} of {n_findings} findings have a repair"
    );
}

#[track_caller]
fn holds(before: &ScenarioReport, finding: &Finding, help: &Help) {
    let what = format!(
        "{}: {} by {}",
        before.source.name(),
        finding.code,
        help.text
    );
    let checked = help.checked.as_ref().expect("a patch was checked");
    let text = apply(before.source.text(), &help.patch).expect("the patch fits");
    // What was expected of the bug says nothing about its repair.
    let kept = text
        .lines()
        .filter(|it| !it.trim_start().starts_with("expect "));
    let text = kept.collect::<Vec<_>>().join("\n");
    let reports = Checker::new().check_str("repaired.tb", &text);
    let mut reports = reports.scenarios.iter();
    let after = reports
        .find(|it| it.name == before.name)
        .expect("it is still there");
    assert!(after.complete, "{what}\n{text}");
    if is_wish(finding) {
        let same = |it: &Finding| it.message == finding.message;
        assert!(
            !after.findings.iter().any(same),
            "{what}: it is still there\n{text}"
        );
        return;
    }
    let (old, new) = (counted(before), counted(after));
    let key = (finding.code.to_owned(), finding.subjects.clone());
    assert!(
        new.get(&key) < old.get(&key),
        "{what}: it is still there\n{text}"
    );
    for (key, n) in &new {
        let idle = matches!(key.0.as_str(), "W004" | "W005");
        assert!(
            idle || n <= old.get(key).unwrap_or(&0),
            "{what}: {key:?} is new\n{text}"
        );
    }
    if checked.starts_with("proved") && !new.keys().any(|(code, _)| code.starts_with('A')) {
        let wishes = after.findings.iter().any(|it| it.code.starts_with('A'));
        assert!(wishes || after.verdict == Verdict::Proved, "{what}\n{text}");
    }
}

#[test]
fn comments_and_layout_stay() {
    let text = "scenario \"counter\" {\n    var count = 0 // shared\n\n    // all of them\n    \
                thread worker * 2 {\n        count += 1 // one more\n    }\n    finally assert \
                count == 2\n}\n";
    let source = Arc::new(Source::new("counter.tb", text));
    let checker = Checker::new().repairs(Repairs::Alone);
    let reports = checker.check_source(source);
    let race = &reports[0].findings[0];
    let help = patches(race).next().expect("a race of two is repaired");
    let repaired = apply(text, &help.patch).expect("the patch fits");
    let expected = "scenario \"counter\" {\n    var count = 0 // shared\n    lock m\n\n    // all \
                    of them\n    thread worker * 2 {\n        with m { count += 1 } // one \
                    more\n    }\n    finally assert count == 2\n}\n";
    assert_eq!(repaired, expected);
}

/// Compares the title of the first repair of the first finding with that code.
#[track_caller]
fn first(scenario: &str, code: &str, title: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let path = root.join(format!("{scenario}.tb"));
    let checker = Checker::new().repairs(Repairs::Always);
    let report = checker.check_path(path);
    let findings = report.scenarios.iter().flat_map(|it| &it.findings);
    let mut found = findings.filter(|it| it.code == code).flat_map(patches);
    assert_eq!(found.next().map(|it| it.text.as_str()), Some(title));
}

#[test]
fn each_kind_of_edit_repairs_its_kind_of_bug() {
    first("race/lost_update", "R001", "let one lock guard `count`");
    first(
        "race/guarded_one_side",
        "R001",
        "hold `shelf` at each access of `stock`",
    );
    first(
        "race/event_too_early",
        "R001",
        "first `price = 9`, then `open.set()`",
    );
    first(
        "race/read_before_join",
        "R001",
        "join `worker` before what needs its result",
    );
    first(
        "deadlock/opposite_locks",
        "D001",
        "take `a` and `b` in one order everywhere; right only if `move_money` treats both alike",
    );
    first(
        "deadlock/philosophers",
        "D001",
        "take the `fork` with the smaller number first",
    );
    first(
        "deadlock/nested_monitor",
        "D001",
        "do not hold `office` while waiting",
    );
    first(
        "deadlock/never_closed",
        "D002",
        "let the last sender close `letters`",
    );
    first(
        "deadlock/self_lock",
        "D003",
        "take `till` once: `put_in` relies on its callers, who hold it",
    );
    first(
        "executors/pool_waits_for_itself",
        "D004",
        "give `office` 2 workers: enough for as many jobs as here",
    );
    first(
        "assert/wait_with_if",
        "A001",
        "wait in a loop: test the condition again after each wake-up",
    );
    first(
        "signal/lost_wakeup",
        "S001",
        "remember the signal in a variable, and test it before you wait on `bell`",
    );
    first("signal/flag_outside_lock", "W002", "notify inside `with m`");
    first(
        "signal/one_for_many",
        "D002",
        "wake up everybody: then the right one is among them",
    );
    first(
        "leak/forgotten_join",
        "K001",
        "keep the handle and join it at the end",
    );
    first(
        "leak/early_return",
        "K002",
        "use `with till`: it gives back however the block is left",
    );
    first(
        "leak/stopped_while_saving",
        "K006",
        "let `saver` finish: not a `daemon`",
    );
    first(
        "misuse/wait_without_lock",
        "M002",
        "test and wait inside one `with m`",
    );
    first(
        "processes/event_of_its_own",
        "D002",
        "let all processes use the same `ready`",
    );
    for (scenario, code, title) in [
        (
            "collections/lost_visit",
            "R001",
            "let one lock guard `visits`",
        ),
        ("collections/empty_pop", "K003", "let one lock guard `jobs`"),
        (
            "deadlock/bus",
            "D002",
            "make it one section under `stop`: nobody comes in between",
        ),
        (
            "deadlock/nested_read",
            "D001",
            "take `archive.read` once: `count_books` relies on its callers, who hold it",
        ),
        (
            "deadlock/upgrade",
            "D003",
            "take `page` for writing at once: who may write later is no reader",
        ),
        (
            "deadlock/task_not_done",
            "D002",
            "say `jobs.task_done()` for each item of `jobs`",
        ),
        (
            "deadlock/waits_for_three",
            "D002",
            "wait for 2: so many come",
        ),
        (
            "signal/event_auto_merged",
            "D002",
            "make `gate` a semaphore: it counts the signals, none is lost",
        ),
        (
            "signal/rings_too_early",
            "D002",
            "first `dish = true`, then `bell.notify()`",
        ),
        (
            "assert/roller_coaster",
            "A001",
            "wait for one more: `seated.acquire()`",
        ),
        (
            "assert/ticket_lock",
            "A001",
            "read and write in one step: `next.fetch_add(1)`",
        ),
        (
            "assert/spin_lock",
            "A001",
            "test and set in one step: `compare_exchange`",
        ),
        (
            "executors/failure_nobody_sees",
            "K003",
            "ask the future for its result, and write down if it failed",
        ),
        (
            "executors/first_is_not_fastest",
            "A003",
            "go through `tests` itself: it keeps the order",
        ),
        (
            "executors/cancelled_too_late",
            "A003",
            "look at the answer of `order.cancel()`: it may be no",
        ),
        (
            "misuse/close_twice",
            "M005",
            "let only the first do `orders.close()`: a `once`",
        ),
        (
            "misuse/joins_nobody",
            "M007",
            "`helper.join()` where `helper` is started",
        ),
        (
            "processes/nobody_sees_it_die",
            "K003",
            "catch it in `load` and write it down, so that others can look",
        ),
        (
            "tasks/exception_of_a_task",
            "K003",
            "await the task, and write down if it failed",
        ),
        (
            "warnings/spinning",
            "S003",
            "sleep until it is so: `wait_until(open)`",
        ),
        (
            "livelock/short_light",
            "S003",
            "leave out `lamp = false`, and sleep until it is so",
        ),
        (
            "arithmetic/lift_too_high",
            "O001",
            "test first whether it may still change: `if floor < 2`",
        ),
        (
            "livelock/corridor",
            "S004",
            "let only one of them do `side[i] = 1 - other`, and the others wait for it",
        ),
        (
            "livelock/after_you_flags",
            "S004",
            "let only one of them do `flag[i] = false`, and wait until the way is free",
        ),
        (
            "livelock/polite_philosophers",
            "S004",
            "take the `fork` with the smaller number first: no need to try",
        ),
        (
            "starvation/one_way_bridge",
            "S002",
            "let `south` say that it waits, and the others let it go first",
        ),
        (
            "deadlock/dekker",
            "D001",
            "look first, and do `wants[i] = true` in the same step",
        ),
        (
            "deadlock/building_h2o",
            "D001",
            "let only one at a time collect what it needs of `hydrogen`",
        ),
        (
            "properties/never_full",
            "A005",
            "hold `m` for each step, not from the first to the last",
        ),
        (
            "properties/forgotten_request",
            "A007",
            "wait for it, do not look once: `wait_until(asked)`",
        ),
        (
            "collections/results_in_order",
            "A003",
            "give each `worker` a place of its own: `results[job - 1] = job * 10`",
        ),
        (
            "livelock/hot_potato",
            "S004",
            "let nobody do `desk[1 - i].send(form)` twice in a row",
        ),
        (
            "arithmetic/doubled_twice",
            "O001",
            "test first whether the result still fits: `if score <= HIGHEST / 2`",
        ),
        (
            "deadlock/reusable_barrier",
            "D002",
            "make `gate` a `barrier`: it keeps one round apart from the next",
        ),
        (
            "processes/counter_stays_zero",
            "A003",
            "let all processes use the same `counter`, one step at a time; and let `outcomes` say \
             what is asserted",
        ),
        (
            "leak/job_keeps_the_stamp",
            "K002",
            "wait for it, and use `with stamp`: it gives back however the block is left",
        ),
        (
            "tutorials/s001_celery_model",
            "A001",
            "do it once, however often it comes: `if !charged.contains(job)`",
        ),
        (
            "warnings/never_reached",
            "W004",
            "leave out what no run reaches: `if stock < 0 { … }`",
        ),
        (
            "warnings/polling",
            "W006",
            "sleep until it can be done: `box.recv()`",
        ),
        (
            "warnings/thread_per_job",
            "W007",
            "let a pool of 2 workers do it: `pool.submit(answer)`",
        ),
        (
            "outcomes/two_lines_torn",
            "A004",
            "print what belongs together under one lock",
        ),
    ] {
        first(scenario, code, title);
    }
    first(
        "tasks/sleep_without_await",
        "S005",
        "give the loop back while waiting: `await`",
    );
}

/// What changes the claim says so, and `--fix` leaves it alone.
#[test]
fn a_changed_claim_is_marked() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let checker = Checker::new().repairs(Repairs::Always);
    let claims = |scenario: &str| {
        let report = checker.check_path(root.join(scenario));
        let helps = report.findings().flat_map(patches);
        helps
            .map(|it| (it.claim, it.text.contains("changes")))
            .collect::<Vec<_>>()
    };
    assert_eq!(claims("outcomes/two_senders.tb"), [(true, true)]);
    assert_eq!(claims("outcomes/both_see_nothing.tb"), [(true, true)]);
    let fair = claims("properties/passed_over.tb");
    assert!(fair.iter().all(|it| *it == (true, true)), "{fair:?}");
    assert_eq!(claims("warnings/cannot_fail.tb"), [(true, true)]);
    let called = claims("starvation/never_called.tb");
    assert!(called.iter().all(|it| *it == (true, true)), "{called:?}");
    assert_eq!(called.len(), 2);
    let race = claims("race/lost_update.tb");
    assert!(race.iter().all(|it| *it == (false, false)), "{race:?}");
}

/// Where no edit is shown, the report says that edits were tried, and how many.
#[test]
fn a_finding_without_a_patch_says_so() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let checker = Checker::new().repairs(Repairs::Always);
    let report = checker.check_path(root.join("executors/jobs_wait_for_each_other.tb"));
    let finding = report.findings().next().expect("two jobs wait");
    assert_eq!(patches(finding).count(), 0);
    let said = finding.facts.iter().find(|it| it.key == "no patch");
    let said = said.map(|it| it.text.as_str()).unwrap_or_default();
    assert!(said.ends_with("none was proved to repair this"), "{said}");
}

#[test]
fn what_cannot_break_is_called_vacuous() {
    let check = |property: &str| {
        let text = format!(
            "scenario \"pool\" {{ sem pool = 2 atomic inside = 0 thread t * 3 {{ with pool {{ \
             inside += 1 inside -= 1 }} }} always {property} }}"
        );
        let checker = Checker::new().repairs(Repairs::Always);
        let report = checker.check_str("pool.tb", text);
        let facts = &report.scenarios[0].not_vacuous;
        facts
            .iter()
            .map(|it| (it.key.clone(), it.text.clone()))
            .collect::<Vec<_>>()
    };
    let found = check("inside <= 2");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "not vacuous");
    assert!(
        found[0]
            .1
            .starts_with("with `sem pool = 3` `always inside <= 2` fails in")
    );
    let found = check("inside <= 9");
    assert_eq!(found[0].0, "vacuous?", "{found:?}");
}

#[test]
fn repairs_do_not_depend_on_the_number_of_workers() {
    let text = |workers| {
        let mut all = String::new();
        for report in repaired(&Checker::new().workers(workers)) {
            let mut report = report;
            report.stats.elapsed_ms = 0.0;
            let tool = threadbare::Report::new(Vec::new()).tool;
            all += &json::line(&tool, &report);
        }
        all
    };
    assert_eq!(text(1), text(2));
}

/// Compares the answer to `--why` with lines that it must hold.
#[track_caller]
fn why(text: &str, token: &str, question: &str, expected: &[&str]) {
    let source = Arc::new(Source::new("why.tb", text));
    let replayed = Checker::new()
        .why(question)
        .replay(&source, token)
        .expect("it can");
    let (headline, chain) = replayed.why.expect("it was asked");
    let lines = chain.iter().map(|it| format!("{}: {}", it.key, it.text));
    let lines: Vec<String> = std::iter::once(headline).chain(lines).collect();
    for line in expected {
        assert!(
            lines.iter().any(|it| it.starts_with(line)),
            "{line}\nnot in {lines:#?}"
        );
    }
}

#[test]
fn why_tells_the_chain_of_writes_and_what_is_missing() {
    let counter = "scenario \"s\" { var x = 0 thread t * 2 { x += 1 } }";
    why(
        counter,
        "0110",
        "x@4",
        &[
            "why `x` is 1 after step 4",
            "step 4: `t#1` writes 1 to `x`",
            "step 1: `t#1` had read `x`: 0",
            "step 3: between the two `t#2` wrote 1 to `x`",
            "beginning: `x` begins as 0",
            "missing: nothing orders step 1 (`t#1`, line 1) and step 3 (`t#2`, line 1)",
        ],
    );
    let sections = "scenario \"s\" { lock m var x = 0 thread t * 2 { let a = 0 with m { a = x } \
                    with m { x = a + 1 } } }";
    why(
        sections,
        "000111111000",
        "x",
        &["missing: step 2 (`t#1`, line 1) and step 11 (`t#1`, line 1) belong together"],
    );
    let locked = "scenario \"s\" { lock m var x = 0 thread t * 2 { with m { x += 1 } } }";
    why(
        locked,
        "00001111",
        "x",
        &["missing: nothing: the synchronisation orders"],
    );
}
