//! Random scenarios: the engine and the oracle say the same.
//!
//! A few hundred in every run. More with `THREADBARE_ORACLE_CASES=10000 cargo test
//! --release --test oracle`, others with `THREADBARE_ORACLE_SEED=7`. A case that
//! fails is cut down and printed with its seed.

#[path = "oracle/mod.rs"]
mod explorer;

use explorer::compare::{Outcome, compare};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use threadbare::base::Source;
use threadbare::compile::compile;
use threadbare::generate::{Knobs, Plan, Written, make, smaller, write};
use threadbare::program::disassemble;
use threadbare::syntax::parse;
use threadbare::syntax::resolve::resolve;

/// States of a scenario, at most; larger ones are passed over.
const STATES_MAX: usize = 1_500;
/// Plans that are tried while a failing case is cut down.
const TRIES_MAX: usize = 3_000;

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Checks what the text says and what the plan meant by it.
fn check(written: &Written) -> Outcome {
    let meant = match compile(&written.scenario) {
        Ok(program) => program,
        Err(errors) => return Outcome::Differ(format!("no code: {errors:?}")),
    };
    let source = Source::new("random.tb", &*written.text);
    let (file, mistakes) = parse(&source);
    if let Some(mistake) = mistakes.first() {
        return Outcome::Differ(format!("no syntax: {}", mistake.message));
    }
    let resolution = resolve(&file, &source, &[]);
    let Some(scenario) = &resolution.scenarios[0].scenario else {
        // A mistake that is certain, or that only an author would make.
        let mistakes = resolution.all_diagnostics();
        return match compare(&meant, STATES_MAX) {
            Outcome::Agree(_) => Outcome::Refused(mistakes[0].code),
            other => other,
        };
    };
    let read = compile(scenario).expect("what was meant could be lowered");
    let (listed, intended) = (disassemble(&read), disassemble(&meant));
    if listed != intended {
        return Outcome::Differ(format!("read as\n{listed}\nmeant as\n{intended}"));
    }
    compare(&read, STATES_MAX)
}

fn outcome(plan: &Plan) -> Outcome {
    let written = write(plan);
    let checked = catch_unwind(AssertUnwindSafe(|| check(&written)));
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

/// Puts the text of a place where its `<start:end>` stands.
fn with_places(how: &str, text: &str) -> String {
    let mut out = String::new();
    for part in how.split('<') {
        let place = part.split_once('>').and_then(|(range, rest)| {
            let (start, end) = range.split_once(':')?;
            let place = text.get(start.parse().ok()?..end.parse().ok()?)?;
            Some(format!("`{}`{rest}", place.lines().next()?))
        });
        out.push_str(place.as_deref().unwrap_or(part));
    }
    out
}

/// Sizes from small to large, one after the other.
fn knobs(loops: bool, case: u64) -> Knobs {
    let turn = |n| usize::try_from(case % n).expect("a few");
    Knobs {
        threads: 2 + turn(3),
        acts: 3 + turn(10),
        loops,
    }
}

fn run(loops: bool, share: u64, few: u64) {
    let seed = from_environment("THREADBARE_ORACLE_SEED").unwrap_or(share * 1_000_000_007);
    let cases = from_environment("THREADBARE_ORACLE_CASES").unwrap_or(few);
    let (mut agreed, mut facts, mut too_large) = (0, 0, 0);
    let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
    for case in 0..cases {
        let seed = seed.wrapping_add(case);
        let knobs = knobs(loops, seed);
        let plan = make(seed, knobs);
        match outcome(&plan) {
            Outcome::Agree(n) => {
                agreed += 1;
                facts += n;
            }
            Outcome::TooLarge => too_large += 1,
            Outcome::Refused(code) => *refused.entry(code).or_default() += 1,
            Outcome::Differ(how) => {
                let (plan, how) = cut_down(plan, how);
                let text = write(&plan).text;
                let how = with_places(&how, &text);
                if from_environment("THREADBARE_ORACLE_GO_ON").is_none() {
                    panic!("seed {seed} ({knobs:?}):\n{text}\n{how}");
                }
                println!("seed {seed} ({knobs:?}):\n{text}\n{how}\n");
            }
        }
    }
    println!(
        "seed {seed}: {agreed} scenarios agree on {facts} facts, {too_large} too large, \
         refused: {refused:?}"
    );
    assert!(
        agreed * 2 > cases,
        "most scenarios are small enough to compare"
    );
}

#[test]
fn random_scenarios_agree() {
    run(false, 1, 300);
}

#[test]
fn random_scenarios_with_loops_agree() {
    run(true, 2, 300);
}
