//! What tests ask a report.

use crate::base::Position;
use crate::report::human::{self, Style};
use crate::report::{Finding, Report, ScenarioReport, Status, Step, Value};

impl Report {
    /// Whether every scenario met its expectations; false if there is none.
    pub fn passed(&self) -> bool {
        let all = self.scenarios.iter().all(|it| it.status == Status::Passed);
        all && !self.scenarios.is_empty()
    }

    /// Panics with the report unless every scenario met its expectations.
    ///
    /// # Panics
    ///
    /// If a scenario failed, was stopped by a limit, could not be checked, or if
    /// there is none.
    #[track_caller]
    pub fn assert_passed(&self) {
        assert!(
            self.passed(),
            "{}",
            match self.scenarios.as_slice() {
                [] => "no scenario was checked".to_owned(),
                _ => format!("\n{}", self.for_tests()),
            }
        );
    }

    /// The report for people, in colours if standard error is a terminal.
    pub(super) fn for_tests(&self) -> String {
        let choice = anstream::AutoStream::choice(&std::io::stderr());
        let style = Style {
            color: choice != anstream::ColorChoice::Never,
            ..Style::default()
        };
        human::render(self, &style)
    }

    /// The report of the scenario with this name.
    pub fn scenario(&self, name: &str) -> Option<&ScenarioReport> {
        self.scenarios.iter().find(|it| it.name == name)
    }

    /// All findings, in order.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.scenarios.iter().flat_map(|it| &it.findings)
    }

    /// The first finding of a kind (`race`) or code (`R001`).
    pub fn finding(&self, kind: &str) -> Option<&Finding> {
        self.findings().find(|it| it.is(kind))
    }

    /// The final values of all scenarios, in order; compares with arrays of numbers.
    pub fn outcomes(&self) -> Vec<Vec<Value>> {
        self.scenarios.iter().flat_map(|it| it.values()).collect()
    }
}

impl ScenarioReport {
    /// The first finding of a kind (`race`) or code (`R001`).
    pub fn finding(&self, kind: &str) -> Option<&Finding> {
        self.findings.iter().find(|it| it.is(kind))
    }

    /// The final values of what `outcomes` and `observe` name, sorted.
    pub fn values(&self) -> Vec<Vec<Value>> {
        let rows = self.outcomes.iter().flat_map(|it| &it.rows);
        rows.map(|row| row.values.clone()).collect()
    }

    /// Line and column of a finding's guilty place in this scenario's file.
    pub fn position(&self, finding: &Finding) -> Option<Position> {
        let guilty = finding.places.iter().find(|it| it.primary);
        let place = guilty.or(finding.places.first())?;
        Some(self.source.position(place.span.start))
    }
}

impl Finding {
    /// Whether it is of that kind (`race`) or code (`R001`).
    pub fn is(&self, kind: &str) -> bool {
        self.kind == kind || self.code == kind
    }

    /// What `threadbare replay` takes to show the execution again.
    pub fn token(&self) -> Option<&str> {
        self.schedule.as_ref().map(|it| it.token.as_str())
    }

    /// The steps of the execution; empty if none shows it.
    pub fn steps(&self) -> &[Step] {
        self.schedule.as_ref().map_or(&[], |it| &it.steps)
    }
}

impl PartialEq<i64> for Value {
    fn eq(&self, other: &i64) -> bool {
        matches!(self, Value::Int(number) if number == other)
    }
}

impl PartialEq<bool> for Value {
    fn eq(&self, other: &bool) -> bool {
        matches!(self, Value::Bool(truth) if truth == other)
    }
}

impl PartialEq<&str> for Value {
    fn eq(&self, other: &&str) -> bool {
        matches!(self, Value::Text(text) if text == other)
    }
}
