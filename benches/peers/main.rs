//! Threadbare beside its peers, on the workloads of `benches/workloads`.
//!
//! `cargo bench --bench peers` runs every workload at its first two sizes and prints
//! four tables in Markdown; a run of it is kept in `benches/RESULTS.md`.
//!
//! - `-- --all`: all three sizes.
//! - `-- --only filter`: those whose name contains the word.
//! - `-- --one check bakery 1 60 N=4 ROUNDS=2`: a single run of `check`, `search`,
//!   `stateright`, … with so many workers and seconds, at any size; it prints states, bytes
//!   for each, seconds of the processor, seconds, and the peak of memory in KiB.
//! - `-- --table sampled`: one table; the others are `stored` and `verdict`.
//! - `-- --without loom,shuttle`: without these, which take long to give up.
//! - `-- --largest`: the third size alone.
//! - `-- --limit 60`: seconds that each run may take; one that takes more is named.
//! - `-- --times 3`: runs of which the best counts, as long as they take less than half of
//!   that together.
//!
//! The peers are SPIN, if it and a C compiler are installed, and Stateright, loom and
//! shuttle, which are built in. What is measured: processor time (user and system) and
//! peak memory of a process of its own for each run, from `/proc`, so only on Linux.
//!
//! - **Everything stored**: no reduction on either side. `search` is the exhaustive
//!   search with all its rules, which is what SPIN's `-DSAFETY` does.
//! - **To the full verdict**: each at its best. Ours is the whole command `check`, with
//!   reduction, shortest schedules, and livelocks and starvation where runs can go round;
//!   SPIN has its partial-order reduction and looks for assertions only; Stateright has
//!   symmetry where threads are alike.
//! - **Sampled**: so many random executions with the uniform scheduler, nothing expected, and
//!   as many with shuttle's random scheduler.
//! - **Growth**: how many times more states (or executions) the next size has.

mod measure;
mod spin;
mod stateright;
mod threads;
mod workloads;

use measure::{Cost, processor_time, within};
use std::fmt::Write as _;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;
use threadbare::analysis::{Facts, sampled};
use threadbare::base::Source;
use threadbare::checker::{Checker, Reduction, Sampling, Strategy};
use threadbare::explore::{Limits, search};
use threadbare::semantics::{Capacity, Machine};
use workloads::{Size, WORKLOADS, Workload, folder, title, values};

/// Seconds that a run may take, if nothing else is said.
const LIMIT: f64 = 60.0;

/// Runs of which the best counts.
const TIMES: usize = 3;

/// Executions that are sampled, and steps of each at most.
const SAMPLED: u64 = 20_000;
const STEPS: u32 = 1_000;

/// Those who are compared to the full verdict, as the tables name them.
const PEERS: [&str; 5] = ["Threadbare", "SPIN", "Stateright", "loom", "shuttle"];

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|first| first == "--one") {
        return one(&args[1..]);
    }
    let value = |name: &str| {
        let at = args.iter().position(|arg| arg == name)?;
        args.get(at + 1)
    };
    let limit = value("--limit").map_or(LIMIT, |text| text.parse().expect("seconds"));
    let times = value("--times").map_or(TIMES, |text| text.parse().expect("a number"));
    let only = value("--only").map_or("", String::as_str);
    let table = value("--table");
    let has = |name: &str| args.iter().any(|arg| arg == name);
    let sizes = match (has("--all"), has("--largest")) {
        (_, true) => 2..3,
        (true, false) => 0..3,
        (false, false) => 0..2,
    };
    let spin = spin::version();
    print!("{}", measure::machine());
    match &spin {
        Some(version) => println!("SPIN: {version}, `gcc -O3 -DSAFETY`."),
        None => println!("SPIN: not installed, so its columns are empty."),
    }
    println!("Each run has {limit} s; the best of {times} counts.\n");
    let chosen: Vec<(&Workload, Size)> = WORKLOADS
        .iter()
        .filter(|workload| workload.name.contains(only))
        .flat_map(|workload| {
            workload.sizes[sizes.clone()]
                .iter()
                .map(move |&it| (workload, it))
        })
        .collect();
    let bench = Bench {
        without: value("--without").map_or("", String::as_str).to_owned(),
        limit,
        times,
        spin: spin.is_some(),
    };
    let wants = |name: &str| table.is_none_or(|table| table == name);
    if wants("stored") {
        print!("{}", bench.stored(&chosen));
    }
    if wants("verdict") {
        print!("{}", bench.verdicts(&chosen));
    }
    if wants("sampled") {
        print!("{}", bench.sampled(&chosen));
    }
}

/// What one run came to.
type Ran = Result<Cost, &'static str>;

struct Bench {
    /// Peers that are left out.
    without: String,
    limit: f64,
    times: usize,
    spin: bool,
}

impl Bench {
    /// The table without reductions.
    fn stored(&self, chosen: &[(&Workload, Size)]) -> String {
        let mut text = "## Everything stored\n\n\
            | workload | states | states/s | two workers, wall | bytes/state | peak MiB \
            | SPIN states | SPIN states/s | SPIN bytes/state | states/s to SPIN's |\n\
            |---|---|---|---|---|---|---|---|---|---|\n"
            .to_owned();
        for &(workload, size) in chosen {
            let row = self.stored_row(workload, size);
            eprintln!("{row}");
            let _ = writeln!(text, "{row}");
        }
        text + "\n"
    }

    fn stored_row(&self, workload: &Workload, size: Size) -> String {
        let name = title(workload, size);
        let found = match self.again("search", workload, size, 1) {
            Ok(found) => found,
            Err(why) => return format!("| {name} | {why} | | | | | | | | |"),
        };
        let two = self.again("search", workload, size, 2);
        let two = two.map_or("–".to_owned(), |two| {
            format!("{:.2} ×", found.wall / two.wall)
        });
        let mut row = format!(
            "| {name} | {} | {} | {two} | {:.1} | {} |",
            found.states,
            found.rate(),
            found.bytes_per_state,
            found.peak_kib / 1024,
        );
        match self.spin(workload, size, false) {
            Ok(cost) => {
                let ratio = found.per_second() / cost.per_second();
                let (states, rate, bytes) = (cost.states, cost.rate(), cost.bytes_per_state);
                let _ = write!(row, " {states} | {rate} | {bytes:.0} | {ratio:.2} |");
            }
            Err(why) => {
                let _ = write!(row, " {why} | | | |");
            }
        }
        row
    }

    /// The tables with everything that each can do: time, and growth.
    fn verdicts(&self, chosen: &[(&Workload, Size)]) -> String {
        let mut text = "## To the full verdict\n\n\
            Seconds of the processor, and states (executions for loom and shuttle).\n\n\
            | workload |"
            .to_owned();
        for peer in PEERS {
            let _ = write!(text, " {peer} |");
        }
        text += " best peer to ours |\n|---|---|---|---|---|---|---|\n";
        let mut grown = "## Growth\n\nStates, or executions, to those of the size before.\n\n\
            | workload |"
            .to_owned();
        for peer in PEERS {
            let _ = write!(grown, " {peer} |");
        }
        grown += "\n|---|---|---|---|---|---|\n";
        let mut before: Option<(&str, Vec<Ran>)> = None;
        for &(workload, size) in chosen {
            let all = self.all(workload, size);
            let mut row = format!("| {} |", title(workload, size));
            for ran in &all {
                let _ = match ran {
                    Ok(cost) => write!(row, " {:.2} s, {} |", cost.cpu, cost.states),
                    Err(why) => write!(row, " {why} |"),
                };
            }
            let best = all[1..].iter().flatten().map(|cost| cost.cpu);
            let best = best.reduce(f64::min);
            let _ = match (best, &all[0]) {
                (Some(best), Ok(ours)) => {
                    write!(row, " {:.2} × |", best.max(0.01) / ours.cpu.max(0.01))
                }
                _ => write!(row, " – |"),
            };
            eprintln!("{row}");
            let _ = writeln!(text, "{row}");
            if let Some((name, smaller)) = &before
                && *name == workload.name
            {
                let _ = write!(grown, "| {} |", title(workload, size));
                for (small, large) in smaller.iter().zip(&all) {
                    let _ = match (small, large) {
                        (Ok(small), Ok(large)) => {
                            let factor = large.states as f64 / small.states as f64;
                            write!(grown, " {factor:.1} |")
                        }
                        _ => write!(grown, " – |"),
                    };
                }
                grown.push('\n');
            }
            before = Some((workload.name, all));
        }
        format!("{text}\n{grown}")
    }

    /// The table of random executions.
    fn sampled(&self, chosen: &[(&Workload, Size)]) -> String {
        let mut text = format!(
            "## Sampled\n\n{SAMPLED} executions each, of {STEPS} steps at most.\n\n\
            | workload | steps | steps/s | executions/s | shuttle executions/s | to shuttle's |\n\
            |---|---|---|---|---|---|\n"
        );
        let rate = |cost: &Cost| SAMPLED as f64 / cost.cpu.max(0.01);
        for &(workload, size) in chosen {
            let name = title(workload, size);
            let row = match self.again("sample", workload, size, 1) {
                Ok(ours) => {
                    let (steps, each) = (ours.states, rate(&ours));
                    let row = format!("| {name} | {steps} | {} | {each:.0} |", ours.rate());
                    let shuttle = match threads::left_out(workload.name) {
                        Some(why) => Err(why),
                        None => self.again("shuttle-random", workload, size, 1),
                    };
                    match shuttle {
                        Ok(shuttle) => {
                            let its = rate(&shuttle);
                            format!("{row} {its:.0} | {:.1} × |", each / its)
                        }
                        Err(why) => format!("{row} {why} | – |"),
                    }
                }
                Err(why) => format!("| {name} | {why} | | | | |"),
            };
            eprintln!("{row}");
            let _ = writeln!(text, "{row}");
        }
        text + "\n"
    }

    /// All of [`PEERS`], in their order.
    fn all(&self, workload: &Workload, size: Size) -> Vec<Ran> {
        let is_wanted = |peer: &str| self.without.split(',').all(|it| it != peer);
        let threads = |peer| match threads::left_out(workload.name) {
            Some(why) => Err(why),
            None if !is_wanted(peer) => Err("not run"),
            None => self.again(peer, workload, size, 1),
        };
        vec![
            self.again("check", workload, size, 1),
            self.spin(workload, size, true),
            self.again("stateright", workload, size, 1),
            threads("loom"),
            threads("shuttle"),
        ]
    }

    fn spin(&self, workload: &Workload, size: Size, reduced: bool) -> Ran {
        if !self.spin {
            return Err("not installed");
        }
        let run = || spin::run(workload.name, size, reduced, self.limit);
        self.best_of(|| run().ok_or("does not finish"))
    }

    /// The best of several runs: other work on the machine makes each of them longer.
    fn best_of(&self, run: impl Fn() -> Ran) -> Ran {
        let start = Instant::now();
        let mut best = run()?;
        for _ in 1..self.times {
            if start.elapsed().as_secs_f64() > self.limit / 2.0 {
                break;
            }
            let next = run()?;
            best.cpu = best.cpu.min(next.cpu);
            best.wall = best.wall.min(next.wall);
        }
        Ok(best)
    }

    /// Runs this program again for one measurement.
    fn again(&self, what: &str, workload: &Workload, size: Size, workers: usize) -> Ran {
        let this = std::env::current_exe().expect("a program knows where it lies");
        let (workers, limit) = (workers.to_string(), self.limit.to_string());
        self.best_of(|| {
            let mut command = Command::new(&this);
            command.args(["--one", what, workload.name, &workers, &limit]);
            for (name, n) in size {
                command.arg(format!("{name}={n}"));
            }
            // It stops by itself a little earlier, if it can.
            let text = within(&mut command, self.limit * 1.5 + 5.0).ok_or("does not finish")?;
            Cost::read(&text).ok_or("does not finish")
        })
    }
}

/// One measurement in a process of its own: what, workload, workers, limit, sizes.
fn one(args: &[String]) {
    let workloads = WORKLOADS.iter();
    let workload = { workloads }.find(|it| it.name == args[1]);
    let workload = workload.expect("a workload of that name");
    let size = args[4..].iter().map(|arg| {
        let (name, n) = arg.split_once('=').expect("NAME=N");
        let known = { workload.sizes[0].iter() }.find(|(known, _)| *known == name);
        let (name, _) = known.expect("one of its constants");
        (*name, n.parse().expect("a number"))
    });
    let size: &[(&'static str, i64)] = &size.collect::<Vec<_>>();
    let limit: f64 = args[3].parse().expect("seconds");
    let cost = match args[0].as_str() {
        "stateright" => stateright::run(workload.name, &values(size), limit),
        "loom" => threads::with_loom(workload.name, values(size), limit),
        "shuttle" => threads::with_shuttle(workload.name, values(size), limit),
        "shuttle-random" => threads::sampled(workload.name, values(size), SAMPLED),
        what => Some(ours(
            what,
            workload,
            size,
            args[2].parse().expect("workers"),
        )),
    };
    println!("{}", cost.map_or_else(String::new, |cost| cost.write()));
}

fn ours(what: &str, workload: &Workload, size: &[(&'static str, i64)], workers: usize) -> Cost {
    let path = folder().join(format!("{}.tb", workload.name));
    let text = std::fs::read_to_string(&path).expect("the workload is there");
    let mut checker = Checker::new()
        .max_states(u64::from(u32::MAX) - 2)
        .workers(workers);
    for &(name, n) in size {
        checker = checker.set(name, n);
    }
    let source = Arc::new(Source::new(path.display().to_string(), text));
    let start = Instant::now();
    let before = processor_time();
    let (states, bytes_per_state) = if what == "sample" {
        (steps_sampled(&checker, &source), 0.0)
    } else if what == "check" {
        let reports = checker.check_source(source);
        let stats = &reports[0].stats;
        (stats.states, stats.bytes_per_state)
    } else {
        searched(&checker.reduction(Reduction::None), &source, workers)
    };
    Cost {
        states,
        bytes_per_state,
        cpu: processor_time() - before,
        wall: start.elapsed().as_secs_f64(),
        peak_kib: measure::peak_kib(),
    }
}

/// Steps of random executions in which everything is looked at and nothing is an error.
fn steps_sampled(checker: &Checker, source: &Source) -> u64 {
    let sampling = Sampling {
        executions: SAMPLED,
        seed: 1,
        scheduler: Strategy::Uniform,
    };
    let limits = Limits {
        depth: Some(STEPS),
        ..Limits::default()
    };
    with_room(checker, source, |machine, facts| {
        let sampled = sampled(machine, sampling, &limits, facts, &|_| true)?;
        Ok(sampled.sample.n_steps)
    })
}

/// States of a search of all runs, and bytes for each.
fn searched(checker: &Checker, source: &Source, workers: usize) -> (u64, f64) {
    let limits = Limits {
        states: u64::from(u32::MAX) - 2,
        ..Limits::default()
    };
    with_room(checker, source, |machine, facts| {
        let found = search(machine, &limits, workers, facts, &mut |_, _, _| {})?;
        let n = u64::from(found.n_states());
        Ok((n, found.bytes() as f64 / n as f64))
    })
}

/// Runs `work` on the first scenario of a file, with a machine that has room enough.
fn with_room<T>(
    checker: &Checker,
    source: &Source,
    work: impl for<'p> Fn(&Machine<'p>, &mut Facts<'p>) -> Result<T, Capacity>,
) -> T {
    let loaded = checker.load(source);
    let (_, program) = loaded.scenarios[0]
        .program
        .as_ref()
        .expect("a sound scenario");
    let mut capacity = Capacity::initial(program);
    loop {
        let machine = Machine::new(program, capacity);
        match work(&machine, &mut Facts::new(program)) {
            Ok(done) => return done,
            Err(more) => capacity = more,
        }
    }
}
