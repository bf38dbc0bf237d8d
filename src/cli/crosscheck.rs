//! `threadbare crosscheck`: what our search, shuttle and loom say of a scenario,
//! side by side. Any disagreement that is not explained is exit status 1.
//!
//! Also the hidden command that runs an engine in a process of its own.

use super::args::CrosscheckArgs;
use super::failure::Failure;
use super::graph::complain_about;
use super::output::{Out, note};
use super::plan::{inputs, selecting, with_witnesses};
use super::status::Exit;
use super::terminal::Looks;
use crate::base::Source;
use crate::bridge::{End, Engine, refusal};
use crate::checker::witness::{
    Comparison, Difference, Led, Ours, compare, led, ours, receive, see,
};
use crate::checker::{Checker, Loaded};
use crate::explore::Limits;
use crate::program::Program;
use crate::report::escape;
use crate::report::tell::{how_far, thousands};
use crate::trace::{Schedule, replay};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read;
use std::time::Instant;

/// Compares, prints, and says how it went.
///
/// # Errors
///
/// If a file cannot be read, or this build has no engines.
pub fn run(args: &CrosscheckArgs, looks: Looks) -> Result<Exit, Failure> {
    let checker = with_witnesses(selecting(&args.select))?
        .max_executions(args.executions.0)
        .max_states(args.max_states.0)
        .timeout(args.timeout.0)
        .sets_where_known();
    let mut out = Out::new();
    let mut tally = Tally::default();
    let mut exit = Exit::Met;
    for input in inputs(&args.paths)? {
        let source = input
            .into_source()
            .map_err(|error| Failure::unreadable(&error))?;
        if complain_about(&checker, &source, looks) {
            exit = exit.max(Exit::Error);
            continue;
        }
        let loaded = checker.load(&source);
        for (index, scenario) in loaded.scenarios.iter().enumerate() {
            if let (true, Some((_, program))) = (checker.wants(&scenario.name), &scenario.program) {
                let compared = Compared::new(args, &checker, &source, (index, scenario), program);
                tally.add(&compared);
                if args.verbose || compared.differs() {
                    out.print(&compared.text)?;
                }
                if compared.differs() {
                    exit = exit.max(Exit::Failed);
                }
            }
        }
    }
    out.print(&tally.text())?;
    Ok(exit)
}

/// Runs an errand: JSON on standard input, JSON on standard output.
///
/// # Errors
///
/// If it makes no sense.
pub fn witness() -> Result<Exit, Failure> {
    let mut text = String::new();
    let read = std::io::stdin().read_to_string(&mut text);
    read.map_err(|error| Failure::new(format!("no errand: {error}")))?;
    let answer = receive(&text).map_err(Failure::new)?;
    Out::new().print(&answer)?;
    Ok(Exit::Met)
}

/// What came of one scenario with one engine.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Fate {
    /// Both saw everything, and the same.
    Same,
    /// It saw less, for a reason that is known.
    Explained,
    /// What it saw until it stopped is the same.
    AsFar,
    /// It cannot say this.
    Refused,
    /// They disagree.
    Differs,
}

/// One scenario, compared.
struct Compared {
    fates: Vec<(Engine, Fate)>,
    text: String,
}

impl Compared {
    fn new(
        args: &CrosscheckArgs,
        checker: &Checker,
        source: &Source,
        (index, scenario): (usize, &Loaded),
        program: &Program,
    ) -> Self {
        let line = source.position(scenario.line_at).line;
        let mut text = format!(
            "{}  {}:{line}\n",
            escape::line(&scenario.name),
            escape::line(source.name())
        );
        let limits = Limits {
            states: args.max_states.0,
            time: Some(args.timeout.0),
            ..Limits::default()
        };
        let begun = Instant::now();
        let ours = ours(program, &limits, 1);
        time(args, "threadbare", begun);
        let all = if ours.bound.is_some() {
            ": not all"
        } else {
            ""
        };
        let states = format!("{} states{all}", thousands(ours.states));
        row(
            &mut text,
            "threadbare",
            &verdict(&ours),
            ours.ends.len(),
            &states,
        );
        let mut fates = Vec::new();
        for engine in [Engine::Shuttle, Engine::Loom] {
            let begun = Instant::now();
            let fate = one(checker, engine, source, index, program, &ours, &mut text);
            time(args, engine.name(), begun);
            fates.push((engine, fate));
        }
        text.push('\n');
        Self { fates, text }
    }

    fn differs(&self) -> bool {
        self.fates.iter().any(|&(_, fate)| fate == Fate::Differs)
    }
}

fn time(args: &CrosscheckArgs, engine: &str, begun: Instant) {
    if args.verbose {
        let ms = begun.elapsed().as_secs_f64() * 1000.0;
        note(&format!("{engine}: {ms:.0} ms"));
    }
}

fn row(text: &mut String, engine: &str, verdict: &str, ends: usize, how_far: &str) {
    let many = if ends == 1 { "end" } else { "ends" };
    let ends = format!("{ends} {many}");
    let _ = writeln!(text, "  {engine:<11} {verdict:<26} {ends:<8}  {how_far}");
}

/// Kinds of ends that are failures.
fn verdict(ours: &Ours) -> String {
    kinds(ours.ends.keys())
}

fn kinds<'a>(ends: impl Iterator<Item = &'a End>) -> String {
    let kinds: std::collections::BTreeSet<&str> = ends
        .filter_map(|end| match end {
            End::Final(_) => None,
            End::Deadlock(_) => Some("deadlock"),
            End::Fault { .. } => Some("fault"),
            End::Race(_) => Some("race"),
        })
        .collect();
    if kinds.is_empty() {
        return "no failure".to_owned();
    }
    kinds.into_iter().collect::<Vec<_>>().join(", ")
}

fn one(
    checker: &Checker,
    engine: Engine,
    source: &Source,
    index: usize,
    program: &Program,
    ours: &Ours,
    text: &mut String,
) -> Fate {
    let name = engine.name();
    if let Some(refusal) = refusal(engine, program) {
        let line = source.position(refusal.span.start).line;
        let _ = writeln!(
            text,
            "  {name:<11} cannot say this: {} (line {line})",
            refusal.what
        );
        return Fate::Refused;
    }
    let bounds = checker.witness_bounds();
    let Ok(sight) = see(checker, engine, source, index, program, bounds) else {
        return Fate::Refused;
    };
    let seen = kinds(sight.ends.iter().map(|(end, _)| end));
    let executions = if sight.executions == 1 {
        "execution"
    } else {
        "executions"
    };
    let far = format!(
        "{} {executions}: {}",
        thousands(sight.executions),
        how_far(engine, &sight)
    );
    row(text, name, &seen, sight.ends.len(), &far);
    let Comparison {
        differences,
        explained,
        ..
    } = compare(program, engine, &sight, ours);
    let led = |text: &mut String, end: &End, schedule: &Schedule| {
        if let Ok(led) = led(checker, engine, source, index, program, (end, schedule)) {
            let told = told_led(program, source, name, schedule, &led);
            let _ = writeln!(text, "      {told}");
        }
    };
    for difference in &differences {
        let told = told(program, name, difference);
        let _ = writeln!(text, "    disagreement: {told}");
        if let Difference::OnlyOurs(end, schedule) = difference {
            led(text, end, schedule);
        }
    }
    if let Some((end, why)) = explained.first() {
        let n = explained.len();
        let ends = if n == 1 { "end" } else { "ends" };
        let _ = writeln!(text, "    explained: it misses {n} {ends}; {why}");
        if let Some(schedule) = ours.ends.get(end) {
            led(text, end, schedule);
        }
    }
    match () {
        () if !differences.is_empty() => Fate::Differs,
        () if !explained.is_empty() => Fate::Explained,
        () if sight.unfinished.is_some() || ours.bound.is_some() => Fate::AsFar,
        () => Fate::Same,
    }
}

fn told(program: &Program, name: &str, difference: &Difference) -> String {
    match difference {
        Difference::CannotFollow(end, _, lost) => {
            let at = lost.at.map_or("its end".to_owned(), |record| {
                format!("a step of actor {}", record.actor)
            });
            let token = lost.schedule.token(program);
            format!(
                "{name} reaches {}; we can follow it as far as `{token}`, then not {at}",
                shown(program, end)
            )
        }
        Difference::EndsOtherwise(end, schedule) => format!(
            "{name} reaches {}; our same run `{}` does not",
            shown(program, end),
            schedule.token(program)
        ),
        Difference::OnlyTheirs(end, schedule) => format!(
            "{name} reaches {}, which our search does not know; replay `{}`",
            shown(program, end),
            schedule.token(program)
        ),
        Difference::OnlyOurs(end, schedule) => format!(
            "{name} never reaches {}; we do: replay `{}`",
            shown(program, end),
            schedule.token(program)
        ),
        Difference::Broken(message) => {
            let first = message.lines().next().unwrap_or_default();
            format!("{name} failed by itself: {}", escape::line(first))
        }
    }
}

/// What an engine makes of a schedule that it never took by itself.
fn told_led(
    program: &Program,
    source: &Source,
    name: &str,
    schedule: &Schedule,
    led: &Led,
) -> String {
    match led {
        Led::Reached => {
            format!("led along this run, {name} comes to the same end: it can, but never tries")
        }
        Led::Otherwise => {
            format!("led along this run, {name} takes every step, and comes to another end")
        }
        Led::Stopped(step, order) => {
            let line = source.position(program.site(order.pc).span.start).line;
            let names = replay(program, schedule).map(|it| it.actor_names());
            let actor = names.ok().and_then(|mut it| it.drain(..).nth(order.actor));
            let actor = actor.unwrap_or_else(|| format!("actor {}", order.actor));
            format!(
                "led along this run, {name} does not take step {}: `{actor}`, line {line}",
                step + 1
            )
        }
        Led::Raced(race) => {
            let cell = &program.cells[race.cell].name;
            format!(
                "led along this run, {name} sees a data race on {cell} on the way, and ends there"
            )
        }
        Led::Refused(what) => {
            format!("led along this run, {name} meets something that it cannot say: {what}")
        }
        Led::Broken(message) => {
            let first = message.lines().next().unwrap_or_default();
            format!(
                "led along this run, {name} failed by itself: {}",
                escape::line(first)
            )
        }
    }
}

fn shown(program: &Program, end: &End) -> String {
    match end {
        End::Final(picture) => {
            let cells = program.cells.iter().zip(&picture.cells);
            let cells: Vec<String> = cells
                .map(|(cell, value)| format!("{} = {value}", cell.name))
                .collect();
            format!("the end with {}", cells.join(", "))
        }
        End::Deadlock(_) => "a deadlock".to_owned(),
        End::Fault { .. } => "a failing assertion or calculation".to_owned(),
        End::Race(race) => format!("a data race on {}", program.cells[race.cell].name),
    }
}

/// How often what came of it.
#[derive(Default)]
struct Tally(BTreeMap<(Engine, Fate), u64>, u64);

impl Tally {
    fn add(&mut self, compared: &Compared) {
        self.1 += 1;
        for &fate in &compared.fates {
            *self.0.entry(fate).or_default() += 1;
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{} scenarios\n", self.1);
        for engine in [Engine::Shuttle, Engine::Loom] {
            let n = |fate| self.0.get(&(engine, fate)).copied().unwrap_or(0);
            let _ = writeln!(
                text,
                "  {:<8} agrees on everything: {}, as far as it came: {}, \
                 explained: {}, cannot say: {}, disagrees: {}",
                engine.name(),
                n(Fate::Same),
                n(Fate::AsFar),
                n(Fate::Explained),
                n(Fate::Refused),
                n(Fate::Differs)
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::orders;

    #[test]
    fn where_an_engine_stops_is_told_with_name_and_line() {
        let text =
            "scenario \"a\" {\n lock m\n thread p { with m { } }\n thread q { with m { } } }";
        let source = Source::new("a.tb", text);
        let loaded = Checker::new().load(&source);
        let (_, program) = loaded.scenarios[0].program.as_ref().expect("it is right");
        let token: crate::trace::Token = "0011".parse().expect("a token");
        let orders = orders(program, &token.schedule).expect("a run");
        let told = |led: Led| told_led(program, &source, "shuttle", &token.schedule, &led);
        assert_eq!(
            told(Led::Stopped(2, orders[2])),
            "led along this run, shuttle does not take step 3: `q`, line 4"
        );
        let broken = Led::Broken("a panic\nin two lines".to_owned());
        let broken = told(broken);
        assert_eq!(
            broken,
            "led along this run, shuttle failed by itself: a panic"
        );
        for led in [Led::Reached, Led::Otherwise] {
            let told = told(led);
            assert!(told.contains("this run"), "{told}");
        }
    }
}
