//! A compiled scenario as a Promela model for SPIN.
//!
//! Every declared thread is a process. It holds the number of its next
//! instruction, and takes one visible instruction and the local ones behind it as
//! one atomic sequence, so its steps are ours. Calls are written out at each place
//! that makes them. A deadlock is an invalid end state, an assertion, an `always`
//! or a `finally` an assertion of SPIN.
//!
//! Differences that stay: numbers have 32 bits and wrap around; data races and
//! everything about fairness are not looked for; misuse is a failed assertion.
//!
//! **Deliberately absent:** exceptions, spawned threads, executors, time-outs of
//! conditions, channels without a bound.

mod expr;
mod objects;
mod process;
mod sync;

use super::{Refused, identifier};
use crate::program::{ActorKind, FunctionId, Program, PropertyKind};
use std::collections::BTreeSet;

/// A model with the program's verdict about deadlocks and assertions.
///
/// # Errors
///
/// The first construct that cannot be written.
pub fn promela(program: &Program) -> Result<String, Refused> {
    let mut model = Model {
        program,
        out: String::new(),
    };
    model.write()?;
    Ok(model.out)
}

/// Writes one model.
struct Model<'p> {
    program: &'p Program,
    out: String,
}

impl Model<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        self.out += &"    ".repeat(depth);
        self.out += text;
        self.out.push('\n');
    }

    fn write(&mut self) -> Result<(), Refused> {
        let program = self.program;
        let title: String = program.name.chars().filter(|c| !c.is_control()).collect();
        let title = title.replace("*/", "* /");
        self.line(0, &format!("/* {title} */"));
        self.line(0, "");
        for actor in &program.actors {
            if actor.process {
                return Err(Refused::new("a process", actor.span));
            }
            if actor.kind != ActorKind::Thread {
                return Err(Refused::new("an actor that is no thread", actor.span));
            }
            if actor.daemon {
                return Err(Refused::new("a daemon thread", actor.span));
            }
            if actor.main {
                return Err(Refused::new("a main thread", actor.span));
            }
        }
        let later = self.memory()?;
        self.objects()?;
        let n = program.actors.len();
        self.line(0, &format!("bool done[{}];", n + 1));
        self.line(0, "/* Who is inside an atomic block; 0 is nobody. */");
        self.line(0, "byte exclusive = 0;");
        let functions: BTreeSet<FunctionId> =
            program.actors.iter().map(|actor| actor.function).collect();
        for function in functions {
            self.process(function)?;
        }
        self.always()?;
        self.init(&later)
    }

    /// Declares memory; gives what must be set because it is not the same everywhere.
    fn memory(&mut self) -> Result<Vec<String>, Refused> {
        let program = self.program;
        let mut later = Vec::new();
        for var in &program.vars {
            let name = expr::name(&var.name);
            let first = var.first.index();
            let cells = &program.cells[first..first + var.n as usize];
            for cell in cells {
                expr::number(cell.initial, var.span)?;
            }
            let Some(initial) = cells.first().map(|cell| cell.initial) else {
                continue;
            };
            if cells.len() == 1 {
                self.line(0, &format!("int {name} = {initial};"));
                continue;
            }
            self.line(0, &format!("int {name}[{}] = {initial};", cells.len()));
            for (index, cell) in cells.iter().enumerate() {
                if cell.initial != initial {
                    later.push(format!("{name}[{index}] = {};", cell.initial));
                }
            }
        }
        Ok(later)
    }

    /// For each `always` a process that can take a step when it is false.
    fn always(&mut self) -> Result<(), Refused> {
        let program = self.program;
        for (index, property) in program.properties.iter().enumerate() {
            let refused = |what: &str| Err(Refused::new(what, property.span));
            match &property.kind {
                PropertyKind::Always(claim) => {
                    let claim = self.expr(claim, None, property.span)?;
                    self.line(0, "");
                    self.line(0, &format!("active proctype always_{index}() {{"));
                    self.line(0, "end_always:");
                    self.line(1, "atomic {");
                    self.line(2, &format!("exclusive == 0 && !({claim}) ->"));
                    self.line(2, &format!("assert({claim})"));
                    self.line(1, "}");
                    self.line(0, "}");
                }
                PropertyKind::Finally(_) => {}
                PropertyKind::Sometimes(_) => return refused("`sometimes`"),
                PropertyKind::Eventually(_) => return refused("`eventually`"),
                PropertyKind::LeadsTo(..) => return refused("`leads_to`"),
                PropertyKind::Order(..) => return refused("`order`"),
                #[allow(unreachable_patterns)]
                _ => return refused("this property"),
            }
        }
        Ok(())
    }

    /// Starts the processes, waits for them, and looks at the end.
    fn init(&mut self, later: &[String]) -> Result<(), Refused> {
        let program = self.program;
        self.line(0, "");
        self.line(0, "init {");
        self.line(1, "atomic {");
        for line in later {
            self.line(2, line);
        }
        for (index, actor) in program.actors.iter().enumerate() {
            let name = self.process_name(actor.function);
            let mut args = String::new();
            for &arg in &actor.args {
                args += &format!(", {}", expr::number(arg, actor.span)?);
            }
            self.line(2, &format!("run {name}({}{args});", index + 1));
        }
        self.line(1, "};");
        let done: Vec<String> = (1..=program.actors.len())
            .map(|actor| format!("done[{actor}]"))
            .collect();
        if !done.is_empty() {
            self.line(1, &format!("({});", done.join(" && ")));
        }
        for property in &program.properties {
            if let PropertyKind::Finally(claim) = &property.kind {
                let claim = self.expr(claim, None, property.span)?;
                self.line(1, &format!("assert({claim});"));
            }
        }
        for outcomes in &program.outcomes {
            let Some(expected) = &outcomes.expected else {
                continue;
            };
            if outcomes.print {
                return Err(Refused::new("`outcomes print`", outcomes.span));
            }
            let mut rows = Vec::new();
            for row in expected {
                let mut same = Vec::new();
                for (value, &word) in outcomes.values.iter().zip(row) {
                    let value = self.expr(value, None, outcomes.span)?;
                    let word = expr::number(word, outcomes.span)?;
                    same.push(format!("{value} == {word}"));
                }
                rows.push(format!("({})", same.join(" && ")));
            }
            self.line(1, &format!("assert({});", rows.join(" || ")));
        }
        self.line(1, "skip");
        self.line(0, "}");
        Ok(())
    }

    fn process_name(&self, function: FunctionId) -> String {
        let name = &self.program.functions[function.index()].name;
        format!("{}_{}", identifier(name), function.index())
    }
}
