//! The code as actors run it: each function once for each combination of known
//! arguments, with the instructions that may follow each.
//!
//! **Invariant:** whatever an actor executes next, in the same frame, in one that it
//! opens, or in an actor that it spawns, follows in this graph; what comes after a
//! return is found through the open calls.

use super::kinds::is_executor;
use super::values::{known, with_values, words_returned};
use crate::program::{Expr, Function, FunctionId, Instr, ObjectId, Pc, Program, SyncOp};
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
    /// The functions that a node may call or start an actor with; several where a worker
    /// takes a job.
    pub enters: Vec<Vec<ContextId>>,
    /// For each declared actor.
    pub roots: Vec<ContextId>,
    /// For each `spawn`, by its place.
    pub spawned: BTreeMap<Pc, ContextId>,
    given: Given,
}

/// Arguments that are given beyond a call, over all contexts.
#[derive(Clone, PartialEq, Eq, Default)]
struct Given {
    /// At each `spawn`.
    spawns: BTreeMap<Pc, Args>,
    /// To the jobs of each executor.
    jobs: BTreeMap<(ObjectId, FunctionId), Args>,
}

impl<'p> Code<'p> {
    pub fn new(program: &'p Program) -> Self {
        let mut given = Given::default();
        loop {
            let code = Self::with(program, &given);
            if code.given == given {
                return code;
            }
            given = code.given;
        }
    }

    /// The same if nothing but these arguments is ever given to a `spawn` or a job.
    fn with(program: &'p Program, given: &Given) -> Self {
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
            given: given.clone(),
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
        self.enters.resize(n, Vec::new());
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
                    self.enters[node] = vec![self.context(*callee, args)];
                }
                Instr::Spawn { function, args, .. } => {
                    let args = self.given(context, args);
                    let args = joined(&mut self.given.spawns, pc, args);
                    let child = self.context(*function, args);
                    self.spawned.insert(pc, child);
                    self.enters[node] = vec![child];
                }
                Instr::Submit {
                    executor,
                    function,
                    args,
                    ..
                } => {
                    let args = self.given(context, args);
                    for executor in self.executors(context, executor) {
                        let job = (executor, *function);
                        joined(&mut self.given.jobs, job, args.clone());
                    }
                }
                Instr::TakeJob { executor, .. } => {
                    let jobs = self.given.jobs.iter();
                    let jobs = jobs.filter(|((of, _), _)| of == executor);
                    let jobs: Vec<(FunctionId, Args)> = jobs
                        .map(|((_, function), args)| (*function, args.clone()))
                        .collect();
                    let enters = jobs.into_iter().map(|(job, args)| self.context(job, args));
                    self.enters[node] = enters.collect();
                }
                _ => {}
            }
        }
    }

    /// The executors that an expression may name.
    fn executors(&self, context: ContextId, executor: &Expr) -> Vec<ObjectId> {
        let number = with_values(&self.contexts[context].values, |value| value(executor));
        let objects = self.program.objects.iter().enumerate();
        let may_be = objects.filter(|(index, object)| {
            is_executor(&object.kind) && number.is_none_or(|it| i64::try_from(*index) == Ok(it))
        });
        may_be.map(|(index, _)| ObjectId::new(index)).collect()
    }

    /// Which of the functions that a node may enter has an instruction.
    pub fn entered(&self, node: NodeId, pc: Pc) -> Option<ContextId> {
        let has = |&context: &ContextId| {
            let function = &self.program.functions[self.contexts[context].function.index()];
            (function.entry..function.end).contains(&pc)
        };
        self.enters[node].iter().copied().find(has)
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

    /// The operation of a node on an object, if it is known for sure which object that is.
    pub fn sync(&self, node: NodeId) -> Option<(SyncOp, ObjectId)> {
        let Instr::Sync { op, object, .. } = self.instr(node) else {
            return None;
        };
        let number = with_values(self.values(node), |value| value(object))?;
        let index = usize::try_from(number).ok()?;
        (index < self.program.objects.len()).then(|| (*op, ObjectId::new(index)))
    }

    /// What is known of registers at a node.
    pub fn values(&self, node: NodeId) -> &[Option<i64>] {
        &self.contexts[self.nodes[node].0].values
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn n_contexts(&self) -> usize {
        self.contexts.len()
    }

    /// The function that a context is about.
    pub fn function(&self, context: ContextId) -> &'p Function {
        &self.program.functions[self.contexts[context].function.index()]
    }

    /// Words that a function returns.
    pub fn words_returned(&self, function: FunctionId) -> u16 {
        self.returned[function.index()]
    }

    pub fn program(&self) -> &'p Program {
        self.program
    }
}

/// What is given there, with what is known to be given there otherwise.
fn joined<K: Ord>(known: &mut BTreeMap<K, Args>, there: K, args: Args) -> Args {
    let entry = known.entry(there).or_insert_with(|| args.clone());
    *entry = join(entry, &args);
    entry.clone()
}

/// What is known if either may be given.
fn join(one: &Args, other: &Args) -> Args {
    let both = one.iter().zip(other);
    both.map(|(one, other)| if one == other { *one } else { None })
        .collect()
}
