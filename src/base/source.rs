//! Source text and places in it.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A byte range of one source text, `start <= end`.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end`.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end, "a span runs forwards");
        // Sources are limited to 1 MiB, so offsets always fit.
        Self {
            start: u32::try_from(start).unwrap_or(u32::MAX),
            end: u32::try_from(end).unwrap_or(u32::MAX),
        }
    }

    /// The smallest span that covers both.
    pub fn to(self, other: Span) -> Span {
        Span {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The span as a range of `usize`, for slicing.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A line and a column, both counted from 1; the column counts characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// One source text with the name it is reported under.
///
/// The scenarios of a source may occupy only `body`: for `scenario! { … }` in a
/// Rust file the text is the whole Rust file, so that lines and columns are
/// those of the file the author looks at.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
    body: Range<usize>,
    line_starts: Vec<u32>,
}

impl Source {
    /// A source whose whole text is scenarios.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let body = 0..text.len();
        Self::with_body(name, text, body)
    }

    /// A source of which only the bytes `body` are scenarios.
    ///
    /// # Panics
    ///
    /// If `body` does not lie on character boundaries inside `text`.
    pub fn with_body(name: impl Into<String>, text: impl Into<String>, body: Range<usize>) -> Self {
        let text = text.into();
        assert!(
            text.get(body.clone()).is_some(),
            "the body lies on character boundaries inside the text"
        );
        let newlines = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        let line_starts = std::iter::once(0)
            .chain(newlines.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX)))
            .collect();
        Self {
            name: name.into(),
            text,
            body,
            line_starts,
        }
    }

    /// The name it is reported under, usually a path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The byte range of [`Source::text`] that holds scenarios.
    pub fn body(&self) -> Range<usize> {
        self.body.clone()
    }

    /// The text a span covers; empty if the span lies outside.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// Line and column of a byte offset; offsets past the end count as the end.
    ///
    /// Cost: a binary search over the lines, and one pass over the line.
    pub fn position(&self, offset: u32) -> Position {
        let offset = (offset as usize).min(self.text.len());
        let line = self
            .line_starts
            .partition_point(|&start| start as usize <= offset)
            - 1;
        let start = self.line_starts[line] as usize;
        let column = self
            .text
            .get(start..offset)
            .map_or(offset - start, |before| before.chars().count());
        Position {
            line: u32::try_from(line + 1).unwrap_or(u32::MAX),
            column: u32::try_from(column + 1).unwrap_or(u32::MAX),
        }
    }

    /// The text of a line counted from 1, without its line break; empty if there is none.
    pub fn line(&self, line: u32) -> &str {
        let index = line as usize - 1;
        let Some(&start) = self.line_starts.get(index) else {
            return "";
        };
        let end = self
            .line_starts
            .get(index + 1)
            .map_or(self.text.len(), |&next| next as usize);
        self.text[start as usize..end].trim_end_matches(['\n', '\r'])
    }
}
