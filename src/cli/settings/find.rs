//! Which settings file applies, and which paths it names.

use super::super::args::{Command, Defaults};
use super::super::failure::Failure;
use super::super::plan::STDIN;
use super::keys::Named;
use crate::base::Source;
use crate::checker::Input;
use std::path::{Component, Path, PathBuf};

/// The name of the file.
const NAME: &str = "threadbare.toml";

/// The folders to begin in: those of the files named; `None` for commands that
/// take no settings.
pub fn starts(command: &Command) -> Option<Vec<PathBuf>> {
    let paths = match command {
        Command::Check(args) => &args.checking.paths,
        Command::Watch(args) => &args.paths,
        Command::List(args) => &args.paths,
        Command::Fmt(args) => &args.paths,
        Command::Replay(args) => std::slice::from_ref(&args.file),
        Command::Graph(args) => std::slice::from_ref(&args.file),
        _ => return None,
    };
    let here = || PathBuf::from(".");
    let mut starts: Vec<PathBuf> = paths
        .iter()
        .map(|path| match path {
            _ if path == Path::new(STDIN) => here(),
            _ if path.is_dir() => path.clone(),
            _ => match path.parent() {
                Some(folder) if folder != Path::new("") => folder.to_owned(),
                _ => here(),
            },
        })
        .collect();
    if starts.is_empty() {
        starts.push(here());
    }
    Some(starts)
}

/// The file that applies, by the name it is shown under.
///
/// # Errors
///
/// If the files named are below different ones.
pub fn file(defaults: &Defaults, starts: &[PathBuf]) -> Result<Option<PathBuf>, Failure> {
    if defaults.no_config {
        return Ok(None);
    }
    if let Some(file) = &defaults.config {
        return Ok(Some(file.clone()));
    }
    let mut found: Vec<Option<PathBuf>> = starts.iter().map(|start| upwards(start)).collect();
    found.dedup_by(|one, other| same(one.as_deref(), other.as_deref()));
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [one, other, ..] => {
            let shown = |file: &Option<PathBuf>| match file {
                Some(file) => format!("`{}`", file.display()),
                None => "none".to_owned(),
            };
            let message = format!(
                "the files named have different settings: {} and {}",
                shown(one),
                shown(other)
            );
            Err(Failure::new(message).help(
                "check them one after the other, or choose with `--config FILE` or `--no-config`",
            ))
        }
        [] => Ok(None),
    }
}

fn same(one: Option<&Path>, other: Option<&Path>) -> bool {
    let real = |file: Option<&Path>| file.map(|file| file.canonicalize());
    match (real(one), real(other)) {
        (Some(Ok(one)), Some(Ok(other))) => one == other,
        (None, None) => true,
        _ => false,
    }
}

/// The next one from a folder upwards. A repository ends the search, so that
/// nobody else's file above it applies.
fn upwards(start: &Path) -> Option<PathBuf> {
    let absolute = start.canonicalize().ok()?;
    let mut shown = start.to_owned();
    for (n, folder) in absolute.ancestors().enumerate() {
        if n > 0 {
            shown = up(&shown);
        }
        let file = folder.join(NAME);
        if file.is_file() {
            return Some(match shown.as_path() {
                here if here == Path::new(".") => PathBuf::from(NAME),
                folder => folder.join(NAME),
            });
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

/// The folder above, in the words in which the one below was named.
fn up(folder: &Path) -> PathBuf {
    match folder.components().next_back() {
        Some(Component::Normal(_)) if !folder.is_symlink() => match folder.parent() {
            Some(above) if above != Path::new("") => above.to_owned(),
            _ => PathBuf::from("."),
        },
        Some(Component::CurDir) | None => PathBuf::from(".."),
        _ => folder.join(".."),
    }
}

/// Reads it.
///
/// # Errors
///
/// If it is no file, too large, or no text.
pub fn read(file: &Path) -> Result<Source, Failure> {
    let source = Input::from_file(file).into_source();
    source.map_err(|error| Failure::unreadable(&error))
}

/// The paths that a settings file names, as seen from the current folder.
///
/// # Errors
///
/// If one lies outside the file's folder.
pub fn paths(file: &Path, named: &[Named], source: &Source) -> Result<Vec<PathBuf>, Failure> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let root = if folder == Path::new("") {
        Path::new(".")
    } else {
        folder
    };
    let mut paths = Vec::new();
    for Named { text, span } in named {
        let path = folder.join(text);
        let is_inside = match (path.canonicalize(), root.canonicalize()) {
            (Ok(path), Ok(root)) => path.starts_with(root),
            // What is not there is said when it is its turn.
            _ => true,
        };
        if !is_inside {
            let line = source.position(span.start).line;
            let message = format!(
                "{}:{line}: `{text}` lies outside the folder of the settings",
                source.name()
            );
            return Err(Failure::new(message).help(
                "a settings file names only paths below its own folder; others can be typed",
            ));
        }
        paths.push(path);
    }
    Ok(paths)
}
