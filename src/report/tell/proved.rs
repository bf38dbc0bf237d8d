//! A clean scenario: what was proved and why, what is assumed, what is not covered.

use super::guards::guards;
use super::story::list;
use crate::analysis::{Diagnosis, Evidence, Facts, Rule, cells_of, speaks_of_runs};
use crate::base::Source;
use crate::program::{
    Actor, ActorKind, Expr, Fairness, Instr, ObjectId, ObjectKind, Program, Property, PropertyKind,
    ValueKind,
};
use crate::report::{NeverRun, Proved};

/// What a complete search without an error established.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Clean {
    /// What the proof quantifies over.
    pub scope: String,
    /// The facts, each with its reason.
    pub proved: Vec<Proved>,
    /// What they rest on.
    pub assumed: Vec<String>,
    /// What they do not speak about.
    pub not_covered: Vec<String>,
    /// Statements that no interleaving reaches.
    pub never_run: Vec<NeverRun>,
}

/// Tells what a complete search without an error established.
///
/// A line is left out where a warning says otherwise.
pub fn clean(
    program: &Program,
    source: &Source,
    facts: &Facts<'_>,
    diagnosis: &Diagnosis,
) -> Clean {
    let teller = Teller {
        program,
        source,
        facts,
        diagnosis,
    };
    let never_run = diagnosis
        .findings
        .iter()
        .filter_map(|it| match it.evidence {
            Evidence::NeverReached(span) => Some(NeverRun {
                span,
                why: String::new(),
            }),
            _ => None,
        });
    Clean {
        scope: scope(program),
        proved: teller.proved(),
        assumed: teller.assumed(),
        not_covered: teller.not_covered(),
        never_run: never_run.collect(),
    }
}

/// `for 3 clients and every interleaving`.
fn scope(program: &Program) -> String {
    let groups = groups(program);
    if groups.is_empty() {
        return "for every interleaving".to_owned();
    }
    let names: Vec<String> = groups
        .iter()
        .map(|(name, n)| format!("{n} {}", plural(name)))
        .collect();
    format!("for {} and every interleaving", names.join(", "))
}

/// Replicated actors with their number.
fn groups(program: &Program) -> Vec<(String, usize)> {
    let mut groups: Vec<(String, usize)> = Vec::new();
    for actor in &program.actors {
        if matches!(actor.kind, ActorKind::Worker(_)) {
            continue;
        }
        match groups.iter_mut().find(|(name, _)| *name == actor.declared) {
            Some((_, n)) => *n += 1,
            None => groups.push((actor.declared.clone(), 1)),
        }
    }
    groups.retain(|(_, n)| *n > 1);
    groups
}

/// The plural of an actor's name, as far as a few rules know it.
fn plural(name: &str) -> String {
    let irregular = [
        ("child", "children"),
        ("person", "people"),
        ("man", "men"),
        ("foot", "feet"),
    ];
    for (one, many) in irregular {
        if let Some(stem) = name.strip_suffix(one) {
            return format!("{stem}{many}");
        }
    }
    if name.len() < 3 {
        return format!("actors {name}");
    }
    let vowel = |c: char| "aeiou".contains(c);
    match name.strip_suffix('y') {
        Some(stem) if !stem.ends_with(vowel) => format!("{stem}ies"),
        _ if name.ends_with("ch") || name.ends_with("sh") || name.ends_with('x') => {
            format!("{name}es")
        }
        _ if name.ends_with('s') => name.to_owned(),
        _ => format!("{name}s"),
    }
}

fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 {
        format!("1 {one}")
    } else {
        format!("{n} {many}")
    }
}

struct Teller<'a, 'p> {
    program: &'a Program,
    source: &'a Source,
    facts: &'a Facts<'p>,
    diagnosis: &'a Diagnosis,
}

impl Teller<'_, '_> {
    fn proved(&self) -> Vec<Proved> {
        let mut proved = Vec::new();
        let mut add = |what: String, why: String| proved.push(Proved { what, why });
        add("no data race".to_owned(), self.no_race());
        add("no deadlock".to_owned(), self.no_deadlock());
        for (index, property) in self.program.properties.iter().enumerate() {
            add(self.text(property), self.why(index, property));
        }
        for (index, outcomes) in self.program.outcomes.iter().enumerate() {
            if outcomes.expected.is_none() {
                continue;
            }
            let n = self.diagnosis.outcomes.get(index).map_or(0, Vec::len);
            let how = if outcomes.exact {
                "exactly these occur"
            } else {
                "no others occur"
            };
            let ends = count(n, "way to end", "ways to end");
            add(self.one_line(outcomes.span), format!("{ends}: {how}"));
        }
        let asserts = self.n_asserts();
        if asserts > 0 {
            let what = if asserts == 1 {
                "the assertion holds".to_owned()
            } else {
                format!("all {asserts} assertions hold")
            };
            add(what, "whenever a run gets there".to_owned());
        }
        let (what, why) = self.nothing_left();
        if !what.is_empty() {
            add(what, why);
        }
        proved
    }

    fn text(&self, property: &Property) -> String {
        self.one_line(property.span)
    }

    fn one_line(&self, span: crate::base::Span) -> String {
        let words: Vec<&str> = self.source.slice(span).split_whitespace().collect();
        words.join(" ")
    }

    /// Which variables are shared, and by what each is protected.
    fn no_race(&self) -> String {
        let program = self.program;
        let shared = guards(program);
        let mut under: Vec<(String, Vec<String>)> = Vec::new();
        let (mut read_only, mut ordered) = (Vec::new(), Vec::new());
        let mut n_atomic = 0;
        for (var, shared) in program.vars.iter().zip(shared) {
            let Some(shared) = shared else {
                continue;
            };
            let name = format!("`{}`", var.name);
            if var.atomic {
                n_atomic += 1;
            } else if let Some(lock) = shared.common.first() {
                let lock = program.objects[lock.index()].name.clone();
                match under.iter_mut().find(|(known, _)| *known == lock) {
                    Some((_, names)) => names.push(name),
                    None => under.push((lock, vec![name])),
                }
            } else if shared.written {
                ordered.push(name);
            } else {
                read_only.push(name);
            }
        }
        let mut parts: Vec<String> = under
            .iter()
            .map(|(lock, names)| format!("{} always under `{lock}`", list(names, 4)))
            .collect();
        let mut is_plain = !parts.is_empty() || !ordered.is_empty() || !read_only.is_empty();
        if !ordered.is_empty() {
            let verb = if ordered.len() == 1 { "is" } else { "are" };
            parts.push(format!(
                "{} {verb} never used by two at once",
                list(&ordered, 4)
            ));
        }
        if !read_only.is_empty() {
            let verb = if read_only.len() == 1 { "is" } else { "are" };
            parts.push(format!("{} {verb} only read", list(&read_only, 4)));
        }
        if program.has_processes() {
            let own = program.vars.iter().filter(|var| !var.shared);
            let own: Vec<String> = own.map(|var| format!("`{}`", var.name)).collect();
            if !own.is_empty() {
                is_plain = true;
                parts.push(format!(
                    "each process has its own copy of {}",
                    list(&own, 4)
                ));
            }
        }
        if is_plain {
            parts.extend((n_atomic > 0).then(|| count(n_atomic, "atomic", "atomics")));
            return parts.join("; ");
        }
        let mut means = self.means(n_atomic);
        if !means.is_empty() {
            means += "; ";
        }
        means + "no plain variable is shared"
    }

    /// `1 atomic, 1 semaphore`.
    fn means(&self, n_atomic: usize) -> String {
        let objects = &self.program.objects;
        let n = |test: fn(&ObjectKind) -> bool| objects.iter().filter(|it| test(&it.kind)).count();
        let counted = [
            (n_atomic, "atomic", "atomics"),
            (
                n(|it| matches!(it, ObjectKind::Lock { .. } | ObjectKind::RwLock { .. })),
                "lock",
                "locks",
            ),
            (
                n(|it| matches!(it, ObjectKind::Sem { .. })),
                "semaphore",
                "semaphores",
            ),
            (
                n(|it| matches!(it, ObjectKind::Chan { .. })),
                "channel",
                "channels",
            ),
        ];
        let shown = counted.iter().filter(|(n, ..)| *n > 0);
        let shown: Vec<String> = shown.map(|(n, one, many)| count(*n, one, many)).collect();
        shown.join(", ")
    }

    fn no_deadlock(&self) -> String {
        let daemon = |actor: &Actor| actor.daemon;
        if self.diagnosis.may_run_for_ever {
            return "nobody is ever stuck for good".to_owned();
        }
        if self.program.actors.iter().any(daemon) {
            return "all but the daemons finish in every run".to_owned();
        }
        if self.program.actors.iter().any(|actor| actor.main) {
            return "the main actor finishes in every run".to_owned();
        }
        "all finish in every run".to_owned()
    }

    fn why(&self, index: usize, property: &Property) -> String {
        let finals = count(
            usize::try_from(self.facts.n_final).unwrap_or(usize::MAX),
            "final state",
            "final states",
        );
        match &property.kind {
            PropertyKind::Always(expr) => self.ranges(expr),
            PropertyKind::Finally(_) if self.facts.n_final == 0 => String::new(),
            PropertyKind::Finally(_) if self.facts.n_final == 1 => {
                "in the only state in which a run can end".to_owned()
            }
            PropertyKind::Finally(_) => format!("in all {finals}"),
            PropertyKind::Sometimes(_) => match self.facts.satisfied.get(&index) {
                Some(hit) if hit.steps == 0 => "at the very beginning".to_owned(),
                Some(hit) => format!("first after {}", count(hit.steps as usize, "step", "steps")),
                None => String::new(),
            },
            PropertyKind::Eventually(_) | PropertyKind::LeadsTo(..) => {
                "in every fair run".to_owned()
            }
            PropertyKind::Order(..) => "in every run".to_owned(),
        }
    }

    /// The values that were seen of what an expression looks at.
    fn ranges(&self, expr: &Expr) -> String {
        let mut cells = Vec::new();
        cells_of(expr, &mut |place| {
            if place.dims.is_empty() && !cells.contains(&place.base) {
                cells.push(place.base);
            }
        });
        let said: Vec<String> = cells
            .into_iter()
            .take(3)
            .filter_map(|cell| {
                let row = self.program.cells.get(cell.index())?;
                let (low, high) = self.facts.values.get(cell.index()).copied().flatten()?;
                match row.kind {
                    ValueKind::Int if low == high => {
                        Some(format!("`{}` is always {low}", row.name))
                    }
                    ValueKind::Int => Some(format!("`{}` was {low} to {high}", row.name)),
                    _ => None,
                }
            })
            .collect();
        said.join(", ")
    }

    fn n_asserts(&self) -> usize {
        let mut spans: Vec<_> = self
            .program
            .code
            .iter()
            .zip(&self.program.sites)
            .filter(|(instr, _)| matches!(instr, Instr::Assert(..)))
            .map(|(_, site)| site.span)
            .collect();
        spans.sort_unstable();
        spans.dedup();
        spans.len()
    }

    /// What is not left over at the end.
    fn nothing_left(&self) -> (String, String) {
        let program = self.program;
        let found = |rule: Rule| self.diagnosis.findings.iter().any(|it| it.rule == rule);
        if self.facts.n_final == 0 {
            return (String::new(), String::new());
        }
        let mut parts = Vec::new();
        let spawns = program
            .code
            .iter()
            .any(|instr| matches!(instr, Instr::Spawn { .. }));
        if spawns && !found(Rule::Leak) {
            parts.push("no thread leaked");
        }
        let locks = program
            .objects
            .iter()
            .any(|it| matches!(it.kind, ObjectKind::Lock { .. } | ObjectKind::RwLock { .. }));
        if locks && !found(Rule::LockLeak) {
            parts.push("no lock leaked");
        }
        let sems: Vec<String> = program
            .objects
            .iter()
            .enumerate()
            .filter_map(|(index, it)| match it.kind {
                ObjectKind::Sem { initial, .. } if initial > 0 => {
                    let id = ObjectId::new(index);
                    let is = match self.facts.surplus.contains(&id) {
                        true => format!("is never below {initial}"),
                        false => format!("is {initial} again"),
                    };
                    Some(format!("`{}` {is} at the end", it.name))
                }
                _ => None,
            })
            .collect();
        if !sems.is_empty() && !found(Rule::PermitLeak) {
            parts.push("no permit leaked");
            return (parts.join(", "), sems.join(", "));
        }
        (parts.join(", "), String::new())
    }

    fn assumed(&self) -> Vec<String> {
        let mut assumed = vec!["sequentially consistent memory".to_owned()];
        if !self.diagnosis.may_run_for_ever {
            assumed.push("no fairness needed".to_owned());
        } else if speaks_of_runs(self.program) {
            assumed.push("weak fairness".to_owned());
            for actor in &self.program.actors {
                match actor.fairness {
                    Fairness::Weak => {}
                    Fairness::Strong => assumed.push(format!("strong fairness for {}", actor.name)),
                    Fairness::Unfair => assumed.push(format!("none for {}", actor.name)),
                }
            }
        }
        assumed
    }

    fn not_covered(&self) -> Vec<String> {
        let mut open: Vec<String> = groups(self.program)
            .iter()
            .map(|(name, n)| format!("more than {n} {}", plural(name)))
            .collect();
        open.push("weak memory".to_owned());
        if self.diagnosis.may_run_for_ever {
            open.push("whether every run comes to an end".to_owned());
        }
        let sleeps = |instr: &Instr| matches!(instr, Instr::Sleep);
        if self.program.code.iter().any(sleeps) {
            open.push("how long a `sleep` takes".to_owned());
        }
        open
    }
}
