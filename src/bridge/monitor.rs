//! Objects that an engine has not: a state under one of its mutexes, and one of
//! its conditions that everybody waits at whose turn has not come. The textbook
//! construction (Hoare 1974, with signals as Mesa has them), one for all kinds.

use crate::program::{ObjectKind, RAISED_BY_LIBRARY};
use std::collections::VecDeque;

/// The state under the mutex.
#[derive(Clone, Debug)]
pub(super) enum Inside {
    /// A lock that anybody may give back.
    Token {
        taken: bool,
    },
    Permits {
        left: i64,
        max: Option<i64>,
    },
    Event {
        set: bool,
        auto: bool,
        pulses: u64,
    },
    Barrier {
        parties: i64,
        arrived: i64,
        round: u64,
        broken: bool,
    },
    Latch {
        count: i64,
    },
    Once {
        running: bool,
        done: bool,
    },
    Channel {
        room: Option<usize>,
        closed: bool,
        unfinished: i64,
        messages: VecDeque<Vec<i64>>,
    },
}

/// What somebody wants of it.
#[derive(Clone, Debug)]
pub(super) enum Wish {
    Take,
    TryTake,
    /// Give back so many.
    Give(i64),
    Set,
    Clear,
    Arrive,
    Break,
    /// Wait for an event, for a latch, or for all jobs of a channel.
    Await,
    Count(i64),
    Begin,
    End,
    Send(Vec<i64>),
    TrySend(Vec<i64>),
    Receive,
    TryReceive,
    JobDone,
    Close,
}

/// What came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Grant {
    /// It is done: a number, the words of a message.
    Done(Option<i64>, Vec<i64>),
    /// It raises that exception of the library.
    Raise(&'static str),
    /// Not now; whether waiting has just begun, which others can see.
    Later { began: bool },
    /// A number that does not fit.
    Fault,
}

/// What somebody who waits has to remember.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Ticket {
    pub waits: bool,
    round: u64,
    order: i64,
}

fn done() -> Grant {
    Grant::Done(None, Vec::new())
}

fn gives(value: i64) -> Grant {
    Grant::Done(Some(value), Vec::new())
}

fn raise(name: &'static str) -> Grant {
    debug_assert!(RAISED_BY_LIBRARY.contains(&name));
    Grant::Raise(name)
}

const LATER: Grant = Grant::Later { began: false };

impl Inside {
    pub fn new(kind: &ObjectKind) -> Option<Self> {
        Some(match kind {
            ObjectKind::Lock { .. } => Inside::Token { taken: false },
            ObjectKind::Sem { initial, max } => Inside::Permits {
                left: *initial,
                max: *max,
            },
            ObjectKind::Event { auto } => Inside::Event {
                set: false,
                auto: *auto,
                pulses: 0,
            },
            ObjectKind::Barrier { parties } => Inside::Barrier {
                parties: i64::from(*parties),
                arrived: 0,
                round: 0,
                broken: false,
            },
            ObjectKind::Latch { initial } => Inside::Latch { count: *initial },
            ObjectKind::Once => Inside::Once {
                running: false,
                done: false,
            },
            ObjectKind::Chan { capacity, .. } => Inside::Channel {
                room: capacity.map(|room| room as usize),
                closed: false,
                unfinished: 0,
                messages: VecDeque::new(),
            },
            ObjectKind::RwLock { .. }
            | ObjectKind::Cond { .. }
            | ObjectKind::Collection { .. }
            | ObjectKind::Executor { .. } => return None,
        })
    }

    /// Grants a wish, if it is its turn.
    pub fn grant(&mut self, wish: &Wish, ticket: &mut Ticket) -> Grant {
        match self {
            Inside::Token { taken } => token(taken, wish),
            Inside::Permits { left, max } => permits(left, *max, wish),
            Inside::Event { set, auto, pulses } => event(set, *auto, pulses, wish, ticket),
            Inside::Barrier { .. } => self.barrier(wish, ticket),
            Inside::Latch { count } => latch(count, wish),
            Inside::Once { running, done } => once(running, done, wish),
            Inside::Channel { .. } => self.channel(wish),
        }
    }

    fn barrier(&mut self, wish: &Wish, ticket: &mut Ticket) -> Grant {
        let Inside::Barrier {
            parties,
            arrived,
            round,
            broken,
        } = self
        else {
            unreachable!("asked of a barrier")
        };
        if matches!(wish, Wish::Break) {
            *arrived = 0;
            *broken = true;
            return done();
        }
        if ticket.waits && ticket.round != *round {
            return gives(ticket.order);
        }
        if *broken {
            return raise("BrokenBarrier");
        }
        if ticket.waits {
            return LATER;
        }
        let order = *arrived;
        if order + 1 == *parties {
            *arrived = 0;
            *round += 1;
            return gives(order);
        }
        *arrived += 1;
        *ticket = Ticket {
            waits: true,
            round: *round,
            order,
        };
        Grant::Later { began: true }
    }

    fn channel(&mut self, wish: &Wish) -> Grant {
        let Inside::Channel {
            room,
            closed,
            unfinished,
            messages,
        } = self
        else {
            unreachable!("asked of a channel")
        };
        match wish {
            Wish::Send(words) | Wish::TrySend(words) => {
                if *closed {
                    return raise("Closed");
                }
                if room.is_some_and(|room| messages.len() >= room) {
                    let tries = matches!(wish, Wish::TrySend(_));
                    return if tries { gives(0) } else { LATER };
                }
                messages.push_back(words.clone());
                *unfinished += 1;
                Grant::Done(Some(1), words.clone())
            }
            Wish::Receive | Wish::TryReceive => match messages.pop_front() {
                Some(words) => Grant::Done(Some(1), words),
                None if *closed => raise("Closed"),
                None if matches!(wish, Wish::TryReceive) => gives(0),
                None => LATER,
            },
            Wish::Close if *closed => raise("Closed"),
            Wish::Close => {
                *closed = true;
                done()
            }
            Wish::JobDone if *unfinished == 0 => raise("CountedTooFar"),
            Wish::JobDone => {
                *unfinished -= 1;
                done()
            }
            _ if *unfinished == 0 => done(),
            _ => LATER,
        }
    }

    /// What it answers to a question about how many, or whether.
    pub fn answer(&self) -> (i64, Option<i64>) {
        match self {
            Inside::Token { taken } => (i64::from(*taken), None),
            Inside::Permits { left, .. } => (*left, None),
            Inside::Event { set, .. } => (i64::from(*set), None),
            Inside::Channel { messages, room, .. } => {
                let room = room.map(|room| i64::try_from(room).unwrap_or(i64::MAX));
                (i64::try_from(messages.len()).unwrap_or(i64::MAX), room)
            }
            Inside::Barrier { .. } | Inside::Latch { .. } | Inside::Once { .. } => (0, None),
        }
    }
}

fn token(taken: &mut bool, wish: &Wish) -> Grant {
    match (wish, *taken) {
        (Wish::Take, true) => LATER,
        (Wish::TryTake, true) => gives(0),
        (Wish::Take, false) => {
            *taken = true;
            done()
        }
        (Wish::TryTake, false) => {
            *taken = true;
            gives(1)
        }
        (_, false) => raise("NotHeld"),
        (_, true) => {
            *taken = false;
            done()
        }
    }
}

fn permits(left: &mut i64, max: Option<i64>, wish: &Wish) -> Grant {
    match wish {
        Wish::Take if *left > 0 => {
            *left -= 1;
            done()
        }
        Wish::TryTake if *left > 0 => {
            *left -= 1;
            gives(1)
        }
        Wish::Take => LATER,
        Wish::TryTake => gives(0),
        Wish::Give(n) => match left.checked_add(*n) {
            None => Grant::Fault,
            Some(all) if *n < 1 || max.is_some_and(|max| all > max) => raise("ReleasedTooOften"),
            Some(all) => {
                *left = all;
                done()
            }
        },
        _ => unreachable!("not a wish of a semaphore"),
    }
}

fn event(set: &mut bool, auto: bool, pulses: &mut u64, wish: &Wish, ticket: &mut Ticket) -> Grant {
    match wish {
        Wish::Set => {
            *set = true;
            *pulses += 1;
            done()
        }
        Wish::Clear => {
            *set = false;
            done()
        }
        // Whoever waited when it was set goes through, even if it was cleared since.
        _ if !auto && ticket.waits && ticket.round != *pulses => done(),
        _ if *set => {
            *set = !auto;
            done()
        }
        _ if ticket.waits => LATER,
        _ => {
            ticket.waits = true;
            ticket.round = *pulses;
            Grant::Later { began: true }
        }
    }
}

fn latch(count: &mut i64, wish: &Wish) -> Grant {
    match wish {
        Wish::Count(n) => match count.checked_add(*n) {
            None => Grant::Fault,
            Some(all) if all < 0 => raise("CountedTooFar"),
            Some(all) => {
                *count = all;
                done()
            }
        },
        _ if *count == 0 => done(),
        _ => LATER,
    }
}

fn once(running: &mut bool, done_: &mut bool, wish: &Wish) -> Grant {
    match wish {
        Wish::End => {
            *running = false;
            *done_ = true;
            done()
        }
        _ if *done_ => gives(0),
        _ if *running => LATER,
        _ => {
            *running = true;
            gives(1)
        }
    }
}
