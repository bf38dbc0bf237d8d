//! The workloads: scenarios in `benches/workloads`, and the sizes they are run at.
//!
//! The first size is one that peers without a store of states can finish, where there is
//! one; the last has millions of states for those that have no reduction.

use std::path::{Path, PathBuf};

/// Values of a scenario's constants.
pub type Size = &'static [(&'static str, i64)];

/// A scenario and its sizes.
pub struct Workload {
    pub name: &'static str,
    pub sizes: [Size; 3],
}

/// Where the scenarios lie; the models for SPIN are in the folder `promela` there.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/workloads")
}

/// The name of a workload at a size.
pub fn title(workload: &Workload, size: Size) -> String {
    let size = size.iter().map(|(name, n)| format!(" {name}={n}"));
    workload.name.to_owned() + &size.collect::<String>()
}

/// The values alone, in the order in which the sizes name them.
pub fn values(size: &[(&str, i64)]) -> Vec<usize> {
    let values = size.iter().map(|&(_, n)| usize::try_from(n));
    values.map(|n| n.expect("sizes are positive")).collect()
}

const fn of(name: &'static str, sizes: [Size; 3]) -> Workload {
    Workload { name, sizes }
}

pub const WORKLOADS: [Workload; 12] = [
    of(
        "locked_counter",
        [
            &[("N", 3), ("ROUNDS", 2)],
            &[("N", 4), ("ROUNDS", 4)],
            &[("N", 8), ("ROUNDS", 16)],
        ],
    ),
    of(
        "racing_counter",
        [
            &[("N", 2), ("ROUNDS", 4)],
            &[("N", 4), ("ROUNDS", 3)],
            &[("N", 4), ("ROUNDS", 7)],
        ],
    ),
    of(
        "philosophers_naive",
        [
            &[("N", 6), ("ROUNDS", 2)],
            &[("N", 7), ("ROUNDS", 2)],
            &[("N", 8), ("ROUNDS", 2)],
        ],
    ),
    of(
        "philosophers_once",
        [
            &[("N", 3), ("ROUNDS", 1)],
            &[("N", 8), ("ROUNDS", 2)],
            &[("N", 9), ("ROUNDS", 2)],
        ],
    ),
    of(
        "philosophers_ordered",
        [&[("N", 8)], &[("N", 9)], &[("N", 12)]],
    ),
    of(
        "bounded_buffer",
        [
            &[
                ("PRODUCERS", 1),
                ("CONSUMERS", 2),
                ("ITEMS", 2),
                ("SLOTS", 1),
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
                ("ITEMS", 5),
                ("SLOTS", 3),
            ],
        ],
    ),
    of(
        "filter_lock",
        [
            &[("N", 3), ("ROUNDS", 6)],
            &[("N", 3), ("ROUNDS", 12)],
            &[("N", 4), ("ROUNDS", 4)],
        ],
    ),
    of(
        "bakery",
        [
            &[("N", 3), ("ROUNDS", 2)],
            &[("N", 3), ("ROUNDS", 4)],
            &[("N", 4), ("ROUNDS", 2)],
        ],
    ),
    of(
        "readers_writers",
        [
            &[("READERS", 2), ("WRITERS", 1), ("ROUNDS", 1)],
            &[("READERS", 3), ("WRITERS", 2), ("ROUNDS", 2)],
            &[("READERS", 8), ("WRITERS", 4), ("ROUNDS", 3)],
        ],
    ),
    of("ring_election", [&[("N", 5)], &[("N", 6)], &[("N", 11)]]),
    of(
        "condition_buffer",
        [
            &[
                ("PRODUCERS", 1),
                ("CONSUMERS", 2),
                ("ITEMS", 2),
                ("SLOTS", 1),
            ],
            &[
                ("PRODUCERS", 3),
                ("CONSUMERS", 3),
                ("ITEMS", 1),
                ("SLOTS", 2),
            ],
            &[
                ("PRODUCERS", 4),
                ("CONSUMERS", 4),
                ("ITEMS", 5),
                ("SLOTS", 2),
            ],
        ],
    ),
    of(
        "executor_jobs",
        [
            &[("WORKERS", 2), ("JOBS", 3)],
            &[("WORKERS", 3), ("JOBS", 3)],
            &[("WORKERS", 4), ("JOBS", 16)],
        ],
    ),
];
