//! A folder of scenarios as a test program.

use crate::base::Source;
use crate::checker::{Checker, Input, LoadedFile};
use crate::report::{Report, ScenarioReport, Status, escape};
use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Runs the tests that the arguments of the program choose; what
/// [`test_main!`](crate::test_main) calls.
pub fn run_tests(package: &str, paths: &[&Path], checker: &Checker) -> ExitCode {
    let arguments = Arguments::from_args();
    let package = Path::new(package);
    let inputs = Input::collect(paths.iter().map(|path| package.join(path)));
    let checker = checker.clone().repairs_briefly();
    let mut trials: Vec<Trial> = Vec::new();
    for input in inputs {
        if may_match(&arguments, &shown(input.name(), package)) {
            trials.extend(tests_of(input, package, &checker));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Whether a test of that file can be among those asked for. Nextest starts a process
/// for each test, by its whole name: none of them need read the other files.
fn may_match(arguments: &Arguments, file: &str) -> bool {
    match &arguments.filter {
        Some(test) if arguments.exact => test
            .strip_prefix(file)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("::")),
        _ => true,
    }
}

/// One test for each scenario, and one that fails if the file has mistakes
/// outside of them.
fn tests_of(input: Input, package: &Path, checker: &Checker) -> Vec<Trial> {
    let name = shown(input.name(), package);
    let source = match input.into_source() {
        Ok(source) => Source::new(name.clone(), source.text()),
        Err(error) => {
            let message = format!("{name}: {}", error.reason);
            return vec![Trial::test(name, move || Err(Failed::from(message)))];
        }
    };
    let source = Arc::new(source);
    let loaded = Arc::new(checker.load(&source));
    let mut trials = Vec::new();
    if !loaded.diagnostics.is_empty() || loaded.scenarios.is_empty() {
        let (checker, source) = (checker.clone(), Arc::clone(&source));
        trials.push(Trial::test(name.clone(), move || {
            // Mistakes outside of scenarios are the first report of a file.
            let mut reports = checker.check_source(Arc::clone(&source));
            reports.truncate(1);
            verdict(reports)
        }));
    }
    for (index, scenario) in loaded.scenarios.iter().enumerate() {
        let test = format!("{name}::{}", escape::line(&scenario.name));
        let (checker, source) = (checker.clone(), Arc::clone(&source));
        let loaded = Arc::clone(&loaded);
        trials.push(Trial::test(test, move || {
            one(&checker, &source, &loaded, index)
        }));
    }
    trials
}

fn one(
    checker: &Checker,
    source: &Arc<Source>,
    loaded: &LoadedFile,
    index: usize,
) -> Result<(), Failed> {
    verdict(vec![checker.check_loaded(source, &loaded.scenarios[index])])
}

fn verdict(reports: Vec<ScenarioReport>) -> Result<(), Failed> {
    if reports.iter().all(|it| it.status == Status::Passed) {
        return Ok(());
    }
    Err(Failed::from(Report::new(reports).for_tests()))
}

/// A path relative to the package, with slashes on every system, safe to print.
fn shown(name: &str, package: &Path) -> String {
    let path = PathBuf::from(name);
    let inside = path.strip_prefix(package).unwrap_or(&path);
    let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
    escape::line(&parts.join("/").replace("//", "/")).into_owned()
}
