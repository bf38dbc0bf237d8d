//! Where a space stands between two tokens of a line.

use super::Printer;
use crate::syntax::mark::Mark;
use crate::syntax::token::TokenKind;

impl Printer<'_> {
    /// Whether a space stands between the tokens `before` and `after`.
    pub(super) fn spaced(&self, before: usize, after: usize) -> bool {
        let left = self.punctuation(before);
        let right = self.punctuation(after);
        if self.marks.has(after, Mark::Tight) || self.marks.has(before, Mark::Prefix) {
            return false;
        }
        let tight_right = matches!(
            right,
            "," | ";" | ":" | "." | ".." | "..=" | "::" | "#" | ")" | "]"
        );
        let tight_left = matches!(left, "(" | "[" | "." | ".." | "..=" | "::" | "#" | "@");
        let empty_braces = left == "{" && right == "}";
        !(tight_left || tight_right || empty_braces)
    }

    fn punctuation(&self, at: usize) -> &'static str {
        match self.tokens[at].kind {
            TokenKind::Punct(text) => text,
            _ => "",
        }
    }
}
