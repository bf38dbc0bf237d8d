//! Puts the functions one after the other and all tables into one program.

use super::assemble::target_mut;
use super::context::Context;
use super::liveness::{dead_registers, drop_futures};
use super::lowering::{Lowered, lower_property};
use super::updates::{Body, updates, writes};
use crate::hir::{self, ActorKind as SourceKind, Scenario};
use crate::program::registers::{read_by, written_by};
use crate::program::{
    Actor, ActorKind, Allow, CollectionOp, Expect, ExpectKind, Expr, Fairness, Function,
    FunctionId, Handler, Instr, Label, LabelId, LoopId, ObjectId, ObjectKind, Outcomes, Parts, Pc,
    Property, PropertyKind, Reg, Update, ValueKind, VarId, pack_lines,
};
use std::collections::BTreeSet;

/// What follows from properties, before the tables are taken apart.
pub(super) struct Properties {
    properties: Vec<Property>,
    outcomes: Vec<Outcomes>,
}

impl Properties {
    /// All expressions in them.
    pub fn exprs(&self) -> impl Iterator<Item = &Expr> {
        let claims = self
            .properties
            .iter()
            .flat_map(|property| match &property.kind {
                PropertyKind::Always(claim)
                | PropertyKind::Finally(claim)
                | PropertyKind::Sometimes(claim)
                | PropertyKind::Eventually(claim) => vec![claim],
                PropertyKind::LeadsTo(cause, effect) => vec![cause, effect],
                PropertyKind::Order(..) => Vec::new(),
            });
        claims.chain(self.outcomes.iter().flat_map(|of| &of.values))
    }
}

/// Lowers all properties.
pub(super) fn properties(cx: &mut Context<'_>) -> Properties {
    let scenario = cx.scenario;
    let mut properties = Vec::new();
    for property in &scenario.properties {
        if let Some(kind) = property_kind(cx, property) {
            properties.push(Property {
                name: property.name.clone(),
                span: property.span,
                kind,
            });
        }
    }
    let outcomes = scenario
        .outcomes
        .iter()
        .map(|of| outcomes(cx, of))
        .collect();
    Properties {
        properties,
        outcomes,
    }
}

fn property_kind<'h>(cx: &mut Context<'h>, property: &'h hir::Property) -> Option<PropertyKind> {
    let mut one = |expr| {
        let words = lower_property(cx, expr);
        words.into_iter().next()
    };
    match &property.kind {
        hir::PropertyKind::Always(expr) => Some(PropertyKind::Always(one(expr)?)),
        hir::PropertyKind::Finally(expr) => Some(PropertyKind::Finally(one(expr)?)),
        hir::PropertyKind::Sometimes(expr) => Some(PropertyKind::Sometimes(one(expr)?)),
        hir::PropertyKind::Order(first, then) => {
            Some(PropertyKind::Order(LabelId(first.0), LabelId(then.0)))
        }
        hir::PropertyKind::Eventually(expr) => Some(PropertyKind::Eventually(one(expr)?)),
        hir::PropertyKind::LeadsTo(cause, effect) => {
            Some(PropertyKind::LeadsTo(one(cause)?, one(effect)?))
        }
    }
}

fn outcomes<'h>(cx: &mut Context<'h>, of: &'h hir::Outcomes) -> Outcomes {
    if of.print {
        return transcripts(of);
    }
    let (mut names, mut kinds, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for (index, value) in of.values.iter().enumerate() {
        let name = of.names.get(index).map_or("", String::as_str);
        if let Some(shown) = contents_of(cx, value) {
            for (kind, word) in shown {
                names.push(name.to_owned());
                kinds.push(kind);
                values.push(word);
            }
            continue;
        }
        for word in cx.types.words(&value.ty) {
            names.push(format!("{name}{}", word.suffix));
            kinds.push(word.kind);
        }
        values.extend(lower_property(cx, value));
    }
    let words = |tuple: &Vec<i64>| -> Vec<i64> {
        let kinds = kinds.iter().chain(std::iter::repeat(&ValueKind::Int));
        let pairs = tuple.iter().zip(kinds);
        pairs
            .map(|(&word, kind)| cx.names.word(kind, word))
            .collect()
    };
    let expected = of
        .expected
        .as_ref()
        .map(|all| all.iter().map(words).collect());
    Outcomes {
        span: of.span,
        names,
        kinds,
        values,
        print: false,
        expected,
        exact: of.exact,
    }
}

/// What a declared list or map holds, as words with their kinds; `None` for another
/// value.
fn contents_of<'h>(cx: &mut Context<'h>, value: &'h hir::Expr) -> Option<Vec<(ValueKind, Expr)>> {
    let hir::ExprKind::Object(decl, _) = &value.kind else {
        return None;
    };
    let (keyed, capacity, types) = match &cx.scenario.objects[decl.index()].kind {
        hir::ObjectKind::List { capacity, element } => (false, *capacity, vec![element]),
        hir::ObjectKind::Map {
            capacity,
            key,
            value,
        } => (true, *capacity, vec![key, value]),
        _ => return None,
    };
    let words = types.into_iter().flat_map(|ty| cx.types.words(ty));
    let entry: Vec<ValueKind> = words.map(|word| word.kind).collect();
    let object = lower_property(cx, value).into_iter().next()?;
    let width = u32::try_from(entry.len()).expect("the limits were checked");
    let first = ValueKind::Entries {
        keyed,
        width,
        capacity,
    };
    let room = (0..capacity).flat_map(|_| entry.clone());
    let kinds = std::iter::once(first).chain(room);
    let words = kinds.zip(0u16..).map(|(kind, word)| {
        let word = Expr::Entry {
            op: CollectionOp::Contents,
            plain: false,
            object: Box::new(object.clone()),
            args: Box::new([]),
            word,
        };
        (kind, word)
    });
    Some(words.collect())
}

fn transcripts(of: &hir::Outcomes) -> Outcomes {
    let asked = of.transcripts.iter().map(|lines| pack_lines(lines));
    Outcomes {
        span: of.span,
        names: vec!["print".to_owned()],
        kinds: Vec::new(),
        values: Vec::new(),
        print: true,
        expected: of.expected.is_some().then(|| asked.collect()),
        exact: of.exact,
    }
}

/// All tables of the program.
pub(super) fn link(
    cx: Context<'_>,
    functions: Vec<Lowered>,
    bodies: &[FunctionId],
    workers: &[(ObjectId, FunctionId)],
    properties: Properties,
) -> Parts {
    let scenario = cx.scenario;
    let mut parts = Parts {
        name: scenario.name.clone(),
        description: scenario.description.clone(),
        span: scenario.span,
        enums: scenario
            .enums
            .iter()
            .map(|of| of.variants.clone())
            .collect(),
        actors: actors(&cx, bodies, workers),
        loops: scenario.loops.clone(),
        labels: scenario.labels.iter().map(label).collect(),
        properties: properties.properties,
        outcomes: properties.outcomes,
        expects: scenario.expects.iter().map(expect).collect(),
        allows: scenario.allows.iter().map(allow).collect(),
        names: cx.names.into_table(),
        cells: cx.layout.cells,
        vars: cx.layout.vars,
        objects: cx.layout.objects,
        observed: cx.observed.into_table(),
        stmts: cx.statements.into_spans(),
        ..Parts::default()
    };
    let returned: Vec<u16> = functions.iter().map(words_returned).collect();
    let code: Vec<&[Instr]> = functions.iter().map(|of| &*of.code.code).collect();
    let writes = writes(&parts, &code);
    for mut function in functions {
        function.n_regs = n_used(&function, &returned);
        add_function(&mut parts, function, &returned, &writes);
    }
    parts
}

fn add_function(
    parts: &mut Parts,
    function: Lowered,
    returned: &[u16],
    writes: &[BTreeSet<VarId>],
) {
    let mut code = function.code;
    drop_futures(&mut code.code, &code.handlers, function.n_regs, |callee| {
        returned[callee.index()]
    });
    let updates = updates(&Body {
        parts,
        code: &code.code,
        handlers: &code.handlers,
        writes,
        returned,
    });
    parts.dead.extend(dead_registers(
        &code.code,
        &code.handlers,
        function.n_params,
        function.n_regs,
        &updates,
        |callee| returned[callee.index()],
    ));
    let entry = Pc::try_from(parts.code.len()).expect("the limits were checked");
    for target in code.code.iter_mut().filter_map(target_mut) {
        *target += entry;
    }
    parts.updates.extend(updates.iter().map(|update| Update {
        store: update.store + entry,
        load: update.load + entry,
        reg: update.reg,
    }));
    parts.code.extend(code.code);
    parts.sites.extend(code.sites);
    let handlers = code.handlers.into_iter().map(|handler| Handler {
        from: handler.from + entry,
        to: handler.to + entry,
        target: handler.target + entry,
        exception: handler.exception,
    });
    parts.functions.push(Function {
        name: function.name,
        span: function.span,
        entry,
        end: Pc::try_from(parts.code.len()).expect("the limits were checked"),
        n_params: function.n_params,
        n_regs: function.n_regs,
        handlers: handlers.collect(),
        locals: function.locals,
    });
}

/// Registers up to the last one that has a name or is in use: a handler that was
/// left out may have been alone in needing more.
fn n_used(function: &Lowered, returned: &[u16]) -> u16 {
    let mut n = function.n_params;
    let mut count = |reg: Reg| n = n.max(reg.saturating_add(1));
    for instr in &function.code.code {
        read_by(instr, &mut count);
        for (first, width) in written_by(instr, |callee| returned[callee.index()]) {
            if width > 0 {
                count(first.saturating_add(width - 1));
            }
        }
    }
    function
        .code
        .handlers
        .iter()
        .for_each(|handler| count(handler.exception));
    function.locals.iter().for_each(|local| count(local.reg));
    n.min(function.n_regs)
}

/// Words that a function returns; all its returns agree.
pub(super) fn words_returned(function: &Lowered) -> u16 {
    let mut returns = function.code.code.iter().filter_map(|instr| match instr {
        Instr::Return(words) => Some(words.len()),
        _ => None,
    });
    let words = returns.next().unwrap_or(0);
    u16::try_from(words).unwrap_or(u16::MAX)
}

fn actors(
    cx: &Context<'_>,
    bodies: &[FunctionId],
    workers: &[(ObjectId, FunctionId)],
) -> Vec<Actor> {
    let scenario = cx.scenario;
    let rows = scenario.actors.iter().zip(bodies).enumerate();
    let declared = rows.map(|(index, (actor, &function))| {
        let group = &scenario.groups[actor.group];
        Actor {
            name: actor.name.clone(),
            declared: group.name.clone(),
            span: group.span,
            function,
            args: args(cx, scenario, group, actor),
            kind: match actor.kind {
                SourceKind::Thread | SourceKind::Process => ActorKind::Thread,
                SourceKind::Task(on) => on_loop(on, false),
                SourceKind::Green(on) => on_loop(on, true),
            },
            process: actor.kind == SourceKind::Process,
            daemon: actor.daemon,
            main: actor.main,
            fairness: fairness(scenario, index),
        }
    });
    let workers = workers.iter().flat_map(|worker| worker_actors(cx, *worker));
    declared.chain(workers).collect()
}

fn on_loop(on: u32, green: bool) -> ActorKind {
    ActorKind::Task {
        on: LoopId(on),
        green,
    }
}

/// The workers of one executor.
fn worker_actors(
    cx: &Context<'_>,
    (id, function): (ObjectId, FunctionId),
) -> impl Iterator<Item = Actor> {
    let object = &cx.layout.objects[id.index()];
    let (n, process) = match object.kind {
        ObjectKind::Executor { workers, processes } => (workers, processes),
        _ => (0, false),
    };
    (1..=n).map(move |number| Actor {
        name: format!("{}#{number}", object.name),
        declared: object.declared.clone(),
        span: object.span,
        function,
        args: Vec::new(),
        kind: ActorKind::Worker(id),
        process,
        daemon: false,
        main: false,
        fairness: Fairness::Weak,
    })
}

/// What the last line about the actor says.
fn fairness(scenario: &Scenario, actor: usize) -> Fairness {
    let lines = scenario.fairness.iter().rev();
    let mut own = lines.filter(|(of, _)| of.index() == actor);
    match own.next() {
        None | Some((_, hir::Fairness::Weak)) => Fairness::Weak,
        Some((_, hir::Fairness::Strong)) => Fairness::Strong,
        Some((_, hir::Fairness::Unfair)) => Fairness::Unfair,
    }
}

/// The words of each declared actor's arguments.
pub(super) fn all_args(cx: &Context<'_>) -> Vec<Vec<i64>> {
    let scenario = cx.scenario;
    let of = |actor: &hir::Actor| args(cx, scenario, &scenario.groups[actor.group], actor);
    scenario.actors.iter().map(of).collect()
}

fn args(
    cx: &Context<'_>,
    scenario: &Scenario,
    group: &hir::ActorGroup,
    actor: &hir::Actor,
) -> Vec<i64> {
    let body = &scenario.functions[group.body.index()];
    let params = body.locals[..body.n_params].iter();
    let kinds = params.flat_map(|param| cx.types.words(&param.ty));
    let words = kinds.zip(&actor.instance.args);
    words
        .map(|(of, &word)| cx.names.word(&of.kind, word))
        .collect()
}

fn label(label: &hir::Label) -> Label {
    Label {
        name: label.name.clone(),
        span: label.span,
    }
}

fn expect(expect: &hir::Expect) -> Expect {
    Expect {
        span: expect.span,
        text: expect.text.clone(),
        kind: match &expect.kind {
            hir::ExpectKind::Ok => ExpectKind::Ok,
            hir::ExpectKind::Finding {
                kind,
                subjects,
                actors,
            } => ExpectKind::Finding {
                kind: kind.clone(),
                subjects: subjects.clone(),
                actors: actors.clone(),
            },
            hir::ExpectKind::Warning { code } => ExpectKind::Warning { code: code.clone() },
        },
    }
}

fn allow(allow: &hir::Allow) -> Allow {
    Allow {
        span: allow.span,
        code: allow.code.clone(),
        subjects: allow.subjects.clone(),
        reason: allow.reason.clone(),
    }
}
