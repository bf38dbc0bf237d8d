//! What must hold for any input at all. The fuzz targets and a short test call
//! these functions; each panics if the promise is broken.
//!
//! **Deliberately absent:** where the inputs come from.

use crate::base::Source;
use crate::checker::Checker;
use crate::report::human::{self, Style};
use crate::report::{Status, json, short};
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
    let data = json::render(&report);
    serde_json::from_str::<serde_json::Value>(&data).expect("JSON can be read back");
    for scenario in &report.scenarios {
        let errors = scenario.status == Status::Error;
        assert!(
            !errors || !scenario.diagnostics.is_empty(),
            "an error says why"
        );
    }
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
