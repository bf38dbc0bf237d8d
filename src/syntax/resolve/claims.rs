//! Properties, outcomes and fairness: what a scenario says about its runs.

use std::collections::{BTreeMap, BTreeSet};

use super::actor::Actors;
use super::codes;
use super::place::counted;
use super::state::Resolver;
use super::types::Because;
use crate::base::{Diagnostic, Span};
use crate::hir::{
    ActorId, Expr, Fairness, LabelId, ObjectType, Outcomes, Property, PropertyKind, Type,
};
use crate::syntax::ast;

impl Resolver<'_> {
    /// Resolves everything a scenario claims; the bodies of its actors are known by now.
    pub fn claims(&mut self, scenario: &ast::Scenario) {
        self.property_names = named_properties(scenario);
        for item in &scenario.items {
            match item {
                ast::Item::Property(property) => self.property(property),
                ast::Item::Fairness(fairness) => self.fairness(fairness),
                ast::Item::Expect(expect) => self.expect(expect),
                ast::Item::Allow(allow) => self.allow(allow),
                ast::Item::Memory(memory) => self.memory(memory),
                ast::Item::Printing(printing) => self.out.splits_print = printing.split,
                _ => {}
            }
        }
    }

    fn property(&mut self, property: &ast::Property) {
        let kind = match &property.kind {
            ast::PropertyKind::Always(e) => PropertyKind::Always(self.claim(e)),
            ast::PropertyKind::Finally { condition, .. } => {
                PropertyKind::Finally(self.claim(condition))
            }
            ast::PropertyKind::Sometimes(e) => PropertyKind::Sometimes(self.claim(e)),
            ast::PropertyKind::Eventually(e) => PropertyKind::Eventually(self.claim(e)),
            ast::PropertyKind::LeadsTo { cause, effect } => {
                PropertyKind::LeadsTo(self.claim(cause), self.claim(effect))
            }
            ast::PropertyKind::Order { first, second } => {
                match (self.step_named(first), self.step_named(second)) {
                    (Some(first), Some(second)) => PropertyKind::Order(first, second),
                    _ => return,
                }
            }
            ast::PropertyKind::Outcomes(outcomes) => {
                return self.outcomes(outcomes, property.span);
            }
            ast::PropertyKind::Observe(values) => return self.observe(values, property.span),
            ast::PropertyKind::ObservePrint => return self.observe_print(property.span),
        };
        self.out.properties.push(Property {
            name: property.name.as_ref().map(|name| name.text.clone()),
            span: property.span,
            kind,
        });
    }

    fn claim(&mut self, expr: &ast::Expr) -> Expr {
        self.expr_of(expr, &Type::Bool, &Because::nothing())
    }

    fn step_named(&mut self, name: &ast::Ident) -> Option<LabelId> {
        if let Some(&id) = self.label_names.get(&name.text) {
            return Some(id);
        }
        let labels = self.out.labels.iter().map(|label| label.name.as_str());
        let near = super::names::nearest(&name.text, labels);
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_LABEL,
            name.span,
            format!("no step `@{}` in this scenario", name.text),
        )
        .label("no statement has this name");
        diagnostic = match near {
            Some(near) => diagnostic
                .help("a similar name exists")
                .fix(name.span, format!("@{near}")),
            None => diagnostic.help(format!("name a statement: `@{}: x = 1`", name.text)),
        };
        self.report(diagnostic);
        None
    }

    fn observe(&mut self, values: &[ast::Expr], span: Span) {
        let (names, values) = self.observed(values);
        self.out.outcomes.push(Outcomes {
            span,
            names,
            values,
            print: false,
            transcripts: Vec::new(),
            expected: None,
            exact: false,
        });
    }

    fn observed(&mut self, values: &[ast::Expr]) -> (Vec<String>, Vec<Expr>) {
        let names = values
            .iter()
            .map(|value| self.source.slice(value.span).to_owned())
            .collect();
        let values = values.iter().map(|value| self.value(value)).collect();
        (names, values)
    }

    fn outcomes(&mut self, outcomes: &ast::Outcomes, span: Span) {
        let exact = outcomes.relation == ast::OutcomeRelation::Exactly;
        let (names, values) = match &outcomes.subject {
            ast::OutcomeSubject::Values(values) => self.observed(values),
            ast::OutcomeSubject::Print(_) => {
                return self.transcripts(&outcomes.rows, exact, span);
            }
        };
        for value in &values {
            self.one_word(value);
        }
        let mut rows = Vec::new();
        let mut seen = BTreeMap::new();
        for row in &outcomes.rows {
            let Some(words) = self.row(row, &values) else {
                continue;
            };
            match seen.get(&words) {
                Some(&first) => self.same_outcome(row.span, first),
                None => {
                    seen.insert(words.clone(), row.span);
                    rows.push(words);
                }
            }
        }
        self.out.outcomes.push(Outcomes {
            span,
            names,
            values,
            print: false,
            transcripts: Vec::new(),
            expected: Some(rows),
            exact,
        });
    }

    fn one_word(&mut self, value: &Expr) {
        if matches!(
            self.cells.head(&value.ty),
            Type::Object(ObjectType::Map(..))
        ) {
            self.report(
                Diagnostic::error(
                    codes::NOT_A_WORD,
                    value.span,
                    "`outcomes` cannot list a map",
                )
                .label("this is several values")
                .help("list its values, as in `d.get_or(k, 0)`, or write `observe` to see all"),
            );
            return;
        }
        if self.is_word(&value.ty) {
            return;
        }
        let got = self.a_type(&value.ty);
        self.report(
            Diagnostic::error(
                codes::NOT_A_WORD,
                value.span,
                format!("`outcomes` cannot list {got}"),
            )
            .label("this is several values")
            .help("list its fields one by one"),
        );
    }

    pub fn same_outcome(&mut self, span: Span, first: Span) {
        self.report(
            Diagnostic::error(
                codes::DUPLICATE_OUTCOME,
                span,
                "this outcome is listed twice",
            )
            .label("listed again here")
            .secondary(first, "listed first here"),
        );
    }

    /// The words of one row, checked against what is observed.
    fn row(&mut self, row: &ast::OutcomeRow, values: &[Expr]) -> Option<Vec<i64>> {
        if row.values.len() != values.len() {
            let (wanted, found) = (values.len(), row.values.len());
            self.report(
                Diagnostic::error(
                    codes::ARITY,
                    row.span,
                    format!(
                        "{} for {wanted} observed",
                        counted(found, "value", "values")
                    ),
                )
                .label(format!(
                    "{} asked for",
                    counted(wanted, "value is", "values are")
                )),
            );
            return None;
        }
        let mut words = Vec::new();
        let mut complete = true;
        for (at, value) in row.values.iter().enumerate() {
            let ty = values.get(at).map(|observed| observed.ty.clone());
            if let Some(observed) = values.get(at)
                && self.is_collection(&observed.ty)
            {
                match self.list_outcome(observed, value) {
                    Some(listed) => words.extend(listed),
                    None => complete = false,
                }
                continue;
            }
            match self.constant(value, ty.as_ref(), "an outcome") {
                Some(word) => words.extend(word),
                None => complete = false,
            }
        }
        complete.then_some(words)
    }

    fn fairness(&mut self, fairness: &ast::Fairness) {
        let kind = match fairness.kind {
            ast::FairnessKind::Weak => Fairness::Weak,
            ast::FairnessKind::Strong => Fairness::Strong,
            ast::FairnessKind::Unfair => Fairness::Unfair,
        };
        for actor in &fairness.actors {
            let members = match self.actors_named(actor) {
                None => continue,
                Some(Actors::One(one)) => vec![one],
                Some(Actors::Group(group)) => {
                    let group = &self.out.groups[group];
                    let first = group.first.index();
                    (first..first + group.n as usize)
                        .map(ActorId::new)
                        .collect()
                }
            };
            for member in members {
                self.out.fairness.push((member, kind));
            }
        }
    }

    fn memory(&mut self, memory: &ast::Memory) {
        let model = &memory.model;
        match model.text.as_str() {
            "" => self.broken = true,
            "sc" => {}
            "gil" => self.out.memory = crate::hir::MemoryModel::Gil,
            "tso" | "rc11" => self.report(
                Diagnostic::error(
                    codes::MEMORY_MODEL,
                    model.span,
                    format!("memory model `{}` is not modelled yet; `sc` is", model.text),
                )
                .label("this model allows more reorderings than `sc`")
                .help("write `memory sc`, or leave the line out; bugs that need a weaker model are not found"),
            ),
            _ => self.report(
                Diagnostic::error(
                    codes::MEMORY_MODEL,
                    model.span,
                    format!("no memory model `{}`", model.text),
                )
                .label("not a model")
                .help("write `memory sc`"),
            ),
        }
    }
}

fn named_properties(scenario: &ast::Scenario) -> BTreeSet<String> {
    let names = scenario.items.iter().filter_map(|item| match item {
        ast::Item::Property(property) => property.name.as_ref(),
        _ => None,
    });
    names.map(|name| name.text.clone()).collect()
}
