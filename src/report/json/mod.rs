//! The JSON report, version 1: the types that are written, and nothing else.
//!
//! These are plain counterparts of the report's own types, so that the format
//! stays stable while the inside changes. Fields are only ever added; a
//! consumer must ignore fields it does not know.
//!
//! **Invariant:** `elapsed_ms` is the only place of time.

mod convert;

use serde::{Deserialize, Serialize};

use super::Report;
use super::escape::is_hidden;

/// The report as one JSON document, indented, with a line feed at the end.
pub fn render(report: &Report) -> String {
    let mut text = serde_json::to_string_pretty(&Document::from(report))
        .expect("strings, numbers and lists can always be written");
    text.push('\n');
    visible(text)
}

/// One line for every scenario, each a complete [`Document`].
pub fn render_lines(report: &Report) -> String {
    let lines = report.scenarios.iter();
    lines.map(|it| line(&report.tool, it)).collect()
}

/// A scenario as a line of its own: a complete [`Document`], and a line feed.
pub fn line(tool: &super::Tool, scenario: &super::ScenarioReport) -> String {
    let mut line = serde_json::to_string(&Document::of_one(tool, scenario))
        .expect("strings, numbers and lists can always be written");
    line.push('\n');
    visible(line)
}

/// The JSON schema of [`Document`], as the command `schema` prints it.
///
/// It is derived from the types in a test, not in the program, which so needs no
/// code to derive it.
pub fn schema() -> &'static str {
    include_str!("schema.json")
}

/// Writes what a terminal would obey as `\u` escapes; it stands inside JSON strings only.
pub(super) fn visible(text: String) -> String {
    let hidden = |c: char| c != '\n' && is_hidden(c);
    if !text.chars().any(hidden) {
        return text;
    }
    let mut shown = String::with_capacity(text.len() + 64);
    for c in text.chars() {
        if hidden(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                shown += &format!("\\u{unit:04x}");
            }
        } else {
            shown.push(c);
        }
    }
    shown
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Defines the written types: every field public, every type with the same derives.
macro_rules! written {
    ($($(#[$attr:meta])* $name:ident { $($(#[$field_attr:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$attr])*
        #[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        pub struct $name { $($(#[$field_attr])* pub $field: $type,)* }
    )*};
}

written! {
    /// A whole report.
    Document {
        /// The version of this format: 1.
        version: u32,
        /// The program that made the report.
        tool: Tool,
        /// In the order in which they were checked.
        scenarios: Vec<Scenario>,
    }

    /// A program.
    Tool {
        /// Its name.
        name: String,
        /// Its version.
        version: String,
    }

    /// One scenario.
    Scenario {
        /// The file it stands in.
        file: String,
        /// Its name; empty if the file could not be parsed that far.
        name: String,
        /// The line it begins at, from 1.
        line: u32,
        /// Its doc comment.
        description: Option<String>,
        /// Did it do what its author said?
        status: Status,
        /// What the search established.
        verdict: Verdict,
        /// Was every reachable state explored?
        complete: bool,
        /// The limit that stopped the search.
        limit: Option<Limit>,
        /// `sc`, `tso` or `rc11`.
        memory_model: String,
        /// `safe` or `none`.
        reduction: String,
        /// Which orders of steps were tried, where there is something to say about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        orders: Option<String>,
        /// How much was explored.
        stats: Stats,
        /// What was found.
        findings: Vec<Finding>,
        /// The final values of what the first `outcomes` or `observe` names.
        outcomes: Outcomes,
        /// The same of the other `outcomes` and `observe`, if there are several.
        #[serde(default)]
        more_outcomes: Vec<Outcomes>,
        /// What the author expected.
        expectations: Vec<Expectation>,
        /// Mistakes in the text.
        diagnostics: Vec<Diagnostic>,
        /// What a finished search proved.
        proved: Vec<Proved>,
        /// What the proof rests on.
        assumed: Vec<String>,
        /// What it does not speak about.
        not_covered: Vec<String>,
        /// What shows that the properties can fail at all, or that they cannot.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        not_vacuous: Vec<Fact>,
        /// Statements no interleaving reaches.
        never_run: Vec<Range>,
        /// Warnings the author has looked at.
        allowed: Vec<Allowed>,
    }

    /// The limit that stopped a search.
    Limit {
        /// A code of the B family.
        code: String,
        /// The option that moves it.
        option: String,
        /// Where it stands.
        value: String,
        /// The headline.
        message: String,
    }

    /// How much was explored.
    Stats {
        /// Distinct states.
        states: u64,
        /// Steps between them.
        transitions: u64,
        /// States in which every execution ends.
        terminal_states: u64,
        /// The longest of the shortest paths to a state.
        depth: u64,
        /// Memory per stored state.
        bytes_per_state: f64,
        /// Time of this check.
        elapsed_ms: f64,
        /// Executions that were sampled, if any were.
        #[serde(default, skip_serializing_if = "is_zero")]
        executions: u64,
    }

    /// One bug.
    Finding {
        /// The rule.
        code: String,
        /// What `expect` calls it.
        kind: String,
        /// How bad it is.
        severity: Severity,
        /// Did the author expect it?
        expected: bool,
        /// The objects it is about.
        subjects: Vec<String>,
        /// The actors that take part.
        actors: Vec<String>,
        /// The headline.
        message: String,
        /// The places that take part, the guilty one first.
        places: Vec<Place>,
        /// An execution that shows it.
        schedule: Option<Schedule>,
        /// Who waits for what.
        waits: Vec<Wait>,
        /// The circle of lock orders.
        lock_order: Vec<LockEdge>,
        /// Could other actors still run?
        partial: bool,
        /// The nearest execution in which it goes well, where one is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        passing: Option<Passing>,
        /// What else there is to say about it.
        facts: Vec<Fact>,
        /// What to do.
        helps: Vec<Help>,
    }

    /// A range of the source, with lines and columns from 1; the end is exclusive.
    Range {
        /// First line.
        line: u32,
        /// First column, in characters.
        column: u32,
        /// Last line.
        end_line: u32,
        /// One past the last column.
        end_column: u32,
    }

    /// A place that takes part.
    Place {
        /// First line.
        line: u32,
        /// First column, in characters.
        column: u32,
        /// Last line.
        end_line: u32,
        /// One past the last column.
        end_column: u32,
        /// Who is there.
        actor: Option<String>,
        /// What happens there.
        role: String,
        /// What a reader should see there.
        label: String,
        /// Is it a guilty one?
        primary: bool,
    }

    /// An execution.
    Schedule {
        /// What `replay` takes.
        token: String,
        /// How often another actor went on.
        switches: u64,
        /// Every step.
        steps: Vec<Step>,
        /// The `index` of the step that the part that repeats for ever begins with.
        loop_from: Option<u64>,
        /// Is none shorter?
        shortest: bool,
    }

    /// An execution in which it goes well.
    Passing {
        /// What is different.
        change: String,
        /// The execution.
        schedule: Option<Schedule>,
    }

    /// One step.
    Step {
        /// From 1.
        index: u64,
        /// Who.
        actor: String,
        /// Where.
        line: u32,
        /// Where.
        column: u32,
        /// What.
        action: String,
        /// On which object.
        subject: Option<String>,
        /// The value read, written, sent or received.
        value: Option<Value>,
    }

    /// An actor that cannot go on.
    Wait {
        /// Who waits.
        actor: String,
        /// For what.
        #[serde(rename = "for")]
        resource: String,
        /// Who holds it, or could give it.
        held_by: Vec<String>,
        /// How the resource depends on them.
        relation: String,
        /// Where it waits.
        line: u32,
    }

    /// Someone took `to` while holding `from`.
    LockEdge {
        /// The lock held.
        from: String,
        /// The lock taken.
        to: String,
        /// Who did.
        actor: String,
        /// Where.
        line: u32,
    }

    /// A key and what there is to say.
    Fact {
        /// The key.
        key: String,
        /// The text.
        text: String,
        /// Was it established by checking a changed scenario?
        checked: bool,
    }

    /// Something to do about it.
    Help {
        /// What.
        text: String,
        /// What checking again with the edits gave.
        checked: Option<String>,
        /// Replacements in the source.
        edits: Vec<Edit>,
        /// There and true if they change what is claimed, not what the program does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        claim: Option<bool>,
    }

    /// A replacement in the source.
    Edit {
        /// First line.
        line: u32,
        /// First column, in characters.
        column: u32,
        /// Last line.
        end_line: u32,
        /// One past the last column.
        end_column: u32,
        /// What to write there.
        replacement: String,
    }

    /// The set of final values, sorted.
    Outcomes {
        /// One name a column; `print` for what is printed: its value is the list of
        /// the lines, in order.
        names: Vec<String>,
        /// One list for every combination of final values.
        values: Vec<Vec<Value>>,
        /// For every combination the token of an execution that ends so.
        witnesses: Vec<Option<String>>,
        /// For every combination: did the author leave it out?
        unexpected: Vec<bool>,
        /// Combinations the author wrote down that no execution ends with.
        missing: Vec<Vec<Value>>,
    }

    /// An `expect` line.
    Expectation {
        /// As written, without `expect`.
        text: String,
        /// Was it met?
        met: bool,
    }

    /// A mistake in the text.
    Diagnostic {
        /// A code of the E or W family.
        code: String,
        /// How bad it is.
        severity: Severity,
        /// First line.
        line: u32,
        /// First column, in characters.
        column: u32,
        /// Last line.
        end_line: u32,
        /// One past the last column.
        end_column: u32,
        /// The headline.
        message: String,
        /// What is wrong at that place.
        label: String,
        /// What to do.
        help: Option<String>,
        /// Other places that take part.
        places: Vec<Place>,
        /// A replacement that repairs it.
        fix: Option<Edit>,
    }

    /// One fact a finished search proved.
    Proved {
        /// What.
        what: String,
        /// Why it is believable.
        why: String,
    }

    /// A warning the author has looked at.
    Allowed {
        /// The rule.
        code: String,
        /// The names it is allowed for.
        subjects: Vec<String>,
        /// The author's reason.
        reason: String,
        /// Where it is allowed.
        line: u32,
    }
}

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It fails the scenario.
    Error,
    /// It does not.
    Warning,
}

/// Did the scenario do what its author said?
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Every expectation was met.
    Passed,
    /// A finding was not expected, or an expectation was not met.
    Failed,
    /// A limit stopped the search.
    Inconclusive,
    /// It could not be checked.
    Error,
}

/// What the search established.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The search finished and found nothing at error level.
    Proved,
    /// Something was found.
    Refuted,
    /// A named limit stopped the search.
    Unknown,
}

/// A value of the scenario.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Value {
    /// A truth value.
    Bool(bool),
    /// A number.
    Int(i64),
    /// Anything else in the author's notation.
    Text(String),
    /// Several values.
    List(Vec<Value>),
}
