//! W004 and W005: statements that no interleaving reaches, and properties that
//! cannot fail. Only a complete search may say so.

use crate::analysis::facts::Facts;
use crate::analysis::finding::{Evidence, Finding, Vacuity};
use crate::analysis::footprint::cells_read;
use crate::analysis::rule::{Level, Rule};
use crate::base::Span;
use crate::program::{Expr, Instr, Program, PropertyKind, ValueKind};
use crate::semantics::{Capacity, Layout, Scene, State};

/// What was never reached, and what cannot fail.
///
/// Where an error was found, what is not reached may well be its consequence (the
/// code behind a deadlock), so it is left out until the error is repaired.
pub fn findings(program: &Program, facts: &Facts<'_>, any_error: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let unreached = match any_error {
        true => Vec::new(),
        false => unreached(program, facts),
    };
    let mut asserts: Vec<Span> = Vec::new();
    for (pc, instr) in program.code.iter().enumerate() {
        let site = &program.sites[pc];
        let inside = |outer: &Span| outer.start <= site.span.start && site.span.end <= outer.end;
        if matches!(instr, Instr::Assert(..)) && unreached.iter().any(inside) {
            asserts.push(site.span);
        }
    }
    asserts.sort_unstable();
    asserts.dedup();
    for &span in &asserts {
        let evidence = Evidence::CannotFail(span, Vacuity::NeverReached);
        findings.push(warning(Rule::CannotFail, evidence));
    }
    for &span in &unreached {
        let is_assert = asserts
            .iter()
            .any(|a| span.start <= a.start && a.end <= span.end)
            && program
                .stmts
                .iter()
                .filter(|stmt| within(stmt, &span))
                .count()
                == 1;
        if !is_assert {
            findings.push(warning(Rule::NeverReached, Evidence::NeverReached(span)));
        }
    }
    for property in &program.properties {
        let reason = match &property.kind {
            PropertyKind::Finally(_) if facts.n_final == 0 => {
                if any_error {
                    continue;
                }
                Vacuity::NoFinalState
            }
            PropertyKind::Always(expr)
            | PropertyKind::Finally(expr)
            | PropertyKind::Eventually(expr) => {
                if is_constant(expr) {
                    Vacuity::Constant
                } else if holds_anyway(program, expr) {
                    Vacuity::AlwaysTrue
                } else {
                    continue;
                }
            }
            PropertyKind::Sometimes(_) | PropertyKind::LeadsTo(..) | PropertyKind::Order(..) => {
                continue;
            }
        };
        let evidence = Evidence::CannotFail(property.span, reason);
        findings.push(warning(Rule::CannotFail, evidence));
    }
    findings
}

/// How many statements and properties have no effect, errors or not.
pub fn idle(program: &Program, facts: &Facts<'_>) -> usize {
    findings(program, facts, false).len()
}

fn warning(rule: Rule, evidence: Evidence) -> Finding {
    Finding {
        rule,
        level: Level::Warning,
        key: None,
        subjects: Vec::new(),
        actors: Vec::new(),
        declared: Vec::new(),
        schedule: None,
        evidence,
    }
}

fn within(inner: &Span, outer: &Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The outermost statements of which nothing was ever executed.
pub fn unreached(program: &Program, facts: &Facts<'_>) -> Vec<Span> {
    let mut reached = vec![false; program.stmts.len()];
    let mut has_code = vec![false; program.stmts.len()];
    for (pc, site) in program.sites.iter().enumerate() {
        let stmt = site.stmt.index();
        has_code[stmt] |= !site.synthetic;
        reached[stmt] |= facts.executed[pc];
    }
    let reached_spans: Vec<Span> = (0..program.stmts.len())
        .filter(|&stmt| reached[stmt])
        .map(|stmt| program.stmts[stmt])
        .collect();
    let mut spans: Vec<Span> = (0..program.stmts.len())
        .filter(|&stmt| has_code[stmt] && !reached[stmt])
        .map(|stmt| program.stmts[stmt])
        // The same text may be compiled several times, or hold a part that ran.
        .filter(|span| !reached_spans.iter().any(|inner| within(inner, span)))
        .collect();
    spans.sort_unstable_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    spans.dedup();
    let mut outermost: Vec<Span> = Vec::new();
    for span in spans {
        if !outermost.last().is_some_and(|outer| within(&span, outer)) {
            outermost.push(span);
        }
    }
    outermost
}

fn is_constant(expr: &Expr) -> bool {
    let mut constant = true;
    cells_read(expr, &mut |_| constant = false);
    constant && !asks(expr)
}

/// Combinations of values that are tried.
const TRIES_MAX: usize = 20_000;

/// Whether an expression over a few words of memory is true whatever they hold,
/// as far as the numbers around its own constants can tell.
fn holds_anyway(program: &Program, expr: &Expr) -> bool {
    if asks(expr) {
        return false;
    }
    let mut cells: Vec<usize> = Vec::new();
    let mut fixed = true;
    cells_read(expr, &mut |place| {
        fixed &= place.dims.is_empty();
        cells.push(place.base.index());
    });
    cells.sort_unstable();
    cells.dedup();
    let mut constants = vec![-1, 0, 1, 2, 3];
    collect_constants(expr, &mut constants);
    constants.sort_unstable();
    constants.dedup();
    let domains: Vec<Vec<i64>> = cells
        .iter()
        .map(|&cell| match &program.cells[cell].kind {
            ValueKind::Bool => vec![0, 1],
            ValueKind::Enum(id) => (0..).take(program.enums[*id as usize].len()).collect(),
            _ => constants.clone(),
        })
        .collect();
    let n_tries = domains
        .iter()
        .try_fold(1usize, |n, d| n.checked_mul(d.len()));
    if !fixed || n_tries.is_none_or(|n| n > TRIES_MAX) {
        return false;
    }
    let layout = Layout::new(program, Capacity::initial(program));
    let mut words = vec![0; layout.n_words()];
    let n_tries = n_tries.unwrap_or(0);
    (0..n_tries).all(|mut number| {
        for (&cell, domain) in cells.iter().zip(&domains) {
            words[cell] = domain[number % domain.len()];
            number /= domain.len();
        }
        let state = State::from_words(words.clone().into_boxed_slice());
        let scene = Scene {
            program,
            layout: &layout,
            state: &state,
            regs: 0,
            process: 0,
        };
        matches!(scene.eval(expr), Ok(value) if value != 0)
    })
}

fn collect_constants(expr: &Expr, constants: &mut Vec<i64>) {
    match expr {
        Expr::Const(value) => {
            let around = [value.checked_sub(1), Some(*value), value.checked_add(1)];
            constants.extend(around.into_iter().flatten());
        }
        Expr::Unary(_, operand) => collect_constants(operand, constants),
        Expr::Binary(_, left, right) => {
            collect_constants(left, constants);
            collect_constants(right, constants);
        }
        Expr::If(condition, then, otherwise) => {
            collect_constants(condition, constants);
            collect_constants(then, constants);
            collect_constants(otherwise, constants);
        }
        Expr::Reg(_)
        | Expr::Cell(_)
        | Expr::Query(..)
        | Expr::Entry { .. }
        | Expr::Observed(_)
        | Expr::Element { .. }
        | Expr::Pick(..) => {}
    }
}

fn asks(expr: &Expr) -> bool {
    match expr {
        Expr::Const(_) | Expr::Reg(_) | Expr::Cell(_) => false,
        Expr::Query(..) | Expr::Entry { .. } | Expr::Observed(_) => true,
        Expr::Unary(_, operand) => asks(operand),
        Expr::Element { index, .. } => asks(index),
        Expr::Pick(index, of) => asks(index) || of.iter().any(asks),
        Expr::Binary(_, left, right) => asks(left) || asks(right),
        Expr::If(condition, then, otherwise) => asks(condition) || asks(then) || asks(otherwise),
    }
}
