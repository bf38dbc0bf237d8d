//! Random scenarios: shuttle's exhaustive scheduler where it is exact, loom where
//! it is.
//!
//! Some hundreds in every run. More with `THREADBARE_WITNESS_CASES=10000 cargo test
//! --release --test witnesses random`, others with `THREADBARE_WITNESS_SEED=7`.

use std::collections::BTreeMap;
use std::time::Duration;
use threadbare::bridge::{Bounds, Engine, Unfinished, refusal, run};
use threadbare::checker::witness::{compare, ours};
use threadbare::compile::compile;
use threadbare::explore::Limits;
use threadbare::generate::{Knobs, make, write};
use threadbare::program::Program;

/// Executions of an engine for one scenario.
const EXECUTIONS_MAX: u64 = 3_000;

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn bounds() -> Bounds {
    Bounds {
        executions: EXECUTIONS_MAX,
        steps: 300,
        time: Duration::from_secs(20),
        memory: 1 << 30,
    }
}

/// How a scenario fared.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Fate {
    AgreedOnAll,
    AgreedAsFarAsItCame,
    FailedAsWeDo,
    Refused(String),
    TooLarge,
}

fn fate(engine: Engine, program: &Program) -> Result<Fate, String> {
    if let Some(refusal) = refusal(engine, program) {
        return Ok(Fate::Refused(refusal.what));
    }
    let limits = Limits {
        states: 20_000,
        ..Limits::default()
    };
    let ours = ours(program, &limits, 1);
    if ours.bound.is_some() {
        return Ok(Fate::TooLarge);
    }
    let sight = run(engine, program, bounds()).expect("the tests are built with witnesses");
    let differences = compare(program, engine, &sight, &ours).differences;
    crate::leads_where_exact(engine, program, &sight, &ours)
        .map_err(|wrong| format!("led: {wrong}"))?;
    if let Some(first) = differences.first() {
        return Err(format!("{first:?}\n{:?}", sight.unfinished));
    }
    Ok(match sight.unfinished {
        None => Fate::AgreedOnAll,
        Some(Unfinished::Failure) => Fate::FailedAsWeDo,
        Some(Unfinished::Refused(what)) => Fate::Refused(what),
        Some(_) => Fate::AgreedAsFarAsItCame,
    })
}

fn random(engine: Engine, few: u64) {
    crate::quiet();
    let seed = from_environment("THREADBARE_WITNESS_SEED").unwrap_or(5_000_000);
    let cases = from_environment("THREADBARE_WITNESS_CASES").unwrap_or(few);
    let mut fates: BTreeMap<Fate, u64> = BTreeMap::new();
    let mut wrong = Vec::new();
    let (mut counted, mut at) = (0, seed);
    while counted < cases {
        let knobs = Knobs {
            threads: 2,
            acts: 2 + usize::try_from(at % 4).expect("small"),
            loops: false,
        };
        let written = write(&make(at, knobs));
        let program = compile(&written.scenario).expect("a plan can be compiled");
        match fate(engine, &program) {
            Ok(fate) => {
                counted += u64::from(!matches!(fate, Fate::Refused(_) | Fate::TooLarge));
                *fates.entry(fate).or_default() += 1;
            }
            Err(how) => wrong.push(format!("seed {at}\n{}\n{how}", written.text)),
        }
        at += 1;
        if wrong.len() >= 3 {
            break;
        }
    }
    println!("{}: {fates:#?}\n{}", engine.name(), wrong.join("\n\n"));
    assert!(wrong.is_empty());
}

#[test]
fn shuttle_agrees_on_random_scenarios() {
    random(Engine::Shuttle, 200);
}

#[test]
fn loom_agrees_on_random_scenarios() {
    random(Engine::Loom, 200);
}
