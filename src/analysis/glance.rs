//! What of a state the rules look at first: enough to tell that it shows nothing
//! that was not noted before.
//!
//! A fact keeps the fewest steps in which it can be seen, and states come in
//! order of depth. So a fact that was noted at a smaller depth cannot change any
//! more, and a state that only shows such facts need not be looked at.
//!
//! **Invariant:** [`Facts::visit`](crate::explore::Observer::visit) of a state
//! that [`nothing_new`] lets pass changes nothing. `tests/glance.rs` looks at all
//! of them in spite of it.

use super::footprint::{Touch, touches};
use super::futures::Futures;
use super::lock_order::request;
use super::rules::sleeps;
use super::rules::updates::lost_by;
use super::waits::held_up;
use crate::base::{ACTORS_MAX, ActorSet, Mistake, planted};
use crate::explore::{Glance, Stance};
use crate::program::{Instr, ObjectId, ObjectKind, Pc, Program, PropertyKind, SyncOp};
use crate::semantics::{Machine, State};
use rustc_hash::FxHashMap;

/// What an actor is about to do, as far as rules care.
#[derive(Debug)]
pub struct View {
    touches: Vec<Touch>,
    /// Words touched, written, and touched by what is not atomic, one bit for several words.
    words: Words,
    unguarded: bool,
    /// It asks for this lock.
    request: Option<(ObjectId, bool)>,
    pc: Pc,
    /// The actors that all must act before it can go on, if it is blocked.
    waits_for: ActorSet,
    at_barrier: bool,
    /// It is about to lose an update.
    loses: bool,
}

/// Words that are touched, one bit for several words.
#[derive(Clone, Copy, Default, Debug)]
struct Words {
    touched: u64,
    written: u64,
    plain: u64,
}

impl Words {
    fn add(&mut self, touch: &Touch) {
        let bit = 1 << (touch.cell.index() % 64);
        self.touched |= bit;
        self.written |= if touch.write { bit } else { 0 };
        let plain = touch.plain || planted(Mistake::AtomicsRace);
        self.plain |= if plain { bit } else { 0 };
    }

    /// Whether a touch of the one may race with one of the other.
    fn may_race(self, other: Self) -> bool {
        let conflict = self.touched & other.written | self.written & other.touched;
        conflict & (self.plain | other.plain) != 0
    }

    fn with(self, other: Self) -> Self {
        Self {
            touched: self.touched | other.touched,
            written: self.written | other.written,
            plain: self.plain | other.plain,
        }
    }
}

/// The view of an actor.
pub(super) fn view(machine: &Machine<'_>, state: &State, actor: usize, futures: &Futures) -> View {
    let layout = machine.layout();
    let mut view = View {
        touches: Vec::new(),
        words: Words::default(),
        unguarded: false,
        request: None,
        pc: 0,
        waits_for: ActorSet::NOBODY,
        at_barrier: false,
        loses: false,
    };
    if !layout.is_running(state, actor) {
        return view;
    }
    view.pc = layout.pc(state, actor);
    touches(machine, state, actor, &mut view.touches);
    for touch in &view.touches {
        view.words.add(touch);
        view.unguarded |= !touch.guarded;
    }
    view.request = request(machine, state, actor);
    if !machine.can_step(state, actor)
        && let Some((_, holders)) = held_up(machine, state, actor, futures)
    {
        view.waits_for = { holders.into_iter() }
            .filter(|&it| it < ACTORS_MAX)
            .collect();
    }
    view.loses = lost_by(machine, state, actor).next().is_some();
    view.at_barrier = matches!(
        machine.program().instr(view.pc),
        Instr::Sync {
            op: SyncOp::BarrierWait(_),
            ..
        }
    );
    view
}

/// A question about a state.
#[derive(Clone, Copy, Debug)]
enum Question {
    /// What a property says: 0 it holds (or says nothing), else what is wrong.
    Property(usize),
    /// Who holds a lock alone, one bit each.
    Holder(ObjectId),
    /// Who reads in it.
    Readers(ObjectId),
}

/// The questions of a program.
#[derive(Debug)]
pub(super) struct Questions {
    all: Vec<Question>,
    /// How many of them are about properties; they come first.
    n_properties: usize,
    /// The program has what a glance cannot judge: event loops, copies of
    /// processes, reads behind a `sleep`.
    always: bool,
}

/// Locks beyond which a state whose actors ask for one is always looked at.
const LOCKS_MAX: usize = 64;

impl Questions {
    pub fn new(program: &Program) -> Self {
        let properties = program.properties.iter().enumerate();
        let mut all: Vec<Question> = properties
            .filter(|(_, property)| match property.kind {
                PropertyKind::Always(_)
                | PropertyKind::Sometimes(_)
                | PropertyKind::Eventually(_)
                | PropertyKind::LeadsTo(..) => true,
                PropertyKind::Finally(_) | PropertyKind::Order(..) => false,
            })
            .map(|(index, _)| Question::Property(index))
            .collect();
        let n_properties = all.len();
        let locks = program.objects.iter().enumerate().filter(|(_, object)| {
            matches!(
                object.kind,
                ObjectKind::Lock { .. } | ObjectKind::RwLock { .. }
            )
        });
        let locks: Vec<usize> = locks.map(|(index, _)| index).collect();
        // Without a second lock nobody asks for one while holding another.
        if locks.len() > 1 {
            for index in locks {
                let id = ObjectId::new(index);
                all.push(Question::Holder(id));
                if matches!(program.objects[index].kind, ObjectKind::RwLock { .. }) {
                    all.push(Question::Readers(id));
                }
            }
        }
        let always = !program.loops.is_empty()
            || program.has_processes()
            || !sleeps::naps(program).is_empty();
        Self {
            all,
            n_properties,
            always,
        }
    }

    /// The same, but every state is looked at.
    pub fn looking_at_all(program: &Program) -> Self {
        Self {
            always: true,
            ..Self::new(program)
        }
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn answer(&self, machine: &Machine<'_>, state: &State, question: usize) -> u128 {
        match self.all[question] {
            Question::Property(index) => u128::from(said(machine, state, index)),
            Question::Holder(id) => ActorSet::from_iter(machine.owner(state, id)).bits(),
            Question::Readers(id) => ActorSet::from_iter(machine.readers(state, id)).bits(),
        }
    }
}

/// What a property makes of a state: 0 nothing; else a number that is the same
/// only where the same is noted.
fn said(machine: &Machine<'_>, state: &State, index: usize) -> u64 {
    let scene = machine.overview(state);
    let fails = |expr| u64::from(scene.eval(expr).is_err()) * 2;
    match &machine.program().properties[index].kind {
        PropertyKind::Always(expr) => match scene.eval(expr) {
            Ok(0) => 1,
            Ok(_) => 0,
            Err(_) => 2,
        },
        PropertyKind::Sometimes(expr) => match scene.eval(expr) {
            Ok(0) => 0,
            Ok(_) => 1,
            Err(_) => 2,
        },
        PropertyKind::Eventually(expr) => fails(expr),
        PropertyKind::LeadsTo(cause, effect) => fails(cause).max(fails(effect)),
        PropertyKind::Finally(_) | PropertyKind::Order(..) => 0,
    }
}

/// What was noted, and at which depth first.
#[derive(Default, Debug)]
pub struct Noted {
    /// By question and answer.
    answers: FxHashMap<(usize, u128), u32>,
    /// By stance.
    unguarded: FxHashMap<u32, u32>,
    /// By stance: the number of what it touches, if that was asked for, else [`NOT_YET`].
    touches: Vec<u32>,
    numbers: FxHashMap<Vec<Touch>, u32>,
    /// By the numbers of what two touch.
    races: FxHashMap<(u32, u32), u32>,
    /// By stance.
    lost: FxHashMap<u32, u32>,
    circles: FxHashMap<Vec<(usize, u32)>, u32>,
    /// By stance and the locks that its actor holds: those that ran meanwhile.
    requests: FxHashMap<(u32, u64), ActorSet>,
    /// Room to work in.
    touching: Vec<(usize, u32)>,
    held: Vec<u64>,
}

/// Two that do not race.
const NEVER: u32 = 0;
/// What a stance touches has no number yet.
const NOT_YET: u32 = u32::MAX;

impl Noted {
    /// The number of what a stance touches.
    fn number_of(&mut self, stance: u32, touches: &[Touch]) -> u32 {
        let index = stance as usize;
        if self.touches.len() <= index {
            self.touches.resize(index + 1, NOT_YET);
        }
        if self.touches[index] == NOT_YET {
            let next = u32::try_from(self.numbers.len()).expect("no more than stances");
            self.touches[index] = *self.numbers.entry(touches.to_vec()).or_insert(next);
        }
        self.touches[index]
    }
}

/// Whether `key` was noted at a smaller depth; if not, it is now.
fn settled<K: std::hash::Hash + Eq>(noted: &mut FxHashMap<K, u32>, key: K, depth: u32) -> bool {
    // Depths are counted from 1 here, so that `NEVER` is below all of them.
    *noted.entry(key).or_insert(depth + 1) < depth + 1
}

/// Whether a look at the state would change no fact; if not, it must follow.
pub(super) fn nothing_new(
    questions: &Questions,
    noted: &mut Noted,
    glance: &Glance<'_, View>,
) -> bool {
    let mut known = !questions.always;
    for (question, &answer) in glance.answers[..questions.n_properties].iter().enumerate() {
        let holds = answer == 0 || planted(Mistake::GlanceForgetsAnswers);
        known &= holds || settled(&mut noted.answers, (question, answer), glance.depth);
    }
    let mut blocked = ActorSet::NOBODY;
    let mut running = ActorSet::NOBODY;
    let mut asking = false;
    let mut at_barrier = 0;
    let (mut words, mut contended) = (Words::default(), false);
    noted.touching.clear();
    for (actor, &number) in glance.actors.iter().enumerate() {
        let stance = &glance.stances[number as usize];
        if !stance.running {
            continue;
        }
        let view = &stance.view;
        running.insert(actor);
        if !view.waits_for.is_empty() {
            blocked.insert(actor);
        }
        asking |= view.request.is_some();
        at_barrier += u32::from(view.at_barrier);
        if view.loses {
            known &= settled(&mut noted.lost, number, glance.depth);
        }
        if view.words.touched != 0 {
            contended |= words.may_race(view.words);
            words = words.with(view.words);
            noted.touching.push((actor, number));
            if view.unguarded {
                known &= settled(&mut noted.unguarded, number, glance.depth);
            }
        }
    }
    // Two at a barrier may be too many for it.
    known &= at_barrier < 2;
    if contended {
        known &= races_known(noted, glance);
    }
    if !blocked.is_empty() {
        known &= circles_known(noted, glance, blocked);
    }
    if asking && questions.len() > questions.n_properties {
        known &= requests_known(questions, noted, glance, running);
    }
    known
}

fn races_known(noted: &mut Noted, glance: &Glance<'_, View>) -> bool {
    let mut known = true;
    let touching = std::mem::take(&mut noted.touching);
    for (index, &(actor, one)) in touching.iter().enumerate() {
        let view = &glance.of(actor).view;
        for &(_, other) in &touching[index + 1..] {
            let beside = &glance.stances[other as usize].view;
            if !view.words.may_race(beside.words) {
                continue;
            }
            let one = noted.number_of(one, &view.touches);
            let other = noted.number_of(other, &beside.touches);
            let first = noted.races.entry((one, other)).or_insert_with(|| {
                if races(&view.touches, &beside.touches) {
                    glance.depth + 1
                } else {
                    NEVER
                }
            });
            known &= *first < glance.depth + 1 || planted(Mistake::GlanceForgetsRaces);
        }
    }
    noted.touching = touching;
    known
}

fn races(one: &[Touch], other: &[Touch]) -> bool {
    one.iter().any(|one| {
        other
            .iter()
            .any(|other| super::rules::races::races(one, other))
    })
}

/// Whoever is in a circle waits for somebody who is blocked, too, and so on.
fn circles_known(noted: &mut Noted, glance: &Glance<'_, View>, blocked: ActorSet) -> bool {
    let mut left = blocked;
    loop {
        let before = left;
        for actor in before.iter() {
            if (glance.of(actor).view.waits_for & left).is_empty() {
                left.remove(actor);
            }
        }
        if left == before {
            break;
        }
    }
    if left.is_empty() || planted(Mistake::GlanceForgetsCircles) {
        return true;
    }
    let key = { left.iter() }
        .map(|actor| (actor, glance.actors[actor]))
        .collect();
    settled(&mut noted.circles, key, glance.depth)
}

fn requests_known(
    questions: &Questions,
    noted: &mut Noted,
    glance: &Glance<'_, View>,
    running: ActorSet,
) -> bool {
    let holders = &glance.answers[questions.n_properties..];
    if planted(Mistake::GlanceForgetsRequests) {
        return true;
    }
    if holders.len() > LOCKS_MAX {
        return false;
    }
    noted.held.clear();
    noted.held.resize(glance.actors.len(), 0);
    for (lock, &holders) in holders.iter().enumerate() {
        for holder in ActorSet::from_bits(holders).iter() {
            noted.held[holder] |= 1 << lock;
        }
    }
    let mut known = true;
    for (&number, &held) in glance.actors.iter().zip(&noted.held) {
        let stance: &Stance<View> = &glance.stances[number as usize];
        if held == 0 || !stance.running || stance.view.request.is_none() {
            continue;
        }
        let seen = noted.requests.entry((number, held)).or_default();
        known &= (running & !*seen).is_empty();
        *seen |= running;
    }
    known
}
