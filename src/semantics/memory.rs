//! Shared memory: reads, writes, and both in one step.

use super::eval::{ArithmeticFault, binary};
use super::machine::{Done, Flow, Machine, Step, Stop};
use super::record::{EventKind, Incident, Recorder};
use super::state::State;
use crate::base::{Mistake, planted};
use crate::program::{CellId, CellRef, Expr, ObjectKind, Reg, RmwOp};

impl Machine<'_> {
    /// Whether `actor` holds the lock that the word's variable names, well enough
    /// for the access; true if it names none.
    pub fn is_guarded(&self, state: &State, actor: usize, cell: CellId, write: bool) -> bool {
        let var = self.program.cells[cell.index()].var;
        let Some(lock) = self.program.vars[var.index()].guarded_by else {
            return true;
        };
        let lock = self.layout.object_in(lock, cell.process());
        let kind = &self.program.objects[lock.index()].kind;
        let shared = matches!(kind, ObjectKind::RwLock { .. }) && !write;
        self.owner(state, lock) == Some(actor)
            || shared && self.readers(state, lock).contains(&actor)
    }

    /// The words that a condition of an actor reads, and whether that is a plain read; of
    /// a list or map its size for the whole, and the entry that it is about.
    pub fn reads(&self, state: &State, actor: usize, condition: &Expr) -> Vec<(CellId, bool)> {
        let scene = self.scene(state, actor);
        let mut found = Vec::new();
        condition.each(&mut |expr| match expr {
            Expr::Cell(place) => found.extend(scene.cell(place).ok().map(|cell| {
                let var = self.program.cells[cell.index()].var;
                (cell, !self.program.vars[var.index()].atomic)
            })),
            Expr::Entry {
                op,
                plain,
                object,
                args,
                ..
            } => {
                let number = scene.eval(object).ok();
                let id = number.and_then(|number| scene.object(number));
                let shape = id.and_then(|id| self.collection(id));
                found.extend(shape.map(|shape| (shape.first(), false)));
                let entry = { op.is_about_one() }
                    .then(|| scene.entry_cell(*op, object, args))
                    .flatten();
                found.extend(entry.map(|cell| (cell, *plain)));
            }
            _ => {}
        });
        found
    }
}

impl<R: Recorder> Step<'_, '_, R> {
    fn cell(&self, place: &CellRef) -> Result<CellId, Stop> {
        self.scene()
            .cell(place)
            .map_err(|fault| self.arithmetic(fault))
    }

    fn read(&mut self, cell: CellId) -> i64 {
        self.saw_memory();
        self.accessed(cell, false);
        self.machine.layout.value(self.state, cell)
    }

    fn write(&mut self, cell: CellId, value: i64) -> Result<(), Stop> {
        let program = self.machine.program;
        let var = &program.vars[program.cells[cell.index()].var.index()];
        if let Some((low, high)) = var.range
            && !(low..=high).contains(&value)
        {
            return Err(self.arithmetic(ArithmeticFault::Overflow));
        }
        self.accessed(cell, true);
        self.state.set_word(self.machine.layout.cell(cell), value);
        Ok(())
    }

    /// Inside an atomic block accesses are told one by one, since they are not
    /// the actor's next instruction for anybody to see.
    fn accessed(&mut self, cell: CellId, write: bool) {
        if self.atomic > 0 {
            let incident = Incident::Accessed {
                cell,
                write,
                pc: self.pc,
                guarded: self.machine.is_guarded(self.state, self.actor, cell, write),
            };
            self.recorder.incident(self.actor, incident);
        }
    }

    /// Inside an atomic block, tells the words that a condition reads.
    pub fn accessed_by(&mut self, condition: &Expr) {
        if self.atomic > 0 {
            for (cell, _) in self.machine.reads(self.state, self.actor, condition) {
                self.accessed(cell, false);
            }
        }
    }

    pub fn load(&mut self, dst: Reg, place: &CellRef) -> Done {
        let cell = self.cell(place)?;
        let value = self.read(cell);
        self.set_reg(dst, value);
        self.event(|| EventKind::Read(cell, value));
        Ok(Flow::Next)
    }

    pub fn store(&mut self, place: &CellRef, value: &Expr) -> Done {
        let cell = self.cell(place)?;
        let value = self.eval(value)?;
        let old = self.machine.layout.value(self.state, cell);
        self.write(cell, value)?;
        self.event(|| EventKind::Write(cell, old, value));
        Ok(Flow::Next)
    }

    pub fn rmw(&mut self, dst: Option<Reg>, place: &CellRef, op: RmwOp, arg: &Expr) -> Done {
        let cell = self.cell(place)?;
        let arg = self.eval(arg)?;
        let old = self.read(cell);
        let new = match op {
            RmwOp::Swap => arg,
            RmwOp::Fetch(op) => binary(op, old, arg).map_err(|fault| self.arithmetic(fault))?,
        };
        self.write(cell, new)?;
        let result = if planted(Mistake::FetchGivesNew) {
            new
        } else {
            old
        };
        self.set_result(dst, result);
        self.event(|| EventKind::Update(cell, old, new));
        Ok(Flow::Next)
    }

    pub fn compare_exchange(
        &mut self,
        dst: Option<Reg>,
        place: &CellRef,
        old: &Expr,
        new: &Expr,
    ) -> Done {
        let cell = self.cell(place)?;
        let (old, new) = (self.eval(old)?, self.eval(new)?);
        let found = self.read(cell);
        if found == old || planted(Mistake::ExchangeAlways) {
            self.write(cell, new)?;
            self.event(|| EventKind::Update(cell, old, new));
        } else {
            self.event(|| EventKind::CompareFailed(cell, found));
        }
        self.set_result(dst, i64::from(found == old));
        Ok(Flow::Next)
    }
}
