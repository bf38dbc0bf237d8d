//! Declarations: names first, then what they need each other for.

use super::codes;
use super::names::{Def, Variant};
use super::state::{Constant, FnDecl, Resolver};
use crate::base::{ACTORS_MAX, Diagnostic, Span};
use crate::hir::{
    Actor, ActorGroup, ActorId, EnumDef, EnumId, Field, FunctionId, Instance, StructDef, StructId,
    Type,
};
use crate::syntax::ast;

/// Actors that run from the start.
/// Words of one struct.
const STRUCT_WORDS_MAX: u64 = 1024;

impl<'a> Resolver<'a> {
    /// Declares what stands outside the scenarios.
    pub fn declare_file(&mut self, items: &'a [ast::FileItem]) -> Structs<'a> {
        let mut structs = Vec::new();
        for item in items {
            match item {
                ast::FileItem::Scenario(_) => continue,
                ast::FileItem::Const(item) => self.declare_const(item, true),
                ast::FileItem::Enum(item) => self.declare_enum(item, true),
                ast::FileItem::Struct(item) => structs.extend(self.declare_struct(item, true)),
                ast::FileItem::Fn(item) => self.declare_fn(item, true),
            }
            if !self.charge(1) {
                break;
            }
        }
        structs
    }

    /// Declares the names of a scenario; objects and actors follow once constants are known.
    pub fn declare_scenario(&mut self, items: &'a [ast::Item]) -> Structs<'a> {
        let mut structs = Vec::new();
        for item in items {
            match item {
                ast::Item::Const(item) => self.declare_const(item, false),
                ast::Item::Enum(item) => self.declare_enum(item, false),
                ast::Item::Struct(item) => structs.extend(self.declare_struct(item, false)),
                ast::Item::Fn(item) => self.declare_fn(item, false),
                ast::Item::Object(item) => drop(self.later.insert(&item.name.text)),
                ast::Item::Actor(item) => drop(self.later.insert(&item.name.text)),
                ast::Item::LoopThread(item) => drop(self.later.insert(&item.name.text)),
                _ => {}
            }
        }
        structs
    }

    fn declare_const(&mut self, item: &'a ast::Const, in_file: bool) {
        self.declare(&item.name, in_file, Def::Const(self.consts.len()));
        self.consts.push(Constant {
            decl: item,
            in_file,
            value: None,
        });
    }

    fn declare_fn(&mut self, item: &'a ast::Fn, in_file: bool) {
        self.declare(&item.name, in_file, Def::Fn(self.fns.len()));
        self.fns.push(FnDecl {
            decl: item,
            in_file,
            used: false,
        });
    }

    fn declare_enum(&mut self, item: &'a ast::Enum, in_file: bool) {
        let id = EnumId::new(self.out.enums.len());
        self.declare(&item.name, in_file, Def::Enum(id));
        let mut seen = std::collections::BTreeMap::new();
        let mut variants = Vec::new();
        for (variant, word) in item.variants.iter().zip(0..) {
            if let Some(&first) = seen.get(&variant.text) {
                self.duplicate("value", variant, first);
                continue;
            }
            seen.insert(variant.text.clone(), variant.span);
            variants.push(variant.text.clone());
            let known = Variant {
                of: id,
                word,
                span: variant.span,
            };
            self.names.declare_variant(&variant.text, in_file, known);
        }
        self.out.enums.push(EnumDef {
            name: item.name.text.clone(),
            variants,
        });
    }

    fn declare_struct(
        &mut self,
        item: &'a ast::Struct,
        in_file: bool,
    ) -> Option<(StructId, &'a ast::Struct, bool)> {
        let id = StructId::new(self.out.structs.len());
        self.declare(&item.name, in_file, Def::Struct(id));
        self.out.structs.push(StructDef {
            name: item.name.text.clone(),
            fields: Vec::new(),
        });
        Some((id, item, in_file))
    }

    fn duplicate(&mut self, what: &str, name: &ast::Ident, first: Span) {
        self.report(
            Diagnostic::error(
                codes::DECLARED_TWICE,
                name.span,
                format!("two {what}s are called `{}`", name.text),
            )
            .label("declared again here")
            .secondary(first, "declared first here"),
        );
    }

    /// Resolves the fields of structs, and refuses those that contain themselves.
    pub fn resolve_structs(&mut self, structs: &Structs<'a>) {
        for &(id, item, in_file) in structs {
            let outer = std::mem::replace(&mut self.body.in_file, in_file);
            let mut fields: Vec<Field> = Vec::new();
            for field in &item.fields {
                let ty = self.plain_type(&field.ty);
                if let Some(first) = fields.iter().position(|f| f.name == field.name.text) {
                    self.duplicate("field", &field.name, item.fields[first].name.span);
                    continue;
                }
                fields.push(Field {
                    name: field.name.text.clone(),
                    ty,
                });
            }
            self.out.structs[id.index()].fields = fields;
            self.body.in_file = outer;
        }
        self.check_struct_sizes(structs);
    }

    /// Widths grow from the inside outwards; what has none in the end contains itself.
    fn check_struct_sizes(&mut self, structs: &Structs<'a>) {
        let mut widths: Vec<Option<u64>> = vec![None; self.out.structs.len()];
        let mut waiting: Vec<StructId> = (0..widths.len()).map(StructId::new).collect();
        loop {
            let before = waiting.len();
            waiting.retain(|&id| {
                let fields = &self.out.structs[id.index()].fields;
                widths[id.index()] = fields.iter().try_fold(0u64, |sum, field| match &field.ty {
                    Type::Struct(inner) => Some(sum.saturating_add(widths[inner.index()]?)),
                    _ => Some(sum.saturating_add(1)),
                });
                widths[id.index()].is_none()
            });
            if waiting.len() == before || !self.charge(before as u64) {
                break;
            }
        }
        for &(id, item, _) in structs {
            let problem = match widths[id.index()] {
                None => Some((codes::RECURSIVE_STRUCT, "contains itself")),
                Some(width) if width > STRUCT_WORDS_MAX => {
                    Some((codes::TOO_MANY_CELLS, "has more than 1024 fields in all"))
                }
                Some(_) => None,
            };
            if let Some((code, what)) = problem {
                self.report(
                    Diagnostic::error(code, item.name.span, format!("`{}` {what}", item.name.text))
                        .label("a struct is a value made of its fields")
                        .help("use an index into an array instead"),
                );
                self.out.structs[id.index()].fields.clear();
            }
        }
    }

    /// Words of a value of the type.
    pub fn width(&self, ty: &Type) -> usize {
        match self.cells.head(ty) {
            Type::Struct(id) => self.out.structs[id.index()]
                .fields
                .iter()
                .map(|field| self.width(&field.ty))
                .sum(),
            Type::Futures(_, n) => n as usize,
            Type::Values(of, n) => self.width(&of).saturating_mul(n as usize),
            _ => 1,
        }
    }

    /// Declares the actors, group by group.
    pub fn declare_actors(&mut self, items: &'a [ast::Item]) {
        for item in items {
            if let ast::Item::Actor(actor) = item {
                self.declare_group(actor);
            }
        }
        if self.out.actors.len() > ACTORS_MAX {
            let at = self.out.actors[ACTORS_MAX].group;
            let n = self.out.actors.len();
            let span = self.out.groups[at].span;
            self.report(
                Diagnostic::error(
                    codes::TOO_MANY_ACTORS,
                    span,
                    format!("{n} actors, but at most {ACTORS_MAX} are possible"),
                )
                .label("one too many here")
                .help(
                    "most bugs need two or three; write `const N = 3` and use `--set N=4` for more",
                ),
            );
        }
    }

    fn declare_group(&mut self, actor: &'a ast::Actor) {
        let kind = self.kind_of_actor(actor);
        let group = self.out.groups.len();
        let args = self.instances_of(actor);
        self.declare(&actor.name, false, Def::Group(group));
        let first = ActorId::new(self.out.actors.len());
        let name = &actor.name.text;
        for arg in &args {
            let shown = match (&actor.replicas, arg.first()) {
                (ast::Replicas::Times(_), Some(me)) => format!("{name}#{me}"),
                (ast::Replicas::Over { .. }, Some(value)) => format!("{name}({value})"),
                _ => name.clone(),
            };
            self.out.actors.push(Actor {
                name: shown,
                group,
                instance: Instance { args: arg.clone() },
                kind,
                daemon: actor.daemon.is_some(),
                main: actor.main.is_some(),
            });
        }
        self.out.groups.push(ActorGroup {
            name: name.clone(),
            span: actor.name.span,
            first,
            n: u32::try_from(args.len()).unwrap_or(u32::MAX),
            replicated: matches!(actor.replicas, ast::Replicas::Times(_)),
            body: FunctionId::new(group),
        });
        self.actors.push(actor);
        self.check_main(actor, args.len());
    }

    fn check_main(&mut self, actor: &ast::Actor, n: usize) {
        let Some(main) = actor.main else { return };
        let earlier = self.actors[..self.actors.len() - 1]
            .iter()
            .find_map(|other| other.main.map(|_| other.name.span));
        if let Some(earlier) = earlier {
            self.report(
                Diagnostic::error(codes::DECLARED_TWICE, main, "there are two `main` threads")
                    .label("declared again here")
                    .secondary(earlier, "declared first here")
                    .help("the program ends when its main thread ends, so there is one"),
            );
        } else if n > 1 {
            self.report(
                Diagnostic::error(codes::DECLARED_TWICE, main, format!("{n} `main` threads"))
                    .label("there can be only one")
                    .help("declare one `main thread`, and the others without `main`"),
            );
        } else if actor.daemon.is_some() {
            self.report(
                Diagnostic::error(codes::NOT_HERE, main, "a `main` thread cannot be a daemon")
                    .label("its end is the end of the program"),
            );
        }
    }

    /// The arguments of each actor of a declaration.
    fn instances_of(&mut self, actor: &ast::Actor) -> Vec<Vec<i64>> {
        let (from, to, span) = match &actor.replicas {
            ast::Replicas::One => return vec![Vec::new()],
            ast::Replicas::Times(n) => {
                let what = "a number of actors";
                let n = self.constant_int(n, what).map(|value| (value, n.span));
                match n {
                    Some((n, span)) => (1, n, span),
                    None => return vec![vec![1]],
                }
            }
            ast::Replicas::Over { range, .. } => match &range.kind {
                ast::ExprKind::Range(bounds) => match self.written_range(bounds, range.span) {
                    Some((from, to)) => (from, to, range.span),
                    None => return vec![vec![0]],
                },
                ast::ExprKind::Error => {
                    self.broken = true;
                    return vec![vec![0]];
                }
                _ => {
                    self.misplaced(range.span, "this", "write a range: `thread w(i in 0..3)`");
                    return vec![vec![0]];
                }
            },
        };
        if to < from {
            self.report(
                Diagnostic::error(
                    codes::OUT_OF_RANGE,
                    span,
                    "a number of actors is at least 1",
                )
                .label(format!("this is {to}")),
            );
            return vec![vec![from]];
        }
        let most = i64::try_from(ACTORS_MAX).unwrap_or(i64::MAX);
        let n = to.saturating_sub(from).saturating_add(1);
        if n > most {
            self.report(
                Diagnostic::error(
                    codes::TOO_MANY_ACTORS,
                    span,
                    format!("{n} actors, but at most {most} are possible"),
                )
                .label("too many")
                .help("most bugs need two or three"),
            );
            return vec![vec![from]];
        }
        (from..=to).map(|arg| vec![arg]).collect()
    }
}

/// Structs as written, with their ids and whether they stand outside the scenarios.
pub type Structs<'a> = Vec<(StructId, &'a ast::Struct, bool)>;
