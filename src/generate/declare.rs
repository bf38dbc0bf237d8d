//! Declarations of a plan: event loops, memory, objects. Only what is used is declared.

use super::objects::{is_lock, object_kind, object_name, object_words};
use super::plan::{Object, Shape};
use super::processes::is_common;
use super::write::Writer;
use crate::hir::{self, LockRef, ObjectDecl, ObjectDeclId, Type};

impl Writer<'_> {
    /// Some task is there, and so are all loops.
    pub fn have_loops(&mut self) {
        let named = (1..=self.plan.loops).map(|number| format!("l{number}"));
        let loops = std::iter::once("the event loop".to_owned()).chain(named);
        self.made.loops = loops.collect();
    }

    pub fn declare_loops(&mut self) {
        for number in 1..=self.plan.loops {
            self.line();
            self.put(&format!("loop_thread l{number}"));
        }
    }

    pub fn declare_struct(&mut self) {
        if !self.is_used(|used| used.structs) {
            return;
        }
        self.line();
        self.put("struct Both { a: int, b: int }");
        let field = |name: &str| hir::Field {
            name: name.to_owned(),
            ty: Type::Int,
        };
        self.made.structs.push(hir::StructDef {
            name: "Both".to_owned(),
            fields: vec![field("a"), field("b")],
        });
    }

    pub fn declare_shared(&mut self) {
        let plan = self.plan;
        for (index, shared) in plan.shared.iter().enumerate() {
            if !self.is_used(|used| used.shared.contains(&index)) {
                continue;
            }
            self.line();
            self.put(if shared.common { "shared " } else { "" });
            self.put(if shared.atomic { "atomic " } else { "var " });
            let from = self.at();
            self.put(&format!("x{index}"));
            let span = self.span(from);
            self.put(if shared.shape == Shape::Array {
                "[2]"
            } else {
                ""
            });
            if let Some(most) = shared.most {
                self.put(&format!(": 0..={most}"));
            }
            let initial = shared.initial;
            self.put(&match shared.shape {
                Shape::Struct => format!(" = Both({initial}, {initial})"),
                _ => format!(" = {initial}"),
            });
            // What is shared takes a shared lock only.
            let guard = shared
                .guarded_by
                .filter(|&lock| !shared.atomic && (!shared.common || is_common(plan, lock)));
            let guarded_by = guard.and_then(|lock| {
                let (decl, row) = self.object(lock)?;
                matches!(row, Object::Lock { .. } | Object::RwLock(_)).then(|| {
                    self.put(&format!(" guarded_by {}", object_name(lock, row)));
                    LockRef { decl, element: 0 }
                })
            });
            self.made.vars.push(hir::Var {
                name: format!("x{index}"),
                span,
                ty: match shared.shape {
                    Shape::Struct => Type::Struct(hir::StructId(0)),
                    _ => Type::Int,
                },
                dims: match shared.shape {
                    Shape::Array => vec![2],
                    _ => Vec::new(),
                },
                initial: match shared.shape {
                    Shape::Word => vec![initial],
                    _ => vec![initial; 2],
                },
                range: shared.most.map(|most| (0, most)),
                atomic: shared.atomic,
                guarded_by,
                shared: shared.common,
            });
        }
    }

    pub fn declare_objects(&mut self) {
        let plan = self.plan;
        for (index, row) in plan.objects.iter().enumerate() {
            if !self.is_used(|used| used.objects.contains(&index)) {
                continue;
            }
            let mut lock = None;
            if let Object::Cond { lock: of, .. } = row {
                lock = self.object(*of).filter(|(_, row)| is_lock(row));
                if lock.is_none() {
                    continue;
                }
            }
            self.line();
            let (before, after) = object_words(row, plan);
            self.put(if is_common(plan, index) {
                "shared "
            } else {
                ""
            });
            self.put(before);
            let from = self.at();
            let name = object_name(index, row);
            self.put(&name);
            let span = self.span(from);
            let pair = plan.pairs.contains(&index);
            self.put(if pair { "[2]" } else { "" });
            self.put(&after);
            let guarded_by = self.guard(index, row);
            let initial = match row {
                Object::Sem { initial, .. } | Object::Latch(initial) => vec![*initial],
                Object::Entries { keyed, filled, .. } => super::entries::initial(*keyed, *filled),
                _ => Vec::new(),
            };
            self.made.objects.push(ObjectDecl {
                name,
                span,
                kind: object_kind(row, lock.map_or(ObjectDeclId(0), |(id, _)| id)),
                len: pair.then_some(2),
                initial,
                guarded_by,
                shared: is_common(plan, index),
            });
        }
    }

    /// The lock of a list or map: a shared one of what is shared.
    fn guard(&mut self, index: usize, row: &Object) -> Option<LockRef> {
        let Object::Entries {
            guarded_by: Some(lock),
            ..
        } = row
        else {
            return None;
        };
        let plan = self.plan;
        let known = plan.objects.get(*lock).is_some_and(is_lock);
        if !known || is_common(plan, index) && !is_common(plan, *lock) {
            return None;
        }
        let (decl, row) = self.object(*lock)?;
        self.put(&format!(" guarded_by {}", object_name(*lock, row)));
        Some(LockRef { decl, element: 0 })
    }
}
