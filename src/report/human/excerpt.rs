//! The source with its labelled places, in the manner of rustc.
//!
//! **Invariant:** hostile characters of the source are made visible before the
//! excerpt is laid out, and every span is moved along, so underlines stay
//! below what they mean.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::Style;
use super::pen::{Ink, clip, width, wrap};
use crate::base::{Source, Span};
use crate::report::escape;

/// A span, what is to be said about it, and whether it is underlined with `^`.
pub(super) struct Mark<'a> {
    pub(super) span: Span,
    pub(super) label: &'a str,
    pub(super) primary: bool,
}

/// The excerpt with its `-->` line, ending in a line feed; empty if there is no
/// place to show. At most `labels_max` places are shown, the guilty ones first.
pub(super) fn render(
    source: &Source,
    marks: &[Mark<'_>],
    labels_max: usize,
    ink: Ink,
    style: &Style,
) -> String {
    let path = style.line(source.name());
    if marks.is_empty() {
        return String::new();
    }
    if source.text().is_empty() {
        return format!(" {} {path}\n", style.paint(Ink::Key, "-->"));
    }
    let mut shown = marks.iter().collect::<Vec<_>>();
    shown.sort_by_key(|mark| !mark.primary);
    shown.truncate(labels_max);
    let text = Visible::new(source.text(), style.ascii);
    // Where labels stand far apart on a long line, first their texts go below, then all
    // places but the first.
    let ways = [(20, shown.len()), (0, shown.len()), (0, 1)];
    let page = |(label_min, n_places): (usize, usize), style: &Style| {
        let (here, below) = shown.split_at(n_places);
        let mut page = page(source, &text, here, label_min, ink, style);
        for mark in below {
            page += &note(&style.line(mark.label), source, mark.span, style);
        }
        page
    };
    let plain = Style {
        color: false,
        ..*style
    };
    let fits = |way: &(usize, usize)| {
        let page = page(*way, &plain);
        page.lines().all(|line| width(line) <= style.width)
    };
    let page = page(ways.into_iter().find(fits).unwrap_or(ways[0]), style);
    // The arrow is ours: its column counts the characters of the file, not of the page.
    let gutter = page.chars().take_while(|&c| c == ' ').count();
    let indent = " ".repeat(gutter.saturating_sub(1));
    let at = source.position(shown[0].span.start);
    let arrow = style.paint(Ink::Key, "-->");
    format!("{indent}{arrow} {path}:{}:{}\n{page}", at.line, at.column)
}

/// The lines with these places, and below them every label that did not fit; of such a
/// label at least so many columns are shown at its place.
fn page(
    source: &Source,
    text: &Visible,
    marks: &[&Mark<'_>],
    label_min: usize,
    ink: Ink,
    style: &Style,
) -> String {
    let mut notes = String::new();
    let annotations = marks.iter().map(|mark| {
        let kind = if mark.primary {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        let span = clamp(mark.span, source.text());
        let label = style.line(mark.label);
        let room = room_for_label(source, mark.span, style);
        let label = if width(&label) > room {
            notes += &note(&label, source, mark.span, style);
            match room.max(label_min) {
                0..20 => "".into(),
                room => first_clause(&label, room).into(),
            }
        } else {
            label
        };
        let label = (!label.is_empty()).then_some(label);
        kind.span(text.range(span)).label(label)
    });
    let annotations = annotations.collect::<Vec<_>>();
    let snippet = Snippet::source(&*text.text).annotations(annotations);
    let level = match ink {
        Ink::Warning => Level::WARNING,
        Ink::Good => Level::NOTE,
        _ => Level::ERROR,
    };
    let page = renderer(style).render(&[Group::with_level(level).element(snippet)]);
    tidy(&page) + &notes
}

/// Columns between the underline and the edge of the page.
fn room_for_label(source: &Source, span: Span, style: &Style) -> usize {
    let (start, end) = (source.position(span.start), source.position(span.end));
    let (line, columns) = if start.line == end.line {
        (source.line(start.line), end.column as usize - 1)
    } else {
        (source.line(end.line), end.column as usize + 1)
    };
    let before: String = line.chars().take(columns).collect();
    let gutter = 4 + source.position(u32::MAX).line.to_string().len();
    let used = gutter + width(&before.replace('\t', "    "));
    style.width.saturating_sub(used)
}

/// As much of a label as fits, up to the end of a clause if one ends there.
fn first_clause(label: &str, columns: usize) -> String {
    let ends = label.rmatch_indices("; ");
    let mut clauses = ends.map(|(at, _)| format!("{} ..", &label[..at]));
    clauses
        .find(|it| width(it) <= columns)
        .unwrap_or_else(|| clip(label, columns))
}

/// A label that did not fit, in full below the excerpt.
fn note(label: &str, source: &Source, span: Span, style: &Style) -> String {
    let line = source.position(span.start).line;
    let mut text = String::new();
    for (position, part) in wrap(label, style.width.saturating_sub(20))
        .iter()
        .enumerate()
    {
        let head = match position {
            0 => format!("  = line {line}: "),
            _ => " ".repeat(11 + line.to_string().len()),
        };
        let part = part.trim_end();
        text += &format!("{}{part}\n", style.paint(Ink::Key, &head));
    }
    text
}

fn renderer(style: &Style) -> Renderer {
    let plain = Renderer::plain().term_width(style.width);
    if !style.color {
        return plain;
    }
    plain
        .error(Ink::Error.style())
        .warning(Ink::Warning.style())
        .note(Ink::Good.style())
        .help(Ink::Help.style())
        .context(Ink::Key.style())
        .line_num(Ink::Key.style())
}

/// Drops trailing spaces, and ends in one line feed.
fn tidy(page: &str) -> String {
    let lines = page.lines().map(|line| line.trim_end().to_owned() + "\n");
    lines.collect()
}

/// `span` inside `text`, on character boundaries.
fn clamp(span: Span, text: &str) -> Range<usize> {
    let floor = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (floor(span.start as usize), floor(span.end as usize));
    start..end.max(start)
}

/// A source text whose hostile characters are visible, and where its bytes went.
struct Visible {
    text: String,
    /// For every replaced character: its first byte, and by how much what
    /// follows it has moved in all.
    moved: Vec<(usize, usize)>,
}

impl Visible {
    fn new(source: &str, ascii: bool) -> Self {
        let mut text = String::with_capacity(source.len());
        let mut moved = Vec::new();
        for (at, c) in source.char_indices() {
            // The excerpt expands tabs itself, and a carriage return belongs to the line break.
            let kept = matches!(c, '\n' | '\t')
                || (c == '\r' && source[at..].starts_with("\r\n"))
                || (!escape::is_hidden(c) && (!ascii || c.is_ascii()));
            if kept {
                text.push(c);
            } else {
                text += &escape::ascii_line(c.encode_utf8(&mut [0; 4]));
                moved.push((at, text.len() - (at + c.len_utf8())));
            }
        }
        Self { text, moved }
    }

    fn range(&self, range: Range<usize>) -> Range<usize> {
        self.offset(range.start)..self.offset(range.end)
    }

    fn offset(&self, at: usize) -> usize {
        let before = self.moved.partition_point(|&(first, _)| first < at);
        at + before.checked_sub(1).map_or(0, |last| self.moved[last].1)
    }
}
