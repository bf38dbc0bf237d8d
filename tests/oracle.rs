//! Random scenarios: the engine and the oracle say the same.
//!
//! A few hundred in every run. More with `THREADBARE_ORACLE_CASES=10000 cargo test
//! --release --test oracle`, others with `THREADBARE_ORACLE_SEED=7`. A case that
//! fails is cut down and printed with its seed.

#[path = "oracle/mod.rs"]
mod explorer;

use explorer::compare::{Outcome, compare};
use std::panic::{AssertUnwindSafe, catch_unwind};
use threadbare::generate::{Knobs, Plan, make, smaller, write};

/// States of a scenario, at most; larger ones are passed over.
const STATES_MAX: usize = 1_500;
/// Plans that are tried while a failing case is cut down.
const TRIES_MAX: usize = 3_000;

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn outcome(plan: &Plan) -> Outcome {
    let written = write(plan);
    let checked = catch_unwind(AssertUnwindSafe(|| {
        match threadbare::compile::compile(&written.scenario) {
            Ok(program) => compare(&program, STATES_MAX),
            Err(errors) => Outcome::Differ(format!("it is not accepted: {errors:?}")),
        }
    }));
    checked.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Outcome::Differ(format!("panic: {}", text.unwrap_or_default()))
    })
}

/// The kind of a difference, so that cutting down does not wander to another.
fn kind(how: &str) -> String {
    let words = how.split(|c: char| !c.is_alphabetic());
    words
        .filter(|word| word.len() > 3)
        .take(4)
        .collect::<Vec<_>>()
        .join(" ")
}

fn cut_down(plan: Plan, how: String) -> (Plan, String) {
    let (mut plan, mut how) = (plan, how);
    let wanted = kind(&how);
    let mut tries = 0;
    'again: loop {
        for less in smaller(&plan) {
            tries += 1;
            if tries > TRIES_MAX {
                return (plan, how);
            }
            if let Outcome::Differ(still) = outcome(&less)
                && kind(&still) == wanted
            {
                (plan, how) = (less, still);
                continue 'again;
            }
        }
        return (plan, how);
    }
}

fn run(knobs: Knobs, share: u64, few: u64) {
    let seed = from_environment("THREADBARE_ORACLE_SEED").unwrap_or(share * 1_000_000_007);
    let cases = from_environment("THREADBARE_ORACLE_CASES").unwrap_or(few);
    let (mut agreed, mut facts, mut too_large) = (0, 0, 0);
    for case in 0..cases {
        let seed = seed.wrapping_add(case);
        let plan = make(seed, knobs);
        match outcome(&plan) {
            Outcome::Agree(n) => {
                agreed += 1;
                facts += n;
            }
            Outcome::TooLarge => too_large += 1,
            Outcome::Differ(how) => {
                let (plan, how) = cut_down(plan, how);
                let text = write(&plan).text;
                panic!("seed {seed} ({knobs:?}):\n{text}\n{how}");
            }
        }
    }
    println!("seed {seed}: {agreed} scenarios agree on {facts} facts, {too_large} too large");
    assert!(
        agreed * 2 > cases,
        "most scenarios are small enough to compare"
    );
}

#[test]
fn random_scenarios_agree() {
    run(Knobs::default(), 1, 250);
}

#[test]
fn random_scenarios_with_loops_agree() {
    let knobs = Knobs {
        loops: true,
        acts: 4,
        ..Knobs::default()
    };
    run(knobs, 2, 250);
}
