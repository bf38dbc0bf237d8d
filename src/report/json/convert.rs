//! From the report's own types to the written ones; spans become lines and columns.

use super::{
    Allowed, Diagnostic, Document, Edit, Expectation, Fact, Finding, Help, Limit, LockEdge,
    Outcomes, Passing, Place, Proved, Range, Scenario, Schedule, Severity, Stats, Status, Step,
    Tool, Value, Verdict, Wait,
};
use crate::base::{self, Fix, Source, Span};
use crate::report::model;

impl From<&model::Report> for Document {
    fn from(report: &model::Report) -> Self {
        Self {
            version: 1,
            tool: tool(&report.tool),
            scenarios: report.scenarios.iter().map(scenario).collect(),
        }
    }
}

impl Document {
    /// A document about one scenario.
    pub(super) fn of_one(by: &model::Tool, of: &model::ScenarioReport) -> Self {
        Self {
            version: 1,
            tool: tool(by),
            scenarios: vec![scenario(of)],
        }
    }
}

fn fact(from: &model::Fact) -> Fact {
    Fact {
        key: from.key.clone(),
        text: from.text.clone(),
        checked: from.checked,
    }
}

fn tool(from: &model::Tool) -> Tool {
    Tool {
        name: from.name.clone(),
        version: from.version.clone(),
    }
}

fn scenario(from: &model::ScenarioReport) -> Scenario {
    let source = &*from.source;
    Scenario {
        file: source.name().to_owned(),
        name: from.name.clone(),
        line: from.line,
        description: from.description.clone(),
        status: status(from.status),
        verdict: verdict(from.verdict),
        complete: from.complete,
        limit: from.limit.as_ref().map(limit),
        memory_model: from.memory_model.clone(),
        reduction: from.reduction.clone(),
        orders: from.orders.clone(),
        stats: stats(from.stats),
        findings: each(&from.findings, |it| finding(source, it)),
        outcomes: from.outcomes.as_ref().map_or_else(no_outcomes, outcomes),
        more_outcomes: each(&from.more_outcomes, outcomes),
        expectations: each(&from.expectations, |it| Expectation {
            text: it.text.clone(),
            met: it.met,
        }),
        diagnostics: each(&from.diagnostics, |it| diagnostic(source, it)),
        proved: each(&from.proved, |it| Proved {
            what: it.what.clone(),
            why: it.why.clone(),
        }),
        assumed: from.assumed.clone(),
        not_covered: from.not_covered.clone(),
        not_vacuous: each(&from.not_vacuous, fact),
        never_run: each(&from.never_run, |it| range(source, it.span)),
        allowed: each(&from.allowed, |it| Allowed {
            code: it.code.clone(),
            subjects: it.subjects.clone(),
            reason: it.reason.clone(),
            line: line(source, it.span),
        }),
    }
}

fn finding(source: &Source, from: &model::Finding) -> Finding {
    // The guilty places come first, whatever order the excerpt wants them in.
    let (primary, others): (Vec<_>, Vec<_>) = from.places.iter().partition(|it| it.primary);
    let places = primary.into_iter().chain(others);
    Finding {
        code: from.code.to_owned(),
        kind: from.kind.to_owned(),
        severity: severity(from.severity),
        expected: from.expected,
        subjects: from.subjects.clone(),
        actors: from.actors.clone(),
        message: from.message.clone(),
        places: places.map(|it| place(source, it)).collect(),
        schedule: from.schedule.as_ref().map(|it| schedule(source, it)),
        waits: each(&from.waits, |it| Wait {
            actor: it.actor.clone(),
            resource: it.resource.clone(),
            held_by: it.held_by.clone(),
            relation: it.relation.clone(),
            line: line(source, it.span),
        }),
        lock_order: each(&from.lock_order, |it| LockEdge {
            from: it.from.clone(),
            to: it.to.clone(),
            actor: it.actor.clone(),
            line: line(source, it.span),
        }),
        partial: from.partial,
        passing: from.passing.as_ref().map(|it| Passing {
            change: it.change.clone(),
            schedule: it.schedule.as_ref().map(|it| schedule(source, it)),
        }),
        facts: each(&from.facts, fact),
        helps: each(&from.helps, |it| Help {
            text: it.text.clone(),
            checked: it.checked.clone(),
            edits: each(&it.patch, |it| edit(source, it)),
            claim: it.claim.then_some(true),
        }),
    }
}

fn schedule(source: &Source, from: &model::Schedule) -> Schedule {
    Schedule {
        token: from.token.clone(),
        switches: from.switches,
        steps: each(&from.steps, |it| {
            let at = source.position(it.span.start);
            Step {
                index: it.index,
                actor: it.actor.clone(),
                line: at.line,
                column: at.column,
                action: it.action.clone(),
                subject: it.subject.clone(),
                value: it.value.as_ref().map(value),
            }
        }),
        loop_from: from.loop_from,
        shortest: from.shortest,
    }
}

fn diagnostic(source: &Source, from: &base::Diagnostic) -> Diagnostic {
    let at = range(source, from.span);
    Diagnostic {
        code: from.code.to_owned(),
        severity: severity(from.severity),
        line: at.line,
        column: at.column,
        end_line: at.end_line,
        end_column: at.end_column,
        message: from.message.clone(),
        label: from.label.clone(),
        help: from.help.clone(),
        places: each(&from.secondary, |it| {
            place(source, &model::Place::new(it.span, it.text.clone()))
        }),
        fix: from.fix.as_ref().map(|it| edit(source, it)),
    }
}

fn place(source: &Source, from: &model::Place) -> Place {
    let at = range(source, from.span);
    Place {
        line: at.line,
        column: at.column,
        end_line: at.end_line,
        end_column: at.end_column,
        actor: from.actor.clone(),
        role: from.role.clone(),
        label: from.label.clone(),
        primary: from.primary,
    }
}

fn edit(source: &Source, from: &Fix) -> Edit {
    let at = range(source, from.span);
    Edit {
        line: at.line,
        column: at.column,
        end_line: at.end_line,
        end_column: at.end_column,
        replacement: from.replacement.clone(),
    }
}

fn range(source: &Source, span: Span) -> Range {
    let (start, end) = (source.position(span.start), source.position(span.end));
    Range {
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}

fn line(source: &Source, span: Span) -> u32 {
    source.position(span.start).line
}

fn limit(from: &model::Limit) -> Limit {
    Limit {
        code: from.code.to_owned(),
        option: from.option.clone(),
        value: from.value.clone(),
        message: from.message.clone(),
    }
}

fn stats(from: model::Stats) -> Stats {
    Stats {
        states: from.states,
        transitions: from.transitions,
        terminal_states: from.terminal_states,
        depth: from.depth,
        bytes_per_state: finite(from.bytes_per_state),
        elapsed_ms: finite(from.elapsed_ms),
        executions: from.executions,
    }
}

fn outcomes(from: &model::Outcomes) -> Outcomes {
    Outcomes {
        names: from.names.clone(),
        values: each(&from.rows, |it| each(&it.values, value)),
        witnesses: each(&from.rows, |it| it.witness.clone()),
        unexpected: each(&from.rows, |it| it.unexpected),
        missing: each(&from.missing, |it| each(it, value)),
    }
}

fn no_outcomes() -> Outcomes {
    outcomes(&model::Outcomes::default())
}

fn value(from: &model::Value) -> Value {
    match from {
        model::Value::Bool(it) => Value::Bool(*it),
        model::Value::Int(it) => Value::Int(*it),
        model::Value::Text(it) => Value::Text(it.clone()),
        model::Value::List(it) => Value::List(each(it, value)),
    }
}

fn status(from: model::Status) -> Status {
    match from {
        model::Status::Passed => Status::Passed,
        model::Status::Failed => Status::Failed,
        model::Status::Inconclusive => Status::Inconclusive,
        model::Status::Error => Status::Error,
    }
}

fn verdict(from: model::Verdict) -> Verdict {
    match from {
        model::Verdict::Proved => Verdict::Proved,
        model::Verdict::Refuted => Verdict::Refuted,
        model::Verdict::Unknown => Verdict::Unknown,
    }
}

fn severity(from: base::Severity) -> Severity {
    match from {
        base::Severity::Error => Severity::Error,
        base::Severity::Warning => Severity::Warning,
    }
}

/// JSON has no infinities; a number that was never measured is 0.
fn finite(number: f64) -> f64 {
    if number.is_finite() { number } else { 0.0 }
}

fn each<A, B>(from: &[A], to: impl FnMut(&A) -> B) -> Vec<B> {
    from.iter().map(to).collect()
}
