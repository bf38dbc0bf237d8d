//! What the terminal and the environment allow.

use super::args::{Look, When};
use crate::report::human::Style;
use anstream::{AutoStream, ColorChoice};
use std::io::IsTerminal;

/// Whether a stream is a terminal that takes commands, such as to clear a line.
pub fn takes_commands(stream: &impl IsTerminal) -> bool {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    stream.is_terminal() && !dumb
}

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

    /// As a report looks that was decided on before.
    pub fn of(style: &Style) -> Self {
        Self {
            color: style.color,
            color_err: style.color,
            ascii: style.ascii,
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
