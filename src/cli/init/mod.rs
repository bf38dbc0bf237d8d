//! `threadbare init`: a first scenario, its test, settings, and a workflow for
//! the build server, in a crate.
//!
//! **Invariant:** a file that is there is never touched, and nothing but new files
//! is written; what the manifest lacks is said, for `cargo add` to do.

use super::args::InitArgs;
use super::failure::Failure;
use super::output::Out;
use super::save::save_new;
use super::status::Exit;
use crate::report::escape;
use std::fmt::Write as _;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// What is written, and where in the crate.
const FILES: [(&str, &str); 4] = [
    ("scenarios/first.tb", include_str!("first.tb")),
    ("tests/scenarios.rs", include_str!("scenarios.rs.txt")),
    ("threadbare.toml", include_str!("threadbare.toml")),
    (
        ".github/workflows/scenarios.yml",
        include_str!("scenarios.yml"),
    ),
];

/// Writes what is not there yet, and says what to do next.
///
/// # Errors
///
/// If the folder holds no crate, or a file cannot be written.
pub fn run(args: &InitArgs) -> Result<Exit, Failure> {
    let here = args.folder.as_deref().unwrap_or(Path::new("."));
    let is_known = depends_on_us(here)?;
    let mut text = String::new();
    for (name, content) in FILES {
        let path: PathBuf = args
            .folder
            .as_ref()
            .map_or_else(|| name.into(), |here| here.join(name));
        let written = std::fs::create_dir_all(path.parent().unwrap_or(here))
            .and_then(|()| save_new(&path, content));
        let word = match written {
            Ok(()) => "wrote",
            Err(error) if error.kind() == ErrorKind::AlreadyExists => "kept ",
            Err(error) => return Err(Failure::write(&path, &error)),
        };
        let _ = writeln!(
            text,
            "{word}  {}",
            escape::line(&path.display().to_string())
        );
    }
    text += &next(args.folder.as_deref(), is_known);
    Out::new().print(&text)?;
    Ok(Exit::Met)
}

fn next(folder: Option<&Path>, is_known: bool) -> String {
    let mut steps = Vec::new();
    if let Some(here) = folder {
        steps.push(format!("cd {}", escape::line(&here.display().to_string())));
    }
    if !is_known {
        steps.push("cargo add --dev threadbare      # of a checkout: cargo add --dev --path CHECKOUT threadbare".to_owned());
    }
    steps.push("cargo test --test scenarios".to_owned());
    steps.push("threadbare watch                # checks again whenever you save".to_owned());
    let lines: Vec<String> = steps.iter().map(|step| format!("  {step}\n")).collect();
    format!(
        "\nnext:\n{}\nThe scenario stands for nothing of yours yet. Put the part of your program into it \
         that worries you:\n`threadbare explain tutorial` shows how.\n",
        lines.concat()
    )
}

/// Whether the crate in a folder depends on us already.
fn depends_on_us(folder: &Path) -> Result<bool, Failure> {
    let manifest = folder.join("Cargo.toml");
    let shown = manifest.display();
    let text = std::fs::read_to_string(&manifest).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::new(format!("there is no `{shown}`, so this is no crate"))
            .help("name the folder of one, or make one first with `cargo new --lib NAME`"),
        _ => Failure::new(format!("cannot read `{shown}`: {error}")),
    })?;
    let table = DeTable::parse(&text)
        .map_err(|error| Failure::new(format!("`{shown}` is not TOML: {}", error.message())))?;
    let table = table.get_ref();
    if !table.contains_key("package") {
        return Err(
            Failure::new(format!("`{shown}` describes a workspace, not a crate"))
                .help("name the folder of one of its crates, as in `threadbare init crates/core`"),
        );
    }
    let has = |section: &str| {
        let section = table.get(section).and_then(|it| it.get_ref().as_table());
        section.is_some_and(|it| it.contains_key("threadbare"))
    };
    Ok(has("dev-dependencies") || has("dependencies"))
}
