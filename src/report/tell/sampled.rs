//! B012 and B013: what was looked at where not every run was asked for.

use super::limit::{advice, limit, thousands, told};
use crate::base::Source;
use crate::explore::{Bound, Guarantee, Limits, STEPS_MAX, Sample, Sampling, Strategy};
use crate::program::Program;
use crate::report::{Fact, Limit};

/// Tells how much was sampled. `found` says whether a bug was found, and `bound`
/// what ended it, if it was not the bug.
pub fn sampled(
    program: &Program,
    source: &Source,
    sampling: Sampling,
    sample: &Sample,
    limits: &Limits,
    found: bool,
) -> Limit {
    let executions = counted(sample.n_executions, "execution");
    let is_cut_short = sample.bound.is_none() && sample.n_executions < sampling.executions;
    let result = match (found, is_cut_short) {
        (true, true) => "the last one failed",
        (true, false) => "what they showed is below",
        (false, _) => "none failed",
    };
    let bound = sample.bound.unwrap_or(Bound::Executions);
    let mut all = match bound {
        Bound::Executions => told(
            "B012",
            "--random",
            sampling.executions.to_string(),
            format!("sampled {executions}, {result}"),
        ),
        other => {
            let mut stopped = limit(program, source, other, limits, 0, found);
            stopped.facts.retain(|fact| fact.key == "where");
            stopped
        }
    };
    let how = match sampling.scheduler {
        Strategy::Uniform => "at every step anybody who can go on, each as likely",
        Strategy::Pct { .. } => "by random priorities that change at random steps",
        Strategy::Pos => "by a random priority for every next step",
        Strategy::Surw => "all orders of the steps on one shared thing as likely",
        Strategy::Pause => {
            "who holds something and would take more, or give it back, waits for others"
        }
    };
    let (name, seed) = (sampling.scheduler.name(), sampling.seed);
    let mut add = |key: &str, text: String| all.facts.push(Fact::new(key, text));
    if bound != Bound::Executions {
        add("sampled", format!("{executions}, {result}"));
    }
    add("scheduler", format!("{name}, seed {seed}: {how}"));
    if sample.n_cut > 0 {
        let most = limits.depth.unwrap_or(STEPS_MAX);
        let cut = counted(sample.n_cut, "execution");
        add(
            "cut off",
            format!("{cut} at {} steps", thousands(most.into())),
        );
    }
    if let Some(promise) = sample.guarantee {
        add("promise", guarantee(&promise));
    }
    if !found {
        add(
            "no proof",
            "executions that were not sampled may fail".to_owned(),
        );
    }
    add("try", advice(bound).to_owned());
    all
}

/// `1 execution`, `2,000 executions`.
fn counted(n: u64, what: &str) -> String {
    let many = if n == 1 { "" } else { "s" };
    format!("{} {what}{many}", thousands(n))
}

fn guarantee(promise: &Guarantee) -> String {
    let depth = promise.depth;
    let one_in = promise.one_in();
    let one_in = if one_in < 1e15 {
        // Whole numbers of this size are exact.
        thousands(one_in as u64)
    } else {
        format!("{one_in:.1e}")
    };
    let executions = match promise.n_executions {
        1 => "this one".to_owned(),
        n => format!("these {}", thousands(n)),
    };
    format!(
        "a bug of depth {depth} shows in one execution with probability 1/{one_in} or more \
         ({}, {}),\nin at least one of {executions} with {:.1} % or more; as far as no run is longer",
        counted(promise.n_actors.into(), "actor"),
        counted(promise.n_steps.into(), "step"),
        promise.probability() * 100.0
    )
}

/// How far a search by switches came.
#[derive(Clone, Copy, Debug)]
pub struct Switches {
    /// Switches away from an actor that could have gone on, at most.
    pub most: u32,
    /// What ended it, if it was not the number of switches.
    pub bound: Bound,
    /// Steps of the longest run to a state.
    pub depth: u32,
    /// Every step of every state was taken.
    pub has_seen_all: bool,
}

/// Tells how far a search by switches came.
pub fn few_switches(
    program: &Program,
    source: &Source,
    switches: Switches,
    limits: &Limits,
    found: bool,
) -> Limit {
    let most = match switches.most {
        1 => "1 switch".to_owned(),
        n => format!("{} switches", thousands(n.into())),
    };
    if switches.bound != Bound::Switches {
        let mut stopped = limit(
            program,
            source,
            switches.bound,
            limits,
            switches.depth,
            found,
        );
        for fact in &mut stopped.facts {
            if fact.key == "searched" {
                fact.text = format!("runs of up to {most}, fewest first; not all of them");
            }
        }
        return stopped;
    }
    let result = if found {
        "what was found is below"
    } else {
        "no bug up to there"
    };
    let mut all = told(
        "B013",
        "--bound",
        format!("switches={}", switches.most),
        format!("complete up to {most}; {result}"),
    );
    let mut add = |key: &str, text: &str| all.facts.push(Fact::new(key, text));
    add("searched", &scope(switches.most));
    if switches.has_seen_all {
        add(
            "more",
            "further switches lead to no state that was not seen",
        );
        add("try", "no --bound: all runs can be searched");
    } else {
        add("no proof", "runs with more switches may fail");
        add("try", advice(Bound::Switches));
    }
    all
}

fn scope(most: u32) -> String {
    match most {
        0 => "every run in which an actor is left only when it cannot go on".to_owned(),
        1 => "every run in which an actor that could go on is left at most once".to_owned(),
        n => format!(
            "every run in which actors that could go on are left at most {} times",
            thousands(n.into())
        ),
    }
}
