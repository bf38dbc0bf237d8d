//! Tasks and green threads: what becomes of the threads of some plans.
//!
//! They are made from threads, with a random source of their own, so that the rest
//! of a seed's plan does not depend on them.

use super::plan::{Act, Block, Plan, Runs};
use super::random::Random;

/// Turns threads of a plan into tasks, for one seed in three.
pub(super) fn turn(plan: &mut Plan, seed: u64) {
    let mut random = Random::new(seed ^ 0x7a5c_5ee4);
    if !random.one_in(3) {
        return;
    }
    let green = random.one_in(3);
    for thread in &mut plan.threads {
        if random.one_in(5) {
            continue;
        }
        thread.daemon = false;
        thread.runs = if green {
            Runs::Green
        } else {
            Runs::Task {
                awaits: !random.one_in(4),
            }
        };
        sprinkle(&mut thread.body, &mut random);
    }
    if random.one_in(3) {
        plan.loops = 1 + random.below(2);
        for thread in &mut plan.threads {
            thread.on = random.below(1 + plan.loops);
        }
    }
    for function in &mut plan.functions {
        if !green && random.one_in(2) {
            function.awaits = true;
            function.process = false;
            sprinkle(&mut function.body, &mut random);
        }
    }
    gather(plan, &mut random);
}

/// Puts some input and output, and some yields, between acts.
fn sprinkle(body: &mut Block, random: &mut Random) {
    let mut at = 0;
    while at <= body.len() {
        if random.one_in(4) {
            let act = random.pick(&[Act::Io, Act::Yield]);
            body.insert(at, act);
            at += 1;
        }
        at += 1;
    }
}

/// Lets some wait for several others, or for one for a while.
fn gather(plan: &mut Plan, random: &mut Random) {
    let n_functions = plan.functions.len();
    if n_functions == 0 {
        return;
    }
    for thread in &mut plan.threads {
        if !matches!(thread.runs, Runs::Task { awaits: true }) || random.one_in(2) {
            continue;
        }
        let act = if random.one_in(3) {
            Act::WaitFor(random.below(n_functions))
        } else {
            let n = 1 + random.below(2);
            Act::Gather((0..n).map(|_| random.below(n_functions)).collect())
        };
        let act = match random.below(4) {
            0 => Act::Try(vec![act], vec![Act::Yield]),
            _ => act,
        };
        let at = random.below(thread.body.len() + 1);
        thread.body.insert(at, act);
    }
}
