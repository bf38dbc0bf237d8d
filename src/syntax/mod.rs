//! The scenario language as text: lexer, parser, syntax tree, canonical layout.
//!
//! [`parse`] gives a tree ([`ast`]) and a list of mistakes ([`code`]), [`format()`]
//! the canonical layout. The lexer sets comments aside, the parser marks the
//! tokens with their roles in the layout, and the printer works on both.
//!
//! Floor 2: uses base only. **Invariant:** nothing here fails, panics or recurses
//! deeper than the limits in [`limits`] allow, whatever the input.
//!
//! **Deliberately absent:** meaning. Names are not looked up, types are not
//! checked, method names are not known; that is resolution.

pub mod ast;
pub mod code;
mod lexer;
pub mod limits;
mod literal;
mod mark;
mod near;
mod parser;
mod printer;
pub mod resolve;
mod token;
mod unicode;
mod words;

pub use near::{did_you_mean, near_miss};
pub use parser::parse;
pub use printer::format;
