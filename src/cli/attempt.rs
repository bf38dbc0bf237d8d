//! One file checked, with a mistake of the checker itself turned into a message
//! instead of an end.

use super::internal::{guarded, message};
use super::output::note;
use super::progress::ProgressLine;
use super::status::Exit;
use crate::checker::{Checker, Input};
use crate::report::ScenarioReport;
use std::sync::{Arc, Mutex, PoisonError};

/// A checker that shows how far it has come.
pub struct Attempt {
    checker: Checker,
    at: At,
    progress: ProgressLine,
}

impl Attempt {
    /// Gives a checker a progress line.
    pub fn new(checker: Checker, progress: ProgressLine) -> Self {
        let at = At::default();
        let checker = checker.on_progress({
            let (progress, at) = (progress.clone(), at.clone());
            move |now| {
                if now.states == 0 {
                    at.set(now.scenario);
                }
                progress.update(now);
            }
        });
        Self {
            checker,
            at,
            progress,
        }
    }

    /// The reports of a file's scenarios, and how it went.
    pub fn check(&self, input: Input) -> (Vec<ScenarioReport>, Exit) {
        let file = input.name().to_owned();
        match self.guard(&file, |checker| checker.check_input(input)) {
            Some(reports) => {
                let worst = reports.iter().map(Exit::from).max();
                (reports, worst.unwrap_or_default())
            }
            None => (Vec::new(), Exit::Internal),
        }
    }

    /// Does something that checks scenarios of a file; `None` if the checker failed,
    /// which was said.
    pub fn guard<T>(&self, file: &str, work: impl FnOnce(&Checker) -> T) -> Option<T> {
        self.at.set("");
        let checked = guarded(|| work(&self.checker));
        self.progress.clear();
        checked
            .map_err(|what| {
                let doing = match self.at.get().as_str() {
                    "" => format!("reading {file}"),
                    scenario => format!("checking \"{scenario}\" in {file}"),
                };
                note(&message(&doing, &what));
            })
            .ok()
    }
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
