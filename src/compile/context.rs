//! What the lowering of all functions shares: tables that grow while code is made.

use rustc_hash::FxHashMap;

use super::limits::{INSTRUCTIONS_MAX, unsupported};
use super::observed::ObservedLocals;
use super::tables::{Layout, Names};
use super::types::Types;
use crate::base::{Diagnostic, Span};
use crate::hir::{self, Scenario};
use crate::program::{FunctionId, StmtId};

/// The shared tables.
pub(super) struct Context<'h> {
    pub scenario: &'h Scenario,
    pub types: Types<'h>,
    pub names: Names,
    pub layout: Layout,
    pub observed: ObservedLocals,
    pub statements: Statements,
    pub copies: Copies,
    errors: Vec<Diagnostic>,
    n_instructions: usize,
}

impl<'h> Context<'h> {
    /// Tables of the declarations, no code yet.
    pub fn new(scenario: &'h Scenario, types: Types<'h>) -> Self {
        let names = Names::new(scenario);
        let layout = Layout::new(scenario, &types, &names);
        let observed = ObservedLocals::new(scenario, &types);
        Context {
            scenario,
            types,
            names,
            layout,
            observed,
            statements: Statements::default(),
            copies: Copies::default(),
            errors: Vec::new(),
            n_instructions: 0,
        }
    }

    /// Remembers a mistake; the same one at the same place only once.
    pub fn error(&mut self, error: Diagnostic) {
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }

    /// Remembers a construct that has no code yet.
    pub fn unsupported(&mut self, span: Span, what: &str) {
        self.error(unsupported(span, what));
    }

    /// Counts an instruction; past the limit this is an error.
    pub fn count_instruction(&mut self, span: Span) {
        self.n_instructions += 1;
        if self.n_instructions == INSTRUCTIONS_MAX + 1 {
            let message = format!("the scenario needs more than {INSTRUCTIONS_MAX} instructions");
            self.error(
                Diagnostic::error("E092", span, message)
                    .help("nested `finally` blocks are repeated on every way out of them"),
            );
        }
    }

    /// The code has become too large: nothing more is worth making.
    pub fn is_full(&self) -> bool {
        self.n_instructions > INSTRUCTIONS_MAX
    }

    /// All mistakes in source order.
    pub fn take_errors(&mut self) -> Vec<Diagnostic> {
        let mut errors = std::mem::take(&mut self.errors);
        errors.sort_by_key(|error| (error.span, error.code));
        errors
    }
}

/// The table of statements. A statement is its place: copies of a function, and
/// of a `finally` block, share the rows.
#[derive(Default)]
pub(super) struct Statements {
    spans: Vec<Span>,
    ids: FxHashMap<Span, StmtId>,
}

impl Statements {
    /// The statement at a place.
    pub fn at(&mut self, span: Span) -> StmtId {
        *self.ids.entry(span).or_insert_with(|| {
            self.spans.push(span);
            StmtId::new(self.spans.len() - 1)
        })
    }

    /// The place of each.
    pub fn into_spans(self) -> Vec<Span> {
        self.spans
    }
}

/// Which function of the scenario becomes which functions of the program. An
/// actor with observed locals has a copy of its body to itself.
#[derive(Default)]
pub(super) struct Copies {
    order: Vec<BodyCopy>,
    ids: FxHashMap<BodyCopy, FunctionId>,
}

/// A function of the scenario, or the body of one observed actor.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct BodyCopy {
    pub function: hir::FunctionId,
    pub observed: Option<hir::ActorId>,
}

impl Copies {
    /// The id of a copy; new ones wait for being lowered.
    pub fn request(&mut self, copy: BodyCopy) -> FunctionId {
        *self.ids.entry(copy).or_insert_with(|| {
            self.order.push(copy);
            FunctionId::new(self.order.len() - 1)
        })
    }

    /// The copy with that id, if it was requested.
    pub fn get(&self, id: FunctionId) -> Option<BodyCopy> {
        self.order.get(id.index()).copied()
    }
}
