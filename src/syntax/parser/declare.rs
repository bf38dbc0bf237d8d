//! Constants, types and functions.

use super::Parser;
use crate::base::{Diagnostic, Span};
use crate::syntax::ast::{Const, Enum, Field, Fn, Ident, Param, Range, Struct, Type, TypeKind};
use crate::syntax::code;

impl Parser<'_> {
    pub(super) fn constant(&mut self) -> Const {
        let start = self.pos;
        self.bump();
        let name = self.name("a name for the constant");
        let ty = self.optional_type();
        let value = if self.expect("=").is_some() {
            self.expr()
        } else {
            self.no_expr()
        };
        Const {
            name,
            ty,
            value,
            span: self.since(start),
        }
    }

    pub(super) fn enumeration(&mut self) -> Enum {
        let start = self.pos;
        self.bump();
        let name = self.name("a name for the enum");
        let variants = self.braced_list(|parser| parser.name("a value of the enum"));
        if variants.is_empty() && !self.failed {
            self.empty_type("an enum", name.span);
        }
        Enum {
            name,
            variants,
            span: self.since(start),
        }
    }

    pub(super) fn structure(&mut self) -> Struct {
        let start = self.pos;
        self.bump();
        let name = self.name("a name for the struct");
        let fields = self.braced_list(Self::field);
        if fields.is_empty() && !self.failed {
            self.empty_type("a struct", name.span);
        }
        Struct {
            name,
            fields,
            span: self.since(start),
        }
    }

    fn empty_type(&mut self, what: &str, span: Span) {
        self.report(|_| {
            Diagnostic::error(code::INCOMPLETE, span, format!("{what} with nothing in it"))
                .label("has no values")
        });
    }

    fn field(&mut self) -> Field {
        let start = self.pos;
        let name = self.name("a field");
        let ty = if self.expect(":").is_some() {
            self.ty()
        } else {
            no_type(self.since(start))
        };
        Field {
            name,
            ty,
            span: self.since(start),
        }
    }

    fn braced_list<T>(&mut self, element: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let open = self.pos;
        if self.failed || self.expect("{").is_none() {
            return Vec::new();
        }
        self.list(open, "}", element)
    }

    pub(super) fn function(&mut self) -> Fn {
        let start = self.pos;
        self.bump();
        self.refuse_fn_main();
        let name = self.name("a name for the function");
        let params = self.params();
        let head = self.since(start);
        let result = self.eat("->").map(|_| self.ty());
        let body = self.body_of(format!("function `{}`", name.text));
        Fn {
            name,
            params,
            result,
            body,
            span: self.since(start),
            head,
        }
    }

    /// The block of an actor or function, which `owner` names in messages.
    pub(super) fn body_of(&mut self, owner: String) -> crate::syntax::ast::Block {
        let outer = std::mem::replace(&mut self.actor, owner);
        let body = self.block();
        self.actor = outer;
        body
    }

    /// `fn main()`, which nothing would call.
    fn refuse_fn_main(&mut self) {
        if !self.at("main") || self.calls_main() {
            return;
        }
        let keyword = self.previous().span;
        let whole = keyword.to(self.token().span);
        let empty_params = self.text(1) == "(" && self.text(2) == ")";
        let fixed = if empty_params {
            whole.to(self.nth(2).span)
        } else {
            whole
        };
        self.report(|_| {
            let mistake = Diagnostic::error(code::FOREIGN, whole, "nothing calls `fn main`")
                .label("a program is its actors")
                .help("write `main thread main { … }`: its end ends the program");
            if empty_params {
                mistake.fix(fixed, "main thread main")
            } else {
                mistake
            }
        });
    }

    fn params(&mut self) -> Vec<Param> {
        let open = self.pos;
        if !self.at("(") {
            self.expected("`(`");
            return Vec::new();
        }
        self.mark(crate::syntax::mark::Mark::Tight);
        self.bump();
        self.list(open, ")", |parser| {
            let start = parser.pos;
            parser.refuse_mut();
            let name = parser.name("a parameter");
            let ty = parser.optional_type();
            Param {
                name,
                ty,
                span: parser.since(start),
            }
        })
    }

    /// `: int`, if it comes.
    pub(super) fn optional_type(&mut self) -> Option<Type> {
        if !self.at(":") || self.text(1) == "=" {
            return None;
        }
        self.bump();
        Some(self.ty())
    }

    pub(super) fn ty(&mut self) -> Type {
        let start = self.pos;
        let named = self.is_word(0) && !matches!(self.text(1), ".." | "..=" | "+" | "-" | "*");
        if named {
            let name = self.type_name();
            return Type {
                kind: TypeKind::Named(name),
                span: self.since(start),
            };
        }
        let first = self.chain();
        let inclusive = self.at("..=");
        if !inclusive && self.eat("..").is_none() {
            self.expected("a type: `int`, `bool`, a name, or a range such as `0..8`");
            return no_type(self.since(start));
        }
        self.eat("..=");
        let end = self.chain();
        let range = Range {
            start: first,
            end,
            inclusive,
        };
        Type {
            kind: TypeKind::Range(Box::new(range)),
            span: self.since(start),
        }
    }

    /// The name of a type; words such as `thread` and `atomic` are types too.
    fn type_name(&mut self) -> Ident {
        let token = self.bump();
        let text = self.source.slice(token.span).to_owned();
        Ident {
            text,
            span: token.span,
        }
    }
}

fn no_type(span: Span) -> Type {
    let name = Ident {
        text: String::new(),
        span,
    };
    Type {
        kind: TypeKind::Named(name),
        span,
    }
}
