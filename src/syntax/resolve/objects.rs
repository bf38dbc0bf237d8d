//! Shared memory and synchronisation objects, with their constants.

use super::codes;
use super::names::{Def, Wanted};
use super::state::{Body, BodyKind, Resolver};
use crate::base::{Diagnostic, Span};
use crate::hir::{LockRef, ObjectDecl, ObjectDeclId, ObjectKind, RwPolicy, Type, Var, VarId};
use crate::syntax::ast;

/// Elements of all arrays of a scenario together.
pub const CELLS_MAX: u64 = 65_536;
/// Elements in a channel.
const CAPACITY_MAX: i64 = 65_536;
/// The largest count of a semaphore or latch.
const COUNT_MAX: i64 = i64::MAX;

impl<'a> Resolver<'a> {
    /// Declares all objects by name, then resolves what they are made of, so that
    /// `cond c on m` may stand before `lock m`.
    pub fn declare_objects(&mut self, items: &'a [ast::Item]) {
        let mut cells = 0u64;
        let mut declared = Vec::new();
        for item in items {
            let ast::Item::Object(object) = item else {
                continue;
            };
            let Some(dims) = self.dims(object, &mut cells) else {
                self.declare(&object.name, false, Def::Unsupported);
                continue;
            };
            match &object.kind {
                ast::ObjectKind::Var { .. } | ast::ObjectKind::Atomic { .. } => {
                    let id = VarId::new(self.out.vars.len());
                    self.declare(&object.name, false, Def::Var(id));
                    let var = self.empty_var(object, dims);
                    self.out.vars.push(var);
                    declared.push((object, Def::Var(id)));
                }
                _ => {
                    let Some(kind) = self.object_kind(object) else {
                        self.declare(&object.name, false, Def::Unsupported);
                        continue;
                    };
                    let id = ObjectDeclId::new(self.out.objects.len());
                    self.declare(&object.name, false, Def::Object(id));
                    let decl = self.object_decl(object, kind, &dims);
                    self.out.objects.push(decl);
                    declared.push((object, Def::Object(id)));
                }
            }
        }
        for (object, def) in declared {
            match def {
                Def::Var(id) => self.finish_var(object, id, &mut cells),
                Def::Object(id) => self.finish_object(object, id),
                _ => {}
            }
        }
    }

    fn dims(&mut self, object: &ast::Object, cells: &mut u64) -> Option<Vec<u32>> {
        let mut dims = Vec::new();
        let mut total = 1u64;
        for dim in &object.dims {
            let most = i64::try_from(CELLS_MAX).unwrap_or(i64::MAX);
            let n = self.constant_in(
                dim,
                "the length of an array",
                (1, most),
                codes::TOO_MANY_CELLS,
            )?;
            total = total.saturating_mul(u64::from(n));
            dims.push(n);
        }
        *cells = cells.saturating_add(total);
        if *cells > CELLS_MAX {
            self.too_many_cells(object.span);
            return None;
        }
        Some(dims)
    }

    /// Reports more elements than the limit.
    pub fn too_many_cells(&mut self, span: Span) {
        self.report(
            Diagnostic::error(
                codes::TOO_MANY_CELLS,
                span,
                format!("more than {CELLS_MAX} array elements in this scenario"),
            )
            .label("the limit is passed here")
            .help("a model needs few elements: two or three show the same bugs"),
        );
    }

    fn empty_var(&mut self, object: &ast::Object, dims: Vec<u32>) -> Var {
        let atomic = matches!(object.kind, ast::ObjectKind::Atomic { .. });
        Var {
            name: object.name.text.clone(),
            span: object.name.span,
            ty: self.cells.fresh(),
            dims,
            initial: Vec::new(),
            range: None,
            atomic,
            guarded_by: None,
            shared: object.shared.is_some(),
        }
    }

    fn finish_var(&mut self, object: &ast::Object, id: VarId, cells: &mut u64) {
        let (ty, init, guard) = match &object.kind {
            ast::ObjectKind::Var {
                ty,
                init,
                guarded_by,
            } => (ty, init, guarded_by.as_ref()),
            ast::ObjectKind::Atomic { ty, init } => (ty, init, None),
            _ => return,
        };
        let open = self.out.vars[id.index()].ty.clone();
        if let Some(ty) = ty {
            let (known, range) = self.written_type(ty);
            self.cells.unify(&open, &known, ty.span);
            self.out.vars[id.index()].range = range;
        }
        let n = elements(&self.out.vars[id.index()].dims);
        let initial = match init {
            Some(init) => self.initial_values(id, init, n),
            None => Vec::new(),
        };
        let ty = self.cells.full(&open);
        let width = self.width(&ty);
        *cells =
            cells.saturating_add((width as u64 - width.min(1) as u64).saturating_mul(n as u64));
        if *cells > CELLS_MAX {
            self.too_many_cells(object.span);
            return;
        }
        self.out.vars[id.index()].initial = initial;
        if self.out.vars[id.index()].atomic && width > 1 {
            self.report(
                Diagnostic::error(
                    codes::NOT_A_WORD,
                    object.name.span,
                    "an atomic holds one word",
                )
                .label("this is a struct")
                .help("make each field an `atomic` of its own, or guard a `var` with a lock"),
            );
        }
        self.check_range(object, id, init.as_ref());
        let lock = guard.and_then(|guard| self.lock_ref(guard, "guarded_by"));
        if let (Some(guard), Some(lock)) = (guard, lock) {
            self.check_shared_lock(object, guard.span, lock, "guard");
        }
        self.out.vars[id.index()].guarded_by = lock;
    }

    fn check_range(&mut self, object: &ast::Object, id: VarId, init: Option<&ast::Expr>) {
        let var = &self.out.vars[id.index()];
        let Some((from, to)) = var.range else { return };
        let outside = var
            .initial
            .iter()
            .copied()
            .find(|word| !(from..=to).contains(word));
        if let Some(word) = outside {
            let span = init.map_or(object.name.span, |init| init.span);
            self.outside_range(span, word, (from, to));
        }
    }

    /// Reports a list that does not fit its array.
    pub fn wrong_list(&mut self, span: Span, message: String) {
        self.report(
            Diagnostic::error(codes::SHAPE, span, message)
                .label("the list must have the shape of the array")
                .help("a single value is given to every element: `var a[3] = 0`"),
        );
    }

    /// A single object or constant element, if the expression names one.
    pub fn object_element(&mut self, expr: &ast::Expr) -> Option<(ObjectDeclId, u32)> {
        let (name, index) = match &expr.kind {
            ast::ExprKind::Name(name) => (name, None),
            ast::ExprKind::Index { base, index } => match &base.kind {
                ast::ExprKind::Name(name) => (name, Some(index)),
                _ => return None,
            },
            _ => return None,
        };
        let Def::Object(object) = self.names.lookup(&name.text, false)?.def else {
            return None;
        };
        let len = self.out.objects[object.index()].len;
        match (index, len) {
            (None, None) => Some((object, 0)),
            (Some(index), Some(len)) => {
                let last = i64::from(len) - 1;
                let what = "the index of an element";
                let at = self.constant_in(index, what, (0, last), codes::OUT_OF_RANGE)?;
                Some((object, at))
            }
            _ => None,
        }
    }

    /// The constant lock after `guarded_by` or `on`.
    pub fn lock_ref(&mut self, expr: &ast::Expr, word: &str) -> Option<LockRef> {
        if matches!(expr.kind, ast::ExprKind::Error) {
            self.broken = true;
            return None;
        }
        let before = self.diagnostics.len();
        if let Some((decl, element)) = self.object_element(expr)
            && matches!(self.out.objects[decl.index()].kind, ObjectKind::Lock { .. })
        {
            return Some(LockRef { decl, element });
        }
        if self.diagnostics.len() == before {
            self.not_a_lock(expr, word);
        }
        None
    }

    fn not_a_lock(&mut self, expr: &ast::Expr, word: &str) {
        let root = match &expr.kind {
            ast::ExprKind::Name(name) => Some(name),
            ast::ExprKind::Index { base, .. } => match &base.kind {
                ast::ExprKind::Name(name) => Some(name),
                _ => None,
            },
            _ => None,
        };
        let named = root.and_then(|name| self.names.lookup(&name.text, false));
        if let (Some(name), None) = (root, named) {
            self.unknown_name(name, Wanted::Lock);
            return;
        }
        let text = self.source.slice(expr.span);
        let mut diagnostic = Diagnostic::error(
            codes::NOT_A_LOCK,
            expr.span,
            format!("`{word}` takes one lock, `{text}` is none"),
        )
        .label("a declared `lock` is asked for");
        if let Some(named) = named {
            diagnostic = diagnostic.secondary(named.span, "declared here");
            if let Def::Object(id) = named.def
                && let ObjectDecl {
                    len: Some(_),
                    kind: ObjectKind::Lock { .. },
                    ..
                } = &self.out.objects[id.index()]
            {
                diagnostic = diagnostic.help(format!(
                    "it is an array: name one element, as in `{text}[0]`"
                ));
            }
        }
        self.report(diagnostic);
    }

    fn object_decl(&mut self, object: &ast::Object, kind: ObjectKind, dims: &[u32]) -> ObjectDecl {
        if dims.len() > 1 {
            self.report(
                Diagnostic::error(
                    codes::SHAPE,
                    object.name.span,
                    "an array of objects has one dimension",
                )
                .label("declared with more")
                .help("compute one index: `row * 3 + column`"),
            );
        }
        ObjectDecl {
            name: object.name.text.clone(),
            span: object.name.span,
            kind,
            len: dims.first().copied(),
            initial: Vec::new(),
            guarded_by: None,
            shared: object.shared.is_some(),
        }
    }

    /// What an object is, as far as it needs no other; `None` after reporting.
    fn object_kind(&mut self, object: &ast::Object) -> Option<ObjectKind> {
        Some(match &object.kind {
            ast::ObjectKind::Var { .. } | ast::ObjectKind::Atomic { .. } => return None,
            ast::ObjectKind::Lock { reentrant, unowned } => ObjectKind::Lock {
                reentrant: reentrant.is_some(),
                unowned: unowned.is_some(),
            },
            ast::ObjectKind::RwLock { prefer } => ObjectKind::RwLock {
                policy: match prefer.map(|prefer| prefer.who) {
                    None | Some(ast::Preferred::Readers) => RwPolicy::Readers,
                    Some(ast::Preferred::Writers) => RwPolicy::Writers,
                    Some(ast::Preferred::Fair) => RwPolicy::Fair,
                },
            },
            ast::ObjectKind::Sem { .. } => ObjectKind::Sem { max: None },
            ast::ObjectKind::Cond { fifo, spurious, .. } => ObjectKind::Cond {
                lock: LockRef {
                    decl: ObjectDeclId(0),
                    element: 0,
                },
                fifo: fifo.is_some(),
                spurious: spurious.is_some(),
            },
            ast::ObjectKind::Event { auto } => ObjectKind::Event {
                auto: auto.is_some(),
            },
            ast::ObjectKind::Barrier { parties } => ObjectKind::Barrier {
                parties: self.size(
                    parties.as_ref(),
                    "the number of a barrier's parties",
                    1,
                    CAPACITY_MAX,
                )?,
            },
            ast::ObjectKind::Once => ObjectKind::Once,
            ast::ObjectKind::Latch { .. } => ObjectKind::Latch,
            ast::ObjectKind::Chan { capacity, .. } => ObjectKind::Chan {
                capacity: match capacity {
                    None => None,
                    Some(_) => Some(self.size(capacity.as_ref(), "a capacity", 0, CAPACITY_MAX)?),
                },
                element: self.cells.fresh(),
            },
            ast::ObjectKind::Executor { process, workers } => ObjectKind::Executor {
                workers: self.size(workers.as_ref(), "the number of workers", 1, CAPACITY_MAX)?,
                process: process.is_some(),
            },
            ast::ObjectKind::List { capacity, .. } => ObjectKind::List {
                capacity: self.size(capacity.as_ref(), "the size of a list", 1, CAPACITY_MAX)?,
                element: self.cells.fresh(),
            },
            ast::ObjectKind::Map { capacity, .. } => ObjectKind::Map {
                capacity: self.size(capacity.as_ref(), "the size of a map", 1, CAPACITY_MAX)?,
                key: self.cells.fresh(),
                value: self.cells.fresh(),
            },
        })
    }

    fn size(
        &mut self,
        size: Option<&ast::Expr>,
        what: &'static str,
        least: i64,
        most: i64,
    ) -> Option<u32> {
        let Some(size) = size else {
            self.broken = true;
            return None;
        };
        self.constant_in(size, what, (least, most), codes::CAPACITY_LIMIT)
    }

    fn finish_object(&mut self, object: &ast::Object, id: ObjectDeclId) {
        match &object.kind {
            ast::ObjectKind::Sem { bounded, init, max } => {
                let what = "the number of permits";
                let initial = self.counts(init.as_ref(), id, what);
                let max = match max {
                    Some(max) => self.count(max, "the largest number of permits"),
                    None => bounded.and_then(|_| initial.iter().copied().max()),
                };
                self.check_permits(object, &initial, max);
                self.out.objects[id.index()].initial = initial;
                self.out.objects[id.index()].kind = ObjectKind::Sem { max };
            }
            ast::ObjectKind::Latch { count } => {
                self.broken |= count.is_none();
                let initial = self.counts(count.as_ref(), id, "the count of a latch");
                self.out.objects[id.index()].initial = initial;
            }
            ast::ObjectKind::Cond { on, fifo, spurious } => {
                self.broken |= on.is_none();
                let Some(lock) = on.as_ref().and_then(|on| self.lock_ref(on, "on")) else {
                    return;
                };
                let at = on.as_ref().map_or(object.span, |on| on.span);
                self.check_shared_lock(object, at, lock, "be the lock of");
                self.out.objects[id.index()].kind = ObjectKind::Cond {
                    lock,
                    fifo: fifo.is_some(),
                    spurious: spurious.is_some(),
                };
            }
            ast::ObjectKind::List { .. } | ast::ObjectKind::Map { .. } => {
                self.finish_collection(object, id);
            }
            ast::ObjectKind::Chan {
                element: Some(ty), ..
            } => {
                let known = self.plain_type(ty);
                if let ObjectKind::Chan { element, .. } = &self.out.objects[id.index()].kind {
                    let element = element.clone();
                    self.cells.unify(&element, &known, ty.span);
                }
            }
            _ => {}
        }
    }

    /// What all processes share needs a lock that all processes share.
    pub fn check_shared_lock(
        &mut self,
        object: &ast::Object,
        at: Span,
        lock: LockRef,
        verb: &'static str,
    ) {
        let decl = &self.out.objects[lock.decl.index()];
        if object.shared.is_none() || decl.shared {
            return;
        }
        let (shared, lock, declared) = (&object.name.text, decl.name.clone(), decl.span);
        self.report(
            Diagnostic::error(
                codes::SHARED_ON_OWN,
                at,
                format!("`{shared}` is shared, and its lock `{lock}` is not"),
            )
            .label("each process has its own")
            .secondary(declared, "declared here without `shared`")
            .help(format!(
                "a copy of `{lock}` in each process cannot {verb} the one `{shared}`; write \
                 `shared lock {lock}`"
            )),
        );
    }

    fn check_permits(&mut self, object: &ast::Object, initial: &[i64], max: Option<i64>) {
        if let Some(max) = max
            && let Some(above) = initial.iter().find(|&&n| n > max)
        {
            self.report(
                Diagnostic::error(
                    codes::OUT_OF_RANGE,
                    object.name.span,
                    format!(
                        "`{}` begins with {above} permits, more than its maximum",
                        object.name.text
                    ),
                )
                .label(format!("at most {max}")),
            );
        }
    }

    fn count(&mut self, expr: &ast::Expr, what: &'static str) -> Option<i64> {
        let value = self.constant_int(expr, what)?;
        if (0..=COUNT_MAX).contains(&value) {
            return Some(value);
        }
        self.report(
            Diagnostic::error(
                codes::OUT_OF_RANGE,
                expr.span,
                format!("{what} is at least 0"),
            )
            .label(format!("this is {value}")),
        );
        None
    }

    /// One count for all elements, or a list with one for each.
    fn counts(
        &mut self,
        init: Option<&ast::Expr>,
        id: ObjectDeclId,
        what: &'static str,
    ) -> Vec<i64> {
        let Some(init) = init else { return vec![0] };
        let ast::ExprKind::Array(values) = &init.kind else {
            return vec![self.count(init, what).unwrap_or(0)];
        };
        let n = self.out.objects[id.index()].len.map_or(0, |n| n as usize);
        if values.len() != n {
            self.wrong_list(
                init.span,
                format!("{} values for {n} elements", values.len()),
            );
        }
        values
            .iter()
            .map(|value| self.count(value, what).unwrap_or(0))
            .collect()
    }

    /// Properties and constants see the names of the scenario.
    pub fn enter_scenario(&mut self) {
        self.body = Body::new(BodyKind::Constant("a declaration"), false, Type::Unit);
    }
}

/// The number of elements of an array.
pub fn elements(dims: &[u32]) -> usize {
    dims.iter()
        .fold(1usize, |n, &dim| n.saturating_mul(dim as usize))
}
