//! How far an execution of an engine has followed its orders, from what it logs.

use super::lead::Order;
use super::seen::{Part, Record};

/// Turns in a row without anything done, after which it is not to be done.
const PATIENCE: u32 = 1_000;

/// Orders, and how far an execution has followed them.
#[derive(Default)]
pub(super) struct Plan {
    orders: Vec<Order>,
    /// Orders that were followed.
    n_followed: usize,
    /// Turns since the last record that may follow an order.
    n_turns: u32,
    /// Records behind the last order.
    n_beyond: u32,
    /// Who has begun to wait, and may still have a lock to give up.
    drowsy: Option<usize>,
    /// Something else was done than what was wanted.
    is_left: bool,
}

/// What the orders say about who goes next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Turn {
    /// This actor.
    Of(usize),
    /// All were followed, and so many things were done since: whoever can.
    OfAnybody(u32),
    /// Something else was done, or what is wanted cannot be done.
    OfNobody,
}

impl Plan {
    pub fn new(orders: &[Order]) -> Self {
        Self {
            orders: orders.to_vec(),
            ..Self::default()
        }
    }

    /// Something was done: ticks the order off that it follows.
    pub fn hear(&mut self, record: Record) {
        if self.stopped_at().is_none() && record.part == Part::Done {
            self.n_beyond += 1;
            return;
        }
        self.n_turns = 0;
        self.drowsy = (record.part != Part::Done).then_some(record.actor);
        self.is_left = self.is_left || !self.follows(record);
    }

    /// Whether there is an order that a record follows, or need not be.
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

    /// Somebody asks whose turn it is.
    pub fn turn(&mut self) -> Turn {
        self.n_turns += 1;
        if self.is_left || self.n_turns > PATIENCE {
            return Turn::OfNobody;
        }
        let order = self.orders.get(self.n_followed);
        let beyond = Turn::OfAnybody(self.n_beyond);
        order.map_or(beyond, |order| Turn::Of(order.actor))
    }

    /// Who has begun to wait, and may still have a lock to give up.
    pub fn drowsy(&self) -> Option<usize> {
        self.drowsy
    }

    /// How many orders were followed, if not all.
    pub fn stopped_at(&self) -> Option<usize> {
        (self.is_left || self.n_followed < self.orders.len()).then_some(self.n_followed)
    }
}
