//! A finding under construction: the words, and what the table should show.

use super::states::Column;
use super::story::Story;
use super::trace::{self, Script};
use super::{lesson, waits};
use crate::analysis::{Level, Rule, Wait};
use crate::base::{Severity, Span};
use crate::report::{Fact, Finding, Help, Place};

/// A finding under construction.
pub(super) struct Told<'s, 'a> {
    pub story: &'s Story<'a>,
    pub finding: Finding,
    pub script: Script,
    /// The rule that was broken, where it is not the one of the whole kind.
    pub rule: Option<&'static str>,
    /// Whether all runs were seen, so that something may be said of all of them.
    pub all_seen: bool,
}

impl<'s, 'a> Told<'s, 'a> {
    /// Nothing said yet but what every finding has.
    pub fn new(story: &'s Story<'a>, all_seen: bool) -> Self {
        let found = story.found;
        let mut finding = bare(found.rule, found.level);
        finding.subjects.clone_from(&found.subjects);
        finding.actors.clone_from(&found.actors);
        let actors = found.actors.iter();
        let script = Script {
            actors: actors.filter_map(|name| story.actor_named(name)).collect(),
            ..Script::default()
        };
        Self {
            story,
            finding,
            script,
            rule: None,
            all_seen,
        }
    }

    pub fn say(&mut self, message: impl Into<String>) {
        self.finding.message = message.into();
    }

    pub fn fact(&mut self, key: &str, text: impl Into<String>) {
        self.finding.facts.push(Fact::new(key, text));
    }

    pub fn help(&mut self, text: impl Into<String>) {
        self.finding.helps.push(Help::new(text));
    }

    /// Adds a place; two labels at one place become one.
    pub fn place(&mut self, place: Place) {
        let places = &mut self.finding.places;
        let Some(old) = places.iter_mut().find(|old| old.span == place.span) else {
            places.push(place);
            return;
        };
        old.primary |= place.primary;
        if place.label.ends_with(" since here") && old.label.contains(" since here") {
            // Several hold something since the same place.
            let more = place.label.replace("holds ", "").replace(" since here", "");
            old.label = format!("{}, {more}", old.label);
        } else if old.label.is_empty() {
            old.label = place.label;
        } else if !place.label.is_empty() && !old.label.contains(&place.label) {
            old.label = format!("{}; {}", old.label, place.label);
        }
    }

    pub fn about(&mut self, column: Column) {
        let column = match column {
            Column::Cell(cell) => {
                super::collection::owner(self.story, cell).map_or(column, Column::Object)
            }
            Column::Object(_) => column,
        };
        if !self.script.about.contains(&column) {
            self.script.about.push(column);
        }
    }

    /// Adds everybody who waits, as data and as the table's last row.
    pub fn waits(&mut self, all: &[Wait], note: &str) {
        for wait in all {
            self.finding.waits.push(waits::told(self.story, wait));
            let what = self.story.waiting(wait);
            self.script.waiting.push((wait.actor, what));
        }
        note.clone_into(&mut self.script.waiting_note);
    }

    /// The whole finding.
    pub fn finish(mut self) -> Finding {
        let rule = self.story.found.rule;
        self.finding.trace = if self.story.found.schedule.is_some() {
            trace::table(self.story, &self.script)
        } else {
            None
        };
        self.finding.schedule = trace::schedule(self.story);
        if let Some(from) = self.story.found.loop_from() {
            trace::repeat(&mut self.finding, from);
        }
        let has_facts = !self.finding.facts.is_empty() || self.finding.trace.is_some();
        if has_facts && let Some(text) = self.rule.or(lesson::rule(rule)) {
            self.finding.facts.push(Fact::lesson("rule", text));
        }
        self.finding.beginner = Some(lesson::beginner(rule).to_owned());
        self.finding.learn = Some(rule.code().to_owned());
        self.finding
    }
}

/// A finding with nothing but its rule.
pub(super) fn bare(rule: Rule, level: Level) -> Finding {
    let severity = match level {
        Level::Error => Severity::Error,
        Level::Warning => Severity::Warning,
    };
    Finding::new(rule.code(), rule.kind(), severity, lesson::headline(rule))
}

/// The place of a declaration.
pub(super) fn declaration(span: Span, label: impl Into<String>) -> Place {
    Place::new(span, label).role("declaration")
}
