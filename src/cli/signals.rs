//! Ctrl-C and SIGTERM: the first one raises the flag that the search polls, so
//! that the partial report is printed; the second ends the program at once.

use super::status::Exit;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals as Stream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::{Duration, Instant};

/// Signals so soon after the first are the same one: `timeout` and some shells
/// send it to the program and to its group.
const SAME: Duration = Duration::from_millis(250);

/// What the signals have done so far.
pub struct Signals {
    raised: Arc<AtomicBool>,
    code: Arc<AtomicU8>,
}

impl Signals {
    /// Begins to listen. Where the system refuses, signals end the program as usual.
    pub fn listen() -> Self {
        let signals = Self {
            raised: Arc::new(AtomicBool::new(false)),
            code: Arc::new(AtomicU8::new(0)),
        };
        if let Ok(stream) = Stream::new([SIGINT, SIGTERM]) {
            let (raised, code) = (signals.flag(), Arc::clone(&signals.code));
            let listen = move || hear(stream, &raised, &code);
            let builder = std::thread::Builder::new().stack_size(64 << 10);
            let _ = builder.name("signals".to_owned()).spawn(listen);
        }
        signals
    }

    /// The flag for the checker.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.raised)
    }

    /// How the command ends because of a signal, if there was one.
    pub fn exit(&self) -> Option<Exit> {
        let raised = self.raised.load(Ordering::SeqCst);
        raised.then(|| Exit::Signal(self.code.load(Ordering::SeqCst)))
    }
}

fn hear(mut stream: Stream, raised: &AtomicBool, code: &AtomicU8) {
    let mut first: Option<Instant> = None;
    for signal in stream.forever() {
        let status = 128 + u8::try_from(signal).unwrap_or(2);
        match first {
            None => {
                first = Some(Instant::now());
                code.store(status, Ordering::SeqCst);
                raised.store(true, Ordering::SeqCst);
            }
            Some(first) if first.elapsed() < SAME => {}
            Some(_) => std::process::exit(i32::from(status)),
        }
    }
}
