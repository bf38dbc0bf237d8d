//! What resolution of one scenario knows and builds.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::infer::Cells;
use super::names::Names;
use crate::base::{Diagnostic, Source, Span};
use crate::hir::{self, EnumId, FunctionId, LocalId, StringId, Type};
use crate::syntax::ast;

/// Expansion work allowed for one file: constants, copies of functions, ranges in patterns.
pub const WORK_MAX: u64 = 1_000_000;
/// Mistakes kept while resolving; the first hundred in source order are shown.
pub const DIAGNOSTICS_KEPT: usize = 1_000;

/// Everything about one scenario while it is resolved.
pub struct Resolver<'a> {
    /// The text, for the author's own words.
    pub source: &'a Source,
    /// What is built; functions, properties and the like anew in every pass.
    pub out: hir::Scenario,
    /// Declared names.
    pub names: Names,
    /// Types that uses decide.
    pub cells: Cells,
    /// Constants.
    pub consts: Vec<Constant<'a>>,
    /// Functions as written.
    pub fns: Vec<FnDecl<'a>>,
    /// Actors as written, one for each group.
    pub actors: Vec<&'a ast::Actor>,
    /// Copies of functions for the types they are called with.
    pub instances: Instances,
    /// The function, property or constant being resolved.
    pub body: Body,
    /// Interned strings.
    pub string_ids: FxHashMap<String, StringId>,
    /// Named steps of this pass, by the place of their name.
    pub labels: BTreeMap<Span, hir::LabelId>,
    /// The same by name.
    pub label_names: FxHashMap<String, hir::LabelId>,
    /// Names of objects and actors, which are declared once constants are known.
    pub later: std::collections::BTreeSet<&'a str>,
    /// Names of properties.
    pub property_names: std::collections::BTreeSet<String>,
    /// Values of `--set`.
    pub sets: &'a [(String, i64)],
    /// Expansion work done for this file.
    pub work: u64,
    /// Mistakes in declarations, found before the first pass.
    pub declared_wrong: Vec<Diagnostic>,
    /// Mistakes of the present pass.
    pub diagnostics: Vec<Diagnostic>,
    /// The tree has holes that the parser has reported.
    pub broken: bool,
    /// Some function that runs spawns a task.
    pub spawns_tasks: bool,
    /// Resolving a function that nobody calls, for its mistakes only.
    pub speculative: bool,
}

/// A `const`.
pub struct Constant<'a> {
    /// As written.
    pub decl: &'a ast::Const,
    /// Declared outside the scenario.
    pub in_file: bool,
    /// Its type and word, once known.
    pub value: Option<(Type, i64)>,
}

/// A `fn` as written.
pub struct FnDecl<'a> {
    /// As written.
    pub decl: &'a ast::Fn,
    /// Declared outside the scenario.
    pub in_file: bool,
    /// Called, spawned or submitted in this pass.
    pub used: bool,
}

/// Copies of functions: one for each tuple of argument types.
#[derive(Default)]
pub struct Instances {
    /// What each returns, and whether its body had a say in that; survives the passes.
    pub returns: FxHashMap<(usize, Vec<Type>), Returns>,
    /// The copies of this pass.
    pub ids: FxHashMap<(usize, Vec<Type>), FunctionId>,
    /// Copies that still have to be resolved.
    pub queue: Vec<Pending>,
    /// How many copies each function has in this pass.
    pub count: FxHashMap<usize, u32>,
}

/// What a copy of a function returns.
pub struct Returns {
    /// The type.
    pub ty: Type,
    /// Its body has been resolved. Before, uses of the value must not decide its type.
    pub settled: bool,
}

/// A copy of a function that was asked for.
pub struct Pending {
    /// Which function as written.
    pub decl: usize,
    /// The types of its arguments.
    pub args: Vec<Type>,
    /// What it returns.
    pub returns: Type,
    /// Its number.
    pub id: FunctionId,
}

/// What kind of text is being resolved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BodyKind {
    /// The body of an actor: index of its group.
    Actor(usize),
    /// A function: index of its declaration.
    Function(usize),
    /// A property, read in one moment.
    Property,
    /// Something that must be known before the run, such as "a capacity".
    Constant(&'static str),
}

/// The function, property or constant being resolved.
pub struct Body {
    /// Which kind.
    pub kind: BodyKind,
    /// Sees only what the file declares outside scenarios.
    pub in_file: bool,
    /// Locals so far.
    pub locals: Vec<hir::Local>,
    /// For each local, why it cannot be assigned, if so.
    pub fixed: Vec<Option<&'static str>>,
    /// Visible locals by name, innermost last.
    pub visible: FxHashMap<String, Vec<LocalId>>,
    /// The names declared in each open block.
    pub scopes: Vec<Vec<String>>,
    /// What it returns.
    pub returns: Type,
    /// The first `return` with a value.
    pub returned: Option<Span>,
    /// The first `return` without one.
    pub returned_nothing: Option<Span>,
    /// Open loops.
    pub loops: u32,
    /// Only questions may be asked, by "a property" or "`wait_until`".
    pub pure: Option<&'static str>,
}

impl Body {
    /// Nothing declared yet.
    pub fn new(kind: BodyKind, in_file: bool, returns: Type) -> Self {
        Self {
            kind,
            in_file,
            locals: Vec::new(),
            fixed: Vec::new(),
            visible: FxHashMap::default(),
            scopes: vec![Vec::new()],
            returns,
            returned: None,
            returned_nothing: None,
            loops: 0,
            pure: (kind == BodyKind::Property).then_some("a property"),
        }
    }

    /// Declares a local in the innermost block.
    pub fn declare(&mut self, local: hir::Local, fixed: Option<&'static str>) -> LocalId {
        let id = LocalId::new(self.locals.len());
        let name = local.name.clone();
        self.visible.entry(name.clone()).or_default().push(id);
        if let Some(scope) = self.scopes.last_mut() {
            scope.push(name);
        }
        self.locals.push(local);
        self.fixed.push(fixed);
        id
    }

    /// Opens a block.
    pub fn open(&mut self) {
        self.scopes.push(Vec::new());
    }

    /// Closes a block: its names are no longer visible.
    pub fn close(&mut self) {
        for name in self.scopes.pop().unwrap_or_default() {
            if let Some(ids) = self.visible.get_mut(&name) {
                ids.pop();
            }
        }
    }

    /// The local that a name means here.
    pub fn lookup(&self, name: &str) -> Option<LocalId> {
        self.visible.get(name).and_then(|ids| ids.last()).copied()
    }
}

impl<'a> Resolver<'a> {
    /// Nothing declared yet; `work` is what the file has used up so far.
    pub fn new(source: &'a Source, sets: &'a [(String, i64)], work: u64) -> Self {
        Self {
            source,
            out: empty_scenario(),
            names: Names::default(),
            cells: Cells::default(),
            consts: Vec::new(),
            fns: Vec::new(),
            actors: Vec::new(),
            instances: Instances::default(),
            body: Body::new(BodyKind::Constant("a declaration"), true, Type::Unit),
            string_ids: FxHashMap::default(),
            labels: BTreeMap::new(),
            label_names: FxHashMap::default(),
            later: std::collections::BTreeSet::new(),
            property_names: std::collections::BTreeSet::new(),
            sets,
            work,
            declared_wrong: Vec::new(),
            diagnostics: Vec::new(),
            broken: false,
            spawns_tasks: false,
            speculative: false,
        }
    }

    /// Reports a mistake; beyond a large number they are dropped.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < DIAGNOSTICS_KEPT {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Whether more mistakes were found than anyone will read.
    pub fn is_flooded(&self) -> bool {
        self.diagnostics.len() >= 200
    }

    /// Counts expansion work; false when the file has used up what is allowed.
    pub fn charge(&mut self, amount: u64) -> bool {
        self.work = self.work.saturating_add(amount);
        self.work <= WORK_MAX
    }

    /// The number of a string.
    pub fn intern(&mut self, text: &str) -> StringId {
        if let Some(&id) = self.string_ids.get(text) {
            return id;
        }
        let id = StringId::new(self.out.strings.len());
        self.out.strings.push(text.to_owned());
        self.string_ids.insert(text.to_owned(), id);
        id
    }

    /// The definition of an enum; `None` for a type that is still open.
    pub fn enum_def(&self, id: EnumId) -> Option<&hir::EnumDef> {
        self.out.enums.get(id.index())
    }

    /// Resolves something else meanwhile, with its own locals.
    pub fn in_body<T>(&mut self, body: Body, work: impl FnOnce(&mut Self) -> T) -> (T, Body) {
        let outer = std::mem::replace(&mut self.body, body);
        let result = work(self);
        let body = std::mem::replace(&mut self.body, outer);
        (result, body)
    }
}

/// A scenario with nothing in it.
pub fn empty_scenario() -> hir::Scenario {
    hir::Scenario {
        name: String::new(),
        description: String::new(),
        span: Span::default(),
        strings: Vec::new(),
        enums: Vec::new(),
        structs: Vec::new(),
        vars: Vec::new(),
        objects: Vec::new(),
        loops: Vec::new(),
        functions: Vec::new(),
        groups: Vec::new(),
        actors: Vec::new(),
        labels: Vec::new(),
        properties: Vec::new(),
        outcomes: Vec::new(),
        fairness: Vec::new(),
        expects: Vec::new(),
        allows: Vec::new(),
        memory: hir::MemoryModel::Sc,
        splits_print: false,
    }
}
