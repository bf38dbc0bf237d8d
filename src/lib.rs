//! Threadbare: a deterministic concurrency bug checker.

pub mod base;
pub mod compile;
pub mod hir;
pub mod program;
