//! Threadbare: a deterministic concurrency bug checker.

pub mod base;
pub mod hir;
pub mod program;
pub mod syntax;
