//! Threadbare: a deterministic concurrency bug checker.
//!
//! A *scenario* is a small concurrent program with a claim about it. Threadbare
//! tries every interleaving of its steps and explains what goes wrong: data
//! races, deadlocks, lost signals, leaks, broken properties, each with a
//! shortest schedule that shows it.
//!
//! ```
//! use threadbare::Scenario;
//!
//! let report = Scenario::from_text(
//!     r#"scenario "two clerks" {
//!         var sold = 0
//!         thread clerk * 2 { sold += 1 }
//!     }"#,
//! )
//! .check();
//! assert_eq!(report.finding("race").unwrap().subjects, ["sold"]);
//! ```
//!
//! Users begin with the [tutorial](guide::tutorial) and the
//! [reference](guide::language). The rest of this page is a map for those who
//! work on Threadbare itself.
//!
//! # From a bird's-eye view
//!
//! ```text
//! text -> syntax tree -> hir -> Program -> search over State × action
//!      -> facts -> Schedule -> Finding -> Report -> bytes
//! ```
//!
//! Data flows one way. [`checker`] is the place where all arrows stand in one
//! file, and reads like a table of contents.
//!
//! # The modules in reading order
//!
//! | floor | module | what it is |
//! |---|---|---|
//! | 0 | [`base`] | sources, spans, ids, diagnostics as data |
//! | 1 | [`hir`] | what an author meant: resolved, typed, free of any surface language |
//! | 1 | [`program`] | what the engines run: instructions, objects, values, a verifier |
//! | 2 | [`syntax`] | text to `hir`: lexer, parser, tree, printer, resolution |
//! | 2 | [`compile`] | `hir` to `program`: what is one step |
//! | 2 | [`semantics`] | what a step does: states, who may run; one file for each primitive |
//! | 2 | [`generate`] | random small scenarios, for tests that compare engines |
//! | 3 | [`trace`] | one execution: schedules and their replay |
//! | 4 | [`bridge`] | the same program on the threads of loom and shuttle |
//! | 4 | [`explore`] | all executions: the search, its store, its limits |
//! | 5 | [`analysis`] | what is a bug: the rules, their facts and their evidence |
//! | 6 | [`report`] | what is said about it, as plain data, and as text, JSON, pictures |
//! | 6 | [`export`] | a scenario as a program for others: Rust tests, Promela |
//! | 6 | [`repair`] | what to change: edits that were checked again before they are shown |
//! | 6 | [`guide`] | what each code means, and the book |
//! | 7 | [`checker`] | the façade: sources and a configuration in, a report out |
//! | 8 | [`testing`] | scenarios in `cargo test`: macros, and what tests ask a report |
//! | 8 | [`survive`] | what must hold for any input: used by fuzz targets and tests |
//! | 8 | [`cli`] | arguments, one file for each command, exit codes |
//!
//! A module uses only floors below its own; `tests/layers.rs` says so when one
//! points up or sideways. So each can be read with only what is below it in mind.
//!
//! # Invariants
//!
//! Most of them are about what is absent.
//!
//! - `hir` knows no surface language; `program` holds ids and spans, no text.
//! - Only `semantics` looks inside an instruction to run it, so all engines
//!   agree on what a step is.
//! - `explore` knows no kind of bug. `analysis` prints nothing. `report` decides
//!   nothing.
//! - A [`trace::Schedule`] is all that is kept of an execution. Everything shown
//!   about it is computed by replaying it, so it cannot disagree with it.
//! - Every finding was replayed before it is reported.
//! - Only `checker` and `testing` read files; only `cli` writes them, and touches
//!   terminal, environment and exit code.
//! - No clock, no address, no order of a hash table and no number of workers
//!   reaches a result. Same input, same bytes.
//! - Front ends never fail: they give what they understood, and a list of
//!   diagnostics.
//!
//! # Where to begin
//!
//! | to change | begin in |
//! |---|---|
//! | how something is written | `syntax/parser`, then `syntax/resolve`, then `guide/language.md` |
//! | what a primitive does | its file in [`semantics`], then `guide/semantics.md` |
//! | what counts as a bug | `analysis/rules`, [`analysis::Rule`], then a page in `guide/codes`, a scenario and its repaired twin |
//! | what a report says | `report` |
//! | a command or an option | `cli/args.rs` |

pub mod analysis;
pub mod base;
pub mod bridge;
pub mod checker;
pub mod cli;
pub mod compile;
pub mod explore;
pub mod export;
pub mod generate;
pub mod guide;
pub mod hir;
pub mod program;
pub mod repair;
pub mod report;
pub mod semantics;
pub mod survive;
pub mod syntax;
pub mod testing;
pub mod trace;

pub use checker::Checker;
pub use report::Report;
pub use testing::Scenario;

/// The Rust in the README is compiled and run with the other examples.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
