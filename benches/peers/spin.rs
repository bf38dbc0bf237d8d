//! SPIN, if it is installed: the workload in Promela, everything stored, or with its
//! own reduction.

use super::measure::{Cost, time_of_children, within};
use super::workloads::{Size, folder};
use std::process::Command;
use std::time::Instant;

/// What SPIN calls itself.
pub fn version() -> Option<String> {
    let output = Command::new("spin").arg("-V").output().ok()?;
    Command::new("gcc").arg("--version").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a workload to the end, with partial-order reduction or without; `None` if it
/// does not get there in so many seconds, or in 6 GB.
pub fn run(name: &str, size: Size, reduced: bool, limit: f64) -> Option<Cost> {
    let room = tempfile::tempdir().ok()?;
    let model = folder().join("promela").join(format!("{name}.pml"));
    let mut generate = Command::new("spin");
    generate.current_dir(&room).arg("-a");
    for (name, n) in size {
        generate.arg(format!("-D{name}={n}"));
    }
    generate.arg(model).output().ok()?;
    let mut compile = Command::new("gcc");
    compile.current_dir(&room).args(["-O3", "-DSAFETY", "-w"]);
    if !reduced {
        compile.arg("-DNOREDUCE");
    }
    compile.args(["-DMEMLIM=6000", "-o", "pan", "pan.c"]);
    compile.output().ok()?;
    // The time of these two counts as soon as they were waited for.
    let before = time_of_children();
    let start = Instant::now();
    // Deadlocks are not errors here: the whole space is wanted.
    let options = ["-m1000000", "-w24", "-E", "-n"];
    let mut pan = Command::new(room.path().join("pan"));
    pan.current_dir(&room).args(options);
    let text = within(&mut pan, limit)?;
    let number = |what: &str| {
        let line = text.lines().find(|line| line.contains(what))?;
        line.split_whitespace().next()?.parse::<f64>().ok()
    };
    let unfinished = ["out of memory", "max search depth too small"];
    if unfinished.iter().any(|what| text.contains(what)) {
        return None;
    }
    let states = number("states, stored")?;
    let memory = number("total actual memory usage")?;
    Some(Cost {
        states: states as u64,
        bytes_per_state: memory * f64::from(1 << 20) / states,
        cpu: time_of_children() - before,
        wall: start.elapsed().as_secs_f64(),
        peak_kib: (memory * 1024.0) as u64,
    })
}
