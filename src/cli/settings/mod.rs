//! Settings from a `threadbare.toml`: what holds where nothing else was typed.
//!
//! The file is looked for upwards from the files named, so that a report does
//! not depend on the current folder. Each key is a long option of the command
//! line and is added to what was typed unless it was typed itself: so one option has
//! one name, one check and one message, and what was typed wins.
//!
//! **Invariant:** a settings file is data. It names no file to write, no path
//! outside its folder, and no more memory than the program would take by itself;
//! whoever checks a stranger's folder risks nothing by it.

mod find;
mod keys;

use super::args::{Command, Typed};
use super::failure::Failure;
use super::output::{complain, note};
use super::plan::style;
use super::terminal::Looks;
use super::value::Setting;
use crate::report::human::diagnostic;
use clap::{ArgMatches, CommandFactory, FromArgMatches};
use std::ffi::OsString;
use std::path::PathBuf;

/// Why there is nothing to run.
pub enum Stop {
    /// Help, or what is wrong with what was typed.
    Usage(clap::Error),
    /// What is wrong with the settings.
    Settings(Failure),
    /// What is wrong with the settings was said already.
    Said,
}

impl From<clap::Error> for Stop {
    fn from(error: clap::Error) -> Self {
        Self::Usage(error)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Settings(failure)
    }
}

/// What was typed, completed by the settings file that applies.
///
/// # Errors
///
/// If either is wrong.
pub fn complete(argv: &[OsString]) -> Result<Typed, Stop> {
    let (typed, matches) = parse(argv)?;
    let Some(start) = find::starts(&typed.command) else {
        return Ok(typed);
    };
    let Some(file) = find::file(&typed.defaults, &start)? else {
        return with_paths(typed, Vec::new());
    };
    let source = find::read(&file)?;
    let looks = Looks::new(&typed.look);
    let settings = match keys::read(&source) {
        Ok(settings) => settings,
        Err(mistakes) => {
            for mistake in &mistakes {
                complain(&diagnostic(mistake, &source, &style(looks.on_stderr())));
            }
            return Err(Stop::Said);
        }
    };
    let extra = untyped(&settings, &matches);
    let mut argv = argv.to_vec();
    // Behind `--` they would be paths.
    let end = argv.iter().position(|word| word == "--");
    let end = end.unwrap_or(argv.len());
    argv.splice(end..end, extra);
    let (typed, _) = parse(&argv)?;
    if is_verbose(&typed.command) {
        note(&format!("settings from {}", source.name()));
    }
    with_paths(typed, find::paths(&file, &settings.paths, &source)?)
}

fn parse(argv: &[OsString]) -> Result<(Typed, ArgMatches), clap::Error> {
    let matches = Typed::command().try_get_matches_from(argv)?;
    Ok((Typed::from_arg_matches(&matches)?, matches))
}

/// The settings that the command knows and that were not typed, as arguments.
fn untyped(settings: &keys::Settings, matches: &ArgMatches) -> Vec<OsString> {
    let Some((name, given)) = matches.subcommand() else {
        return Vec::new();
    };
    let command = Typed::command();
    let known = |key: &str| {
        let sub = command.find_subcommand(name);
        let own = sub.into_iter().flat_map(clap::Command::get_arguments);
        let mut all = own.chain(command.get_arguments());
        all.any(|arg| arg.get_long() == Some(key))
    };
    let was_typed = |key: &str| {
        let id = key.replace('-', "_");
        let source = given.try_contains_id(&id).ok().and(given.value_source(&id));
        source == Some(clap::parser::ValueSource::CommandLine)
    };
    // The formats of pictures are others than those of reports.
    let fits = |key: &str| key != "format" || matches!(name, "check" | "watch");
    let options = settings.options.iter();
    let options = options.filter(|(key, _)| fits(key) && known(key) && !was_typed(key));
    let mut extra: Vec<String> = options
        .map(|(key, value)| format!("--{key}={value}"))
        .collect();
    if known("set") {
        let typed = given.get_many::<Setting>("set").into_iter().flatten();
        let typed: Vec<&str> = typed.map(|set| set.name.as_str()).collect();
        let sets = settings
            .sets
            .iter()
            .filter(|(name, _)| !typed.contains(&name.as_str()));
        extra.extend(sets.map(|(name, value)| format!("--set={name}={value}")));
    }
    extra.into_iter().map(OsString::from).collect()
}

fn is_verbose(command: &Command) -> bool {
    match command {
        Command::Check(args) => args.checking.verbose,
        Command::Watch(args) => args.verbose,
        Command::Replay(args) => args.verbose,
        _ => false,
    }
}

/// Where no path was typed, those of the settings.
fn with_paths(mut typed: Typed, from_file: Vec<PathBuf>) -> Result<Typed, Stop> {
    let paths = match &mut typed.command {
        Command::Check(args) => &mut args.checking.paths,
        Command::Watch(args) => &mut args.paths,
        Command::List(args) => &mut args.paths,
        Command::Fmt(args) => &mut args.paths,
        _ => return Ok(typed),
    };
    if paths.is_empty() {
        *paths = from_file;
    }
    if paths.is_empty() {
        return Err(
            Failure::new("no PATH: name a file or a folder, or `-` for standard input")
                .help("or write `paths = [\"scenarios\"]` into a threadbare.toml")
                .into(),
        );
    }
    Ok(typed)
}
