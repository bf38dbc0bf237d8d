//! Expressions: operator chains and ranges. What stands between the operators
//! is in `operand`.
//!
//! A chain is read flat and grouped afterwards, so recursion follows brackets
//! and prefix operators only.

use std::iter::Peekable;

use super::Parser;
use crate::base::{Diagnostic, Span};
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, Ident, Operand, Range, UnaryOp};
use crate::syntax::code;
use crate::syntax::limits::{CHAIN_MAX, HEIGHT_MAX};
use crate::syntax::mark::Mark;
use crate::syntax::token::TokenKind;

/// An operator with its right operand and the height of that.
type Link = (Operand, u32);

impl Parser<'_> {
    /// Any expression, a range included.
    pub(super) fn expr(&mut self) -> Expr {
        let start = self.chain();
        let inclusive = self.at("..=");
        if !inclusive && !self.at("..") {
            return start;
        }
        self.bump();
        let height = self.height;
        let end = self.chain();
        self.rise(height);
        let span = start.span.to(end.span);
        let range = Range {
            start,
            end,
            inclusive,
        };
        Expr {
            kind: ExprKind::Range(Box::new(range)),
            span,
        }
    }

    /// An expression where `=` is always a mistake for `==`.
    pub(super) fn condition(&mut self) -> Expr {
        let left = self.expr();
        if !self.at("=") {
            return left;
        }
        let op_span = self.bump().span;
        self.report(|_| {
            Diagnostic::error(code::EQUALS, op_span, "`=` in a condition")
                .label("assigns; it does not compare")
                .help("two values are compared with `==`")
                .fix(op_span, "==")
        });
        let height = self.height;
        let expr = self.expr();
        let link = Operand {
            op: BinaryOp::Eq,
            op_span,
            expr,
        };
        self.rise(height);
        chain_of(left, vec![link])
    }

    /// Records that a node now stands on the last expression and one of `height`.
    pub(super) fn rise(&mut self, height: u32) {
        self.height = self.height.max(height) + 1;
        if self.height > HEIGHT_MAX {
            self.limit(format!(
                "an expression is nested deeper than {HEIGHT_MAX} levels"
            ));
            self.height = 0;
        }
    }

    /// Operands with operators between them.
    pub(super) fn chain(&mut self) -> Expr {
        self.chain_above(1)
    }

    /// The same, of operators that bind at least as tightly as `floor`.
    pub(super) fn chain_above(&mut self, floor: u8) -> Expr {
        let first = self.prefixed();
        let first_height = self.height;
        let mut links: Vec<Link> = Vec::new();
        while self.binds_above(floor)
            && let Some((op, op_span)) = self.binary_op()
        {
            if links.len() >= CHAIN_MAX {
                self.limit(format!("more than {CHAIN_MAX} operators in one expression"));
                break;
            }
            let expr = self.prefixed();
            links.push((Operand { op, op_span, expr }, self.height));
        }
        self.height = first_height;
        if links.is_empty() {
            return first;
        }
        self.group(first, &mut links.into_iter().peekable(), floor)
    }

    /// Whether the next operator, if there is one, binds at least as tightly as `floor`.
    fn binds_above(&self, floor: u8) -> bool {
        let word = self.text(0);
        let op = binary(word).or_else(|| foreign(word));
        op.is_none_or(|op| op.precedence() >= floor)
    }

    /// Groups operators that bind at least as tightly as `floor`. Recursion is
    /// bounded by the number of precedences.
    fn group(
        &mut self,
        first: Expr,
        links: &mut Peekable<std::vec::IntoIter<Link>>,
        floor: u8,
    ) -> Expr {
        let mut left = first;
        while let Some(level) = links.peek().map(|(link, _)| link.op.precedence()) {
            if level < floor {
                break;
            }
            left = self.level(left, links, level);
        }
        left
    }

    /// One chain of operators of precedence `level`, `left` being its first operand.
    fn level(
        &mut self,
        left: Expr,
        links: &mut Peekable<std::vec::IntoIter<Link>>,
        level: u8,
    ) -> Expr {
        let mut height = self.height;
        let mut rest = Vec::new();
        while let Some((mut link, own)) = links.next_if(|(link, _)| link.op.precedence() == level) {
            self.height = own;
            link.expr = self.group(link.expr, links, level + 1);
            height = height.max(self.height);
            rest.push(link);
        }
        self.height = height;
        self.rise(0);
        if level == BinaryOp::Eq.precedence() && rest.len() > 1 {
            self.comparison_chain(&left, &rest);
            rest.truncate(1);
        }
        chain_of(left, rest)
    }

    fn comparison_chain(&mut self, first: &Expr, rest: &[Operand]) {
        let whole = first.span.to(rest[rest.len() - 1].expr.span);
        self.fail(|parser| {
            let text = |span: Span| parser.source.slice(span);
            let mistake = Diagnostic::error(code::COMPARISON, whole, "comparisons do not chain")
                .label("compares a truth value with the next operand")
                .help("compare two by two, and join them with `&&`");
            if rest.len() > 2 || whole.range().len() > 200 {
                return mistake;
            }
            let (middle, last) = (text(rest[0].expr.span), text(rest[1].expr.span));
            let left = format!("{} {} {middle}", text(first.span), rest[0].op.text());
            mistake.fix(
                whole,
                format!("{left} && {middle} {} {last}", rest[1].op.text()),
            )
        });
    }

    /// The next operator between two operands, if there is one and it makes sense.
    fn binary_op(&mut self) -> Option<(BinaryOp, Span)> {
        let op = binary(self.text(0)).or_else(|| self.foreign_op())?;
        if matches!(op, BinaryOp::Or | BinaryOp::And) {
            self.mark(Mark::Break);
        }
        let token = self.bump();
        self.doubled(op, token.span);
        (!self.failed).then_some((op, token.span))
    }

    /// `and`, `or`, `is`, reported and read as what they mean.
    fn foreign_op(&mut self) -> Option<BinaryOp> {
        let mut op = foreign(self.text(0))?;
        if self.token().first_of_line {
            return None;
        }
        let mut span = self.token().span;
        if self.at("is") && self.text(1) == "not" {
            self.bump();
            span = span.to(self.token().span);
            op = BinaryOp::Ne;
        }
        self.report(|parser| {
            let word = parser.source.slice(span);
            Diagnostic::error(code::FOREIGN, span, format!("`{word}` is not an operator"))
                .label(format!("written `{}` here", op.text()))
                .fix(span, op.text())
        });
        Some(op)
    }

    /// `++`, `--`, `===`, `<>`, `**`: two operators without a space between them.
    fn doubled(&mut self, op: BinaryOp, span: Span) {
        let next = self.token();
        if next.span.start != span.end || self.at_end() {
            return;
        }
        let both = span.to(next.span);
        let ends_here = {
            let after = self.nth(1);
            after.first_of_line || after.kind == TokenKind::End || matches!(self.text(1), "}" | ";")
        };
        match (op, self.text(0)) {
            (BinaryOp::Add, "+") | (BinaryOp::Sub, "-") if ends_here => {
                let instead = if op == BinaryOp::Add { "+= 1" } else { "-= 1" };
                self.fail(|parser| {
                    let shown = parser.source.slice(both);
                    Diagnostic::error(code::FOREIGN, both, format!("there is no `{shown}`"))
                        .label(format!("written ` {instead}`"))
                        .help("a read and a write are two steps; the language shows both")
                        .fix(both, format!(" {instead}"))
                });
                self.bump();
            }
            (BinaryOp::Eq | BinaryOp::Ne, "=") => self.superfluous(both, op.text()),
            (BinaryOp::Lt, ">") => self.superfluous(both, "!="),
            (BinaryOp::Mul, "*") => {
                self.report(|_| {
                    Diagnostic::error(code::FOREIGN, both, "there is no `**`")
                        .label("no powers")
                        .help("multiply: `x * x`")
                });
                self.bump();
            }
            _ => {}
        }
    }

    fn superfluous(&mut self, both: Span, instead: &'static str) {
        self.report(|parser| {
            let shown = parser.source.slice(both);
            Diagnostic::error(code::FOREIGN, both, format!("there is no `{shown}`"))
                .label(format!("written `{instead}`"))
                .fix(both, instead)
        });
        self.bump();
    }

    /// An operand with the prefix operators before it.
    pub(super) fn prefixed(&mut self) -> Expr {
        let (start, token) = (self.pos, self.token());
        let op = match self.text(0) {
            "-" => UnaryOp::Neg,
            "!" => UnaryOp::Not,
            "await" => return self.awaited(),
            "not" if self.begins_python_not() => return self.python_not(),
            "~" | "&" | "*" | "+" if self.foreign_prefix() => {
                return self
                    .nested(Self::prefixed)
                    .unwrap_or_else(|| self.no_expr());
            }
            _ => return self.postfixed(),
        };
        self.mark(Mark::Prefix);
        self.bump();
        if let (UnaryOp::Neg, TokenKind::Int(value)) = (op, self.token().kind)
            && value == 1 << 63
        {
            self.bump();
            self.height = 1;
            let span = self.since(start);
            return Expr {
                kind: ExprKind::Int(i64::MIN),
                span,
            };
        }
        let Some(operand) = self.nested(Self::prefixed) else {
            return self.no_expr();
        };
        self.rise(0);
        let span = token.span.to(operand.span);
        let operand = Box::new(operand);
        Expr {
            kind: ExprKind::Unary { op, operand },
            span,
        }
    }

    fn awaited(&mut self) -> Expr {
        let word = self.bump().span;
        if self.at("yield") {
            return self.awaited_yield(word);
        }
        let Some(operand) = self.nested(Self::prefixed) else {
            return self.no_expr();
        };
        self.rise(0);
        let span = word.to(operand.span);
        Expr {
            kind: ExprKind::Await(Box::new(operand)),
            span,
        }
    }

    /// `await yield`: the word is otherwise a statement.
    fn awaited_yield(&mut self, word: Span) -> Expr {
        let span = self.bump().span;
        let name = Ident {
            text: "yield".to_owned(),
            span,
        };
        let operand = Expr {
            kind: ExprKind::Name(name),
            span,
        };
        self.height = 2;
        Expr {
            kind: ExprKind::Await(Box::new(operand)),
            span: word.to(span),
        }
    }

    /// Whether something is next but one that may be an operand.
    pub(super) fn operand_follows(&self) -> bool {
        self.is_word(1)
            || matches!(self.text(1), "(" | "!")
            || matches!(self.nth(1).kind, TokenKind::Int(_))
    }

    /// `~x`, `&x`, `*x`, `+x`: reports and takes the operator.
    fn foreign_prefix(&mut self) -> bool {
        let (text, span) = (self.text(0), self.token().span);
        let operand = self.operand_follows();
        let (why, instead) = match text {
            "~" => ("negation is written `!`", "!"),
            "&" => ("objects are passed as they are, without references", ""),
            "*" => ("there are no references, so nothing to dereference", ""),
            _ => ("a number needs no sign", ""),
        };
        self.fail(|parser| {
            let mistake = if operand {
                Diagnostic::error(
                    code::FOREIGN,
                    span,
                    format!("`{text}` is not a prefix operator"),
                )
            } else {
                return parser.expectation("an expression");
            };
            let gap = Span::new(span.end as usize, parser.nth(1).span.start as usize);
            mistake.label(why).fix(span.to(gap), instead)
        });
        self.failed = !operand;
        self.bump();
        true
    }

    /// An expression that is missing; its span is empty.
    pub(super) fn no_expr(&mut self) -> Expr {
        self.height = 1;
        let span = self.token().span;
        let span = Span {
            end: span.start,
            ..span
        };
        Expr {
            kind: ExprKind::Error,
            span,
        }
    }
}

/// Operators of other languages that are words.
fn foreign(word: &str) -> Option<BinaryOp> {
    Some(match word {
        "and" => BinaryOp::And,
        "or" => BinaryOp::Or,
        "is" => BinaryOp::Eq,
        "mod" => BinaryOp::Rem,
        _ => return None,
    })
}

/// The chain of `first` and `rest`, at least one.
fn chain_of(first: Expr, rest: Vec<Operand>) -> Expr {
    let end = rest.last().map_or(first.span, |last| last.expr.span);
    let span = first.span.to(end);
    let first = Box::new(first);
    Expr {
        kind: ExprKind::Chain { first, rest },
        span,
    }
}

/// The operator between two operands that is written `text`.
pub(super) fn binary(text: &str) -> Option<BinaryOp> {
    Some(match text {
        "||" => BinaryOp::Or,
        "&&" => BinaryOp::And,
        "==" => BinaryOp::Eq,
        "!=" => BinaryOp::Ne,
        "<" => BinaryOp::Lt,
        "<=" => BinaryOp::Le,
        ">" => BinaryOp::Gt,
        ">=" => BinaryOp::Ge,
        "in" => BinaryOp::In,
        "|" => BinaryOp::BitOr,
        "^" => BinaryOp::BitXor,
        "&" => BinaryOp::BitAnd,
        "<<" => BinaryOp::Shl,
        ">>" => BinaryOp::Shr,
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Sub,
        "*" => BinaryOp::Mul,
        "/" => BinaryOp::Div,
        "%" => BinaryOp::Rem,
        _ => return None,
    })
}
