//! Every mistake that can be planted is noticed: by a scenario of the library whose
//! expectations no longer hold, by random scenarios on which the engine and the
//! oracle differ, or by a scenario of which the reduced search shows less.
//!
//! What a step does is shared with the oracle, so a mistake in a primitive shows in
//! the library only; a mistake in a rule or in the search shows in both.
//! `THREADBARE_PLANTED=random` tries random scenarios for all of them, and says how
//! many it took; `THREADBARE_PLANTED_ONLY=NAME,NAME` leaves out all others. Mistakes in leaving out orders of steps have each a scenario of
//! their own besides.
//!
//! What others have lost findings by, and the mistakes that are like it:
//!
//! | trap | mistakes |
//! |---|---|
//! | of the others only the next step is looked at | `OnlyNextStep` |
//! | taking a lock is moved past everything | `TakesAccord` |
//! | two writes of one value are independent | `WritesAccord`, `SameValueNoRace` |
//! | only writers matter to who waits for a value | `ConditionReadsNothing`, `BlockedReadNoRace` |
//! | an actor is ignored for ever in a loop of another | `CirclesIgnored` |
//! | a state that is cut off is a deadlock, or the end | `CutOffIsTheEnd` |
//! | who only tries, or asks, does not read | `TriesAccord`, `AskingAccords`, `ReadsAccord` |
//! | the rounds of a barrier are mixed up | `BarrierStaysOpen` |
//! | `notify` wakes the one who came first | `FirstSleeperOnly`, `NotifyAllWakesOne` |
//! | readers pass a writer that waits | `WritersNotPreferred`, `FairQueueOvertaken` |
//! | what an actor does first is forgotten | `StartForgotten`, `EnteredForgotten` |
//! | one step is two, or two are one | `BlockInTwoSteps`, `UpdateAtOnce` |
//! | states are told apart by a hash | `FingerprintsDecide` |
//! | a search goes on from another's checkpoint | `CheckpointOfAnother` |
//! | what is shortest is not | `ReducedIsShortest` |
//! | leaving a blocked actor is a preemption | `BlockedCostsSwitch` |
//!
//! Two more have no mistake, since there is no code that could fall into them: we
//! have neither sleep sets nor runs of states that are executed without being stored.

#[path = "reduction/both.rs"]
mod both;
#[path = "oracle/mod.rs"]
mod explorer;
#[path = "planted/fixed.rs"]
mod fixed;
#[path = "planted/texts.rs"]
mod texts;

use explorer::compare::{Outcome, compare};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use threadbare::Checker;
use threadbare::base::{Mistake, plant};
use threadbare::compile::compile;
use threadbare::generate::{Knobs, make, write};
use threadbare::program::Program;
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
    /// The reduced search of a scenario of its own, beside the search of all states.
    Reduced,
    /// Something that the checker promises.
    Promise(fn() -> bool),
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

/// Whether what a mistake spoils holds.
fn is_fine(mistake: Mistake) -> bool {
    match by(mistake) {
        By::Library(file) => holds(file),
        By::Random => match cases_until_noticed(by_oracle) {
            // A difference that is there without the mistake, too, notices nothing.
            Some(case) => without_mistakes(|| is_noticed_in(case, by_oracle)),
            None => true,
        },
        By::Reduced => texts::holds(texts::text(mistake).expect("it has a scenario")),
        By::Promise(holds) => catch_unwind(holds).unwrap_or(false),
    }
}

/// Asks while no mistake is planted; none is afterwards.
fn without_mistakes(ask: impl FnOnce() -> bool) -> bool {
    plant(None);
    ask()
}

fn by_oracle(program: &Program) -> bool {
    matches!(compare(program, STATES_MAX), Outcome::Differ(_))
}

fn by_search_of_all(program: &Program) -> bool {
    matches!(both::compare(program), both::Outcome::Differ(_))
}

/// How many random scenarios it takes until two searches differ.
fn cases_until_noticed(differ: impl Fn(&Program) -> bool) -> Option<u64> {
    (0..CASES_MAX).find(|&case| is_noticed_in(case, &differ))
}

/// Whether two searches differ, or fail, on a random scenario.
fn is_noticed_in(case: u64, differ: impl Fn(&Program) -> bool) -> bool {
    let knobs = Knobs {
        threads: 2 + usize::try_from(case % 3).expect("small"),
        acts: 3 + usize::try_from(case % 8).expect("small"),
        loops: case % 2 == 1,
    };
    let checked = catch_unwind(AssertUnwindSafe(|| {
        let written = write(&make(case, knobs));
        let program = compile(&written.scenario).expect("what was meant has code");
        differ(&program)
    }));
    checked.unwrap_or(true)
}

#[test]
fn every_mistake_is_noticed() {
    let all_by_random = std::env::var("THREADBARE_PLANTED").is_ok_and(|value| value == "random");
    // Mistakes make the engine contradict itself, and it says so.
    std::panic::set_hook(Box::new(|_| {}));
    let only = std::env::var("THREADBARE_PLANTED_ONLY").ok();
    let is_wanted = |mistake: &Mistake| {
        let name = format!("{mistake:?}");
        only.as_ref()
            .is_none_or(|only| only.split(',').any(|it| it == name))
    };
    let mistakes = Mistake::ALL.iter().copied();
    let (mut overlooked, mut wrong) = (Vec::new(), Vec::new());
    for mistake in mistakes.filter(is_wanted) {
        let by_random = matches!(by(mistake), By::Random);
        if !by_random && !is_fine(mistake) {
            wrong.push(mistake);
        }
        plant(Some(mistake));
        let noticed = !is_fine(mistake);
        if all_by_random {
            let cases = match by(mistake) {
                By::Reduced => cases_until_noticed(by_search_of_all),
                By::Promise(_) => None,
                By::Library(_) | By::Random => cases_until_noticed(by_oracle),
            };
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
    assert!(
        wrong.is_empty() && overlooked.is_empty(),
        "nobody notices {overlooked:?}; what shows {wrong:?} is wrong even without them"
    );
}

/// Who notices it.
fn by(mistake: Mistake) -> By {
    use By::{Library, Promise, Random, Reduced};
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
        Mistake::BarrierStaysOpen => Library("clean/barrier_generations.tb"),
        Mistake::BarrierOneTooFew => Library("clean/barrier_one_short.tb"),
        Mistake::BarrierOrderZero => Library("tutorials/barrier.tb"),
        Mistake::AbortWakesNobody => Library("clean/barrier_abort.tb"),
        Mistake::LatchOneTooEarly => Library("clean/wait_before_count.tb"),
        Mistake::OnceAgain => Library("clean/once.tb"),
        Mistake::IdleAllAlike => Library("leak/job_keeps_the_stamp.tb"),
        Mistake::FailuresForgotten => Library("executors/failure_nobody_sees.tb"),
        Mistake::LastInFirstOut => Library("tutorials/s002_movie_streams.tb"),
        Mistake::OnePlaceMore => Library("deadlock/full_queues.tb"),
        Mistake::ClosedLosesRest => Library("clean/never_closed.tb"),
        Mistake::CloseWakesNobody => Library("clean/close_rendezvous.tb"),
        Mistake::FirstPartnerOnly => Library("outcomes/no_arm_comes_first.tb"),
        Mistake::SendOnClosedIsFine => Library("misuse/send_on_closed.tb"),
        Mistake::ExchangeAlways => Library("clean/treiber_aba.tb"),
        Mistake::FetchGivesNew => Library("clean/log_too_short.tb"),
        Mistake::TimeOutNever => Library("tutorials/task_queue_late_ack.tb"),
        Mistake::UpdateAtOnce => Library("race/three_counters.tb"),
        Mistake::BlockInTwoSteps => Library("clean/wrong_total.tb"),
        Mistake::FirstWayOnly => Library("signal/wrong_one_woken.tb"),
        Mistake::JoinAtOnce => Library("clean/always_in_time.tb"),
        Mistake::ReadsDoNotRace
        | Mistake::SameValueNoRace
        | Mistake::AtomicsRace
        | Mistake::GuardNotAsked
        | Mistake::BlockedReadNoRace
        | Mistake::CircleWhenAllStuck
        | Mistake::CircleOfOne
        | Mistake::AlwaysAtTheEnd
        | Mistake::FinallyNotChecked
        | Mistake::OrderIgnored
        | Mistake::DaemonsMayHold
        | Mistake::PermitsNotCounted
        | Mistake::LeakWhenInTime
        | Mistake::NoOneElseCouldHelp
        | Mistake::GlanceForgetsRaces
        | Mistake::SettledAtOnce
        | Mistake::GlanceForgetsCircles
        | Mistake::GlanceForgetsRequests
        | Mistake::GlanceForgetsAnswers
        | Mistake::FingerprintsDecide => Random,
        Mistake::SharedOrdersCount => Promise(fixed::readers_have_no_order),
        Mistake::CaughtRegisterCleared => Promise(fixed::handlers_find_their_locals),
        Mistake::StartForgotten => Promise(fixed::local_work_is_no_step),
        Mistake::MissedBeforeReturn => Promise(fixed::missed_in_a_function),
        Mistake::CutOffIsTheEnd => Promise(fixed::cut_off_is_open),
        Mistake::CheckpointOfAnother => Promise(fixed::checkpoints_are_told_apart),
        Mistake::SectionsEnd => Promise(fixed::who_goes_round_with_a_lock_starves_others),
        Mistake::FirstWalkIsFair => Promise(fixed::who_may_choose_starves_nobody),
        Mistake::BlockedCostsSwitch => Promise(fixed::leaving_the_blocked_is_free),
        Mistake::AllAreAlike
        | Mistake::JoinIsBlind
        | Mistake::AllAreTwins
        | Mistake::QueuesNotRenamed
        | Mistake::TurnsNotRenamed
        | Mistake::ToldByNumber
        | Mistake::ClassCountsOnce
        | Mistake::SubmitsForgotten
        | Mistake::AnyWorkerWillDo
        | Mistake::WorkersCounted => Reduced,
        Mistake::ReducedIsShortest => Promise(fixed::shortest_of_all),
        Mistake::TakesAccord
        | Mistake::TriesAccord
        | Mistake::AskingAccords
        | Mistake::SendsAccord
        | Mistake::ReceivesAccord
        | Mistake::WritesAccord
        | Mistake::ReadsAccord
        | Mistake::ConditionReadsNothing
        | Mistake::BlockForgotten
        | Mistake::JoinInBlockIsBlind
        | Mistake::EndsAccord
        | Mistake::MissedAccord
        | Mistake::WatchedForgotten
        | Mistake::UnknownIndexIsFirst
        | Mistake::OnlyNextStep
        | Mistake::EnteredForgotten
        | Mistake::ReturnsForgotten
        | Mistake::HandlersForgotten
        | Mistake::BlockedNeedNobody
        | Mistake::HolderNotNeeded
        | Mistake::BeforeGateNotAsked
        | Mistake::WorkAfterCannotFail
        | Mistake::SumsGoBothWays
        | Mistake::LocalsAreNotSeen
        | Mistake::AnySemaphoreIsADoor
        | Mistake::DoorsHaveNoOtherUse
        | Mistake::DoorsOpenBothWays
        | Mistake::AnybodyOpensDoors
        | Mistake::ReadStaysInRegister
        | Mistake::WordsNeedNoGuard
        | Mistake::SumsNeverOverflow
        | Mistake::SumsStayLarge
        | Mistake::SumsAreNeverTooLarge
        | Mistake::WhoAddsHelpsNobody
        | Mistake::GateHolderForgotten
        | Mistake::GateNotPassedBy
        | Mistake::FaultLeavesOthers
        | Mistake::CirclesIgnored
        | Mistake::ObjectsNotWatched
        | Mistake::TimedJoinIsBlind
        | Mistake::LeavingIsWorking
        | Mistake::CopiesAreGates
        | Mistake::HiddenReduced
        | Mistake::GrowingCirclesReduced
        | Mistake::EndStopsNobody
        | Mistake::UnownedReduced => Reduced,
    }
}
