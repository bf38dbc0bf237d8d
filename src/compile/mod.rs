//! From what the author meant to what the engines run: `hir` to [`Program`].
//!
//! Lowering decides what is one step (reference, section 4): each read and each
//! write of shared memory, each operation on an atomic or an object. All else is
//! pure and joins the step before it, so expressions stay trees, and a temporary
//! register exists only where a step gave a value that something later needs.
//!
//! In reading order: `limits` (what is refused), `tables` and `types`
//! (declarations), `lowering` with `statement`, `exit`, `expression`,
//! `condition`, `place`, `method`, `executor` (code), `assemble` (labels to positions),
//! `entry` and `prologue` (actors that begin with what can fail),
//! `ends` (actors whose end is a step), `liveness` (dead registers),
//! `link` (all of it in one program), `steps` (the steps of each line, in words).
//!
//! **Invariants:**
//! - evaluation is strictly from left to right, and a failure comes before any
//!   later step;
//! - actors of one declaration share their code, except those whose locals a
//!   property names;
//! - the same scenario always gives the same program.
//!
//! **Deliberately absent:** optimisations that change steps.

mod assemble;
mod assigned;
mod code;
mod collection;
mod condition;
mod context;
mod ends;
mod entry;
mod executor;
mod exit;
mod expression;
mod fold;
mod hints;
mod limits;
mod link;
mod liveness;
mod lowering;
mod method;
mod observed;
mod place;
mod prologue;
mod registers;
mod select;
mod statement;
mod steps;
mod tables;
mod task;
mod types;
mod updates;

use crate::base::Diagnostic;
use crate::hir::{ActorId, Scenario};
use crate::program::{FunctionId, Program};
use context::{BodyCopy, Context};
use types::Types;

pub use ends::Ends;
pub use steps::{LineStep, LineSteps, steps};

/// Lowers a scenario to the program that all engines run.
///
/// # Errors
///
/// What is too large (E090 words of memory, E091 registers, E092 instructions,
/// E093 actors, E094 objects) and what has no code yet (E099), in source order.
pub fn compile(scenario: &Scenario) -> Result<Program, Vec<Diagnostic>> {
    compile_with(scenario, Ends::Observed)
}

/// The same, with a choice of what is one step.
///
/// # Errors
///
/// As [`compile`].
pub fn compile_with(scenario: &Scenario, ends: Ends) -> Result<Program, Vec<Diagnostic>> {
    let types = Types::new(scenario);
    let refused = limits::check(scenario, &types);
    if !refused.is_empty() {
        return Err(refused);
    }
    let mut cx = Context::new(scenario, types);
    let bodies: Vec<FunctionId> = (0..scenario.actors.len())
        .map(|actor| request_body(&mut cx, ActorId::new(actor)))
        .collect();
    let mut functions = Vec::new();
    while let Some(copy) = cx.copies.get(FunctionId::new(functions.len())) {
        let id = FunctionId::new(functions.len());
        functions.push(lowering::lower_function(&mut cx, id, copy));
    }
    let properties = link::properties(&mut cx);
    let errors = cx.take_errors();
    if !errors.is_empty() {
        return Err(errors);
    }
    let args = link::all_args(&cx);
    entry::add_begins(&mut functions, &bodies, &args);
    let rests = ends::add_ends(&cx, &mut functions, &bodies, &properties, ends);
    let workers = executor::add_workers(&mut cx, &mut functions, rests);
    let mut parts = link::link(cx, functions, &bodies, &workers, properties);
    parts.waits_in_if = hints::waits_in_if(&scenario.functions);
    Ok(Program::new(parts).expect("lowering names only rows that exist"))
}

/// Like actors share a body; one with observed locals has a copy to itself.
fn request_body(cx: &mut Context<'_>, actor: ActorId) -> FunctionId {
    let group = cx.scenario.actors[actor.index()].group;
    cx.copies.request(BodyCopy {
        function: cx.scenario.groups[group].body,
        observed: cx.observed.has(actor).then_some(actor),
    })
}
