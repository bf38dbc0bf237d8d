//! Lists and maps: what comes into some plans besides everything else, and how it
//! is written.
//!
//! They are drawn with a random source of their own, so that the rest of a seed's
//! plan does not depend on them. Positions and keys are small, so that actors meet.

use super::expressions::constant;
use super::plan::{Act, Block, Bool, Change, Int, LockMode, Look, Object, Plan, Property};
use super::random::Random;
use super::write::Writer;
use crate::hir::{BinaryOp, CollectionOp, EntryUpdate, Expr, ExprKind, Method, StmtKind, Type};

/// Puts a list or map, or two, into every third plan.
pub(super) fn add(plan: &mut Plan, seed: u64) {
    let mut random = Random::new(seed ^ 0x11b5_7a9e);
    if !random.one_in(3) {
        return;
    }
    let locks = plan.objects.iter().enumerate();
    let locks = locks.filter(|(_, row)| super::objects::is_lock(row));
    let locks: Vec<usize> = locks.map(|(at, _)| at).collect();
    let first = plan.objects.len();
    for _ in 0..=random.below(2) {
        let room = 1 + random.below(3) as u32;
        if random.one_in(2) && !plan.common.is_empty() {
            plan.common.push(plan.objects.len());
        }
        let guarded = !locks.is_empty() && random.one_in(4);
        plan.objects.push(Object::Entries {
            keyed: random.one_in(2),
            room,
            filled: random.below(room as usize + 1) as u32,
            guarded_by: guarded.then(|| random.pick(&locks)),
        });
    }
    let mut drawer = Drawer {
        random,
        first,
        n: plan.objects.len() - first,
        locks,
    };
    for thread in &mut plan.threads {
        drawer.sprinkle(&mut thread.body);
    }
    for function in &mut plan.functions {
        if drawer.random.one_in(2) {
            drawer.sprinkle(&mut function.body);
        }
    }
    for _ in 0..drawer.random.below(2) {
        let about = drawer.truth();
        let claim = drawer.random.pick(&[
            Property::Always(about.clone()),
            Property::Finally(about.clone()),
            Property::Sometimes(about),
        ]);
        plan.properties.push(claim);
    }
}

struct Drawer {
    random: Random,
    /// The first of its objects, and how many they are.
    first: usize,
    n: usize,
    locks: Vec<usize>,
}

impl Drawer {
    fn object(&mut self) -> usize {
        self.first + self.random.below(self.n)
    }

    fn small(&mut self) -> Int {
        let value = self.random.pick(&[0, 0, 1, 1, 2, -1]);
        Int::Const(value)
    }

    /// Puts some acts between those of a body.
    fn sprinkle(&mut self, body: &mut Block) {
        // Some of the other acts go, so that scenarios stay small.
        if body.len() > 3 && self.random.one_in(2) {
            body.truncate(3);
        }
        for _ in 0..1 + self.random.below(3) {
            let at = self.random.below(body.len() + 1);
            let act = self.act(2);
            body.insert(at, act);
        }
    }

    fn act(&mut self, depth: usize) -> Act {
        let object = self.object();
        match self.random.below(12) {
            0..=3 => self.change(object),
            4 | 5 => Act::Local(self.random.below(2), self.look(object)),
            6 if depth > 0 => Act::ForEntries(object, vec![self.act(depth - 1)]),
            7 | 8 if depth > 0 => Act::If(self.truth(), vec![self.act(depth - 1)], Vec::new()),
            9 if !self.locks.is_empty() => {
                let lock = self.random.pick(&self.locks.clone());
                Act::With(lock, LockMode::Exclusive, vec![self.act(0), self.act(0)])
            }
            10 if depth > 0 => match self.random.below(3) {
                0 => Act::Try(vec![self.act(depth - 1)], vec![self.act(0)]),
                1 => Act::Atomic(vec![self.act(depth - 1)]),
                _ => Act::WaitUntil(self.truth()),
            },
            _ => {
                // A read and a write computed from it.
                let key = self.small();
                let old = Int::Look(object, Look::Get, Box::new(key.clone()));
                let sum = Int::Add(Box::new(old), Box::new(Int::Const(1)));
                Act::Change(object, Change::Store, key, sum)
            }
        }
    }

    fn change(&mut self, object: usize) -> Act {
        let change = self.random.pick(&[
            Change::Put,
            Change::Put,
            Change::Store,
            Change::Add,
            Change::Insert,
            Change::Remove,
            Change::Sort,
            Change::Clear,
        ]);
        Act::Change(object, change, self.small(), self.small())
    }

    fn look(&mut self, object: usize) -> Int {
        let look = self.random.pick(&[
            Look::Entry,
            Look::Get,
            Look::GetOr,
            Look::SetDefault,
            Look::Pop,
            Look::PopFirst,
        ]);
        let key = self.small();
        Int::Look(object, look, Box::new(key))
    }

    fn truth(&mut self) -> Bool {
        let object = self.object();
        let value = self.small();
        match self.random.below(5) {
            0 => Bool::Is(object),
            1 => Bool::IsFull(object),
            2 => Bool::In(object, value),
            3 => Bool::Not(Box::new(Bool::In(object, value))),
            _ => Bool::Less(Int::Len(object), Int::Const(2)),
        }
    }
}

/// What stands around the name in a declaration.
pub(super) fn words(keyed: bool, room: u32, filled: u32) -> (&'static str, String) {
    let all = 0..filled;
    if keyed {
        let entries: Vec<String> = all.map(|at| format!("{at}: {at}")).collect();
        let begins = match entries.as_slice() {
            [] => String::new(),
            entries => format!(" = {{ {} }}", entries.join(", ")),
        };
        return ("map ", format!("({room}): int -> int{begins}"));
    }
    let entries: Vec<String> = all.map(|at| at.to_string()).collect();
    let begins = match entries.as_slice() {
        [] => String::new(),
        entries => format!(" = [{}]", entries.join(", ")),
    };
    ("list ", format!("({room}): int{begins}"))
}

/// The words of the entries at the beginning.
pub(super) fn initial(keyed: bool, filled: u32) -> Vec<i64> {
    let all = (0..filled).map(i64::from);
    all.flat_map(|at| vec![at; 1 + usize::from(keyed)])
        .collect()
}

impl<'p> Writer<'p> {
    /// Whether an object is a list or map, and which.
    pub fn entries(&self, object: usize) -> Option<bool> {
        match self.plan.objects.get(object)? {
            Object::Entries { keyed, .. } => Some(*keyed),
            _ => None,
        }
    }

    /// A change of a list or map.
    pub fn change(
        &mut self,
        object: usize,
        change: Change,
        key: &'p Int,
        value: &'p Int,
    ) -> Option<StmtKind> {
        let keyed = self.entries(object)?;
        let from = self.at();
        let of = self.named_object(object)?;
        let (op, name, takes) = match (change, keyed) {
            (Change::Store, _) => return self.store(of, keyed, key, value, from),
            (Change::Add, _) => return self.add_to(of, key, value),
            (Change::Put, false) => (CollectionOp::Append, "append", vec![value]),
            (Change::Put, true) => (CollectionOp::Put, "put", vec![key, value]),
            (Change::Remove, false) => (CollectionOp::RemoveValue, "remove", vec![value]),
            (Change::Remove, true) => (CollectionOp::TakeKey, "remove", vec![key]),
            (Change::Insert, false) => (CollectionOp::Insert, "insert", vec![key, value]),
            (Change::Sort, false) => (CollectionOp::Sort, "sort", Vec::new()),
            (Change::Clear, _) => (CollectionOp::Clear, "clear", Vec::new()),
            (Change::Insert | Change::Sort, true) => return None,
        };
        let args = self.arguments(name, &takes);
        Some(StmtKind::Expr(Expr {
            kind: ExprKind::Method(Method::Collection(op), Box::new(of), args),
            ty: Type::Unit,
            span: self.span(from),
        }))
    }

    /// `.name(a, b)`
    fn arguments(&mut self, name: &str, takes: &[&'p Int]) -> Vec<Expr> {
        self.put(&format!(".{name}("));
        let mut args = Vec::new();
        for (index, int) in takes.iter().enumerate() {
            self.put(if index > 0 { ", " } else { "" });
            args.push(self.int(int));
        }
        self.put(")");
        args
    }

    /// `l[i] = v`
    fn store(
        &mut self,
        of: Expr,
        keyed: bool,
        key: &'p Int,
        value: &'p Int,
        from: usize,
    ) -> Option<StmtKind> {
        self.put("[");
        let key = self.int(key);
        self.put("] = ");
        let value = self.int(value);
        let op = match keyed {
            true => CollectionOp::Put,
            false => CollectionOp::SetAt,
        };
        Some(StmtKind::Expr(Expr {
            kind: ExprKind::Method(Method::Subscript(op), Box::new(of), vec![key, value]),
            ty: Type::Unit,
            span: self.span(from),
        }))
    }

    /// `l[i] += v`
    fn add_to(&mut self, collection: Expr, key: &'p Int, value: &'p Int) -> Option<StmtKind> {
        self.put("[");
        let key = self.int(key);
        self.put("] += ");
        let value = self.int(value);
        Some(StmtKind::UpdateEntry(Box::new(EntryUpdate {
            collection,
            key,
            op: BinaryOp::Add,
            value,
        })))
    }

    /// What a list or map gives.
    pub fn look(&mut self, object: usize, look: Look, key: &'p Int) -> Option<ExprKind> {
        let keyed = self.entries(object)?;
        let pure = matches!(look, Look::Entry | Look::Get | Look::GetOr);
        if self.at_once && !pure {
            return None;
        }
        let from = self.at();
        let of = self.named_object(object)?;
        let (op, name) = match (look, keyed) {
            (Look::Entry, _) => {
                self.put("[");
                let key = self.int(key);
                self.put("]");
                let op = match keyed {
                    true => CollectionOp::Get,
                    false => CollectionOp::At,
                };
                let method = Method::Subscript(op);
                return Some(ExprKind::Method(method, Box::new(of), vec![key]));
            }
            (Look::Get, true) => (CollectionOp::Get, "get"),
            (Look::Get, false) => (CollectionOp::At, "get"),
            (Look::Pop, true) => (CollectionOp::TakeKey, "pop"),
            (Look::Pop, false) => (CollectionOp::TakeAt, "pop"),
            (Look::GetOr, true) => (CollectionOp::GetOr, "get_or"),
            (Look::SetDefault, true) => (CollectionOp::SetDefault, "set_default"),
            (Look::PopFirst, false) => {
                self.put(".pop_first()");
                let first = constant(0, self.span(from));
                let method = Method::Collection(CollectionOp::TakeAt);
                return Some(ExprKind::Method(method, Box::new(of), vec![first]));
            }
            _ => return None,
        };
        self.put(&format!(".{name}("));
        let mut args = vec![self.int(key)];
        if matches!(look, Look::GetOr | Look::SetDefault) {
            self.put(", ");
            let start = self.at();
            self.put("7");
            args.push(constant(7, self.span(start)));
        }
        self.put(")");
        Some(ExprKind::Method(Method::Collection(op), Box::new(of), args))
    }

    /// `v in l`
    pub fn is_in(&mut self, object: usize, what: &'p Int) -> Option<ExprKind> {
        let keyed = self.entries(object)?;
        self.put("(");
        let what = self.int(what);
        self.put(" in ");
        let of = self.named_object(object)?;
        self.put(")");
        let op = match keyed {
            true => CollectionOp::HasKey,
            false => CollectionOp::HasValue,
        };
        let method = Method::Collection(op);
        Some(ExprKind::Method(method, Box::new(of), vec![what]))
    }
}
