//! A glance never hides anything: the rules find the same facts when they look
//! at every state.

use std::path::Path;
use threadbare::analysis::Facts;
use threadbare::checker::{Checker, Input};
use threadbare::compile::compile;
use threadbare::explore::{Limits, Observer, Taken, Visit, search};
use threadbare::generate::{Knobs, make, write};
use threadbare::program::Program;
use threadbare::semantics::{Capacity, Machine, State};

/// States of a search, at most.
const STATES_MAX: u64 = 20_000;

/// Looks at every state.
struct Looking<'p>(Facts<'p>);

impl Observer for Looking<'_> {
    type View = ();
    type Memory = ();

    fn fork(&self) -> Self {
        Looking(self.0.fork())
    }

    fn merge(&mut self, piece: Self) {
        self.0.merge(piece.0);
    }

    fn view(&self, _: &Machine<'_>, _: &State, _: usize) {}

    fn visit(&mut self, visit: Visit<'_>) {
        self.0.visit(visit);
    }

    fn taken(&mut self, taken: Taken<'_>) {
        self.0.taken(taken);
    }

    fn executed(&mut self, executed: &[bool]) {
        self.0.executed(executed);
    }
}

/// Everything that a search shows, as text; ranges of values apart, which the
/// search knows by itself.
fn said(facts: &Facts<'_>) -> String {
    format!(
        "{:?}\n{:?}\n{:?}\n{:?}\n{:?} {} {} {:?}",
        facts.hits,
        facts.endings,
        facts.satisfied,
        facts.edges,
        facts.executed,
        facts.n_final,
        facts.n_stuck,
        facts.stuck,
    )
}

/// The facts of a search, its sizes, and the ranges of values.
fn explore<'p, O: Observer>(
    program: &'p Program,
    workers: usize,
    begin: impl Fn() -> O,
    facts: impl Fn(&O) -> &Facts<'p>,
) -> [String; 3] {
    let limits = Limits {
        states: STATES_MAX,
        ..Limits::default()
    };
    let mut capacity = Capacity::initial(program);
    loop {
        let machine = Machine::new(program, capacity);
        let mut observer = begin();
        match search(&machine, &limits, workers, &mut observer, &mut |_, _, _| {}) {
            Ok(found) => {
                let sizes = (found.n_states(), found.n_steps(), found.n_terminal());
                let more = (found.depth(), found.bytes(), found.bound());
                let facts = facts(&observer);
                return [
                    said(facts),
                    format!("{sizes:?} {more:?}"),
                    format!("{:?}", facts.values),
                ];
            }
            Err(more) => capacity = more,
        }
    }
}

#[track_caller]
fn check(program: &Program) {
    let glanced = explore(program, 1, || Facts::new(program), |facts| facts);
    let looked = explore(program, 1, || Looking(Facts::new(program)), |it| &it.0);
    assert_eq!(glanced[..2], looked[..2], "{}", program.name);
    let complete = glanced[1].ends_with("None)");
    if complete {
        assert_eq!(glanced[2], looked[2], "values of {}", program.name);
    }
    for workers in [2, 5] {
        let shared = explore(program, workers, || Facts::new(program), |facts| facts);
        assert_eq!(glanced, shared, "{} with {workers}", program.name);
    }
}

#[test]
fn looking_at_every_state_of_the_library_finds_no_more() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places = [folder.join("scenarios"), folder.join("benches/workloads")];
    let checker = Checker::new();
    for input in Input::collect(places) {
        let source = input.into_source().expect("the library can be read");
        for loaded in checker.load(&source).scenarios {
            if let Some((_, program)) = &loaded.program {
                check(program);
            }
        }
    }
}

#[test]
fn looking_at_every_state_of_random_scenarios_finds_no_more() {
    for seed in 0..300 {
        let knobs = Knobs {
            threads: 2 + usize::try_from(seed % 3).expect("a few"),
            acts: 3 + usize::try_from(seed % 10).expect("a few"),
            loops: seed % 2 == 0,
        };
        let written = write(&make(seed, knobs));
        if let Ok(program) = compile(&written.scenario) {
            check(&program);
        }
    }
}
