//! `expect` and `allow`: kinds, subjects, codes.

use super::codes;
use super::names::{Def, Wanted};
use super::state::Resolver;
use crate::base::{Diagnostic, Span};
use crate::hir::{Allow, Expect, ExpectKind, ObjectKind};
use crate::syntax::ast;

/// What the subjects of an expectation must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Subject {
    /// A `var` or `atomic`.
    Var,
    /// A lock.
    Lock,
    /// A cond.
    Cond,
    /// Any object.
    Object,
    /// A declared or spawned actor.
    Actor,
    /// Anything that has a name.
    Any,
}

/// Codes of findings that are or can be warnings.
const WARNINGS: [&str; 15] = [
    "L001", "R002", "S002", "S003", "K001", "K005", "K006", "M010", "W001", "W002", "W003", "W004",
    "W005", "W006", "W007",
];
/// Codes of findings that are always errors.
const ERRORS: [&str; 36] = [
    "R001", "R003", "D001", "D002", "D003", "D004", "A001", "A002", "A003", "A004", "A005", "A006",
    "A007", "A008", "S001", "S004", "S005", "K002", "K003", "K004", "M001", "M002", "M003", "M004",
    "M005", "M006", "M007", "M008", "M009", "O001", "O002", "O003", "B001", "B002", "B003", "X001",
];

impl Resolver<'_> {
    /// `expect …`.
    pub fn expect(&mut self, expect: &ast::Expect) {
        let Some((kind, subject)) = kind_of(&expect.kind) else {
            return self.unusual_expect(expect);
        };
        let mut subjects = Vec::new();
        let mut actors = Vec::new();
        for named in &expect.subjects {
            let Some(name) = self.subject(named, subject) else {
                continue;
            };
            if subject == Subject::Actor {
                actors.push(name);
            } else {
                subjects.push(name);
            }
        }
        let kind = ExpectKind::Finding {
            kind: kind.to_owned(),
            subjects,
            actors,
        };
        self.push_expect(expect, kind);
    }

    fn push_expect(&mut self, expect: &ast::Expect, kind: ExpectKind) {
        let written = self.source.slice(expect.span);
        let text = written.strip_prefix("expect").unwrap_or(written);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.out.expects.push(Expect {
            span: expect.span,
            text: text.trim_end_matches(';').to_owned(),
            kind,
        });
    }

    fn unusual_expect(&mut self, expect: &ast::Expect) {
        match &expect.kind {
            ast::ExpectKind::Ok => self.push_expect(expect, ExpectKind::Ok),
            ast::ExpectKind::Warning(code) => {
                if self.is_warning(code, "`expect warning` names a warning") {
                    let kind = ExpectKind::Warning {
                        code: code.text.clone(),
                    };
                    self.push_expect(expect, kind);
                }
            }
            _ => self.broken = true,
        }
    }

    /// The name of a subject, after checking that there is such a thing.
    fn subject(&mut self, expr: &ast::Expr, wanted: Subject) -> Option<String> {
        if wanted == Subject::Actor {
            return self.actor_subject(expr);
        }
        let text = self.plain_text(expr.span);
        let mut root = expr;
        while let ast::ExprKind::Index { base, .. } | ast::ExprKind::Field { base, .. } = &root.kind
        {
            root = base;
        }
        let name = match &root.kind {
            ast::ExprKind::Name(name) => name,
            ast::ExprKind::Str(text) => return Some(text.clone()),
            ast::ExprKind::Error => {
                self.broken = true;
                return None;
            }
            _ if wanted == Subject::Any => return self.actor_subject(expr),
            _ => {
                self.misplaced(expr.span, "this", "write a declared name");
                return None;
            }
        };
        if wanted == Subject::Any && self.property_names.contains(&name.text) {
            return Some(text);
        }
        let Some(named) = self.names.lookup(&name.text, false) else {
            self.unknown_name(name, wanted.looked_for());
            return None;
        };
        if self.fits(named.def, wanted) {
            return Some(text);
        }
        let (what, found) = (wanted.noun(), self.def_noun(named.def));
        self.report(
            Diagnostic::error(
                codes::WRONG_KIND,
                name.span,
                format!("`{}` is {found}, not {what}", name.text),
            )
            .label(format!("{what} is asked for"))
            .secondary(named.span, "declared here"),
        );
        None
    }

    fn plain_text(&self, span: Span) -> String {
        self.source.slice(span).split_whitespace().collect()
    }

    fn actor_subject(&mut self, expr: &ast::Expr) -> Option<String> {
        if let ast::ExprKind::Str(text) = &expr.kind {
            return Some(text.clone());
        }
        let name = match &expr.kind {
            ast::ExprKind::Name(name) | ast::ExprKind::Replica { name, .. } => Some(name),
            ast::ExprKind::Call(call) => Some(&call.name),
            _ => None,
        };
        let spawned = name
            .and_then(|name| self.names.lookup(&name.text, false))
            .is_some_and(|named| match named.def {
                Def::Fn(_) => true,
                // The workers of an executor are actors of that name.
                Def::Object(id) => {
                    let kind = &self.out.objects[id.index()].kind;
                    matches!(kind, ObjectKind::Executor { .. })
                }
                _ => false,
            });
        if spawned {
            return Some(self.plain_text(expr.span));
        }
        let outer = std::mem::take(&mut self.body.pure);
        let found = self.actors_named(expr);
        self.body.pure = outer;
        found.map(|_| self.plain_text(expr.span))
    }

    fn fits(&self, def: Def, wanted: Subject) -> bool {
        match (wanted, def) {
            (Subject::Any, _) | (Subject::Object, Def::Object(_)) | (Subject::Var, Def::Var(_)) => {
                true
            }
            // What a list or map holds is memory.
            (Subject::Var, Def::Object(id)) => self.has_entries(id),
            (Subject::Lock, Def::Object(id)) => matches!(
                self.out.objects[id.index()].kind,
                ObjectKind::Lock { .. } | ObjectKind::RwLock { .. } | ObjectKind::Sem { .. }
            ),
            (Subject::Cond, Def::Object(id)) => matches!(
                self.out.objects[id.index()].kind,
                ObjectKind::Cond { .. } | ObjectKind::Event { .. } | ObjectKind::Sem { .. }
            ),
            _ => false,
        }
    }

    fn def_noun(&self, def: Def) -> &'static str {
        match def {
            Def::Const(_) => "a constant",
            Def::Enum(_) | Def::Struct(_) => "a type",
            Def::Fn(_) => "a function",
            Def::Var(_) => "a variable",
            Def::Object(_) => "another kind of object",
            Def::Group(_) => "an actor",
            Def::Loop(_) | Def::Unsupported => "something else",
        }
    }

    /// `allow CODE(a, b) because "reason"`.
    pub fn allow(&mut self, allow: &ast::Allow) {
        let known = self.is_warning(&allow.code, "`allow` silences warnings only");
        let mut subjects = Vec::new();
        for subject in &allow.subjects {
            subjects.extend(self.subject(subject, Subject::Any));
        }
        let Some(reason) = &allow.because else {
            self.broken = true;
            return;
        };
        if known {
            self.out.allows.push(Allow {
                span: allow.span,
                code: allow.code.text.clone(),
                subjects,
                reason: reason.text.clone(),
            });
        }
    }

    fn is_warning(&mut self, code: &ast::Ident, rule: &str) -> bool {
        let text = code.text.as_str();
        if WARNINGS.contains(&text) {
            return true;
        }
        if text.is_empty() {
            self.broken = true;
        } else if ERRORS.contains(&text) {
            self.report(
                Diagnostic::error(codes::NOT_A_WARNING, code.span, format!("`{text}` is an error"))
                    .label(rule)
                    .help("a scenario that is meant to go wrong says so with `expect`, such as `expect race on x`"),
            );
        } else {
            let near = super::names::nearest(text, WARNINGS);
            let mut diagnostic = Diagnostic::error(
                codes::UNKNOWN_CODE,
                code.span,
                format!("there is no finding `{text}`"),
            )
            .label("not a code")
            .help(format!("warnings are {}", WARNINGS.join(", ")));
            if let Some(near) = near {
                diagnostic = diagnostic.fix(code.span, near);
            }
            self.report(diagnostic);
        }
        false
    }
}

impl Subject {
    fn noun(self) -> &'static str {
        match self {
            Self::Var => "a variable",
            Self::Lock => "a lock",
            Self::Cond => "a cond",
            Self::Object => "an object",
            Self::Actor => "an actor",
            Self::Any => "a name",
        }
    }

    fn looked_for(self) -> Wanted {
        match self {
            Self::Var => Wanted::Var,
            Self::Lock => Wanted::Lock,
            Self::Cond | Self::Object => Wanted::Object,
            Self::Actor => Wanted::Actor,
            Self::Any => Wanted::Value,
        }
    }
}

/// The kind of finding as it stands in reports, and what its subjects are.
fn kind_of(kind: &ast::ExpectKind) -> Option<(&'static str, Subject)> {
    use ast::ExpectKind as Kind;
    Some(match kind {
        Kind::Ok | Kind::Warning(_) | Kind::Error => return None,
        Kind::Race => ("race", Subject::Var),
        Kind::Deadlock => ("deadlock", Subject::Actor),
        Kind::LockOrder => ("lock_order", Subject::Lock),
        Kind::Assert => ("assert", Subject::Any),
        Kind::Always => ("always", Subject::Any),
        Kind::Finally => ("finally", Subject::Any),
        Kind::Outcomes => ("outcomes", Subject::Any),
        Kind::Sometimes => ("sometimes", Subject::Any),
        Kind::Eventually => ("eventually", Subject::Any),
        Kind::LeadsTo => ("leads_to", Subject::Any),
        Kind::Order => ("order", Subject::Any),
        Kind::Unguarded => ("unguarded", Subject::Var),
        Kind::LostSignal => ("lost_signal", Subject::Cond),
        Kind::Starvation => ("starvation", Subject::Actor),
        Kind::Livelock => ("livelock", Subject::Actor),
        Kind::Spinning => ("spinning", Subject::Actor),
        Kind::BlockedLoop => ("blocked_loop", Subject::Actor),
        Kind::Leak => ("leak", Subject::Actor),
        Kind::LockLeak => ("lock_leak", Subject::Object),
        Kind::Swallowed => ("swallowed", Subject::Actor),
        Kind::NeverAwaited => ("never_awaited", Subject::Actor),
        Kind::Killed => ("killed", Subject::Actor),
        Kind::Misuse => ("misuse", Subject::Any),
        Kind::Overflow => ("overflow", Subject::Any),
        Kind::Bounds => ("bounds", Subject::Any),
        Kind::DivZero => ("div_zero", Subject::Any),
        Kind::Raise => ("raise", Subject::Any),
    })
}
