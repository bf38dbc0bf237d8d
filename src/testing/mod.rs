//! Scenarios in `cargo test`: as text, as files, or inside Rust with
//! [`scenario!`](crate::scenario).
//!
//! ```
//! use threadbare::Scenario;
//!
//! let report = Scenario::from_text(
//!     r#"scenario "lost update" {
//!         var count = 0
//!         thread worker * 2 { count += 1 }
//!         outcomes (count) == { 1, 2 }
//!         expect race on count
//!     }"#,
//! )
//! .check();
//! report.assert_passed();
//! let race = report.finding("race").expect("two workers share `count`");
//! assert_eq!(race.subjects, ["count"]);
//! ```
//!
//! A whole folder of scenarios becomes a test program with
//! [`test_main!`](crate::test_main), one test for each scenario.
//!
//! **Deliberately absent:** other rules than those of the command line. What
//! passes here passes there.

mod assert;
mod body;
mod here;
mod suite;

pub use here::Here;
pub use suite::run_tests;

use crate::base::Source;
use crate::checker::{Checker, Input};
use crate::report::Report;
use std::path::PathBuf;
use std::time::Duration;

/// Scenarios to check, with options.
///
/// ```
/// use threadbare::Scenario;
/// let scenario = Scenario::from_text(
///     r#"scenario "counter" {
///         const N = 2
///         lock m
///         var count = 0
///         thread worker * N { with m { count += 1 } }
///         finally assert count == N
///     }"#,
/// );
/// scenario.clone().check().assert_passed();
/// scenario.set("N", 3).check().assert_passed();
/// ```
#[derive(Clone)]
#[must_use = "a scenario says nothing before it is checked"]
pub struct Scenario {
    input: Input,
    checker: Checker,
}

impl Scenario {
    /// The scenarios of a text.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self::from_input(Input::from_text("scenario", text))
    }

    /// The scenarios of a file. In tests, relative paths begin at the folder of
    /// the package.
    ///
    /// What cannot be read gives a report that says so.
    pub fn from_file(path: impl Into<PathBuf>) -> Self {
        Self::from_input(Input::from_file(path))
    }

    /// The scenarios of a source.
    pub fn from_source(source: Source) -> Self {
        Self::from_input(Input::from_source(source))
    }

    fn from_input(input: Input) -> Self {
        Self {
            input,
            checker: Checker::new().repairs_briefly(),
        }
    }

    /// Checks only scenarios whose name contains the text (or any of several).
    pub fn only(self, name: impl Into<String>) -> Self {
        self.with(|checker| checker.only(name))
    }

    /// Gives a `const` another value; a bool is 0 or 1.
    pub fn set(self, name: impl Into<String>, value: i64) -> Self {
        self.with(|checker| checker.set(name, value))
    }

    /// Stops, inconclusive, at this number of states.
    pub fn max_states(self, states: u64) -> Self {
        self.with(|checker| checker.max_states(states))
    }

    /// Stops, inconclusive, at runs of this number of steps.
    pub fn max_depth(self, steps: u32) -> Self {
        self.with(|checker| checker.max_depth(steps))
    }

    /// Stops, inconclusive, after this time.
    pub fn timeout(self, time: Duration) -> Self {
        self.with(|checker| checker.timeout(time))
    }

    /// Changes any option of the checker.
    pub fn with(mut self, change: impl FnOnce(Checker) -> Checker) -> Self {
        self.checker = change(self.checker);
        self
    }

    /// Checks.
    pub fn check(&self) -> Report {
        self.checker.check_inputs([self.input.clone()])
    }

    /// Checks, and panics with the report unless every expectation is met.
    ///
    /// # Panics
    ///
    /// Unless every scenario passes.
    #[track_caller]
    pub fn assert_passed(&self) {
        self.check().assert_passed();
    }
}

/// Checks scenarios written inside a Rust test, and panics with the report unless
/// every expectation is met.
///
/// Mistakes and findings point at lines and columns of the Rust file.
///
/// ```
/// # fn increments_under_a_lock_are_safe() {
/// threadbare::scenario! {
///     scenario "locked counter" {
///         lock m
///         var count = 0
///         thread worker * 2 { with m { count += 1 } }
///         finally assert count == 2
///     }
/// }
/// # }
/// # increments_under_a_lock_are_safe();
/// ```
///
/// For options, or to look at the report, use [`unchecked!`](crate::unchecked).
#[macro_export]
macro_rules! scenario {
    ($($text:tt)*) => {
        $crate::unchecked! { $($text)* }.assert_passed()
    };
}

/// Scenarios written inside Rust, as a [`Scenario`] that is not checked yet.
///
/// ```
/// let scenario = threadbare::unchecked! {
///     scenario "racy counter" {
///         var count = 0
///         thread worker * 2 { count += 1 }
///         outcomes (count) == { 1, 2 }
///         expect race
///     }
/// };
/// let report = scenario.max_states(10_000).check();
/// report.assert_passed();
/// assert_eq!(report.outcomes(), [[1], [2]]);
/// ```
#[macro_export]
macro_rules! unchecked {
    ($($text:tt)*) => {
        $crate::testing::Here {
            package: ::core::env!("CARGO_MANIFEST_DIR"),
            file: ::core::file!(),
            line: ::core::line!(),
            column: ::core::column!(),
            text: ::core::stringify!($($text)*),
        }
        .scenario()
    };
}

/// The `main` of a test program with one test for each scenario below the
/// folders (or in the files) named, relative to the package.
///
/// ```toml
/// [[test]]
/// name = "scenarios"
/// harness = false
/// ```
///
/// ```
/// // tests/scenarios.rs
/// threadbare::test_main!("scenarios");
/// ```
///
/// The tests are named `path::scenario` and work with the filters of
/// `cargo test` and with nextest. A file that cannot be checked is a test that
/// fails. A checker with other limits can follow:
/// `test_main!("scenarios", "more"; threadbare::Checker::new().max_states(100_000));`
#[macro_export]
macro_rules! test_main {
    ($($path:expr),+ $(,)?) => {
        $crate::test_main!($($path),+; $crate::Checker::new());
    };
    ($($path:expr),+ ; $checker:expr) => {
        fn main() -> ::std::process::ExitCode {
            $crate::testing::run_tests(
                ::core::env!("CARGO_MANIFEST_DIR"),
                &[$(::core::convert::AsRef::<::std::path::Path>::as_ref($path)),+],
                &$checker,
            )
        }
    };
}
