//! The end of an actor: where it stays part of the last step nobody could tell.
//!
//! Every random scenario is checked twice: with the ends that its program can
//! observe as steps of their own, and with all of them. Both find the same, and
//! both have the same outcomes.

#![allow(
    dead_code,
    reason = "of the oracle only its words for findings are used"
)]

#[path = "oracle/mod.rs"]
mod explorer;

use explorer::engine::{as_fact, check};
use explorer::facts::Fact;
use explorer::graph::explore;
use std::collections::BTreeSet;
use threadbare::compile::{Ends, compile_with};
use threadbare::generate::{Knobs, make, write};
use threadbare::program::{Instr, Program};

/// States of a scenario, at most.
const STATES_MAX: usize = 2_500;

type Found = (BTreeSet<Fact>, Vec<BTreeSet<Vec<i64>>>);

fn found(program: &Program) -> Found {
    let verdict = check(program, 1);
    let facts = verdict.findings.iter();
    let facts = facts.filter_map(|it| as_fact(program, it)).collect();
    let outcomes = verdict.outcomes.iter();
    let values = outcomes.map(|of| of.iter().map(|it| it.values.clone()).collect());
    (facts, values.collect())
}

fn n_ends(program: &Program) -> usize {
    let ends = |instr: &&Instr| matches!(instr, Instr::End);
    program.code.iter().filter(ends).count()
}

#[test]
fn ends_that_nobody_observes_need_no_step() {
    let cases = std::env::var("THREADBARE_ORACLE_CASES").ok();
    let cases = cases.and_then(|it| it.parse().ok()).unwrap_or(200);
    let (mut compared, mut differed) = (0_u64, 0_u64);
    for seed in 0..cases {
        let knobs = Knobs {
            threads: 2 + usize::try_from(seed % 2).expect("a few"),
            acts: 3 + usize::try_from(seed % 7).expect("a few"),
            loops: seed % 3 == 0,
        };
        let written = write(&make(seed + 77_000_000, knobs));
        let compiled = |ends| compile_with(&written.scenario, ends).expect("it was written");
        let (few, all) = (compiled(Ends::Observed), compiled(Ends::All));
        if explore(&all, STATES_MAX).is_none() {
            continue;
        }
        compared += 1;
        differed += u64::from(n_ends(&few) < n_ends(&all));
        assert_eq!(found(&few), found(&all), "seed {seed}:\n{}", written.text);
    }
    assert!(compared * 2 > cases, "most scenarios are small enough");
    assert!(
        differed * 4 > compared,
        "many have ends that nobody observes"
    );
}
