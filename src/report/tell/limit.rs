//! B001 to B013: what stopped the search, how far it got, what to try.

use crate::base::{ACTORS_MAX, Source};
use crate::explore::{Bound, Limits};
use crate::program::Program;
use crate::report::{Fact, Limit};
use crate::semantics::{
    CALLS_MAX, CHOICES_MAX, FUTURES_MAX, LINES_MAX, Limit as Language, QUEUE_MAX,
};

/// Tells the limit that stopped a search. `depth` is the deepest layer that was
/// begun: every run of at most `depth - 2` steps was seen whole. `found` says whether a bug was
/// found before.
pub fn limit(
    program: &Program,
    source: &Source,
    bound: Bound,
    limits: &Limits,
    depth: u32,
    found: bool,
) -> Limit {
    let so_far = if found {
        "a bug was found, there may be more"
    } else {
        "no bug so far"
    };
    // The layer under way was looked at in part, and the next one not at all.
    let whole = depth.saturating_sub(2);
    let searched = match bound {
        Bound::Depth => {
            let most = limits.depth.unwrap_or(whole);
            format!("every run of up to {most} steps")
        }
        _ => format!("every run of up to {whole} steps; longer ones in part"),
    };
    let mut told = match bound {
        Bound::States => told(
            "B001",
            "--max-states",
            limits.states.to_string(),
            format!(
                "stopped after {} states (limit --max-states)",
                thousands(limits.states)
            ),
        ),
        Bound::Depth => {
            let most = limits.depth.unwrap_or(depth);
            told(
                "B002",
                "--max-depth",
                most.to_string(),
                format!(
                    "stopped at runs of {} steps (limit --max-depth)",
                    thousands(most.into())
                ),
            )
        }
        Bound::Memory => told(
            "B003",
            "--max-memory",
            bytes(limits.memory.0),
            format!(
                "stopped at {} of states (limit --max-memory)",
                bytes(limits.memory.0)
            ),
        ),
        Bound::Time => {
            let time = limits.time.map_or("the time".to_owned(), |time| {
                format!("{} s", time.as_secs_f64())
            });
            told(
                "B004",
                "--timeout",
                time.clone(),
                format!("stopped after {time} (limit --timeout)"),
            )
        }
        Bound::Interrupt => told("B005", "interrupt", String::new(), "interrupted".to_owned()),
        Bound::Executions => told("B012", "--random", String::new(), "sampled".to_owned()),
        Bound::Switches => told(
            "B013",
            "--bound",
            String::new(),
            "only runs with few switches".to_owned(),
        ),
        Bound::Language(limit, _) => language(limit),
    };
    told.message = format!("{}; {so_far}", told.message);
    told.facts.push(Fact::new("searched", searched));
    if let Bound::Language(_, pc) = bound
        && let Some(site) = program.sites.get(pc as usize)
    {
        let words: Vec<&str> = source.slice(site.span).split_whitespace().collect();
        let line = source.position(site.span.start).line;
        told.facts.push(Fact::new(
            "where",
            format!("`{}` (line {line})", words.join(" ")),
        ));
    }
    let first = if found { "repair it first; then " } else { "" };
    told.facts
        .push(Fact::new("try", format!("{first}{}", advice(bound))));
    told
}

/// Says of a search that it was left at its first states, because a bug was found.
pub fn left_early(limit: &mut Limit) {
    let states = limit.value.parse().map_or(limit.value.clone(), thousands);
    limit.message =
        format!("stopped after {states} states, because a bug was found; there may be more");
    for fact in limit.facts.iter_mut().filter(|fact| fact.key == "try") {
        fact.text =
            "repair it first; `--max-states 10M` looks now for whatever else there is".to_owned();
    }
}

pub(super) fn told(code: &'static str, option: &str, value: String, message: String) -> Limit {
    Limit {
        code,
        option: option.to_owned(),
        value,
        message,
        facts: Vec::new(),
    }
}

fn language(limit: Language) -> Limit {
    let fixed = "a limit of the language";
    match limit {
        Language::Actors => told(
            "B006",
            fixed,
            ACTORS_MAX.to_string(),
            format!("a run has more than {ACTORS_MAX} actors"),
        ),
        Language::Calls => told(
            "B007",
            fixed,
            CALLS_MAX.to_string(),
            format!("a run has calls deeper than {CALLS_MAX}"),
        ),
        Language::Queue => told(
            "B008",
            fixed,
            QUEUE_MAX.to_string(),
            format!(
                "a queue holds more than {} messages",
                thousands(QUEUE_MAX as u64)
            ),
        ),
        Language::Futures => told(
            "B010",
            fixed,
            FUTURES_MAX.to_string(),
            format!("a run submits more than {FUTURES_MAX} jobs"),
        ),
        Language::Lines => told(
            "B011",
            fixed,
            LINES_MAX.to_string(),
            format!("a run prints more than {LINES_MAX} lines, and a property asks for them all"),
        ),
        Language::Choices => told(
            "B009",
            fixed,
            CHOICES_MAX.to_string(),
            format!(
                "one step can go more than {} ways",
                thousands(CHOICES_MAX.into())
            ),
        ),
    }
}

pub(super) fn advice(bound: Bound) -> &'static str {
    match bound {
        Bound::States => {
            "fewer actors or shorter loops: most bugs show with two (a `const N` that counts them \
             takes `--set N=2`); or a higher --max-states"
        }
        Bound::Depth => "a higher --max-depth, or loops that go round less often",
        Bound::Memory => {
            "fewer actors or shorter loops (a `const N` that counts them takes `--set N=2`), or a \
             higher --max-memory"
        }
        Bound::Time => {
            "fewer actors or shorter loops (a `const N` that counts them takes `--set N=2`), or a \
             longer --timeout"
        }
        Bound::Interrupt => "run it again, or with a --timeout",
        Bound::Executions => "more executions, another --seed or another --scheduler",
        Bound::Switches => "one switch more: each costs about as many runs as a run has steps",
        Bound::Language(Language::Actors, _) => "spawn fewer: a loop that spawns has no end here",
        Bound::Language(Language::Calls, _) => "recursion that ends, or a loop instead",
        Bound::Language(Language::Queue, _) => {
            "a channel with a capacity, `chan q(2)`: then senders wait for room"
        }
        Bound::Language(Language::Futures, _) => {
            "submit fewer jobs: a loop that submits has no end here"
        }
        Bound::Language(Language::Lines, _) => {
            "print less, and nothing in a loop without an end; or ask for values instead"
        }
        Bound::Language(Language::Choices, _) => "a smaller range in `any(a..b)`",
    }
}

/// A number with a comma between groups of three digits.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub(super) fn bytes(number: u64) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    for (unit, name) in units {
        if number >= unit {
            let tenths = number * 10 / unit;
            return if tenths.is_multiple_of(10) {
                format!("{} {name}", tenths / 10)
            } else {
                format!("{}.{} {name}", tenths / 10, tenths % 10)
            };
        }
    }
    format!("{number} B")
}
