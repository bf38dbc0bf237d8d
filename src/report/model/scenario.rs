//! What a whole check, and the check of one scenario, has to say.

use std::sync::Arc;

use super::{Fact, Finding, Value};
use crate::base::{Diagnostic, Source, Span};

/// Everything one run of the checker has to say.
#[derive(Clone, Debug)]
pub struct Report {
    /// Who checked.
    pub tool: Tool,
    /// In the order in which they are shown: files as given, scenarios from top to bottom.
    pub scenarios: Vec<ScenarioReport>,
    /// Wall-clock time of the whole run; shown only on request.
    pub elapsed_ms: f64,
}

impl Report {
    /// A report of this version of the tool.
    pub fn new(scenarios: Vec<ScenarioReport>) -> Self {
        let tool = Tool {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        Self {
            tool,
            scenarios,
            elapsed_ms: 0.0,
        }
    }
}

/// The program that made the report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Did the scenario do what its author said it would?
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Status {
    /// Every expectation was met.
    Passed,
    /// A finding was not expected, or an expectation was not met.
    Failed,
    /// A limit stopped the search before either was certain.
    Inconclusive,
    /// It could not be checked; the diagnostics say why.
    Error,
}

/// What the search established.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Verdict {
    /// The search finished and found nothing at error level.
    Proved,
    /// Something was found, with a schedule that shows it.
    Refuted,
    /// A named limit stopped the search.
    Unknown,
}

/// One scenario: its verdict, what was found, what was covered.
#[derive(Clone, Debug)]
pub struct ScenarioReport {
    /// The text all spans of this scenario refer to; its name is the file shown.
    pub source: Arc<Source>,
    /// The scenario's name; empty when a file could not be parsed that far.
    pub name: String,
    /// Its doc comment.
    pub description: Option<String>,
    /// The line it begins at.
    pub line: u32,
    /// Did it do what its author said?
    pub status: Status,
    /// What the search established.
    pub verdict: Verdict,
    /// Was every reachable state explored?
    pub complete: bool,
    /// The limit that stopped the search.
    pub limit: Option<Limit>,
    /// `sc`, `tso` or `rc11`.
    pub memory_model: String,
    /// `safe` or `none`.
    pub reduction: String,
    /// Which orders of steps were tried, if there is something to say about it.
    pub orders: Option<String>,
    /// How much was explored.
    pub stats: Stats,
    /// What was found, worst first.
    pub findings: Vec<Finding>,
    /// The final values the scenario asks for.
    pub outcomes: Option<Outcomes>,
    /// Those of its other `outcomes` and `observe`, in source order.
    pub more_outcomes: Vec<Outcomes>,
    /// What the author expected.
    pub expectations: Vec<Expectation>,
    /// Mistakes in the text, errors and warnings.
    pub diagnostics: Vec<Diagnostic>,
    /// What the proof quantifies over: `for 3 clients and every interleaving`.
    pub scope: String,
    /// The facts the search proved.
    pub proved: Vec<Proved>,
    /// What the proof rests on: `sequentially consistent memory`.
    pub assumed: Vec<String>,
    /// What it does not speak about: `more than 3 clients (try --set clients=4)`.
    pub not_covered: Vec<String>,
    /// How the checker made sure that the properties can fail at all.
    pub not_vacuous: Vec<Fact>,
    /// Statements no interleaving reaches; meaningful only when `complete`.
    pub never_run: Vec<NeverRun>,
    /// What CPython's lock changes, if that was asked.
    pub under_lock: Option<Fact>,
    /// Warnings that the author has looked at and allowed.
    pub allowed: Vec<Allowed>,
}

impl ScenarioReport {
    /// How a limit is announced: where something failed, all that is open is whether
    /// there is more.
    pub fn limited(&self) -> &'static str {
        match self.status {
            Status::Failed => "incomplete",
            Status::Passed | Status::Inconclusive | Status::Error => "inconclusive",
        }
    }

    /// A passed and proved scenario about which nothing else is known yet.
    pub fn new(source: Arc<Source>, name: impl Into<String>, line: u32) -> Self {
        Self {
            source,
            name: name.into(),
            description: None,
            line,
            status: Status::Passed,
            verdict: Verdict::Proved,
            complete: true,
            limit: None,
            memory_model: "sc".to_owned(),
            reduction: "safe".to_owned(),
            orders: None,
            stats: Stats::default(),
            findings: Vec::new(),
            outcomes: None,
            more_outcomes: Vec::new(),
            expectations: Vec::new(),
            diagnostics: Vec::new(),
            scope: String::new(),
            proved: Vec::new(),
            assumed: Vec::new(),
            not_covered: Vec::new(),
            not_vacuous: Vec::new(),
            never_run: Vec::new(),
            under_lock: None,
            allowed: Vec::new(),
        }
    }

    /// A scenario, or a whole file, that could not be checked.
    pub fn error(source: Arc<Source>, name: impl Into<String>, line: u32) -> Self {
        Self {
            status: Status::Error,
            verdict: Verdict::Unknown,
            complete: false,
            ..Self::new(source, name, line)
        }
    }
}

/// How much was explored.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Stats {
    /// Distinct states.
    pub states: u64,
    /// Steps between them.
    pub transitions: u64,
    /// States in which every execution ends.
    pub terminal_states: u64,
    /// The longest of the shortest paths to a state, in steps.
    pub depth: u64,
    /// Memory per stored state.
    pub bytes_per_state: f64,
    /// Executions that were sampled; 0 where states were stored.
    pub executions: u64,
    /// Time of this check; the only place of time.
    pub elapsed_ms: f64,
}

/// The named limit that stopped a search.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limit {
    /// A code of the B family, such as `B001`.
    pub code: &'static str,
    /// The option that moves it: `--max-states`.
    pub option: String,
    /// Where it stands: `10000000`, `30s`.
    pub value: String,
    /// The headline: `stopped after 10,000,000 states (limit --max-states); no bug so far`.
    pub message: String,
    /// `searched`, `biggest part`, `try`.
    pub facts: Vec<Fact>,
}

/// The set of final values of what `outcomes`, `observe` and `print` name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Outcomes {
    /// One name a column; `print` for what is printed, whose value is the list of lines.
    pub names: Vec<String>,
    /// Sorted by their values.
    pub rows: Vec<OutcomeRow>,
    /// Values the author wrote down that no execution ends with.
    pub missing: Vec<Vec<Value>>,
    /// The positions of the missing ones in what the author wrote, from 0.
    pub missing_at: Vec<usize>,
}

/// One combination of final values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OutcomeRow {
    /// As many as [`Outcomes::names`].
    pub values: Vec<Value>,
    /// The schedule token of an execution that ends so.
    pub witness: Option<String>,
    /// In how many interleavings, if they were counted.
    pub interleavings: Option<u64>,
    /// Did the author leave it out of `outcomes`?
    pub unexpected: bool,
}

/// An `expect` line and whether it was met.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expectation {
    /// As written, without `expect`: `race on count`, `ok`.
    pub text: String,
    /// Was it met?
    pub met: bool,
}

/// One fact a finished search proved, and why it is believable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proved {
    /// `no data race`, `always in_use <= 2`.
    pub what: String,
    /// `highest value seen 2`; may be empty.
    pub why: String,
}

/// A statement that no interleaving reaches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NeverRun {
    /// Where.
    pub span: Span,
    /// Why not, if known; may be empty.
    pub why: String,
}

/// A warning that the author has looked at: `allow L001(a, b) because "…"`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Allowed {
    /// The allowed rule.
    pub code: String,
    /// The names in parentheses.
    pub subjects: Vec<String>,
    /// The author's reason.
    pub reason: String,
    /// Where it is allowed.
    pub span: Span,
    /// Did it silence something?
    pub used: bool,
}
