//! What became of a job: D004, and K003 and K001 of jobs.

use super::states::Column;
use super::steps;
use super::story::{Story, list};
use super::told::Told;
use crate::analysis::{Blocked, Resource, Wait, starved};
use crate::program::{Instr, ObjectId, Pc};
use crate::report::Place;
use crate::semantics::{Chooser, EventKind, Exception, JobStatus, Recorder};

/// All workers of an executor wait for jobs that only they could run.
pub(super) fn workers_starved(told: &mut Told<'_, '_>, blocked: &Blocked) {
    let story = told.story;
    let Some(executor) = starved(story.machine(), story.end(), blocked) else {
        return;
    };
    let name = story.object(executor).to_owned();
    told.about(Column::Object(executor));
    let n = story.machine().workers_of(executor).count();
    let queued = queue(story, executor);
    told.say(match (n, queued.len()) {
        (1, 1) => {
            format!("deadlock: the only worker of `{name}` waits for a job that only it could run")
        }
        (1, _) => {
            format!("deadlock: the only worker of `{name}` waits for jobs that only it could run")
        }
        _ => {
            format!("deadlock: all {n} workers of `{name}` wait for jobs that only they could run")
        }
    });
    for &job in &queued {
        submitted(told, job, "waits in the queue since here");
    }
    let names: Vec<String> = queued
        .iter()
        .map(|&job| format!("`{}`", story.job(job)))
        .collect();
    let verb = if names.len() == 1 { "waits" } else { "wait" };
    let workers = if n == 1 {
        "its only worker is".to_owned()
    } else {
        format!("all {n} workers are")
    };
    told.fact(
        "the queue",
        format!(
            "{} {verb} in the queue of `{name}`, and {workers} busy waiting",
            list(&names, 4)
        ),
    );
    told.help(format!(
        "do not wait in a job for a job of `{name}`: call the function, or let whoever submits do \
         the waiting"
    ));
    told.help("or give the inner jobs an executor of their own");
}

/// What helps somebody who waits for a job that is blocked itself.
pub(super) fn help_of_circle(story: &Story<'_>, cause: &[&Wait]) -> Option<String> {
    let wait = cause
        .iter()
        .find(|wait| matches!(wait.resource, Resource::Job(_)))?;
    let Resource::Job(job) = wait.resource else {
        return None;
    };
    let (who, job) = (story.quoted(wait.actor), story.job(job));
    let holds = cause
        .iter()
        .any(|other| matches!(other.resource, Resource::Lock(_) | Resource::Write(_)));
    Some(if holds {
        format!("let {who} give back what `{job}` needs before it waits for the result")
    } else {
        format!(
            "let {who} go on without the result of `{job}`, which itself waits for it; what it then \
             returns, only the author can say"
        )
    })
}

fn queue(story: &Story<'_>, executor: ObjectId) -> Vec<usize> {
    let machine = story.machine();
    machine
        .jobs_of(story.end(), executor)
        .filter(|&job| {
            let status = machine.layout().job_status(story.end(), job);
            status == Some(JobStatus::Pending)
        })
        .collect()
}

/// The step in which something happened to a job.
fn step_of(story: &Story<'_>, wanted: impl Fn(&EventKind) -> bool) -> Option<usize> {
    (0..story.steps().len()).find(|&step| story.events(step).any(|event| wanted(&event.kind)))
}

/// Where a job was submitted.
fn submitted(told: &mut Told<'_, '_>, job: usize, what: &str) {
    let story = told.story;
    let is_submit = |kind: &EventKind| matches!(kind, EventKind::Submitted(_, it) if *it == job);
    let Some(step) = step_of(story, is_submit) else {
        return;
    };
    told.script.key.insert(step);
    let by = story.steps()[step].action.actor;
    let label = format!("step {}: `{}` {what}", step + 1, story.job(job));
    let place = Place::new(steps::span(story, step), label);
    told.place(place.by(story.actor(by), "submit"));
}

/// The job that failed with an exception, if it was in a job.
pub(super) fn raised_in(story: &Story<'_>, exception: &Exception) -> Option<String> {
    let steps = story.steps().iter().flat_map(|step| &step.events);
    let mut failures = steps.filter_map(|event| match &event.kind {
        EventKind::Failed(job, raised) if raised == exception => Some(*job),
        _ => None,
    });
    failures.next().map(|job| story.job(job))
}

/// A job failed, and nobody asked its future.
pub(super) fn failed(told: &mut Told<'_, '_>, job: usize, exception: &Exception) {
    let story = told.story;
    let worker = story.run.worker_of(job);
    let submitter = story.layout().submitted_at(story.end(), job);
    told.script.actors = worker.into_iter().collect();
    let name = story.program.name(exception.name).to_owned();
    let is_failure = |kind: &EventKind| matches!(kind, EventKind::Failed(it, _) if *it == job);
    if let Some(step) = step_of(story, is_failure) {
        told.script
            .note(step, format!("{name} goes into the future, unseen"));
    }
    let job_name = story.job(job);
    match (exception.misuse, worker) {
        (Some(misuse), Some(worker)) => super::misuse::in_job(told, worker, exception, misuse),
        _ => {
            told.say(format!(
                "the job `{job_name}` fails with `{name}`, and nobody asks"
            ));
            let place = Place::primary(
                story.span(exception.pc),
                format!("`{job_name}` raises `{name}` here"),
            );
            told.place(place.by(worker.map_or("?", |it| story.actor(it)), "raise"));
        }
    }
    if let Some(worker) = worker {
        super::race::call_sites(told, &[worker]);
    }
    let label = "nobody calls `result()` or `exception()` of this future";
    told.place(Place::new(story.span(submitter), label).role("submit"));
    told.fact(
        "not caught",
        format!(
            "the exception ends the job, not its worker: it is kept in the future, and raised \
             again only when somebody asks for the result of `{job_name}`"
        ),
    );
    told.help(
        "keep the future and ask it: `f.result()` raises the exception again, `f.exception()` \
         gives its name",
    );
}

/// A job was not done when the program ended.
pub(super) fn lost(told: &mut Told<'_, '_>, job: usize) {
    let story = told.story;
    let main = story.program.actors.iter().position(|it| it.main);
    let main_name = main.map_or("the program".to_owned(), |it| story.quoted(it));
    let worker = story.run.worker_of(job);
    told.script.actors = main.into_iter().chain(worker).collect();
    let executor = story.layout().job_executor(story.end(), job);
    told.about(Column::Object(executor));
    let (name, pool) = (story.job(job), story.object(executor));
    let running = worker.filter(|&it| story.machine().job_on(story.end(), it) == Some(job));
    let how = match running {
        Some(_) => "in the middle of its work",
        None => "before it has begun",
    };
    told.say(format!(
        "the job `{name}` is lost, {how}: {main_name} ends, and the program with it"
    ));
    let span = story.span(story.layout().submitted_at(story.end(), job));
    let label = format!("`{name}` is submitted here, and nobody waits until it is done");
    told.place(Place::primary(span, label).role("submit"));
    match running {
        Some(worker) => {
            let here = story.span(story.layout().pc(story.end(), worker));
            let label = format!("{} still had this to do", story.quoted(worker));
            told.place(Place::new(here, label).by(story.actor(worker), "cut off"));
        }
        None => told.fact(
            "the queue",
            format!("`{name}` is still in the queue of `{pool}`"),
        ),
    }
    if let Some(step) = story.steps().len().checked_sub(1) {
        told.script.note(step, "the program ends here");
    }
    told.help(format!(
        "wait for it before {main_name} ends: `f.result()`, or all the work inside \
         `with {pool} {{ … }}`"
    ));
}

impl Story<'_> {
    /// The last instruction of a job's function that its worker has executed up to a
    /// step: the `return` by which it ended.
    pub fn last_of_job(&self, step: usize, worker: usize, job: usize) -> Option<Pc> {
        let submitted = self.layout().submitted_at(self.end(), job);
        let Instr::Submit { function, .. } = self.program.instr(submitted) else {
            return None;
        };
        let function = &self.program.functions[function.index()];
        let inside = function.entry..function.end;
        let own = (0..=step)
            .rev()
            .filter(|&it| self.steps()[it].action.actor == worker);
        own.take(2).find_map(|it| {
            let mut executed = Executed::default();
            let mut state = self.before(it).clone();
            let mut way = Chooser::fixed(self.steps()[it].action.way);
            // What stops has executed something, too.
            let _ = self
                .machine()
                .step(&mut state, worker, &mut way, &mut executed);
            executed.0.into_iter().rev().find(|pc| inside.contains(pc))
        })
    }
}

/// The instructions that a step executes, in order.
#[derive(Default)]
struct Executed(Vec<Pc>);

impl Recorder for Executed {
    fn executed(&mut self, pc: Pc) {
        self.0.push(pc);
    }
}
