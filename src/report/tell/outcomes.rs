//! The final values that occur, with a schedule for each.

use super::story::Story;
use crate::analysis::{self, Evidence, Level, Outcome, Rule};
use crate::base::{Source, Span};
use crate::program::{Program, ValueKind, unpack_lines};
use crate::report::{OutcomeRow, Outcomes, Value};

/// The rows of one `outcomes` or `observe` (its number), sorted by value, with a
/// witness each.
///
/// Values that `outcomes` names and no run has are listed as missing, if the
/// search was complete.
pub fn outcomes(
    program: &Program,
    source: &Source,
    index: usize,
    seen: &[Outcome],
    complete: bool,
) -> Outcomes {
    let Some(asked) = program.outcomes.get(index) else {
        return Outcomes::default();
    };
    let values = |words: &[i64], names: Option<&Story<'_>>| -> Vec<Value> {
        if asked.print {
            let lines = unpack_lines(words).into_iter();
            return vec![Value::List(lines.map(Value::Text).collect())];
        }
        let Some(story) = names else {
            return words.iter().map(|&word| Value::Int(word)).collect();
        };
        super::collection::columns(story, &asked.kinds, words)
    };
    let nowhere = placeless();
    let story = Story::new(program, source, &nowhere);
    let has_handles = asked.kinds.contains(&ValueKind::Handle);
    let mut rows: Vec<(&Outcome, OutcomeRow)> = seen
        .iter()
        .map(|outcome| {
            let witness = witness(outcome);
            // Only a run knows the names of the actors that it has.
            let own = has_handles.then(|| Story::new(program, source, &witness));
            let own = own.flatten();
            let expected = asked.expected.as_ref();
            let row = OutcomeRow {
                values: values(&outcome.values, own.as_ref().or(story.as_ref())),
                witness: Some(outcome.schedule.token(program)),
                // The largest number stands for itself or more.
                interleavings: outcome.interleavings.filter(|&n| n < u64::MAX),
                unexpected: expected.is_some_and(|all| !all.contains(&outcome.values)),
            };
            (outcome, row)
        })
        .collect();
    if asked.print {
        rows.sort_by(|one, other| one.1.values.cmp(&other.1.values));
    } else {
        rows.sort_by(|one, other| one.0.values.cmp(&other.0.values));
    }
    let (missing_at, missing) = asked
        .expected
        .iter()
        .flatten()
        .enumerate()
        .filter(|_| complete && asked.exact)
        .filter(|(_, words)| !seen.iter().any(|outcome| outcome.values == **words))
        .map(|(index, words)| (index, values(words, story.as_ref())))
        .unzip();
    Outcomes {
        names: super::collection::firsts(&asked.kinds, &asked.names),
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        missing,
        missing_at,
    }
}

/// An outcome as something whose schedule can be told.
fn witness(outcome: &Outcome) -> analysis::Finding {
    analysis::Finding {
        schedule: Some(outcome.schedule.clone()),
        ..placeless()
    }
}

fn placeless() -> analysis::Finding {
    analysis::Finding {
        rule: Rule::Outcomes,
        level: Level::Error,
        key: None,
        subjects: Vec::new(),
        actors: Vec::new(),
        declared: Vec::new(),
        schedule: None,
        evidence: Evidence::NeverReached(Span::default()),
    }
}
