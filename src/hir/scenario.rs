//! Declarations, actors, properties and expectations of one scenario.

use super::body::{Block, Expr, Local};
use super::types::{ObjectType, Type};
use crate::base::{Span, define_id};

define_id! {
    /// A `var` or `atomic`.
    pub struct VarId;
}
define_id! {
    /// A declared synchronisation object, or array of them.
    pub struct ObjectDeclId;
}
define_id! {
    /// A function, or the body of a group of actors.
    pub struct FunctionId;
}
define_id! {
    /// One actor that runs from the start: an instance of a declaration.
    pub struct ActorId;
}
define_id! {
    /// A `@name:` label.
    pub struct LabelId;
}

/// One scenario, ready to be lowered.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The author's name for it.
    pub name: String,
    /// The doc comment, without markers.
    pub description: String,
    /// The word `scenario` up to the end of its name.
    pub span: Span,
    /// Interned strings.
    pub strings: Vec<String>,
    /// Enums.
    pub enums: Vec<EnumDef>,
    /// Structs.
    pub structs: Vec<StructDef>,
    /// Shared memory.
    pub vars: Vec<Var>,
    /// Synchronisation objects.
    pub objects: Vec<ObjectDecl>,
    /// Names of event loops; the first needs no name. None without tasks.
    pub loops: Vec<String>,
    /// Functions and bodies of actors.
    pub functions: Vec<Function>,
    /// Declarations of actors, in source order.
    pub groups: Vec<ActorGroup>,
    /// The actors of all groups, in source order: group by group, instance by instance.
    pub actors: Vec<Actor>,
    /// Labels of named steps.
    pub labels: Vec<Label>,
    /// Properties in source order.
    pub properties: Vec<Property>,
    /// `outcomes` and `observe` in source order.
    pub outcomes: Vec<Outcomes>,
    /// Fairness overrides.
    pub fairness: Vec<(ActorId, Fairness)>,
    /// Expectations in source order; empty means `expect ok`.
    pub expects: Vec<Expect>,
    /// Silenced warnings.
    pub allows: Vec<Allow>,
    /// The memory model asked for.
    pub memory: MemoryModel,
    /// `print` writes the text and the line end in two steps.
    pub splits_print: bool,
}

/// An `enum`: its variants are numbered from 0.
#[derive(Clone, Debug)]
pub struct EnumDef {
    /// Its name.
    pub name: String,
    /// Its variants.
    pub variants: Vec<String>,
}

/// A `struct`: a value made of its fields, in order.
#[derive(Clone, Debug)]
pub struct StructDef {
    /// Its name.
    pub name: String,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A field of a struct.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type; never (even indirectly) the struct itself.
    pub ty: Type,
}

/// A `var` or `atomic`, or an array of them.
#[derive(Clone, Debug)]
pub struct Var {
    /// Its name.
    pub name: String,
    /// The name in its declaration.
    pub span: Span,
    /// The type of one element.
    pub ty: Type,
    /// Array lengths, outermost first; empty for a single element.
    pub dims: Vec<u32>,
    /// The values of all words, elements in row-major order.
    pub initial: Vec<i64>,
    /// Inclusive range that every stored value must lie in.
    pub range: Option<(i64, i64)>,
    /// `atomic`: each access is one step and never races.
    pub atomic: bool,
    /// `guarded_by m`.
    pub guarded_by: Option<LockRef>,
    /// `shared`: one copy for all processes.
    pub shared: bool,
}

/// A constant lock: a declaration and, for an array, the element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LockRef {
    /// The declaration.
    pub decl: ObjectDeclId,
    /// The element; 0 for a single object.
    pub element: u32,
}

/// A declared synchronisation object, or an array of like ones.
#[derive(Clone, Debug)]
pub struct ObjectDecl {
    /// Its name.
    pub name: String,
    /// The name in its declaration.
    pub span: Span,
    /// What it is.
    pub kind: ObjectKind,
    /// The number of elements of an array; `None` for a single object.
    pub len: Option<u32>,
    /// Per element, for declarations such as `sem s[2] = [1, 0]`; else one value for all.
    /// Of a list or map, the words of the entries that each element begins with.
    pub initial: Vec<i64>,
    /// `guarded_by m`, of a list or map.
    pub guarded_by: Option<LockRef>,
    /// `shared`: one copy for all processes.
    pub shared: bool,
}

/// What a synchronisation object is, with its constants.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ObjectKind {
    /// A mutual-exclusion lock.
    Lock {
        /// The holder may take it again.
        reentrant: bool,
        /// Any actor may release it.
        unowned: bool,
    },
    /// A reader-writer lock.
    RwLock {
        /// Who goes first.
        policy: RwPolicy,
    },
    /// A counting semaphore; the initial number of permits is the declaration's `initial`.
    Sem {
        /// Releasing past this raises.
        max: Option<i64>,
    },
    /// A condition variable.
    Cond {
        /// The lock it is used with.
        lock: LockRef,
        /// Wakes in waiting order.
        fifo: bool,
        /// May wake without a notify.
        spurious: bool,
    },
    /// An event (a flag one can wait for).
    Event {
        /// A wait that gets through clears it.
        auto: bool,
    },
    /// A reusable barrier for that many actors.
    Barrier {
        /// At least 1.
        parties: u32,
    },
    /// Runs a block once.
    Once,
    /// A count-down latch; the initial count is the declaration's `initial`.
    Latch,
    /// A first-in first-out channel.
    Chan {
        /// `None`: unbounded; 0: rendezvous.
        capacity: Option<u32>,
        /// The type of an element.
        element: Type,
    },
    /// A list of at most so many entries.
    List {
        /// At least 1.
        capacity: u32,
        /// The type of an entry.
        element: Type,
    },
    /// A map with at most so many keys.
    Map {
        /// At least 1.
        capacity: u32,
        /// The type of a key: one word.
        key: Type,
        /// The type of a value.
        value: Type,
    },
    /// A pool of workers.
    Executor {
        /// At least 1.
        workers: u32,
        /// Jobs run with isolated memory.
        process: bool,
    },
}

impl ObjectKind {
    /// The type of a value that refers to such an object.
    pub fn ty(&self) -> ObjectType {
        match self {
            ObjectKind::Lock { .. } => ObjectType::Lock,
            ObjectKind::RwLock { .. } => ObjectType::RwLock,
            ObjectKind::Sem { .. } => ObjectType::Sem,
            ObjectKind::Cond { .. } => ObjectType::Cond,
            ObjectKind::Event { .. } => ObjectType::Event,
            ObjectKind::Barrier { .. } => ObjectType::Barrier,
            ObjectKind::Once => ObjectType::Once,
            ObjectKind::Latch => ObjectType::Latch,
            ObjectKind::Chan { element, .. } => ObjectType::Chan(Box::new(element.clone())),
            ObjectKind::List { element, .. } => ObjectType::List(Box::new(element.clone())),
            ObjectKind::Map { key, value, .. } => {
                ObjectType::Map(Box::new(key.clone()), Box::new(value.clone()))
            }
            ObjectKind::Executor { .. } => ObjectType::Executor,
        }
    }
}

/// Who goes first at a reader-writer lock.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RwPolicy {
    /// A reader enters whenever no writer is inside.
    Readers,
    /// A reader also waits for writers that wait.
    Writers,
    /// In order of arrival.
    Fair,
}

/// A function, or the body of an actor.
#[derive(Clone, Debug)]
pub struct Function {
    /// The author's name for it.
    pub name: String,
    /// The name in its declaration.
    pub span: Span,
    /// The first locals are the parameters.
    pub n_params: usize,
    /// Parameters, then every `let`, loop variable and received value.
    pub locals: Vec<Local>,
    /// What it returns.
    pub returns: Type,
    /// Its statements.
    pub body: Block,
}

/// One declaration `thread NAME …`.
#[derive(Clone, Debug)]
pub struct ActorGroup {
    /// The declared name.
    pub name: String,
    /// The name in its declaration.
    pub span: Span,
    /// Its actors: `first .. first + n` in [`Scenario::actors`].
    pub first: ActorId,
    /// How many.
    pub n: u32,
    /// Made by `* n`, whose members differ only in `me`.
    pub replicated: bool,
    /// The body's parameters are `me` (if replicated), or the parameter of `(i in a..b)`, or none.
    pub body: FunctionId,
}

/// One actor that runs from the start.
#[derive(Clone, Debug)]
pub struct Actor {
    /// `worker`, `worker#1` or `worker(0)`.
    pub name: String,
    /// The declaration it belongs to: index into [`Scenario::groups`].
    pub group: usize,
    /// The values of its body's parameters.
    pub instance: Instance,
    /// Its kind.
    pub kind: ActorKind,
    /// Need not end.
    pub daemon: bool,
    /// The program ends when it ends.
    pub main: bool,
}

/// The arguments of one actor of a group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Instance {
    /// One word per parameter of the body.
    pub args: Vec<i64>,
}

/// What runs an actor.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ActorKind {
    /// A thread of its own.
    Thread,
    /// A process of its own, with its own memory.
    Process,
    /// A task on an event loop: index of the loop.
    Task(u32),
    /// A green thread on a loop: index of the loop.
    Green(u32),
}

/// A `@name:` label.
#[derive(Clone, Debug)]
pub struct Label {
    /// The name without `@`.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// A property of all runs.
#[derive(Clone, Debug)]
pub struct Property {
    /// The author's name, for `always name: e`.
    pub name: Option<String>,
    /// The whole property.
    pub span: Span,
    /// What must hold.
    pub kind: PropertyKind,
}

/// What a property says. All expressions are read at once.
#[derive(Clone, Debug)]
pub enum PropertyKind {
    /// True in every reachable state.
    Always(Expr),
    /// True in every final state.
    Finally(Expr),
    /// True in at least one reachable state.
    Sometimes(Expr),
    /// True at some moment of every fair run.
    Eventually(Expr),
    /// Whenever the first is true, the second is later.
    LeadsTo(Expr, Expr),
    /// In every run, the first step comes before the second.
    Order(LabelId, LabelId),
}

/// `outcomes (x, y) == { … }`, `outcomes (x) in { … }` or `observe x, y`.
#[derive(Clone, Debug)]
pub struct Outcomes {
    /// The whole property.
    pub span: Span,
    /// The author's text of each observed expression.
    pub names: Vec<String>,
    /// What is observed: shared places, `actor.local`, or any property expression.
    pub values: Vec<Expr>,
    /// `outcomes print`: the transcript is observed; then `values` is empty.
    pub print: bool,
    /// For `outcomes print`: the transcripts asked for, a text for each line. Then
    /// `expected` is empty, and `None` for `observe print`.
    pub transcripts: Vec<Vec<String>>,
    /// The tuples asked for; `None` for `observe`. Words of enums and bools as in [`Type`].
    pub expected: Option<Vec<Vec<i64>>>,
    /// `==`: all of them must occur; `in`: no others may.
    pub exact: bool,
}

/// `fair weak`, `fair strong`, `unfair`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fairness {
    /// If enabled from some point on, it moves.
    Weak,
    /// If enabled again and again, it moves.
    Strong,
    /// It may stop anywhere.
    Unfair,
}

/// `expect …`.
#[derive(Clone, Debug)]
pub struct Expect {
    /// The whole line.
    pub span: Span,
    /// The text after `expect `, in canonical form.
    pub text: String,
    /// What is expected.
    pub kind: ExpectKind,
}

/// What an `expect` asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExpectKind {
    /// No finding at error level.
    Ok,
    /// A finding of the kind (`race`, `deadlock`, `assert`, … as in the JSON) that
    /// names all the subjects, or all the actors, given.
    Finding {
        /// The kind.
        kind: String,
        /// Declared names of variables, locks, … that must be among its subjects.
        subjects: Vec<String>,
        /// Names of actors, or of declarations; `deadlock of a, b` means exactly these.
        actors: Vec<String>,
    },
    /// A warning with the code.
    Warning {
        /// Such as `L001`.
        code: String,
    },
}

/// `allow L001(a, b) because "reason"`.
#[derive(Clone, Debug)]
pub struct Allow {
    /// The whole line.
    pub span: Span,
    /// The code of the warning.
    pub code: String,
    /// Names that must be among its subjects; empty allows all.
    pub subjects: Vec<String>,
    /// The author's reason.
    pub reason: String,
}

/// `memory sc|tso|rc11|gil`.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum MemoryModel {
    /// Sequentially consistent.
    #[default]
    Sc,
    /// Sequentially consistent under a global interpreter lock: steps are the same.
    Gil,
}
