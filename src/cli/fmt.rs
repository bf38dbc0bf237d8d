//! `threadbare fmt`: the canonical layout, in place.

use super::args::FmtArgs;
use super::diff::unified;
use super::failure::Failure;
use super::output::{Out, complain};
use super::plan::{inputs, style};
use super::save::rewrite;
use super::status::Exit;
use super::terminal::Looks;
use crate::base::Source;
use crate::report::escape;
use crate::report::human::diagnostic;
use crate::syntax::format;
use std::path::{Path, PathBuf};

/// Formats each file, or with `--check` says how it would change.
///
/// # Errors
///
/// If standard output cannot be written.
pub fn run(args: &FmtArgs, looks: Looks) -> Result<Exit, Failure> {
    let mut out = Out::new();
    let mut exit = Exit::Met;
    for input in inputs(&args.paths)? {
        let path = input.path().map(Path::to_owned);
        let done = match input.into_source() {
            Ok(source) => file(&source, path, args.check, looks, &mut out),
            Err(error) => Err(Failure::unreadable(&error)),
        };
        match done {
            Ok(one) => exit = exit.max(one),
            Err(failure) => {
                failure.print(looks);
                exit = Exit::Error;
            }
        }
    }
    Ok(exit)
}

fn file(
    source: &Source,
    path: Option<PathBuf>,
    check: bool,
    looks: Looks,
    out: &mut Out,
) -> Result<Exit, Failure> {
    let formatted = match format(source) {
        Ok(text) => text,
        Err(mistakes) => {
            for mistake in &mistakes {
                complain(&diagnostic(mistake, source, &style(looks.on_stderr())));
            }
            return Ok(Exit::Error);
        }
    };
    let is_same = formatted == source.text();
    if check {
        if is_same {
            return Ok(Exit::Met);
        }
        let texts = (source.text(), formatted.as_str());
        out.print(&unified(source.name(), "formatted", texts, looks))?;
        return Ok(Exit::Failed);
    }
    match path {
        None => out.print(&formatted)?,
        Some(_) if is_same => {}
        Some(path) => {
            rewrite(&path, &formatted).map_err(|error| Failure::write(&path, &error))?;
            let name = path.display().to_string();
            out.print(&format!("formatted {}\n", escape::line(&name)))?;
        }
    }
    Ok(Exit::Met)
}
