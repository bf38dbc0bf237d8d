//! How text gets onto the page: escaped, measured, painted, wrapped.
//!
//! **Invariant:** text is escaped and measured before it is painted, so colour
//! codes never count as width and the author's text never contains any.

use std::borrow::Cow;

use anstyle::{AnsiColor, Effects};
use unicode_width::UnicodeWidthStr;

use super::Style;
use crate::report::escape::{self, shell_word};

/// What a piece of text is, from which its colour follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ink {
    Plain,
    Error,
    Warning,
    Good,
    Help,
    Key,
    Strong,
    Dim,
    Added,
    Removed,
}

impl Ink {
    pub(super) fn style(self) -> anstyle::Style {
        let bold = |color: AnsiColor| color.on_default().effects(Effects::BOLD);
        match self {
            Ink::Plain => anstyle::Style::new(),
            Ink::Error => bold(AnsiColor::BrightRed),
            Ink::Warning => bold(AnsiColor::Yellow),
            Ink::Good => bold(AnsiColor::Green),
            Ink::Help => bold(AnsiColor::Cyan),
            Ink::Key => AnsiColor::Cyan.on_default(),
            Ink::Strong => anstyle::Style::new().bold(),
            Ink::Dim => anstyle::Style::new().dimmed(),
            Ink::Added => AnsiColor::Green.on_default(),
            Ink::Removed => AnsiColor::Red.on_default(),
        }
    }
}

impl Style {
    /// `text` in the colour of `ink`, if there are colours.
    pub(super) fn paint(&self, ink: Ink, text: &str) -> String {
        if !self.color || ink == Ink::Plain || text.is_empty() {
            return text.to_owned();
        }
        let style = ink.style();
        format!("{}{text}{}", style.render(), style.render_reset())
    }

    /// One line of the author's text, safe to print.
    pub(super) fn line<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.ascii {
            escape::ascii_line(text)
        } else {
            escape::line(text)
        }
    }

    /// One line, at most `width` columns: what is too long ends in `..`.
    pub(super) fn clip(&self, text: &str, width: usize) -> String {
        clip(&self.line(text), width)
    }

    /// A path or name as a word of a shell command.
    pub(super) fn word<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.line(text) {
            Cow::Borrowed(shown) => shell_word(shown),
            Cow::Owned(shown) => Cow::Owned(shell_word(&shown).into_owned()),
        }
    }
}

/// Columns on a terminal.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// `text` followed by spaces up to `columns`.
pub(super) fn pad(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(width(text));
    format!("{text}{}", " ".repeat(missing))
}

/// `text` with spaces on both sides, the odd one on the right.
pub(super) fn center(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(width(text));
    pad(&format!("{}{text}", " ".repeat(missing / 2)), columns)
}

/// At most `columns` columns of `text`; what is cut is replaced by `..`.
pub(super) fn clip(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut clipped = String::new();
    for c in text.chars() {
        clipped.push(c);
        if width(&clipped) + 2 > columns {
            clipped.pop();
            break;
        }
    }
    clipped + &"..".chars().take(columns).collect::<String>()
}

/// Breaks `text` at spaces into lines of at most `columns`; a longer word is
/// broken anywhere.
pub(in crate::report) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(8);
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let current = lines.last_mut().expect("there is always a line");
        if width(current) + 1 + width(word) <= columns {
            if !current.is_empty() {
                current.push(' ');
            }
            current.push_str(word);
            continue;
        }
        let mut piece = String::new();
        for c in word.chars() {
            if width(&piece) + width(c.encode_utf8(&mut [0; 4])) > columns {
                lines.push(std::mem::take(&mut piece));
            }
            piece.push(c);
        }
        lines.push(piece);
    }
    if lines.len() > 1 && lines[0].is_empty() {
        lines.remove(0);
    }
    lines
}

/// `1341` as `1,341`.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 step`, `2 steps`.
pub(super) fn count(number: u64, singular: &str, plural: &str) -> String {
    let word = if number == 1 { singular } else { plural };
    format!("{} {word}", thousands(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(thousands(7), "7");
        assert_eq!(thousands(1_341), "1,341");
        assert_eq!(thousands(10_000_000), "10,000,000");
        assert_eq!(count(1, "step", "steps"), "1 step");
    }

    #[test]
    fn wrapping_keeps_every_word_and_the_width() {
        let lines = wrap(
            "a wake-up is a hint and abcdefghijklmnopqrst no promise",
            12,
        );
        assert!(lines.iter().all(|line| width(line) <= 12), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', "").len(), 47);
    }

    #[test]
    fn clipping_says_that_it_clipped() {
        assert_eq!(clip("transfer", 8), "transfer");
        assert_eq!(clip("transfers", 8), "transf..");
        assert_eq!(clip("数数数", 5), "数..");
    }
}
