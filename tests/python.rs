//! Scenarios against a real Python: each program in `tests/python` is run many
//! times, and whatever it was seen to do is among the outcomes that Threadbare
//! lists for the scenario of the same name.
//!
//! The other direction is not asked: a run shows few of all possible orders, and
//! none of those that the interpreter at hand happens to avoid.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;
use threadbare::checker::Checker;
use threadbare::report::{Status, Value};

/// Seconds for which each program is run again and again, unless
/// `THREADBARE_PYTHON_SECONDS` says otherwise: what is rare needs many runs.
const SECONDS: &str = "0.2";

/// Programs that run at the same time; they sleep most of the time.
const AT_ONCE: usize = 4;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python")
}

/// The programs, without the driver: paths without extension.
fn programs() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).expect("a folder of the crate can be read");
    let paths = entries.map(|entry| entry.expect("an entry can be read").path());
    let mut programs: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|it| it == "py"))
        .map(|path| path.with_extension(""))
        .filter(|path| !path.ends_with("driver"))
        .collect();
    programs.sort();
    programs
}

/// A Python that has all that the programs use: `asyncio.run`, and processes
/// by fork.
fn has_python() -> bool {
    let asks = "import asyncio, concurrent.futures, multiprocessing, sys; \
                multiprocessing.get_context('fork'); \
                sys.exit(sys.version_info < (3, 10))";
    let answer = Command::new("python3").args(["-c", asks]).output();
    answer.is_ok_and(|it| it.status.success())
}

fn run(program: &Path) -> Output {
    let seconds = std::env::var("THREADBARE_PYTHON_SECONDS");
    Command::new("python3")
        .arg(folder().join("driver.py"))
        .arg(program.with_extension("py"))
        .arg(seconds.as_deref().unwrap_or(SECONDS))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("python3 was found a moment ago")
}

/// What the scenario beside a program can print, in the form of the driver.
fn listed(program: &Path) -> BTreeSet<String> {
    let report = Checker::new().check_path(program.with_extension("tb"));
    let [scenario] = report.scenarios.as_slice() else {
        panic!("one scenario beside {}", program.display());
    };
    assert_eq!(scenario.status, Status::Passed, "{}", program.display());
    let outcomes = scenario.outcomes.as_ref().expect("it observes `print`");
    let line = |value: &Value| match value {
        Value::Text(line) => line.clone(),
        other => panic!("not a printed line: {other:?}"),
    };
    let transcript = |value: &Value| match value {
        Value::List(lines) => lines.iter().map(line).collect::<Vec<_>>().join(" | "),
        other => panic!("not what is printed: {other:?}"),
    };
    let rows = outcomes.rows.iter();
    rows.map(|row| transcript(&row.values[0])).collect()
}

/// What is wrong with a program and its scenario, in words.
fn complaint(program: &Path) -> Option<String> {
    let name = program.file_name()?.to_string_lossy();
    let output = run(program);
    let text = String::from_utf8_lossy(&output.stdout);
    let seen: BTreeSet<String> = text.lines().map(str::to_owned).collect();
    if !output.status.success() || seen.is_empty() {
        return Some(format!(
            "{name}: {}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    let listed = listed(program);
    println!("{name}: {} of {} outcomes seen", seen.len(), listed.len());
    let unlisted: Vec<&String> = seen.difference(&listed).collect();
    (!unlisted.is_empty())
        .then(|| format!("{name}: Python did {unlisted:?}, listed are {listed:?}"))
}

#[test]
fn whatever_python_does_is_listed() {
    if !has_python() {
        println!("skipped: no python3 of version 3.10 or later");
        return;
    }
    let mut complaints = Vec::new();
    for some in programs().chunks(AT_ONCE) {
        thread::scope(|scope| {
            let running: Vec<_> = some
                .iter()
                .map(|program| scope.spawn(|| complaint(program)))
                .collect();
            for one in running {
                complaints.extend(one.join().expect("no complaint panics"));
            }
        });
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn every_program_has_a_scenario_and_the_other_way_round() {
    let entries = fs::read_dir(folder()).expect("a folder of the crate can be read");
    let n_scenarios = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().extension().is_some_and(|it| it == "tb"))
        .count();
    assert_eq!(n_scenarios, programs().len());
    for program in programs() {
        assert!(!listed(&program).is_empty(), "{}", program.display());
    }
}
