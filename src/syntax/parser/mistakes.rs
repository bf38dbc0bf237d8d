//! What stands where it cannot, and words of other languages: say so, and read
//! it as what it is probably meant to be.

use super::Parser;
use super::stmt::assignment;
use crate::base::{Diagnostic, Span};
use crate::syntax::ast::{Item, Let, ObjectKind, Stmt, StmtKind};
use crate::syntax::near::{did_you_mean, near_miss};
use crate::syntax::token::TokenKind;
use crate::syntax::{code, words};

/// Foreign words that can be followed by a parenthesis and are still no calls.
const NOT_CALLED: [&str; 4] = ["synchronized", "using", "switch", "foreach"];

impl Parser<'_> {
    pub(super) fn begins_stmt_word(&self) -> bool {
        words::STATEMENTS.contains(&self.text(0))
    }

    /// Reports that `word` is written `ours`, and reads it so from now on.
    pub(super) fn respell(&mut self, ours: &'static str, word: &str, span: Span) {
        let foreign = near_miss(word).is_some();
        self.report(|_| {
            let code = if foreign {
                code::FOREIGN
            } else {
                code::MISSPELT
            };
            let message = if foreign {
                format!("there is no `{word}` here")
            } else {
                format!("`{word}` is not a word of the language")
            };
            Diagnostic::error(code, span, message)
                .label(format!("written `{ours}`"))
                .help(format!("did you mean `{ours}`?"))
                .fix(span, ours)
        });
        self.respelled = Some((self.pos, ours));
    }

    /// A statement, or what is misplaced or misspelt where one is expected.
    pub(super) fn stmt_or_stray(&mut self) -> Option<Stmt> {
        self.bailing = false;
        if self.refuse_line_of_python() {
            return None;
        }
        self.correct_stmt_word();
        if self.begins_item() {
            return self.misplaced_item();
        }
        Some(self.stmt())
    }

    fn correct_stmt_word(&mut self) {
        let word = self.text(0);
        if !self.is_word(0)
            || self.begins_stmt_word()
            || self.begins_item()
            || words::is_reserved(word)
        {
            return;
        }
        let next = self.nth(1);
        let line_ends = next.first_of_line && next.kind == TokenKind::Word;
        let alone = line_ends || matches!(self.text(1), "}" | ";") || next.kind == TokenKind::End;
        let beside = !next.first_of_line
            && (matches!(
                next.kind,
                TokenKind::Word | TokenKind::Str | TokenKind::Int(_)
            ) || self.text(1) == "{");
        let not_called = self.text(1) == "(" && NOT_CALLED.contains(&word);
        if !alone && !beside && !not_called {
            return;
        }
        let near = near_miss(word).map(|ours| if ours == "var" { "let" } else { ours });
        let usable = near.filter(|ours| {
            let statement = words::STATEMENTS.contains(ours);
            if alone {
                *ours == "skip"
            } else {
                statement || words::OBJECTS.contains(ours)
            }
        });
        let meant = usable.or_else(|| did_you_mean(word, words::STATEMENTS));
        if let Some(ours) = meant.filter(|&ours| ours != word) {
            let span = self.token().span;
            self.respell(ours, word, span);
        }
    }

    /// An item of a scenario inside a block.
    fn misplaced_item(&mut self) -> Option<Stmt> {
        let (start, token) = (self.pos, self.token());
        let word = self.text(0);
        let owner = std::mem::take(&mut self.actor);
        let is_var = word == "var";
        self.report(|_| {
            let place = if owner.is_empty() { "a block".to_owned() } else { owner.clone() };
            let mistake = Diagnostic::error(code::MISPLACED, token.span, format!("`{word}` inside {place}"))
                .label("belongs directly into the scenario");
            match word {
                "var" => mistake
                    .help("a local is declared with `let`; move this line out of the block if it is to be shared")
                    .fix(token.span, "let"),
                "thread" | "process" | "task" | "green" | "daemon" | "main" => {
                    mistake.help("move it out, or write a function and `spawn` it")
                }
                _ => mistake.help("move it out of the block; is a `}` missing before it?"),
            }
        });
        self.actor = owner;
        let item = self.nested(Self::item).flatten();
        let Some(Item::Object(object)) = item.filter(|_| is_var) else {
            return None;
        };
        let ObjectKind::Var {
            ty,
            init: Some(value),
            ..
        } = object.kind
        else {
            return None;
        };
        let name = object.name;
        let kind = StmtKind::Let(Let { name, ty, value });
        Some(Stmt {
            kind,
            span: self.since(start),
        })
    }

    /// An item, or what stands where one is expected.
    pub(super) fn item_or_stray(&mut self) -> Option<Item> {
        if self.refuse_line_of_python() {
            return None;
        }
        self.drop_foreign_prefix();
        self.correct_item_word();
        if self.begins_item() || self.begins_bare_item() || self.begins_printing() {
            return self.item();
        }
        if self.begins_stmt_word() || self.at("@") || self.at("finally") {
            self.misplaced_stmt(self.token().span);
            self.stmt();
            return None;
        }
        let token = self.token();
        let operand = self.is_word(0) && !words::is_reserved(self.text(0))
            || matches!(self.text(0), "(" | "!" | "-" | "true" | "false")
            || matches!(token.kind, TokenKind::Int(_));
        if !operand {
            self.expected("a declaration, an actor or a property");
            return None;
        }
        self.leads_to_or_stmt()
    }

    /// `p leads_to q`, or a statement that is misplaced.
    fn leads_to_or_stmt(&mut self) -> Option<Item> {
        let (start, token) = (self.pos, self.token());
        let word = self.text(0);
        let beside = self.is_word(1) && !self.nth(1).first_of_line && self.text(1) != "leads_to";
        if beside {
            self.fail(|_| {
                Diagnostic::error(
                    code::EXPECTED,
                    token.span,
                    format!("`{word}` declares nothing"),
                )
                .label("not a word that begins a declaration")
                .help("declarations begin with `var`, `lock`, `thread` and the like")
            });
            return None;
        }
        let expr = self.expr();
        if self.at("leads_to") {
            return Some(Item::Property(self.leads_to(start, expr)));
        }
        if self.failed {
            return None;
        }
        self.misplaced_stmt(token.span);
        if assignment(self.text(0)).is_some() {
            self.rest_of_expr_stmt(expr);
        } else {
            self.failed = true;
        }
        None
    }

    fn misplaced_stmt(&mut self, span: Span) {
        self.report(|parser| {
            let word = parser.source.slice(span);
            let is_assert = word == "assert";
            let mistake =
                Diagnostic::error(code::MISPLACED, span, "a statement outside of an actor")
                    .label("nobody would run it");
            if is_assert {
                return mistake
                    .help("`finally assert` looks at the end of every run, `always` at every state")
                    .fix(
                        Span {
                            end: span.start,
                            ..span
                        },
                        "finally ",
                    );
            }
            if word == "finally" {
                return mistake.help(
                    "what must hold at the end of every run is written without braces: \
                     `finally assert x == 2`",
                );
            }
            mistake.help("put it into an actor: `thread t { … }`")
        });
    }

    /// `pub fn`, `async fn`, and the like.
    fn drop_foreign_prefix(&mut self) {
        while self.at_any(&["pub", "async", "public", "private"])
            && self.is_word(1)
            && !self.nth(1).first_of_line
        {
            let span = self.bump().span;
            let next = self.token().span;
            self.report(|parser| {
                let word = parser.source.slice(span);
                Diagnostic::error(code::FOREIGN, span, format!("there is no `{word}` here"))
                    .label("not needed")
                    .fix(Span::new(span.start as usize, next.start as usize), "")
            });
        }
    }

    fn correct_item_word(&mut self) {
        let word = self.text(0);
        let next = self.nth(1);
        let beside = !next.first_of_line
            && matches!(
                next.kind,
                TokenKind::Word | TokenKind::Int(_) | TokenKind::Str
            )
            && !matches!(self.text(1), "leads_to");
        if !self.is_word(0) || self.begins_item() || !beside {
            return;
        }
        let span = self.token().span;
        if word == "let" {
            return self.respell_let(span);
        }
        if words::is_reserved(word) || self.begins_stmt_word() {
            return;
        }
        let near = near_miss(word).filter(|ours| words::item_words().any(|item| item == *ours));
        let first_of_two = match near_miss(word) {
            Some("reentrant lock") => Some("lock"),
            other => other.filter(|_| near.is_some()),
        };
        let meant = first_of_two.or_else(|| did_you_mean(word, words::item_words()));
        if let Some(ours) = meant.filter(|&ours| ours != word) {
            self.respell(ours, word, span);
        }
    }

    fn respell_let(&mut self, span: Span) {
        self.report(|_| {
            Diagnostic::error(code::MISPLACED, span, "`let` outside of an actor")
                .label("a local belongs to an actor")
                .help("shared memory is declared with `var`")
                .fix(span, "var")
        });
        self.respelled = Some((self.pos, "var"));
    }
}
