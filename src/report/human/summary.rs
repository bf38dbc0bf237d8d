//! The last line of a suite: how many passed, failed, stayed open.

use super::pen::{Ink, count};
use super::{Amount, Style};
use crate::base::Severity;
use crate::report::{Report, ScenarioReport, Status};

/// `ok 7  expected bug found 5  failed 1  inconclusive 1   14 scenarios`.
pub fn summary(report: &Report, style: &Style) -> String {
    let scenarios = || report.scenarios.iter();
    let with = |status| scenarios().filter(move |it| it.status == status);
    let bugs = with(Status::Passed)
        .filter(|it| has_expected_bug(it))
        .count();
    let counts = [
        ("ok", with(Status::Passed).count() - bugs, Ink::Good),
        ("expected bug found", bugs, Ink::Good),
        ("failed", with(Status::Failed).count(), Ink::Error),
        (
            "inconclusive",
            with(Status::Inconclusive).count(),
            Ink::Warning,
        ),
        ("not checked", with(Status::Error).count(), Ink::Error),
    ];
    let shown = counts.iter().filter(|(_, number, _)| *number > 0);
    let words = shown.map(|(word, number, ink)| style.paint(*ink, &format!("{word} {number}")));
    let words: Vec<String> = words.collect();
    let total = count(scenarios().count() as u64, "scenario", "scenarios");
    let time = match style.amount {
        Amount::Verbose => format!(", {:.1} s", report.elapsed_ms / 1000.0),
        Amount::Quiet | Amount::Normal => String::new(),
    };
    format!("{}   {total}{time}\n", words.join("  "))
}

fn has_expected_bug(report: &ScenarioReport) -> bool {
    let is_bug = |severity| severity == Severity::Error;
    report
        .findings
        .iter()
        .any(|it| it.expected && is_bug(it.severity))
}
