//! `print`: output, which is kept if the scenario asks for it.
//!
//! The transcript is a part of the state only in scenarios with `outcomes print`
//! or `observe print`: everywhere else two states that differ in what was printed
//! on the way to them are one.
//!
//! Words: how many words follow; then for each line the first `print` in the code
//! with items of the same kinds, and the items; and zeros.
//!
//! With `print split` a `print` is two writes, as in Python: its text, then the line
//! end, which is a `print` of nothing. What others write between them comes to stand
//! on the same line.

use super::eval::ArithmeticFault;
use super::layout::{Layout, keeps_output};
use super::machine::{Done, Flow, Limit, Machine, Step, Stop};
use super::record::{EventKind, Recorder};
use super::state::State;
use crate::program::{Expr, Instr, Pc, Program, ValueKind, pack_lines};

/// Lines that one execution may print, if they are kept.
pub const LINES_MAX: usize = 256;

/// Whether text and line end are written apart.
pub(super) fn splits(program: &Program) -> bool {
    let ends_line = |instr: &Instr| matches!(instr, Instr::Print(items) if items.is_empty());
    program.code.iter().any(ends_line)
}

/// For each instruction, the first `print` with items of the same kinds; nothing
/// if the transcript is not kept.
pub(super) fn formats(program: &Program) -> Vec<Pc> {
    if !keeps_output(program) {
        return Vec::new();
    }
    let mut first: Vec<(Pc, Vec<&ValueKind>)> = Vec::new();
    let mut formats = Vec::with_capacity(program.code.len());
    for (pc, instr) in (0..).zip(&program.code) {
        let Instr::Print(items) = instr else {
            formats.push(pc);
            continue;
        };
        let kinds: Vec<&ValueKind> = items.iter().map(|(_, kind)| kind).collect();
        match first.iter().find(|(_, known)| *known == kinds) {
            Some((like, _)) => formats.push(*like),
            None => {
                formats.push(pc);
                first.push((pc, kinds));
            }
        }
    }
    formats
}

impl Layout {
    fn n_printed(&self, state: &State) -> usize {
        usize::try_from(state.word(self.printed())).expect("a length")
    }
}

impl Machine<'_> {
    /// What the program has printed until now, line by line; the items of a `print`
    /// have a space between them. Nothing if no property asks for it.
    pub fn printed(&self, state: &State) -> Vec<String> {
        let written = self.written(state);
        if !self.splits_print {
            return written.into_iter().flatten().collect();
        }
        let mut lines = Vec::new();
        let mut open: Option<String> = None;
        for text in written {
            match text {
                None => lines.push(open.take().unwrap_or_default()),
                Some(text) => open.get_or_insert_default().push_str(&text),
            }
        }
        lines.extend(open);
        lines
    }

    /// The text of each `print` until now; `None` for one that ends the line.
    fn written(&self, state: &State) -> Vec<Option<String>> {
        let mut lines = Vec::new();
        if self.formats.is_empty() {
            return lines;
        }
        let first = self.layout.printed() + 1;
        let mut rest = &state.words()[first..first + self.layout.n_printed(state)];
        while let Some((&format, words)) = rest.split_first() {
            let format = Pc::try_from(format).expect("a pc is an index into code");
            let Instr::Print(items) = self.program.instr(format) else {
                unreachable!("a line was printed by a `print`");
            };
            let (line, after) = words.split_at(items.len());
            let texts = line.iter().zip(items);
            let texts: Vec<String> = texts
                .map(|(&word, (_, kind))| self.shown(state, kind, word))
                .collect();
            lines.push((!texts.is_empty()).then(|| texts.join(" ")));
            rest = after;
        }
        lines
    }

    /// A value as `print` writes it.
    fn shown(&self, state: &State, kind: &ValueKind, word: i64) -> String {
        let program = self.program;
        let index = usize::try_from(word).ok();
        let text = match kind {
            ValueKind::Int | ValueKind::Entries { .. } => None,
            ValueKind::Bool => Some((word != 0).to_string()),
            ValueKind::Enum(table) => {
                let variants = program.enums.get(*table as usize);
                variants.and_then(|names| names.get(index?)).cloned()
            }
            ValueKind::Str => index.and_then(|at| program.names.get(at)).cloned(),
            ValueKind::Object => {
                let row = index.and_then(|at| program.objects.get(at));
                row.map(|object| object.name.clone())
            }
            ValueKind::Future => index.map(|job| self.layout.job_name(program, state, job)),
            ValueKind::Handle => index.map(|actor| self.layout.actor_name(program, state, actor)),
        };
        text.unwrap_or_else(|| word.to_string())
    }

    /// The final values of an `outcomes` or `observe` (its number) in a state: a
    /// word each, or the lines printed as [`pack_lines`] packs them.
    ///
    /// # Errors
    ///
    /// If one of the expressions has no value there.
    pub fn ending(&self, state: &State, index: usize) -> Result<Vec<i64>, ArithmeticFault> {
        let outcomes = &self.program.outcomes[index];
        if outcomes.print {
            return Ok(pack_lines(&self.printed(state)));
        }
        let scene = self.overview(state);
        outcomes
            .values
            .iter()
            .map(|expr| scene.eval(expr))
            .collect()
    }
}

impl<R: Recorder> Step<'_, '_, R> {
    pub fn print(&mut self, items: &[(Expr, ValueKind)]) -> Done {
        let mut words = Vec::with_capacity(items.len());
        for (item, _) in items {
            words.push(self.eval(item)?);
        }
        if let Some(&format) = self.machine.formats.get(self.pc as usize) {
            self.keep_line(format, &words)?;
        }
        self.event(|| EventKind::Printed(words));
        Ok(Flow::Next)
    }

    fn keep_line(&mut self, format: Pc, words: &[i64]) -> Result<(), Stop> {
        let layout = &self.machine.layout;
        let n = layout.n_printed(self.state);
        let after = n + 1 + words.len();
        let mut room = layout.capacity();
        if after > room.printed {
            // The shortest line has one word, and needs none for its items.
            if self.machine.printed(self.state).len() >= LINES_MAX {
                return Err(Stop::Limit(Limit::Lines, self.pc));
            }
            room.printed = after.max(room.printed * 2);
            return Err(Stop::Grow(room));
        }
        let at = layout.printed();
        let all = &mut self.state.words_mut()[at..at + 1 + after];
        all[0] = i64::try_from(after).expect("a length");
        all[1 + n] = i64::from(format);
        all[2 + n..].copy_from_slice(words);
        Ok(())
    }
}
