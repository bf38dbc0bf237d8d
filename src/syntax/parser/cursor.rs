//! Where the parser stands: looking ahead, taking tokens, reporting, skipping.

use super::Parser;
use crate::base::{Diagnostic, Span};
use crate::syntax::ast::{Ident, Str};
use crate::syntax::limits::{DIAGNOSTICS_MAX, NESTING_MAX};
use crate::syntax::mark::Mark;
use crate::syntax::token::{Token, TokenKind};
use crate::syntax::{code, literal, words};

impl<'a> Parser<'a> {
    pub(super) fn token(&self) -> Token {
        self.nth(0)
    }

    /// The token `n` places ahead; the end repeats for ever.
    pub(super) fn nth(&self, n: usize) -> Token {
        let last = self.tokens.len() - 1;
        self.tokens[(self.pos + n).min(last)]
    }

    /// The token taken last; the next one if there is none.
    pub(super) fn previous(&self) -> Token {
        self.tokens[self.pos.saturating_sub(1)]
    }

    /// The text of the token `n` places ahead if it is a word or punctuation.
    pub(super) fn text(&self, n: usize) -> &'a str {
        let token = self.nth(n);
        match (token.kind, self.respelled) {
            (TokenKind::Word, Some((at, word))) if at == self.pos + n => word,
            (TokenKind::Word, _) => self.source.slice(token.span),
            (TokenKind::Punct(text), _) => text,
            _ => "",
        }
    }

    pub(super) fn at(&self, text: &str) -> bool {
        self.text(0) == text
    }

    pub(super) fn at_any(&self, texts: &[&str]) -> bool {
        texts.contains(&self.text(0))
    }

    pub(super) fn at_end(&self) -> bool {
        self.token().kind == TokenKind::End
    }

    pub(super) fn is_word(&self, n: usize) -> bool {
        self.nth(n).kind == TokenKind::Word
    }

    pub(super) fn bump(&mut self) -> Token {
        let token = self.token();
        if token.kind != TokenKind::End {
            self.pos += 1;
        }
        token
    }

    pub(super) fn eat(&mut self, text: &str) -> Option<Span> {
        self.at(text).then(|| self.bump().span)
    }

    /// Takes `text` or reports that it is missing.
    pub(super) fn expect(&mut self, text: &str) -> Option<Span> {
        let found = self.eat(text);
        if found.is_none() {
            self.expected(&format!("`{text}`"));
        }
        found
    }

    pub(super) fn mark(&mut self, mark: Mark) {
        self.marks.set(self.pos, mark);
    }

    pub(super) fn take_semicolon(&mut self) -> bool {
        self.mark_if(";", Mark::Drop);
        self.eat(";").is_some()
    }

    pub(super) fn mark_if(&mut self, text: &str, mark: Mark) {
        if self.at(text) {
            self.mark(mark);
        }
    }

    /// From the token `start` to the one taken last.
    pub(super) fn since(&self, start: usize) -> Span {
        let first = self.tokens[start.min(self.tokens.len() - 1)].span;
        if self.pos > start {
            first.to(self.previous().span)
        } else {
            Span {
                end: first.start,
                ..first
            }
        }
    }

    /// A name, or a report and an empty one. `what` is like "a name for the lock".
    pub(super) fn name(&mut self, what: &str) -> Ident {
        let span = self.token().span;
        if self.is_word(0) && !words::is_reserved(self.text(0)) {
            let text = self.text(0).to_owned();
            self.bump();
            return Ident { text, span };
        }
        if self.is_word(0) && (!self.token().first_of_line || self.pos == 0) {
            self.reserved_name();
            let text = self.text(0).to_owned();
            self.bump();
            return Ident { text, span };
        }
        self.expected(what);
        let empty = Span {
            end: span.start,
            ..span
        };
        Ident {
            text: String::new(),
            span: empty,
        }
    }

    fn reserved_name(&mut self) {
        let (word, span) = (self.text(0), self.token().span);
        self.report(|_| {
            Diagnostic::error(code::RESERVED, span, format!("`{word}` cannot be a name"))
                .label("a word of the language")
                .help("choose another name")
                .fix(span, format!("{word}_"))
        });
    }

    /// A string, if one comes.
    pub(super) fn string(&mut self) -> Option<Str> {
        let token = self.token();
        if token.kind != TokenKind::Str {
            return None;
        }
        self.bump();
        let literal = self.source.slice(token.span);
        Some(Str {
            text: literal::unescape(literal).unwrap_or_default(),
            span: token.span,
        })
    }

    /// Runs `inner` one level deeper, or ends the parse if that is too deep.
    pub(super) fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= NESTING_MAX {
            self.limit(format!("nested deeper than {NESTING_MAX} levels"));
            return None;
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        Some(result)
    }

    /// Reports a breached limit and ends the parse.
    pub(super) fn limit(&mut self, what: String) {
        self.failed = false;
        self.report(|parser| {
            Diagnostic::error(code::LIMIT, parser.token().span, what)
                .label("the limit is reached here")
                .help("move a part into a function")
        });
        self.stop();
    }

    pub(super) fn stop(&mut self) {
        self.stopped = true;
        self.pos = self.tokens.len() - 1;
    }

    /// Reports a mistake after which the parser knows how to go on.
    pub(super) fn report(&mut self, make: impl FnOnce(&Self) -> Diagnostic) {
        if self.stopped {
            return;
        }
        let mistake = make(self);
        self.diagnostics.push(mistake);
        if self.diagnostics.len() >= DIAGNOSTICS_MAX {
            self.stop();
        }
    }

    /// Reports a mistake that leaves the rest of the statement or item unclear.
    pub(super) fn fail(&mut self, make: impl FnOnce(&Self) -> Diagnostic) {
        if !self.failed {
            self.report(make);
        }
        self.failed = true;
    }

    /// The next token in words.
    pub(super) fn found(&self) -> String {
        let token = self.token();
        match token.kind {
            TokenKind::End => "the end of the file".to_owned(),
            TokenKind::Str => "a string".to_owned(),
            TokenKind::Int(_) => "a number".to_owned(),
            TokenKind::Word if token.span.range().len() > 40 => "a long name".to_owned(),
            TokenKind::Word | TokenKind::Punct(_) => format!("`{}`", self.source.slice(token.span)),
        }
    }

    /// Fails with "expected …, found …".
    pub(super) fn expected(&mut self, what: &str) {
        self.fail(|parser| parser.expectation(what));
    }

    pub(super) fn expectation(&self, what: &str) -> Diagnostic {
        let token = self.token();
        let message = format!("expected {what}, found {}", self.found());
        if (token.first_of_line || token.kind == TokenKind::End) && self.pos > 0 {
            let after = self.previous().span;
            return Diagnostic::error(code::EXPECTED, after, message)
                .label(format!("expected {what} after this"));
        }
        Diagnostic::error(code::EXPECTED, token.span, message).label(format!("expected {what}"))
    }

    /// Skips what is left of a failed statement or item: to a closing brace, to
    /// the next line outside of brackets, or to a line that begins with a keyword.
    pub(super) fn skip_rest(&mut self) {
        let mut braces = 0usize;
        let mut brackets = 0usize;
        let mut first = true;
        while !self.at_end() {
            let token = self.token();
            let fresh = token.first_of_line && !first;
            if braces == 0 && fresh && (brackets == 0 || self.begins_line_keyword()) {
                return;
            }
            match self.text(0) {
                ";" if braces == 0 && brackets == 0 => return,
                "{" => braces += 1,
                "}" if braces == 0 => return,
                "}" => braces -= 1,
                "(" | "[" => brackets += 1,
                ")" | "]" => brackets = brackets.saturating_sub(1),
                _ => {}
            }
            self.bump();
            first = false;
        }
    }

    fn begins_line_keyword(&self) -> bool {
        let word = self.text(0);
        words::STATEMENTS.contains(&word) || words::item_words().any(|item| item == word)
    }

    /// Ends a statement or item: skips its rest if it failed.
    pub(super) fn settle(&mut self) {
        if self.failed && !self.at_boundary() {
            self.skip_rest();
        }
        self.failed = false;
    }

    fn at_boundary(&self) -> bool {
        self.token().first_of_line || self.at_any(&["}", ";"]) || self.at_end()
    }

    /// Takes the elements of a list up to and with `close`, with commas between them.
    ///
    /// The opening bracket is taken already; it is the token `open`.
    pub(super) fn list<T>(
        &mut self,
        open: usize,
        close: &str,
        mut element: impl FnMut(&mut Self) -> T,
    ) -> Vec<T> {
        self.marks.set(open, Mark::List);
        let mut elements = Vec::new();
        while !self.at(close) && !self.at_end() && !self.failed {
            let before = self.pos;
            elements.push(element(self));
            if self.at(close) {
                break;
            }
            if self.pos == before || self.expect_comma(open, close).is_none() {
                break;
            }
            if self.at(close) {
                self.marks.set(self.pos - 1, Mark::Drop);
            }
        }
        if self.eat(close).is_none() {
            self.unclosed_bracket(open, close);
        }
        elements
    }

    fn expect_comma(&mut self, open: usize, close: &str) -> Option<Span> {
        let comma = self.eat(",");
        if comma.is_none() && (self.token().first_of_line || self.at_end() || self.at("}")) {
            self.unclosed_bracket(open, close);
        } else if comma.is_none() {
            self.expected(&format!("`,` or `{close}`"));
        }
        comma
    }

    pub(super) fn unclosed_bracket(&mut self, open: usize, close: &str) {
        let opener = self.tokens[open].span;
        self.fail(|parser| {
            let shown = parser.source.slice(opener);
            let end = parser.previous().span.end as usize;
            Diagnostic::error(
                code::UNBALANCED,
                opener,
                format!("this `{shown}` is never closed"),
            )
            .label("opened here")
            .secondary(Span::new(end, end), format!("expected `{close}` here"))
            .fix(Span::new(end, end), close)
        });
    }
}
