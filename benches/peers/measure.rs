//! What a run costs.

use std::fmt::Write as _;
use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// One run.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
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

/// What a program prints, if it ends well within so many seconds; else it is stopped.
pub fn within(command: &mut Command, limit: f64) -> Option<String> {
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let mut pipe = child.stdout.take()?;
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        pipe.read_to_end(&mut text).map(|_| text)
    });
    let start = Instant::now();
    let status = loop {
        match child.try_wait().ok()? {
            Some(status) => break Some(status),
            None if start.elapsed().as_secs_f64() > limit => break None,
            None => std::thread::sleep(Duration::from_millis(1)),
        }
    };
    if status.is_none() {
        let _ = child.kill();
        let _ = child.wait();
    }
    let text = reader.join().ok()?.ok()?;
    // SPIN's verifier ends with 0 whatever it found.
    status.filter(|status| status.success())?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// The machine, in words.
pub fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    let n = std::thread::available_parallelism().map_or(1, usize::from);
    let mut text = String::new();
    let _ = writeln!(
        text,
        "Machine: {}, {n} processors.  \nThreadbare {}, exact storage.",
        model.unwrap_or("unknown"),
        env!("CARGO_PKG_VERSION"),
    );
    text
}
