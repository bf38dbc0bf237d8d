//! Threads, processes, tasks and green threads.

use super::Parser;
use crate::base::{Diagnostic, Span};
use crate::syntax::ast::{Actor, ActorKind, Ident, Replicas};
use crate::syntax::code;
use crate::syntax::mark::Mark;

impl Parser<'_> {
    pub(super) fn actor(&mut self) -> Actor {
        let start = self.pos;
        let (mut main, mut daemon) = (None, None);
        while self.at_any(&["main", "daemon"]) {
            let place = if self.at("main") {
                &mut main
            } else {
                &mut daemon
            };
            *place = Some(self.tokens[self.pos].span);
            self.bump();
        }
        let kind = self.actor_kind();
        let name = self.actor_name(kind);
        let replicas = self.replicas();
        let on = self.on_loop();
        let head = self.since(start);
        let body = self.body_of(format!("{} `{}`", kind.word(), name.text));
        Actor {
            kind,
            main,
            daemon,
            name,
            replicas,
            on,
            body,
            span: self.since(start),
            head,
        }
    }

    fn actor_kind(&mut self) -> ActorKind {
        let kind = match self.text(0) {
            "process" => ActorKind::Process,
            "task" => ActorKind::Task,
            "green" => ActorKind::Green,
            _ => ActorKind::Thread,
        };
        if self.at_any(&["thread", "process", "task", "green"]) {
            self.bump();
        } else {
            self.expected("`thread`, `process`, `task` or `green`");
        }
        kind
    }

    fn actor_name(&mut self, kind: ActorKind) -> Ident {
        let token = self.token();
        if !self.at("{") || self.failed {
            return self.name(&format!("a name for the {}", kind.word()));
        }
        let after = Span::new(
            self.previous().span.end as usize,
            self.previous().span.end as usize,
        );
        self.report(|parser| {
            Diagnostic::error(
                code::INCOMPLETE,
                parser.previous().span,
                format!("a {} without a name", kind.word()),
            )
            .label("reports will call it by its name")
            .fix(after, " worker")
        });
        let span = Span {
            end: token.span.start,
            ..token.span
        };
        Ident {
            text: String::new(),
            span,
        }
    }

    fn replicas(&mut self) -> Replicas {
        if self.eat("*").is_some() {
            return Replicas::Times(self.chain());
        }
        match self.text(0) {
            "(" if self.text(2) == "in" => self.parameter(),
            "(" | "[" => {
                self.wrong_replicas();
                Replicas::One
            }
            _ => Replicas::One,
        }
    }

    /// `(i in 0..3)`
    fn parameter(&mut self) -> Replicas {
        self.mark(Mark::Tight);
        let open = self.pos;
        self.bump();
        let param = self.name("a parameter");
        self.expect("in");
        let range = self.expr();
        if self.eat(")").is_none() {
            self.expect_closing(open, ")");
        }
        Replicas::Over { param, range }
    }

    /// `thread t(3)`, `thread t[3]`, `thread t()`
    fn wrong_replicas(&mut self) {
        let start = self.pos;
        self.skip_group();
        let span = self.since(start);
        self.report(|parser| {
            let text = parser.source.slice(span);
            let inside = text.get(1..text.len().max(2) - 1).unwrap_or("").trim();
            let mistake = Diagnostic::error(code::EXPECTED, span, "an actor has no arguments")
                .label("not understood here")
                .help("write `* 3` for three alike, `(i in 0..3)` for three with a number");
            if !inside.is_empty() && inside.bytes().all(|byte| byte.is_ascii_digit()) {
                return mistake.fix(span, format!(" * {inside}"));
            }
            if inside.is_empty() {
                mistake.fix(span, "")
            } else {
                mistake
            }
        });
    }

    /// `on ui`
    pub(super) fn on_loop(&mut self) -> Option<Ident> {
        if !self.at("on") || !self.is_word(1) {
            return None;
        }
        self.bump();
        Some(self.name("an event loop"))
    }
}
