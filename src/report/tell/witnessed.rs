//! B014: what an engine that is not ours saw of a scenario.

use super::limit::{thousands, told};
use crate::base::Source;
use crate::bridge::{Engine, NotBuilt, Refusal, Sight, Trust, Unfinished, trust};
use crate::program::Program;
use crate::report::{Fact, Limit};

/// Tells how far an engine came, and how far it can be believed. `lost` is the number
/// of ends that we could not reach ourselves.
pub fn witnessed(
    engine: Engine,
    program: &Program,
    sight: &Sight,
    lost: usize,
    found: bool,
) -> Limit {
    let name = engine.name();
    let many = if sight.executions == 1 { "" } else { "s" };
    let result = if found {
        "what it found is below"
    } else {
        "none failed"
    };
    let mut all = told(
        "B014",
        "--engine",
        name.to_owned(),
        format!(
            "{name} ran {} execution{many}; {result}",
            thousands(sight.executions)
        ),
    );
    let mut add = |key: &str, text: String| all.facts.push(Fact::new(key, text));
    add("how far", how_far(engine, sight));
    match trust(engine, program) {
        Trust::Exact => add(
            "trust",
            "exact: every run of its threads, and nothing else".to_owned(),
        ),
        Trust::Under(reasons) => add("trust", format!("misses runs: {}", reasons.join("; "))),
    }
    add(
        "sees",
        "data races, deadlocks, failing assertions, what is true at the end".to_owned(),
    );
    add(
        "blind to",
        "`always`, `sometimes`, `eventually`, order, leaks, lock order, starvation".to_owned(),
    );
    if lost > 0 {
        let ends = if lost == 1 { "end" } else { "ends" };
        add(
            "disagreement",
            format!(
                "{lost} {ends} that our machine does not reach: `threadbare crosscheck` shows more"
            ),
        );
    }
    add(
        "runs shown",
        format!("found by {name}, run again by threadbare"),
    );
    add("try", "no --engine: every run, every property".to_owned());
    all
}

/// Tells what of a scenario an engine cannot say.
pub fn refused(source: &Source, engine: Engine, refusal: &Refusal) -> Limit {
    let name = engine.name();
    let message = format!("{name} cannot say this: {}", refusal.what);
    let mut all = told("B014", "--engine", name.to_owned(), message);
    let words: Vec<&str> = source.slice(refusal.span).split_whitespace().collect();
    let line = source.position(refusal.span.start).line;
    let place = format!("`{}` (line {line})", words.join(" "));
    all.facts.push(Fact::new("where", place));
    let advice = "no --engine: ours knows the whole language";
    all.facts.push(Fact::new("try", advice));
    all
}

/// Tells that there are no engines.
pub fn not_built(engine: Engine, why: NotBuilt) -> Limit {
    let name = engine.name();
    let mut all = told("B014", "--engine", name.to_owned(), why.to_string());
    let advice = "cargo install threadbare --features witnesses";
    all.facts.push(Fact::new("try", advice));
    all
}

/// How far an engine came, in words.
pub fn how_far(engine: Engine, sight: &Sight) -> String {
    match (&sight.unfinished, engine) {
        (None, Engine::Shuttle) => "every order of its scheduling points".to_owned(),
        (None, Engine::Loom) => "every order that it takes for different".to_owned(),
        (Some(why), _) => match why {
            Unfinished::Executions => "as many executions as it may run".to_owned(),
            Unfinished::Steps => "some executions were cut off as too long".to_owned(),
            Unfinished::Time => "until its time was up".to_owned(),
            Unfinished::Memory => "until its memory was used up".to_owned(),
            Unfinished::Ends => "more different ends than are kept".to_owned(),
            Unfinished::Failure => "up to its first failure, where it stops".to_owned(),
            Unfinished::NotLed(n) => format!("{n} steps of the schedule, no further"),
            Unfinished::Refused(what) => format!("it met something that it cannot say: {what}"),
            Unfinished::Broken(message) => format!("it failed by itself: {message}"),
        },
    }
}
