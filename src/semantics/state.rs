//! A state: the words, and typed access to the parts that all primitives share.

use super::footprint::Footprint;
use super::layout::{Layout, bit_of, slot};
use crate::program::{ObjectId, Pc, Program};
use std::ops::Range;
use std::sync::Arc;

/// A state of a program: memory, objects and actors as flat words.
///
/// Two states are the same exactly if their words are the same; whatever can no
/// longer matter is zero.
pub struct State {
    words: Box<[i64]>,
    footprint: Footprint,
}

/// What an actor is doing with the object its next instruction names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// It has not begun the instruction.
    Ready,
    /// It sleeps until somebody changes its phase.
    Waiting,
    /// Somebody woke it; it has yet to finish the instruction.
    Woken,
    /// It gave up waiting; it has yet to finish the instruction.
    TimedOut,
    /// What it waited at was broken or closed; finishing raises.
    Broken,
}

/// Whether an actor runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// The slot is free.
    Absent,
    /// It has not ended.
    Running,
    /// It returned.
    Ended,
    /// An exception ended it.
    Died,
}

const STATUS_MASK: i64 = 0b111;
const JOINED: i64 = 1 << 3;
const OUTLIVED: i64 = 1 << 4;
const DAEMON: i64 = 1 << 5;
const PARENT_SHIFT: u32 = 8;
const SPAWNED_SHIFT: u32 = 16;
const SPAWNED_MASK: i64 = 0xffff_ffff;
const PROCESS_SHIFT: u32 = 48;

impl State {
    /// A state of zeros with the length of the layout.
    pub(super) fn zeroed(layout: &Layout) -> Self {
        Self::from_words(vec![0; layout.n_words()].into_boxed_slice())
    }

    /// A state from words that [`State::words`] gave.
    pub fn from_words(words: Box<[i64]>) -> Self {
        Self {
            words,
            footprint: Footprint::default(),
        }
    }

    /// Notes from now on which parts are looked at or changed; `part_of` gives the
    /// part of each word, below [`PARTS_MAX`](super::PARTS_MAX).
    pub fn watched(self, part_of: Arc<[u8]>) -> Self {
        Self {
            words: self.words,
            footprint: Footprint::new(part_of),
        }
    }

    /// Forgets which parts were looked at.
    pub fn forget_looks(&self) {
        self.footprint.clear();
    }

    /// Calls `see` with the parts that were looked at or changed, in order of the
    /// first look.
    pub fn looks<T>(&self, see: impl FnOnce(&[u8]) -> T) -> T {
        self.footprint.parts(see)
    }

    /// A copy that notes nothing, made without a look.
    pub fn unwatched(&self) -> Self {
        Self::from_words(self.words.clone())
    }

    /// A copy to try something on; [`State::absorb`] must follow.
    pub fn draft(&self) -> Self {
        Self {
            words: self.words.clone(),
            footprint: self.footprint.again(),
        }
    }

    /// Takes over what was looked at in a copy.
    pub fn absorb(&self, draft: &Self) {
        self.footprint.absorb(&draft.footprint);
    }

    /// All words.
    pub fn words(&self) -> &[i64] {
        self.footprint.touch_all();
        &self.words
    }

    /// Some of the words.
    pub(super) fn slice(&self, range: Range<usize>) -> &[i64] {
        self.footprint.touch_range(range.clone());
        &self.words[range]
    }

    /// Some of the words, to be changed.
    pub(super) fn slice_mut(&mut self, range: Range<usize>) -> &mut [i64] {
        self.footprint.touch_range(range.clone());
        &mut self.words[range]
    }

    /// Overwrites all words with those of another state of the same program.
    /// Nobody has looked at any of them yet.
    pub fn copy_from(&mut self, other: &State) {
        self.words.copy_from_slice(&other.words);
    }

    /// Some of the words, without noting the look: to store them.
    pub fn peek(&self, range: Range<usize>) -> &[i64] {
        &self.words[range]
    }

    #[inline]
    pub(super) fn word(&self, at: usize) -> i64 {
        self.footprint.touch(at);
        self.words[at]
    }

    #[inline]
    pub(super) fn set_word(&mut self, at: usize, value: i64) {
        self.footprint.touch(at);
        self.words[at] = value;
    }

    /// Whether an actor's bit is set in the words from `at` on.
    pub(super) fn has_bit(&self, at: usize, actor: usize) -> bool {
        let (word, bit) = bit_of(actor);
        self.word(at + word) & bit != 0
    }

    /// Sets an actor's bit in the words from `at` on, or clears it.
    pub(super) fn set_bit(&mut self, at: usize, actor: usize, set: bool) {
        let (word, bit) = bit_of(actor);
        let others = self.word(at + word) & !bit;
        self.set_word(at + word, if set { others | bit } else { others });
    }

    /// All words, to be overwritten with those of another state of the same program.
    pub fn words_mut(&mut self) -> &mut [i64] {
        self.footprint.touch_all();
        &mut self.words
    }
}

impl Clone for State {
    fn clone(&self) -> Self {
        Self::from_words(self.words().into())
    }
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.words() == other.words()
    }
}

impl Eq for State {}

impl PartialOrd for State {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for State {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.words().cmp(other.words())
    }
}

impl std::hash::Hash for State {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.words().hash(state);
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("words", &self.words())
            .finish()
    }
}

/// Read access to the actors of a state.
impl Layout {
    /// Whether `actor` exists and runs. Numbers beyond the capacity are absent.
    pub fn status(&self, state: &State, actor: usize) -> Status {
        if actor >= self.capacity().actors {
            return Status::Absent;
        }
        match state.word(self.actor(actor) + slot::STATUS) & STATUS_MASK {
            0 => Status::Absent,
            1 => Status::Running,
            2 => Status::Ended,
            _ => Status::Died,
        }
    }

    pub(super) fn set_status(&self, state: &mut State, actor: usize, status: Status) {
        let at = self.actor(actor) + slot::STATUS;
        let code = match status {
            Status::Absent => 0,
            Status::Running => 1,
            Status::Ended => 2,
            Status::Died => 3,
        };
        state.set_word(at, state.word(at) & !STATUS_MASK | code);
    }

    /// Whether the actor has not ended.
    pub fn is_running(&self, state: &State, actor: usize) -> bool {
        self.status(state, actor) == Status::Running
    }

    /// How many actors exist; they are numbered from 0 without gaps.
    pub fn n_actors(&self, state: &State) -> usize {
        (0..self.capacity().actors)
            .find(|&actor| self.status(state, actor) == Status::Absent)
            .unwrap_or(self.capacity().actors)
    }

    /// The next instruction of a running actor.
    pub fn pc(&self, state: &State, actor: usize) -> Pc {
        Pc::try_from(state.word(self.actor(actor) + slot::PC)).expect("a pc is an index into code")
    }

    pub(super) fn set_pc(&self, state: &mut State, actor: usize, pc: Pc) {
        state.set_word(self.actor(actor) + slot::PC, i64::from(pc));
    }

    /// Whether two states differ in more than what `actor` keeps to itself.
    pub fn differ_beside(&self, one: &State, other: &State, actor: usize) -> bool {
        let own = self.actor(actor)..self.actor(actor + 1);
        let (one, other) = (one.words(), other.words());
        one[..own.start] != other[..own.start] || one[own.end..] != other[own.end..]
    }

    /// What it is doing with its next instruction.
    pub fn phase(&self, state: &State, actor: usize) -> Phase {
        match state.word(self.actor(actor) + slot::PHASE) & 0xff {
            0 => Phase::Ready,
            1 => Phase::Waiting,
            2 => Phase::Woken,
            3 => Phase::TimedOut,
            _ => Phase::Broken,
        }
    }

    /// The object a sleeping actor waits at.
    pub fn waits_at(&self, state: &State, actor: usize) -> Option<ObjectId> {
        let word = state.word(self.actor(actor) + slot::PHASE);
        (word != 0).then(|| ObjectId(u32::try_from(word >> 8).expect("an object's number")))
    }

    pub(super) fn set_phase(&self, state: &mut State, actor: usize, phase: Phase, at: ObjectId) {
        let code = match phase {
            Phase::Ready => 0,
            Phase::Waiting => 1,
            Phase::Woken => 2,
            Phase::TimedOut => 3,
            Phase::Broken => 4,
        };
        let word = if code == 0 {
            0
        } else {
            code | i64::from(at.0) << 8
        };
        state.set_word(self.actor(actor) + slot::PHASE, word);
    }

    pub(super) fn aux(&self, state: &State, actor: usize) -> i64 {
        state.word(self.actor(actor) + slot::AUX)
    }

    pub(super) fn set_aux(&self, state: &mut State, actor: usize, value: i64) {
        state.set_word(self.actor(actor) + slot::AUX, value);
    }

    /// The first register of the actor's current frame.
    pub(super) fn regs(&self, state: &State, actor: usize) -> usize {
        let at = self.actor(actor);
        let frame = usize::try_from(state.word(at + slot::FRAME)).expect("a frame's offset");
        at + slot::STACK + frame + 1
    }

    /// The first register of the actor's outermost frame.
    pub(super) fn bottom(&self, actor: usize) -> usize {
        self.actor(actor) + slot::STACK + 1
    }

    /// Somebody has waited for its end.
    pub fn is_joined(&self, state: &State, actor: usize) -> bool {
        state.word(self.actor(actor) + slot::STATUS) & JOINED != 0
    }

    pub(super) fn set_joined(&self, state: &mut State, actor: usize) {
        let at = self.actor(actor) + slot::STATUS;
        // Only spawned actors and tasks are ever asked whether they were joined.
        if self.spawned_at(state, actor).is_some() || self.loop_of(state, actor).is_some() {
            state.set_word(at, state.word(at) | JOINED);
        }
    }

    /// It was still running when the actor that spawned it had ended.
    pub fn has_outlived_spawner(&self, state: &State, actor: usize) -> bool {
        state.word(self.actor(actor) + slot::STATUS) & OUTLIVED != 0
    }

    pub(super) fn set_outlived(&self, state: &mut State, actor: usize) {
        let at = self.actor(actor) + slot::STATUS;
        state.set_word(at, state.word(at) | OUTLIVED);
    }

    /// The actor that spawned it.
    pub fn spawner(&self, state: &State, actor: usize) -> Option<usize> {
        let word = state.word(self.actor(actor) + slot::STATUS) >> PARENT_SHIFT & 0xff;
        usize::try_from(word).ok()?.checked_sub(1)
    }

    /// The `spawn` that made it; `None` for an actor that was there from the start.
    pub fn spawned_at(&self, state: &State, actor: usize) -> Option<Pc> {
        let word = state.word(self.actor(actor) + slot::STATUS) >> SPAWNED_SHIFT;
        Pc::try_from(word & SPAWNED_MASK).ok()?.checked_sub(1)
    }

    /// It need not end.
    pub fn is_daemon(&self, state: &State, actor: usize) -> bool {
        state.word(self.actor(actor) + slot::STATUS) & DAEMON != 0
    }

    /// The process it belongs to; 0 is the main one.
    pub fn process_of(&self, state: &State, actor: usize) -> usize {
        let word = state.word(self.actor(actor) + slot::STATUS) >> PROCESS_SHIFT;
        usize::try_from(word).expect("at most 112 processes")
    }

    pub(super) fn set_process(&self, state: &mut State, actor: usize, process: usize) {
        let at = self.actor(actor) + slot::STATUS;
        let process = i64::try_from(process).expect("at most 112 processes");
        state.set_word(at, state.word(at) | process << PROCESS_SHIFT);
    }

    pub(super) fn set_origin(
        &self,
        state: &mut State,
        actor: usize,
        spawned: Option<(usize, Pc)>,
        daemon: bool,
    ) {
        let mut word = if daemon { DAEMON } else { 0 };
        if let Some((spawner, pc)) = spawned {
            let spawner = i64::try_from(spawner + 1).expect("at most 112 actors");
            word |= spawner << PARENT_SHIFT | (i64::from(pc) + 1) << SPAWNED_SHIFT;
        }
        state.set_word(self.actor(actor) + slot::STATUS, word);
    }

    /// Whether the named step has happened.
    pub fn label_done(&self, state: &State, label: crate::program::LabelId) -> bool {
        state.word(self.label(label.index())) != 0
    }

    /// The name of an actor as far as this state can tell: spawned ones are
    /// numbered if there are several of the same name.
    pub fn actor_name(&self, program: &Program, state: &State, actor: usize) -> String {
        if let Some(declared) = program.actors.get(actor) {
            return declared.name.clone();
        }
        let base = |other: usize| self.spawned_name(program, state, other);
        let own = base(actor);
        let alike: Vec<usize> = (program.actors.len()..self.n_actors(state))
            .filter(|&other| base(other) == own)
            .collect();
        let own = own.unwrap_or_default();
        if alike.len() < 2 {
            return own.to_string();
        }
        let number = alike.iter().position(|&other| other == actor);
        format!("{own}#{}", number.map_or(0, |index| index + 1))
    }

    /// The name a spawned actor was given, or that of its function.
    fn spawned_name<'p>(
        &self,
        program: &'p Program,
        state: &State,
        actor: usize,
    ) -> Option<&'p str> {
        let pc = self.spawned_at(state, actor)?;
        match program.instr(pc) {
            crate::program::Instr::Spawn { function, name, .. } => Some(match name {
                Some(name) => program.name(*name),
                None => &program.functions[function.index()].name,
            }),
            _ => None,
        }
    }
}
