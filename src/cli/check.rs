//! `threadbare check`: every scenario against its expectations.

use super::args::{CheckArgs, Select};
use super::failure::Failure;
use super::internal::{guarded, message};
use super::output::{Out, note};
use super::plan::{Destinations, bounded, check_style, destinations, inputs, looking_at};
use super::progress::ProgressLine;
use super::save::save;
use super::signals::Signals;
use super::status::Exit;
use super::terminal::Looks;
use super::value::Kind;
use crate::checker::{Checker, Input};
use crate::report::human::{Pages, Style};
use crate::report::{Report, escape, human, json, short};
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
    let checker = looking_at(&args.runs, bounded(&args.select, &args.bounds))?
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
    let mut run = Run {
        out: Out::new(),
        pages: Pages::new(style),
        report: Report::new(Vec::new()),
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
            Kind::Short | Kind::Json => return,
        };
        self.print(&text, style);
    }

    fn print(&mut self, text: &str, _style: &Style) {
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
            other => render(other, &self.report, style),
        };
        self.print(&text, style);
        for (kind, path) in &destinations.files {
            let plain = Style {
                color: false,
                ..*style
            };
            let text = render(*kind, &self.report, &plain);
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

fn render(kind: Kind, report: &Report, style: &Style) -> String {
    match kind {
        Kind::Human => human::render(report, style),
        Kind::Short if style.ascii => escape::ascii_text(&short::render(report)).into_owned(),
        Kind::Short => short::render(report),
        Kind::Json => json::render(report),
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
