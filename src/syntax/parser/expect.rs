//! Expectations and allowances.

use super::Parser;
use crate::base::{Diagnostic, Span};
use crate::syntax::ast::{Allow, Expect, ExpectKind, Expr, Ident};
use crate::syntax::code;
use crate::syntax::near::did_you_mean;
use crate::syntax::token::TokenKind;

const PREPOSITIONS: [&str; 3] = ["on", "of", "in"];

impl Parser<'_> {
    pub(super) fn expectation_item(&mut self) -> Expect {
        let start = self.pos;
        self.bump();
        let kind_span = self.token().span;
        let (kind, preposition) = self.expect_kind();
        let subjects = match kind {
            ExpectKind::Warning(_) if self.at("(") => self.tight_list(),
            ExpectKind::Error => Vec::new(),
            _ => self.expect_subjects(&kind, preposition),
        };
        Expect {
            kind,
            kind_span,
            subjects,
            span: self.since(start),
        }
    }

    /// The kind, and the word before its subjects.
    fn expect_kind(&mut self) -> (ExpectKind, Option<&'static str>) {
        let word = self.text(0);
        if self.eat("warning").is_some() {
            let code = self.name("the code of a warning");
            return (ExpectKind::Warning(code), Some("on"));
        }
        let known = ExpectKind::ALL
            .into_iter()
            .find(|(_, known, _)| *known == word);
        if let Some((kind, _, preposition)) = known {
            self.bump();
            return (kind, preposition);
        }
        self.unknown_kind(word);
        (ExpectKind::Error, None)
    }

    fn unknown_kind(&mut self, word: &str) {
        if !self.is_word(0) || self.token().first_of_line {
            return self.expected("a kind of finding, such as `ok` or `race on x`");
        }
        let span = self.token().span;
        let words = ExpectKind::ALL.iter().map(|(_, word, _)| *word);
        let meant = did_you_mean(word, words.chain(["warning"])).or(match word {
            "data_race" => Some("race"),
            "pass" | "none" | "nothing" => Some("ok"),
            "lost_wakeup" => Some("lost_signal"),
            "error" | "exception" => Some("raise"),
            _ => None,
        });
        self.fail(|_| {
            let mistake = Diagnostic::error(code::EXPECTATION, span, format!("nothing is called `{word}`"))
                .label("not a kind of finding");
            match meant {
                Some(meant) => mistake.help(format!("did you mean `{meant}`?")).fix(span, meant),
                None => mistake.help("the kinds are `ok`, `race on x`, `deadlock`, `assert`, `outcomes`, and others; see the guide"),
            }
        });
        self.bump();
    }

    fn expect_subjects(&mut self, kind: &ExpectKind, preposition: Option<&str>) -> Vec<Expr> {
        let token = self.token();
        let written = self.text(0);
        if PREPOSITIONS.contains(&written) {
            self.bump();
            if let Some(right) = preposition.filter(|&right| right != written) {
                self.report(|_| {
                    Diagnostic::error(
                        code::EXPECTATION,
                        token.span,
                        format!("`{written}` for `{right}`"),
                    )
                    .label(format!("written `{right}` here"))
                    .fix(token.span, right)
                });
            }
            return self.subjects();
        }
        let direct = matches!(
            kind,
            ExpectKind::LockOrder
                | ExpectKind::Unguarded
                | ExpectKind::NeverAwaited
                | ExpectKind::Killed
        );
        if direct || token.kind == TokenKind::Str {
            return self.subjects();
        }
        if let Some(right) = preposition.filter(|_| self.name_here()) {
            let at = Span {
                end: token.span.start,
                ..token.span
            };
            self.report(|_| {
                Diagnostic::error(
                    code::EXPECTATION,
                    token.span,
                    format!("`{right}` is missing"),
                )
                .label(format!("expected `{right}` before this"))
                .fix(at, format!("{right} "))
            });
            return self.subjects();
        }
        Vec::new()
    }

    fn name_here(&self) -> bool {
        self.is_word(0) && !self.token().first_of_line && !self.begins_item()
    }

    pub(super) fn allow(&mut self) -> Allow {
        let start = self.pos;
        self.bump();
        let code: Ident = self.name("the code of a warning, such as `L001`");
        let subjects = match self.text(0) {
            "(" => self.tight_list(),
            word if PREPOSITIONS.contains(&word) => {
                self.bump();
                self.subjects()
            }
            _ => Vec::new(),
        };
        let because = self.eat("because").and_then(|_| self.string());
        if because.is_none() {
            let end = self.previous().span.end as usize;
            self.fail(|parser| {
                let span = parser.since(start);
                Diagnostic::error(code::INCOMPLETE, span, "`allow` without a reason")
                    .label("the reason stands in the report")
                    .fix(Span::new(end, end), " because \"…\"")
            });
        }
        Allow {
            code,
            subjects,
            because,
            span: self.since(start),
        }
    }
}
