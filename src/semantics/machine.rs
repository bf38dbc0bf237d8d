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
use super::missed::Matters;
use super::record::{Event, EventKind, Exception, Fault, FaultKind, Incident, Misuse, Recorder};
use super::state::{Phase, State, Status};
use crate::base::{Mistake, planted};
use crate::program::{
    Expr, FunctionId, Instr, NameId, ObjectId, ObjectKind, Pc, Program, RAISED_BY_LIBRARY, Reg,
    SyncOp, WaitMode,
};

/// Local instructions that one step may execute.
pub const LOCAL_FUEL: u32 = 10_000;
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
    /// [`ACTORS_MAX`](crate::base::ACTORS_MAX).
    Actors,
    /// [`CALLS_MAX`].
    Calls,
    /// [`QUEUE_MAX`].
    Queue,
    /// [`CHOICES_MAX`].
    Choices,
    /// [`FUTURES_MAX`].
    Futures,
    /// [`LINES_MAX`](super::LINES_MAX).
    Lines,
}

/// A program with a layout of its states.
#[derive(Clone, Debug)]
pub struct Machine<'p> {
    pub(super) program: &'p Program,
    pub(super) layout: Layout,
    /// Objects that remember missed signals, and in which of their words.
    pub(super) missed: Vec<(ObjectId, usize)>,
    /// Where it matters that one was missed.
    pub(super) matters: Matters,
    /// For each event, whether some code clears it.
    pub(super) clears_events: bool,
    /// Whether some code asks for unfinished jobs of a channel.
    pub(super) counts_jobs: bool,
    /// For each `print` the first one with items of the same kinds; empty if the
    /// transcript is not kept.
    pub(super) formats: Vec<Pc>,
    /// Whether a `print` is two writes.
    pub(super) splits_print: bool,
    main: Option<usize>,
    /// The task whose end asks the others of its loop to stop.
    pub(super) main_task: Option<usize>,
    /// Whether some code asks tasks to stop.
    pub(super) cancels: bool,
    /// Whether the entries of maps stay in the order in which they came; without
    /// anybody who could see it, they are kept in the order of their keys.
    pub(super) keeps_order: bool,
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
    /// Whether a task goes on at the `await` where it gave its loop back.
    pub resumes: bool,
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
            let id = ObjectId::new(index);
            match object.kind {
                ObjectKind::Cond { .. } => missed.push((id, 0)),
                ObjectKind::Event { auto: false } if clears_events => missed.push((id, 1)),
                _ => {}
            }
        }
        let main = program.actors.iter().position(|actor| actor.main);
        let is_task = |actor: usize| super::task::declared(program.actors[actor].kind).is_some();
        Self {
            program,
            layout,
            missed,
            matters: Matters::of(program),
            clears_events,
            counts_jobs: program.code.iter().any(super::chan::asks_for_jobs),
            main: main.filter(|&actor| !is_task(actor)),
            cancels: program.code.iter().any(super::joined::cancels),
            main_task: main.filter(|&actor| is_task(actor)),
            formats: super::print::formats(program),
            keeps_order: program.code.iter().any(super::collection::sees_order),
            splits_print: super::print::splits(program),
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
        self.order_initial_maps(&mut state);
        let processes = self.initial_processes();
        for (index, actor) in self.program.actors.iter().enumerate() {
            self.layout
                .set_origin(&mut state, index, None, actor.daemon);
            if actor.process {
                self.copy(&mut state, 0, processes[index]);
                self.layout.set_process(&mut state, index, processes[index]);
            }
            self.start(&mut state, index, actor.function, &actor.args);
            if let Some((on, green)) = super::task::declared(actor.kind) {
                self.layout.begin_task(&mut state, index, on, green);
                self.forget_unread(&mut state, index, actor.function);
            }
        }
        let mut chooser = Chooser::first();
        for (index, actor) in self.program.actors.iter().enumerate() {
            // A task does not begin before its turn.
            if super::task::declared(actor.kind).is_some() {
                continue;
            }
            let mut step = Step {
                machine: self,
                state: &mut state,
                actor: index,
                pc: 0,
                chooser: &mut chooser,
                recorder,
                atomic: 0,
                resumes: false,
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

    /// The actors that can take a step, ascending.
    pub fn enabled<'a>(&'a self, state: &'a State) -> impl Iterator<Item = usize> + 'a {
        let over = self.is_over(state);
        (0..self.layout.capacity().actors).filter(move |&actor| !over && self.is_able(state, actor))
    }

    /// Whether `actor` can take a step and nobody keeps it back, given that the
    /// program is not over.
    pub fn is_able(&self, state: &State, actor: usize) -> bool {
        self.can_step(state, actor) && !self.is_kept_back(state, actor)
    }

    /// Whether `actor` can take a step, given that the program is not over.
    pub fn can_step(&self, state: &State, actor: usize) -> bool {
        if !self.layout.is_running(state, actor) {
            return false;
        }
        match self.layout.loop_of(state, actor) {
            Some(on) => self.task_can_step(state, actor, on),
            None => self.is_ready(state, actor, self.layout.pc(state, actor)),
        }
    }

    /// Whether the instruction could be executed now. What would fail is ready:
    /// the failure is what happens.
    pub(super) fn is_ready(&self, state: &State, actor: usize, pc: Pc) -> bool {
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
            Instr::Select { arms, mode, .. } => {
                super::select::is_ready(self, state, actor, arms, *mode)
            }
            Instr::Choose(_, from, to) => match (scene.eval(from), scene.eval(to)) {
                (Ok(from), Ok(to)) => from < to,
                _ => true,
            },
            Instr::Future { op, future, .. } => match scene.eval(future) {
                Ok(future) => self.future_ready(state, *op, future),
                Err(_) => true,
            },
            Instr::Task { op, .. } => self.task_ready(state, actor, *op),
            Instr::WaitJobs {
                futures, all, seen, ..
            } => super::future::gathered(&scene, futures, *all, *seen),
            Instr::TakeJob { executor, .. } => self.takes(state, actor, *executor),
            Instr::WaitUntil(condition) => scene.eval(condition) != Ok(0),
            Instr::AtomicBegin(_) => self.atomic_ready(state, actor, pc),
            _ => true,
        }
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
        let place = self.place(state, actor);
        let pc = self.layout.pc(state, actor);
        let mut step = Step {
            machine: self,
            state: &mut *state,
            actor,
            pc,
            chooser,
            recorder,
            atomic: 0,
            resumes: false,
        };
        match self.layout.loop_of(step.state, actor) {
            Some(on) => step.task_step(on)?,
            None => {
                step.visible()?;
                step.settle()?;
            }
        }
        step.wake();
        step.forget_missed();
        self.pass_turn(state, actor, place);
        Ok(())
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
    pub fn visible(&mut self) -> Result<(), Stop> {
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
        self.follow(flow)?;
        self.wake();
        Ok(())
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
            Instr::Begin | Instr::End | Instr::Yield | Instr::Sleep | Instr::Progress => {
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
            Instr::Select {
                arms,
                mode,
                result,
                width,
            } => self.select(arms, *mode, *result, *width),
            Instr::Collection {
                op,
                plain: _,
                object,
                args,
                dst,
                width: _,
            } => self.collection(*op, object, args, *dst),
            Instr::NextEntry {
                object,
                round,
                dst,
                width: _,
            } => self.next_entry(object, *round, *dst),
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
                process,
                task,
                ..
            } => self.spawn(*dst, *function, args, (*daemon, *process), *task),
            Instr::Task {
                op,
                tasks,
                dst,
                width,
            } => self.task_op(*op, tasks, *dst, *width),
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
                self.accessed_by(condition);
                self.event(|| EventKind::Passed);
                Ok(Flow::Next)
            }
            Instr::AtomicBegin(_) => self.atomic_block(),
            Instr::Print(items) => self.print(items),
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
}

/// What all operations with a mode have in common.
pub(super) fn may_give_up(mode: WaitMode) -> bool {
    let never = planted(Mistake::TimeOutNever) && mode == WaitMode::Timeout;
    !matches!(mode, WaitMode::Wait) && !never
}
