//! Which steps of a trace share a row, so that the table fits the page.
//!
//! In order of preference: steps that matter little join their neighbours of
//! the same actor, in a short table only where they are many; then, while there
//! are too many rows, the longest run of steps that matter little, of one actor,
//! of several; then the middle.
//!
//! **Invariant:** every step of the table lies in exactly one row, in order, so
//! the numbers of the rows leave no gap. A loop never shares a row with what
//! precedes it.

use std::ops::Range;

use crate::report::{Row, StepRow, TraceTable, Weight};

/// Consecutive rows of the table that are shown as one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Group {
    /// Indices into the rows of the table.
    pub(super) rows: Range<usize>,
    /// Does it belong to the part that repeats for ever?
    pub(super) repeats: bool,
}

/// A table of no more rows is short: there only a long run of steps that matter
/// little is folded.
const ROWS_ROOMY: usize = 16;

/// So many steps are a long run.
const RUN_MIN: usize = 4;

/// At most `rows_max` groups if that is possible without hiding a `-` or `end` row. The
/// first `n_known` rows, which the reader has seen already, become one.
pub(super) fn fold(table: &TraceTable, rows_max: usize, n_known: usize) -> Vec<Group> {
    let loop_from = table.repeats.as_ref().map_or(usize::MAX, |it| it.from_row);
    let mut groups: Vec<Group> = (0..table.rows.len())
        .map(|row| Group {
            rows: row..row + 1,
            repeats: row >= loop_from,
        })
        .collect();
    if n_known > 0 {
        merge(&mut groups, 0..n_known);
    }
    let is_short = groups.len() <= ROWS_ROOMY.min(rows_max);
    merge_all(table, &mut groups, |a, b| {
        same_actor(a, b) && is_foldable(a, Weight::Local) && is_foldable(b, Weight::Local)
    });
    if is_short {
        split_runs(&mut groups, n_known);
    }
    merge_longest(table, &mut groups, rows_max, |a, b| {
        is_foldable(a, Weight::Local) && is_foldable(b, Weight::Local)
    });
    merge_longest(table, &mut groups, rows_max, |a, b| {
        same_actor(a, b) && is_foldable(a, Weight::Normal) && is_foldable(b, Weight::Normal)
    });
    merge_longest(table, &mut groups, rows_max, |a, b| {
        is_foldable(a, Weight::Normal) && is_foldable(b, Weight::Normal)
    });
    drop_middle(table, &mut groups, rows_max);
    groups
}

/// The steps of a group; empty for a `-` or `end` row.
pub(super) fn steps<'a>(table: &'a TraceTable, group: &Group) -> Vec<&'a StepRow> {
    let rows = table.rows.get(group.rows.clone()).unwrap_or_default();
    rows.iter().filter_map(step).collect()
}

fn step(row: &Row) -> Option<&StepRow> {
    match row {
        Row::Step(step) => Some(step),
        Row::Blocked { .. } | Row::End { .. } => None,
    }
}

fn same_actor(a: &StepRow, b: &StepRow) -> bool {
    a.actor == b.actor
}

fn is_foldable(step: &StepRow, weight_max: Weight) -> bool {
    step.weight <= weight_max && step.note.is_none()
}

/// May `b` join `a`? Asked of the last step of `a` and the first of `b`.
fn may_join(
    table: &TraceTable,
    a: &Group,
    b: &Group,
    rule: &impl Fn(&StepRow, &StepRow) -> bool,
) -> bool {
    let (Some(last), Some(first)) = (
        table.rows.get(a.rows.end - 1).and_then(step),
        table.rows.get(b.rows.start).and_then(step),
    ) else {
        return false;
    };
    a.repeats == b.repeats && rule(last, first)
}

fn merge_all(
    table: &TraceTable,
    groups: &mut Vec<Group>,
    rule: impl Fn(&StepRow, &StepRow) -> bool,
) {
    let mut merged: Vec<Group> = Vec::with_capacity(groups.len());
    for group in groups.drain(..) {
        match merged.last_mut() {
            Some(last) if may_join(table, last, &group, &rule) => last.rows.end = group.rows.end,
            _ => merged.push(group),
        }
    }
    *groups = merged;
}

/// Takes runs apart that are not long, all but the first `n_known` rows.
fn split_runs(groups: &mut Vec<Group>, n_known: usize) {
    let stays = |it: &Group| it.rows.len() >= RUN_MIN || it.rows.end <= n_known;
    let parts = |it: Group| -> Vec<Group> {
        match stays(&it) {
            true => vec![it],
            false => {
                let one = |row| Group {
                    rows: row..row + 1,
                    ..it.clone()
                };
                it.rows.clone().map(one).collect()
            }
        }
    };
    *groups = groups.drain(..).flat_map(parts).collect();
}

/// Merges the longest run (the first of equals) until the table fits or nothing is left to merge.
fn merge_longest(
    table: &TraceTable,
    groups: &mut Vec<Group>,
    rows_max: usize,
    rule: impl Fn(&StepRow, &StepRow) -> bool,
) {
    while groups.len() > rows_max {
        let mut longest = 0..1;
        let mut start = 0;
        for at in 1..=groups.len() {
            let goes_on = at < groups.len() && may_join(table, &groups[at - 1], &groups[at], &rule);
            if !goes_on {
                if at - start > longest.len() {
                    longest = start..at;
                }
                start = at;
            }
        }
        if longest.len() < 2 {
            return;
        }
        // No more than needed, and that from the middle of the run.
        let n_merged = (groups.len() - rows_max + 1).clamp(2, longest.len());
        let start = longest.start + (longest.len() - n_merged) / 2;
        merge(groups, start..start + n_merged);
    }
}

/// The last resort: the beginning and the end stay.
fn drop_middle(table: &TraceTable, groups: &mut Vec<Group>, rows_max: usize) {
    let excess = groups.len().saturating_sub(rows_max);
    let is_step = |group: &Group| !steps(table, group).is_empty();
    for repeats in [false, true] {
        let part: Vec<usize> = (0..groups.len())
            .filter(|&at| groups[at].repeats == repeats && is_step(&groups[at]))
            .collect();
        if excess > 0 && part.len() > excess + 1 {
            let from = (part.len() - excess - 1) / 2;
            merge(groups, part[from]..part[from] + excess + 1);
            return;
        }
    }
}

fn merge(groups: &mut Vec<Group>, run: Range<usize>) {
    groups[run.start].rows.end = groups[run.end - 1].rows.end;
    groups.drain(run.start + 1..run.end);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::TraceLoop;

    /// Letters are actors; upper case never folds, `.` after a letter is of
    /// little weight; `|` begins the loop.
    #[track_caller]
    fn check(text: &str, rows_max: usize, expected: &str) {
        let mut table = TraceTable::new(["a", "b", "c"], [""; 0]);
        for c in text.chars() {
            let actor = (c.to_ascii_lowercase() as usize).wrapping_sub('a' as usize);
            let row = StepRow::new(actor, "x", [""; 0]);
            match c {
                '|' => {
                    table.repeats = Some(TraceLoop {
                        from_row: table.rows.len(),
                        returns_to: String::new(),
                    });
                }
                '.' => {
                    let Some(Row::Step(last)) = table.rows.last_mut() else {
                        panic!()
                    };
                    last.weight = Weight::Local;
                }
                _ if c.is_uppercase() => table.step(row.key()),
                _ => table.step(row),
            }
        }
        let rows = fold(&table, rows_max, 0)
            .iter()
            .map(|it| it.rows.len().to_string())
            .collect::<Vec<_>>();
        assert_eq!(rows.join(" "), expected);
    }

    #[test]
    fn a_table_that_fits_keeps_its_rows() {
        check("aabbaa", 6, "1 1 1 1 1 1");
    }

    #[test]
    fn steps_of_little_weight_join_their_neighbours() {
        check("a.a.a.b.b.a", 5, "3 2 1");
        check("a.a.a.b.b.aAAAAAAAAAAA", 20, "3 2 1 1 1 1 1 1 1 1 1 1 1 1");
    }

    #[test]
    fn in_a_short_table_only_a_long_run_is_folded() {
        check("a.a.a.b.b.b.b.a", 20, "1 1 1 4 1");
    }

    #[test]
    fn the_longest_run_of_one_actor_goes_first() {
        check("aabbbbaa", 6, "1 1 3 1 1 1");
    }

    #[test]
    fn then_runs_of_several_actors() {
        check("AabcabcaA", 3, "1 7 1");
        check("AabcabcaA", 7, "1 1 1 3 1 1 1");
    }

    #[test]
    fn key_steps_lose_their_middle_last() {
        check("ABABABABAB", 6, "1 1 5 1 1 1");
    }

    #[test]
    fn a_loop_is_kept_apart() {
        check("aaa|aaa", 2, "3 3");
    }
}
