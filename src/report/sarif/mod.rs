//! SARIF 2.1.0, what code scanning of forges and editors reads.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version
//! 2.1.0" (2020). A finding is a result; its schedule is a code flow with one
//! thread flow for every actor, whose steps carry their place in the whole as
//! `executionOrder`. A finding that the author expects is informational, a
//! limit is a result of kind `open`. Deviation: a brace in a message stays
//! single (3.11.5 wants two), since viewers show what they get.
//!
//! **Deliberately absent:** the pages about rules. Whoever renders passes them
//! in as [`RulePage`]s; only those that are needed are written.

mod convert;

use serde::Serialize;

use super::Report;

/// What a rule's page says, as SARIF wants it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RulePage<'a> {
    /// `R001`.
    pub code: &'a str,
    /// `data race`.
    pub title: &'a str,
    /// A paragraph about what it finds.
    pub summary: &'a str,
    /// The whole page.
    pub markdown: &'a str,
}

/// The report as one SARIF document, ending in a line feed.
///
/// A rule without a page is written with its code only.
pub fn render(report: &Report, pages: &[RulePage<'_>]) -> String {
    let log = convert::log(report, pages);
    let mut text =
        serde_json::to_string_pretty(&log).expect("strings, numbers and lists can be written");
    text.push('\n');
    super::json::visible(text)
}

/// Defines the written types; what is `None` or empty is left out.
macro_rules! written {
    ($($name:ident { $($(#[$field_attr:meta])* $field:ident: $type:ty,)* })*) => {$(
        #[derive(Clone, PartialEq, Debug, Default, Serialize)]
        #[serde(rename_all = "camelCase")]
        struct $name {
            $($(#[$field_attr])*
            #[serde(skip_serializing_if = "Absent::is_absent")]
            $field: $type,)*
        }
    )*};
}

/// What a document can do without.
trait Absent {
    fn is_absent(&self) -> bool;
}

impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

macro_rules! always_there {
    ($($type:ty)*) => {$(
        impl Absent for $type {
            fn is_absent(&self) -> bool {
                false
            }
        }
    )*};
}

always_there! {
    &'static str String bool u64 Tool Driver Message Content ArtifactLocation PhysicalLocation
    Region Location Configuration RuleProperties Fingerprints serde_json::Map<String, serde_json::Value>
}

written! {
    Log {
        #[serde(rename = "$schema")]
        schema: &'static str,
        version: &'static str,
        runs: Vec<Run>,
    }

    Run {
        tool: Tool,
        invocations: Vec<Invocation>,
        artifacts: Vec<Artifact>,
        results: Option<Vec<SarifResult>>,
        column_kind: &'static str,
    }

    Tool { driver: Driver, }

    Driver {
        name: String,
        version: String,
        rules: Vec<Rule>,
    }

    Rule {
        id: String,
        name: Option<String>,
        short_description: Option<Message>,
        full_description: Option<Message>,
        help: Option<Message>,
        default_configuration: Configuration,
        properties: RuleProperties,
    }

    Configuration { level: &'static str, }

    RuleProperties {
        #[serde(rename = "problem.severity")]
        severity: &'static str,
        tags: Vec<&'static str>,
    }

    Invocation { execution_successful: bool, }

    Artifact { location: ArtifactLocation, }

    ArtifactLocation {
        uri: String,
        index: Option<u64>,
    }

    SarifResult {
        rule_id: String,
        rule_index: u64,
        kind: &'static str,
        level: &'static str,
        message: Message,
        locations: Vec<Location>,
        related_locations: Vec<Location>,
        code_flows: Vec<CodeFlow>,
        fixes: Vec<Fix>,
        suppressions: Vec<Suppression>,
        partial_fingerprints: Fingerprints,
        properties: Option<ResultProperties>,
    }

    Fingerprints {
        #[serde(rename = "threadbare/v1")]
        text: String,
    }

    ResultProperties {
        scenario: String,
        token: Option<String>,
    }

    Suppression {
        kind: &'static str,
        justification: &'static str,
    }

    Message {
        text: String,
        markdown: Option<String>,
    }

    Location {
        id: Option<u64>,
        physical_location: PhysicalLocation,
        message: Option<Message>,
    }

    PhysicalLocation {
        artifact_location: ArtifactLocation,
        region: Region,
    }

    Region {
        start_line: u64,
        start_column: Option<u64>,
        end_line: Option<u64>,
        end_column: Option<u64>,
    }

    CodeFlow {
        message: Option<Message>,
        thread_flows: Vec<ThreadFlow>,
    }

    ThreadFlow {
        id: String,
        message: Option<Message>,
        locations: Vec<FlowLocation>,
    }

    FlowLocation {
        location: Location,
        state: Option<serde_json::Map<String, serde_json::Value>>,
        execution_order: u64,
        importance: &'static str,
    }

    Fix {
        description: Message,
        artifact_changes: Vec<ArtifactChange>,
    }

    ArtifactChange {
        artifact_location: ArtifactLocation,
        replacements: Vec<Replacement>,
    }

    Replacement {
        deleted_region: Region,
        inserted_content: Content,
    }

    Content { text: String, }
}
