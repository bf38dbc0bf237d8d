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
}

/// Options of every command about how its output looks.
#[derive(Args, Debug)]
pub struct Look {
    /// Colours; auto means on a terminal, and honours NO_COLOR and CLICOLOR
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: When,
    /// Write ASCII only; other characters are shown as \u{…}
    #[arg(long, global = true)]
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
    /// Show one execution again, step by step
    Replay(ReplayArgs),
    /// Explain a code (R001), a topic, a chapter of the guide, or the steps of a file
    Explain(ExplainArgs),
    /// Draw who waits for whom, the order of locks, all states, or one execution
    Graph(GraphArgs),
    /// Write a scenario as a Rust test, or as a model for SPIN
    Export(ExportArgs),
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
}

/// `check`.
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// Scenario files, folders (searched for `.tb` files, honouring .gitignore), or `-` for stdin
    #[arg(required = true, value_name = "PATH")]
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
    /// Whether the report says what CPython's global lock changes: gil; or not: sc [default: what each scenario says]
    #[arg(long, value_name = "MODEL")]
    pub memory: Option<Memory>,
    /// For whom the report is written
    #[arg(long, default_value = "normal")]
    pub level: Reader,
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

/// `list`.
#[derive(Args, Debug)]
pub struct ListArgs {
    /// Scenario files, folders, or `-` for stdin
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Which scenarios.
    #[command(flatten)]
    pub select: Select,
}

/// `fmt`.
#[derive(Args, Debug)]
pub struct FmtArgs {
    /// Scenario files, folders, or `-` to format stdin to stdout
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Change nothing; print what would change, and exit with 1 if anything would
    #[arg(long)]
    pub check: bool,
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
