//! Draws a plan from a seed.
//!
//! Acts come in the shapes in which people use objects — a `with`, a test and a
//! wait under a lock, a flag and its event — and now and then in shapes in which
//! they misuse them. A scenario has few kinds of objects, so that its actors meet.

use super::plan::{
    Act, Arm, ArmOp, Block, Bool, Func, Int, LockMode, Object, Plan, Property, Runs, Shape, Shared,
    Thread, Vary, Wait, Waits,
};
use super::random::Random;
use crate::hir::RwPolicy;

/// How large, and what may be in it.
#[derive(Clone, Copy, Debug)]
pub struct Knobs {
    /// Threads that are declared, at most; one may count twice.
    pub threads: usize,
    /// Acts of a thread, at most, roughly.
    pub acts: usize,
    /// `while` and `loop` that may go on for ever.
    pub loops: bool,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            threads: 3,
            acts: 8,
            loops: false,
        }
    }
}

/// The plan that belongs to a seed.
pub fn make(seed: u64, knobs: Knobs) -> Plan {
    let mut maker = Maker {
        random: Random::new(seed),
        knobs,
        plan: Plan::default(),
        functions: 0,
        budget: 0,
        labels: 0,
    };
    maker.declare();
    maker.bodies();
    maker.properties();
    // Drawn apart, so that the rest of a plan is the same with and without.
    super::processes::divide(&mut maker.plan, &mut Random::new(!seed));
    super::jobs::add(&mut maker.plan, seed);
    super::tasks::turn(&mut maker.plan, seed);
    super::shapes::give(&mut maker.plan, seed);
    super::entries::add(&mut maker.plan, seed);
    maker.plan
}

struct Maker {
    random: Random,
    knobs: Knobs,
    plan: Plan,
    functions: usize,
    /// Acts left for the body under way.
    budget: usize,
    labels: usize,
}

const EXCLUSIVE: LockMode = LockMode::Exclusive;

impl Maker {
    fn declare(&mut self) {
        for _ in 0..=self.random.below(3) {
            let shared = Shared {
                atomic: self.random.one_in(3),
                initial: self.random.below(2) as i64,
                most: self.random.one_in(4).then_some(2),
                guarded_by: self.random.one_in(8).then_some(0),
                common: false,
                shape: Shape::Word,
            };
            self.plan.shared.push(shared);
        }
        for _ in 0..self.random.below(4) {
            let at = self.plan.objects.len();
            match self.random.below(11) {
                0 | 1 => self.lock(),
                2 => {
                    let policies = [RwPolicy::Readers, RwPolicy::Writers, RwPolicy::Fair];
                    let policy = self.random.pick(&policies);
                    self.plan.objects.push(Object::RwLock(policy));
                }
                3 => {
                    let initial = self.random.below(3) as i64;
                    let max = self.random.one_in(3).then_some(initial.max(1));
                    self.plan.objects.push(Object::Sem { initial, max });
                }
                4 | 5 => {
                    self.lock();
                    self.plan.objects.push(Object::Cond {
                        lock: at,
                        fifo: self.random.one_in(4),
                        spurious: self.random.one_in(6),
                    });
                }
                6 => self.plan.objects.push(Object::Event {
                    auto: self.random.one_in(3),
                }),
                7 => self
                    .plan
                    .objects
                    .push(Object::Barrier(2 + u32::from(self.random.one_in(4)))),
                8 => self.plan.objects.push(Object::Once),
                9 => {
                    let count = 1 + self.random.below(2) as i64;
                    self.plan.objects.push(Object::Latch(count));
                }
                _ => {
                    let capacity = self
                        .random
                        .pick(&[Some(0), Some(1), Some(1), Some(2), None]);
                    self.plan.objects.push(Object::Chan(capacity));
                }
            }
        }
        self.functions = match self.random.below(4) {
            0 => 2,
            1 => 1,
            _ => 0,
        };
    }

    fn lock(&mut self) {
        let odd = self.random.below(8);
        self.plan.objects.push(Object::Lock {
            reentrant: odd == 0,
            unowned: odd == 1,
        });
    }

    fn bodies(&mut self) {
        let n = 2 + self.random.below(self.knobs.threads.saturating_sub(1));
        let mut left = self.knobs.threads + 1;
        for index in 0..n {
            let twice = left > n - index && self.random.one_in(4);
            left = left.saturating_sub(1 + usize::from(twice));
            let crowd = n + usize::from(twice);
            self.budget = 1 + self.random.below((3 * self.knobs.acts).div_ceil(crowd));
            let odd = self.random.below(16);
            let body = self.block(0);
            self.plan.threads.push(Thread {
                twice,
                daemon: odd == 0,
                main: odd == 1 && index == 0,
                process: false,
                runs: Runs::Thread,
                on: 0,
                body,
            });
        }
        for _ in 0..self.functions {
            self.budget = 1 + self.random.below(3);
            let body = self.block(1);
            let returns = self.random.one_in(2).then(|| self.int(1));
            self.plan.functions.push(Func {
                body,
                returns,
                process: false,
                awaits: false,
            });
        }
    }

    fn block(&mut self, depth: usize) -> Block {
        let mut acts = Vec::new();
        let n = 1 + self
            .random
            .below(if depth == 0 { self.knobs.acts } else { 3 });
        while acts.len() < n && self.budget > 0 {
            self.budget -= 1;
            let drawn = self.act(depth);
            acts.extend(drawn);
        }
        acts
    }

    fn act(&mut self, depth: usize) -> Block {
        if depth < 3 && self.random.one_in(3) {
            return vec![self.nest(depth + 1)];
        }
        if !self.plan.objects.is_empty() && !self.random.one_in(3) {
            let object = self.random.below(self.plan.objects.len());
            return self.use_object(object, depth + 1);
        }
        let act = self.plain(depth);
        if self.random.one_in(12) && self.labels < 3 {
            self.labels += 1;
            return vec![Act::Label(self.labels - 1, Box::new(act))];
        }
        vec![act]
    }

    fn var(&mut self) -> usize {
        self.random.below(self.plan.shared.len())
    }

    fn plain(&mut self, depth: usize) -> Act {
        let var = self.var();
        match self.random.below(20) {
            0..=3 => Act::Set(var, self.int(0)),
            4..=6 => {
                let vary = self
                    .random
                    .pick(&[Vary::Add, Vary::Add, Vary::Sub, Vary::Max]);
                Act::Update(var, vary, Int::Const(1))
            }
            7..=9 => Act::Local(self.random.below(2), self.int(0)),
            10 | 11 => Act::Assert(self.bool(0)),
            12 => Act::WaitUntil(self.condition(0)),
            13 => match self.random.below(3) {
                0 => Act::Raise,
                1 => Act::Return,
                _ => Act::Yield,
            },
            14 => Act::Join(self.random.below(self.knobs.threads)),
            15 | 16 if self.functions > 0 && depth < 3 => {
                let function = self.random.below(self.functions);
                if self.random.one_in(2) {
                    return Act::Call(function, self.int(1));
                }
                self.spawn(function, depth)
            }
            17 => Act::Print(self.int(1)),
            18 if self.knobs.loops => self.random.pick(&[Act::Break, Act::Continue]),
            _ => Act::Set(var, Int::Const(self.random.below(3) as i64)),
        }
    }

    fn spawn(&mut self, function: usize, depth: usize) -> Act {
        let daemon = self.random.one_in(8);
        let between = if self.random.one_in(2) && self.budget > 0 {
            self.block(depth + 1)
        } else {
            Vec::new()
        };
        let waits = match self.random.below(8) {
            0 | 1 => Waits::Never,
            2 => Waits::JoinFor,
            3 => Waits::Asks,
            _ => Waits::Join,
        };
        Act::Spawn(function, daemon, between, waits)
    }

    fn nest(&mut self, depth: usize) -> Act {
        let body = self.block(depth);
        match self.random.below(14) {
            0..=2 => {
                let otherwise = if self.random.one_in(3) {
                    self.block(depth)
                } else {
                    Vec::new()
                };
                Act::If(self.bool(0), body, otherwise)
            }
            3 | 4 => Act::Either(body, self.block(depth)),
            5 => Act::Atomic(body),
            6 => Act::Try(body, self.block(depth)),
            7 => Act::Finally(body, self.block(depth)),
            8..=10 if self.knobs.loops => {
                if self.random.one_in(2) {
                    let mut body = body;
                    body.insert(0, Act::Yield);
                    Act::Loop(body)
                } else {
                    let var = self.var();
                    let value = Int::Const(self.random.below(2) as i64);
                    Act::While(Bool::Eq(Int::Var(var), value), body)
                }
            }
            _ => Act::For(1 + self.random.below(2) as i64, body),
        }
    }

    fn use_object(&mut self, object: usize, depth: usize) -> Block {
        let mode = if self.random.one_in(2) {
            LockMode::Shared
        } else {
            EXCLUSIVE
        };
        let deep = depth > 3;
        match self.plan.objects[object] {
            Object::Lock { .. } | Object::RwLock(_) | Object::Sem { .. } => {
                self.guard(object, mode, deep, depth)
            }
            Object::Cond { lock, .. } => self.use_cond(object, lock),
            Object::Event { .. } => match self.random.below(8) {
                0..=2 => vec![Act::Wake(object)],
                3 => vec![Act::WakeAll(object)],
                4 => vec![Act::If(
                    Bool::WaitFor(object),
                    self.block(depth),
                    Vec::new(),
                )],
                5 => vec![Act::If(Bool::Is(object), self.block(depth), Vec::new())],
                _ => vec![Act::Await(object)],
            },
            Object::Barrier(_) => match self.random.below(8) {
                0 => vec![Act::WakeAll(object)],
                1 => vec![Act::Local(0, Int::Arrive(object, self.random.one_in(3)))],
                _ => vec![Act::Await(object)],
            },
            Object::Once => vec![Act::With(object, EXCLUSIVE, self.block(depth))],
            Object::Latch(_) => match self.random.below(8) {
                0..=3 => vec![Act::Wake(object)],
                4 => vec![Act::WakeAll(object)],
                _ => vec![Act::Await(object)],
            },
            Object::Chan(_) => self.use_chan(object, depth),
            // These come later, see `jobs` and `entries`.
            Object::Executor { .. } | Object::Entries { .. } => Vec::new(),
        }
    }

    fn guard(&mut self, object: usize, mode: LockMode, deep: bool, depth: usize) -> Block {
        match self.random.below(12) {
            0..=4 if !deep => vec![Act::With(object, mode, self.block(depth))],
            5 | 6 if !deep => {
                let mut acts = vec![Act::Take(object, mode)];
                acts.extend(self.block(depth));
                acts.push(Act::Give(object, mode));
                acts
            }
            7 => {
                let wait = self.random.pick(&[Wait::Try, Wait::Timeout]);
                let body = vec![self.plain(depth), Act::Give(object, mode)];
                vec![Act::If(Bool::Take(object, mode, wait), body, Vec::new())]
            }
            8 => vec![Act::Give(object, mode)],
            9 => vec![Act::Take(object, mode)],
            10 => vec![
                Act::Take(object, EXCLUSIVE),
                Act::Downgrade(object),
                Act::Give(object, LockMode::Shared),
            ],
            _ => {
                let inner = self.plain(depth);
                vec![Act::With(object, mode, vec![inner])]
            }
        }
    }

    fn use_cond(&mut self, cond: usize, lock: usize) -> Block {
        let var = self.var();
        let under = |acts| Act::With(lock, EXCLUSIVE, acts);
        let test = Bool::Eq(Int::Var(var), Int::Const(0));
        let wait = vec![Act::Await(cond)];
        let wake = self.random.pick(&[Act::Wake(cond), Act::WakeAll(cond)]);
        match self.random.below(10) {
            0 | 1 => vec![under(vec![Act::While(test, wait)])],
            2 => vec![under(vec![Act::If(test, wait, Vec::new())])],
            3 => vec![under(wait)],
            4 => {
                let timed = Bool::WaitFor(cond);
                vec![under(vec![Act::If(timed, Vec::new(), vec![self.plain(3)])])]
            }
            5 if self.random.one_in(3) => wait,
            6 => vec![wake],
            7 => vec![Act::Set(var, Int::Const(1)), under(vec![wake])],
            _ => vec![under(vec![Act::Set(var, Int::Const(1)), wake])],
        }
    }

    fn use_chan(&mut self, chan: usize, depth: usize) -> Block {
        let wait = self.random.pick(&[Wait::Try, Wait::Timeout]);
        let value = Int::Const(self.random.below(3) as i64);
        vec![match self.random.below(20) {
            16..=19 => self.select(chan, depth),
            0..=4 => Act::Send(chan, self.int(1)),
            5..=7 => Act::Local(0, Int::Recv(chan)),
            8 => Act::Local(1, Int::RecvOr(chan)),
            9 => Act::IfReceive(chan, wait, self.block(depth), Vec::new()),
            10 => Act::ForReceive(chan, self.block(depth)),
            11 => Act::If(Bool::Send(chan, wait, value), self.block(depth), Vec::new()),
            12 => self.random.pick(&[Act::Done(chan), Act::JoinJobs(chan)]),
            13 => Act::If(Bool::Is(chan), self.block(depth), Vec::new()),
            14 => Act::Local(0, Int::Len(chan)),
            _ => Act::Close(chan),
        }]
    }

    /// Mostly two arms, of any of the channels.
    fn select(&mut self, chan: usize, depth: usize) -> Act {
        let objects = self.plan.objects.iter().enumerate();
        let chans = objects.filter(|(_, row)| matches!(row, Object::Chan(_)));
        let chans: Vec<usize> = chans.map(|(at, _)| at).collect();
        let mut arms = Vec::new();
        for index in 0..self.random.pick(&[1, 2, 2, 2, 3]) {
            let other = self.random.pick(&chans);
            let value = self.random.below(3) as i64;
            let op = self
                .random
                .pick(&[ArmOp::Recv, ArmOp::RecvOr, ArmOp::Send(value)]);
            let mut body = vec![Act::Local(0, Int::Const(index))];
            if self.random.one_in(3) {
                body.extend(self.block(depth));
            }
            arms.push(Arm {
                chan: if index == 0 { chan } else { other },
                op,
                body,
            });
        }
        let otherwise = match self.random.below(5) {
            0 => Some((Wait::Try, Vec::new())),
            1 => Some((Wait::Timeout, Vec::new())),
            _ => None,
        };
        Act::Select(arms, otherwise)
    }

    fn int(&mut self, depth: usize) -> Int {
        let var = self.var();
        match self.random.below(if depth > 1 { 8 } else { 14 }) {
            0..=2 => Int::Const(self.random.below(3) as i64),
            3 | 4 => Int::Var(var),
            5 => Int::Local(self.random.below(2)),
            6 => Int::Me,
            7 => Int::Var(var),
            8 | 9 => Int::Add(Box::new(self.int(depth + 1)), Box::new(Int::Const(1))),
            10 => Int::Sub(Box::new(Int::Const(1)), Box::new(self.int(depth + 1))),
            11 => Int::Any(2),
            12 => {
                let vary = self.random.pick(&[Vary::Add, Vary::Swap, Vary::Max]);
                Int::Vary(var, vary, Box::new(self.int(2)))
            }
            _ => match self.random.below(3) {
                0 => Int::Div(Box::new(Int::Const(2)), Box::new(self.int(2))),
                1 => Int::Call(0, Box::new(self.int(2))),
                _ => Int::If(
                    Box::new(self.bool(2)),
                    Box::new(self.int(2)),
                    Box::new(self.int(2)),
                ),
            },
        }
    }

    /// A condition that may have steps inside.
    fn bool(&mut self, depth: usize) -> Bool {
        let var = self.var();
        match self.random.below(10) {
            0 if depth < 2 => Bool::Any,
            1 if depth < 2 => {
                let values = (Int::Const(0), Int::Const(1));
                Bool::Exchange(var, values.0, values.1)
            }
            2 => Bool::Less(self.int(1), self.int(1)),
            3 if depth < 2 => Bool::And(Box::new(self.bool(2)), Box::new(self.bool(2))),
            4 if depth < 2 => Bool::Or(Box::new(self.bool(2)), Box::new(self.bool(2))),
            _ => self.condition(depth),
        }
    }

    /// A condition over shared memory.
    fn condition(&mut self, depth: usize) -> Bool {
        let var = self.var();
        let value = Int::Const(self.random.below(3) as i64);
        match self.random.below(8) {
            0 => Bool::Not(Box::new(Bool::Eq(Int::Var(var), value))),
            1 => Bool::Less(Int::Var(var), value),
            2 if !self.plan.objects.is_empty() => {
                Bool::Is(self.random.below(self.plan.objects.len()))
            }
            3 if depth < 2 => Bool::And(Box::new(self.condition(2)), Box::new(self.condition(2))),
            _ => Bool::Eq(Int::Var(var), value),
        }
    }

    fn properties(&mut self) {
        let observed = self.random.below(self.plan.threads.len() + 1);
        let observed = (observed < self.plan.threads.len()).then_some(observed);
        self.plan.properties.push(Property::Observe(observed));
        if self.random.one_in(5) {
            let claim = self.random.pick(&[None, None, Some(false), Some(true)]);
            self.plan.properties.push(Property::Print(claim));
            self.plan.splits_print = self.random.one_in(4);
            // So that there is something to be in order.
            for (index, thread) in self.plan.threads.iter_mut().enumerate() {
                let first = Int::Const(i64::try_from(index).unwrap_or(0));
                thread.body.insert(0, Act::Print(first));
                thread.body.push(Act::Print(Int::Local(0)));
            }
        }
        for _ in 0..self.random.below(3) {
            let property = match self.random.below(6) {
                0 | 1 => Property::Always(self.condition(0)),
                2 => Property::Finally(self.condition(0)),
                3 => Property::Sometimes(self.condition(0)),
                4 => {
                    let exact = self.random.one_in(2);
                    Property::Outcomes(vec![0, 1, 2], exact)
                }
                _ => Property::Order(0, 1),
            };
            self.plan.properties.push(property);
        }
        if self.labels > 1 {
            self.plan.properties.push(Property::Order(0, 1));
        }
    }
}
