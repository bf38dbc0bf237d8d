//! Mistakes made on purpose, one at a time, to see that the tests notice them.
//!
//! A comparison that finds nothing is worth as much as its power to find. So each
//! trap that is known, in the primitives, in the rules, in the search, stands in
//! the code as a branch that is never taken, except by `tests/planted.rs`. Source
//! of the idea: DeMillo, Lipton, Sayward, "Hints on test data selection" (1978).
//!
//! Without the feature `planted`, which only tests have, [`planted`] is the constant
//! `false`, and the compiler leaves the branch out.

macro_rules! mistakes {
    ($($name:ident: $says:literal,)*) => {
        /// A mistake that can be planted.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Mistake {
            $(#[doc = $says] $name,)*
        }

        impl Mistake {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// What is wrong.
            pub fn says(self) -> &'static str {
                match self {
                    $(Self::$name => $says,)*
                }
            }
        }
    };
}

mistakes! {
    // Locks.
    TryLockTakesAnything: "`try_lock` takes a lock that somebody holds",
    ReentrantFreedAtOnce: "a reentrant lock is free after the first `unlock`",
    AnybodyUnlocks: "whoever does not hold a lock can give it back",
    EveryLockReentrant: "whoever holds a lock can take it again",
    // Reader-writer locks.
    WriterIgnoresReaders: "a writer enters while readers are inside",
    WritersNotPreferred: "readers enter past a writer that waits",
    FairQueueOvertaken: "at a fair lock anybody enters first",
    DowngradeLeaves: "after `downgrade` nobody is inside",
    // Semaphores.
    PermitKept: "`acquire` takes no permit",
    BoundForgotten: "a permit too many is accepted",
    TryAcquireNever: "`try_acquire` never gets a permit",
    // Conditions.
    FirstSleeperOnly: "`notify` always wakes the same sleeper, not any",
    WaitKeepsLock: "`wait` does not give the lock up",
    WakesWithoutLock: "whoever is woken goes on without the lock",
    NotifyAllWakesOne: "`notify_all` wakes one",
    NeverSpurious: "a `spurious` condition wakes nobody by itself",
    // Events.
    SetWakesNobody: "`set` does not wake who already waits",
    ClearCallsBack: "`clear` calls back who was let through and has not gone on",
    AutoStaysSet: "an `auto` event stays set",
    MissedForgotten: "nobody remembers that a signal came too early",
    MissedBeforeReturn: "what was missed does not matter in a function from which one comes back to wait",
    // Barriers, latches, once.
    BarrierOneTooFew: "a barrier opens when one is still missing",
    BarrierOrderZero: "everybody is the first at a barrier",
    BarrierStaysOpen: "a barrier lets whoever comes to its next round through at once",
    AbortWakesNobody: "`abort` leaves those who wait",
    LatchOneTooEarly: "a latch opens at 1",
    OnceAgain: "a `once` block runs for everybody",
    // Executors.
    IdleAllAlike: "the first idle worker takes the job, whatever it still holds",
    // Channels.
    LastInFirstOut: "a channel gives the last message first",
    OnePlaceMore: "a channel holds one message more",
    ClosedLosesRest: "closing a channel throws its messages away",
    CloseWakesNobody: "`close` leaves those who wait at a rendezvous",
    FirstPartnerOnly: "a rendezvous is always with the same partner, not any",
    SendOnClosedIsFine: "sending on a closed channel does nothing",
    // Memory and time.
    ExchangeAlways: "`compare_exchange` writes whatever it finds",
    FetchGivesNew: "`fetch_add` gives the new value",
    TimeOutNever: "no wait ever times out",
    JoinAtOnce: "`join` does not wait",
    // Rules.
    ReadsDoNotRace: "a read and a write do not race",
    SameValueNoRace: "two plain writes do not race",
    AtomicsRace: "two atomic accesses race",
    GuardNotAsked: "`guarded_by` is believed",
    BlockedReadNoRace: "a `wait_until` that is blocked does not race",
    CircleWhenAllStuck: "a circle of waits counts only when nobody can go on",
    CircleOfOne: "a lock taken while another is held is a circle",
    SharedOrdersCount: "two readers block each other in a lock-order circle",
    AlwaysAtTheEnd: "`always` is checked in final states only",
    FinallyNotChecked: "`finally assert` is not checked",
    OrderIgnored: "`order` is not checked",
    DaemonsMayHold: "a daemon may be stopped while it holds a lock",
    PermitsNotCounted: "permits that are missing at the end are not counted",
    LeakWhenInTime: "a thread that nobody joins is no leak",
    NoOneElseCouldHelp: "of several who wait for each other's permits only one is named",
    // Steps.
    UpdateAtOnce: "`+=` of a variable is one step",
    BlockInTwoSteps: "an `atomic` block ends after its first step",
    StartForgotten: "what a new actor does before its first step is a step of its own",
    // The search.
    GlanceForgetsRaces: "a glance says that a race was noted before",
    GlanceForgetsCircles: "a glance says that a circle of waits was noted before",
    GlanceForgetsRequests: "a glance says that a request for a lock was noted before",
    GlanceForgetsAnswers: "a glance says that an `always` was noted before",
    CaughtRegisterCleared: "a register that only a handler of exceptions reads is cleared",
    FirstWayOnly: "only the first way of a step that can go several ways is taken",
    CutOffIsTheEnd: "a run that is cut off by a limit has come to its end",
    FingerprintsDecide: "states with the same short hash are taken for one",
    CheckpointOfAnother: "a checkpoint of another scenario is gone on from",
    BlockedCostsSwitch: "leaving an actor that is blocked counts as a preemption",
    // Leaving out orders of steps: what accords.
    TakesAccord: "two who take a lock or a permit accord",
    TriesAccord: "giving a lock back accords with trying to take it",
    AskingAccords: "giving a permit back accords with asking how many there are",
    SendsAccord: "two who send accord",
    ReceivesAccord: "two who receive accord",
    WritesAccord: "two writes accord",
    ReadsAccord: "a write accords with a read",
    ConditionReadsNothing: "a `wait_until` reads nothing",
    BlockForgotten: "of an `atomic` block only the first step is looked at",
    JoinInBlockIsBlind: "an `atomic` block does not see who has not ended yet",
    EndsAccord: "nobody sees in which order actors end",
    MissedAccord: "nobody sees whether a signal is missed before or after a step",
    WatchedForgotten: "writes to the variables of a property accord",
    ObjectsNotWatched: "what changes an object that a property asks accords",
    EndStopsNobody: "the end of the program cuts nobody off",
    LeavingIsWorking: "who is about to end is thought to be still at work",
    TimedJoinIsBlind: "who joins with a time-out cannot tell when an actor ends",
    CopiesAreGates: "who waits for a lock waits for the holder of another process's copy",
    UnknownIndexIsFirst: "an index that is not known is 0",
    // The same: who may still do what.
    OnlyNextStep: "of the others only the next step is looked at",
    EnteredForgotten: "what a function does that is called or spawned is forgotten",
    ReturnsForgotten: "what comes after a return is forgotten",
    HandlersForgotten: "what comes after an exception is forgotten",
    BlockedNeedNobody: "who is blocked needs nobody",
    HolderNotNeeded: "who waits for a lock does not need its holder",
    BeforeGateNotAsked: "who will take a lock that is held does nothing before",
    WorkAfterCannotFail: "what joins the end of a section that only adds does not fail",
    AnySemaphoreIsADoor: "nobody comes past a semaphore while one is inside",
    DoorsHaveNoOtherUse: "a semaphore that is used as a lock is used as nothing else",
    DoorsOpenBothWays: "one place in the code tells who has a permit",
    AnybodyOpensDoors: "who gives a permit back has one",
    LocalsAreNotSeen: "nobody sees a local that is set after a section that only adds",
    SumsGoBothWays: "whoever adds or subtracts first, the same values are seen",
    ReadStaysInRegister: "what was read in a section that only adds is forgotten",
    WordsNeedNoGuard: "what is added to under a lock is used under it alone",
    SumsNeverOverflow: "sums stay within an `int` and within ranges",
    SumsStayLarge: "a sum that is large enough stays so where others subtract",
    SumsAreNeverTooLarge: "nobody adds more than what is waited for with `==`",
    WhoAddsHelpsNobody: "whoever adds does not help one who waits for the sum",
    GateHolderForgotten: "what lies behind a lock that is held never comes",
    GateNotPassedBy: "nobody leaves a function without taking the lock in it",
    FaultLeavesOthers: "a step in which the execution stops leaves the others alone",
    // The same: which programs must be searched whole.
    CirclesIgnored: "runs that go round may ignore an actor for ever",
    HiddenReduced: "what comes in which order may be left out though it is asked for",
    GrowingCirclesReduced: "a circle of waits is thought never to grow",
    UnownedReduced: "a lock that anybody gives back is reduced",
    SettledAtOnce: "no better run to a bug comes after the first one that was found",
    ReducedIsShortest: "the shortest of the runs that were not left out is a shortest",
    // Starvation.
    SectionsEnd: "nobody goes round while it holds a lock",
    FirstWalkIsFair: "a walk tells whether a circle is fair, whatever is owed",
    // Symmetry.
    AllAreAlike: "actors of one function are alike, whatever their arguments",
    JoinIsBlind: "who waits for one of them cannot tell actors apart",
    QueuesNotRenamed: "actors keep their old numbers in queues",
    ToldByNumber: "of tasks whose time is up the one with the lower number is told",
    TurnsNotRenamed: "tasks keep their old numbers in their loop",
    AllAreTwins: "like actors do the same, wherever they are",
    ClassCountsOnce: "a state counts once, however many it stands for",
    FailuresForgotten: "a job that failed leaves nothing behind",
    SubmitsForgotten: "an empty queue stays empty",
    AnyWorkerWillDo: "who ends a job may come first, also where workers are told apart",
    WorkersCounted: "workers that differ can be numbered in all ways",
}

#[cfg(feature = "planted")]
static PLANTED: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(usize::MAX);

/// Plants a mistake for the whole process, or takes it out again.
#[cfg(feature = "planted")]
pub fn plant(mistake: Option<Mistake>) {
    let which = mistake.map_or(usize::MAX, |mistake| mistake as usize);
    PLANTED.store(which, std::sync::atomic::Ordering::SeqCst);
}

/// Whether this mistake is to be made.
#[inline]
pub fn planted(mistake: Mistake) -> bool {
    #[cfg(feature = "planted")]
    return PLANTED.load(std::sync::atomic::Ordering::Relaxed) == mistake as usize;
    #[cfg(not(feature = "planted"))]
    {
        let _ = mistake;
        false
    }
}
