//! The tables of a program and their rows.

pub use super::copy::{CellId, LoopId, ObjectId};
use super::expr::Expr;
use super::instr::Instr;
use super::object::Object;
use super::verify::{BrokenProgram, verify};
use crate::base::{Span, define_id};

define_id! {
    /// A declared variable.
    pub struct VarId;
}
define_id! {
    /// A function.
    pub struct FunctionId;
}
define_id! {
    /// A string: a message, an exception's name, a spawned actor's name.
    pub struct NameId;
}
define_id! {
    /// A statement of the author.
    pub struct StmtId;
}
define_id! {
    /// A `@name:` label.
    pub struct LabelId;
}
define_id! {
    /// A local whose last value a property asks for.
    pub struct ObservedId;
}

/// Names of the exceptions that operations raise by themselves. They are the
/// first rows of [`Parts::names`], in this order.
pub const RAISED_BY_LIBRARY: [&str; 14] = [
    "Closed",
    "NotHeld",
    "ReleasedTooOften",
    "BrokenBarrier",
    "CountedTooFar",
    "NotStarted",
    "Cancelled",
    "TimedOut",
    "ShutDown",
    "Empty",
    "OutOfRange",
    "NoSuchKey",
    "NoSuchValue",
    "ChangedInLoop",
];

/// An index into the code.
pub type Pc = u32;
/// A register of a frame.
pub type Reg = u16;

/// How a word is shown.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ValueKind {
    /// As a number.
    Int,
    /// `true` or `false`.
    Bool,
    /// The name of the variant: index into [`Parts::enums`].
    Enum(u32),
    /// The string with that [`NameId`].
    Str,
    /// The object's name.
    Object,
    /// The actor's name.
    Handle,
    /// The name of a future's job.
    Future,
    /// In [`Outcomes`]: how many entries a list or map has. The words of all entries
    /// it has room for follow, those of a map in the order of its keys; they are shown
    /// together with this one.
    Entries {
        /// A map: the first word of an entry is its key.
        keyed: bool,
        /// Words of an entry.
        width: u32,
        /// Entries it has room for.
        capacity: u32,
    },
}

impl ValueKind {
    /// Words that follow this one and are shown together with it.
    pub fn n_following(&self) -> usize {
        match self {
            ValueKind::Entries {
                width, capacity, ..
            } => *width as usize * *capacity as usize,
            _ => 0,
        }
    }
}

/// One word of shared memory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    /// `x`, `a[1]`, `jobs[0].id`.
    pub name: String,
    /// The variable it belongs to.
    pub var: VarId,
    /// Its value at the beginning.
    pub initial: i64,
    /// How it is shown.
    pub kind: ValueKind,
}

/// A declared variable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Var {
    /// The declared name.
    pub name: String,
    /// The name in its declaration.
    pub span: Span,
    /// Its words are `first .. first + n`.
    pub first: CellId,
    /// Number of words.
    pub n: u32,
    /// Inclusive range that every stored value must lie in.
    pub range: Option<(i64, i64)>,
    /// Declared `atomic`.
    pub atomic: bool,
    /// The lock of its `guarded_by`.
    pub guarded_by: Option<ObjectId>,
    /// One for all processes.
    pub shared: bool,
    /// It holds the entries of that list or map.
    pub collection: Option<ObjectId>,
}

/// A function, or the body of an actor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Function {
    /// The author's name.
    pub name: String,
    /// The name in its declaration.
    pub span: Span,
    /// Its first instruction.
    pub entry: Pc,
    /// One past its last instruction.
    pub end: Pc,
    /// Registers 0..n_params are set by the caller.
    pub n_params: u16,
    /// Registers of a frame.
    pub n_regs: u16,
    /// Where exceptions are caught, innermost first.
    pub handlers: Vec<Handler>,
    /// Names of registers, for traces.
    pub locals: Vec<LocalName>,
}

/// An exception raised by an instruction in `from..to` goes on at `target`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Handler {
    /// First instruction covered.
    pub from: Pc,
    /// One past the last.
    pub to: Pc,
    /// The handler.
    pub target: Pc,
    /// Gets the exception.
    pub exception: Reg,
}

/// The name of a register.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LocalName {
    /// The register.
    pub reg: Reg,
    /// The author's name, with the field for a word of a struct.
    pub name: String,
    /// How it is shown.
    pub kind: ValueKind,
}

/// An actor that runs from the start.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Actor {
    /// `worker`, `worker#1` or `worker(0)`.
    pub name: String,
    /// The declared name.
    pub declared: String,
    /// The name in its declaration.
    pub span: Span,
    /// What it runs.
    pub function: FunctionId,
    /// The words of its parameters.
    pub args: Vec<i64>,
    /// What runs it.
    pub kind: ActorKind,
    /// It is a process of its own.
    pub process: bool,
    /// Need not end.
    pub daemon: bool,
    /// The program ends when it ends.
    pub main: bool,
    /// What the scheduler owes it.
    pub fairness: Fairness,
}

/// What a scheduler owes an actor, in runs that go on for ever.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub enum Fairness {
    /// Nothing: it may stop anywhere.
    Unfair,
    /// If it can move from some point on, it moves again and again.
    #[default]
    Weak,
    /// If it can move again and again, it moves again and again.
    Strong,
}

/// What runs an actor.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ActorKind {
    /// A thread of its own.
    Thread,
    /// A worker thread of the executor.
    Worker(ObjectId),
    /// A task of an event loop.
    Task {
        /// The loop.
        on: LoopId,
        /// It gives the loop back wherever it blocks, without `await`.
        green: bool,
    },
}

/// Where an instruction comes from. For an access, the span of the expression
/// or statement that makes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Site {
    /// The guilty text.
    pub span: Span,
    /// The statement it belongs to.
    pub stmt: StmtId,
    /// The function it belongs to.
    pub function: FunctionId,
    /// If it is the first step of a named statement.
    pub label: Option<LabelId>,
    /// Made by the compiler (a release at the end of a `with`, a loop's test): not
    /// counted when statements that never run are looked for.
    pub synthetic: bool,
    /// Whether a task gives its loop back here.
    pub awaits: Awaits,
}

/// Whether a task gives its loop back at an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Awaits {
    /// It keeps the loop, even if it blocks.
    #[default]
    Never,
    /// If what it waits for is not there yet.
    IfNeeded,
    /// In any case.
    Always,
}

/// A write of a value that was computed from an earlier read of the same word, with
/// no other write of that variable by the same function in between.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Update {
    /// The write.
    pub store: Pc,
    /// The read.
    pub load: Pc,
    /// At the write, it still holds what was read.
    pub reg: Reg,
}

/// A `@name:` label.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// A local whose last value a property asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Observed {
    /// `actor.local`.
    pub name: String,
    /// How it is shown.
    pub kind: ValueKind,
}

/// A property of all runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Property {
    /// The author's name.
    pub name: Option<String>,
    /// The whole property.
    pub span: Span,
    /// What must hold.
    pub kind: PropertyKind,
}

/// What a property says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PropertyKind {
    /// True in every reachable state.
    Always(Expr),
    /// True in every final state.
    Finally(Expr),
    /// True in some reachable state.
    Sometimes(Expr),
    /// True at some moment of every fair run.
    Eventually(Expr),
    /// Whenever the first is true in a fair run, the second is then or later.
    LeadsTo(Expr, Expr),
    /// In every run, the first comes before the second.
    Order(LabelId, LabelId),
}

impl PropertyKind {
    /// What it asks.
    pub fn exprs(&self) -> Vec<&Expr> {
        match self {
            Self::Always(expr)
            | Self::Finally(expr)
            | Self::Sometimes(expr)
            | Self::Eventually(expr) => vec![expr],
            Self::LeadsTo(first, second) => vec![first, second],
            Self::Order(..) => Vec::new(),
        }
    }
}

/// `outcomes` or `observe`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcomes {
    /// The whole property.
    pub span: Span,
    /// A name for each word that is observed; those of a list or map have one name.
    pub names: Vec<String>,
    /// How each word is shown.
    pub kinds: Vec<ValueKind>,
    /// What is observed.
    pub values: Vec<Expr>,
    /// What is printed is observed, as one list of lines: then there are no
    /// `values`, and a tuple is a transcript as [`pack_lines`](super::pack_lines)
    /// packs it.
    pub print: bool,
    /// The tuples asked for; `None` for `observe`.
    pub expected: Option<Vec<Vec<i64>>>,
    /// All of them must occur.
    pub exact: bool,
}

/// `expect …`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expect {
    /// The whole line.
    pub span: Span,
    /// The text after `expect `.
    pub text: String,
    /// What is expected.
    pub kind: ExpectKind,
}

/// What an `expect` asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExpectKind {
    /// No finding at error level.
    Ok,
    /// A finding of the kind with these subjects and actors.
    Finding {
        /// As in the JSON.
        kind: String,
        /// Declared names that must be among its subjects.
        subjects: Vec<String>,
        /// Names or declared names of its actors.
        actors: Vec<String>,
    },
    /// A warning with the code.
    Warning {
        /// Such as `L001`.
        code: String,
    },
}

/// `allow CODE(a, b) because "reason"`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Allow {
    /// The whole line.
    pub span: Span,
    /// The code.
    pub code: String,
    /// Names that must be among the subjects.
    pub subjects: Vec<String>,
    /// The author's reason.
    pub reason: String,
}

/// The tables of a program, before they are verified. Any value is fine.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Parts {
    /// The scenario's name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// Where it stands.
    pub span: Span,
    /// Strings.
    pub names: Vec<String>,
    /// Names of enum variants.
    pub enums: Vec<Vec<String>>,
    /// Words of shared memory.
    pub cells: Vec<Cell>,
    /// Variables.
    pub vars: Vec<Var>,
    /// Objects.
    pub objects: Vec<Object>,
    /// Names of event loops; the first is the one that needs no name. None without tasks.
    pub loops: Vec<String>,
    /// Instructions.
    pub code: Vec<Instr>,
    /// One for each instruction.
    pub sites: Vec<Site>,
    /// For each visible instruction, the registers of its frame that nobody reads
    /// before writing them again; they are set to 0 when an actor arrives there, so
    /// that states that differ only in dead values are one. For a call, the registers
    /// that are dead after it returns.
    pub dead: Vec<Box<[Reg]>>,
    /// Writes of values computed from earlier reads, by the write.
    pub updates: Vec<Update>,
    /// Places of statements.
    pub stmts: Vec<Span>,
    /// Waits on a condition that an `if` leads to and no loop tests again: the
    /// wait's place and the tested condition's.
    pub waits_in_if: Vec<(Span, Span)>,
    /// Functions; their instructions tile the code.
    pub functions: Vec<Function>,
    /// Actors that run from the start.
    pub actors: Vec<Actor>,
    /// Labels.
    pub labels: Vec<Label>,
    /// Observed locals.
    pub observed: Vec<Observed>,
    /// Properties.
    pub properties: Vec<Property>,
    /// `outcomes` and `observe`.
    pub outcomes: Vec<Outcomes>,
    /// Expectations; empty means ok.
    pub expects: Vec<Expect>,
    /// Silenced warnings.
    pub allows: Vec<Allow>,
}

/// A verified program: every id is in range, every jump stays in its function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Program {
    parts: Parts,
}

impl Program {
    /// Verifies the tables.
    ///
    /// # Errors
    ///
    /// [`BrokenProgram`] says which row names something that does not exist. A
    /// program made by `compile` never has one.
    pub fn new(parts: Parts) -> Result<Self, BrokenProgram> {
        verify(&parts)?;
        Ok(Self { parts })
    }

    /// The same program whose dead registers keep their last values: more states,
    /// the same findings. The reference for everything that is reduced.
    #[must_use]
    pub fn with_dead_values(mut self) -> Self {
        for dead in &mut self.parts.dead {
            *dead = Box::default();
        }
        self
    }

    /// The instruction at `pc`.
    pub fn instr(&self, pc: Pc) -> &Instr {
        &self.parts.code[pc as usize]
    }

    /// Where the instruction at `pc` comes from.
    pub fn site(&self, pc: Pc) -> &Site {
        &self.parts.sites[pc as usize]
    }

    /// The updates whose write is at `pc`.
    pub fn updates_at(&self, pc: Pc) -> &[Update] {
        let all = &self.parts.updates;
        let from = all.partition_point(|update| update.store < pc);
        let n = all[from..].partition_point(|update| update.store == pc);
        &all[from..from + n]
    }

    /// The function the instruction at `pc` belongs to.
    pub fn function_at(&self, pc: Pc) -> &Function {
        &self.parts.functions[self.site(pc).function.index()]
    }

    /// A string.
    pub fn name(&self, id: NameId) -> &str {
        &self.parts.names[id.index()]
    }
}

impl std::ops::Deref for Program {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}
