//! A scenario's syntax tree, laid out for editing: every statement with its
//! siblings, what is around it and whose it is.
//!
//! **Deliberately absent:** meaning. Names are compared as text; a local that hides
//! a shared name gives at worst a candidate that fails its check.

use crate::base::{Source, Span};
use crate::syntax::ast::{
    Actor, Block, Condition, Expr, ExprKind, Fn, Item, Method, Object, ObjectKind, Scenario,
    SelectHead, Spawn, Stmt, StmtKind,
};

/// One scenario with all its statements.
pub struct Scene<'a> {
    /// The text it stands in.
    pub source: &'a Source,
    /// Its tree.
    pub scenario: &'a Scenario,
    /// Functions of the file, outside the scenario.
    pub shared: Vec<&'a Fn>,
    /// Every statement, in source order, outer ones before inner ones.
    pub spots: Vec<Spot<'a>>,
}

/// A statement and where it stands.
#[derive(Clone)]
pub struct Spot<'a> {
    /// The statement.
    pub stmt: &'a Stmt,
    /// The statements of its block.
    pub block: &'a [Stmt],
    /// Its place among them.
    pub index: usize,
    /// The statements around it, outermost first.
    pub around: Vec<&'a Stmt>,
    /// The actor or function it belongs to.
    pub owner: Owner<'a>,
}

/// Who runs a statement.
#[derive(Clone, Copy)]
pub enum Owner<'a> {
    /// A declared actor.
    Actor(&'a Actor),
    /// A function.
    Fn(&'a Fn),
}

impl<'a> Owner<'a> {
    /// Its name.
    pub fn name(self) -> &'a str {
        match self {
            Owner::Actor(actor) => &actor.name.text,
            Owner::Fn(function) => &function.name.text,
        }
    }

    /// What it does.
    pub fn body(self) -> &'a Block {
        match self {
            Owner::Actor(actor) => &actor.body,
            Owner::Fn(function) => &function.body,
        }
    }
}

impl<'a> Scene<'a> {
    /// Lays a scenario out.
    pub fn new(source: &'a Source, scenario: &'a Scenario, shared: Vec<&'a Fn>) -> Self {
        let mut spots = Vec::new();
        for function in &shared {
            collect(&function.body.stmts, &[], Owner::Fn(function), &mut spots);
        }
        for item in &scenario.items {
            match item {
                Item::Actor(actor) => {
                    collect(&actor.body.stmts, &[], Owner::Actor(actor), &mut spots);
                }
                Item::Fn(function) => {
                    collect(&function.body.stmts, &[], Owner::Fn(function), &mut spots);
                }
                _ => {}
            }
        }
        Self {
            source,
            scenario,
            shared,
            spots,
        }
    }

    /// Where the first declaration stands, before which a new one can go.
    pub fn first_item(&self) -> Option<Span> {
        self.scenario.items.first().map(Item::span)
    }

    /// The declarations of shared objects.
    pub fn objects(&self) -> impl Iterator<Item = &'a Object> + '_ {
        self.scenario.items.iter().filter_map(|item| match item {
            Item::Object(object) => Some(object),
            _ => None,
        })
    }

    /// The declaration of that name.
    pub fn object(&self, name: &str) -> Option<&'a Object> {
        self.objects().find(|it| it.name.text == name)
    }

    /// The declared actors.
    pub fn actors(&self) -> impl Iterator<Item = &'a Actor> + '_ {
        self.scenario.items.iter().filter_map(|item| match item {
            Item::Actor(actor) => Some(actor),
            _ => None,
        })
    }

    /// The functions of the scenario and of the file.
    pub fn functions(&self) -> impl Iterator<Item = &'a Fn> + '_ {
        let own = self.scenario.items.iter().filter_map(|item| match item {
            Item::Fn(function) => Some(function),
            _ => None,
        });
        own.chain(self.shared.iter().copied())
    }

    /// The innermost statement that covers a span.
    pub fn at(&self, span: Span) -> Option<&Spot<'a>> {
        let covers =
            |it: &&Spot<'_>| it.stmt.span.start <= span.start && span.end <= it.stmt.span.end;
        self.spots.iter().rfind(covers)
    }

    /// The lock a condition belongs to.
    pub fn lock_of_condition(&self, name: &str) -> Option<&'a str> {
        match &self.object(name)?.kind {
            ObjectKind::Cond { on: Some(on), .. } => name_of(on),
            _ => None,
        }
    }

    /// The text of an expression.
    pub fn text(&self, span: Span) -> &'a str {
        self.source.slice(span)
    }

    /// A name that the scenario does not hold yet; the first of the proposals that fits.
    pub fn fresh(&self, proposals: &[&str]) -> String {
        let functions = self.shared.iter().map(|it| it.span);
        let texts = std::iter::once(self.scenario.span).chain(functions);
        let used: Vec<&str> = texts.flat_map(|it| words(self.text(it))).collect();
        let used = |name: &str| used.contains(&name);
        let first = proposals.iter().find(|it| !used(it));
        first.map_or_else(
            || {
                let mut numbers = 2..;
                let base = proposals.last().copied().unwrap_or("new");
                loop {
                    let name = format!("{base}{}", numbers.next().unwrap_or(0));
                    if !used(&name) {
                        return name;
                    }
                }
            },
            |it| (*it).to_owned(),
        )
    }

    /// Whether a name stands in the scenario outside a span and its own declaration.
    pub fn is_used_outside(&self, name: &str, span: Span) -> bool {
        let declared = self.object(name).map(|it| it.span);
        let gaps = declared.into_iter().chain([span]);
        let mut cuts: Vec<Span> = gaps.collect();
        cuts.sort_by_key(|it| it.start);
        let whole = self.scenario.span;
        let mut start = whole.start;
        let mut texts = Vec::new();
        for cut in cuts {
            let end = cut.start.max(start);
            texts.push(self.text(Span { start, end }));
            start = cut.end.max(start);
        }
        texts.push(self.text(Span {
            start,
            end: whole.end.max(start),
        }));
        texts.into_iter().flat_map(words).any(|it| it == name)
    }

    /// Whether a semaphore begins with a permit: then it is a pool, and no signal.
    pub fn is_pool(&self, name: &str) -> bool {
        let name = name.split(['[', '.']).next().unwrap_or_default();
        match self.object(name).map(|it| &it.kind) {
            Some(ObjectKind::Sem {
                init: Some(init), ..
            }) => !matches!(init.kind, ExprKind::Int(0)),
            Some(ObjectKind::Lock { .. }) => true,
            _ => false,
        }
    }

    /// The locks that are held around a statement: the subjects of each `with`.
    pub fn held(&self, spot: &Spot<'a>) -> Vec<&'a Expr> {
        let withs = spot.around.iter().filter_map(|it| match &bare(it).kind {
            StmtKind::With(with) => Some(&with.subjects),
            _ => None,
        });
        withs.flatten().collect()
    }

    /// Whether a statement stands inside `with name { }` or `with name.write { }`.
    pub fn is_under(&self, spot: &Spot<'a>, name: &str) -> bool {
        self.held(spot).iter().any(|it| self.text(it.span) == name)
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}

fn collect<'a>(
    block: &'a [Stmt],
    around: &[&'a Stmt],
    owner: Owner<'a>,
    spots: &mut Vec<Spot<'a>>,
) {
    for (index, stmt) in block.iter().enumerate() {
        spots.push(Spot {
            stmt,
            block,
            index,
            around: around.to_vec(),
            owner,
        });
        let mut inner = around.to_vec();
        inner.push(stmt);
        for block in blocks(stmt) {
            collect(&block.stmts, &inner, owner, spots);
        }
    }
}

/// A statement without the name of its step.
pub fn bare(stmt: &Stmt) -> &Stmt {
    match &stmt.kind {
        StmtKind::Named { stmt, .. } => bare(stmt),
        _ => stmt,
    }
}

/// The blocks directly in a statement.
pub fn blocks(stmt: &Stmt) -> Vec<&Block> {
    match &bare(stmt).kind {
        StmtKind::If(it) => {
            let bodies = it.branches.iter().map(|branch| &branch.body);
            bodies.chain(&it.otherwise).collect()
        }
        StmtKind::While(it) => vec![&it.body],
        StmtKind::For(it) => vec![&it.body],
        StmtKind::Loop(block) | StmtKind::Atomic(block) => vec![block],
        StmtKind::Match(it) => it.arms.iter().map(|arm| &arm.body).collect(),
        StmtKind::With(it) => vec![&it.body],
        StmtKind::Either(blocks) => blocks.iter().collect(),
        StmtKind::Select(it) => it.arms.iter().map(|arm| &arm.body).collect(),
        StmtKind::Try(it) => {
            let handlers = it.catches.iter().map(|catch| &catch.body);
            std::iter::once(&it.body)
                .chain(handlers)
                .chain(&it.finally)
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The expressions of a statement itself, without those of the blocks in it.
pub fn own_exprs(stmt: &Stmt) -> Vec<&Expr> {
    match &bare(stmt).kind {
        StmtKind::Let(it) => vec![&it.value],
        StmtKind::Assign(it) => vec![&it.target, &it.value],
        StmtKind::Expr(it) => vec![it],
        StmtKind::If(it) => it
            .branches
            .iter()
            .map(|it| condition(&it.condition))
            .collect(),
        StmtKind::While(it) => vec![condition(&it.condition)],
        StmtKind::For(it) => vec![&it.over],
        StmtKind::Match(it) => vec![&it.value],
        StmtKind::With(it) => it.subjects.iter().collect(),
        StmtKind::Select(it) => it
            .arms
            .iter()
            .filter_map(|arm| match &arm.head {
                SelectHead::Operation { operation, .. } => Some(operation),
                _ => None,
            })
            .collect(),
        StmtKind::Return(Some(it)) => vec![it],
        StmtKind::Assert { condition, .. } => vec![condition],
        StmtKind::Print(it) => it.iter().collect(),
        _ => Vec::new(),
    }
}

/// What a condition looks at.
pub fn condition(it: &Condition) -> &Expr {
    match it {
        Condition::Expr(value) | Condition::Let { value, .. } => value,
    }
}

/// The parts directly in an expression.
fn parts(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Unary { operand, .. } => vec![operand],
        ExprKind::Chain { first, rest } => {
            let rest = rest.iter().map(|it| &it.expr);
            std::iter::once(&**first).chain(rest).collect()
        }
        ExprKind::Range(it) => vec![&it.start, &it.end],
        ExprKind::Index { base, index } => vec![base, index],
        ExprKind::Field { base, .. } => vec![base],
        ExprKind::Method(it) => std::iter::once(&it.receiver).chain(&it.args).collect(),
        ExprKind::Call(it) => it.args.iter().collect(),
        ExprKind::Spawn(it) => it.call.args.iter().collect(),
        ExprKind::Await(it) => vec![it],
        ExprKind::If(it) => {
            let branches = it.branches.iter().flat_map(|(test, value)| [test, value]);
            branches.chain([&it.otherwise]).collect()
        }
        ExprKind::Array(it) => it.iter().collect(),
        _ => Vec::new(),
    }
}

/// Every expression in and below an expression, outer ones first.
pub fn all(expr: &Expr) -> Vec<&Expr> {
    let mut found = Vec::new();
    let mut left = vec![expr];
    while let Some(next) = left.pop() {
        found.push(next);
        left.extend(parts(next).into_iter().rev());
    }
    found
}

/// Whether an expression names something.
pub fn mentions(expr: &Expr, name: &str) -> bool {
    all(expr)
        .iter()
        .any(|it| matches!(&it.kind, ExprKind::Name(ident) if ident.text == name))
}

/// Every name in a statement itself, with what it declares and calls.
pub fn names_in(stmt: &Stmt) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    if let StmtKind::Let(it) = &bare(stmt).kind {
        found.push(&it.name.text);
    }
    for expr in own_exprs(stmt).into_iter().flat_map(all) {
        match &expr.kind {
            ExprKind::Name(ident) => found.push(&ident.text),
            ExprKind::Call(call) => found.push(&call.name.text),
            ExprKind::Spawn(spawn) => found.push(&spawn.call.name.text),
            _ => {}
        }
    }
    found
}

/// Whether a statement itself names something, outside the blocks in it.
pub fn names(stmt: &Stmt, name: &str) -> bool {
    own_exprs(stmt).iter().any(|it| mentions(it, name))
}

/// Whether a statement or a block in it names something.
pub fn names_anywhere(stmt: &Stmt, name: &str) -> bool {
    names(stmt, name)
        || blocks(stmt)
            .iter()
            .any(|block| block.stmts.iter().any(|it| names_anywhere(it, name)))
}

/// The name an expression is, if it is nothing else.
pub fn name_of(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(ident) => Some(&ident.text),
        _ => None,
    }
}

/// The name that an element or field belongs to: `a` of `a[i].x`.
pub fn root_of(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(ident) => Some(&ident.text),
        ExprKind::Index { base, .. } | ExprKind::Field { base, .. } => root_of(base),
        _ => None,
    }
}

/// The method call that a statement is, with or without `await`: `m.lock()`.
pub fn call_of(stmt: &Stmt) -> Option<&Method> {
    let StmtKind::Expr(expr) = &bare(stmt).kind else {
        return None;
    };
    method_of(expr)
}

/// The list to which a statement appends one value, and the value.
pub fn appended(stmt: &Stmt) -> Option<(&str, &Expr)> {
    let call = call_of(stmt).filter(|it| it.name.text == "append")?;
    match call.args.as_slice() {
        [value] => Some((name_of(&call.receiver)?, value)),
        _ => None,
    }
}

/// What a statement computes, and the name that it gives to it.
pub fn value_of(stmt: &Stmt) -> Option<(&Expr, Option<&str>)> {
    match &bare(stmt).kind {
        StmtKind::Let(it) => Some((&it.value, Some(&it.name.text))),
        StmtKind::Expr(it) => Some((it, None)),
        _ => None,
    }
}

/// What a statement spawns, with the expression and the name of the handle.
pub fn spawn_of(stmt: &Stmt) -> Option<(&Spawn, &Expr, Option<&str>)> {
    let (expr, handle) = value_of(stmt)?;
    match &expr.kind {
        ExprKind::Spawn(spawn) => Some((spawn, expr, handle)),
        _ => None,
    }
}

/// The method call that an expression is, with or without `await`.
pub fn method_of(expr: &Expr) -> Option<&Method> {
    match &expr.kind {
        ExprKind::Method(method) => Some(method),
        ExprKind::Await(inner) => method_of(inner),
        _ => None,
    }
}

/// What a statement waits for, if it is `wait_until(…)`.
pub fn waits_until(stmt: &Stmt) -> Option<&Expr> {
    match &bare(stmt).kind {
        StmtKind::Expr(expr) => match &expr.kind {
            ExprKind::Call(call) if call.name.text == "wait_until" => call.args.first(),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a statement is `name.method(…)`.
pub fn is_call(stmt: &Stmt, name: &str, methods: &[&str]) -> bool {
    call_of(stmt).is_some_and(|it| {
        root_of(&it.receiver) == Some(name) && methods.contains(&it.name.text.as_str())
    })
}

/// Whether a statement has no block in it.
pub fn is_simple(stmt: &Stmt) -> bool {
    blocks(stmt).is_empty()
}
