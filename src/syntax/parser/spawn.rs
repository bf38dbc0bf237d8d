//! `spawn`.

use super::Parser;
use crate::base::{Diagnostic, Span};
use crate::syntax::ast::{ActorKind, Call, ExprKind, Spawn};
use crate::syntax::code;
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    /// `spawn daemon task "name" f(1) on ui`
    pub(super) fn spawn(&mut self) -> ExprKind {
        self.bump();
        let mut daemon = None;
        let mut kind = ActorKind::Thread;
        while self.is_word(1) || self.nth(1).kind == TokenKind::Str {
            match self.text(0) {
                "daemon" => daemon = Some(self.token().span),
                "thread" => kind = ActorKind::Thread,
                "process" => kind = ActorKind::Process,
                "task" => kind = ActorKind::Task,
                "green" => kind = ActorKind::Green,
                _ => break,
            }
            self.bump();
        }
        let label = self.string();
        if self.at_any(&["{", "|", "||", "move"]) && !(self.at("move") && self.text(1) == "(") {
            return self.closure();
        }
        let name = self.name("the function to run");
        let args = if self.at("(") {
            self.args()
        } else {
            self.call_needs_parentheses(name.span);
            Vec::new()
        };
        let on = self.on_loop();
        self.rise(0);
        let call = Call { name, args };
        ExprKind::Spawn(Box::new(Spawn {
            kind,
            daemon,
            label,
            call,
            on,
        }))
    }

    fn call_needs_parentheses(&mut self, name: Span) {
        let end = name.end as usize;
        self.fail(|parser| {
            let shown = parser.source.slice(name);
            Diagnostic::error(code::INCOMPLETE, name, "`spawn` takes a call")
                .label(format!("written `{shown}()`, with its arguments"))
                .fix(Span::new(end, end), "()")
        });
    }

    fn closure(&mut self) -> ExprKind {
        let span = self.token().span;
        self.report(|_| {
            Diagnostic::error(code::FOREIGN, span, "`spawn` takes a call, not a block")
                .label("there are no closures")
                .help("write a function and `spawn` it: `fn f() { … }` and `let h = spawn f()`")
        });
        while self.at_any(&["|", "||", "move"]) || (self.is_word(0) && self.text(1) == "|") {
            self.bump();
        }
        if self.at("{") {
            self.block();
        }
        ExprKind::Error
    }
}
