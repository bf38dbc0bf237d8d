//! `memory gil`: the same verdicts, and for each finding whether CPython's lock
//! prevents it. The cases are those that were measured on 3.10 to 3.13.

use std::collections::BTreeSet;
use threadbare::Scenario;
use threadbare::analysis::{Facts, Key, diagnose};
use threadbare::checker::{Checker, MemoryModel};
use threadbare::compile::compile;
use threadbare::explore::{Limits, search};
use threadbare::generate::{Knobs, make, write};
use threadbare::program::Program;
use threadbare::report::Status;
use threadbare::semantics::{Capacity, Machine};

/// Two threads that run `body`, after `before`: is the lost update found with the
/// lock, too?
#[track_caller]
fn check(before: &str, body: &str, with_the_lock: bool) {
    let text = format!(
        "scenario \"s\" {{ memory gil var c = 0 {before} thread w * 2 {{ {body} }}
         finally assert c == 2 }}"
    );
    let report = Scenario::from_text(text).check();
    let finding = report.finding("finally").expect("an update is lost");
    let mut facts = finding.facts.iter();
    let fact = facts.find(|fact| fact.key == "CPython").expect("a label");
    assert_eq!(fact.text.starts_with("can happen"), with_the_lock);
    assert_eq!(fact.text.starts_with("cannot happen"), !with_the_lock);
}

#[test]
fn updates_in_one_go_are_not_lost() {
    check("", "c += 1", false);
    check("", "let t = c c = t + 1", false);
    check("", "if c >= 0 { c = c + 1 }", false);
    check("", "for i in 0..1 { c += 1 }", false);
}

#[test]
fn a_call_in_the_middle_lets_others_in() {
    check("fn f(n) { return n + 1 }", "c = f(c)", true);
    check("fn f() { return 1 }", "let t = c c = t + f()", true);
    check("", "let t = c print t c = t + 1", true);
    check("lock m", "let t = c with m { } c = t + 1", true);
}

#[test]
fn a_loop_in_the_middle_lets_others_in() {
    check("", "let t = c for i in 0..2 { } c = t + 1", true);
    check("", "let t = c for i in 0..2 { c = t + 1 }", true);
}

#[test]
fn without_the_line_nothing_is_said() {
    let text = "scenario \"s\" { var c = 0 thread w * 2 { c += 1 } }";
    let report = Scenario::from_text(text).check();
    let mut facts = report.findings().flat_map(|finding| &finding.facts);
    assert!(facts.all(|fact| fact.key != "CPython"));
}

#[test]
fn what_is_found_is_the_same() {
    let findings = |memory: &str| {
        let text = format!(
            "scenario \"s\" {{ {memory} var c = 0 lock a lock b
             thread w {{ c += 1 with a {{ with b {{ }} }} }}
             thread v {{ c += 1 with b {{ with a {{ }} }} }} }}"
        );
        let report = Scenario::from_text(text).check();
        let messages = report.findings().map(|finding| finding.message.clone());
        messages.collect::<Vec<_>>()
    };
    assert_eq!(findings(""), findings("memory gil"));
}

#[test]
fn a_deadlock_happens_with_the_lock_as_well_and_a_run_shows_it() {
    let report = Scenario::from_text(
        "scenario \"s\" { memory gil lock a lock b
         thread w { with a { with b { } } }
         thread v { with b { with a { } } } }",
    )
    .check();
    let finding = report.finding("deadlock").expect("a circle");
    let fact = |key: &str| finding.facts.iter().find(|fact| fact.key == key);
    assert!(
        fact("CPython")
            .expect("a label")
            .text
            .starts_with("can happen")
    );
    let shown = &fact("with the lock").expect("a run").text;
    assert_eq!(shown, "the run shown is one that the lock allows");
}

#[test]
fn where_the_shortest_run_needs_another_switch_a_second_one_is_named() {
    let report = Scenario::from_text(
        "scenario \"s\" { memory gil var c = 0 fn f(n) { return n + 1 }
         thread w * 2 { if c == 0 { c = 0 } c = f(c) }
         finally assert c == 2 }",
    )
    .check();
    let finding = report.finding("finally").expect("a lost update");
    let mut facts = finding.facts.iter();
    let fact = facts
        .find(|fact| fact.key == "with the lock")
        .expect("a run");
    let token = fact.text.rsplit(' ').next().expect("a token");
    let shown = finding.schedule.as_ref().expect("a schedule");
    if token.contains('-') {
        assert_ne!(token, shown.token);
    }
}

#[test]
fn the_option_asks_it_of_any_scenario_and_changes_no_verdict() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let statuses = |memory| -> Vec<(String, Status, usize)> {
        let report = Checker::new().memory(memory).check_path(&folder);
        let scenarios = report.scenarios.into_iter();
        scenarios
            .map(|it| (it.name, it.status, it.findings.len()))
            .collect()
    };
    assert_eq!(statuses(MemoryModel::Sc), statuses(MemoryModel::Gil));
}

/// What is found of a program, and its outcomes, with the lock or without.
fn found(program: &Program, gil: bool) -> (BTreeSet<Key>, BTreeSet<(usize, Vec<i64>)>) {
    let mut capacity = Capacity {
        gil,
        ..Capacity::initial(program)
    };
    loop {
        let machine = Machine::new(program, capacity);
        let mut facts = match gil {
            true => Facts::under_lock(program),
            false => Facts::new(program),
        };
        let limits = Limits::default();
        match search(&machine, &limits, 1, &mut facts, &mut |_, _, _| {}) {
            Err(more) => capacity = more,
            Ok(search) => {
                let diagnosis = diagnose(program, &search, limits.memory, &mut facts);
                let keys = diagnosis.findings.into_iter().filter_map(|it| it.key);
                // A lost update is not told beside a race; an early end not beside a late one.
                let keys = keys.filter_map(|key| match key {
                    Key::LostUpdate(..) => None,
                    Key::Leak(span, _) => Some(Key::Leak(span, true)),
                    key => Some(key),
                });
                let outcomes = diagnosis.outcomes.iter().enumerate();
                let outcomes = outcomes
                    .flat_map(|(index, of)| of.iter().map(move |it| (index, it.values.clone())));
                return (keys.collect(), outcomes.collect());
            }
        }
    }
}

#[test]
fn what_happens_with_the_lock_happens_without() {
    for seed in 0..120 {
        let knobs = Knobs {
            threads: 2,
            acts: 3 + usize::try_from(seed % 6).expect("a few"),
            loops: false,
        };
        let written = write(&make(seed + 31_000_000, knobs));
        let program = compile(&written.scenario).expect("it was written");
        let (with, without) = (found(&program, true), found(&program, false));
        let more: Vec<_> = with.0.difference(&without.0).collect();
        assert!(more.is_empty(), "seed {seed}: {more:?}\n{}", written.text);
        assert!(
            with.1.is_subset(&without.1),
            "seed {seed}\n{}",
            written.text
        );
    }
}
