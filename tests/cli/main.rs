//! The command line from outside: the built program, its output, its exit codes.

mod bless;
mod commands;
mod fix;
mod hostile;
mod init;
mod inputs;
mod limits;
mod recipes;
mod runs;
mod same;
mod settings;
mod streams;
mod watch;
mod witnesses;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run of the program gave.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Run {
    /// Compares the exit code, showing all output if it is another.
    #[track_caller]
    fn exits(&self, code: i32) -> &Self {
        assert_eq!(
            self.code,
            Some(code),
            "stdout:\n{}\nstderr:\n{}",
            self.out,
            self.err
        );
        self
    }

    #[track_caller]
    fn says(&self, text: &str) -> &Self {
        let all = format!("stdout:\n{}\nstderr:\n{}", self.out, self.err);
        assert!(all.contains(text), "{text:?} is missing in\n{all}");
        self
    }
}

/// The program in the folder of the package, without the caller's settings.
fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_threadbare"));
    command.args(args).current_dir(env!("CARGO_MANIFEST_DIR"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM", "CI"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Run {
    finish(command(args).output().expect("the program can be started"))
}

/// Runs it with a text on standard input.
fn run_with(args: &[&str], input: &[u8]) -> Run {
    let mut child = command(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    let mut stdin = child.stdin.take().expect("it is a pipe");
    // The program may stop reading early; that is its good right.
    let input = input.to_vec();
    let feeder = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("the program ends");
    feeder.join().expect("writing does not panic");
    finish(output)
}

fn finish(output: std::process::Output) -> Run {
    Run {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("output is UTF-8"),
        err: String::from_utf8(output.stderr).expect("output is UTF-8"),
    }
}

/// A folder that vanishes, with files.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder can be made"))
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        let parent = path.parent().expect("it is in the folder");
        std::fs::create_dir_all(parent).expect("a folder can be made");
        std::fs::write(&path, content).expect("a file can be written");
        path.to_str().expect("it is UTF-8").to_owned()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn name(&self) -> &str {
        self.0.path().to_str().expect("it is UTF-8")
    }
}

/// Every scenario file of the project.
fn library() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the library is there") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "tb") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

const GOOD: &str = r#"scenario "good" {
    lock m
    var count = 0
    thread worker * 2 { with m { count += 1 } }
    finally assert count == 2
}
"#;

const RACY: &str = r#"scenario "racy" {
    var count = 0
    thread worker * 2 { count += 1 }
    outcomes (count) == { 1, 2 }
}
"#;

const DEADLOCK: &str = r#"scenario "deadlock" {
    lock a
    lock b
    thread transfer { with a { with b { skip } } }
    thread audit { with b { with a { skip } } }
}
"#;

const TYPO: &str = r#"scenario "typo" {
    var count = 0
    thread worker { cuont += 1 }
}
"#;

/// Far more states than anybody wants to see.
const HUGE: &str = r#"scenario "huge" {
    atomic a = 0
    atomic b = 0
    atomic c = 0
    thread one * 3 { for i in 0..1000 { a = i } }
    thread two * 3 { for i in 0..1000 { b = i } }
    thread three * 3 { for i in 0..1000 { c = i } }
}
"#;
