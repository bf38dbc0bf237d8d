//! The source beside an execution: lines with numbers, what takes part is
//! underlined and says why, and every piece knows the byte it begins at, so that
//! the page can mark the place of a step.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::RangeInclusive;

use super::text::{plain, rich, spaced};
use crate::base::{Source, Span};
use crate::report::{Finding, Place};

/// The lines of the listing.
pub(super) fn listing(found: &Finding, source: &Source, lines: RangeInclusive<u32>) -> String {
    let listing = Listing::new(found, source);
    let mut html = String::from("<div class=\"src\" tabindex=\"0\" aria-label=\"source\">\n");
    let mut start = 0;
    for (number, text) in (1..).zip(source.text().split_inclusive('\n')) {
        if lines.contains(&number) {
            html += &listing.line(number, start, source);
        }
        start += text.len();
    }
    html + "</div>\n"
}

struct Listing<'a> {
    /// Byte offsets at which something begins or ends.
    cuts: BTreeSet<usize>,
    steps: Vec<Span>,
    places: &'a [Place],
}

impl<'a> Listing<'a> {
    fn new(found: &'a Finding, source: &Source) -> Self {
        let steps = { found.schedule.iter() }.flat_map(|it| &it.steps);
        let steps: BTreeSet<Span> = steps.map(|it| it.span).collect();
        let steps: Vec<Span> = steps.into_iter().collect();
        let places = found.places.iter().map(|it| it.span);
        let spans = steps.iter().copied().chain(places);
        let ends = spans.flat_map(|it| [it.start as usize, it.end as usize]);
        let is_between = |at: &usize| source.text().is_char_boundary(*at);
        Self {
            cuts: ends.filter(is_between).collect(),
            steps,
            places: &found.places,
        }
    }

    /// The line that begins at the byte `start`.
    fn line(&self, number: u32, start: usize, source: &Source) -> String {
        let end = start + source.line(number).len();
        let mut html = format!("<span class=\"ln\"><b>{number}</b>");
        let mut from = start;
        for &to in self.cuts.range(start..=end).chain([&end]) {
            if to > from {
                html += &self.piece(from, to, source);
            }
            from = to;
        }
        html += "</span>\n";
        for place in self.places {
            let at = source.position(place.span.start).line;
            if at == number && !place.label.is_empty() {
                let class = if place.primary { "lb p" } else { "lb" };
                let _ = writeln!(
                    html,
                    "<span class=\"{class}\">{}</span>",
                    rich(&place.label)
                );
            }
        }
        html
    }

    fn piece(&self, from: usize, to: usize, source: &Source) -> String {
        let mut html = spaced(source.slice(Span::new(from, to)));
        let covers = |it: &Span| it.start as usize <= from && to <= it.end as usize;
        if self.steps.iter().any(covers) {
            html = format!("<i data-o=\"{from}\">{html}</i>");
        }
        let places = self.places.iter().filter(|it| covers(&it.span));
        if let Some(place) = places.max_by_key(|it| it.primary) {
            let class = if place.primary { " class=\"p\"" } else { "" };
            let label = plain(&place.label.replace('`', ""));
            html = format!("<u{class} title=\"{label}\">{html}</u>");
        }
        html
    }
}
