//! Actors come and go: `spawn`, `join`, the end.

use super::machine::{Done, Flow, Limit, Machine, Step, Stop};
use super::record::{EventKind, Incident, Misuse, Recorder};
use super::state::{State, Status};
use crate::base::{ACTORS_MAX, Mistake, planted};
use crate::program::{Expr, FunctionId, Instr, LoopId, OnLoop, Pc, Reg};

/// Threads of one `spawn` at once from which on a pool would be better.
pub const CROWD: usize = 8;

/// Whether the actor has ended; one that was never started can be "joined" at
/// once, which raises.
pub(super) fn can_join(machine: &Machine, state: &State, number: i64) -> bool {
    usize::try_from(number)
        .is_ok_and(|target| machine.layout.status(state, target) != Status::Running)
        || number < 0
        || planted(Mistake::JoinAtOnce)
}

impl Machine<'_> {
    /// How many actors of one `spawn` are at work.
    fn n_alike(&self, state: &State, spawn: Pc) -> usize {
        let spawned = self.program.actors.len()..self.layout.n_actors(state);
        spawned
            .filter(|&actor| self.layout.spawned_at(state, actor) == Some(spawn))
            .filter(|&actor| self.layout.is_running(state, actor))
            .filter(|&actor| !self.is_leaving(state, actor))
            .count()
    }

    /// Whether a running actor has only its end before it, which is a step of its own.
    pub fn is_leaving(&self, state: &State, actor: usize) -> bool {
        self.layout.is_running(state, actor)
            && matches!(self.program.instr(self.layout.pc(state, actor)), Instr::End)
    }
}

impl<R: Recorder> Step<'_, '_, R> {
    /// Goes on after the end of an actor; one with a time-out may come before it,
    /// and says so.
    pub fn join(&mut self, number: i64, dst: Option<Reg>) -> Done {
        let layout = &self.machine.layout;
        let target = usize::try_from(number).ok();
        let target = target.filter(|&actor| layout.status(self.state, actor) != Status::Absent);
        let Some(target) = target else {
            return Ok(self.raise("NotStarted", Some(Misuse::NotStarted)));
        };
        let ended = !layout.is_running(self.state, target);
        self.set_result(dst, i64::from(ended));
        if !ended {
            self.event(|| EventKind::LeftRunning(target));
            return Ok(Flow::Next);
        }
        layout.set_joined(self.state, target);
        self.event(|| EventKind::Joined(target));
        Ok(Flow::Next)
    }

    /// Starts an actor, which may be a daemon, a process of its own, or a task.
    pub fn spawn(
        &mut self,
        dst: Option<Reg>,
        f: FunctionId,
        args: &[Expr],
        (daemon, process): (bool, bool),
        task: Option<OnLoop>,
    ) -> Done {
        let machine = self.machine;
        let layout = &machine.layout;
        let mut words = Vec::with_capacity(args.len());
        for arg in args {
            words.push(self.eval(arg)?);
        }
        let child = layout.n_actors(self.state);
        let mut capacity = layout.capacity();
        if child >= ACTORS_MAX {
            return Err(Stop::Limit(Limit::Actors, self.pc));
        }
        if child >= capacity.actors {
            capacity.actors += 1;
            return Err(Stop::Grow(capacity));
        }
        let from = layout.process_of(self.state, self.actor);
        let mut own = from;
        if process {
            own = layout.n_processes(self.state);
            if own > capacity.processes {
                capacity.processes = own;
                return Err(Stop::Grow(capacity));
            }
        }
        let origin = Some((self.actor, self.pc));
        if task.is_none() && !process && machine.n_alike(self.state, self.pc) + 1 == CROWD {
            let incident = Incident::Crowd(self.pc);
            self.recorder.incident(self.actor, incident);
        }
        layout.set_origin(self.state, child, origin, daemon);
        layout.set_process(self.state, child, own);
        if own != from {
            machine.copy(self.state, from, own);
        }
        machine.start(self.state, child, f, &words);
        self.set_result(dst, i64::try_from(child).expect("at most 112 actors"));
        self.event(|| EventKind::Spawned(child));
        if let Some(OnLoop { on, green }) = task {
            let own = layout.loop_of(self.state, self.actor);
            let on = on.or(own).unwrap_or(LoopId(0));
            layout.begin_task(self.state, child, on, green);
            return Ok(Flow::Next);
        }
        // The new actor's local work up to its first visible instruction.
        let mut begin = Step {
            machine,
            state: self.state,
            actor: child,
            pc: 0,
            chooser: self.chooser,
            recorder: self.recorder,
            atomic: 0,
            resumes: false,
        };
        if !planted(Mistake::StartForgotten) {
            begin.settle()?;
        }
        Ok(Flow::Next)
    }
}
