//! shuttle, led along one schedule: it has the say over what can be done, we over who
//! goes next.

use super::lead::Order;
use super::seen::{Bounds, Part, Record, Sight, Unfinished};
use super::shuttle::{actors_of, play_all};
use super::stage::Stage;
use crate::program::Program;
use shuttle::scheduler::{Schedule, Scheduler, Task, TaskId};
use std::sync::Arc;

/// Turns in a row without anything done, after which it is not to be done.
const PATIENCE: u32 = 1_000;

/// Leads through the orders.
struct Guide {
    stage: Arc<Stage>,
    program: Arc<Program>,
    orders: Arc<[Order]>,
    /// Orders that were followed.
    n_followed: usize,
    /// Records that were seen.
    n_seen: usize,
    /// Turns since the last of them.
    n_turns: u32,
    /// Who has begun to wait, and may still have a lock to give up.
    drowsy: Option<usize>,
    is_begun: bool,
}

impl Guide {
    /// Looks through what was done since the last turn; whether it was what was wanted.
    fn follow(&mut self) -> bool {
        for record in self.stage.log_since(self.n_seen) {
            self.n_seen += 1;
            self.n_turns = 0;
            self.drowsy = (record.part != Part::Done).then_some(record.actor);
            if !self.follows(record) {
                return false;
            }
        }
        true
    }

    /// Ticks the order off that a record follows; whether there is one, or need not be.
    fn follows(&mut self, record: Record) -> bool {
        let is_it = |order: &&Order| order.actor == record.actor && order.pc == record.pc;
        let mut orders = self.orders[self.n_followed..].iter();
        match orders.next().filter(is_it) {
            Some(order) if order.is_met_by(record.part) => self.n_followed += 1,
            // Two steps here may be one there.
            Some(order) if order.waits => {
                let rest = orders.next().filter(is_it);
                let both = rest.is_some_and(|rest| rest.is_met_by(record.part));
                self.n_followed += if both { 2 } else { 0 };
                return both;
            }
            // Not all begin to wait with a step of their own here.
            _ if record.part != Part::Done => {}
            _ => return false,
        }
        true
    }

    /// Who goes next; nobody if what is wanted cannot be done.
    fn next(&mut self, actors: &[&Task]) -> Option<TaskId> {
        self.n_turns += 1;
        if !self.follow() || self.n_turns > PATIENCE {
            return None;
        }
        let task_of = |actor: usize| {
            let mut actors = actors.iter().map(|task| task.id());
            actors.find(|&task| self.stage.actor_of(usize::from(task)) == Some(actor))
        };
        // Whoever has done something may still have to give back what it used for that.
        let first = self.stage.who_is_busy().or(self.drowsy);
        if let Some(task) = first.and_then(task_of) {
            return Some(task);
        }
        match self.orders.get(self.n_followed) {
            Some(order) => task_of(order.actor),
            // Whoever can still go on does, in turn, to see whether that is the end.
            None => Some(actors[self.n_turns as usize % actors.len()].id()),
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
        match actors_of(&self.stage, runnable) {
            Err(task) => task,
            Ok(actors) if actors.is_empty() => {
                if self.follow() && self.n_followed == self.orders.len() {
                    self.stage.deadlock();
                } else {
                    self.stage.stop_with(Unfinished::NotLed(self.n_followed));
                }
                None
            }
            Ok(actors) => {
                let next = self.next(&actors);
                if next.is_none() {
                    self.stage.stop_with(Unfinished::NotLed(self.n_followed));
                }
                next
            }
        }
    }

    fn next_u64(&mut self) -> u64 {
        0
    }
}

/// Leads shuttle through the orders; what it did, and with [`Unfinished::NotLed`] how many of
/// them it followed if not all.
pub(super) fn lead(program: &Program, orders: &[Order], bounds: Bounds) -> Sight {
    let program = Arc::new(program.clone());
    let stage = Arc::new(Stage::led(&program, bounds, orders));
    let guide = Guide {
        stage: Arc::clone(&stage),
        program: Arc::clone(&program),
        orders: orders.into(),
        n_followed: 0,
        n_seen: 0,
        n_turns: 0,
        drowsy: None,
        is_begun: false,
    };
    play_all(&program, &stage, guide);
    stage.sight()
}
