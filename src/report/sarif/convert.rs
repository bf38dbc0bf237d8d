//! From the report's own types to those of SARIF.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json, json};

use super::{
    Artifact, ArtifactChange, ArtifactLocation, CodeFlow, Configuration, Content, Driver, Fix,
    FlowLocation, Invocation, Location, Log, Message, PhysicalLocation, Region, Replacement,
    ResultProperties, Rule, RulePage, RuleProperties, Run, SarifResult, Suppression, ThreadFlow,
    Tool,
};
use crate::base::{self, Diagnostic, Severity, Source, Span};
use crate::report::human::{self, Style};
use crate::report::{Finding, Limit, Report, Row, ScenarioReport, StepRow, Weight};

/// Where validators find the schema.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) fn log(report: &Report, pages: &[RulePage<'_>]) -> Log {
    let mut book = Book::new(report, pages);
    let results = report
        .scenarios
        .iter()
        .flat_map(|it| scenario(&mut book, it));
    let results: Vec<SarifResult> = results.collect();
    let driver = Driver {
        name: report.tool.name.clone(),
        version: report.tool.version.clone(),
        rules: book.rules,
    };
    let run = Run {
        tool: Tool { driver },
        invocations: vec![Invocation {
            execution_successful: true,
        }],
        artifacts: { book.files.iter() }
            .map(|name| Artifact {
                location: ArtifactLocation {
                    uri: uri(name),
                    index: None,
                },
            })
            .collect(),
        // An empty list says that all is well; none would say that nobody looked.
        results: Some(results),
        column_kind: "unicodeCodePoints",
    };
    Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: vec![run],
    }
}

/// The rules and files that results refer to by their position.
struct Book<'a> {
    pages: &'a [RulePage<'a>],
    rules: Vec<Rule>,
    files: Vec<String>,
}

impl<'a> Book<'a> {
    fn new(report: &Report, pages: &'a [RulePage<'a>]) -> Self {
        let mut files: Vec<String> = Vec::new();
        for scenario in &report.scenarios {
            let name = scenario.source.name();
            if !files.iter().any(|it| it == name) {
                files.push(name.to_owned());
            }
        }
        Self {
            pages,
            rules: Vec::new(),
            files,
        }
    }

    /// The position of a rule, which is written down if it is new.
    fn rule(&mut self, code: &str, level: &'static str) -> u64 {
        if let Some(known) = self.rules.iter().position(|it| it.id == code) {
            return known as u64;
        }
        let page = self.pages.iter().find(|it| it.code == code);
        self.rules.push(Rule {
            id: code.to_owned(),
            name: page.map(|it| pascal(it.title)),
            short_description: page.map(|it| Message::new(it.title)),
            full_description: page.map(|it| Message::new(it.summary)),
            help: page.map(|it| Message {
                text: it.markdown.to_owned(),
                markdown: Some(it.markdown.to_owned()),
            }),
            default_configuration: Configuration { level },
            properties: RuleProperties {
                severity: match level {
                    "error" => "error",
                    "warning" => "warning",
                    _ => "recommendation",
                },
                tags: vec!["concurrency"],
            },
        });
        self.rules.len() as u64 - 1
    }

    fn file(&self, source: &Source) -> ArtifactLocation {
        let index = self.files.iter().position(|it| it == source.name());
        ArtifactLocation {
            uri: uri(source.name()),
            index: index.map(|it| it as u64),
        }
    }

    fn location(&self, source: &Source, span: Span) -> Location {
        Location {
            physical_location: PhysicalLocation {
                artifact_location: self.file(source),
                region: region(source, span),
            },
            ..Location::default()
        }
    }
}

impl Message {
    fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            markdown: None,
        }
    }

    /// The author's words: a bracket in them opens no link (3.11.6).
    fn of(text: &str) -> Self {
        Self::new(text.replace("](", "\\]("))
    }
}

/// `data race` becomes `DataRace`.
fn pascal(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric());
    words
        .filter_map(|word| {
            let mut rest = word.chars();
            let first = rest.next()?;
            Some(first.to_uppercase().chain(rest).collect::<String>())
        })
        .collect()
}

/// A path as a URI, relative where the path is.
fn uri(name: &str) -> String {
    let mut uri = String::new();
    if name.starts_with('/') {
        uri += "file://";
    }
    for byte in name.replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

fn region(source: &Source, span: Span) -> Region {
    let (start, end) = (source.position(span.start), source.position(span.end));
    Region {
        start_line: start.line.into(),
        start_column: Some(start.column.into()),
        end_line: Some(end.line.into()),
        end_column: Some(end.column.into()),
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn scenario(book: &mut Book<'_>, report: &ScenarioReport) -> Vec<SarifResult> {
    let mut results = Vec::new();
    for it in &report.diagnostics {
        results.push(mistake(book, it, report));
    }
    if let Some(it) = &report.limit {
        results.push(open(book, it, report));
    }
    for it in &report.findings {
        results.push(finding(book, it, report));
    }
    results
}

/// A result with what all have.
fn result(book: &mut Book<'_>, code: &str, severity: Severity, message: &str) -> SarifResult {
    SarifResult {
        rule_id: code.to_owned(),
        rule_index: book.rule(code, level(severity)),
        kind: "fail",
        level: level(severity),
        message: Message::of(message),
        ..SarifResult::default()
    }
}

fn finding(book: &mut Book<'_>, found: &Finding, report: &ScenarioReport) -> SarifResult {
    let source = &report.source;
    let mut result = result(book, found.code, found.severity, &found.message);
    if found.expected {
        (result.kind, result.level) = ("informational", "none");
        result.suppressions = vec![Suppression {
            kind: "inSource",
            justification: "the scenario expects it",
        }];
    }
    result.message.markdown = Some(markdown(found, source));
    let guilty = found.guilty();
    result.locations = match guilty {
        Some(place) => vec![Location {
            message: said(&place.label),
            ..book.location(source, place.span)
        }],
        None => vec![beginning(book, report)],
    };
    let others = found.places.iter().filter(|it| Some(*it) != guilty);
    result.related_locations = (1..)
        .zip(others)
        .map(|(id, place)| Location {
            id: Some(id),
            message: said(&place.label).or_else(|| said(&place.role)),
            ..book.location(source, place.span)
        })
        .collect();
    result.code_flows = code_flow(book, found, source).into_iter().collect();
    result.fixes = { found.helps.iter() }
        .filter(|it| !it.patch.is_empty())
        .map(|it| fix(book, &it.text, &it.patch, source))
        .collect();
    let subjects = found.subjects.join(",");
    result.partial_fingerprints.text = format!("{}/{}/{subjects}", report.name, found.code);
    result.properties = Some(ResultProperties {
        scenario: report.name.clone(),
        token: found.schedule.as_ref().map(|it| it.token.clone()),
    });
    result
}

fn said(text: &str) -> Option<Message> {
    (!text.is_empty()).then(|| Message::of(text))
}

/// Where the scenario begins, for what has no place of its own.
fn beginning(book: &Book<'_>, report: &ScenarioReport) -> Location {
    Location {
        physical_location: PhysicalLocation {
            artifact_location: book.file(&report.source),
            region: Region {
                start_line: report.line.max(1).into(),
                ..Region::default()
            },
        },
        ..Location::default()
    }
}

/// Headline, facts, advice and commands.
fn markdown(found: &Finding, source: &Source) -> String {
    let mut text = crate::report::markdown::inline(&found.message);
    text += "\n";
    for fact in &found.facts {
        let (key, said) = (&fact.key, crate::report::markdown::inline(&fact.text));
        let _ = write!(text, "\n- {}: {said}", crate::report::markdown::inline(key));
    }
    for help in &found.helps {
        let said = crate::report::markdown::inline(&help.text);
        let _ = write!(text, "\n- help: {said}");
    }
    for (_, command) in human::commands(found, source.name(), &Style::default()) {
        let command = crate::report::markdown::code(&command);
        let _ = write!(text, "\n- {command}");
    }
    text
}

fn code_flow(book: &Book<'_>, found: &Finding, source: &Source) -> Option<CodeFlow> {
    let schedule = found.schedule.as_ref()?;
    let mut flows: Vec<ThreadFlow> = Vec::new();
    for step in &schedule.steps {
        let row = row_of(found, step.index);
        let said = match row {
            Some(row) => row.text.clone(),
            None => format!("{} {}", step.action, step.subject.as_deref().unwrap_or("")),
        };
        let note = row.and_then(|it| it.note.as_ref().or(it.switch.as_ref()));
        let note = note.map_or(String::new(), |it| format!(" ({it})"));
        let text = format!("step {}: {}: {}{note}", step.index, step.actor, said.trim());
        let at = FlowLocation {
            location: Location {
                message: Some(Message::of(&text)),
                ..book.location(source, step.span)
            },
            state: row.and_then(|it| state(found, it)),
            execution_order: step.index,
            importance: match row.map(|it| it.weight) {
                Some(Weight::Key) => "essential",
                Some(Weight::Normal) | None => "important",
                Some(Weight::Local) => "unimportant",
            },
        };
        match flows.iter_mut().find(|it| it.id == step.actor) {
            Some(flow) => flow.locations.push(at),
            None => flows.push(ThreadFlow {
                id: step.actor.clone(),
                message: Some(Message::of(&step.actor)),
                locations: vec![at],
            }),
        }
    }
    let table = found.trace.as_ref();
    let extent = table.map(|it| human::extent(Some(schedule), it, None));
    (!flows.is_empty()).then(|| CodeFlow {
        message: extent.map(Message::new),
        thread_flows: flows,
    })
}

fn row_of(found: &Finding, index: u64) -> Option<&StepRow> {
    let rows = found.trace.as_ref()?.rows.iter();
    { rows }.find_map(|row| match row {
        Row::Step(step) if step.index == index => Some(step),
        Row::Step(_) | Row::Blocked { .. } | Row::End { .. } => None,
    })
}

/// The shared state after a step.
fn state(found: &Finding, row: &StepRow) -> Option<Map<String, Json>> {
    let names = &found.trace.as_ref()?.states;
    let values = names.iter().zip(&row.states);
    let state: Map<String, Json> = values
        .map(|(name, value)| (name.clone(), json!({ "text": value })))
        .collect();
    (!state.is_empty()).then_some(state)
}

fn fix(book: &Book<'_>, text: &str, patch: &[base::Fix], source: &Source) -> Fix {
    let replacements = patch.iter().map(|it| Replacement {
        deleted_region: region(source, it.span),
        inserted_content: Content {
            text: it.replacement.clone(),
        },
    });
    Fix {
        description: Message::of(text),
        artifact_changes: vec![ArtifactChange {
            artifact_location: book.file(source),
            replacements: replacements.collect(),
        }],
    }
}

/// A search that a limit stopped: whether there is a problem stays open.
fn open(book: &mut Book<'_>, limit: &Limit, report: &ScenarioReport) -> SarifResult {
    let mut result = result(book, limit.code, Severity::Warning, &limit.message);
    (result.kind, result.level) = ("open", "none");
    result.locations = vec![beginning(book, report)];
    result.partial_fingerprints.text = format!("{}/{}/", report.name, limit.code);
    result
}

fn mistake(book: &mut Book<'_>, from: &Diagnostic, report: &ScenarioReport) -> SarifResult {
    let source = &report.source;
    let mut text = from.message.clone();
    if let Some(help) = &from.help {
        let _ = write!(text, "; {help}");
    }
    let mut result = result(book, from.code, from.severity, &text);
    result.locations = vec![Location {
        message: said(&from.label),
        ..book.location(source, from.span)
    }];
    result.related_locations = (1..)
        .zip(&from.secondary)
        .map(|(id, label)| Location {
            id: Some(id),
            message: said(&label.text),
            ..book.location(source, label.span)
        })
        .collect();
    let repair = from.help.as_deref().unwrap_or("replace it");
    result.fixes = { from.fix.iter() }
        .map(|it| fix(book, repair, std::slice::from_ref(it), source))
        .collect();
    result.partial_fingerprints.text = format!("{}/{}/{}", report.name, from.code, from.message);
    result
}
