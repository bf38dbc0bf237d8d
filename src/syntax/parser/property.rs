//! Properties and fairness.

use super::Parser;
use crate::base::{Diagnostic, Span};
use crate::syntax::ast::{
    Expr, Fairness, FairnessKind, Ident, OutcomeRelation, OutcomeRow, OutcomeSubject, Outcomes,
    Property, PropertyKind,
};
use crate::syntax::code;
use crate::syntax::mark::Mark;

impl Parser<'_> {
    pub(super) fn property(&mut self) -> Option<Property> {
        let start = self.pos;
        let word = self.text(0);
        self.bump();
        let mut name = None;
        let kind = match word {
            "finally" => {
                self.expect("assert");
                let condition = self.condition();
                PropertyKind::Finally {
                    condition,
                    message: self.message(),
                }
            }
            "order" => self.order(),
            "outcomes" => PropertyKind::Outcomes(self.outcomes()),
            "observe" => self.observe(),
            _ => {
                name = self.property_name();
                let condition = self.condition();
                match word {
                    "always" => PropertyKind::Always(condition),
                    "sometimes" => PropertyKind::Sometimes(condition),
                    _ => PropertyKind::Eventually(condition),
                }
            }
        };
        Some(Property {
            name,
            kind,
            span: self.since(start),
        })
    }

    /// `name:` before a condition.
    fn property_name(&mut self) -> Option<Ident> {
        if self.text(1) != ":" || !self.is_word(0) {
            return None;
        }
        let name = self.name("a name for the property");
        self.bump();
        Some(name)
    }

    /// What follows `p` in `p leads_to q`.
    pub(super) fn leads_to(&mut self, start: usize, cause: Expr) -> Property {
        self.bump();
        let effect = self.condition();
        let kind = PropertyKind::LeadsTo { cause, effect };
        Property {
            name: None,
            kind,
            span: self.since(start),
        }
    }

    fn order(&mut self) -> PropertyKind {
        let first = self.step_name();
        self.expect("before");
        let second = self.step_name();
        PropertyKind::Order { first, second }
    }

    /// Expressions with commas between them, at least one.
    fn exprs(&mut self) -> Vec<Expr> {
        let mut exprs = vec![self.postfixed()];
        while self.eat(",").is_some() {
            exprs.push(self.postfixed());
        }
        exprs
    }

    fn observe(&mut self) -> PropertyKind {
        if self.eat("print").is_none() {
            return PropertyKind::Observe(self.exprs());
        }
        if self.at(",") {
            let span = self.token().span;
            self.fail(|_| {
                Diagnostic::error(code::EXPECTED, span, "`print` is observed by itself")
                    .label("what is printed has a table of its own")
                    .help("write a second line: `observe print` and `observe x`")
            });
        }
        PropertyKind::ObservePrint
    }

    fn outcomes(&mut self) -> Outcomes {
        let subject = self.outcome_subject();
        let relation = match self.text(0) {
            "in" => OutcomeRelation::Within,
            "==" => OutcomeRelation::Exactly,
            "=" => {
                let span = self.token().span;
                self.report(|_| {
                    Diagnostic::error(code::EQUALS, span, "`=` in a property")
                        .label("outcomes are compared with `==`")
                        .fix(span, "==")
                });
                OutcomeRelation::Exactly
            }
            _ => {
                self.expected("`==` or `in`");
                let rows = Vec::new();
                return Outcomes {
                    subject,
                    relation: OutcomeRelation::Exactly,
                    rows,
                };
            }
        };
        self.bump();
        let open = self.pos;
        let rows = if self.failed || self.expect("{").is_none() {
            Vec::new()
        } else {
            self.list(open, "}", Self::outcome_row)
        };
        Outcomes {
            subject,
            relation,
            rows,
        }
    }

    fn outcome_subject(&mut self) -> OutcomeSubject {
        if let Some(span) = self.eat("print") {
            return OutcomeSubject::Print(span);
        }
        let open = self.pos;
        if self.eat("(").is_some() {
            return OutcomeSubject::Values(self.list(open, ")", Self::postfixed));
        }
        let exprs = self.exprs();
        let span = self.since(open);
        if !self.failed {
            self.report(|parser| {
                let mistake =
                    Diagnostic::error(code::EXPECTED, span, "outcomes without parentheses")
                        .label("written in parentheses");
                if span.range().len() > 200 {
                    return mistake;
                }
                mistake.fix(span, format!("({})", parser.source.slice(span)))
            });
        }
        OutcomeSubject::Values(exprs)
    }

    /// `(0, 1)` or `0`
    fn outcome_row(&mut self) -> OutcomeRow {
        let open = self.pos;
        let values = if self.eat("(").is_some() {
            self.list(open, ")", Self::chain)
        } else {
            vec![self.chain()]
        };
        OutcomeRow {
            values,
            span: self.since(open),
        }
    }

    pub(super) fn fairness(&mut self) -> Fairness {
        let start = self.pos;
        let unfair = self.at("unfair");
        self.bump();
        let kind = match self.text(0) {
            _ if unfair => FairnessKind::Unfair,
            "weak" => FairnessKind::Weak,
            "strong" => FairnessKind::Strong,
            _ => {
                self.fair_how();
                FairnessKind::Weak
            }
        };
        if !unfair && !self.failed {
            self.bump();
        }
        let actors = if self.failed {
            Vec::new()
        } else {
            self.exprs()
        };
        Fairness {
            kind,
            actors,
            span: self.since(start),
        }
    }

    fn fair_how(&mut self) {
        let end = self.previous().span.end as usize;
        self.fail(|parser| {
            parser
                .expectation("`weak` or `strong`")
                .help("weak: whoever stays able to run, runs at last; strong: whoever is able again and again, too")
                .fix(Span::new(end, end), " weak")
        });
    }

    /// Marks a parenthesis that belongs to the word before it.
    pub(super) fn tight_list(&mut self) -> Vec<Expr> {
        let open = self.pos;
        self.mark(Mark::Tight);
        self.bump();
        self.list(open, ")", Self::postfixed)
    }

    /// Subjects with commas between them.
    pub(super) fn subjects(&mut self) -> Vec<Expr> {
        self.exprs()
    }
}
