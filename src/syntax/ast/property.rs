//! Properties, expectations, and what goes with them.

use super::{Expr, Ident, Str};
use crate::base::Span;

/// Something that must hold, or that is to be observed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Property {
    /// `always name: e`
    pub name: Option<Ident>,
    /// Which.
    pub kind: PropertyKind,
    /// The whole property.
    pub span: Span,
}

/// The kinds of properties.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PropertyKind {
    /// `always e`
    Always(Expr),
    /// `finally assert e, "message"`
    Finally {
        /// `e`
        condition: Expr,
        /// The message.
        message: Option<Str>,
    },
    /// `sometimes e`
    Sometimes(Expr),
    /// `eventually e`
    Eventually(Expr),
    /// `p leads_to q`
    LeadsTo {
        /// `p`
        cause: Expr,
        /// `q`
        effect: Expr,
    },
    /// `order @a before @b`; the names have spans that cover the `@`.
    Order {
        /// `a`
        first: Ident,
        /// `b`
        second: Ident,
    },
    /// `outcomes (x, y) == { (0, 1), (1, 0) }`
    Outcomes(Outcomes),
    /// `observe x, y`
    Observe(Vec<Expr>),
    /// `observe print`
    ObservePrint,
}

/// `outcomes (x, y) == { (0, 1), (1, 0) }`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcomes {
    /// What is looked at in the end.
    pub subject: OutcomeSubject,
    /// `==` or `in`
    pub relation: OutcomeRelation,
    /// The values, in order.
    pub rows: Vec<OutcomeRow>,
}

/// What an `outcomes` looks at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OutcomeSubject {
    /// `(x, y)`; `actor.local` is a field.
    Values(Vec<Expr>),
    /// `print`: everything printed, in order.
    Print(Span),
}

/// How an `outcomes` compares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OutcomeRelation {
    /// `==`: exactly these.
    Exactly,
    /// `in`: no others.
    Within,
}

/// `(0, 1)`, or `0` for a single value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OutcomeRow {
    /// The values, in order.
    pub values: Vec<Expr>,
    /// Where, with parentheses.
    pub span: Span,
}

/// `fair weak a, b`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fairness {
    /// Which.
    pub kind: FairnessKind,
    /// The actors, at least one.
    pub actors: Vec<Expr>,
    /// The whole line.
    pub span: Span,
}

/// How fair the scheduler is to an actor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FairnessKind {
    /// `fair weak`
    Weak,
    /// `fair strong`
    Strong,
    /// `unfair`
    Unfair,
}

/// `expect race on x`. The verbatim text is `source.slice(expect.span)`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expect {
    /// What is expected.
    pub kind: ExpectKind,
    /// Where the word for the kind is.
    pub kind_span: Span,
    /// What it is expected of, possibly nothing: names, elements, `actor(0)`,
    /// `actor#1`, strings.
    pub subjects: Vec<Expr>,
    /// The whole expectation.
    pub span: Span,
}

/// The kinds of expectations.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExpectKind {
    /// `ok`
    Ok,
    /// `race on x`
    Race,
    /// `deadlock`, `deadlock of a, b`
    Deadlock,
    /// `lock_order a, b`
    LockOrder,
    /// `assert`
    Assert,
    /// `always`
    Always,
    /// `finally`
    Finally,
    /// `outcomes`
    Outcomes,
    /// `sometimes`
    Sometimes,
    /// `eventually`
    Eventually,
    /// `leads_to`
    LeadsTo,
    /// `order`
    Order,
    /// `unguarded x`
    Unguarded,
    /// `lost_signal on c`
    LostSignal,
    /// `starvation of t`
    Starvation,
    /// `livelock`
    Livelock,
    /// `spinning of t`
    Spinning,
    /// `blocked_loop`
    BlockedLoop,
    /// `leak of t`
    Leak,
    /// `lock_leak of m`
    LockLeak,
    /// `swallowed in t`
    Swallowed,
    /// `never_awaited t`
    NeverAwaited,
    /// `killed t`
    Killed,
    /// `misuse of m`
    Misuse,
    /// `overflow`
    Overflow,
    /// `bounds`
    Bounds,
    /// `div_zero`
    DivZero,
    /// `raise`
    Raise,
    /// `warning L001(a, b)`
    Warning(Ident),
    /// Not a kind there is; that is reported.
    Error,
}

impl ExpectKind {
    /// Every kind with its word and the preposition before its subjects,
    /// `warning` aside.
    pub const ALL: [(Self, &'static str, Option<&'static str>); 28] = [
        (Self::Ok, "ok", None),
        (Self::Race, "race", Some("on")),
        (Self::Deadlock, "deadlock", Some("of")),
        (Self::LockOrder, "lock_order", None),
        (Self::Assert, "assert", None),
        (Self::Always, "always", None),
        (Self::Finally, "finally", None),
        (Self::Outcomes, "outcomes", None),
        (Self::Sometimes, "sometimes", None),
        (Self::Eventually, "eventually", None),
        (Self::LeadsTo, "leads_to", None),
        (Self::Order, "order", None),
        (Self::Unguarded, "unguarded", None),
        (Self::LostSignal, "lost_signal", Some("on")),
        (Self::Starvation, "starvation", Some("of")),
        (Self::Livelock, "livelock", None),
        (Self::Spinning, "spinning", Some("of")),
        (Self::BlockedLoop, "blocked_loop", None),
        (Self::Leak, "leak", Some("of")),
        (Self::LockLeak, "lock_leak", Some("of")),
        (Self::Swallowed, "swallowed", Some("in")),
        (Self::NeverAwaited, "never_awaited", None),
        (Self::Killed, "killed", None),
        (Self::Misuse, "misuse", Some("of")),
        (Self::Overflow, "overflow", None),
        (Self::Bounds, "bounds", None),
        (Self::DivZero, "div_zero", None),
        (Self::Raise, "raise", None),
    ];
}

/// `allow L001(a, b) because "reason"`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Allow {
    /// `L001`
    pub code: Ident,
    /// `a, b`
    pub subjects: Vec<Expr>,
    /// The reason; `None` only if it was missing, which is reported.
    pub because: Option<Str>,
    /// The whole line.
    pub span: Span,
}
