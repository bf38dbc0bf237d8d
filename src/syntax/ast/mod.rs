//! The syntax tree of a scenario file: plain data, a span on every node.
//!
//! Optional words are kept as the span of the word (`daemon: Some(span)`), so
//! that a message can point at them. What the author wrote verbatim is
//! `source.slice(node.span)`.
//!
//! **Invariant:** a tree is shallow. Blocks and brackets nest at most 128 deep,
//! expressions are at most 512 nodes high, and operator and `else if` chains
//! are flat lists, so recursive traversal and `Drop` are safe on a small stack.
//!
//! **Deliberately absent:** comments; only the printer wants them.

mod declare;
mod expr;
mod property;
mod stmt;

pub use declare::{
    Actor, ActorKind, Const, Enum, Field, Fn, Object, ObjectKind, Param, Preference, Preferred,
    Replicas, Struct, Type, TypeKind,
};
pub use expr::{BinaryOp, Call, Expr, ExprKind, IfExpr, Method, Operand, Range, Spawn, UnaryOp};
pub use property::{
    Allow, Expect, ExpectKind, Fairness, FairnessKind, OutcomeRelation, OutcomeRow, OutcomeSubject,
    Outcomes, Property, PropertyKind,
};
pub use stmt::{
    Assign, Block, Catch, Condition, For, If, IfBranch, Let, Match, MatchArm, Pattern, PatternKind,
    Select, SelectArm, SelectHead, Stmt, StmtKind, Try, While, With,
};

use crate::base::Span;

/// A name as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ident {
    /// Its characters; empty only where the parser stood in for a missing name.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// A string literal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Str {
    /// Its value: escapes are replaced by what they stand for.
    pub text: String,
    /// Where, with the quotes.
    pub span: Span,
}

/// A scenario file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// Scenarios and what they share, in source order.
    pub items: Vec<FileItem>,
    /// The part of the source that was parsed.
    pub span: Span,
}

/// What stands at the top level of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FileItem {
    /// `scenario "name" { … }`
    Scenario(Scenario),
    /// `const N = 3`, for all scenarios of the file.
    Const(Const),
    /// `enum Phase { Idle, Busy }`, for all scenarios of the file.
    Enum(Enum),
    /// `struct Job { id: int }`, for all scenarios of the file.
    Struct(Struct),
    /// `fn f(a) { … }`, for all scenarios of the file.
    Fn(Fn),
}

/// `scenario "name" { … }`: one test.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scenario {
    /// The `///` lines directly before it.
    pub docs: Option<Docs>,
    /// Its name.
    pub name: Str,
    /// Declarations, actors, properties and expectations, in source order.
    pub items: Vec<Item>,
    /// From `scenario` to the closing brace.
    pub span: Span,
    /// From `scenario` to the name.
    pub head: Span,
}

/// A description in `///` lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Docs {
    /// The lines without `///` and one following space, joined by line breaks.
    pub text: String,
    /// From the first line to the last.
    pub span: Span,
}

/// What stands directly inside a scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Item {
    /// `const N = 3`
    Const(Const),
    /// `enum Phase { Idle, Busy }`
    Enum(Enum),
    /// `struct Job { id: int }`
    Struct(Struct),
    /// `fn f(a) { … }`
    Fn(Fn),
    /// Shared memory or a synchronisation object: `var x = 0`, `lock m`, …
    Object(Object),
    /// `thread t { … }`, `process p { … }`, `task t { … }`, `green g { … }`
    Actor(Actor),
    /// `loop_thread ui`
    LoopThread(LoopThread),
    /// `always e`, `finally assert e`, `outcomes …`, `observe …`, …
    Property(Property),
    /// `fair weak t`, `fair strong t`, `unfair t`
    Fairness(Fairness),
    /// `expect …`
    Expect(Expect),
    /// `allow L001(a, b) because "reason"`
    Allow(Allow),
    /// `memory tso`
    Memory(Memory),
    /// `print split`
    Printing(Printing),
}

impl Item {
    /// The whole item, from its first word to its last.
    pub fn span(&self) -> Span {
        match self {
            Self::Const(item) => item.span,
            Self::Enum(item) => item.span,
            Self::Struct(item) => item.span,
            Self::Fn(item) => item.span,
            Self::Object(item) => item.span,
            Self::Actor(item) => item.span,
            Self::LoopThread(item) => item.span,
            Self::Property(item) => item.span,
            Self::Fairness(item) => item.span,
            Self::Expect(item) => item.span,
            Self::Allow(item) => item.span,
            Self::Memory(item) => item.span,
            Self::Printing(item) => item.span,
        }
    }
}

impl FileItem {
    /// The whole item, from its first word to its last, without documentation.
    pub fn span(&self) -> Span {
        match self {
            Self::Scenario(item) => item.span,
            Self::Const(item) => item.span,
            Self::Enum(item) => item.span,
            Self::Struct(item) => item.span,
            Self::Fn(item) => item.span,
        }
    }
}

/// `loop_thread ui`: an event loop that tasks can be put `on`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoopThread {
    /// Its name.
    pub name: Ident,
    /// The whole declaration.
    pub span: Span,
}

/// `memory tso`: the memory model asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Memory {
    /// The model's name, not checked here.
    pub model: Ident,
    /// The whole line.
    pub span: Span,
}

/// `print split`, `print whole`: how many writes a `print` is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Printing {
    /// Two: the text, then the line end.
    pub split: bool,
    /// The whole line.
    pub span: Span,
}
