//! One line, and how a line that is too long is broken.

use super::{Printer, WIDTH};
use crate::syntax::mark::Mark;
use crate::syntax::token::TokenKind;

impl Printer<'_> {
    /// The tokens `start..end` on one line, if they fit on the current one and
    /// no comment inside ends the line.
    pub(super) fn flat(&self, start: usize, end: usize) -> Option<String> {
        let used = if self.fresh {
            4 * self.indent
        } else {
            let line = self.out.rfind('\n').map_or(0, |at| at + 1);
            self.out[line..].chars().count() + 1
        };
        let room = WIDTH.saturating_sub(used);
        let mut text = String::new();
        let mut before = None;
        let mut columns = 0;
        for at in start..end {
            let piece = text.len();
            for comment in self.comments_in(at, at).filter(|_| at > start) {
                let shown = self.source.slice(comment.span);
                if comment.to_line_end || shown.contains('\n') {
                    return None;
                }
                text.push(' ');
                text.push_str(shown);
                before = before.map(|_| usize::MAX);
            }
            if self.marks.has(at, Mark::Drop) {
                continue;
            }
            if before.is_some_and(|before| before == usize::MAX || self.spaced(before, at)) {
                text.push(' ');
            }
            text.push_str(self.source.slice(self.tokens[at].span));
            before = Some(at);
            columns += text[piece..].chars().count();
            if columns > room {
                return None;
            }
        }
        Some(text)
    }

    /// Writes what [`Printer::flat`] made of `start..end`.
    pub(super) fn put_flat(&mut self, start: usize, end: usize, text: &str) {
        self.space_before(start);
        self.write(text);
        self.last = (start..end)
            .rev()
            .find(|&at| !self.marks.has(at, Mark::Drop));
        let inside = self
            .comments
            .partition_point(|comment| comment.tokens_before < end);
        self.next_comment = self.next_comment.max(inside);
    }

    fn space_before(&mut self, at: usize) {
        if !self.fresh && self.last.is_some_and(|last| self.spaced(last, at)) {
            self.out.push(' ');
        }
    }

    /// Tokens without the insides of blocks: on one line, or broken.
    pub(super) fn segment(&mut self, start: usize, end: usize) {
        self.inner_comments(start);
        match self.flat(start, end) {
            Some(text) => self.put_flat(start, end, &text),
            None => self.broken(start, end),
        }
    }

    fn broken(&mut self, start: usize, end: usize) {
        let group = self.group_to_break(start, end);
        let commented =
            group.is_some_and(|open| self.has_line_comment(open + 1, self.partner[open]));
        let breaks = self.top_level(start, end, |at| {
            at > start && self.marks.has(at, Mark::Break)
        });
        if !breaks.is_empty() && !commented {
            return self.at_operators(start, end, &breaks);
        }
        match group {
            Some(open) => self.at_commas(start, end, open),
            None => self.raw(start, end),
        }
    }

    /// The tokens outside of brackets that `wanted` wants.
    fn top_level(&self, start: usize, end: usize, wanted: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut found = Vec::new();
        let mut at = start;
        while at < end {
            if wanted(at) {
                found.push(at);
            }
            at = self.partner[at].max(at) + 1;
        }
        found
    }

    /// The bracket to break: one with a comment, or the last list, or the last.
    fn group_to_break(&self, start: usize, end: usize) -> Option<usize> {
        let groups = self.top_level(start, end, |at| {
            self.partner[at] > at + 1 && self.partner[at] < end
        });
        let commented = groups
            .iter()
            .find(|&&open| self.has_line_comment(open + 1, self.partner[open]));
        let list = groups
            .iter()
            .rev()
            .find(|&&open| self.marks.has(open, Mark::List));
        commented.or(list).or(groups.last()).copied()
    }

    fn has_line_comment(&self, from: usize, to: usize) -> bool {
        self.comments_in(from, to)
            .any(|comment| comment.to_line_end)
    }

    fn at_operators(&mut self, start: usize, end: usize, breaks: &[usize]) {
        // The brace of a block gets a line of its own, apart from the conditions.
        let braced = self.marks.has(end - 1, Mark::Block);
        let last = end - usize::from(braced);
        let ends = breaks.iter().skip(1).copied().chain([last]);
        self.segment(start, breaks[0]);
        self.indent += 1;
        for (&from, to) in breaks.iter().zip(ends) {
            self.newline();
            self.segment(from, to);
        }
        self.indent -= 1;
        if braced {
            self.newline();
            self.segment(last, end);
        }
    }

    fn at_commas(&mut self, start: usize, end: usize, open: usize) {
        let close = self.partner[open];
        let list = self.marks.has(open, Mark::List);
        self.raw(start, open + 1);
        self.indent += 1;
        let is_comma = |at: usize| list && self.tokens[at].kind == TokenKind::Punct(",");
        let mut ends = self.top_level(open + 1, close, is_comma);
        if ends.last() != Some(&(close - 1)) {
            ends.push(close);
        }
        let mut from = open + 1;
        for to in ends {
            self.comments_before_line(from, from == open + 1);
            self.segment(from, to);
            if list {
                self.write(",");
            }
            from = (to + 1).min(close);
        }
        self.comments_before_line(close, true);
        self.indent -= 1;
        self.write(self.source.slice(self.tokens[close].span));
        self.last = Some(close);
        if close + 1 < end {
            self.segment(close + 1, end);
        }
    }

    /// Token by token, as long as the line may get.
    fn raw(&mut self, start: usize, end: usize) {
        let indent = self.indent;
        for at in start..end {
            self.inner_comments(at);
            if self.marks.has(at, Mark::Drop) {
                continue;
            }
            self.space_before(at);
            self.write(self.source.slice(self.tokens[at].span));
            self.last = Some(at);
            self.indent = indent + 1;
        }
        self.indent = indent;
    }

    /// Comments in the middle of a line.
    fn inner_comments(&mut self, at: usize) {
        while let Some(comment) = self.take_comment(at) {
            let own_line = self
                .gap_before_comment(self.next_comment - 1)
                .contains('\n');
            if own_line && comment.to_line_end {
                self.newline();
            }
            self.put_comment(&comment);
            self.after_comment();
        }
    }

    /// A token that follows a comment on its line has a space before it.
    fn after_comment(&mut self) {
        if !self.fresh {
            self.out.push(' ');
            self.last = None;
        }
    }
}
