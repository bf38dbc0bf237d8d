//! What is run, and how large. The scenario of each lies in `benches/workloads`,
//! for SPIN in `benches/workloads/promela`, for the others in files here.

/// The values of a workload's constants.
pub type Size = &'static [(&'static str, i64)];

/// A scenario, its sizes, and how it grows.
pub struct Workload {
    pub name: &'static str,
    pub sizes: [Size; 3],
    /// The constant that adds a thread (or one of each kind), and its values.
    pub grows: (&'static [&'static str], &'static [i64]),
}

impl Workload {
    /// The first size with another number of threads.
    pub fn with_threads(&self, n: i64) -> Vec<(&'static str, i64)> {
        let mut size = self.sizes[0].to_vec();
        for (name, value) in &mut size {
            if self.grows.0.contains(name) {
                *value = n;
            }
        }
        size
    }
}

/// The value of a constant.
pub fn value(size: &[(String, i64)], name: &str) -> usize {
    let found = size.iter().find(|(other, _)| other == name);
    let value = found.map_or(1, |&(_, value)| value);
    usize::try_from(value).expect("sizes are small")
}

/// All workloads.
pub const WORKLOADS: [Workload; 12] = [
    Workload {
        name: "locked_counter",
        sizes: [
            &[("N", 4), ("ROUNDS", 3)],
            &[("N", 4), ("ROUNDS", 4)],
            &[("N", 5), ("ROUNDS", 4)],
        ],
        grows: (&["N"], &[2, 3, 4, 5]),
    },
    Workload {
        name: "racing_counter",
        sizes: [
            &[("N", 3), ("ROUNDS", 4)],
            &[("N", 4), ("ROUNDS", 3)],
            &[("N", 4), ("ROUNDS", 4)],
        ],
        grows: (&["N"], &[2, 3]),
    },
    Workload {
        name: "philosophers_naive",
        sizes: [
            &[("N", 6), ("ROUNDS", 2)],
            &[("N", 7), ("ROUNDS", 2)],
            &[("N", 8), ("ROUNDS", 2)],
        ],
        grows: (&["N"], &[3, 4, 5, 6]),
    },
    Workload {
        name: "philosophers_ordered",
        sizes: [&[("N", 7)], &[("N", 8)], &[("N", 10)]],
        grows: (&["N"], &[4, 5, 6, 7]),
    },
    Workload {
        name: "philosophers_once",
        sizes: [
            &[("N", 7), ("ROUNDS", 1)],
            &[("N", 8), ("ROUNDS", 1)],
            &[("N", 9), ("ROUNDS", 1)],
        ],
        grows: (&["N"], &[4, 5, 6, 7]),
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
        grows: (&["PRODUCERS", "CONSUMERS"], &[1, 2, 3]),
    },
    Workload {
        name: "filter_lock",
        sizes: [
            &[("N", 3), ("ROUNDS", 6)],
            &[("N", 3), ("ROUNDS", 12)],
            &[("N", 4), ("ROUNDS", 2)],
        ],
        grows: (&["N"], &[2, 3]),
    },
    Workload {
        name: "bakery",
        sizes: [
            &[("N", 3), ("ROUNDS", 2)],
            &[("N", 4), ("ROUNDS", 1)],
            &[("N", 3), ("ROUNDS", 6)],
        ],
        grows: (&["N"], &[2, 3]),
    },
    Workload {
        name: "readers_writers",
        sizes: [
            &[("READERS", 3), ("WRITERS", 1), ("ROUNDS", 2)],
            &[("READERS", 3), ("WRITERS", 2), ("ROUNDS", 2)],
            &[("READERS", 4), ("WRITERS", 2), ("ROUNDS", 2)],
        ],
        grows: (&["READERS"], &[1, 2, 3, 4]),
    },
    Workload {
        name: "ring_election",
        sizes: [&[("N", 6)], &[("N", 7)], &[("N", 8)]],
        grows: (&["N"], &[3, 4, 5, 6]),
    },
    Workload {
        name: "condition_buffer",
        sizes: [
            &[
                ("PRODUCERS", 2),
                ("CONSUMERS", 2),
                ("ITEMS", 2),
                ("SLOTS", 1),
            ],
            &[
                ("PRODUCERS", 2),
                ("CONSUMERS", 2),
                ("ITEMS", 6),
                ("SLOTS", 2),
            ],
            &[
                ("PRODUCERS", 3),
                ("CONSUMERS", 3),
                ("ITEMS", 2),
                ("SLOTS", 1),
            ],
        ],
        grows: (&["PRODUCERS", "CONSUMERS"], &[1, 2]),
    },
    Workload {
        name: "executor_jobs",
        sizes: [
            &[("WORKERS", 2), ("JOBS", 4)],
            &[("WORKERS", 3), ("JOBS", 4)],
            &[("WORKERS", 3), ("JOBS", 5)],
        ],
        grows: (&["WORKERS"], &[1, 2, 3]),
    },
];
