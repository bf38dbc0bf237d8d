//! Changes of a text that leave everything else as it was: formatting, comments,
//! the lines of others.
//!
//! **Invariant:** the edits of a list are sorted and do not overlap.

use super::scene::Scene;
use crate::base::{Fix, Source, Span};
use crate::syntax::ast::Stmt;

/// Columns up to which a wrapped statement stays on its line.
const WIDTH: usize = 100;

/// One level of indentation.
const INDENT: &str = "    ";

/// Edits under construction.
#[derive(Clone)]
pub struct Edits<'a> {
    source: &'a Source,
    fixes: Vec<Fix>,
}

impl<'a> Edits<'a> {
    /// Nothing changed yet.
    pub fn new(scene: &Scene<'a>) -> Self {
        Self {
            source: scene.source,
            fixes: Vec::new(),
        }
    }

    /// Puts a text before the byte.
    pub fn insert(&mut self, at: u32, text: impl Into<String>) -> &mut Self {
        self.replace(Span { start: at, end: at }, text)
    }

    /// Puts a text in the place of another.
    pub fn replace(&mut self, span: Span, text: impl Into<String>) -> &mut Self {
        self.fixes.push(Fix {
            span,
            replacement: text.into(),
        });
        self
    }

    /// Exchanges two texts.
    pub fn exchange(&mut self, one: Span, other: Span) -> &mut Self {
        let (first, second) = (self.source.slice(one), self.source.slice(other));
        let (first, second) = (first.to_owned(), second.to_owned());
        self.replace(one, second).replace(other, first)
    }

    /// Takes a statement out, with its line if it has one for itself.
    pub fn remove(&mut self, stmt: &Stmt) -> &mut Self {
        self.remove_span(stmt.span)
    }

    /// Takes a text out, with its line if it has one for itself.
    pub fn remove_span(&mut self, span: Span) -> &mut Self {
        let span = self.with_line(span);
        self.replace(span, "")
    }

    /// Adds a statement after another, on a line of its own if that has one.
    pub fn after(&mut self, span: Span, text: &str) -> &mut Self {
        if self.begins_line(span) {
            let indent = self.indent(span).to_owned();
            let end = self.end_of_line(span);
            self.insert(end, format!("\n{indent}{text}"))
        } else {
            self.insert(span.end, format!("  {text}"))
        }
    }

    /// Adds a statement before another, on a line of its own if that has one.
    pub fn before(&mut self, span: Span, text: &str) -> &mut Self {
        if self.begins_line(span) {
            let indent = self.indent(span).to_owned();
            self.insert(span.start, format!("{text}\n{indent}"))
        } else {
            self.insert(span.start, format!("{text}  "))
        }
    }

    /// Puts `head { … }` around the text from one statement to another.
    pub fn wrap(&mut self, first: &Stmt, last: &Stmt, head: &str) -> &mut Self {
        self.wrap_all(first, last, head, &[])
    }

    /// Takes the head and the braces off a block; what is in it moves outwards.
    /// `whole` is the statement, `body` its block with the braces.
    pub fn unwrap(&mut self, whole: Span, body: Span) -> &mut Self {
        let inside = Span {
            start: body.start + 1,
            end: body.end - 1,
        };
        let text = self.source.slice(inside);
        let skip =
            |text: &str, trimmed: &str| u32::try_from(text.len() - trimmed.len()).unwrap_or(0);
        let start = inside.start + skip(text, text.trim_start());
        let end = inside.end - skip(text, text.trim_end());
        self.replace(
            Span {
                start: whole.start,
                end: start,
            },
            "",
        );
        self.shallow(Span { start, end });
        self.replace(
            Span {
                start: end,
                end: whole.end,
            },
            "",
        )
    }

    /// Takes a level of indentation from the lines that begin inside a span.
    fn shallow(&mut self, span: Span) {
        let text = self.source.slice(span);
        for (at, _) in text.match_indices('\n') {
            if text[at + 1..].starts_with(INDENT) {
                let start = span.start as usize + at + 1;
                self.replace(Span::new(start, start + INDENT.len()), "");
            }
        }
    }

    /// Puts `head { … }` around statements, and takes the heads off some blocks in
    /// them, given as statement and body.
    pub fn wrap_all(
        &mut self,
        first: &Stmt,
        last: &Stmt,
        head: &str,
        without: &[(Span, Span)],
    ) -> &mut Self {
        let span = first.span.to(last.span);
        let text = self.source.slice(span);
        for &(whole, body) in without {
            self.unwrap(whole, body);
        }
        let column = self.indent(span).len();
        let fits = column + text.len() + head.len() + 4 <= WIDTH;
        if !text.contains('\n') && (fits || !self.begins_line(span)) {
            return self
                .insert(span.start, format!("{head} {{ "))
                .insert(span.end, " }");
        }
        let indent = self.indent(span).to_owned();
        self.insert(span.start, format!("{head} {{\n{indent}{INDENT}"));
        self.deepen(span);
        let end = self.end_of_line(span);
        self.insert(end, format!("\n{indent}}}"))
    }

    /// Indents the lines that begin inside a span.
    fn deepen(&mut self, span: Span) {
        let text = self.source.slice(span);
        for (at, _) in text.match_indices('\n') {
            let line = &text[at + 1..];
            if !line
                .trim_start_matches([' ', '\t'])
                .starts_with(['\n', '\r'])
                && !line.is_empty()
            {
                let start = span.start + u32::try_from(at + 1).unwrap_or(0);
                // A block whose head goes moves outwards by as much.
                let taken = self.fixes.iter().position(|it| {
                    it.span.start <= start && start < it.span.end && it.replacement.is_empty()
                });
                match taken {
                    Some(known) if self.fixes[known].span.start == start => {
                        self.fixes.remove(known);
                    }
                    Some(_) => {}
                    None => drop(self.insert(start, INDENT)),
                }
            }
        }
    }

    /// The white space before a span, on its line.
    fn indent(&self, span: Span) -> &'a str {
        let before = self.before_on_line(span);
        let end = before.len() - before.trim_start_matches([' ', '\t']).len();
        &before[..end]
    }

    fn before_on_line(&self, span: Span) -> &'a str {
        let before = &self.source.text()[..span.start as usize];
        &before[before.rfind('\n').map_or(0, |at| at + 1)..]
    }

    /// Whether nothing stands before it on its line.
    fn begins_line(&self, span: Span) -> bool {
        self.before_on_line(span).trim().is_empty()
    }

    /// The end of the line, if only a comment follows; else the end of the span.
    fn end_of_line(&self, span: Span) -> u32 {
        let rest = &self.source.text()[span.end as usize..];
        let line = rest.split(['\n', '\r']).next().unwrap_or_default();
        let follows = line.trim_start();
        if follows.starts_with("//") {
            span.end + u32::try_from(line.trim_end().len()).unwrap_or(0)
        } else {
            span.end
        }
    }

    /// A span with the white space around it that nothing else needs.
    fn with_line(&self, span: Span) -> Span {
        let text = self.source.text();
        let rest = &text[span.end as usize..];
        let line = rest.split('\n').next().unwrap_or_default();
        let ends_line = line.trim().is_empty() && line.len() < rest.len();
        if self.begins_line(span) && ends_line {
            let start = span.start as usize - self.before_on_line(span).len();
            return Span::new(start, span.end as usize + line.len() + 1);
        }
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        Span::new(span.start as usize, span.end as usize + blank)
    }

    /// The edits, if they do not contradict each other.
    pub fn done(&mut self) -> Option<Vec<Fix>> {
        let mut fixes = std::mem::take(&mut self.fixes);
        // Insertions at one place stay in the order in which they were made.
        fixes.sort_by_key(|it| (it.span.start, it.span.end));
        let mut merged: Vec<Fix> = Vec::new();
        for fix in fixes {
            match merged.last_mut() {
                Some(last) if fix.span.start < last.span.end => return None,
                Some(last) if fix.span.start == last.span.end => {
                    last.span.end = fix.span.end;
                    last.replacement += &fix.replacement;
                }
                _ => merged.push(fix),
            }
        }
        (!merged.is_empty()).then_some(merged)
    }
}

/// The text with the edits made; `None` if they do not fit it.
pub fn apply(text: &str, edits: &[Fix]) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 64);
    let mut done = 0;
    for edit in edits {
        out += text.get(done..edit.span.start as usize)?;
        out += &edit.replacement;
        done = edit.span.end as usize;
    }
    out += text.get(done..)?;
    Some(out)
}
