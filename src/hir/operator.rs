//! Operators of expressions, and operations on an `atomic`.

/// Operators with one operand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnaryOp {
    /// `!` of a bool.
    Not,
    /// `!` of an int.
    BitNot,
    /// `-`, checked.
    Neg,
    /// `abs(e)`, checked.
    Abs,
}

/// Operators with two operands; arithmetic is checked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`, towards zero.
    Div,
    /// `%`, with the sign of the left.
    Rem,
    /// `&`
    BitAnd,
    /// `|`
    BitOr,
    /// `^`
    BitXor,
    /// `<<`
    Shl,
    /// `>>`, arithmetic.
    Shr,
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
    /// `min(a, b)`
    Min,
    /// `max(a, b)`
    Max,
}

/// Operations on an `atomic`; each is one step.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AtomicOp {
    /// `load()`
    Load,
    /// `store(v)`
    Store,
    /// `swap(v)` gives the old value.
    Swap,
    /// `fetch_add(v)` and its family give the old value; `n += v` is the same without a value.
    Fetch(BinaryOp),
    /// `compare_exchange(old, new)` gives whether it exchanged.
    CompareExchange,
    /// `plain_load()`: not atomic, can race.
    PlainLoad,
    /// `plain_store(v)`: not atomic, can race.
    PlainStore,
}
