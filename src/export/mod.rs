//! Scenarios as programs for others: a Rust test for the standard library, for
//! loom or for shuttle, and a Promela model for SPIN.
//!
//! Floor 6, beside `report`. A Rust test is written from what the author meant,
//! so it can be read; a model is written from the compiled program, so its steps
//! are ours. Neither is run here.
//!
//! **Invariant:** what is written means the same, as far as the other side can see
//! it, and says what that side cannot see. What would mean something else is
//! [`Refused`], with the construct's name and place.

mod promela;
mod rust;

pub use promela::promela;
pub use rust::{Library, rust};

use crate::base::Span;

/// A construct that cannot be exported.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// What it is, as in `a semaphore with a bound`.
    pub what: String,
    /// Where it stands.
    pub span: Span,
}

impl Refused {
    fn new(what: impl Into<String>, span: Span) -> Self {
        Self {
            what: what.into(),
            span,
        }
    }
}

/// A name that is an identifier in Rust, in Promela and in C: letters, digits and
/// underscores of ASCII; other characters become underscores.
fn identifier(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let mut out: String = name.chars().map(plain).collect();
    if !out.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        out.insert(0, 'n');
    }
    if out.chars().all(|c| c == '_') {
        out.push('n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::identifier;

    #[test]
    fn every_name_becomes_an_identifier() {
        for (name, expected) in [
            ("fork[1]", "fork_1_"),
            ("2 cooks", "n2_cooks"),
            ("größe", "gr__e"),
            ("", "n"),
            ("_", "_n"),
            ("数", "_n"),
        ] {
            assert_eq!(identifier(name), expected);
        }
    }
}
