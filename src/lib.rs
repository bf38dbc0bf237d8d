//! Threadbare: a deterministic concurrency bug checker.

pub mod base;
pub mod report;
