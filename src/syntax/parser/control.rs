//! Statements with blocks.

use super::Parser;
use crate::base::Diagnostic;
use crate::syntax::ast::{
    Block, Catch, Condition, Expr, ExprKind, For, If, IfBranch, Match, MatchArm, Pattern,
    PatternKind, Range, Select, SelectArm, SelectHead, StmtKind, Try, While, With,
};
use crate::syntax::code;
use crate::syntax::limits::CHAIN_MAX;
use crate::syntax::mark::Mark;
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    /// A whole `else if` chain.
    pub(super) fn if_stmt(&mut self) -> StmtKind {
        let mut branches = Vec::new();
        let mut otherwise = None;
        loop {
            self.bump();
            if branches.len() >= CHAIN_MAX {
                self.limit(format!(
                    "more than {CHAIN_MAX} conditions in one `else if` chain"
                ));
                break;
            }
            let condition = self.head_condition();
            let body = self.block();
            branches.push(IfBranch { condition, body });
            if self.foreign_else_if() {
                continue;
            }
            if self.eat("else").is_none() {
                break;
            }
            if !self.at("if") {
                otherwise = Some(self.block());
                break;
            }
        }
        StmtKind::If(If {
            branches,
            otherwise,
        })
    }

    /// `elif`, reported and read as `else if`.
    fn foreign_else_if(&mut self) -> bool {
        if !self.at_any(&["elif", "elseif", "elsif"]) {
            return false;
        }
        let (word, span) = (self.text(0), self.token().span);
        self.report(|_| {
            Diagnostic::error(code::FOREIGN, span, format!("there is no `{word}`"))
                .label("written `else if`")
                .fix(span, "else if")
        });
        true
    }

    /// What `if` and `while` ask.
    fn head_condition(&mut self) -> Condition {
        if self.eat("let").is_none() {
            return Condition::Expr(self.condition());
        }
        let name = self.name("a name for the value");
        self.expect("=");
        let value = self.expr();
        Condition::Let { name, value }
    }

    pub(super) fn while_stmt(&mut self) -> StmtKind {
        self.bump();
        let condition = self.head_condition();
        let body = self.block();
        StmtKind::While(While { condition, body })
    }

    pub(super) fn loop_stmt(&mut self) -> StmtKind {
        self.bump();
        StmtKind::Loop(self.block())
    }

    pub(super) fn atomic_stmt(&mut self) -> StmtKind {
        self.bump();
        StmtKind::Atomic(self.block())
    }

    pub(super) fn for_stmt(&mut self) -> StmtKind {
        self.bump();
        if self.at("(") {
            self.foreign_for();
            self.block();
            return StmtKind::Error;
        }
        let name = self.name("a name for the loop variable");
        self.expect("in");
        let over = if self.failed {
            self.no_expr()
        } else {
            self.expr()
        };
        let body = self.block();
        StmtKind::For(For { name, over, body })
    }

    /// `for (int i = 0; …)`
    fn foreign_for(&mut self) {
        let open = self.token().span;
        self.report(|_| {
            Diagnostic::error(code::FOREIGN, open, "a `for` of another language")
                .label("loops go over a range")
                .help("write `for i in 0..n { … }`")
        });
        self.skip_group();
    }

    pub(super) fn with_stmt(&mut self) -> StmtKind {
        self.bump();
        let mut subjects = vec![self.expr()];
        while self.eat(",").is_some() {
            subjects.push(self.expr());
        }
        self.refuse_as();
        let body = self.block();
        StmtKind::With(With { subjects, body })
    }

    pub(super) fn either_stmt(&mut self) -> StmtKind {
        let word = self.bump().span;
        let mut blocks = vec![self.block()];
        while self.eat("or").is_some() {
            blocks.push(self.block());
        }
        if blocks.len() < 2 {
            self.fail(|_| {
                Diagnostic::error(code::INCOMPLETE, word, "`either` without `or`")
                    .label("needs a second possibility")
                    .help("write `either { … } or { … }`; `or { skip }` if the other is nothing")
            });
        }
        StmtKind::Either(blocks)
    }

    pub(super) fn try_stmt(&mut self) -> StmtKind {
        let word = self.bump().span;
        let body = self.block();
        let mut catches = Vec::new();
        while self.at("catch") || self.at("except") {
            catches.push(self.catch());
        }
        let finally = (self.at("finally") && self.text(1) != "assert").then(|| {
            self.bump();
            self.block()
        });
        if catches.is_empty() && finally.is_none() {
            self.fail(|_| {
                Diagnostic::error(code::INCOMPLETE, word, "`try` without `catch` or `finally`")
                    .label("nothing handles what is raised")
                    .help("write `try { … } catch { … }`")
            });
        }
        StmtKind::Try(Try {
            body,
            catches,
            finally,
        })
    }

    fn catch(&mut self) -> Catch {
        let start = self.pos;
        let word = self.token().span;
        if self.at("except") {
            self.report(|_| {
                Diagnostic::error(code::FOREIGN, word, "there is no `except`")
                    .label("written `catch`")
                    .fix(word, "catch")
            });
        }
        self.bump();
        let name = self.string();
        let token = self.token();
        if name.is_none() && !self.at("{") && !self.at(":") && !token.first_of_line {
            self.report(|parser| {
                let mistake = Diagnostic::error(
                    code::EXPECTED,
                    token.span,
                    "`catch` takes a string or nothing",
                )
                .label("not a string");
                let is_named = parser.text(1) == "as" && parser.is_word(2);
                if token.kind == TokenKind::Word && !parser.at("as") {
                    let quoted = format!("\"{}\"", parser.text(0));
                    return match is_named {
                        true => mistake
                            .help("an exception is its name, so there is nothing to keep")
                            .fix(token.span.to(parser.nth(2).span), quoted),
                        false => mistake.fix(token.span, quoted),
                    };
                }
                mistake.help("write `catch \"Name\" { … }`, or `catch { … }` for everything")
            });
            self.skip_to_brace();
        }
        let body = self.block();
        Catch {
            name,
            body,
            span: self.since(start),
        }
    }

    pub(super) fn match_stmt(&mut self) -> StmtKind {
        self.bump();
        let value = self.condition();
        let arms = self.arms(Self::match_arm);
        StmtKind::Match(Match { value, arms })
    }

    #[inline(never)]
    pub(super) fn select_stmt(&mut self, awaited: bool) -> StmtKind {
        let start = self.pos;
        if awaited {
            self.bump();
        }
        self.bump();
        let awaited = awaited.then(|| self.since(start));
        let arms = self.arms(Self::select_arm);
        StmtKind::Select(Select { awaited, arms })
    }

    /// The arms of a `match` or `select`, in braces.
    fn arms<T>(&mut self, mut arm: impl FnMut(&mut Self) -> T) -> Vec<T> {
        if !self.at("{") {
            self.expected("`{`");
            return Vec::new();
        }
        let arms = self.nested(|parser| {
            let mut arms = Vec::new();
            parser.open_brace();
            while !parser.at("}") && !parser.at_end() && !parser.leaves_block() {
                let before = parser.pos;
                parser.bailing = false;
                parser.mark(Mark::Line);
                arms.push(arm(parser));
                parser.settle();
                while parser.take_semicolon() {}
                if parser.pos == before {
                    parser.expected("an arm");
                    parser.bump();
                    parser.settle();
                }
            }
            parser.close_brace();
            arms
        });
        arms.unwrap_or_default()
    }

    fn match_arm(&mut self) -> MatchArm {
        let start = self.pos;
        self.foreign_case("an arm begins with its value: `Idle => { … }`");
        let mut patterns = vec![self.pattern()];
        while self.eat("|").is_some() {
            patterns.push(self.pattern());
        }
        let body = self.arm_body();
        MatchArm {
            patterns,
            body,
            span: self.since(start),
        }
    }

    /// `case` in front of an arm.
    fn foreign_case(&mut self, instead: &'static str) {
        if self.at("case") && self.nth(1).kind != TokenKind::Punct("=>") {
            let span = self.bump().span;
            self.report(|_| {
                Diagnostic::error(code::FOREIGN, span, "there is no `case`").label(instead)
            });
        }
    }

    fn pattern(&mut self) -> Pattern {
        let start = self.pos;
        if self.eat("_").is_some() {
            return Pattern {
                kind: PatternKind::Any,
                span: self.since(start),
            };
        }
        let first = self.pattern_value();
        let inclusive = self.at("..=");
        let kind = if inclusive || self.at("..") {
            self.bump();
            let end = self.pattern_value();
            PatternKind::Range(Range {
                start: first,
                end,
                inclusive,
            })
        } else {
            PatternKind::Value(first)
        };
        Pattern {
            kind,
            span: self.since(start),
        }
    }

    fn pattern_value(&mut self) -> Expr {
        if self.at("-") {
            return self.prefixed();
        }
        let value = self.postfixed();
        let constant = matches!(
            value.kind,
            ExprKind::Int(_)
                | ExprKind::Bool(_)
                | ExprKind::Str(_)
                | ExprKind::Name(_)
                | ExprKind::Path { .. }
                | ExprKind::Error
        );
        if !constant {
            self.fail(|_| {
                Diagnostic::error(code::EXPECTED, value.span, "not a pattern")
                    .label("an arm asks for a constant value or `_`")
            });
        }
        value
    }

    /// `=> { … }`, or one statement instead of the block.
    fn arm_body(&mut self) -> Block {
        if self.at(":") || self.at("{") {
            self.report(|parser| {
                let span = parser.token().span;
                let before = crate::base::Span {
                    end: span.start,
                    ..span
                };
                let mistake = parser.expectation("`=>`");
                if parser.at(":") {
                    mistake.fix(span, " =>")
                } else {
                    mistake.fix(before, "=> ")
                }
            });
            self.eat(":");
        } else {
            self.expect("=>");
        }
        let start = self.pos;
        let body = if self.at("{") {
            self.block()
        } else if self.failed {
            Block {
                stmts: Vec::new(),
                span: self.since(start),
            }
        } else {
            let stmt = self.nested(Self::stmt);
            Block {
                stmts: stmt.into_iter().collect(),
                span: self.since(start),
            }
        };
        if self.previous().kind == TokenKind::Punct("}") {
            self.mark_if(",", Mark::Drop);
        }
        self.eat(",");
        body
    }

    /// `x = q.recv()` in an arm, without `let`.
    fn forgot_let(&mut self) -> bool {
        let forgot = self.is_word(0) && self.text(1) == "=";
        if forgot {
            let name = self.token().span;
            let before = crate::base::Span {
                end: name.start,
                ..name
            };
            self.report(|_| {
                Diagnostic::error(code::FOREIGN, name, "an arm cannot assign")
                    .label("what it receives gets a new name: `let x = q.recv() => { … }`")
                    .fix(before, "let ")
            });
        }
        forgot
    }

    fn select_arm(&mut self) -> SelectArm {
        let start = self.pos;
        self.foreign_case("an arm begins with what it does: `let x = q.recv() => { … }`");
        let word = self.token().span;
        let head = if self.text(1) == "=>" && self.at("timeout") {
            self.bump();
            SelectHead::Timeout(word)
        } else if self.text(1) == "=>" && (self.at("default") || self.at("_")) {
            let found = self.text(0);
            self.bump();
            self.report(|_| {
                Diagnostic::error(code::FOREIGN, word, format!("there is no `{found}` here"))
                    .label("what runs when no other arm is ready is `else => { … }`")
                    .fix(word, "else")
            });
            SelectHead::Else(word)
        } else if self.at("else") {
            self.bump();
            SelectHead::Else(word)
        } else {
            let binds = self.eat("let").is_some() || self.forgot_let();
            let binding = binds.then(|| {
                let name = self.name("a name for the value");
                self.expect("=");
                name
            });
            let operation = if self.failed {
                self.no_expr()
            } else {
                self.expr()
            };
            SelectHead::Operation { binding, operation }
        };
        let body = self.arm_body();
        SelectArm {
            head,
            body,
            span: self.since(start),
        }
    }
}
