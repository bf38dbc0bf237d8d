//! What stands in a scenario: which item it is.

use super::Parser;
use crate::syntax::ast::{Item, LoopThread, Memory, Printing};
use crate::syntax::token::TokenKind;
use crate::syntax::words;

impl Parser<'_> {
    pub(super) fn begins_scenario(&self) -> bool {
        self.at("scenario") && self.is_word(0)
    }

    /// Whether an item of a scenario comes. Words that are also names are
    /// items only if a name follows on the same line.
    pub(super) fn begins_item(&self) -> bool {
        let word = self.text(0);
        let next = self.nth(1);
        let same_line = !next.first_of_line && next.kind != TokenKind::End;
        let word_follows = same_line && next.kind == TokenKind::Word;
        match word {
            "const" | "enum" | "struct" | "fn" | "var" | "thread" | "expect" => true,
            "finally" => self.text(1) == "assert",
            "outcomes" => same_line && (word_follows || self.text(1) == "("),
            "order" => word_follows || self.text(1) == "@",
            "always" | "sometimes" | "eventually" => {
                let number = matches!(next.kind, TokenKind::Int(_));
                let opens = matches!(self.text(1), "(" | "!" | "-" | "[");
                word_follows || same_line && (number || opens)
            }
            "process" | "task" | "green" => word_follows || self.text(1) == "{",
            _ => {
                word_follows
                    && self.text(1) != "leads_to"
                    && words::item_words().any(|item| item == word)
            }
        }
    }

    /// Whether a word stands alone that begins an item, which then lacks the rest.
    pub(super) fn begins_bare_item(&self) -> bool {
        let next = self.nth(1);
        let alone = next.first_of_line || next.kind == TokenKind::End || self.text(1) == "}";
        let word = self.text(0);
        self.is_word(0) && alone && words::item_words().any(|item| item == word)
    }

    /// The item that [`Parser::begins_item`] saw.
    pub(super) fn item(&mut self) -> Option<Item> {
        let item = match self.text(0) {
            "const" => Item::Const(self.constant()),
            "enum" => Item::Enum(self.enumeration()),
            "struct" => Item::Struct(self.structure()),
            "fn" => Item::Fn(self.function()),
            "loop_thread" => Item::LoopThread(self.loop_thread()),
            "memory" => Item::Memory(self.memory()),
            "print" => Item::Printing(self.printing()),
            "expect" => Item::Expect(self.expectation_item()),
            "allow" => Item::Allow(self.allow()),
            "fair" | "unfair" => Item::Fairness(self.fairness()),
            "process" if self.text(1) == "executor" && self.is_word(2) => self.object_item()?,
            word if words::ACTORS.contains(&word) => Item::Actor(self.actor()),
            word if words::PROPERTIES.contains(&word) => Item::Property(self.property()?),
            _ => self.object_item()?,
        };
        Some(item)
    }

    fn object_item(&mut self) -> Option<Item> {
        self.object().map(Item::Object)
    }

    fn loop_thread(&mut self) -> LoopThread {
        let start = self.pos;
        self.bump();
        let name = self.name("a name for the event loop");
        LoopThread {
            name,
            span: self.since(start),
        }
    }

    fn memory(&mut self) -> Memory {
        let start = self.pos;
        self.bump();
        let model = self.name("a memory model: `sc`, `tso` or `rc11`");
        Memory {
            model,
            span: self.since(start),
        }
    }

    /// Whether `print split` comes, where a statement makes no sense.
    pub(super) fn begins_printing(&self) -> bool {
        let (how, after) = (self.nth(1), self.nth(2));
        let ends = after.first_of_line || after.kind == TokenKind::End;
        self.at("print")
            && !how.first_of_line
            && matches!(self.text(1), "split" | "whole")
            && (ends || matches!(self.text(2), "}" | ";"))
    }

    fn printing(&mut self) -> Printing {
        let start = self.pos;
        self.bump();
        let split = self.at("split");
        self.bump();
        Printing {
            split,
            span: self.since(start),
        }
    }
}
