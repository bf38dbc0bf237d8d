//! Nobody steps aside twice in a row: whoever has passed the work on once does it
//! the next time.

use super::{Candidates, Scene, Spot, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::bare;
use crate::syntax::ast::{Block, Condition, Stmt, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["S004"]) {
        return;
    }
    for spot in &scene.spots {
        let StmtKind::If(it) = &bare(spot.stmt).kind else {
            continue;
        };
        let ([branch], Some(otherwise)) = (it.branches.as_slice(), &it.otherwise) else {
            continue;
        };
        let Condition::Expr(test) = &branch.condition else {
            continue;
        };
        let (Some(around), Some((aside, works))) =
            (outermost_loop(spot), sides(&branch.body, otherwise))
        else {
            continue;
        };
        let flag = scene.fresh(&["stepped_aside"]);
        let text = in_chain(scene.text(test.span));
        let asked = match aside.span == branch.body.span {
            true => format!("!{flag} && {text}"),
            false => format!("{flag} || {text}"),
        };
        let (Some(first), Some(work)) = (aside.stmts.first(), works.stmts.first()) else {
            continue;
        };
        let edits = Edits::new(scene)
            .before(around.span, &format!("let {flag} = false"))
            .replace(test.span, asked)
            .before(first.span, &format!("{flag} = true"))
            .before(work.span, &format!("{flag} = false"))
            .done();
        let what = scene.text(first.span).lines().next().unwrap_or_default();
        let title = format!("let nobody do `{what}` twice in a row");
        out.add(4, title, edits);
    }
}

fn outermost_loop<'a>(spot: &Spot<'a>) -> Option<&'a Stmt> {
    let is_loop = |it: &&&Stmt| matches!(bare(it).kind, StmtKind::Loop(_) | StmtKind::While(_));
    spot.around.iter().find(is_loop).copied()
}

/// The side that steps aside and the one that gets somewhere, which says `progress`.
fn sides<'b>(yes: &'b Block, no: &'b Block) -> Option<(&'b Block, &'b Block)> {
    let progresses = |block: &Block| {
        let mut stmts = block.stmts.iter();
        stmts.any(|it| matches!(bare(it).kind, StmtKind::Progress))
    };
    match (progresses(yes), progresses(no)) {
        (false, true) => Some((yes, no)),
        (true, false) => Some((no, yes)),
        _ => None,
    }
}

/// A condition as one operand of a longer one.
fn in_chain(text: &str) -> String {
    match text.contains("&&") || text.contains("||") {
        true => format!("({text})"),
        false => text.to_owned(),
    }
}
