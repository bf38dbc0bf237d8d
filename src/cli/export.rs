//! `threadbare export`: a scenario as a Rust test, or as a model for SPIN.

use super::args::{ExportArgs, ExportKind, ForLibrary, ModelArgs, RustArgs};
use super::failure::Failure;
use super::graph::complain_about;
use super::output::Out;
use super::plan::{one_source, selecting};
use super::save::save;
use super::status::Exit;
use super::terminal::Looks;
use crate::base::Source;
use crate::checker::{Checker, Loaded};
use crate::export::{self, Library, Refused};
use std::path::{Path, PathBuf};

/// Writes the export.
///
/// # Errors
///
/// If the scenario uses something that cannot be exported.
pub fn run(args: &ExportArgs, looks: Looks) -> Result<Exit, Failure> {
    let (file, select, output) = match &args.kind {
        ExportKind::Rust(RustArgs { file, common, .. })
        | ExportKind::Promela(ModelArgs { file, common }) => (file, &common.select, &common.output),
    };
    let source = one_source(file)?;
    let checker = selecting(select);
    if complain_about(&checker, &source, looks) {
        return Ok(Exit::Error);
    }
    let text = match &args.kind {
        ExportKind::Rust(rust) => rust_file(&checker, &source, rust.library)?,
        ExportKind::Promela(_) => model(&checker, &source)?,
    };
    write(output.as_ref(), &text)?;
    Ok(Exit::Met)
}

fn write(output: Option<&PathBuf>, text: &str) -> Result<(), Failure> {
    match output {
        None => Out::new().print(text),
        Some(path) => save(Path::new(path), text).map_err(|error| Failure::write(path, &error)),
    }
}

fn rust_file(checker: &Checker, source: &Source, library: ForLibrary) -> Result<String, Failure> {
    let library = match library {
        ForLibrary::Std => Library::Std,
        ForLibrary::Loom => Library::Loom,
        ForLibrary::Shuttle => Library::Shuttle,
    };
    let loaded = checker.load(source);
    let wanted = wanted(checker, &loaded.scenarios)?;
    let scenarios: Vec<_> = { wanted.iter() }
        .filter_map(|it| it.program.as_ref().map(|(hir, _)| hir))
        .collect();
    let written = export::rust(&scenarios, source.name(), library);
    written.map_err(|refused| failure(source, &refused, library.name()))
}

fn model(checker: &Checker, source: &Source) -> Result<String, Failure> {
    let loaded = checker.load(source);
    match wanted(checker, &loaded.scenarios)?.as_slice() {
        [one] => match &one.program {
            Some((_, program)) => {
                let written = export::promela(program);
                written.map_err(|refused| failure(source, &refused, "Promela"))
            }
            None => Err(Failure::new("the scenario has mistakes")),
        },
        several => {
            let names = several.iter().map(|it| format!("\"{}\"", it.name));
            let names: Vec<String> = names.collect();
            Err(Failure::new(format!(
                "{} has several scenarios, a model has one",
                source.name()
            ))
            .help(format!("add `--scenario` with one of {}", names.join(", "))))
        }
    }
}

fn wanted<'a>(checker: &Checker, all: &'a [Loaded]) -> Result<Vec<&'a Loaded>, Failure> {
    let wanted: Vec<&Loaded> = all.iter().filter(|it| checker.wants(&it.name)).collect();
    if wanted.is_empty() {
        return Err(Failure::new("no scenario was chosen")
            .help("`threadbare list` shows the names of a file"));
    }
    Ok(wanted)
}

fn failure(source: &Source, refused: &Refused, to: &str) -> Failure {
    let at = source.position(refused.span.start);
    Failure::new(format!(
        "{}:{}:{}: {} cannot be exported to {to}",
        source.name(),
        at.line,
        at.column,
        refused.what
    ))
    .help("`threadbare explain exports` says what can be exported")
}
