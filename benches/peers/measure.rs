//! What a run costs.

use std::fmt::Write as _;
use std::process::Command;

/// One run.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// States, or executions.
    pub states: u64,
    pub bytes_per_state: f64,
    /// Seconds of the processor, user and system.
    pub cpu: f64,
    pub wall: f64,
    pub peak_kib: u64,
}

impl Cost {
    pub fn per_second(&self) -> f64 {
        self.states as f64 / self.cpu.max(0.01)
    }

    /// Millions of states for each second of the processor.
    pub fn rate(&self) -> String {
        format!("{:.2} M", self.per_second() / 1e6)
    }

    pub fn write(&self) -> String {
        let Self {
            states,
            bytes_per_state,
            cpu,
            wall,
            peak_kib,
        } = self;
        format!("{states} {bytes_per_state} {cpu} {wall} {peak_kib}")
    }

    pub fn read(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        Some(Self {
            states: words.next()?.parse().ok()?,
            bytes_per_state: words.next()?.parse().ok()?,
            cpu: words.next()?.parse().ok()?,
            wall: words.next()?.parse().ok()?,
            peak_kib: words.next()?.parse().ok()?,
        })
    }
}

/// Bounds of each run.
#[derive(Clone, Copy, Debug)]
pub struct Caps {
    /// Seconds of the processor.
    pub seconds: u64,
    pub mib: u64,
}

/// Whether a run came to its end.
pub enum Run {
    Done(Cost),
    /// It did not, within the bounds.
    Stopped,
    /// The peer has no such program, or is not installed.
    Missing,
}

impl Run {
    pub fn done(&self) -> Option<&Cost> {
        match self {
            Run::Done(cost) => Some(cost),
            Run::Stopped | Run::Missing => None,
        }
    }
}

/// The command, within bounds.
pub fn capped(command: &Command, caps: Caps) -> Command {
    let mut shell = Command::new("sh");
    let limits = r#"ulimit -t "$1"; ulimit -v "$2"; shift 2; exec "$@""#;
    shell.args(["-c", limits, "sh"]);
    shell.args([caps.seconds.to_string(), (caps.mib * 1024).to_string()]);
    shell.arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    shell
}

/// Fields of `/proc/self/stat` behind the name, in seconds.
fn ticks(fields: [usize; 2]) -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let rest = stat.rsplit(')').next().unwrap_or_default();
    let words: Vec<&str> = rest.split_whitespace().collect();
    let ticks = fields
        .iter()
        .filter_map(|&field| words.get(field)?.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

/// Processor time of this process so far.
pub fn processor_time() -> f64 {
    ticks([11, 12])
}

/// Processor time of the processes it has waited for.
pub fn time_of_children() -> f64 {
    ticks([13, 14])
}

/// The most memory that this process has had.
pub fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    number.unwrap_or(0)
}

/// The machine, in words.
pub fn machine() -> String {
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let info = read("/proc/cpuinfo");
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    let n = std::thread::available_parallelism().map_or(1, usize::from);
    let load = read("/proc/loadavg");
    let load = load.split_whitespace().next().unwrap_or("unknown");
    let mut text = String::new();
    let _ = writeln!(
        text,
        "Machine: {}, {n} processors, {load} processes waiting for them at the start.  ",
        model.unwrap_or("unknown"),
    );
    text
}
