//! The evidence for one finding, read off the execution that shows it.
//!
//! **Invariant:** nothing is said that the replayed execution does not show.

use super::facts::Facts;
use super::finding::{Blocked, Evidence, Finding, declared_name};
use super::footprint::{Touch, touches};
use super::futures::{Futures, Help};
use super::key::Key;
use super::rule::{Level, Rule};
use super::rules::deadlocks::{causes, circles_in};
use super::rules::races::race_key;
use super::stuck::StuckSets;
use super::waits::wait_of;
use crate::base::Span;
use crate::explore::Observer;
use crate::program::Program;
use crate::semantics::{ArithmeticFault, FaultKind, Incident, Misuse};
use crate::trace::{Execution, Schedule};

/// An execution that shows a bug.
pub(super) struct Witness<'a, 'p> {
    pub facts: &'a Facts<'p>,
    pub futures: &'a Futures,
    pub stuck_sets: &'a StuckSets,
    pub execution: &'a Execution<'p>,
}

impl Witness<'_, '_> {
    pub(super) fn program(&self) -> &Program {
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
    pub(super) fn job_names(&self, job: usize) -> (String, String) {
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

    pub(super) fn last_step(&self) -> &crate::trace::StepTaken {
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
        facts.see(&self.execution.machine, self.execution.last(), 0, 0);
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
