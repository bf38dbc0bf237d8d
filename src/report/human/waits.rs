//! Who waits for whom, drawn: a box for two, a ladder for any other number.

use super::Style;
use super::pen::{Ink, center, pad, width};
use crate::report::{Finding, Wait};

/// A name longer than this does not fit a box.
const BOX_NAME_MAX: usize = 24;

/// More members of a circle than this are not drawn one by one.
const LADDER_MAX: usize = 8;

/// The drawing of the circle and the list of who waits beside it, without a title.
pub(super) fn render(finding: &Finding, style: &Style) -> Vec<String> {
    let circle: Vec<&Wait> = finding
        .cycle
        .iter()
        .filter_map(|&at| finding.waits.get(at))
        .collect();
    let mut lines = match circle.as_slice() {
        [] => Vec::new(),
        [a, b] if fits_box(a, b, style) => two(a, b, style),
        circle => ladder(circle, style),
    };
    let others: Vec<&Wait> = (0..finding.waits.len())
        .filter(|at| !finding.cycle.contains(at))
        .map(|at| &finding.waits[at])
        .collect();
    // A circle is drawn; without one the labelled places have said it already.
    if !circle.is_empty() {
        let (behind, apart) = behind(&circle, others);
        for (title, waits) in [("stuck behind it", behind), ("waiting, too", apart)] {
            if !waits.is_empty() {
                lines.push(String::new());
                lines.push(format!("    {}", style.paint(Ink::Strong, title)));
                lines.extend(list(&waits, style));
            }
        }
    }
    lines
}

/// Those who wait for somebody in the circle, or for somebody behind it; and the others.
fn behind<'w>(circle: &[&Wait], others: Vec<&'w Wait>) -> (Vec<&'w Wait>, Vec<&'w Wait>) {
    let mut stuck: Vec<&str> = circle.iter().map(|wait| &*wait.actor).collect();
    loop {
        let before = stuck.len();
        for wait in &others {
            let by = |name: &String| stuck.contains(&name.as_str());
            if !stuck.contains(&&*wait.actor) && wait.held_by.iter().any(by) {
                stuck.push(&wait.actor);
            }
        }
        if stuck.len() == before {
            break;
        }
    }
    let is_behind = |wait: &&Wait| stuck.contains(&&*wait.actor);
    others.into_iter().partition(is_behind)
}

fn fits_box(a: &Wait, b: &Wait, style: &Style) -> bool {
    [
        &a.actor,
        &a.resource,
        &a.relation,
        &b.actor,
        &b.resource,
        &b.relation,
    ]
    .iter()
    .all(|name| width(&style.line(name)) <= BOX_NAME_MAX)
}

/// Clockwise: actor, what it waits for, who holds that, what that one waits for.
fn two(a: &Wait, b: &Wait, style: &Style) -> Vec<String> {
    let name = |text: &str| style.line(text).into_owned();
    let (top_left, top_right) = (name(&a.actor), name(&a.resource));
    let (bottom_right, bottom_left) = (name(&b.actor), name(&b.resource));
    let (down, up) = (name(&a.relation), name(&b.relation));
    let widest = |texts: [&String; 3]| texts.map(|it| width(it)).into_iter().max().unwrap_or(0);
    let left = widest([&top_left, &bottom_left, &up]);
    let right = widest([&top_right, &bottom_right, &down]);
    let middle = 22;
    let link = |columns: usize, arrow: [&str; 2]| {
        let label = " waits for ";
        let dashes = columns.saturating_sub(width(label) + arrow[0].len() + arrow[1].len());
        let (before, after) = (dashes / 2, dashes - dashes / 2);
        format!(
            "{}{}{label}{}{}",
            arrow[0],
            "-".repeat(before),
            "-".repeat(after),
            arrow[1]
        )
    };
    let row = |from: &str, to: &str, arrow: [&str; 2]| {
        let from = center(from, left);
        let to = center(to, right);
        let (from_end, to_start) = (from.trim_end(), to.trim_start());
        let free = left - width(from_end) + middle + right - width(to_start);
        format!(
            "      {from_end} {} {}",
            link(free - 2, arrow),
            to_start.trim_end()
        )
    };
    let sides = |a: &str, b: &str| {
        let line = format!(
            "      {}{}{}",
            center(a, left),
            " ".repeat(middle),
            center(b, right)
        );
        line.trim_end().to_owned()
    };
    vec![
        row(&top_left, &top_right, ["", ">"]),
        sides("^", "|"),
        sides(&up, &down),
        sides("|", "v"),
        row(&bottom_left, &bottom_right, ["<", ""]),
    ]
}

/// One line a member, and an edge back from the last to the first.
fn ladder(circle: &[&Wait], style: &Style) -> Vec<String> {
    let name = |text: &str| style.clip(text, 30);
    let column = |text: fn(&Wait) -> &str| {
        let widths = circle.iter().map(|wait| width(&name(text(wait))));
        widths.max().unwrap_or(0)
    };
    let (actors, resources) = (column(|it| &it.actor), column(|it| &it.resource));
    let relations = column(|it| &it.relation);
    let holder = |at: usize| name(&circle[(at + 1) % circle.len()].actor);
    let mut rows: Vec<String> = (0..circle.len())
        .map(|at| {
            format!(
                "{}  waits for  {}  {}  {}",
                pad(&name(&circle[at].actor), actors),
                pad(&name(&circle[at].resource), resources),
                pad(&name(&circle[at].relation), relations),
                pad(&holder(at), actors)
            )
        })
        .collect();
    if rows.len() > LADDER_MAX {
        let hidden = rows.len() - LADDER_MAX + 1;
        let columns = width(&rows[0]);
        let text = pad(&format!("... and {hidden} more in the same way"), columns);
        rows.splice(LADDER_MAX - 2..LADDER_MAX - 2 + hidden, [text]);
    }
    let last = rows.len() - 1;
    let mut lines: Vec<String> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| {
            let head = if at == 0 { "+->" } else { "|  " };
            let tail = if at == last { " --+" } else { "" };
            format!("      {head} {row}{tail}").trim_end().to_owned()
        })
        .collect();
    let length = width(&lines[last]) - 6 - 2;
    lines.push(format!("      +{}+", "-".repeat(length)));
    lines
}

/// `worker#3 waits for m, held by worker#1`.
fn list(waits: &[&Wait], style: &Style) -> Vec<String> {
    let shown = waits.iter().take(LADDER_MAX).map(|wait| {
        let held = if wait.held_by.is_empty() {
            String::new()
        } else {
            format!(", {} {}", wait.relation, wait.held_by.join(", "))
        };
        let text = format!("{} waits for {}{held}", wait.actor, wait.resource);
        format!("      {}", style.clip(&text, style.width.saturating_sub(6)))
    });
    let mut lines: Vec<String> = shown.collect();
    if waits.len() > LADDER_MAX {
        lines.push(format!("      ... and {} more", waits.len() - LADDER_MAX));
    }
    lines
}
