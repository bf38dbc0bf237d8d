//! `--checkpoint` and `--resume`: one long check in several sittings.

use super::args::Kept;
use super::failure::Failure;
use super::save::save_for_later;
use crate::checker::{Checker, Input};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// The first checkpoint that could not be written.
#[derive(Clone, Default)]
pub struct Failed(Arc<Mutex<Option<Failure>>>);

impl Failed {
    fn set(&self, failure: Failure) {
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(failure);
    }

    /// What went wrong, if anything.
    pub fn take(&self) -> Option<Failure> {
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        first.take()
    }
}

/// A checker that keeps its search for later, or goes on with an earlier one.
///
/// # Errors
///
/// If there is not exactly one scenario, or the checkpoint is not of it.
pub fn kept(
    kept: &Kept,
    checker: Checker,
    inputs: &[Input],
    failed: &Failed,
) -> Result<Checker, Failure> {
    if kept.checkpoint.is_none() && kept.resume.is_none() {
        return Ok(checker);
    }
    let [input] = inputs else {
        return Err(not_one(inputs.len(), "files"));
    };
    let source = input
        .clone()
        .into_source()
        .map_err(|error| Failure::unreadable(&error))?;
    let mut checker = checker;
    let loaded = checker.load(&source);
    let wanted = loaded.scenarios.iter();
    let n = wanted.filter(|it| checker.wants(&it.name)).count();
    if n > 1 {
        return Err(not_one(n, "scenarios"));
    }
    if let Some(path) = &kept.resume {
        checker = checker
            .resume_from(&source, path)
            .map_err(|why| refused(path, &why.to_string()))?;
    }
    if let Some(path) = &kept.checkpoint {
        let (path, failed) = (path.clone(), failed.clone());
        checker = checker.checkpoint(kept.checkpoint_every.0, move |bytes| {
            if let Err(error) = save_for_later(&path, bytes) {
                failed.set(Failure::write(&path, &error));
            }
        });
    }
    Ok(checker)
}

fn not_one(n: usize, what: &str) -> Failure {
    Failure::new(format!(
        "a checkpoint is of one scenario, and here are {n} {what}"
    ))
    .help("name one file, and choose with `--scenario`")
}

fn refused(path: &Path, why: &str) -> Failure {
    Failure::new(format!("cannot go on from `{}`: {why}", path.display()))
        .help("without `--resume` the check begins anew")
}
