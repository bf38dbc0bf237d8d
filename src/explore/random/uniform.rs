//! Anybody who can go on, each as likely as any other.
//!
//! Source: the naive random scheduler of Thomson, Donaldson, Betts, "Concurrency
//! testing using controlled schedulers: an empirical study" (2016).
//!
//! **Deliberately absent:** any promise. What needs an actor to rest for many
//! steps is found with a probability that falls exponentially with their number.

use super::{Here, Scheduler, below};
use oorandom::Rand32;

/// Chooses uniformly at every step.
pub(super) struct Uniform;

impl Scheduler for Uniform {
    fn looks(&self) -> bool {
        false
    }

    fn begin(&mut self, _random: &mut Rand32) {}

    fn pick(&mut self, here: &Here<'_>, random: &mut Rand32) -> usize {
        here.enabled[below(random, here.enabled.len())]
    }
}
