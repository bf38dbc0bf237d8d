//! The search of all states and the reduced one, on one program.

use std::collections::BTreeMap;
use threadbare::analysis::{Facts, looks_at_hidden};
use threadbare::base::Source;
use threadbare::checker::Checker;
use threadbare::explore::{Limits, Reduction, Search, search, search_reduced};
use threadbare::program::Program;
use threadbare::semantics::{Capacity, Machine};

/// States of a search, at most.
const STATES_MAX: u64 = 20_000;

fn limits() -> Limits {
    Limits {
        states: STATES_MAX,
        ..Limits::default()
    }
}

/// What must be the same, as text by name.
type Said = BTreeMap<&'static str, String>;

fn said(found: &Search<'_>, facts: &Facts<'_>) -> Said {
    let endings: Vec<_> = facts
        .endings
        .iter()
        .map(|(key, ending)| (key, ending.n_states))
        .collect();
    let keys: Vec<_> = facts.hits.keys().collect();
    let edges: Vec<_> = facts.edges.iter().collect();
    BTreeMap::from([
        ("findings", format!("{keys:?}")),
        ("endings", format!("{endings:?}")),
        (
            "satisfied",
            format!("{:?}", facts.satisfied.keys().collect::<Vec<_>>()),
        ),
        ("lock orders", format!("{edges:?}")),
        ("executed", format!("{:?}", facts.executed)),
        ("values", format!("{:?}", facts.values)),
        (
            "ends",
            format!("{} {} {}", facts.n_final, facts.n_stuck, found.n_terminal()),
        ),
    ])
}

/// What came of a comparison.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// States of the search of all, and of the reduced one.
    Same(u32, u32),
    Differ(String),
    /// It is not reduced, or goes round in circles.
    Not(&'static str),
}

/// Searches a program both ways, with the same room, and compares all that is shown.
pub fn compare(program: &Program) -> Outcome {
    if let Some(why) = looks_at_hidden(program) {
        return Outcome::Not(why);
    }
    let reduction = match Reduction::of(program) {
        Ok(reduction) => reduction,
        Err(off) => return Outcome::Not(off.why()),
    };
    let mut capacity = Capacity::initial(program);
    loop {
        let machine = Machine::new(program, capacity);
        match compare_within(program, &machine, &reduction) {
            Ok(outcome) => return outcome,
            Err(more) => capacity = more,
        }
    }
}

fn compare_within<'p>(
    program: &'p Program,
    machine: &Machine<'p>,
    reduction: &Reduction<'p>,
) -> Result<Outcome, Capacity> {
    let limits = limits();
    let mut of_all = Facts::new(program);
    let all = search(machine, &limits, 1, &mut of_all, &mut |_, _, _| {})?;
    if !all.is_complete() {
        return Ok(Outcome::Not("too large"));
    }
    let mut of_few = Facts::new(program);
    let few = search_reduced(
        machine,
        reduction,
        &limits,
        1,
        &mut of_few,
        &mut |_, _, _| {},
    )?;
    let circle = |search: &Search<'_>| search.has_circle(limits.memory).expect("there is room");
    if !few.is_complete() {
        return Ok(Outcome::Differ("the reduced search is larger".to_owned()));
    }
    match (circle(&all), circle(&few)) {
        (true, true) => return Ok(Outcome::Not("runs can go on for ever")),
        (false, false) => {}
        (one, other) => return Ok(Outcome::Differ(format!("circles: {one} {other}"))),
    }
    threadbare::analysis::note_at_rest(&all, &mut of_all);
    threadbare::analysis::note_at_rest(&few, &mut of_few);
    if let Some(why) = threadbare::analysis::shows_too_little(&of_few) {
        return Ok(Outcome::Not(why));
    }
    let (one, other) = (said(&all, &of_all), said(&few, &of_few));
    for (name, all) in &one {
        if *all != other[name] {
            let few = &other[name];
            return Ok(Outcome::Differ(format!("{name}:\nall {all}\nfew {few}")));
        }
    }
    for workers in [2, 3] {
        let mut again = Facts::new(program);
        let same = search_reduced(
            machine,
            reduction,
            &limits,
            workers,
            &mut again,
            &mut |_, _, _| {},
        )?;
        threadbare::analysis::note_at_rest(&same, &mut again);
        if said(&same, &again) != other || same.n_states() != few.n_states() {
            return Ok(Outcome::Differ(format!("{workers} workers")));
        }
    }
    Ok(Outcome::Same(all.n_states(), few.n_states()))
}

/// The programs of a text without mistakes.
#[track_caller]
pub fn programs(text: &str) -> Vec<Program> {
    let source = Source::new("test.tb", text);
    let loaded = Checker::new().load(&source);
    let programs = loaded.scenarios.into_iter().map(|scenario| {
        let mistakes = &scenario.diagnostics;
        let (_, program) = scenario.program.unwrap_or_else(|| panic!("{mistakes:?}"));
        program
    });
    programs.collect()
}
