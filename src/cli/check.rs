//! `threadbare check`: every scenario against its expectations.

use super::args::{CheckArgs, Checking, Select};
use super::attempt::Attempt;
use super::bless::Bless;
use super::failure::Failure;
use super::fix::Fix;
use super::formats;
use super::output::{Out, note};
use super::plan::{
    Destinations, bounded, check_style, destinations, in_memory, inputs, looking_at, repairs,
};
use super::progress::ProgressLine;
use super::save::save;
use super::signals::Signals;
use super::sittings::{self, Failed};
use super::status::Exit;
use super::terminal::Looks;
use super::value::Kind;
use crate::checker::{Checker, Input};
use crate::report::Report;
use crate::report::human::{Pages, Style};
use std::path::Path;
use std::time::Instant;

/// Checks, prints, and says how it went.
///
/// # Errors
///
/// If a report cannot be written, or no scenario was chosen.
pub fn run(args: &CheckArgs, looks: Looks) -> Result<Exit, Failure> {
    let bless = Bless::new(args, looks)?;
    let fix = Fix::new(args)?;
    let args = &args.checking;
    let destinations = destinations(&args.format)?;
    let style = check_style(args, looks);
    let signals = Signals::listen();
    let inputs = inputs(&args.paths)?;
    let checker = chosen(args, &inputs)?.interrupt(signals.flag());
    if let Some(fix) = fix {
        fix.run(&checker, &inputs, &style)?;
    }
    let failed = Failed::default();
    let checker = sittings::kept(&args.kept, checker, &inputs, &failed)?;
    let checker = checker.repairs(repairs(args, &destinations, inputs.len()));
    let attempt = Attempt::new(checker, ProgressLine::new(!args.quiet));
    let mut run = Run {
        out: Out::new(),
        pages: Pages::new(style),
        report: Report::new(Vec::new()),
        n_streamed: 0,
        exit: Exit::Met,
        failure: None,
    };
    let start = Instant::now();
    let n_inputs = inputs.len();
    for (index, input) in inputs.into_iter().enumerate() {
        if signals.exit().is_some() {
            let left = n_inputs - index;
            note(&format!(
                "interrupted: {left} of {n_inputs} files were not checked"
            ));
            break;
        }
        run.check(&attempt, input, bless.as_ref());
        run.stream(&destinations, &style);
    }
    run.report.elapsed_ms = start.elapsed().as_secs_f64() * 1000.0;
    run.finish(&destinations, &style, &args.select)?;
    if let Some(failure) = failed.take() {
        return Err(failure);
    }
    Ok(signals.exit().unwrap_or(run.exit))
}

/// The checker that was asked for, for these inputs.
///
/// # Errors
///
/// If what was asked for does not fit together, or the inputs.
pub(super) fn chosen(args: &Checking, inputs: &[Input]) -> Result<Checker, Failure> {
    let bounded = in_memory(args.memory, bounded(&args.select, &args.bounds));
    let checker = looking_at(&args.runs, bounded)?;
    if inputs.len() < 2 {
        return Ok(checker);
    }
    if let Some(name) = checker.unknown_sets(inputs).first() {
        let n = inputs.len();
        let message = format!("`--set {name}=…`: none of the {n} files has a constant `{name}`");
        return Err(Failure::new(message).help("`const N = 3` in a file makes one"));
    }
    Ok(checker.sets_where_known())
}

/// A check under way.
struct Run {
    out: Out,
    pages: Pages,
    report: Report,
    /// Scenarios that were printed already, where a format streams.
    n_streamed: usize,
    exit: Exit,
    failure: Option<Failure>,
}

impl Run {
    fn check(&mut self, attempt: &Attempt, input: Input, bless: Option<&Bless>) {
        let path = input.path().map(Path::to_owned);
        let (mut reports, mut exit) = attempt.check(input);
        if let (Some(bless), Some(path)) = (bless, path) {
            match bless.file(attempt, &path, &reports, &mut self.out) {
                Ok(Some(blessed)) => {
                    exit = blessed.iter().map(Exit::from).max().unwrap_or_default();
                    reports = blessed;
                }
                Ok(None) => {}
                Err(failure) => drop(self.failure.get_or_insert(failure)),
            }
        }
        self.exit = self.exit.max(exit);
        self.report.scenarios.extend(reports);
    }

    /// Prints what can be printed already.
    fn stream(&mut self, destinations: &Destinations, style: &Style) {
        let text = match destinations.stdout {
            Kind::Human => self.pages.more(&self.report),
            kind => formats::more(kind, &self.report, self.n_streamed, style),
        };
        self.n_streamed = self.report.scenarios.len();
        self.print(&text);
    }

    fn print(&mut self, text: &str) {
        if let Err(failure) = self.out.print(text) {
            self.failure.get_or_insert(failure);
        }
    }

    fn finish(
        &mut self,
        destinations: &Destinations,
        style: &Style,
        select: &Select,
    ) -> Result<(), Failure> {
        let text = match destinations.stdout {
            Kind::Human => self.pages.rest(&self.report),
            kind => formats::rest(kind, &self.report, style),
        };
        self.print(&text);
        for (kind, path) in &destinations.files {
            let text = formats::whole(*kind, &self.report, style);
            if let Err(error) = save(path, &text) {
                self.failure.get_or_insert(Failure::write(path, &error));
            }
        }
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        if self.report.scenarios.is_empty() && self.exit == Exit::Met {
            return Err(none_chosen(select));
        }
        Ok(())
    }
}

fn none_chosen(select: &Select) -> Failure {
    let names: Vec<String> = select
        .scenario
        .iter()
        .map(|name| format!("\"{name}\""))
        .collect();
    Failure::new(format!(
        "no scenario has a name with {}",
        names.join(" or ")
    ))
    .help("`threadbare list` with the same paths shows the names")
}
