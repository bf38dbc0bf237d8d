//! From the facts of a search to findings: the best schedule for each, replayed
//! and confirmed, with the evidence read off the execution.

use super::facts::Facts;
use super::finding::{Blocked, Evidence, Finding, declared_name};
use super::footprint::{Touch, touches};
use super::futures::{Futures, Help};
use super::key::Key;
use super::liveness;
use super::lock_order::circles;
use super::rule::{Level, Rule};
use super::rules::deadlocks::{causes, circles_in};
use super::rules::races::race_key;
use super::stuck::{StuckSets, note_at_rest, note_beside_others};
use super::waits::wait_of;
use crate::base::Span;
use crate::explore::{Bound, Goal, Graph, MemoryBudget, Observer, Search, Visit, shortest};
use crate::program::{Instr, ObjectId, Program, PropertyKind};
use crate::semantics::{ArithmeticFault, Capacity, FaultKind, Incident, Misuse, State};
use crate::trace::{Execution, Schedule, replay_with};
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
            moving = graph.not_blocked();
            stuck_sets = note_beside_others(search, graph, &moving, facts, &futures);
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
    let schedules = shortest(search, &goals_of(facts));
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
    if search.bound().is_some() || !wanted {
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
    let wanted = !facts.endings.is_empty() && search.bound().is_none();
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

/// An execution that shows a bug.
pub(super) struct Witness<'a, 'p> {
    pub facts: &'a Facts<'p>,
    pub futures: &'a Futures,
    pub stuck_sets: &'a StuckSets,
    pub execution: &'a Execution<'p>,
}

impl Witness<'_, '_> {
    fn program(&self) -> &Program {
        self.facts.program
    }

    pub fn finding(&self, key: &Key, schedule: &Schedule) -> Finding {
        let (rule, level, evidence, actors) = self.read_off(key);
        let names = self.execution.actor_names();
        let declared = |&actor: &usize| declared_name(self.execution, actor);
        let job = match evidence {
            Evidence::JobFailed(job, _) | Evidence::JobLost(job) => Some(self.job_names(job)),
            _ => None,
        };
        Finding {
            rule,
            level,
            subjects: self.subjects(key, &evidence),
            actors: match &job {
                Some((name, _)) if actors.is_empty() => vec![name.clone()],
                _ => actors.iter().map(|&actor| names[actor].clone()).collect(),
            },
            declared: match job {
                Some((_, function)) => vec![function],
                None => actors.iter().map(declared).collect(),
            },
            key: Some(key.clone()),
            schedule: Some(schedule.clone()),
            evidence,
        }
    }

    /// A job's name in this execution, and that of its function.
    fn job_names(&self, job: usize) -> (String, String) {
        let layout = self.execution.machine.layout();
        let name = layout.job_name(self.program(), self.execution.last(), job);
        let function = name.split('#').next().unwrap_or(&name).to_owned();
        (name, function)
    }

    fn starves(&self, blocked: &Blocked) -> bool {
        let (machine, state) = (&self.execution.machine, self.execution.last());
        super::starved(machine, state, blocked).is_some()
    }

    fn failed_job(&self, key: &Key) -> Option<(usize, crate::semantics::Exception)> {
        let layout = self.execution.machine.layout();
        let state = self.execution.last();
        (0..layout.n_futures(state)).find_map(|job| {
            let exception = layout.job_exception(state, job)?;
            let at = self.program().site(exception.pc).span;
            let found = Key::JobFailed(at, exception.name, exception.misuse);
            (found == *key && !layout.is_asked(state, job)).then_some((job, exception))
        })
    }

    fn lost_job(&self, span: Span) -> Option<usize> {
        let layout = self.execution.machine.layout();
        let state = self.execution.last();
        (0..layout.n_futures(state)).find(|&job| {
            let open = layout
                .job_status(state, job)
                .is_some_and(|it| !it.is_done());
            open && self.program().site(layout.submitted_at(state, job)).span == span
        })
    }

    fn last_step(&self) -> &crate::trace::StepTaken {
        self.execution
            .steps
            .last()
            .expect("a finding in a step has one")
    }

    /// Rule, level, evidence and actors.
    ///
    /// # Panics
    ///
    /// If the execution does not show the bug.
    fn read_off(&self, key: &Key) -> (Rule, Level, Evidence, Vec<usize>) {
        use Level::{Error, Warning};
        let shown = "the replayed execution shows what the search saw";
        match key {
            Key::Race(..) => {
                let (one, other) = self.racing(key).expect(shown);
                let actors = vec![one.actor, other.actor];
                (Rule::Race, Error, Evidence::Race(one, other), actors)
            }
            Key::LostUpdate(..) => {
                let (machine, state) = (&self.execution.machine, self.execution.last());
                let found = super::rules::updates::lost_updates(machine, state);
                let same = |lost: &super::rules::updates::LostUpdate| {
                    super::rules::updates::key(self.program(), lost) == *key
                };
                let lost = found.into_iter().find(same).expect(shown);
                let evidence = Evidence::LostUpdate(lost);
                (Rule::LostUpdate, Warning, evidence, vec![lost.actor])
            }
            Key::Unguarded(var, span) => {
                let touch = self.touching(*span).expect(shown);
                let lock = self.program().vars[var.index()].guarded_by.expect(shown);
                let layout = self.execution.machine.layout();
                let lock = layout.object_in(lock, touch.cell.process());
                let actors = vec![touch.actor];
                (
                    Rule::Unguarded,
                    Error,
                    Evidence::Unguarded(touch, lock),
                    actors,
                )
            }
            Key::Circle(_) | Key::Knot(_) | Key::Forsaken(_) | Key::LostSignal(..) => {
                let blocked = self.blocked(key).expect(shown);
                let starved = self.starves(&blocked);
                let rule = match key {
                    Key::Circle(_) | Key::Knot(_) if starved => Rule::WorkersStarved,
                    Key::Circle(places) | Key::Knot(places) if places.len() > 1 => Rule::Deadlock,
                    Key::Circle(_) | Key::Knot(_) => Rule::SelfDeadlock,
                    Key::LostSignal(..) => Rule::LostSignal,
                    _ => Rule::Forsaken,
                };
                let actors = blocked.cause.clone();
                (rule, Error, Evidence::Blocked(blocked), actors)
            }
            Key::Fault(span, kind) => {
                let fault = self.execution.fault.expect(shown);
                assert_eq!(
                    (self.program().site(fault.pc).span, fault.kind),
                    (*span, *kind),
                    "{shown}"
                );
                let actor = self.last_step().action.actor;
                let evidence = Evidence::Fault(actor, fault.pc);
                (fault_rule(*kind), Error, evidence, vec![actor])
            }
            Key::Always(index) | Key::Finally(index) => {
                self.assert_shown(key);
                let rule = match key {
                    Key::Always(_) => Rule::Always,
                    _ => Rule::Finally,
                };
                (rule, Error, Evidence::Property(*index), self.last_actor())
            }
            Key::PropertyFault(index) => {
                self.assert_shown(key);
                let evidence = Evidence::PropertyFault(*index);
                (Rule::Bounds, Error, evidence, Vec::new())
            }
            Key::Order(index) => {
                let actor = self.last_step().action.actor;
                (
                    Rule::Order,
                    Error,
                    Evidence::Order(*index, actor),
                    vec![actor],
                )
            }
            Key::LockLeak(lock, _) => {
                let actor = self.last_step().action.actor;
                let layout = self.execution.machine.layout();
                let process = layout.process_of(self.execution.last(), actor);
                let evidence = Evidence::LockLeak(actor, layout.object_in(*lock, process));
                (Rule::LockLeak, Error, evidence, vec![actor])
            }
            Key::Died(..) => {
                let (actor, exception) = self.death().expect(shown);
                let rule = exception.misuse.map_or(Rule::Swallowed, misuse_rule);
                (rule, Error, Evidence::Died(actor, exception), vec![actor])
            }
            Key::Leak(span, outlived) => {
                let (actor, pc) = self.leaked(*span).expect(shown);
                let level = if *outlived { Error } else { Warning };
                (
                    Rule::Leak,
                    level,
                    Evidence::NotJoined(actor, pc),
                    vec![actor],
                )
            }
            Key::NeverAwaited(span) => {
                let (task, pc) = self.leaked(*span).expect(shown);
                let evidence = Evidence::NeverAwaited(task, pc);
                (Rule::NeverAwaited, Error, evidence, vec![task])
            }
            Key::TaskDied(..) => {
                let (task, exception) = self.dead_task(key).expect(shown);
                let rule = exception.misuse.map_or(Rule::Swallowed, misuse_rule);
                (rule, Error, Evidence::TaskDied(task, exception), vec![task])
            }
            Key::BlockedLoop(span) => {
                let (task, pc, ready) = self.blocked_loop(*span).expect(shown);
                let evidence = Evidence::BlockedLoop(task, pc, ready);
                (Rule::BlockedLoop, Error, evidence, vec![task])
            }
            Key::CutOff(span) => {
                let actor = self.running_at_end(*span).expect(shown);
                (Rule::Leak, Error, Evidence::CutOff(actor), vec![actor])
            }
            Key::Killed(span) => {
                let actor = self.running_at_end(*span).expect(shown);
                (Rule::Killed, Error, Evidence::Killed(actor), vec![actor])
            }
            Key::Unfinished(span) => {
                let actor = self.running_at_end(*span).expect(shown);
                (
                    Rule::Killed,
                    Warning,
                    Evidence::Unfinished(actor),
                    vec![actor],
                )
            }
            Key::JobFailed(..) => {
                let (job, exception) = self.failed_job(key).expect(shown);
                let rule = exception.misuse.map_or(Rule::Swallowed, misuse_rule);
                let worker = self.execution.worker_of(job);
                let evidence = Evidence::JobFailed(job, exception);
                (rule, Error, evidence, worker.into_iter().collect())
            }
            Key::JobLost(span) => {
                let job = self.lost_job(*span).expect(shown);
                let worker = self.execution.worker_of(job);
                let evidence = Evidence::JobLost(job);
                (Rule::Leak, Error, evidence, worker.into_iter().collect())
            }
            Key::PermitLeak(id) => {
                let (machine, state) = (&self.execution.machine, self.execution.last());
                let missing = super::rules::leaks::permits_missing(machine, state);
                let copy = missing.into_iter().find(|copy| copy.declared() == *id);
                let copy = copy.expect(shown);
                let initial = match self.program().objects[id.index()].kind {
                    crate::program::ObjectKind::Sem { initial, .. } => initial,
                    _ => 0,
                };
                let now = machine.permits(state, copy);
                let evidence = Evidence::PermitLeak(copy, initial - now);
                (Rule::PermitLeak, Warning, evidence, Vec::new())
            }
            Key::BarrierCrowded(id) => {
                let (machine, state) = (&self.execution.machine, self.execution.last());
                let crowd = super::rules::barriers::crowded(self.program(), machine, state);
                let of_it = |crowd: &super::rules::barriers::Crowd| crowd.first == *id;
                let crowd = crowd.into_iter().find(of_it).expect(shown);
                let actors = [&crowd.asleep[..], &crowd.coming].concat();
                let evidence = Evidence::BarrierCrowded(crowd.id, crowd.asleep, crowd.coming);
                (Rule::BarrierCrowded, Warning, evidence, actors)
            }
            Key::Eventually(_)
            | Key::LeadsTo(_)
            | Key::Starvation(_)
            | Key::Spinning(_)
            | Key::Livelock(_) => unreachable!("no single state or step shows it"),
            Key::SleepAsSignal(..) => {
                let (actor, nap, writers) = self.slept_in_vain(key).expect(shown);
                let evidence = Evidence::SleptInVain(actor, nap, writers);
                (Rule::SleepAsSignal, Warning, evidence, vec![actor])
            }
            Key::ThreadPerJob(_) => {
                let step = self.last_step();
                let evidence = Evidence::ThreadPerJob(step.action.actor, step.pc);
                let actors = vec![step.action.actor];
                (Rule::ThreadPerJob, Warning, evidence, actors)
            }
            Key::NotifyWithoutLock(_) => {
                let step = self.last_step();
                let evidence = Evidence::NotifyWithoutLock(step.action.actor, step.pc);
                (
                    Rule::NotifyWithoutLock,
                    Warning,
                    evidence,
                    vec![step.action.actor],
                )
            }
        }
    }

    /// Looks at the last state with the same rules as the search did.
    fn assert_shown(&self, key: &Key) {
        let mut facts = self.facts.fork();
        let machine = &self.execution.machine;
        let state = self.execution.last();
        let enabled: Vec<usize> = machine.enabled(state).collect();
        facts.visit(Visit {
            machine,
            id: 0,
            along: None,
            depth: 0,
            state,
            enabled: &enabled,
        });
        assert!(
            facts.hits.contains_key(key),
            "the replayed execution shows what the search saw: {key:?}"
        );
    }

    fn last_actor(&self) -> Vec<usize> {
        let last = self.execution.steps.last();
        last.map(|step| step.action.actor).into_iter().collect()
    }

    fn all_touches(&self) -> Vec<Touch> {
        let machine = &self.execution.machine;
        let state = self.execution.last();
        let mut found = Vec::new();
        for actor in 0..machine.layout().n_actors(state) {
            if machine.layout().is_running(state, actor) {
                touches(machine, state, actor, &mut found);
            }
        }
        found
    }

    fn racing(&self, key: &Key) -> Option<(Touch, Touch)> {
        let found = self.all_touches();
        for (index, one) in found.iter().enumerate() {
            for other in &found[index + 1..] {
                let same = super::rules::races::races(one, other)
                    && race_key(self.facts, one, other) == *key;
                if same {
                    return Some((*one, *other));
                }
            }
        }
        None
    }

    fn slept_in_vain(&self, key: &Key) -> Option<(usize, super::Nap, Vec<usize>)> {
        self.assert_shown(key);
        let Key::SleepAsSignal(var, sleep, read) = key else {
            return None;
        };
        let machine = &self.execution.machine;
        let (layout, state) = (machine.layout(), self.execution.last());
        let span = |pc| self.program().site(pc).span;
        let running = || (0..layout.n_actors(state)).filter(|&it| layout.is_running(state, it));
        running().find_map(|actor| {
            let pc = layout.pc(state, actor);
            let same = |nap: &&super::Nap| {
                nap.read == pc && nap.var == *var && (span(nap.sleep), span(pc)) == (*sleep, *read)
            };
            let nap = *self.facts.naps.iter().find(same)?;
            let late = |other: &usize| {
                *other != actor
                    && self
                        .futures
                        .may_for(machine, state, actor, *other, Help::Write(nap.var))
            };
            let writers: Vec<usize> = running().filter(late).collect();
            (!writers.is_empty()).then_some((actor, nap, writers))
        })
    }

    fn touching(&self, span: Span) -> Option<Touch> {
        self.all_touches()
            .into_iter()
            .find(|touch| !touch.guarded && self.program().site(touch.pc).span == span)
    }

    fn blocked(&self, key: &Key) -> Option<Blocked> {
        let machine = &self.execution.machine;
        let layout = machine.layout();
        let state = self.execution.last();
        let running = || {
            (0..layout.n_actors(state))
                .filter(|&a| layout.is_running(state, a) && !machine.is_idle(state, a))
        };
        let partial = machine.enabled(state).next().is_some();
        let (stuck, cause): (Vec<usize>, Vec<usize>) = if let Key::Circle(places) = key {
            let circle = circles_in(machine, state, self.futures)
                .into_iter()
                .find(|circle| {
                    let mut spans: Vec<Span> = circle
                        .iter()
                        .map(|&actor| self.program().site(layout.pc(state, actor)).span)
                        .collect();
                    spans.sort_unstable();
                    spans == *places
                })?;
            // Whoever is blocked beside the circle may be waiting for others that still run.
            let stuck = running().filter(|&actor| !machine.can_step(state, actor));
            (stuck.collect(), circle)
        } else {
            // Where all is at rest, everybody running is stuck; else the search has found out who.
            let sets = std::iter::once(running().collect::<Vec<_>>())
                .filter(|_| !partial)
                .chain(self.stuck_sets.values().cloned());
            sets.filter(|set| {
                set.iter().all(|&actor| {
                    layout.is_running(state, actor) && !machine.can_step(state, actor)
                })
            })
            .find_map(|set| {
                let causes = causes(self.facts, machine, state, &set, self.futures);
                let cause = causes.into_iter().find(|cause| cause.key == *key)?;
                Some((set, cause.actors))
            })?
        };
        let mut waits: Vec<_> = stuck
            .iter()
            .map(|&actor| wait_of(machine, state, actor, self.futures))
            .collect();
        waits.sort_by_key(|wait| (!cause.contains(&wait.actor), wait.actor));
        Some(Blocked {
            by_holders: matches!(key, Key::Circle(_)),
            cause,
            waits,
            partial,
        })
    }

    fn death(&self) -> Option<(usize, crate::semantics::Exception)> {
        let incidents = &self.last_step().incidents;
        incidents
            .iter()
            .find_map(|&(actor, incident)| match incident {
                Incident::Died(exception) => Some((actor, exception)),
                _ => None,
            })
    }

    fn leaked(&self, span: Span) -> Option<(usize, crate::program::Pc)> {
        let layout = self.execution.machine.layout();
        let state = self.execution.last();
        (0..layout.n_actors(state)).find_map(|actor| {
            let pc = layout.spawned_at(state, actor)?;
            let here = self.program().site(pc).span == span && !layout.is_joined(state, actor);
            here.then_some((actor, pc))
        })
    }

    fn dead_task(&self, key: &Key) -> Option<(usize, crate::semantics::Exception)> {
        let machine = &self.execution.machine;
        let state = self.execution.last();
        (0..machine.layout().n_actors(state)).find_map(|task| {
            let exception = machine.task_exception(state, task)?;
            let at = self.program().site(exception.pc).span;
            let found = Key::TaskDied(at, exception.name, exception.misuse);
            let asked = machine.layout().is_joined(state, task);
            (found == *key && !asked).then_some((task, exception))
        })
    }

    /// The task that blocks its loop there, and who is ready.
    fn blocked_loop(&self, span: Span) -> Option<(usize, crate::program::Pc, Vec<usize>)> {
        let machine = &self.execution.machine;
        let layout = machine.layout();
        let state = self.execution.last();
        (0..layout.n_actors(state)).find_map(|task| {
            let on = layout.loop_of(state, task)?;
            if !layout.is_running(state, task) || !machine.blocks_its_loop(state, task) {
                return None;
            }
            let pc = layout.pc(state, task);
            let here = self.program().site(pc).span == span;
            here.then(|| (task, pc, layout.ready_queue(state, on)))
        })
    }

    fn running_at_end(&self, span: Span) -> Option<usize> {
        let layout = self.execution.machine.layout();
        let state = self.execution.last();
        (0..layout.n_actors(state)).find(|&actor| {
            let place = match layout.spawned_at(state, actor) {
                Some(pc) => self.program().site(pc).span,
                None => self.program().actors[actor].span,
            };
            let leaves = self.execution.machine.is_leaving(state, actor);
            layout.is_running(state, actor) && !leaves && place == span
        })
    }

    fn subjects(&self, key: &Key, evidence: &Evidence) -> Vec<String> {
        let program = self.program();
        let object = |id: &ObjectId| vec![program.objects[id.index()].declared.clone()];
        match key {
            Key::Race(var, ..)
            | Key::LostUpdate(var, ..)
            | Key::SleepAsSignal(var, ..)
            | Key::Unguarded(var, _) => {
                vec![program.vars[var.index()].name.clone()]
            }
            Key::LostSignal(_, id)
            | Key::LockLeak(id, _)
            | Key::PermitLeak(id)
            | Key::BarrierCrowded(id) => object(id),
            Key::Circle(_) | Key::Knot(_) | Key::Forsaken(_) => match evidence {
                Evidence::Blocked(blocked) => self.blocked_subjects(blocked),
                _ => Vec::new(),
            },
            Key::Always(index)
            | Key::Finally(index)
            | Key::Order(index)
            | Key::PropertyFault(index) => program.properties[*index]
                .name
                .clone()
                .into_iter()
                .collect(),
            Key::Died(..) => match evidence {
                Evidence::Died(actor, exception) => self.misused(*actor, exception),
                _ => Vec::new(),
            },
            Key::JobFailed(..) => match evidence {
                Evidence::JobFailed(job, exception) if exception.misuse.is_some() => {
                    let worker = self.execution.worker_of(*job);
                    worker.map_or(Vec::new(), |actor| self.misused(actor, exception))
                }
                Evidence::JobFailed(job, exception) => vec![
                    self.job_names(*job).1,
                    program.name(exception.name).to_owned(),
                ],
                _ => Vec::new(),
            },
            Key::JobLost(_) => match evidence {
                Evidence::JobLost(job) => vec![self.job_names(*job).1],
                _ => Vec::new(),
            },
            Key::NotifyWithoutLock(_) => {
                let step = self.last_step();
                self.object_at(
                    step.pc,
                    step.action.actor,
                    self.execution.before(self.execution.steps.len() - 1),
                )
                .iter()
                .flat_map(object)
                .collect()
            }
            Key::TaskDied(..) => match evidence {
                Evidence::TaskDied(task, exception) => self.misused(*task, exception),
                _ => Vec::new(),
            },
            Key::Fault(..)
            | Key::NeverAwaited(_)
            | Key::BlockedLoop(_)
            | Key::Leak(..)
            | Key::CutOff(_)
            | Key::Killed(_)
            | Key::Unfinished(_)
            | Key::ThreadPerJob(_)
            | Key::Eventually(_)
            | Key::LeadsTo(_)
            | Key::Starvation(_)
            | Key::Spinning(_)
            | Key::Livelock(_) => Vec::new(),
        }
    }

    fn blocked_subjects(&self, blocked: &Blocked) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for wait in blocked
            .waits
            .iter()
            .filter(|wait| blocked.cause.contains(&wait.actor))
        {
            let (machine, state) = (&self.execution.machine, self.execution.last());
            let id = match wait.resource {
                super::waits::Resource::Job(job) => Some(machine.layout().job_executor(state, job)),
                resource => resource.object(),
            };
            let Some(id) = id else {
                continue;
            };
            let name = &self.program().objects[id.index()].declared;
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    fn object_at(&self, pc: crate::program::Pc, actor: usize, state: &State) -> Option<ObjectId> {
        let (Instr::Sync { object, .. }
        | Instr::Chan { object, .. }
        | Instr::Collection { object, .. }
        | Instr::NextEntry { object, .. }
        | Instr::Submit {
            executor: object, ..
        }) = self.program().instr(pc)
        else {
            return None;
        };
        let number = self
            .execution
            .machine
            .scene(state, actor)
            .eval(object)
            .ok()?;
        self.execution.machine.object(state, actor, number)
    }

    /// The object that was misused, from the step in which it was.
    fn misused(&self, actor: usize, exception: &crate::semantics::Exception) -> Vec<String> {
        if exception.misuse.is_none() {
            return vec![self.program().name(exception.name).to_owned()];
        }
        let n = self.execution.steps.len();
        for index in (0..n).rev() {
            let step = &self.execution.steps[index];
            if step.pc == exception.pc && step.action.actor == actor {
                let before = self.execution.before(index);
                let object = match (self.program().instr(step.pc), step.selected()) {
                    (Instr::Select { arms, .. }, Some(arm)) => {
                        let machine = &self.execution.machine;
                        let arm = arms.get(arm);
                        arm.and_then(|arm| machine.channel_of(before, actor, arm))
                    }
                    _ => self.object_at(step.pc, actor, before),
                };
                let name = |id: ObjectId| self.program().objects[id.index()].declared.clone();
                return object.map(name).into_iter().collect();
            }
        }
        Vec::new()
    }
}

fn fault_rule(kind: FaultKind) -> Rule {
    match kind {
        FaultKind::Assert => Rule::Assert,
        FaultKind::Arithmetic(ArithmeticFault::Overflow) => Rule::Overflow,
        FaultKind::Arithmetic(ArithmeticFault::Bounds) => Rule::Bounds,
        FaultKind::Arithmetic(ArithmeticFault::DivisionByZero) => Rule::DivisionByZero,
        FaultKind::Atomic => Rule::BlockedInAtomic,
    }
}

fn misuse_rule(misuse: Misuse) -> Rule {
    match misuse {
        Misuse::NotHeld => Rule::NotHeld,
        Misuse::WaitWithoutLock => Rule::WaitWithoutLock,
        Misuse::ReleasedPastBound => Rule::ReleasedPastBound,
        Misuse::SendOnClosed => Rule::SendOnClosed,
        Misuse::ClosedTwice => Rule::ClosedTwice,
        Misuse::CountedTooFar => Rule::CountedTooFar,
        Misuse::NotStarted => Rule::NotStarted,
        Misuse::BlockedInAtomic => Rule::BlockedInAtomic,
        Misuse::SubmittedAfterShutdown => Rule::SubmittedAfterShutdown,
    }
}
