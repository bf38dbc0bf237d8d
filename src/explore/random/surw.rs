//! Every order of the accesses to one shared thing as likely as any other.
//!
//! For each execution one thing is chosen that several actors use. Who does the
//! next step on it is drawn in proportion to how many such steps each has left;
//! until that actor has done it, others that stand before such a step wait,
//! and everything else is free to run. If there are no such things, all steps count.
//!
//! Source: Zhao, Wolff, Mathur, Roychoudhury, "Selectively uniform concurrency
//! testing" (2025): how many steps each actor has left is taken from earlier
//! executions, and a spawner counts with those it has yet to spawn.
//!
//! Deviations: the first executions are uniform and count steps for the later
//! ones, of which the most seen counts; actors are known by their number; when
//! the chosen actor cannot go on and nobody else may, the choice is drawn again.

use super::next::{Next, Thing, next};
use super::{Here, Scheduler, below};
use oorandom::Rand32;
use std::collections::BTreeMap;

/// Executions that only count.
const FIRST: u32 = 8;

/// Steps of each actor.
type Counts = Vec<u32>;

/// Chooses by the steps left.
#[derive(Default)]
pub(super) struct Surw {
    n_begun: u32,
    /// For each thing, steps on it by actor: in this execution, and the most seen.
    counts: BTreeMap<Thing, (Counts, Counts)>,
    /// All steps by actor, in the same way.
    all: (Counts, Counts),
    /// Who spawned each actor.
    spawners: Vec<Option<usize>>,
    /// What this execution is about; nothing for all steps.
    about: Option<Thing>,
    left: Counts,
    intended: Option<usize>,
}

fn count(counts: &mut Counts, actor: usize) {
    if counts.len() <= actor {
        counts.resize(actor + 1, 0);
    }
    counts[actor] += 1;
}

fn keep_most((now, most): &mut (Counts, Counts)) {
    most.resize(most.len().max(now.len()), 0);
    for (most, now) in most.iter_mut().zip(now.iter()) {
        *most = (*most).max(*now);
    }
    now.clear();
}

impl Surw {
    fn is_about(&self, step: Next) -> bool {
        match (self.about, step) {
            (None, _) | (Some(_), Next::Many) => true,
            (Some(about), Next::One(thing, _)) => thing == about,
            (Some(_), Next::Nothing) => false,
        }
    }

    /// Steps that an actor and those that it has yet to spawn have left.
    fn weight(&self, actor: usize, n_actors: usize) -> u64 {
        let mut sum = u64::from(self.left.get(actor).copied().unwrap_or(0));
        for child in n_actors..self.spawners.len().min(self.left.len()) {
            if self.spawners[child] == Some(actor) {
                sum += u64::from(self.left[child]);
            }
        }
        sum
    }

    /// One of `among` in proportion to its weight.
    fn draw(&self, among: &[usize], n_actors: usize, random: &mut Rand32) -> usize {
        // Whoever has more left than was ever counted has at least one step.
        let weights: Vec<u64> = { among.iter() }
            .map(|&actor| self.weight(actor, n_actors).max(1))
            .collect();
        let sum: u64 = weights.iter().sum();
        let sum = u32::try_from(sum).unwrap_or(u32::MAX);
        let mut rest = u64::from(random.rand_range(0..sum));
        for (&actor, &weight) in among.iter().zip(&weights) {
            if rest < weight {
                return actor;
            }
            rest -= weight;
        }
        among[among.len() - 1]
    }

    fn choose(&mut self, here: &Here<'_>, random: &mut Rand32) -> usize {
        let (machine, state) = (here.machine, here.state);
        let n_actors = machine.layout().n_actors(state);
        loop {
            let intended = match self.intended {
                Some(actor) if machine.layout().is_running(state, actor) => actor,
                _ => {
                    let running = |&actor: &usize| machine.layout().is_running(state, actor);
                    let with_steps =
                        |&actor: &usize| running(&actor) && self.weight(actor, n_actors) > 0;
                    let mut alive: Vec<usize> = (0..n_actors).filter(with_steps).collect();
                    if alive.is_empty() {
                        alive.extend_from_slice(here.enabled);
                    }
                    self.draw(&alive, n_actors, random)
                }
            };
            let may =
                |&&actor: &&usize| actor == intended || !self.is_about(next(machine, state, actor));
            let free: Vec<usize> = here.enabled.iter().filter(may).copied().collect();
            if free.is_empty() {
                // Whoever was meant waits for one of those that were held back.
                self.intended = Some(self.draw(here.enabled, n_actors, random));
                continue;
            }
            self.intended = Some(intended);
            return free[below(random, free.len())];
        }
    }
}

impl Scheduler for Surw {
    fn begin(&mut self, random: &mut Rand32) {
        self.n_begun += 1;
        self.intended = None;
        self.about = None;
        if self.n_begun <= FIRST {
            return;
        }
        let several = |counts: &&Counts| counts.iter().filter(|&&n| n > 0).count() > 1;
        let shared = self.counts.iter();
        let shared: Vec<Thing> = shared
            .filter(|(_, (_, most))| several(&most))
            .map(|(&thing, _)| thing)
            .collect();
        if !shared.is_empty() {
            self.about = Some(shared[below(random, shared.len())]);
        }
        self.left = match &self.about {
            Some(thing) => self.counts[thing].1.clone(),
            None => self.all.1.clone(),
        };
    }

    fn pick(&mut self, here: &Here<'_>, random: &mut Rand32) -> usize {
        let (machine, state) = (here.machine, here.state);
        let counting = self.n_begun <= FIRST;
        let chosen = match counting {
            true => here.enabled[below(random, here.enabled.len())],
            false => self.choose(here, random),
        };
        let step = next(machine, state, chosen);
        if counting {
            let n_actors = machine.layout().n_actors(state);
            for actor in self.spawners.len()..n_actors {
                self.spawners.push(machine.layout().spawner(state, actor));
            }
            count(&mut self.all.0, chosen);
            if let Next::One(thing, _) = step {
                count(&mut self.counts.entry(thing).or_default().0, chosen);
            }
        } else if self.is_about(step) {
            if let Some(left) = self.left.get_mut(chosen) {
                *left = left.saturating_sub(1);
            }
            if self.intended == Some(chosen) {
                self.intended = None;
            }
        }
        chosen
    }

    fn end(&mut self, _n_steps: u32, _n_actors: usize) {
        if self.n_begun <= FIRST {
            keep_most(&mut self.all);
            self.counts.values_mut().for_each(keep_most);
        }
    }
}
