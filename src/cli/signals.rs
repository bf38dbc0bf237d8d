//! Ctrl-C and SIGTERM: the first one raises the flag that the search polls, so
//! that the partial report is printed; the second ends the program at once.

use super::status::Exit;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What the signals have done so far.
pub struct Signals {
    raised: Arc<AtomicBool>,
    code: Arc<AtomicUsize>,
}

impl Signals {
    /// Begins to listen. Where the system refuses, signals end the program as usual.
    pub fn listen() -> Self {
        let raised = Arc::new(AtomicBool::new(false));
        let code = Arc::new(AtomicUsize::new(0));
        for (signal, status) in [(SIGINT, 130), (SIGTERM, 143)] {
            // The order matters: the shutdown looks at the flag before this
            // signal raises it.
            let _ = flag::register_conditional_shutdown(signal, status, Arc::clone(&raised));
            let _ = flag::register_usize(
                signal,
                Arc::clone(&code),
                usize::try_from(status).unwrap_or(130),
            );
            let _ = flag::register(signal, Arc::clone(&raised));
        }
        Self { raised, code }
    }

    /// The flag for the checker.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.raised)
    }

    /// How the command ends because of a signal, if there was one.
    pub fn exit(&self) -> Option<Exit> {
        let raised = self.raised.load(Ordering::SeqCst);
        let code = self.code.load(Ordering::SeqCst);
        raised.then(|| Exit::Signal(u8::try_from(code).unwrap_or(130)))
    }
}
