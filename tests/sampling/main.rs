//! Random modes and the search by switches, compared with the full search on
//! random programs, and with a search by switches that stores nothing.

mod executions;

use std::collections::{BTreeMap, BTreeSet};
use threadbare::analysis::{self, Diagnosis, Evidence, Facts, Key};
use threadbare::checker::{Checker, Sampling, Strategy};
use threadbare::compile::compile;
use threadbare::explore::{Limits, Observer, Taken, Visit, search};
use threadbare::generate::{Knobs, make, write};
use threadbare::program::Program;
use threadbare::report::{Report, Status, Verdict, json};
use threadbare::semantics::{Capacity, Chooser, Machine, State, Stop};
use threadbare::trace::{Action, Schedule, replay};

const STRATEGIES: [Strategy; 4] = [
    Strategy::Uniform,
    Strategy::Pct { depth: 3 },
    Strategy::Pos,
    Strategy::Surw,
];

/// What an execution can show by itself, and its schedule.
type Shown = BTreeMap<String, Schedule>;

fn shown(diagnosis: &Diagnosis) -> Shown {
    let mut shown = Shown::new();
    for finding in &diagnosis.findings {
        let Some(schedule) = finding.schedule.clone() else {
            continue;
        };
        let by_many = finding.evidence.lasso().is_some();
        if !by_many {
            let what = match &finding.evidence {
                Evidence::UnexpectedOutcome(index, values) => format!("{index} {values:?}"),
                _ => format!("{:?}", finding.key),
            };
            shown.insert(format!("{} {what}", finding.rule.code()), schedule);
        }
    }
    shown
}

/// Runs `work` with a machine that has room enough.
fn with_room<T>(program: &Program, work: impl Fn(&Machine<'_>) -> Result<T, Capacity>) -> T {
    let mut capacity = Capacity::initial(program);
    loop {
        match work(&Machine::new(program, capacity)) {
            Ok(done) => return done,
            Err(more) => capacity = more,
        }
    }
}

/// States that a random program may have.
const STATES_MAX: u64 = 3_000;

/// What the full search shows; `None` if the program is too large.
fn all(program: &Program) -> Option<Diagnosis> {
    let limits = Limits {
        states: STATES_MAX,
        ..Limits::default()
    };
    let mut capacity = Capacity::initial(program);
    loop {
        let machine = Machine::new(program, capacity);
        let mut facts = Facts::new(program);
        match search(&machine, &limits, 1, &mut facts, &mut |_, _, _| {}) {
            Err(more) => capacity = more,
            Ok(search) if search.bound().is_some() => return None,
            Ok(search) => {
                let memory = limits.memory;
                return Some(analysis::diagnose(program, &search, memory, &mut facts));
            }
        }
    }
}

fn few_switches(program: &Program, most: u32) -> analysis::Switched {
    let limits = Limits::default();
    let mut capacity = Capacity::initial(program);
    loop {
        let machine = Machine::new(program, capacity);
        let mut facts = Facts::new(program);
        match analysis::with_few_switches(&machine, most, &limits, &mut facts) {
            Ok(switched) => return switched,
            Err(more) => capacity = more,
        }
    }
}

fn sampled(program: &Program, sampling: Sampling) -> analysis::Sampled {
    let limits = Limits {
        depth: Some(500),
        ..Limits::default()
    };
    let mut capacity = Capacity::initial(program);
    loop {
        let machine = Machine::new(program, capacity);
        let mut facts = Facts::new(program);
        match analysis::sampled(&machine, sampling, &limits, &mut facts, &|_| true) {
            Ok(sampled) => return sampled,
            Err(more) => capacity = more,
        }
    }
}

/// Random programs that are small enough, with what the full search shows.
fn programs(loops: bool, cases: u64) -> Vec<(u64, Program, Diagnosis)> {
    let mut found = Vec::new();
    for case in 0..cases {
        let knobs = Knobs {
            threads: 2 + usize::try_from(case % 2).expect("one or none"),
            acts: 3 + usize::try_from(case % 6).expect("a few"),
            loops,
        };
        let written = write(&make(case, knobs));
        let Ok(program) = compile(&written.scenario) else {
            continue;
        };
        if let Some(diagnosis) = all(&program) {
            found.push((case, program, diagnosis));
        }
    }
    assert!(found.len() > usize::try_from(cases / 4).expect("few"));
    found
}

fn names(shown: &Shown) -> BTreeSet<&str> {
    shown.keys().map(String::as_str).collect()
}

#[test]
fn with_many_switches_the_search_by_switches_finds_what_the_full_one_finds() {
    let mut n_compared = 0;
    for (case, program, diagnosis) in programs(false, 300) {
        let switched = few_switches(&program, 1_000);
        assert!(switched.has_seen_all, "case {case}");
        let (full, few) = (shown(&diagnosis), shown(&switched.diagnosis));
        if diagnosis.may_run_for_ever {
            // Even without a loop: a condition can wake for nothing, again and again.
            continue;
        }
        n_compared += 1;
        assert_eq!(names(&full), names(&few), "case {case}");
        let ends = |diagnosis: &Diagnosis| -> Vec<(Vec<i64>, u64)> {
            let all = diagnosis.outcomes.iter().flatten();
            all.map(|it| (it.values.clone(), it.n_states)).collect()
        };
        assert_eq!(ends(&diagnosis), ends(&switched.diagnosis), "case {case}");
    }
    assert!(n_compared > 80, "{n_compared}");
}

#[test]
fn with_loops_only_what_needs_all_runs_is_missing() {
    for (case, program, diagnosis) in programs(true, 200) {
        let switched = few_switches(&program, 1_000);
        assert!(switched.has_seen_all, "case {case}");
        let (full, few) = (shown(&diagnosis), shown(&switched.diagnosis));
        assert!(names(&few).is_subset(&names(&full)), "case {case}");
        for missing in names(&full).difference(&names(&few)) {
            // Blocked for ever, while others go round for ever.
            let blocked = ["D001", "D002", "D003", "D004", "S001"];
            assert!(blocked.contains(&&missing[..4]), "case {case}: {missing}");
        }
    }
}

/// Steps of a run; longer ones make a program too large to run all.
const DEPTH_MAX: u32 = 100;

/// What runs with at most so many preemptions show, by running them all.
struct Plain<'m, 'p> {
    machine: &'m Machine<'p>,
    facts: Facts<'p>,
    steps: Vec<Action>,
    /// Runs left.
    fuel: u32,
}

impl Plain<'_, '_> {
    fn run(&mut self, state: &State, last: Option<usize>, left: u32) -> Result<(), Capacity> {
        let machine = self.machine;
        let enabled: Vec<usize> = machine.enabled(state).collect();
        let depth = u32::try_from(self.steps.len()).expect("a short run");
        self.fuel = self.fuel.saturating_sub(1);
        if depth > DEPTH_MAX {
            self.fuel = 0;
        }
        self.facts.visit(Visit {
            machine,
            id: 0,
            along: None,
            depth,
            state,
            enabled: &enabled,
            stands_for: 1,
        });
        if self.fuel == 0 {
            return Ok(());
        }
        for &actor in &enabled {
            let preempts = last.is_some_and(|last| last != actor && enabled.contains(&last));
            let Some(left) = left.checked_sub(u32::from(preempts)) else {
                continue;
            };
            let mut chooser = Chooser::first();
            loop {
                let mut after = state.clone();
                let mut heard = Vec::new();
                let result = machine.step(&mut after, actor, &mut chooser, &mut heard);
                let reached = match result {
                    Ok(()) => Ok(&after),
                    Err(Stop::Fault(fault)) => Err(fault),
                    Err(Stop::Grow(more)) => return Err(more),
                    Err(Stop::Limit(..)) => break,
                };
                let action = Action {
                    actor,
                    way: chooser.code(),
                };
                self.facts.taken(Taken {
                    machine,
                    from: 0,
                    along: None,
                    depth,
                    before: state,
                    action,
                    fault: reached.err(),
                    incidents: &heard,
                });
                if reached.is_ok() {
                    self.steps.push(action);
                    self.run(&after, Some(actor), left)?;
                    self.steps.pop();
                }
                if !chooser.advance() {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// Keys that no single state or step shows without more thought, or that give way
/// to others.
fn is_about_rest(key: &Key) -> bool {
    matches!(
        key,
        Key::Knot(_)
            | Key::Forsaken(_)
            | Key::LostSignal(..)
            | Key::Leak(_, false)
            | Key::Unfinished(_)
            | Key::LostUpdate(..)
    )
}

#[test]
fn few_switches_are_exactly_those_runs() {
    let mut n_compared = 0;
    for (case, program, _) in programs(false, 200) {
        // A task that can be asked to stop may leave a circle; at rest it is one.
        let tasks = !program.loops.is_empty();
        let apart = |key: &Key| is_about_rest(key) || tasks && matches!(key, Key::Circle(_));
        for most in 0..3 {
            let plain: Option<BTreeSet<Key>> = with_room(&program, |machine| {
                let mut plain = Plain {
                    machine,
                    facts: Facts::new(&program),
                    steps: Vec::new(),
                    fuel: 20_000,
                };
                match machine.initial(&mut ()) {
                    Ok(state) => plain.run(&state, None, most)?,
                    Err(Stop::Grow(more)) => return Err(more),
                    Err(_) => return Ok(None),
                }
                let keys = plain.facts.hits.into_keys();
                Ok((plain.fuel > 0).then(|| keys.filter(|key| !apart(key)).collect()))
            });
            let Some(plain) = plain else {
                continue;
            };
            let switched = few_switches(&program, most);
            let keys = switched.diagnosis.findings.iter();
            let keys = keys.filter_map(|finding| finding.key.clone());
            let keys: BTreeSet<Key> = keys.filter(|key| !apart(key)).collect();
            assert_eq!(plain, keys, "case {case}, {most} switches");
            n_compared += 1;
        }
    }
    assert!(n_compared > 100, "{n_compared}");
}

#[test]
fn a_sample_finds_only_what_is_there_and_makes_it_short() {
    let mut n_found = 0;
    for (case, program, diagnosis) in programs(false, 120) {
        let full = shown(&diagnosis);
        for scheduler in STRATEGIES {
            let sampling = Sampling {
                executions: 60,
                seed: case,
                scheduler,
            };
            let sampled = sampled(&program, sampling);
            for (what, schedule) in shown(&sampled.diagnosis) {
                n_found += 1;
                // A thread that nobody joins is reported in its worse case only.
                let what = what.replace("true))", "false))");
                let known = full.get(&what);
                let known = known.or_else(|| full.get(&what.replace("false))", "true))")));
                let best = known.unwrap_or_else(|| panic!("case {case}: {what}"));
                assert!(replay(&program, &schedule).is_ok(), "case {case}: {what}");
                let leak = what.starts_with("K001");
                if sampled.shortest.contains(&schedule) && !leak {
                    assert_eq!(schedule.0.len(), best.0.len(), "case {case}: {what}");
                }
            }
        }
    }
    assert!(n_found > 300, "{n_found}");
}

const PHILOSOPHERS: &str = include_str!("../../scenarios/deadlock/philosophers.tb");

fn sample_of(text: &str, checker: Checker, scheduler: Strategy) -> Report {
    let checker = checker.sample(Sampling {
        executions: 5_000,
        seed: 7,
        scheduler,
    });
    checker.check_str("s.tb", text)
}

#[test]
fn what_is_too_big_to_exhaust_is_sampled() {
    // Eight philosophers have 700,000 states, and more than 10^30 interleavings.
    for scheduler in [Strategy::Uniform, Strategy::Pos, Strategy::Surw] {
        let report = sample_of(PHILOSOPHERS, Checker::new().set("N", 6), scheduler);
        let finding = report.finding("deadlock").expect("it is found");
        let schedule = finding.schedule.as_ref().expect("it has a schedule");
        assert_eq!(schedule.steps.len(), 6, "{scheduler:?}");
        let scenario = &report.scenarios[0];
        // It is expected, so the sample goes on, and proves nothing.
        assert_eq!(scenario.stats.executions, 5_000);
        assert_eq!(scenario.status, Status::Inconclusive);
        assert_eq!(scenario.verdict, Verdict::Refuted);
        assert!(!scenario.complete);
    }
}

#[test]
fn the_first_error_that_nobody_expects_ends_the_sampling() {
    let text = PHILOSOPHERS.replace("expect deadlock", "expect ok");
    let report = sample_of(&text, Checker::new(), Strategy::Uniform);
    let scenario = &report.scenarios[0];
    assert_eq!(scenario.status, Status::Failed);
    assert!(scenario.stats.executions < 5_000);
    let limit = scenario.limit.as_ref().expect("a sample is limited");
    assert_eq!(limit.code, "B012");
    assert!(
        limit.message.ends_with("the last one failed"),
        "{}",
        limit.message
    );
}

#[test]
fn the_first_end_that_nobody_expects_ends_the_sampling() {
    let text = "scenario \"s\" {
        atomic x = 0
        thread p { x = 1 }  thread q { x = 2 }
        outcomes (x) == { 1 }
    }";
    let executions = |text: &str| {
        let report = sample_of(text, Checker::new(), Strategy::Uniform);
        report.scenarios[0].stats.executions
    };
    assert!(executions(text) < 5_000);
    assert_eq!(executions(&text.replace("{ 1 }", "{ 1, 2 }")), 5_000);
}

#[test]
fn the_same_seed_gives_the_same_report() {
    for scheduler in STRATEGIES {
        let bytes = || {
            let mut report = sample_of(PHILOSOPHERS, Checker::new(), scheduler);
            report.elapsed_ms = 0.0;
            report.scenarios[0].stats.elapsed_ms = 0.0;
            json::render(&report)
        };
        assert_eq!(bytes(), bytes(), "{scheduler:?}");
    }
}

#[test]
fn pct_says_what_it_promises() {
    let report = sample_of(PHILOSOPHERS, Checker::new(), Strategy::Pct { depth: 2 });
    let limit = report.scenarios[0].limit.as_ref().expect("a limit");
    let promise = limit.facts.iter().find(|fact| fact.key == "promise");
    let promise = &promise.expect("pct promises").text;
    assert!(
        promise.contains("probability 1/36 or more (3 actors, 12 steps)"),
        "{promise}"
    );
}

#[test]
fn endless_executions_are_cut_off_and_are_no_deadlock() {
    let text = r#"scenario "endless" { atomic n = 0 thread t * 2 { loop { n.store(1) } } }"#;
    let checker = Checker::new().max_depth(100).sample(Sampling {
        executions: 10,
        seed: 1,
        scheduler: Strategy::Uniform,
    });
    let report = checker.check_str("s.tb", text);
    let scenario = &report.scenarios[0];
    assert!(scenario.findings.is_empty());
    assert_eq!(scenario.verdict, Verdict::Unknown);
    assert_eq!(
        (scenario.stats.depth, scenario.stats.terminal_states),
        (100, 0)
    );
}

#[test]
fn a_bug_is_found_with_as_few_switches_as_it_needs() {
    let text = r#"scenario "lost update" { atomic n = 0
        thread t * 2 { let seen = n.load() n.store(seen + 1) } finally assert n == 2 }"#;
    for (most, verdict) in [(0, Verdict::Unknown), (1, Verdict::Refuted)] {
        let report = Checker::new().few_switches(most).check_str("s.tb", text);
        let scenario = &report.scenarios[0];
        assert_eq!(scenario.verdict, verdict, "{most} switches");
        assert_eq!(scenario.limit.as_ref().expect("a limit").code, "B013");
        assert!(!scenario.complete);
    }
}

#[test]
fn what_needs_all_runs_is_not_claimed() {
    let text = r#"scenario "unclaimed" { atomic n = 0
        thread t { n = 1 if n == 2 { n = 3 } }
        sometimes n == 3
        outcomes (n) == { 1, 3 } }"#;
    let sampled = sample_of(text, Checker::new(), Strategy::Uniform);
    let bounded = Checker::new().few_switches(9).check_str("s.tb", text);
    for report in [sampled, bounded] {
        let rules = report.scenarios[0]
            .findings
            .iter()
            .map(|it| it.code.to_string());
        assert_eq!(rules.collect::<Vec<_>>(), [""; 0]);
        assert_eq!(report.scenarios[0].status, Status::Inconclusive);
    }
    let full = Checker::new().check_str("s.tb", text);
    assert_eq!(full.scenarios[0].status, Status::Failed);
}
