//! `threadbare watch`: checks, and checks again what changes, until a signal.
//!
//! A check under way is given up when something changes, since its answer would
//! be about a text that is no more.

mod change;

use super::args::Checking;
use super::attempt::Attempt;
use super::check::chosen;
use super::failure::Failure;
use super::formats;
use super::output::{Out, complain};
use super::plan::{Destinations, STDIN, check_style, destinations, inputs, repairs};
use super::progress::ProgressLine;
use super::save::save;
use super::signals::Signals;
use super::status::Exit;
use super::terminal::{Looks, takes_commands};
use super::value::Kind;
use crate::base::Source;
use crate::checker::{FileError, Input};
use crate::report::human::{self, Pages, Style};
use crate::report::{Report, ScenarioReport, escape};
use change::Changes;
use std::path::Path;
use std::sync::atomic::Ordering;

/// Takes the screen back, and what has scrolled out of it.
const CLEAR: &str = "\u{1b}[2J\u{1b}[3J\u{1b}[H";

/// Checks until a signal comes.
///
/// # Errors
///
/// If the arguments do not fit together, or a report cannot be written.
pub fn run(args: &Checking, looks: Looks) -> Result<Exit, Failure> {
    if args.paths.iter().any(|path| path == Path::new(STDIN)) {
        return Err(Failure::new(
            "standard input cannot be watched, only files and folders",
        ));
    }
    let destinations = destinations(&args.format)?;
    let signals = Signals::listen();
    let changes = Changes::look(&args.paths, &signals);
    let mut watch = Watch {
        args,
        style: check_style(args, looks),
        destinations,
        clears: takes_commands(&std::io::stdout()),
        out: Out::new(),
        known: Vec::new(),
    };
    loop {
        changes.stop.store(false, Ordering::SeqCst);
        if let Some(exit) = signals.exit() {
            return Ok(exit);
        }
        watch.round(&changes)?;
        changes.wait();
    }
}

/// A file as it was last read, and what checking it gave.
struct Known {
    name: String,
    text: Result<Source, FileError>,
    /// `None` before it was checked to the end.
    reports: Option<Vec<ScenarioReport>>,
}

impl Known {
    fn says_the_same(&self, text: &Result<Source, FileError>) -> bool {
        match (&self.text, text) {
            (Ok(one), Ok(other)) => one.text() == other.text(),
            (Err(one), Err(other)) => one == other,
            _ => false,
        }
    }
}

struct Watch<'a> {
    args: &'a Checking,
    style: Style,
    destinations: Destinations,
    clears: bool,
    out: Out,
    /// In the order of the inputs.
    known: Vec<Known>,
}

impl Watch<'_> {
    /// Checks what is new, unless something newer stops it.
    fn round(&mut self, changes: &Changes) -> Result<(), Failure> {
        let inputs = inputs(&self.args.paths)?;
        let checker = match chosen(self.args, &inputs) {
            Ok(checker) => checker.interrupt(changes.stop.clone()).repairs(repairs(
                self.args,
                &self.destinations,
                inputs.len(),
            )),
            // What does not fit now may fit after the next change.
            Err(failure) if !self.known.is_empty() => {
                failure.print(Looks::of(&self.style));
                return Ok(());
            }
            Err(failure) => return Err(failure),
        };
        let n_before = self.known.len();
        self.read(inputs);
        let fresh: Vec<usize> = (0..self.known.len())
            .filter(|&index| self.known[index].reports.is_none())
            .collect();
        if fresh.is_empty() && self.known.len() == n_before {
            return Ok(());
        }
        let attempt = Attempt::new(checker, ProgressLine::new(!self.args.quiet));
        let mut pages = Pages::new(self.style);
        if fresh.len() > 1 {
            pages = pages.among_others();
        }
        let mut shown = Report::new(Vec::new());
        self.begin(&fresh, n_before == 0)?;
        for &index in &fresh {
            let known = &self.known[index];
            let input = match &known.text {
                Ok(source) => Input::from_source(source.clone()),
                Err(error) => Input::unreadable(error.clone()),
            };
            let (reports, _) = attempt.check(input);
            if changes.stop.load(Ordering::SeqCst) {
                return Ok(());
            }
            shown.scenarios.extend(reports.clone());
            let text = match self.destinations.stdout {
                Kind::Human => pages.more(&shown),
                kind => formats::all(kind, &Report::new(reports.clone()), &self.style),
            };
            self.out.print(&text)?;
            self.known[index].reports = Some(reports);
        }
        if self.destinations.stdout == Kind::Human {
            self.out.print(&pages.rest(&shown))?;
        }
        self.end(&shown)
    }

    /// Reads the files, and keeps what is known about those that say the same.
    fn read(&mut self, inputs: Vec<Input>) {
        let mut before = std::mem::take(&mut self.known);
        for input in inputs {
            let name = input.name().to_owned();
            let text = input.into_source();
            let old = before
                .iter()
                .position(|it| it.name == name && it.says_the_same(&text));
            let reports = old.and_then(|at| before.swap_remove(at).reports);
            self.known.push(Known {
                name,
                text,
                reports,
            });
        }
    }

    /// Makes room for what comes, and says what it is about.
    fn begin(&mut self, fresh: &[usize], is_first: bool) -> Result<(), Failure> {
        if self.clears {
            self.out.print(CLEAR)?;
        }
        if !is_first {
            let names: Vec<String> = { fresh.iter() }
                .map(|&index| escape::line(&self.known[index].name).into_owned())
                .collect();
            let what = match names.as_slice() {
                [] => "a file is gone".to_owned(),
                [one] => format!("changed: {one}"),
                [one, rest @ ..] => format!("changed: {one} and {} more", rest.len()),
            };
            complain(&format!("{what}\n"));
        }
        Ok(())
    }

    /// Says how all files stand, also those that were not checked again.
    fn end(&self, shown: &Report) -> Result<(), Failure> {
        let all = self.known.iter().flat_map(|it| it.reports.iter().flatten());
        let all = Report::new(all.cloned().collect());
        for (kind, path) in &self.destinations.files {
            let text = formats::whole(*kind, &all, &self.style);
            save(path, &text).map_err(|error| Failure::write(path, &error))?;
        }
        let (n_shown, n_all) = (shown.scenarios.len(), all.scenarios.len());
        let was_said = self.destinations.stdout == Kind::Human && n_shown > 1 && n_shown == n_all;
        let standing = match was_said {
            true => String::new(),
            false => human::summary(&all, &self.style),
        };
        let n = self.known.len();
        let files = if n == 1 { "file" } else { "files" };
        complain(&format!("\n{standing}watching {n} {files}; Ctrl-C ends\n"));
        Ok(())
    }
}
