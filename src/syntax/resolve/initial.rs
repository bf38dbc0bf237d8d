//! What variables hold at the beginning.

use super::objects::{CELLS_MAX, elements};
use super::state::Resolver;
use super::types::Because;
use crate::hir::{Expr, ExprKind, ObjectKind, Type, VarId};
use crate::syntax::ast;

impl Resolver<'_> {
    /// The words of all elements: one value for all, or a list with one for each.
    pub fn initial_values(&mut self, id: VarId, init: &ast::Expr, n: usize) -> Vec<i64> {
        let ty = self.out.vars[id.index()].ty.clone();
        if !matches!(init.kind, ast::ExprKind::Array(_)) {
            let Some(value) = self.initial_value(init, &ty) else {
                return Vec::new();
            };
            if value.len().saturating_mul(n) as u64 > CELLS_MAX {
                return Vec::new();
            }
            return value.repeat(n);
        }
        let mut leaves = Vec::new();
        let dims = self.out.vars[id.index()].dims.clone();
        if !self.flatten(init, &dims, &mut leaves) {
            return Vec::new();
        }
        let values = leaves.into_iter().map(|leaf| self.initial_value(leaf, &ty));
        let values = values.collect::<Vec<_>>();
        values
            .into_iter()
            .collect::<Option<Vec<_>>>()
            .unwrap_or_default()
            .concat()
    }

    /// The values of a nested list in row-major order; reports a wrong number.
    fn flatten<'e>(
        &mut self,
        init: &'e ast::Expr,
        dims: &[u32],
        leaves: &mut Vec<&'e ast::Expr>,
    ) -> bool {
        let ast::ExprKind::Array(values) = &init.kind else {
            leaves.push(init);
            return true;
        };
        let Some((&n, inner)) = dims.split_first() else {
            self.wrong_list(init.span, "a list of values for a single one".to_owned());
            return false;
        };
        if values.len() != n as usize {
            self.wrong_list(
                init.span,
                format!("{} values for {n} elements", values.len()),
            );
            return false;
        }
        for value in values {
            if !inner.is_empty() && !matches!(value.kind, ast::ExprKind::Array(_)) {
                self.wrong_list(value.span, "one value for a row of elements".to_owned());
                return false;
            }
            if !self.flatten(value, inner, leaves) {
                return false;
            }
        }
        true
    }

    /// The words of one element: a constant, or the number of a declared object.
    pub fn initial_value(&mut self, init: &ast::Expr, ty: &Type) -> Option<Vec<i64>> {
        if let Some((object, element)) = self.object_element(init) {
            let kind = Type::Object(self.out.objects[object.index()].kind.ty());
            if !self.cells.unify(ty, &kind, init.span) {
                let value = Expr {
                    kind: ExprKind::Object(object, None),
                    ty: kind,
                    span: init.span,
                };
                self.expect_type(value, ty, &Because::nothing());
                return None;
            }
            let before: usize = self.out.objects[..object.index()]
                .iter()
                .map(|decl| decl.len.map_or(1, |n| n as usize))
                .sum();
            return i64::try_from(before + element as usize)
                .ok()
                .map(|word| vec![word]);
        }
        self.constant(init, Some(ty), "the value at the beginning")
    }

    /// Fills in what only the uses of a variable decide: its type, and the words
    /// of one that was given no value. A handle or object begins as none, -1.
    pub fn finish_types(&mut self) {
        let mut total = 0u64;
        for at in 0..self.out.vars.len() {
            let ty = self.cells.full(&self.out.vars[at].ty);
            let words = elements(&self.out.vars[at].dims).saturating_mul(self.width(&ty));
            let unset = match (&ty, self.out.vars[at].range) {
                (Type::Object(_) | Type::Handle | Type::Future(_) | Type::Task(_), _) => -1,
                (_, Some((from, to))) if !(from..=to).contains(&0) => from,
                _ => 0,
            };
            total = total.saturating_add(words as u64);
            if total > CELLS_MAX {
                self.too_many_cells(self.out.vars[at].span);
                return;
            }
            let var = &mut self.out.vars[at];
            var.ty = ty;
            if var.initial.is_empty() {
                var.initial = vec![unset; words];
            }
        }
        for at in 0..self.out.objects.len() {
            if let ObjectKind::Chan { element, .. } = &self.out.objects[at].kind {
                let known = self.cells.full(element);
                if let ObjectKind::Chan { element, .. } = &mut self.out.objects[at].kind {
                    *element = known;
                }
            }
        }
        self.finish_collections(total);
    }
}
