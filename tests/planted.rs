//! Every mistake that can be planted is noticed: by a scenario of the library whose
//! expectations no longer hold, or by random scenarios on which the engine and the
//! oracle differ.
//!
//! What a step does is shared with the oracle, so a mistake in a primitive shows in
//! the library only; a mistake in a rule or in the search shows in both.
//! `THREADBARE_PLANTED=random` tries random scenarios for all of the latter, and
//! says how many it took.

#[path = "oracle/mod.rs"]
mod explorer;

use explorer::compare::{Outcome, compare};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use threadbare::Checker;
use threadbare::base::{Mistake, plant};
use threadbare::compile::compile;
use threadbare::generate::{Knobs, make, write};
use threadbare::report::Status;

/// Random scenarios that are tried for one mistake.
const CASES_MAX: u64 = 20_000;
/// Scenarios with more states are passed over.
const STATES_MAX: usize = 1_500;

/// Who notices a mistake.
enum By {
    /// A file of the library.
    Library(&'static str),
    /// The comparison with the oracle.
    Random,
}

/// Whether the library's expectations of a file hold.
fn holds(file: &str) -> bool {
    let path = Path::new("scenarios").join(file);
    let checked = catch_unwind(AssertUnwindSafe(|| {
        let report = Checker::new().max_states(50_000).check_path(&path);
        let mut scenarios = report.scenarios.iter();
        scenarios.all(|scenario| scenario.status == Status::Passed)
    }));
    checked.unwrap_or(false)
}

/// How many random scenarios it takes until the two differ.
fn cases_until_noticed() -> Option<u64> {
    (0..CASES_MAX).find(|&case| {
        let knobs = Knobs {
            threads: 2 + usize::try_from(case % 3).expect("small"),
            acts: 3 + usize::try_from(case % 8).expect("small"),
            loops: case % 2 == 1,
        };
        let checked = catch_unwind(AssertUnwindSafe(|| {
            let written = write(&make(case, knobs));
            let program = compile(&written.scenario).expect("what was meant has code");
            matches!(compare(&program, STATES_MAX), Outcome::Differ(_))
        }));
        checked.unwrap_or(true)
    })
}

#[test]
fn every_mistake_is_noticed() {
    let all_by_random = std::env::var("THREADBARE_PLANTED").is_ok_and(|value| value == "random");
    // Mistakes make the engine contradict itself, and it says so.
    std::panic::set_hook(Box::new(|_| {}));
    let mut overlooked = Vec::new();
    for &mistake in Mistake::ALL {
        let by = by(mistake);
        if let By::Library(file) = by {
            assert!(
                holds(file),
                "{file} is not as expected even without a mistake"
            );
        }
        plant(Some(mistake));
        let noticed = match by {
            By::Library(file) => !holds(file),
            By::Random => cases_until_noticed().is_some(),
        };
        if all_by_random {
            let cases = cases_until_noticed();
            println!(
                "{mistake:?}: {}: {cases:?} random scenarios",
                mistake.says()
            );
        }
        plant(None);
        if !noticed {
            overlooked.push(mistake);
        }
    }
    let _ = std::panic::take_hook();
    assert!(overlooked.is_empty(), "nobody notices {overlooked:?}");
}

/// Who notices it.
fn by(mistake: Mistake) -> By {
    use By::{Library, Random};
    match mistake {
        Mistake::TryLockTakesAnything => Library("outcomes/try_lock.tb"),
        Mistake::ReentrantFreedAtOnce => Library("leak/unlocked_once.tb"),
        Mistake::AnybodyUnlocks => Library("misuse/unlock_by_another.tb"),
        Mistake::EveryLockReentrant => Library("deadlock/self_lock.tb"),
        Mistake::WriterIgnoresReaders => Library("clean/readers_writers_rwlock.tb"),
        Mistake::WritersNotPreferred => Library("deadlock/nested_read.tb"),
        Mistake::FairQueueOvertaken => Library("clean/readers_come_again.tb"),
        Mistake::DowngradeLeaves => Library("clean/readers_writers_fair.tb"),
        Mistake::PermitKept => Library("clean/permit_leak.tb"),
        Mistake::BoundForgotten => Library("misuse/release_too_often.tb"),
        Mistake::TryAcquireNever => Library("clean/try_acquire.tb"),
        Mistake::FirstSleeperOnly => Library("signal/wrong_one_woken.tb"),
        Mistake::WaitKeepsLock => Library("clean/wait_without_lock.tb"),
        Mistake::WakesWithoutLock => Library("clean/wait_without_lock.tb"),
        Mistake::NotifyAllWakesOne => Library("clean/wrong_one_woken_notify_all.tb"),
        Mistake::NeverSpurious => Library("assert/spurious_wakeup.tb"),
        Mistake::SetWakesNobody => Library("tutorials/event_pulse.tb"),
        Mistake::ClearCallsBack => Library("tutorials/event_pulse.tb"),
        Mistake::AutoStaysSet => Library("clean/event_auto_ping.tb"),
        Mistake::MissedForgotten => Library("signal/lost_wakeup.tb"),
        Mistake::BarrierOneTooFew => Library("clean/barrier_one_short.tb"),
        Mistake::BarrierOrderZero => Library("tutorials/barrier.tb"),
        Mistake::AbortWakesNobody => Library("clean/barrier_abort.tb"),
        Mistake::LatchOneTooEarly => Library("clean/wait_before_count.tb"),
        Mistake::OnceAgain => Library("clean/once.tb"),
        Mistake::LastInFirstOut => Library("tutorials/s002_movie_streams.tb"),
        Mistake::OnePlaceMore => Library("deadlock/full_queues.tb"),
        Mistake::ClosedLosesRest => Library("clean/never_closed.tb"),
        Mistake::CloseWakesNobody => Library("clean/close_rendezvous.tb"),
        Mistake::FirstPartnerOnly => Library("outcomes/no_arm_comes_first.tb"),
        Mistake::SendOnClosedIsFine => Library("misuse/send_on_closed.tb"),
        Mistake::ExchangeAlways => Library("clean/treiber_aba.tb"),
        Mistake::FetchGivesNew => Library("clean/log_too_short.tb"),
        Mistake::TimeOutNever => Library("tutorials/task_queue_late_ack.tb"),
        Mistake::FirstWayOnly => Library("signal/wrong_one_woken.tb"),
        Mistake::JoinAtOnce => Library("clean/always_in_time.tb"),
        Mistake::ReadsDoNotRace
        | Mistake::SameValueNoRace
        | Mistake::AtomicsRace
        | Mistake::GuardNotAsked
        | Mistake::BlockedReadNoRace
        | Mistake::CircleWhenAllStuck
        | Mistake::CircleOfOne
        | Mistake::SharedOrdersCount
        | Mistake::AlwaysAtTheEnd
        | Mistake::FinallyNotChecked
        | Mistake::OrderIgnored
        | Mistake::DaemonsMayHold
        | Mistake::PermitsNotCounted
        | Mistake::LeakWhenInTime
        | Mistake::NoOneElseCouldHelp
        | Mistake::GlanceForgetsRaces
        | Mistake::GlanceForgetsCircles
        | Mistake::GlanceForgetsRequests
        | Mistake::GlanceForgetsAnswers
        | Mistake::CaughtRegisterCleared
        | Mistake::FirstGoalKept => Random,
    }
}
