//! Forms that people bring from Python: say what is written here instead, and read them
//! as what they mean.

use super::Parser;
use crate::base::{Diagnostic, Source, Span};
use crate::syntax::ast::{BinaryOp, Block, Expr, ExprKind, UnaryOp};
use crate::syntax::code;

/// What is wrong with a file that says by its name that it is a program of Python; nothing
/// more is said of it.
pub(super) fn file_of_python(source: &Source) -> Option<Diagnostic> {
    let start = source.body().start;
    source.name().ends_with(".py").then(|| {
        Diagnostic::error(
            code::FOREIGN,
            Span::new(start, start),
            "this file is a program of Python",
        )
        .label("a scenario says what threads do to each other, and no more")
        .help("`threadbare explain threads` shows what is written here for what in Python")
    })
}

impl Parser<'_> {
    /// Whether `not` is next as an operator, and is no name.
    pub(super) fn begins_python_not(&self) -> bool {
        self.operand_follows() && !self.nth(1).first_of_line
    }

    /// `not a == b`: in Python the comparison comes first.
    pub(super) fn python_not(&mut self) -> Expr {
        let word = self.bump().span;
        let floor = BinaryOp::Eq.precedence();
        let Some(operand) = self.nested(|parser| parser.chain_above(floor)) else {
            return self.no_expr();
        };
        self.rise(0);
        let whole = word.to(operand.span);
        let is_chain = matches!(operand.kind, ExprKind::Chain { .. });
        let inner = operand.span;
        self.report(|parser| {
            let mistake = Diagnostic::error(code::FOREIGN, word, "`not` is not a prefix operator")
                .label("negation is written `!`");
            match is_chain {
                true => mistake.fix(whole, format!("!({})", parser.source.slice(inner))),
                false => mistake.fix(word.to(before(inner)), "!"),
            }
        });
        Expr {
            kind: ExprKind::Unary {
                op: UnaryOp::Not,
                operand: Box::new(operand),
            },
            span: whole,
        }
    }

    /// `timeout=1` among arguments: reports and takes the name.
    pub(super) fn refuse_named_argument(&mut self) {
        if !self.is_word(0) || self.text(1) != "=" {
            return;
        }
        let word = self.text(0);
        let span = self.token().span.to(self.nth(1).span);
        let value = self.nth(2).span;
        self.report(|_| {
            let mistake = Diagnostic::error(code::FOREIGN, span, "arguments have no names here")
                .label("a form of Python");
            match word {
                "timeout" => mistake.help(
                    "no time is counted: what may give up waiting ends in `_for`, as in \
                     `e.wait_for()`, `m.try_lock_for()`, `q.recv_for()`",
                ),
                "blocking" | "block" => {
                    mistake.help("what does not wait begins with `try_`: `m.try_lock()`")
                }
                "target" | "args" => mistake
                    .help("a thread is begun with `let t = spawn f(1)`: the function is called"),
                "maxsize" => mistake.help("declare it with its size: `chan q(2)`"),
                "max_workers" => mistake.help("declare it with its workers: `executor pool(2)`"),
                "daemon" => mistake.help("write `spawn daemon f()`, or `daemon thread NAME { … }`"),
                "name" => mistake.help("write `spawn \"name\" f()`"),
                _ => mistake
                    .help("arguments are told apart by their order")
                    .fix(span.to(before(value)), ""),
            }
        });
        self.bump();
        self.bump();
    }

    /// `with pool as p {`: reports and takes the second name.
    pub(super) fn refuse_as(&mut self) {
        if !self.at("as") || !self.is_word(1) {
            return;
        }
        let span = self.token().span.to(self.nth(1).span);
        let gap = Span {
            start: self.previous().span.end,
            ..span
        };
        self.report(|_| {
            Diagnostic::error(code::FOREIGN, span, "there is no `as` here")
                .label("it keeps its own name")
                .fix(gap, "")
        });
        self.bump();
        self.bump();
    }

    /// `:` and then `{`.
    pub(super) fn colon_before_brace(&mut self) -> Block {
        let colon = self.bump().span;
        self.report(|_| {
            Diagnostic::error(code::FOREIGN, colon, "a block is not begun by `:`")
                .label("not needed")
                .fix(colon, "")
        });
        self.braced_block()
    }

    /// `import x`, `from x import y`, `global x`: reports and skips the line. False if it
    /// is something else.
    pub(super) fn refuse_line_of_python(&mut self) -> bool {
        let begins = self.is_word(1) && !self.nth(1).first_of_line;
        let (what, help) = match self.text(0) {
            "import" | "from" if begins => (
                "nothing is imported",
                "leave this line out: locks, queues and pools belong to the language",
            ),
            "global" | "nonlocal" if begins && !matches!(self.text(2), "=" | ":") => (
                "nothing has to be made visible",
                "leave this line out: what the scenario declares is visible everywhere in it",
            ),
            _ => return false,
        };
        let start = self.pos;
        let word = self.text(0);
        self.bump();
        while !self.at_end() && !self.token().first_of_line && !matches!(self.text(0), "}" | ";") {
            self.bump();
        }
        let line = self.since(start);
        self.failed = false;
        self.report(|_| {
            Diagnostic::error(code::FOREIGN, line, format!("there is no `{word}` here"))
                .label(what)
                .help(help)
                .fix(line, "")
        });
        true
    }

    /// Whether the function `main` is called somewhere.
    pub(super) fn calls_main(&self) -> bool {
        let text = |index: usize| self.source.slice(self.tokens[index].span);
        let mut all = 1..self.tokens.len().saturating_sub(1);
        all.any(|index| {
            text(index) == "main"
                && text(index + 1) == "("
                && !matches!(text(index - 1), "fn" | "def" | "function" | "func")
        })
    }
}

/// The place before something.
fn before(span: Span) -> Span {
    Span {
        end: span.start,
        ..span
    }
}
