//! What a step uses: sets of resources, each in one of four classes, and which
//! classes of a resource discord.
//!
//! Two uses *accord* if, wherever both steps can be taken, their order makes no
//! difference: neither can keep the other from happening, and both orders lead to
//! the same state. Everything else discords. Two writes discord whatever they write,
//! unless they only add ([`adding`]).
//!
//! | resource | class 0 | class 1 | class 2 | class 3 |
//! |---|---|---|---|---|
//! | word of memory | wait for a sum | add | write | read |
//! | those who take a lock to add | | take | any other operation | ask |
//! | lock | take | give back | try, time out | ask |
//! | semaphore | take | give back | try, time out | ask |
//! | condition | | sleep, wake up | notify | |
//! | channel with room for messages | send | receive | try, close, … | ask |
//! | reader-writer lock | write | give back | try, time out, downgrade | read |
//! | event that nobody clears | wait | set | time out | ask |
//! | latch | wait | count down | add | ask |
//! | queue of an executor | submit, shut down, wait for all | take a job | cancel | |
//! | futures | wait for one, for all | take, finish a job | time out, cancel | ask, wait for any |
//! | idle workers | | finish a job | take a job | |
//! | anything else | | | any operation | ask |
//!
//! A reader-writer lock before which writers queue: writing is of class 2, since
//! whether a writer enters or begins to wait depends on who has left. Where all
//! queue in order, everything is.
//!
//! Source: the table follows Valmari's notion of accordance as it stands in
//! Laarman, Pater, van de Pol, Weber, "Guard-based Partial-Order Reduction" (2013).
//!
//! **Invariant:** discord is symmetric.
//!
//! [`adding`]: super::adding

use super::forgotten::forgotten;

/// How a resource is used; what that means depends on the resource.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    /// Takes a lock or a permit, sends, or waits.
    Take = 0,
    /// Gives a lock or a permit back, sleeps, receives, or lets others through.
    Give = 1,
    /// Whatever else may change the resource, or fail because of it.
    Change = 2,
    /// Only looks, or reads beside other readers.
    Look = 3,
}

/// A row of a table: for each class, the classes it discords with, one bit each.
type Discords = [u64; 4];

/// Giving back accords with taking, and with giving back.
const OF_LOCKS: Discords = [0b1101, 0b1100, 0b1111, 0b0111];
/// Sending accords with receiving, but neither with itself.
const OF_CHANNELS: Discords = [0b1101, 0b1110, 0b1111, 0b0111];

/// Reading accords with reading. Who gives back is inside, so no writer is, and no
/// reader if it wrote.
const OF_READERS_AND_WRITERS: Discords = [0b1101, 0b0100, 0b1111, 0b0101];
/// Setting accords with setting, and with waiting for what is already set.
const OF_EVENTS: Discords = [0b0100, 0b1100, 0b1111, 0b0110];
/// Adding accords with adding, and with waiting until there is enough.
const OF_SUMS: Discords = [0b0100, 0b1100, 0b1111, 0b0110];
/// Counting down may be counting too far, and then who comes last is told so. It
/// accords with waiting for what is already open.
const OF_LATCHES: Discords = [0b0100, 0b1110, 0b1111, 0b0110];

/// Which table a resource follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// [`OF_LOCKS`].
    Lock,
    /// [`OF_CHANNELS`].
    Channel,
    /// [`OF_READERS_AND_WRITERS`].
    RwLock,
    /// [`OF_EVENTS`].
    Event,
    /// [`OF_LATCHES`].
    Latch,
    /// [`OF_SUMS`].
    Sum,
}

impl Kind {
    fn table(self) -> &'static Discords {
        match self {
            Kind::Lock => &OF_LOCKS,
            Kind::Channel => &OF_CHANNELS,
            Kind::RwLock => &OF_READERS_AND_WRITERS,
            Kind::Event => &OF_EVENTS,
            Kind::Latch => &OF_LATCHES,
            Kind::Sum => &OF_SUMS,
        }
    }
}

/// Resources in one word of a set.
const IN_WORD: usize = 16;

/// A set of uses: four bits for each resource.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Uses(Box<[u64]>);

impl Uses {
    /// No uses, of so many resources.
    pub fn none(n_resources: usize) -> Self {
        Self(vec![0; n_resources.div_ceil(IN_WORD)].into_boxed_slice())
    }

    /// Every use of every resource.
    pub fn everything(n_resources: usize) -> Self {
        Self(vec![u64::MAX; n_resources.div_ceil(IN_WORD)].into_boxed_slice())
    }

    /// Adds a use.
    pub fn add(&mut self, resource: usize, class: Class) {
        self.0[resource / IN_WORD] |= 1 << (resource % IN_WORD * 4 + class as usize);
    }

    /// Adds all uses of another set; says whether any was new.
    pub fn unite(&mut self, other: &Self) -> bool {
        let mut changed = false;
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            changed |= *other & !*own != 0;
            *own |= *other;
        }
        changed
    }

    /// Takes all uses of a resource out.
    pub fn remove(&mut self, resource: usize) {
        self.0[resource / IN_WORD] &= !(0b1111 << (resource % IN_WORD * 4));
    }

    /// Whether some use is in both.
    pub fn meets(&self, other: &Self) -> bool {
        self.0
            .iter()
            .zip(&other.0)
            .any(|(one, other)| one & other != 0)
    }

    /// The same, but for those in a third one.
    pub fn meets_outside(&self, other: &Self, without: &Self) -> bool {
        let both = self.0.iter().zip(&other.0).zip(&without.0);
        { both }.any(|((one, other), without)| one & other & !without != 0)
    }

    /// Whether a use is in the set.
    pub fn has(&self, resource: usize, class: Class) -> bool {
        self.0[resource / IN_WORD] >> (resource % IN_WORD * 4 + class as usize) & 1 == 1
    }

    /// Whether a resource is used otherwise than by looking at it.
    pub fn changes(&self, resource: usize) -> bool {
        self.0[resource / IN_WORD] >> (resource % IN_WORD * 4) & 0b0111 != 0
    }

    /// What a block of several steps makes of it: whoever takes and gives back
    /// in one step accords with nobody, and who reads in one may have to wait for
    /// whoever gives back.
    pub fn as_block(&self, kinds: &[Kind]) -> Self {
        let mut all = self.clone();
        for (resource, kind) in kinds.iter().enumerate() {
            let at = resource % IN_WORD * 4;
            let used = self.0[resource / IN_WORD] >> at & 0b1111;
            let waits = if *kind == Kind::RwLock {
                0b1111
            } else {
                0b0111
            };
            if used & waits != 0 {
                all.add(resource, Class::Change);
            }
        }
        all
    }

    /// Everything that some use of the set discords with.
    pub fn discords(&self, kinds: &[Kind]) -> Self {
        let mut all = Self::none(kinds.len());
        for (resource, kind) in kinds.iter().enumerate() {
            let at = resource % IN_WORD * 4;
            let used = self.0[resource / IN_WORD] >> at & 0b1111;
            let table = kind.table();
            let classes = (0..4).filter(|class| used >> class & 1 == 1);
            let row = classes.fold(0, |row, class| {
                row | table[class] & !forgotten(*kind, class)
            });
            all.0[resource / IN_WORD] |= row << at;
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discord_is_symmetric() {
        use Kind::{Channel, Event, Latch, Lock, RwLock, Sum};
        for table in [Lock, Channel, RwLock, Event, Latch, Sum].map(Kind::table) {
            for one in 0..4 {
                for other in 0..4 {
                    assert_eq!(table[one] >> other & 1, table[other] >> one & 1);
                }
            }
        }
    }

    #[test]
    fn a_lock_given_back_accords_with_one_who_waits_and_not_with_one_who_tries() {
        let kinds = [Kind::Channel, Kind::Lock];
        let of = |class| {
            let mut uses = Uses::none(2);
            uses.add(1, class);
            uses
        };
        let given = of(Class::Give).discords(&kinds);
        assert!(!given.meets(&of(Class::Take)));
        assert!(given.meets(&of(Class::Change)));
        assert!(given.meets(&of(Class::Look)));
        assert!(
            of(Class::Give)
                .as_block(&kinds)
                .discords(&kinds)
                .meets(&of(Class::Take))
        );
    }
}
