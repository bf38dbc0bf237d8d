//! A search that was written down: the frame around its bytes, and whether it is
//! of this scenario, with these options, by this version.
//!
//! ```text
//! threadbare checkpoint 2
//! {"version": …, "scenario": …, "program": …, …}
//! the bytes of the search, their count in front
//! sixteen bytes of checksum over all of that
//! ```
//!
//! **Invariant:** whatever is not exactly what was written, or was written for
//! another search, is refused, with the name of the difference.

use super::Checker;
use crate::base::{Mistake, Source, planted};
use crate::hir;
use crate::program::Program;
use crate::semantics::Capacity;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::Path;

const MAGIC: &[u8] = b"threadbare checkpoint ";
const FORMAT: &[u8] = b"2\n";
const CHECKSUM_BYTES: usize = 16;

/// Why a check cannot go on from a checkpoint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CannotResume {
    /// It cannot be read; what the system says.
    Unreadable(String),
    /// It does not begin as one.
    NoCheckpoint,
    /// It is of a format that this version does not know.
    OtherFormat,
    /// It was changed or cut off.
    Damaged,
    /// It is not about exactly one sound scenario; how many there are.
    NotOne(usize),
    /// Something is different: what, there, here.
    Different(&'static str, String, String),
}

impl fmt::Display for CannotResume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CannotResume::Unreadable(why) => write!(f, "{why}"),
            CannotResume::NoCheckpoint => write!(f, "it is not a checkpoint"),
            CannotResume::OtherFormat => {
                write!(f, "it is of a format that this version does not know")
            }
            CannotResume::Damaged => write!(f, "it is damaged, or was cut off"),
            CannotResume::NotOne(n) => {
                write!(f, "a checkpoint is of one scenario, and here are {n}")
            }
            CannotResume::Different(what, there, here) if there.is_empty() || here.is_empty() => {
                write!(f, "{what} is different")
            }
            CannotResume::Different(what, there, here) => {
                write!(
                    f,
                    "{what} is different: it was `{there}`, now it is `{here}`"
                )
            }
        }
    }
}

/// What a search depends on.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    version: String,
    scenario: String,
    /// A hash of the program that runs, places in the text included.
    program: String,
    reduction: String,
    memory: String,
    depth: String,
    /// Actors, stack, queue, futures, processes, printed, turns, whether jobs are forgotten.
    capacity: [u64; 8],
}

impl Header {
    fn new(checker: &Checker, hir: &hir::Scenario, program: &Program, capacity: Capacity) -> Self {
        let depth = checker.limits.depth;
        let Capacity {
            actors,
            stack,
            queue,
            futures,
            processes,
            printed,
            gil,
            forgets_jobs,
        } = capacity;
        let sizes = [
            actors,
            stack,
            queue,
            futures,
            processes,
            printed,
            gil.into(),
            forgets_jobs.into(),
        ];
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: program.name.clone(),
            program: hex(checksum(format!("{program:?}").as_bytes())),
            reduction: checker.reduction.name().to_owned(),
            memory: format!("{:?}", checker.memory.unwrap_or(hir.memory)).to_lowercase(),
            depth: depth.map_or_else(|| "none".to_owned(), |depth| depth.to_string()),
            capacity: sizes.map(|size| size as u64),
        }
    }

    fn capacity(&self) -> Option<Capacity> {
        let size = |index: usize| usize::try_from(self.capacity[index]).ok();
        Some(Capacity {
            actors: size(0)?,
            stack: size(1)?,
            queue: size(2)?,
            futures: size(3)?,
            processes: size(4)?,
            printed: size(5)?,
            gil: self.capacity[6] != 0,
            forgets_jobs: self.capacity[7] != 0,
        })
    }

    /// The first difference.
    fn compare(&self, here: &Self) -> Result<(), CannotResume> {
        let named = [
            ("the version of Threadbare", &self.version, &here.version),
            ("the scenario", &self.scenario, &here.scenario),
            ("--reduction", &self.reduction, &here.reduction),
            ("the memory model", &self.memory, &here.memory),
            ("--max-depth", &self.depth, &here.depth),
        ];
        for (what, there, now) in named {
            if there != now {
                let difference = CannotResume::Different(what, there.clone(), now.clone());
                return Err(difference);
            }
        }
        if self.program != here.program {
            let what = "the text of the scenario, or a constant of it,";
            return Err(CannotResume::Different(what, String::new(), String::new()));
        }
        Ok(())
    }
}

/// Two different hashes of all bytes and their number.
fn checksum(bytes: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let mut sums = [0x243f_6a88_85a3_08d3_u64, 0x1319_8a2e_0370_7344];
    let factors = [0xd6e8_feb8_6659_fd93_u64, 0xa076_1d64_78bd_642f];
    let words = bytes.chunks(8).map(|chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        u64::from_le_bytes(word)
    });
    for word in words.chain([bytes.len() as u64]) {
        for (sum, factor) in sums.iter_mut().zip(factors) {
            // An odd factor and a rotation lose nothing: one changed word always shows.
            *sum = (*sum ^ word).wrapping_mul(factor).rotate_left(29);
        }
    }
    let mut all = [0; CHECKSUM_BYTES];
    for (place, sum) in all.chunks_exact_mut(8).zip(sums) {
        place.copy_from_slice(&(sum ^ sum >> 31).to_le_bytes());
    }
    all
}

fn hex(bytes: [u8; CHECKSUM_BYTES]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The file around the bytes of a search.
pub(super) fn frame(
    checker: &Checker,
    hir: &hir::Scenario,
    program: &Program,
    capacity: Capacity,
) -> impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static {
    let header = Header::new(checker, hir, program, capacity);
    let header = serde_json::to_vec(&header).expect("plain data can be written");
    move |body| {
        let mut file = Vec::with_capacity(body.len() + header.len() + 64);
        file.extend_from_slice(MAGIC);
        file.extend_from_slice(FORMAT);
        file.extend_from_slice(&header);
        file.push(b'\n');
        file.extend_from_slice(&(body.len() as u64).to_le_bytes());
        file.extend_from_slice(body);
        let sum = checksum(&file);
        file.extend_from_slice(&sum);
        file
    }
}

/// A search that was written down.
#[derive(Clone, Debug)]
pub(super) struct Begun {
    pub capacity: Capacity,
    pub body: std::sync::Arc<[u8]>,
}

fn read(file: &[u8]) -> Result<(Header, &[u8]), CannotResume> {
    let Some(rest) = file.strip_prefix(MAGIC) else {
        let cut = MAGIC.starts_with(file) && !file.is_empty();
        return Err(match cut {
            true => CannotResume::Damaged,
            false => CannotResume::NoCheckpoint,
        });
    };
    if !rest.starts_with(FORMAT) {
        let known = rest.first().is_some_and(u8::is_ascii_digit) && rest.get(1) == Some(&b'\n');
        return Err(match known {
            true => CannotResume::OtherFormat,
            false => CannotResume::Damaged,
        });
    }
    let n = file.len().checked_sub(CHECKSUM_BYTES);
    let (all, sum) = file.split_at(n.ok_or(CannotResume::Damaged)?);
    if checksum(all) != sum {
        return Err(CannotResume::Damaged);
    }
    let parts = || {
        let rest = all.strip_prefix(MAGIC)?.strip_prefix(FORMAT)?;
        let end = rest.iter().position(|&byte| byte == b'\n')?;
        let header = serde_json::from_slice(&rest[..end]).ok()?;
        let (n, body) = rest[end + 1..].split_first_chunk::<8>()?;
        (u64::from_le_bytes(*n) == body.len() as u64).then_some((header, body))
    };
    parts().ok_or(CannotResume::Damaged)
}

impl Checker {
    /// The same as [`Self::resume`], with the name of a file.
    ///
    /// # Errors
    ///
    /// As there, and if the file cannot be read.
    pub fn resume_from(self, source: &Source, path: &Path) -> Result<Self, CannotResume> {
        let file = std::fs::read(path);
        let file = file.map_err(|error| CannotResume::Unreadable(error.to_string()))?;
        self.resume(source, &file)
    }

    /// Goes on with a check of the one scenario in this source from what an earlier
    /// one left ([`Self::checkpoint`]). It ends as if it had never been interrupted.
    ///
    /// # Errors
    ///
    /// [`CannotResume`] if the bytes were changed, or belong to another scenario,
    /// other options, or another version.
    pub fn resume(mut self, source: &Source, file: &[u8]) -> Result<Self, CannotResume> {
        let (header, body) = read(file)?;
        let mut loaded = self.load(source);
        loaded.scenarios.retain(|it| self.wants(&it.name));
        let (hir, program) = match loaded.scenarios.as_slice() {
            [one] => one.program.as_ref().ok_or(CannotResume::NotOne(0))?,
            all => return Err(CannotResume::NotOne(all.len())),
        };
        let capacity = header.capacity().ok_or(CannotResume::Damaged)?;
        if !planted(Mistake::CheckpointOfAnother) {
            header.compare(&Header::new(&self, hir, program, capacity))?;
        }
        self.begun = Some(Begun {
            capacity,
            body: body.into(),
        });
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checker::Reduction;
    use crate::report::json;
    use std::sync::{Arc, Mutex, PoisonError};
    use std::time::Duration;

    /// Races, a deadlock, outcomes, locks in two orders, runs that go round.
    const TEXT: &str = r#"scenario "mixed" {
        const N = 2
        lock a
        lock b
        var x = 0
        atomic y = 0
        thread p { loop { with a { with b { y = (y + 1) % N } } } }
        thread q { with b { with a { x += 1 } } x += 1 }
        thread r { x += 1 y = 1 }
        always x < 3
        expect deadlock
    }"#;

    fn source(text: &str) -> Arc<Source> {
        Arc::new(Source::new("a.tb", text))
    }

    fn report(checker: &Checker, text: &str) -> String {
        let mut report = crate::report::Report::new(checker.check_source(source(text)));
        for scenario in &mut report.scenarios {
            scenario.stats.elapsed_ms = 0.0;
        }
        json::render(&report)
    }

    /// All checkpoints of a check.
    fn written(checker: Checker, every: Duration, text: &str) -> Vec<Vec<u8>> {
        let all: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
        let into = Arc::clone(&all);
        let checker = checker.checkpoint(every, move |bytes| {
            let mut all = into.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(bytes.to_vec());
        });
        checker.check_source(source(text));
        let all = all.lock().unwrap_or_else(PoisonError::into_inner);
        all.clone()
    }

    const LONG: Duration = Duration::from_secs(1_000);

    #[test]
    fn a_check_that_goes_on_ends_with_the_same_bytes() {
        for reduction in [Reduction::None, Reduction::Safe] {
            for workers in [1, 2] {
                let checker = Checker::new().reduction(reduction).workers(workers);
                let whole = report(&checker, TEXT);
                let mut all = written(checker.clone(), Duration::ZERO, TEXT);
                // A small space is searched whole before anything is left out; only
                // what comes after it is worth keeping.
                let kept = if reduction == Reduction::None { 5 } else { 0 };
                assert!(all.len() >= kept, "one for each layer");
                for limit in [2, 10, 40] {
                    all.extend(written(checker.clone().max_states(limit), LONG, TEXT));
                }
                for file in all.into_iter().step_by(5) {
                    let source = source(TEXT);
                    let resumed = checker.clone().resume(&source, &file).expect("its own");
                    assert_eq!(report(&resumed, TEXT), whole);
                }
            }
        }
    }

    /// Some of the checkpoints of a check, each gone on from.
    fn all_end_as(text: &str, checker: &Checker, n: usize) {
        let whole = report(checker, text);
        let all = written(checker.clone(), Duration::ZERO, text);
        assert!(all.len() > n, "{}", all.len());
        let every = all.len() / n;
        for file in all.into_iter().step_by(every) {
            let resumed = checker.clone().resume(&source(text), &file);
            assert_eq!(report(&resumed.expect("its own"), text), whole);
        }
    }

    #[test]
    fn philosophers_behind_a_crowd_go_on() {
        let text = "scenario \"crowd\" { lock fork[6] thread idle * 66 { skip }
            thread philosopher(i in 0..6) { for _ in 0..2 {
                with fork[i] { with fork[(i + 1) % 6] { skip } }
            } } }";
        all_end_as(text, &Checker::new().max_states(1_000_000), 3);
    }

    #[test]
    fn a_search_that_gives_up_ends_the_same() {
        let text = include_str!("../../benches/workloads/filter_lock.tb");
        all_end_as(text, &Checker::new().set("ROUNDS", 3), 6);
    }

    #[test]
    fn whatever_was_changed_is_refused() {
        let file = written(Checker::new().max_states(8), LONG, TEXT).remove(0);
        let refused = |file: &[u8]| Checker::new().resume(&source(TEXT), file).err();
        assert_eq!(refused(&file), None);
        for at in 0..file.len() {
            let mut changed = file.clone();
            changed[at] ^= 1 << (at % 8);
            assert!(refused(&changed).is_some(), "byte {at}");
            assert!(refused(&file[..at]).is_some(), "cut at {at}");
        }
        assert!(refused(&[file.as_slice(), b"x"].concat()).is_some());
    }

    #[test]
    fn differences_are_named() {
        let file = written(Checker::new().max_states(8), LONG, TEXT).remove(0);
        let why = |checker: Checker, text: &str| {
            let refused = checker.resume(&source(text), &file).err();
            refused.expect("it is different").to_string()
        };
        let reduced = why(Checker::new().reduction(Reduction::None), TEXT);
        assert!(reduced.contains("--reduction"), "{reduced}");
        let deep = why(Checker::new().max_depth(9), TEXT);
        assert!(deep.contains("--max-depth"), "{deep}");
        let renamed = why(Checker::new(), &TEXT.replace("mixed", "other"));
        assert!(
            renamed.contains("it was `mixed`, now it is `other`"),
            "{renamed}"
        );
        let changed = why(Checker::new().set("N", 3), TEXT);
        assert!(changed.contains("constant"), "{changed}");
        let other = Checker::new().resume(&source(TEXT), b"hello").err();
        assert_eq!(other, Some(CannotResume::NoCheckpoint));
    }
}
