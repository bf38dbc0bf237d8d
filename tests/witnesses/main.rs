//! loom and shuttle, which know nothing of us, say the same as we do.

#[path = "../oracle/mod.rs"]
mod explorer;

mod conformance;
mod random;
