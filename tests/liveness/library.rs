//! Every scenario of the library keeps its promise, and says what runs for ever.

use threadbare::checker::Checker;
use threadbare::report::Status;

#[test]
fn all_scenarios_pass() {
    let report = Checker::new().workers(2).check_path("scenarios");
    let mut bad = Vec::new();
    for scenario in &report.scenarios {
        let codes: Vec<String> = scenario
            .findings
            .iter()
            .filter(|f| {
                f.code.starts_with('S') && f.code != "S001" || scenario.status != Status::Passed
            })
            .map(|f| format!("{} {:?} {}", f.code, f.severity, f.message))
            .collect();
        if !codes.is_empty() || scenario.status != Status::Passed {
            println!("{} {:?} {codes:?}", scenario.name, scenario.status);
        }
        if scenario.status != Status::Passed {
            bad.push(&scenario.name);
        }
    }
    assert!(bad.is_empty(), "{bad:?}");
}
