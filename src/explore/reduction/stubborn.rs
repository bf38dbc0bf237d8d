//! Strong stubborn sets, of whole actors: which actors must move in a state so
//! that nothing is lost if the others wait.
//!
//! Begin with an actor that can move. For each actor of the set that can move, add
//! everybody who may ever still make a use that discords with its next step; for
//! each that cannot, add those of whom one must move before it can. What is then
//! left out accords with all that the set can do, now and until the set moves.
//!
//! A use that lies behind a lock which somebody else holds cannot come before the
//! holder gives it back, so the holder is added instead.
//!
//! Sources: Valmari, "Stubborn sets for reduced state space generation" (1989);
//! Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems"
//! (1996). The gates are our own; `super` says why they are right.
//!
//! **Workers.** Of idle workers that hold the same, the first takes a job, so who finishes
//! one may come before who takes the next. Where states that differ only in like workers are one,
//! that rule can be thought away: let any idle worker take it. All runs of the program are runs of
//! that one, and its runs are, but for the numbers of like workers, runs of the program; and
//! there, finishing a job accords with taking one. So sets are formed as if all idle workers
//! could move, and of those of the set that then can, the first of the like ones does.
//!
//! A set is formed once for all states that agree on what it depends on ([`Formed`]).
//!
//! **Invariant:** the set that is given contains an actor that can move.

use super::Reduction;
use super::about::{About, Help};
use super::formed::Formed;
use super::uses::Uses;
use crate::base::{ActorSet, Mistake, planted};
use crate::program::ObjectId;
use crate::semantics::{Machine, State};
use rustc_hash::FxHashMap;

/// The actors of a state.
pub(in crate::explore) struct Scene<'a> {
    pub machine: &'a Machine<'a>,
    pub state: &'a State,
    /// For each stance what is known of an actor that takes it; `None` if it does not run.
    pub abouts: &'a [Option<About>],
    /// For each actor, the number of its stance.
    pub stances: &'a [u32],
    /// Those that can move.
    pub able: ActorSet,
    /// Whether of workers that differ in nothing it makes no difference which moves.
    pub like_workers: bool,
}

impl<'a> Scene<'a> {
    /// What is known of an actor; `None` if it does not run, or is not there.
    fn about(&self, actor: usize) -> Option<&'a About> {
        let &stance = self.stances.get(actor)?;
        self.abouts[stance as usize].as_ref()
    }

    /// Who has come through a gate.
    fn inside(&self, gate: usize) -> Option<usize> {
        let mut all = self.all();
        let found = all.find(|(_, about)| about.inside.contains(&gate));
        found.map(|(actor, _)| actor)
    }

    /// What is known of all that run.
    fn all(&self) -> impl Iterator<Item = (usize, &'a About)> {
        let actors = 0..self.stances.len();
        actors.filter_map(|actor| Some((actor, self.about(actor)?)))
    }
}

impl Reduction<'_> {
    /// The actors that must move.
    pub(in crate::explore) fn stubborn(
        &self,
        scene: &Scene<'_>,
        encounters: &mut Encounters,
    ) -> ActorSet {
        encounters.turn_to(scene);
        let mut key = std::mem::take(&mut encounters.key);
        let tells_all = self.depends_on(scene, encounters, &mut key);
        let formed = match tells_all {
            true => encounters.formed.find(&key),
            false => None,
        };
        if let Some(set) = formed {
            debug_assert_eq!(set, self.form(scene, encounters), "{key:?}");
        }
        let set = formed.unwrap_or_else(|| self.form(scene, encounters));
        if tells_all && formed.is_none() {
            encounters.formed.remember(&key, set);
        }
        encounters.key = key;
        set
    }

    /// Gathers what the set depends on; says whether that is all. It is not where somebody
    /// waits before a reader-writer lock: who is before it is a question to the state.
    fn depends_on(&self, scene: &Scene<'_>, encounters: &Encounters, key: &mut Vec<u32>) -> bool {
        let (machine, state) = (scene.machine, scene.state);
        let holder = |lock| match machine.owner(state, lock) {
            Some(holder) => u8::try_from(holder + 1).expect("at most 112 actors").into(),
            None => 0,
        };
        key.clear();
        for &kind in &encounters.here {
            if kind == NOT_YET {
                key.push(kind);
                continue;
            }
            let by = match encounters.waits[kind as usize] {
                WaitsFor::Nothing => 0,
                WaitsFor::Holder(lock) => holder(lock),
                WaitsFor::Before => return false,
            };
            key.push(kind << HOLDER_BITS | by);
        }
        for gate in self.ahead.gates.iter().filter(|gate| gate.inside.is_none()) {
            key.push(holder(gate.lock));
        }
        if self.resources.has_executors {
            key.push(u32::from(machine.has_jobs_waiting(state)));
        }
        if scene.like_workers {
            let could = machine.could_take(state).bits().to_le_bytes();
            let words = could.as_chunks::<4>().0.iter();
            key.extend(words.map(|bytes| u32::from_le_bytes(*bytes)));
        }
        true
    }

    /// Forms the set.
    fn form(&self, scene: &Scene<'_>, encounters: &mut Encounters) -> ActorSet {
        let gates = self.ahead.gates.iter().enumerate();
        let mut holders = std::mem::take(&mut encounters.holders);
        holders.clear();
        holders.extend(gates.map(|(number, gate)| match gate.inside {
            None => scene.machine.owner(scene.state, gate.lock),
            Some(_) => scene.inside(number),
        }));
        let around = Around {
            could: match scene.like_workers {
                true => scene.able | scene.machine.could_take(scene.state),
                false => scene.able,
            },
            holders: &holders,
            no_more_jobs: self.no_more_jobs(scene),
            copied: self.resources.copied(),
        };
        let mut best = scene.able;
        for seed in scene.able.iter() {
            if let Some(set) = self.grown(scene, &around, encounters, seed, best.len()) {
                best = set;
                if best.len() == 1 {
                    break;
                }
            }
        }
        encounters.holders = holders;
        best
    }

    /// Whether no worker will take a job any more: none is in a queue, and nobody may
    /// submit one without having taken one.
    fn no_more_jobs(&self, scene: &Scene<'_>) -> bool {
        if !self.resources.has_executors || scene.machine.has_jobs_waiting(scene.state) {
            return false;
        }
        let submitting = self.resources.submitting();
        let mut all = scene.all();
        let submits = all.any(|(_, about)| about.without_jobs.meets(&submitting));
        planted(Mistake::SubmitsForgotten) || !submits
    }

    /// The set that grows from a seed, if fewer than so many of it can move.
    fn grown(
        &self,
        scene: &Scene<'_>,
        around: &Around<'_>,
        encounters: &mut Encounters,
        seed: usize,
        fewer_than: u32,
    ) -> Option<ActorSet> {
        let mut set = ActorSet::only(seed);
        let mut todo = set;
        while let Some(actor) = todo.first() {
            todo.remove(actor);
            let about = scene.about(actor)?;
            let more = match around.could.contains(actor) {
                true => against(scene, around, encounters, actor, set),
                false if planted(Mistake::BlockedNeedNobody) => ActorSet::NOBODY,
                false => helpers(scene, around, actor, about),
            };
            todo |= more & !set;
            set |= more;
            if (set & scene.able).len() >= fewer_than {
                return None;
            }
        }
        Some(set & scene.able)
    }
}

/// What holds in a state for all its actors.
struct Around<'a> {
    /// Those that can move, or could if they were the first of workers that are alike.
    could: ActorSet,
    /// The holder of each gate's lock.
    holders: &'a [Option<usize>],
    /// No worker will take a job any more.
    no_more_jobs: bool,
    /// What each process has a copy of, if there are several.
    copied: Option<&'a Uses>,
}

impl Around<'_> {
    /// What an actor may still use.
    fn ahead<'a>(&self, about: &'a About) -> &'a Uses {
        match self.no_more_jobs {
            true => &about.without_jobs,
            false => &about.ahead,
        }
    }
}

/// Those who keep the others from interfering with the next step of an actor.
fn against(
    scene: &Scene<'_>,
    around: &Around<'_>,
    encounters: &mut Encounters,
    actor: usize,
    set: ActorSet,
) -> ActorSet {
    let mut more = set;
    let runs = |actor: usize| scene.about(actor).is_some();
    for other in 0..scene.stances.len() {
        if more.contains(other) {
            continue;
        }
        let Some(encounter) = encounters.of(scene, around.copied, actor, other) else {
            continue;
        };
        let meet = match around.no_more_jobs {
            true => encounter.meet_without_jobs,
            false => encounter.meet,
        };
        if !meet {
            continue;
        }
        let mut instead = None;
        for (gate, holder) in around.holders.iter().enumerate() {
            let Some(holder) = holder.filter(|&holder| holder != other) else {
                continue;
            };
            let free = planted(Mistake::BeforeGateNotAsked);
            if runs(holder) && (free || encounter.only_behind[gate]) {
                instead = Some(holder);
                if more.contains(holder) {
                    break;
                }
            }
        }
        if instead.is_none() || !planted(Mistake::GateHolderForgotten) {
            more.insert(instead.unwrap_or(other));
        }
    }
    more & !set
}

/// Whether what one actor may still do discords with another's next step.
struct Encounter {
    meet: bool,
    /// The same if no worker takes another job.
    meet_without_jobs: bool,
    /// For each gate: not before the gate's lock is taken.
    only_behind: Box<[bool]>,
}

/// Kinds of actors that are remembered: so many of them, and cells for each pair.
const KINDS_MAX: usize = 1 << 10;

/// Bits for nobody or somebody who holds a lock, beside those of a kind.
const HOLDER_BITS: u32 = 8;

/// The kind of a stance is not known yet.
const NOT_YET: u32 = u32::MAX;
/// It is not known yet how two kinds meet.
const UNKNOWN: u32 = 0;
/// They never do.
const NEVER: u32 = 1;
/// The first number of an encounter of two that do.
const FIRST: u32 = 2;

/// What the set depends on beside the kind of somebody who cannot move.
#[derive(Clone, Copy)]
enum WaitsFor {
    /// Nothing.
    Nothing,
    /// Who holds a lock.
    Holder(ObjectId),
    /// Who is before a reader-writer lock.
    Before,
}

/// How actors meet, found out once for each pair of kinds. Those are of one kind who use,
/// and may still use, the same, and can move, or wait in the same way. A set depends on
/// kinds and on a few things more, so sets that were formed are remembered, too.
#[derive(Default)]
pub(in crate::explore) struct Encounters {
    kinds: FxHashMap<Sort, u32>,
    /// By stance.
    kind_of: Vec<u32>,
    /// By kind.
    waits: Vec<WaitsFor>,
    /// By kinds: [`UNKNOWN`], [`NEVER`], or from [`FIRST`] on the number in `all`.
    pairs: Vec<Vec<u32>>,
    all: Vec<Encounter>,
    /// The kind of each actor in the state that it turned to; [`NOT_YET`] for those who
    /// do not run.
    here: Vec<u32>,
    formed: Formed,
    /// Room for what a set depends on.
    key: Vec<u32>,
    /// Room for the holders of gates.
    holders: Vec<Option<usize>>,
}

/// What sets depend on of an actor: all of what is known of it, but of who could help it only
/// if it cannot move.
#[derive(PartialEq, Eq, Hash)]
struct Sort {
    against: Uses,
    ahead: Uses,
    without_jobs: Uses,
    before: Vec<Uses>,
    inside: Vec<usize>,
    help: Option<Help>,
    process: usize,
}

impl Encounters {
    /// Looks of what kinds the actors are.
    fn turn_to(&mut self, scene: &Scene<'_>) {
        if self.kinds.len() + scene.stances.len() > KINDS_MAX {
            *self = Self::default();
        }
        self.here.clear();
        for actor in 0..scene.stances.len() {
            let kind = self.kind(scene, actor).unwrap_or(NOT_YET);
            self.here.push(kind);
        }
    }

    /// How the next step of an actor and what another may still do meet; `None` if
    /// they never do.
    fn of(
        &mut self,
        scene: &Scene<'_>,
        copied: Option<&Uses>,
        actor: usize,
        other: usize,
    ) -> Option<&Encounter> {
        let (one, two) = (self.here[actor], self.here[other]);
        if one == NOT_YET || two == NOT_YET {
            return None;
        }
        let row = &mut self.pairs[one as usize];
        if row.len() <= two as usize {
            row.resize(two as usize + 1, UNKNOWN);
        }
        let pair = &mut row[two as usize];
        if *pair == UNKNOWN {
            let (about, of_other) = (scene.about(actor)?, scene.about(other)?);
            let apart = copied.filter(|_| about.process != of_other.process);
            let meets = |uses| match apart {
                Some(copied) => about.against.meets_outside(uses, copied),
                None => about.against.meets(uses),
            };
            let encounter = Encounter {
                meet: meets(&of_other.ahead),
                meet_without_jobs: meets(&of_other.without_jobs),
                only_behind: of_other.before.iter().map(|it| !meets(it)).collect(),
            };
            *pair = NEVER;
            if encounter.meet || encounter.meet_without_jobs {
                *pair = FIRST + u32::try_from(self.all.len()).expect("a few");
                self.all.push(encounter);
            }
        }
        let number = pair.checked_sub(FIRST)?;
        Some(&self.all[number as usize])
    }

    /// The kind of an actor; `None` if it does not run.
    fn kind(&mut self, scene: &Scene<'_>, actor: usize) -> Option<u32> {
        let stance = scene.stances[actor] as usize;
        if let Some(&kind) = self.kind_of.get(stance)
            && kind != NOT_YET
        {
            return Some(kind);
        }
        let about = scene.about(actor)?;
        // Whether it can move belongs to its stance: nobody was left out yet.
        let help = (!scene.able.contains(actor)).then_some(&about.help);
        let sort = Sort {
            against: about.against.clone(),
            ahead: about.ahead.clone(),
            without_jobs: about.without_jobs.clone(),
            before: about.before.clone(),
            inside: about.inside.clone(),
            help: help.cloned(),
            process: about.process,
        };
        let next = u32::try_from(self.kinds.len()).expect("a few");
        let kind = *self.kinds.entry(sort).or_insert(next);
        if kind == next {
            self.pairs.push(Vec::new());
            self.waits.push(match help {
                Some(&Help::Holder(lock)) => WaitsFor::Holder(lock),
                Some(Help::Before(..)) => WaitsFor::Before,
                _ => WaitsFor::Nothing,
            });
        }
        if self.kind_of.len() <= stance {
            self.kind_of.resize(stance + 1, NOT_YET);
        }
        self.kind_of[stance] = kind;
        Some(kind)
    }
}

/// Those of whom one must move before an actor can.
fn helpers(scene: &Scene<'_>, around: &Around<'_>, actor: usize, about: &About) -> ActorSet {
    let runs = |other: usize| scene.about(other).is_some();
    let one = |other: usize| ActorSet::from_iter(Some(other).filter(|&it| runs(it)));
    let who_may = |uses: &Uses| {
        let may = scene
            .all()
            .filter(|&(other, of_other)| other != actor && around.ahead(of_other).meets(uses));
        may.map(|(other, _)| other).collect()
    };
    match &about.help {
        Help::Nobody => ActorSet::NOBODY,
        Help::Holder(_) if planted(Mistake::HolderNotNeeded) => ActorSet::NOBODY,
        Help::Holder(lock) => scene
            .machine
            .owner(scene.state, *lock)
            .map_or(ActorSet::NOBODY, one),
        Help::End(target) => one(*target),
        Help::Uses(uses) => who_may(uses),
        Help::Inside(gate, uses) => match around.holders[*gate] {
            Some(holder) => one(holder),
            None => who_may(uses),
        },
        Help::Before(id, reads) => {
            who_is_before(scene, actor, *id, *reads).map_or(ActorSet::NOBODY, one)
        }
    }
}

/// Somebody who must move before an actor can enter a reader-writer lock: who is at
/// the head of the queue, or the writer inside; then before a reader, a writer that
/// waits, and before a writer, a reader inside. All such must move, so one is enough.
fn who_is_before(scene: &Scene<'_>, actor: usize, id: ObjectId, reads: bool) -> Option<usize> {
    let (machine, state) = (scene.machine, scene.state);
    let head = machine.queue(state, id).first().copied();
    let head = head.filter(|&head| head != actor);
    let others = || match reads {
        true => machine.waiting_writers(state, id),
        false => machine.readers(state, id),
    };
    head.or_else(|| machine.owner(state, id))
        .or_else(|| others().first().copied())
}
