//! Threadbare beside its peers, on the workloads of `benches/workloads`.
//!
//! `cargo bench --bench peers` runs every workload at its first two sizes;
//! `cargo bench --bench peers -- --all` at all sizes, `-- --only filter` those
//! whose name contains the word. It prints a table in Markdown; a run of it is
//! kept in `benches/RESULTS.md`.
//!
//! What is measured: processor time (user and system) and peak memory of a
//! process of its own for each run, from `/proc`, so only on Linux. Threadbare
//! runs without reduction, twice: `search` is the exhaustive search with all its
//! rules, which is what SPIN's `-DSAFETY` does; `check` is the whole command with
//! shortest schedules, and livelocks and starvation where runs can go round.
//! A peer that is not installed is named in the table.

mod measure;
mod spin;

use measure::{Cost, processor_time};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use threadbare::analysis::Facts;
use threadbare::base::Source;
use threadbare::checker::{Checker, Reduction};
use threadbare::explore::{Limits, search};
use threadbare::semantics::{Capacity, Machine};

/// A scenario and its sizes.
struct Workload {
    name: &'static str,
    sizes: [&'static [(&'static str, i64)]; 3],
}

const WORKLOADS: [Workload; 7] = [
    Workload {
        name: "locked_counter",
        sizes: [
            &[("N", 4), ("ROUNDS", 3)],
            &[("N", 4), ("ROUNDS", 4)],
            &[("N", 5), ("ROUNDS", 4)],
        ],
    },
    Workload {
        name: "racing_counter",
        sizes: [
            &[("N", 3), ("ROUNDS", 4)],
            &[("N", 4), ("ROUNDS", 3)],
            &[("N", 4), ("ROUNDS", 4)],
        ],
    },
    Workload {
        name: "philosophers_naive",
        sizes: [
            &[("N", 6), ("ROUNDS", 2)],
            &[("N", 7), ("ROUNDS", 2)],
            &[("N", 8), ("ROUNDS", 2)],
        ],
    },
    Workload {
        name: "philosophers_ordered",
        sizes: [&[("N", 7)], &[("N", 8)], &[("N", 10)]],
    },
    Workload {
        name: "bounded_buffer",
        sizes: [
            &[
                ("PRODUCERS", 2),
                ("CONSUMERS", 2),
                ("ITEMS", 4),
                ("SLOTS", 2),
            ],
            &[
                ("PRODUCERS", 3),
                ("CONSUMERS", 3),
                ("ITEMS", 3),
                ("SLOTS", 3),
            ],
            &[
                ("PRODUCERS", 3),
                ("CONSUMERS", 3),
                ("ITEMS", 4),
                ("SLOTS", 3),
            ],
        ],
    },
    Workload {
        name: "filter_lock",
        sizes: [
            &[("N", 3), ("ROUNDS", 6)],
            &[("N", 3), ("ROUNDS", 12)],
            &[("N", 4), ("ROUNDS", 2)],
        ],
    },
    Workload {
        name: "readers_writers",
        sizes: [
            &[("READERS", 3), ("WRITERS", 1), ("ROUNDS", 2)],
            &[("READERS", 3), ("WRITERS", 2), ("ROUNDS", 2)],
            &[("READERS", 4), ("WRITERS", 2), ("ROUNDS", 2)],
        ],
    },
];

/// Peers that the workloads are not written for yet.
const NOT_WRITTEN: [&str; 3] = ["stateright", "loom", "shuttle"];

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|first| first == "--one") {
        return one(&args[1], &args[2..]);
    }
    let all = args.iter().any(|arg| arg == "--all");
    let only = args.iter().position(|arg| arg == "--only");
    let only = only.and_then(|at| args.get(at + 1)).cloned();
    print!("{}", table(all, only.as_deref().unwrap_or("")));
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/workloads")
}

/// The whole table.
fn table(all: bool, only: &str) -> String {
    let mut text = measure::machine();
    let spin = spin::version();
    match &spin {
        Some(version) => writeln!(text, "SPIN: {version}, `gcc -O3 -DSAFETY -DNOREDUCE`."),
        None => writeln!(text, "SPIN: not installed."),
    }
    .expect("a string can be written");
    let _ = writeln!(text, "Not written yet: {}.\n", NOT_WRITTEN.join(", "));
    let _ = writeln!(
        text,
        "| workload | states | states/s, search | states/s, check | two workers, wall | bytes/state | peak MiB | SPIN states | SPIN states/s | SPIN peak MiB | states/s to SPIN's |"
    );
    let _ = writeln!(text, "|---|---|---|---|---|---|---|---|---|---|---|");
    for workload in WORKLOADS.iter().filter(|it| it.name.contains(only)) {
        for size in workload.sizes.iter().take(if all { 3 } else { 2 }) {
            let row = row(workload, size, spin.is_some());
            let _ = writeln!(text, "{row}");
            eprintln!("{row}");
        }
    }
    text
}

fn row(workload: &Workload, size: &[(&str, i64)], spin: bool) -> String {
    let title: Vec<String> = size.iter().map(|(name, n)| format!("{name}={n}")).collect();
    let title = format!("{} {}", workload.name, title.join(" "));
    let found = ours("search", workload.name, size, 1);
    let two = ours("search", workload.name, size, 2);
    let checked = ours("check", workload.name, size, 1);
    let mut row = format!(
        "| {title} | {} | {} | {} | {:.2} × | {:.1} | {} |",
        found.states,
        found.rate(),
        checked.rate(),
        found.wall / two.wall,
        found.bytes_per_state,
        found.peak_kib / 1024,
    );
    match spin
        .then(|| spin::run(&folder(), workload.name, size))
        .flatten()
    {
        Some(cost) => {
            let ratio = found.per_second() / cost.per_second();
            let _ = write!(
                row,
                " {} | {} | {} | {ratio:.2} |",
                cost.states,
                cost.rate(),
                cost.peak_kib / 1024
            );
        }
        None => row.push_str(" – | – | – | – |"),
    }
    row
}

/// Runs this program again for one measurement.
fn ours(what: &str, name: &str, size: &[(&str, i64)], workers: usize) -> Cost {
    let this = std::env::current_exe().expect("a program knows where it lies");
    let mut command = Command::new(this);
    command.args(["--one", what, name, &workers.to_string()]);
    for (name, n) in size {
        command.arg(format!("{name}={n}"));
    }
    let output = command.output().expect("this program can be run again");
    let text = String::from_utf8_lossy(&output.stdout);
    Cost::read(&text)
        .unwrap_or_else(|| panic!("{name}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// One measurement in a process of its own.
fn one(what: &str, args: &[String]) {
    let path = folder().join(format!("{}.tb", args[0]));
    let text = std::fs::read_to_string(&path).expect("the workload is there");
    let workers: usize = args[1].parse().expect("a number of workers");
    let mut checker = Checker::new()
        .reduction(Reduction::None)
        .max_states(u64::from(u32::MAX) - 2)
        .workers(workers);
    for set in &args[2..] {
        let (name, n) = set.split_once('=').expect("NAME=NUMBER");
        checker = checker.set(name, n.parse().expect("a number"));
    }
    let source = Arc::new(Source::new(path.display().to_string(), text));
    let start = std::time::Instant::now();
    let before = processor_time();
    let (states, bytes_per_state) = if what == "check" {
        let reports = checker.check_source(source);
        let stats = &reports[0].stats;
        (stats.states, stats.bytes_per_state)
    } else {
        searched(&checker, &source, workers)
    };
    let cost = Cost {
        states,
        bytes_per_state,
        cpu: processor_time() - before,
        wall: start.elapsed().as_secs_f64(),
        peak_kib: measure::peak_kib(),
    };
    println!("{}", cost.write());
}

fn searched(checker: &Checker, source: &Source, workers: usize) -> (u64, f64) {
    let loaded = checker.load(source);
    let (_, program) = loaded.scenarios[0]
        .program
        .as_ref()
        .expect("a sound scenario");
    let limits = Limits {
        states: u64::from(u32::MAX) - 2,
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
