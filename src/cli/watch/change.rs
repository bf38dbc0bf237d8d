//! Whether something changed: asks the file system four times a second.
//!
//! Asking works for every editor (also those that write a new file and rename it
//! over the old one), for folders that come from elsewhere over a network or into
//! a container, and needs nothing but the standard library; for some thousand
//! scenario files it costs some milliseconds each time.
//!
//! **Deliberately absent:** what changed. Whoever waits reads the files anew and
//! compares their texts, so a file that was only touched is no change.

use super::super::signals::Signals;
use crate::checker::Input;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

/// Time between two looks.
const PERIOD: Duration = Duration::from_millis(250);
/// A look may take at most one part in so many of the time.
const SHARE: u32 = 20;
/// Editors need a moment for a file; a change counts when it is over.
const SETTLED: Duration = Duration::from_millis(60);

/// Raised when something changed, or a signal came.
pub struct Changes {
    /// The flag, for the checker; whoever begins anew takes it down.
    pub stop: Arc<AtomicBool>,
}

impl Changes {
    /// Begins to look, on a thread of its own.
    pub fn look(paths: &[PathBuf], signals: &Signals) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (paths, raised, flag) = (paths.to_vec(), signals.flag(), stop.clone());
        let mut seen = stamps(&paths);
        std::thread::spawn(move || {
            loop {
                let begun = Instant::now();
                let mut now = stamps(&paths);
                let took = begun.elapsed();
                if now != seen {
                    loop {
                        std::thread::sleep(SETTLED);
                        let later = stamps(&paths);
                        if later == now {
                            break;
                        }
                        now = later;
                    }
                    seen = now;
                    flag.store(true, Ordering::SeqCst);
                }
                let until = Instant::now() + PERIOD.max(took * SHARE);
                while Instant::now() < until {
                    if raised.load(Ordering::SeqCst) {
                        flag.store(true, Ordering::SeqCst);
                    }
                    std::thread::sleep(Duration::from_millis(25));
                }
            }
        });
        Self { stop }
    }

    /// Returns when something changed, or a signal came.
    pub fn wait(&self) {
        while !self.stop.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(25));
        }
    }
}

/// What tells one version of a file from another: its name, its length, its time.
type Stamp = (String, Option<(u64, Option<SystemTime>)>);

fn stamps(paths: &[PathBuf]) -> Vec<Stamp> {
    let inputs = Input::collect(paths).into_iter();
    let stamps = inputs.map(|input| {
        let meta = input.path().and_then(|path| std::fs::metadata(path).ok());
        let version = meta.map(|meta| (meta.len(), meta.modified().ok()));
        (input.name().to_owned(), version)
    });
    stamps.collect()
}
