//! Changes of a scenario after which we know what must be found, without knowing
//! what was found before: no second implementation, so no mistake shared with it.
//!
//! More with `THREADBARE_METAMORPHIC_CASES=5000 cargo test --release --test
//! metamorphic`. Source of the idea: Chen, Cheung, Yiu, "Metamorphic testing: a new
//! approach for generating next test cases" (1998).

#[path = "oracle/mod.rs"]
mod explorer;
#[path = "metamorphic/text.rs"]
mod text;
#[path = "metamorphic/tiny.rs"]
mod tiny;

use explorer::engine;
use std::collections::BTreeSet;
use text::Text;
use threadbare::base::Source;
use threadbare::compile::compile;
use threadbare::generate::{Knobs, make, write};
use threadbare::program::Program;
use threadbare::syntax::parse;
use threadbare::syntax::resolve::resolve;

/// Actors, and statements of each, of the scenarios that are changed.
const KNOBS: Knobs = Knobs {
    threads: 2,
    acts: 5,
    loops: false,
};
/// The same of two that stand side by side.
const SMALL: Knobs = Knobs { acts: 3, ..KNOBS };
/// Scenarios of more states are passed over.
const STATES_MAX: usize = 1_500;

/// What was found, without places and without advice on style.
#[derive(PartialEq, Eq, Debug)]
struct Found {
    /// Codes of the findings, each as often as it was found.
    codes: Vec<&'static str>,
    /// The values of each `observe` and `outcomes`.
    outcomes: Vec<BTreeSet<Vec<i64>>>,
    n_states: usize,
    n_final: usize,
    /// Final states in which somebody waits.
    n_stuck: usize,
    /// Steps and switches of each finding's schedule.
    costs: Vec<(&'static str, usize, usize)>,
}

fn program(text: &str) -> Option<Program> {
    let source = Source::new("changed.tb", text);
    let (file, mistakes) = parse(&source);
    assert!(mistakes.is_empty(), "{text}\n{mistakes:?}");
    let resolution = resolve(&file, &source, &[]);
    let scenario = resolution.scenarios[0].scenario.as_ref()?;
    Some(compile(scenario).unwrap_or_else(|why| panic!("{text}\n{why:?}")))
}

/// What is found in a text; `None` if it is refused or too large.
fn found(text: &str) -> Option<Found> {
    let program = program(text)?;
    explorer::graph::explore(&program, STATES_MAX)?;
    let verdict = engine::check(&program, 1);
    let findings = verdict.findings.iter();
    let findings = findings.filter(|of| engine::as_fact(&program, of).is_some());
    let mut codes = Vec::new();
    let mut costs = Vec::new();
    for finding in findings {
        let code = finding.rule.code();
        codes.push(code);
        if let Some(schedule) = &finding.schedule {
            costs.push((code, schedule.0.len(), schedule.n_switches()));
        }
    }
    codes.sort_unstable();
    costs.sort_unstable();
    let outcomes = verdict.outcomes.iter();
    let outcomes = outcomes.map(|all| all.iter().map(|one| one.values.clone()).collect());
    Some(Found {
        codes,
        outcomes: outcomes.collect(),
        n_states: verdict.n_states,
        n_final: verdict.n_final,
        n_stuck: verdict.n_terminal - verdict.n_final,
        costs,
    })
}

fn cases() -> u64 {
    let cases = std::env::var("THREADBARE_METAMORPHIC_CASES").ok();
    cases.and_then(|cases| cases.parse().ok()).unwrap_or(150)
}

/// Changes random scenarios, and asks what is found before and after. A `change`
/// gives `None` for a scenario to which it does not apply.
#[track_caller]
fn relate(change: impl Fn(&Text, u64) -> Option<Text>, holds: impl Fn(&Found, &Found) -> bool) {
    let mut n = 0;
    for seed in 0..cases() {
        let before = write(&make(seed, KNOBS)).text;
        let Some(after) = change(&Text::new(&before), seed) else {
            continue;
        };
        let (Some(was), after) = (found(&before), after.to_string()) else {
            continue;
        };
        let Some(is) = found(&after) else {
            // Larger than the limit, perhaps; but not a mistake.
            assert!(program(&after).is_some(), "seed {seed}: refused\n{after}");
            continue;
        };
        n += 1;
        assert!(
            holds(&was, &is),
            "seed {seed}\n{before}\n{was:?}\n{after}\n{is:?}"
        );
    }
    println!("{n} scenarios");
    assert!(n * 25 > cases(), "it applies to many: {n}");
}

fn same(was: &Found, is: &Found) -> bool {
    was == is
}

/// Longer runs may be needed where there is more to do, or more states.
fn same_findings(was: &Found, is: &Found) -> bool {
    was.codes == is.codes && was.outcomes == is.outcomes
}

#[test]
fn names_do_not_matter() {
    relate(
        |text, _| Some(text.renamed(|name| format!("z{name}_"))),
        same,
    );
}

#[test]
fn the_order_of_declarations_does_not_matter() {
    relate(|text, seed| Some(text.shuffled(seed, false)), same);
}

#[test]
fn the_order_of_actors_does_not_matter() {
    // Tasks begin in the order in which they stand.
    let change = |text: &Text, seed| (!text.has_tasks()).then(|| text.shuffled(seed, true));
    relate(change, same);
}

#[test]
fn who_does_nothing_changes_nothing() {
    // The end of a main thread would cut it off.
    let change = |text: &Text, _| {
        (!text.mentions("main")).then(|| {
            text.declaring("lock never_used")
                .declaring("var never_read = 7")
                .with_actor(&["thread idle {", "    skip", "}"])
        })
    };
    relate(change, same_findings);
}

#[test]
fn work_on_locals_changes_nothing() {
    // It may be what a task does at its turn before it comes to its first step.
    let change =
        |text: &Text, _| (!text.has_tasks()).then(|| text.beginning_with("let own = 1 + 1"));
    relate(change, same);
}

#[test]
fn reading_an_atomic_for_nothing_changes_nothing() {
    let change = |text: &Text, _| {
        let text = text.declaring("atomic extra = 0");
        Some(text.beginning_with("let read = extra.load()"))
    };
    relate(change, same_findings);
}

#[test]
fn a_lock_less_loses_no_outcome_and_no_race() {
    let races = |found: &Found| found.codes.iter().filter(|&&code| code == "R001").count();
    relate(Text::without_a_lock, |was, is| {
        let more = was.outcomes.iter().zip(&is.outcomes);
        more.clone().all(|(was, is)| was.is_subset(is)) && races(was) <= races(is)
    });
}

/// Two scenarios side by side that share nothing.
#[test]
fn side_by_side_each_is_what_it_was() {
    // An execution that stops stops both.
    let stops = |found: &Found| {
        let stops = |code: &&str| code.starts_with(['A', 'O', 'M']);
        found.codes.iter().any(stops)
    };
    let mut n = 0;
    for seed in 0..12 * cases() {
        let [one, other] = [seed, seed + 1_000_000].map(|seed| {
            let text = Text::new(&write(&make(seed, SMALL)).text);
            text.without_transcripts()
        });
        let apart = [&one, &other].map(|text| {
            // These look at others: at who else has ended, at memory that is copied, at
            // who was not there to hear a signal.
            let outward = [
                "main", "daemon", "process", "task", "green", "cond", "event",
            ];
            if outward.iter().any(|word| text.mentions(word)) {
                return None;
            }
            found(&text.to_string()).filter(|found| found.n_states < 120 && !stops(found))
        });
        let [Some(first), Some(second)] = apart else {
            continue;
        };
        let both = one.beside(&other.renamed(|name| format!("{name}_too")));
        let program = program(&both.to_string()).expect("each was accepted");
        let verdict = engine::check(&program, 1);
        let case = format!("seed {seed}\n{both}\n{first:?}\n{second:?}");
        assert_eq!(verdict.n_states, first.n_states * second.n_states, "{case}");
        assert_eq!(verdict.n_final, first.n_final * second.n_final, "{case}");
        let all = |found: &Found| found.n_final + found.n_stuck;
        assert_eq!(verdict.n_terminal, all(&first) * all(&second), "{case}");
        n += 1;
        // What is left over at the end shows only where both come to an end.
        if first.n_final == 0 || second.n_final == 0 {
            continue;
        }
        let mut codes = [first.codes, second.codes].concat();
        codes.sort_unstable();
        let findings = verdict.findings.iter();
        let findings = findings.filter(|of| engine::as_fact(&program, of).is_some());
        let mut found: Vec<&str> = findings.map(|of| of.rule.code()).collect();
        found.sort_unstable();
        assert_eq!(found, codes, "{case}");
    }
    println!("{n} pairs");
    assert!(n * 10 > cases(), "many pairs are small enough: {n}");
}
