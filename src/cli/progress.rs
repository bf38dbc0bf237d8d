//! One line on standard error while a long search runs.
//!
//! Shown only on a terminal, after half a second, at most twice a second, and
//! gone before anything else is printed.

use crate::checker::Progress;
use crate::report::escape;
use std::io::{IsTerminal, Write};
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
    shown: bool,
}

impl ProgressLine {
    /// A line if standard error is a terminal that can take it back.
    pub fn new(wanted: bool) -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        if !wanted || dumb || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let now = Instant::now();
        Self(Some(Arc::new(Mutex::new(Line {
            next: now + PERIOD,
            begun: now,
            scenario: String::new(),
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
        }
        if now < line.next {
            return;
        }
        line.next = now + PERIOD;
        line.shown = true;
        let text = describe(progress, now - line.begun);
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

fn describe(progress: Progress<'_>, time: Duration) -> String {
    let rate = progress.states as f64 / time.as_secs_f64().max(0.001);
    let tail = format!(
        "{} states, {}/s, depth {}, {}",
        short(progress.states as f64),
        short(rate),
        progress.depth,
        bytes(progress.bytes),
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
        let line = describe(progress, Duration::from_secs(3));
        assert!(line.len() <= WIDTH && line.is_ascii(), "{line}");
        assert!(!line.contains('\u{1b}'));
        assert!(line.ends_with("123.5G states, 41.2G/s, depth 4294967295, 16384.0 GiB"));
    }
}
