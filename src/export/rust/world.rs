//! The shared world, the threads in it, and what must hold at the end.

use super::prelude::Need;
use super::{LOOM_THREADS_MAX, Library, Writer, safe};
use crate::base::Span;
use crate::export::Refused;
use crate::hir::{ActorKind, ObjectDecl, ObjectKind, PropertyKind, RwPolicy, Type, Var};

/// Elements of an array that are written out.
const ELEMENTS_MAX: u32 = 64;

impl Writer<'_> {
    pub(super) fn world(&mut self) -> Result<(), Refused> {
        let scenario = self.scenario;
        let mut fields = Vec::new();
        let mut values = Vec::new();
        for var in &scenario.vars {
            let (ty, value) = self.var(var)?;
            fields.push((safe(&var.name), ty));
            values.push((safe(&var.name), value));
        }
        for object in &scenario.objects {
            let (ty, value) = self.object(object)?;
            fields.push((safe(&object.name), ty));
            values.push((safe(&object.name), value));
        }
        self.line("");
        self.open("struct World {");
        for (name, ty) in fields {
            self.line(&format!("{name}: {ty},"));
        }
        self.close("}");
        self.line("");
        self.open("impl World {");
        self.open("fn new() -> Self {");
        self.open("Self {");
        for (name, value) in values {
            self.line(&format!("{name}: {value},"));
        }
        self.close("}");
        self.close("}");
        self.close("}");
        Ok(())
    }

    fn var(&mut self, var: &Var) -> Result<(String, String), Refused> {
        if var.range.is_some() {
            return Err(Refused::new("a variable with a range", var.span));
        }
        if var.shared {
            return Err(Refused::new("a `shared` variable", var.span));
        }
        let is_bool = var.ty == Type::Bool;
        if !is_bool && !matches!(var.ty, Type::Int | Type::Enum(_)) {
            return Err(Refused::new(
                "a variable of another type than int, bool or enum",
                var.span,
            ));
        }
        let (ty, need) = if is_bool {
            ("Flag", Need::Flag)
        } else {
            ("Var", Need::Var)
        };
        self.needs.insert(need);
        let value = |&word: &i64| match is_bool {
            true => format!("Flag::new({})", word != 0),
            false => format!("Var::new({word})"),
        };
        let values: Vec<String> = var.initial.iter().map(value).collect();
        array(ty, &values, &var.dims, var.span)
    }

    fn object(&mut self, object: &ObjectDecl) -> Result<(String, String), Refused> {
        let refused = |what: &str| Err(Refused::new(what, object.span));
        if object.shared {
            return refused("a `shared` object");
        }
        let n = object.len.unwrap_or(1);
        let initial = |index: u32| {
            let all = &object.initial;
            let own = all.get(index as usize).or(all.first());
            own.copied().unwrap_or(0)
        };
        let (need, ty, value): (Need, &str, Box<dyn Fn(u32) -> String>) = match &object.kind {
            ObjectKind::Lock {
                reentrant: true, ..
            } => return refused("a reentrant lock"),
            ObjectKind::Lock { unowned: true, .. } => return refused("an unowned lock"),
            ObjectKind::Lock { .. } => {
                let new = |_| "Mutex::new(())".to_owned();
                (Need::Mutex, "Mutex<()>", Box::new(new))
            }
            ObjectKind::RwLock { policy } if *policy != RwPolicy::Readers => {
                return refused("a reader-writer lock of this policy");
            }
            ObjectKind::RwLock { .. } => {
                let new = |_| "RwLock::new(())".to_owned();
                (Need::RwLock, "RwLock<()>", Box::new(new))
            }
            ObjectKind::Sem { max: Some(_) } => return refused("a semaphore with a bound"),
            ObjectKind::Sem { .. } => {
                let new = move |index| format!("Semaphore::new({})", initial(index));
                (Need::Semaphore, "Semaphore", Box::new(new))
            }
            ObjectKind::Cond { fifo: true, .. } => return refused("a fifo condition"),
            ObjectKind::Cond { spurious: true, .. } => return refused("a spurious condition"),
            ObjectKind::Cond { .. } => {
                let new = |_| "Condvar::new()".to_owned();
                (Need::Condvar, "Condvar", Box::new(new))
            }
            ObjectKind::Event { auto: true } => return refused("an auto event"),
            ObjectKind::Event { .. } => {
                let new = |_| "Event::new()".to_owned();
                (Need::Event, "Event", Box::new(new))
            }
            ObjectKind::Barrier { parties } => {
                let parties = *parties;
                let new = move |_| format!("Barrier::new({parties})");
                (Need::Barrier, "Barrier", Box::new(new))
            }
            ObjectKind::Latch => {
                let new = move |index| format!("Latch::new({})", initial(index));
                (Need::Latch, "Latch", Box::new(new))
            }
            ObjectKind::Chan {
                capacity: Some(0), ..
            } => return refused("a channel without a buffer"),
            ObjectKind::Chan { capacity, element } => {
                let ty = match element {
                    Type::Bool => "Channel<bool>",
                    Type::Int | Type::Enum(_) => "Channel<i64>",
                    _ => return refused("a channel of another type than int, bool or enum"),
                };
                let room = capacity.map_or("usize::MAX".to_owned(), |n| n.to_string());
                let new = move |_| format!("Channel::new({room})");
                (Need::Channel, ty, Box::new(new))
            }
            ObjectKind::Once => return refused("a `once`"),
            ObjectKind::Executor { .. } => return refused("an executor"),
            ObjectKind::List { .. } => return refused("a list"),
            ObjectKind::Map { .. } => return refused("a map"),
        };
        self.needs.insert(need);
        let values: Vec<String> = (0..n.min(ELEMENTS_MAX + 1)).map(value).collect();
        let dims: Vec<u32> = object.len.into_iter().collect();
        array(ty, &values, &dims, object.span)
    }

    /// Starts the declared threads, waits for them, and looks at the end.
    pub(super) fn run(&mut self) -> Result<(), Refused> {
        let scenario = self.scenario;
        self.line("");
        self.open("fn run() {");
        self.line("let world = Arc::new(World::new());");
        self.line("let w = &world;");
        self.open("let threads = [");
        for actor in &scenario.actors {
            let group = &scenario.groups[actor.group];
            if actor.daemon {
                return Err(Refused::new("a daemon thread", group.span));
            }
            if actor.main {
                return Err(Refused::new("a main thread", group.span));
            }
            if actor.kind != ActorKind::Thread {
                return Err(Refused::new("an actor that is no thread", group.span));
            }
            let body = self.function_name(group.body.index());
            let args = actor.instance.args.iter().map(|arg| format!(", {arg}"));
            let args: String = args.collect();
            self.line(&format!("spawn(w, move |w| {body}(w{args})),"));
        }
        self.close("];");
        if self.library == Library::Loom && scenario.actors.len() > LOOM_THREADS_MAX {
            let span = scenario.groups.last().map_or(scenario.span, |it| it.span);
            return Err(Refused::new("more than four threads", span));
        }
        self.open("for thread in threads {");
        self.line("thread.join().unwrap();");
        self.close("}");
        self.at_the_end()?;
        self.close("}");
        Ok(())
    }

    fn at_the_end(&mut self) -> Result<(), Refused> {
        let scenario = self.scenario;
        for property in &scenario.properties {
            let refused = |what: &str| Err(Refused::new(what, property.span));
            match &property.kind {
                PropertyKind::Finally(claim) => {
                    let claim = self.expr(claim, 0)?;
                    self.line(&format!("assert!({claim}, \"finally\");"));
                }
                PropertyKind::Always(_) => return refused("`always`"),
                PropertyKind::Sometimes(_) => return refused("`sometimes`"),
                PropertyKind::Eventually(_) => return refused("`eventually`"),
                PropertyKind::LeadsTo(..) => return refused("`leads_to`"),
                PropertyKind::Order(..) => return refused("`order`"),
                #[allow(unreachable_patterns)]
                _ => return refused("this property"),
            }
        }
        for outcomes in &scenario.outcomes {
            if outcomes.print && !outcomes.transcripts.is_empty() {
                return Err(Refused::new("`outcomes print`", outcomes.span));
            }
            let Some(expected) = &outcomes.expected else {
                self.line("// `observe` asks for nothing.");
                continue;
            };
            if outcomes.print {
                continue;
            }
            let mut values = Vec::new();
            for value in &outcomes.values {
                let text = self.expr(value, 0)?;
                values.push(match value.ty {
                    Type::Bool => format!("i64::from({text})"),
                    _ => text,
                });
            }
            let rows: Vec<String> = expected.iter().map(|row| format!("{row:?}")).collect();
            self.line(&format!("let end = [{}];", values.join(", ")));
            self.line(&format!(
                "assert!([{}].contains(&end), \"outcomes: {{end:?}}\");",
                rows.join(", ")
            ));
        }
        Ok(())
    }
}

/// The type and value of an array; of the one value if there are no dimensions.
fn array(
    ty: &str,
    values: &[String],
    dims: &[u32],
    span: Span,
) -> Result<(String, String), Refused> {
    let n: u64 = dims.iter().map(|&dim| u64::from(dim)).product();
    if n > u64::from(ELEMENTS_MAX) {
        return Err(Refused::new("an array of more than 64 elements", span));
    }
    let mut ty = ty.to_owned();
    let mut values = values.to_vec();
    for &dim in dims.iter().rev() {
        ty = format!("[{ty}; {dim}]");
        let rows = values.chunks(dim.max(1) as usize);
        values = rows.map(|row| format!("[{}]", row.join(", "))).collect();
    }
    match values.pop() {
        Some(value) => Ok((ty, value)),
        None => Err(Refused::new("an array without elements", span)),
    }
}
