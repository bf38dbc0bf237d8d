//! `check --fix`: one checked repair after the other is written into the files.
//!
//! Only what was not expected is repaired, one edit at a time: after each the file
//! is checked again. **Invariant:** a file is replaced as a whole or not at all, and
//! only if it still is what was checked.
//!
//! **Deliberately absent:** repairs of what a scenario expects. It shows a bug on
//! purpose.

use super::args::CheckArgs;
use super::failure::Failure;
use super::output::{complain, note};
use super::save::rewrite;
use crate::checker::{Checker, Input, Repairs};
use crate::report::human::{self, Style};
use crate::report::{Help, ScenarioReport, Verdict};
use std::io::{BufRead, IsTerminal};
use std::path::Path;

/// Repairs written into one file.
const ROUNDS_MAX: usize = 20;

/// Which repair to take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Choice {
    /// The one with that number.
    Number(usize),
    /// Whoever sits at the terminal says which.
    Ask,
}

/// What was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fix {
    choice: Choice,
}

impl Fix {
    /// What was asked for, if it was.
    ///
    /// # Errors
    ///
    /// If nobody says which repair to take.
    pub fn new(args: &CheckArgs) -> Result<Option<Self>, Failure> {
        let Some(number) = args.fix else {
            return Ok(None);
        };
        let at_terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        let choice = match (number, args.yes) {
            (0, true) => Choice::Number(1),
            (0, false) if at_terminal => Choice::Ask,
            (0, false) => {
                let why = "`--fix` asks which repair to take, and nobody is at the terminal";
                let help = "add `--yes` for the first, or write `--fix=2`";
                return Err(Failure::new(why).help(help));
            }
            (number, _) => Choice::Number(number as usize),
        };
        Ok(Some(Self { choice }))
    }

    /// Repairs the files that can be repaired.
    ///
    /// # Errors
    ///
    /// If a file cannot be written.
    pub fn run(self, checker: &Checker, inputs: &[Input], style: &Style) -> Result<(), Failure> {
        let checker = checker.clone().repairs(Repairs::Failing);
        for input in inputs {
            match input.path() {
                Some(path) => repair_file(&checker, path, self.choice, style)?,
                None => return Err(Failure::new("`--fix` writes files, not standard input")),
            }
        }
        Ok(())
    }
}

/// Repairs a file until nothing unexpected in it has a repair.
fn repair_file(
    checker: &Checker,
    path: &Path,
    choice: Choice,
    style: &Style,
) -> Result<(), Failure> {
    for round in 0..ROUNDS_MAX {
        let reports = checker.check_input(Input::from_file(path));
        let Some((report, position)) = next(&reports) else {
            if reports.iter().any(|it| it.verdict == Verdict::Refuted) {
                let more = if round == 0 {
                    "nothing"
                } else {
                    "nothing more"
                };
                let why = "no edit was proved to repair what is wrong";
                note(&format!("{}: {more} was repaired: {why}", path.display()));
            }
            return Ok(());
        };
        let finding = &report.findings[position];
        let helps: Vec<&Help> = finding.helps.iter().filter(|it| is_checked(it)).collect();
        let line = report
            .source
            .position(finding.guilty().map_or(0, |it| it.span.start))
            .line;
        let place = format!("{}:{line}", path.display());
        let what = format!(
            "{place}: {}[{}]: {}",
            finding.word(),
            finding.code,
            finding.message
        );
        let number = match choice {
            Choice::Number(number) if number > helps.len() => {
                note(&format!("{what}\n  there are only {} repairs", helps.len()));
                return Ok(());
            }
            Choice::Number(number) => number,
            Choice::Ask => match ask(&what, &helps, report, style) {
                Some(number) => number,
                None => return Ok(()),
            },
        };
        let help = helps[number - 1];
        write(path, report, help)?;
        let checked = help.checked.as_deref().unwrap_or_default();
        note(&format!("{what}\n  repaired: {} ({checked})", help.text));
    }
    Ok(())
}

/// Whether it is a repair of the program; claims are for `--bless`.
fn is_checked(help: &Help) -> bool {
    help.checked.is_some() && !help.patch.is_empty() && !help.claim
}

/// The first finding that nobody expected and that has a repair.
fn next(reports: &[ScenarioReport]) -> Option<(&ScenarioReport, usize)> {
    let refuted = reports.iter().filter(|it| it.verdict == Verdict::Refuted);
    refuted
        .flat_map(|report| (0..report.findings.len()).map(move |at| (report, at)))
        .find(|(report, at)| {
            let finding = &report.findings[*at];
            !finding.expected && finding.helps.iter().any(is_checked)
        })
}

/// Shows the repairs and reads a number; `None` for none of them.
fn ask(what: &str, helps: &[&Help], report: &ScenarioReport, style: &Style) -> Option<usize> {
    note(what);
    for (at, help) in helps.iter().enumerate() {
        complain(&format!("\n{}. ", at + 1));
        complain(&human::help(help, &report.source, style));
    }
    loop {
        let range = match helps.len() {
            1 => "1".to_owned(),
            n => format!("1-{n}"),
        };
        complain(&format!("\nwrite which repair? [{range}, n for none] "));
        let mut answer = String::new();
        if std::io::stdin().lock().read_line(&mut answer).ok()? == 0 {
            return None;
        }
        match answer.trim() {
            "n" | "no" | "" => return None,
            text => match text.parse::<usize>() {
                Ok(number) if (1..=helps.len()).contains(&number) => return Some(number),
                _ => note("this is none of the numbers"),
            },
        }
    }
}

/// Writes the file with the edits made, if it is still what was checked.
fn write(path: &Path, report: &ScenarioReport, help: &Help) -> Result<(), Failure> {
    let now = std::fs::read_to_string(path).map_err(|error| Failure::write(path, &error))?;
    if now != report.source.text() {
        let name = path.display();
        return Err(
            Failure::new(format!("`{name}` was changed while it was checked"))
                .help("run the command again"),
        );
    }
    let text = crate::repair::apply(&now, &help.patch)
        .ok_or_else(|| Failure::new("the repair does not fit the file"))?;
    rewrite(path, &text).map_err(|error| Failure::write(path, &error))
}
