//! What the author meant: every name resolved, every expression typed, nothing
//! left of the surface language but its places.
//!
//! Two front ends produce it (scenario text today, others later) and
//! `compile` lowers it. So it knows constructs, not syntax:
//! a `with`, not a token; a call of *this* function, not of a name.
//!
//! **Invariants**, kept by whoever builds it:
//! - every id is in range of the table it indexes;
//! - every expression's `ty` is what evaluating it gives, and operands have the
//!   types their operator asks for;
//! - functions are monomorphic: one that was called with two kinds of
//!   arguments appears twice;
//! - constants are folded away: a `const`, an array length, a capacity and a
//!   number of threads are numbers here;
//! - `order` names labels that exist, properties read no plain local.
//!
//! **Deliberately absent:** steps. What is one step is decided by `compile`.

mod body;
mod operator;
mod scenario;
mod types;

pub use body::{
    AtomicOp, Awaited, BinaryOp, Block, Choice, CollectionOp, EntryUpdate, Expr, ExprKind,
    FutureLoop, Local, LocalId, Method, Place, Print, ReceiveOp, SelectArm, SelectArmKind, Spawn,
    SpawnKind, Stmt, StmtKind, Submit, TryCatch, UnaryOp, WithKind,
};
pub use scenario::{
    Actor, ActorGroup, ActorId, ActorKind, Allow, EnumDef, Expect, ExpectKind, Fairness, Field,
    Function, FunctionId, Instance, Label, LabelId, LockRef, MemoryModel, ObjectDecl, ObjectDeclId,
    ObjectKind, Outcomes, Property, PropertyKind, RwPolicy, Scenario, StructDef, Var, VarId,
};
pub use types::{EnumId, ObjectType, StringId, StructId, Type};
