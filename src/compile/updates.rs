//! Writes whose value is computed from an earlier read of the same word: the
//! places where somebody else's update in between would be lost.
//!
//! For each read, a forward analysis finds the instructions at which, on every
//! way there, the register still holds what was read and the function itself has
//! not written the variable again. Among them, a second one follows which
//! registers are computed from it (Aho, Lam, Sethi, Ullman, "Compilers", 2006,
//! section 9.2). At such a write the search only has to compare the register with
//! memory: if they differ, somebody else has written in between.
//!
//! **Deliberately absent:** values that go through a function's result unchanged
//! or by way of other variables, and elements of arrays whose index changes.

use crate::program::registers::{in_cell, in_expr, read_by, written_by};
use crate::program::{
    CellRef, CollectionOp, Expr, FunctionId, Handler, Instr, Parts, Pc, Reg, RmwOp, Update, VarId,
};
use std::collections::BTreeSet;

/// The variables that each function writes, itself or by what it calls.
pub(super) fn writes(parts: &Parts, functions: &[&[Instr]]) -> Vec<BTreeSet<VarId>> {
    let mut all: Vec<BTreeSet<VarId>> = functions
        .iter()
        .map(|code| code.iter().flat_map(|it| stores(parts, it)).collect())
        .collect();
    let calls: Vec<Vec<FunctionId>> = functions
        .iter()
        .map(|code| {
            let callee = |instr: &Instr| match instr {
                Instr::Call(function, ..) => Some(*function),
                _ => None,
            };
            code.iter().filter_map(callee).collect()
        })
        .collect();
    let mut changed = true;
    while changed {
        changed = false;
        for caller in 0..all.len() {
            for callee in &calls[caller] {
                let more: Vec<VarId> = all[callee.index()]
                    .difference(&all[caller])
                    .copied()
                    .collect();
                changed |= !more.is_empty();
                all[caller].extend(more);
            }
        }
    }
    all
}

/// The variables an instruction may write: one, or any list or map if it names none.
fn stores(parts: &Parts, instr: &Instr) -> Vec<VarId> {
    match instr {
        Instr::Store(cell, ..) | Instr::Rmw(_, cell, ..) | Instr::CompareExchange(_, cell, ..) => {
            Place::Word(cell).variables(parts)
        }
        Instr::Collection { op, object, .. } if !op.only_looks() => collections(parts, object),
        _ => Vec::new(),
    }
}

/// What is read and written: a word of memory, or an entry of a list or map.
#[derive(Clone, Copy, PartialEq)]
enum Place<'a> {
    Word(&'a CellRef),
    Entry(&'a Expr, &'a Expr),
}

impl Place<'_> {
    /// The variables it may belong to.
    fn variables(self, parts: &Parts) -> Vec<VarId> {
        match self {
            Place::Word(cell) => vec![parts.cells[cell.base.index()].var],
            Place::Entry(object, _) => collections(parts, object),
        }
    }

    /// Calls `visit` for every register on which it depends.
    fn registers(self, visit: &mut impl FnMut(Reg)) {
        match self {
            Place::Word(cell) => in_cell(cell, visit),
            Place::Entry(object, key) => {
                in_expr(object, visit);
                in_expr(key, visit);
            }
        }
    }
}

/// The variables of the list or map that an expression names; of all of them, if it
/// is not known which.
fn collections(parts: &Parts, object: &Expr) -> Vec<VarId> {
    let known = match object {
        Expr::Const(number) => usize::try_from(*number).ok(),
        _ => None,
    };
    let vars = parts.vars.iter().enumerate();
    let meant = vars.filter(|(_, var)| match (var.collection, known) {
        (Some(id), Some(number)) => id.index() == number,
        (Some(_), None) => true,
        (None, _) => false,
    });
    meant.map(|(index, _)| VarId::new(index)).collect()
}

/// The place an instruction reads into a register.
fn loaded(instr: &Instr) -> Option<(Reg, Place<'_>)> {
    match instr {
        Instr::Load(reg, cell, _) => Some((*reg, Place::Word(cell))),
        Instr::Collection {
            op: CollectionOp::At | CollectionOp::Get | CollectionOp::GetOr,
            object,
            args,
            dst: Some(reg),
            width: 1,
            ..
        } => Some((*reg, Place::Entry(object, args.first()?))),
        _ => None,
    }
}

/// The place an instruction writes, and what.
fn stored(instr: &Instr) -> Option<(Place<'_>, &Expr)> {
    match instr {
        Instr::Store(cell, value, _) | Instr::Rmw(_, cell, RmwOp::Swap, value) => {
            Some((Place::Word(cell), value))
        }
        Instr::Collection {
            op: CollectionOp::SetAt | CollectionOp::Put,
            object,
            args,
            ..
        } => match &**args {
            [key, value] => Some((Place::Entry(object, key), value)),
            _ => None,
        },
        _ => None,
    }
}

/// What is known about the function that is looked at.
pub(super) struct Body<'a> {
    pub parts: &'a Parts,
    pub code: &'a [Instr],
    pub handlers: &'a [Handler],
    /// What each function of the program writes.
    pub writes: &'a [BTreeSet<VarId>],
    /// How many words each function returns.
    pub returned: &'a [u16],
}

/// The updates of one function, by their write; places count from its beginning.
///
/// Cost: for each read, the part of the code in which its value is still current.
pub(super) fn updates(body: &Body<'_>) -> Vec<Update> {
    let mut found = Vec::new();
    for (at, instr) in body.code.iter().enumerate() {
        if let Some((reg, place)) = loaded(instr) {
            body.updates_of(at, reg, place, &mut found);
        }
    }
    found.sort_unstable_by_key(|update: &Update| (update.store, update.load));
    found
}

impl Body<'_> {
    fn updates_of(&self, load: usize, reg: Reg, of: Place<'_>, found: &mut Vec<Update>) {
        let current = self.current(load, reg, of);
        if current.is_empty() {
            return;
        }
        let computed = self.computed(load, reg, &current);
        for (&at, from_it) in current.iter().zip(computed) {
            let value = match stored(&self.code[at]) {
                Some((place, value)) if place == of => value,
                _ => continue,
            };
            let mut uses = false;
            in_expr(value, &mut |reg| uses |= from_it.contains(&reg));
            if uses {
                let place = |at: usize| Pc::try_from(at).expect("code is limited");
                found.push(Update {
                    store: place(at),
                    load: place(load),
                    reg,
                });
            }
        }
    }

    /// Where the register still holds what was read, whichever way led there; ascending.
    fn current(&self, load: usize, reg: Reg, of: Place<'_>) -> Vec<usize> {
        let mut there = vec![false; self.code.len()];
        let mut rest: Vec<usize> = self.after(load).collect();
        while let Some(at) = rest.pop() {
            if at != load && !std::mem::replace(&mut there[at], true) && !self.ends(at, reg, of) {
                rest.extend(self.after(at));
            }
        }
        // Whatever can be reached in another way, too, does not count.
        let before = self.before();
        let mut changed = true;
        while changed {
            changed = false;
            for at in 0..there.len() {
                let kept = |&from: &usize| from == load || there[from] && !self.ends(from, reg, of);
                if there[at] && !before[at].iter().all(kept) {
                    there[at] = false;
                    changed = true;
                }
            }
        }
        (1..there.len()).filter(|&at| there[at]).collect()
    }

    /// Whether the value is not current any more after the instruction.
    fn ends(&self, at: usize, reg: Reg, of: Place<'_>) -> bool {
        let instr = &self.code[at];
        let vars = of.variables(self.parts);
        let calls = match instr {
            Instr::Call(function, ..) => {
                let writes = &self.writes[function.index()];
                vars.iter().any(|var| writes.contains(var))
            }
            _ => false,
        };
        let mut index = false;
        of.registers(&mut |used| index |= self.writes_reg(instr, used));
        let stores = stores(self.parts, instr);
        calls || index || stores.iter().any(|var| vars.contains(var)) || self.writes_reg(instr, reg)
    }

    fn writes_reg(&self, instr: &Instr, reg: Reg) -> bool {
        let written = written_by(instr, |function| self.returned[function.index()]);
        written
            .into_iter()
            .any(|(first, width)| (first..first.saturating_add(width)).contains(&reg))
    }

    /// For each of the places, the registers computed from what was read.
    fn computed(&self, load: usize, reg: Reg, current: &[usize]) -> Vec<BTreeSet<Reg>> {
        let mut before: Vec<BTreeSet<Reg>> = vec![BTreeSet::new(); current.len()];
        let index_of = |at: usize| current.binary_search(&at).ok();
        let mut rest = Vec::new();
        for index in self.after(load).filter_map(index_of) {
            before[index].insert(reg);
            rest.push(index);
        }
        while let Some(index) = rest.pop() {
            let instr = &self.code[current[index]];
            let mut set = before[index].clone();
            let mut uses = false;
            read_by(instr, &mut |read| uses |= set.contains(&read));
            let passes_on = uses && matches!(instr, Instr::Let(..) | Instr::Call(..));
            for (first, width) in written_by(instr, |function| self.returned[function.index()]) {
                for written in first..first.saturating_add(width) {
                    if passes_on {
                        set.insert(written);
                    } else {
                        set.remove(&written);
                    }
                }
            }
            for next in self.after(current[index]).filter_map(index_of) {
                let size = before[next].len();
                before[next].extend(&set);
                if before[next].len() != size {
                    rest.push(next);
                }
            }
        }
        before
    }

    fn after(&self, at: usize) -> impl Iterator<Item = usize> {
        let instr = &self.code[at];
        let next = instr.falls_through().then_some(at + 1);
        let target = instr.target().map(|target| target as usize);
        let caught = self.handlers.iter().filter(move |of| {
            instr.may_raise() && (of.from as usize..of.to as usize).contains(&at)
        });
        let handlers = caught.map(|handler| handler.target as usize);
        let all = next.into_iter().chain(target).chain(handlers);
        all.filter(|&to| to < self.code.len())
    }

    fn before(&self) -> Vec<Vec<usize>> {
        let mut before = vec![Vec::new(); self.code.len()];
        for at in 0..self.code.len() {
            for to in self.after(at) {
                before[to].push(at);
            }
        }
        before
    }
}
