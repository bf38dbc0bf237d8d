//! What changed between two texts, line by line, as a unified diff.
//!
//! Source: Myers, "An O(ND) difference algorithm and its variations" (1986), the
//! greedy one. Deviation: beyond a number of differences the rest counts as
//! replaced, so that the cost stays small whatever the texts.

use super::terminal::Looks;
use crate::report::escape;
use anstyle::AnsiColor;
use std::fmt::Write as _;

/// Unchanged lines around a change.
const CONTEXT: usize = 3;
/// Differences beyond which lines count as replaced.
const DIFFERENCES_MAX: usize = 1_000;

/// One line of a comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Line<'a> {
    Same(&'a str),
    Old(&'a str),
    New(&'a str),
}

/// The difference, with a heading that names the file and says in a word what
/// became of it; empty if there is none.
pub fn unified(name: &str, became: &str, (old, new): (&str, &str), looks: Looks) -> String {
    let lines = compare(&split(old), &split(new));
    // Where all lines end so, that is no difference to look at.
    let ending = match old.contains("\r\n") && new.contains("\r\n") {
        true => "\r\n",
        false => "\n",
    };
    let changed = |line: &Line<'_>| !matches!(line, Line::Same(_));
    let near = |at: usize| {
        let from = at.saturating_sub(CONTEXT);
        let to = lines.len().min(at + CONTEXT + 1);
        lines[from..to].iter().any(changed)
    };
    let mut text = String::new();
    let (mut old_line, mut new_line) = (1, 1);
    let mut is_inside = false;
    for (at, line) in lines.iter().enumerate() {
        if near(at) {
            if text.is_empty() {
                let name = escape::line(name);
                let _ = writeln!(text, "--- {name}\n+++ {name}, {became}");
            }
            if !is_inside {
                let _ = writeln!(text, "@@ line {old_line}, {became} line {new_line} @@");
            }
            is_inside = true;
            text += &shown(*line, ending, looks);
        } else {
            is_inside = false;
        }
        match line {
            Line::Same(_) => (old_line, new_line) = (old_line + 1, new_line + 1),
            Line::Old(_) => old_line += 1,
            Line::New(_) => new_line += 1,
        }
    }
    text
}

/// Lines with their line breaks, so that a missing one at the end is a difference.
fn split(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn shown(line: Line<'_>, ending: &str, looks: Looks) -> String {
    let (sign, color, text) = match line {
        Line::Same(text) => (' ', None, text),
        Line::Old(text) => ('-', Some(AnsiColor::Red), text),
        Line::New(text) => ('+', Some(AnsiColor::Green), text),
    };
    let bare = text.strip_suffix(ending).or(text.strip_suffix('\n'));
    let (text, end) = match bare {
        Some(text) => (text, ""),
        None => (text, "\n\\ no line break at the end"),
    };
    let text = if looks.ascii {
        escape::ascii_text(text)
    } else {
        escape::text(text)
    };
    match color.filter(|_| looks.color).map(AnsiColor::on_default) {
        Some(style) => format!(
            "{}{sign}{text}{}{end}\n",
            style.render(),
            style.render_reset()
        ),
        None => format!("{sign}{text}{end}\n"),
    }
}

fn compare<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Line<'a>> {
    let n_head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[n_head..], &new[n_head..]);
    let tails = old_rest.iter().rev().zip(new_rest.iter().rev());
    let n_tail = tails.take_while(|(a, b)| a == b).count();
    let old_middle = &old_rest[..old_rest.len() - n_tail];
    let new_middle = &new_rest[..new_rest.len() - n_tail];
    let mut lines: Vec<Line<'a>> = old[..n_head].iter().map(|it| Line::Same(it)).collect();
    lines.extend(edits(old_middle, new_middle));
    let tail = &old_rest[old_rest.len() - n_tail..];
    lines.extend(tail.iter().map(|it| Line::Same(it)));
    lines
}

/// The shortest edit, or everything replaced if that would take too long.
fn edits<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Line<'a>> {
    let Some(rounds) = search(old, new) else {
        let gone = old.iter().map(|it| Line::Old(it));
        return gone.chain(new.iter().map(|it| Line::New(it))).collect();
    };
    let mut lines = Vec::new();
    let (mut x, mut y) = (old.len(), new.len());
    for round in rounds.iter().rev() {
        let (before_x, before_y) = round.before(x, y);
        // A snake of equal lines ends the round; one changed line begins it.
        while x > before_x && y > before_y {
            (x, y) = (x - 1, y - 1);
            lines.push(Line::Same(old[x]));
        }
        if x > before_x {
            x -= 1;
            lines.push(Line::Old(old[x]));
        } else if y > before_y {
            y -= 1;
            lines.push(Line::New(new[y]));
        }
    }
    lines.reverse();
    lines
}

/// How far each diagonal had been followed before a round with `d` differences.
struct Round {
    d: usize,
    /// By diagonal `x - y + d + 1`.
    reached: Vec<usize>,
}

impl Round {
    fn at(&self, diagonal: isize) -> usize {
        let index = diagonal + isize::try_from(self.d).unwrap_or(isize::MAX) + 1;
        usize::try_from(index).map_or(0, |index| self.reached[index])
    }

    /// Whether the round comes to a diagonal by a new line rather than a dropped one.
    fn is_new(&self, diagonal: isize) -> bool {
        let d = isize::try_from(self.d).unwrap_or(isize::MAX);
        diagonal == -d || (diagonal != d && self.at(diagonal - 1) < self.at(diagonal + 1))
    }

    /// Where the round that ended at `(x, y)` began.
    fn before(&self, x: usize, y: usize) -> (usize, usize) {
        if self.d == 0 {
            return (0, 0);
        }
        let diagonal = x.cast_signed() - y.cast_signed();
        let from = if self.is_new(diagonal) {
            diagonal + 1
        } else {
            diagonal - 1
        };
        let before_x = self.at(from);
        (before_x, (before_x.cast_signed() - from).cast_unsigned())
    }
}

fn search(old: &[&str], new: &[&str]) -> Option<Vec<Round>> {
    let mut rounds: Vec<Round> = Vec::new();
    let mut reached = vec![0; 3];
    for d in 0..=DIFFERENCES_MAX {
        let round = Round { d, reached };
        // One more diagonal on each side than this round.
        let mut next = vec![0; 2 * d + 5];
        let signed = d.cast_signed();
        for diagonal in (-signed..=signed).step_by(2) {
            let mut x = if round.is_new(diagonal) {
                round.at(diagonal + 1)
            } else {
                round.at(diagonal - 1) + 1
            };
            let mut y = (x.cast_signed() - diagonal).cast_unsigned();
            while x < old.len() && y < new.len() && old[x] == new[y] {
                (x, y) = (x + 1, y + 1);
            }
            next[(diagonal + signed + 2).cast_unsigned()] = x;
            if x >= old.len() && y >= new.len() {
                rounds.push(round);
                return Some(rounds);
            }
        }
        rounds.push(round);
        reached = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both texts can be read off the comparison, and it has so many changes.
    #[track_caller]
    fn check(old: &str, new: &str, n_changes: usize) {
        let (old, new): (Vec<&str>, Vec<&str>) =
            (old.split(' ').collect(), new.split(' ').collect());
        let lines = compare(&old, &new);
        let side = |wanted: fn(&Line<'_>) -> bool| -> Vec<&str> {
            let chosen = lines.iter().filter(|it| wanted(it));
            let text = chosen.map(|it| match it {
                Line::Same(text) | Line::Old(text) | Line::New(text) => *text,
            });
            text.collect()
        };
        assert_eq!(side(|it| !matches!(it, Line::New(_))), old);
        assert_eq!(side(|it| !matches!(it, Line::Old(_))), new);
        assert_eq!(
            lines.len() - side(|it| matches!(it, Line::Same(_))).len(),
            n_changes
        );
    }

    #[test]
    fn the_shortest_edit_is_found() {
        check("a b c", "a b c", 0);
        check("a b c", "a x c", 2);
        check("a b c a b b a", "c b a b a c", 5);
        check("a", "x y z", 4);
        check("a b c d", "b d", 2);
        check("b d", "a b c d", 2);
    }

    #[test]
    fn very_different_texts_are_replaced() {
        let old: Vec<String> = (0..3_000).map(|it| format!("old{it}")).collect();
        let new: Vec<String> = (0..3_000).map(|it| format!("new{it}")).collect();
        check(&old.join(" "), &new.join(" "), 6_000);
    }

    #[test]
    fn only_the_surroundings_of_a_change_are_shown() {
        let old: String = (0..100).map(|it| format!("line {it}\n")).collect();
        let new = old.replace("line 50\n", "line fifty\n");
        let looks = Looks {
            color: false,
            color_err: false,
            ascii: false,
        };
        let text = unified("a.tb", "formatted", (&old, &new), looks);
        assert_eq!(text.lines().count(), 3 + 3 + 2 + 3, "{text}");
        assert!(text.contains("-line 50\n+line fifty\n"));
        assert_eq!(unified("a.tb", "formatted", (&old, &old), looks), "");
    }
}
