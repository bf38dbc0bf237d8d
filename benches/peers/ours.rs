//! Threadbare itself: only the search with all its rules, which is what SPIN's
//! `-DSAFETY` does; and whole checks, with shortest schedules, and livelocks and
//! starvation where runs can go round.

use super::measure::{Cost, peak_kib, processor_time};
use std::path::Path;
use std::sync::Arc;
use threadbare::analysis::Facts;
use threadbare::base::Source;
use threadbare::checker::{Checker, Reduction};
use threadbare::explore::{Limits, search};
use threadbare::semantics::{Capacity, Machine};

/// States beyond which a search ends.
const STATES_MAX: u64 = u32::MAX as u64 - 2;

/// Runs `search`, `check` (nothing skipped) or `safe` (a check with reduction).
pub fn run(folder: &Path, what: &str, name: &str, size: &[(String, i64)], workers: usize) -> Cost {
    let path = folder.join(format!("{name}.tb"));
    let text = std::fs::read_to_string(&path).expect("the workload is there");
    let reduction = match what {
        "safe" => Reduction::Safe,
        _ => Reduction::None,
    };
    let mut checker = Checker::new()
        .reduction(reduction)
        .max_states(STATES_MAX)
        .workers(workers);
    for (name, n) in size {
        checker = checker.set(name, *n);
    }
    let source = Arc::new(Source::new(path.display().to_string(), text));
    let start = std::time::Instant::now();
    let before = processor_time();
    let (states, bytes_per_state) = if what == "search" {
        searched(&checker, &source, workers)
    } else {
        let reports = checker.check_source(source);
        let stats = &reports[0].stats;
        (stats.states, stats.bytes_per_state)
    };
    Cost {
        states,
        bytes_per_state,
        cpu: processor_time() - before,
        wall: start.elapsed().as_secs_f64(),
        peak_kib: peak_kib(),
    }
}

fn searched(checker: &Checker, source: &Source, workers: usize) -> (u64, f64) {
    let loaded = checker.load(source);
    let (_, program) = loaded.scenarios[0]
        .program
        .as_ref()
        .expect("a sound scenario");
    let limits = Limits {
        states: STATES_MAX,
        ..Limits::default()
    };
    let mut capacity = Capacity::initial(program);
    loop {
        let machine = Machine::new(program, capacity);
        let mut facts = Facts::new(program);
        match search(&machine, &limits, workers, &mut facts, &mut |_, _, _| {}) {
            Ok(found) => {
                let n = u64::from(found.n_states());
                return (n, found.bytes() as f64 / n as f64);
            }
            Err(more) => capacity = more,
        }
    }
}
