//! Threadbare: a deterministic concurrency bug checker.

pub mod analysis;
pub mod base;
pub mod explore;
pub mod hir;
pub mod program;
pub mod semantics;
pub mod trace;
