//! Standard output, buffered. When its reader has gone away, what is still
//! printed is dropped without a word.

use super::failure::Failure;
use crate::report::escape;
use std::io::{BufWriter, ErrorKind, Stdout, Write};
use std::path::Path;

/// Standard output.
pub struct Out {
    writer: BufWriter<anstream::AutoStream<Stdout>>,
    closed: bool,
}

impl Out {
    /// Nothing written yet.
    pub fn new() -> Self {
        // What is printed has colours only if it should.
        let stdout = anstream::AutoStream::always(std::io::stdout());
        Self {
            writer: BufWriter::with_capacity(1 << 16, stdout),
            closed: false,
        }
    }

    /// Prints, at once.
    ///
    /// # Errors
    ///
    /// If it cannot be written, unless because the reader has gone away.
    pub fn print(&mut self, text: &str) -> Result<(), Failure> {
        if self.closed || text.is_empty() {
            return Ok(());
        }
        let result = self.writer.write_all(text.as_bytes());
        match result.and_then(|()| self.writer.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            Err(error) => {
                self.closed = true;
                Err(Failure::write(Path::new("standard output"), &error))
            }
            Ok(()) => Ok(()),
        }
    }
}

/// Says something on standard error.
pub fn note(text: &str) {
    complain(&format!("{}\n", escape::text(text)));
}

/// Prints on standard error what is safe to print already.
pub fn complain(text: &str) {
    // Nowhere is left to say that this cannot be said.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

impl Drop for Out {
    fn drop(&mut self) {
        if self.closed {
            // Dropping the buffer would try once more what has just failed.
            let stdout = anstream::AutoStream::always(std::io::stdout());
            let writer = std::mem::replace(&mut self.writer, BufWriter::with_capacity(0, stdout));
            let _ = writer.into_parts();
        }
    }
}
