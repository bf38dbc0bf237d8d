//! The machine: which actors may run, and what a step does.
//!
//! A step executes one visible instruction of one actor and then all local
//! instructions up to its next visible one. So between steps every running
//! actor stands before a visible instruction — or in the middle of local work
//! that did not end within [`LOCAL_FUEL`] instructions, which then goes on as a
//! step of its own. That keeps endless local loops finite for the search.

use super::choice::Chooser;
use super::eval::{ArithmeticFault, Scene};
use super::layout::{Capacity, Layout};
use super::local::Local;
use super::record::{Event, EventKind, Exception, Fault, FaultKind, Incident, Misuse, Recorder};
use super::state::{Phase, State, Status};
use crate::program::{
    Expr, FunctionId, Instr, NameId, ObjectId, ObjectKind, Pc, Program, RAISED_BY_LIBRARY, Reg,
    SyncOp, WaitMode,
};

/// Local instructions that one step may execute.
pub const LOCAL_FUEL: u32 = 10_000;
/// Actors that one execution may have.
pub const ACTORS_MAX: usize = 64;
/// Calls that may be open in one actor.
pub const CALLS_MAX: usize = 64;
/// Ways that one step may go.
pub const CHOICES_MAX: u32 = 4_096;
/// Messages that an unbounded channel may hold.
pub const QUEUE_MAX: usize = 65_536;

/// Futures that one execution may have.
pub const FUTURES_MAX: usize = 256;

/// Why a step did not end in a state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// The execution ends here, with a finding.
    Fault(Fault),
    /// The layout has too little room: begin again with this capacity.
    Grow(Capacity),
    /// The execution went past a limit of the language, at this instruction.
    Limit(Limit, Pc),
}

/// A limit of the language that only a run can reach.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Limit {
    /// [`ACTORS_MAX`].
    Actors,
    /// [`CALLS_MAX`].
    Calls,
    /// [`QUEUE_MAX`].
    Queue,
    /// [`CHOICES_MAX`].
    Choices,
    /// [`FUTURES_MAX`].
    Futures,
}

/// A program with a layout of its states.
#[derive(Clone, Debug)]
pub struct Machine<'p> {
    pub(super) program: &'p Program,
    pub(super) layout: Layout,
    /// Words that remember missed signals, and what they belong to.
    pub(super) missed: Vec<usize>,
    /// For each event, whether some code clears it.
    pub(super) clears_events: bool,
    /// Whether some code asks for unfinished jobs of a channel.
    pub(super) counts_jobs: bool,
    main: Option<usize>,
    /// The workers of executors, ascending, each with its executor.
    pub(super) workers: Vec<(usize, ObjectId)>,
}

/// How an instruction ended.
pub(super) enum Flow {
    /// It is done.
    Next,
    /// Its first half is done: the actor stays at it in another phase.
    Stay,
    /// It has moved on by itself.
    There,
    /// An exception leaves it.
    Raise(Exception),
}

pub(super) type Done = Result<Flow, Stop>;

/// One step under way.
pub(super) struct Step<'m, 'p, R> {
    pub machine: &'m Machine<'p>,
    pub state: &'m mut State,
    pub actor: usize,
    pub pc: Pc,
    pub chooser: &'m mut Chooser,
    pub recorder: &'m mut R,
    /// How many `atomic { … }` we are in.
    pub atomic: u32,
}

impl<'p> Machine<'p> {
    /// A machine for `program` whose states have room for `capacity`.
    pub fn new(program: &'p Program, capacity: Capacity) -> Self {
        let layout = Layout::new(program, capacity);
        let clears = |instr: &Instr| {
            matches!(
                instr,
                Instr::Sync {
                    op: SyncOp::EventClear,
                    ..
                }
            )
        };
        let clears_events = program.code.iter().any(clears);
        let mut missed = Vec::new();
        for (index, object) in program.objects.iter().enumerate() {
            let at = layout.object(ObjectId::new(index));
            match object.kind {
                ObjectKind::Cond { .. } => missed.push(at),
                ObjectKind::Event { auto: false } if clears_events => missed.push(at + 1),
                _ => {}
            }
        }
        Self {
            program,
            layout,
            missed,
            clears_events,
            counts_jobs: program.code.iter().any(super::chan::asks_for_jobs),
            main: program.actors.iter().position(|actor| actor.main),
            workers: super::executor::workers(program),
        }
    }

    /// The program.
    pub fn program(&self) -> &'p Program {
        self.program
    }

    /// The layout of its states.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The state in which every declared actor stands before its first visible instruction.
    ///
    /// # Errors
    ///
    /// [`Stop`] if local work at the beginning of an actor already stops the execution.
    pub fn initial<R: Recorder>(&self, recorder: &mut R) -> Result<State, Stop> {
        let mut state = State::zeroed(&self.layout);
        for (cell, row) in self.program.cells.iter().enumerate() {
            state.set_word(cell, row.initial);
        }
        for (index, object) in self.program.objects.iter().enumerate() {
            let at = self.layout.object(ObjectId::new(index));
            if let ObjectKind::Sem { initial, .. } | ObjectKind::Latch { initial } = object.kind {
                state.set_word(at, initial);
            }
        }
        for (index, actor) in self.program.actors.iter().enumerate() {
            self.layout
                .set_origin(&mut state, index, None, actor.daemon);
            self.start(&mut state, index, actor.function, &actor.args);
        }
        let mut chooser = Chooser::first();
        for index in 0..self.program.actors.len() {
            let mut step = Step {
                machine: self,
                state: &mut state,
                actor: index,
                pc: 0,
                chooser: &mut chooser,
                recorder,
                atomic: 0,
            };
            step.settle()?;
        }
        Ok(state)
    }

    /// Puts an actor before the first instruction of a function.
    pub(super) fn start(&self, state: &mut State, actor: usize, f: FunctionId, args: &[i64]) {
        let entry = self.program.functions[f.index()].entry;
        self.layout.set_status(state, actor, Status::Running);
        self.layout.set_pc(state, actor, entry);
        let regs = self.layout.regs(state, actor);
        state
            .slice_mut(regs..regs + args.len())
            .copy_from_slice(args);
    }

    /// Whether the program has ended: the main actor has, or, without one, every
    /// actor that is not a daemon. A worker without a job keeps nothing running.
    pub fn is_over(&self, state: &State) -> bool {
        match self.main {
            Some(main) => !self.keeps_going(state, main),
            None => (0..self.layout.capacity().actors).all(|it| !self.keeps_going(state, it)),
        }
    }

    /// Whether the program cannot be over because of this actor.
    pub fn keeps_going(&self, state: &State, actor: usize) -> bool {
        match self.main {
            Some(main) => actor == main && self.layout.is_running(state, actor),
            None => {
                self.layout.is_running(state, actor)
                    && !self.layout.is_daemon(state, actor)
                    && !self.has_nothing_to_do(state, actor)
            }
        }
    }

    /// Whether every actor that is not a daemon has ended by itself, or the main actor has.
    pub fn is_final(&self, state: &State) -> bool {
        self.is_over(state)
    }

    /// The actors that can take a step, ascending.
    pub fn enabled<'a>(&'a self, state: &'a State) -> impl Iterator<Item = usize> + 'a {
        let over = self.is_over(state);
        (0..self.layout.capacity().actors)
            .filter(move |&actor| !over && self.can_step(state, actor))
    }

    /// Whether `actor` can take a step, given that the program is not over.
    pub fn can_step(&self, state: &State, actor: usize) -> bool {
        self.layout.is_running(state, actor)
            && self.is_ready(state, actor, self.layout.pc(state, actor))
    }

    /// What expressions of `actor`'s current frame see.
    pub fn scene<'a>(&'a self, state: &'a State, actor: usize) -> Scene<'a> {
        Scene {
            program: self.program,
            layout: &self.layout,
            state,
            regs: self.layout.regs(state, actor),
        }
    }

    /// What properties see: everything but registers.
    pub fn overview<'a>(&'a self, state: &'a State) -> Scene<'a> {
        Scene {
            program: self.program,
            layout: &self.layout,
            state,
            regs: 0,
        }
    }

    /// Whether the instruction could be executed now. What would fail is ready:
    /// the failure is what happens.
    fn is_ready(&self, state: &State, actor: usize, pc: Pc) -> bool {
        let scene = self.scene(state, actor);
        match self.program.instr(pc) {
            Instr::Sync { op, object, .. } => match scene.eval(object) {
                Ok(object) => self.sync_ready(state, actor, *op, object),
                Err(_) => true,
            },
            Instr::Chan { op, object, .. } => match scene.eval(object) {
                Ok(object) => super::chan::is_ready(self, state, actor, *op, object),
                Err(_) => true,
            },
            Instr::Choose(_, from, to) => match (scene.eval(from), scene.eval(to)) {
                (Ok(from), Ok(to)) => from < to,
                _ => true,
            },
            Instr::Future { op, future, .. } => match scene.eval(future) {
                Ok(future) => self.future_ready(state, *op, future),
                Err(_) => true,
            },
            Instr::WaitJobs {
                futures, all, seen, ..
            } => super::future::gathered(&scene, futures, *all, *seen),
            Instr::TakeJob { executor, .. } => self.takes(state, actor, *executor),
            Instr::WaitUntil(condition) => scene.eval(condition) != Ok(0),
            Instr::AtomicBegin(_) => self.atomic_ready(state, actor, pc),
            _ => true,
        }
    }

    /// An atomic block can run if the first visible instruction in it can.
    fn atomic_ready(&self, state: &State, actor: usize, begin: Pc) -> bool {
        let first = begin + 1;
        if self.program.instr(first).is_visible() {
            return self.is_ready(state, actor, first);
        }
        let mut scratch = state.draft();
        let mut step = Step {
            machine: self,
            state: &mut scratch,
            actor,
            pc: first,
            chooser: &mut Chooser::first(),
            recorder: &mut (),
            atomic: 1,
        };
        let ready = match step.run_local(LOCAL_FUEL) {
            Ok(Local::At(pc)) => {
                let done = matches!(self.program.instr(pc), Instr::AtomicEnd);
                done || self.is_ready(&scratch, actor, pc)
            }
            _ => true,
        };
        state.absorb(&scratch);
        ready
    }

    /// Executes one step of `actor`, which must be able to.
    ///
    /// # Errors
    ///
    /// [`Stop`]: the execution ends here. The state is then of no further use.
    pub fn step<R: Recorder>(
        &self,
        state: &mut State,
        actor: usize,
        chooser: &mut Chooser,
        recorder: &mut R,
    ) -> Result<(), Stop> {
        let pc = self.layout.pc(state, actor);
        let mut step = Step {
            machine: self,
            state,
            actor,
            pc,
            chooser,
            recorder,
            atomic: 0,
        };
        step.visible()?;
        step.settle()
    }
}

impl<R: Recorder> Step<'_, '_, R> {
    pub fn scene(&self) -> Scene<'_> {
        self.machine.scene(self.state, self.actor)
    }

    pub fn eval(&self, expr: &Expr) -> Result<i64, Stop> {
        self.scene()
            .eval(expr)
            .map_err(|fault| self.arithmetic(fault))
    }

    pub fn arithmetic(&self, fault: ArithmeticFault) -> Stop {
        self.fault(FaultKind::Arithmetic(fault))
    }

    pub fn fault(&self, kind: FaultKind) -> Stop {
        Stop::Fault(Fault { pc: self.pc, kind })
    }

    pub fn event(&mut self, kind: impl FnOnce() -> EventKind) {
        if R::EVENTS {
            self.recorder.event(Event {
                actor: self.actor,
                pc: self.pc,
                kind: kind(),
            });
        }
    }

    pub fn set_reg(&mut self, reg: Reg, value: i64) {
        let at = self.machine.layout.regs(self.state, self.actor) + usize::from(reg);
        self.state.set_word(at, value);
    }

    pub fn set_result(&mut self, dst: Option<Reg>, value: i64) {
        if let Some(reg) = dst {
            self.set_reg(reg, value);
        }
    }

    /// An exception that the library raises at this instruction.
    pub fn raise(&self, name: &str, misuse: Option<Misuse>) -> Flow {
        let row = RAISED_BY_LIBRARY.iter().position(|&known| known == name);
        Flow::Raise(Exception {
            name: NameId::new(row.expect("the library raises only names of its own table")),
            misuse,
            pc: self.pc,
        })
    }

    /// Executes the visible instruction at `self.pc`, or goes on with local work.
    fn visible(&mut self) -> Result<(), Stop> {
        let instr = self.machine.program.instr(self.pc);
        if !instr.is_visible() {
            self.event(|| EventKind::Passed);
            return Ok(());
        }
        if let Some(label) = self.machine.program.site(self.pc).label
            && self.machine.layout.phase(self.state, self.actor) == Phase::Ready
        {
            let incident = Incident::LabelBegun(label, self.pc);
            self.recorder.incident(self.actor, incident);
        }
        self.recorder.executed(self.pc);
        let flow = self.execute(instr)?;
        // An atomic block may choose again and again; each way would be tried.
        if self.chooser.n_ways() > u64::from(CHOICES_MAX) {
            return Err(Stop::Limit(Limit::Choices, self.pc));
        }
        self.follow(flow)
    }

    fn follow(&mut self, flow: Flow) -> Result<(), Stop> {
        match flow {
            Flow::Next => self.goto(self.pc + 1),
            Flow::There => {}
            Flow::Stay if self.atomic > 0 => return Err(self.fault(FaultKind::Atomic)),
            Flow::Stay => {}
            Flow::Raise(exception) => {
                self.event(|| EventKind::Raised(exception));
                self.unwind(exception);
            }
        }
        Ok(())
    }

    /// Moves on; an actor that has ended stays where it is.
    pub fn goto(&mut self, pc: Pc) {
        if self.machine.layout.is_running(self.state, self.actor) {
            self.pc = pc;
            self.machine.layout.set_pc(self.state, self.actor, pc);
        }
    }

    fn execute(&mut self, instr: &Instr) -> Done {
        match instr {
            Instr::Begin | Instr::Yield | Instr::Sleep | Instr::Progress => {
                self.event(|| EventKind::Passed);
                Ok(Flow::Next)
            }
            Instr::Load(dst, place, _) => self.load(*dst, place),
            Instr::Store(place, value, _) => self.store(place, value),
            Instr::Rmw(dst, place, op, value) => self.rmw(*dst, place, *op, value),
            Instr::CompareExchange(dst, place, old, new) => {
                self.compare_exchange(*dst, place, old, new)
            }
            Instr::Sync {
                op,
                object,
                arg,
                dst,
            } => {
                let object = self.eval(object)?;
                let arg = match arg {
                    Some(arg) => self.eval(arg)?,
                    None => 1,
                };
                self.sync(*op, object, arg, *dst)
            }
            Instr::Chan {
                op,
                object,
                args,
                dst,
                ok,
                width: _,
            } => {
                let object = self.eval(object)?;
                self.chan(*op, object, args, *dst, *ok)
            }
            Instr::Ask(dst, query, object) => {
                let object = self.eval(object)?;
                let answer = self.scene().query(*query, object);
                self.set_reg(*dst, answer);
                self.event(|| EventKind::Asked(answer));
                Ok(Flow::Next)
            }
            Instr::Choose(dst, from, to) => {
                let (from, to) = (self.eval(from)?, self.eval(to)?);
                let n = u32::try_from(to.saturating_sub(from)).unwrap_or(u32::MAX);
                if n > CHOICES_MAX {
                    return Err(Stop::Limit(Limit::Choices, self.pc));
                }
                let value = from + i64::from(self.chooser.choose(n));
                self.set_reg(*dst, value);
                self.event(|| EventKind::Chose(value));
                Ok(Flow::Next)
            }
            Instr::Spawn {
                dst,
                function,
                args,
                daemon,
                ..
            } => self.spawn(*dst, *function, args, *daemon),
            Instr::Submit {
                dst,
                executor,
                function: _,
                args,
            } => self.submit(*dst, executor, args),
            Instr::Future {
                op,
                future,
                dst,
                width,
            } => {
                let future = self.eval(future)?;
                self.ask_future(*op, future, *dst, *width)
            }
            Instr::WaitJobs {
                futures,
                all,
                dst,
                seen,
            } => self.gather(futures, *all, *dst, *seen),
            Instr::TakeJob {
                executor,
                future,
                result,
                ..
            } => self.take_job(*executor, *future, *result),
            Instr::FinishJob {
                future,
                result,
                width,
                failed,
            } => self.finish_job(*future, *result, *width, *failed),
            Instr::WaitUntil(condition) => {
                self.eval(condition)?;
                self.saw_memory();
                self.event(|| EventKind::Passed);
                Ok(Flow::Next)
            }
            Instr::AtomicBegin(_) => self.atomic_block(),
            Instr::Print(items) => {
                let mut words = Vec::new();
                for (item, _) in items {
                    words.push(self.eval(item)?);
                }
                self.event(|| EventKind::Printed(words));
                Ok(Flow::Next)
            }
            Instr::Let(..)
            | Instr::Observe(..)
            | Instr::Jump(..)
            | Instr::Unless(..)
            | Instr::Assert(..)
            | Instr::Raise(..)
            | Instr::Reraise(..)
            | Instr::UnlessCaught(..)
            | Instr::Call(..)
            | Instr::Return(..)
            | Instr::AtomicEnd
            | Instr::LabelDone(..) => unreachable!("local instructions are executed by `local`"),
        }
    }

    /// Runs the whole block. Every way out of it, also that of an exception,
    /// comes past an `AtomicEnd`; wherever it stands in the code, the step ends there.
    fn atomic_block(&mut self) -> Done {
        if self.atomic > 0 {
            // One atomic block inside another is one step anyway.
            self.atomic += 1;
            return Ok(Flow::Next);
        }
        self.atomic = 1;
        self.goto(self.pc + 1);
        let mut first = true;
        let mut fuel = LOCAL_FUEL;
        loop {
            let pc = match self.run_local(fuel)? {
                Local::At(pc) => pc,
                Local::Ended => break,
                Local::Tired => return Err(self.fault(FaultKind::Atomic)),
            };
            if matches!(self.machine.program.instr(pc), Instr::AtomicEnd) {
                break;
            }
            if !first && !self.machine.is_ready(self.state, self.actor, pc) {
                return Err(self.fault(FaultKind::Atomic));
            }
            first = false;
            fuel = fuel.checked_sub(1).ok_or(self.fault(FaultKind::Atomic))?;
            self.visible()?;
        }
        self.atomic = 0;
        Ok(Flow::There)
    }
}

/// What all operations with a mode have in common.
pub(super) fn may_give_up(mode: WaitMode) -> bool {
    !matches!(mode, WaitMode::Wait)
}
