//! Names, numbers and expressions.

use super::Model;
use super::process::Frame;
use crate::base::Span;
use crate::export::{Refused, identifier};
use crate::program::{BinaryOp, CellRef, Expr, ObjectKind, Query, UnaryOp};

/// Words that SPIN, the model or C keep for themselves.
const RESERVED: &[&str] = &[
    "active",
    "all_done",
    "always",
    "asleep",
    "assert",
    "at",
    "atomic",
    "auto",
    "bit",
    "bool",
    "break",
    "byte",
    "c_code",
    "c_decl",
    "c_expr",
    "c_state",
    "c_track",
    "case",
    "chan",
    "char",
    "const",
    "continue",
    "d_step",
    "default",
    "do",
    "done",
    "double",
    "else",
    "empty",
    "enabled",
    "enum",
    "eval",
    "exclusive",
    "extern",
    "false",
    "fi",
    "float",
    "for",
    "full",
    "get_priority",
    "goto",
    "hidden",
    "if",
    "in",
    "init",
    "inline",
    "int",
    "len",
    "local",
    "long",
    "ltl",
    "main",
    "me",
    "mtype",
    "nempty",
    "never",
    "nfull",
    "notrace",
    "now",
    "np_",
    "nr_pr",
    "od",
    "of",
    "pc_value",
    "pid",
    "print",
    "printf",
    "printm",
    "priority",
    "proctype",
    "provided",
    "register",
    "return",
    "run",
    "select",
    "set_priority",
    "short",
    "show",
    "signed",
    "sizeof",
    "skip",
    "static",
    "struct",
    "switch",
    "timeout",
    "trace",
    "true",
    "typedef",
    "union",
    "unless",
    "unsigned",
    "void",
    "volatile",
    "while",
    "xr",
    "xs",
];

/// The author's name as a name of Promela.
pub(super) fn name(name: &str) -> String {
    let name = identifier(name);
    let is_ours = name.starts_with('_') || RESERVED.contains(&name.as_str());
    if is_ours { format!("x_{name}") } else { name }
}

/// A number of 32 bits.
pub(super) fn number(word: i64, span: Span) -> Result<i64, Refused> {
    if i32::try_from(word).is_ok_and(|word| word != i32::MIN) {
        return Ok(word);
    }
    Err(Refused::new("a number of more than 32 bits", span))
}

impl Model<'_> {
    /// An expression of a frame, or of a property.
    pub(super) fn expr(
        &self,
        expr: &Expr,
        frame: Option<&Frame>,
        span: Span,
    ) -> Result<String, Refused> {
        let of = |expr| self.expr(expr, frame, span);
        Ok(match expr {
            Expr::Const(word) => {
                let word = number(*word, span)?;
                if word < 0 {
                    format!("({word})")
                } else {
                    word.to_string()
                }
            }
            Expr::Reg(reg) => match frame {
                Some(frame) => self.reg(frame, *reg),
                None => return Err(Refused::new("a local in a property", span)),
            },
            Expr::Unary(op, operand) => {
                let operand = of(operand)?;
                match op {
                    UnaryOp::Not => format!("(!{operand})"),
                    UnaryOp::BitNot => format!("(~{operand})"),
                    UnaryOp::Neg => format!("(-{operand})"),
                    UnaryOp::Abs => format!("({operand} < 0 -> -{operand} : {operand})"),
                }
            }
            Expr::Binary(op, left, right) => {
                let is_divided = matches!(op, BinaryOp::Div | BinaryOp::Rem);
                if is_divided && !matches!(**right, Expr::Const(n) if n != 0) {
                    return Err(Refused::new("a division by what may be 0", span));
                }
                let (left, right) = (of(left)?, of(right)?);
                match op {
                    BinaryOp::Min => format!("({left} < {right} -> {left} : {right})"),
                    BinaryOp::Max => format!("({left} > {right} -> {left} : {right})"),
                    _ => format!("({left} {} {right})", sign(*op)),
                }
            }
            Expr::If(condition, then, otherwise) => {
                format!("({} -> {} : {})", of(condition)?, of(then)?, of(otherwise)?)
            }
            Expr::Cell(place) => self.cell(place, frame, span)?,
            Expr::Query(query, object) => self.query(*query, object, frame, span)?,
            Expr::Observed(_) => return Err(Refused::new("an actor's local in a property", span)),
            Expr::Element { .. } => return Err(Refused::new("an object as a value", span)),
            Expr::Pick(..) => return Err(Refused::new("several futures", span)),
            #[allow(unreachable_patterns)]
            _ => return Err(Refused::new("this expression", span)),
        })
    }

    /// A word of memory.
    pub(super) fn cell(
        &self,
        place: &CellRef,
        frame: Option<&Frame>,
        span: Span,
    ) -> Result<String, Refused> {
        let program = self.program;
        let var = &program.vars[program.cells[place.base.index()].var.index()];
        let own = name(&var.name);
        if var.n == 1 {
            return Ok(own);
        }
        let mut parts = Vec::new();
        let offset = place.base.index() - var.first.index();
        if offset > 0 || place.dims.is_empty() {
            parts.push(offset.to_string());
        }
        for dim in &place.dims {
            let index = self.expr(&dim.index, frame, span)?;
            match dim.stride {
                1 => parts.push(index),
                stride => parts.push(format!("{index} * {stride}")),
            }
        }
        Ok(format!("{own}[{}]", parts.join(" + ")))
    }

    pub(super) fn query(
        &self,
        query: Query,
        object: &Expr,
        frame: Option<&Frame>,
        span: Span,
    ) -> Result<String, Refused> {
        if query == Query::IsAlive {
            let actor = match object {
                Expr::Const(actor) => *actor,
                _ => return Err(Refused::new("a thread's handle as a value", span)),
            };
            return Ok(format!("(!done[{}])", actor + 1));
        }
        let named = self.object(object, frame, span)?;
        let own = named.word();
        let room = match named.kind {
            ObjectKind::Chan {
                capacity: Some(room),
                ..
            } => *room,
            _ => 0,
        };
        Ok(match query {
            Query::IsLocked => format!("({own} != 0)"),
            Query::Permits | Query::IsSet => own,
            Query::Len => format!("len({own})"),
            Query::IsEmpty => format!("(len({own}) == 0)"),
            Query::IsFull => format!("(len({own}) == {room})"),
            _ => return Err(Refused::new("this question", span)),
        })
    }
}

fn sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::Rem => "%",
        BinaryOp::BitAnd => "&",
        BinaryOp::BitOr => "|",
        BinaryOp::BitXor => "^",
        BinaryOp::Shl => "<<",
        BinaryOp::Shr => ">>",
        BinaryOp::Eq => "==",
        BinaryOp::Ne => "!=",
        BinaryOp::Lt => "<",
        BinaryOp::Le => "<=",
        BinaryOp::Gt => ">",
        BinaryOp::Ge => ">=",
        BinaryOp::Min | BinaryOp::Max => unreachable!("written as a choice"),
    }
}
