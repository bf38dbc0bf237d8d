//! Random executors whose workers are alike: of states that differ only in which of
//! them does what, one is enough.

use super::both::{ALIKE, Outcome, compare, programs};
use std::fmt::Write;
use std::sync::atomic::Ordering;

/// What a job or thread may do.
const ACTS: [&str; 16] = [
    "x += 1",
    "x = x * 2",
    "y = y + 1",
    "with m { y = y + 1 }",
    "with m { with n { x += 1 } }",
    "with n { with m { x += 1 } }",
    "with s { x += 2 }",
    "s.acquire()",
    "c.send(x)",
    "x += c.recv()",
    "m.lock()",
    "u.lock()",
    "u.unlock()",
    "if x == 2 { raise \"Broken\" }",
    "assert x < 6",
    "let g = pool.submit(last)  if x == 1 { let r = g.result() }",
];

/// Numbers that look random; the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % n
    }

    fn acts(&mut self, most: usize) -> String {
        let n = self.below(most) + 1;
        let acts: Vec<&str> = (0..n).map(|_| ACTS[self.below(ACTS.len())]).collect();
        acts.join("  ")
    }
}

fn scenario(seed: u64) -> String {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let n_workers = 2 + dice.below(2);
    let unowned = ["", "unowned "][usize::from(dice.below(8) == 0)];
    let mut text = format!(
        "scenario \"workers\" {{
             executor pool({n_workers})
             atomic x = 0  var y = 0  lock m  lock n  {unowned}lock u  sem s = 1  chan c(1)
             fn last() {{ x += 1 return 0 }}\n"
    );
    for job in 0..2 {
        let acts = dice.acts(3);
        writeln!(text, "fn job{job}() {{ {acts} return 0 }}").expect("text can be written");
    }
    text += "thread boss {\n";
    for future in 0..1 + dice.below(3) {
        let job = dice.below(2);
        writeln!(text, "let f{future} = pool.submit(job{job})").expect("text can be written");
    }
    if dice.below(2) == 0 {
        text += "let r = f0.result()\n";
    }
    if dice.below(3) == 0 {
        text += "pool.shutdown()\n";
    }
    text += "}\n";
    if dice.below(3) == 0 {
        writeln!(text, "thread other {{ {} }}", dice.acts(2)).expect("text can be written");
    }
    text + "observe x }"
}

#[test]
fn random_executors_show_the_same() {
    let before = ALIKE.load(Ordering::Relaxed);
    for seed in 0..super::from_environment("THREADBARE_REDUCTION_CASES").unwrap_or(200) {
        let text = scenario(seed);
        if let Outcome::Differ(how) = compare(&programs(&text)[0]) {
            panic!("seed {seed}:\n{text}\n{how}");
        }
    }
    let searches = ALIKE.load(Ordering::Relaxed) - before;
    assert!(searches > 100, "workers are alike: {searches}");
}
