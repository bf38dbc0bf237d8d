//! Declarations of objects, and how an operation names one. The elements of an
//! array lie in one array of the model.

use super::Model;
use super::expr::name;
use super::process::Frame;
use crate::base::Span;
use crate::export::Refused;
use crate::program::{Expr, Object, ObjectId, ObjectKind, RwPolicy};

/// An object as an operation names it.
pub(super) struct Named<'p> {
    pub kind: &'p ObjectKind,
    name: String,
    /// The element, for an array.
    index: Option<String>,
}

impl Named<'_> {
    /// Its word.
    pub fn word(&self) -> String {
        self.part("")
    }

    /// A second word of it.
    pub fn part(&self, suffix: &str) -> String {
        match &self.index {
            None => format!("{}{suffix}", self.name),
            Some(index) => format!("{}{suffix}[{index}]", self.name),
        }
    }

    /// The bit of an actor, whose number is an expression from 1 to `n`.
    pub fn bit(&self, suffix: &str, actor: &str, n: usize) -> String {
        let row = n + 1;
        match &self.index {
            None => format!("{}{suffix}[{actor}]", self.name),
            Some(index) => format!("{}{suffix}[({index}) * {row} + {actor}]", self.name),
        }
    }
}

impl Model<'_> {
    /// The objects of a declaration: the first, and how many.
    fn groups(&self) -> Vec<(&Object, usize)> {
        let mut groups: Vec<(&Object, usize)> = Vec::new();
        for object in &self.program.objects {
            match groups.last_mut() {
                Some((first, n)) if first.span == object.span => *n += 1,
                _ => groups.push((object, 1)),
            }
        }
        groups
    }

    pub(super) fn objects(&mut self) -> Result<(), Refused> {
        let n_actors = self.program.actors.len() + 1;
        let mut lines = Vec::new();
        for (object, n) in self.groups() {
            let own = name(&object.declared);
            let array = |n: usize| {
                if n > 1 {
                    format!("[{n}]")
                } else {
                    String::new()
                }
            };
            let dims = array(n);
            let bits = n * n_actors;
            let refused = |what: &str| Err(Refused::new(what, object.span));
            match &object.kind {
                ObjectKind::Lock {
                    reentrant: true, ..
                } => return refused("a reentrant lock"),
                ObjectKind::Lock { .. } => {
                    lines.push(format!("byte {own}{dims} = 0; /* who holds it */"));
                }
                ObjectKind::RwLock {
                    policy: RwPolicy::Readers,
                } => {
                    lines.push(format!("byte {own}{dims} = 0; /* the writer */"));
                    lines.push(format!("byte {own}_readers{dims} = 0;"));
                    lines.push(format!("byte {own}_reads[{bits}] = 0;"));
                }
                ObjectKind::RwLock { .. } => {
                    return refused("a reader-writer lock of this policy");
                }
                ObjectKind::Sem { initial, .. } => {
                    let initial = super::expr::number(*initial, object.span)?;
                    lines.push(format!("int {own}{dims} = {initial};"));
                }
                ObjectKind::Cond { fifo: true, .. } => return refused("a fifo condition"),
                ObjectKind::Cond { spurious: true, .. } => return refused("a spurious condition"),
                ObjectKind::Cond { .. } => lines.push(format!("bit {own}_waiting[{bits}] = 0;")),
                ObjectKind::Event { auto: true } => return refused("an auto event"),
                ObjectKind::Event { .. } => lines.push(format!("bit {own}{dims} = 0;")),
                ObjectKind::Barrier { .. } => {
                    lines.push(format!("byte {own}{dims} = 0; /* arrived */"));
                    lines.push(format!("bit {own}_waiting[{bits}] = 0;"));
                }
                ObjectKind::Latch { initial } => {
                    let initial = super::expr::number(*initial, object.span)?;
                    lines.push(format!("int {own}{dims} = {initial};"));
                }
                ObjectKind::Chan {
                    capacity: Some(room @ 1..=255),
                    width: 1,
                } => lines.push(format!("chan {own}{dims} = [{room}] of {{ int }};")),
                ObjectKind::Chan { capacity: None, .. } => {
                    return refused("a channel without a bound");
                }
                ObjectKind::Chan { .. } => return refused("a channel of this kind"),
                ObjectKind::Once => return refused("a `once`"),
                ObjectKind::Executor { .. } => return refused("an executor"),
                ObjectKind::Collection { keyed: false, .. } => return refused("a list"),
                ObjectKind::Collection { keyed: true, .. } => return refused("a map"),
            }
        }
        for line in lines {
            self.line(0, &line);
        }
        self.uneven()
    }

    /// Arrays whose elements begin with different numbers cannot be declared in one line.
    fn uneven(&self) -> Result<(), Refused> {
        for (first, n) in self.groups() {
            let at = self
                .program
                .objects
                .iter()
                .position(|it| it.span == first.span);
            let all = &self.program.objects[at.unwrap_or(0)..][..n];
            if all.iter().any(|it| it.kind != first.kind) {
                let what = "an array whose elements begin differently";
                return Err(Refused::new(what, first.span));
            }
        }
        Ok(())
    }

    /// The object with that number.
    pub(super) fn object_with(&self, id: ObjectId) -> Named<'_> {
        let object = &self.program.objects[id.index()];
        let mut alike = self.program.objects.iter();
        let first = alike.position(|it| it.span == object.span).unwrap_or(0);
        let of_it = self
            .program
            .objects
            .iter()
            .filter(|it| it.span == object.span);
        let is_array = of_it.count() > 1;
        Named {
            kind: &object.kind,
            name: name(&object.declared),
            index: is_array.then(|| (id.index() - first).to_string()),
        }
    }

    /// The object that an expression names.
    pub(super) fn object(
        &self,
        object: &Expr,
        frame: Option<&Frame>,
        span: Span,
    ) -> Result<Named<'_>, Refused> {
        let unnamed = || Refused::new("an object that is not named here", span);
        match object {
            Expr::Const(number) => {
                let index = usize::try_from(*number).map_err(|_| unnamed())?;
                if index >= self.program.objects.len() {
                    return Err(unnamed());
                }
                Ok(self.object_with(ObjectId::new(index)))
            }
            Expr::Element { base, index, len } => {
                let mut named = self.object_with(*base);
                if *len > 1 {
                    named.index = Some(self.expr(index, frame, span)?);
                }
                Ok(named)
            }
            _ => Err(unnamed()),
        }
    }
}
