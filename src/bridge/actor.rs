//! An actor inside an engine: its frames, and everything it does between two
//! visible instructions.
//!
//! Written apart from `semantics`, which keeps an actor in the words of a state.
//! Only the arithmetic of single operators is shared.

use crate::program::{CellRef, Expr, FunctionId, Instr, NameId, Pc, Program, Reg};
use crate::semantics::{ArithmeticFault, CALLS_MAX, LOCAL_FUEL, binary, unary};

/// An exception on its way up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Raised(pub NameId);

/// An actor.
#[derive(Clone, Debug)]
pub(super) struct Actor {
    pub id: usize,
    pub pc: Pc,
    frames: Vec<Frame>,
}

#[derive(Clone, Debug)]
struct Frame {
    regs: Vec<i64>,
    /// The call, and where its result goes.
    back: Option<(Pc, Option<Reg>)>,
}

/// Where local work ended.
pub(super) enum Local {
    /// Before a visible instruction.
    Visible,
    /// The actor has ended.
    Ended,
    /// An exception ended it.
    Died,
    /// An assertion or a calculation failed.
    Fault,
    /// Local work without end, or too many open calls.
    Endless,
}

impl Actor {
    pub fn new(program: &Program, id: usize, function: FunctionId, args: &[i64]) -> Self {
        let frame = Frame::new(program, function, args, None);
        Self {
            id,
            pc: program.functions[function.index()].entry,
            frames: vec![frame],
        }
    }

    fn frame(&self) -> &Frame {
        self.frames.last().expect("an actor that runs has a frame")
    }

    pub fn set(&mut self, reg: Reg, value: i64) {
        let frame = self.frames.last_mut();
        frame.expect("an actor that runs has a frame").regs[usize::from(reg)] = value;
    }

    pub fn set_all(&mut self, first: Option<Reg>, words: &[i64]) {
        if let Some(first) = first {
            for (reg, &word) in (first..).zip(words) {
                self.set(reg, word);
            }
        }
    }

    pub fn eval(&self, expr: &Expr) -> Result<i64, ArithmeticFault> {
        match expr {
            Expr::Const(value) => Ok(*value),
            Expr::Reg(reg) => Ok(self.frame().regs[usize::from(*reg)]),
            Expr::Unary(op, operand) => unary(*op, self.eval(operand)?),
            Expr::Binary(op, left, right) => binary(*op, self.eval(left)?, self.eval(right)?),
            Expr::If(condition, then, otherwise) => {
                let condition = self.eval(condition)? != 0;
                self.eval(if condition { then } else { otherwise })
            }
            Expr::Element { base, index, len } => {
                let index = self.eval(index)?;
                let fits = (0..i64::from(*len)).contains(&index);
                fits.then_some(i64::from(base.0) + index)
                    .ok_or(ArithmeticFault::Bounds)
            }
            Expr::Pick(index, of) => {
                let index = usize::try_from(self.eval(index)?);
                let one = index.ok().and_then(|index| of.get(index));
                self.eval(one.ok_or(ArithmeticFault::Bounds)?)
            }
            Expr::Cell(_) | Expr::Query(..) | Expr::Entry { .. } | Expr::Observed(_) => {
                unreachable!("only `wait_until`, which is refused, looks at memory")
            }
        }
    }

    pub fn eval_all(&self, exprs: &[Expr]) -> Result<Vec<i64>, ArithmeticFault> {
        exprs.iter().map(|expr| self.eval(expr)).collect()
    }

    /// The number of the word of memory that a reference names.
    pub fn cell(&self, place: &CellRef) -> Result<usize, ArithmeticFault> {
        let mut at = place.base.index();
        for dim in &place.dims {
            let index = u32::try_from(self.eval(&dim.index)?);
            let index = index.ok().filter(|&index| index < dim.len);
            at += index.ok_or(ArithmeticFault::Bounds)? as usize * dim.stride as usize;
        }
        Ok(at)
    }

    /// Works up to the next visible instruction; `observe` hears of locals that
    /// properties ask for.
    pub fn settle(&mut self, program: &Program, observe: &mut dyn FnMut(usize, i64)) -> Local {
        for _ in 0..LOCAL_FUEL {
            let instr = program.instr(self.pc);
            if instr.is_visible() {
                return Local::Visible;
            }
            match self.local(program, instr, observe) {
                Ok(None) => {}
                Ok(Some(end)) => return end,
                Err(_) => return Local::Fault,
            }
        }
        Local::Endless
    }

    fn local(
        &mut self,
        program: &Program,
        instr: &Instr,
        observe: &mut dyn FnMut(usize, i64),
    ) -> Result<Option<Local>, ArithmeticFault> {
        match instr {
            Instr::Let(dst, value) => {
                let value = self.eval(value)?;
                self.set(*dst, value);
            }
            Instr::Observe(observed, value) => observe(observed.index(), self.eval(value)?),
            Instr::Jump(target) => {
                self.pc = *target;
                return Ok(None);
            }
            Instr::Unless(condition, target) => {
                if self.eval(condition)? == 0 {
                    self.pc = *target;
                    return Ok(None);
                }
            }
            Instr::Assert(condition, _) => {
                if self.eval(condition)? == 0 {
                    return Ok(Some(Local::Fault));
                }
            }
            Instr::Raise(name) => return Ok(self.unwind(program, Raised(*name))),
            Instr::Reraise(reg) => {
                let name = exception(self.eval(&Expr::Reg(*reg))?);
                return Ok(self.unwind(program, Raised(name)));
            }
            Instr::UnlessCaught(reg, name, target) => {
                if exception(self.eval(&Expr::Reg(*reg))?) != *name {
                    self.pc = *target;
                    return Ok(None);
                }
            }
            Instr::Call(function, args, dst) => {
                if self.frames.len() > CALLS_MAX {
                    return Ok(Some(Local::Endless));
                }
                let args = self.eval_all(args)?;
                let back = Some((self.pc, *dst));
                self.frames
                    .push(Frame::new(program, *function, &args, back));
                self.pc = program.functions[function.index()].entry;
                return Ok(None);
            }
            Instr::Return(values) => {
                let words = self.eval_all(values)?;
                let frame = self.frames.pop().expect("an actor that runs has a frame");
                let Some((call, dst)) = frame.back else {
                    return Ok(Some(Local::Ended));
                };
                self.set_all(dst, &words);
                self.pc = call;
            }
            Instr::LabelDone(_) | Instr::AtomicEnd => {}
            _ => unreachable!("visible instructions are steps"),
        }
        self.pc += 1;
        Ok(None)
    }

    /// Sends an exception to the innermost handler; says so if there is none.
    pub fn unwind(&mut self, program: &Program, Raised(name): Raised) -> Option<Local> {
        loop {
            let handlers = &program.function_at(self.pc).handlers;
            let found = { handlers.iter() }.find(|it| (it.from..it.to).contains(&self.pc));
            if let Some(handler) = found {
                self.set(handler.exception, i64::from(name.0) + 1);
                self.pc = handler.target;
                return None;
            }
            let frame = self.frames.pop().expect("an actor that runs has a frame");
            match frame.back {
                Some((call, _)) => self.pc = call,
                None => return Some(Local::Died),
            }
        }
    }
}

/// The exception that a handler's register holds.
fn exception(word: i64) -> NameId {
    NameId(u32::try_from(word - 1).expect("a handler stored it"))
}

impl Frame {
    fn new(
        program: &Program,
        function: FunctionId,
        args: &[i64],
        back: Option<(Pc, Option<Reg>)>,
    ) -> Self {
        let mut regs = vec![0; usize::from(program.functions[function.index()].n_regs)];
        regs[..args.len()].copy_from_slice(args);
        Self { regs, back }
    }
}
