//! Text of the author's on its way to the page: what could move the cursor,
//! hide or reorder characters is shown instead of sent.
//!
//! Evidence that it matters: CVE-2024-52005 (control characters in messages),
//! CVE-2021-42574 (bidirectional controls in source text).
//!
//! **Invariant:** the results contain no control character except, in
//! [`text`], the line feed.

use std::borrow::Cow;

/// One line: line feeds and tabs are shown too.
///
/// ```
/// use threadbare::report::escape;
/// assert_eq!(escape::line("a\u{1b}[31m\tb"), r"a\u{1b}[31m\tb");
/// ```
pub fn line(text: &str) -> Cow<'_, str> {
    replace(text, |c| match c {
        '\n' => Some(Cow::Borrowed(r"\n")),
        '\t' => Some(Cow::Borrowed(r"\t")),
        '\r' => Some(Cow::Borrowed(r"\r")),
        _ => visible(c),
    })
}

/// Text of several lines: line feeds stay, tabs become four spaces.
pub fn text(text: &str) -> Cow<'_, str> {
    replace(text, |c| match c {
        '\n' => None,
        '\t' => Some(Cow::Borrowed("    ")),
        _ => visible(c),
    })
}

/// One line in ASCII: everything else is shown as `\u{…}`.
pub fn ascii_line(text: &str) -> Cow<'_, str> {
    replace(text, |c| match c {
        '\n' => Some(Cow::Borrowed(r"\n")),
        '\t' => Some(Cow::Borrowed(r"\t")),
        '\r' => Some(Cow::Borrowed(r"\r")),
        _ if c.is_ascii() => visible(c),
        _ => Some(Cow::Owned(unicode(c))),
    })
}

/// Text of several lines in ASCII: line feeds stay.
pub fn ascii_text(text: &str) -> Cow<'_, str> {
    replace(text, |c| match c {
        '\n' => None,
        '\t' => Some(Cow::Borrowed("    ")),
        _ if c.is_ascii() => visible(c),
        _ => Some(Cow::Owned(unicode(c))),
    })
}

/// One line as character data or an attribute of XML and HTML: made visible, then
/// escaped.
pub fn markup(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in line(text).chars() {
        match c {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            '\'' => safe += "&#39;",
            _ => safe.push(c),
        }
    }
    safe
}

/// The visible form of a character that must not reach a terminal or a browser as it is.
pub fn visible(c: char) -> Option<Cow<'static, str>> {
    is_hidden(c).then(|| Cow::Owned(unicode(c)))
}

/// C0, DEL, C1, bidirectional controls, line separators, invisible characters, and
/// two that no XML may contain.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

fn unicode(c: char) -> String {
    format!("\\u{{{:x}}}", u32::from(c))
}

fn replace(text: &str, visible: impl Fn(char) -> Option<Cow<'static, str>>) -> Cow<'_, str> {
    if !text.chars().any(|c| visible(c).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match visible(c) {
            Some(form) => shown.push_str(&form),
            None => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// Text as one word of a shell command.
pub fn shell_word(text: &str) -> Cow<'_, str> {
    let safe = |c: char| c.is_alphanumeric() || "/._-+,:=@%".contains(c);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(safe) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_control_character_is_shown() {
        for code in (0..0x20)
            .chain(0x7f..0xa0)
            .chain([0x202e, 0x2066, 0x61c, 0x2028])
        {
            let c = char::from_u32(code).expect("none of these is a surrogate");
            let hostile = format!("a{c}b");
            assert!(!line(&hostile).contains(c), "{code:x}");
            assert_eq!(text(&hostile).contains(c), c == '\n', "{code:x}");
            assert!(ascii_line(&hostile).is_ascii());
        }
    }

    #[test]
    fn ordinary_text_is_borrowed() {
        assert!(matches!(line("zähler 数 👩‍🚀"), Cow::Borrowed(_)));
        assert_eq!(ascii_line("ä"), r"\u{e4}");
    }
}
