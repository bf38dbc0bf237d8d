//! Statements without blocks, and which statement it is.

use super::Parser;
use crate::base::{Diagnostic, Span};
use crate::syntax::ast::{Assign, BinaryOp, Expr, ExprKind, Ident, Let, Stmt, StmtKind};
use crate::syntax::code;
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    /// A statement. Takes nothing only if it reports why.
    pub(super) fn stmt(&mut self) -> Stmt {
        let start = self.pos;
        let kind = self.stmt_kind();
        Stmt {
            kind,
            span: self.since(start),
        }
    }

    fn stmt_kind(&mut self) -> StmtKind {
        match self.text(0) {
            "let" => self.let_stmt(),
            "if" => self.if_stmt(),
            "while" => self.while_stmt(),
            "loop" => self.loop_stmt(),
            "for" => self.for_stmt(),
            "match" => self.match_stmt(),
            "with" => self.with_stmt(),
            "either" => self.either_stmt(),
            "try" => self.try_stmt(),
            "atomic" => self.atomic_stmt(),
            "select" if self.text(1) == "{" => self.select_stmt(false),
            "await" if self.text(1) == "select" && self.text(2) == "{" => self.select_stmt(true),
            "break" => self.word_stmt(StmtKind::Break),
            "continue" => self.word_stmt(StmtKind::Continue),
            "yield" => self.word_stmt(StmtKind::Yield),
            "skip" if self.stands_alone() => self.word_stmt(StmtKind::Skip),
            "progress" if self.stands_alone() => self.word_stmt(StmtKind::Progress),
            "sleep" if self.stands_alone() => self.sleep_stmt(),
            "return" => self.return_stmt(),
            "assert" => self.assert_stmt(),
            "raise" => self.raise_stmt(),
            "print" => self.print_stmt(),
            "@" => self.named_stmt(),
            "else" | "catch" | "finally" if self.is_word(0) => self.orphan(),
            _ => self.expr_stmt(),
        }
    }

    /// Whether a word that could also be a name is a statement here.
    fn stands_alone(&self) -> bool {
        !matches!(self.text(1), "." | "[") && assignment(self.text(1)).is_none()
    }

    fn word_stmt(&mut self, kind: StmtKind) -> StmtKind {
        self.bump();
        kind
    }

    fn let_stmt(&mut self) -> StmtKind {
        self.bump();
        self.refuse_mut();
        let name = self.name("a name for the local");
        let ty = self.optional_type();
        self.foreign_walrus();
        if self.eat("=").is_none() {
            self.needs_value(&name);
            return StmtKind::Error;
        }
        let value = self.expr();
        StmtKind::Let(Let { name, ty, value })
    }

    /// `let mut x`
    pub(super) fn refuse_mut(&mut self) {
        let (span, next) = (self.token().span, self.nth(1).span);
        if self.eat("mut").is_some() {
            self.report(|_| {
                Diagnostic::error(code::FOREIGN, span, "`mut` is not needed")
                    .label("every variable can be assigned")
                    .fix(Span::new(span.start as usize, next.start as usize), "")
            });
        }
    }

    fn needs_value(&mut self, name: &Ident) {
        let end = Span::new(name.span.end as usize, name.span.end as usize);
        let next_is_fresh = self.token().first_of_line || self.at_any(&["}", ";"]);
        if !next_is_fresh || name.text.is_empty() {
            return self.expected("`=`");
        }
        self.fail(|_| {
            Diagnostic::error(
                code::INCOMPLETE,
                name.span,
                format!("`{}` has no value", name.text),
            )
            .label("needs a value to begin with")
            .fix(end, " = 0")
        });
    }

    /// `:=`, read as `=`.
    fn foreign_walrus(&mut self) {
        let both = self.token().span.to(self.nth(1).span);
        if self.at(":") && self.text(1) == "=" && both.range().len() == 2 {
            self.bump();
            self.report(|_| {
                Diagnostic::error(code::FOREIGN, both, "there is no `:=`")
                    .label("assignment is written `=`")
                    .fix(both, "=")
            });
        }
    }

    /// The value is what follows, unless that can only be a statement.
    fn return_stmt(&mut self) -> StmtKind {
        self.bump();
        let fresh = self.token().first_of_line;
        let is_stmt = assignment(self.text(1)).is_some()
            || self.begins_item()
            || (self.begins_stmt_word() && !self.at_any(&["if", "spawn", "await"]));
        if self.at_any(&["}", ";"]) || self.at_end() || (fresh && is_stmt) {
            return StmtKind::Return(None);
        }
        StmtKind::Return(Some(self.expr()))
    }

    fn assert_stmt(&mut self) -> StmtKind {
        self.bump();
        let condition = self.condition();
        let message = self.message();
        StmtKind::Assert { condition, message }
    }

    /// `, "message"` behind a condition.
    pub(super) fn message(&mut self) -> Option<crate::syntax::ast::Str> {
        self.eat(",")?;
        let message = self.string();
        if message.is_none() {
            self.expected("the message, a string");
        }
        message
    }

    fn raise_stmt(&mut self) -> StmtKind {
        self.bump();
        if let Some(name) = self.string() {
            return StmtKind::Raise(name);
        }
        let token = self.token();
        if token.kind != TokenKind::Word || token.first_of_line {
            self.expected("the name of what is raised, a string");
            return StmtKind::Error;
        }
        let (word, start) = (self.text(0), self.pos);
        self.bump();
        let has_text = self.at("(") && !self.token().first_of_line;
        if has_text {
            self.skip_group();
        }
        let whole = self.since(start);
        self.fail(|_| {
            let mistake = Diagnostic::error(code::EXPECTED, whole, "`raise` takes a string")
                .label("write the name in quotes")
                .fix(whole, format!("\"{word}\""));
            match has_text {
                true => mistake.help("an exception is its name, and carries nothing else"),
                false => mistake,
            }
        });
        StmtKind::Error
    }

    fn print_stmt(&mut self) -> StmtKind {
        self.bump();
        let mut values = vec![self.expr()];
        while self.eat(",").is_some() {
            values.push(self.expr());
        }
        StmtKind::Print(values)
    }

    /// `sleep`; a duration is reported and left out.
    fn sleep_stmt(&mut self) -> StmtKind {
        self.bump();
        let start = self.pos;
        let number = matches!(self.token().kind, TokenKind::Int(_));
        if self.token().first_of_line || !(number || self.at("(")) {
            return StmtKind::Sleep;
        }
        if number {
            self.bump();
        } else {
            self.skip_group();
        }
        let end = self.tokens[start - 1].span.end as usize;
        let span = self.since(start);
        self.report(|_| {
            Diagnostic::error(code::FOREIGN, span, "`sleep` takes no duration")
                .label("a checker explores every timing, so no number is needed")
                .fix(Span::new(end, span.end as usize), "")
        });
        StmtKind::Sleep
    }

    /// `@name: statement`
    fn named_stmt(&mut self) -> StmtKind {
        let name = self.step_name();
        if self.expect(":").is_none() {
            return StmtKind::Error;
        }
        match self.nested(Self::stmt) {
            Some(stmt) => StmtKind::Named {
                name,
                stmt: Box::new(stmt),
            },
            None => StmtKind::Error,
        }
    }

    /// `@name`; the span covers the `@`.
    pub(super) fn step_name(&mut self) -> Ident {
        let at = self.expect("@");
        let mut name = self.name("the name of a step");
        if let Some(at) = at {
            name.span = at.to(name.span);
        }
        name
    }

    /// `else`, `catch` or `finally` that follows nothing.
    fn orphan(&mut self) -> StmtKind {
        let (word, span) = (self.text(0), self.bump().span);
        let owner = if word == "else" { "if" } else { "try" };
        self.report(|_| {
            Diagnostic::error(code::MISPLACED, span, format!("`{word}` without `{owner}`")).label(
                format!("must follow the `}}` of an `{owner}`").replace("an `try`", "a `try`"),
            )
        });
        if self.at("if") {
            return self.if_stmt();
        }
        self.string();
        self.block();
        StmtKind::Error
    }

    /// An assignment or a call.
    fn expr_stmt(&mut self) -> StmtKind {
        let expr = self.expr();
        if self.failed {
            return StmtKind::Error;
        }
        self.foreign_walrus();
        self.rest_of_expr_stmt(expr)
    }

    /// What follows the expression that begins a statement.
    pub(super) fn rest_of_expr_stmt(&mut self, expr: Expr) -> StmtKind {
        if let Some(op) = assignment(self.text(0)) {
            return self.assignment(expr, op);
        }
        match &expr.kind {
            ExprKind::Method(_)
            | ExprKind::Call(_)
            | ExprKind::Spawn(_)
            | ExprKind::Await(_)
            | ExprKind::Error => StmtKind::Expr(expr),
            _ => {
                self.without_effect(&expr);
                StmtKind::Error
            }
        }
    }

    fn assignment(&mut self, target: Expr, op: Option<BinaryOp>) -> StmtKind {
        self.bump();
        let place = matches!(
            target.kind,
            ExprKind::Name(_) | ExprKind::Field { .. } | ExprKind::Index { .. } | ExprKind::Error
        );
        if !place {
            self.report(|_| {
                Diagnostic::error(code::TARGET, target.span, "this cannot be assigned to")
                    .label("not a variable, field or element")
            });
        }
        let value = self.expr();
        if self.at("=") {
            let span = self.token().span;
            self.fail(|_| {
                Diagnostic::error(code::EXPECTED, span, "a second `=` in one assignment")
                    .label("an assignment has no value")
                    .help("write one assignment per variable")
            });
        }
        StmtKind::Assign(Assign { target, op, value })
    }

    fn without_effect(&mut self, expr: &Expr) {
        let end = Span::new(expr.span.end as usize, expr.span.end as usize);
        self.fail(|parser| match &expr.kind {
            ExprKind::Chain { rest, .. } if rest.len() == 1 && rest[0].op == BinaryOp::Eq => {
                Diagnostic::error(code::EQUALS, rest[0].op_span, "a comparison as a statement")
                    .label("compares; it does not assign")
                    .help("a variable is assigned with `=`")
                    .fix(rest[0].op_span, "=")
            }
            ExprKind::Field { name, .. } => Diagnostic::error(
                code::NO_EFFECT,
                expr.span,
                format!("`{}` is not called", name.text),
            )
            .label("has no effect without parentheses")
            .fix(end, "()"),
            ExprKind::Name(name) => {
                let found = if parser.token().first_of_line {
                    String::new()
                } else {
                    format!(", before {}", parser.found())
                };
                Diagnostic::error(
                    code::NO_EFFECT,
                    expr.span,
                    format!("`{}` is not a statement{found}", name.text),
                )
                .label("a name alone does nothing")
                .help("expected an assignment, a call, or a word such as `let`, `if`, `with`")
            }
            _ => Diagnostic::error(code::NO_EFFECT, expr.span, "a value that nobody uses")
                .label("has no effect")
                .help("assign it, or `assert` it"),
        });
    }
}

/// The operator of an assignment that is written `text`; `Some(None)` for `=`.
pub(super) fn assignment(text: &str) -> Option<Option<BinaryOp>> {
    Some(match text {
        "=" => None,
        "+=" => Some(BinaryOp::Add),
        "-=" => Some(BinaryOp::Sub),
        "*=" => Some(BinaryOp::Mul),
        "/=" => Some(BinaryOp::Div),
        "%=" => Some(BinaryOp::Rem),
        "&=" => Some(BinaryOp::BitAnd),
        "|=" => Some(BinaryOp::BitOr),
        "^=" => Some(BinaryOp::BitXor),
        "<<=" => Some(BinaryOp::Shl),
        ">>=" => Some(BinaryOp::Shr),
        _ => return None,
    })
}
