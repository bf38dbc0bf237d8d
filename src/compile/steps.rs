//! The steps of each source line: what `explain steps` shows.

use rustc_hash::FxHashSet;

use crate::base::{Source, Span};
use crate::program::{Instr, Pc, Program, describe};

/// The steps that come from one line, in the order of the code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineSteps {
    /// The line, from 1.
    pub line: u32,
    /// Its steps.
    pub steps: Vec<LineStep>,
}

/// One step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineStep {
    /// What it does: `read count`, `lock m`.
    pub text: String,
    /// The text it comes from.
    pub span: Span,
    /// `@name:` without the sign, if it is the first step of a named statement.
    pub label: Option<String>,
    /// The author did not write it there: a release at the end of a `with`.
    pub implied: bool,
}

/// The steps of a program by source line. Code that was made several times (a
/// `finally` block, the body of an observed actor) counts once; what stands in
/// an atomic block is no step.
///
/// ```
/// use threadbare::{base::Source, compile, syntax};
/// let text = "scenario \"s\" {\n var n = 0\n thread t { n += 1 }\n}";
/// let source = Source::new("s.tb", text);
/// let (file, _) = syntax::parse(&source);
/// let resolved = syntax::resolve::resolve(&file, &source, &[]);
/// let program = compile::compile(resolved.scenarios[0].scenario.as_ref().unwrap()).unwrap();
/// let lines = compile::steps(&program, &source);
/// assert_eq!(lines[0].line, 3);
/// assert_eq!(lines[0].steps[0].text, "read n");
/// assert_eq!(lines[0].steps[1].text, "write n");
/// ```
pub fn steps(program: &Program, source: &Source) -> Vec<LineSteps> {
    let inside = inside_atomic(program);
    let described = |pc: Pc| (program.site(pc).span, describe(program, pc));
    let pcs = || (0..).take(program.code.len());
    // A handler of an atomic block stands elsewhere, but repeats what is inside.
    let hidden: FxHashSet<(Span, String)> = pcs()
        .filter(|&pc| inside[pc as usize])
        .map(described)
        .collect();
    let mut seen = FxHashSet::default();
    let mut all = Vec::new();
    for pc in pcs().filter(|&pc| program.instr(pc).is_visible()) {
        let key = described(pc);
        if hidden.contains(&key) || !seen.insert(key.clone()) {
            continue;
        }
        let site = program.site(pc);
        let step = LineStep {
            text: key.1,
            span: site.span,
            label: site
                .label
                .map(|label| program.labels[label.index()].name.clone()),
            implied: site.synthetic,
        };
        all.push((source.position(site.span.start).line, step));
    }
    by_line(all)
}

/// Groups by line; within a line the order of the code stays.
fn by_line(mut all: Vec<(u32, LineStep)>) -> Vec<LineSteps> {
    all.sort_by_key(|&(line, _)| line);
    let mut lines: Vec<LineSteps> = Vec::new();
    for (line, step) in all {
        match lines.last_mut() {
            Some(last) if last.line == line => last.steps.push(step),
            _ => lines.push(LineSteps {
                line,
                steps: vec![step],
            }),
        }
    }
    lines
}

/// Which instructions stand in an atomic block.
fn inside_atomic(program: &Program) -> Vec<bool> {
    let mut inside = vec![false; program.code.len()];
    for (pc, instr) in program.code.iter().enumerate() {
        if let Instr::AtomicBegin(end) = instr {
            inside[pc + 1..*end as usize].fill(true);
        }
    }
    inside
}
