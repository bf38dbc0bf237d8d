//! What an `always` or a `sometimes` looks at: memory, objects, who runs, locals. For each
//! such property there is a resource that every change of this changes, so that all orders
//! of these changes are kept, and with them every sequence of what the property sees.

use super::resources::Resources;
use super::uses::{Class, Uses};
use super::values::eval;
use crate::base::{Mistake, planted};
use crate::program::{CellRef, Expr, Program, PropertyKind, Query};

/// What a property about states looks at.
#[derive(Debug)]
pub(super) struct Watched {
    /// Words of memory.
    words: Vec<bool>,
    /// Other resources.
    others: Vec<usize>,
    /// Its own resource.
    resource: usize,
}

/// The conditions of properties about states.
pub(super) fn about_states(program: &Program) -> Vec<&Expr> {
    { program.properties.iter() }
        .filter_map(|property| match &property.kind {
            PropertyKind::Always(expr) | PropertyKind::Sometimes(expr) => Some(expr),
            _ => None,
        })
        .collect()
}

impl Resources<'_> {
    /// Watches what a property looks at.
    pub(super) fn watch(&self, property: &Expr, resource: usize) -> Watched {
        let (mut others, mut objects) = (Vec::new(), Vec::new());
        property.each(&mut |expr| match expr {
            Expr::Query(Query::IsAlive, _) => others.extend([self.ends, self.spawns]),
            Expr::Query(Query::IsDone, _) => others.extend([self.futures, self.numbers]),
            Expr::Query(_, object) | Expr::Entry { object, .. } => {
                objects.extend(self.objects(object, &|expr| eval(expr, &|_| None), |_| true));
            }
            Expr::Observed(id) => others.push(self.observed + id.index()),
            _ => {}
        });
        others.extend(objects.into_iter().map(|id| self.object(id)));
        Watched {
            words: words_read(self.program(), property),
            others,
            resource,
        }
    }

    /// Whether a property looks at a resource.
    pub(super) fn is_watched(&self, resource: usize) -> bool {
        self.watched.iter().any(|property| {
            property.words.get(resource) == Some(&true) || property.others.contains(&resource)
        })
    }

    /// A variable is written.
    pub(super) fn note_write(&self, place: &CellRef, uses: &mut Uses) {
        let program = self.program();
        let var = &program.vars[program.cells[place.base.index()].var.index()];
        let of_var = var.first.index()..var.first.index() + var.n as usize;
        for property in &self.watched {
            let looks = property.words[of_var.clone()].contains(&true);
            if looks && !planted(Mistake::WatchedForgotten) {
                uses.add(property.resource, Class::Change);
            }
        }
    }

    /// Something else may be changed by these uses.
    pub(super) fn note_watched(&self, uses: &mut Uses) {
        for property in &self.watched {
            let changes = property.others.iter().any(|&it| uses.changes(it));
            if changes && !planted(Mistake::ObjectsNotWatched) {
                uses.add(property.resource, Class::Change);
            }
        }
    }
}

/// The words of memory that an expression may read, whatever its indices are.
fn words_read(program: &Program, expr: &Expr) -> Vec<bool> {
    let mut words = vec![false; program.cells.len()];
    expr.each(&mut |expr| {
        if let Expr::Cell(place) = expr {
            let var = &program.vars[program.cells[place.base.index()].var.index()];
            words[var.first.index()..var.first.index() + var.n as usize].fill(true);
        }
    });
    words
}
