//! From text to listings: what the compiler makes of scenarios, and that the
//! verifier refuses what it would never make.

mod dead;
mod limits;
mod lowering;
mod statements;
mod steps;
mod verify;

use threadbare::base::{Diagnostic, Source};
use threadbare::program::{Program, disassemble};
use threadbare::{compile, hir, syntax};

/// The scenario that the text of its body means.
#[track_caller]
fn scenario(body: &str) -> hir::Scenario {
    let source = Source::new("test.tb", format!("scenario \"test\" {{\n{body}\n}}"));
    let (file, mistakes) = syntax::parse(&source);
    assert_eq!(mistakes, [], "the text has no mistakes");
    let mut resolution = syntax::resolve::resolve(&file, &source, &[]);
    assert_eq!(
        resolution.all_diagnostics(),
        [],
        "the names have no mistakes"
    );
    let resolved = resolution.scenarios.remove(0);
    resolved
        .scenario
        .expect("without mistakes there is a scenario")
}

#[track_caller]
fn program(body: &str) -> Program {
    compile::compile(&scenario(body)).expect("it compiles")
}

/// The codes and messages that compiling gives.
#[track_caller]
fn refused(scenario: &hir::Scenario) -> Vec<Diagnostic> {
    compile::compile(scenario).expect_err("it does not compile")
}

/// Compares the listing line by line; indentation does not count.
#[track_caller]
fn check(body: &str, expected: &str) {
    let listing = disassemble(&program(body));
    let trimmed = |text: &str| {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.collect::<Vec<_>>().join("\n")
    };
    assert!(
        trimmed(&listing) == trimmed(expected),
        "the listing is\n{listing}"
    );
}
