//! Actors come and go: `spawn`, `join`.

use super::machine::{ACTORS_MAX, Done, Flow, Limit, Machine, Step, Stop};
use super::record::{EventKind, Misuse, Recorder};
use super::state::{State, Status};
use crate::base::{Mistake, planted};
use crate::program::{Expr, FunctionId, LoopId, OnLoop, Reg};

/// Whether the actor has ended; one that was never started can be "joined" at
/// once, which raises.
pub(super) fn can_join(machine: &Machine, state: &State, number: i64) -> bool {
    usize::try_from(number)
        .is_ok_and(|target| machine.layout.status(state, target) != Status::Running)
        || number < 0
        || planted(Mistake::JoinAtOnce)
}

impl<R: Recorder> Step<'_, '_, R> {
    pub fn join(&mut self, number: i64) -> Done {
        let layout = &self.machine.layout;
        let target = usize::try_from(number).ok();
        let target = target.filter(|&actor| layout.status(self.state, actor) != Status::Absent);
        let Some(target) = target else {
            return Ok(self.raise("NotStarted", Some(Misuse::NotStarted)));
        };
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
        layout.set_origin(self.state, child, origin, daemon);
        layout.set_process(self.state, child, own);
        if own != from {
            machine.copy(self.state, from, own);
        }
        machine.start(self.state, child, f, &words);
        self.set_result(dst, i64::try_from(child).expect("at most 64 actors"));
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
        };
        begin.settle()?;
        Ok(Flow::Next)
    }
}
