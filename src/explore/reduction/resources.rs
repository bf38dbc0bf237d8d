//! The resources of a program, and what each instruction uses.
//!
//! Memory, objects, and what else steps have in common: the number of actors
//! spawned so far, who has ended, missed signals, what was printed, observed locals,
//! the end of the program ([`Over`]), and for each `always` and `sometimes` the order in
//! which what it looks at changes.
//!
//! Which word or object an instruction uses may depend on registers. Whoever knows
//! them says so; what nobody knows counts as every word of the variable, every
//! element of the array, or every object that the operation could be about.
//!
//! **Invariant:** a use is left out only if the operation neither looks at nor
//! changes anything beyond the actor's own words.

use super::adding::Adding;
use super::awaited::Awaited;
use super::kinds::{is_executor, is_rendezvous, kind_of, of_rwlock, serves};
use super::over::Over;
use super::uses::{Class, Kind, Uses};
use super::watched::{Watched, about_states};
use crate::base::{Mistake, planted};
use crate::program::{
    CellRef, ChanOp, CollectionOp, Expr, Instr, ObjectId, ObjectKind, Pc, Program, Query, SyncOp,
    Var, WaitMode,
};
use crate::semantics::{Matters, Phase, looks};

/// Words of memory beyond which a whole variable is one resource.
const WORDS_MAX: usize = 512;

/// The resources of a program.
#[derive(Debug)]
pub(super) struct Resources<'p> {
    program: &'p Program,
    pub(super) kinds: Vec<Kind>,
    /// A variable is one resource, not each of its words.
    pub(super) by_var: bool,
    objects: usize,
    pub(super) observed: usize,
    pub(super) watched: Vec<Watched>,
    pub(super) spawns: usize,
    pub(super) ends: usize,
    missed: usize,
    printed: usize,
    /// With whose end the program ends, and its resource.
    pub(super) over: Over,
    pub(super) over_resource: usize,
    /// All uses of what each process has a copy of.
    pub(super) copied: Uses,
    /// What became of jobs.
    pub(super) futures: usize,
    /// How many jobs were submitted: each gets the next number.
    pub(super) numbers: usize,
    /// How who submits a job uses the numbers.
    pub(super) numbering: Class,
    /// Which workers have no job: only the first of them takes one.
    pub(super) idle: usize,
    has_missed: bool,
    /// Where it matters that a signal was missed.
    matters: Matters,
    keeps_output: bool,
    /// There are executors.
    pub(super) has_executors: bool,
    counts_jobs: bool,
    /// Somebody clears events, so that who waits for one that is not set must be woken.
    clears_events: bool,
    /// Those that hold no messages, if somebody waits for several channels: who is
    /// picked at one of them does not wait at the others any more.
    meetings: Vec<ObjectId>,
    /// What adds, once it is known, and the first resource of those who do under a lock.
    pub(super) adding: Option<Adding>,
    /// Who waits for sums, once it is known.
    pub(super) awaited: Awaited,
    pub(super) first_adder: usize,
}

/// What is known of the value of an expression.
pub(super) type Value<'a> = &'a dyn Fn(&Expr) -> Option<i64>;

impl<'p> Resources<'p> {
    pub fn new(program: &'p Program) -> Self {
        let by_var = program.cells.len() > WORDS_MAX;
        let n_words = if by_var {
            program.vars.len()
        } else {
            program.cells.len()
        };
        let mut kinds = vec![Kind::Sum; n_words];
        let objects = kinds.len();
        kinds.extend(program.objects.iter().map(|object| kind_of(&object.kind)));
        let observed = kinds.len();
        kinds.resize(observed + program.observed.len(), Kind::Channel);
        let about_states = about_states(program);
        let first_watched = kinds.len();
        kinds.resize(first_watched + about_states.len(), Kind::Channel);
        let spawns = kinds.len();
        kinds.extend([Kind::Lock; 4]);
        kinds.extend([Kind::Event, Kind::Channel, Kind::Event, Kind::Lock]);
        let remembers = |object: &crate::program::Object| {
            let kind = &object.kind;
            matches!(kind, ObjectKind::Cond { .. } | ObjectKind::Event { .. })
        };
        let asks = |instr: &Instr| {
            let op = SyncOp::TaskDone;
            matches!(instr, Instr::Sync { op: found, .. } if *found == op || *found == SyncOp::ChanJoin)
        };
        let clears =
            |instr: &Instr| matches!(instr, Instr::Sync { op, .. } if *op == SyncOp::EventClear);
        let selects = |instr: &Instr| matches!(instr, Instr::Select { .. });
        let is_meeting = |&id: &ObjectId| is_rendezvous(&program.objects[id.index()].kind);
        let meetings = match program.code.iter().any(selects) {
            true => (0..program.objects.len())
                .map(ObjectId::new)
                .filter(is_meeting)
                .collect(),
            false => Vec::new(),
        };
        let mut resources = Self {
            meetings,
            clears_events: program.code.iter().any(clears),
            program,
            by_var,
            objects,
            observed,
            watched: Vec::new(),
            spawns,
            ends: spawns + 1,
            missed: spawns + 2,
            printed: spawns + 3,
            futures: spawns + 4,
            numbers: spawns + 5,
            numbering: super::jobs::numbering(program),
            idle: spawns + 6,
            over: Over::of(program),
            over_resource: spawns + 7,
            copied: Uses::none(kinds.len()),
            matters: Matters::of(program),
            has_missed: program.objects.iter().any(remembers),
            keeps_output: program.outcomes.iter().any(|it| it.print),
            has_executors: program.objects.iter().any(|it| is_executor(&it.kind)),
            counts_jobs: program.code.iter().any(asks),
            adding: None,
            awaited: Awaited::default(),
            first_adder: kinds.len(),
            kinds,
        };
        let watched = (first_watched..).zip(about_states);
        resources.watched = watched
            .map(|(resource, property)| resources.watch(property, resource))
            .collect();
        resources.copied = resources.all_copied();
        resources
    }

    /// Whether nobody comes past that lock while it is held, but for its holder.
    pub fn is_gate(&self, id: ObjectId) -> bool {
        !self.is_copied(self.object(id)) || planted(Mistake::CopiesAreGates)
    }

    pub fn program(&self) -> &'p Program {
        self.program
    }

    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    pub fn none(&self) -> Uses {
        Uses::none(self.kinds.len())
    }

    pub fn everything(&self) -> Uses {
        Uses::everything(self.kinds.len())
    }

    /// All uses of what each process has a copy of, if there are several.
    pub fn copied(&self) -> Option<&Uses> {
        self.program.has_processes().then_some(&self.copied)
    }

    /// The number of resources of memory.
    pub fn n_words(&self) -> usize {
        self.objects
    }

    /// The resource of an object.
    pub fn object(&self, id: ObjectId) -> usize {
        self.objects + id.index()
    }

    /// An actor that may have spawned others ends, or one that has not.
    pub fn end(&self, uses: &mut Uses, may_have_spawned: bool) {
        let class = if may_have_spawned {
            Class::Change
        } else {
            Class::Give
        };
        if !planted(Mistake::EndsAccord) {
            uses.add(self.ends, class);
        }
        self.note_watched(uses);
    }

    /// Whether actors are spawned.
    pub fn spawns(&self, uses: &Uses) -> bool {
        let mut spawn = self.none();
        spawn.add(self.spawns, Class::Change);
        uses.meets(&spawn)
    }

    /// From now on the actor may miss signals: it looks at memory, and before it does so
    /// again, it may wait.
    pub(super) fn heeds(&self, uses: &mut Uses) {
        if self.has_missed && !planted(Mistake::MissedAccord) {
            uses.add(self.missed, Class::Give);
        }
    }

    /// What an instruction uses, in a phase of it, or in any.
    pub fn of_instr(&self, pc: Pc, phase: Option<Phase>, value: Value<'_>, uses: &mut Uses) {
        let instr = self.program.instr(pc);
        self.of_operation(instr, phase, value, uses);
        if looks(instr) && self.matters.past(pc) {
            self.heeds(uses);
        }
        self.note_adders(uses);
        self.note_watched(uses);
    }

    fn of_operation(&self, instr: &Instr, phase: Option<Phase>, value: Value<'_>, uses: &mut Uses) {
        match instr {
            Instr::Load(_, place, _) => {
                self.read(place, value, uses);
            }
            Instr::Store(place, ..) => self.write(place, value, uses),
            Instr::Rmw(dst, place, op, by) => {
                self.update((*dst, place), (*op, by), value, uses);
            }
            Instr::CompareExchange(_, place, ..) => {
                self.write(place, value, uses);
            }
            Instr::Sync {
                op, object, arg, ..
            } => {
                self.of_sync(*op, object, arg.as_ref(), phase, value, uses);
            }
            Instr::Chan { op, object, .. } => self.of_chan(*op, object, value, uses),
            Instr::Ask(_, query, object) => self.ask(*query, object, value, uses),
            Instr::Spawn { process, .. } => {
                uses.add(self.spawns, Class::Change);
                if *process {
                    self.copy_all(uses);
                }
                // How many of its kind are at work is seen, too.
                uses.add(self.ends, Class::Look);
                self.heeds(uses);
            }
            Instr::WaitUntil(_) if planted(Mistake::ConditionReadsNothing) => {}
            Instr::WaitUntil(condition) => {
                self.of_condition(condition, value, uses);
            }
            Instr::Print(_) if self.keeps_output => uses.add(self.printed, Class::Change),
            Instr::Observe(observed, _) => {
                uses.add(self.observed + observed.index(), Class::Change);
            }
            Instr::Select { arms, .. } => {
                for arm in arms {
                    self.use_objects(&arm.object, value, uses, |kind| {
                        matches!(kind, ObjectKind::Chan { .. }).then_some(Class::Change)
                    });
                }
            }
            Instr::Collection {
                op, object, args, ..
            } => self.of_collection(*op, object, args, value, uses),
            Instr::NextEntry { object, .. } => self.look_at_entries(object, value, uses),
            Instr::Submit { .. }
            | Instr::Future { .. }
            | Instr::WaitJobs { .. }
            | Instr::TakeJob { .. }
            | Instr::FinishJob { .. } => self.of_jobs(instr, value, uses),
            // Programs with tasks are not reduced.
            Instr::Task { .. } => *uses = self.everything(),
            // What a block uses is gathered from its instructions.
            Instr::AtomicBegin(_) => {}
            // A named step is marked as done, which nobody asks in a program without `order`.
            Instr::LabelDone(_) => {}
            Instr::Begin
            | Instr::End
            | Instr::Choose(..)
            | Instr::Yield
            | Instr::Sleep
            | Instr::Progress
            | Instr::Print(_)
            | Instr::Let(..)
            | Instr::Jump(_)
            | Instr::Unless(..)
            | Instr::Assert(..)
            | Instr::Raise(_)
            | Instr::Reraise(_)
            | Instr::UnlessCaught(..)
            | Instr::Call(..)
            | Instr::Return(_)
            | Instr::AtomicEnd => {}
        }
    }

    /// What an instruction uses besides if it is part of a block: a block fails where one
    /// who is joined inside has not ended.
    pub fn in_block(&self, instr: &Instr, uses: &mut Uses) {
        let joins = matches!(
            instr,
            Instr::Sync {
                op: SyncOp::Join(_),
                ..
            }
        );
        if joins && !planted(Mistake::JoinInBlockIsBlind) {
            uses.add(self.ends, Class::Look);
        }
    }

    /// The resource of a single word, if it is known which and each word has its own.
    pub(super) fn word(&self, place: &CellRef, value: Value<'_>) -> Option<usize> {
        let is_inside = place.dims.iter().all(|dim| {
            let index = value(&dim.index).and_then(|index| u32::try_from(index).ok());
            index.is_some_and(|index| index < dim.len)
        });
        (is_inside && !self.by_var).then(|| self.words(place, value).start)
    }

    pub(super) fn words(&self, place: &CellRef, value: Value<'_>) -> std::ops::Range<usize> {
        let var = self.program.cells[place.base.index()].var;
        if self.by_var {
            return var.index()..var.index() + 1;
        }
        let mut at = place.base.index();
        for dim in &place.dims {
            match value(&dim.index).and_then(|index| usize::try_from(index).ok()) {
                Some(index) if index < dim.len as usize => at += index * dim.stride as usize,
                _ if planted(Mistake::UnknownIndexIsFirst) => {}
                _ => return self.words_of(&self.program.vars[var.index()]),
            }
        }
        at..at + 1
    }

    /// The resources of a variable.
    pub(super) fn words_of(&self, var: &Var) -> std::ops::Range<usize> {
        match self.by_var {
            true => {
                let index = self.program.cells[var.first.index()].var.index();
                index..index + 1
            }
            false => var.first.index()..var.first.index() + var.n as usize,
        }
    }

    fn read(&self, place: &CellRef, value: Value<'_>, uses: &mut Uses) {
        for word in self.words(place, value) {
            uses.add(word, Class::Look);
        }
    }

    pub(super) fn write(&self, place: &CellRef, value: Value<'_>, uses: &mut Uses) {
        for word in self.words(place, value) {
            uses.add(word, Class::Change);
        }
        self.note_write(place, uses);
    }

    /// The objects that an operation may be about, of those that `wanted` lets through.
    pub fn objects(
        &self,
        object: &Expr,
        value: Value<'_>,
        wanted: impl Fn(&ObjectKind) -> bool,
    ) -> Vec<ObjectId> {
        let n = self.program.objects.len();
        let all = match (value(object), object) {
            (Some(number), _) => {
                let number = usize::try_from(number).unwrap_or(n);
                number.min(n)..(number + 1).min(n)
            }
            (None, Expr::Element { base, len, .. }) => base.index()..base.index() + *len as usize,
            (None, _) => 0..n,
        };
        let wanted = |&index: &usize| wanted(&self.program.objects[index].kind);
        all.filter(wanted).map(ObjectId::new).collect()
    }

    pub(super) fn use_objects(
        &self,
        object: &Expr,
        value: Value<'_>,
        uses: &mut Uses,
        class: impl Fn(&ObjectKind) -> Option<Class>,
    ) {
        for id in self.objects(object, value, |kind| class(kind).is_some()) {
            let kind = &self.program.objects[id.index()].kind;
            let class = class(kind).expect("only such objects were asked for");
            uses.add(self.object(id), class);
            if is_rendezvous(kind) {
                let others = self.meetings.iter();
                others.for_each(|&other| uses.add(self.object(other), class));
            }
        }
    }

    /// A list or map as a whole; only looking accords with looking.
    fn of_collection(
        &self,
        op: CollectionOp,
        object: &Expr,
        args: &[Expr],
        value: Value<'_>,
        uses: &mut Uses,
    ) {
        self.look_at_entries(object, value, uses);
        if let (CollectionOp::Extend | CollectionOp::CopyFrom, [other]) = (op, args) {
            self.look_at_entries(other, value, uses);
        }
        if !op.only_looks() {
            self.use_objects(object, value, uses, |kind| {
                matches!(kind, ObjectKind::Collection { .. }).then_some(Class::Change)
            });
        }
    }

    fn look_at_entries(&self, object: &Expr, value: Value<'_>, uses: &mut Uses) {
        self.use_objects(object, value, uses, |kind| {
            matches!(kind, ObjectKind::Collection { .. }).then_some(Class::Look)
        });
    }

    fn of_sync(
        &self,
        op: SyncOp,
        object: &Expr,
        arg: Option<&Expr>,
        phase: Option<Phase>,
        value: Value<'_>,
        uses: &mut Uses,
    ) {
        use SyncOp::{
            Acquire, CondWait, CountDown, Drain, EventClear, EventSet, EventWait, Join, LatchWait,
            Lock, Notify, NotifyAll, Read, ReadUnlock, Release, Shutdown, ShutdownNow, Unlock,
            Write, WriteUnlock,
        };
        let is_lock = |kind: &ObjectKind| matches!(kind, ObjectKind::Lock { .. });
        match op {
            // A handle names one actor, or nobody, for ever. That the actor has not ended
            // yet can only be told in a block, or by who does not wait for it.
            Join(WaitMode::Wait) => {}
            Join(_) if planted(Mistake::TimedJoinIsBlind) => {}
            Join(_) => uses.add(self.ends, Class::Look),
            Lock(WaitMode::Wait) => {
                self.use_objects(object, value, uses, |kind| {
                    is_lock(kind).then_some(Class::Take)
                });
            }
            Unlock => {
                self.use_objects(object, value, uses, |kind| {
                    is_lock(kind).then_some(Class::Give)
                });
            }
            Acquire(WaitMode::Wait) => {
                self.use_objects(object, value, uses, |kind| match kind {
                    ObjectKind::Sem { max: None, .. } => Some(Class::Take),
                    ObjectKind::Sem { max: Some(_), .. } => Some(Class::Change),
                    _ => None,
                });
            }
            Release => {
                // A number that is not known, or is very large, may be too large.
                let counted = |n: i64| (1..1 << 32).contains(&n);
                let small = arg.is_none_or(|arg| value(arg).is_some_and(counted));
                self.use_objects(object, value, uses, |kind| match kind {
                    ObjectKind::Sem { max: None, .. } if small => Some(Class::Give),
                    ObjectKind::Sem { .. } => Some(Class::Change),
                    _ => None,
                });
            }
            CondWait(_) => self.of_wait(object, phase, value, uses),
            Notify | NotifyAll => {
                self.use_objects(object, value, uses, |kind| {
                    matches!(kind, ObjectKind::Cond { .. }).then_some(Class::Change)
                });
                uses.add(self.missed, Class::Look);
            }
            Read(WaitMode::Wait) | Write(WaitMode::Wait) | ReadUnlock | WriteUnlock => {
                self.use_objects(object, value, uses, |kind| of_rwlock(op, kind));
            }
            EventWait(WaitMode::Wait) | EventSet if !self.clears_events => {
                self.use_objects(object, value, uses, |kind| match (kind, op) {
                    (ObjectKind::Event { auto: true }, _) => Some(Class::Change),
                    (ObjectKind::Event { auto: false }, EventSet) => Some(Class::Give),
                    (ObjectKind::Event { auto: false }, _) => Some(Class::Take),
                    _ => None,
                });
            }
            Shutdown | ShutdownNow | Drain => self.of_shutdown(op, object, value, uses),
            LatchWait | CountDown => {
                self.use_objects(object, value, uses, |kind| match (kind, op) {
                    (ObjectKind::Latch { .. }, CountDown) => Some(Class::Give),
                    (ObjectKind::Latch { .. }, _) => Some(Class::Take),
                    _ => None,
                });
            }
            _ => {
                self.use_objects(object, value, uses, |kind| {
                    serves(op, kind).then_some(Class::Change)
                });
                if op == EventClear {
                    uses.add(self.missed, Class::Look);
                }
            }
        }
    }

    /// Waiting gives the lock up, sleeps, and takes the lock again.
    fn of_wait(&self, object: &Expr, phase: Option<Phase>, value: Value<'_>, uses: &mut Uses) {
        let conditions = self.objects(object, value, |it| matches!(it, ObjectKind::Cond { .. }));
        for id in conditions {
            let ObjectKind::Cond { lock, fifo, .. } = self.program.objects[id.index()].kind else {
                continue;
            };
            let sleep = if fifo { Class::Change } else { Class::Give };
            match phase {
                Some(Phase::Ready) => {
                    uses.add(self.object(id), sleep);
                    uses.add(self.object(lock), Class::Give);
                }
                Some(Phase::Waiting) => uses.add(self.object(id), sleep),
                Some(Phase::Woken | Phase::TimedOut | Phase::Broken) => {
                    uses.add(self.object(lock), Class::Take);
                }
                None => {
                    uses.add(self.object(id), sleep);
                    uses.add(self.object(lock), Class::Give);
                    uses.add(self.object(lock), Class::Take);
                }
            }
        }
    }

    fn of_chan(&self, op: ChanOp, object: &Expr, value: Value<'_>, uses: &mut Uses) {
        let class = match op {
            _ if self.counts_jobs => Class::Change,
            ChanOp::Send(WaitMode::Wait) => Class::Take,
            ChanOp::Recv(WaitMode::Wait) => Class::Give,
            ChanOp::Send(_) | ChanOp::Recv(_) => Class::Change,
        };
        self.use_objects(object, value, uses, |kind| match kind {
            ObjectKind::Chan {
                capacity: Some(0), ..
            } => Some(Class::Change),
            ObjectKind::Chan { .. } => Some(class),
            _ => None,
        });
    }

    fn ask(&self, query: Query, object: &Expr, value: Value<'_>, uses: &mut Uses) {
        if query == Query::IsAlive {
            uses.add(self.ends, Class::Look);
            uses.add(self.spawns, Class::Look);
            return;
        }
        if query == Query::IsDone {
            self.look_at_futures(uses);
            return;
        }
        self.use_objects(object, value, uses, |_| Some(Class::Look));
    }

    /// Everything that a condition looks at.
    pub fn of_condition(&self, condition: &Expr, value: Value<'_>, uses: &mut Uses) {
        condition.each(&mut |expr| match expr {
            Expr::Cell(place) => self.read(place, value, uses),
            Expr::Query(query, object) => self.ask(*query, object, value, uses),
            Expr::Entry { object, .. } => self.look_at_entries(object, value, uses),
            _ => {}
        });
    }

    /// Every change of an object, as whoever waits for it wishes.
    pub fn changes(&self, id: ObjectId, uses: &mut Uses) {
        for class in [Class::Take, Class::Give, Class::Change] {
            uses.add(self.object(id), class);
        }
    }
}
