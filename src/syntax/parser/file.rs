//! The top level: scenarios and what they share.

use std::collections::BTreeMap;

use super::Parser;
use crate::base::{Diagnostic, Span};
use crate::syntax::ast::{Docs, FileItem, Item, Scenario, Str};
use crate::syntax::code;
use crate::syntax::mark::Mark;
use crate::syntax::near::{did_you_mean, near_miss};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    pub(super) fn file_items(&mut self) -> Vec<FileItem> {
        let mut items = Vec::new();
        let mut outside = false;
        while !self.at_end() {
            let before = self.pos;
            self.failed = false;
            self.bailing = false;
            if self.take_semicolon() {
                continue;
            }
            self.mark(Mark::Line);
            if self.refuse_line_of_python() {
                continue;
            }
            self.misspelt_scenario();
            match self.text(0) {
                "scenario" => {
                    outside = false;
                    items.push(FileItem::Scenario(self.scenario()));
                }
                "const" => items.push(FileItem::Const(self.constant())),
                "enum" => items.push(FileItem::Enum(self.enumeration())),
                "struct" => items.push(FileItem::Struct(self.structure())),
                "fn" => items.push(FileItem::Fn(self.function())),
                "}" if self.token().kind == TokenKind::Punct("}") => {
                    self.unmatched(&items, outside)
                }
                _ => {
                    self.outside(&items, outside);
                    outside = true;
                }
            }
            self.settle();
            if self.pos == before {
                self.bump();
            }
        }
        self.check_names(&items);
        self.check_any(&items);
        items
    }

    /// `scenaro "x" {`, `test "x" {`
    fn misspelt_scenario(&mut self) {
        let name_follows = self.nth(1).kind == TokenKind::Str;
        if self.at("scenario") || !self.is_word(0) || !name_follows {
            return;
        }
        let (word, span) = (self.text(0), self.token().span);
        if near_miss(word) == Some("scenario")
            || did_you_mean(word, ["scenario"]).is_some()
            || self.text(2) == "{"
        {
            self.respell("scenario", word, span);
        }
    }

    fn scenario(&mut self) -> Scenario {
        let start = self.pos;
        let docs = self.docs();
        self.bump();
        let name = self.scenario_name();
        let head = self.since(start);
        let items = if self.at("{") {
            self.nested(Self::scenario_body).unwrap_or_default()
        } else {
            self.expected("`{`");
            Vec::new()
        };
        Scenario {
            docs,
            name,
            items,
            span: self.since(start),
            head,
        }
    }

    fn scenario_name(&mut self) -> Str {
        if let Some(name) = self.string() {
            return name;
        }
        let token = self.token();
        let span = Span {
            end: token.span.start,
            ..token.span
        };
        if token.kind == TokenKind::Word && !token.first_of_line {
            let text = self.text(0).to_owned();
            self.bump();
            self.report(|_| {
                Diagnostic::error(
                    code::EXPECTED,
                    token.span,
                    "the name of a scenario is a string",
                )
                .label("write it in quotes")
                .fix(token.span, format!("\"{text}\""))
            });
            return Str {
                text,
                span: token.span,
            };
        }
        self.report(|parser| {
            parser
                .expectation("the name of the scenario")
                .help("a scenario has a name: `scenario \"lost update\" { … }`")
        });
        Str {
            text: String::new(),
            span,
        }
    }

    fn scenario_body(&mut self) -> Vec<Item> {
        let mut items = Vec::new();
        self.open_brace();
        while !self.at("}") && !self.at_end() && !self.begins_scenario() {
            let before = self.pos;
            self.failed = false;
            self.bailing = false;
            if self.take_semicolon() {
                continue;
            }
            self.mark(Mark::Line);
            items.extend(self.item_or_stray());
            self.settle();
            if self.pos == before {
                self.expected("a declaration, an actor or a property");
                self.bump();
                self.settle();
            }
        }
        self.close_brace();
        items
    }

    /// The `///` lines directly before the next token.
    fn docs(&self) -> Option<Docs> {
        let upto = self
            .comments
            .partition_point(|comment| comment.tokens_before <= self.pos);
        let before = &self.comments[..upto];
        let own = before
            .iter()
            .rev()
            .take_while(|comment| comment.doc && comment.tokens_before == self.pos);
        let count = own.count();
        let lines = &before[before.len() - count..];
        let (first, last) = (lines.first()?, lines.last()?);
        let text = lines.iter().map(|line| {
            let text = &self.source.slice(line.span)[3..];
            text.strip_prefix(' ').unwrap_or(text)
        });
        Some(Docs {
            text: text.collect::<Vec<_>>().join("\n"),
            span: first.span.to(last.span),
        })
    }

    /// A `}` that closes nothing.
    fn unmatched(&mut self, items: &[FileItem], known: bool) {
        let span = self.bump().span;
        if known {
            return;
        }
        self.report(|_| {
            let mistake = Diagnostic::error(code::UNBALANCED, span, "a `}` that closes nothing")
                .label("no block is open here");
            closed_before(mistake, items)
        });
    }

    /// Something that can stand in a scenario only; reported once for a stretch.
    fn outside(&mut self, items: &[FileItem], known: bool) {
        if !known {
            self.report(|parser| {
                let found = parser.found();
                let mistake = Diagnostic::error(
                    code::MISPLACED,
                    parser.token().span,
                    format!("{found} stands outside of a scenario"),
                )
                .label("not inside any scenario");
                match items.last() {
                    Some(FileItem::Scenario(_)) => closed_before(mistake, items)
                        .help("check the braces before it: one `}` may be too many"),
                    _ => mistake.help("put it into a scenario: `scenario \"name\" { … }`"),
                }
            });
        }
        self.item_or_stray();
    }

    fn check_names(&mut self, items: &[FileItem]) {
        let mut first_with: BTreeMap<&str, Span> = BTreeMap::new();
        for item in items {
            let FileItem::Scenario(scenario) = item else {
                continue;
            };
            let name = &scenario.name;
            if let Some(&first) = first_with.get(name.text.as_str()) {
                self.report(|_| {
                    Diagnostic::error(
                        code::SAME_NAME,
                        name.span,
                        format!("two scenarios are called {:?}", name.text),
                    )
                    .label("the same name again")
                    .secondary(first, "first used here")
                    .help("give each scenario of a file a name of its own")
                });
            } else {
                first_with.insert(&name.text, name.span);
            }
        }
    }

    fn check_any(&mut self, items: &[FileItem]) {
        let any = items
            .iter()
            .any(|item| matches!(item, FileItem::Scenario(_)));
        if !any && self.diagnostics.is_empty() {
            let start = self.source.body().start;
            self.report(|_| {
                Diagnostic::error(
                    code::NO_SCENARIO,
                    Span::new(start, start),
                    "no scenario in this file",
                )
                .label("expected `scenario \"name\" { … }`")
            });
        }
    }
}

/// Points at the brace that closed the scenario before.
fn closed_before(mistake: Diagnostic, items: &[FileItem]) -> Diagnostic {
    let Some(FileItem::Scenario(scenario)) = items.last() else {
        return mistake;
    };
    let end = scenario.span.end as usize;
    mistake.secondary(
        Span::new(end.saturating_sub(1), end),
        "the scenario before ends here",
    )
}
