//! Lists and maps: what they hold, and what was done to them.

use super::steps::{Teller, Words};
use super::story::Story;
use crate::program::{CollectionOp, ObjectId, ObjectKind, ValueKind};
use crate::semantics::{EventKind, State};

/// Characters of what is shown of a list or map; beyond, only its size.
const WIDTH_MAX: usize = 32;

/// How a list or map is told of: its kinds of words.
struct Entry {
    keyed: bool,
    kinds: Vec<ValueKind>,
}

/// What a list or map holds: `[1, 2]`, `{a: 1}`.
pub(super) fn show(story: &Story<'_>, id: ObjectId, state: &State) -> String {
    let Some(entry) = entry(story, id) else {
        return String::new();
    };
    let entries = story.machine().entries(state, id);
    written(story, &entry, &entries.concat())
}

fn entry(story: &Story<'_>, id: ObjectId) -> Option<Entry> {
    let ObjectKind::Collection {
        keyed,
        width,
        first,
        ..
    } = *story.kind(id)?
    else {
        return None;
    };
    let from = first.index() + 1;
    let cells = story.program.cells.get(from..from + width as usize)?;
    Some(Entry {
        keyed,
        kinds: cells.iter().map(|cell| cell.kind.clone()).collect(),
    })
}

fn written(story: &Story<'_>, entry: &Entry, words: &[i64]) -> String {
    let width = entry.kinds.len().max(1);
    let each = words.chunks_exact(width).map(|words| match entry.keyed {
        false => value_of(story, &entry.kinds, words),
        true => format!(
            "{}: {}",
            value_of(story, &entry.kinds[..1], &words[..1]),
            value_of(story, &entry.kinds[1..], &words[1..])
        ),
    });
    let all = each.collect::<Vec<_>>().join(", ");
    if all.chars().count() > WIDTH_MAX {
        let n = words.len() / width;
        return if entry.keyed {
            format!("{n} keys")
        } else {
            format!("{n} entries")
        };
    }
    match entry.keyed {
        true => format!("{{{all}}}"),
        false => format!("[{all}]"),
    }
}

/// A value of one word as it is; of several in parentheses.
fn value_of(story: &Story<'_>, kinds: &[ValueKind], words: &[i64]) -> String {
    let each = kinds.iter().zip(words);
    let each: Vec<String> = each.map(|(kind, &word)| story.show(kind, word)).collect();
    match each.as_slice() {
        [only] => only.clone(),
        _ => format!("({})", each.join(", ")),
    }
}

impl Teller<'_> {
    /// An operation on a list or map, with what it gave and what is there then.
    pub fn collection(&self, op: CollectionOp) -> Words {
        let source = self.source();
        let action = op.text();
        let (of, gave, after) = match self.event() {
            Some(EventKind::Collection {
                of, gave, after, ..
            }) => (*of, gave, after),
            Some(EventKind::Raised(exception)) => {
                let name = self.story.program.name(exception.name);
                return Words::new(action, format!("{source} raises {name}"));
            }
            _ => return Words::new(action, source),
        };
        let name = self.story.object(of);
        let Some(entry) = entry(self.story, of) else {
            return Words::new(action, source);
        };
        let holds = written(self.story, &entry, after);
        if !op.only_looks() {
            let text = match gave.as_slice() {
                [] => format!("{source}; {name} = {holds}"),
                gave => format!(
                    "{source} -> {}; {name} = {holds}",
                    self.given(&entry, op, gave)
                ),
            };
            return Words::new(action, text).on(name);
        }
        let given = self.given(&entry, op, gave);
        let words = Words::new(action, format!("{source} -> {given}")).on(name);
        match (self.kinds_given(&entry, op).as_slice(), gave.as_slice()) {
            ([kind], [word]) => words.value(self.story.value(kind, *word)),
            _ => words,
        }
    }

    fn kinds_given(&self, entry: &Entry, op: CollectionOp) -> Vec<ValueKind> {
        match op {
            CollectionOp::HasValue | CollectionOp::HasKey | CollectionOp::IsEqual => {
                vec![ValueKind::Bool]
            }
            _ if entry.keyed => entry.kinds[1..].to_vec(),
            _ => entry.kinds.clone(),
        }
    }

    fn given(&self, entry: &Entry, op: CollectionOp, gave: &[i64]) -> String {
        value_of(self.story, &self.kinds_given(entry, op), gave)
    }

    /// A round of a loop over a list or map.
    pub fn next_entry(&self) -> Words {
        let source = self.source();
        match self.event() {
            Some(EventKind::Next(of, next)) => {
                let name = self.story.object(*of);
                let words = match (entry(self.story, *of), next) {
                    (Some(entry), Some(next)) => {
                        let n = if entry.keyed { 1 } else { entry.kinds.len() };
                        let value = value_of(self.story, &entry.kinds[..n], next);
                        format!("next of {name} -> {value}")
                    }
                    _ => format!("no more in {name}"),
                };
                Words::new("next", words).on(name)
            }
            Some(EventKind::Raised(exception)) => {
                let name = self.story.program.name(exception.name);
                Words::new("next", format!("{source} raises {name}"))
            }
            _ => Words::new("next", source),
        }
    }
}
