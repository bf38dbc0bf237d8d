//! What can be asked of a checker, and what it tells on the way.

use crate::bridge::Engine;
use crate::explore::Sampling;

/// What a search may skip.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Reduction {
    /// Nothing: every state is stored, even if it differs from another only in
    /// values that nobody will read. The reference for everything else.
    None,
    /// What changes no finding: values that nobody will read are forgotten, and in
    /// a large space of states one order is enough of steps whose order makes no
    /// difference.
    #[default]
    Safe,
}

impl Reduction {
    /// The word of the option `--reduction`.
    pub fn name(self) -> &'static str {
        match self {
            Reduction::None => "none",
            Reduction::Safe => "safe",
        }
    }
}

/// Which runs are looked at.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Mode {
    /// All of them.
    #[default]
    AllRuns,
    /// A random sample.
    Sample(Sampling),
    /// Those with so many switches at most.
    FewSwitches(u32),
    /// Those that another engine runs.
    Witness(Engine),
}

/// For which findings repairs are looked for. Each costs some searches more.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Repairs {
    /// For none.
    #[default]
    Never,
    /// For those of scenarios that fail.
    Failing,
    /// For those of scenarios that fail; and for all, if the file has only a few.
    Alone,
    /// For all, expected or not.
    Always,
}

/// So many scenarios in a file are few.
pub(super) const FEW: usize = 4;

/// How far a check has come; for progress on a terminal.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Progress<'a> {
    /// The file.
    pub file: &'a str,
    /// The scenario.
    pub scenario: &'a str,
    /// States stored; 0 when the scenario begins.
    pub states: u64,
    /// Depth of the layer that is being expanded.
    pub depth: u32,
    /// Bytes in use.
    pub bytes: usize,
}
