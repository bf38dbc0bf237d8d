//! Aligned lines: a key and what there is to say.

use super::pen::{Ink, pad, width, wrap};
use super::{Level, Style};
use crate::base::Source;
use crate::report::{Fact, LockEdge};

/// Renders facts as lines; keys are aligned with one another.
pub(super) fn render(facts: &[Fact], style: &Style) -> Vec<String> {
    let shown = facts
        .iter()
        .filter(|it| !(it.lesson && style.level == Level::Expert));
    let shown: Vec<&Fact> = shown.collect();
    let key = |fact: &Fact| style.clip(&fact.key, 24);
    let longest = shown.iter().map(|it| width(&key(it))).max().unwrap_or(0);
    let columns = (longest + 3).max(13);
    let mut lines = Vec::new();
    for fact in shown {
        let room = style.width.saturating_sub(2 + columns);
        let mut parts: Vec<String> = fact
            .text
            .split('\n')
            .flat_map(|line| wrap(&style.line(line), room))
            .collect();
        if fact.checked {
            stamp(&mut parts, room, style);
        }
        let head = pad(&key(fact), columns);
        for (position, part) in parts.iter().enumerate() {
            let head = match position {
                0 => style.paint(Ink::Key, &head),
                _ => " ".repeat(columns),
            };
            lines.push(format!("  {head}{part}").trim_end().to_owned());
        }
    }
    lines
}

/// Says that a line was established by checking, in a column of its own where it fits.
fn stamp(parts: &mut Vec<String>, room: usize, style: &Style) {
    let stamp = "[checked]";
    let last = parts.last().map_or(0, |it| width(it));
    if last + 2 + stamp.len() > room {
        parts.push(String::new());
    }
    let column = room.saturating_sub(stamp.len() + 10);
    if let Some(last) = parts.last_mut() {
        let padded = pad(last, column);
        let gap = if width(last) + 2 > column { "  " } else { "" };
        *last = format!("{padded}{gap}{}", style.paint(Ink::Good, stamp));
    }
}

/// The lock orders as a fact: `a --[transfer, line 5]--> b --[audit, line 6]--> a`.
pub(super) fn lock_order(edges: &[LockEdge], source: &Source) -> Option<Fact> {
    let first = edges.first()?;
    let mut text = first.from.clone();
    let mut at = &first.from;
    for edge in edges {
        if edge.from != *at {
            text += &format!("\n{}", edge.from);
        }
        let line = source.position(edge.span.start).line;
        text += &format!(" --[{}, line {line}]--> {}", edge.actor, edge.to);
        at = &edge.to;
    }
    Some(Fact::new("lock order", text))
}
