//! A mistake in a scenario file, as data: what, where, why, what to write instead.
//!
//! **Deliberately absent:** rendering; the report turns these into text.

use super::Span;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// The scenario cannot be checked.
    Error,
    /// It can, but something is probably not meant.
    Warning,
}

/// A second place that takes part, with its role ("`count` is declared here").
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// Its role, lower case, no full stop.
    pub text: String,
}

/// A replacement of source text that repairs the mistake.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// The text to replace.
    pub span: Span,
    /// What to write there.
    pub replacement: String,
}

/// One mistake, complete enough to be a lesson.
///
/// ```
/// use threadbare::base::{Diagnostic, Span};
/// let typo = Diagnostic::error("E020", Span::new(9, 14), "no variable `cuont` in this scenario")
///     .label("not declared")
///     .secondary(Span::new(0, 5), "`count` is declared here")
///     .help("a similar name exists")
///     .fix(Span::new(9, 14), "count");
/// assert_eq!(typo.secondary.len(), 1);
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// A code of the E or W family, such as `E020`; its meaning never changes.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The headline: lower case, the author's own names, no full stop.
    pub message: String,
    /// The guilty place.
    pub span: Span,
    /// What is wrong at that place; may be empty.
    pub label: String,
    /// Other places that take part.
    pub secondary: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
    /// A replacement that does it.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// An error with a headline and a place.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            span,
            label: String::new(),
            secondary: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// Says what is wrong at the guilty place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// Adds another place that takes part.
    #[must_use]
    pub fn secondary(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Adds the replacement that repairs it.
    #[must_use]
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix {
            span,
            replacement: replacement.into(),
        });
        self
    }
}
