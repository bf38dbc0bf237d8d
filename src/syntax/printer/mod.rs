//! The canonical layout: what `fmt` writes.
//!
//! Works on tokens with the roles the parser gave them, so whatever parses can
//! be printed, parentheses and literals stay as they were written, and comments
//! stay between the tokens they were between.
//!
//! - One statement, item or arm per line, four spaces per block; no `;`.
//! - A statement with its block stays on one line if it was written on one, the
//!   block holds one statement at most, and all fits in 100 columns.
//! - Longer lines are broken at `&&` and `||`, or after the commas of a list.
//! - At most one empty line between two lines, none at the edge of a block.
//!
//! **Invariant:** printing what was printed changes nothing, and the result
//! parses to the same tree.

mod line;
mod space;

use super::mark::{Mark, Marks};
use super::parser::{Parsed, parse_marked};
use super::token::{Comment, Token, TokenKind};
use crate::base::{Diagnostic, Source, Span};

/// Columns of the longest line that is not broken.
const WIDTH: usize = 100;

/// The body of `source` in the canonical layout, ending with a line break.
///
/// ```
/// use threadbare::{base::Source, syntax::format};
/// let source = Source::new("a.tb", "scenario \"s\"{var x=0;thread t{x+=1}}");
/// let text = "scenario \"s\" {\n    var x = 0\n    thread t { x += 1 }\n}\n";
/// assert_eq!(format(&source).as_deref(), Ok(text));
/// ```
///
/// # Errors
///
/// The mistakes, if it does not parse; what is not understood is not moved.
pub fn format(source: &Source) -> Result<String, Vec<Diagnostic>> {
    let parsed = parse_marked(source);
    if !parsed.diagnostics.is_empty() {
        return Err(parsed.diagnostics);
    }
    let mut printer = Printer::new(source, &parsed);
    let end = parsed.tokens.len() - 1;
    printer.lines(0, end);
    printer.comments_before_line(end, true);
    printer.newline();
    Ok(printer.out)
}

struct Printer<'a> {
    source: &'a Source,
    tokens: &'a [Token],
    comments: &'a [Comment],
    marks: &'a Marks,
    /// The partner of each bracket.
    partner: Vec<usize>,
    out: String,
    indent: usize,
    /// Whether nothing stands on the current line yet.
    fresh: bool,
    /// The token printed last.
    last: Option<usize>,
    /// The next comment to print.
    next_comment: usize,
}

impl<'a> Printer<'a> {
    fn new(source: &'a Source, parsed: &'a Parsed) -> Self {
        Self {
            source,
            tokens: &parsed.tokens,
            comments: &parsed.comments,
            marks: &parsed.marks,
            partner: partners(&parsed.tokens),
            out: String::new(),
            indent: 0,
            fresh: true,
            last: None,
            next_comment: 0,
        }
    }

    /// Prints the lines that begin at the tokens `start..end`.
    fn lines(&mut self, start: usize, end: usize) {
        let mut at = start;
        let mut first = true;
        while at < end {
            if self.marks.has(at, Mark::Drop) {
                at += 1;
                continue;
            }
            let next = self.line_end(at, end);
            self.comments_before_line(at, first);
            self.unit(at, next);
            first = false;
            at = next;
        }
    }

    /// Where the next line on the level of the one at `start` begins.
    fn line_end(&self, start: usize, end: usize) -> usize {
        let mut at = self.partner[start].max(start) + 1;
        while at < end && !self.marks.has(at, Mark::Line) {
            at = self.partner[at].max(at) + 1;
        }
        at
    }

    /// One statement, item or arm with its blocks.
    fn unit(&mut self, start: usize, end: usize) {
        if self.may_be_one_line(start, end)
            && let Some(text) = self.flat(start, end)
        {
            return self.put_flat(start, end, &text);
        }
        let mut from = start;
        let mut at = start;
        while at < end {
            if self.marks.has(at, Mark::Block) {
                self.segment(from, at + 1);
                self.block(at);
                from = self.partner[at] + 1;
            }
            at = self.partner[at].max(at) + 1;
        }
        if from < end {
            self.segment(from, end);
        }
    }

    /// Whether no block in it asks for lines of its own.
    fn may_be_one_line(&self, start: usize, end: usize) -> bool {
        // More tokens than columns cannot fit; this keeps the search below short.
        let printed = (start..end).filter(|&at| !self.marks.has(at, Mark::Drop));
        if printed.take(WIDTH + 1).count() > WIDTH {
            return false;
        }
        let mut one_line = true;
        let mut filled = false;
        for at in start..end {
            one_line &= at == start || !self.tokens[at].first_of_line;
            if self.marks.has(at, Mark::Block) && self.partner[at] > at {
                let lines = (at + 1..self.partner[at]).filter(|&inner| {
                    self.marks.has(inner, Mark::Line) && self.is_directly_in(at, inner)
                });
                match lines.take(2).count() {
                    0 => filled |= self.comments_in(at + 1, self.partner[at]).next().is_some(),
                    1 => filled = true,
                    _ => return false,
                }
            }
            if filled && !one_line {
                return false;
            }
        }
        true
    }

    /// Whether the line at `inner` belongs to the block that opens at `open`.
    fn is_directly_in(&self, open: usize, inner: usize) -> bool {
        let first = open + 1;
        inner == first || self.line_end(first, self.partner[open]) == inner
    }

    /// What stands between the brace `open`, which is printed, and its partner, and that.
    fn block(&mut self, open: usize) {
        let close = self.partner[open];
        self.indent += 1;
        self.lines(open + 1, close);
        let empty = close == open + 1 && self.comments_in(close, close).next().is_none();
        if !empty {
            self.comments_before_line(close, true);
        }
        self.indent -= 1;
        self.write("}");
        self.last = Some(close);
    }

    fn comments_in(&self, from: usize, to: usize) -> impl Iterator<Item = &'a Comment> {
        let start = self
            .comments
            .partition_point(|comment| comment.tokens_before < from);
        self.comments[start..]
            .iter()
            .take_while(move |comment| comment.tokens_before <= to)
    }

    /// Ends the current line; comments before the token `at` go behind it or
    /// get lines of their own. At the `edge` of a block there are no empty lines.
    fn comments_before_line(&mut self, at: usize, edge: bool) {
        let mut first = edge && !self.closes(at);
        let mut glued = false;
        while let Some(comment) = self.take_comment(at) {
            let gap = self.gap_before_comment(self.next_comment - 1);
            if !gap.contains('\n') && !self.fresh {
                self.put_comment(&comment);
                continue;
            }
            self.newline();
            if is_blank(gap) && !first {
                self.empty_line();
            }
            first = false;
            self.write(self.source.slice(comment.span));
            let after = self.tokens[at].span.start as usize;
            let to_token = &self.source.text()[comment.span.end as usize..after];
            glued = !comment.to_line_end && !to_token.contains('\n') && !self.closes(at);
            if glued {
                self.out.push(' ')
            } else {
                self.newline()
            }
        }
        if glued {
            self.last = None;
            return;
        }
        self.newline();
        if !first && !self.closes(at) && is_blank(self.gap_before_token(at)) {
            self.empty_line();
        }
    }

    /// Whether nothing follows in the block or file.
    fn closes(&self, at: usize) -> bool {
        self.tokens[at].kind == TokenKind::End || self.partner[at] < at
    }

    /// The next comment, if it stands before the token `at`.
    fn take_comment(&mut self, at: usize) -> Option<Comment> {
        let comment = *self.comments.get(self.next_comment)?;
        (comment.tokens_before <= at).then(|| {
            self.next_comment += 1;
            comment
        })
    }

    /// A comment inside or behind a line.
    fn put_comment(&mut self, comment: &Comment) {
        if !self.fresh {
            self.out.push(' ');
        }
        self.write(self.source.slice(comment.span));
        if comment.to_line_end {
            self.newline();
        }
    }

    /// The source between a comment and what stands before it.
    fn gap_before_comment(&self, index: usize) -> &'a str {
        let comment = &self.comments[index];
        self.gap(comment.tokens_before, index, comment.span)
    }

    fn gap_before_token(&self, at: usize) -> &'a str {
        let index = self
            .comments
            .partition_point(|comment| comment.tokens_before <= at);
        self.gap(at, index, self.tokens[at].span)
    }

    /// The source before `span`, from the end of the token or comment before it.
    fn gap(&self, tokens_before: usize, comments_before: usize, span: Span) -> &'a str {
        let token = tokens_before
            .checked_sub(1)
            .map(|at| self.tokens[at].span.end);
        let comment = comments_before
            .checked_sub(1)
            .map(|at| self.comments[at].span.end);
        let start = token
            .max(comment)
            .map_or(self.source.body().start, |end| end as usize);
        &self.source.text()[start..span.start as usize]
    }

    fn write(&mut self, text: &str) {
        if self.fresh {
            self.out.extend(std::iter::repeat_n(' ', 4 * self.indent));
            self.fresh = false;
        }
        self.out.push_str(text);
    }

    fn newline(&mut self) {
        if !self.fresh {
            self.out.push('\n');
            self.fresh = true;
        }
    }

    fn empty_line(&mut self) {
        self.newline();
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }
}

/// Whether a gap holds an empty line.
fn is_blank(gap: &str) -> bool {
    gap.bytes().filter(|&byte| byte == b'\n').count() > 1
}

/// The partner of each bracket; other tokens are their own.
fn partners(tokens: &[Token]) -> Vec<usize> {
    let mut partner: Vec<usize> = (0..tokens.len()).collect();
    let mut open = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Punct("(" | "[" | "{") => open.push(at),
            TokenKind::Punct(")" | "]" | "}") => {
                if let Some(start) = open.pop() {
                    partner[start] = at;
                    partner[at] = start;
                }
            }
            _ => {}
        }
    }
    partner
}
