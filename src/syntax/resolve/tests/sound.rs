//! What `hir` promises, checked on a resolved scenario.

use super::super::walk::{Node, walk, walk_expr};
use crate::hir::*;

/// Panics if the scenario breaks a promise.
pub fn check_sound(scenario: &Scenario) {
    for var in &scenario.vars {
        check_type(scenario, &var.ty);
        let n = var.dims.iter().map(|&n| n as usize).product::<usize>();
        assert_eq!(
            var.initial.len(),
            n * width(scenario, &var.ty),
            "words of `{}`",
            var.name
        );
        if let Some(lock) = var.guarded_by {
            check_lock(scenario, lock);
        }
    }
    for object in &scenario.objects {
        let n = object.len.unwrap_or(1) as usize;
        let entry = match &object.kind {
            ObjectKind::List { element, .. } => Some(width(scenario, element)),
            ObjectKind::Map { value, .. } => Some(1 + width(scenario, value)),
            _ => None,
        };
        match entry {
            Some(words) => assert_eq!(object.initial.len() % words, 0),
            None => assert!(matches!(object.initial.len(), 0 | 1) || object.initial.len() == n),
        }
        match &object.kind {
            ObjectKind::List { element, .. } => check_type(scenario, element),
            ObjectKind::Map { key, value, .. } => {
                check_type(scenario, key);
                check_type(scenario, value);
            }
            ObjectKind::Cond { lock, .. } => check_lock(scenario, *lock),
            ObjectKind::Chan { element, .. } => check_type(scenario, element),
            ObjectKind::Barrier { parties } => assert!(*parties >= 1),
            _ => {}
        }
    }
    for (at, group) in scenario.groups.iter().enumerate() {
        for member in group.first.index()..group.first.index() + group.n as usize {
            let actor = &scenario.actors[member];
            assert_eq!(actor.group, at);
            let body = &scenario.functions[group.body.index()];
            assert_eq!(actor.instance.args.len(), body.n_params);
        }
    }
    for function in &scenario.functions {
        assert!(function.n_params <= function.locals.len());
        function
            .locals
            .iter()
            .for_each(|local| check_type(scenario, &local.ty));
        check_type(scenario, &function.returns);
        walk(&function.body, &mut |node| {
            match node {
                Node::Stmt(stmt) => check_stmt(scenario, function, stmt),
                Node::Expr(expr) => check_expr(scenario, Some(function), expr),
            }
            true
        });
    }
    let claims = scenario
        .properties
        .iter()
        .flat_map(|property| match &property.kind {
            PropertyKind::Always(e)
            | PropertyKind::Finally(e)
            | PropertyKind::Sometimes(e)
            | PropertyKind::Eventually(e) => vec![e],
            PropertyKind::LeadsTo(a, b) => vec![a, b],
            PropertyKind::Order(a, b) => {
                assert!(a.index() < scenario.labels.len() && b.index() < scenario.labels.len());
                Vec::new()
            }
        });
    let observed = scenario
        .outcomes
        .iter()
        .flat_map(|outcomes| &outcomes.values);
    for claim in claims.chain(observed) {
        walk_expr(claim, &mut |expr| check_expr(scenario, None, expr));
    }
}

fn check_lock(scenario: &Scenario, lock: LockRef) {
    let decl = &scenario.objects[lock.decl.index()];
    assert!(matches!(decl.kind, ObjectKind::Lock { .. }));
    assert!(lock.element < decl.len.unwrap_or(1));
}

fn width(scenario: &Scenario, ty: &Type) -> usize {
    match ty {
        Type::Struct(id) => scenario.structs[id.index()]
            .fields
            .iter()
            .map(|f| width(scenario, &f.ty))
            .sum(),
        _ => 1,
    }
}

fn check_type(scenario: &Scenario, ty: &Type) {
    match ty {
        Type::Enum(id) => assert!(id.index() < scenario.enums.len(), "open type"),
        Type::Struct(id) => assert!(id.index() < scenario.structs.len()),
        Type::Object(ObjectType::Chan(of)) => check_type(scenario, of),
        _ => {}
    }
}

fn check_place(scenario: &Scenario, place: &Place) {
    let var = &scenario.vars[place.var.index()];
    assert_eq!(var.dims.len(), place.indices.len());
    let mut ty = var.ty.clone();
    for &field in &place.fields {
        let Type::Struct(id) = ty else {
            panic!("a field of no struct")
        };
        ty = scenario.structs[id.index()].fields[field].ty.clone();
    }
    assert_eq!(ty, place.ty);
}

fn check_stmt(scenario: &Scenario, function: &Function, stmt: &Stmt) {
    assert!(
        stmt.label
            .is_none_or(|label| label.index() < scenario.labels.len())
    );
    match &stmt.kind {
        StmtKind::Let(local, fields, value) => {
            let mut ty = function.locals[local.index()].ty.clone();
            for &field in fields {
                let Type::Struct(id) = ty else {
                    panic!("a field of no struct")
                };
                ty = scenario.structs[id.index()].fields[field].ty.clone();
            }
            assert_eq!(ty, value.ty);
        }
        StmtKind::Assign(place, value) => {
            check_place(scenario, place);
            assert_eq!(place.ty, value.ty);
        }
        StmtKind::Update(place, _, value) => {
            check_place(scenario, place);
            assert_eq!(place.ty, value.ty);
            assert!(!scenario.vars[place.var.index()].atomic);
        }
        StmtKind::If(condition, ..)
        | StmtKind::While(condition, _)
        | StmtKind::WaitUntil(condition)
        | StmtKind::Assert(condition, _) => {
            assert_eq!(condition.ty, Type::Bool);
        }
        StmtKind::Return(Some(value)) => assert_eq!(value.ty, function.returns),
        StmtKind::Return(None) => assert_eq!(function.returns, Type::Unit),
        StmtKind::With(kind, object, _) => {
            let wanted = match kind {
                WithKind::Lock => ObjectType::Lock,
                WithKind::Read | WithKind::Write => ObjectType::RwLock,
                WithKind::Permit => ObjectType::Sem,
                WithKind::First => ObjectType::Once,
                WithKind::Executor => ObjectType::Executor,
            };
            assert_eq!(object.ty, Type::Object(wanted));
        }
        _ => {}
    }
}

fn check_expr(scenario: &Scenario, function: Option<&Function>, expr: &Expr) {
    check_type(scenario, &expr.ty);
    match &expr.kind {
        ExprKind::Local(local) => {
            let function = function.expect("a property reads no plain local");
            assert_eq!(function.locals[local.index()].ty, expr.ty);
        }
        ExprKind::Read(place) | ExprKind::Atomic(_, place, _) => check_place(scenario, place),
        ExprKind::Call(id, args) => {
            let called = &scenario.functions[id.index()];
            assert_eq!(called.returns, expr.ty);
            let params = called.locals[..called.n_params]
                .iter()
                .map(|local| &local.ty);
            assert!(params.eq(args.iter().map(|arg| &arg.ty)));
        }
        ExprKind::Spawn(spawn) => {
            let called = &scenario.functions[spawn.function.index()];
            let params = called.locals[..called.n_params]
                .iter()
                .map(|local| &local.ty);
            assert!(params.eq(spawn.args.iter().map(|arg| &arg.ty)));
        }
        ExprKind::Submit(submit) => {
            let called = &scenario.functions[submit.function.index()];
            let params = called.locals[..called.n_params]
                .iter()
                .map(|local| &local.ty);
            assert!(params.eq(submit.args.iter().map(|arg| &arg.ty)));
            assert_eq!(expr.ty, Type::Future(Box::new(called.returns.clone())));
        }
        ExprKind::Object(decl, index) => {
            let decl = &scenario.objects[decl.index()];
            assert_eq!(decl.len.is_some(), index.is_some());
            assert_eq!(Type::Object(decl.kind.ty()), expr.ty);
        }
        ExprKind::Group(group) => assert!(*group < scenario.groups.len()),
        ExprKind::ActorLocal(actor, local) => {
            assert!(function.is_none());
            let group = scenario.actors[actor.index()].group;
            let body = scenario.groups[group].body;
            assert_eq!(
                scenario.functions[body.index()].locals[local.index()].ty,
                expr.ty
            );
        }
        ExprKind::Struct(parts) => {
            let n = match &expr.ty {
                Type::Struct(id) => scenario.structs[id.index()].fields.len(),
                Type::Futures(_, n) => *n as usize,
                _ => panic!("a struct of no struct type"),
            };
            assert_eq!(n, parts.len());
        }
        _ => {}
    }
}
