//! The tables: raw speed and memory, time to the whole verdict, growth.

use super::Plan;
use super::measure::{Cost, Run, machine};
use super::workloads::{Size, WORKLOADS, Workload};

/// Prints all tables, each row as soon as it is known.
pub fn print(plan: &Plan) {
    print!("{}", machine());
    println!(
        "Threadbare {}; SPIN: {}; stateright 0.31, loom 0.7, shuttle 0.9.  ",
        env!("CARGO_PKG_VERSION"),
        plan.spin.as_deref().unwrap_or("not installed"),
    );
    println!(
        "Each run was stopped after {} s of processor time or at {} MiB. A dash: the peer \
         has no such program, or is not there.\n",
        plan.caps.seconds, plan.caps.mib
    );
    let wanted = |name: &str| plan.tables.split(',').any(|table| table == name);
    if wanted("raw") {
        raw(plan);
    }
    if wanted("verdict") {
        verdict(plan);
    }
    if wanted("growth") {
        growth(plan);
    }
}

fn rows(plan: &Plan) -> impl Iterator<Item = (&'static Workload, Size)> {
    let all = WORKLOADS.iter().filter(|it| it.name.contains(&plan.only));
    all.flat_map(|workload| {
        let sizes = (1..).zip(workload.sizes);
        let sizes = sizes.filter(|(n, _)| plan.sizes.contains(&format!("{n}")));
        sizes.map(move |(_, size)| (workload, size))
    })
}

fn title(workload: &Workload, size: &[(&str, i64)]) -> String {
    let size: Vec<String> = size.iter().map(|(name, n)| format!("{name}={n}")).collect();
    format!("{} {}", workload.name, size.join(" "))
}

fn header(columns: &[&str]) {
    println!("| {} |", columns.join(" | "));
    println!("|{}", "---|".repeat(columns.len()));
}

fn mib(cost: &Cost) -> String {
    (cost.peak_kib / 1024).to_string()
}

fn cells<const N: usize>(run: &Run, show: impl Fn(&Cost) -> [String; N]) -> Vec<String> {
    match run {
        Run::Done(cost) => show(cost).to_vec(),
        Run::Stopped => vec!["stopped".to_owned(); N],
        Run::Missing => vec!["–".to_owned(); N],
    }
}

/// How many times more the first is than the second, with two digits.
fn ratio(one: Option<f64>, other: Option<f64>) -> String {
    match (one, other) {
        (Some(one), Some(other)) if other > 0.0 => format!("{:.2}", one / other),
        _ => "–".to_owned(),
    }
}

fn raw(plan: &Plan) {
    println!("## Raw speed: everything stored, no reduction\n");
    header(&[
        "workload",
        "states",
        "states/s, search",
        "states/s, check",
        "two workers, wall",
        "bytes/state",
        "peak MiB",
        "SPIN states",
        "states/s",
        "bytes/state",
        "peak MiB",
        "stateright states",
        "states/s",
        "peak MiB",
        "states/s to SPIN's",
    ]);
    for (workload, size) in rows(plan) {
        let run = |what, workers| plan.run(what, workload.name, size, workers);
        let (one, two, check) = (run("search", 1), run("search", 2), run("check", 1));
        let (spin, stateright) = (run("spin", 1), run("stateright", 1));
        let wall = |run: &Run| run.done().map(|cost| cost.wall);
        let rate = |run: &Run| run.done().map(Cost::per_second);
        let mut row = vec![title(workload, size)];
        row.extend(cells(&one, |it| [it.states.to_string(), it.rate()]));
        row.extend(cells(&check, |it| [it.rate()]));
        row.push(ratio(wall(&one), wall(&two)));
        let memory = |it: &Cost| [format!("{:.1}", it.bytes_per_state), mib(it)];
        row.extend(cells(&one, memory));
        row.extend(cells(&spin, |it| [it.states.to_string(), it.rate()]));
        row.extend(cells(&spin, memory));
        row.extend(cells(&stateright, |it| {
            [it.states.to_string(), it.rate(), mib(it)]
        }));
        row.push(ratio(rate(&one), rate(&spin)));
        println!("| {} |", row.join(" | "));
    }
    println!();
}

const VERDICT_PEERS: [&str; 4] = ["spin, reduced", "stateright", "loom", "shuttle"];

fn verdict(plan: &Plan) {
    println!("## To the whole verdict: each with its own reductions\n");
    println!("States (executions for loom and shuttle), seconds of the processor, peak MiB.\n");
    let mut columns = vec!["workload", "Threadbare", "s", "MiB"];
    for peer in VERDICT_PEERS {
        columns.extend([peer, "s", "MiB"]);
    }
    columns.push("best peer's time to ours");
    header(&columns);
    for (workload, size) in rows(plan) {
        let run = |what| plan.run(what, workload.name, size, 1);
        let show = |it: &Cost| [it.states.to_string(), format!("{:.2}", it.cpu), mib(it)];
        let ours = run("safe");
        let mut row = vec![title(workload, size)];
        row.extend(cells(&ours, show));
        let mut best: Option<f64> = None;
        for peer in VERDICT_PEERS {
            let run = run(peer);
            row.extend(cells(&run, show));
            if let Some(cost) = run.done() {
                best = Some(best.map_or(cost.cpu, |best| best.min(cost.cpu)));
            }
        }
        // A clock tick is the least that can be seen.
        row.push(ratio(
            best.map(|it| it.max(0.01)),
            ours.done().map(|it| it.cpu.max(0.01)),
        ));
        println!("| {} |", row.join(" | "));
    }
    println!();
}

const GROWING: [(&str, &str); 6] = [
    ("search", "Threadbare, no reduction"),
    ("safe", "Threadbare"),
    ("spin", "SPIN, no reduction"),
    ("spin, reduced", "SPIN"),
    ("loom", "loom, executions"),
    ("shuttle", "shuttle, executions"),
];

fn growth(plan: &Plan) {
    println!("## Growth: states against threads\n");
    println!("Behind each number the factor to the one before.\n");
    header(&["workload", "who", "states"]);
    for workload in WORKLOADS.iter().filter(|it| it.name.contains(&plan.only)) {
        for (what, who) in GROWING {
            let mut before: Option<f64> = None;
            let mut seen = Vec::new();
            for &n in workload.grows.1 {
                let size = workload.with_threads(n);
                match plan.run(what, workload.name, &size, 1) {
                    Run::Done(cost) => {
                        let states = cost.states as f64;
                        let factor = before.map(|before| format!(" (×{:.1})", states / before));
                        seen.push(format!("{}{}", cost.states, factor.unwrap_or_default()));
                        before = Some(states);
                    }
                    Run::Stopped => {
                        seen.push("stopped".to_owned());
                        break;
                    }
                    Run::Missing => {
                        seen.push("–".to_owned());
                        break;
                    }
                }
            }
            let values: Vec<String> = workload.grows.1.iter().map(i64::to_string).collect();
            println!(
                "| {}, {} = {} | {who} | {} |",
                workload.name,
                workload.grows.0.join(" = "),
                values.join(", "),
                seen.join(", ")
            );
        }
    }
}
