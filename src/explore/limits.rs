//! What may end a search before it is complete.

use super::saved::Keep;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Bounds of a search. Every one of them ends it as inconclusive.
#[derive(Clone, Debug)]
pub struct Limits {
    /// States stored.
    pub states: u64,
    /// Steps of a run.
    pub depth: Option<u32>,
    /// Bytes for stored states.
    pub memory: MemoryBudget,
    /// Time for the whole search.
    pub time: Option<Duration>,
    /// Raised from outside, for Ctrl-C.
    pub interrupt: Arc<AtomicBool>,
    /// Whether a search of all runs is written down, and what it goes on from.
    pub keep: Keep,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            states: 10_000_000,
            depth: None,
            memory: MemoryBudget::half_of_machine(),
            time: None,
            interrupt: Arc::new(AtomicBool::new(false)),
            keep: Keep::default(),
        }
    }
}

/// Bytes that a search may use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemoryBudget(pub u64);

impl MemoryBudget {
    /// Half of the smaller of physical memory and the container's limit; 4 GiB
    /// where neither can be read.
    pub fn half_of_machine() -> Self {
        let read = |path: &str| std::fs::read_to_string(path).ok();
        let physical = read("/proc/meminfo").and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
            let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
            kib.checked_mul(1024)
        });
        let container = [
            "/sys/fs/cgroup/memory.max",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        ]
        .into_iter()
        .find_map(|path| read(path)?.trim().parse::<u64>().ok());
        let known = physical.into_iter().chain(container).min();
        Self(known.map_or(4 << 30, |bytes| bytes / 2))
    }

    pub(super) fn allows(self, bytes: usize) -> bool {
        bytes as u64 <= self.0
    }
}

/// The limit that ended a search.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Bound {
    /// `--max-states`.
    States,
    /// `--max-depth`.
    Depth,
    /// `--max-memory`.
    Memory,
    /// `--timeout`.
    Time,
    /// Ctrl-C or SIGTERM.
    Interrupt,
    /// `--random`: as many executions were sampled as were asked for.
    Executions,
    /// `--bound switches`: more switches were not looked at.
    Switches,
    /// A run reached a limit of the language.
    Language(crate::semantics::Limit, crate::program::Pc),
}

/// Looks at the clock and the interrupt flag, but not at every step.
pub(super) struct Watch {
    deadline: Option<Instant>,
    interrupt: Arc<AtomicBool>,
    ticks: u32,
}

impl Watch {
    pub fn new(limits: &Limits) -> Self {
        Self {
            deadline: limits
                .time
                .and_then(|time| Instant::now().checked_add(time)),
            interrupt: Arc::clone(&limits.interrupt),
            ticks: 0,
        }
    }

    pub fn tick(&mut self) -> Option<Bound> {
        self.ticks += 1;
        if !self.ticks.is_multiple_of(256) {
            return None;
        }
        self.look()
    }

    pub fn look(&self) -> Option<Bound> {
        if self.interrupt.load(Ordering::Relaxed) {
            return Some(Bound::Interrupt);
        }
        let late = self
            .deadline
            .is_some_and(|deadline| Instant::now() >= deadline);
        late.then_some(Bound::Time)
    }
}
