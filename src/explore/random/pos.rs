//! A random priority for every next step, drawn anew when another raced with it.
//!
//! Whoever has the highest priority of those that can go on is next. Afterwards
//! it draws a new one, and so does everybody whose next step raced with the step
//! taken. So the order of two racing steps is not tied to that of others.
//!
//! Source: Yuan, Yang, Gu, "Partial order aware concurrency sampling" (2018).
//!
//! Deviation: a step that touches several things (an atomic block, `wait_until`)
//! races with every other.

use super::next::{Next, next};
use super::{Here, Scheduler};
use oorandom::Rand32;

/// Chooses by the priority of the next step.
#[derive(Default)]
pub(super) struct Pos {
    /// By actor; 0 is still to be drawn.
    priorities: Vec<u64>,
}

impl Scheduler for Pos {
    fn begin(&mut self, _random: &mut Rand32) {
        self.priorities.clear();
    }

    fn pick(&mut self, here: &Here<'_>, random: &mut Rand32) -> usize {
        let (machine, state) = (here.machine, here.state);
        self.priorities.resize(machine.layout().n_actors(state), 0);
        for &actor in here.enabled {
            if self.priorities[actor] == 0 {
                self.priorities[actor] = u64::from(random.rand_u32()) + 1;
            }
        }
        let by_priority = |&actor: &usize| (self.priorities[actor], usize::MAX - actor);
        let best = here.enabled.iter().copied().max_by_key(by_priority);
        let best = best.expect("somebody can go on");
        let chosen = next(machine, state, best);
        if chosen != Next::Nothing {
            for &other in here.enabled {
                if chosen.races_with(next(machine, state, other)) {
                    self.priorities[other] = 0;
                }
            }
        }
        self.priorities[best] = 0;
        best
    }
}
