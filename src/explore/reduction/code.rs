//! The code as actors run it: each function once for each combination of known
//! arguments, with the instructions that may follow each.
//!
//! **Invariant:** whatever an actor executes next, in the same frame, in one that it
//! opens, or in an actor that it spawns, follows in this graph; what comes after a
//! return is found through the open calls.

use super::values::{known, with_values, words_returned};
use crate::program::{Expr, FunctionId, Instr, Pc, Program};
use std::collections::BTreeMap;

/// Combinations of known arguments that a function is looked at with; beyond, its
/// arguments count as unknown.
const CONTEXTS_MAX: usize = 64;

/// A function with known arguments.
pub(super) type ContextId = usize;
/// An instruction in a context.
pub(super) type NodeId = usize;

type Args = Vec<Option<i64>>;

struct Context {
    function: FunctionId,
    first: NodeId,
    values: Vec<Option<i64>>,
}

/// All instructions in all contexts.
pub(super) struct Code<'p> {
    program: &'p Program,
    contexts: Vec<Context>,
    by_args: BTreeMap<(FunctionId, Args), ContextId>,
    n_of_function: Vec<usize>,
    returned: Vec<u16>,
    /// Where each node belongs.
    pub nodes: Vec<(ContextId, Pc)>,
    /// What may follow a node in the same function, if no exception comes out.
    pub after: Vec<Vec<NodeId>>,
    /// What handles an exception that comes out.
    pub handlers: Vec<Vec<NodeId>>,
    /// The function that a node calls or starts an actor with.
    pub enters: Vec<Option<ContextId>>,
    /// For each declared actor.
    pub roots: Vec<ContextId>,
    /// For each `spawn`, by its place.
    pub spawned: BTreeMap<Pc, ContextId>,
    /// Arguments of each `spawn` over all its contexts.
    spawn_args: BTreeMap<Pc, Args>,
}

impl<'p> Code<'p> {
    pub fn new(program: &'p Program) -> Self {
        let mut spawn_args = BTreeMap::new();
        loop {
            let code = Self::with_spawns(program, &spawn_args);
            if code.spawn_args == spawn_args {
                return code;
            }
            spawn_args = code.spawn_args;
        }
    }

    /// The same if nothing but these arguments is ever given to a `spawn`.
    fn with_spawns(program: &'p Program, spawn_args: &BTreeMap<Pc, Args>) -> Self {
        let functions = 0..program.functions.len();
        let returned = functions.map(|index| words_returned(program, FunctionId::new(index)));
        let mut code = Self {
            program,
            contexts: Vec::new(),
            by_args: BTreeMap::new(),
            n_of_function: vec![0; program.functions.len()],
            returned: returned.collect(),
            nodes: Vec::new(),
            after: Vec::new(),
            handlers: Vec::new(),
            enters: Vec::new(),
            roots: Vec::new(),
            spawned: BTreeMap::new(),
            spawn_args: spawn_args.clone(),
        };
        for actor in &program.actors {
            let args = actor.args.iter().map(|&arg| Some(arg)).collect();
            let root = code.context(actor.function, args);
            code.roots.push(root);
        }
        let mut next = 0;
        while next < code.contexts.len() {
            code.link(next);
            next += 1;
        }
        code
    }

    fn context(&mut self, function: FunctionId, mut args: Args) -> ContextId {
        if let Some(&known) = self.by_args.get(&(function, args.clone())) {
            return known;
        }
        let n = &mut self.n_of_function[function.index()];
        *n += 1;
        if *n > CONTEXTS_MAX {
            args.fill(None);
            if let Some(&known) = self.by_args.get(&(function, args.clone())) {
                return known;
            }
        }
        let of = &self.program.functions[function.index()];
        let id = self.contexts.len();
        let first = self.nodes.len();
        self.nodes.extend((of.entry..of.end).map(|pc| (id, pc)));
        let n = self.nodes.len();
        self.after.resize(n, Vec::new());
        self.handlers.resize(n, Vec::new());
        self.enters.resize(n, None);
        self.contexts.push(Context {
            function,
            first,
            values: known(self.program, of, &args, &self.returned),
        });
        self.by_args.insert((function, args), id);
        id
    }

    fn link(&mut self, context: ContextId) {
        let function = &self.program.functions[self.contexts[context].function.index()];
        for pc in function.entry..function.end {
            let node = self.node(context, pc);
            let inside = |pc: &Pc| (function.entry..function.end).contains(pc);
            let next = (pc + 1..pc + 2).filter(inside);
            let instr = self.program.instr(pc);
            let after: Vec<Pc> = match instr {
                Instr::Jump(target) => vec![*target],
                Instr::Unless(_, target) | Instr::UnlessCaught(_, _, target) => {
                    next.chain([*target]).collect()
                }
                Instr::Return(_) | Instr::Raise(_) | Instr::Reraise(_) => Vec::new(),
                _ => next.collect(),
            };
            self.after[node] = after.iter().map(|&pc| self.node(context, pc)).collect();
            let around = function.handlers.iter();
            let around = around.filter(|handler| (handler.from..handler.to).contains(&pc));
            self.handlers[node] = around
                .map(|handler| self.node(context, handler.target))
                .collect();
            match instr {
                Instr::Call(callee, args, _) => {
                    let args = self.given(context, args);
                    self.enters[node] = Some(self.context(*callee, args));
                }
                Instr::Spawn { function, args, .. } => {
                    let args = self.given(context, args);
                    let args = match self.spawn_args.get(&pc) {
                        Some(others) => join(others, &args),
                        None => args,
                    };
                    self.spawn_args.insert(pc, args.clone());
                    let child = self.context(*function, args);
                    self.spawned.insert(pc, child);
                    self.enters[node] = Some(child);
                }
                _ => {}
            }
        }
    }

    fn given(&self, context: ContextId, args: &[Expr]) -> Args {
        let values = &self.contexts[context].values;
        with_values(values, |value| args.iter().map(value).collect())
    }

    /// The node of an instruction of a context's function.
    pub fn node(&self, context: ContextId, pc: Pc) -> NodeId {
        let context = &self.contexts[context];
        let entry = self.program.functions[context.function.index()].entry;
        context.first + (pc - entry) as usize
    }

    /// The first node of a context.
    pub fn entry(&self, context: ContextId) -> NodeId {
        self.contexts[context].first
    }

    /// The instruction of a node.
    pub fn instr(&self, node: NodeId) -> &'p Instr {
        self.program.instr(self.nodes[node].1)
    }

    /// What is known of registers at a node.
    pub fn values(&self, node: NodeId) -> &[Option<i64>] {
        &self.contexts[self.nodes[node].0].values
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }
}

/// What is known if either may be given.
fn join(one: &Args, other: &Args) -> Args {
    let both = one.iter().zip(other);
    both.map(|(one, other)| if one == other { *one } else { None })
        .collect()
}
