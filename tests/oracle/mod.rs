//! The second explorer: slow, simple, and written apart from the first.
//!
//! It shares with the engine what a step does (`threadbare::semantics`) and
//! nothing else: it has its own search, its own facts, its own reading of what a
//! deadlock is. Random scenarios are given to both.

#![allow(dead_code, reason = "each test uses its part")]

pub mod ahead;
pub mod blocks;
pub mod compare;
pub mod copies;
pub mod engine;
pub mod entries;
pub mod facts;
pub mod graph;
pub mod jobs;
pub mod shown;
pub mod small;
pub mod transcripts;
pub mod waits;
