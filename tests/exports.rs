//! Exports: SPIN gives the same verdict, and what cannot be exported is refused
//! by name.
//!
//! SPIN is asked where it and a C compiler are installed; else a line says that it
//! was not. `THREADBARE_SPIN=all cargo test --test exports` asks about every
//! scenario of the library that can be exported: some minutes.

use std::path::{Path, PathBuf};
use std::process::Command;
use threadbare::base::Source;
use threadbare::checker::Checker;
use threadbare::export::{self, Library, Refused};

/// Scenarios of every kind that a model can have.
const FEW: &[&str] = &[
    "assert/flag_mutex",
    "assert/wait_with_if",
    "clean/bounded_buffer",
    "clean/peterson",
    "clean/nested_read_prefer_readers",
    "clean/queue_under_lock",
    "clean/reusable_barrier",
    "clean/treiber_aba",
    "deadlock/barrier_one_short",
    "deadlock/three_locks",
    "deadlock/philosophers",
    "deadlock/queue_under_lock",
    "outcomes/free_for_all",
    "race/lost_update",
];

/// Where SPIN sees something else, and why.
const DIFFERENT: &[(&str, &str)] = &[
    (
        "deadlock/beside_a_clock",
        "another thread runs for ever, so no state is an end",
    ),
    (
        "misuse/one_runner_too_many",
        "misuse is an assertion; what comes behind it differs",
    ),
    (
        "misuse/wait_without_lock",
        "misuse is an assertion; what comes behind it differs",
    ),
    (
        "misuse/waits_inside_one_step",
        "a block that cannot go on is not looked for",
    ),
];

fn library() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn model(name: &str, text: &str) -> Result<String, Refused> {
    let source = Source::new(format!("{name}.tb"), text);
    let loaded = Checker::new().load(&source);
    let program = loaded.scenarios[0].program.as_ref();
    let (_, program) = program.unwrap_or_else(|| panic!("{name}: {:?}", loaded.scenarios[0]));
    export::promela(program)
}

/// Whether assertions fail, and whether there are deadlocks.
#[derive(PartialEq, Eq, Debug)]
struct Verdict {
    fails: bool,
    deadlocks: bool,
}

fn ours(text: &str) -> Verdict {
    let report = Checker::new().check_str("s.tb", text);
    let codes: Vec<String> = { report.scenarios[0].findings.iter() }
        .filter(|it| it.severity == threadbare::base::Severity::Error)
        .map(|it| it.code.to_string())
        .collect();
    let any = |of: &[&str]| {
        codes
            .iter()
            .any(|code| of.iter().any(|it| code.starts_with(it)))
    };
    Verdict {
        fails: any(&["A001", "A002", "A003", "A004", "O002", "M"]),
        deadlocks: any(&["D", "S001"]),
    }
}

fn installed(program: &str, argument: &str) -> bool {
    let done = Command::new(program).arg(argument).output();
    done.is_ok_and(|done| done.status.success())
}

fn run(program: &str, args: &[&str], folder: &Path) -> String {
    let done = Command::new(program)
        .args(args)
        .current_dir(folder)
        .output();
    let done = done.expect("it can be started");
    let err = String::from_utf8_lossy(&done.stderr);
    String::from_utf8_lossy(&done.stdout).into_owned() + &err
}

fn by_spin(name: &str, model: &str) -> Verdict {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    std::fs::write(folder.join("model.pml"), model).expect("a file");
    let said = run("spin", &["-a", "model.pml"], folder);
    assert!(
        folder.join("pan.c").exists() && !said.contains("rror"),
        "{name}: {said}"
    );
    let args = ["-w", "-DSAFETY", "-DNOREDUCE", "-o", "pan", "pan.c"];
    let said = run("cc", &args, folder);
    assert!(folder.join("pan").exists(), "{name}: {said}");
    let errors = |option: &str| {
        let pan = folder.join("pan");
        let pan = pan.to_str().expect("it is UTF-8");
        let said = run(pan, &["-m200000", option], folder);
        assert!(said.contains("errors: "), "{name}: {said}");
        assert!(!said.contains("depth too small"), "{name}: {said}");
        !said.contains("errors: 0")
    };
    Verdict {
        fails: errors("-E"),
        deadlocks: errors("-A"),
    }
}

fn all() -> Vec<String> {
    let mut found = Vec::new();
    for folder in std::fs::read_dir(library()).expect("the library is there") {
        let folder = folder.expect("it can be read").path();
        for file in std::fs::read_dir(&folder).expect("a folder").flatten() {
            let name = file.path().with_extension("");
            let name = name.strip_prefix(library()).expect("in the library");
            let parts = name.iter().map(|part| part.to_string_lossy());
            found.push(parts.collect::<Vec<_>>().join("/"));
        }
    }
    found.retain(|name| !name.starts_with("lessons/"));
    found.sort();
    found
}

#[test]
fn spin_says_the_same() {
    if !installed("spin", "-V") || !installed("cc", "--version") {
        println!("SPIN or a C compiler is not installed: no model was checked");
        return;
    }
    let wants_all = std::env::var("THREADBARE_SPIN").is_ok_and(|it| it == "all");
    let names: Vec<String> = match wants_all {
        true => all(),
        false => FEW.iter().map(|&name| name.to_owned()).collect(),
    };
    let mut n_asked = 0;
    for name in names {
        let path = library().join(&name).with_extension("tb");
        let text = std::fs::read_to_string(path).expect("it is in the library");
        let model = match model(&name, &text) {
            Ok(model) => model,
            Err(_) if wants_all => continue,
            Err(refused) => panic!("{name}: {}", refused.what),
        };
        if DIFFERENT.iter().any(|(other, _)| *other == name) {
            continue;
        }
        n_asked += 1;
        assert_eq!(by_spin(&name, &model), ours(&text), "{name}");
    }
    println!("SPIN was asked about {n_asked} models");
}

#[test]
fn a_model_with_any_names_is_accepted_by_spin() {
    if !installed("spin", "-V") {
        println!("SPIN is not installed: no model was checked");
        return;
    }
    let text = r#"scenario "*/ int x" {
        atomic init = 0 atomic at = 0 atomic me = 0 lock atomic_ sem done = 1 chan len(1)
        thread run * 2 { let pid = init init = pid + 1 with atomic_ { at += 1 } }
        thread od { with done { len.send(1) } let if_ = len.recv() }
    }"#;
    let model = model("names", text).expect("it can be exported");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("model.pml"), model).expect("a file");
    let said = run("spin", &["-a", "model.pml"], folder.path());
    assert!(folder.path().join("pan.c").exists(), "{said}");
    assert!(!said.contains("rror"), "{said}");
}

#[track_caller]
fn refused(body: &str, by_rust: Option<&str>, by_promela: Option<&str>) {
    let text = format!("scenario \"s\" {{ {body} }}");
    let source = Source::new("s.tb", &*text);
    let loaded = Checker::new().load(&source);
    let program = loaded.scenarios[0].program.as_ref();
    let (hir, program) = program.unwrap_or_else(|| panic!("{:?}", loaded.scenarios[0]));
    for library in [Library::Std, Library::Loom, Library::Shuttle] {
        let written = export::rust(&[hir], "s.tb", library);
        let what = written.err().map(|refused| refused.what);
        assert_eq!(what.as_deref(), by_rust, "{body}");
    }
    let what = export::promela(program).err().map(|refused| refused.what);
    assert_eq!(what.as_deref(), by_promela, "{body}");
}

#[test]
fn what_cannot_be_exported_is_refused_by_name() {
    refused("atomic n = 0 thread t { n = 1 }", None, None);
    refused(
        "reentrant lock m thread t { with m { } }",
        Some("a reentrant lock"),
        Some("a reentrant lock"),
    );
    refused(
        "var n = 0 thread t { atomic { n = 1 } }",
        Some("`atomic { }`"),
        None,
    );
    refused(
        "atomic n = 0 thread t { wait_until(n == 0) }",
        Some("`wait_until`"),
        None,
    );
    refused(
        "lock m thread t { m.lock() if true { m.unlock() } else { m.unlock() } }",
        Some("an `unlock()` without a `lock()` in the same block"),
        None,
    );
    refused(
        "fn f() { skip } thread t { let h = spawn f() h.join() }",
        None,
        Some("`spawn`"),
    );
    refused(
        "fn f() { skip } thread t { let h = spawn f() if true { h.join() } }",
        Some("a `join` in another block than its `spawn`"),
        Some("`spawn`"),
    );
    refused(
        "thread t { try { raise \"X\" } catch { skip } }",
        Some("`try`"),
        Some("`raise`"),
    );
    refused(
        "atomic n = 0 thread t { n = 5000000000 }",
        None,
        Some("a number of more than 32 bits"),
    );
    refused(
        "atomic n = 0 thread t { n = 1 } eventually n == 1",
        Some("`eventually`"),
        Some("`eventually`"),
    );
    refused(
        "daemon thread t { skip }",
        Some("a daemon thread"),
        Some("a daemon thread"),
    );
    refused(
        "atomic n = 0 fn f(x: int) { if x > 0 { f(x - 1) } } thread t { f(n) }",
        None,
        Some("recursion, or more than 64 calls"),
    );
}
