//! Mistakes in the tables of what discords, for `tests/planted.rs`.

use super::uses::{Class, Kind};
use crate::base::{Mistake, planted};

/// What a class is wrongly said to accord with, one bit each; nothing but in tests.
pub(super) fn forgotten(kind: Kind, class: usize) -> u64 {
    use Class::{Change, Give, Look, Take};
    let pairs = [
        (Mistake::TakesAccord, Kind::Lock, Take, Take),
        (Mistake::TriesAccord, Kind::Lock, Give, Change),
        (Mistake::AskingAccords, Kind::Lock, Give, Look),
        (Mistake::SendsAccord, Kind::Channel, Take, Take),
        (Mistake::ReceivesAccord, Kind::Channel, Give, Give),
        (Mistake::WritesAccord, Kind::Sum, Change, Change),
        (Mistake::ReadsAccord, Kind::Sum, Change, Look),
    ];
    let wrong = pairs.into_iter().filter(|it| it.1 == kind && planted(it.0));
    wrong.fold(0, |all, (_, _, one, other)| {
        let at = |is: Class, with: Class| u64::from(class == is as usize) << with as usize;
        all | at(one, other) | at(other, one)
    })
}
