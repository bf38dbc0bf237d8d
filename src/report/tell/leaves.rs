//! What a condition looked at: the names in it, with their values.
//!
//! A condition of an actor was compiled to registers. Each is led back to the
//! local or the word of memory it was loaded from.

use super::states::Column;
use super::story::Story;
use crate::program::{Expr, Instr, ObjectId, Pc, Query, Reg};
use crate::semantics::{Machine, Scene, State};

/// Assignments to registers that are followed at most.
const HOPS_MAX: usize = 8;

/// Instructions that are searched for the one that set a register.
const BACK_MAX: usize = 400;

/// A name in a condition, and its value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Leaf {
    /// What of the shared state it is; `None` for a local.
    pub column: Option<Column>,
    /// As the author wrote it.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// The leaves of a property in a state.
pub(super) fn of_property(story: &Story<'_>, expr: &Expr, state: &State) -> Vec<Leaf> {
    let finder = Finder {
        story,
        scene: story.machine().overview(state),
        at: None,
    };
    finder.all(expr)
}

/// The leaves of a property in a state of another run.
pub(super) fn of_run(
    story: &Story<'_>,
    expr: &Expr,
    machine: &Machine<'_>,
    state: &State,
) -> Vec<Leaf> {
    let finder = Finder {
        story,
        scene: machine.overview(state),
        at: None,
    };
    finder.all(expr)
}

/// The leaves of a condition in an actor's code.
pub(super) fn of_actor(
    story: &Story<'_>,
    expr: &Expr,
    state: &State,
    actor: usize,
    pc: Pc,
) -> Vec<Leaf> {
    let finder = Finder {
        story,
        scene: story.machine().scene(state, actor),
        at: Some(pc),
    };
    finder.all(expr)
}

/// `` `x` is 1, `y` is 2 ``; empty if there is nothing to say.
pub(super) fn sentence(leaves: &[Leaf]) -> String {
    let said: Vec<String> = leaves
        .iter()
        .take(4)
        .map(|leaf| format!("`{}` is {}", leaf.name, leaf.value))
        .collect();
    said.join(", ")
}

/// The same without backquotes, for a table.
pub(super) fn plain(leaves: &[Leaf]) -> String {
    sentence(leaves).replace('`', "")
}

/// The shared state among the leaves.
pub(super) fn columns(leaves: &[Leaf]) -> Vec<Column> {
    leaves.iter().filter_map(|leaf| leaf.column).collect()
}

struct Finder<'a> {
    story: &'a Story<'a>,
    scene: Scene<'a>,
    /// The instruction whose operand it is; `None` for a property.
    at: Option<Pc>,
}

impl Finder<'_> {
    fn all(&self, expr: &Expr) -> Vec<Leaf> {
        let mut found = Vec::new();
        self.find(expr, self.at, HOPS_MAX, &mut found);
        let mut distinct: Vec<Leaf> = Vec::new();
        for leaf in found {
            if !distinct.contains(&leaf) {
                distinct.push(leaf);
            }
        }
        distinct
    }

    fn find(&self, expr: &Expr, at: Option<Pc>, hops: usize, found: &mut Vec<Leaf>) {
        match expr {
            Expr::Const(_) => {}
            Expr::Reg(reg) => self.register(*reg, at, hops, found),
            Expr::Unary(_, operand) => self.find(operand, at, hops, found),
            Expr::Binary(_, left, right) => {
                self.find(left, at, hops, found);
                self.find(right, at, hops, found);
            }
            Expr::If(condition, then, otherwise) => {
                self.find(condition, at, hops, found);
                let taken = match self.scene.eval(condition) {
                    Ok(0) => otherwise,
                    _ => then,
                };
                self.find(taken, at, hops, found);
            }
            Expr::Element { index, .. } => self.find(index, at, hops, found),
            Expr::Pick(index, of) => {
                self.find(index, at, hops, found);
                of.iter().for_each(|one| self.find(one, at, hops, found));
            }
            Expr::Cell(place) => {
                if let Ok(cell) = self.scene.cell(place) {
                    found.push(Leaf {
                        column: Some(Column::Cell(cell)),
                        name: self.story.cell(cell).to_owned(),
                        value: self
                            .story
                            .show_cell(cell, self.scene.layout.value(self.scene.state, cell)),
                    });
                } else {
                    // Outside the array: what matters is the index.
                    for dim in &place.dims {
                        self.find(&dim.index, at, hops, found);
                    }
                }
            }
            Expr::Query(query, object) => found.extend(self.query(*query, object)),
            Expr::Entry { object, .. } => found.extend(self.entries(object)),
            Expr::Observed(observed) => {
                if let (Some(row), Ok(value)) = (
                    self.story.program.observed.get(observed.index()),
                    self.scene.eval(expr),
                ) {
                    found.push(Leaf {
                        column: None,
                        name: row.name.clone(),
                        value: self.story.show(&row.kind, value),
                    });
                }
            }
        }
    }

    /// What a list or map holds.
    fn entries(&self, object: &Expr) -> Option<Leaf> {
        let id = self.scene.object(self.scene.eval(object).ok()?)?;
        Some(Leaf {
            column: Some(Column::Object(id)),
            name: self.story.object(id).to_owned(),
            value: super::collection::show(self.story, id, self.scene.state),
        })
    }

    fn query(&self, query: Query, object: &Expr) -> Option<Leaf> {
        let number = self.scene.eval(object).ok()?;
        let answer = self.scene.query(query, number);
        let method = match query {
            Query::IsLocked => "is_locked",
            Query::Permits => "value",
            Query::IsSet => "is_set",
            Query::Len => "len",
            Query::IsEmpty => "is_empty",
            Query::IsFull => "is_full",
            Query::IsAlive => "is_alive",
            Query::IsDone => "done",
        };
        let index = usize::try_from(number).ok()?;
        let (column, name) = match query {
            Query::IsAlive => (None, self.story.actor(index).to_owned()),
            Query::IsDone => (None, self.story.job(index)),
            _ => {
                let id = ObjectId::new(index);
                (Some(Column::Object(id)), self.story.object(id).to_owned())
            }
        };
        let value = match query {
            Query::Permits | Query::Len => answer.to_string(),
            _ => (answer != 0).to_string(),
        };
        Some(Leaf {
            column,
            name: format!("{name}.{method}()"),
            value,
        })
    }

    fn register(&self, reg: Reg, at: Option<Pc>, hops: usize, found: &mut Vec<Leaf>) {
        let (Some(at), Ok(value)) = (at, self.scene.eval(&Expr::Reg(reg))) else {
            return;
        };
        let program = self.story.program;
        let function = program.function_at(at);
        let first = function.entry.max(at.saturating_sub(BACK_MAX as Pc));
        let setter = (first..at).rev().find(|&pc| sets(program.instr(pc), reg));
        if let Some(local) = function.locals.iter().find(|local| local.reg == reg) {
            found.push(Leaf {
                column: setter.and_then(|pc| self.origin(pc, hops)),
                name: local.name.clone(),
                value: self.story.show(&local.kind, value),
            });
            return;
        }
        let Some(setter) = setter else {
            return;
        };
        match program.instr(setter) {
            Instr::Load(_, place, _) => {
                if let Ok(cell) = self.scene.cell(place) {
                    found.push(Leaf {
                        column: Some(Column::Cell(cell)),
                        name: self.story.cell(cell).to_owned(),
                        value: self.story.show_cell(cell, value),
                    });
                }
            }
            Instr::Let(_, expr) if hops > 0 && self.scene.eval(expr) == Ok(value) => {
                self.find(expr, Some(setter), hops - 1, found);
            }
            Instr::Ask(_, query, object) => {
                if let Some(mut leaf) = self.query(*query, object) {
                    leaf.value = match query {
                        Query::Permits | Query::Len => value.to_string(),
                        _ => (value != 0).to_string(),
                    };
                    found.push(leaf);
                }
            }
            Instr::CompareExchange(..) => found.push(Leaf {
                column: None,
                name: self.story.text(self.story.span(setter)),
                value: (value != 0).to_string(),
            }),
            Instr::Rmw(..) | Instr::Choose(..) => found.push(Leaf {
                column: None,
                name: self.story.text(self.story.span(setter)),
                value: value.to_string(),
            }),
            _ => {}
        }
    }
}

impl Finder<'_> {
    /// The word of memory from which an instruction got its value, if it is the only one.
    fn origin(&self, setter: Pc, hops: usize) -> Option<Column> {
        match self.story.program.instr(setter) {
            Instr::Load(_, place, _) | Instr::Rmw(_, place, ..) => {
                let cell = self.scene.cell(place).ok()?;
                Some(Column::Cell(cell))
            }
            Instr::Let(_, expr) if hops > 0 => {
                let mut found = Vec::new();
                self.find(expr, Some(setter), hops - 1, &mut found);
                let columns = columns(&found);
                columns.first().copied().filter(|_| columns.len() == 1)
            }
            _ => None,
        }
    }
}

/// Whether an instruction sets a register.
fn sets(instr: &Instr, reg: Reg) -> bool {
    match instr {
        Instr::Load(dst, ..)
        | Instr::Ask(dst, ..)
        | Instr::Choose(dst, ..)
        | Instr::Let(dst, _) => *dst == reg,
        Instr::Rmw(dst, ..)
        | Instr::CompareExchange(dst, ..)
        | Instr::Sync { dst, .. }
        | Instr::Spawn { dst, .. }
        | Instr::Submit { dst, .. }
        | Instr::Call(_, _, dst) => *dst == Some(reg),
        Instr::Future { dst, width, .. } => {
            dst.is_some_and(|dst| (dst..dst.saturating_add(*width)).contains(&reg))
        }
        Instr::WaitJobs { dst, seen, .. } => *dst == Some(reg) || *seen == Some(reg),
        Instr::Select { result, width, .. } => {
            (*result..result.saturating_add(2).saturating_add(*width)).contains(&reg)
        }
        Instr::Chan { dst, width, ok, .. } => {
            let element = dst.is_some_and(|dst| (dst..dst.saturating_add(*width)).contains(&reg));
            element || *ok == Some(reg)
        }
        _ => false,
    }
}
