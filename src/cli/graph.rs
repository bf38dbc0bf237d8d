//! `threadbare graph`: who waits for whom, which locks are taken in which order,
//! which states there are, or one execution, as a picture.

use super::args::{GraphArgs, GraphKind, Picture};
use super::failure::Failure;
use super::output::{Out, complain};
use super::plan::{bounded, one_source, style};
use super::save::save;
use super::signals::Signals;
use super::status::Exit;
use super::terminal::Looks;
use crate::base::{Severity, Source};
use crate::checker::{Checker, Loaded, Replayed};
use crate::report::Finding;
use crate::report::human::diagnostic;
use crate::report::picture::{Graph, NODES_MAX, dot, lanes, mermaid, sequence, svg};
use std::sync::Arc;

/// Draws.
///
/// # Errors
///
/// If there is nothing to draw, or it would be too large to be of use.
pub fn run(args: &GraphArgs, looks: Looks) -> Result<Exit, Failure> {
    let signals = Signals::listen();
    let source = Arc::new(one_source(&args.file)?);
    let checker = bounded(&args.select, &args.bounds).interrupt(signals.flag());
    if complain_about(&checker, &source, looks) {
        return Ok(Exit::Error);
    }
    let text = match args.kind {
        GraphKind::Lanes => lanes_of(args, &checker, &source)?,
        GraphKind::Waits => drawn(args, &waits(args, &checker, &source)?),
        GraphKind::Locks => {
            let graph = one(&checker, &source, |it| {
                let graph = checker.lock_order(&source, it).ok()?;
                Some(Ok(graph))
            });
            drawn(args, &graph?)
        }
        GraphKind::States => {
            let graph = one(&checker, &source, |it| {
                let map = checker.state_map(it).ok()?;
                Some(map.ok_or_else(|| too_many(&it.name)))
            });
            drawn(args, &graph?)
        }
        GraphKind::Orders | GraphKind::Alike => {
            let symmetry = args.kind == GraphKind::Alike;
            let graph = one(&checker, &source, |it| {
                let map = checker.orders_map(it, symmetry).ok()?;
                Some(match map {
                    Ok(map) => map.ok_or_else(|| too_many(&it.name)),
                    Err(why) => Err(Failure::new(format!(
                        "all orders of steps matter in {}, because {why}",
                        it.name
                    ))),
                })
            });
            drawn(args, &graph?)
        }
    };
    if let Some(exit) = signals.exit() {
        return Ok(exit);
    }
    match &args.output {
        None => Out::new().print(&text)?,
        Some(path) => save(path, &text).map_err(|error| Failure::write(path, &error))?,
    }
    Ok(Exit::Met)
}

/// Says what is wrong with the file; whether anything is.
pub(super) fn complain_about(checker: &Checker, source: &Source, looks: Looks) -> bool {
    let loaded = checker.load(source);
    let wanted = loaded.scenarios.iter().filter(|it| checker.wants(&it.name));
    let mistakes = wanted.flat_map(|it| &it.diagnostics);
    let mut is_wrong = false;
    for mistake in loaded.diagnostics.iter().chain(mistakes) {
        if mistake.severity == Severity::Error {
            complain(&diagnostic(mistake, source, &style(looks.on_stderr())));
            is_wrong = true;
        }
    }
    is_wrong
}

fn drawn(args: &GraphArgs, graph: &Graph) -> String {
    match args.format {
        Picture::Svg => svg(graph),
        Picture::Dot => dot(graph),
        Picture::Mermaid => mermaid(graph),
    }
}

/// Who waits at the end of the token's execution, or of the first finding in
/// which somebody waits for ever.
fn waits(args: &GraphArgs, checker: &Checker, source: &Arc<Source>) -> Result<Graph, Failure> {
    let findings = match &args.token {
        Some(token) => replayed(token, checker, source)?.findings,
        None => findings(checker, source),
    };
    let waiting = { findings.iter() }.find(|it| !it.waits.is_empty());
    let graph = waiting.map(Graph::waits);
    graph.ok_or_else(|| {
        let where_ = match &args.token {
            Some(token) => format!("at the end of {token}"),
            None => format!("in any finding of {}", source.name()),
        };
        Failure::new(format!("nobody waits for ever {where_}"))
    })
}

fn findings(checker: &Checker, source: &Arc<Source>) -> Vec<Finding> {
    let reports = checker.check_source(Arc::clone(source));
    reports.into_iter().flat_map(|it| it.findings).collect()
}

fn replayed(token: &str, checker: &Checker, source: &Arc<Source>) -> Result<Replayed, Failure> {
    let replayed = checker.replay(source, token);
    replayed.map_err(|reason| Failure::new(reason.to_string()))
}

/// The token's execution, or that of the first finding that has one.
fn lanes_of(args: &GraphArgs, checker: &Checker, source: &Arc<Source>) -> Result<String, Failure> {
    let found = match &args.token {
        Some(token) => {
            let mut replayed = replayed(token, checker, source)?;
            let told = replayed.findings.iter().position(|it| it.trace.is_some());
            match told {
                Some(at) => Some(replayed.findings.swap_remove(at)),
                None => replayed.trace.take().map(|trace| Finding {
                    trace: Some(trace),
                    schedule: replayed.schedule.take(),
                    ..Finding::new(
                        "",
                        "",
                        Severity::Warning,
                        format!("{token} of {}", replayed.name),
                    )
                }),
            }
        }
        None => { findings(checker, source).into_iter() }.find(|it| it.trace.is_some()),
    };
    let execution = found.as_ref().and_then(|it| Some((it, it.trace.as_ref()?)));
    let Some((found, table)) = execution else {
        return Err(
            Failure::new(format!("no finding of {} has an execution", source.name()))
                .help("name one with `--token`; each outcome of a report has one"),
        );
    };
    let too_long = || {
        Failure::new("the execution is too long for a picture that helps")
            .help("`threadbare check --format html=FILE` writes a page to step through it")
    };
    match args.format {
        Picture::Svg if table.rows.len() <= NODES_MAX => Ok(lanes(&found.message, table)),
        Picture::Mermaid => sequence(found).ok_or_else(too_long),
        Picture::Svg => Err(too_long()),
        Picture::Dot => Err(Failure::new("lanes are no graph, so DOT cannot draw them")
            .help("use `--format svg` or `--format mermaid`")),
    }
}

/// The picture of the one scenario that was chosen.
fn one(
    checker: &Checker,
    source: &Source,
    draw: impl Fn(&Loaded) -> Option<Result<Graph, Failure>>,
) -> Result<Graph, Failure> {
    let loaded = checker.load(source);
    let wanted = loaded.scenarios.iter().filter(|it| checker.wants(&it.name));
    let wanted: Vec<&Loaded> = wanted.collect();
    match wanted.as_slice() {
        [] => Err(Failure::new("no scenario was chosen")
            .help("`threadbare list` shows the names of a file")),
        [it] => draw(it).unwrap_or_else(|| Err(Failure::new("the scenario has mistakes"))),
        several => {
            let names: Vec<String> = { several.iter() }
                .map(|it| format!("\"{}\"", it.name))
                .collect();
            Err(Failure::new(format!(
                "{} has several scenarios, a picture shows one",
                source.name()
            ))
            .help(format!("add `--scenario` with one of {}", names.join(", "))))
        }
    }
}

fn too_many(name: &str) -> Failure {
    Failure::new(format!(
        "\"{name}\" has more than {NODES_MAX} states, which is the limit for a picture that helps"
    ))
    .help("make it smaller (a `const N` that counts actors takes `--set N=2`), or draw `graph waits` or `graph locks`")
}
