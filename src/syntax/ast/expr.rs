//! Expressions.

use super::{ActorKind, Ident};
use crate::base::Span;

/// An expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expr {
    /// Which.
    pub kind: ExprKind,
    /// Where; parentheses around it are not part of it.
    pub span: Span,
}

/// The kinds of expressions. Parentheses leave no trace: the tree has the grouping.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExprKind {
    /// `42`. A `-` before it is a [`UnaryOp::Neg`], except in `-9223372036854775808`.
    Int(i64),
    /// `true`
    Bool(bool),
    /// `"text"`, with escapes replaced.
    Str(String),
    /// A name: variable, constant, object, actor, enum value, ordering, `me`.
    Name(Ident),
    /// `Phase::Idle`
    Path {
        /// `Phase`
        owner: Ident,
        /// `Idle`
        name: Ident,
    },
    /// `worker#1`: one of several actors.
    Replica {
        /// `worker`
        name: Ident,
        /// `1`
        number: i64,
    },
    /// `-e`, `!e`
    Unary {
        /// The operator.
        op: UnaryOp,
        /// `e`
        operand: Box<Expr>,
    },
    /// `a + b - c`: a left-associative chain of operators of one precedence, as
    /// one list. Comparisons have exactly one operand in `rest`, the others
    /// between 1 and 4096. `&&` and `||` chains are of one operator only.
    Chain {
        /// `a`
        first: Box<Expr>,
        /// `+ b`, `- c`; never empty.
        rest: Vec<Operand>,
    },
    /// `a..b`, `a..=b`
    Range(Box<Range>),
    /// `a[i]`
    Index {
        /// `a`
        base: Box<Expr>,
        /// `i`
        index: Box<Expr>,
    },
    /// `j.id`, and `rw.read` after `with`.
    Field {
        /// `j`
        base: Box<Expr>,
        /// `id`
        name: Ident,
    },
    /// `receiver.name(args)`; which names exist is for resolution to say.
    Method(Box<Method>),
    /// `f(1)`, `Job(1, false)`, `any(0..3)`, `len(a)`, `gather(a, b)`,
    /// `fence(acquire)`, and `philosopher(0)` for one of several actors.
    Call(Box<Call>),
    /// `spawn f(1)`
    Spawn(Box<Spawn>),
    /// `await e`
    Await(Box<Expr>),
    /// `if c { a } else if d { b } else { e }`
    If(Box<IfExpr>),
    /// `[1, 2, 3]`
    Array(Vec<Expr>),
    /// Stands where an expression is missing or not understood; that is reported.
    Error,
}

/// One operator of a chain with what stands to its right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Operand {
    /// The operator.
    pub op: BinaryOp,
    /// Where the operator is.
    pub op_span: Span,
    /// What stands to its right.
    pub expr: Expr,
}

/// `a..b`, `a..=b`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Range {
    /// `a`
    pub start: Expr,
    /// `b`
    pub end: Expr,
    /// Whether `b` belongs to it.
    pub inclusive: bool,
}

/// `receiver.name(args)`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Method {
    /// What it is called on.
    pub receiver: Expr,
    /// The method.
    pub name: Ident,
    /// The arguments, in order.
    pub args: Vec<Expr>,
}

/// `name(args)`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    /// What is called.
    pub name: Ident,
    /// The arguments, in order.
    pub args: Vec<Expr>,
}

/// `spawn daemon task "name" f(1) on ui`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spawn {
    /// What is started: a thread, unless `process`, `task` or `green` is written.
    pub kind: ActorKind,
    /// `daemon`
    pub daemon: Option<Span>,
    /// The name it is shown by.
    pub label: Option<super::Str>,
    /// The function and its arguments.
    pub call: Call,
    /// `on ui`: the event loop it runs on.
    pub on: Option<Ident>,
}

/// `if c { a } else if d { b } else { e }` with a value, the whole chain in one list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IfExpr {
    /// Conditions and their values, at least one.
    pub branches: Vec<(Expr, Expr)>,
    /// The value if none holds.
    pub otherwise: Expr,
}

/// The prefix operators.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnaryOp {
    /// `-`
    Neg,
    /// `!`
    Not,
}

impl UnaryOp {
    /// As written.
    pub fn text(self) -> &'static str {
        match self {
            Self::Neg => "-",
            Self::Not => "!",
        }
    }
}

/// The operators between two operands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinaryOp {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `in`
    In,
    /// `|`
    BitOr,
    /// `^`
    BitXor,
    /// `&`
    BitAnd,
    /// `<<`
    Shl,
    /// `>>`
    Shr,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Rem,
}

impl BinaryOp {
    /// As written.
    pub fn text(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::In => "in",
            Self::BitOr => "|",
            Self::BitXor => "^",
            Self::BitAnd => "&",
            Self::Shl => "<<",
            Self::Shr => ">>",
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
        }
    }

    /// How tightly it binds, as in Rust: 1 for `||` up to 9 for `*`.
    pub fn precedence(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Eq | Self::Ne | Self::Lt | Self::Le | Self::Gt | Self::Ge | Self::In => 3,
            Self::BitOr => 4,
            Self::BitXor => 5,
            Self::BitAnd => 6,
            Self::Shl | Self::Shr => 7,
            Self::Add | Self::Sub => 8,
            Self::Mul | Self::Div | Self::Rem => 9,
        }
    }

    /// Whether it compares; comparisons do not chain.
    pub fn is_comparison(self) -> bool {
        self.precedence() == 3
    }
}
