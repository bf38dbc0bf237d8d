//! The compact transition system: instructions, memory cells, objects, names.
//!
//! A program is what all engines run. It holds ids and spans, no source text
//! and no trace of the language it came from. [`Program::new`] verifies once
//! that every id is in range; after that nobody checks again.
//!
//! Code is one table of instructions for all functions. An instruction is
//! *visible* if executing it is a step of its own, *local* otherwise: a step is
//! one visible instruction and all local ones up to the next visible one.
//!
//! **Deliberately absent:** what instructions do. Only
//! `semantics` knows.

mod copy;
mod describe;
mod disassemble;
mod expr;
mod instr;
mod object;
pub(crate) mod registers;
mod table;
mod transcript;
mod verify;
mod verify_code;
mod wording;

pub use describe::describe;
pub use disassemble::disassemble;
pub use expr::{BinaryOp, CellRef, CollectionOp, Dim, Expr, Query, UnaryOp};
pub use instr::{
    Access, Arm, ChanOp, FutureOp, Instr, OnLoop, RmwOp, SyncOp, Target, TaskOp, WaitMode,
};
pub use object::{Object, ObjectKind, RwPolicy};
pub use table::{
    Actor, ActorKind, Allow, Awaits, Cell, CellId, Expect, ExpectKind, Fairness, Function,
    FunctionId, Handler, Label, LabelId, LocalName, LoopId, NameId, ObjectId, Observed, ObservedId,
    Outcomes, Parts, Pc, Program, Property, PropertyKind, RAISED_BY_LIBRARY, Reg, Site, StmtId,
    Update, ValueKind, Var, VarId,
};
pub use transcript::{pack_lines, unpack_lines};
pub use verify::BrokenProgram;
