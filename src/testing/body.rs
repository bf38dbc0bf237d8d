//! A small skipper of Rust tokens: where the braces of a macro call begin and end.
//!
//! It knows what can hide a bracket: comments, strings, raw strings, characters
//! (as opposed to lifetimes).

use std::ops::Range;

/// The bytes between the brackets of the macro call that begins at a line and a
/// column (both from 1, in characters); `None` if there is no call.
pub(super) fn body(text: &str, line: u32, column: u32) -> Option<Range<usize>> {
    let start = offset(text, line, column)?;
    let mut at = start;
    // The path and the exclamation mark.
    let mut marked = false;
    loop {
        let c = text[at..].chars().next()?;
        match c {
            '(' | '[' | '{' if marked => break,
            '!' if !marked => marked = true,
            _ if c.is_whitespace() || starts_comment(&text[at..]) => {}
            _ if !marked && (c == ':' || c == '_' || c == '$' || c.is_alphanumeric()) => {}
            _ => return None,
        }
        at += token(&text[at..]);
    }
    let open = at + 1;
    let mut depth = 0usize;
    loop {
        match text[at..].chars().next()? {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(open..at);
        }
        at += token(&text[at..]);
    }
}

fn offset(text: &str, line: u32, column: u32) -> Option<usize> {
    let mut start = 0;
    for _ in 1..line {
        start += text[start..].find('\n')? + 1;
    }
    let characters = text[start..].char_indices();
    let (at, _) = { characters }.nth(usize::try_from(column).ok()?.checked_sub(1)?)?;
    Some(start + at)
}

fn starts_comment(text: &str) -> bool {
    text.starts_with("//") || text.starts_with("/*")
}

/// Bytes of what the text begins with: a comment, a literal, or one character.
fn token(text: &str) -> usize {
    let first = text.chars().next().map_or(0, char::len_utf8);
    match text.as_bytes() {
        [b'/', b'/', ..] => text.find('\n').unwrap_or(text.len()),
        [b'/', b'*', ..] => block_comment(text),
        [b'"', ..] => quoted(text, '"'),
        [b'\'', ..] => character(text),
        [b'r', b'"' | b'#', ..] => raw_string(text),
        [b'b' | b'c', b'r', b'"' | b'#', ..] => 1 + raw_string(&text[1..]),
        // A name is taken whole, so that the `r` at its end begins no raw string.
        [c, ..] if c.is_ascii_alphabetic() || *c == b'_' => {
            let is_name = |c: char| c == '_' || c.is_alphanumeric();
            let prefix = text.find(|c| !is_name(c)).unwrap_or(text.len());
            if prefix > 1 || !text[1..].starts_with(['"', '\'']) {
                prefix
            } else {
                1
            }
        }
        _ => first,
    }
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0usize;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `'a'` and `'\n'` are characters, `'a` is a lifetime.
fn character(text: &str) -> usize {
    let mut after = text[1..].char_indices();
    match (after.next(), after.next()) {
        (Some((_, '\\')), _) => quoted(text, '\''),
        (Some(_), Some((at, '\''))) => 1 + at + 1,
        _ => 1,
    }
}

fn raw_string(text: &str) -> usize {
    let hashes = text[1..].bytes().take_while(|&b| b == b'#').count();
    let open = 1 + hashes;
    if !text[open..].starts_with('"') {
        // A raw name such as `r#type`.
        return open;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    match text[open + 1..].find(&close) {
        Some(at) => open + 1 + at + close.len(),
        None => text.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(call: &str, expected: Option<&str>) {
        let text = format!("fn ä() {{\n    let ü = 0; {call}\n}}\n");
        let found = body(&text, 2, 16).map(|range| &text[range]);
        assert_eq!(found, expected, "{call}");
    }

    #[test]
    fn the_brackets_are_found() {
        check("scenario! { a { b } }", Some(" a { b } "));
        check("threadbare::scenario!(a [b])", Some("a [b]"));
        check("$crate::scenario! /* { */ [ x ]", Some(" x "));
        check("scenario ! {}", Some(""));
        check("scenario { a }", None);
        check("x + y! { a }", None);
        check("", None);
        assert_eq!(body("scenario! { a", 1, 1), None);
    }

    #[test]
    fn what_hides_a_bracket_is_skipped() {
        check(r#"s! { "}" }"#, Some(r#" "}" "#));
        check(r#"s! { "\"}" }"#, Some(r#" "\"}" "#));
        check(r##"s! { r#""}"# }"##, Some(r##" r#""}"# "##));
        check("s! { '}' }", Some(" '}' "));
        check(r"s! { '\'' '\u{7d}' }", Some(r" '\'' '\u{7d}' "));
        check("s! { 'a } 'b'", Some(" 'a "));
        check("s! { // }\n }", Some(" // }\n "));
        check("s! { /* } /* } */ } */ }", Some(" /* } /* } */ } */ "));
        check(
            r#"s! { var r = "}" for"}" }"#,
            Some(r#" var r = "}" for"}" "#),
        );
        check("s! { r#type }", Some(" r#type "));
    }

    #[test]
    fn a_place_outside_the_text_has_no_call() {
        assert_eq!(body("s! {}", 2, 1), None);
        assert_eq!(body("s! {}", 1, 9), None);
        assert_eq!(body("s! {}", 1, 0), None);
    }
}
