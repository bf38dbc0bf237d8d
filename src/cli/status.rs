//! Exit codes: one number for what a script needs to know.

use crate::report::{ScenarioReport, Status};
use std::process::ExitCode;

/// How a command ended. The order is that of how bad it is: of several
/// scenarios the worst counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub enum Exit {
    /// Every scenario met its expectations.
    #[default]
    Met,
    /// A limit was hit, nothing unexpected was found until then.
    Inconclusive,
    /// A finding that was not expected, or an expectation not met.
    Failed,
    /// Usage, syntax or file error.
    Error,
    /// The checker itself is wrong.
    Internal,
    /// Stopped by a signal, with 128 and its number.
    Signal(u8),
}

impl Exit {
    /// The number for the system.
    pub fn code(self) -> u8 {
        match self {
            Exit::Met => 0,
            Exit::Failed => 1,
            Exit::Error => 2,
            Exit::Inconclusive => 3,
            Exit::Internal => 101,
            Exit::Signal(code) => code,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

impl From<&ScenarioReport> for Exit {
    fn from(report: &ScenarioReport) -> Self {
        match report.status {
            Status::Passed => Exit::Met,
            Status::Failed => Exit::Failed,
            Status::Inconclusive => Exit::Inconclusive,
            Status::Error => Exit::Error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Exit::{Error, Failed, Inconclusive, Internal, Met, Signal};

    #[test]
    fn the_worst_counts() {
        let order = [Met, Inconclusive, Failed, Error, Internal, Signal(130)];
        assert!(order.is_sorted());
        assert_eq!(order.map(|exit| exit.code()), [0, 3, 1, 2, 101, 130]);
    }
}
