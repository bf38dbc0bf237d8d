//! Declarations: constants, types, functions, shared objects, actors.

use super::{Block, Expr, Ident, Range};
use crate::base::Span;

/// `const N = 3`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Const {
    /// Its name.
    pub name: Ident,
    /// `: int`, if written.
    pub ty: Option<Type>,
    /// Its value, to be computed at compile time.
    pub value: Expr,
    /// The whole declaration.
    pub span: Span,
}

/// `enum Phase { Idle, Busy }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Enum {
    /// Its name.
    pub name: Ident,
    /// Its values, in order.
    pub variants: Vec<Ident>,
    /// The whole declaration.
    pub span: Span,
}

/// `struct Job { id: int, last: bool }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Struct {
    /// Its name.
    pub name: Ident,
    /// Its fields, in order.
    pub fields: Vec<Field>,
    /// The whole declaration.
    pub span: Span,
}

/// `id: int` in a struct.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: Type,
    /// The whole field.
    pub span: Span,
}

/// `fn f(a, b: lock) -> int { … }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fn {
    /// Its name.
    pub name: Ident,
    /// Its parameters, in order.
    pub params: Vec<Param>,
    /// `-> int`, if written.
    pub result: Option<Type>,
    /// What it does.
    pub body: Block,
    /// The whole declaration.
    pub span: Span,
    /// From `fn` to the closing parenthesis.
    pub head: Span,
}

/// `from: lock` in a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Param {
    /// Its name.
    pub name: Ident,
    /// `: lock`, if written.
    pub ty: Option<Type>,
    /// The whole parameter.
    pub span: Span,
}

/// A type as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Type {
    /// Which.
    pub kind: TypeKind,
    /// Where.
    pub span: Span,
}

/// What a type annotation can be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TypeKind {
    /// `int`, `bool`, the name of an enum or struct, or of a kind of object or
    /// handle: `lock`, `chan`, `thread`, `task`, `future`, …
    Named(Ident),
    /// `0..8`, `0..=8`: an `int` whose range is checked.
    Range(Box<Range>),
}

/// A declaration of shared memory or of a synchronisation object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Object {
    /// `shared`: visible to other processes.
    pub shared: Option<Span>,
    /// Its name.
    pub name: Ident,
    /// `[2][3]`: an array of them; empty for a single one.
    pub dims: Vec<Expr>,
    /// Which kind, and what is particular to it.
    pub kind: ObjectKind,
    /// The whole declaration.
    pub span: Span,
}

/// The kinds of shared objects.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ObjectKind {
    /// `var x: 0..8 = 0 guarded_by m`
    Var {
        /// `: 0..8`
        ty: Option<Type>,
        /// `= 0`; an [`super::ExprKind::Array`] gives each element its own value.
        init: Option<Expr>,
        /// `guarded_by m`
        guarded_by: Option<Expr>,
    },
    /// `atomic n: int = 0`
    Atomic {
        /// `: int`
        ty: Option<Type>,
        /// `= 0`
        init: Option<Expr>,
    },
    /// `lock m`, `reentrant lock r`, `unowned lock m`
    Lock {
        /// `reentrant`
        reentrant: Option<Span>,
        /// `unowned`
        unowned: Option<Span>,
    },
    /// `rwlock rw prefer writers`
    RwLock {
        /// `prefer writers`
        prefer: Option<Preference>,
    },
    /// `sem s = 2`, `bounded sem s = 2`, `sem s = 0 max 3`
    Sem {
        /// `bounded`
        bounded: Option<Span>,
        /// `= 2`
        init: Option<Expr>,
        /// `max 3`
        max: Option<Expr>,
    },
    /// `cond c on m fifo`
    Cond {
        /// `on m`; `None` only if it was missing, which is reported.
        on: Option<Expr>,
        /// `spurious`
        spurious: Option<Span>,
        /// `fifo`
        fifo: Option<Span>,
    },
    /// `event e auto`
    Event {
        /// `auto`
        auto: Option<Span>,
    },
    /// `barrier b(3)`
    Barrier {
        /// `3`; `None` only if it was missing, which is reported.
        parties: Option<Expr>,
    },
    /// `once o`
    Once,
    /// `latch l(3)`
    Latch {
        /// `3`; `None` only if it was missing, which is reported.
        count: Option<Expr>,
    },
    /// `chan q(2): Job`
    Chan {
        /// `2`; without it the channel is unbounded.
        capacity: Option<Expr>,
        /// `: Job`
        element: Option<Type>,
    },
    /// `executor p(2)`, `process executor p(2)`
    Executor {
        /// `process`
        process: Option<Span>,
        /// `2`; `None` only if it was missing, which is reported.
        workers: Option<Expr>,
    },
    /// `list l(4): int = [1, 2] guarded_by m`: a bounded list in shared memory.
    List {
        /// `4`; `None` only if it was missing, which is reported.
        capacity: Option<Expr>,
        /// `: int`
        element: Option<Type>,
        /// `= [1, 2]`
        init: Option<Expr>,
        /// `guarded_by m`
        guarded_by: Option<Expr>,
    },
    /// `map d(4): int -> bool = { 1: true } guarded_by m`: a bounded map in shared
    /// memory.
    Map {
        /// `4`; `None` only if it was missing, which is reported.
        capacity: Option<Expr>,
        /// `int`
        key: Option<Type>,
        /// `bool`; there is a value type exactly if there is a key type.
        value: Option<Type>,
        /// `= { 1: true }`: keys and values, in order.
        init: Vec<(Expr, Expr)>,
        /// `guarded_by m`
        guarded_by: Option<Expr>,
    },
}

/// `prefer writers`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Preference {
    /// Who is let in first.
    pub who: Preferred,
    /// Where, with `prefer` if it is written.
    pub span: Span,
}

/// Who is let in first at a read-write lock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Preferred {
    /// `readers`
    Readers,
    /// `writers`
    Writers,
    /// `fair`: in order of arrival.
    Fair,
}

/// `main daemon thread NAME * 3 on ui { … }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Actor {
    /// Thread, process, task or green thread.
    pub kind: ActorKind,
    /// `main`: its end ends the program.
    pub main: Option<Span>,
    /// `daemon`: need not end.
    pub daemon: Option<Span>,
    /// Its name.
    pub name: Ident,
    /// How many there are.
    pub replicas: Replicas,
    /// `on ui`: the event loop it runs on.
    pub on: Option<Ident>,
    /// What it does.
    pub body: Block,
    /// The whole declaration.
    pub span: Span,
    /// From the first word to just before the block.
    pub head: Span,
}

/// The kinds of actors.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ActorKind {
    /// `thread`
    Thread,
    /// `process`
    Process,
    /// `task`
    Task,
    /// `green`
    Green,
}

impl ActorKind {
    /// The word that declares it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Thread => "thread",
            Self::Process => "process",
            Self::Task => "task",
            Self::Green => "green",
        }
    }
}

/// How many actors one declaration makes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Replicas {
    /// Just one.
    One,
    /// `* 3`: alike, `me` counts from 1.
    Times(Expr),
    /// `(i in 0..3)`: one for each value of the parameter.
    Over {
        /// `i`
        param: Ident,
        /// `0..3`
        range: Expr,
    },
}
