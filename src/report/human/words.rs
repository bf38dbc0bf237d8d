//! For beginners: what the words of a report mean, each where it comes up first.
//!
//! **Deliberately absent:** what `explain` tells of a kind of bug. These are the
//! words that such a text takes for granted.

use super::Style;
use super::pen::{Ink, pad, wrap};

/// A word, how else it can stand in a report, and what it means.
type Entry = (&'static str, &'static [&'static str], &'static str);

/// So many words are explained after one scenario.
const WORDS_MAX: usize = 8;

const WORDS: &[Entry] = &[
    (
        "step",
        &["steps", "step"],
        "the smallest piece of work that nobody can interrupt: one read, one write, one call",
    ),
    (
        "schedule",
        &["schedule"],
        "the order in which the steps ran, from top to bottom; a column for each thread",
    ),
    (
        "switch",
        &["switch", "switches"],
        "from here another thread goes on; that can happen after every step",
    ),
    (
        "interleaving",
        &["interleaving", "interleavings"],
        "one of the orders in which the steps of all threads can run; all were tried",
    ),
    (
        "data race",
        &["data race"],
        "two threads can be at one variable at the same time, and one of them writes",
    ),
    (
        "deadlock",
        &["deadlock"],
        "somebody waits, and nobody is left who could end the waiting",
    ),
    (
        "atomic",
        &["atomic"],
        "in one step: nobody can come in between",
    ),
    (
        "lock",
        &["lock", "unlock"],
        "only one can hold it; the others wait until it is given back",
    ),
    (
        "wait, notify",
        &["notify", "notify_all", "wakes"],
        "`wait` sleeps until somebody calls `notify`; a call that nobody waits for is lost",
    ),
    (
        "semaphore",
        &["acquire", "permit", "permits"],
        "holds permits: `acquire` takes one or waits for one, `release` gives one back",
    ),
    (
        "channel",
        &["recv", "send"],
        "a queue between threads: `send` puts something in, `recv` takes it out or waits",
    ),
    (
        "event",
        &["event", "set"],
        "off or on: `wait` sleeps until it is on, `set` switches it on",
    ),
    (
        "join",
        &["join", "joined", "joins"],
        "waiting for the end of a thread",
    ),
    (
        "daemon",
        &["daemon"],
        "a thread that nobody waits for: it is stopped when all others have ended",
    ),
    (
        "future",
        &["future", "submit"],
        "stands for a result that comes later; `result` waits for it",
    ),
    (
        "await",
        &["await"],
        "the place where a task lets the other tasks of its loop go on",
    ),
    (
        "starvation",
        &["starvation"],
        "one can wait for ever, although the others go on",
    ),
    (
        "livelock",
        &["livelock"],
        "all move, for ever, and nobody gets on with the work",
    ),
    (
        "fair",
        &["fairness", "fair"],
        "who can go on again and again does go on some day",
    ),
    (
        "re-checked",
        &["re-checked"],
        "the change was made in a copy, and all orders were tried once more",
    ),
];

/// The words of a whole page, with what they mean.
pub(in crate::report) fn meanings(page: &str) -> Vec<(&'static str, &'static str)> {
    let used = WORDS.iter().filter(|(_, forms, _)| uses(page, forms));
    used.map(|(word, _, meaning)| (*word, *meaning)).collect()
}

/// The lines that explain the words of a page that were not explained before.
pub(super) fn first_time(page: &str, told: &mut Vec<&'static str>, style: &Style) -> Vec<String> {
    let new = WORDS
        .iter()
        .filter(|(word, forms, _)| !told.contains(word) && uses(page, forms));
    let new: Vec<&Entry> = new.take(WORDS_MAX).collect();
    let Some(longest) = new.iter().map(|(word, ..)| word.len()).max() else {
        return Vec::new();
    };
    let mut lines = vec![format!("  {}", style.paint(Ink::Strong, "words"))];
    for (word, _, meaning) in new {
        told.push(word);
        let room = style.width.saturating_sub(longest + 7);
        for (position, part) in wrap(meaning, room).iter().enumerate() {
            let head = if position == 0 { word } else { "" };
            let head = style.paint(Ink::Key, &pad(head, longest));
            lines.push(format!("    {head}   {part}"));
        }
    }
    lines
}

fn uses(page: &str, forms: &[&str]) -> bool {
    forms.iter().any(|form| has_word(page, form))
}

/// Whether a text has that word, and not only as a part of another.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}
