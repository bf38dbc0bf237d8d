//! Lists and maps: what they hold, and what was done to them.

use super::states::Column;
use super::steps::{Teller, Words};
use super::story::Story;
use super::told::Told;
use crate::program::{CellId, CollectionOp, Instr, ObjectId, ObjectKind, ValueKind};
use crate::report::Value;
use crate::semantics::{Event, EventKind, State};

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

/// All entries; only their number if that would be long.
fn written(story: &Story<'_>, entry: &Entry, words: &[i64]) -> String {
    let all = whole(story, entry, words);
    if all.chars().count() <= WIDTH_MAX {
        return all;
    }
    let n = words.len() / entry.kinds.len().max(1);
    if entry.keyed {
        format!("{n} keys")
    } else {
        format!("{n} entries")
    }
}

fn whole(story: &Story<'_>, entry: &Entry, words: &[i64]) -> String {
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

/// The words of an outcome, those of a list or map as one value.
pub(super) fn columns(story: &Story<'_>, kinds: &[ValueKind], words: &[i64]) -> Vec<Value> {
    let mut columns = Vec::new();
    let mut at = 0;
    while let Some(&word) = words.get(at) {
        let kind = kinds.get(at).unwrap_or(&ValueKind::Int);
        let from = at + 1;
        at = from + kind.n_following();
        columns.push(match kind {
            ValueKind::Entries { keyed, width, .. } if at <= words.len() => {
                let width = *width as usize;
                let entry = Entry {
                    keyed: *keyed,
                    kinds: kinds[from..from + width].to_vec(),
                };
                let n = usize::try_from(word).unwrap_or(0);
                Value::Text(whole(story, &entry, &words[from..from + n * width]))
            }
            kind => story.value(kind, word),
        });
    }
    columns
}

/// What belongs to the first word of each value of an outcome.
pub(super) fn firsts(kinds: &[ValueKind], of: &[String]) -> Vec<String> {
    let mut firsts = Vec::new();
    let mut at = 0;
    while let Some(one) = of.get(at) {
        firsts.push(one.clone());
        at += 1 + kinds.get(at).map_or(0, ValueKind::n_following);
    }
    firsts
}

/// The list or map that a word of memory belongs to.
pub(super) fn owner(story: &Story<'_>, cell: CellId) -> Option<ObjectId> {
    let row = story.program.cells.get(cell.index())?;
    let id = story.program.vars.get(row.var.index())?.collection?;
    Some(id.of_process(cell.process()))
}

/// Looks at a list or map that somebody made out of date before the looker acted on
/// what it saw; says whether there is one.
pub(super) fn out_of_date(told: &mut Told<'_, '_>) -> bool {
    let story = told.story;
    let n = story.steps().len();
    for write in (0..n).rev() {
        let Some((id, before, after)) = change_of(story, write) else {
            continue;
        };
        let writer = story.steps()[write].action.actor;
        let found = (0..story.n_actors())
            .filter(|&looker| looker != writer)
            .find_map(|looker| stale(story, looker, id, write).map(|it| (looker, it)));
        let Some((looker, (read, acted))) = found else {
            continue;
        };
        told.script.key.insert(read);
        told.script.key.insert(acted);
        told.script
            .note(write, format!("too late for {}", story.actor(looker)));
        told.about(Column::Object(id));
        told.fact(
            "what happened",
            format!(
                "{} sees `{}` = {before} in step {}; {} makes it {after} in step {}; {} acts in \
                 step {} on what it saw",
                story.quoted(looker),
                story.object(id),
                read + 1,
                story.quoted(writer),
                write + 1,
                story.quoted(looker),
                acted + 1
            ),
        );
        return true;
    }
    false
}

/// Notes a list that somebody changed between two rounds of another's loop over it: a
/// loop counts places, and what stands in them has moved.
pub(super) fn moved_under_loop(told: &mut Told<'_, '_>) -> bool {
    let story = told.story;
    let n = story.steps().len();
    for write in 0..n {
        let Some((id, before, after)) = change_of(story, write) else {
            continue;
        };
        let writer = story.steps()[write].action.actor;
        let rounds = |step: &usize| {
            let other = story.steps()[*step].action.actor != writer;
            let next = |event: &Event| matches!(&event.kind, EventKind::Next(of, _) if *of == id);
            other && story.events(*step).any(next)
        };
        let Some(earlier) = (0..write).rev().find(rounds) else {
            continue;
        };
        let looper = story.steps()[earlier].action.actor;
        let mut later = (write + 1..n).filter(rounds);
        let same = later.find(|&step| story.steps()[step].action.actor == looper);
        let is_list = entry(story, id).is_some_and(|it| !it.keyed);
        let Some(later) = same.filter(|_| is_list) else {
            continue;
        };
        told.script.key.insert(earlier);
        told.script.key.insert(later);
        told.script.note(write, "moves what comes after");
        told.about(Column::Object(id));
        told.fact(
            "what happened",
            format!(
                "{} makes `{}` {after} out of {before} in step {}, while {} goes through it in steps \
                 {} and {}: a loop counts places, so what has moved is skipped or comes twice",
                story.quoted(writer),
                story.object(id),
                write + 1,
                story.quoted(looper),
                earlier + 1,
                later + 1
            ),
        );
        return true;
    }
    false
}

/// The list or map that a step changed, and what it held before and after.
fn change_of(story: &Story<'_>, step: usize) -> Option<(ObjectId, String, String)> {
    story.events(step).find_map(|event| match &event.kind {
        EventKind::Collection {
            of, before, after, ..
        } if before != after => {
            let entry = entry(story, *of)?;
            let shown = |words| written(story, &entry, words);
            Some((*of, shown(before), shown(after)))
        }
        _ => None,
    })
}

/// The last look of an actor at a list or map before `write`, and the step after it
/// in which the actor does something with it or with other memory without having
/// looked again.
fn stale(story: &Story<'_>, looker: usize, id: ObjectId, write: usize) -> Option<(usize, usize)> {
    let own = |step: &usize| story.steps()[*step].action.actor == looker;
    let looks = |step: usize| looked_at(story, step) == Some(id);
    let read = (0..write)
        .rev()
        .filter(own)
        .find(|&step| looks(step) || change_of(story, step).is_some_and(|(of, ..)| of == id))?;
    let acts = |step: usize| {
        let raised = |event: &Event| matches!(event.kind, EventKind::Raised(_));
        change_of(story, step).is_some_and(|(of, ..)| of == id)
            || story.object_of(step) == Some(id) && story.events(step).any(raised)
    };
    let next = (write + 1..story.steps().len())
        .filter(own)
        .find(|&step| acts(step) || looks(step))?;
    (looks(read) && acts(next)).then_some((read, next))
}

/// The list or map that a step looks at without changing it.
fn looked_at(story: &Story<'_>, step: usize) -> Option<ObjectId> {
    let only_looks = match story.program.instr(story.steps()[step].pc) {
        Instr::Collection { op, .. } => op.only_looks(),
        Instr::Ask(..) | Instr::NextEntry { .. } => true,
        _ => false,
    };
    story.object_of(step).filter(|_| only_looks)
}

/// Notes two actors that looked at a list or map in the same place before either
/// changed it; says whether there are two.
pub(super) fn both_saw(told: &mut Told<'_, '_>) -> bool {
    let story = told.story;
    let n = story.steps().len();
    let actor = |step: usize| story.steps()[step].action.actor;
    let changes = |step: usize, id: ObjectId| change_of(story, step).is_some_and(|it| it.0 == id);
    for second in 0..n {
        let Some(id) = looked_at(story, second) else {
            continue;
        };
        let first = (0..second).rev().find(|&first| {
            actor(first) != actor(second)
                && story.steps()[first].pc == story.steps()[second].pc
                && looked_at(story, first) == Some(id)
                && !(first..second).any(|step| changes(step, id))
        });
        let Some(first) = first else {
            continue;
        };
        let acts = |who: usize| (second..n).any(|step| actor(step) == who && changes(step, id));
        if !acts(actor(first)) && !acts(actor(second)) {
            continue;
        }
        told.script.key.insert(first);
        told.script
            .note(second, format!("sees the same as in step {}", first + 1));
        told.about(Column::Object(id));
        let text = format!(
            "{} and {} both see `{}` = {}, in steps {} and {}",
            story.quoted(actor(first)),
            story.quoted(actor(second)),
            story.object(id),
            show(story, id, story.before(second)),
            first + 1,
            second + 1
        );
        told.fact("what happened", text);
        return true;
    }
    false
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
            _ => return Words::new(action, source),
        };
        let name = self.story.object(of);
        let Some(entry) = entry(self.story, of) else {
            return Words::new(action, source);
        };
        let holds = written(self.story, &entry, after);
        if let Some(place) = updated(&source) {
            // One of the two steps of `l[i] += 1`.
            let text = match op.only_looks() {
                true => format!("read  {place} -> {}", self.given(&entry, op, gave)),
                false => format!("write {place}; {name} = {holds}"),
            };
            return Words::new(action, text).on(name);
        }
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
            _ => Words::new("next", source),
        }
    }
}

/// What stands before the operator of `l[i] += 1`.
fn updated(source: &str) -> Option<&str> {
    let operators = [" += ", " -= ", " *= ", " /= ", " %= "];
    let found = operators.iter().filter_map(|op| source.split_once(op));
    found
        .map(|(place, _)| place)
        .min_by_key(|place| place.len())
}
