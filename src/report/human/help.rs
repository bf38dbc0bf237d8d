//! What to do about it: advice, and patches as removed and added lines.

use super::Style;
use super::pen::{Ink, clip, pad, width, wrap};
use crate::base::{Fix, Source};
use crate::report::Help;

/// Where the result of checking a patch again is written, if there is room.
const CHECKED_COLUMN: usize = 54;

/// A patch of more lines than this is cut, and says so.
const PATCH_LINES_MAX: usize = 16;

/// `help: …` with the changed lines below it.
pub(super) fn render(help: &Help, source: &Source, style: &Style) -> Vec<String> {
    let head = style.paint(Ink::Help, "help");
    let text = style.line(&help.text);
    let mut lines = wrap(&text, style.width.saturating_sub(6));
    let indent = |position| {
        if position == 0 {
            format!("{head}: ")
        } else {
            " ".repeat(6)
        }
    };
    let last = lines.last().map_or(0, |it| width(it)) + 6;
    for (position, line) in lines.iter_mut().enumerate() {
        line.insert_str(0, &indent(position));
    }
    if let Some(checked) = &help.checked {
        let checked = format!("re-checked: {}", style.line(checked));
        put_right(&mut lines, last, &checked, style);
    }
    if !help.patch.is_empty() {
        lines.extend(patch(&help.patch, source, style));
    }
    lines
}

/// `  = help: …`, attached to the excerpt above it.
pub(super) fn attached(help: &Help, style: &Style) -> Vec<String> {
    let parts = wrap(&style.line(&help.text), style.width.saturating_sub(10));
    let head = |position| match position {
        0 => format!(
            "  {} {}: ",
            style.paint(Ink::Key, "="),
            style.paint(Ink::Help, "help")
        ),
        _ => " ".repeat(10),
    };
    let lines = parts.iter().enumerate();
    lines
        .map(|(position, part)| head(position) + part)
        .collect()
}

fn put_right(lines: &mut Vec<String>, used: usize, text: &str, style: &Style) {
    let column = CHECKED_COLUMN.max(used + 2);
    let painted = style.paint(Ink::Good, text);
    match lines.last_mut() {
        Some(last) if column + width(text) <= style.width => {
            *last += &format!("{}{painted}", " ".repeat(column - used));
        }
        _ => {
            let parts = wrap(text, style.width.saturating_sub(6));
            let painted = parts
                .iter()
                .map(|it| format!("      {}", style.paint(Ink::Good, it)));
            lines.extend(painted);
        }
    }
}

/// The changed lines; empty if the edits do not fit the source.
fn patch(edits: &[Fix], source: &Source, style: &Style) -> Vec<String> {
    let changes = Change::all(edits, source);
    let Some(last) = changes.last().map(Change::last) else {
        return Vec::new();
    };
    let gutter = last.to_string().len();
    let bar = format!("{} {}", " ".repeat(gutter), style.paint(Ink::Key, "|"));
    let mut lines = Vec::new();
    for change in &changes {
        lines.extend(change_lines(change, gutter, style));
    }
    if lines.len() > PATCH_LINES_MAX {
        let hidden = lines.len() - PATCH_LINES_MAX + 1;
        lines.truncate(PATCH_LINES_MAX - 1);
        lines.push(format!("... {hidden} more lines"));
    }
    lines.insert(0, bar);
    lines
}

/// The removed and the added lines of one place.
fn change_lines(change: &Change, gutter: usize, style: &Style) -> Vec<String> {
    let mut lines = Vec::new();
    for (sign, texts, ink) in [
        ('-', &change.removed, Ink::Removed),
        ('+', &change.added, Ink::Added),
    ] {
        for (position, text) in texts.iter().enumerate() {
            // Added lines that replace nothing stand where they are inserted; those
            // beyond the last that was there have no number yet.
            let number = change.first + position as u32;
            let number = match number <= change.last() {
                true => number.to_string(),
                false => String::new(),
            };
            let number = style.paint(Ink::Key, &pad(&number, gutter));
            let shown = style.line(&text.replace('\t', "    ")).into_owned();
            let shown = clip(&shown, style.width.saturating_sub(gutter + 3));
            let painted = style.paint(ink, &format!("{sign} {shown}"));
            lines.push(format!("{number} {painted}").trim_end().to_owned());
        }
    }
    lines
}

/// What edits do to the lines of a source.
#[derive(PartialEq, Eq, Debug)]
pub(in crate::report) struct Change {
    /// The number of the first changed line.
    pub first: u32,
    /// The lines as they are.
    pub removed: Vec<String>,
    /// The lines as they should be.
    pub added: Vec<String>,
}

impl Change {
    /// The changed places from top to bottom; none if the edits do not fit the source.
    pub fn all(edits: &[Fix], source: &Source) -> Vec<Self> {
        let mut edits: Vec<&Fix> = edits.iter().collect();
        edits.sort_by_key(|it| (it.span.start, it.span.end));
        let line = |at: u32| source.position(at).line;
        // Edits of neighbouring lines are one change.
        let groups = edits.chunk_by(|one, next| line(next.span.start) <= line(one.span.end) + 1);
        let changes: Option<Vec<Self>> = groups.map(|it| Self::new(it, source)).collect();
        let mut changes = changes.unwrap_or_default();
        changes.retain(|it| !it.removed.is_empty() || !it.added.is_empty());
        changes
    }

    /// The number of the last changed line.
    fn last(&self) -> u32 {
        self.first + self.removed.len().max(1) as u32 - 1
    }

    /// `None` if the edits, which are sorted, do not fit the source.
    fn new(edits: &[&Fix], source: &Source) -> Option<Self> {
        let (start, end) = (
            edits.first()?.span.start,
            edits.iter().map(|it| it.span.end).max()?,
        );
        let text = source.text();
        // Whole lines around the edits.
        let from = text
            .get(..start as usize)?
            .rfind('\n')
            .map_or(0, |at| at + 1);
        let rest = text.get(end as usize..)?;
        let to = end as usize + rest.find('\n').map_or(rest.len(), |at| at + 1);
        let mut after = String::new();
        let mut done = from;
        for edit in edits {
            after += text.get(done..edit.span.start as usize)?;
            after += &edit.replacement;
            done = edit.span.end as usize;
        }
        after += text.get(done..to)?;
        let first = source.position(u32::try_from(from).ok()?).line;
        Some(Self::between(first, &text[from..to], &after))
    }

    /// What differs, without the lines that both begin or end with; but a block that
    /// is added is shown up to its end.
    fn between(first: u32, before: &str, after: &str) -> Self {
        let (before, after): (Vec<&str>, Vec<&str>) =
            (before.lines().collect(), after.lines().collect());
        let shorter = before.len().min(after.len());
        let forwards = before.iter().zip(&after);
        let head = forwards.take_while(|(a, b)| a == b).count();
        let backwards = before.iter().rev().zip(after.iter().rev());
        let mut tail = backwards
            .take_while(|(a, b)| a == b)
            .count()
            .min(shorter - head);
        let is_line_by_line = before.len() == after.len();
        while !is_line_by_line && tail > 0 && is_open(&after[head..after.len() - tail]) {
            tail -= 1;
        }
        let owned = |lines: &[&str]| lines.iter().map(|&it| it.to_owned()).collect();
        Self {
            first: first + head as u32,
            removed: owned(&before[head..before.len() - tail]),
            added: owned(&after[head..after.len() - tail]),
        }
    }
}

/// Whether lines begin a block that they do not end.
fn is_open(lines: &[&str]) -> bool {
    let count = |brace: char| {
        lines
            .iter()
            .map(|it| it.matches(brace).count())
            .sum::<usize>()
    };
    count('{') > count('}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Span;

    #[track_caller]
    fn check(edits: &[(usize, usize, &str)], expected: &str) {
        let source = Source::new("a.tb", "one\ntwo\nthree\n");
        let edits: Vec<Fix> = edits
            .iter()
            .map(|&(start, end, text)| Fix {
                span: Span::new(start, end),
                replacement: text.to_owned(),
            })
            .collect();
        let lines = patch(&edits, &source, &Style::default());
        assert_eq!(lines.join("\n"), expected);
    }

    #[test]
    fn a_word_is_replaced() {
        check(&[(4, 7, "2")], "  |\n2 - two\n2 + 2");
    }

    #[test]
    fn a_line_is_inserted() {
        check(&[(4, 4, "1.5\n")], "  |\n2 + 1.5");
    }

    #[test]
    fn two_places_are_edited_together() {
        check(
            &[(4, 7, "2"), (0, 3, "1")],
            "  |\n1 - one\n2 - two\n1 + 1\n2 + 2",
        );
    }

    #[test]
    fn places_far_apart_are_shown_apart() {
        check(
            &[(0, 3, "1"), (8, 13, "3")],
            "  |\n1 - one\n1 + 1\n3 - three\n3 + 3",
        );
    }

    #[test]
    fn an_added_block_is_shown_up_to_its_end() {
        let source = Source::new("a.tb", "if a {\n    b\n}\n");
        let wrap = |at, text: &str| Fix {
            span: Span::new(at, at),
            replacement: text.to_owned(),
        };
        let edits = [
            wrap(0, "with m {\n    "),
            wrap(7, "    "),
            wrap(13, "    "),
            wrap(14, "\n}"),
        ];
        let lines = patch(&edits, &source, &Style::default());
        let expected = "  |\n1 - if a {\n2 -     b\n3 - }\n1 + with m {\n2 +     if a {\n3 +         b\n  \
                        +     }\n  + }";
        assert_eq!(lines.join("\n"), expected);
    }

    #[test]
    fn a_line_is_removed() {
        check(&[(4, 8, "")], "  |\n2 - two");
    }

    #[test]
    fn an_edit_outside_the_source_is_not_shown() {
        check(&[(40, 80, "")], "");
    }
}
