//! One finding: headline, places, picture, table, facts, helps, where to read on.
//!
//! A finding takes at most [`LINES_MAX`] lines: the table is folded to what the
//! rest leaves over, and if that is too little, labels and helps give way.

use super::excerpt::{self, Mark};
use super::pen::{Ink, count, pad, width, wrap};
use super::{Amount, Level, Style, facts, help, table, waits};
use crate::base::{Severity, Source};
use crate::report::{Finding, Help, Row, Schedule, TraceTable};

/// Lines a finding may take on the page of an ordinary reader.
const LINES_MAX: usize = 40;

/// Fewer steps with which two executions begin alike are shown twice.
const KNOWN_MIN: usize = 4;

/// The same for an expert: a screen, if the table needs no more.
const LINES_MAX_EXPERT: usize = 24;

/// The table gets at least so many lines.
const TABLE_LINES_MIN: usize = 12;

/// For an expert: one thing to do, no rule.
const TERSE: [(usize, usize, bool); 3] = [(8, 1, false), (4, 1, false), (2, 1, false)];

/// Labels and helps shown, and whether the rule is, most generous first.
const GENEROSITY: [(usize, usize, bool); 4] =
    [(8, 3, true), (5, 2, true), (4, 1, true), (2, 1, true)];

/// The same where a patch shows what the rule says: the places matter more.
const WITH_PATCH: [(usize, usize, bool); 8] = [
    (8, 3, true),
    (8, 1, true),
    (8, 1, false),
    (5, 1, false),
    (4, 1, false),
    (3, 1, false),
    (2, 1, true),
    (2, 1, false),
];

/// The finding in full, ending in a line feed.
pub fn finding(finding: &Finding, source: &Source, file: &str, style: &Style) -> String {
    let unlimited = style.amount == Amount::Verbose;
    let lines_max = match style.level {
        Level::Expert => LINES_MAX_EXPERT,
        Level::Beginner | Level::Normal => LINES_MAX,
    };
    let table_min = finding
        .trace
        .as_ref()
        .map_or(0, |it| (it.rows.len() + 4).min(TABLE_LINES_MIN));
    let has_patch = finding.helps.iter().any(|it| !it.patch.is_empty());
    let generosities: &[(usize, usize, bool)] = match (style.level, has_patch) {
        (Level::Expert, _) if !unlimited => &TERSE,
        (_, true) => &WITH_PATCH,
        (_, false) => &GENEROSITY,
    };
    let mut chosen = Parts::new(finding, source, file, style, generosities[0]);
    for &generosity in generosities {
        if unlimited || chosen.lines() + table_min <= lines_max + chosen.extra(style) {
            break;
        }
        chosen = Parts::new(finding, source, file, style, generosity);
    }
    let room = (lines_max + chosen.extra(style)).saturating_sub(chosen.lines());
    let room = if unlimited {
        usize::MAX
    } else {
        room.max(TABLE_LINES_MIN)
    };
    let trace = finding.trace.as_ref().map(|trace| {
        let table = table::render(trace, room - 2, style);
        let schedule = finding.schedule.as_ref();
        let mut lines = vec![title(schedule, trace, table.rows_shown, style)];
        lines.push(String::new());
        lines.extend(table.lines);
        if let Some(passing) = finding.passing.as_ref().filter(|_| unlimited) {
            let change = style.line(&passing.change);
            lines.push(String::new());
            lines.push(format!("  as it should be: {change}"));
            lines.push(String::new());
            let n_known = begin_alike(trace, &passing.trace);
            lines.extend(table::render_rest(&passing.trace, n_known, style).lines);
        }
        lines
    });
    chosen.join(trace.unwrap_or_default())
}

/// With how many rows two executions begin alike; none if they are too few to leave out.
fn begin_alike(one: &TraceTable, other: &TraceTable) -> usize {
    fn step<'a>(table: &'a TraceTable, row: &'a Row) -> Option<(Option<&'a String>, &'a String)> {
        match row {
            Row::Step(step) => Some((table.actors.get(step.actor), &step.text)),
            Row::Blocked { .. } | Row::End { .. } => None,
        }
    }
    let both = one.rows.iter().zip(&other.rows);
    let alike = both
        .map_while(|(a, b)| step(one, a).zip(step(other, b)))
        .take_while(|(a, b)| a == b)
        .count();
    match alike {
        KNOWN_MIN.. => alike,
        _ => 0,
    }
}

/// An execution alone, ending in a line feed.
pub fn execution(trace: &TraceTable, schedule: Option<&Schedule>, style: &Style) -> String {
    let room = match style.amount {
        Amount::Verbose => usize::MAX,
        Amount::Normal | Amount::Quiet => LINES_MAX,
    };
    let table = table::render(trace, room, style);
    let mut lines = vec![title(schedule, trace, table.rows_shown, style)];
    lines.push(String::new());
    lines.extend(table.lines);
    lines.join("\n") + "\n"
}

/// `error[R001]: ` or `expected[R001]: `, and the colour of both.
pub(super) fn heading(finding: &Finding) -> (String, Ink) {
    let ink = match (finding.expected, finding.severity) {
        (true, _) => Ink::Good,
        (false, Severity::Error) => Ink::Error,
        (false, Severity::Warning) => Ink::Warning,
    };
    (format!("{}[{}]", finding.word(), finding.code), ink)
}

/// A headline that goes on below itself if it is too long.
pub(super) fn headline(head: &str, message: &str, ink: Ink, style: &Style) -> Vec<String> {
    let text = format!("{head}: {}", style.line(message));
    let mut lines = wrap(&text, style.width);
    if lines.len() > 1 {
        let rest = lines.split_off(1).join(" ");
        lines.extend(wrap(&rest, style.width.saturating_sub(4)));
    }
    for (position, line) in lines.iter_mut().enumerate() {
        *line = match line.strip_prefix(head).filter(|_| position == 0) {
            Some(rest) => style.paint(ink, head) + &style.paint(Ink::Strong, rest),
            None => format!("    {}", style.paint(Ink::Strong, line)),
        };
    }
    lines
}

/// Everything but the table, as blocks of lines.
struct Parts {
    top: Vec<String>,
    beginner: Vec<String>,
    circle: Vec<String>,
    facts: Vec<String>,
    helps: Vec<String>,
    footer: Vec<String>,
}

impl Parts {
    fn new(
        finding: &Finding,
        source: &Source,
        file: &str,
        style: &Style,
        (labels_max, helps_max, lessons): (usize, usize, bool),
    ) -> Self {
        let (head, ink) = heading(finding);
        let mut top = headline(&head, &finding.message, ink, style);
        let excerpt = excerpt_of(finding, source, labels_max, ink, style);
        top.extend(excerpt.lines().map(str::to_owned));
        // Advice about a finding that is nothing but a place belongs to the place.
        let is_bare = finding.trace.is_none() && finding.facts.is_empty();
        let helps = finding.helps.iter().take(helps_max);
        let (attached, below): (Vec<&Help>, Vec<&Help>) =
            helps.partition(|it| is_bare && it.patch.is_empty());
        if !attached.is_empty() {
            top.push(style.paint(Ink::Key, "  |"));
            top.extend(attached.iter().flat_map(|it| help::attached(it, style)));
        }
        let all_facts = facts::lock_order(&finding.lock_order, source)
            .into_iter()
            .chain(
                finding
                    .facts
                    .iter()
                    .filter(|it| lessons || !it.lesson)
                    .cloned(),
            )
            .collect::<Vec<_>>();
        let mut circle = waits::render(finding, style);
        if !circle.is_empty() {
            let title = style.paint(Ink::Strong, "wait-for cycle");
            circle.splice(0..0, [format!("  {title}"), String::new()]);
        }
        Self {
            top,
            beginner: beginner(finding, style),
            circle,
            facts: facts::render(&all_facts, style),
            helps: below
                .iter()
                .flat_map(|it| help::render(it, source, style))
                .collect(),
            footer: footer(finding, file, style),
        }
    }

    /// Lines that a beginner gets besides.
    fn extra(&self, style: &Style) -> usize {
        match style.level {
            Level::Beginner => self.beginner.len() + self.footer.len(),
            Level::Normal | Level::Expert => 0,
        }
    }

    /// Lines of everything but the table, with the blank lines between.
    fn lines(&self) -> usize {
        let blocks = [
            &self.top,
            &self.beginner,
            &self.circle,
            &self.facts,
            &self.helps,
            &self.footer,
        ];
        let shown = blocks.iter().filter(|it| !it.is_empty());
        shown.map(|it| it.len() + 1).sum()
    }

    fn join(self, trace: Vec<String>) -> String {
        let blocks = [
            self.top,
            self.beginner,
            self.circle,
            trace,
            self.facts,
            self.helps,
            self.footer,
        ];
        let shown = blocks.iter().filter(|it| !it.is_empty());
        let texts: Vec<String> = shown.map(|it| it.join("\n") + "\n").collect();
        texts.join("\n")
    }
}

/// The labelled places in the source.
pub(in crate::report) fn places(finding: &Finding, source: &Source, style: &Style) -> String {
    excerpt_of(finding, source, GENEROSITY[0].0, heading(finding).1, style)
}

fn excerpt_of(
    finding: &Finding,
    source: &Source,
    labels_max: usize,
    ink: Ink,
    style: &Style,
) -> String {
    let marks = finding.places.iter().map(|it| Mark {
        span: it.span,
        label: &it.label,
        primary: it.primary,
    });
    let marks: Vec<Mark<'_>> = marks.collect();
    excerpt::render(source, &marks, labels_max, ink, style)
}

/// The paragraph for someone who meets this for the first time.
fn beginner(finding: &Finding, style: &Style) -> Vec<String> {
    let Some(text) = finding
        .beginner
        .as_ref()
        .filter(|_| style.level == Level::Beginner)
    else {
        return Vec::new();
    };
    let room = style.width.min(88).saturating_sub(2);
    let lines = text
        .split('\n')
        .flat_map(|line| wrap(&style.line(line), room));
    lines
        .map(|line| format!("  {line}").trim_end().to_owned())
        .collect()
}

/// `schedule (18 steps shown as 8, 3 switches; none is shorter)`.
fn title(
    schedule: Option<&Schedule>,
    trace: &TraceTable,
    rows_shown: usize,
    style: &Style,
) -> String {
    let inside = extent(schedule, trace, Some(rows_shown));
    format!("  {} ({inside})", style.paint(Ink::Strong, "schedule"))
}

/// `18 steps shown as 8, 3 switches; none is shorter`.
pub(in crate::report) fn extent(
    schedule: Option<&Schedule>,
    trace: &TraceTable,
    rows_shown: Option<usize>,
) -> String {
    let is_step = |row: &&Row| matches!(row, Row::Step(_));
    let n_rows = trace.rows.iter().filter(is_step).count();
    let n_steps = schedule.map_or(0, |it| it.steps.len()).max(n_rows);
    let mut inside = count(n_steps as u64, "step", "steps");
    if let Some(repeats) = &trace.repeats {
        let before = trace
            .rows
            .iter()
            .take(repeats.from_row)
            .filter(is_step)
            .count();
        let round = count((n_rows - before) as u64, "step", "steps");
        inside = format!("{before}, then {round} for ever");
    } else if let Some(shown) = rows_shown.filter(|&shown| shown != n_steps) {
        inside += &format!(" shown as {shown}");
    }
    if let Some(schedule) = schedule {
        inside += &format!(", {}", count(schedule.switches, "switch", "switches"));
        inside += match (schedule.shortest, schedule.settles) {
            (true, false) => "; none is shorter",
            (true, true) => "; none gets there sooner",
            (false, _) => "",
        };
    }
    inside
}

/// For a beginner, what each command is for.
fn next(
    finding: &Finding,
    items: &[(&'static str, String)],
    file: &str,
    style: &Style,
) -> Vec<String> {
    let purpose = |key: &str| match key {
        "replay" => "see this run again",
        "learn" => "read about it",
        "picture" => "look at a picture",
        _ => "go on with",
    };
    let mut rows: Vec<(&str, &str)> = items
        .iter()
        .map(|(key, it)| (purpose(key), &**it))
        .collect();
    let fix = format!("threadbare check --fix {}", style.word(file));
    let is_repair = |it: &Help| it.checked.is_some() && !it.patch.is_empty() && !it.claim;
    if !finding.expected && finding.helps.iter().any(is_repair) {
        rows.push(("let the repair be written", &fix));
    }
    let longest = rows.iter().map(|(what, _)| what.len()).max().unwrap_or(0);
    let mut lines = vec![format!("  {}", style.paint(Ink::Strong, "what to do next"))];
    for (what, command) in rows {
        let what = style.paint(Ink::Key, &pad(what, longest));
        lines.push(format!("    {what}   {command}"));
    }
    lines
}

/// Where to go from here: commands for the replay, the explanation, the picture.
pub(in crate::report) fn commands(
    finding: &Finding,
    file: &str,
    style: &Style,
) -> Vec<(&'static str, String)> {
    let file = style.word(file);
    let mut items = Vec::new();
    if let Some(schedule) = &finding.schedule {
        let token = style.word(&schedule.token);
        items.push(("replay", format!("threadbare replay {file} {token}")));
    }
    if let Some(topic) = finding
        .learn
        .as_ref()
        .filter(|_| style.level != Level::Expert)
    {
        items.push(("learn", format!("threadbare explain {}", style.line(topic))));
    }
    if let Some(command) = &finding.picture {
        items.push((
            "picture",
            format!("threadbare {} {file}", style.line(command)),
        ));
    }
    items
}

/// The commands on one line if they fit.
fn footer(finding: &Finding, file: &str, style: &Style) -> Vec<String> {
    let items = commands(finding, file, style);
    if style.level == Level::Beginner && !items.is_empty() {
        return next(finding, &items, file, style);
    }
    let total: usize = items
        .iter()
        .map(|(key, text)| key.len() + 2 + width(text) + 6)
        .sum();
    let on_one_line = total <= style.width + 4;
    let longest = items.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    let item = |(key, text): &(&str, String)| {
        let columns = if on_one_line { key.len() } else { longest };
        format!("{}  {text}", style.paint(Ink::Key, &pad(key, columns)))
    };
    let items: Vec<String> = items.iter().map(item).collect();
    match (items.is_empty(), on_one_line) {
        (true, _) => Vec::new(),
        (false, true) => vec![format!("  {}", items.join("      "))],
        (false, false) => items.iter().map(|it| format!("  {it}")).collect(),
    }
}
