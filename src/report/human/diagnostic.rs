//! A mistake in a scenario file.

use super::excerpt::{self, Mark};
use super::finding::headline;
use super::pen::Ink;
use super::{Style, help};
use crate::base::{Diagnostic, Severity, Source};
use crate::report::Help;

/// More labels than this make an excerpt unreadable; the JSON has them all.
const LABELS_MAX: usize = 8;

/// The diagnostic in full, ending in a line feed.
pub fn diagnostic(diagnostic: &Diagnostic, source: &Source, style: &Style) -> String {
    let (word, ink) = match diagnostic.severity {
        Severity::Error => ("error", Ink::Error),
        Severity::Warning => ("warning", Ink::Warning),
    };
    let head = match diagnostic.code {
        // A mistake in a settings file, not in a scenario.
        "" => word.to_owned(),
        code => format!("{word}[{code}]"),
    };
    let mut lines = headline(&head, &diagnostic.message, ink, style);
    let primary = Mark {
        span: diagnostic.span,
        label: &diagnostic.label,
        primary: true,
    };
    let others = diagnostic.secondary.iter().map(|it| Mark {
        span: it.span,
        label: &it.text,
        primary: false,
    });
    let marks: Vec<Mark<'_>> = std::iter::once(primary).chain(others).collect();
    let excerpt = excerpt::render(source, &marks, LABELS_MAX, ink, style);
    lines.extend(excerpt.lines().map(str::to_owned));
    let advice = diagnostic.help.as_deref();
    if diagnostic.fix.is_some() {
        lines.push(style.paint(Ink::Key, "  |"));
        let repair = Help {
            text: advice.unwrap_or("write this instead").to_owned(),
            checked: None,
            patch: diagnostic.fix.iter().cloned().collect(),
            claim: false,
        };
        lines.extend(help::render(&repair, source, style));
    } else if let Some(advice) = advice {
        lines.push(style.paint(Ink::Key, "  |"));
        lines.extend(help::attached(&Help::new(advice), style));
    }
    lines.join("\n") + "\n"
}
