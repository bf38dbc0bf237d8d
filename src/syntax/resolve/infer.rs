//! Types that are not known yet: cells that are filled by use.
//!
//! An open type is written as an enum whose number lies in the upper half of
//! the range, so that resolved trees can be built with `hir::Type` from the
//! beginning. Cells live through all passes: what one pass learns about a
//! channel, the next pass knows where the channel is first mentioned.
//!
//! **Invariant:** [`Cells::full`] of a type contains no cell once
//! [`Cells::default_open`] has run and nothing new was opened.

use crate::base::Span;
use crate::hir::{EnumId, ObjectType, Type};

/// Numbers of enums from here on are cells.
const FIRST_CELL: u32 = 1 << 31;
/// Types inside types.
const DEPTH_MAX: u32 = 16;

/// All cells of one scenario.
#[derive(Default)]
pub struct Cells {
    cells: Vec<Cell>,
    /// Cells before this one are older than the present pass.
    watermark: usize,
    changed: bool,
    /// What is still open counts as `int`.
    defaulting: bool,
    /// A type was nested deeper than the limit.
    pub too_deep: Option<Span>,
}

struct Cell {
    bound: Option<Type>,
    /// The use that filled it.
    at: Option<Span>,
}

impl Cells {
    /// A new open type.
    pub fn fresh(&mut self) -> Type {
        self.push(None, None)
    }

    fn push(&mut self, bound: Option<Type>, at: Option<Span>) -> Type {
        let id = FIRST_CELL.saturating_add(u32::try_from(self.cells.len()).unwrap_or(u32::MAX));
        self.cells.push(Cell { bound, at });
        Type::Enum(EnumId(id))
    }

    /// From here on, only what is learned about older cells counts as a change.
    pub fn begin_pass(&mut self) {
        self.watermark = self.cells.len();
        self.changed = false;
    }

    /// Something new came up that an earlier part of this pass could have used.
    pub fn touch(&mut self) {
        self.changed = true;
    }

    /// Whether this pass learned something that an earlier part of it could have used.
    pub fn changed(&self) -> bool {
        self.changed
    }

    fn cell_of(&self, ty: &Type) -> Option<usize> {
        match ty {
            Type::Enum(id) if id.0 >= FIRST_CELL => {
                let index = (id.0 - FIRST_CELL) as usize;
                (index < self.cells.len()).then_some(index)
            }
            _ => None,
        }
    }

    /// The type with only its outermost part looked up.
    pub fn head(&self, ty: &Type) -> Type {
        let mut ty = ty;
        while let Some(bound) = self
            .cell_of(ty)
            .and_then(|cell| self.cells[cell].bound.as_ref())
        {
            ty = bound;
        }
        ty.clone()
    }

    /// Whether a part is open that only this pass knows of, as after a mistake.
    pub fn is_passing(&self, ty: &Type) -> bool {
        let mut ty = self.full(ty);
        loop {
            ty = match ty {
                Type::Object(ObjectType::Chan(of) | ObjectType::List(of)) => *of,
                Type::Object(ObjectType::Map(key, _)) if self.is_passing(&key) => return true,
                Type::Object(ObjectType::Map(_, value)) => *value,
                Type::Future(of) | Type::Futures(of, _) | Type::Values(of, _) | Type::Task(of) => {
                    *of
                }
                other => {
                    return self
                        .cell_of(&other)
                        .is_some_and(|cell| cell >= self.watermark);
                }
            };
        }
    }

    /// Whether not even the outermost part is known.
    pub fn is_open(&self, ty: &Type) -> bool {
        self.cell_of(&self.head(ty)).is_some()
    }

    /// The type with all its parts looked up; what is open stays open.
    pub fn full(&self, ty: &Type) -> Type {
        self.full_to(ty, DEPTH_MAX)
    }

    fn full_to(&self, ty: &Type, depth: u32) -> Type {
        let Some(depth) = depth.checked_sub(1) else {
            return Type::Int;
        };
        let inner = |ty: &Type| Box::new(self.full_to(ty, depth));
        match self.head(ty) {
            Type::Object(ObjectType::Chan(of)) => Type::Object(ObjectType::Chan(inner(&of))),
            Type::Object(ObjectType::List(of)) => Type::Object(ObjectType::List(inner(&of))),
            Type::Object(ObjectType::Map(key, value)) => {
                Type::Object(ObjectType::Map(inner(&key), inner(&value)))
            }
            Type::Future(of) => Type::Future(inner(&of)),
            Type::Futures(of, n) => Type::Futures(inner(&of), n),
            Type::Values(of, n) => Type::Values(inner(&of), n),
            Type::Task(of) => Type::Task(inner(&of)),
            open if self.defaulting && self.cell_of(&open).is_some() => Type::Int,
            other => other,
        }
    }

    /// Makes two types one; false if they cannot be.
    pub fn unify(&mut self, a: &Type, b: &Type, at: Span) -> bool {
        self.unify_to(a, b, at, DEPTH_MAX)
    }

    fn unify_to(&mut self, a: &Type, b: &Type, at: Span, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            self.too_deep.get_or_insert(at);
            return true;
        };
        let (a, b) = (self.head(a), self.head(b));
        match (self.cell_of(&a), self.cell_of(&b)) {
            (Some(x), Some(y)) if x == y => true,
            // The older one survives, so that nothing old depends on this pass.
            (Some(x), Some(y)) if x < y => self.bind(y, a, at),
            (_, Some(y)) => self.bind(y, a, at),
            (Some(x), None) => self.bind(x, b, at),
            (None, None) => match (a, b) {
                (Type::Object(ObjectType::Chan(a)), Type::Object(ObjectType::Chan(b)))
                | (Type::Object(ObjectType::List(a)), Type::Object(ObjectType::List(b)))
                | (Type::Future(a), Type::Future(b))
                | (Type::Task(a), Type::Task(b)) => self.unify_to(&a, &b, at, depth),
                (Type::Object(ObjectType::Map(a, x)), Type::Object(ObjectType::Map(b, y))) => {
                    self.unify_to(&a, &b, at, depth) && self.unify_to(&x, &y, at, depth)
                }
                (Type::Futures(a, n), Type::Futures(b, m))
                | (Type::Values(a, n), Type::Values(b, m)) => {
                    n == m && self.unify_to(&a, &b, at, depth)
                }
                (a, b) => a == b,
            },
        }
    }

    fn bind(&mut self, cell: usize, ty: Type, at: Span) -> bool {
        if self.is_too_deep(&ty) {
            self.too_deep.get_or_insert(at);
            return true;
        }
        self.cells[cell] = Cell {
            bound: Some(ty),
            at: Some(at),
        };
        self.changed |= cell < self.watermark;
        true
    }

    fn is_too_deep(&self, ty: &Type) -> bool {
        let mut ty = self.head(ty);
        for _ in 0..DEPTH_MAX / 2 {
            ty = match ty {
                Type::Object(ObjectType::Chan(of) | ObjectType::List(of)) => self.head(&of),
                // A key is one word: what nests stands in the value.
                Type::Object(ObjectType::Map(_, value)) => self.head(&value),
                Type::Future(of) | Type::Futures(of, _) | Type::Values(of, _) | Type::Task(of) => {
                    self.head(&of)
                }
                _ => return false,
            };
        }
        true
    }

    /// Where it was decided what this type is, if that was learned from a use.
    pub fn fixed_at(&self, ty: &Type) -> Option<Span> {
        let mut at = None;
        let mut ty = ty;
        while let Some(cell) = self.cell_of(ty) {
            at = self.cells[cell].at.or(at);
            match &self.cells[cell].bound {
                Some(bound) => ty = bound,
                None => break,
            }
        }
        at
    }

    /// From here on, what nobody decided is an `int`; false if nothing is new by that.
    pub fn default_open(&mut self) -> bool {
        let first = !std::mem::replace(&mut self.defaulting, true);
        let mut any = false;
        for cell in self.cells.iter_mut().filter(|cell| cell.bound.is_none()) {
            cell.bound = Some(Type::Int);
            any = true;
        }
        first && any
    }
}
