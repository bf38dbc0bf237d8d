//! What other programs read, against what they expect: SARIF and JSON keep to
//! their schemas, whatever the scenario is about.

use jsonschema::Validator;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use threadbare::checker::Checker;
use threadbare::guide;
use threadbare::report::sarif::{self, RulePage};
use threadbare::report::{Report, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The whole library, some of it with a limit that stops the search.
fn library() -> Report {
    let path = root().join("scenarios");
    let mut report = Checker::new().max_states(2_000).check_path(path);
    let typo = "scenario \"typo\" {\n    var count = 0\n    thread t { cuont += 1 }\n}\n";
    let wrong = Checker::new().check_str("sub folder/ä \"x\".tb", typo);
    report.scenarios.extend(wrong.scenarios);
    report
}

fn pages() -> Vec<RulePage<'static>> {
    let pages = guide::pages().iter().map(|page| RulePage {
        code: page.code(),
        title: page.title(),
        summary: page.section("What it finds").map_or("", |it| it.body),
        markdown: page.text(),
    });
    pages.collect()
}

/// What cargo prints.
fn cargo(args: &[&str]) -> String {
    let mut cargo = Command::new(env!("CARGO"));
    let output = cargo.args(args).current_dir(root()).output();
    let output = output.expect("cargo is there, it runs this test");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {args:?}: {said}");
    String::from_utf8(output.stdout).expect("cargo writes UTF-8")
}

/// The schema of SARIF 2.1.0 as the crate `serde-sarif` brings it along.
fn sarif_schema() -> Value {
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|it| it.strip_prefix("host: "));
    // Packages for other systems are not here.
    let here = ["--filter-platform", host.expect("cargo knows its host")];
    let ask = ["metadata", "--format-version=1", "--offline", "--locked"];
    let metadata = cargo(&[&ask[..], &here].concat());
    let metadata: Value = serde_json::from_str(&metadata).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("a list");
    let package = packages.iter().find(|it| it["name"] == "serde-sarif");
    let manifest = package.and_then(|it| it["manifest_path"].as_str());
    let manifest = PathBuf::from(manifest.expect("it is a dev-dependency"));
    let schema = manifest.with_file_name("src").join("schema.json");
    let schema = fs::read_to_string(schema).expect("it is part of the crate");
    let mut schema: Value = serde_json::from_str(&schema).expect("it is JSON");
    // Its pattern for languages, which we do not write, has a bracket too many.
    for of in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][of]["properties"]["language"];
        let language = language.as_object_mut().expect("it is described");
        language.remove("pattern").expect("it is still wrong");
    }
    schema
}

#[track_caller]
fn assert_valid(document: &str, schema: &Value) -> Value {
    let validator = Validator::new(schema).expect("it is a schema");
    let document: Value = serde_json::from_str(document).expect("it is JSON");
    let errors = validator.iter_errors(&document).take(5);
    let errors: Vec<String> = errors
        .map(|it| format!("{}: {it}", it.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    document
}

#[test]
fn sarif_keeps_to_the_published_schema() {
    let report = library();
    let schema = sarif_schema();
    assert_eq!(schema["properties"]["version"]["enum"][0], "2.1.0");
    let log = assert_valid(&sarif::render(&report, &pages()), &schema);
    let results = log["runs"][0]["results"].as_array().expect("a list");
    let with = |key: &str| results.iter().filter(|it| !it[key].is_null()).count();
    assert!(results.len() > 100 && with("codeFlows") > 50 && with("relatedLocations") > 50);
    let kinds = ["fail", "informational", "open"];
    for kind in kinds {
        assert!(results.iter().any(|it| it["kind"] == kind), "{kind}");
    }
    assert_valid(&sarif::render(&Report::new(Vec::new()), &[]), &schema);
}

/// Every rule that is referred to stands at its index, with its page.
#[test]
fn sarif_refers_to_rules_with_help() {
    let log = sarif::render(&library(), &pages());
    let log: Value = serde_json::from_str(&log).expect("it is JSON");
    let run = &log["runs"][0];
    for result in run["results"].as_array().expect("a list") {
        let index = result["ruleIndex"].as_u64().expect("a number") as usize;
        let rule = &run["tool"]["driver"]["rules"][index];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["help"]["markdown"].is_string(), "{}", rule["id"]);
        let location = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        let file = location["index"].as_u64().expect("a number") as usize;
        assert_eq!(run["artifacts"][file]["location"]["uri"], location["uri"]);
    }
    let last = run["artifacts"].as_array().and_then(|it| it.last());
    let last = last.expect("there are files");
    assert_eq!(last["location"]["uri"], "sub%20folder/%C3%A4%20%22x%22.tb");
}

#[test]
fn json_keeps_to_its_own_schema() {
    let schema: Value = serde_json::from_str(json::schema()).expect("it is JSON");
    let report = library();
    assert_valid(&json::render(&report), &schema);
    for line in json::render_lines(&report).lines() {
        assert_valid(line, &schema);
    }
}
