//! Tidiness: headers, lengths, and for every rule an explanation, a scenario
//! that shows it and a repaired twin.
//!
//! Exceptions are listed here with their reasons, and only as long as they are
//! needed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use threadbare::analysis::Rule;
use threadbare::checker::Checker;
use threadbare::guide;
use threadbare::report::Status;

/// Lines that one source file may have.
const LINES_MAX: usize = 600;

/// Files that are longer, and why.
const LONG: &[(&str, &str)] = &[];

/// Rules without a scenario of their own, and why.
const WITHOUT_SCENARIO: &[(&str, &str)] = &[];

/// Scenarios with a bug and without a repaired twin, and why.
const WITHOUT_TWIN: &[(&str, &str)] = &[];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the crate can be read") {
            let path = entry.expect("a folder's entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A path below the crate, with `/` on every system.
fn shown(path: &Path) -> String {
    let path = path.strip_prefix(root()).expect("found below the crate");
    let parts = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

fn sources() -> Vec<PathBuf> {
    let folders = ["src", "tests", "benches"].map(|folder| root().join(folder));
    let folders = folders.iter().filter(|folder| folder.is_dir());
    folders.flat_map(|folder| files(folder, "rs")).collect()
}

/// Checks a list of exceptions: each must still be one.
#[track_caller]
fn assert_needed(exceptions: &[(&str, &str)], needed: impl Fn(&str) -> bool) {
    for (name, reason) in exceptions {
        assert!(
            needed(name),
            "the exception for {name} ({reason}) is not needed any more"
        );
    }
}

#[test]
fn every_source_file_opens_with_what_it_is() {
    for path in sources() {
        let text = fs::read_to_string(&path).expect("a source can be read");
        let opens = text.starts_with("//!") || text.starts_with("#![doc");
        assert!(opens, "{} does not begin with `//!`", shown(&path));
    }
}

#[test]
fn no_source_file_is_a_giant() {
    let mut long = Vec::new();
    for path in sources() {
        let text = fs::read_to_string(&path).expect("a source can be read");
        let n_lines = text.lines().count();
        if n_lines > LINES_MAX {
            long.push((shown(&path), n_lines));
        }
    }
    assert_needed(LONG, |name| long.iter().any(|(path, _)| path == name));
    long.retain(|(path, _)| LONG.iter().all(|(name, _)| path != name));
    assert!(
        long.is_empty(),
        "more than {LINES_MAX} lines: what is the second idea in {long:?}?"
    );
}

/// For each scenario with a bug or a warning: its file, and the codes it shows.
fn library() -> BTreeMap<String, Vec<String>> {
    let report = Checker::new().check_path(root().join("scenarios"));
    let mut shows: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for scenario in &report.scenarios {
        let file = shown(&root().join(scenario.source.name()));
        let codes = shows.entry(file).or_default();
        if scenario.status == Status::Passed {
            let asked_for = scenario.findings.iter();
            let asked_for = asked_for.filter(|finding| finding.expected);
            codes.extend(asked_for.map(|finding| finding.code.to_string()));
        }
        codes.extend(scenario.allowed.iter().map(|it| it.code.to_string()));
    }
    shows
}

fn is_wrong_on_purpose(file: &str) -> bool {
    !file.starts_with("scenarios/clean/") && !file.starts_with("scenarios/lessons/")
}

#[test]
fn every_rule_has_a_page_and_a_scenario() {
    let library = library();
    let shown_by = |code: &str| {
        let mut files = library.iter();
        files.any(|(file, codes)| is_wrong_on_purpose(file) && codes.iter().any(|it| it == code))
    };
    assert_needed(WITHOUT_SCENARIO, |code| !shown_by(code));
    let mut missing = Vec::new();
    for code in Rule::ALL.map(Rule::code) {
        assert!(
            guide::explain(code).is_some(),
            "{code} has no page in src/guide/codes"
        );
        let excused = WITHOUT_SCENARIO.iter().any(|&(name, _)| name == code);
        if !excused && !shown_by(code) {
            missing.push(code);
        }
    }
    assert!(
        missing.is_empty(),
        "no scenario in scenarios/ shows {missing:?}"
    );
}

/// The folder of the tutorials also holds programs that are right; elsewhere a
/// scenario outside `clean/` is wrong on purpose.
#[test]
fn every_scenario_with_a_bug_has_a_repaired_twin() {
    let all: Vec<String> = files(&root().join("scenarios"), "tb")
        .iter()
        .map(|path| shown(path))
        .collect();
    let twin = |file: &str| {
        let name = file.rsplit('/').next().unwrap_or(file);
        format!("scenarios/clean/{name}")
    };
    let library = library();
    let is_right = |file: &str| {
        let codes = library.get(file);
        file.starts_with("scenarios/tutorials/") && codes.is_none_or(Vec::is_empty)
    };
    assert_needed(WITHOUT_TWIN, |file| !all.contains(&twin(file)));
    for file in all.iter().filter(|file| is_wrong_on_purpose(file)) {
        if is_right(file) {
            continue;
        }
        let excused = WITHOUT_TWIN.iter().any(|(name, _)| name == file);
        assert!(
            excused || all.contains(&twin(file)),
            "{file} has no repaired twin {}",
            twin(file)
        );
    }
}
