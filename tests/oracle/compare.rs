//! The engine's verdict against the oracle's, fact by fact.

use super::engine::{self, Verdict, as_fact};
use super::facts::{Fact, Facts, Sighting, facts};
use super::graph::{Graph, Step, explore};
use super::shown::{shown, shown_by_step};
use super::transcripts::transcripts;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use threadbare::analysis::{Evidence, Finding, Key, Rule};
use threadbare::program::{Program, unpack_lines};
use threadbare::semantics::keeps_no_future;
use threadbare::trace::{Schedule, replay_with};

/// What came of a comparison.
pub enum Outcome {
    /// They agree on so many facts.
    Agree(usize),
    /// They agree, but the text is refused, with this code.
    Refused(&'static str),
    /// There are too many states to compare.
    TooLarge,
    /// They do not; how.
    Differ(String),
}

/// Compares both on a program of at most so many states.
pub fn compare(program: &Program, most: usize) -> Outcome {
    let Some(graph) = explore(program, most) else {
        return Outcome::TooLarge;
    };
    let facts = facts(&graph);
    let verdict = engine::check(program, 1);
    let result = same(program, &graph, &facts, &verdict)
        .and_then(|()| same_for_any_workers(program, &verdict))
        .and_then(|()| same_with_dead_registers(program, &verdict))
        .and_then(|()| same_with_every_missed_signal(program, &verdict))
        .and_then(|()| same_with_every_job(program, &verdict));
    match result {
        Ok(()) => Outcome::Agree(facts.seen.len()),
        Err(how) => Outcome::Differ(how),
    }
}

type Result = std::result::Result<(), String>;

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, engine: T, oracle: T) -> Result {
    if engine == oracle {
        return Ok(());
    }
    Err(format!("{what}: engine {engine:?}, oracle {oracle:?}"))
}

fn same(program: &Program, graph: &Graph<'_>, facts: &Facts, verdict: &Verdict) -> Result {
    equal("states", verdict.n_states, graph.nodes.len())?;
    equal("terminal states", verdict.n_terminal, facts.n_terminal)?;
    equal("final states", verdict.n_final, facts.n_final)?;
    equal("executed", &verdict.executed, &graph.executed)?;
    let switches = graph.switches();
    let mut theirs: BTreeSet<Fact> = BTreeSet::new();
    for finding in &verdict.findings {
        let Some(fact) = as_fact(program, finding) else {
            continue;
        };
        if let Some(schedule) = &finding.schedule
            && let Some(sightings) = facts.seen.get(&fact)
        {
            same_cost(graph, &switches, sightings, schedule)
                .map_err(|how| format!("{fact:?}: {how}"))?;
            shows(graph, &fact, schedule)?;
            same_pools(graph, finding, schedule).map_err(|how| format!("{fact:?}: {how}"))?;
        }
        if !theirs.insert(fact.clone()) {
            return Err(format!("reported twice: {fact:?}"));
        }
    }
    let ours: BTreeSet<Fact> = facts.seen.keys().chain(&facts.global).cloned().collect();
    let extra: Vec<&Fact> = theirs.difference(&ours).collect();
    let missing: Vec<&Fact> = ours.difference(&theirs).collect();
    if !extra.is_empty() || !missing.is_empty() {
        return Err(format!(
            "only the engine: {extra:?}\nonly the oracle: {missing:?}"
        ));
    }
    same_outcomes(graph, &switches, facts, verdict)?;
    same_transcripts(graph.machine.program(), verdict)
}

/// What can be printed is the same if it is not a part of the states.
fn same_transcripts(program: &Program, verdict: &Verdict) -> Result {
    for (index, outcomes) in program.outcomes.iter().enumerate() {
        if !outcomes.print {
            continue;
        }
        let Some(ours) = transcripts(program, verdict.n_states) else {
            return Ok(());
        };
        let theirs = verdict.outcomes[index].iter();
        let theirs = theirs
            .map(|outcome| unpack_lines(&outcome.values))
            .collect();
        equal("transcripts", theirs, ours)?;
    }
    Ok(())
}

fn same_outcomes(
    graph: &Graph<'_>,
    switches: &[Switches],
    facts: &Facts,
    verdict: &Verdict,
) -> Result {
    let runs = graph.runs();
    equal(
        "runs without an end",
        verdict.may_run_for_ever,
        runs.is_none(),
    )?;
    let mut theirs = BTreeMap::new();
    for (index, outcomes) in verdict.outcomes.iter().enumerate() {
        for outcome in outcomes {
            let key = (index, outcome.values.clone());
            if let Some(sightings) = facts.endings.get(&key) {
                same_cost(graph, switches, sightings, &outcome.schedule)
                    .map_err(|how| format!("outcome {key:?}: {how}"))?;
            }
            let n_states = usize::try_from(outcome.n_states).unwrap_or(0);
            theirs.insert(key, (n_states, outcome.interleavings));
        }
    }
    let ours: BTreeMap<_, _> = facts
        .endings
        .iter()
        .map(|(key, sightings)| {
            let runs = runs.as_ref().map(|runs| {
                let all = sightings.iter().map(|&(node, _)| runs[node]);
                all.fold(0, u64::saturating_add)
            });
            (key.clone(), (sightings.len(), runs))
        })
        .collect();
    equal("outcomes", theirs, ours)
}

type Switches = HashMap<Option<usize>, usize>;

/// The schedule has as few steps as possible, and of these as few switches.
fn same_cost(
    graph: &Graph<'_>,
    switches: &[Switches],
    sightings: &[Sighting],
    schedule: &Schedule,
) -> Result {
    let best = sightings
        .iter()
        .map(|&(node, step)| {
            let steps = graph.nodes[node].depth + usize::from(step.is_some());
            let runs = switches[node].iter().map(|(&last, &n)| {
                let turns = step.is_some_and(|step| last.is_some_and(|last| last != step.actor));
                n + usize::from(turns)
            });
            (steps, runs.min().expect("every state has a shortest run"))
        })
        .min();
    let best = best.expect("a fact was seen somewhere");
    equal(
        "steps and switches",
        (schedule.0.len(), schedule.n_switches()),
        best,
    )
}

/// The schedule's execution ends in the fact.
fn shows(graph: &Graph<'_>, fact: &Fact, schedule: &Schedule) -> Result {
    let room = graph.machine.layout().capacity();
    let execution = replay_with(graph.machine.program(), schedule, room)
        .map_err(|error| format!("{fact:?}: {error}"))?;
    let machine = &execution.machine;
    let mut shown = shown(machine, execution.last());
    if let Some(last) = execution.steps.last() {
        let before = execution.before(execution.steps.len() - 1);
        let step = Step {
            action: last.action,
            to: execution.fault.map_or(Ok(0), Err),
            heard: super::graph::Heard {
                incidents: last.incidents.clone(),
                ..Default::default()
            },
        };
        shown.extend(shown_by_step(machine, before, &step));
    }
    let circles = super::waits::circles(machine, execution.last());
    shown.extend(circles.into_iter().map(|(_, fact)| fact));
    // These are about the future, or about more than one moment.
    let elsewhere = matches!(fact.code, "D001" | "D002" | "S001" | "A008") && fact.what != "circle";
    if elsewhere || shown.contains(fact) {
        return Ok(());
    }
    Err(format!("{fact:?} is not shown by its schedule {schedule}"))
}

/// A pool is said to wait for itself exactly where it does.
fn same_pools(graph: &Graph<'_>, finding: &Finding, schedule: &Schedule) -> Result {
    let (Evidence::Blocked(blocked), Some(Key::Circle(_) | Key::Knot(_))) =
        (&finding.evidence, &finding.key)
    else {
        return Ok(());
    };
    let room = graph.machine.layout().capacity();
    let execution =
        replay_with(graph.machine.program(), schedule, room).map_err(|error| format!("{error}"))?;
    let said = finding.rule == Rule::WorkersStarved;
    let ours = super::jobs::starves(&execution.machine, execution.last(), &blocked.cause);
    equal("the pool waits for itself", said, ours)
}

fn same_for_any_workers(program: &Program, verdict: &Verdict) -> Result {
    for workers in [2, 3] {
        let other = engine::check(program, workers);
        if other.bytes != verdict.bytes {
            return Err(format!("{workers} workers say something else than one"));
        }
    }
    Ok(())
}

fn same_with_dead_registers(program: &Program, verdict: &Verdict) -> Result {
    let program = engine::keeping_dead_registers(program);
    let other = engine::check(&program, 1);
    same_findings("with dead registers kept", &program, verdict, &other)
}

fn same_with_every_missed_signal(program: &Program, verdict: &Verdict) -> Result {
    let other = engine::check_with_every_missed_signal(program);
    same_findings("with every missed signal kept", program, verdict, &other)
}

fn same_with_every_job(program: &Program, verdict: &Verdict) -> Result {
    if !keeps_no_future(program) {
        return Ok(());
    }
    let other = engine::check_with_every_job(program);
    same_findings("with every job kept", program, verdict, &other)
}

/// The same findings and outcomes, and schedules of the same lengths.
fn same_findings(what: &str, program: &Program, verdict: &Verdict, other: &Verdict) -> Result {
    let summary = |verdict: &Verdict| {
        let findings: BTreeMap<Fact, Option<usize>> = verdict
            .findings
            .iter()
            .filter_map(|finding| {
                let steps = finding.schedule.as_ref().map(|schedule| schedule.0.len());
                Some((as_fact(program, finding)?, steps))
            })
            .collect();
        let outcomes: Vec<Vec<(Vec<i64>, usize)>> = verdict
            .outcomes
            .iter()
            .map(|all| {
                let pair = |one: &threadbare::analysis::Outcome| {
                    (one.values.clone(), one.schedule.0.len())
                };
                all.iter().map(pair).collect()
            })
            .collect();
        (findings, outcomes)
    };
    equal(what, summary(verdict), summary(other))
}
