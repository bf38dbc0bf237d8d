//! Text as HTML. **Invariant:** nothing of the author's gets into a page but
//! through [`plain`] or [`rich`].

use crate::report::escape;

/// One line of text, also for attributes.
pub(super) fn plain(text: &str) -> String {
    escape::markup(text)
}

/// A sentence of ours with names in backquotes, which become code.
pub(super) fn rich(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return plain(text);
    }
    let each = parts.iter().enumerate().map(|(at, part)| match at % 2 {
        0 => plain(part),
        _ => format!("<code>{}</code>", plain(part)),
    });
    each.collect()
}

/// Several lines of text.
pub(super) fn lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(spaced).collect();
    lines.join("\n")
}

/// One line of code; a tab is shown as spaces.
pub(super) fn spaced(line: &str) -> String {
    plain(&line.replace('\t', "    "))
}
