//! A scenario as a Rust test, with the author's names.
//!
//! Shared variables and objects become the fields of a `World`, every body a
//! function, every declared thread a thread, `finally assert` and `outcomes` come
//! after all of them were joined. A plain variable becomes an atomic whose reads
//! and writes are steps of their own: safe Rust has no data races, so what can be
//! seen of one is what it does to values.
//!
//! **Deliberately absent:** what these libraries cannot say: time-outs, choices,
//! waiting for a condition on memory, exceptions, executors.

mod body;
mod expr;
mod prelude;
mod world;

use super::{Refused, identifier};
use crate::hir::{ExpectKind, Scenario};
use prelude::{Need, prelude};
use std::collections::BTreeSet;

/// What a test is written for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Library {
    /// The standard library: real threads, run often.
    Std,
    /// loom: all executions, at most four threads.
    Loom,
    /// shuttle: executions one after the other, depth first.
    Shuttle,
}

impl Library {
    /// The crate's name, and the word of the option `--for`.
    pub fn name(self) -> &'static str {
        match self {
            Library::Std => "std",
            Library::Loom => "loom",
            Library::Shuttle => "shuttle",
        }
    }
}

/// Threads that loom runs besides the first.
const LOOM_THREADS_MAX: usize = 4;

/// A Rust file with a test for each scenario, in modules of their names.
///
/// # Errors
///
/// The first construct that cannot be written.
pub fn rust(scenarios: &[&Scenario], file: &str, library: Library) -> Result<String, Refused> {
    let mut needs = BTreeSet::new();
    let mut modules = String::new();
    let mut names = BTreeSet::new();
    for scenario in scenarios {
        let mut name = safe(&snake(&scenario.name));
        while !names.insert(name.clone()) {
            name.push('_');
        }
        let mut writer = Writer {
            scenario,
            library,
            needs: &mut needs,
            out: String::new(),
            depth: 1,
            scope: body::Scope::default(),
        };
        writer.scenario()?;
        let text = writer.out;
        modules += &format!("\nmod {name} {{\n    use super::*;\n{text}}}\n");
    }
    let needs: Vec<Need> = needs.into_iter().collect();
    let krate = library.name();
    let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let file: String = file.chars().filter(|c| !c.is_control()).collect();
    Ok(format!(
        "//! Made from {file} by `threadbare export rust --for {krate}`.\n\n\
         #![allow(unused, clippy::all)]\n\n{}{modules}",
        prelude(library, &needs)
    ))
}

/// Writes one scenario.
struct Writer<'a> {
    scenario: &'a Scenario,
    library: Library,
    needs: &'a mut BTreeSet<Need>,
    out: String,
    depth: usize,
    /// Of the function under way.
    scope: body::Scope,
}

impl Writer<'_> {
    fn line(&mut self, text: &str) {
        if !text.is_empty() {
            self.out += &"    ".repeat(self.depth);
            self.out += text;
        }
        self.out.push('\n');
    }

    fn open(&mut self, text: &str) {
        self.line(text);
        self.depth += 1;
    }

    fn close(&mut self, text: &str) {
        self.depth -= 1;
        self.line(text);
    }

    fn scenario(&mut self) -> Result<(), Refused> {
        let scenario = self.scenario;
        for definition in &scenario.enums {
            self.line("");
            for (number, variant) in definition.variants.iter().enumerate() {
                let name = constant(&definition.name, variant);
                self.line(&format!("const {name}: i64 = {number};"));
            }
        }
        self.world()?;
        for (index, function) in scenario.functions.iter().enumerate() {
            self.function(index, function)?;
        }
        self.run()?;
        self.test();
        Ok(())
    }

    fn test(&mut self) {
        let library = self.library;
        let scenario = self.scenario;
        let (mut seen, mut unseen) = (Vec::new(), Vec::new());
        for expect in &scenario.expects {
            if let ExpectKind::Finding { kind, .. } = &expect.kind {
                let panics = PANICS.contains(&kind.as_str());
                if panics { &mut seen } else { &mut unseen }.push((kind.as_str(), &expect.text));
            }
        }
        self.line("");
        for line in scenario.description.lines() {
            let line: String = line.chars().filter(|c| !c.is_control()).collect();
            self.line(format!("/// {line}").trim_end());
        }
        for (_, text) in &unseen {
            let name = library.name();
            self.line(&format!("// Not seen by {name}: expect {text}"));
        }
        self.line("#[test]");
        let hangs = seen
            .iter()
            .any(|(kind, _)| ["deadlock", "lost_signal"].contains(kind));
        match (library, seen.is_empty()) {
            (_, true) => {}
            (Library::Std, false) if hangs => {
                self.line("#[ignore = \"it can deadlock, and then it does not end\"]");
            }
            (Library::Std, false) => self.line("#[ignore = \"it fails, but only now and then\"]"),
            (_, false) if seen.iter().all(|(kind, _)| *kind == "deadlock") => {
                self.line("#[should_panic(expected = \"deadlock\")]");
            }
            (_, false) => self.line("#[should_panic]"),
        }
        self.open("fn test() {");
        match library {
            Library::Std => {
                self.open("for _ in 0..100 {");
                self.line("run();");
                self.close("}");
            }
            Library::Loom => self.line("loom::model::Builder::new().check(run);"),
            Library::Shuttle => self.line("shuttle::check_dfs(run, Some(200_000));"),
        }
        self.close("}");
    }
}

/// Kinds of findings that make a test panic, where it can be exported.
const PANICS: &[&str] = &[
    "deadlock",
    "lost_signal",
    "assert",
    "finally",
    "outcomes",
    "overflow",
    "bounds",
    "div_zero",
    "misuse",
    "swallowed",
    "raise",
];

/// Words that Rust keeps for itself, or that the written file uses.
const RESERVED: &[&str] = &[
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "self", "spawn", "static", "struct", "super", "thread", "trait", "true",
    "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "w", "where", "while", "yield",
    "run", "test", "end", "place", "std", "loom", "shuttle",
];

/// The author's name as a name of Rust.
fn safe(name: &str) -> String {
    let name = identifier(name);
    if RESERVED.contains(&name.as_str()) {
        name + "_"
    } else {
        name
    }
}

/// `Lost update!` as `lost_update`.
fn snake(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join("_").to_lowercase()
}

/// The constant for a variant of an enum.
fn constant(name: &str, variant: &str) -> String {
    format!("{}_{}", identifier(name), identifier(variant)).to_uppercase()
}
