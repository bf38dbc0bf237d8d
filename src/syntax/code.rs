//! The codes of lexical and syntactic mistakes, in one table.
//!
//! A code never changes its meaning. E020 and above belong to names and types.

/// A character that means nothing here.
pub const CHARACTER: &str = "E001";
/// A string or comment without an end, an unknown escape, a wrong quote.
pub const STRING: &str = "E002";
/// A number that is none, or too large for 64 bits.
pub const NUMBER: &str = "E003";
/// Something larger or deeper than a named limit allows.
pub const LIMIT: &str = "E004";
/// One thing was expected and another found.
pub const EXPECTED: &str = "E005";
/// A brace, bracket or parenthesis without its partner.
pub const UNBALANCED: &str = "E006";
/// A word, operator or form of another language.
pub const FOREIGN: &str = "E007";
/// A misspelt keyword.
pub const MISSPELT: &str = "E008";
/// A statement, declaration or property where it cannot stand.
pub const MISPLACED: &str = "E009";
/// `=` where `==` is meant, or the other way round.
pub const EQUALS: &str = "E010";
/// A chain of comparisons, such as `a < b < c`.
pub const COMPARISON: &str = "E011";
/// Two scenarios of one file with the same name.
pub const SAME_NAME: &str = "E012";
/// A statement after `return` in the same block.
pub const AFTER_RETURN: &str = "E013";
/// An assignment to something that is no place.
pub const TARGET: &str = "E014";
/// A construct that lacks a part.
pub const INCOMPLETE: &str = "E015";
/// A keyword used as a name.
pub const RESERVED: &str = "E016";
/// An expectation of an unknown kind or in an unknown form.
pub const EXPECTATION: &str = "E017";
/// An expression whose value nobody uses.
pub const NO_EFFECT: &str = "E018";
/// A file without a scenario.
pub const NO_SCENARIO: &str = "E019";

/// Every code of this module with its meaning in one line.
pub const TABLE: [(&str, &str); 19] = [
    (CHARACTER, "a character that means nothing here"),
    (
        STRING,
        "a string or comment without an end, or with an unknown escape",
    ),
    (NUMBER, "not an integer of 64 bits"),
    (LIMIT, "larger or nested deeper than a limit allows"),
    (EXPECTED, "one thing was expected and another found"),
    (UNBALANCED, "a brace or bracket without its partner"),
    (FOREIGN, "a word or form of another language"),
    (MISSPELT, "a misspelt keyword"),
    (
        MISPLACED,
        "a statement or declaration where it cannot stand",
    ),
    (EQUALS, "`=` where `==` is meant, or the other way round"),
    (COMPARISON, "comparisons do not chain"),
    (SAME_NAME, "two scenarios have the same name"),
    (AFTER_RETURN, "`return` is not the last of its block"),
    (TARGET, "an assignment to something that is no place"),
    (INCOMPLETE, "a construct lacks a part"),
    (RESERVED, "a keyword used as a name"),
    (
        EXPECTATION,
        "an expectation of an unknown kind or in an unknown form",
    ),
    (NO_EFFECT, "an expression whose value nobody uses"),
    (NO_SCENARIO, "a file without a scenario"),
];

#[cfg(test)]
mod tests {
    use super::TABLE;

    #[test]
    fn codes_are_counted_without_gaps() {
        for (number, (code, _)) in (1..).zip(TABLE) {
            assert_eq!(code, format!("E{number:03}"));
        }
    }
}
