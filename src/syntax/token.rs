//! Tokens and comments: what the lexer makes of a text.

use crate::base::Span;

/// One token. The text is `source.slice(token.span)`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// Which.
    pub kind: TokenKind,
    /// Where.
    pub span: Span,
    /// Whether it is the first of its line.
    pub first_of_line: bool,
    /// How far its line is indented, in characters.
    pub indent: u32,
}

/// The kinds of tokens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenKind {
    /// A keyword or a name.
    Word,
    /// An integer, at most 2^63.
    Int(u64),
    /// A string literal.
    Str,
    /// Punctuation, as written: one of [`PUNCTUATION`].
    Punct(&'static str),
    /// The end of the text.
    End,
}

/// All punctuation, longest first, so that the first match is the right one.
pub const PUNCTUATION: [&str; 46] = [
    "<<=", ">>=", "..=", "==", "!=", "<=", ">=", "<<", ">>", "&&", "||", "+=", "-=", "*=", "/=",
    "%=", "&=", "|=", "^=", "=>", "->", "..", "::", "(", ")", "{", "}", "[", "]", ",", ";", ":",
    ".", "=", "<", ">", "+", "-", "*", "/", "%", "&", "|", "^", "!", "@",
];

/// Punctuation that has no use except in an error message, and `#`.
pub const ODD_PUNCTUATION: [&str; 4] = ["#", "?", "~", "$"];

/// A comment, kept for the printer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Comment {
    /// Where, with its slashes, without the line break.
    pub span: Span,
    /// Whether it runs to the end of the line.
    pub to_line_end: bool,
    /// Whether it is a `///` line.
    pub doc: bool,
    /// How many tokens stand before it.
    pub tokens_before: usize,
}
