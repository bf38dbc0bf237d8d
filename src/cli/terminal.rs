//! What the terminal and the environment allow.

use super::args::{Look, When};
use anstream::{AutoStream, ColorChoice};

/// How output looks, decided.
#[derive(Clone, Copy, Debug)]
pub struct Looks {
    /// Colours on standard output.
    pub color: bool,
    /// Colours on standard error.
    pub color_err: bool,
    /// ASCII only.
    pub ascii: bool,
}

impl Looks {
    /// Asks the terminal, and `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE`, `TERM`.
    pub fn new(look: &Look) -> Self {
        let stdout = AutoStream::choice(&std::io::stdout()) != ColorChoice::Never;
        let stderr = AutoStream::choice(&std::io::stderr()) != ColorChoice::Never;
        let decide = |auto: bool| match look.color {
            When::Always => true,
            When::Never => false,
            When::Auto => auto,
        };
        Self {
            color: decide(stdout),
            color_err: decide(stderr),
            ascii: look.ascii,
        }
    }

    /// The same for what goes to standard error.
    pub fn on_stderr(self) -> Self {
        Self {
            color: self.color_err,
            ..self
        }
    }
}
