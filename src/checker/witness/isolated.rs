//! An engine in a process of its own: it may panic, abort, or use up its stack,
//! its memory or its time, and we go on.
//!
//! The other process is this program again, with a hidden command. It gets its
//! errand as JSON on standard input and answers on standard output.

use super::super::Checker;
use crate::base::Source;
use crate::bridge::{Bounds, Engine, NotBuilt, Order, Sight, Unfinished, lead, run};
use crate::program::Program;
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The hidden command.
pub const COMMAND: &str = "witness";

/// How much longer than its time a process may take.
const GRACE: Duration = Duration::from_secs(5);
/// How often it is looked after.
const LOOK: Duration = Duration::from_millis(2);

/// What a process is to run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Errand {
    /// With what.
    pub engine: Engine,
    /// How far.
    pub bounds: Bounds,
    /// The file's name.
    pub file: String,
    /// Its text.
    pub text: String,
    /// Which of its scenarios.
    pub scenario: usize,
    /// Constants with other values.
    pub sets: Vec<(String, i64)>,
    /// A schedule that it is to be led along, instead of its own orders.
    pub orders: Option<Vec<Order>>,
    /// Whether every `print` is two steps, if that was said.
    pub splits_print: Option<bool>,
}

/// Runs an errand in a process of the executable.
pub fn send(executable: &Path, errand: &Errand) -> Sight {
    match try_to_send(executable, errand) {
        Ok(sight) => sight,
        Err(why) => Sight {
            executions: 0,
            unfinished: Some(why),
            ends: Vec::new(),
        },
    }
}

fn try_to_send(executable: &Path, errand: &Errand) -> Result<Sight, Unfinished> {
    let broken = |error: std::io::Error| Unfinished::Broken(error.to_string());
    let mut child = Command::new(executable)
        .arg(COMMAND)
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(broken)?;
    let errand_text = serde_json::to_string(errand).expect("an errand is plain data");
    let mut stdin = child.stdin.take().expect("it was piped");
    let mut stdout = child.stdout.take().expect("it was piped");
    let answer = std::thread::spawn(move || {
        // Whoever cannot take its errand will not answer, either.
        let _ = stdin.write_all(errand_text.as_bytes());
        drop(stdin);
        let mut text = String::new();
        stdout.read_to_string(&mut text).map(|_| text)
    });
    let ended = look_after(&mut child, &errand.bounds);
    let text = answer
        .join()
        .map_err(|_| Unfinished::Broken("no answer".to_owned()))?;
    ended?;
    let text = text.map_err(broken)?;
    serde_json::from_str(&text).map_err(|error| Unfinished::Broken(error.to_string()))
}

/// Waits for the end of a process, or ends it.
fn look_after(child: &mut Child, bounds: &Bounds) -> Result<(), Unfinished> {
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(Unfinished::Broken(format!("it ended with {status}"))),
            Ok(None) => {}
            Err(error) => return Err(Unfinished::Broken(error.to_string())),
        }
        let why = if begun.elapsed() > bounds.time + GRACE {
            Unfinished::Time
        } else if bytes_of(child.id()).is_some_and(|bytes| bytes > bounds.memory) {
            Unfinished::Memory
        } else {
            std::thread::sleep(LOOK);
            continue;
        };
        // It may have ended by itself in the meantime.
        let _ = child.kill();
        let _ = child.wait();
        return Err(why);
    }
}

/// The memory that a process uses, where the system tells.
fn bytes_of(process: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/statm")).ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

/// Runs an errand here.
pub(super) fn carry_out(errand: &Errand, program: &Program) -> Result<Sight, NotBuilt> {
    match &errand.orders {
        None => run(errand.engine, program, errand.bounds),
        Some(orders) => lead(errand.engine, program, orders, errand.bounds),
    }
}

/// What the hidden command does: the errand as JSON in, what was seen as JSON out.
///
/// # Errors
///
/// If the errand makes no sense.
pub fn receive(text: &str) -> Result<String, String> {
    let errand: Errand = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut checker = Checker::new().sets_where_known();
    for (name, value) in &errand.sets {
        checker = checker.set(name, *value);
    }
    if let Some(splits) = errand.splits_print {
        checker = checker.splits_print(splits);
    }
    let loaded = checker.load(&Source::new(errand.file.as_str(), errand.text.as_str()));
    let scenario = loaded.scenarios.get(errand.scenario);
    let program = scenario.and_then(|it| it.program.as_ref());
    let (_, program) = program.ok_or("no such scenario")?;
    // Failures are how an engine talks; nobody wants to read them.
    std::panic::set_hook(Box::new(|_| {}));
    let sight = carry_out(&errand, program).map_err(|error| error.to_string())?;
    serde_json::to_string(&sight).map_err(|error| error.to_string())
}
