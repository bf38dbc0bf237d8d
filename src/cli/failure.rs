//! What stops a command before it has a result: exit status 2.

use super::output::complain;
use super::terminal::Looks;
use crate::checker::FileError;
use crate::report::escape;
use std::fmt::Write as _;
use std::path::Path;

/// A usage or file error.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// What is wrong: lower case, no full stop.
    message: String,
    /// What to do.
    help: Option<String>,
}

impl Failure {
    /// An error with a headline.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
        }
    }

    /// A file that could not be written.
    pub fn write(path: &Path, error: &std::io::Error) -> Self {
        Self::new(format!("cannot write `{}`: {error}", path.display()))
    }

    /// A file that could not be read.
    pub fn unreadable(error: &FileError) -> Self {
        Self::new(format!("`{}`: {}", error.name, error.reason))
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Says it on standard error.
    pub fn print(&self, looks: Looks) {
        let red = anstyle::AnsiColor::BrightRed.on_default().bold();
        let (on, off) = if looks.color_err {
            (red.render().to_string(), red.render_reset().to_string())
        } else {
            (String::new(), String::new())
        };
        let mut text = format!("{on}error{off}: {}\n", escape::text(&self.message));
        if let Some(help) = &self.help {
            let _ = writeln!(text, "  = help: {}", escape::text(help));
        }
        complain(&text);
    }
}
