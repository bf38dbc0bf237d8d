//! Syntax tree to HIR: names, types, constants, and what is wrong before any run.
//!
//! Reading order: [`codes`] (what can be wrong), `declare` and `objects` (what
//! there is), `bodies` (the passes), `stmt`, `expr` and their neighbours (what
//! actors do), `claims` and `expect` (what is said about runs), `misuse`
//! (mistakes that are certain).
//!
//! Types are inferred by use. All bodies are resolved again and again until no
//! pass learns a type that an earlier place could have used; only the tree and
//! the mistakes of the last pass count. Functions are templates: each is
//! resolved once for every tuple of types it is called with.
//!
//! Functions on the way down the tree are kept out of line, so that the deepest
//! tree the parser lets through fits on a stack of 2 MiB.
//!
//! **Invariant:** a scenario without an error satisfies what `hir` promises.
//! Nothing here panics or recurses deeper than the tree, whatever the input.
//!
//! **Deliberately absent:** steps, states, anything that depends on a run.

mod actor;
mod awaits;
mod bodies;
mod call;
mod claims;
pub mod codes;
mod collection;
mod constant;
mod declare;
mod executor;
mod expect;
mod expr;
mod flow;
mod infer;
mod initial;
mod method;
mod methods;
mod misuse;
mod names;
mod objects;
mod one_step;
mod pattern;
mod place;
mod python;
mod returns;
mod select;
mod state;
mod stmt;
mod tasks;
mod transcript;
mod types;
mod walk;

#[cfg(test)]
mod tests;

use self::state::Resolver;
use super::ast;
use super::limits::DIAGNOSTICS_MAX;
use crate::base::{Diagnostic, Severity, Source, Span};
use crate::hir;
use std::collections::BTreeSet;

/// What a file means.
#[derive(Clone, Debug)]
pub struct Resolution {
    /// One for each scenario, in source order.
    pub scenarios: Vec<Resolved>,
    /// Mistakes in what stands outside the scenarios, and in `--set`, in source
    /// order. With one of them, no scenario of the file can be trusted.
    pub diagnostics: Vec<Diagnostic>,
}

/// What one scenario means.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// Its name.
    pub name: String,
    /// The word `scenario` up to the end of its name.
    pub span: Span,
    /// The scenario, if nothing in it or in the file around it is wrong.
    pub scenario: Option<hir::Scenario>,
    /// Its own mistakes, in source order.
    pub diagnostics: Vec<Diagnostic>,
}

impl Resolution {
    /// All mistakes of the file in source order.
    pub fn all_diagnostics(&self) -> Vec<Diagnostic> {
        let inner = self
            .scenarios
            .iter()
            .flat_map(|scenario| &scenario.diagnostics);
        let mut all = self
            .diagnostics
            .iter()
            .chain(inner)
            .cloned()
            .collect::<Vec<_>>();
        tidy(&mut all);
        all
    }
}

/// Resolves a file. `sets` are `--set NAME=VALUE`, values of constants that
/// replace those in the text; a bool is set with 0 or 1.
///
/// An error in one scenario hides no other scenario. At most 100 mistakes are
/// reported for a file, in source order.
///
/// Cost: a few passes over the text; functions count once for each tuple of
/// argument types, up to a limit for the file.
pub fn resolve(file: &ast::File, source: &Source, sets: &[(String, i64)]) -> Resolution {
    let mut shared = resolve_shared(file, source, sets);
    let mut work = shared.work;
    let mut diagnostics = std::mem::take(&mut shared.diagnostics);
    check_sets(file, sets, &mut diagnostics);
    tidy(&mut diagnostics);
    let sound = !has_error(&diagnostics) && !shared.broken;
    let mut scenarios = Vec::new();
    let mut n_reported = diagnostics.len();
    for item in &file.items {
        let ast::FileItem::Scenario(scenario) = item else {
            continue;
        };
        let (mut resolved, used) = resolve_scenario(file, scenario, source, sets, work);
        work = used;
        said_once(&mut diagnostics, &mut resolved.diagnostics);
        resolved
            .diagnostics
            .truncate(DIAGNOSTICS_MAX.saturating_sub(n_reported));
        n_reported += resolved.diagnostics.len();
        if !sound {
            resolved.scenario = None;
        }
        scenarios.push(resolved);
    }
    Resolution {
        scenarios,
        diagnostics,
    }
}

/// What stands outside the scenarios, checked once for itself.
fn resolve_shared<'a>(
    file: &'a ast::File,
    source: &'a Source,
    sets: &'a [(String, i64)],
) -> Resolver<'a> {
    let mut resolver = Resolver::new(source, sets, 0);
    let structs = resolver.declare_file(&file.items);
    resolver.resolve_constants();
    resolver.resolve_structs(&structs);
    resolver.resolve_in_passes(None);
    resolver
}

fn resolve_scenario<'a>(
    file: &'a ast::File,
    scenario: &'a ast::Scenario,
    source: &'a Source,
    sets: &'a [(String, i64)],
    work: u64,
) -> (Resolved, u64) {
    let mut resolver = Resolver::new(source, sets, work);
    resolver.out.name = scenario.name.text.clone();
    resolver.out.span = scenario.head;
    resolver.out.description = scenario
        .docs
        .as_ref()
        .map(|docs| docs.text.clone())
        .unwrap_or_default();
    let mut structs = resolver.declare_file(&file.items);
    structs.extend(resolver.declare_scenario(&scenario.items));
    resolver.enter_scenario();
    resolver.resolve_constants();
    resolver.resolve_structs(&structs);
    resolver.declare_objects(&scenario.items);
    resolver.declare_loops(&scenario.items);
    resolver.declare_actors(&scenario.items);
    resolver.resolve_in_passes(Some(scenario));
    resolver.finish_types();
    resolver.forget_idle_loops();
    let Resolver {
        mut out,
        mut diagnostics,
        broken,
        work,
        ..
    } = resolver;
    if !has_error(&diagnostics) && !broken {
        diagnostics.extend(misuse::certain_misuse(&out));
        diagnostics.extend(awaits::misplaced_awaits(&out));
        diagnostics.extend(one_step::given_back_in_one_step(&out));
    }
    tidy(&mut diagnostics);
    let sound = !has_error(&diagnostics) && !broken;
    let resolved = Resolved {
        name: out.name.clone(),
        span: out.span,
        scenario: sound.then(|| std::mem::replace(&mut out, state::empty_scenario())),
        diagnostics,
    };
    (resolved, work)
}

/// Leaves to the file what is wrong with the file, in the words that say most:
/// only a scenario knows that a name is missing because it is declared inside.
fn said_once(file: &mut [Diagnostic], scenario: &mut Vec<Diagnostic>) {
    scenario.retain(|inner| {
        let same = |outer: &&mut Diagnostic| {
            (outer.span, outer.code, &outer.message) == (inner.span, inner.code, &inner.message)
        };
        let Some(outer) = file.iter_mut().find(same) else {
            return true;
        };
        if outer.secondary.is_empty() {
            outer.clone_from(inner);
        }
        false
    });
}

fn has_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == Severity::Error)
}

/// Source order, each once, at most a hundred.
fn tidy(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        (a.span.start, a.span.end, a.code, &a.message).cmp(&(
            b.span.start,
            b.span.end,
            b.code,
            &b.message,
        ))
    });
    diagnostics.dedup_by(|a, b| (a.span, a.code, &a.message) == (b.span, b.code, &b.message));
    diagnostics.truncate(DIAGNOSTICS_MAX);
}

/// The names of the constants of a file and of its scenarios: what `--set` can name.
pub fn constants(file: &ast::File) -> BTreeSet<&str> {
    let mut consts = BTreeSet::new();
    for item in &file.items {
        match item {
            ast::FileItem::Const(item) => drop(consts.insert(item.name.text.as_str())),
            ast::FileItem::Scenario(scenario) => {
                consts.extend(scenario.items.iter().filter_map(|item| match item {
                    ast::Item::Const(item) => Some(item.name.text.as_str()),
                    _ => None,
                }));
            }
            _ => {}
        }
    }
    consts
}

/// A `--set` must name a constant of the file or of one of its scenarios.
fn check_sets(file: &ast::File, sets: &[(String, i64)], diagnostics: &mut Vec<Diagnostic>) {
    let consts = constants(file);
    for (name, _) in sets
        .iter()
        .filter(|(name, _)| !consts.contains(name.as_str()))
    {
        let at = Span {
            start: file.span.start,
            end: file.span.start,
        };
        let known = consts
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let help = match (
            names::nearest(name, consts.iter().copied()),
            known.is_empty(),
        ) {
            (Some(near), _) => format!("`{near}` is similar; this file has {known}"),
            (None, false) => format!("this file has {known}"),
            (None, true) => "this file has no constant; write `const N = 3` to have one".to_owned(),
        };
        diagnostics.push(
            Diagnostic::error(
                codes::BAD_OVERRIDE,
                at,
                format!("`--set {name}=…`: no constant `{name}` in this file"),
            )
            .help(help),
        );
    }
}
