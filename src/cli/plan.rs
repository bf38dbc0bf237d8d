//! High arguments: what the program needs, made from what was typed.

use super::args::{
    Bounds, Chance, Checking, Memory, Printing, Reader, Runs, Select, Skip, Witness,
};
use super::failure::Failure;
use super::terminal::Looks;
use super::value::{Format, Kind};
use crate::base::Source;
use crate::checker::{Checker, Engine, Input, MemoryModel, Reduction, Repairs, Sampling, Strategy};
use crate::report::human::{Amount, Level, Style};
use std::path::{Path, PathBuf};

/// Columns of a page.
const WIDTH: usize = 100;

/// What `-` stands for, and the name it is reported under.
pub const STDIN: &str = "-";

/// The inputs that paths stand for; standard input is read here.
///
/// # Errors
///
/// If standard input is named twice.
pub fn inputs(paths: &[PathBuf]) -> Result<Vec<Input>, Failure> {
    let is_stdin = |path: &&PathBuf| path.as_path() == Path::new(STDIN);
    if paths.iter().filter(is_stdin).count() > 1 {
        return Err(Failure::new(
            "`-` is named twice, but standard input can be read once",
        ));
    }
    let each = paths.iter().map(|path| {
        if is_stdin(&path) {
            vec![Input::from_reader(STDIN, std::io::stdin().lock())]
        } else {
            Input::collect([path])
        }
    });
    Ok(each.flatten().collect())
}

/// The text of one file, or of standard input.
///
/// # Errors
///
/// If it cannot be read.
pub fn one_source(path: &Path) -> Result<Source, Failure> {
    let input = if path == Path::new(STDIN) {
        Input::from_reader(STDIN, std::io::stdin().lock())
    } else {
        Input::from_file(path)
    };
    input
        .into_source()
        .map_err(|error| Failure::unreadable(&error))
}

/// A checker for the scenarios chosen.
pub fn bounded(select: &Select, bounds: &Bounds) -> Checker {
    let mut checker = selecting(select);
    if let Some(states) = bounds.max_states {
        checker = checker.max_states(states.0);
    }
    if let Some(depth) = bounds.max_depth {
        checker = checker.max_depth(u32::try_from(depth.0).unwrap_or(u32::MAX));
    }
    if let Some(memory) = bounds.max_memory {
        checker = checker.max_memory(memory.0);
    }
    if let Some(timeout) = bounds.timeout {
        checker = checker.timeout(timeout.0);
    }
    let workers = match bounds.workers {
        Some(workers) => usize::try_from(workers.0).unwrap_or(WORKERS_MAX),
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    checker
        .workers(workers.min(WORKERS_MAX))
        .reduction(match bounds.reduction {
            Skip::None => Reduction::None,
            Skip::Safe => Reduction::Safe,
        })
}

/// A checker for the memory model chosen.
pub fn in_memory(memory: Option<Memory>, checker: Checker) -> Checker {
    match memory {
        None => checker,
        Some(Memory::Sc) => checker.memory(MemoryModel::Sc),
        Some(Memory::Gil) => checker.memory(MemoryModel::Gil),
    }
}

/// A checker for the runs chosen.
///
/// # Errors
///
/// If what was asked for is too much, or makes no sense together.
pub fn looking_at(runs: &Runs, checker: Checker) -> Result<Checker, Failure> {
    let engine = match runs.engine {
        Witness::Threadbare => None,
        Witness::Loom => Some(Engine::Loom),
        Witness::Shuttle => Some(Engine::Shuttle),
    };
    if let Some(engine) = engine {
        return Ok(with_witnesses(checker)?.engine(engine));
    }
    if let Some(bound) = runs.bound {
        return Ok(checker.few_switches(bound.0));
    }
    let Some(executions) = runs.random else {
        return Ok(checker);
    };
    if executions.0 > EXECUTIONS_MAX {
        return Err(Failure::new("--random is at most 1,000,000,000 executions")
            .help("with --timeout it stops at a time of its own"));
    }
    if runs.depth.is_some() && runs.scheduler != Chance::Pct {
        return Err(Failure::new("--depth is for `--scheduler pct` only")
            .help("to cut long executions off, there is --max-depth"));
    }
    Ok(checker.sample(Sampling {
        executions: executions.0,
        seed: runs.seed,
        scheduler: match runs.scheduler {
            Chance::Uniform => Strategy::Uniform,
            Chance::Pct => Strategy::Pct {
                depth: runs.depth.unwrap_or(PCT_DEPTH),
            },
            Chance::Pos => Strategy::Pos,
            Chance::Surw => Strategy::Surw,
            Chance::Pause => Strategy::Pause,
        },
    }))
}

/// A checker that runs other engines in processes of their own.
///
/// # Errors
///
/// If this build has none.
pub fn with_witnesses(checker: Checker) -> Result<Checker, Failure> {
    if !crate::bridge::IS_BUILT {
        return Err(Failure::new(crate::bridge::NotBuilt.to_string())
            .help("build it with them: `cargo install threadbare --features witnesses`"));
    }
    match std::env::current_exe() {
        Ok(executable) => Ok(checker.isolated(executable)),
        Err(error) => Err(Failure::new(format!(
            "cannot start an engine: where this program is was not told ({error})"
        ))),
    }
}

/// Executions that may be asked for.
const EXECUTIONS_MAX: u64 = 1_000_000_000;

/// The depth of bugs that pct looks for, if no other is given.
const PCT_DEPTH: u32 = 3;

/// More threads than this only wait for each other.
const WORKERS_MAX: usize = 256;

/// A checker without options about how far to search.
pub fn selecting(select: &Select) -> Checker {
    let mut checker = Checker::new();
    for name in &select.scenario {
        checker = checker.only(name);
    }
    for set in &select.set {
        checker = checker.set(&set.name, set.value);
    }
    if let Some(print) = select.print {
        checker = checker.splits_print(print == Printing::Split);
    }
    checker
}

/// How reports for people look.
pub fn style(looks: Looks) -> Style {
    Style {
        color: looks.color,
        ascii: looks.ascii,
        width: WIDTH,
        ..Style::default()
    }
}

/// For which findings repairs are looked for: those that are shown in full in a
/// format that says what to do. `n_inputs` is how many files there are.
pub fn repairs(args: &Checking, destinations: &Destinations, n_inputs: usize) -> Repairs {
    let mut kinds = destinations.files.iter().map(|(kind, _)| *kind);
    let shown = kinds.any(Kind::shows_repairs) || destinations.stdout.shows_repairs();
    if args.no_repairs || !shown {
        return Repairs::Never;
    }
    match n_inputs {
        _ if args.verbose => Repairs::Always,
        1 => Repairs::Alone,
        _ => Repairs::Failing,
    }
}

/// How the report of `check` looks.
pub fn check_style(args: &Checking, looks: Looks) -> Style {
    let style = reader_style(args.level, args.verbose, looks);
    if args.quiet {
        return Style {
            amount: Amount::Quiet,
            ..style
        };
    }
    style
}

/// How a report for a reader looks.
pub fn reader_style(reader: Reader, verbose: bool, looks: Looks) -> Style {
    Style {
        level: match reader {
            Reader::Beginner => Level::Beginner,
            Reader::Normal => Level::Normal,
            Reader::Expert => Level::Expert,
        },
        amount: if verbose {
            Amount::Verbose
        } else {
            Amount::Normal
        },
        ..style(looks)
    }
}

/// Where the report goes, and in which formats.
#[derive(Debug)]
pub struct Destinations {
    /// The format on standard output.
    pub stdout: Kind,
    /// Files with their formats.
    pub files: Vec<(Kind, PathBuf)>,
}

/// Sorts the formats by where they go; without one for standard output people
/// read there.
///
/// # Errors
///
/// If two go to the same place.
pub fn destinations(formats: &[Format]) -> Result<Destinations, Failure> {
    let mut stdout = None;
    let mut files: Vec<(Kind, PathBuf)> = Vec::new();
    for format in formats {
        match &format.file {
            None if stdout.is_some() => {
                return Err(Failure::new("two formats for standard output")
                    .help("write one of them to a file, as in `--format json=report.json`"));
            }
            None => stdout = Some(format.kind),
            Some(file) if files.iter().any(|(_, known)| known == file) => {
                let file = file.display();
                return Err(Failure::new(format!("two formats for the file `{file}`")));
            }
            Some(file) => files.push((format.kind, file.clone())),
        }
    }
    Ok(Destinations {
        stdout: stdout.unwrap_or(Kind::Human),
        files,
    })
}
