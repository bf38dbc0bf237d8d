//! Statements: what an actor does, one after the other.

use super::{BinaryOp, Expr, Ident, Str, Type};
use crate::base::Span;

/// `{ … }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// What is in it, in order.
    pub stmts: Vec<Stmt>,
    /// With its braces.
    pub span: Span,
}

/// One statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stmt {
    /// Which.
    pub kind: StmtKind,
    /// Where, without a following `;`.
    pub span: Span,
}

/// The kinds of statements.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StmtKind {
    /// `let x = e`
    Let(Let),
    /// `x = e`, `x += e`
    Assign(Assign),
    /// A call made for what it does: `m.lock()`, `f(1)`, `spawn f(1)`,
    /// `await t`, `wait_until(e)`, `fence(seq_cst)`.
    Expr(Expr),
    /// `if … { } else if … { } else { }`
    If(If),
    /// `while e { }`, `while let x = e { }`
    While(While),
    /// `loop { }`
    Loop(Block),
    /// `for i in e { }`
    For(For),
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `return e`
    Return(Option<Expr>),
    /// `match e { … }`
    Match(Match),
    /// `with m { }`
    With(With),
    /// `atomic { }`
    Atomic(Block),
    /// `either { } or { }`, at least two blocks (fewer are reported).
    Either(Vec<Block>),
    /// `select { … }`
    Select(Select),
    /// `assert e, "message"`
    Assert {
        /// What must hold.
        condition: Expr,
        /// The message.
        message: Option<Str>,
    },
    /// `raise "Name"`
    Raise(Str),
    /// `try { } catch { } finally { }`
    Try(Try),
    /// `sleep`
    Sleep,
    /// `yield`
    Yield,
    /// `skip`
    Skip,
    /// `progress`
    Progress,
    /// `print e, …`
    Print(Vec<Expr>),
    /// `@name: statement`
    Named {
        /// `name`, with a span that covers the `@`.
        name: Ident,
        /// The named step.
        stmt: Box<Stmt>,
    },
    /// Stands where a statement could not be understood; that is reported.
    Error,
}

/// `let x: int = e`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Let {
    /// `x`
    pub name: Ident,
    /// `: int`
    pub ty: Option<Type>,
    /// `e`
    pub value: Expr,
}

/// `x = e`, `x += e`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assign {
    /// A name, field or element.
    pub target: Expr,
    /// The operator of `+=` and its like; `None` for `=`.
    pub op: Option<BinaryOp>,
    /// What is assigned or combined.
    pub value: Expr,
}

/// `if … { } else if … { } else { }`, the whole chain in one list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct If {
    /// The conditions with their blocks, at least one.
    pub branches: Vec<IfBranch>,
    /// The block of the last `else`.
    pub otherwise: Option<Block>,
}

/// One condition of an `if` chain with its block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IfBranch {
    /// The condition.
    pub condition: Condition,
    /// What happens if it holds.
    pub body: Block,
}

/// What `if` and `while` ask.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Condition {
    /// A truth value.
    Expr(Expr),
    /// `let x = q.try_recv()`: holds if there was something.
    Let {
        /// `x`
        name: Ident,
        /// `q.try_recv()`
        value: Expr,
    },
}

/// `while … { }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct While {
    /// Asked before each turn.
    pub condition: Condition,
    /// One turn.
    pub body: Block,
}

/// `for i in e { }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct For {
    /// `i`
    pub name: Ident,
    /// A range, a channel, `as_completed(fs)`, an array.
    pub over: Expr,
    /// One turn.
    pub body: Block,
}

/// `match e { … }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Match {
    /// `e`
    pub value: Expr,
    /// The cases, in order.
    pub arms: Vec<MatchArm>,
}

/// `A | B => { }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MatchArm {
    /// The alternatives, at least one.
    pub patterns: Vec<Pattern>,
    /// What happens; a single statement without braces is a block of one.
    pub body: Block,
    /// The whole arm.
    pub span: Span,
}

/// One alternative of a match arm.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern {
    /// Which.
    pub kind: PatternKind,
    /// Where.
    pub span: Span,
}

/// What a match arm can ask for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PatternKind {
    /// `_`
    Any,
    /// A constant value: `3`, `-1`, `true`, `Idle`, `Phase::Idle`, `"text"`.
    Value(Expr),
    /// `0..3`, `0..=3`
    Range(super::Range),
}

/// `with m { }`, `with a, b { }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct With {
    /// What is held meanwhile, taken from left to right; at least one.
    /// `rw.read` and `o.first` are fields here.
    pub subjects: Vec<Expr>,
    /// What happens meanwhile.
    pub body: Block,
}

/// `select { … }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Select {
    /// `await` in front of it, with the word `select`.
    pub awaited: Option<Span>,
    /// The arms, in order.
    pub arms: Vec<SelectArm>,
}

/// One arm of a `select`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SelectArm {
    /// What makes it ready.
    pub head: SelectHead,
    /// What happens then; a single statement without braces is a block of one.
    pub body: Block,
    /// The whole arm.
    pub span: Span,
}

/// What makes an arm of a `select` ready.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SelectHead {
    /// `let x = q.recv()`, `r.send(1)`
    Operation {
        /// `x`
        binding: Option<Ident>,
        /// The operation.
        operation: Expr,
    },
    /// `timeout`
    Timeout(Span),
    /// `else`
    Else(Span),
}

/// `try { } catch "Name" { } catch { } finally { }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Try {
    /// What may raise.
    pub body: Block,
    /// The handlers, in order.
    pub catches: Vec<Catch>,
    /// What happens in any case.
    pub finally: Option<Block>,
}

/// `catch "Name" { }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Catch {
    /// What it handles; `None` handles everything.
    pub name: Option<Str>,
    /// The handler.
    pub body: Block,
    /// The whole handler.
    pub span: Span,
}
