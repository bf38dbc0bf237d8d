//! Low arguments: what was typed, with each option's name and help text.
//!
//! **Deliberately absent:** what follows from it. `plan` turns these into what
//! the program needs.

use super::value::{Bytes, Count, Format, Setting, Span, Switches};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// A deterministic concurrency bug checker: explores every interleaving of a
/// small concurrent program and explains what goes wrong.
#[derive(Parser, Debug)]
#[command(name = "threadbare", version, arg_required_else_help = true)]
#[command(after_help = "\
Exit status:
  0    every scenario met its expectations
  1    a finding that was not expected, or an expectation that was not met
  2    usage, syntax or file error
  3    inconclusive: a limit stopped the search
  101  internal error
  130  interrupted (143: terminated), after the partial report was printed")]
pub struct Typed {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How it looks.
    #[command(flatten)]
    pub look: Look,
    /// What holds where nothing else was typed.
    #[command(flatten)]
    pub defaults: Defaults,
}

/// Where the settings come from, for commands that take files.
#[derive(Args, Debug)]
pub struct Defaults {
    /// Take settings from this file [default: the next threadbare.toml upwards from the files named]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Take no settings from a file
    #[arg(long, global = true, conflicts_with = "config")]
    pub no_config: bool,
}

/// Options of every command about how its output looks.
#[derive(Args, Debug)]
pub struct Look {
    /// Colours; auto means on a terminal, and honours NO_COLOR and CLICOLOR
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: When,
    /// Write ASCII only; other characters are shown as \u{…}
    #[arg(long, global = true, value_name = "BOOL", default_value = "false")]
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[arg(action = clap::ArgAction::Set, hide_default_value = true, hide_possible_values = true)]
    pub ascii: bool,
}

/// When to do something that depends on the terminal.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub enum When {
    /// If it is a terminal that can.
    Auto,
    /// In any case.
    Always,
    /// In no case.
    Never,
}

/// The commands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Check scenarios against their expectations
    Check(CheckArgs),
    /// Check scenarios, and check again what changes, until Ctrl-C
    Watch(Checking),
    /// Begin: a first scenario, its test, and a workflow for the build server, in a crate
    Init(InitArgs),
    /// Show one execution again, step by step
    Replay(ReplayArgs),
    /// Explain a code (R001), a topic, a chapter of the guide, or the steps of a file
    Explain(ExplainArgs),
    /// Draw who waits for whom, the order of locks, all states, or one execution
    Graph(GraphArgs),
    /// Write a scenario as a Rust test, or as a model for SPIN
    Export(ExportArgs),
    /// Let loom and shuttle run scenarios, too, and compare what all of them saw
    Crosscheck(CrosscheckArgs),
    /// What runs an engine in a process of its own.
    #[command(hide = true)]
    Witness,
    /// List scenarios with what they expect, without checking them
    List(ListArgs),
    /// Write scenario files in the canonical layout
    Fmt(FmtArgs),
    /// Print the JSON schema of the report
    Schema,
    /// Print the completion script of a shell
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write those of all commands to a folder
    Man(ManArgs),
}

/// `check`.
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// What is checked, how far, and how it is told.
    #[command(flatten)]
    pub checking: Checking,
    /// Rewrite the `expect` and `outcomes` lines that are not met to what was found
    #[arg(long, conflicts_with_all = ["random", "bound"])]
    pub bless: bool,
    /// Write checked repairs of what was not expected into the files; asks which, or takes the N-th
    #[arg(long, value_name = "N", conflicts_with_all = ["bless", "random", "bound"])]
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "0")]
    pub fix: Option<u32>,
    /// With `--fix`: take the first repair without asking
    #[arg(long, requires = "fix")]
    pub yes: bool,
}

/// What is checked, how far, and how it is told.
#[derive(Args, Debug)]
pub struct Checking {
    /// Scenario files, folders (searched for `.tb` files, honouring .gitignore), or `-` for stdin [default: `paths` of threadbare.toml]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How to report: human, short, prose, json, jsonl, junit, sarif, github, markdown or html; `html=FILE` writes to a file; repeatable
    #[arg(long, value_name = "FORMAT[=FILE]")]
    pub format: Vec<Format>,
    /// Which scenarios.
    #[command(flatten)]
    pub select: Select,
    /// How far.
    #[command(flatten)]
    pub bounds: Bounds,
    /// Which runs.
    #[command(flatten)]
    pub runs: Runs,
    /// What is kept for later.
    #[command(flatten)]
    pub kept: Kept,
    /// Whether the report says what CPython's global lock changes: gil; or not: sc [default: what each scenario says]
    #[arg(long, value_name = "MODEL")]
    pub memory: Option<Memory>,
    /// For whom the report is written
    #[arg(long, default_value = "normal")]
    pub level: Reader,
    /// Do not look for repairs
    #[arg(long)]
    pub no_repairs: bool,
    /// Show only what needs attention
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Show every scenario in full, every step, and times
    #[arg(short, long)]
    pub verbose: bool,
}

/// `replay`.
#[derive(Args, Debug)]
pub struct ReplayArgs {
    /// The scenario file, or `-` for stdin
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The token of a report, as in 0110-1a2b
    pub token: String,
    /// Tell why a variable has its value after a step, as in `x@5`; `x` alone means at the end
    #[arg(long, value_name = "VARIABLE[@STEP]")]
    pub why: Option<String>,
    /// Which scenarios.
    #[command(flatten)]
    pub select: Select,
    /// How far, where the finding must be searched.
    #[command(flatten)]
    pub bounds: Bounds,
    /// For whom it is written
    #[arg(long, default_value = "normal")]
    pub level: Reader,
    /// Show every step
    #[arg(short, long)]
    pub verbose: bool,
}

/// `explain`.
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// A code, a topic, a chapter, or `steps`; without it, what there is
    #[arg(value_name = "CODE")]
    pub what: Option<String>,
    /// A topic of the code; for `steps`, the scenario file
    #[arg(value_name = "TOPIC|FILE")]
    pub more: Option<std::ffi::OsString>,
    /// Which scenarios of the file.
    #[command(flatten)]
    pub select: Select,
}

/// `graph`.
#[derive(Args, Debug)]
pub struct GraphArgs {
    /// What to draw
    pub kind: GraphKind,
    /// The scenario file, or `-` for stdin
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// How to write it
    #[arg(long, default_value = "svg")]
    pub format: Picture,
    /// Where to write it [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// For `waits` and `lanes`: the execution to look at [default: that of the first finding]
    #[arg(long)]
    pub token: Option<String>,
    /// Which scenario.
    #[command(flatten)]
    pub select: Select,
    /// How far.
    #[command(flatten)]
    pub bounds: Bounds,
}

/// What to draw.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub enum GraphKind {
    /// Who waits for whom.
    Waits,
    /// Which lock is taken while holding which.
    Locks,
    /// All states and the steps between them.
    States,
    /// The states that are left when one order is enough of steps whose order makes no difference.
    Orders,
    /// The same, and threads that are alike may change places.
    Alike,
    /// One execution, a lane for every actor.
    Lanes,
}

/// How to write a picture.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub enum Picture {
    /// For browsers.
    Svg,
    /// For Graphviz.
    Dot,
    /// For Markdown on forges.
    Mermaid,
}

/// `export`.
#[derive(Args, Debug)]
pub struct ExportArgs {
    /// To what.
    #[command(subcommand)]
    pub kind: ExportKind,
}

/// What a scenario is written as.
#[derive(Subcommand, Debug)]
pub enum ExportKind {
    /// A Rust file with a test for each scenario
    Rust(RustArgs),
    /// A Promela model, for SPIN
    Promela(ModelArgs),
}

/// `export rust`.
#[derive(Args, Debug)]
pub struct RustArgs {
    /// The scenario file, or `-` for stdin
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What the test is written for
    #[arg(long = "for", value_name = "LIBRARY", default_value = "std")]
    pub library: ForLibrary,
    /// What all exports have.
    #[command(flatten)]
    pub common: Exported,
}

/// `export promela`.
#[derive(Args, Debug)]
pub struct ModelArgs {
    /// The scenario file, or `-` for stdin
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What all exports have.
    #[command(flatten)]
    pub common: Exported,
}

/// What all exports have.
#[derive(Args, Debug)]
pub struct Exported {
    /// Where to write it [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Which scenarios.
    #[command(flatten)]
    pub select: Select,
}

/// What a Rust test is written for.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub enum ForLibrary {
    /// The standard library.
    Std,
    /// loom.
    Loom,
    /// shuttle.
    Shuttle,
}

/// `crosscheck`.
#[derive(Args, Debug)]
pub struct CrosscheckArgs {
    /// Scenario files, folders, or `-` for stdin
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Which scenarios.
    #[command(flatten)]
    pub select: Select,
    /// Executions that loom and shuttle may run for each scenario
    #[arg(long, value_name = "N", default_value = "2k")]
    pub executions: Count,
    /// States that our own search may store for each scenario
    #[arg(long, value_name = "N", default_value = "200k")]
    pub max_states: Count,
    /// Time that each engine may take for each scenario
    #[arg(long, value_name = "TIME", default_value = "20s")]
    pub timeout: Span,
    /// Show every scenario, and times
    #[arg(short, long)]
    pub verbose: bool,
}

/// `list`.
#[derive(Args, Debug)]
pub struct ListArgs {
    /// Scenario files, folders, or `-` for stdin [default: `paths` of threadbare.toml]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Which scenarios.
    #[command(flatten)]
    pub select: Select,
}

/// `fmt`.
#[derive(Args, Debug)]
pub struct FmtArgs {
    /// Scenario files, folders, or `-` to format stdin to stdout [default: `paths` of threadbare.toml]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Change nothing; print what would change, and exit with 1 if anything would
    #[arg(long)]
    pub check: bool,
}

/// `init`.
#[derive(Args, Debug)]
pub struct InitArgs {
    /// The folder of the crate [default: the current folder]
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// `man`.
#[derive(Args, Debug)]
pub struct ManArgs {
    /// Where to write a page for each command
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// Which scenarios, and with which constants.
#[derive(Args, Debug)]
pub struct Select {
    /// Only scenarios whose name contains this text; repeatable
    #[arg(long, value_name = "NAME")]
    pub scenario: Vec<String>,
    /// Give a `const` another value, as in `--set N=4`; repeatable
    #[arg(long, value_name = "CONST=VALUE")]
    pub set: Vec<Setting>,
    /// Whether `print` is two steps, text and line end: split; or one: whole [default: what each scenario says]
    #[arg(long, value_name = "HOW")]
    pub print: Option<Printing>,
}

/// How many writes a `print` is.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub enum Printing {
    /// One: a line.
    Whole,
    /// Two: the text, then the line end.
    Split,
}

/// How far a search may go, and how it is run.
#[derive(Args, Debug)]
pub struct Bounds {
    /// Stop, inconclusive, at this number of states, as in 500k or 20M [default: 10M]
    #[arg(long, value_name = "N")]
    pub max_states: Option<Count>,
    /// Stop, inconclusive, at runs of this number of steps [default: no limit]
    #[arg(long, value_name = "N")]
    pub max_depth: Option<Count>,
    /// Stop, inconclusive, before states take more memory, as in 4GiB [default: half of the machine]
    #[arg(long, value_name = "SIZE")]
    pub max_memory: Option<Bytes>,
    /// Stop, inconclusive, after this time for each scenario, as in 30s [default: no limit]
    #[arg(long, value_name = "TIME")]
    pub timeout: Option<Span>,
    /// Threads to search with; the report does not depend on it [default: one for each core]
    #[arg(long, value_name = "N")]
    pub workers: Option<Count>,
    /// What the search may skip; safe skips only what changes no finding
    #[arg(long, value_name = "KIND", default_value = "safe")]
    pub reduction: Skip,
}

/// Which runs are looked at, for what is too big to look at all of them.
#[derive(Args, Debug)]
#[command(next_help_heading = "Too big to exhaust")]
pub struct Runs {
    /// Sample this number of executions at random instead, until one fails; never proves anything
    #[arg(long, value_name = "N")]
    pub random: Option<Count>,
    /// What the executions are drawn with: the same seed, the same executions
    #[arg(long, value_name = "S", requires = "random", default_value_t = 1)]
    pub seed: u64,
    /// Who is next in a sampled execution
    #[arg(
        long,
        value_name = "KIND",
        requires = "random",
        default_value = "uniform"
    )]
    pub scheduler: Chance,
    /// For pct: how many steps must come in a certain order for the bug [default: 3]
    #[arg(long, value_name = "D", requires = "random", value_parser = clap::value_parser!(u32).range(1..=20))]
    pub depth: Option<u32>,
    /// Search only runs with at most K switches away from an actor that could go on, as in switches=2
    #[arg(long, value_name = "switches=K", conflicts_with = "random")]
    pub bound: Option<Switches>,
    /// Let another engine run the scenarios, as a witness; never proves anything
    #[arg(long, value_name = "NAME", default_value = "threadbare", conflicts_with_all = ["random", "bound"])]
    pub engine: Witness,
}

/// What runs the scenarios.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub enum Witness {
    /// Our own search.
    Threadbare,
    /// loom.
    Loom,
    /// shuttle.
    Shuttle,
}

/// A long check in several sittings.
#[derive(Args, Debug)]
#[command(next_help_heading = "In several sittings")]
pub struct Kept {
    /// Write the search of one scenario to this file now and then, and where it is stopped; the file before is kept with `.old` behind its name
    #[arg(long, value_name = "FILE", conflicts_with_all = ["random", "bound"])]
    pub checkpoint: Option<PathBuf>,
    /// How often the checkpoint is written
    #[arg(
        long,
        value_name = "TIME",
        requires = "checkpoint",
        default_value = "60s"
    )]
    pub checkpoint_every: Span,
    /// Go on from this checkpoint; refused if scenario, options or version differ
    #[arg(long, value_name = "FILE", conflicts_with_all = ["random", "bound"])]
    pub resume: Option<PathBuf>,
}

/// Who is next in a sampled execution.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub enum Chance {
    /// Anybody who can go on.
    Uniform,
    /// By random priorities that change at random steps, with a promise.
    Pct,
    /// By a random priority for every next step.
    Pos,
    /// All orders of the steps on one shared thing as likely.
    Surw,
    /// Who holds something and would take more, or give it back, waits for others.
    Pause,
}

/// For whom a report is written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub enum Reader {
    /// Who meets this kind of bug for the first time.
    Beginner,
    /// Everyone else.
    Normal,
    /// Who knows the rules: no lessons.
    Expert,
}

/// The memory model, and who may be interrupted where.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub enum Memory {
    /// Sequentially consistent.
    Sc,
    /// The same, and what CPython's lock changes.
    Gil,
}

/// What the search may skip.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub enum Skip {
    /// Nothing.
    None,
    /// What changes no finding.
    Safe,
}
