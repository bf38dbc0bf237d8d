//! Operands: literals, names, calls, brackets, and what is appended to them.

use super::Parser;
use crate::base::{Diagnostic, Span};
use crate::syntax::ast::{Call, Expr, ExprKind, Ident, IfExpr, Method};
use crate::syntax::limits::CHAIN_MAX;
use crate::syntax::mark::Mark;
use crate::syntax::token::TokenKind;
use crate::syntax::{code, words};

impl Parser<'_> {
    /// An operand with indices, fields and calls appended. A parenthesis or
    /// bracket always continues it.
    pub(super) fn postfixed(&mut self) -> Expr {
        let mut expr = self.primary();
        loop {
            let start = expr.span;
            let kind = match self.text(0) {
                "." => self.member(expr),
                "[" => self.index(expr),
                "(" => self.uncallable(expr),
                _ => return expr,
            };
            let end = self.previous().span;
            expr = Expr {
                kind,
                span: start.to(end),
            };
            if self.stopped || self.failed {
                return expr;
            }
        }
    }

    /// `.name` and `.name(args)`
    fn member(&mut self, base: Expr) -> ExprKind {
        let dot = self.bump().span;
        let height = self.height;
        if self.at("await") {
            return self.await_behind(base, dot);
        }
        // Any word can name a method: `m.lock()`, `e.yield()`.
        let span = self.token().span;
        let name = if self.is_word(0) {
            let text = self.text(0).to_owned();
            self.bump();
            Ident { text, span }
        } else {
            self.name("the name of a field or method")
        };
        if !self.at("(") || self.failed {
            self.rise(height);
            return ExprKind::Field {
                base: Box::new(base),
                name,
            };
        }
        let args = self.args();
        self.rise(height);
        let receiver = base;
        ExprKind::Method(Box::new(Method {
            receiver,
            name,
            args,
        }))
    }

    fn await_behind(&mut self, base: Expr, dot: Span) -> ExprKind {
        let word = self.bump().span;
        self.report(|parser| {
            let whole = base.span.to(word);
            let mistake = Diagnostic::error(code::FOREIGN, dot.to(word), "`await` stands behind")
                .label("`await` comes first, as in `await t`");
            if whole.range().len() > 200 {
                return mistake;
            }
            mistake.fix(whole, format!("await {}", parser.source.slice(base.span)))
        });
        self.rise(0);
        ExprKind::Await(Box::new(base))
    }

    fn index(&mut self, base: Expr) -> ExprKind {
        let height = self.height;
        let index = Box::new(self.bracketed_index());
        self.rise(height);
        ExprKind::Index {
            base: Box::new(base),
            index,
        }
    }

    /// `[e]` directly behind something.
    pub(super) fn bracketed_index(&mut self) -> Expr {
        self.mark(Mark::Tight);
        let open = self.pos;
        self.bump();
        let inner = self
            .nested(Self::condition)
            .unwrap_or_else(|| self.no_expr());
        if self.eat("]").is_none() {
            self.expect_closing(open, "]");
        }
        inner
    }

    /// Fails at a closing bracket that is not there.
    pub(super) fn expect_closing(&mut self, open: usize, close: &str) {
        if self.token().first_of_line || self.at_any(&["{", "}", ";"]) || self.at_end() {
            self.unclosed_bracket(open, close);
        } else {
            self.expected(&format!("`{close}`"));
        }
    }

    /// A call of something that is not a name.
    fn uncallable(&mut self, callee: Expr) -> ExprKind {
        let open = self.token().span;
        self.fail(|_| {
            Diagnostic::error(code::EXPECTED, callee.span.to(open), "this cannot be called")
                .label("only functions and methods are called, by their names")
                .help("no statement begins with `(`, so this parenthesis belongs to what stands before it")
        });
        self.height = 1;
        ExprKind::Error
    }

    /// `(a, b)` behind a name; the parenthesis is next.
    pub(super) fn args(&mut self) -> Vec<Expr> {
        self.mark(Mark::Tight);
        let open = self.pos;
        self.bump();
        let mut height = 0;
        let args = self.nested(|parser| {
            parser.list(open, ")", |parser| {
                parser.refuse_named_argument();
                let arg = parser.condition();
                height = height.max(parser.height);
                arg
            })
        });
        self.height = height;
        args.unwrap_or_default()
    }

    fn primary(&mut self) -> Expr {
        self.height = 1;
        let token = self.token();
        let kind = match (token.kind, self.text(0)) {
            (TokenKind::Int(value), _) => {
                self.bump();
                ExprKind::Int(self.int(value, token.span))
            }
            (TokenKind::Str, _) => ExprKind::Str(
                self.string()
                    .map(|literal| literal.text)
                    .unwrap_or_default(),
            ),
            (_, "true" | "false") => ExprKind::Bool(self.source.slice(self.bump().span) == "true"),
            (_, "True" | "False" | "None" | "null" | "nil") => return self.foreign_value(),
            (_, "(") => return self.parenthesised(),
            (_, "[") => self.array(),
            (_, "if") => self.if_value(),
            (_, "spawn") => self.spawn(),
            (TokenKind::Word, word) if !words::is_reserved(word) => self.named(),
            _ => {
                self.expected("an expression");
                return self.no_expr();
            }
        };
        Expr {
            kind,
            span: token.span.to(self.previous().span),
        }
    }

    fn int(&mut self, value: u64, span: Span) -> i64 {
        i64::try_from(value).unwrap_or_else(|_| {
            self.report(|_| {
                Diagnostic::error(code::NUMBER, span, "a number is too large")
                    .label("does not fit in 64 bits without a `-` before it")
                    .help("integers go from -9223372036854775808 to 9223372036854775807")
            });
            0
        })
    }

    fn foreign_value(&mut self) -> Expr {
        let (word, span) = (self.text(0), self.bump().span);
        let value = match word {
            "True" => Some(true),
            "False" => Some(false),
            _ => None,
        };
        self.report(|_| {
            let mistake = Diagnostic::error(code::FOREIGN, span, format!("there is no `{word}`"));
            match value {
                Some(value) => mistake
                    .label(format!("written `{value}`"))
                    .fix(span, value.to_string()),
                None => mistake
                    .label("every variable has a value")
                    .help("use a number or an enum value that means \"nothing\""),
            }
        });
        let kind = value.map_or(ExprKind::Error, ExprKind::Bool);
        Expr { kind, span }
    }

    /// A name and what belongs to it: `Phase::Idle`, `worker#1`, `f(1)`.
    fn named(&mut self) -> ExprKind {
        let name = self.name("a name");
        match self.text(0) {
            "(" => {
                let args = self.args();
                self.rise(0);
                ExprKind::Call(Box::new(Call { name, args }))
            }
            "::" => {
                self.bump();
                let variant = self.name("a value of the enum");
                ExprKind::Path {
                    owner: name,
                    name: variant,
                }
            }
            "#" => {
                self.bump();
                let token = self.token();
                let TokenKind::Int(number) = token.kind else {
                    self.expected("the number of the actor");
                    return ExprKind::Error;
                };
                self.bump();
                ExprKind::Replica {
                    name,
                    number: self.int(number, token.span),
                }
            }
            "{" if self.is_word(1) && self.text(2) == ":" => self.struct_literal(name.span),
            "!" if self.text(1) == "(" && self.token().span.start == name.span.end => {
                self.macro_call(name.span)
            }
            _ => ExprKind::Name(name),
        }
    }

    /// `Job { id: 1 }`, which is written `Job(1)`.
    fn struct_literal(&mut self, name: Span) -> ExprKind {
        self.fail(|parser| {
            let shown = parser.source.slice(name);
            Diagnostic::error(
                code::FOREIGN,
                parser.token().span,
                "fields are not named here",
            )
            .label(format!("values are given in order: `{shown}(…)`"))
        });
        self.skip_group();
        self.failed = false;
        ExprKind::Error
    }

    /// `println!(…)`, which does not exist.
    fn macro_call(&mut self, name: Span) -> ExprKind {
        let bang = self.bump().span;
        self.report(|parser| {
            let shown = parser.source.slice(name);
            Diagnostic::error(code::FOREIGN, name.to(bang), "there are no macros")
                .label(format!("`{shown}!` is a macro of Rust"))
                .help("write `print x`, `assert e, \"message\"`, `raise \"Name\"` without `!` and parentheses")
        });
        self.skip_group();
        ExprKind::Error
    }

    /// Takes a bracket with everything up to its partner.
    pub(super) fn skip_group(&mut self) {
        let mut depth = 0usize;
        while !self.at_end() {
            match self.text(0) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.bump();
            if depth == 0 {
                return;
            }
        }
    }

    fn parenthesised(&mut self) -> Expr {
        let open = self.pos;
        self.bump();
        let Some(inner) = self.nested(Self::condition) else {
            return self.no_expr();
        };
        if self.at(",") {
            return self.tuple(open);
        }
        if self.eat(")").is_none() {
            self.expect_closing(open, ")");
        }
        inner
    }

    /// `(a, b)`, of which `a` is read: there are no tuples.
    fn tuple(&mut self, open: usize) -> Expr {
        self.bump();
        let rest = self.nested(|parser| parser.list(open, ")", Self::condition));
        let whole = self.since(open);
        let before = open
            .checked_sub(1)
            .map(|at| self.source.slice(self.tokens[at].span));
        if rest.is_some() && !self.failed {
            self.report(|parser| {
                let mistake = Diagnostic::error(code::FOREIGN, whole, "there are no tuples");
                match before {
                    Some(word @ ("print" | "assert" | "raise")) if whole.range().len() <= 200 => {
                        let text = parser.source.slice(whole);
                        let beside = parser.tokens[open - 1].span.end == whole.start;
                        let gap = if beside { " " } else { "" };
                        mistake
                            .label(format!("`{word}` is written without parentheses"))
                            .fix(whole, format!("{gap}{}", &text[1..text.len() - 1]))
                    }
                    _ => mistake
                        .label("several values in parentheses")
                        .help("declare a `struct` to keep values together"),
                }
            });
        }
        self.height = 1;
        Expr {
            kind: ExprKind::Error,
            span: whole,
        }
    }

    fn array(&mut self) -> ExprKind {
        let open = self.pos;
        self.bump();
        let mut height = 0;
        let elements = self.nested(|parser| {
            parser.list(open, "]", |parser| {
                let element = parser.condition();
                height = height.max(parser.height);
                if parser.at(";") {
                    parser.repeated();
                }
                element
            })
        });
        self.height = height;
        self.rise(0);
        ExprKind::Array(elements.unwrap_or_default())
    }

    /// `[0; 3]`
    fn repeated(&mut self) {
        let semicolon = self.bump().span;
        self.fail(|_| {
            Diagnostic::error(code::FOREIGN, semicolon, "an array is not written with `;`")
                .label("a form of Rust")
                .help("`var a[3] = 0` gives every element the same value")
        });
    }

    /// `if c { a } else { b }` as a value.
    fn if_value(&mut self) -> ExprKind {
        let mut branches = Vec::new();
        let mut height = 0;
        let otherwise = loop {
            self.bump();
            if branches.len() >= CHAIN_MAX {
                self.limit(format!(
                    "more than {CHAIN_MAX} conditions in one `else if` chain"
                ));
                break self.no_expr();
            }
            let condition = self
                .nested(Self::condition)
                .unwrap_or_else(|| self.no_expr());
            height = height.max(self.height);
            let value = self.braced_value();
            height = height.max(self.height);
            branches.push((condition, value));
            if self.expect("else").is_none() {
                break self.no_expr();
            }
            if !self.at("if") {
                break self.braced_value();
            }
        };
        self.rise(height);
        ExprKind::If(Box::new(IfExpr {
            branches,
            otherwise,
        }))
    }

    fn braced_value(&mut self) -> Expr {
        let open = self.pos;
        if self.expect("{").is_none() {
            return self.no_expr();
        }
        let value = self
            .nested(Self::condition)
            .unwrap_or_else(|| self.no_expr());
        if self.eat("}").is_none() {
            self.fail(|parser| {
                let place = parser.tokens[open].span;
                parser.expectation("`}`").secondary(
                    place,
                    "this `if` is a value, so its blocks hold one expression each",
                )
            });
        }
        value
    }
}
