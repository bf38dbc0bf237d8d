//! Shared memory and synchronisation objects.

use super::Parser;
use crate::base::{Diagnostic, Span};
use crate::syntax::ast::{Expr, Ident, Object, ObjectKind, Preference, Preferred, Type};
use crate::syntax::code;
use crate::syntax::mark::Mark;
use crate::syntax::words;

/// The words before the kind of an object.
#[derive(Default)]
struct Modifiers {
    shared: Option<Span>,
    reentrant: Option<Span>,
    unowned: Option<Span>,
    bounded: Option<Span>,
    process: Option<Span>,
}

impl Parser<'_> {
    pub(super) fn object(&mut self) -> Option<Object> {
        let start = self.pos;
        let modifiers = self.modifiers();
        let keyword = self.text(0);
        if modifiers.shared.is_some() && !words::OBJECTS.contains(&keyword) {
            self.cannot_be_shared();
        }
        if !words::OBJECTS.contains(&keyword) {
            self.expected("the kind of an object, such as `var` or `lock`");
            return None;
        }
        let keyword_span = self.bump().span;
        self.check_modifiers(&modifiers, keyword, keyword_span);
        self.refuse_mut();
        let name = self.name(&format!("a name for the `{keyword}`"));
        let mut dims = Vec::new();
        while self.at("[") && !self.failed {
            dims.push(self.bracketed_index());
        }
        let kind = self.object_kind(keyword, &modifiers, &name);
        Some(Object {
            shared: modifiers.shared,
            name,
            dims,
            kind,
            span: self.since(start),
        })
    }

    fn modifiers(&mut self) -> Modifiers {
        let mut modifiers = Modifiers::default();
        loop {
            let place = match self.text(0) {
                "shared" => &mut modifiers.shared,
                "reentrant" => &mut modifiers.reentrant,
                "unowned" => &mut modifiers.unowned,
                "bounded" => &mut modifiers.bounded,
                "process" => &mut modifiers.process,
                _ => return modifiers,
            };
            let span = self.tokens[self.pos].span;
            if let Some(first) = place.replace(span) {
                self.report(|parser| {
                    let word = parser.source.slice(span);
                    Diagnostic::error(code::EXPECTED, span, format!("`{word}` is written twice"))
                        .label("once is enough")
                        .secondary(first, "written first here")
                });
            }
            self.bump();
        }
    }

    /// `shared const`, `shared thread`, ….
    fn cannot_be_shared(&mut self) {
        let why = match self.text(0) {
            "const" => "a constant never changes: every process has it anyway",
            "enum" | "struct" | "fn" => "it is part of the text, which every process has anyway",
            "thread" | "process" | "task" | "green" | "daemon" | "main" => {
                "an actor belongs to one process; what can be shared is what it uses"
            }
            _ => return,
        };
        self.fail(|parser| {
            let token = parser.token();
            let word = parser.text(0);
            Diagnostic::error(
                code::EXPECTED,
                token.span,
                format!("`{word}` cannot be `shared`"),
            )
            .label("expected `var`, `atomic`, `lock` or another object")
            .help(why)
        });
    }

    /// Refuses modifiers that this kind of object does not have.
    fn check_modifiers(&mut self, modifiers: &Modifiers, keyword: &str, keyword_span: Span) {
        let table = [
            (modifiers.reentrant, "lock"),
            (modifiers.unowned, "lock"),
            (modifiers.bounded, "sem"),
            (modifiers.process, "executor"),
        ];
        for (span, owner) in table {
            let Some(span) = span.filter(|_| owner != keyword) else {
                continue;
            };
            self.report(|parser| {
                let word = parser.source.slice(span);
                Diagnostic::error(
                    code::EXPECTED,
                    span,
                    format!("there is no {word} `{keyword}`"),
                )
                .label(format!("belongs to `{owner}`"))
                .secondary(keyword_span, "this is another kind")
            });
        }
    }

    fn object_kind(&mut self, keyword: &str, modifiers: &Modifiers, name: &Ident) -> ObjectKind {
        match keyword {
            "var" => self.var(name),
            "atomic" => {
                let (ty, init) = self.typed_value(name);
                ObjectKind::Atomic { ty, init }
            }
            "lock" => {
                self.refuse_constructor(keyword);
                ObjectKind::Lock {
                    reentrant: modifiers.reentrant,
                    unowned: modifiers.unowned,
                }
            }
            "rwlock" => ObjectKind::RwLock {
                prefer: self.preference(),
            },
            "sem" => self.semaphore(modifiers),
            "cond" => self.condition_object(name),
            "event" => {
                self.refuse_constructor(keyword);
                ObjectKind::Event {
                    auto: self.eat("auto"),
                }
            }
            "barrier" => ObjectKind::Barrier {
                parties: self.count(keyword, name),
            },
            "latch" => ObjectKind::Latch {
                count: self.count(keyword, name),
            },
            "chan" => {
                let capacity = self
                    .at_any(&["(", "="])
                    .then(|| self.count(keyword, name))
                    .flatten();
                ObjectKind::Chan {
                    capacity,
                    element: self.optional_type(),
                }
            }
            "executor" => {
                let process = modifiers.process;
                ObjectKind::Executor {
                    process,
                    workers: self.count(keyword, name),
                }
            }
            "list" => {
                let capacity = self.count(keyword, name);
                ObjectKind::List {
                    capacity,
                    element: self.optional_type(),
                    init: self.eat("=").map(|_| self.expr()),
                    guarded_by: self.guard(),
                }
            }
            "map" => self.map(name),
            _ => {
                self.refuse_constructor(keyword);
                ObjectKind::Once
            }
        }
    }

    fn var(&mut self, name: &Ident) -> ObjectKind {
        let (ty, init) = self.typed_value(name);
        let guarded_by = self.guard();
        ObjectKind::Var {
            ty,
            init,
            guarded_by,
        }
    }

    /// `guarded_by m`
    fn guard(&mut self) -> Option<Expr> {
        self.eat("guarded_by").map(|_| self.postfixed())
    }

    /// `: type`, `= value`, or both.
    fn typed_value(&mut self, name: &Ident) -> (Option<Type>, Option<Expr>) {
        let ty = self.optional_type();
        let init = self.eat("=").map(|_| self.expr());
        if ty.is_none() && init.is_none() && !self.failed {
            let end = Span::new(name.span.end as usize, name.span.end as usize);
            self.fail(|_| {
                Diagnostic::error(
                    code::INCOMPLETE,
                    name.span,
                    format!("`{}` has no value", name.text),
                )
                .label("needs a value or a type")
                .fix(end, " = 0")
            });
        }
        if self.at(",") {
            let comma = self.token().span;
            self.fail(|_| {
                Diagnostic::error(code::EXPECTED, comma, "two variables in one declaration")
                    .label("each has a declaration of its own")
            });
        }
        (ty, init)
    }

    /// `prefer writers`, `prefer fair`, or just `fair`.
    fn preference(&mut self) -> Option<Preference> {
        let fair_alone = self.at("fair") && !self.token().first_of_line;
        let start = if fair_alone {
            self.token().span
        } else {
            self.eat("prefer")?
        };
        let who = match self.text(0) {
            "readers" => Preferred::Readers,
            "writers" => Preferred::Writers,
            "fair" => Preferred::Fair,
            _ => {
                self.expected("`readers`, `writers` or `fair`");
                return None;
            }
        };
        let span = start.to(self.bump().span);
        Some(Preference { who, span })
    }

    fn semaphore(&mut self, modifiers: &Modifiers) -> ObjectKind {
        let init = if self.at("(") {
            self.wrong_count_form("= ");
            self.parenthesised_count()
        } else {
            self.eat("=").map(|_| self.expr())
        };
        let max = self.eat("max").map(|_| self.expr());
        ObjectKind::Sem {
            bounded: modifiers.bounded,
            init,
            max,
        }
    }

    fn condition_object(&mut self, name: &Ident) -> ObjectKind {
        let on = self.eat("on").map(|_| self.postfixed());
        if on.is_none() {
            let end = Span::new(
                self.previous().span.end as usize,
                self.previous().span.end as usize,
            );
            self.fail(|_| {
                Diagnostic::error(
                    code::INCOMPLETE,
                    name.span,
                    format!("the condition `{}` has no lock", name.text),
                )
                .label("which lock is given up while waiting?")
                .help("write `cond c on m`, where `m` is the lock that protects what is waited for")
                .fix(end, " on m")
            });
        }
        let (mut spurious, mut fifo) = (None, None);
        while self.at_any(&["spurious", "fifo"]) {
            let place = if self.at("fifo") {
                &mut fifo
            } else {
                &mut spurious
            };
            *place = Some(self.tokens[self.pos].span);
            self.bump();
        }
        ObjectKind::Cond { on, spurious, fifo }
    }

    fn map(&mut self, name: &Ident) -> ObjectKind {
        let capacity = self.count("map", name);
        let (mut key, mut value) = (None, None);
        if self.eat(":").is_some() {
            key = Some(self.ty());
            if self.at_any(&["=>", ","]) {
                self.map_arrow();
            } else {
                self.expect("->");
            }
            value = Some(self.ty());
        }
        let init = match self.eat("=") {
            Some(_) => self.keys_and_values(),
            None => Vec::new(),
        };
        ObjectKind::Map {
            capacity,
            key,
            value,
            init,
            guarded_by: self.guard(),
        }
    }

    /// `int => bool`, `int, bool`
    fn map_arrow(&mut self) {
        let span = self.bump().span;
        self.report(|_| {
            Diagnostic::error(code::EXPECTED, span, "the types of a map in the wrong form")
                .label("an arrow leads from the key to the value")
                .fix(span, "->")
        });
    }

    /// `{ "a": 1, "b": 2 }`
    fn keys_and_values(&mut self) -> Vec<(Expr, Expr)> {
        let mut all = Vec::new();
        let open = self.pos;
        if self.at("[") {
            let span = self.token().span;
            self.fail(|_| {
                Diagnostic::error(code::EXPECTED, span, "a list for a map")
                    .label("keys with values are asked for")
                    .help("write `{ 1: 10, 2: 20 }`")
            });
            return all;
        }
        if self.expect("{").is_none() {
            return all;
        }
        while !self.at("}") && !self.failed {
            let key = self.expr();
            if self.expect(":").is_none() {
                break;
            }
            all.push((key, self.expr()));
            if self.eat(",").is_none() {
                break;
            }
        }
        if self.eat("}").is_none() && !self.failed {
            self.expect_closing(open, "}");
        }
        all
    }

    /// `(3)`; `= 3` is reported and read.
    fn count(&mut self, keyword: &str, name: &Ident) -> Option<Expr> {
        if self.at("(") {
            return self.parenthesised_count();
        }
        if self.at("=") {
            self.wrong_count_form("(");
            self.bump();
            return Some(self.expr());
        }
        let end = Span::new(
            self.previous().span.end as usize,
            self.previous().span.end as usize,
        );
        self.fail(|_| {
            Diagnostic::error(
                code::INCOMPLETE,
                name.span,
                format!("the {keyword} `{}` has no size", name.text),
            )
            .label("how many?")
            .help(format!("write `{keyword} {}(2)`", name.text))
            .fix(end, "(2)")
        });
        None
    }

    fn wrong_count_form(&mut self, right: &str) {
        let span = self.token().span;
        self.report(|_| {
            let advice = if right == "(" {
                "the size stands in parentheses: `(2)`"
            } else {
                "the permits stand after `=`: `= 2`"
            };
            Diagnostic::error(code::EXPECTED, span, "a size in the wrong form").label(advice)
        });
    }

    fn parenthesised_count(&mut self) -> Option<Expr> {
        self.mark(Mark::Tight);
        let open = self.pos;
        self.bump();
        let count = self.nested(Self::condition)?;
        if self.eat(")").is_none() {
            self.expect_closing(open, ")");
        }
        Some(count)
    }

    /// `lock m()`, `lock m = Lock()`
    fn refuse_constructor(&mut self, keyword: &str) {
        let start = self.pos;
        if self.at("(") {
            self.skip_group();
        } else if self.eat("=").is_some() {
            self.expr();
        } else {
            return;
        }
        let span = self.since(start);
        self.report(|parser| {
            let end = parser.tokens[start.saturating_sub(1)].span.end as usize;
            Diagnostic::error(
                code::FOREIGN,
                span,
                format!("a `{keyword}` is declared without a value"),
            )
            .label("not needed")
            .fix(Span::new(end, span.end as usize), "")
        });
    }
}
