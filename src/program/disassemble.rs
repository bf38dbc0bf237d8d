//! A program as text, for people who look inside.

use super::table::Program;

/// The code, one instruction a line.
pub fn disassemble(_program: &Program) -> String {
    String::new()
}
