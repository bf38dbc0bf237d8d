//! Values of number and string literals.

use std::ops::Range;

use super::{code, unicode};
use crate::base::{Diagnostic, Span};

/// What is wrong with a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadInt {
    /// A fraction.
    Fraction,
    /// A digit that the base does not have, or a suffix.
    Digit,
    /// More than 2^63.
    TooLarge,
}

impl BadInt {
    /// The mistake in words.
    pub fn diagnostic(self, text: &str, span: Span) -> Diagnostic {
        let shown = if text.len() > 40 { "this number" } else { text };
        match self {
            Self::Fraction => Diagnostic::error(code::NUMBER, span, format!("`{shown}` is not an integer"))
                .label("there are no fractions")
                .help("numbers are integers of 64 bits; count in a smaller unit"),
            Self::Digit => Diagnostic::error(code::NUMBER, span, format!("`{shown}` is not a number"))
                .label("has characters that are no digits")
                .help("write integers such as `42`, `1_000`, `0xff`, `0b101`; a name cannot begin with a digit"),
            Self::TooLarge => Diagnostic::error(code::NUMBER, span, format!("`{shown}` is too large"))
                .label("does not fit in 64 bits")
                .help("integers go from -9223372036854775808 to 9223372036854775807"),
        }
    }
}

/// How many bytes at the beginning of `text` look like a number, a fraction included.
pub fn number_length(text: &str) -> usize {
    let digits = |text: &str| {
        text.find(|c: char| !unicode::continues_name(c))
            .unwrap_or(text.len())
    };
    let whole = digits(text);
    let after = text[whole..].strip_prefix('.');
    match after {
        Some(after) if after.starts_with(|c: char| c.is_ascii_digit()) => whole + 1 + digits(after),
        _ => whole,
    }
}

/// The value of an integer literal as Rust writes them, without a suffix; at most 2^63.
///
/// # Errors
///
/// [`BadInt`] if it is none.
pub fn parse_int(text: &str) -> Result<u64, BadInt> {
    if text.contains('.') {
        return Err(BadInt::Fraction);
    }
    let bases = [("0x", 16), ("0o", 8), ("0b", 2)];
    let based = bases
        .iter()
        .find_map(|&(prefix, base)| Some((text.strip_prefix(prefix)?, base)));
    let (digits, base) = based.unwrap_or((text, 10));
    let digits: Vec<u8> = digits.bytes().filter(|&byte| byte != b'_').collect();
    if digits.is_empty() {
        return Err(BadInt::Digit);
    }
    let mut value = Some(0u64);
    for digit in digits {
        let digit = char::from(digit).to_digit(base).ok_or(BadInt::Digit)?;
        value = value
            .and_then(|value| value.checked_mul(u64::from(base)))
            .and_then(|value| value.checked_add(u64::from(digit)));
    }
    value
        .filter(|&value| value <= 1 << 63)
        .ok_or(BadInt::TooLarge)
}

/// The value of a string literal with its quotes, escapes replaced as in Rust.
///
/// # Errors
///
/// The byte range of the first escape that is none, and why.
pub fn unescape(literal: &str) -> Result<String, (Range<usize>, &'static str)> {
    let quote = literal.chars().next().map_or(0, char::len_utf8);
    let closed = literal.len() > quote && literal.ends_with(['"', '\'', '”', '’', '“']);
    let last = literal.chars().next_back().map_or(0, char::len_utf8);
    let end = literal.len() - if closed { last } else { 0 };
    let inside = literal.get(quote..end).unwrap_or("");
    let (mut value, mut rest, mut base) = (String::new(), inside, quote);
    while let Some(at) = rest.find('\\') {
        value.push_str(&rest[..at]);
        let escaped = escape(&rest[at..]);
        let (c, length) = escaped.map_err(|(n, why)| (base + at..base + at + n, why))?;
        value.push(c);
        rest = &rest[at + length..];
        base += at + length;
    }
    value.push_str(rest);
    Ok(value)
}

/// The character that an escape at the beginning of `text` stands for, and the
/// length of the escape; or the length of what is wrong, and why.
fn escape(text: &str) -> Result<(char, usize), (usize, &'static str)> {
    let Some(kind) = text[1..].chars().next() else {
        return Err((1, "nothing follows the `\\`"));
    };
    let simple = match kind {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '0' => '\0',
        '\\' | '"' | '\'' => kind,
        'x' => return hex_escape(text),
        'u' => return unicode_escape(text),
        _ => return Err((1 + kind.len_utf8(), "not an escape")),
    };
    Ok((simple, 2))
}

fn hex_escape(text: &str) -> Result<(char, usize), (usize, &'static str)> {
    let digits = text.get(2..4).filter(|digits| is_hex(digits));
    let value = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
    match value {
        Some(value) if value.is_ascii() => Ok((char::from(value), 4)),
        _ => Err((2, "two hexadecimal digits up to `7F` must follow")),
    }
}

fn unicode_escape(text: &str) -> Result<(char, usize), (usize, &'static str)> {
    let digits = text.get(3..).and_then(|inner| inner.split_once('}'));
    let value = digits
        .filter(|(digits, _)| text[2..].starts_with('{') && is_hex(digits))
        .and_then(|(digits, _)| Some((u32::from_str_radix(digits, 16).ok()?, digits.len())));
    match value.and_then(|(value, length)| Some((char::from_u32(value)?, length))) {
        Some((c, length)) => Ok((c, length + 4)),
        None => Err((
            2,
            "a character number in braces must follow, as in `\\u{e9}`",
        )),
    }
}

fn is_hex(digits: &str) -> bool {
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_those_of_rust() {
        let value = unescape(r#""a\n\x41\u{e9}\"\\""#);
        assert_eq!(value.as_deref(), Ok("a\nAé\"\\"));
    }

    #[test]
    fn the_first_wrong_escape_is_pointed_at() {
        for (text, at) in [
            (r#""a\q""#, 2..4),
            (r#""\xFF""#, 1..3),
            (r#""ok\u{d800}""#, 3..5),
        ] {
            assert_eq!(
                unescape(text).map_err(|(range, _)| range),
                Err(at),
                "{text}"
            );
        }
    }

    #[test]
    fn integers_go_up_to_two_to_the_63() {
        assert_eq!(parse_int("0x8000_0000_0000_0000"), Ok(1 << 63));
        assert_eq!(parse_int("0x8000_0000_0000_0001"), Err(BadInt::TooLarge));
        assert_eq!(parse_int("99999999999999999999999"), Err(BadInt::TooLarge));
        assert_eq!(parse_int("0x"), Err(BadInt::Digit));
        assert_eq!(parse_int("1.5"), Err(BadInt::Fraction));
    }
}
