//! What must hold for any input at all. The fuzz targets and a short test call
//! these functions; each panics if the promise is broken.
//!
//! **Deliberately absent:** where the inputs come from.

use crate::analysis::{Facts, looks_at_hidden, note_at_rest, shows_too_little};
use crate::base::Source;
use crate::checker::Checker;
use crate::explore::{Limits, Passing, Reduced, Reduction, search, search_reduced};
use crate::report::human::{self, Style};
use crate::report::{Status, json, short};
use crate::semantics::{Capacity, Machine};
use crate::syntax;
use crate::trace::{Token, replay as replay_schedule};

/// Reading any text ends, with a tree and at most a hundred mistakes.
pub fn parse(text: &str) {
    let source = Source::new("fuzz", text);
    let (tree, mistakes) = syntax::parse(&source);
    assert!(
        mistakes.len() <= syntax::limits::DIAGNOSTICS_MAX,
        "mistakes are limited"
    );
    let resolution = syntax::resolve::resolve(&tree, &source, &[]);
    for resolved in &resolution.scenarios {
        let says_why = !resolved.diagnostics.is_empty() || !mistakes.is_empty();
        assert!(
            resolved.scenario.is_some() || says_why || !resolution.diagnostics.is_empty(),
            "what cannot be checked has a mistake"
        );
    }
}

/// The canonical layout of a text is its own canonical layout, and the text
/// still has as many scenarios.
pub fn format(text: &str) {
    let source = Source::new("fuzz", text);
    let Ok(once) = syntax::format(&source) else {
        return;
    };
    let formatted = Source::new("fuzz", once.clone());
    let twice = syntax::format(&formatted).expect("the canonical layout can be read");
    assert_eq!(once, twice, "formatting is idempotent");
    let n_items = |source: &Source| syntax::parse(source).0.items.len();
    assert_eq!(
        n_items(&source),
        n_items(&formatted),
        "formatting loses nothing"
    );
}

/// Any text is checked within tiny limits; what is found can be replayed, and
/// every report of it is free of control characters.
pub fn check(text: &str) {
    let checker = Checker::new().max_states(2_000).max_memory(16 << 20);
    let report = checker.check_str("fuzz", text);
    let again = checker.clone().workers(2).check_str("fuzz", text);
    let style = Style::default();
    let page = human::render(&report, &style);
    assert_eq!(
        page,
        human::render(&again, &style),
        "the report does not depend on workers"
    );
    for printed in [&page, &short::render(&report)] {
        let clean = printed.chars().all(|c| c == '\n' || !c.is_control());
        assert!(clean, "no control character reaches a terminal");
    }
    for scenario in &report.scenarios {
        let errors = scenario.status == Status::Error;
        assert!(
            !errors || !scenario.diagnostics.is_empty(),
            "an error says why"
        );
    }
}

/// The JSON report of any text can be read back, and written again is the same.
pub fn json(text: &str) {
    let checker = Checker::new().max_states(500).max_memory(16 << 20);
    let report = checker.check_str("fuzz", text);
    let read = |text: &str| -> json::Document {
        without_fractions(serde_json::from_str(text).expect("a report"))
    };
    let written = without_fractions(json::Document::from(&report));
    assert_eq!(read(&json::render(&report)), written, "nothing is lost");
    let lines = json::render_lines(&report);
    let of_lines: Vec<_> = lines.lines().flat_map(|it| read(it).scenarios).collect();
    assert_eq!(of_lines, written.scenarios, "each line is a part of it");
}

/// The last digit of a fraction may be read as another.
fn without_fractions(mut document: json::Document) -> json::Document {
    for scenario in &mut document.scenarios {
        scenario.stats.elapsed_ms = 0.0;
        scenario.stats.bytes_per_state = 0.0;
    }
    document
}

/// Leaving out orders of steps shows the bugs and the final values of all states.
pub fn reduction(text: &str) {
    let source = Source::new("fuzz", text);
    for loaded in Checker::new().load(&source).scenarios {
        let Some((_, program)) = &loaded.program else {
            continue;
        };
        let mut capacity = Capacity::initial(program);
        while let Err(more) = compare_searches(&Machine::new(program, capacity)) {
            capacity = more;
        }
    }
}

/// Searches both ways, and compares; does nothing where a program is not reduced.
fn compare_searches(machine: &Machine<'_>) -> Result<(), Capacity> {
    let program = machine.program();
    let Ok(reduction) = Reduction::of(program) else {
        return Ok(());
    };
    let limits = Limits {
        states: 1_000,
        ..Limits::default()
    };
    let (mut of_all, mut of_few) = (Facts::new(program), Facts::new(program));
    let all = search(machine, &limits, 1, &mut of_all, &mut |_, _, _| {})?;
    let tell = &mut |_, _, _| {};
    let how = Reduced {
        gives_up_after: None,
        orders: &reduction,
        passing: Passing::OneStep,
        symmetry: true,
    };
    let few = search_reduced(machine, how, &limits, 1, &mut of_few, tell)?;
    let whole = looks_at_hidden(program).is_some() || !all.is_complete();
    if whole || all.has_circle(limits.memory) != Ok(false) {
        return Ok(());
    }
    note_at_rest(&all, &mut of_all);
    note_at_rest(&few, &mut of_few);
    if shows_too_little(&of_few).is_some() {
        return Ok(());
    }
    let said = |facts: &Facts<'_>| {
        let hits: Vec<String> = facts.hits.keys().map(|key| format!("{key:?}")).collect();
        (hits, facts.endings.keys().cloned().collect::<Vec<_>>())
    };
    assert_eq!(said(&of_all), said(&of_few), "the same is found");
    assert!(few.n_states() <= all.n_states(), "fewer states are stored");
    Ok(())
}

/// Any token is replayed on a small scenario, or refused with a reason.
pub fn replay(token: &str) {
    let text = "scenario \"fuzz\" {
        var x = 0
        chan q(1)
        thread sender * 2 { q.send(me) x += 1 }
        thread receiver { for i in 0..2 { let got = q.recv() } }
    }";
    let Ok(token) = token.parse::<Token>() else {
        return;
    };
    let source = Source::new("fuzz", text);
    let loaded = Checker::new().load(&source);
    let (_, program) = loaded.scenarios[0]
        .program
        .as_ref()
        .expect("the scenario of this function is correct");
    match replay_schedule(program, &token.schedule) {
        Ok(execution) => assert_eq!(execution.steps.len(), token.schedule.0.len()),
        Err(reason) => assert!(!reason.to_string().is_empty(), "a refusal says why"),
    }
}
