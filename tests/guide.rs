//! Every scenario of the guide does what the guide says: each wrong one shows
//! exactly its code, each repaired one nothing, and each other one what it expects.
//!
//! Blocks marked `scenario,later` belong to rules that are still to come; the
//! first test that sees one of them work asks for the mark to be removed.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use threadbare::analysis::Rule;
use threadbare::base::Severity;
use threadbare::checker::{Checker, Engine, Sampling, Strategy};
use threadbare::guide::{self, Block, CHAPTERS, HEADINGS, Page};
use threadbare::report::{Finding, Report, ScenarioReport, Status};

/// A checker with the limits that the pages about limits speak of.
fn checker(code: &str) -> Checker {
    let checker = Checker::new();
    match code {
        "B001" => checker.max_states(1000),
        "B002" => checker.max_depth(5),
        "B003" => checker.max_memory(1024),
        "B004" => checker.timeout(Duration::ZERO),
        "B005" => checker.interrupt(Arc::new(AtomicBool::new(true))),
        "B012" => checker.sample(Sampling {
            executions: 100,
            seed: 1,
            scheduler: Strategy::Uniform,
        }),
        "B013" => checker.few_switches(1),
        "B014" => checker.engine(Engine::Shuttle),
        "E029" => checker.set("SEATZ", 3),
        _ => checker,
    }
}

fn codes(scenario: &ScenarioReport) -> Vec<String> {
    let found = scenario.findings.iter().map(|finding| &finding.code);
    let wrong = scenario.diagnostics.iter().map(|wrong| wrong.code);
    let mut codes: Vec<String> = found.map(|code| code.to_string()).collect();
    codes.extend(wrong.map(str::to_owned));
    if let Some(limit) = &scenario.limit {
        codes.push(limit.code.to_string());
    }
    codes.sort();
    codes.dedup();
    codes
}

fn all_codes(report: &Report) -> Vec<String> {
    let mut codes: Vec<String> = report.scenarios.iter().flat_map(codes).collect();
    codes.sort();
    codes.dedup();
    codes
}

fn codes_where(report: &Report, wanted: impl Fn(&Finding) -> bool) -> Vec<String> {
    let findings = report.scenarios.iter().flat_map(|it| &it.findings);
    let mut codes: Vec<String> = findings
        .filter(|finding| wanted(finding))
        .map(|finding| finding.code.to_string())
        .collect();
    codes.sort();
    codes.dedup();
    codes
}

fn statuses(report: &Report) -> Vec<(&str, Status)> {
    let scenarios = report.scenarios.iter();
    scenarios
        .map(|scenario| (scenario.name.as_str(), scenario.status))
        .collect()
}

fn all_passed(report: &Report) -> bool {
    !report.scenarios.is_empty()
        && report
            .scenarios
            .iter()
            .all(|scenario| scenario.status == Status::Passed)
}

/// What is wrong with a block, in words.
fn complaint(page: &Page, block: &Block<'_>) -> Option<String> {
    let code = page.code();
    let is_wrong = block.heading == "A wrong scenario";
    let checker = if is_wrong {
        checker(code)
    } else {
        Checker::new()
    };
    let report = checker.check_str(code, block.text);
    let found = all_codes(&report);
    let fine = if !is_wrong {
        let silent = block.heading != "Repaired" || unexpected(&report).is_empty();
        all_passed(&report) && silent
    } else if code.starts_with('E') {
        let first = report
            .scenarios
            .iter()
            .flat_map(|it| &it.diagnostics)
            .next();
        first.is_some_and(|wrong| wrong.code == code)
            && report
                .scenarios
                .iter()
                .all(|it| it.status != Status::Passed)
    } else if code.starts_with('B') {
        found == [code]
            && report
                .scenarios
                .iter()
                .all(|it| it.status == Status::Inconclusive)
    } else if code == "X001" {
        found == [code] && report.scenarios[0].status == Status::Failed
    } else {
        // A warning may say where the error comes from.
        let errors = codes_where(&report, |finding| finding.severity == Severity::Error);
        (found == [code] || errors == [code]) && all_passed(&report)
    };
    (!fine).then(|| {
        let statuses = statuses(&report);
        format!("{code}, {}: {statuses:?}, found {found:?}", block.heading)
    })
}

/// Findings of a repaired scenario that it does not itself ask for.
fn unexpected(report: &Report) -> Vec<String> {
    let findings = report.scenarios.iter().flat_map(|it| &it.findings);
    findings
        .filter(|finding| !finding.expected)
        .map(|finding| finding.code.to_string())
        .collect()
}

#[test]
fn every_scenario_shows_what_its_page_says() {
    let mut complaints = Vec::new();
    for page in guide::pages() {
        let blocks = page.blocks();
        let run = blocks.iter().filter(|block| block.info == "scenario");
        complaints.extend(run.filter_map(|block| complaint(page, block)));
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn every_scenario_of_the_book_passes() {
    let mut complaints = Vec::new();
    for &(chapter, markdown) in CHAPTERS {
        for (info, text) in guide::blocks(markdown) {
            if info == "scenario" {
                let report = Checker::new().check_str(chapter, text);
                if !all_passed(&report) {
                    complaints.push(format!("{chapter}: {:?}", statuses(&report)));
                }
            }
        }
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn no_block_is_still_marked_as_later_that_works_today() {
    for page in guide::pages() {
        let mut later = page.blocks();
        later.retain(|block| block.info == "scenario,later");
        let all_work = later.iter().all(|block| complaint(page, block).is_none());
        assert!(
            later.is_empty() || !all_work,
            "{} works: write `scenario` for `scenario,later`, and take out that it is not looked for",
            page.code()
        );
    }
}

#[test]
fn every_page_has_the_same_headings_in_the_same_order() {
    for page in guide::pages() {
        let first = page.markdown().lines().next().unwrap_or_default();
        assert_eq!(first, format!("# {}: {}", page.code(), page.title()));
        let headings: Vec<&str> = page.sections().iter().map(|it| it.heading).collect();
        let fixed: Vec<&str> = headings
            .iter()
            .copied()
            .filter(|heading| !heading.contains(": "))
            .collect();
        assert_eq!(fixed, HEADINGS, "in {}", page.code());
        assert!(
            page.sections().iter().all(|it| !it.body.is_empty()),
            "{} has an empty part",
            page.code()
        );
    }
}

#[test]
fn a_page_without_a_rule_says_so() {
    for page in guide::pages() {
        let code = page.code();
        let of_a_family = "RDLASKMOW".contains(&code[..1]);
        let known = Rule::ALL.iter().any(|rule| rule.code() == code);
        let says_so = page.text().contains("does not look for it yet");
        let is_marked = page.blocks().iter().any(|it| it.info == "scenario,later");
        assert_eq!(says_so, is_marked, "{code}");
        assert!(says_so || known || !of_a_family, "no rule finds {code}");
    }
}

#[test]
fn every_code_has_a_page() {
    use threadbare::syntax::{code, resolve::codes};
    let rules = Rule::ALL.iter().map(|rule| rule.code());
    let texts = code::TABLE
        .iter()
        .chain(codes::TABLE)
        .map(|&(code, _)| code);
    for code in rules.chain(texts) {
        assert!(guide::explain(code).is_some(), "{code} has no page");
    }
}

#[test]
fn topics_have_different_names() {
    let mut topics: Vec<&str> = guide::pages()
        .iter()
        .flat_map(|page| page.topics())
        .collect();
    let all = topics.len();
    topics.sort_unstable();
    topics.dedup();
    assert_eq!(topics.len(), all, "{topics:?}");
}

#[test]
fn every_link_of_a_page_leads_to_a_page() {
    for page in guide::pages() {
        for line in page.markdown().lines() {
            let Some((name, target)) = line.strip_prefix('[').and_then(|it| it.split_once("]: "))
            else {
                continue;
            };
            let known = guide::explain(name).is_some()
                || CHAPTERS.iter().any(|&(chapter, _)| chapter == name);
            assert!(known, "{} links to {name} ({target})", page.code());
        }
    }
}
