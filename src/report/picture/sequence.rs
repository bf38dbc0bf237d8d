//! An execution as a sequence diagram of Mermaid: actors, and what they act on.

use std::fmt::Write as _;

use super::mermaid_text;
use crate::report::{Finding, Row, Schedule, Step, StepRow, TraceTable};

/// Longer executions are not drawn; nobody follows the arrows any more.
const STEPS_MAX: usize = 40;

/// Columns of things that are acted on.
const SUBJECTS_MAX: usize = 6;

/// The diagram; `None` if there is nothing to draw or too much.
pub fn sequence(finding: &Finding) -> Option<String> {
    let (table, schedule) = (finding.trace.as_ref()?, finding.schedule.as_ref()?);
    if schedule.steps.is_empty() || table.rows.len() > STEPS_MAX {
        return None;
    }
    let subjects = subjects(schedule);
    let mut chart = "sequenceDiagram\n".to_owned();
    for (at, name) in table.actors.iter().enumerate() {
        let _ = writeln!(chart, "    actor a{at} as {}", mermaid_text(name));
    }
    for (at, name) in subjects.iter().enumerate() {
        let _ = writeln!(chart, "    participant s{at} as {}", mermaid_text(name));
    }
    let from = table.repeats.as_ref().map(|it| it.from_row);
    let is_round = from.is_some_and(|from| from < table.rows.len());
    for (position, row) in table.rows.iter().enumerate() {
        if from == Some(position) {
            chart += "    loop for ever\n";
        }
        draw(&mut chart, table, row, &subjects, schedule);
    }
    if is_round {
        chart += "    end\n";
    }
    Some(chart)
}

/// What the steps act on, in order of appearance.
fn subjects(schedule: &Schedule) -> Vec<&str> {
    let mut subjects: Vec<&str> = Vec::new();
    for name in schedule.steps.iter().filter_map(|it| it.subject.as_deref()) {
        if !subjects.contains(&name) && subjects.len() < SUBJECTS_MAX {
            subjects.push(name);
        }
    }
    subjects
}

fn draw(chart: &mut String, table: &TraceTable, row: &Row, subjects: &[&str], of: &Schedule) {
    let n_actors = table.actors.len();
    match row {
        Row::Step(row) if row.actor < n_actors => {
            let step = of.steps.iter().find(|it| it.index == row.index);
            arrow(chart, row, step, subjects);
            if let Some(note) = &row.note {
                let note = mermaid_text(note);
                let _ = writeln!(chart, "    Note over a{}: {note}", row.actor);
            }
        }
        Row::Step(_) => {}
        Row::Blocked { cells, .. } => {
            for cell in cells.iter().filter(|it| it.actor < n_actors) {
                let text = mermaid_text(&cell.text);
                let _ = writeln!(chart, "    Note over a{}: {text}", cell.actor);
            }
        }
        Row::End { text, result } if n_actors > 0 => {
            let (text, result) = (mermaid_text(text), mermaid_text(result));
            let last = n_actors - 1;
            let _ = writeln!(chart, "    Note over a0,a{last}: {text} {result}");
        }
        Row::End { .. } => {}
    }
}

fn arrow(chart: &mut String, row: &StepRow, step: Option<&Step>, subjects: &[&str]) {
    let actor = row.actor;
    let text = format!("{} {}", row.index, mermaid_text(&row.text));
    let subject = step.and_then(|it| it.subject.as_deref());
    let subject = subject.and_then(|name| subjects.iter().position(|it| *it == name));
    let _ = match (subject, step.map(|it| it.action.as_str())) {
        // What is read comes from the variable.
        (Some(it), Some("read" | "load")) => writeln!(chart, "    s{it}-->>a{actor}: {text}"),
        (Some(it), _) => writeln!(chart, "    a{actor}->>s{it}: {text}"),
        (None, _) => writeln!(chart, "    a{actor}->>a{actor}: {text}"),
    };
}
