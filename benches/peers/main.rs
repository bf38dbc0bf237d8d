//! Threadbare beside its peers, on the workloads of `benches/workloads`.
//!
//! `cargo bench --bench peers` runs every workload at its first two sizes, and
//! prints tables in Markdown; a run of it is kept in `benches/RESULTS.md`. After
//! `--`:
//!
//! | option | what it does |
//! |---|---|
//! | `--only WORD` | only workloads whose name contains it |
//! | `--sizes 123` | which of the three sizes |
//! | `--peers spin,loom` | only these, of spin, stateright, loom, shuttle |
//! | `--tables raw,verdict,growth` | only these |
//! | `--seconds N`, `--mib N` | bounds of each run: processor time, memory |
//!
//! What is measured: processor time (user and system) and peak memory of a
//! process of its own for each run, from `/proc`, so only on Linux. A peer that
//! is not installed, or that cannot do a workload, is named.

mod executions;
mod measure;
mod ours;
mod spin;
mod stateright;
mod tables;
mod workloads;

use measure::{Caps, Cost, Run, capped};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is to be run.
pub struct Plan {
    pub only: String,
    pub sizes: String,
    pub peers: String,
    pub tables: String,
    pub caps: Caps,
    /// SPIN's version, if it is there.
    pub spin: Option<String>,
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|first| first == "--one") {
        return one(&args[1], &args[2..]);
    }
    let option = |name: &str, default: &str| {
        let at = args.iter().position(|arg| arg == name);
        let value = at.and_then(|at| args.get(at + 1)).cloned();
        value.unwrap_or_else(|| default.to_owned())
    };
    let number = |name: &str, default: &str| {
        let text = option(name, default);
        text.parse()
            .unwrap_or_else(|_| panic!("`{name} {text}`: a number is needed"))
    };
    let plan = Plan {
        only: option("--only", ""),
        sizes: option("--sizes", "12"),
        peers: option("--peers", "spin,stateright,loom,shuttle"),
        tables: option("--tables", "raw,verdict,growth"),
        caps: Caps {
            seconds: number("--seconds", "60"),
            mib: number("--mib", "6000"),
        },
        spin: spin::version(),
    };
    tables::print(&plan);
}

impl Plan {
    /// Runs a peer, or this program for one of its own measurements.
    pub fn run(&self, what: &str, name: &str, size: &[(&str, i64)], workers: usize) -> Run {
        let (peer, reduced) = match what {
            "spin" => ("spin", false),
            "spin, reduced" => ("spin", true),
            other => (other, false),
        };
        let wanted = self.peers.split(',').any(|wanted| wanted == peer);
        let own = ["search", "check", "safe"].contains(&peer);
        if !own && !wanted || peer == "spin" && self.spin.is_none() {
            return Run::Missing;
        }
        if peer == "spin" {
            return spin::run(&folder(), name, size, reduced, self.caps);
        }
        let this = std::env::current_exe().expect("a program knows where it lies");
        let mut command = Command::new(this);
        command.args(["--one", what, name, &workers.to_string()]);
        for (name, n) in size {
            command.arg(format!("{name}={n}"));
        }
        let output = capped(&command, self.caps).output();
        let output = output.expect("this program can be run again");
        let text = String::from_utf8_lossy(&output.stdout);
        match (Cost::read(&text), output.status.success()) {
            (Some(cost), _) => Run::Done(cost),
            (None, true) => Run::Missing,
            (None, false) => Run::Stopped,
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/workloads")
}

/// One measurement in a process of its own.
fn one(what: &str, args: &[String]) {
    let workers: usize = args[1].parse().expect("a number of workers");
    let size: Vec<(String, i64)> = args[2..]
        .iter()
        .map(|set| {
            let (name, n) = set.split_once('=').expect("NAME=NUMBER");
            (name.to_owned(), n.parse().expect("a number"))
        })
        .collect();
    let cost = match what {
        "stateright" => stateright::run(&args[0], &size),
        "loom" | "shuttle" => executions::run(what, &args[0], &size),
        _ => Some(ours::run(&folder(), what, &args[0], &size, workers)),
    };
    if let Some(cost) = cost {
        println!("{}", cost.write());
    }
}
