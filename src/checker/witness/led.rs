//! What became of one of our schedules in another engine.

use super::compare::without_lines;
use crate::bridge::{End, Order, Sight, Unfinished};

/// How an engine got on that was led along one of our schedules.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Led {
    /// It comes to the same end: it can, but does not by itself.
    Reached,
    /// It follows to the last step, and comes to another end.
    Otherwise,
    /// It cannot take this step, or does something else instead: the number of the step,
    /// from 0.
    Stopped(usize, Order),
    /// It met something that it cannot say.
    Refused(String),
    /// It failed by itself.
    Broken(String),
}

impl Led {
    /// What an engine that got these orders made of them, where we come to `end`.
    pub fn of(end: &End, orders: &[Order], sight: &Sight) -> Self {
        if sight
            .ends
            .iter()
            .any(|(theirs, _)| without_lines(theirs) == *end)
        {
            return Self::Reached;
        }
        match &sight.unfinished {
            Some(Unfinished::NotLed(n)) if *n < orders.len() => Self::Stopped(*n, orders[*n]),
            Some(Unfinished::Refused(what)) => Self::Refused(what.clone()),
            Some(Unfinished::Broken(message)) => Self::Broken(message.clone()),
            _ => Self::Otherwise,
        }
    }
}
