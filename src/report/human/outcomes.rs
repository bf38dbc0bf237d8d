//! The final values that occur, one line each, with a schedule that shows them.

use super::Style;
use super::pen::{Ink, count, pad, width};
use crate::report::{OutcomeRow, Outcomes, Value};

/// More rows than this are counted, not shown; the JSON has them all.
const ROWS_MAX: usize = 20;

/// Columns of a value, and of what is printed.
const WIDTH: usize = 24;
const PRINT_WIDTH: usize = 48;

/// The name of the only column of what is printed.
const PRINT: &str = "print";

/// The table, with its title.
pub(super) fn render(outcomes: &Outcomes, style: &Style) -> Vec<String> {
    if outcomes.names.is_empty() || (outcomes.rows.is_empty() && outcomes.missing.is_empty()) {
        return Vec::new();
    }
    // What is printed stands alone, so it has more room.
    let printed = outcomes.names.len() == 1 && outcomes.names[0] == PRINT;
    let widest = if printed { PRINT_WIDTH } else { WIDTH };
    let rows: Vec<Vec<String>> = outcomes
        .rows
        .iter()
        .map(|row| &row.values)
        .chain(&outcomes.missing)
        .take(ROWS_MAX)
        .map(|values| {
            let cells = values.iter().map(text);
            cells.map(|it| style.clip(&it, widest)).collect()
        })
        .collect();
    let names: Vec<String> = outcomes
        .names
        .iter()
        .map(|it| style.clip(it, WIDTH))
        .collect();
    let widths: Vec<usize> = (0..names.len())
        .map(|at| {
            let values = rows
                .iter()
                .filter_map(|row| row.get(at))
                .map(|it| width(it));
            values.max().unwrap_or(0).max(width(&names[at]))
        })
        .collect();
    let cells_line = |cells: &[String]| {
        let columns = widths.iter().enumerate();
        let padded = columns
            .map(|(at, columns)| pad(cells.get(at).map_or("", String::as_str), *columns) + "  ");
        format!("    {}", padded.collect::<String>())
    };
    let number = outcomes.rows.len() as u64;
    let number = match printed {
        true => count(number, "transcript", "transcripts"),
        false => count(number, "final state", "final states"),
    };
    let mut lines = vec![
        format!("  {} ({number})", style.paint(Ink::Strong, "outcomes")),
        String::new(),
        style.paint(Ink::Strong, cells_line(&names).trim_end()),
    ];
    for (position, cells) in rows.iter().enumerate() {
        let remark = match outcomes.rows.get(position) {
            Some(row) => remark(row, style),
            None if printed => style.paint(Ink::Warning, "<- no run prints this"),
            None => style.paint(Ink::Warning, "<- no run ends so"),
        };
        lines.push(
            format!("{} {remark}", cells_line(cells))
                .trim_end()
                .to_owned(),
        );
    }
    let hidden = (outcomes.rows.len() + outcomes.missing.len()).saturating_sub(rows.len());
    if hidden > 0 {
        lines.push(format!("    ... and {hidden} more"));
    }
    lines
}

fn remark(row: &OutcomeRow, style: &Style) -> String {
    let mut parts = Vec::new();
    if let Some(number) = row.interleavings {
        parts.push(format!(
            "in {}",
            count(number, "interleaving", "interleavings")
        ));
    }
    if let Some(token) = &row.witness {
        parts.push(style.paint(Ink::Dim, &format!("replay {}", style.word(token))));
    }
    if row.unexpected {
        parts.push(style.paint(Ink::Warning, "<- not in `outcomes`"));
    }
    parts.join("  ")
}

/// A value in the author's notation.
pub(in crate::report) fn text(value: &Value) -> String {
    match value {
        Value::Bool(it) => it.to_string(),
        Value::Int(it) => it.to_string(),
        Value::Text(it) => it.clone(),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(text).collect();
            format!("[{}]", items.join(", "))
        }
    }
}
