//! `threadbare check`: every scenario against its expectations.

use super::args::{CheckArgs, Select};
use super::failure::Failure;
use super::formats;
use super::internal::{guarded, message};
use super::output::{Out, note};
use super::plan::{
    Destinations, bounded, check_style, destinations, in_memory, inputs, looking_at,
};
use super::progress::ProgressLine;
use super::save::save;
use super::signals::Signals;
use super::status::Exit;
use super::terminal::Looks;
use super::value::Kind;
use crate::checker::{Checker, Input};
use crate::report::Report;
use crate::report::human::{Pages, Style};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Checks, prints, and says how it went.
///
/// # Errors
///
/// If a report cannot be written, or no scenario was chosen.
pub fn run(args: &CheckArgs, looks: Looks) -> Result<Exit, Failure> {
    let destinations = destinations(&args.format)?;
    let style = check_style(args, looks);
    let signals = Signals::listen();
    let progress = ProgressLine::new(!args.quiet);
    let at = At::default();
    let bounded = in_memory(args.memory, bounded(&args.select, &args.bounds));
    let checker = looking_at(&args.runs, bounded)?
        .interrupt(signals.flag())
        .on_progress({
            let (progress, at) = (progress.clone(), at.clone());
            move |now| {
                if now.states == 0 {
                    at.set(now.scenario);
                }
                progress.update(now);
            }
        });
    let inputs = inputs(&args.paths)?;
    let checker = match inputs.len() {
        0 | 1 => checker,
        n => {
            if let Some(name) = checker.unknown_sets(&inputs).first() {
                let message =
                    format!("`--set {name}=…`: none of the {n} files has a constant `{name}`");
                return Err(Failure::new(message).help("`const N = 3` in a file makes one"));
            }
            checker.sets_where_known()
        }
    };
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
        run.check(&checker, input, &at, &progress);
        run.stream(&destinations, &style);
    }
    run.report.elapsed_ms = start.elapsed().as_secs_f64() * 1000.0;
    run.finish(&destinations, &style, &args.select)?;
    Ok(signals.exit().unwrap_or(run.exit))
}

/// What is being checked, for the message when the checker itself fails.
#[derive(Clone, Default)]
struct At(Arc<Mutex<String>>);

impl At {
    fn set(&self, scenario: &str) {
        scenario.clone_into(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn get(&self) -> String {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
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
    fn check(&mut self, checker: &Checker, input: Input, at: &At, progress: &ProgressLine) {
        let file = input.name().to_owned();
        at.set("");
        let checked = guarded(|| checker.check_input(input));
        progress.clear();
        match checked {
            Ok(reports) => {
                let worst = reports.iter().map(Exit::from).max();
                self.exit = self.exit.max(worst.unwrap_or_default());
                self.report.scenarios.extend(reports);
            }
            Err(what) => {
                let doing = match at.get().as_str() {
                    "" => format!("reading {file}"),
                    scenario => format!("checking \"{scenario}\" in {file}"),
                };
                note(&message(&doing, &what));
                self.exit = self.exit.max(Exit::Internal);
            }
        }
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
