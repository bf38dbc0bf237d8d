//! What there is to learn from each rule: one sentence for the report, and a
//! paragraph for someone who meets this kind of bug for the first time.
//!
//! **Deliberately absent:** examples and repairs at length; `explain` has them.

use crate::analysis::Rule;

/// A headline for a finding about which nothing else can be said.
pub(super) fn headline(rule: Rule) -> &'static str {
    match rule {
        Rule::Race => "data race",
        Rule::LostUpdate => "lost update",
        Rule::Unguarded => "access without the lock",
        Rule::Deadlock => "deadlock",
        Rule::Forsaken => "an actor waits for ever",
        Rule::SelfDeadlock => "an actor waits for itself",
        Rule::WorkersStarved => "all workers wait for jobs that only they could run",
        Rule::LockOrder => "locks are taken in both orders",
        Rule::Assert => "assertion failed",
        Rule::Always => "an `always` does not hold",
        Rule::Finally => "a `finally assert` fails",
        Rule::Outcomes => "other final values than `outcomes` says",
        Rule::Sometimes => "a `sometimes` never holds",
        Rule::Eventually => "an `eventually` that never comes",
        Rule::LeadsTo => "a `leads_to` that never follows",
        Rule::Order => "two steps in the wrong order",
        Rule::LostSignal => "lost signal",
        Rule::Starvation => "starvation",
        Rule::Spinning => "spinning",
        Rule::Livelock => "livelock",
        Rule::BlockedLoop => "a blocking call stops the event loop",
        Rule::NeverAwaited => "a task that nobody awaits",
        Rule::Leak => "a spawned actor that nobody waits for",
        Rule::LockLeak => "an actor ends holding a lock",
        Rule::Swallowed => "an exception ends an actor and nobody notices",
        Rule::PermitLeak => "permits are missing at the end",
        Rule::Killed => "a daemon is stopped in the middle of something",
        Rule::NotHeld => "gives back what it does not hold",
        Rule::WaitWithoutLock => "waits on a condition without its lock",
        Rule::ReleasedPastBound => "a semaphore is released past its bound",
        Rule::SendOnClosed => "sends on a closed channel",
        Rule::ClosedTwice => "a channel is closed twice",
        Rule::CountedTooFar => "counts below zero",
        Rule::NotStarted => "joins what was never started",
        Rule::BlockedInAtomic => "an atomic block cannot go on",
        Rule::SubmittedAfterShutdown => "submits a job to an executor that was shut down",
        Rule::BarrierCrowded => "more actors at a barrier than it has places",
        Rule::Overflow => "arithmetic overflow",
        Rule::Bounds => "index out of bounds",
        Rule::DivisionByZero => "division by zero",
        Rule::SleepAsSignal => "`sleep` used as synchronisation",
        Rule::Polling => "polling where one could wait",
        Rule::ThreadPerJob => "a thread for each piece of work",
        Rule::NotifyWithoutLock => "notify without the lock",
        Rule::WaitInIf => "`if` around a wait",
        Rule::NeverReached => "never reached",
        Rule::CannotFail => "cannot fail",
    }
}

/// The rule that was broken, in one plain sentence.
pub(super) fn rule(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::Race => {
            "a write and another access of one variable must never be possible at the same time"
        }
        Rule::LostUpdate => {
            "what you write must be computed from what is there when you write, not from what was \
             there before"
        }
        Rule::Unguarded => {
            "every access of a variable that a lock guards must hold that lock, reads too"
        }
        Rule::Deadlock => "take locks in one order everywhere, then no circle can close",
        Rule::Forsaken => {
            "before you wait, make sure that somebody is left who will do what you wait for"
        }
        Rule::SelfDeadlock => "nobody can wait for something that only they themselves could do",
        Rule::WorkersStarved => "a job must not wait for another job of its own executor",
        Rule::LockOrder => {
            "two orders of the same locks are a deadlock as soon as they can overlap"
        }
        Rule::Assert => {
            "what you have checked stays true only as long as nobody else can change it"
        }
        Rule::Always => "`always` speaks of every moment, also of those between two steps",
        Rule::Finally => {
            "what is said of the end must be true in every order in which the steps can run"
        }
        Rule::Outcomes => "`outcomes` names every way a run can end, and no other",
        Rule::Sometimes => "`sometimes` asks for one run that gets there, and there is none",
        Rule::Eventually | Rule::LeadsTo => {
            "what must come has to come on every fair run: no luck of timing may put it off for ever"
        }
        Rule::Starvation => {
            "that nobody is blocked for good does not mean that everybody gets a turn"
        }
        Rule::Spinning => "wait with something that sleeps, not with a loop that looks",
        Rule::Livelock => "to give way to each other only helps if not all do it",
        Rule::Order => "only a join, a lock, a message or a signal puts two steps in order",
        Rule::LostSignal => {
            "a notify is not remembered: put the news into a variable, and test it under the lock \
             before you wait"
        }
        Rule::BlockedLoop => {
            "in a task, whatever may take time is awaited: without `await` it stops all tasks of \
             the loop"
        }
        Rule::NeverAwaited => "whoever starts a task awaits it",
        Rule::Leak => "whoever starts a thread waits for its end",
        Rule::LockLeak => "give a lock back on every way out; `with` does so by itself",
        Rule::Swallowed => "an exception ends only its own actor; somebody must look at the result",
        Rule::PermitLeak => "give a permit back on every way out; `with` does so by itself",
        Rule::Killed => {
            "a daemon can be stopped after any step; it must not do what must be finished"
        }
        Rule::NotHeld => {
            "only who holds a lock may give it back, and only as often as it was taken"
        }
        Rule::WaitWithoutLock => "test, and wait, under the lock of the condition",
        Rule::ReleasedPastBound => "release once for each acquire",
        Rule::SendOnClosed => "close a channel only when nobody will send any more",
        Rule::ClosedTwice => "one place closes a channel",
        Rule::CountedTooFar => "count down once for each thing that was counted up",
        Rule::NotStarted => "join only a thread that has been started",
        Rule::BlockedInAtomic => "only the first thing in an atomic block may wait",
        Rule::SubmittedAfterShutdown => {
            "shut an executor down only when nobody will submit any more"
        }
        Rule::BarrierCrowded => "a barrier has a place for each one who comes, and no more come",
        Rule::Overflow => "a value must stay in its range in every order of the steps",
        Rule::Bounds => "an index must be inside its array in every order of the steps",
        Rule::DivisionByZero => "test the divisor, and keep others from changing it after the test",
        Rule::NotifyWithoutLock => {
            "change the condition and notify under the same lock, so that no waiter can be between \
             its test and its sleep"
        }
        Rule::SleepAsSignal => {
            "time puts nothing in order: wait for what you need, not for a while"
        }
        Rule::Polling => "who waits sleeps, and is woken; who asks again and again is in the way",
        Rule::ThreadPerJob => "as many threads as can work at once; the rest waits in a queue",
        Rule::WaitInIf => "a wake-up is a hint: test the condition again while you hold the lock",
        Rule::NeverReached | Rule::CannotFail => return None,
    })
}

/// What kind of bug it is, for someone who has never seen one.
pub(super) fn beginner(rule: Rule) -> &'static str {
    match rule {
        Rule::Race => {
            "Two threads use the same variable at the same time, and at least one of them changes \
             it. Which of them comes first is luck, so the result is luck, too. Real machines may \
             even do stranger things than any order of the steps shown here. It usually works in \
             tests and fails on a busy day."
        }
        Rule::LostUpdate => {
            "One thread reads a value and computes a new one from it. Before it writes the new \
             value, another thread writes. The second write wipes out the first, as if it had \
             never happened."
        }
        Rule::Unguarded => {
            "The author said that a lock guards this variable: whoever looks at it or changes it \
             first takes the lock. Here it is used without. One forgotten place is enough to make \
             all the other careful places useless."
        }
        Rule::Deadlock => {
            "Each of these threads waits for something that only another of them can give or give \
             back. They stand in a circle, everybody waits, and nobody can move again. The program \
             does not crash; it just stops."
        }
        Rule::Forsaken => {
            "A thread waits for something that another thread should do: give a lock back, send a \
             message, wake it up. But nobody is left who will do it. So it waits for ever."
        }
        Rule::SelfDeadlock => {
            "A thread waits for something that only this thread itself could do, like someone who \
             has locked the door and waits inside for the door to be opened. It waits for ever, \
             even if no other thread exists."
        }
        Rule::WorkersStarved => {
            "An executor has a few workers and a queue of jobs. Each worker is busy with a job that \
             waits for another job, and that one is still in the queue: it needs a worker, and \
             there is none left. Nothing moves again, with work in the queue."
        }
        Rule::LockOrder => {
            "One thread takes two locks in one order, another takes them in the other order. If \
             both do it at the same time, each can get its first lock, and both wait for ever. \
             Here something else keeps them apart, so it is safe today, but one small change can \
             make it a deadlock."
        }
        Rule::Assert => {
            "The author wrote down something that must be true at this place. There is an order \
             of the steps in which it is false. The steps in the table are that order: read them \
             from top to bottom, and look for the moment at which the state changes under \
             somebody's feet."
        }
        Rule::Always => {
            "The author wrote down something that must be true at every moment. Between two steps \
             of one thread others can run, so even a short moment in which it is false can be \
             seen. The table ends in that moment."
        }
        Rule::Finally => {
            "When all threads have ended, a result is checked. In most orders of the steps it is \
             right, in this one it is wrong. A test that runs the program a few times would \
             probably not notice."
        }
        Rule::Outcomes => {
            "The same program can end with different values, depending on who runs when. The \
             author wrote down which values are possible. The checker tried all orders, and found \
             a different set."
        }
        Rule::Sometimes => {
            "The author asked for something to be possible. The checker tried every order of the \
             steps, and it never happens. Often a condition is wrong, or a thread never gets to \
             the place."
        }
        Rule::Order => {
            "One step should always come before another. Nothing makes it so: threads run at \
             their own speed, and the second step can come first."
        }
        Rule::Eventually | Rule::LeadsTo => {
            "The author wrote down something that must happen sooner or later. Here is a run in \
             which it never does. The part with the bar at its left repeats for ever; nobody is \
             treated unfairly in it, everybody who can always go on does so again and again."
        }
        Rule::Starvation => {
            "A thread waits, and it is never its turn. The others are not blocked: they come and \
             go for ever, and each time somebody else is faster. It is like a queue at which \
             nobody respects the order."
        }
        Rule::Spinning => {
            "A thread asks again and again whether something has changed, like a child on a long \
             journey: are we there yet? It would be better to sleep and be woken. The loop costs \
             a processor's time and energy, and does nothing useful."
        }
        Rule::Livelock => {
            "Two people meet in a corridor. Both step to the same side, both step back, and again. \
             Everybody moves, nobody gets past. The program is busy for ever and never gets \
             anything done."
        }
        Rule::LostSignal => {
            "One thread wakes another one up, like ringing a bell. But the other has not gone to \
             sleep yet, so nobody hears the bell. Then it goes to sleep, and waits for a bell that \
             has already rung."
        }
        Rule::BlockedLoop => {
            "One thread runs all the tasks of an event loop, one after the other, like one cook \
             with many pots. At an `await` the cook turns to another pot. Here the cook stands \
             still and waits, and all the other pots stand still, too."
        }
        Rule::NeverAwaited => {
            "A task was started, and nobody ever asks how it ended. Its result is lost, and so is \
             its error. If the program ends first, its work is cut off."
        }
        Rule::Leak => {
            "A thread was started, and nobody waits until it has finished. Its work may be cut off \
             in the middle, and its errors are seen by nobody."
        }
        Rule::LockLeak => {
            "A thread has taken a lock and ends without giving it back, like someone who goes home \
             with the key. Whoever needs the lock later waits for ever."
        }
        Rule::Swallowed => {
            "A thread ends because of an error, but only this thread notices. The others go on as \
             if its work had been done."
        }
        Rule::PermitLeak => {
            "A semaphore is a box of permits: take one to go in, put it back when you leave. At \
             the end there are fewer in the box than at the beginning. After enough rounds the box \
             is empty, and everybody waits for ever."
        }
        Rule::Killed => {
            "A daemon is a thread that is stopped when all others have ended, wherever it is at \
             that moment. Here it was in the middle of something that should have been finished."
        }
        Rule::NotHeld => {
            "A thread gives back a lock that it does not have. If another thread has it, that one \
             believes it is alone when it is not."
        }
        Rule::WaitWithoutLock => {
            "To wait on a condition, a thread must hold its lock: the wait gives the lock up while \
             it sleeps. Without the lock, others could change things between the test and the \
             sleep, and the wake-up would be missed."
        }
        Rule::ReleasedPastBound => {
            "A semaphore counts how many may be inside. It was released more often than acquired, \
             so from now on too many can go in."
        }
        Rule::SendOnClosed => {
            "A closed channel is like a letter box that was taken down: it is an error to post \
             another letter. One thread closed it while another still had something to send."
        }
        Rule::ClosedTwice => {
            "Closing a channel tells everybody that nothing more will come. It was said twice, so \
             two places believe they are the last."
        }
        Rule::CountedTooFar => {
            "A counter of things still to be done was counted down more often than there were \
             things. So somebody who waits for 0 goes on too early, or never."
        }
        Rule::NotStarted => {
            "A thread waits for the end of a thread that does not exist. The handle was never set, \
             or not yet."
        }
        Rule::BlockedInAtomic => {
            "Everything in an atomic block happens in one step, with nobody else in between. So \
             nothing in it can wait for somebody else."
        }
        Rule::SubmittedAfterShutdown => {
            "Shutting an executor down says that no more work will come. Somebody still had work, \
             and brought it to a closed door."
        }
        Rule::BarrierCrowded => {
            "A barrier is a gate that opens when enough have come. More came than it was made for. \
             So the first ones go through, and who is left over waits for a group that may never \
             be complete."
        }
        Rule::Overflow => {
            "A number became larger or smaller than it may be. In other orders of the steps it \
             stays in its range."
        }
        Rule::Bounds => {
            "An array was asked for an element that it does not have. Often another thread has \
             changed the index between the test and the use."
        }
        Rule::DivisionByZero => {
            "A number was divided by zero. Often another thread has changed it between the test \
             and the division."
        }
        Rule::NotifyWithoutLock => {
            "A thread wakes others up without holding the lock they use. One of them can be just \
             between looking and falling asleep. Then it misses the call."
        }
        Rule::SleepAsSignal => {
            "A thread sleeps for a while and hopes that the other one is done by then. On a slow \
             day the other one is not. However long the sleep is, it promises nothing."
        }
        Rule::ThreadPerJob => {
            "Every piece of work gets a thread of its own, and all of them are there at the same \
             time. Each costs memory, and most of them only wait for their turn. A pool with a few \
             workers does the same work."
        }
        Rule::Polling => {
            "A thread asks again and again whether something is ready. Between two questions it is \
             too late, and while it asks it keeps others from working. It could sleep and be woken."
        }
        Rule::WaitInIf => {
            "A thread looks once whether it has to wait. When it wakes up, it believes that what it \
             waited for is true. But between the call and the wake-up another thread may have been \
             faster. Look again, in a loop."
        }
        Rule::NeverReached => {
            "The checker tried every order of the steps, and this place is never reached. So \
             nothing that stands here was tested."
        }
        Rule::CannotFail => {
            "A check that cannot fail proves nothing. Either it is never reached, or it does not \
             look at anything that changes."
        }
    }
}
