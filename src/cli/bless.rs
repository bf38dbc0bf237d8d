//! `check --bless`: files whose expectations are rewritten to what was found.

use super::args::CheckArgs;
use super::attempt::Attempt;
use super::diff::unified;
use super::failure::Failure;
use super::output::{Out, complain, note};
use super::plan::{STDIN, destinations};
use super::save::rewrite;
use super::terminal::Looks;
use super::value::Kind;
use crate::base::Source;
use crate::checker::{CannotBless, Input};
use crate::report::ScenarioReport;
use std::path::Path;
use std::sync::Arc;

/// How files are rewritten.
pub struct Bless {
    looks: Looks,
    /// Whether the difference goes where people read the report.
    on_stdout: bool,
}

impl Bless {
    /// What was asked for, if it was.
    ///
    /// # Errors
    ///
    /// If what was asked for besides makes no sense with it.
    pub fn new(args: &CheckArgs, looks: Looks) -> Result<Option<Self>, Failure> {
        if !args.bless {
            return Ok(None);
        }
        if !args.checking.select.set.is_empty() {
            let message = "--bless writes what holds for the constants as they stand in the file";
            return Err(Failure::new(message).help("leave out --set"));
        }
        if args
            .checking
            .paths
            .iter()
            .any(|path| path == Path::new(STDIN))
        {
            return Err(Failure::new("--bless rewrites files, and `-` is none"));
        }
        let on_stdout = destinations(&args.checking.format)?.stdout == Kind::Human;
        Ok(Some(Self { looks, on_stdout }))
    }

    /// Rewrites a file, shows the difference, and gives the reports of the new text;
    /// `None` if it stays as it is.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn file(
        &self,
        attempt: &Attempt,
        path: &Path,
        reports: &[ScenarioReport],
        out: &mut Out,
    ) -> Result<Option<Vec<ScenarioReport>>, Failure> {
        // What cannot be read was said already.
        let Ok(source) = Input::from_file(path).into_source() else {
            return Ok(None);
        };
        let checked = reports.iter().all(|it| it.source.text() == source.text());
        if !checked {
            return Err(Failure::new(format!(
                "`{}` was changed while it was checked, so it is left alone",
                path.display()
            )));
        }
        let source = Arc::new(source);
        let name = source.name();
        match attempt.guard(name, |checker| checker.bless(&source, reports)) {
            None | Some(Err(CannotBless::Met)) => Ok(None),
            Some(Err(reason)) => {
                note(&format!("{name} is left alone: {}", why(&reason)));
                Ok(None)
            }
            Some(Ok(blessed)) => {
                rewrite(path, &blessed.text).map_err(|error| Failure::write(path, &error))?;
                self.show(&source, &blessed.text, out)?;
                Ok(Some(blessed.reports))
            }
        }
    }

    fn show(&self, source: &Source, new: &str, out: &mut Out) -> Result<(), Failure> {
        let texts = (source.text(), new);
        if self.on_stdout {
            let text = unified(source.name(), "blessed", texts, self.looks);
            return out.print(&format!("{text}\n"));
        }
        complain(&unified(
            source.name(),
            "blessed",
            texts,
            self.looks.on_stderr(),
        ));
        Ok(())
    }
}

fn why(reason: &CannotBless) -> String {
    match reason {
        CannotBless::Met => "every expectation is met".to_owned(),
        CannotBless::Broken(name) if name.is_empty() => "it has mistakes".to_owned(),
        CannotBless::Broken(name) => format!("\"{name}\" has mistakes"),
        CannotBless::Inconclusive(name) => {
            format!("a limit ended the search of \"{name}\", so it is not known what else is there")
        }
        CannotBless::NoWords(name) => {
            format!("no `expect` says all that was found in \"{name}\"; write it by hand")
        }
    }
}
