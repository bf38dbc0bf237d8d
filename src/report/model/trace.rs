//! An execution as a table: a column for every actor, then the shared state.
//!
//! The table holds every step; how many are folded to fit the page is the
//! renderer's business, guided by each step's [`Weight`].

/// An execution as a table.
///
/// ```
/// use threadbare::report::{StepRow, TraceTable};
/// let mut table = TraceTable::new(["worker#1", "worker#2"], ["count"]);
/// table.step(StepRow::new(0, "read  count -> 0", ["0"]));
/// table.step(StepRow::new(1, "write count = 1", ["1"]).note("overwrites step 1").key());
/// table.end("finally assert count == 2", "FAILS, count is 1");
/// assert_eq!(table.rows.len(), 3);
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TraceTable {
    /// The actors, one a column, the most involved first; any number.
    pub actors: Vec<String>,
    /// The shared variables and locks that matter, the most telling first.
    pub states: Vec<String>,
    /// The shared state before the first step, one for each of `states`; empty if it is not known.
    pub initial: Vec<String>,
    /// From top to bottom.
    pub rows: Vec<Row>,
    /// The part that repeats for ever.
    pub repeats: Option<TraceLoop>,
}

impl TraceTable {
    /// An empty table.
    pub fn new<A: Into<String>, S: Into<String>>(
        actors: impl IntoIterator<Item = A>,
        states: impl IntoIterator<Item = S>,
    ) -> Self {
        Self {
            actors: actors.into_iter().map(Into::into).collect(),
            states: states.into_iter().map(Into::into).collect(),
            initial: Vec::new(),
            rows: Vec::new(),
            repeats: None,
        }
    }

    /// Adds a step; a row that leaves `index` 0 is numbered after the one before it.
    pub fn step(&mut self, mut row: StepRow) {
        if row.index == 0 {
            let last = self.rows.iter().rev().find_map(|row| match row {
                Row::Step(step) => Some(step.index),
                Row::Blocked { .. } | Row::End { .. } => None,
            });
            row.index = last.unwrap_or(0) + 1;
        }
        self.rows.push(Row::Step(row));
    }

    /// Adds the row that says what each actor waits for when no step is possible.
    pub fn blocked(&mut self, cells: Vec<Cell>, note: impl Into<String>) {
        self.rows.push(Row::Blocked {
            cells,
            note: note.into(),
        });
    }

    /// Adds the row that says what was tested at the end, and the result.
    pub fn end(&mut self, text: impl Into<String>, result: impl Into<String>) {
        self.rows.push(Row::End {
            text: text.into(),
            result: result.into(),
        });
    }
}

/// One row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Row {
    /// One step of one actor.
    Step(StepRow),
    /// No step is possible: what each actor waits for (`-` row).
    Blocked {
        /// One for every actor that waits.
        cells: Vec<Cell>,
        /// `no step is possible`.
        note: String,
    },
    /// What was tested when everything had ended (`end` row).
    End {
        /// `finally assert count == 2`.
        text: String,
        /// `FAILS, count is 1`.
        result: String,
    },
}

/// The text in one actor's column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    /// Index into [`TraceTable::actors`].
    pub actor: usize,
    /// The text.
    pub text: String,
}

/// One step of one actor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StepRow {
    /// The index of the step in the schedule, from 1.
    pub index: u64,
    /// Index into [`TraceTable::actors`].
    pub actor: usize,
    /// `read  count -> 0`, `write count = 1`, `lock m`, `notify -> nobody`.
    pub text: String,
    /// The shared state after the step, one for each of [`TraceTable::states`].
    pub states: Vec<String>,
    /// The point of the step: `overwrites step 3`, shown as `<- overwrites step 3`.
    pub note: Option<String>,
    /// Why another actor goes on here, if it does.
    pub switch: Option<String>,
    /// May it be folded?
    pub weight: Weight,
}

impl StepRow {
    /// A step of ordinary weight, numbered when it is added to a table.
    pub fn new<S: Into<String>>(
        actor: usize,
        text: impl Into<String>,
        states: impl IntoIterator<Item = S>,
    ) -> Self {
        Self {
            index: 0,
            actor,
            text: text.into(),
            states: states.into_iter().map(Into::into).collect(),
            note: None,
            switch: None,
            weight: Weight::Normal,
        }
    }

    /// Says what the point of the step is.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.note = Some(text.into());
        self
    }

    /// Says why another actor goes on here.
    #[must_use]
    pub fn switch(mut self, reason: impl Into<String>) -> Self {
        self.switch = Some(reason.into());
        self
    }

    /// Gives it the number it has in the schedule.
    #[must_use]
    pub fn at(mut self, index: u64) -> Self {
        self.index = index;
        self
    }

    /// Marks it as a step that is never folded.
    #[must_use]
    pub fn key(mut self) -> Self {
        self.weight = Weight::Key;
        self
    }

    /// Marks it as a step that matters little.
    #[must_use]
    pub fn local(mut self) -> Self {
        self.weight = Weight::Local;
        self
    }
}

/// How much a step matters to the story.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Weight {
    /// Folded whenever two or more of one actor follow each other.
    Local,
    /// Folded only when the table is too long for the page.
    Normal,
    /// Never folded.
    Key,
}

/// The part of an infinite execution that repeats for ever.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TraceLoop {
    /// The first row of the loop; it reaches to the last row.
    pub from_row: usize,
    /// `state after 2`: which earlier state the loop returns to.
    pub returns_to: String,
}
