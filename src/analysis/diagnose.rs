//! From the facts of a search to findings: the best schedule for each, replayed
//! and confirmed, with the evidence read off the execution.

use super::facts::Facts;
use super::finding::{Evidence, Finding};
use super::futures::Futures;
use super::key::Key;
use super::liveness;
use super::lock_order::circles;
use super::rule::{Level, Rule};
use super::stuck::{StuckSets, note_at_rest, note_beside_others};
use super::witness::Witness;
use crate::base::Span;
use crate::explore::{Bound, Goal, Graph, MemoryBudget, Search, shortest};
use crate::program::{Program, PropertyKind};
use crate::semantics::{Capacity, State};
use crate::trace::{Schedule, replay_with};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A finished search, diagnosed.
pub struct Diagnosis {
    /// Findings, errors first, in order of rule and place.
    pub findings: Vec<Finding>,
    /// For each `outcomes` and `observe`, the final values with a schedule each.
    pub outcomes: Vec<Vec<Outcome>>,
    /// What kept the search, or the diagnosis, from being complete.
    pub bound: Option<Bound>,
    /// Whether some run may go round for ever.
    pub may_run_for_ever: bool,
}

impl Diagnosis {
    /// Adds a finding where it belongs in their order.
    pub fn add(&mut self, program: &Program, finding: Finding) {
        self.findings.push(finding);
        self.findings
            .sort_by_key(|finding| sort_key(program, finding));
    }
}

/// Final values and a shortest schedule to them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// One word for each name.
    pub values: Vec<i64>,
    /// A shortest schedule.
    pub schedule: Schedule,
    /// Final states with these values.
    pub n_states: u64,
    /// Interleavings that end with these values, if they were counted;
    /// `u64::MAX` stands for that many or more.
    pub interleavings: Option<u64>,
}

/// Turns facts into findings.
///
/// Cost: a second expansion of all states above the deepest finding; if runs can
/// go on for ever, one more of all states.
///
/// # Panics
///
/// If a finding cannot be confirmed by replaying its schedule: an error in the
/// checker that must not reach a report.
pub fn diagnose<'p>(
    program: &'p Program,
    search: &Search<'p>,
    memory: MemoryBudget,
    facts: &mut Facts<'p>,
) -> Diagnosis {
    let futures = Arc::clone(&facts.futures);
    let mut bound = search.bound();
    note_at_rest(search, facts);
    let graph = match graph_of_runs(program, search, memory) {
        Ok(graph) => graph,
        Err(reason) => {
            bound = Some(reason);
            None
        }
    };
    let may_run_for_ever = match &graph {
        Some(graph) => search.may_run_for_ever() && graph.has_circle(),
        None => search.may_run_for_ever(),
    };
    let mut stuck_sets = StuckSets::new();
    let mut for_ever = Vec::new();
    if let Some(graph) = &graph {
        let mut moving = Vec::new();
        if may_run_for_ever {
            let still_moving = graph.still_moving();
            moving = graph.not_blocked(&still_moving);
            stuck_sets = note_beside_others(search, graph, (&moving, &still_moving), facts);
        }
        for_ever = liveness::findings(&liveness::Question {
            program,
            search,
            graph,
            moving: &moving,
            futures: &futures,
        });
    }
    drop(graph);
    let ways = match may_run_for_ever {
        true => BTreeMap::new(),
        false => interleavings(search, memory, facts),
    };
    drop_implied(&mut facts.hits);
    let schedules = shortest(search, &goals_of(facts), memory);
    let room = search.machine().layout().capacity();
    let shown = Shown {
        facts: &*facts,
        futures: &futures,
        stuck_sets: &stuck_sets,
        schedules: schedules.into_iter().map(|it| (it, room)).collect(),
        ways,
        bound,
    };
    shown.diagnosis(for_ever, may_run_for_ever)
}

/// The goals of all hits, then of all final values.
pub(super) fn goals_of(facts: &Facts<'_>) -> Vec<Vec<Goal>> {
    let endings = facts.endings.values().map(|ending| &ending.hit);
    let all = facts.hits.values().chain(endings);
    all.map(|hit| hit.goals.clone()).collect()
}

/// What searches have shown, with a schedule for each fact.
pub(super) struct Shown<'a, 'p> {
    pub facts: &'a Facts<'p>,
    pub futures: &'a Futures,
    pub stuck_sets: &'a StuckSets,
    /// For each hit, then for each combination of final values, and with which room
    /// it can be run again.
    pub schedules: Vec<(Schedule, Capacity)>,
    /// In how many interleavings final values come out, where it was counted.
    pub ways: BTreeMap<(usize, Vec<i64>), u64>,
    pub bound: Option<Bound>,
}

impl Shown<'_, '_> {
    /// Replays every schedule and reads off what it shows; `findings` are there
    /// already.
    pub fn diagnosis(&self, mut findings: Vec<Finding>, may_run_for_ever: bool) -> Diagnosis {
        let facts = self.facts;
        let program = facts.program;
        let complete = self.bound.is_none();
        let (for_hits, for_endings) = self.schedules.split_at(facts.hits.len());
        for (key, (schedule, room)) in facts.hits.keys().zip(for_hits) {
            let execution = replay_with(program, schedule, *room)
                .expect("a schedule of the search can be replayed");
            let witness = Witness {
                facts,
                futures: self.futures,
                stuck_sets: self.stuck_sets,
                execution: &execution,
            };
            findings.push(witness.finding(key, schedule));
        }
        let mut outcomes = vec![Vec::new(); program.outcomes.len()];
        for (((index, values), ending), (schedule, _)) in facts.endings.iter().zip(for_endings) {
            outcomes[*index].push(Outcome {
                values: values.clone(),
                schedule: schedule.clone(),
                n_states: ending.n_states,
                interleavings: self.ways.get(&(*index, values.clone())).copied(),
            });
        }
        findings.extend(outcome_findings(program, &outcomes, complete));
        let realised = realised(facts);
        findings.extend(lock_order_findings(program, facts, &realised, complete));
        if complete {
            findings.extend(sometimes_findings(program, facts));
            let any_error = findings.iter().any(|finding| finding.level == Level::Error);
            findings.extend(super::rules::vacuous::findings(program, facts, any_error));
        }
        findings.extend(super::rules::style::wait_in_if(program));
        let polling = super::rules::style::polling(program);
        let told: BTreeSet<Span> = polling
            .iter()
            .map(|finding| sort_key(program, finding).3)
            .collect();
        // Who polls spins; how to wait instead is said with the polling.
        findings.retain(|finding| match &finding.evidence {
            Evidence::Spins(_, pc, _) => !told.contains(&program.site(*pc).span),
            _ => true,
        });
        findings.extend(polling);
        findings.sort_by_key(|finding| sort_key(program, finding));
        Diagnosis {
            findings,
            outcomes,
            bound: self.bound,
            may_run_for_ever,
        }
    }
}

/// The places of the circles of holders that were reached.
pub(super) fn realised(facts: &Facts<'_>) -> BTreeSet<Vec<Span>> {
    let circles = facts.hits.keys().filter_map(|key| match key {
        Key::Circle(places) => Some(places.clone()),
        _ => None,
    });
    circles.collect()
}

/// The steps between all states, for questions about runs that go on for ever or
/// about whole runs; `None` if there are no such questions or no complete answers.
fn graph_of_runs(
    program: &Program,
    search: &Search<'_>,
    memory: MemoryBudget,
) -> Result<Option<Graph>, Bound> {
    let wanted = search.may_run_for_ever() || liveness::speaks_of_runs(program);
    if !search.is_complete() || !wanted {
        return Ok(None);
    }
    let machine = search.machine();
    let mark =
        |before: &State, action, after: &State| liveness::mark(machine, before, action, after);
    Graph::marked(search, memory, &mark).map(Some)
}

/// States up to which interleavings are counted: it takes another pass.
const COUNTED_MAX: u32 = 200_000;

/// In how many interleavings each combination of final values comes out, where
/// no run can go round in a circle.
fn interleavings(
    search: &Search<'_>,
    memory: MemoryBudget,
    facts: &Facts<'_>,
) -> BTreeMap<(usize, Vec<i64>), u64> {
    let mut counted = BTreeMap::new();
    let wanted = !facts.endings.is_empty() && search.is_complete();
    if !wanted || search.n_states() > COUNTED_MAX {
        return counted;
    }
    let ways = Graph::new(search, memory)
        .ok()
        .and_then(|graph| graph.interleavings());
    let Some(ways) = ways else {
        return counted;
    };
    let machine = search.machine();
    let mut state = search.blank();
    for (id, &ways) in ways.iter().enumerate() {
        search.load(u32::try_from(id).expect("a state's number"), &mut state);
        if !machine.is_over(&state) {
            continue;
        }
        for index in 0..facts.program.outcomes.len() {
            if let Ok(values) = machine.ending(&state, index) {
                let sum: &mut u64 = counted.entry((index, values)).or_default();
                *sum = sum.saturating_add(ways);
            }
        }
    }
    counted
}

pub(super) fn sort_key(program: &Program, finding: &Finding) -> (Level, Rule, Option<Key>, Span) {
    let place = match &finding.evidence {
        Evidence::WaitInIf(at, _) | Evidence::NeverReached(at) | Evidence::CannotFail(at, _) => *at,
        Evidence::Polls(pc) => program.site(*pc).span,
        Evidence::LockOrder(circle) => program.site(circle.edges[0].pc).span,
        _ => Span::default(),
    };
    (finding.level, finding.rule, finding.key.clone(), place)
}

/// Leaves out what another finding already says.
pub(super) fn drop_implied<T>(hits: &mut BTreeMap<Key, T>) {
    let keys: Vec<Key> = hits.keys().cloned().collect();
    for key in keys {
        // Of a spawned actor nobody joins, the worse case is reported.
        if let Key::Leak(span, true) = key {
            hits.remove(&Key::Leak(span, false));
        }
        // Of a daemon that is stopped, too.
        if let Key::Killed(span) = key {
            hits.remove(&Key::Unfinished(span));
        }
        // What is lost by a race is told with the race.
        if let Key::Race(var, one, other) = key {
            hits.retain(|key, _| match key {
                Key::LostUpdate(of, load, store) => {
                    *of != var || ![load, store].iter().any(|it| **it == one || **it == other)
                }
                _ => true,
            });
        }
    }
}

pub(super) fn outcome_findings(
    program: &Program,
    seen: &[Vec<Outcome>],
    complete: bool,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, outcomes) in program.outcomes.iter().enumerate() {
        let Some(expected) = &outcomes.expected else {
            continue;
        };
        let finding = |evidence, schedule| Finding {
            rule: Rule::Outcomes,
            level: Level::Error,
            key: None,
            subjects: outcomes.names.clone(),
            actors: Vec::new(),
            declared: Vec::new(),
            schedule,
            evidence,
        };
        for outcome in &seen[index] {
            if !expected.contains(&outcome.values) {
                let evidence = Evidence::UnexpectedOutcome(index, outcome.values.clone());
                findings.push(finding(evidence, Some(outcome.schedule.clone())));
            }
        }
        if outcomes.exact && complete {
            for values in expected {
                if !seen[index].iter().any(|outcome| outcome.values == *values) {
                    let evidence = Evidence::MissingOutcome(index, values.clone());
                    findings.push(finding(evidence, None));
                }
            }
        }
    }
    findings
}

pub(super) fn lock_order_findings(
    program: &Program,
    facts: &Facts<'_>,
    realised: &BTreeSet<Vec<Span>>,
    complete: bool,
) -> Vec<Finding> {
    let found = circles(program, &facts.edges, realised, complete);
    found
        .into_iter()
        .map(|circle| {
            let locks: BTreeSet<&str> = circle
                .edges
                .iter()
                .map(|edge| &*program.objects[edge.from.index()].declared)
                .collect();
            let declared = |edge: &super::LockEdge| {
                let actor = program.actors.get(edge.actor);
                actor.map_or_else(
                    || program.function_at(edge.pc).name.clone(),
                    |actor| actor.declared.clone(),
                )
            };
            Finding {
                rule: Rule::LockOrder,
                level: Level::Warning,
                key: None,
                subjects: locks.into_iter().map(str::to_owned).collect(),
                actors: circle
                    .edges
                    .iter()
                    .map(|edge| match program.actors.get(edge.actor) {
                        Some(actor) => actor.name.clone(),
                        None => declared(edge),
                    })
                    .collect(),
                declared: circle.edges.iter().map(declared).collect(),
                schedule: None,
                evidence: Evidence::LockOrder(circle),
            }
        })
        .collect()
}

fn sometimes_findings(program: &Program, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, property) in program.properties.iter().enumerate() {
        let wanted = matches!(property.kind, PropertyKind::Sometimes(_));
        if wanted && !facts.satisfied.contains_key(&index) {
            findings.push(Finding {
                rule: Rule::Sometimes,
                level: Level::Error,
                key: None,
                subjects: property.name.clone().into_iter().collect(),
                actors: Vec::new(),
                declared: Vec::new(),
                schedule: None,
                evidence: Evidence::NeverHolds(index),
            });
        }
    }
    findings
}
