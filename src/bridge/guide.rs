//! shuttle, led along one schedule: it has the say over what can be done, we over who
//! goes next.

use super::lead::Order;
use super::plan::Turn;
use super::seen::{Bounds, Sight};
use super::shuttle::{actors_of, play_all};
use super::stage::Stage;
use crate::program::Program;
use shuttle::scheduler::{Schedule, Scheduler, Task, TaskId};
use std::sync::Arc;

/// Leads through the orders of its stage.
struct Guide {
    stage: Arc<Stage>,
    program: Arc<Program>,
    n_turns: usize,
    is_begun: bool,
}

impl Guide {
    /// Who goes next; nobody if what is wanted cannot be done.
    fn next(&mut self, actors: &[&Task]) -> Option<TaskId> {
        let task_of = |actor: usize| {
            let mut actors = actors.iter().map(|task| task.id());
            actors.find(|&task| self.stage.actor_of(usize::from(task)) == Some(actor))
        };
        let turn = self.stage.turn();
        // Whoever has done something may still have to give back what it used for that.
        let first = self.stage.who_is_busy().and_then(task_of);
        match turn {
            // Behind the last order nothing more is of interest.
            Turn::OfNobody | Turn::OfAnybody(1..) => None,
            _ if first.is_some() => first,
            Turn::Of(actor) => task_of(actor),
            // Whoever can still go on does, in turn, to see whether that is the end.
            Turn::OfAnybody(0) => {
                self.n_turns += 1;
                Some(actors[self.n_turns % actors.len()].id())
            }
        }
    }
}

impl Scheduler for Guide {
    fn new_execution(&mut self) -> Option<Schedule> {
        if std::mem::replace(&mut self.is_begun, true) || !self.stage.may_begin() {
            return None;
        }
        self.stage.begin(&self.program);
        Some(Schedule::new(0))
    }

    fn next_task(&mut self, runnable: &[&Task], _: Option<TaskId>, _: bool) -> Option<TaskId> {
        let next = match actors_of(&self.stage, runnable) {
            Err(task) => return task,
            Ok(actors) if actors.is_empty() => {
                self.stage.deadlock();
                return None;
            }
            Ok(actors) => self.next(&actors),
        };
        if next.is_none() {
            self.stage.lose();
        }
        next
    }

    fn next_u64(&mut self) -> u64 {
        0
    }
}

/// Leads shuttle through the orders.
pub(super) fn lead(program: &Program, orders: &[Order], bounds: Bounds) -> Sight {
    let program = Arc::new(program.clone());
    let stage = Arc::new(Stage::led(&program, bounds, true, orders));
    let guide = Guide {
        stage: Arc::clone(&stage),
        program: Arc::clone(&program),
        n_turns: 0,
        is_begun: false,
    };
    play_all(&program, &stage, guide);
    stage.sight()
}
