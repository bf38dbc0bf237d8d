//! From text to tokens; comments are set aside for the printer.
//!
//! Every token is a token of Rust, so that the same text can stand in
//! `scenario! { … }`. A mistake is reported and the nearest sensible token used
//! instead, so that the parser sees as little of it as possible.
//!
//! Cost: linear. **Deliberately absent:** the meaning of words; keywords are words.

use super::limits::{DIAGNOSTICS_MAX, NAME_BYTES_MAX, STRING_BYTES_MAX};
use super::literal;
use super::token::{Comment, ODD_PUNCTUATION, PUNCTUATION, Token, TokenKind};
use super::{code, unicode};
use crate::base::{Diagnostic, Source, Span};

/// What a text consists of.
#[derive(Clone, Debug, Default)]
pub struct Lexed {
    /// The tokens; the last is always [`TokenKind::End`].
    pub tokens: Vec<Token>,
    /// The comments, in source order.
    pub comments: Vec<Comment>,
    /// What was wrong, in source order, at most [`DIAGNOSTICS_MAX`].
    pub diagnostics: Vec<Diagnostic>,
}

/// Splits the body of `source` into tokens.
pub fn lex(source: &Source) -> Lexed {
    let body = source.body();
    let mut lexer = Lexer {
        text: source.text(),
        at: body.start,
        end: body.end,
        indent: 0,
        first_of_line: true,
        out: Lexed::default(),
    };
    lexer.find_indent();
    if lexer.rest().starts_with('\u{feff}') {
        lexer.at += '\u{feff}'.len_utf8();
    }
    while lexer.at < lexer.end {
        lexer.next();
    }
    lexer.push(TokenKind::End, lexer.end);
    lexer.out
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    end: usize,
    indent: u32,
    first_of_line: bool,
    out: Lexed,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..self.end]
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        self.out.tokens.push(Token {
            kind,
            span: Span::new(start, self.at),
            first_of_line: self.first_of_line,
            indent: self.indent,
        });
        self.first_of_line = false;
    }

    /// Keeps a mistake; `make` is not called when there are enough of them.
    fn report(&mut self, make: impl FnOnce() -> Diagnostic) {
        if self.out.diagnostics.len() < DIAGNOSTICS_MAX {
            self.out.diagnostics.push(make());
        }
    }

    fn next(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return;
        };
        match first {
            '\n' => self.line_break(),
            _ if first.is_whitespace() => self.at += first.len_utf8(),
            '/' if rest.starts_with("//") => self.line_comment(),
            '/' if rest.starts_with("/*") => self.block_comment(),
            '#' if self.begins_foreign_comment() => self.foreign_comment(),
            '"' => self.string(),
            '\'' | '‘' | '“' | '”' => self.foreign_string(first),
            '0'..='9' => self.number(),
            _ if unicode::starts_name(first) => self.word(),
            _ => self.punctuation(first),
        }
    }

    fn line_break(&mut self) {
        self.at += 1;
        self.first_of_line = true;
        self.find_indent();
    }

    fn find_indent(&mut self) {
        let rest = self.rest();
        let width = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        self.indent = u32::try_from(width).unwrap_or(u32::MAX);
    }

    fn line_comment(&mut self) {
        let line = self.rest().split('\n').next().unwrap_or("");
        let text = line.trim_end();
        let doc = text.starts_with("///") && !text.starts_with("////");
        self.comment(text.len(), true, doc);
    }

    /// Whether a `#` is the one of Python, not that of `worker#1`.
    fn begins_foreign_comment(&self) -> bool {
        let before = self.text[..self.at].chars().next_back();
        let after = self.rest()[1..].chars().next();
        before.is_none_or(char::is_whitespace) && after.is_none_or(|c| c != '[')
    }

    fn foreign_comment(&mut self) {
        let hash = Span::new(self.at, self.at + 1);
        self.report(|| {
            Diagnostic::error(code::FOREIGN, hash, "a comment does not begin with `#`")
                .label("a form of Python")
                .fix(hash, "//")
        });
        self.line_comment();
    }

    fn block_comment(&mut self) {
        let rest = self.rest().as_bytes();
        let (mut depth, mut length) = (0usize, 0);
        while length < rest.len() {
            match &rest[length..rest.len().min(length + 2)] {
                b"/*" => (depth, length) = (depth + 1, length + 2),
                b"*/" => (depth, length) = (depth - 1, length + 2),
                _ => length += 1,
            }
            if depth == 0 {
                return self.comment(length, false, false);
            }
        }
        let open = Span::new(self.at, self.at + 2);
        self.report(|| {
            Diagnostic::error(code::STRING, open, "a comment is never closed")
                .label("opened here")
                .help("close it with `*/`, or begin each of its lines with `//`")
        });
        self.comment(length, false, false);
    }

    fn comment(&mut self, length: usize, to_line_end: bool, doc: bool) {
        let span = Span::new(self.at, self.at + length);
        self.refuse_bidi(span);
        self.at += length;
        self.out.comments.push(Comment {
            span,
            to_line_end,
            doc,
            tokens_before: self.out.tokens.len(),
        });
        if !to_line_end && self.text[span.range()].contains('\n') {
            self.first_of_line = true;
        }
    }

    /// Reports characters that make text look different from what it is.
    fn refuse_bidi(&mut self, span: Span) {
        let text = &self.text[span.range()];
        if text.is_ascii() {
            return;
        }
        for (at, c) in text.char_indices().filter(|&(_, c)| unicode::is_bidi(c)) {
            let start = span.start as usize + at;
            self.report(|| unexpected(c, Span::new(start, start + c.len_utf8())));
        }
    }

    fn string(&mut self) {
        let start = self.at;
        let rest = self.rest();
        let mut escaped = false;
        let close = rest[1..].char_indices().find(|&(_, c)| {
            let ends = c == '\n' || (c == '"' && !escaped);
            escaped = c == '\\' && !escaped;
            ends
        });
        match close {
            Some((inner, '"')) => {
                self.at += inner + 2;
                self.check_string(Span::new(start, self.at));
            }
            other => self.unclosed_string(other.map_or(rest.len(), |(inner, _)| inner + 1)),
        }
        self.push(TokenKind::Str, start);
    }

    /// A string with no closing quote on its line ends before a final `{`, or
    /// with the line.
    fn unclosed_string(&mut self, line_length: usize) {
        let start = self.at;
        let line = self.rest()[..line_length].trim_end();
        let inside = line.strip_suffix('{').unwrap_or(line).trim_end();
        self.at += inside.len().max(1);
        let end = self.at;
        self.report(|| {
            Diagnostic::error(
                code::STRING,
                Span::new(start, start + 1),
                "a string is never closed",
            )
            .label("opened here")
            .help("a string ends with `\"` on the line it begins on")
            .fix(Span::new(end, end), "\"")
        });
    }

    fn check_string(&mut self, span: Span) {
        let inside = &self.text[span.range()];
        if inside.len() - 2 > STRING_BYTES_MAX {
            self.report(|| {
                Diagnostic::error(code::LIMIT, span, "a string is too long").label(format!(
                    "{} bytes, at most {STRING_BYTES_MAX} are allowed",
                    inside.len() - 2
                ))
            });
        }
        self.refuse_bidi(span);
        if let Err((range, why)) = literal::unescape(inside) {
            let start = span.start as usize;
            self.report(|| {
                Diagnostic::error(
                    code::STRING,
                    Span::new(start + range.start, start + range.end),
                    "an unknown escape in a string",
                )
                .label(why)
                .help(
                    "the escapes are `\\n` `\\r` `\\t` `\\0` `\\\\` `\\\"` `\\'` `\\x7F` `\\u{…}`",
                )
            });
        }
    }

    /// `'text'` and `“text”`, as Python and word processors write them.
    fn foreign_string(&mut self, open: char) {
        let start = self.at;
        let rest = self.rest();
        let inner = &rest[open.len_utf8()..];
        // Every opener is a closer too, so no part of a line is searched twice.
        let closes = |c: char| match open {
            '\'' => c == '\'',
            '‘' => matches!(c, '’' | '‘'),
            _ => matches!(c, '”' | '“' | '"'),
        };
        let mut chars = inner.char_indices();
        let close = chars.find(|&(_, c)| closes(c) || c == '\n');
        let close = close.filter(|&(_, c)| c != '\n');
        let Some((length, closing)) = close else {
            self.at += open.len_utf8();
            let span = Span::new(start, self.at);
            return self.report(|| {
                Diagnostic::error(code::STRING, span, format!("a stray `{open}`"))
                    .label("a quote without a partner")
                    .help("strings are written in double quotes: `\"text\"`")
            });
        };
        self.at += open.len_utf8() + length + closing.len_utf8();
        let span = Span::new(start, self.at);
        let text = &inner[..length];
        self.report(|| {
            Diagnostic::error(code::STRING, span, "a string in the wrong quotes")
                .label("strings are written in double quotes")
                .fix(span, format!("\"{}\"", text.replace('"', "\\\"")))
        });
        self.push(TokenKind::Str, start);
    }

    fn number(&mut self) {
        let start = self.at;
        let rest = self.rest();
        let length = literal::number_length(rest);
        self.at += length;
        let text = &rest[..length];
        let span = Span::new(start, self.at);
        let value = literal::parse_int(text).unwrap_or_else(|problem| {
            self.report(|| problem.diagnostic(text, span));
            0
        });
        self.push(TokenKind::Int(value), start);
    }

    fn word(&mut self) {
        let start = self.at;
        let rest = self.rest();
        let length = rest
            .find(|c: char| !unicode::continues_name(c))
            .unwrap_or(rest.len());
        self.at += length;
        if length > NAME_BYTES_MAX {
            let span = Span::new(start, self.at);
            self.report(|| {
                Diagnostic::error(code::LIMIT, span, "a name is too long").label(format!(
                    "{length} bytes, at most {NAME_BYTES_MAX} are allowed"
                ))
            });
        }
        self.push(TokenKind::Word, start);
    }

    fn punctuation(&mut self, first: char) {
        let start = self.at;
        let rest = self.rest();
        if let Some(text) = known_punctuation(rest) {
            self.at += text.len();
            return self.push(TokenKind::Punct(text), start);
        }
        if let Some(text) = unicode::lookalike(first) {
            self.at += first.len_utf8();
            let span = Span::new(start, self.at);
            self.report(|| unexpected(first, span).fix(span, text));
            return self.push(TokenKind::Punct(text), start);
        }
        self.unexpected_run(first);
    }

    /// One report for a whole run of characters that mean nothing.
    fn unexpected_run(&mut self, first: char) {
        let rest = self.rest();
        let length = rest
            .find(|c: char| c.is_ascii() || c.is_whitespace() || unicode::starts_name(c))
            .unwrap_or(rest.len())
            .max(first.len_utf8());
        let span = Span::new(self.at, self.at + length);
        self.at += length;
        self.report(|| unexpected(first, span));
    }
}

/// The longest punctuation that `rest` begins with.
fn known_punctuation(rest: &str) -> Option<&'static str> {
    let first = *rest.as_bytes().first()?;
    let mut all = PUNCTUATION.into_iter().chain(ODD_PUNCTUATION);
    all.find(|text| text.as_bytes()[0] == first && rest.starts_with(text))
}

fn unexpected(c: char, span: Span) -> Diagnostic {
    let shown = if c.is_control() || unicode::is_invisible(c) {
        format!("an invisible character, U+{:04X}", u32::from(c))
    } else {
        format!("the character `{c}`")
    };
    let found = Diagnostic::error(code::CHARACTER, span, format!("unexpected: {shown}"))
        .label("means nothing in a scenario");
    if unicode::is_bidi(c) {
        return found.help("it changes the direction of text, so what is read is not what runs; remove it, or write it as `\\u{…}` in a string");
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares the tokens of `text`, separated by spaces, and the codes of its mistakes.
    #[track_caller]
    fn check(text: &str, tokens: &str, codes: &[&str]) {
        let source = Source::new("t", text);
        let lexed = lex(&source);
        let words = lexed.tokens.iter().map(|token| source.slice(token.span));
        let found: Vec<_> = words.filter(|word| !word.is_empty()).collect();
        assert_eq!(found.join(" "), tokens);
        let found: Vec<_> = lexed.diagnostics.iter().map(|found| found.code).collect();
        assert_eq!(found, codes);
    }

    #[test]
    fn longest_punctuation_wins() {
        check("a<<=b..=c==d..e", "a <<= b ..= c == d .. e", &[]);
    }

    #[test]
    fn numbers_are_integers() {
        check(
            "0x1F 1_000 0b11 0o7 0..8",
            "0x1F 1_000 0b11 0o7 0 .. 8",
            &[],
        );
        check("1.5 x", "1.5 x", &["E003"]);
        check("9223372036854775808", "9223372036854775808", &[]);
        check("9223372036854775809", "9223372036854775809", &["E003"]);
        check("12ab 3u64 0xg", "12ab 3u64 0xg", &["E003", "E003", "E003"]);
    }

    #[test]
    fn an_unclosed_string_ends_with_its_line_or_before_a_brace() {
        check("scenario \"name {\nx", "scenario \"name { x", &["E002"]);
        check("print \"a\nx", "print \"a x", &["E002"]);
        check("\"a\\\"b\" c", "\"a\\\"b\" c", &[]);
        check("\"\\q\"", "\"\\q\"", &["E002"]);
    }

    #[test]
    fn quotes_of_other_languages_are_read_and_reported() {
        check("print 'hi' x", "print 'hi' x", &["E002"]);
        check("scenario “lost” {", "scenario “lost” {", &["E002"]);
        check("x ≤ 3", "x ≤ 3", &["E001"]);
    }

    #[test]
    fn comments_nest_and_stand_aside() {
        check("a /* x /* y */ z */ b // c", "a b", &[]);
        check("a /* never", "a", &["E002"]);
        check("a /* never /*/ */", "a", &["E002"]);
    }

    #[test]
    fn invisible_characters_are_refused() {
        check("a\u{200d}b", "a b", &["E001"]);
        check("\"\u{202e}\"", "\"\u{202e}\"", &["E001"]);
        check("zähler 変数", "zähler 変数", &[]);
    }

    #[test]
    fn names_and_strings_have_limits() {
        check(&"a".repeat(128), &"a".repeat(128), &[]);
        check(&"a".repeat(129), &"a".repeat(129), &["E004"]);
        let long = format!("\"{}\"", "a".repeat(4097));
        check(&long, &long, &["E004"]);
    }
}
