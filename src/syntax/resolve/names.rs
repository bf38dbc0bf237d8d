//! Declared names, and what to say about one that is not.

use std::collections::BTreeMap;

use super::codes;
use super::python::instead_of;
use super::state::{BodyKind, Resolver};
use crate::base::{Diagnostic, Span};
use crate::hir::{EnumId, ObjectDeclId, StructId, VarId};
use crate::syntax::ast;

/// What a declared name stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Def {
    /// A constant: its index.
    Const(usize),
    /// An enum.
    Enum(EnumId),
    /// A struct.
    Struct(StructId),
    /// A function as written: its index.
    Fn(usize),
    /// A `var` or `atomic`.
    Var(VarId),
    /// A synchronisation object.
    Object(ObjectDeclId),
    /// A declaration of actors: its index.
    Group(usize),
    /// An event loop: its number.
    Loop(u32),
    /// A declaration that is not supported yet.
    Unsupported,
}

/// A declaration.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// What it is.
    pub def: Def,
    /// The name in it.
    pub span: Span,
}

/// A value of an enum.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// Its enum.
    pub of: EnumId,
    /// Its number.
    pub word: i64,
    /// Where it is declared.
    pub span: Span,
}

/// All declared names: those of the file, and those of the scenario in front of them.
#[derive(Default)]
pub struct Names {
    file: BTreeMap<String, Named>,
    scenario: BTreeMap<String, Named>,
    file_variants: BTreeMap<String, Vec<Variant>>,
    scenario_variants: BTreeMap<String, Vec<Variant>>,
}

impl Names {
    /// Declares a name; gives back the earlier declaration if there is one.
    pub fn declare(&mut self, name: &str, in_file: bool, named: Named) -> Option<Named> {
        let table = if in_file {
            &mut self.file
        } else {
            &mut self.scenario
        };
        if let Some(earlier) = table.get(name) {
            return Some(*earlier);
        }
        table.insert(name.to_owned(), named);
        None
    }

    /// Declares a value of an enum.
    pub fn declare_variant(&mut self, name: &str, in_file: bool, variant: Variant) {
        let table = if in_file {
            &mut self.file_variants
        } else {
            &mut self.scenario_variants
        };
        table.entry(name.to_owned()).or_default().push(variant);
    }

    /// What a name means, seen from the file or from the scenario.
    pub fn lookup(&self, name: &str, in_file: bool) -> Option<Named> {
        let inner = (!in_file).then(|| self.scenario.get(name)).flatten();
        inner.or_else(|| self.file.get(name)).copied()
    }

    /// The enum values of that name.
    pub fn variants(&self, name: &str, in_file: bool) -> &[Variant] {
        let inner = (!in_file)
            .then(|| self.scenario_variants.get(name))
            .flatten();
        inner
            .or_else(|| self.file_variants.get(name))
            .map_or(&[], Vec::as_slice)
    }

    /// A declaration inside the scenario, even when seen from the file.
    pub fn in_scenario(&self, name: &str) -> Option<Named> {
        self.scenario.get(name).copied()
    }

    /// Every name with its place, in a fixed order.
    fn all(&self, in_file: bool) -> impl Iterator<Item = (&str, Span, Option<Def>)> {
        let scenario = (!in_file).then_some(&self.scenario).into_iter().flatten();
        let variants = (!in_file)
            .then_some(&self.scenario_variants)
            .into_iter()
            .flatten();
        let named = scenario
            .chain(&self.file)
            .map(|(name, named)| (name.as_str(), named.span, Some(named.def)));
        let values = variants
            .chain(&self.file_variants)
            .flat_map(|(name, all)| all.iter().map(move |v| (name.as_str(), v.span, None)));
        named.chain(values)
    }
}

/// Where a name is looked for, which decides what is suggested.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// Anything with a value.
    Value,
    /// Something that can be called.
    Function,
    /// A type.
    Type,
    /// An actor.
    Actor,
    /// Something to assign a whole value to.
    Assigned,
    /// A `var` or `atomic`.
    Var,
    /// A `lock`.
    Lock,
    /// A `cond`, `sem`, …
    Object,
}

impl Wanted {
    fn noun(self) -> &'static str {
        match self {
            Self::Value | Self::Assigned | Self::Var => "variable",
            Self::Function => "function",
            Self::Type => "type",
            Self::Actor => "actor",
            Self::Lock => "lock",
            Self::Object => "object",
        }
    }

    fn fits(self, def: Option<Def>) -> bool {
        match (self, def) {
            (Self::Value | Self::Assigned, Some(def)) => {
                !matches!(def, Def::Fn(_) | Def::Enum(_) | Def::Struct(_))
            }
            (Self::Value | Self::Assigned, None) => true,
            (_, None) => false,
            (Self::Function, Some(def)) => matches!(def, Def::Fn(_) | Def::Struct(_)),
            (Self::Type, Some(def)) => matches!(def, Def::Enum(_) | Def::Struct(_)),
            (Self::Actor, Some(def)) => matches!(def, Def::Group(_) | Def::Fn(_)),
            (Self::Var, Some(def)) => matches!(def, Def::Var(_)),
            (Self::Lock | Self::Object, Some(def)) => matches!(def, Def::Object(_)),
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Type => codes::UNKNOWN_TYPE,
            Self::Actor => codes::UNKNOWN_ACTOR,
            _ => codes::UNKNOWN_NAME,
        }
    }
}

/// How far two names are apart, if they are near enough to be confused.
pub fn distance(wrong: &str, right: &str) -> Option<usize> {
    let (n, m) = (wrong.chars().count(), right.chars().count());
    let allowed = (n.max(m) / 3).max(1);
    if n.abs_diff(m) > allowed || n == 0 || (n == 1 && m == 1) {
        return None;
    }
    if wrong.eq_ignore_ascii_case(right) {
        return Some(0);
    }
    let distance = strsim::osa_distance(wrong, right);
    (distance <= allowed).then_some(distance)
}

/// The operation of some object that a called name is, or is meant to be.
fn operation_like(name: &str) -> Option<&'static str> {
    let known = super::methods::any_operation(name);
    known.or_else(|| super::methods::near_miss(name).first().copied())
}

/// The nearest of several names.
pub fn nearest<'n>(wrong: &str, among: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    among
        .into_iter()
        .filter_map(|name| distance(wrong, name).map(|d| (d, name)))
        .min()
        .map(|(_, name)| name)
}

impl Resolver<'_> {
    /// Whether nothing has this name.
    pub fn is_unknown(&self, name: &ast::Ident) -> bool {
        let in_file = self.body.in_file;
        self.body.lookup(&name.text).is_none()
            && self.names.lookup(&name.text, in_file).is_none()
            && self.names.variants(&name.text, in_file).is_empty()
    }

    /// Reports a name that is not declared, with the nearest one that is.
    pub fn unknown_name(&mut self, name: &ast::Ident, wanted: Wanted) {
        if name.text.is_empty() {
            self.broken = true;
            return;
        }
        if self.local_of_an_actor(name) {
            return;
        }
        let scope = if self.body.in_file {
            "outside the scenarios"
        } else {
            "in this scenario"
        };
        let message = format!("no {} `{}` {scope}", wanted.noun(), name.text);
        let mut diagnostic =
            Diagnostic::error(wanted.code(), name.span, message).label("not declared");
        if self.body.in_file
            && let Some(inner) = self.names.in_scenario(&name.text)
        {
            diagnostic = diagnostic
                .secondary(inner.span, format!("`{}` belongs to this scenario", name.text))
                .help("a function outside scenarios sees only its parameters and what stands outside; pass it as an argument, or move the function into the scenario");
        } else if !self.is_flooded()
            && let Some((similar, span)) = self.similar(&name.text, wanted)
        {
            diagnostic = diagnostic
                .secondary(span, format!("`{similar}` is declared here"))
                .help("a similar name exists")
                .fix(name.span, similar);
        } else if wanted == Wanted::Assigned {
            let start = Span {
                end: name.span.start,
                ..name.span
            };
            diagnostic = diagnostic
                .help(format!(
                    "an actor's own begins with `let`; what all share is declared in the scenario: \
                     `var {} = 0`",
                    name.text
                ))
                .fix(start, "let ");
        } else if let Some(help) = instead_of(&name.text) {
            diagnostic = diagnostic.help(help);
        } else if wanted == Wanted::Function
            && let Some(ours) = operation_like(&name.text)
        {
            diagnostic = diagnostic.help(format!(
                "operations are written behind what they work on: `x.{ours}()`"
            ));
        } else if name.text == "me" {
            diagnostic = diagnostic.help(
                "`me` is the number of an actor in `thread NAME * n`, and known only in its own block",
            );
        }
        self.report(diagnostic);
    }

    /// In a property, a name that is a local of some actor is reported as such.
    fn local_of_an_actor(&mut self, name: &ast::Ident) -> bool {
        if self.body.kind != BodyKind::Property {
            return false;
        }
        let owner = self.out.groups.iter().find_map(|group| {
            let body = self.out.functions.get(group.body.index())?;
            let local = body.locals.iter().find(|local| local.name == name.text)?;
            let actor = self.out.actors.get(group.first.index())?;
            Some((actor.name.clone(), local.span))
        });
        let Some((actor, span)) = owner else {
            return false;
        };
        let full = format!("{actor}.{}", name.text);
        self.report(
            Diagnostic::error(
                codes::PROPERTY_LOCAL,
                name.span,
                format!("`{}` is a local of an actor", name.text),
            )
            .label("whose?")
            .secondary(span, "declared here")
            .help(format!("write `{full}`: its last value"))
            .fix(name.span, full),
        );
        true
    }

    fn similar(&self, name: &str, wanted: Wanted) -> Option<(String, Span)> {
        let locals = self
            .body
            .scopes
            .iter()
            .flatten()
            .filter(|_| matches!(wanted, Wanted::Value | Wanted::Assigned))
            .filter_map(|local| {
                let id = self.body.lookup(local)?;
                Some((local.as_str(), self.body.locals.get(id.index())?.span))
            });
        let declared = self
            .names
            .all(self.body.in_file)
            .filter(|&(_, _, def)| wanted.fits(def))
            .map(|(name, span, _)| (name, span));
        locals
            .chain(declared)
            .filter_map(|(other, span)| distance(name, other).map(|d| (d, other, span)))
            .min_by_key(|&(d, other, _)| (d, other))
            .map(|(_, other, span)| (other.to_owned(), span))
    }

    /// Declares a name, and reports it if it is taken.
    pub fn declare(&mut self, name: &ast::Ident, in_file: bool, def: Def) {
        if name.text.is_empty() {
            self.broken = true;
            return;
        }
        let named = Named {
            def,
            span: name.span,
        };
        if let Some(earlier) = self.names.declare(&name.text, in_file, named) {
            self.report(
                Diagnostic::error(
                    codes::DECLARED_TWICE,
                    name.span,
                    format!("`{}` is declared twice", name.text),
                )
                .label("declared again here")
                .secondary(earlier.span, "declared first here")
                .help("give one of the two another name"),
            );
        }
    }
}
