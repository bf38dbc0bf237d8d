//! Expressions and the things they name, in the author's words.

use super::expr::{BinaryOp, CellRef, CollectionOp, Expr, Query, UnaryOp};
use super::object::ObjectKind;
use super::table::{Function, Program, Reg, ValueKind};

/// Words for what stands in one function of a program, or in a property.
#[derive(Clone, Copy)]
pub(super) struct Wording<'p> {
    program: &'p Program,
    function: Option<&'p Function>,
    /// How a register without a name is shown: `_3`, or left open.
    numbered: bool,
}

/// How tightly an operator binds; those of Rust.
const LOOSEST: u8 = 0;
const OR: u8 = 1;
const AND: u8 = 2;
const TIGHTEST: u8 = 10;

impl<'p> Wording<'p> {
    /// Unnamed registers are numbered.
    pub fn numbered(program: &'p Program, function: Option<&'p Function>) -> Self {
        Wording {
            program,
            function,
            numbered: true,
        }
    }

    /// Unnamed registers are shown as `…`.
    pub fn plain(program: &'p Program, function: Option<&'p Function>) -> Self {
        Wording {
            program,
            function,
            numbered: false,
        }
    }

    /// A register: the local's name, if one local has that name.
    pub fn reg(&self, reg: Reg) -> String {
        let locals = self.function.map_or(&[][..], |function| &function.locals);
        let Some(local) = locals.iter().find(|local| local.reg == reg) else {
            return if self.numbered {
                format!("_{reg}")
            } else {
                "…".to_owned()
            };
        };
        let alike = locals.iter().filter(|other| other.name == local.name);
        if self.numbered && alike.count() > 1 {
            format!("{}_{reg}", local.name)
        } else {
            local.name.clone()
        }
    }

    /// Several expressions with commas.
    pub fn list(&self, exprs: &[Expr]) -> String {
        let words: Vec<String> = exprs.iter().map(|expr| self.expr(expr)).collect();
        words.join(", ")
    }

    /// An expression.
    pub fn expr(&self, expr: &Expr) -> String {
        self.within(expr, LOOSEST)
    }

    /// An expression as an operand of an operator that binds as tightly as `outer`.
    fn within(&self, expr: &Expr, outer: u8) -> String {
        let (binds, text) = match expr {
            Expr::Const(word) => (TIGHTEST, word.to_string()),
            Expr::Reg(reg) => (TIGHTEST, self.reg(*reg)),
            Expr::Unary(op, operand) => {
                let operand = self.within(operand, TIGHTEST);
                match op {
                    UnaryOp::Not => (TIGHTEST, format!("!{operand}")),
                    UnaryOp::BitNot => (TIGHTEST, format!("~{operand}")),
                    UnaryOp::Neg => (TIGHTEST, format!("-{operand}")),
                    UnaryOp::Abs => (TIGHTEST, format!("abs({operand})")),
                }
            }
            Expr::Binary(op, left, right) => self.binary(*op, left, right),
            Expr::If(condition, then, otherwise) => self.choice(condition, then, otherwise),
            Expr::Cell(cell) => (TIGHTEST, self.cell(cell)),
            Expr::Query(query, object) => {
                let object = match query {
                    Query::IsAlive => self.actor(object),
                    Query::IsDone => self.expr(object),
                    _ => self.object(object),
                };
                (TIGHTEST, format!("{object}.{}()", self.query(*query)))
            }
            Expr::Entry {
                op, object, args, ..
            } => (TIGHTEST, self.collection(*op, object, args)),
            Expr::Observed(id) => {
                let row = &self.program.observed[id.index()];
                (TIGHTEST, row.name.clone())
            }
            Expr::Element { base, index, .. } => {
                let declared = &self.program.objects[base.index()].declared;
                (TIGHTEST, format!("{declared}[{}]", self.expr(index)))
            }
            Expr::Pick(index, of) => {
                let (of, index) = (self.list(of), self.expr(index));
                (TIGHTEST, format!("[{of}][{index}]"))
            }
        };
        if binds < outer {
            format!("({text})")
        } else {
            text
        }
    }

    fn binary(&self, op: BinaryOp, left: &Expr, right: &Expr) -> (u8, String) {
        let (sign, binds) = operator(op);
        if binds == TIGHTEST {
            let text = format!("{sign}({}, {})", self.expr(left), self.expr(right));
            return (TIGHTEST, text);
        }
        let left = self.within(left, binds);
        let right = self.within(right, binds + 1);
        (binds, format!("{left} {sign} {right}"))
    }

    fn choice(&self, condition: &Expr, then: &Expr, otherwise: &Expr) -> (u8, String) {
        if *otherwise == Expr::Const(0) && self.is_bool(then) {
            let (left, right) = (self.within(condition, AND + 1), self.within(then, AND));
            return (AND, format!("{left} && {right}"));
        }
        if *then == Expr::Const(1) && self.is_bool(otherwise) {
            let (left, right) = (self.within(condition, OR + 1), self.within(otherwise, OR));
            return (OR, format!("{left} || {right}"));
        }
        let (then, otherwise) = (self.expr(then), self.expr(otherwise));
        let condition = self.expr(condition);
        let text = format!("if {condition} {{ {then} }} else {{ {otherwise} }}");
        (TIGHTEST, text)
    }

    /// Whether the expression is certainly a bool.
    fn is_bool(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Reg(reg) => {
                let locals = self.function.map_or(&[][..], |function| &function.locals);
                let named = locals.iter().find(|local| local.reg == *reg);
                named.is_some_and(|local| local.kind == ValueKind::Bool)
            }
            Expr::Unary(op, _) => *op == UnaryOp::Not,
            Expr::Binary(op, ..) => matches!(
                op,
                BinaryOp::Eq
                    | BinaryOp::Ne
                    | BinaryOp::Lt
                    | BinaryOp::Le
                    | BinaryOp::Gt
                    | BinaryOp::Ge
            ),
            Expr::If(_, then, otherwise) => {
                let bit = |expr: &Expr| matches!(expr, Expr::Const(0 | 1)) || self.is_bool(expr);
                bit(then) && bit(otherwise)
            }
            Expr::Cell(cell) => self.program.cells[cell.base.index()].kind == ValueKind::Bool,
            Expr::Query(query, _) => !matches!(query, Query::Permits | Query::Len),
            Expr::Observed(id) => self.program.observed[id.index()].kind == ValueKind::Bool,
            Expr::Entry { op, .. } => matches!(
                op,
                CollectionOp::HasValue | CollectionOp::HasKey | CollectionOp::IsEqual
            ),
            Expr::Const(_) | Expr::Element { .. } | Expr::Pick(..) => false,
        }
    }

    /// An operation on a list or map: `l.append(1)`, `d[k]`, `2 in l`.
    pub fn collection(&self, op: CollectionOp, object: &Expr, args: &[Expr]) -> String {
        let kinds = self.argument_kinds(op, object);
        let args: Vec<String> = args
            .iter()
            .enumerate()
            .map(|(index, arg)| self.constant(arg, kinds.get(index)))
            .collect();
        let object = self.object(object);
        match op {
            CollectionOp::At | CollectionOp::Get => format!("{object}[{}]", args.join(", ")),
            CollectionOp::HasValue | CollectionOp::HasKey => {
                format!("{} in {object}", args.join(", "))
            }
            CollectionOp::IsEqual => format!("{object} == [{}]", args.join(", ")),
            CollectionOp::SetAt | CollectionOp::Put => {
                let (key, value) = args.split_first().expect("a key and a value");
                format!("{object}[{key}] = {}", value.join(", "))
            }
            CollectionOp::TakeAt if args == ["-1"] => format!("{object}.pop()"),
            CollectionOp::TakeAt if args == ["0"] => format!("{object}.pop_first()"),
            _ => format!("{object}.{}({})", op.text(), args.join(", ")),
        }
    }

    /// How the words of the arguments are shown, as far as the object is known.
    fn argument_kinds(&self, op: CollectionOp, object: &Expr) -> Vec<ValueKind> {
        let Expr::Const(number) = object else {
            return Vec::new();
        };
        let row = usize::try_from(*number).ok();
        let Some(ObjectKind::Collection {
            keyed,
            width,
            first,
            ..
        }) = row
            .and_then(|index| self.program.objects.get(index))
            .map(|object| &object.kind)
        else {
            return Vec::new();
        };
        let from = first.index() + 1;
        let cells = self.program.cells[from..].iter().take(*width as usize);
        let entry: Vec<ValueKind> = cells.map(|cell| cell.kind.clone()).collect();
        match op {
            CollectionOp::SetAt | CollectionOp::Insert if !keyed => {
                [vec![ValueKind::Int], entry].concat()
            }
            CollectionOp::At | CollectionOp::TakeAt => vec![ValueKind::Int],
            CollectionOp::Extend | CollectionOp::CopyFrom => vec![ValueKind::Object],
            CollectionOp::IsEqual => entry.iter().cycle().take(64).cloned().collect(),
            _ => entry,
        }
    }

    /// A constant in the author's words; any other expression as it is.
    fn constant(&self, expr: &Expr, kind: Option<&ValueKind>) -> String {
        let (Expr::Const(word), Some(kind)) = (expr, kind) else {
            return self.expr(expr);
        };
        let row = usize::try_from(*word).unwrap_or(usize::MAX);
        let text = match kind {
            ValueKind::Bool => Some((*word != 0).to_string()),
            ValueKind::Enum(id) => self
                .program
                .enums
                .get(*id as usize)
                .and_then(|names| names.get(row))
                .cloned(),
            ValueKind::Str => self.program.names.get(row).map(|name| format!("{name:?}")),
            ValueKind::Object => Some(self.object(expr)),
            ValueKind::Int | ValueKind::Handle | ValueKind::Future | ValueKind::Entries { .. } => {
                None
            }
        };
        text.unwrap_or_else(|| word.to_string())
    }

    /// What a question to an object is called.
    pub fn query(&self, query: Query) -> &'static str {
        match query {
            Query::IsLocked => "is_locked",
            Query::Permits => "value",
            Query::IsSet => "is_set",
            Query::Len => "len",
            Query::IsEmpty => "is_empty",
            Query::IsFull => "is_full",
            Query::IsAlive => "is_alive",
            Query::IsDone => "done",
        }
    }

    /// The object with the number that the expression gives.
    pub fn object(&self, number: &Expr) -> String {
        let object = match number {
            Expr::Const(number) => usize::try_from(*number)
                .ok()
                .and_then(|index| self.program.objects.get(index)),
            _ => None,
        };
        object.map_or_else(|| self.expr(number), |object| object.name.clone())
    }

    /// The actor with the number that the expression gives.
    pub fn actor(&self, number: &Expr) -> String {
        let actor = match number {
            Expr::Const(number) => usize::try_from(*number)
                .ok()
                .and_then(|index| self.program.actors.get(index)),
            _ => None,
        };
        actor.map_or_else(|| self.expr(number), |actor| actor.name.clone())
    }

    /// A word of memory: `x`, `a[i + 1]`, `jobs[0].id`.
    pub fn cell(&self, cell: &CellRef) -> String {
        let name = &self.program.cells[cell.base.index()].name;
        let (declared, mut indices, field) = take_apart(name);
        let mut open: Vec<bool> = indices.iter().map(|index| index == "0").collect();
        for dim in &cell.dims {
            let beyond = self
                .program
                .cells
                .get(cell.base.index() + dim.stride as usize);
            let next = beyond
                .filter(|_| dim.len > 1)
                .map(|cell| take_apart(&cell.name).1);
            let differs = |position: &usize| {
                next.as_ref()
                    .is_none_or(|next| next.get(*position) != indices.get(*position))
            };
            let position = (0..indices.len()).find(|at| open[*at] && differs(at));
            if let Some(position) = position {
                open[position] = false;
                indices[position] = self.expr(&dim.index);
            }
        }
        let indices: Vec<String> = indices.iter().map(|index| format!("[{index}]")).collect();
        format!("{declared}{}{field}", indices.concat())
    }
}

/// `g[1][0].x` as `g`, `1` and `0`, `.x`.
fn take_apart(name: &str) -> (&str, Vec<String>, &str) {
    let Some(first) = name.find('[') else {
        let field = name.find('.').unwrap_or(name.len());
        return (&name[..field], Vec::new(), &name[field..]);
    };
    let last = name.rfind(']').map_or(name.len(), |at| at + 1);
    let inside = &name[first + 1..last - 1];
    let indices = inside.split("][").map(str::to_owned).collect();
    (&name[..first], indices, &name[last..])
}

/// How an operator is written and how tightly it binds; functions bind tightest.
pub(super) fn operator(op: BinaryOp) -> (&'static str, u8) {
    match op {
        BinaryOp::Eq => ("==", 3),
        BinaryOp::Ne => ("!=", 3),
        BinaryOp::Lt => ("<", 3),
        BinaryOp::Le => ("<=", 3),
        BinaryOp::Gt => (">", 3),
        BinaryOp::Ge => (">=", 3),
        BinaryOp::BitOr => ("|", 4),
        BinaryOp::BitXor => ("^", 5),
        BinaryOp::BitAnd => ("&", 6),
        BinaryOp::Shl => ("<<", 7),
        BinaryOp::Shr => (">>", 7),
        BinaryOp::Add => ("+", 8),
        BinaryOp::Sub => ("-", 8),
        BinaryOp::Mul => ("*", 9),
        BinaryOp::Div => ("/", 9),
        BinaryOp::Rem => ("%", 9),
        BinaryOp::Min => ("min", TIGHTEST),
        BinaryOp::Max => ("max", TIGHTEST),
    }
}
