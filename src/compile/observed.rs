//! Locals whose last value a property asks for: `actor.local`.

use rustc_hash::FxHashMap;

use super::types::Types;
use crate::hir::{ActorId, Expr, ExprKind, LocalId, PropertyKind, Scenario};
use crate::program::{Observed, ObservedId};

/// One row for each word of each observed local.
pub(super) struct ObservedLocals {
    table: Vec<Observed>,
    first: FxHashMap<(ActorId, LocalId), ObservedId>,
}

impl ObservedLocals {
    /// Finds all of them in properties and outcomes, in source order.
    pub fn new(scenario: &Scenario, types: &Types) -> Self {
        let mut found = ObservedLocals {
            table: Vec::new(),
            first: FxHashMap::default(),
        };
        for expr in property_expressions(scenario) {
            let mut rest = vec![expr];
            while let Some(expr) = rest.pop() {
                if let ExprKind::ActorLocal(actor, local) = expr.kind {
                    found.add(scenario, types, actor, local);
                }
                rest.extend(operands(expr).into_iter().rev());
            }
        }
        found
    }

    fn add(&mut self, scenario: &Scenario, types: &Types, actor: ActorId, local: LocalId) {
        if self.first.contains_key(&(actor, local)) {
            return;
        }
        self.first
            .insert((actor, local), ObservedId::new(self.table.len()));
        let row = &scenario.actors[actor.index()];
        let body = scenario.groups[row.group].body;
        let local = &scenario.functions[body.index()].locals[local.index()];
        for word in types.words(&local.ty) {
            self.table.push(Observed {
                name: format!("{}.{}{}", row.name, local.name, word.suffix),
                kind: word.kind,
            });
        }
    }

    /// The row of the local's first word, if it is observed.
    pub fn first(&self, actor: ActorId, local: LocalId) -> Option<ObservedId> {
        self.first.get(&(actor, local)).copied()
    }

    /// Whether some local of the actor is observed.
    pub fn has(&self, actor: ActorId) -> bool {
        self.first.keys().any(|&(of, _)| of == actor)
    }

    /// All rows in order.
    pub fn into_table(self) -> Vec<Observed> {
        self.table
    }
}

fn property_expressions(scenario: &Scenario) -> Vec<&Expr> {
    let mut all = Vec::new();
    for property in &scenario.properties {
        match &property.kind {
            PropertyKind::Always(expr)
            | PropertyKind::Finally(expr)
            | PropertyKind::Sometimes(expr)
            | PropertyKind::Eventually(expr) => all.push(expr),
            PropertyKind::LeadsTo(first, then) => all.extend([first, then]),
            PropertyKind::Order(..) => {}
        }
    }
    all.extend(
        scenario
            .outcomes
            .iter()
            .flat_map(|outcomes| &outcomes.values),
    );
    all
}

/// The expressions directly inside one, from left to right.
fn operands(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Const(_)
        | ExprKind::Local(_)
        | ExprKind::Group(_)
        | ExprKind::Object(_, None)
        | ExprKind::ActorLocal(..) => Vec::new(),
        ExprKind::Read(place) => place.indices.iter().collect(),
        ExprKind::Object(_, Some(inner))
        | ExprKind::Unary(_, inner)
        | ExprKind::Field(inner, _) => vec![inner],
        ExprKind::Binary(_, left, right)
        | ExprKind::And(left, right)
        | ExprKind::Or(left, right) => vec![left, right],
        ExprKind::If(condition, then, otherwise) => vec![condition, then, otherwise],
        ExprKind::Struct(fields) | ExprKind::Call(_, fields) => fields.iter().collect(),
        ExprKind::Method(_, receiver, args) => std::iter::once(&**receiver).chain(args).collect(),
        ExprKind::Atomic(_, place, args) => place.indices.iter().chain(args).collect(),
        ExprKind::Await(awaited) => awaited.exprs().iter().collect(),
        ExprKind::Spawn(spawn) => spawn.args.iter().collect(),
        ExprKind::Submit(submit) => std::iter::once(&submit.executor)
            .chain(&submit.args)
            .collect(),
        ExprKind::Pick(of, index) => vec![of, index],
        ExprKind::Any(choice) => vec![&choice.from, &choice.to],
    }
}
