//! Sections of a lock that only add: whoever comes first, the sums are the same.
//!
//! `with m { count += 1 }` reads and writes under a lock, so two of them do not accord
//! step by step. As wholes they do: both orders lead to the same state, and nobody sees
//! what is between. So taking the lock for such a section accords with taking it for
//! another one. Whoever takes the lock for anything else accords with neither.
//!
//! **Theorem.** Let a section take a lock, add constants to words of memory, and give the
//! lock back; let every other access to these words lie where the lock is held; let no
//! register keep what was read; let no step of it fail, nor the local work that joins the
//! last one ([`sure`]). Then the reduced search keeps what `super` says.
//!
//! *Why.* Between the section's first and last step nobody else can use the words, and
//! whoever wants the lock waits. So its steps after the first accord with all that others
//! can do meanwhile, and can follow the first at once, or be left out where the run stops
//! before they are done (Lipton, "Reduction: a method of proving properties of parallel
//! programs", 1975). So every run is, up to the order of steps that accord, one in which
//! sections are single steps that need the lock to be free; such steps accord with each
//! other, and the theorem of `super` holds for these runs.
//!
//! So the first step counts as one that does what all of them do: it takes part in the sums,
//! hears what was missed, and may be followed by the actor's end.
//!
//! Somebody may be cut off in a section. Whoever may bring the end is then in the set, too,
//! and its first step accords with what comes before it as it did without sections; the
//! end itself accords with no step of those that it cuts off.
//!
//! **Conditions**, besides: there are no processes; no property looks at the words or the
//! lock; sums stay far from where an `int` ends, and have no range, so that no order fails
//! where another does not. A sum grows by at most 2^20 in a step, and a run without circles
//! is shorter than the 2^32 states that a search may store. To a word only positive amounts
//! are added, or only negative ones: so its least and its largest value are the same in
//! every order.
//!
//! A semaphore that is used as a lock ([`doors`]) does as well.
//!
//! An atomic `x += 1` is a section of one step, and needs no lock; there only the last
//! condition counts.
//!
//! **Deliberately absent:** sections with branches, calls or indices that are not known;
//! amounts that are not constant; sections as part of a block.
//!
//! [`sure`]: super::sure
//! [`doors`]: super::doors

use super::ahead::own_uses;
use super::awaited::Goes;
use super::code::{Code, NodeId};
use super::doors::{Door, gives_permit, takes_permit};
use super::resources::{Resources, Value};
use super::sure::Sure;
use super::uses::{Class, Kind, Uses};
use super::values::with_values;
use crate::base::{Mistake, planted};
use crate::program::{
    BinaryOp, CellRef, Expr, Instr, ObjectId, ObjectKind, Pc, Reg, RmwOp, SyncOp, Var, WaitMode,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// Instructions that a section may have.
const LENGTH_MAX: usize = 64;
/// What a step may add, at most.
const ADDED_MAX: i64 = 1 << 20;
/// What words may be set to, at most, so that sums of them do not overflow.
const SET_MAX: i64 = 1 << 32;

/// What adds, in a program.
#[derive(Debug, Default)]
pub(super) struct Adding {
    /// By node: the lock that it takes for a section that only adds.
    begins: FxHashMap<NodeId, ObjectId>,
    /// By node: the word that it reads or writes in such a section.
    adds: FxHashMap<NodeId, usize>,
    /// The locks of these sections, ascending.
    locks: Vec<ObjectId>,
    /// The resources of words whose sums do not overflow.
    sums: Vec<bool>,
    /// Which way sums of these words go.
    goes: Vec<Option<Goes>>,
}

impl Adding {
    /// Looks through the code.
    pub fn of(code: &Code<'_>, resources: &Resources<'_>, doors: &[Door]) -> Self {
        let touched = (0..code.len()).map(|node| own_uses(code, resources, node));
        let touched: Vec<Uses> = touched.collect();
        let sure = Sure::of(code);
        let ends_well = |section: &Section| {
            let last = section.chain.last().copied();
            last.is_some_and(|last| sure.after(last)) || planted(Mistake::WorkAfterCannotFail)
        };
        let begin = 0..code.len();
        let found = begin.filter_map(|node| {
            let lock = begun(code, doors, node)?;
            section(code, resources, lock, node).filter(ends_well)
        });
        let mut all: Vec<Section> = match resources.program().has_processes() {
            true => Vec::new(),
            false => found.collect(),
        };
        let mut outside: FxHashMap<ObjectId, Vec<bool>> = FxHashMap::default();
        for section in &all {
            let lock = section.lock;
            outside.entry(lock).or_insert_with(|| {
                let door = doors.iter().find(|door| door.sem == lock);
                match door {
                    Some(door) => door.inside.iter().map(|inside| !inside).collect(),
                    None => without(code, lock),
                }
            });
        }
        loop {
            let known = Known {
                code,
                resources,
                touched: &touched,
                outside: &outside,
                sections: &all,
            };
            let keeps: Vec<bool> = all.iter().map(|it| known.holds(it)).collect();
            if !keeps.contains(&false) {
                let mut locks: Vec<ObjectId> = all.iter().map(|it| it.lock).collect();
                locks.sort_unstable();
                locks.dedup();
                let sums = known.sums();
                let goes = sums.iter().enumerate();
                let goes = goes.map(|(word, is_sum)| is_sum.then(|| known.goes(word))?);
                return Self {
                    goes: goes.collect(),
                    sums,
                    begins: all.iter().map(|it| (it.chain[0], it.lock)).collect(),
                    adds: { all.iter() }.flat_map(|it| it.adds.clone()).collect(),
                    locks,
                };
            }
            let mut keeps = keeps.into_iter();
            all.retain(|_| keeps.next() == Some(true));
        }
    }
}

impl Adding {
    /// Which way sums of a word go, if it is only added to in steps of their own, and it
    /// makes no difference who does first.
    pub fn goes(&self, word: usize) -> Option<Goes> {
        self.goes.get(word).copied().flatten()
    }
}

impl Resources<'_> {
    /// What adds is known from now on.
    pub fn know(&mut self, adding: Adding) {
        self.first_adder = self.kinds.len();
        let n = self.first_adder + adding.locks.len();
        self.kinds.resize(n, Kind::Sum);
        self.adding = Some(adding);
    }

    /// What a node uses, if it takes the lock or adds in a section that only adds; and in
    /// its first step, what the others use.
    pub(super) fn in_section(&self, node: NodeId, instr: &Instr) -> Option<Uses> {
        let adding = self.adding.as_ref()?;
        let mut uses = self.none();
        if let Some(lock) = adding.begins.get(&node) {
            let number = adding.locks.binary_search(lock).ok()?;
            uses.add(self.first_adder + number, Class::Give);
            self.heeds(&mut uses);
        } else {
            uses.add(*adding.adds.get(&node)?, Class::Give);
            if !matches!(instr, Instr::Store(..)) {
                self.heeds(&mut uses);
            }
        }
        Some(uses)
    }

    /// Whatever is done with a lock discords with those who take it to add.
    pub(super) fn note_adders(&self, uses: &mut Uses) {
        let locks = self.adding.iter().flat_map(|it| &it.locks);
        for (number, &lock) in locks.enumerate() {
            let (lock, adders) = (self.object(lock), self.first_adder + number);
            if uses.has(lock, Class::Take) || uses.has(lock, Class::Change) {
                uses.add(adders, Class::Change);
            }
            if uses.has(lock, Class::Look) {
                uses.add(adders, Class::Look);
            }
        }
    }

    /// An atomic read-modify-write of memory.
    pub(super) fn update(
        &self,
        (dst, place): (Option<Reg>, &CellRef),
        (op, by): (RmwOp, &Expr),
        value: Value<'_>,
        uses: &mut Uses,
    ) {
        let sums = self.adding.as_ref().map_or(&[][..], |it| &it.sums);
        let words = self.words(place, value);
        let adds = dst.is_none() && added(op, by, value).is_some();
        match adds
            && sums
                .get(words.clone())
                .is_some_and(|it| !it.contains(&false))
        {
            true => {
                words.for_each(|word| uses.add(word, Class::Give));
                self.note_write(place, uses);
            }
            false => self.write(place, value, uses),
        }
    }
}

/// A section, from taking its lock to giving it back.
struct Section {
    lock: ObjectId,
    /// Its nodes; the first takes the lock, the last gives it back.
    chain: Vec<NodeId>,
    /// Of these, those that read or write a word.
    adds: Vec<(NodeId, usize)>,
    /// What they add to words, one after the other.
    amounts: Vec<(usize, i64)>,
}

/// What a register holds in a section.
#[derive(Clone, Copy)]
struct Sum {
    word: usize,
    /// So much was added to what the word held first.
    plus: i64,
}

/// The lock that is taken at a node, or the semaphore that is used as one.
fn begun(code: &Code<'_>, doors: &[Door], node: NodeId) -> Option<ObjectId> {
    let is_door = |sem: &ObjectId| doors.iter().any(|door| door.sem == *sem);
    about_lock(code, node, |op| matches!(op, SyncOp::Lock(WaitMode::Wait)))
        .or_else(|| takes_permit(code, node).filter(is_door))
}

/// The section that begins at a node, where a lock is taken.
fn section(
    code: &Code<'_>,
    resources: &Resources<'_>,
    lock: ObjectId,
    begin: NodeId,
) -> Option<Section> {
    let program = resources.program();
    let context = code.nodes[begin].0;
    let mut section = Section {
        lock,
        chain: vec![begin],
        adds: Vec::new(),
        amounts: Vec::new(),
    };
    let mut regs: FxHashMap<Reg, Sum> = FxHashMap::default();
    let mut plus: FxHashMap<usize, i64> = FxHashMap::default();
    let mut pc: Pc = code.nodes[begin].1 + 1;
    while section.chain.len() < LENGTH_MAX {
        let node = *code.after[*section.chain.last()?].first()?;
        if code.nodes[node].0 != context || code.nodes[node].1 != pc {
            return None;
        }
        section.chain.push(node);
        let instr = program.instr(pc);
        if instr.is_visible() && !planted(Mistake::ReadStaysInRegister) {
            for dead in program.dead.get(pc as usize)? {
                regs.remove(dead);
            }
        }
        let word = |place: &CellRef| with_values(code.values(node), |v| resources.word(place, v));
        match instr {
            Instr::Load(reg, place, _) => {
                let word = word(place)?;
                let plus = *plus.entry(word).or_insert(0);
                regs.insert(*reg, Sum { word, plus });
                section.adds.push((node, word));
            }
            Instr::Store(place, expr, _) => {
                let word = word(place)?;
                let sum = sum_of(code, node, &regs, expr)?;
                if sum.word != word {
                    return None;
                }
                let before = plus.insert(word, sum.plus).unwrap_or(0);
                section.amounts.push((word, sum.plus - before));
                section.adds.push((node, word));
            }
            Instr::Rmw(None, place, op, by) => {
                let word = word(place)?;
                let by = with_values(code.values(node), |value| added(*op, by, value))?;
                let plus = plus.entry(word).or_insert(0);
                *plus = plus.checked_add(by)?;
                section.amounts.push((word, by));
                section.adds.push((node, word));
            }
            Instr::Let(reg, expr) => {
                let sum = sum_of(code, node, &regs, expr)?;
                regs.insert(*reg, sum);
            }
            Instr::Yield | Instr::Sleep | Instr::LabelDone(_) => {}
            Instr::Sync { .. } => {
                let gives = about_lock(code, node, |op| op == SyncOp::Unlock)
                    .or_else(|| gives_permit(code, node))?;
                let small = plus.values().all(|plus| plus.abs() <= ADDED_MAX);
                let forgotten = regs.is_empty() || planted(Mistake::ReadStaysInRegister);
                return (gives == lock && small && forgotten).then_some(section);
            }
            _ => return None,
        }
        pc += 1;
    }
    None
}

/// The lock that a node's operation is surely about.
fn about_lock(code: &Code<'_>, node: NodeId, is: impl Fn(SyncOp) -> bool) -> Option<ObjectId> {
    let (op, id) = code.sync(node)?;
    let kind = &code.program().objects[id.index()].kind;
    (is(op) && matches!(kind, ObjectKind::Lock { .. })).then_some(id)
}

/// A register with a constant added, where it holds what was read.
fn sum_of(code: &Code<'_>, node: NodeId, regs: &FxHashMap<Reg, Sum>, expr: &Expr) -> Option<Sum> {
    let known = |expr: &Expr| with_values(code.values(node), |value| value(expr));
    let moved = |sum: Sum, by: i64| {
        let plus = sum.plus.checked_add(by)?;
        (plus.abs() <= ADDED_MAX).then_some(Sum { plus, ..sum })
    };
    let inner = |expr| sum_of(code, node, regs, expr);
    match expr {
        Expr::Reg(reg) => regs.get(reg).copied(),
        Expr::Binary(BinaryOp::Add, left, right) => match (known(left), known(right)) {
            (None, Some(by)) => moved(inner(left)?, by),
            (Some(by), None) => moved(inner(right)?, by),
            _ => None,
        },
        Expr::Binary(BinaryOp::Sub, left, right) => {
            moved(inner(left)?, known(right)?.checked_neg()?)
        }
        _ => None,
    }
}

/// The constant that a read-modify-write adds, if it does nothing else.
fn added(op: RmwOp, by: &Expr, value: Value<'_>) -> Option<i64> {
    let by = value(by)?;
    let by = match op {
        RmwOp::Fetch(BinaryOp::Add) => by,
        RmwOp::Fetch(BinaryOp::Sub) => by.checked_neg()?,
        _ => return None,
    };
    (by.abs() <= ADDED_MAX).then_some(by)
}

/// For each node, whether somebody may come there without holding a lock.
fn without(code: &Code<'_>, lock: ObjectId) -> Vec<bool> {
    let mut outside = vec![false; code.len()];
    let mut returns = vec![false; code.n_contexts()];
    let spawned = code.spawned.values();
    for &context in code.roots.iter().chain(spawned) {
        outside[code.entry(context)] = true;
    }
    let mut changed = true;
    while changed {
        changed = false;
        for node in 0..code.len() {
            let is_outside = outside[node];
            let instr = code.instr(node);
            let leaves = match instr {
                Instr::Return(_) => {
                    changed |= is_outside && !returns[code.nodes[node].0];
                    returns[code.nodes[node].0] |= is_outside;
                    continue;
                }
                Instr::Call(..) | Instr::TakeJob { .. } => {
                    for &context in &code.enters[node] {
                        let entry = code.entry(context);
                        changed |= is_outside && !outside[entry];
                        outside[entry] |= is_outside;
                    }
                    { code.enters[node].iter() }.any(|&context| returns[context])
                }
                Instr::Sync {
                    op: SyncOp::Lock(WaitMode::Wait),
                    ..
                } => {
                    let takes = about_lock(code, node, |_| true) == Some(lock);
                    is_outside && !takes
                }
                Instr::Sync {
                    op: SyncOp::Unlock, ..
                } => {
                    let gives = about_lock(code, node, |_| true);
                    is_outside || gives.is_none_or(|gives| gives == lock)
                }
                _ => is_outside,
            };
            let after = code.after[node].iter().filter(|_| leaves);
            // What comes with an exception may have given back anything.
            let throws = is_outside || instr.may_raise();
            let handlers = code.handlers[node].iter().filter(|_| throws);
            for &next in after.chain(handlers) {
                changed |= !outside[next];
                outside[next] = true;
            }
        }
    }
    outside
}

/// What is known while sections are looked at together.
struct Known<'a, 'p> {
    code: &'a Code<'p>,
    resources: &'a Resources<'p>,
    /// By node.
    touched: &'a [Uses],
    /// By lock and node.
    outside: &'a FxHashMap<ObjectId, Vec<bool>>,
    /// Those that may still be what they seem.
    sections: &'a [Section],
}

impl Known<'_, '_> {
    /// Whether a section is one, as far as the others are.
    fn holds(&self, section: &Section) -> bool {
        let lock = section.lock;
        let watched = |resource| self.resources.is_watched(resource);
        !watched(self.resources.object(lock))
            && self.is_entered_at_the_front(section)
            && section.adds.iter().all(|&(_, word)| {
                !watched(word) && self.is_guarded(word, lock) && self.is_sum(word)
            })
    }

    /// Whether nobody comes into it but through sections of the same lock.
    fn is_entered_at_the_front(&self, section: &Section) -> bool {
        let own: FxHashSet<NodeId> = self
            .of(section.lock)
            .flat_map(|it| it.chain[..it.chain.len() - 1].iter().copied())
            .collect();
        let inside: FxHashSet<NodeId> = section.chain[1..].iter().copied().collect();
        let leads_in = |next: &[NodeId]| next.iter().any(|it| inside.contains(it));
        (0..self.code.len()).all(|node| {
            let by_step = leads_in(&self.code.after[node]);
            !leads_in(&self.code.handlers[node]) && (!by_step || own.contains(&node))
        })
    }

    fn of(&self, lock: ObjectId) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(move |it| it.lock == lock)
    }

    /// Whether everybody who uses a word holds the lock.
    fn is_guarded(&self, word: usize, lock: ObjectId) -> bool {
        let outside = &self.outside[&lock];
        let mut others = self.sections.iter().filter(|it| it.lock != lock);
        let uses = |node: usize| {
            [Class::Look, Class::Change]
                .into_iter()
                .any(|class| self.touched[node].has(word, class))
        };
        let elsewhere = |section: &Section| section.adds.iter().any(|&(_, it)| it == word);
        planted(Mistake::WordsNeedNoGuard)
            || (!others.any(elsewhere)
                && !(0..self.code.len()).any(|node| outside[node] && uses(node)))
    }

    /// The words to which somebody adds in one step, if it makes no difference who does
    /// first.
    fn sums(&self) -> Vec<bool> {
        let updates = |&node: &NodeId| matches!(self.code.instr(node), Instr::Rmw(..));
        let updates: Vec<NodeId> = (0..self.code.len()).filter(updates).collect();
        let updated = |word| {
            let mut updates = updates.iter();
            updates.any(|&node| self.touched[node].has(word, Class::Change))
        };
        (0..self.resources.n_words())
            .map(|word| updated(word) && self.is_sum(word))
            .collect()
    }

    /// Whether it makes no difference who adds to a word first.
    fn is_sum(&self, word: usize) -> bool {
        self.stays_small(word) && self.goes_one_way(word)
    }

    /// Whether nothing is taken away from it, or nothing added.
    fn goes_one_way(&self, word: usize) -> bool {
        let in_sections = self.sections.iter().flat_map(|it| &it.amounts);
        let in_sections = in_sections.filter(|it| it.0 == word).map(|it| it.1);
        let all: Vec<i64> = in_sections.chain(self.steps_add(word).flatten()).collect();
        planted(Mistake::SumsGoBothWays)
            || all.iter().all(|&by| by >= 0)
            || all.iter().all(|&by| by <= 0)
    }

    /// What each step that may write a word adds to it, if it adds.
    fn steps_add(&self, word: usize) -> impl Iterator<Item = Option<i64>> {
        let writes = move |&node: &NodeId| self.touched[node].has(word, Class::Change);
        let nodes = (0..self.code.len()).filter(writes);
        nodes.map(|node| match self.code.instr(node) {
            Instr::Rmw(_, _, op, by) => {
                with_values(self.code.values(node), |value| added(*op, by, value))
            }
            _ => None,
        })
    }

    /// Which way sums of an atomic word go to which no section adds.
    fn goes(&self, word: usize) -> Option<Goes> {
        let in_section = self.sections.iter().flat_map(|it| &it.adds);
        let is_word = |var: &&Var| self.resources.words_of(var).contains(&word);
        let mut vars = self.resources.program().vars.iter().filter(is_word);
        if { in_section }.any(|it| it.1 == word) || !vars.all(|var| var.atomic) {
            return None;
        }
        Some(Goes {
            up: self.steps_add(word).flatten().all(|by| by >= 0),
            down: self.steps_add(word).flatten().all(|by| by <= 0),
            only_added: self.steps_add(word).all(|by| by.is_some()),
        })
    }

    /// Whether a word never comes near to where an `int` ends, whoever adds first.
    fn stays_small(&self, word: usize) -> bool {
        let program = self.resources.program();
        if planted(Mistake::SumsNeverOverflow) {
            return true;
        }
        let small = |value: i64| value.abs() <= SET_MAX;
        let may_be = |var: &&crate::program::Var| self.resources.words_of(var).contains(&word);
        program.vars.iter().filter(may_be).all(|var| {
            let first = var.first.index();
            let mut cells = program.cells[first..first + var.n as usize].iter();
            var.range.is_none() && var.collection.is_none() && cells.all(|it| small(it.initial))
        }) && (0..self.code.len()).all(|node| {
            let is_set = self.touched[node].has(word, Class::Change);
            !is_set || self.in_section(node) || self.sets_small(node)
        })
    }

    fn in_section(&self, node: NodeId) -> bool {
        let mut adds = self.sections.iter().flat_map(|it| &it.adds);
        adds.any(|&(adds, _)| adds == node)
    }

    /// Whether a node sets memory to a small constant, or adds one.
    fn sets_small(&self, node: NodeId) -> bool {
        with_values(self.code.values(node), |value| {
            let small = |expr| value(expr).is_some_and(|value| value.abs() <= SET_MAX);
            match self.code.instr(node) {
                Instr::Store(_, expr, _) | Instr::CompareExchange(_, _, _, expr) => small(expr),
                Instr::Rmw(_, _, RmwOp::Swap, expr) => small(expr),
                Instr::Rmw(_, _, op, by) => added(*op, by, value).is_some(),
                _ => false,
            }
        })
    }
}
