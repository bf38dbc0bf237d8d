//! Operations on objects: when they can go on, and what they do.

use super::Model;
use super::objects::Named;
use super::process::{Frame, Way};
use crate::base::Span;
use crate::export::Refused;
use crate::program::{ChanOp, Expr, ObjectKind, Reg, SyncOp, WaitMode};

type Ways = Result<Vec<Way>, Refused>;

impl Model<'_> {
    pub(super) fn sync(
        &self,
        frame: &Frame,
        span: Span,
        op: SyncOp,
        object: &Expr,
        arg: Option<&Expr>,
        dst: Option<Reg>,
    ) -> Ways {
        let refused = |what: &str| Err(Refused::new(what, span));
        if let SyncOp::Join(mode) = op {
            let Expr::Const(actor) = object else {
                return refused("`join` of a spawned thread");
            };
            if mode != WaitMode::Wait {
                return refused("`join` with a time-out");
            }
            return Ok(vec![Way::on(&format!("done[{}]", actor + 1), &["skip"])]);
        }
        let on = self.object(object, Some(frame), span)?;
        let word = on.word();
        let n = match arg {
            Some(arg) => self.expr(arg, Some(frame), span)?,
            None => "1".to_owned(),
        };
        let reads = on.bit("_reads", "me", self.program.actors.len());
        let readers = on.part("_readers");
        let result = |value: &str| dst.map(|reg| format!("{} = {value}", self.reg(frame, reg)));
        Ok(match op {
            SyncOp::Lock(mode) => taken(
                mode,
                &format!("{word} == 0"),
                &[&format!("{word} = me")],
                &result,
            ),
            SyncOp::Unlock => {
                let effect = [format!("assert({word} == me)"), format!("{word} = 0")];
                let unowned = matches!(on.kind, ObjectKind::Lock { unowned: true, .. });
                let effect = effect[usize::from(unowned)..].to_vec();
                vec![Way::of(String::new(), effect)]
            }
            SyncOp::Read(mode) => taken(
                mode,
                &format!("{word} == 0"),
                &[&format!("{readers}++"), &format!("{reads}++")],
                &result,
            ),
            SyncOp::ReadUnlock => vec![Way::on(
                "",
                &[
                    &format!("assert({reads})"),
                    &format!("{readers}--"),
                    &format!("{reads}--"),
                ],
            )],
            SyncOp::Write(mode) => taken(
                mode,
                &format!("{word} == 0 && {readers} == 0"),
                &[&format!("{word} = me")],
                &result,
            ),
            SyncOp::WriteUnlock => vec![Way::on(
                "",
                &[&format!("assert({word} == me)"), &format!("{word} = 0")],
            )],
            SyncOp::Acquire(mode) => taken(
                mode,
                &format!("{word} > 0"),
                &[&format!("{word}--")],
                &result,
            ),
            SyncOp::Release => {
                let mut effect = vec![format!("{word} = {word} + {n}")];
                if let ObjectKind::Sem { max: Some(max), .. } = on.kind {
                    effect.push(format!("assert({word} <= {max})"));
                }
                vec![Way::of(String::new(), effect)]
            }
            SyncOp::CondWait(WaitMode::Wait) => self.cond_wait(&on),
            SyncOp::CondWait(_) => return refused("`wait_for`"),
            SyncOp::Notify if n == "1" => {
                let mut options: Vec<String> = self
                    .actors()
                    .map(|actor| on.bit("_waiting", &actor, self.program.actors.len()))
                    .map(|waits| format!(":: {waits} -> {waits} = 0"))
                    .collect();
                options.push(":: else -> skip".to_owned());
                vec![Way::on("", &[&format!("if {} fi", options.join(" "))])]
            }
            SyncOp::Notify => return refused("`notify` of several"),
            SyncOp::NotifyAll => vec![Way::of(String::new(), self.wake_all(&on))],
            SyncOp::EventSet => vec![Way::on("", &[&format!("{word} = 1")])],
            SyncOp::EventWait(WaitMode::Wait) => vec![Way::on(&word, &["skip"])],
            SyncOp::EventWait(_) => return refused("`wait_for`"),
            SyncOp::EventClear => return refused("`clear`"),
            SyncOp::BarrierWait(WaitMode::Wait) => self.barrier(&on, &result),
            SyncOp::BarrierWait(_) => return refused("`wait_for`"),
            SyncOp::BarrierAbort => return refused("`abort`"),
            SyncOp::BarrierReset => return refused("`reset`"),
            SyncOp::CountDown => vec![Way::on(
                "",
                &[&format!("{word}--"), &format!("assert({word} >= 0)")],
            )],
            SyncOp::LatchWait => vec![Way::on(&format!("{word} == 0"), &["skip"])],
            SyncOp::LatchAdd => return refused("`add`"),
            SyncOp::Close => return refused("`close`"),
            _ => return refused("this operation"),
        })
    }

    /// Numbers of all actors.
    fn actors(&self) -> impl Iterator<Item = String> {
        (1..=self.program.actors.len()).map(|actor| actor.to_string())
    }

    fn wake_all(&self, on: &Named<'_>) -> Vec<String> {
        let n = self.program.actors.len();
        self.actors()
            .map(|actor| format!("{} = 0", on.bit("_waiting", &actor, n)))
            .collect()
    }

    /// First the lock is given up, and once somebody has woken it, taken again.
    fn cond_wait(&self, on: &Named<'_>) -> Vec<Way> {
        let ObjectKind::Cond { lock, .. } = on.kind else {
            return Vec::new();
        };
        let lock = self.object_with(*lock).word();
        let waits = on.bit("_waiting", "me", self.program.actors.len());
        let sleep = [
            format!("assert({lock} == me)"),
            format!("{lock} = 0"),
            format!("{waits} = 1"),
            "asleep = 1".to_owned(),
        ];
        let wake = [format!("{lock} = me"), "asleep = 0".to_owned()];
        vec![
            Way::stay("!asleep".to_owned(), sleep.to_vec()),
            Way::of(format!("asleep && !{waits} && {lock} == 0"), wake.to_vec()),
        ]
    }

    /// The last to arrive wakes the others.
    fn barrier(&self, on: &Named<'_>, result: &dyn Fn(&str) -> Option<String>) -> Vec<Way> {
        let ObjectKind::Barrier { parties } = on.kind else {
            return Vec::new();
        };
        let word = on.word();
        let waits = on.bit("_waiting", "me", self.program.actors.len());
        let order: Vec<String> = result(&word).into_iter().collect();
        let mut sleep = order.clone();
        sleep.extend([
            format!("{word}++"),
            format!("{waits} = 1"),
            "asleep = 1".to_owned(),
        ]);
        let mut last = order;
        last.push(format!("{word} = 0"));
        last.extend(self.wake_all(on));
        vec![
            Way::stay(format!("!asleep && {word} + 1 < {parties}"), sleep),
            Way::of(format!("!asleep && {word} + 1 >= {parties}"), last),
            Way::on(&format!("asleep && !{waits}"), &["asleep = 0"]),
        ]
    }

    pub(super) fn chan(
        &self,
        frame: &Frame,
        span: Span,
        op: ChanOp,
        object: &Expr,
        args: &[Expr],
        (dst, ok): (Option<Reg>, Option<Reg>),
    ) -> Ways {
        let on = self.object(object, Some(frame), span)?;
        let word = on.word();
        let result = |value: &str| ok.map(|reg| format!("{} = {value}", self.reg(frame, reg)));
        Ok(match (op, args, dst) {
            (ChanOp::Send(mode), [value], _) => {
                let value = self.expr(value, Some(frame), span)?;
                let guard = format!("nfull({word})");
                sent(
                    mode,
                    &guard,
                    &format!("full({word})"),
                    &[&format!("{word} ! {value}")],
                    &result,
                )
            }
            (ChanOp::Recv(mode), _, dst) => {
                let receive = match dst {
                    Some(dst) => format!("{word} ? {}", self.reg(frame, dst)),
                    None => format!("{word} ? _"),
                };
                let guard = format!("nempty({word})");
                sent(
                    mode,
                    &guard,
                    &format!("empty({word})"),
                    &[&receive],
                    &result,
                )
            }
            _ => return Err(Refused::new("a channel of this kind", span)),
        })
    }
}

/// What goes through when `guard` is true, and may give up otherwise.
fn taken(
    mode: WaitMode,
    guard: &str,
    effect: &[&str],
    result: &dyn Fn(&str) -> Option<String>,
) -> Vec<Way> {
    sent(mode, guard, &format!("!({guard})"), effect, result)
}

fn sent(
    mode: WaitMode,
    guard: &str,
    not: &str,
    effect: &[&str],
    result: &dyn Fn(&str) -> Option<String>,
) -> Vec<Way> {
    let mut through: Vec<String> = effect.iter().map(|&it| it.to_owned()).collect();
    through.extend(result("1"));
    let mut ways = vec![Way::of(guard.to_owned(), through)];
    if mode != WaitMode::Wait {
        let mut gives_up: Vec<String> = result("0").into_iter().collect();
        gives_up.push("skip".to_owned());
        ways.push(Way::of(not.to_owned(), gives_up));
    }
    ways
}
