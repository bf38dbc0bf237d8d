//! One search with several workers, on layers so wide that steps are taken while states
//! are put in: the same states under the same numbers, the same facts, the same bytes,
//! wherever a limit ends it.

use threadbare::analysis::Facts;
use threadbare::base::Source;
use threadbare::checker::Checker;
use threadbare::explore::{Limits, MemoryBudget, search, shortest};
use threadbare::program::Program;
use threadbare::semantics::{Capacity, Machine};

/// Layers of up to 20,000 states, and a bug in the last one.
const WIDE: &str = "scenario \"wide\" {
    atomic sum = 0
    atomic x[5] = 0
    thread p(i in 0..5) { for n in 0..7 { x[i] = n }  sum += 1 }
    finally assert sum == 4
}";

fn program() -> Program {
    let source = Source::new("wide.tb", WIDE);
    let loaded = Checker::new().load(&source);
    let scenario = loaded.scenarios.into_iter().next();
    scenario
        .and_then(|it| it.program)
        .expect("the scenario is correct")
        .1
}

/// All that a search says, as text.
fn said(program: &Program, limits: &Limits, workers: usize) -> String {
    let machine = Machine::new(program, Capacity::initial(program));
    let mut facts = Facts::new(program);
    let found = search(&machine, limits, workers, &mut facts, &mut |_, _, _| {});
    let found = found.expect("there is room");
    let goals: Vec<_> = facts.hits.values().map(|it| it.goals.clone()).collect();
    let schedules = shortest(&found, &goals, limits.memory);
    let sizes = (found.n_states(), found.n_expanded(), found.n_steps());
    let ends = (found.n_terminal(), found.depth(), found.bytes());
    format!(
        "{sizes:?} {ends:?} {:?} {:?} {schedules:?} {:?} {:?}",
        found.bound(),
        found.may_run_for_ever(),
        facts.hits,
        facts.values
    )
}

#[track_caller]
fn check(limits: &Limits) {
    let program = program();
    let alone = said(&program, limits, 1);
    for workers in [2, 3, 5] {
        assert_eq!(said(&program, limits, workers), alone, "{workers} workers");
    }
}

#[test]
fn a_whole_search() {
    check(&Limits::default());
}

#[test]
fn a_search_that_ends_at_a_number_of_states() {
    for states in [20_000, 33_333, 44_444] {
        check(&Limits {
            states,
            ..Limits::default()
        });
    }
}

#[test]
fn a_search_that_ends_for_want_of_memory() {
    for megabytes in [1, 2] {
        check(&Limits {
            memory: MemoryBudget(megabytes << 20),
            ..Limits::default()
        });
    }
}

#[test]
fn a_search_that_ends_at_a_depth() {
    check(&Limits {
        depth: Some(25),
        ..Limits::default()
    });
}
