//! The floors of the house: a module uses only floors below its own.
//!
//! Read off the sources: every `crate::name` outside of comments counts, in
//! `use` lines and elsewhere. The map in `src/lib.rs` shows the same floors.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Floor and module.
const FLOORS: [(u8, &str); 19] = [
    (0, "base"),
    (1, "hir"),
    (1, "program"),
    (2, "syntax"),
    (2, "compile"),
    (2, "semantics"),
    (2, "generate"),
    (3, "trace"),
    (4, "bridge"),
    (4, "explore"),
    (5, "analysis"),
    (6, "report"),
    (6, "export"),
    (6, "guide"),
    (6, "repair"),
    (7, "checker"),
    (8, "testing"),
    (8, "survive"),
    (8, "cli"),
];

fn floor(module: &str) -> Option<u8> {
    let mut floors = FLOORS.iter();
    floors
        .find(|&&(_, name)| name == module)
        .map(|&(floor, _)| floor)
}

fn rust_files(dir: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(dir)
        .expect("a folder of the crate can be read")
        .map(|entry| entry.expect("a folder's entry can be read").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            files.push(path);
        }
    }
}

/// The top-level module that a file below `src` belongs to.
fn module_of(path: &Path) -> String {
    let first = path.components().next().expect("a file has a name");
    let name = first.as_os_str().to_string_lossy();
    name.trim_end_matches(".rs").to_owned()
}

/// The names behind `crate::` in a line of code, also inside `crate::{…}`.
fn uses(line: &str) -> Vec<&str> {
    let code = line.split("//").next().unwrap_or_default();
    let starts = code
        .match_indices("crate::")
        .map(|(at, word)| &code[at + word.len()..]);
    starts
        .flat_map(|rest| {
            let list = rest.strip_prefix('{').and_then(|it| it.split('}').next());
            list.unwrap_or(rest)
                .split(if list.is_some() { ',' } else { '\0' })
                .map(|name| {
                    let name = name.trim_start();
                    let end = name.find(|c: char| !c.is_alphanumeric() && c != '_');
                    &name[..end.unwrap_or(name.len())]
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn a_module_uses_only_floors_below_its_own() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let mut wrong = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for path in files {
        let relative = path.strip_prefix(&src).expect("found below src");
        let module = module_of(relative);
        if module == "lib" || module == "main" {
            continue;
        }
        seen.insert(module.clone());
        let text = fs::read_to_string(&path).expect("a source can be read");
        for (index, line) in text.lines().enumerate() {
            for used in uses(line).into_iter().filter(|used| *used != module) {
                let (Some(here), Some(there)) = (floor(&module), floor(used)) else {
                    continue;
                };
                if there >= here {
                    let at = format!("src/{}:{}", relative.display(), index + 1);
                    wrong.insert(format!(
                        "{at}: `{module}` (floor {here}) uses `{used}` (floor {there})"
                    ));
                }
            }
        }
    }
    for module in seen {
        assert!(
            floor(&module).is_some(),
            "`{module}` has no floor: add it to tests/layers.rs and to the map in src/lib.rs"
        );
    }
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(
        wrong.is_empty(),
        "a module may use only floors below its own\n{}",
        wrong.join("\n")
    );
}

#[test]
fn the_map_in_lib_rs_shows_the_same_floors() {
    let map = include_str!("../src/lib.rs");
    for line in map.lines() {
        let mut cells = line.split('|').map(str::trim).skip(1);
        let row = (cells.next(), cells.next());
        let (Some(number), Some(name)) = row else {
            continue;
        };
        let (Ok(number), Some(name)) = (number.parse(), name.strip_prefix("[`")) else {
            continue;
        };
        let name = name.trim_end_matches("`]");
        assert_eq!(
            floor(name),
            Some(number),
            "the floor of `{name}` in the map"
        );
    }
    for line in map.lines().filter_map(|line| line.strip_prefix("pub mod ")) {
        let name = line.trim_end_matches(';');
        assert!(
            map.contains(&format!("| [`{name}`] |")),
            "`{name}` is missing in the map"
        );
    }
}

#[test]
fn uses_are_found_wherever_they_stand() {
    assert_eq!(uses("use crate::base::Span;"), ["base"]);
    assert_eq!(
        uses("    let a: crate::hir::Type = crate::hir::Type::Int;"),
        ["hir", "hir"]
    );
    assert_eq!(uses("use crate::{base, hir::Type};"), ["base", "hir"]);
    assert!(uses("//! as crate::cli does").is_empty());
}
