//! `list` and `map`: bounded collections whose operations are one step each.
//!
//! Their entries lie in memory, as the words of a variable: how many there are,
//! then the entries in order, then zeros, so that equal contents are equal states.
//! A map keeps its entries in the order in which their keys came, as Python's; if
//! no code can see that order, by key.
//!
//! What Python raises is raised here, under names of our own: `Empty`,
//! `OutOfRange`, `NoSuchKey`, `NoSuchValue`, `ChangedInLoop`. An entry more than
//! the declared size is a fault, since Python knows no such size.
//!
//! Source: CPython, Doc/library/threadsafety.rst and Objects/dictobject.c: a map
//! whose size has changed since a loop over it began raises at the loop's next
//! round, a list does not. **Deliberately absent:** that a key taken out leaves a
//! hole. If in a round one key goes and another comes, a loop here goes on at its
//! position in the order that is then.

use super::eval::{ArithmeticFault, Scene};
use super::machine::{Done, Flow, Machine, Step};
use super::record::{EventKind, Incident, Misuse, Recorder};
use super::state::State;
use crate::program::{CellId, CollectionOp, Expr, Instr, ObjectId, ObjectKind, Query, Reg};

/// A list or map of a program, as far as its declaration says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shape {
    /// A map: the first word of an entry is its key.
    pub keyed: bool,
    /// Entries it has room for.
    pub capacity: usize,
    /// Words of an entry.
    pub width: usize,
    /// The word with the number of entries, in the process that sees it.
    first: CellId,
}

impl Shape {
    /// The word with the number of entries, in the process that sees it.
    pub fn first(&self) -> CellId {
        self.first
    }

    /// The first word of an entry, or of its value.
    fn value(&self, index: usize) -> CellId {
        let word = 1 + index * self.width + usize::from(self.keyed);
        let cell = CellId::new(self.first.index() + word);
        cell.of_process(self.first.process())
    }
}

/// A list or map in a state.
pub(super) struct Entries<'a> {
    shape: Shape,
    words: &'a [i64],
}

/// Whether the order in which keys came into a map matters after the instruction.
pub(super) fn sees_order(instr: &Instr) -> bool {
    match instr {
        Instr::NextEntry { .. } => true,
        Instr::Collection { op, .. } => {
            matches!(op, CollectionOp::Extend | CollectionOp::CopyFrom)
        }
        _ => false,
    }
}

impl Machine<'_> {
    /// What is declared of a list or map; `None` for another object.
    pub fn collection(&self, id: ObjectId) -> Option<Shape> {
        match self.program.objects[id.index()].kind {
            ObjectKind::Collection {
                keyed,
                capacity,
                width,
                first,
            } => Some(Shape {
                keyed,
                capacity: capacity as usize,
                width: width as usize,
                first: self.layout.cell_in(first, id.process()),
            }),
            _ => None,
        }
    }

    /// The entries of a list or map, each as its words; a map's begin with the key.
    pub fn entries(&self, state: &State, id: ObjectId) -> Vec<Vec<i64>> {
        let entries = self.overview(state).entries(id);
        entries.map_or(Vec::new(), |entries| {
            entries.each().map(<[i64]>::to_vec).collect()
        })
    }

    /// The word of each entry that a plain access of it is about.
    pub fn entry_cells(&self, state: &State, id: ObjectId) -> Vec<CellId> {
        let Some(entries) = self.overview(state).entries(id) else {
            return Vec::new();
        };
        (0..entries.n())
            .map(|index| entries.shape.value(index))
            .collect()
    }

    /// Whether `actor` holds the lock that guards the list or map well enough to
    /// change it, or to look at it.
    pub fn is_collection_guarded(
        &self,
        state: &State,
        actor: usize,
        id: ObjectId,
        write: bool,
    ) -> bool {
        self.collection(id)
            .is_none_or(|shape| self.is_guarded(state, actor, shape.first, write))
    }

    /// Maps begin in the order that they are kept in.
    pub(super) fn order_initial_maps(&self, state: &mut State) {
        for id in (0..self.program.objects.len()).map(ObjectId::new) {
            let Some(shape) = self
                .collection(id)
                .filter(|it| it.keyed && !self.keeps_order)
            else {
                continue;
            };
            let mut entries = self.entries(state, id);
            entries.sort_unstable();
            self.set_entries(state, shape, &entries.concat());
        }
    }

    fn set_entries(&self, state: &mut State, shape: Shape, words: &[i64]) {
        let at = self.layout.cell(shape.first);
        let n_words = shape.capacity * shape.width;
        let n = words.len() / shape.width;
        state.set_word(at, i64::try_from(n).expect("a small number of entries"));
        let room = state.slice_mut(at + 1..at + 1 + n_words);
        room[..words.len()].copy_from_slice(words);
        room[words.len()..].fill(0);
    }
}

impl<'a> Scene<'a> {
    /// The entries of a list or map; `None` for another object.
    pub(super) fn entries(&self, id: ObjectId) -> Option<Entries<'a>> {
        let ObjectKind::Collection {
            keyed,
            capacity,
            width,
            first,
        } = self.program.objects[id.index()].kind
        else {
            return None;
        };
        let first = self.layout.cell_in(first, id.process());
        let shape = Shape {
            keyed,
            capacity: capacity as usize,
            width: width as usize,
            first,
        };
        let at = self.layout.cell(first);
        let n = usize::try_from(self.state.word(at)).expect("a number of entries");
        let words = self.state.slice(at + 1..at + 1 + n * shape.width);
        Some(Entries { shape, words })
    }

    /// A word of the answer to a question that changes nothing.
    pub(super) fn entry_word(
        &self,
        op: CollectionOp,
        object: &Expr,
        args: &[Expr],
        word: u16,
    ) -> Result<i64, ArithmeticFault> {
        let number = self.eval(object)?;
        let args = self.eval_all(args)?;
        let entries = self.object(number).and_then(|id| self.entries(id));
        let answer = entries.and_then(|entries| entries.look(op, &args).ok());
        let words = answer.ok_or(ArithmeticFault::Bounds)?;
        words
            .get(usize::from(word))
            .copied()
            .ok_or(ArithmeticFault::Bounds)
    }

    fn eval_all(&self, args: &[Expr]) -> Result<Vec<i64>, ArithmeticFault> {
        args.iter().map(|arg| self.eval(arg)).collect()
    }

    /// The word that a read or write of one entry is about, and what it holds: the
    /// value of a position or key. The first of its words, if it has several; `None`
    /// if there is no such entry.
    pub fn entry_cell(&self, op: CollectionOp, object: &Expr, args: &[Expr]) -> Option<CellId> {
        let id = self.object(self.eval(object).ok()?)?;
        let entries = self.entries(id)?;
        let key = self.eval(args.first()?).ok()?;
        let index = match op {
            CollectionOp::At | CollectionOp::SetAt => entries.position(key)?,
            _ => entries.key(key)?,
        };
        Some(entries.shape.value(index))
    }
}

impl<'a> Entries<'a> {
    fn n(&self) -> usize {
        self.words.len() / self.shape.width
    }

    fn each(&self) -> impl Iterator<Item = &'a [i64]> + use<'a> {
        self.words.chunks_exact(self.shape.width)
    }

    fn entry(&self, index: usize) -> &'a [i64] {
        &self.words[index * self.shape.width..(index + 1) * self.shape.width]
    }

    /// A position in the list; a negative one counts from the end.
    fn position(&self, at: i64) -> Option<usize> {
        let n = i64::try_from(self.n()).ok()?;
        let at = if at < 0 { at.checked_add(n)? } else { at };
        (0..n)
            .contains(&at)
            .then(|| usize::try_from(at).expect("a position in the list"))
    }

    /// Where the key stands in the map.
    fn key(&self, key: i64) -> Option<usize> {
        self.each().position(|entry| entry[0] == key)
    }

    fn value_of(&self, key: i64) -> Result<Vec<i64>, &'static str> {
        let index = self.key(key).ok_or("NoSuchKey")?;
        Ok(self.entry(index)[1..].to_vec())
    }

    /// The answer to a question that changes nothing, or the name of what it raises.
    fn look(&self, op: CollectionOp, args: &[i64]) -> Result<Vec<i64>, &'static str> {
        let bit = |is: bool| Ok(vec![i64::from(is)]);
        match op {
            CollectionOp::At => {
                let index = self.position(args[0]).ok_or("OutOfRange")?;
                Ok(self.entry(index).to_vec())
            }
            CollectionOp::HasValue => bit(self.each().any(|entry| entry == args)),
            CollectionOp::IsEqual => bit(self.words == args),
            CollectionOp::Get => self.value_of(args[0]),
            CollectionOp::GetOr => Ok(self
                .value_of(args[0])
                .unwrap_or_else(|_| args[1..].to_vec())),
            CollectionOp::HasKey => bit(self.key(args[0]).is_some()),
            CollectionOp::Contents => Ok(self.contents()),
            CollectionOp::SetAt
            | CollectionOp::Append
            | CollectionOp::Insert
            | CollectionOp::TakeAt
            | CollectionOp::RemoveValue
            | CollectionOp::Sort
            | CollectionOp::Extend
            | CollectionOp::CopyFrom
            | CollectionOp::Put
            | CollectionOp::SetDefault
            | CollectionOp::TakeKey
            | CollectionOp::Clear => unreachable!("these change something"),
        }
    }

    /// The number of entries, then their words, and zeros.
    fn contents(&self) -> Vec<i64> {
        let mut entries: Vec<&[i64]> = self.each().collect();
        if self.shape.keyed {
            entries.sort_unstable();
        }
        let mut words = vec![self.answer(Query::Len)];
        words.extend(entries.concat());
        words.resize(1 + self.shape.capacity * self.shape.width, 0);
        words
    }

    pub fn answer(&self, query: Query) -> i64 {
        let n = self.n();
        match query {
            Query::Len => i64::try_from(n).expect("a small number of entries"),
            Query::IsEmpty => i64::from(n == 0),
            Query::IsFull => i64::from(n >= self.shape.capacity),
            Query::IsLocked | Query::Permits | Query::IsSet | Query::IsAlive | Query::IsDone => 0,
        }
    }
}

/// What an operation that changes something gives, or raises.
type Changed = Result<Vec<i64>, &'static str>;

/// The words of all entries, under change.
struct Draft {
    shape: Shape,
    words: Vec<i64>,
    keeps_order: bool,
}

impl Draft {
    fn view(&self) -> Entries<'_> {
        Entries {
            shape: self.shape,
            words: &self.words,
        }
    }

    fn insert(&mut self, index: usize, entry: &[i64]) {
        let at = index * self.shape.width;
        self.words.splice(at..at, entry.iter().copied());
    }

    fn take(&mut self, index: usize) -> Vec<i64> {
        let at = index * self.shape.width;
        self.words.drain(at..at + self.shape.width).collect()
    }

    /// Gives a key a value; a new key comes last, or where its order is.
    fn put(&mut self, entry: &[i64]) {
        if let Some(index) = self.view().key(entry[0]) {
            let at = index * self.shape.width;
            self.words[at..at + entry.len()].copy_from_slice(entry);
            return;
        }
        let index = match self.keeps_order {
            true => self.view().n(),
            false => self.view().each().take_while(|it| it[0] < entry[0]).count(),
        };
        self.insert(index, entry);
    }

    fn change(&mut self, op: CollectionOp, args: &[i64], other: &[i64]) -> Changed {
        match op {
            CollectionOp::SetAt => {
                let index = self.view().position(args[0]).ok_or("OutOfRange")?;
                let at = index * self.shape.width;
                self.words[at..at + self.shape.width].copy_from_slice(&args[1..]);
            }
            CollectionOp::Append => self.words.extend(args),
            CollectionOp::Insert => {
                let n = i64::try_from(self.view().n()).expect("a small number of entries");
                let at = if args[0] < 0 {
                    args[0].saturating_add(n)
                } else {
                    args[0]
                };
                let index = usize::try_from(at.clamp(0, n)).expect("a position in the list");
                self.insert(index, &args[1..]);
            }
            CollectionOp::TakeAt if self.words.is_empty() => return Err("Empty"),
            CollectionOp::TakeAt => {
                let index = self.view().position(args[0]).ok_or("OutOfRange")?;
                return Ok(self.take(index));
            }
            CollectionOp::RemoveValue => {
                let found = self.view().each().position(|entry| entry == args);
                self.take(found.ok_or("NoSuchValue")?);
            }
            CollectionOp::Sort => {
                let mut entries: Vec<&[i64]> = self.words.chunks_exact(self.shape.width).collect();
                entries.sort_unstable();
                self.words = entries.concat();
            }
            CollectionOp::Extend => self.words.extend(other),
            CollectionOp::CopyFrom => self.words = other.to_vec(),
            CollectionOp::Put => self.put(args),
            CollectionOp::SetDefault => {
                if self.view().key(args[0]).is_none() {
                    self.put(args);
                }
                return self.view().value_of(args[0]);
            }
            CollectionOp::TakeKey => {
                let index = self.view().key(args[0]).ok_or("NoSuchKey")?;
                return Ok(self.take(index)[1..].to_vec());
            }
            CollectionOp::Clear => self.words.clear(),
            CollectionOp::At
            | CollectionOp::HasValue
            | CollectionOp::IsEqual
            | CollectionOp::Get
            | CollectionOp::GetOr
            | CollectionOp::HasKey
            | CollectionOp::Contents => unreachable!("these only look"),
        }
        Ok(Vec::new())
    }
}

impl<R: Recorder> Step<'_, '_, R> {
    pub fn collection(
        &mut self,
        op: CollectionOp,
        object: &Expr,
        args: &[Expr],
        dst: Option<Reg>,
    ) -> Done {
        let number = self.eval(object)?;
        let words = self.scene().eval_all(args);
        let asked = args;
        let args = words.map_err(|fault| self.arithmetic(fault))?;
        let found = self.scene().object(number);
        let Some((id, shape)) = found.and_then(|id| Some((id, self.machine.collection(id)?)))
        else {
            return Ok(self.raise("NotStarted", Some(Misuse::NotStarted)));
        };
        self.looked_at(id, shape, !op.only_looks());
        if self.atomic > 0 {
            self.looked_at_entries(op, id, object, asked);
        }
        let before = self.words_of(id);
        let (gave, after) = if op.only_looks() {
            let view = Entries {
                shape,
                words: &before,
            };
            (view.look(op, &args), None)
        } else {
            let other = self.other(op, &args, shape);
            let mut draft = Draft {
                shape,
                words: before.clone(),
                keeps_order: self.machine.keeps_order,
            };
            let gave = draft.change(op, &args, &other);
            (gave, Some(draft.words))
        };
        let gave = match gave {
            Ok(gave) => gave,
            Err(name) => return Ok(self.raise(name, None)),
        };
        if let Some(after) = &after {
            if after.len() > shape.capacity * shape.width {
                return Err(self.arithmetic(ArithmeticFault::Bounds));
            }
            self.machine.set_entries(self.state, shape, after);
        }
        self.deliver(self.actor, dst, &gave);
        self.event(|| EventKind::Collection {
            of: id,
            gave,
            after: after.unwrap_or_else(|| before.clone()),
            before,
        });
        Ok(Flow::Next)
    }

    /// What a list takes over from the other collection that the argument names:
    /// the entries of a list or the keys of a map; a map takes over entries.
    fn other(&mut self, op: CollectionOp, args: &[i64], shape: Shape) -> Vec<i64> {
        if !matches!(op, CollectionOp::Extend | CollectionOp::CopyFrom) {
            return Vec::new();
        }
        let found = self.scene().object(args[0]);
        let Some((id, from)) = found.and_then(|id| Some((id, self.machine.collection(id)?))) else {
            return Vec::new();
        };
        self.looked_at(id, from, false);
        let words = self.words_of(id);
        if from.keyed && !shape.keyed {
            return words.chunks_exact(from.width).map(|it| it[0]).collect();
        }
        words
    }

    fn words_of(&self, id: ObjectId) -> Vec<i64> {
        let entries = self.scene().entries(id);
        entries.map_or(Vec::new(), |entries| entries.words.to_vec())
    }

    /// A signal missed before may have left its trace there; and inside an atomic
    /// block, nobody could see beforehand that it is looked at.
    fn looked_at(&mut self, id: ObjectId, shape: Shape, write: bool) {
        self.saw_memory();
        if self.atomic > 0 {
            let guarded = self
                .machine
                .is_collection_guarded(self.state, self.actor, id, write);
            self.looked_inside(shape.first, write, guarded);
        }
    }

    /// The entry that an operation inside an atomic block is about, or those that it
    /// moves: another's `l[i]` is a plain access, and races with that.
    fn looked_at_entries(&mut self, op: CollectionOp, id: ObjectId, object: &Expr, args: &[Expr]) {
        let cells = match op.moves() {
            true => self.machine.entry_cells(self.state, id),
            false => { op.is_about_one() }
                .then(|| self.scene().entry_cell(op, object, args))
                .flatten()
                .into_iter()
                .collect(),
        };
        let write = !op.only_looks();
        for cell in cells {
            let guarded = self.machine.is_guarded(self.state, self.actor, cell, write);
            self.looked_inside(cell, write, guarded);
        }
    }

    fn looked_inside(&mut self, cell: CellId, write: bool, guarded: bool) {
        let incident = Incident::Accessed {
            cell,
            write,
            pc: self.pc,
            guarded,
        };
        self.recorder.incident(self.actor, incident);
    }

    pub fn next_entry(&mut self, object: &Expr, round: Reg, dst: Option<Reg>) -> Done {
        let number = self.eval(object)?;
        let found = self.scene().object(number);
        let Some((id, shape)) = found.and_then(|id| Some((id, self.machine.collection(id)?)))
        else {
            return Ok(self.raise("NotStarted", Some(Misuse::NotStarted)));
        };
        self.looked_at(id, shape, false);
        let words = self.words_of(id);
        let view = Entries {
            shape,
            words: &words,
        };
        let at = self.eval(&Expr::Reg(round + 1))?;
        let n = view.answer(Query::Len);
        if at == 0 && shape.keyed {
            self.set_reg(round + 2, n);
        } else if shape.keyed && self.eval(&Expr::Reg(round + 2))? != n {
            return Ok(self.raise("ChangedInLoop", None));
        }
        let next = view.position(at).map(|index| {
            let words = view.entry(index);
            if shape.keyed { &words[..1] } else { words }.to_vec()
        });
        self.set_reg(round, i64::from(next.is_some()));
        self.set_reg(round + 1, if next.is_some() { at + 1 } else { 0 });
        if let Some(words) = &next {
            self.deliver(self.actor, dst, words);
        }
        self.event(|| EventKind::Next(id, next));
        Ok(Flow::Next)
    }
}
