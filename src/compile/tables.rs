//! The tables of a program that come from declarations: names, memory, objects.

use rustc_hash::FxHashMap;

use super::types::Types;
use crate::hir::{self, LockRef, Scenario};
use crate::program::{
    Cell, CellId, NameId, Object, ObjectId, ObjectKind, RAISED_BY_LIBRARY, RwPolicy, ValueKind, Var,
};

/// Interned strings: those of the library first, each text once.
pub(super) struct Names {
    table: Vec<String>,
    ids: FxHashMap<String, NameId>,
    of_string: Vec<NameId>,
}

impl Names {
    /// The library's names, then the scenario's strings.
    pub fn new(scenario: &Scenario) -> Self {
        let mut names = Names {
            table: Vec::new(),
            ids: FxHashMap::default(),
            of_string: Vec::new(),
        };
        for name in RAISED_BY_LIBRARY {
            names.intern(name);
        }
        names.of_string = scenario
            .strings
            .iter()
            .map(|text| names.intern(text))
            .collect();
        names
    }

    /// The id of a text.
    pub fn intern(&mut self, text: &str) -> NameId {
        if let Some(&id) = self.ids.get(text) {
            return id;
        }
        let id = NameId::new(self.table.len());
        self.table.push(text.to_owned());
        self.ids.insert(text.to_owned(), id);
        id
    }

    /// The id of a string of the scenario.
    pub fn of(&self, string: hir::StringId) -> NameId {
        self.of_string[string.index()]
    }

    /// A word of the scenario as a word of the program: strings are renumbered.
    pub fn word(&self, kind: &ValueKind, word: i64) -> i64 {
        if *kind != ValueKind::Str {
            return word;
        }
        let string = usize::try_from(word).ok();
        string
            .and_then(|index| self.of_string.get(index))
            .map_or(0, |id| i64::from(id.0))
    }

    /// All texts in order.
    pub fn into_table(self) -> Vec<String> {
        self.table
    }
}

/// Where each variable and object lies.
pub(super) struct Layout {
    /// Words of shared memory.
    pub cells: Vec<Cell>,
    /// Variables, as declared.
    pub vars: Vec<Var>,
    /// Objects, arrays expanded.
    pub objects: Vec<Object>,
    /// The first object of each declaration.
    pub first_object: Vec<ObjectId>,
}

impl Layout {
    /// Lays out all declarations in order.
    pub fn new(scenario: &Scenario, types: &Types, names: &Names) -> Self {
        let mut layout = Layout {
            cells: Vec::new(),
            vars: Vec::new(),
            objects: Vec::new(),
            first_object: first_objects(scenario),
        };
        for var in &scenario.vars {
            layout.add_var(var, types, names);
        }
        for decl in &scenario.objects {
            layout.add_objects(decl, scenario, types, names);
        }
        layout
    }

    fn add_var(&mut self, var: &hir::Var, types: &Types, names: &Names) {
        let first = CellId::new(self.cells.len());
        let id = crate::program::VarId::new(self.vars.len());
        let words = types.words(&var.ty);
        let mut initial = var.initial.iter();
        for element in elements(&var.dims) {
            for word in &words {
                self.cells.push(Cell {
                    name: format!("{}{element}{}", var.name, word.suffix),
                    var: id,
                    initial: names.word(&word.kind, initial.next().copied().unwrap_or(0)),
                    kind: word.kind.clone(),
                });
            }
        }
        self.vars.push(Var {
            name: var.name.clone(),
            span: var.span,
            first,
            n: CellId::new(self.cells.len()).0 - first.0,
            range: var.range,
            atomic: var.atomic,
            guarded_by: var.guarded_by.map(|lock| self.lock(lock)),
            shared: var.shared,
            collection: None,
        });
    }

    /// The memory of a list or map: the number of entries, then the entries.
    fn add_collection(&mut self, decl: &hir::ObjectDecl, name: &str, types: &Types, names: &Names) {
        let (capacity, words) = match &decl.kind {
            hir::ObjectKind::List { capacity, element } => (*capacity, types.words(element)),
            hir::ObjectKind::Map {
                capacity,
                key,
                value,
            } => {
                let mut words = types.words(key);
                words.extend(types.words(value));
                (*capacity, words)
            }
            _ => return,
        };
        let first = CellId::new(self.cells.len());
        let id = crate::program::VarId::new(self.vars.len());
        let n = decl.initial.len() / words.len().max(1);
        self.cells.push(Cell {
            name: name.to_owned(),
            var: id,
            initial: i64::try_from(n).expect("the limits were checked"),
            kind: ValueKind::Int,
        });
        let mut initial = decl.initial.iter();
        for entry in 0..capacity {
            for word in &words {
                let value = initial
                    .next()
                    .map_or(0, |&value| names.word(&word.kind, value));
                // Which key stands at a position is not known before the run.
                let place = match decl.kind {
                    hir::ObjectKind::Map { .. } => "…".to_owned(),
                    _ => entry.to_string(),
                };
                self.cells.push(Cell {
                    name: format!("{name}[{place}]{}", word.suffix),
                    var: id,
                    initial: value,
                    kind: word.kind.clone(),
                });
            }
        }
        self.vars.push(Var {
            name: decl.name.clone(),
            span: decl.span,
            first,
            n: CellId::new(self.cells.len()).0 - first.0,
            range: None,
            atomic: true,
            guarded_by: decl.guarded_by.map(|lock| self.lock(lock)),
            shared: decl.shared,
            collection: Some(ObjectId::new(self.objects.len())),
        });
    }

    fn add_objects(
        &mut self,
        decl: &hir::ObjectDecl,
        scenario: &Scenario,
        types: &Types,
        names: &Names,
    ) {
        let shared = is_shared(decl, scenario);
        for element in 0..decl.len.unwrap_or(1) {
            let name = match decl.len {
                Some(_) => format!("{}[{element}]", decl.name),
                None => decl.name.clone(),
            };
            let initial = match decl.initial.as_slice() {
                [] => 0,
                [all] => *all,
                each => each.get(element as usize).copied().unwrap_or(0),
            };
            let kind = self.object_kind(&decl.kind, initial, types);
            self.add_collection(decl, &name, types, names);
            self.objects.push(Object {
                name,
                declared: decl.name.clone(),
                span: decl.span,
                kind,
                shared,
            });
        }
    }

    fn object_kind(&self, kind: &hir::ObjectKind, initial: i64, types: &Types) -> ObjectKind {
        match kind {
            hir::ObjectKind::Lock { reentrant, unowned } => ObjectKind::Lock {
                reentrant: *reentrant,
                unowned: *unowned,
            },
            hir::ObjectKind::RwLock { policy } => ObjectKind::RwLock {
                policy: match policy {
                    hir::RwPolicy::Readers => RwPolicy::Readers,
                    hir::RwPolicy::Writers => RwPolicy::Writers,
                    hir::RwPolicy::Fair => RwPolicy::Fair,
                },
            },
            hir::ObjectKind::Sem { max } => ObjectKind::Sem { initial, max: *max },
            hir::ObjectKind::Cond {
                lock,
                fifo,
                spurious,
            } => ObjectKind::Cond {
                lock: self.lock(*lock),
                fifo: *fifo,
                spurious: *spurious,
            },
            hir::ObjectKind::Event { auto } => ObjectKind::Event { auto: *auto },
            hir::ObjectKind::Barrier { parties } => ObjectKind::Barrier { parties: *parties },
            hir::ObjectKind::Once => ObjectKind::Once,
            hir::ObjectKind::Latch => ObjectKind::Latch { initial },
            hir::ObjectKind::Chan { capacity, element } => ObjectKind::Chan {
                capacity: *capacity,
                width: u32::try_from(types.width(element)).expect("the limits were checked"),
            },
            hir::ObjectKind::List { capacity, element } => {
                self.collection(false, *capacity, types.width(element))
            }
            hir::ObjectKind::Map {
                capacity, value, ..
            } => self.collection(true, *capacity, 1 + types.width(value)),
            hir::ObjectKind::Executor { workers, process } => ObjectKind::Executor {
                workers: *workers,
                processes: *process,
            },
        }
    }

    fn collection(&self, keyed: bool, capacity: u32, width: usize) -> ObjectKind {
        ObjectKind::Collection {
            keyed,
            capacity,
            width: u32::try_from(width).expect("the limits were checked"),
            first: CellId::new(self.cells.len()),
        }
    }

    /// The object that a constant reference names.
    pub fn lock(&self, lock: LockRef) -> ObjectId {
        ObjectId(self.first_object[lock.decl.index()].0 + lock.element)
    }
}

/// Whether there is one for all processes. A channel is what they talk through; a
/// condition is only as shared as its lock.
fn is_shared(decl: &hir::ObjectDecl, scenario: &Scenario) -> bool {
    match decl.kind {
        hir::ObjectKind::Chan { .. } => true,
        hir::ObjectKind::Cond { lock, .. } => {
            decl.shared && scenario.objects[lock.decl.index()].shared
        }
        _ => decl.shared,
    }
}

fn first_objects(scenario: &Scenario) -> Vec<ObjectId> {
    let mut next = 0;
    let mut first = Vec::with_capacity(scenario.objects.len());
    for decl in &scenario.objects {
        first.push(ObjectId(next));
        next += decl.len.unwrap_or(1);
    }
    first
}

/// `[0][0]`, `[0][1]`, …: the elements of an array in row-major order; one empty
/// text for a single variable.
fn elements(dims: &[u32]) -> Vec<String> {
    let mut all = vec![String::new()];
    for &len in dims {
        all = all
            .iter()
            .flat_map(|outer| (0..len).map(move |index| format!("{outer}[{index}]")))
            .collect();
    }
    all
}
