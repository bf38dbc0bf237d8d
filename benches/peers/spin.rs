//! SPIN, if it is installed: the workload in Promela.

use super::measure::{Caps, Cost, Run, capped, time_of_children};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// What SPIN calls itself.
pub fn version() -> Option<String> {
    let output = Command::new("spin").arg("-V").output().ok()?;
    Command::new("gcc").arg("--version").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a workload to the end, with or without its partial-order reduction.
pub fn run(folder: &Path, name: &str, size: &[(&str, i64)], reduced: bool, caps: Caps) -> Run {
    search(folder, name, size, reduced, caps).unwrap_or(Run::Missing)
}

fn search(
    folder: &Path,
    name: &str,
    size: &[(&str, i64)],
    reduced: bool,
    caps: Caps,
) -> Option<Run> {
    let room = tempfile::tempdir().ok()?;
    let model = folder.join("promela").join(format!("{name}.pml"));
    let mut generate = Command::new("spin");
    generate.current_dir(&room).arg("-a");
    for (name, n) in size {
        generate.arg(format!("-D{name}={n}"));
    }
    generate.arg(model).output().ok()?;
    let mut compile = Command::new("gcc");
    compile.current_dir(&room);
    compile.args(["-O3", "-DSAFETY", "-w", "-o", "pan", "pan.c"]);
    if !reduced {
        compile.arg("-DNOREDUCE");
    }
    compile
        .arg(format!("-DMEMLIM={}", caps.mib))
        .output()
        .ok()?;
    // The time of these two counts as soon as they were waited for.
    let before = time_of_children();
    let start = Instant::now();
    // Deadlocks are not errors here: the whole space is wanted.
    let options = ["-m1000000", "-w24", "-E", "-n"];
    let mut pan = Command::new(room.path().join("pan"));
    pan.current_dir(&room).args(options);
    let output = capped(&pan, caps).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = |what: &str| {
        let line = text.lines().find(|line| line.contains(what))?;
        line.split_whitespace().next()?.parse::<f64>().ok()
    };
    let unfinished = ["out of memory", "max search depth too small"];
    if !output.status.success() || unfinished.iter().any(|what| text.contains(what)) {
        return Some(Run::Stopped);
    }
    let states = number("states, stored")?;
    let memory = number("total actual memory usage")?;
    // Without what the table had reserved and the stack of the search.
    let stored = number("actual memory usage for states").unwrap_or(memory);
    Some(Run::Done(Cost {
        states: states as u64,
        bytes_per_state: stored * f64::from(1 << 20) / states,
        cpu: time_of_children() - before,
        wall: start.elapsed().as_secs_f64(),
        peak_kib: (memory * 1024.0) as u64,
    }))
}
