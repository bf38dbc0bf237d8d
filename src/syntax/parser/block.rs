//! Blocks of statements, and what to think when a brace is missing.

use super::{Opener, Parser};
use crate::base::{Diagnostic, Span};
use crate::syntax::ast::{Block, Stmt, StmtKind};
use crate::syntax::code;
use crate::syntax::mark::Mark;

impl Parser<'_> {
    /// `{ … }`; also what a Python programmer writes instead.
    pub(super) fn block(&mut self) -> Block {
        let empty = || Block {
            stmts: Vec::new(),
            span: Span::default(),
        };
        let block = self.nested(|parser| match parser.text(0) {
            "{" => parser.braced_block(),
            ":" if parser.text(1) == "{" => parser.colon_before_brace(),
            ":" => parser.colon_block(),
            _ => parser.block_without_brace(),
        });
        block.unwrap_or_else(empty)
    }

    /// Takes the `{` of lines and remembers it.
    pub(super) fn open_brace(&mut self) {
        let token = self.token();
        self.failed = false;
        self.mark(Mark::Block);
        self.bump();
        let (span, indent) = (token.span, token.indent);
        self.openers.push(Opener { span, indent });
    }

    /// Takes the partner of the last [`Parser::open_brace`], or reports that it is missing.
    pub(super) fn close_brace(&mut self) {
        let Some(opener) = self.openers.pop() else {
            return;
        };
        if !self.at("}") {
            return self.unclosed(opener);
        }
        let token = self.token();
        if token.first_of_line && token.indent < opener.indent && self.suspect.is_none() {
            self.suspect = Some(opener);
        }
        self.mark(Mark::Block);
        self.bump();
    }

    /// Reports one unclosed brace; those around it are a consequence.
    fn unclosed(&mut self, opener: Opener) {
        if self.bailing || self.stopped {
            return;
        }
        self.bailing = true;
        let opener = self.suspect.take().unwrap_or(opener);
        let place = self.previous().span;
        self.failed = false;
        self.report(|parser| {
            let end = Span::new(place.end as usize, place.end as usize);
            let mistake =
                Diagnostic::error(code::UNBALANCED, opener.span, "this `{` is never closed")
                    .label("opened here");
            if parser.at_end() {
                return mistake.help("close it with `}` where its block ends");
            }
            let found = parser.found();
            let indent = " ".repeat((opener.indent as usize).min(80));
            mistake
                .secondary(
                    parser.token().span,
                    format!("{found} cannot stand inside it"),
                )
                .help(format!("close it with `}}` before {found}"))
                .fix(end, format!("\n{indent}}}"))
        });
    }

    pub(super) fn braced_block(&mut self) -> Block {
        let start = self.pos;
        self.open_brace();
        let stmts = self.stmts(|parser| parser.at("}"));
        self.close_brace();
        Block {
            stmts,
            span: self.since(start),
        }
    }

    /// Statements up to a closing brace, the end, or where `done` says.
    fn stmts(&mut self, done: impl Fn(&Self) -> bool) -> Vec<Stmt> {
        let mut stmts: Vec<Stmt> = Vec::new();
        loop {
            while self.take_semicolon() {}
            if done(self) || self.at_end() || self.at("}") || self.leaves_block() {
                return stmts;
            }
            self.check_after_return(stmts.last());
            let before = self.pos;
            self.mark(Mark::Line);
            if let Some(stmt) = self.stmt_or_stray() {
                stmts.push(stmt);
            }
            self.settle();
            if self.pos == before {
                self.expected("a statement");
                self.bump();
                self.settle();
            }
        }
    }

    fn check_after_return(&mut self, last: Option<&Stmt>) {
        if let Some(Stmt {
            kind: StmtKind::Return(_),
            span,
        }) = last
        {
            let returned = *span;
            self.report(|parser| {
                Diagnostic::error(code::AFTER_RETURN, parser.token().span, "a statement after `return`")
                    .label("can never run")
                    .secondary(returned, "the block is left here")
                    .help("`return` is the last statement of its block; put it into an `if`, or remove what follows")
            });
        }
    }

    /// Whether the next line belongs outside of the block around it, because
    /// only a scenario can hold it and it is not indented as part of the block.
    pub(super) fn leaves_block(&mut self) -> bool {
        let token = self.token();
        if self.begins_scenario() {
            return true;
        }
        let indent = self.openers.last().map_or(0, |opener| opener.indent);
        token.first_of_line
            && self.openers.len() > 1
            && token.indent <= indent
            && self.begins_item()
    }

    /// A Python block: a colon, then lines that are indented further.
    fn colon_block(&mut self) -> Block {
        let start = self.pos;
        let header = self.token().indent;
        let colon = self.bump().span;
        self.failed = false;
        self.report(|_| {
            Diagnostic::error(code::FOREIGN, colon, "a block is not begun by `:`")
                .label("a form of Python")
                .help("write the block in braces: `{ … }`")
                .fix(colon, " {")
        });
        let one_line = !self.token().first_of_line;
        let stmts = self.stmts(|parser| {
            let token = parser.token();
            token.first_of_line && (one_line || token.indent <= header)
        });
        Block {
            stmts,
            span: self.since(start),
        }
    }

    /// Something else where a block must begin: the brace may just be missing.
    fn block_without_brace(&mut self) -> Block {
        let header = self.previous();
        let next = self.token();
        let start = self.pos;
        self.expected("`{`");
        if !next.first_of_line || next.indent <= header.indent || self.at_any(&["}"]) {
            self.skip_to_brace();
            if self.at("{") {
                return self.braced_block();
            }
            return Block {
                stmts: Vec::new(),
                span: self.since(start),
            };
        }
        self.failed = false;
        let (span, indent) = (header.span, header.indent);
        self.openers.push(Opener { span, indent });
        let stmts = self.stmts(|parser| parser.at("}"));
        self.openers.pop();
        let close = self.token();
        if self.at("}") && close.indent >= header.indent {
            self.bump();
        }
        Block {
            stmts,
            span: self.since(start),
        }
    }

    /// Skips to a `{` on the same line, if there is one.
    pub(super) fn skip_to_brace(&mut self) {
        while !self.token().first_of_line && !self.at_any(&["{", "}", ";"]) && !self.at_end() {
            self.bump();
        }
    }
}
