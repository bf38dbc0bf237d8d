//! How large a scenario file and its parts may be.
//!
//! The limits keep every traversal of the tree on a small stack and every pass
//! linear in the text; each has an error that names it.

/// Blocks, brackets and prefix operators inside each other.
pub const NESTING_MAX: usize = 128;
/// Nodes of an expression on top of each other, brackets or not.
pub const HEIGHT_MAX: u32 = 512;
/// Operators in one chain, and conditions in one `else if` chain.
pub const CHAIN_MAX: usize = 4096;
/// Bytes of one file.
pub const FILE_BYTES_MAX: usize = 1 << 20;
/// Bytes of one name.
pub const NAME_BYTES_MAX: usize = 128;
/// Bytes of one string, between the quotes.
pub const STRING_BYTES_MAX: usize = 4096;
/// Mistakes reported for one file.
pub const DIAGNOSTICS_MAX: usize = 100;
