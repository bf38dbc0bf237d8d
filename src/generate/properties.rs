//! Properties of a plan. In them everything is read at once, and there are no locals.

use super::expressions::constant;
use super::plan::Property;
use super::write::Writer;
use crate::hir::{self, ActorId, Expr, ExprKind, LabelId, Place, PropertyKind, Type};

impl<'p> Writer<'p> {
    /// A property, if what it talks about is there.
    pub fn property(&mut self, property: &'p Property) {
        let before = self.text.len();
        let from = self.line();
        self.at_once = true;
        self.named.clear();
        self.parameter = None;
        let kind = match property {
            Property::Always(condition) => {
                self.put("always ");
                Some(PropertyKind::Always(self.bool(condition)))
            }
            Property::Finally(condition) => {
                self.put("finally assert ");
                Some(PropertyKind::Finally(self.bool(condition)))
            }
            Property::Sometimes(condition) => {
                self.put("sometimes ");
                Some(PropertyKind::Sometimes(self.bool(condition)))
            }
            Property::Order(first, then) => self.order(*first, *then),
            Property::Observe(thread) => {
                self.observe(*thread, from);
                None
            }
            Property::Print(claim) => {
                self.transcripts(*claim, from);
                None
            }
            Property::Outcomes(values, exact) => {
                self.outcomes(values, *exact, from);
                None
            }
        };
        self.at_once = false;
        if let Some(kind) = kind {
            let span = self.span(from);
            self.made.properties.push(hir::Property {
                name: None,
                span,
                kind,
            });
        }
        if self.text.len() == from {
            self.text.truncate(before);
        }
    }

    fn order(&mut self, first: usize, then: usize) -> Option<PropertyKind> {
        let find = |label| self.labels.iter().position(|&of| of == label);
        let (one, other) = (find(first)?, find(then)?);
        self.put(&format!("order @a{first} before @a{then}"));
        Some(PropertyKind::Order(LabelId::new(one), LabelId::new(other)))
    }

    fn observe(&mut self, thread: Option<usize>, from: usize) {
        let mut names = Vec::new();
        let mut values = Vec::new();
        self.put("observe ");
        for index in 0..self.made.vars.len() {
            for word in 0..self.made.vars[index].initial.len() {
                if !names.is_empty() {
                    self.put(", ");
                }
                let (name, value) = self.word_of(index, word);
                values.push(value);
                names.push(name);
            }
        }
        if let Some((thread, value)) = thread.and_then(|thread| self.local_of(thread)) {
            if !values.is_empty() {
                self.put(", ");
            }
            let name = format!("t{thread}.r0");
            let start = self.at();
            self.put(&name);
            let span = self.span(start);
            values.push(Expr { span, ..value });
            names.push(name);
        }
        if values.is_empty() {
            self.text.truncate(from);
            return;
        }
        let span = self.span(from);
        self.made.outcomes.push(hir::Outcomes {
            span,
            names,
            values,
            print: false,
            transcripts: Vec::new(),
            expected: None,
            exact: false,
        });
    }

    /// Nothing, one line or two.
    fn transcripts(&mut self, claim: Option<bool>, from: usize) {
        let (text, rows): (&str, &[&[&str]]) = match claim {
            None => ("observe print", &[]),
            Some(true) => (
                "outcomes print == { (), (0), (0, 1) }",
                &[&[], &["0"], &["0", "1"]],
            ),
            Some(false) => (
                "outcomes print in { (), (1), (1, 0) }",
                &[&[], &["1"], &["1", "0"]],
            ),
        };
        self.put(text);
        let lines = |row: &&[&str]| row.iter().map(|&line| line.to_owned()).collect();
        self.made.outcomes.push(hir::Outcomes {
            span: self.span(from),
            names: Vec::new(),
            values: Vec::new(),
            print: true,
            transcripts: rows.iter().map(lines).collect(),
            expected: claim.map(|_| Vec::new()),
            exact: claim == Some(true),
        });
    }

    /// The local `r0` of a thread that is only one.
    fn local_of(&self, thread: usize) -> Option<(usize, Expr)> {
        let group = self.made.groups.get(thread).filter(|group| group.n == 1)?;
        let body = &self.made.functions[group.body.index()];
        let local = body.locals.iter().position(|local| local.name == "r0")?;
        let actor = ActorId::new(group.first.index());
        let value = Expr {
            kind: ExprKind::ActorLocal(actor, hir::LocalId::new(local)),
            ty: Type::Int,
            span: group.span,
        };
        Some((thread, value))
    }

    fn outcomes(&mut self, expected: &[i64], exact: bool, from: usize) {
        if self.made.vars.is_empty() {
            return;
        }
        self.put("outcomes (");
        let (name, value) = self.word_of(0, 0);
        self.put(if exact { ") == { " } else { ") in { " });
        let values: Vec<String> = expected.iter().map(i64::to_string).collect();
        self.put(&values.join(", "));
        self.put(" }");
        self.made.outcomes.push(hir::Outcomes {
            span: self.span(from),
            names: vec![name],
            values: vec![value],
            print: false,
            transcripts: Vec::new(),
            expected: Some(expected.iter().map(|&value| vec![value]).collect()),
            exact,
        });
    }

    /// Writes the name of a word of shared memory.
    fn word_of(&mut self, index: usize, word: usize) -> (String, Expr) {
        let from = self.at();
        let var = &self.made.vars[index];
        let (name, is_array) = (var.name.clone(), !var.dims.is_empty());
        let is_struct = var.ty != Type::Int;
        self.put(&name);
        let (mut indices, mut fields) = (Vec::new(), Vec::new());
        if is_array {
            self.put("[");
            let at = self.at();
            self.put(&word.to_string());
            let element = i64::try_from(word).expect("one of two");
            indices.push(constant(element, self.span(at)));
            self.put("]");
        } else if is_struct {
            self.put([".a", ".b"][word]);
            fields.push(word);
        }
        let span = self.span(from);
        let place = Place {
            var: hir::VarId::new(index),
            indices,
            fields,
            ty: Type::Int,
            span,
        };
        let value = Expr {
            kind: ExprKind::Read(place),
            ty: Type::Int,
            span,
        };
        (self.text[from..].to_owned(), value)
    }
}
