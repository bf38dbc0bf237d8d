//! The end of an actor as a step of its own, where the program can observe it.
//!
//! Whatever an actor does after its last step joins that step, and so does its
//! end: nobody can tell. But there are programs that can. They ask `is_alive` or
//! join with a time-out; their `main thread` ends everything; they have daemons,
//! which the end of the last other actor stops. Then the last step and the end are
//! two moments, and others may come between. So before each `return` of such an
//! actor stands [`Instr::End`], and an exception that nobody catches comes to one,
//! too.
//!
//! | the program | whose end is a step |
//! |---|---|
//! | asks a declared actor | that actor's |
//! | asks a handle that is a value | every actor's |
//! | has a main actor | the main actor's |
//! | has daemons, and no main thread | that of all others, and a worker's after each job |
//!
//! What a `join` without a time-out sees is no reason: it can only come later, and
//! nothing else depends on when.
//!
//! **Invariant:** where the end stays part of the last step, making it a step
//! would change no finding and no outcome; `tests/ends.rs` compares.

use super::assemble::{cover, gives_back, target_mut};
use super::context::Context;
use super::entry::{copy, spawned};
use super::link::Properties;
use super::lowering::Lowered;
use crate::hir::{ActorKind, Scenario};
use crate::program::{Awaits, Expr, FunctionId, Handler, Instr, Pc, Query, Site, SyncOp, WaitMode};
use std::collections::BTreeSet;

/// Which ends are steps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ends {
    /// Those that the program can observe.
    Observed,
    /// All of them: slower, and the same is found. For tests that compare.
    All,
}

/// What of a program can tell when an actor ends.
struct Observers {
    all: bool,
    /// Declared actors that somebody asks.
    asked: BTreeSet<usize>,
    /// There are daemons, and no main thread ends the program.
    daemons: bool,
}

/// Makes steps of the ends that are observed. Gives whether a worker's rest after
/// each job is one as well.
pub(super) fn add_ends(
    cx: &Context<'_>,
    functions: &mut Vec<Lowered>,
    bodies: &[FunctionId],
    properties: &Properties,
    ends: Ends,
) -> bool {
    let observers = Observers::new(cx.scenario, functions, properties, ends);
    let green = super::task::may_have_green(cx.scenario);
    let actors = cx.scenario.actors.iter().zip(bodies).enumerate();
    let mut whose: Vec<FunctionId> = actors
        .filter(|(index, (actor, _))| {
            actor.main
                || observers.all
                || observers.asked.contains(index)
                || observers.daemons && !actor.daemon
        })
        .map(|(_, (_, &body))| body)
        .collect();
    whose.sort_unstable();
    whose.dedup();
    for body in whose {
        insert_ends(&mut functions[body.index()], green);
    }
    if observers.all {
        end_spawned(functions, green, |_| true);
    } else if observers.daemons {
        end_spawned(functions, green, |daemon| !daemon);
    }
    observers.all || observers.daemons
}

impl Observers {
    fn new(
        scenario: &Scenario,
        functions: &[Lowered],
        properties: &Properties,
        ends: Ends,
    ) -> Self {
        let mut found = Self {
            all: ends == Ends::All,
            asked: BTreeSet::new(),
            daemons: false,
        };
        let code = || functions.iter().flat_map(|function| &function.code.code);
        code().for_each(|instr| found.instr(instr));
        properties.exprs().for_each(|expr| found.expr(expr));
        let mut declared = scenario.actors.iter();
        let stops_all = declared
            .clone()
            .any(|it| it.main && matches!(it.kind, ActorKind::Thread | ActorKind::Process));
        let spawns = |instr: &Instr| matches!(instr, Instr::Spawn { daemon: true, .. });
        found.daemons = !stops_all && (declared.any(|it| it.daemon) || code().any(spawns));
        found
    }

    fn instr(&mut self, instr: &Instr) {
        match instr {
            Instr::Ask(_, Query::IsAlive, of)
            | Instr::Sync {
                op: SyncOp::Join(WaitMode::Timeout | WaitMode::Try),
                object: of,
                ..
            } => self.asks(of),
            Instr::WaitUntil(condition) => self.expr(condition),
            _ => {}
        }
    }

    fn asks(&mut self, of: &Expr) {
        match of {
            Expr::Const(actor) => self.asked.extend(usize::try_from(*actor).ok()),
            _ => self.all = true,
        }
    }

    fn expr(&mut self, expr: &Expr) {
        if let Expr::Query(Query::IsAlive, of) = expr {
            self.asks(of);
        }
        expr.parts(&mut |part| self.expr(part));
    }
}

/// Makes steps of the ends of spawned actors, daemons or not. A function that is
/// called or submitted as well gets a copy for it.
fn end_spawned(functions: &mut Vec<Lowered>, green: bool, whose: impl Fn(bool) -> bool) {
    let mut used_otherwise = vec![false; functions.len()];
    for instr in functions.iter().flat_map(|function| &function.code.code) {
        match instr {
            Instr::Call(function, ..) | Instr::Submit { function, .. } => {
                used_otherwise[function.index()] = true;
            }
            Instr::Spawn {
                function, daemon, ..
            } if !whose(*daemon) => used_otherwise[function.index()] = true,
            _ => {}
        }
    }
    let mut ending: Vec<Option<FunctionId>> = vec![None; functions.len()];
    for function in spawned(functions, &whose) {
        let own = match used_otherwise[function.index()] {
            true => copy(functions, function),
            false => function,
        };
        insert_ends(&mut functions[own.index()], green);
        ending[function.index()] = Some(own);
    }
    for instr in functions
        .iter_mut()
        .flat_map(|function| &mut function.code.code)
    {
        if let Instr::Spawn {
            function, daemon, ..
        } = instr
            && whose(*daemon)
            && let Some(Some(own)) = ending.get(function.index())
        {
            *function = *own;
        }
    }
}

/// Puts `End` before each `return`, and behind whatever exception leaves the function.
fn insert_ends(function: &mut Lowered, green: bool) {
    before_returns(function);
    catch_the_rest(function, green);
}

fn before_returns(function: &mut Lowered) {
    let code = std::mem::take(&mut function.code.code);
    let sites = std::mem::take(&mut function.code.sites);
    let mut new_at: Vec<Pc> = Vec::with_capacity(code.len() + 1);
    for (instr, site) in code.into_iter().zip(sites) {
        new_at.push(pc(function.code.code.len()));
        if matches!(instr, Instr::Return(_)) {
            function.code.code.push(Instr::End);
            function.code.sites.push(added(site));
        }
        function.code.code.push(instr);
        function.code.sites.push(site);
    }
    new_at.push(pc(function.code.code.len()));
    for target in function.code.code.iter_mut().filter_map(target_mut) {
        *target = new_at[*target as usize];
    }
    for handler in &mut function.code.handlers {
        handler.from = new_at[handler.from as usize];
        handler.to = new_at[handler.to as usize];
        handler.target = new_at[handler.target as usize];
    }
}

/// Of a function from which an exception may come: it ends there in two steps.
fn catch_the_rest(function: &mut Lowered, green: bool) {
    let code = &function.code;
    let handled = |at: Pc| {
        let mut handlers = code.handlers.iter();
        handlers.any(|it| (it.from..it.to).contains(&at))
    };
    let bare: Vec<Pc> = (0..pc(code.code.len()))
        .filter(|&at| {
            may_raise(
                &code.code[at as usize],
                code.sites[at as usize].awaits,
                green,
            )
        })
        .filter(|&at| !handled(at))
        .collect();
    let (Some(&last), Some(exception)) = (code.sites.last(), function.n_regs.checked_add(1)) else {
        return;
    };
    if bare.is_empty() {
        return;
    }
    let register = function.n_regs;
    function.n_regs = exception;
    let target = pc(code.code.len());
    for at in bare {
        let row = Handler {
            from: at,
            to: at + 1,
            target,
            exception: register,
        };
        cover(&mut function.code.handlers, row);
    }
    for instr in [Instr::End, Instr::Reraise(register)] {
        function.code.code.push(instr);
        function.code.sites.push(added(last));
    }
}

/// Whether an exception may come out of an instruction: its own, or the one that
/// a task gets where it gives its loop back.
fn may_raise(instr: &Instr, awaits: Awaits, green: bool) -> bool {
    instr.may_raise() || awaits != Awaits::Never || green && gives_back(instr)
}

/// The place of an instruction that the author did not write, beside one of his.
fn added(of: Site) -> Site {
    Site {
        label: None,
        synthetic: true,
        awaits: Awaits::Never,
        ..of
    }
}

fn pc(position: usize) -> Pc {
    Pc::try_from(position).expect("fewer instructions than 2^32")
}
