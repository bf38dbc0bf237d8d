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
