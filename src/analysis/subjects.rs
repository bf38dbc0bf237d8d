//! What a finding is about: the declared names of its variables and objects.

use super::finding::{Blocked, Evidence};
use super::key::Key;
use super::witness::Witness;
use crate::program::{Instr, ObjectId};
use crate::semantics::State;

impl Witness<'_, '_> {
    pub(super) fn subjects(&self, key: &Key, evidence: &Evidence) -> Vec<String> {
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
