//! `outcomes print` and `observe print`: what the scenario prints, line by line.
//!
//! A line is text: what `print` writes, its items with a space between them. So
//! the number 1 and the text "1" are the same line, as they are on a screen.

use super::codes;
use super::state::Resolver;
use crate::base::{Diagnostic, Span};
use crate::hir::{Outcomes, Type};
use crate::syntax::ast;
use std::collections::BTreeMap;

impl Resolver<'_> {
    pub fn observe_print(&mut self, span: Span) {
        self.out.outcomes.push(of_print(span, Vec::new()));
    }

    pub fn transcripts(&mut self, rows: &[ast::OutcomeRow], exact: bool, span: Span) {
        let mut transcripts = Vec::new();
        let mut seen = BTreeMap::new();
        for row in rows {
            let lines: Vec<Option<String>> = row.values.iter().map(|it| self.printed(it)).collect();
            let Some(lines) = lines.into_iter().collect::<Option<Vec<String>>>() else {
                continue;
            };
            match seen.get(&lines) {
                Some(&first) => self.same_outcome(row.span, first),
                None => {
                    seen.insert(lines.clone(), row.span);
                    transcripts.push(lines);
                }
            }
        }
        self.out.outcomes.push(Outcomes {
            expected: Some(Vec::new()),
            exact,
            ..of_print(span, transcripts)
        });
    }

    /// What a constant looks like when it is printed.
    fn printed(&mut self, value: &ast::Expr) -> Option<String> {
        let (ty, words) = self.typed_constant(value, None, "a printed line")?;
        let [word] = words.as_slice() else {
            self.not_a_line(value.span);
            return None;
        };
        let index = usize::try_from(*word).ok();
        match ty {
            Type::Int => Some(word.to_string()),
            Type::Bool => Some((*word != 0).to_string()),
            Type::Str => self.out.strings.get(index?).cloned(),
            // A mistake elsewhere can leave a type without an enum behind it.
            Type::Enum(id) if self.enum_def(id).is_some() => {
                self.enum_def(id)?.variants.get(index?).cloned()
            }
            _ => {
                self.not_a_line(value.span);
                None
            }
        }
    }

    fn not_a_line(&mut self, span: Span) {
        self.report(
            Diagnostic::error(codes::NOT_A_WORD, span, "this is not a printed line")
                .label("a line is a text, a number, a truth value or a value of an enum")
                .help("of `print a, b` write what stands on the line: `\"1 2\"`"),
        );
    }
}

fn of_print(span: Span, transcripts: Vec<Vec<String>>) -> Outcomes {
    Outcomes {
        span,
        names: Vec::new(),
        values: Vec::new(),
        print: true,
        transcripts,
        expected: None,
        exact: false,
    }
}
