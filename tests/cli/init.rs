//! `init`: what it writes into a crate, and that it works there.

use crate::{Folder, command, finish, run};
use std::fs;
use std::process::Command;

const MANIFEST: &str =
    "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n";

#[test]
fn a_crate_gets_what_it_lacks_and_keeps_what_it_has() {
    let folder = Folder::new();
    folder.file("Cargo.toml", MANIFEST);
    folder.file("threadbare.toml", "# mine\npaths = [\"scenarios\"]\n");
    let init = run(&["init", folder.name()]);
    init.exits(0)
        .says("wrote ")
        .says("kept ")
        .says("cargo add --dev threadbare")
        .says("cargo test --test scenarios");
    let settings = fs::read_to_string(folder.path("threadbare.toml")).expect("it is there");
    assert!(settings.starts_with("# mine"));
    assert_eq!(
        fs::read_to_string(folder.path("Cargo.toml")).expect("it is there"),
        MANIFEST
    );
    let again = run(&["init", folder.name()]);
    assert_eq!(again.exits(0).out.matches("kept ").count(), 4);
    let mut check = command(&["check"]);
    let checked = finish(
        check
            .current_dir(folder.path(""))
            .output()
            .expect("it starts"),
    );
    checked.exits(0).says("ok  the last ticket");
    let first = folder.path("scenarios/first.tb");
    run(&["fmt", "--check", first.to_str().expect("UTF-8")]).exits(0);
}

#[test]
fn only_a_crate_is_begun_in() {
    let folder = Folder::new();
    run(&["init", folder.name()])
        .exits(2)
        .says("this is no crate");
    folder.file("Cargo.toml", "[workspace]\nmembers = []\n");
    run(&["init", folder.name()])
        .exits(2)
        .says("a workspace, not a crate");
    folder.file("Cargo.toml", "[package\n");
    run(&["init", folder.name()]).exits(2).says("is not TOML");
    assert_eq!(fs::read_dir(folder.path("")).expect("a folder").count(), 1);
}

/// The scenario's idea, without the lock, is a bug that the same test finds.
#[test]
fn the_first_scenario_can_be_broken_as_it_says() {
    let folder = Folder::new();
    folder.file("Cargo.toml", MANIFEST);
    run(&["init", folder.name()]).exits(0);
    let path = folder.path("scenarios/first.tb");
    let text = fs::read_to_string(&path).expect("it was written");
    let broken = text
        .replace("        with key {\n", "")
        .replacen("        }\n", "", 1);
    fs::write(&path, broken).expect("it is ours");
    run(&["check", path.to_str().expect("UTF-8")])
        .exits(1)
        .says("error[");
}

/// The test file is one that Rust accepts: it is compiled, not linked with us, so
/// that this stays quick; `tests/account` is a crate that depends on us in full.
#[test]
fn the_test_file_is_rust() {
    let folder = Folder::new();
    folder.file("Cargo.toml", MANIFEST);
    run(&["init", folder.name()]).exits(0);
    let text = fs::read_to_string(folder.path("tests/scenarios.rs")).expect("it was written");
    let ours = "mod threadbare {\n    pub struct Checker;\n    pub struct Report;\n    impl Checker {\n        \
                pub fn new() -> Self { Self }\n        \
                pub fn check_path(&self, _: impl AsRef<std::path::Path>) -> Report { Report }\n    }\n    \
                impl Report { pub fn assert_passed(&self) {} }\n}\n";
    let file = folder.file("test.rs", format!("{text}{ours}"));
    let out = folder.path("test.rmeta");
    let rustc = Command::new(option_env!("RUSTC").unwrap_or("rustc"))
        .args(["--edition=2024", "--test", "--emit=metadata", "-o"])
        .arg(&out)
        .arg(&file)
        .env("CARGO_MANIFEST_DIR", folder.name())
        .output();
    if let Ok(output) = rustc {
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
