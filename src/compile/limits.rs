//! Limits of what can be compiled, checked before any table is built.

use super::types::Types;
use crate::base::{ACTORS_MAX, Diagnostic, Span};
use crate::hir::{ObjectKind, Scenario, StructId, Type};

/// Words of shared memory, and of one struct.
pub(super) const CELLS_MAX: usize = 65_536;
/// Synchronisation objects, arrays counted by their elements.
pub(super) const OBJECTS_MAX: usize = 65_536;
/// Registers of one function: words of its locals and intermediate values.
pub(super) const REGISTERS_MAX: usize = 32_767;
/// Instructions of all functions.
pub(super) const INSTRUCTIONS_MAX: usize = 1_000_000;

/// Everything that is too large or not supported yet among the declarations.
pub(super) fn check(scenario: &Scenario, types: &Types) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    check_structs(scenario, types, &mut errors);
    check_cells(scenario, types, &mut errors);
    check_objects(scenario, &mut errors);
    check_actors(scenario, &mut errors);
    errors
}

/// A construct that has a meaning but no code yet.
pub(super) fn unsupported(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error("E099", span, format!("{what}: not supported yet"))
        .label("this version cannot check it")
}

fn check_structs(scenario: &Scenario, types: &Types, errors: &mut Vec<Diagnostic>) {
    for (row, def) in scenario.structs.iter().enumerate() {
        if types.width(&Type::Struct(StructId::new(row))) > CELLS_MAX {
            let message = format!("a `{}` has more than {CELLS_MAX} words", def.name);
            errors.push(Diagnostic::error("E090", scenario.span, message));
        }
    }
}

fn check_cells(scenario: &Scenario, types: &Types, errors: &mut Vec<Diagnostic>) {
    let mut total = 0_usize;
    let vars = scenario.vars.iter().map(|var| {
        let words = var.dims.iter().fold(types.width(&var.ty), |words, &len| {
            words.saturating_mul(len as usize)
        });
        (var.span, words)
    });
    let collections = scenario.objects.iter().map(|decl| {
        let words = collection_words(&decl.kind, types);
        (
            decl.span,
            words.saturating_mul(decl.len.unwrap_or(1) as usize),
        )
    });
    for (span, words) in vars.chain(collections) {
        total = total.saturating_add(words);
        if total > CELLS_MAX {
            let message = format!("more than {CELLS_MAX} words of shared memory");
            errors.push(
                Diagnostic::error("E090", span, message)
                    .label("with this declaration the limit is passed")
                    .help("make arrays shorter: a few elements show the same bugs"),
            );
            return;
        }
    }
}

/// Words of memory of a list or map; none for another object.
fn collection_words(kind: &ObjectKind, types: &Types) -> usize {
    let (capacity, width) = match kind {
        ObjectKind::List { capacity, element } => (*capacity, types.width(element)),
        ObjectKind::Map {
            capacity,
            key,
            value,
        } => (
            *capacity,
            types.width(key).saturating_add(types.width(value)),
        ),
        _ => return 0,
    };
    (capacity as usize).saturating_mul(width).saturating_add(1)
}

fn check_objects(scenario: &Scenario, errors: &mut Vec<Diagnostic>) {
    let mut total = 0_usize;
    for decl in &scenario.objects {
        total = total.saturating_add(decl.len.unwrap_or(1) as usize);
        if total > OBJECTS_MAX {
            let message = format!("more than {OBJECTS_MAX} synchronisation objects");
            errors.push(
                Diagnostic::error("E094", decl.span, message)
                    .label("with this declaration the limit is passed")
                    .help("make the arrays shorter"),
            );
            return;
        }
    }
}

/// Workers are actors, too.
fn check_workers(scenario: &Scenario, errors: &mut Vec<Diagnostic>) {
    let mut total = scenario.actors.len();
    for decl in &scenario.objects {
        let ObjectKind::Executor { workers, .. } = decl.kind else {
            continue;
        };
        let n = workers as usize * decl.len.unwrap_or(1) as usize;
        if total.saturating_add(n) > ACTORS_MAX && total <= ACTORS_MAX {
            let message = format!("more than {ACTORS_MAX} actors, workers included");
            errors.push(
                Diagnostic::error("E093", decl.span, message)
                    .label("with these workers the limit is passed")
                    .help("one or two workers show the same bugs"),
            );
        }
        total = total.saturating_add(n);
    }
}

fn check_actors(scenario: &Scenario, errors: &mut Vec<Diagnostic>) {
    for group in &scenario.groups {
        let end = group.first.index() + group.n as usize;
        if end > ACTORS_MAX {
            let message = format!("more than {ACTORS_MAX} actors");
            errors.push(
                Diagnostic::error("E093", group.span, message)
                    .label("with this declaration the limit is passed")
                    .help("two or three of a kind show the same bugs"),
            );
            break;
        }
    }
    check_workers(scenario, errors);
}
