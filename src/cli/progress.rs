//! One line on standard error while a long search runs.
//!
//! Shown only on a terminal, after half a second, at most twice a second, and
//! gone before anything else is printed.

use super::terminal::takes_commands;
use crate::checker::Progress;
use crate::report::escape;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

const PERIOD: Duration = Duration::from_millis(500);
/// Columns; a line that wraps could not be taken back.
const WIDTH: usize = 79;

/// The line, shared with the search.
#[derive(Clone)]
pub struct ProgressLine(Option<Arc<Mutex<Line>>>);

struct Line {
    next: Instant,
    begun: Instant,
    scenario: String,
    layers: Layers,
    shown: bool,
}

/// How many states had been stored when each layer of depth began.
#[derive(Default)]
struct Layers {
    depth: u32,
    begins: Vec<u64>,
}

impl Layers {
    fn note(&mut self, depth: u32, states: u64) {
        if self.begins.is_empty() || depth > self.depth {
            self.depth = depth;
            self.begins.push(states);
        }
    }

    /// By how much a layer is larger than the one before, over the last three; `None`
    /// for too few to tell. A search is over when a layer is empty.
    fn growth(&self) -> Option<f64> {
        let [.., a, b, c, d] = self.begins.as_slice() else {
            return None;
        };
        let (early, late) = (b.saturating_sub(*a).max(1), d.saturating_sub(*c));
        Some((late as f64 / early as f64).sqrt())
    }

    /// States that are still to come, if layers go on to shrink as they do.
    fn left(&self, states: u64) -> Option<f64> {
        let growth = self.growth().filter(|growth| *growth < 0.98)?;
        let [.., before, begin] = self.begins.as_slice() else {
            return None;
        };
        let all = begin.saturating_sub(*before) as f64 * growth / (1.0 - growth);
        Some((all - states.saturating_sub(*begin) as f64).max(0.0))
    }

    /// Where the search is going, in a few words.
    fn trend(&self, states: u64, rate: f64) -> String {
        match (self.growth(), self.left(states)) {
            (Some(_), Some(left)) => format!(", about {} left", time(left / rate.max(1.0))),
            (Some(growth), None) if growth > 1.02 => format!(", layers grow x{growth:.2}"),
            (Some(_), None) => ", layers stay as large".to_owned(),
            (None, _) => String::new(),
        }
    }
}

fn time(seconds: f64) -> String {
    match seconds {
        s if s < 99.5 => format!("{s:.0} s"),
        s if s < 5_940.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.0} h", s / 3600.0),
    }
}

impl ProgressLine {
    /// A line if standard error is a terminal that can take it back.
    pub fn new(wanted: bool) -> Self {
        if !wanted || !takes_commands(&std::io::stderr()) {
            return Self(None);
        }
        let now = Instant::now();
        Self(Some(Arc::new(Mutex::new(Line {
            next: now + PERIOD,
            begun: now,
            scenario: String::new(),
            layers: Layers::default(),
            shown: false,
        }))))
    }

    /// Shows how far the search has come, if it is time to.
    pub fn update(&self, progress: Progress<'_>) {
        let Some(line) = &self.0 else { return };
        let mut line = line.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if line.scenario != progress.scenario || progress.states == 0 {
            progress.scenario.clone_into(&mut line.scenario);
            line.begun = now;
            line.layers = Layers::default();
        }
        line.layers.note(progress.depth, progress.states);
        if now < line.next {
            return;
        }
        line.next = now + PERIOD;
        line.shown = true;
        let text = describe(progress, now - line.begun, &line.layers);
        let _ = write!(std::io::stderr(), "\r\u{1b}[K{text}");
    }

    /// Takes the line back.
    pub fn clear(&self) {
        let Some(line) = &self.0 else { return };
        let mut line = line.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut line.shown) {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
}

fn describe(progress: Progress<'_>, time: Duration, layers: &Layers) -> String {
    let rate = progress.states as f64 / time.as_secs_f64().max(0.001);
    let tail = format!(
        "{} states, {}/s, depth {}, {}{}",
        short(progress.states as f64),
        short(rate),
        progress.depth,
        bytes(progress.bytes),
        layers.trend(progress.states, rate),
    );
    let room = WIDTH.saturating_sub(tail.len() + 4);
    // ASCII, so that a character is a column.
    let name: String = escape::ascii_line(progress.scenario)
        .chars()
        .take(room)
        .collect();
    format!("  {name}: {tail}")
}

fn short(number: f64) -> String {
    match number {
        n if n < 10_000.0 => format!("{n:.0}"),
        n if n < 1e6 => format!("{:.0}k", n / 1e3),
        n if n < 1e9 => format!("{:.1}M", n / 1e6),
        n => format!("{:.1}G", n / 1e9),
    }
}

fn bytes(bytes: usize) -> String {
    match bytes as f64 / f64::from(1 << 20) {
        mib if mib < 1024.0 => format!("{mib:.0} MiB"),
        mib => format!("{:.1} GiB", mib / 1024.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_fits_a_narrow_terminal_whatever_the_name() {
        let progress = Progress {
            file: "a.tb",
            scenario: &"\u{1b}]0;x\u{7}数".repeat(40),
            states: 123_456_789_012,
            depth: u32::MAX,
            bytes: usize::MAX >> 20,
        };
        let line = describe(progress, Duration::from_secs(3), &Layers::default());
        assert!(line.len() <= WIDTH && line.is_ascii(), "{line}");
        assert!(!line.contains('\u{1b}'));
        assert!(line.ends_with("123.5G states, 41.2G/s, depth 4294967295, 16384.0 GiB"));
    }

    /// What is said after layers of these sizes, at so many states a second.
    #[track_caller]
    fn check(sizes: &[u64], rate: f64, said: &str) {
        let (mut layers, mut states) = (Layers::default(), 0);
        for (depth, size) in (0..).zip(sizes) {
            layers.note(depth, states);
            states += size;
        }
        layers.note(u32::MAX, states);
        assert_eq!(layers.trend(states, rate), said);
    }

    #[test]
    fn the_trend_of_the_layers_is_told() {
        check(&[1, 2], 10.0, "");
        check(&[1, 10, 100, 1000], 10.0, ", layers grow x10.00");
        check(&[50, 50, 50, 50], 10.0, ", layers stay as large");
        // 125 + 62 + 31 + ... are still to come.
        check(&[1000, 500, 250], 10.0, ", about 25 s left");
        check(&[1_000_000, 500_000, 250_000], 100.0, ", about 42 min left");
        check(&[9, 4, 0], 1.0, ", about 0 s left");
        assert_eq!(time(36_000.0), "10 h");
    }
}
