//! Threadbare: a deterministic concurrency bug checker.

pub mod analysis;
pub mod base;
pub mod checker;
pub mod cli;
pub mod compile;
pub mod explore;
pub mod generate;
pub mod guide;
pub mod hir;
pub mod program;
pub mod report;
pub mod semantics;
pub mod syntax;
pub mod testing;
pub mod trace;

pub use checker::Checker;
pub use report::Report;
pub use testing::Scenario;
