//! Text in, text out.

mod collections;
mod executors;
mod limits;
mod misuse;
mod names;
mod positive;
mod print;
mod python;
mod sound;
mod tasks;
mod types;

use super::{Resolution, resolve};
use crate::base::{Diagnostic, Source};
use crate::syntax::parse;

/// Parses and resolves; the parser's mistakes come first.
fn run(text: &str, sets: &[(String, i64)]) -> (Source, Vec<Diagnostic>, Resolution) {
    let source = Source::new("test.tb", text);
    let (file, mistakes) = parse(&source);
    let resolution = resolve(&file, &source, sets);
    for scenario in resolution
        .scenarios
        .iter()
        .filter_map(|s| s.scenario.as_ref())
    {
        sound::check_sound(scenario);
    }
    if mistakes.is_empty() {
        for resolved in &resolution.scenarios {
            let silent = resolved.diagnostics.is_empty() && resolution.diagnostics.is_empty();
            assert_eq!(resolved.scenario.is_some(), silent, "a failure says why");
        }
    }
    (source, mistakes, resolution)
}

fn all(text: &str) -> (Source, Vec<Diagnostic>) {
    let (source, mut mistakes, resolution) = run(text, &[]);
    mistakes.extend(resolution.all_diagnostics());
    (source, mistakes)
}

fn headline(source: &Source, diagnostic: &Diagnostic) -> String {
    let at = source.position(diagnostic.span.start);
    format!(
        "{}:{} {} {}",
        at.line, at.column, diagnostic.code, diagnostic.message
    )
}

/// All mistakes of a file as `line:column CODE message`.
#[track_caller]
fn errors(text: &str, expected: &[&str]) {
    let (source, mistakes) = all(text);
    let found = mistakes
        .iter()
        .map(|m| headline(&source, m))
        .collect::<Vec<_>>();
    assert_eq!(found, expected);
}

/// Like [`errors`], for the body of a scenario that begins on line 2.
#[track_caller]
fn body(text: &str, expected: &[&str]) {
    errors(&format!("scenario \"s\" {{\n{text}\n}}\n"), expected);
}

/// Everything about the only mistake in the body of a scenario.
#[track_caller]
fn advice(text: &str, expected: &str) {
    let (source, mistakes) = all(&format!("scenario \"s\" {{\n{text}\n}}\n"));
    let [mistake] = mistakes.as_slice() else {
        panic!("{} mistakes: {mistakes:#?}", mistakes.len());
    };
    let mut lines = vec![headline(&source, mistake)];
    if !mistake.label.is_empty() {
        lines.push(format!("^ {}", mistake.label));
    }
    for label in &mistake.secondary {
        let at = source.position(label.span.start);
        lines.push(format!("- {}:{} {}", at.line, at.column, label.text));
    }
    lines.extend(mistake.help.iter().map(|help| format!("help: {help}")));
    lines.extend(
        mistake
            .fix
            .iter()
            .map(|fix| format!("fix: {} -> {}", source.slice(fix.span), fix.replacement)),
    );
    assert_eq!(lines.join("\n"), expected.trim());
}

/// The scenario with the body as HIR.
#[track_caller]
fn hir(text: &str, expected: &str) {
    hir_of(&format!("scenario \"s\" {{\n{text}\n}}\n"), &[], expected);
}

/// The first scenario of a file as HIR.
#[track_caller]
fn hir_of(text: &str, sets: &[(&str, i64)], expected: &str) {
    let sets = sets
        .iter()
        .map(|&(name, value)| (name.to_owned(), value))
        .collect::<Vec<_>>();
    let (source, mistakes, resolution) = run(text, &sets);
    let mut mistakes = mistakes;
    mistakes.extend(resolution.all_diagnostics());
    let found = mistakes
        .iter()
        .map(|m| headline(&source, m))
        .collect::<Vec<_>>();
    assert!(found.is_empty(), "{found:#?}");
    let scenario = resolution.scenarios[0]
        .scenario
        .as_ref()
        .expect("no mistakes");
    assert_eq!(print::print(scenario).trim(), expected.trim());
}
