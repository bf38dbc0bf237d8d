//! Sampled executions, in which what was found out is used again and most states are not
//! looked at, beside the same executions step by step on the machine, all states looked at.

use crate::with_room;
use oorandom::{Rand32, Rand64};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use threadbare::analysis::{Facts, Key};
use threadbare::checker::{Sampling, Strategy};
use threadbare::compile::compile;
use threadbare::explore::{Bound, Limits, Observer, Taken, Visit, Watcher, sample};
use threadbare::generate::{Knobs, make, write};
use threadbare::program::Program;
use threadbare::semantics::{Capacity, Chooser, Machine, Stop};
use threadbare::trace::{Action, Schedule, replay};

/// A random scenario: its text and its program.
fn random(seed: u64, knobs: Knobs) -> (String, Program) {
    let written = write(&make(seed, knobs));
    let program = compile(&written.scenario).expect("a plan can be compiled");
    (written.text, program)
}

/// Facts of executions, of states and steps as they come.
struct Seen<'p> {
    facts: Facts<'p>,
    longest: Vec<Action>,
}

impl<'p> Seen<'p> {
    fn nothing(program: &'p Program) -> Self {
        Self {
            facts: Facts::new(program),
            longest: Vec::new(),
        }
    }
}

impl<'p> Watcher for Seen<'p> {
    type Observer = Facts<'p>;

    fn observer(&self) -> &Facts<'p> {
        &self.facts
    }

    fn visit(&mut self, visit: Visit<'_>, _so_far: &[Action]) {
        self.facts.visit(visit);
    }

    fn taken(&mut self, taken: Taken<'_>, so_far: &[Action]) {
        self.facts.taken(taken);
        if so_far.len() > self.longest.len() {
            self.longest = so_far.to_vec();
        }
    }

    fn ranges(&mut self, ranges: Vec<Option<(i64, i64)>>) {
        let mut piece = self.facts.fork();
        piece.ranges(ranges);
        self.facts.merge(piece);
    }

    fn is_done(&self) -> bool {
        false
    }
}

/// The facts of the same executions: every state looked at, every step the machine's own,
/// nothing remembered.
fn slowly<'p>(
    machine: &Machine<'p>,
    program: &'p Program,
    sampling: Sampling,
    steps_max: usize,
) -> Result<(Facts<'p>, u64), Capacity> {
    let mut facts = Facts::new(program);
    let mut seeds = Rand64::new(u128::from(sampling.seed));
    let mut n_steps = 0;
    for _ in 0..sampling.executions {
        let mut random = Rand32::new(seeds.rand_u64());
        let mut state = match machine.initial(&mut ()) {
            Ok(state) => state,
            Err(Stop::Grow(more)) => return Err(more),
            Err(_) => return Ok((facts, 0)),
        };
        for depth in 0..=steps_max {
            let depth = u32::try_from(depth).expect("few");
            let enabled = facts.see(machine, &state, 0, depth);
            if enabled.is_empty() || depth as usize == steps_max {
                break;
            }
            let n = u32::try_from(enabled.len()).expect("few");
            let actor = enabled[random.rand_range(0..n) as usize];
            let drawn = random.rand_u32();
            let mut ways = Vec::new();
            let mut chooser = Chooser::first();
            loop {
                let mut after = state.clone();
                let mut heard = Vec::new();
                let result = machine.step(&mut after, actor, &mut chooser, &mut heard);
                ways.push((chooser.code(), after, heard, result));
                if !chooser.advance() {
                    break;
                }
            }
            let n = u32::try_from(ways.len()).expect("few");
            let (way, after, incidents, result) = ways.swap_remove((drawn % n) as usize);
            let fault = match result {
                Ok(()) => None,
                Err(Stop::Fault(fault)) => Some(fault),
                Err(Stop::Grow(more)) => return Err(more),
                Err(Stop::Limit(..)) => return Ok((facts, n_steps)),
            };
            n_steps += 1;
            facts.taken(Taken {
                machine,
                from: 0,
                along: None,
                depth,
                before: &state,
                action: Action { actor, way },
                fault,
                incidents: &incidents,
            });
            if fault.is_some() {
                break;
            }
            state = after;
        }
    }
    Ok((facts, n_steps))
}

#[test]
fn what_is_used_again_shows_what_the_machine_shows_step_by_step() {
    let limits = Limits {
        depth: Some(60),
        ..Limits::default()
    };
    let sampling = Sampling {
        executions: 20,
        seed: 3,
        scheduler: Strategy::Uniform,
    };
    let mut with_facts = 0;
    for seed in 0..300 {
        let knobs = Knobs {
            threads: 3,
            acts: 6,
            loops: seed % 2 == 0,
        };
        let (text, program) = random(seed, knobs);
        with_facts += with_room(&program, |machine| {
            let mut seen = Seen::nothing(&program);
            let sampled = sample(machine, sampling, &limits, &mut seen)?;
            let (facts, n_steps) = slowly(machine, &program, sampling, 60)?;
            if sampled.bound.is_some() {
                return Ok(0);
            }
            assert_eq!(sampled.n_steps, n_steps, "seed {seed}\n{text}");
            let all = |facts: &Facts<'_>| {
                let hits: Vec<Key> = facts.hits.keys().cloned().collect();
                let endings: Vec<(usize, Vec<i64>)> = facts.endings.keys().cloned().collect();
                let edges = format!("{:?}", facts.edges);
                let satisfied: Vec<usize> = facts.satisfied.keys().copied().collect();
                (hits, endings, edges, satisfied, facts.values.clone())
            };
            assert_eq!(all(&seen.facts), all(&facts), "seed {seed}\n{text}");
            let last = replay(&program, &Schedule(seen.longest.clone()));
            assert!(last.is_ok(), "what was shown can be run again");
            Ok(usize::from(!facts.hits.is_empty()))
        });
    }
    assert!(with_facts > 100, "{with_facts} programs showed something");
}

#[test]
fn an_execution_that_is_stopped_was_not_cut_off() {
    let limits = Limits {
        interrupt: Arc::new(AtomicBool::new(true)),
        ..Limits::default()
    };
    let sampling = Sampling {
        executions: 10_000,
        seed: 1,
        scheduler: Strategy::Uniform,
    };
    let mut n_stopped = 0;
    for seed in 0..10 {
        let knobs = Knobs {
            threads: 2,
            acts: 4,
            loops: false,
        };
        let (text, program) = random(seed, knobs);
        let sampled = with_room(&program, |machine| {
            let mut seen = Seen::nothing(&program);
            sample(machine, sampling, &limits, &mut seen)
        });
        assert_eq!(sampled.n_cut, 0, "seed {seed}\n{text}");
        n_stopped += usize::from(sampled.bound == Some(Bound::Interrupt));
    }
    assert!(n_stopped > 5, "{n_stopped} of 10 were stopped");
}
