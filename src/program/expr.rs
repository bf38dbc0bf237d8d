//! Pure expressions over a frame's registers. In `wait_until` and properties
//! they may also look at memory and objects, all at once.

use super::table::{CellId, ObjectId, ObservedId, Reg};

/// An expression that has no effect. Evaluating it may fail: overflow, division
/// by zero, an index out of bounds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expr {
    /// A constant word.
    Const(i64),
    /// A register of the current frame.
    Reg(Reg),
    /// One operand.
    Unary(UnaryOp, Box<Expr>),
    /// Two operands; both are evaluated.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// The third only if the first is false, the second only if it is true.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// The word in memory. Only in `WaitUntil` and properties.
    Cell(CellRef),
    /// What an object says of itself. Only in `WaitUntil` and properties.
    Query(Query, Box<Expr>),
    /// A word of what a list or map says of its entries. Only in `WaitUntil` and
    /// properties, and only what changes nothing; what would raise there is an
    /// index out of bounds here.
    Entry {
        /// The question.
        op: CollectionOp,
        /// It is written `l[i]` or `d[k]`: besides a plain read of that entry.
        plain: bool,
        /// The number of the list or map.
        object: Box<Expr>,
        /// The words of its arguments.
        args: Box<[Expr]>,
        /// Which word of the answer.
        word: u16,
    },
    /// The last value of an observed local. Only in properties.
    Observed(ObservedId),
    /// The number of an object in a declared array: `base + index`.
    Element {
        /// The object if the index is 0.
        base: ObjectId,
        /// Its value must lie in `0..len`, else the execution stops with a finding.
        index: Box<Expr>,
        /// Elements of the array.
        len: u32,
    },
    /// One of several values: the index must be below their number, else the
    /// execution stops with a finding.
    Pick(Box<Expr>, Box<[Expr]>),
}

/// An operation on a list or map. Those on positions and values are for lists,
/// those on keys for maps.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CollectionOp {
    /// The entry at a position; a negative one counts from the end.
    At,
    /// Replaces the entry at a position.
    SetAt,
    /// Adds an entry at the end.
    Append,
    /// Adds an entry before a position.
    Insert,
    /// Takes out the entry at a position, and gives it.
    TakeAt,
    /// Takes out the first entry that is equal.
    RemoveValue,
    /// Whether some entry is equal.
    HasValue,
    /// Whether the entries are these.
    IsEqual,
    /// Orders the entries.
    Sort,
    /// Adds the entries of another list, or the keys of a map.
    Extend,
    /// Replaces all entries by those of another of its kind, or by the keys of a map.
    CopyFrom,
    /// The value of a key.
    Get,
    /// The value of a key, or the second if there is none.
    GetOr,
    /// Gives a key a value.
    Put,
    /// The value of a key, which is first given one if it has none.
    SetDefault,
    /// Takes out a key, and gives its value.
    TakeKey,
    /// Whether there is a value for a key.
    HasKey,
    /// Takes out all entries.
    Clear,
    /// The number of entries, then the words of all it has room for, those of a map
    /// in the order of its keys. Only in properties.
    Contents,
}

impl CollectionOp {
    /// Whether it leaves everything as it is.
    pub fn only_looks(self) -> bool {
        match self {
            Self::At
            | Self::HasValue
            | Self::IsEqual
            | Self::Get
            | Self::GetOr
            | Self::HasKey
            | Self::Contents => true,
            Self::SetAt
            | Self::Append
            | Self::Insert
            | Self::TakeAt
            | Self::RemoveValue
            | Self::Sort
            | Self::Extend
            | Self::CopyFrom
            | Self::Put
            | Self::SetDefault
            | Self::TakeKey
            | Self::Clear => false,
        }
    }

    /// Whether it is about the entry of a position or key, which stays where it is.
    pub fn is_about_one(self) -> bool {
        match self {
            Self::At | Self::SetAt | Self::Get | Self::GetOr | Self::Put | Self::SetDefault => true,
            Self::Append
            | Self::Insert
            | Self::TakeAt
            | Self::RemoveValue
            | Self::HasValue
            | Self::IsEqual
            | Self::Sort
            | Self::Extend
            | Self::CopyFrom
            | Self::TakeKey
            | Self::HasKey
            | Self::Clear
            | Self::Contents => false,
        }
    }

    /// Whether it moves entries, or takes them away.
    pub fn moves(self) -> bool {
        matches!(
            self,
            Self::Insert
                | Self::TakeAt
                | Self::RemoveValue
                | Self::Sort
                | Self::CopyFrom
                | Self::TakeKey
                | Self::Clear
        )
    }

    /// As the author writes it.
    pub fn text(self) -> &'static str {
        match self {
            Self::At | Self::Get => "get",
            Self::SetAt => "set",
            Self::Append => "append",
            Self::Insert => "insert",
            Self::TakeAt | Self::TakeKey => "pop",
            Self::RemoveValue => "remove",
            Self::HasValue | Self::HasKey => "contains",
            Self::IsEqual => "==",
            Self::Sort => "sort",
            Self::Extend => "extend",
            Self::CopyFrom => "copy_from",
            Self::GetOr => "get_or",
            Self::Put => "put",
            Self::SetDefault => "set_default",
            Self::Clear => "clear",
            Self::Contents => "contents",
        }
    }
}

/// Operators with one operand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnaryOp {
    /// Of a bool.
    Not,
    /// Of an int.
    BitNot,
    /// Checked.
    Neg,
    /// Checked.
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
    /// `/`, towards zero
    Div,
    /// `%`, with the sign of the left
    Rem,
    /// `&`
    BitAnd,
    /// `|`
    BitOr,
    /// `^`
    BitXor,
    /// `<<`; a count outside 0..64 overflows
    Shl,
    /// `>>`, arithmetic; a count outside 0..64 overflows
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
    /// The smaller.
    Min,
    /// The larger.
    Max,
}

impl Expr {
    /// Calls `see` with this expression and with all that it is made of, however deep.
    pub fn each<'e>(&'e self, see: &mut impl FnMut(&'e Expr)) {
        let mut left = vec![self];
        while let Some(expr) = left.pop() {
            see(expr);
            expr.parts(&mut |part| left.push(part));
        }
    }

    /// Calls `see` with each expression that this one is made of.
    pub fn parts<'e>(&'e self, see: &mut impl FnMut(&'e Expr)) {
        match self {
            Expr::Const(_) | Expr::Reg(_) | Expr::Observed(_) => {}
            Expr::Unary(_, part) | Expr::Query(_, part) => see(part),
            Expr::Binary(_, left, right) => {
                see(left);
                see(right);
            }
            Expr::If(condition, then, otherwise) => {
                see(condition);
                see(then);
                see(otherwise);
            }
            Expr::Cell(cell) => cell.dims.iter().for_each(|dim| see(&dim.index)),
            Expr::Entry { object, args, .. } => {
                see(object);
                args.iter().for_each(see);
            }
            Expr::Element { index, .. } => see(index),
            Expr::Pick(index, of) => {
                see(index);
                of.iter().for_each(see);
            }
        }
    }
}

/// A question to an object that changes nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Query {
    /// A lock is held.
    IsLocked,
    /// Permits of a semaphore.
    Permits,
    /// An event is set.
    IsSet,
    /// Messages in a channel.
    Len,
    /// A channel is empty.
    IsEmpty,
    /// A channel is full.
    IsFull,
    /// The actor with that handle has not ended.
    IsAlive,
    /// The job of that future is finished, failed or cancelled.
    IsDone,
}

/// Which word of memory: `base + sum(index * stride)`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CellRef {
    /// The word if there are no indices.
    pub base: CellId,
    /// One for each dimension; empty for a fixed word.
    pub dims: Box<[Dim]>,
}

impl CellRef {
    /// A fixed word.
    pub fn fixed(cell: CellId) -> Self {
        Self {
            base: cell,
            dims: Box::new([]),
        }
    }
}

/// One array index.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dim {
    /// Its value must lie in `0..len`, else the execution stops with a finding.
    pub index: Expr,
    /// Elements in this dimension.
    pub len: u32,
    /// Words from one element to the next.
    pub stride: u32,
}
