//! W004 and W005: statements that no interleaving reaches, and properties that
//! cannot fail. Only a complete search may say so.

use crate::analysis::facts::Facts;
use crate::analysis::finding::{Evidence, Finding, Vacuity};
use crate::analysis::footprint::cells_read;
use crate::analysis::rule::{Level, Rule};
use crate::base::Span;
use crate::program::{Expr, Instr, Program, PropertyKind};

/// What was never reached, and what cannot fail.
pub fn findings(program: &Program, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let unreached = unreached(program, facts);
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
            PropertyKind::Always(expr) if is_constant(expr) => Vacuity::Constant,
            PropertyKind::Finally(_) if facts.n_final == 0 => Vacuity::NoFinalState,
            PropertyKind::Finally(expr) if is_constant(expr) => Vacuity::Constant,
            _ => continue,
        };
        let evidence = Evidence::CannotFail(property.span, reason);
        findings.push(warning(Rule::CannotFail, evidence));
    }
    findings
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

fn asks(expr: &Expr) -> bool {
    match expr {
        Expr::Const(_) | Expr::Reg(_) | Expr::Cell(_) => false,
        Expr::Query(..) | Expr::Observed(_) => true,
        Expr::Unary(_, operand) => asks(operand),
        Expr::Element { index, .. } => asks(index),
        Expr::Binary(_, left, right) => asks(left) || asks(right),
        Expr::If(condition, then, otherwise) => asks(condition) || asks(then) || asks(otherwise),
    }
}
