//! The end of the program: whose end may bring it, and whom it cuts off.
//!
//! Where there is a `main thread`, its end is the end of all. Where there are daemons, the
//! end of the last other actor stops them. Both are steps of their own ([`Instr::End`]).
//! So there is a resource for the end: who may bring it changes it, and whoever may be cut
//! off looks at it with every step. Who ends as one of several accords with the others that
//! do: only the last one stops daemons, whoever that is.
//!
//! **Condition:** nothing else brings the end. A worker whose job ends may leave the
//! program without anybody who keeps it going; so daemons beside executors are not reduced.
//!
//! [`Instr::End`]: crate::program::Instr::End

use super::uses::{Class, Uses};
use crate::base::{Mistake, planted};
use crate::program::{Instr, Program};
use crate::semantics::{Machine, State};

/// With whose end the program ends, if somebody can be cut off by it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Over {
    /// Nobody is cut off.
    Never,
    /// That of the `main thread`.
    WithMain,
    /// That of the last actor that is not a daemon.
    WithLast,
}

/// What the end of the program is to an actor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Its end may be that of the program.
    brings: bool,
    /// The end of the program may come before its own.
    is_cut_off: bool,
}

impl Over {
    pub fn of(program: &Program) -> Self {
        let spawns_daemon = |instr: &Instr| matches!(instr, Instr::Spawn { daemon: true, .. });
        if planted(Mistake::EndStopsNobody) {
            return Over::Never;
        }
        if program.actors.iter().any(|actor| actor.main) {
            return Over::WithMain;
        }
        let has_daemons = program.actors.iter().any(|actor| actor.daemon)
            || program.code.iter().any(spawns_daemon);
        match has_daemons {
            true => Over::WithLast,
            false => Over::Never,
        }
    }

    /// The part of an actor.
    pub fn part(self, machine: &Machine<'_>, state: &State, actor: usize) -> Part {
        let keeps = match self {
            Over::Never => {
                return Part {
                    brings: false,
                    is_cut_off: false,
                };
            }
            Over::WithMain => {
                let declared = machine.program().actors.get(actor);
                declared.is_some_and(|it| it.main)
            }
            Over::WithLast => !machine.layout().is_daemon(state, actor),
        };
        Part {
            brings: keeps,
            is_cut_off: !keeps,
        }
    }

    /// The part of an actor together with all that it may spawn.
    pub fn with_spawned(self, part: Part) -> Part {
        Part {
            brings: part.brings || self == Over::WithLast,
            is_cut_off: part.is_cut_off || self != Over::Never,
        }
    }
}

impl Part {
    /// Any step.
    pub fn step(self, over: usize, uses: &mut Uses) {
        if self.is_cut_off {
            uses.add(over, Class::Look);
        }
    }

    /// Its end.
    pub fn end(self, over: usize, uses: &mut Uses) {
        if self.brings {
            uses.add(over, Class::Give);
        }
    }
}
