//! Random priorities, changed at a few random steps.
//!
//! Every actor gets a random priority, and whoever has the highest of those that
//! can go on is next. At `depth - 1` random steps the one that would be next
//! falls to a priority below all first ones. A bug that needs `depth` steps in a
//! certain order is found by an execution with probability at least
//! `1 / (n * k^(depth - 1))`, for n actors and k steps.
//!
//! Source: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A randomized scheduler
//! with probabilistic guarantees of finding bugs" (2010).
//!
//! Deviation: n and k are not known before; k is the length of the longest
//! execution so far. So only the executions since it last grew count for the
//! promise, and it holds as far as no execution is longer.

use super::{Here, Scheduler, below};
use oorandom::Rand32;

/// What the executions since the longest one promise about any bug of the depth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Guarantee {
    /// The depth of the bug.
    pub depth: u32,
    /// Actors, at most.
    pub n_actors: u32,
    /// Steps of an execution, at most.
    pub n_steps: u32,
    /// Executions for which it holds.
    pub n_executions: u64,
}

impl Guarantee {
    /// One execution in so many finds the bug, at least; infinite if that is past
    /// all counting.
    pub fn one_in(&self) -> f64 {
        let power = i32::try_from(self.depth.saturating_sub(1)).unwrap_or(i32::MAX);
        f64::from(self.n_actors) * f64::from(self.n_steps).powi(power)
    }

    /// The probability that at least one of the executions finds it.
    pub fn probability(&self) -> f64 {
        let missed = -(1.0 / self.one_in());
        let n = self.n_executions as f64;
        -f64::exp_m1(n * missed.ln_1p())
    }
}

/// Chooses by priority.
pub(super) struct Pct {
    depth: u32,
    /// By actor; the lowest `depth` numbers are for those that fell.
    priorities: Vec<u64>,
    /// Steps at which a priority falls, with the priority to fall to.
    falls: Vec<(u32, u64)>,
    step: u32,
    n_actors: u32,
    longest: u32,
    since: u64,
}

impl Pct {
    pub fn new(depth: u32) -> Self {
        Self {
            depth: depth.max(1),
            priorities: Vec::new(),
            falls: Vec::new(),
            step: 0,
            n_actors: 1,
            longest: 1,
            since: 0,
        }
    }

    fn first_priority(&self, random: &mut Rand32) -> u64 {
        (u64::from(random.rand_u32()) + 1) << 32 | u64::from(random.rand_u32())
    }

    fn highest(&self, enabled: &[usize]) -> usize {
        let best = enabled.iter().copied();
        let best = best.max_by_key(|&actor| (self.priorities[actor], usize::MAX - actor));
        best.expect("somebody can go on")
    }
}

impl Scheduler for Pct {
    fn begin(&mut self, random: &mut Rand32) {
        self.priorities.clear();
        self.step = 0;
        self.falls.clear();
        for index in 1..self.depth {
            let at = below(random, self.longest as usize);
            let at = u32::try_from(at).expect("below a number of 32 bits");
            self.falls.push((at, u64::from(self.depth - index)));
        }
    }

    fn pick(&mut self, here: &Here<'_>, random: &mut Rand32) -> usize {
        while self.priorities.len() < here.machine.layout().n_actors(here.state) {
            let priority = self.first_priority(random);
            self.priorities.push(priority);
        }
        let mut actor = self.highest(here.enabled);
        for &(at, priority) in &self.falls {
            if at == self.step {
                self.priorities[actor] = priority;
                actor = self.highest(here.enabled);
            }
        }
        self.step = self.step.saturating_add(1);
        actor
    }

    fn end(&mut self, n_steps: u32, n_actors: usize) {
        let n_actors = u32::try_from(n_actors).expect("at most 112 actors");
        if n_steps > self.longest || n_actors > self.n_actors {
            self.since = 0;
        } else {
            self.since += 1;
        }
        self.longest = self.longest.max(n_steps);
        self.n_actors = self.n_actors.max(n_actors);
    }

    fn guarantee(&self) -> Option<Guarantee> {
        Some(Guarantee {
            depth: self.depth,
            n_actors: self.n_actors,
            n_steps: self.longest,
            n_executions: self.since,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_promise_is_that_of_the_paper() {
        let promise = Guarantee {
            depth: 3,
            n_actors: 4,
            n_steps: 10,
            n_executions: 400,
        };
        assert!((promise.one_in() - 400.0).abs() < 1e-9);
        assert!((promise.probability() - 0.632_6).abs() < 1e-3);
        let none = Guarantee {
            n_executions: 0,
            ..promise
        };
        assert!(none.probability().abs() < 1e-12);
    }
}
