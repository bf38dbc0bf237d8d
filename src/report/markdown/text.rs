//! Text as Markdown: the author's words stay words.
//!
//! What stands in backquotes becomes code; what a forge would turn into a
//! mention, an issue or a link becomes code too, since there nothing is looked
//! for; all other marks get a backslash.

use std::borrow::Cow;

use crate::report::escape;

/// A sentence of ours with names in backquotes, for the middle of a line.
pub(in crate::report) fn inline(text: &str) -> String {
    let text = escape::line(text);
    let parts: Vec<&str> = text.split('`').collect();
    // With a backquote too many nobody knows which of them are a pair.
    if parts.len().is_multiple_of(2) {
        return words(&text);
    }
    let each = parts.iter().enumerate().map(|(at, part)| match at % 2 {
        0 => words(part),
        _ => code(part),
    });
    each.collect()
}

/// The text as a code span.
pub(in crate::report) fn code(text: &str) -> String {
    let text = match text {
        "" => Cow::Borrowed(" "),
        _ => escape::line(text),
    };
    let ticks = "`".repeat(longest_run(&text) + 1);
    let is_delicate = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let gap = if is_delicate && text.trim() != "" {
        " "
    } else {
        ""
    };
    format!("{ticks}{gap}{text}{gap}{ticks}")
}

/// A code span in a cell of a table; nothing for nothing.
pub(super) fn cell(text: &str) -> String {
    match text {
        "" => String::new(),
        _ => code(text).replace('|', "\\|"),
    }
}

/// A block of code; a line feed at the end of the text is not doubled.
pub(super) fn fence(language: &str, text: &str) -> String {
    let ticks = "`".repeat((longest_run(text) + 1).max(3));
    let gap = if text.ends_with('\n') { "" } else { "\n" };
    format!("{ticks}{language}\n{text}{gap}{ticks}\n")
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or(0)
}

fn words(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let is_reference = word.contains(['@', '#']) || word.contains("://");
        if is_reference && !word.contains('`') {
            return code(word);
        }
        word.chars().flat_map(escaped).collect()
    });
    words.collect::<Vec<String>>().join(" ")
}

fn escaped(c: char) -> impl Iterator<Item = char> {
    let slash = "\\`*_[]<>|~&$@#".contains(c).then_some('\\');
    slash.into_iter().chain([c])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_backquotes_are_code_and_marks_are_marks() {
        assert_eq!(inline("race on `a_b`"), "race on `a_b`");
        assert_eq!(inline("a*b <b> [x](y)"), "a\\*b \\<b\\> \\[x\\](y)");
        assert_eq!(inline("one ` alone"), "one \\` alone");
    }

    #[test]
    fn nobody_is_mentioned_and_nothing_linked() {
        assert_eq!(inline("worker#1 and @all"), "`worker#1` and `@all`");
        assert_eq!(inline("see https://x.y/"), "see `https://x.y/`");
    }

    #[test]
    fn code_holds_any_number_of_backquotes() {
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(cell("a|b"), "`a\\|b`");
        assert_eq!(fence("text", "```\n"), "````text\n```\n````\n");
    }
}
