//! Small scenarios as text, and what the engine says of them.

use super::engine;
use threadbare::base::Source;
use threadbare::compile::compile;
use threadbare::program::Program;
use threadbare::syntax::parse;
use threadbare::syntax::resolve::resolve;

/// What the engine says of a small scenario.
pub struct Seen {
    pub states: usize,
    /// States in which nothing can be done and somebody waits.
    pub stuck: usize,
    /// Codes of the findings, in order, each as often as it was found; without
    /// advice on style.
    pub codes: String,
    /// The values of the first `observe`.
    pub outcomes: Vec<Vec<i64>>,
    /// Steps and switches of each finding's schedule.
    pub costs: Vec<(usize, usize)>,
    pub may_run_for_ever: bool,
}

/// The program of a scenario, given without its first and last line.
pub fn program(body: &str) -> Program {
    let text = format!("scenario \"small\" {{ {body} }}");
    let source = Source::new("small.tb", text);
    let (file, mistakes) = parse(&source);
    assert!(mistakes.is_empty(), "{mistakes:?}");
    let resolution = resolve(&file, &source, &[]);
    let mistakes = resolution.all_diagnostics();
    let scenario = resolution.scenarios[0].scenario.as_ref();
    let scenario = scenario.unwrap_or_else(|| panic!("{mistakes:?}"));
    compile(scenario).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

/// What the engine finds in a program.
pub fn seen(program: &Program) -> Seen {
    let verdict = engine::check(program, 1);
    let mut outcomes: Vec<Vec<i64>> = verdict
        .outcomes
        .first()
        .map(|all| all.iter().map(|one| one.values.clone()).collect())
        .unwrap_or_default();
    outcomes.sort();
    let codes = verdict.findings.iter().map(|of| of.rule.code());
    let codes: Vec<&str> = codes.filter(|code| !code.starts_with('W')).collect();
    let schedules = verdict
        .findings
        .iter()
        .filter_map(|of| of.schedule.as_ref());
    Seen {
        may_run_for_ever: verdict.may_run_for_ever,
        states: verdict.n_states,
        stuck: verdict.n_terminal - verdict.n_final,
        codes: codes.join(" "),
        outcomes,
        costs: schedules
            .map(|schedule| (schedule.0.len(), schedule.n_switches()))
            .collect(),
    }
}

/// Checks the numbers of states and of stuck states, and the codes.
#[track_caller]
pub fn expect(body: &str, states: usize, stuck: usize, codes: &str) -> Seen {
    let seen = seen(&program(body));
    let got = (seen.states, seen.stuck, &*seen.codes);
    assert_eq!(got, (states, stuck, codes));
    seen
}
