//! `match`: patterns as words, and whether every value has an arm.

use std::collections::BTreeMap;

use super::codes;
use super::state::Resolver;
use super::types::Because;
use crate::base::{Diagnostic, Span};
use crate::hir::{Block, StmtKind, Type};
use crate::syntax::ast;

/// What the arms so far cover.
#[derive(Default)]
struct Covered {
    /// The words, with the patterns that cover them.
    words: BTreeMap<i64, Span>,
    /// The first `_`.
    rest: Option<Span>,
}

impl Resolver<'_> {
    /// `match e { … }`.
    #[inline(never)]
    pub fn match_(&mut self, match_: &ast::Match, span: Span) -> Option<StmtKind> {
        let value = self.value(&match_.value);
        let ty = self.cells.full(&value.ty);
        if !self.is_word(&ty) || matches!(ty, Type::Object(_) | Type::Handle) {
            let got = self.a_type(&ty);
            self.report(
                Diagnostic::error(
                    codes::NOT_A_WORD,
                    value.span,
                    format!("`match` cannot look at {got}"),
                )
                .label(format!("this is {got}"))
                .help("match an int, a bool, an enum or a string"),
            );
        }
        let mut covered = Covered::default();
        let mut arms: Vec<(Vec<i64>, Block)> = Vec::new();
        let mut default = None;
        for arm in &match_.arms {
            let had_rest = covered.rest;
            let mut words = Vec::new();
            for pattern in &arm.patterns {
                self.pattern(pattern, &value.ty, &mut covered, &mut words);
            }
            let body = self.block(&arm.body);
            if covered.rest.is_some() && had_rest.is_none() {
                default = Some(body);
            } else {
                arms.push((words, body));
            }
        }
        if default.is_none() {
            self.check_exhaustive(&value.ty, &covered, span, match_.value.span);
        }
        Some(StmtKind::Match(value, arms, default))
    }

    #[inline(never)]
    fn pattern(
        &mut self,
        pattern: &ast::Pattern,
        ty: &Type,
        covered: &mut Covered,
        words: &mut Vec<i64>,
    ) {
        if let Some(rest) = covered.rest {
            self.never_reached(pattern.span, rest, "`_` takes everything before it");
            return;
        }
        let found = match &pattern.kind {
            ast::PatternKind::Any => {
                covered.rest = Some(pattern.span);
                return;
            }
            ast::PatternKind::Value(value) => self
                .constant(value, Some(ty), "a pattern")
                .unwrap_or_default(),
            ast::PatternKind::Range(range) => self.pattern_range(range, ty, pattern.span),
        };
        let mut twice = None;
        for word in found {
            match covered.words.get(&word) {
                Some(&first) => twice = Some(first),
                None => {
                    covered.words.insert(word, pattern.span);
                    words.push(word);
                }
            }
        }
        if let Some(first) = twice {
            self.never_reached(pattern.span, first, "an earlier pattern takes it");
        }
    }

    fn pattern_range(&mut self, range: &ast::Range, ty: &Type, span: Span) -> Vec<i64> {
        let whole = self.make(crate::hir::ExprKind::Const(0), &Type::Int, span);
        self.expect_type(whole, ty, &Because::nothing());
        let Some((from, to)) = self.written_range(range, span) else {
            return Vec::new();
        };
        let n = u64::try_from(to.saturating_sub(from))
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        if self.charge(n) {
            (from..=to).collect()
        } else {
            Vec::new()
        }
    }

    fn never_reached(&mut self, span: Span, first: Span, why: &str) {
        self.report(
            Diagnostic::error(
                codes::UNREACHABLE_ARM,
                span,
                "this pattern is never reached",
            )
            .label("nothing is left for it")
            .secondary(first, why),
        );
    }

    #[inline(never)]
    fn check_exhaustive(&mut self, ty: &Type, covered: &Covered, span: Span, value: Span) {
        let missing = match self.cells.head(ty) {
            Type::Bool => ["false", "true"]
                .iter()
                .zip(0..)
                .filter(|(_, word)| !covered.words.contains_key(word))
                .map(|(name, _)| format!("`{name}`"))
                .collect::<Vec<_>>(),
            Type::Enum(id) => match self.enum_def(id) {
                Some(def) => def
                    .variants
                    .iter()
                    .zip(0..)
                    .filter(|(_, word)| !covered.words.contains_key(word))
                    .map(|(name, _)| format!("`{name}`"))
                    .collect(),
                None => return,
            },
            _ => vec!["other values".to_owned()],
        };
        if missing.is_empty() {
            return;
        }
        let missing = missing.join(", ");
        self.report(
            Diagnostic::error(
                codes::NOT_EXHAUSTIVE,
                value,
                format!("this `match` leaves out {missing}"),
            )
            .label("what happens then?")
            .secondary(
                Span {
                    start: span.end.saturating_sub(1).max(span.start),
                    end: span.end,
                },
                "no arm for the rest",
            )
            .help("add an arm, or `_ => { }` for everything else"),
        );
    }
}
